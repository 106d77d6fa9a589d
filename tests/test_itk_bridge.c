/* test_itk_bridge.c - MetaImage, NRRD and NIfTI: round trips, units, and headers that lie. */
#include "support/testing.h"

#include "io/itk_bridge.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define META_START "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
#define META_END "ElementType = MET_USHORT\nElementDataFile = LOCAL\n"
#define NRRD_START "NRRD0004\ntype: uint16\ndimension: 3\nsizes: 2 3 4\nendian: little\nencoding: raw\n"

static const char *path_of(const char *name)
{
    static char path[4200];
    snprintf(path, sizeof path, "%s/%s", testing_scratch(), name);
    return path;
}

static void write_bytes(const char *path, const void *bytes, size_t count)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(count, fwrite(bytes, 1, count, file));
    assert_int_equal(0, fclose(file));
}

/* Values that use the ends of the type; spacing and origin exact in float32 digits but different per axis. */
static trb_volume *sample_volume(trb_type type)
{
    const trb_grid grid = {7, 5, 4, {0.0195, 0.021, 0.025}, {1.25, -3.5, 0.75}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, type, &volume, err));
    double lowest, highest;
    trb_type_range(type, &lowest, &highest);
    for (size_t z = 0; z < 4; z++)
        for (size_t y = 0; y < 5; y++)
            for (size_t x = 0; x < 7; x++) {
                const size_t i = (z * 5 + y) * 7 + x;
                const double part = (double)i / 139.0; /* 0 at the first voxel, 1 at the last */
                trb_volume_set(volume, x, y, z, lowest + part * (highest - lowest));
            }
    return volume;
}

static void check_same(const trb_volume *volume, const char *path)
{
    trb_grid grid;
    trb_type type;
    trb_scan_info info;
    CHECK_OK(trb_itk_probe(path, &grid, &type, &info, err));
    assert_int_equal(volume->type, type);
    assert_int_equal(7, grid.nx);
    assert_int_equal(5, grid.ny);
    assert_int_equal(4, grid.nz);
    for (int axis = 0; axis < 3; axis++) {
        CHECK_CLOSE(volume->grid.spacing_mm[axis], grid.spacing_mm[axis], 0);
        CHECK_CLOSE(volume->grid.origin_mm[axis], grid.origin_mm[axis], 0);
    }
    assert_true(info.spacing_source[0]);
    assert_int_equal(1, info.files);
    free(info.facts);
    const size_t plane = 35 * trb_type_bytes(type);
    unsigned char *voxels = malloc(4 * plane);
    CHECK_OK(trb_itk_read(path, 0, 4, voxels, err));
    assert_memory_equal(volume->voxels, voxels, 4 * plane);
    memset(voxels, 0, 4 * plane);
    CHECK_OK(trb_itk_read(path, 1, 3, voxels, err)); /* some planes only */
    assert_memory_equal((char *)volume->voxels + plane, voxels, 2 * plane);
    free(voxels);
}

static void every_type_survives_every_format(void **state)
{
    (void)state;
    static const char *const endings[] = {"mha", "nrrd", "nii", "nii.gz"};
    for (trb_type type = TRB_U8; type <= TRB_F64; type++)
        for (size_t e = 0; e < sizeof endings / sizeof *endings; e++)
            for (int compress = 0; compress < 2; compress++) {
                char name[64];
                snprintf(name, sizeof name, "%s-%d.%s", trb_type_name(type), compress, endings[e]);
                const char *path = path_of(name);
                trb_volume *volume = sample_volume(type);
                assert_true(trb_itk_knows(path));
                CHECK_OK(trb_itk_write(path, volume, compress, err));
                check_same(volume, path);
                trb_volume_destroy(volume);
            }
}

static uint64_t size_of(const char *path)
{
    struct stat facts;
    assert_int_equal(0, stat(path, &facts));
    return (uint64_t)facts.st_size;
}

static void upper_case_names_are_read(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"case.mha", "CASE.MHA"}, {"case.nrrd", "CASE.NRRD"}, {"case.nii", "CASE.NII"}, {"case.nii.gz", "CASE.NII.GZ"}};
    trb_volume *volume = sample_volume(TRB_I16);
    for (size_t i = 0; i < 4; i++)
        for (int compress = 0; compress < 2; compress++) {
            char from[4200];
            snprintf(from, sizeof from, "%s", path_of(names[i][0]));
            CHECK_OK(trb_itk_write(from, volume, compress, err));
            assert_int_equal(0, rename(from, path_of(names[i][1])));
            check_same(volume, path_of(names[i][1]));
        }
    trb_volume_destroy(volume);
}

