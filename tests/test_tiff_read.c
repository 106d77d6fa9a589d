/* test_tiff_read.c - every way of storing grey pages gives the same voxels. */
#include "support/testing.h"
#include "support/tiff_samples.h"

#include "trabecula/version.h"
#include "trabecula/volume_io.h"

#include <unistd.h>

static trb_volume *read_back(const char *path)
{
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_read(path, NULL, NULL, NULL, &volume, NULL, err));
    return volume;
}

static void check_same(const trb_volume *expected, const trb_volume *actual, const char *what)
{
    if (!trb_grid_same_size(&expected->grid, &actual->grid) || expected->type != actual->type)
        fail_msg("%s: %zu x %zu x %zu %s became %zu x %zu x %zu %s", what, expected->grid.nx, expected->grid.ny,
                 expected->grid.nz, trb_type_name(expected->type), actual->grid.nx, actual->grid.ny, actual->grid.nz,
                 trb_type_name(actual->type));
    const size_t bytes = trb_grid_voxels(&expected->grid) * trb_type_bytes(expected->type);
    if (memcmp(expected->voxels, actual->voxels, bytes) != 0)
        fail_msg("%s: voxels differ", what);
}

static void the_real_bone_has_its_voxels(void **state)
{
    (void)state;
    trb_volume *bone = NULL;
    trb_scan_info info;
    CHECK_OK(trb_volume_read(TRB_TESTDATA "/lhdl-3155.tif", NULL, NULL, NULL, &bone, &info, err));
    assert_int_equal(200, bone->grid.nx);
    assert_int_equal(200, bone->grid.ny);
    assert_int_equal(200, bone->grid.nz);
    assert_int_equal(TRB_U8, bone->type);
    assert_string_equal("d65d7edcfd91881d3f9f26c1e64fcc44a23067dd098ff684645236954e75f9ae",
                        testing_sha256(bone->voxels, 8000000));
    assert_false(trb_grid_has_spacing(&bone->grid)); /* the file holds none, and none is made up */
    assert_string_equal("", info.spacing_source);
    assert_int_equal(6803358, info.bytes_on_disk);
    assert_string_equal("TIFF, 200 slices", info.format);
    trb_scan_info_clear(&info);
    trb_volume_destroy(bone);
}

/* Type x byte order x strips or tiles x compression x predictor, all against the volume they were made of. */
static void check_layouts(trb_type type, uint16_t compression, const uint16_t *predictors)
{
    static const char *const modes[] = {"wl", "wb", "wl8", "wb8"};
    static const struct {
        uint32_t tile, rows;
    } blocks[] = {{0, 0}, {0, 5}, {0, 1}, {16, 0}, {32, 0}};
    trb_volume *volume = tiff_sample_volume(type, 37, 29, 3);
    for (size_t m = 0; m < 4; m++)
        for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++)
            for (const uint16_t *predictor = predictors; *predictor; predictor++) {
                char what[200];
                tiff_layout layout = tiff_layout_plain();
                layout.mode = modes[m];
                layout.compression = compression;
                layout.predictor = *predictor;
                layout.tile = blocks[b].tile;
                layout.rows = blocks[b].rows;
                snprintf(what, sizeof what, "%s, compression %u, %s, tile %u, rows %u, predictor %u",
                         trb_type_name(type), compression, layout.mode, layout.tile, layout.rows, layout.predictor);
                const char *path = tiff_path("layout.tif");
                tiff_sample_write(path, volume, &layout);
                trb_volume *back = read_back(path);
                check_same(volume, back, what);
                trb_volume_destroy(back);
            }
    trb_volume_destroy(volume);
}

static void every_type_layout_and_lossless_codec_reads_back(void **state)
{
    (void)state;
    static const uint16_t none[] = {1, 0}, integer[] = {1, 2, 0}, real[] = {1, 3, 0};
    static const struct {
        uint16_t code;
        bool predicts;
    } codecs[] = {{COMPRESSION_NONE, false},         {COMPRESSION_PACKBITS, false}, {COMPRESSION_LZW, true},
                  {COMPRESSION_ADOBE_DEFLATE, true}, {COMPRESSION_DEFLATE, true},   {COMPRESSION_ZSTD, true},
                  {COMPRESSION_LZMA, true}};
    for (size_t c = 0; c < sizeof codecs / sizeof *codecs; c++) {
        if (!TIFFIsCODECConfigured(codecs[c].code))
            continue;
        for (int type = TRB_U8; type <= TRB_F64; type++)
            check_layouts((trb_type)type, codecs[c].code,
                          !codecs[c].predicts                          ? none
                          : trb_type_is_integer((trb_type)type) ? integer
                                                                       : real);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_real_bone_has_its_voxels),
        cmocka_unit_test(every_type_layout_and_lossless_codec_reads_back),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    testing_scratch_remove();
    return failed;
}