static void big_endian_files_are_turned(void **state)
{
    (void)state;
    unsigned char voxels[48], packed[200];
    uint16_t back[24];
    for (unsigned i = 0; i < 24; i++) {
        voxels[2 * i] = (unsigned char)(i + 1);
        voxels[2 * i + 1] = (unsigned char)(i * 7);
    }
    uLongf length = sizeof packed;
    assert_int_equal(Z_OK, compress(packed, &length, voxels, sizeof voxels));
    char header[600];
    for (int compressed = 0; compressed < 2; compressed++) {
        const int n = snprintf(header, sizeof header,
                               "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = True\n"
                               "CompressedData = %s\nCompressedDataSize = %lu\nElementSpacing = 1 1 1\n"
                               "DimSize = 2 3 4\n" META_END,
                               compressed ? "True" : "False", (unsigned long)length);
        memcpy(header + n, compressed ? packed : voxels, compressed ? length : sizeof voxels);
        write_bytes(path_of("big.mha"), header, (size_t)n + (compressed ? length : sizeof voxels));
        memset(back, 0, sizeof back);
        CHECK_OK(trb_itk_read(path_of("big.mha"), 0, 4, back, err));
        for (unsigned i = 0; i < 24; i++)
            assert_int_equal((i + 1) * 256 + (i * 7) % 256, back[i]);
    }
}

static void compressed_means_smaller(void **state)
{
    (void)state;
    static const char *const names[] = {"zeros.mha", "zeros.nrrd", "zeros.nii.gz"};
    const trb_grid grid = {64, 64, 64, {0.01, 0.01, 0.01}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_U8, &volume, err));
    memset(volume->voxels, 0, 64 * 64 * 64);
    for (size_t i = 0; i < 3; i++) {
        CHECK_OK(trb_itk_write(path_of(names[i]), volume, true, err));
        assert_in_range(size_of(path_of(names[i])), 1, 8000);
    }
    CHECK_OK(trb_itk_write(path_of("zeros.mha"), volume, false, err));
    assert_in_range(size_of(path_of("zeros.mha")), 262144, 263144);
    trb_volume_destroy(volume);
}

/* The probe of a text header with `payload` zero bytes behind it. */
static trb_status probe_text(const char *name, const char *header, size_t payload, trb_grid *grid, trb_type *type,
                             trb_error *err)
{
    char *bytes = calloc(1, strlen(header) + payload + 1);
    memcpy(bytes, header, strlen(header));
    write_bytes(path_of(name), bytes, strlen(header) + payload);
    free(bytes);
    trb_scan_info info;
    const trb_status status = trb_itk_probe(path_of(name), grid, type, &info, err);
    free(info.facts);
    return status;
}

static void a_header_without_spacing_gives_none(void **state)
{
    (void)state;
    trb_grid grid;
    trb_type type;
    CHECK_OK(probe_text("a.mha", META_START "CompressedData = False\nDimSize = 2 3 4\n" META_END, 48, &grid, &type, err));
    assert_int_equal(TRB_U16, type);
    assert_false(trb_grid_has_spacing(&grid));
    CHECK_OK(probe_text("a.nrrd", NRRD_START "\n", 48, &grid, &type, err));
    assert_int_equal(4, grid.nz);
    assert_false(trb_grid_has_spacing(&grid));
}

static void units_become_millimetres(void **state)
{
    (void)state;
    trb_grid grid;
    trb_type type;
    CHECK_OK(probe_text("u.nrrd",
                        NRRD_START "space dimension: 3\nspace directions: (19.5,0,0) (0,20,0) (0,0,25)\n"
                                   "space origin: (1000,0,0)\nspace units: \"um\" \"um\" \"um\"\n\n",
                        48, &grid, &type, err));
    CHECK_CLOSE(0.0195, grid.spacing_mm[0], 1e-17);
    CHECK_CLOSE(0.025, grid.spacing_mm[2], 1e-17);
    CHECK_CLOSE(1, grid.origin_mm[0], 1e-15);
    CHECK_OK(probe_text("u2.nrrd", NRRD_START "spacings: 0.0195 0.0195 0.0195\nunits: \"mm\" \"mm\" \"mm\"\n\n", 48,
                        &grid, &type, err));
    CHECK_CLOSE(0.0195, grid.spacing_mm[1], 0);
    CHECK_OK(probe_text("u.mha", META_START "DistanceUnits = um\nElementSpacing = 10 10 12\nDimSize = 2 3 4\n" META_END,
                        48, &grid, &type, err));
    CHECK_CLOSE(0.012, grid.spacing_mm[2], 1e-17);
    trb_error err = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_FORMAT, probe_text("u3.nrrd", NRRD_START "spacings: 1 1 1\nunits: \"s\" \"s\" \"s\"\n\n", 48,
                                                &grid, &type, &err));
    assert_non_null(strstr(err.text, "'s'"));
}

/* A NIfTI file made by our writer, with bytes of its header changed. */
static void nifti_with(const char *name, size_t at, const void *bytes, size_t count)
{
    trb_volume *volume = sample_volume(TRB_I16);
    CHECK_OK(trb_itk_write(path_of(name), volume, false, err));
    trb_volume_destroy(volume);
    const int file = open(path_of(name), O_WRONLY);
    assert_true(file >= 0);
    assert_int_equal((ssize_t)count, pwrite(file, bytes, count, (off_t)at));
    close(file);
}

static void nifti_in_micrometres_is_understood(void **state)
{
    (void)state;
    const unsigned char um = 3;
    nifti_with("um.nii", 123, &um, 1);
    const float spacing[3] = {19.5f, 21.f, 25.f};
    const int file = open(path_of("um.nii"), O_WRONLY);
    assert_int_equal(sizeof spacing, pwrite(file, spacing, sizeof spacing, 80));
    close(file);
    trb_grid grid;
    trb_type type;
    trb_scan_info info;
    CHECK_OK(trb_itk_probe(path_of("um.nii"), &grid, &type, &info, err));
    CHECK_CLOSE(0.0195, grid.spacing_mm[0], 0);
    CHECK_CLOSE(0.021, grid.spacing_mm[1], 0);
    CHECK_CLOSE(0.025, grid.spacing_mm[2], 0);
    CHECK_CLOSE(0.00125, grid.origin_mm[0], 1e-12);
    assert_non_null(strstr(info.spacing_source, "um"));
    free(info.facts);
}

static void a_scaled_nifti_comes_scaled(void **state)
{
    (void)state;
    const float slope[2] = {0.5f, 100.f};
    nifti_with("scaled.nii", 112, slope, sizeof slope);
    trb_grid grid;
    trb_type type;
    trb_scan_info info;
    CHECK_OK(trb_itk_probe(path_of("scaled.nii"), &grid, &type, &info, err));
    free(info.facts);
    assert_int_equal(TRB_F32, type);
    float *voxels = malloc(140 * sizeof *voxels);
    CHECK_OK(trb_itk_read(path_of("scaled.nii"), 0, 4, voxels, err));
    CHECK_CLOSE(-32768 * 0.5 + 100, voxels[0], 0);
    free(voxels);
}

static void expect(const char *name, trb_status status, const char *words);

/* Compress a file as gzip does, and leave out the last `cut` bytes. */
static void gzip_cut(const char *from, const char *to, size_t cut)
{
    unsigned char plain[4000];
    FILE *file = fopen(from, "rb");
    const size_t n = fread(plain, 1, sizeof plain, file);
    fclose(file);
    gzFile gz = gzopen(to, "wb");
    assert_int_equal((int)n, gzwrite(gz, plain, (unsigned)n));
    assert_int_equal(Z_OK, gzclose(gz));
    struct stat facts;
    assert_int_equal(0, stat(to, &facts));
    assert_int_equal(0, truncate(to, facts.st_size - (off_t)cut));
}

static void a_scaled_compressed_nifti_is_checked(void **state)
{
    (void)state;
    const float slope[2] = {2, 1};
    nifti_with("scaled2.nii", 112, slope, sizeof slope);
    char from[4200];
    snprintf(from, sizeof from, "%s", path_of("scaled2.nii"));
    float voxels[140];
    gzip_cut(from, path_of("scaled2.nii.gz"), 0);
    CHECK_OK(trb_itk_read(path_of("scaled2.nii.gz"), 0, 4, voxels, err));
    CHECK_CLOSE(2 * 32767 + 1, voxels[139], 0);
    gzip_cut(from, path_of("scaled2.nii.gz"), 30);
    expect("scaled2.nii.gz", TRB_ERR_FORMAT, "truncated or damaged");
}

static void expect(const char *name, trb_status status, const char *words)
{
    trb_error err = {TRB_OK, ""};
    trb_grid grid;
    trb_type type;
    trb_scan_info info;
    trb_status got = trb_itk_probe(path_of(name), &grid, &type, &info, &err);
    free(info.facts);
    if (got == TRB_OK) { /* then reading must find it */
        void *voxels = malloc(trb_grid_voxels(&grid) * trb_type_bytes(type));
        got = trb_itk_read(path_of(name), 0, grid.nz, voxels, &err);
        free(voxels);
    }
    if (got != status || !strstr(err.text, words))
        fail_msg("%s: %s: %s", name, trb_status_name(got), err.text);
    assert_null(strstr(err.text, "0x")); /* no addresses for biologists */
}

static void expect_text(const char *name, const char *header, size_t payload, trb_status status, const char *words)
{
    trb_grid grid;
    trb_type type;
    trb_error err;
    (void)probe_text(name, header, payload, &grid, &type, &err);
    expect(name, status, words);
}

static void headers_that_promise_too_much_are_refused(void **state)
{
    (void)state;
    expect_text("l.mha", META_START "ElementSpacing = 1 1 1\nDimSize = 2 3 400\n" META_END, 48, TRB_ERR_FORMAT,
                "promises 4800 bytes of voxels, the file has 48");
    expect_text("h.mha", META_START "ElementSpacing = 1 1 1\nDimSize = 2000000000 2000000000 2000000000\n" META_END, 48,
                TRB_ERR_FORMAT, "");
    expect_text("hz.mha",
                META_START "CompressedData = True\nCompressedDataSize = 48\nElementSpacing = 1 1 1\n"
                           "DimSize = 30000 30000 3000\n" META_END,
                48, TRB_ERR_FORMAT, "ever hold");
    expect_text("n.mha", META_START "ElementSpacing = 1 1 1\nDimSize = -2 3 4\n" META_END, 48, TRB_ERR_FORMAT, "");
    expect_text("z.mha", META_START "ElementSpacing = 1 1 1\nDimSize = 0 3 4\n" META_END, 48, TRB_ERR_FORMAT, "");
    expect_text("l.nrrd",
                "NRRD0004\ntype: float\ndimension: 3\nsizes: 2 3 4\nendian: little\nencoding: raw\nspacings: 1 1 1\n\n", 95,
                TRB_ERR_FORMAT, "promises 96 bytes of voxels, the file has 95");
    expect_text("h.nrrd",
                "NRRD0004\ntype: float\ndimension: 3\nsizes: 4294967296 4294967296 4294967296\nendian: little\n"
                "encoding: gzip\nspacings: 1 1 1\n\n",
                96, TRB_ERR_FORMAT, "");
    expect_text("e.nrrd", "NRRD0004\n", 0, TRB_ERR_FORMAT, "");
    expect_text("e.mha", "", 0, TRB_ERR_FORMAT, "no MetaImage header");
    expect_text("e.nii", "", 0, TRB_ERR_FORMAT, "does not begin as a NIfTI file");
    expect_text("t.nii.gz", "not at all", 900, TRB_ERR_FORMAT, "does not begin as a NIfTI file");
    const short many[4] = {3, 32000, 32000, 32000};
    nifti_with("h.nii", 40, many, sizeof many);
    expect("h.nii", TRB_ERR_FORMAT, "promises");
    const short few[4] = {3, -7, 5, 4};
    nifti_with("n.nii", 40, few, sizeof few);
    expect("n.nii", TRB_ERR_FORMAT, "");
}

static void what_is_no_grey_volume_is_refused(void **state)
{
    (void)state;
    expect_text("rgb.mha", META_START "ElementSpacing = 1 1 1\nElementNumberOfChannels = 3\nDimSize = 2 3 4\n" META_END,
                144, TRB_ERR_UNSUPPORTED, "3 values a voxel");
    expect_text("4d.nrrd",
                "NRRD0004\ntype: uint16\ndimension: 4\nsizes: 2 3 4 2\nendian: little\nencoding: raw\nspacings: 1 1 1 1\n\n",
                96, TRB_ERR_UNSUPPORTED, "4 dimensions");
    expect_text("i64.nrrd",
                "NRRD0004\ntype: int64\ndimension: 3\nsizes: 2 3 4\nendian: little\nencoding: raw\nspacings: 1 1 1\n\n", 192,
                TRB_ERR_UNSUPPORTED, "8, 16 or 32-bit integers");
    expect("missing.mha", TRB_ERR_IO, "No such file");
    expect_text("d.nhdr", NRRD_START "spacings: 1 1 1\ndata file: gone.raw\n\n", 0, TRB_ERR_IO, "gone.raw");
}

static void a_plane_and_a_detached_header_are_read(void **state)
{
    (void)state;
    uint16_t voxels[24], back[24];
    for (unsigned i = 0; i < 24; i++)
        voxels[i] = (uint16_t)(1000 * i);
    write_bytes(path_of("det.raw"), voxels, sizeof voxels);
    trb_grid grid;
    trb_type type;
    CHECK_OK(probe_text("det.nhdr", NRRD_START "spacings: 1 1 2\ndata file: det.raw\n\n", 0, &grid, &type, err));
    CHECK_OK(trb_itk_read(path_of("det.nhdr"), 0, 4, back, err));
    assert_memory_equal(voxels, back, sizeof back);
    CHECK_OK(probe_text("det.mhd", META_START "ElementSpacing = 1 1 2\nDimSize = 2 3 4\n"
                                              "ElementType = MET_USHORT\nElementDataFile = det.raw\n",
                        0, &grid, &type, err));
    CHECK_OK(trb_itk_read(path_of("det.mhd"), 2, 4, back, err));
    assert_memory_equal(voxels + 12, back, sizeof back / 2);
    CHECK_OK(probe_text("flat.nrrd", "NRRD0004\ntype: uint16\ndimension: 2\nsizes: 2 3\nendian: big\nencoding: raw\n"
                                     "spacings: 0.5 0.25\n\n",
                        12, &grid, &type, err));
    assert_int_equal(1, grid.nz);
    CHECK_CLOSE(0.25, grid.spacing_mm[1], 0);
    CHECK_CLOSE(0, grid.spacing_mm[2], 0); /* not known, not 1 */
    CHECK_OK(trb_itk_read(path_of("flat.nrrd"), 0, 1, back, err));
}

static void text_and_bigger_offsets_go_through_itk(void **state)
{
    (void)state;
    trb_grid grid;
    trb_type type;
    uint16_t back[24];
    char header[1000];
    size_t n = (size_t)snprintf(header, sizeof header, "NRRD0004\ntype: uint16\ndimension: 3\nsizes: 2 3 4\n"
                                                       "encoding: ascii\nspacings: 1 1 1\n\n");
    for (unsigned i = 0; i < 24; i++)
        n += (size_t)snprintf(header + n, sizeof header - n, "%u ", 1000 * i);
    CHECK_OK(probe_text("ascii.nrrd", header, 0, &grid, &type, err));
    CHECK_OK(trb_itk_read(path_of("ascii.nrrd"), 1, 3, back, err)); /* planes out of the middle */
    for (unsigned i = 0; i < 12; i++)
        assert_int_equal(1000 * (i + 6), back[i]);
    write_bytes(path_of("skip.raw"), header, 8 + sizeof back);
    CHECK_OK(probe_text("skip.nhdr", NRRD_START "spacings: 1 1 2\nbyte skip: 8\ndata file: skip.raw\n\n", 0, &grid, &type,
                        err));
    CHECK_OK(trb_itk_read(path_of("skip.nhdr"), 0, 4, back, err));
    assert_memory_equal(header + 8, back, sizeof back);
}

/* Cut each compressed file in half, and flip a bit of it: an error, never other voxels. */
static void damaged_compressed_data_is_noticed(void **state)
{
    (void)state;
    static const char *const names[] = {"cut.mha", "cut.nrrd", "cut.nii.gz"};
    for (size_t i = 0; i < 3; i++)
        for (int flip = 0; flip < 2; flip++) {
            CHECK_OK(trb_itk_write(path_of(names[i]), testing_bone(), true, err));
            const uint64_t size = size_of(path_of(names[i]));
            if (flip) {
                const int file = open(path_of(names[i]), O_RDWR);
                unsigned char byte;
                assert_int_equal(1, pread(file, &byte, 1, (off_t)size / 2));
                byte ^= 0x10;
                assert_int_equal(1, pwrite(file, &byte, 1, (off_t)size / 2));
                close(file);
            } else {
                assert_int_equal(0, truncate(path_of(names[i]), (off_t)size / 2));
            }
            expect(names[i], TRB_ERR_FORMAT, names[i]);
        }
}

static void writing_what_a_format_cannot_say_is_refused(void **state)
{
    (void)state;
    trb_error err = {TRB_OK, ""};
    trb_volume *volume = sample_volume(TRB_U8);
    assert_int_equal(TRB_ERR_UNSUPPORTED, trb_itk_write(path_of("w.mhd"), volume, false, &err));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_itk_write(path_of("w.png"), volume, false, &err));
    assert_int_equal(TRB_ERR_IO, trb_itk_write(path_of("no/such/folder/w.mha"), volume, false, &err));
    volume->grid.spacing_mm[1] = 0;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_itk_write(path_of("w.mha"), volume, false, &err));
    assert_non_null(strstr(err.text, "--voxel-size"));
    trb_volume_destroy(volume);
    assert_false(trb_itk_knows("scan.tif"));
}

static void a_full_disk_is_noticed(void **state)
{
    (void)state;
    static const char *const names[] = {"full.mha", "full.nrrd", "full.nii", "full.nii.gz"};
    if (access("/dev/full", W_OK) != 0)
        skip();
    for (size_t i = 0; i < 4; i++)
        for (int compress = 0; compress < 2; compress++) {
            (void)unlink(path_of(names[i]));
            assert_int_equal(0, symlink("/dev/full", path_of(names[i])));
            trb_error err = {TRB_OK, ""};
            assert_int_equal(TRB_ERR_IO, trb_itk_write(path_of(names[i]), testing_bone(), compress, &err));
        }
}

/* Everything above ran with standard error going to a file; a library does not print. */
static int saved_stderr;

static int divert_stderr(void **state)
{
    (void)state;
    fflush(stderr);
    saved_stderr = dup(2);
    const int file = open(path_of("stderr.txt"), O_CREAT | O_RDWR | O_TRUNC, 0600);
    return dup2(file, 2) == 2 && close(file) == 0 ? 0 : -1;
}

static int restore_stderr(void **state)
{
    (void)state;
    fflush(stderr);
    dup2(saved_stderr, 2);
    close(saved_stderr);
    char text[1000] = "";
    FILE *file = fopen(path_of("stderr.txt"), "r");
    const size_t got = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    testing_scratch_remove();
    /* The one exception: nifti1_io.c tells of a full disk, whatever its debug level. */
    const bool silent = got == 0 || (strncmp(text, "** ERROR: NWAD", 14) == 0 && !strstr(text + 14, "ITK"));
    if (!silent)
        fprintf(stderr, "the library printed: %s\n", text);
    return silent ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_survives_every_format),
        cmocka_unit_test(upper_case_names_are_read),
        cmocka_unit_test(big_endian_files_are_turned),
        cmocka_unit_test(compressed_means_smaller),
        cmocka_unit_test(a_header_without_spacing_gives_none),
        cmocka_unit_test(units_become_millimetres),
        cmocka_unit_test(nifti_in_micrometres_is_understood),
        cmocka_unit_test(a_scaled_nifti_comes_scaled),
        cmocka_unit_test(a_scaled_compressed_nifti_is_checked),
        cmocka_unit_test(headers_that_promise_too_much_are_refused),
        cmocka_unit_test(what_is_no_grey_volume_is_refused),
        cmocka_unit_test(a_plane_and_a_detached_header_are_read),
        cmocka_unit_test(text_and_bigger_offsets_go_through_itk),
        cmocka_unit_test(damaged_compressed_data_is_noticed),
        cmocka_unit_test(writing_what_a_format_cannot_say_is_refused),
        cmocka_unit_test(a_full_disk_is_noticed),
    };
    return cmocka_run_group_tests(tests, divert_stderr, restore_stderr);
}
