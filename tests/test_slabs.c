/*
 * test_slabs.c - passes over grey planes that come a few at a time: whatever the slabs, the same bits as from a
 * volume in memory. Every type of voxel, every filter, slabs of 1, 3 and 7 planes, a part of the scan.
 */
#include "io/grey_source.h"
#include "measure/grey_measures.h"
#include "measure/subvoxel.h"
#include "prepare/grey_passes.h"
#include "support/testing.h"

#include "trabecula/version.h"

#include <string.h>

static const trb_filter filters[] = {{TRB_FILTER_NONE, 0, 0},
                                     {TRB_FILTER_GAUSSIAN, 0.8, 1},
                                     {TRB_FILTER_GAUSSIAN, 1.5, 4},
                                     {TRB_FILTER_GAUSSIAN_TRUNCATED, 0.8, 1},
                                     {TRB_FILTER_MEDIAN, 0, 1}};
enum { FILTERS = sizeof filters / sizeof *filters };

/* A piece of the real bone in another type: uneven sizes, some values below 0 where the type has them. */
static trb_volume *piece(trb_type type)
{
    const trb_grid grid = {70, 33, 23, {0.0195, 0.0195, 0.0195}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, type, &volume, err));
    const bool below = type == TRB_I16 || type == TRB_I32 || type == TRB_F32 || type == TRB_F64;
    const double scale = type == TRB_U8 ? 1 : type == TRB_I8 ? 0.5 : type == TRB_F32 || type == TRB_F64 ? 1.37 : 100;
    for (size_t z = 0; z < grid.nz; z++)
        for (size_t y = 0; y < grid.ny; y++)
            for (size_t x = 0; x < grid.nx; x++)
                trb_volume_set(volume, x, y, z,
                               scale * (trb_volume_get(testing_bone(), 60 + x, 90 + y, 80 + z) - (below ? 30 : 0)));
    return volume;
}

/* What the passes give. */
typedef struct passes {
    uint32_t crc;
    trb_histogram histogram;
    double otsu, area;
    trb_mask *bone;
    trb_grey_stats stats[3];
    trb_surface_points *points;
} passes;

static void run_passes(trb_grey_source *source, const trb_filter *filter, const trb_mask *voi, passes *out)
{
    CHECK_OK(trb_grey_crc32(source, &out->crc, err));
    CHECK_OK(trb_grey_histogram(source, filter, voi, &out->histogram, err));
    CHECK_OK(trb_otsu(&out->histogram, &out->otsu, err));
    CHECK_OK(trb_grey_threshold(source, filter, out->otsu, false, &out->bone, err));
    const trb_grey_region regions[] = {{voi, false, NULL}, {out->bone, false, voi}, {out->bone, true, voi}};
    CHECK_OK(trb_grey_regions(source, 3, regions, out->stats, err));
    CHECK_OK(trb_grey_surface(source, filter, out->otsu, voi, &out->area, err));
    out->points = NULL;
    if (source->type == TRB_U16 || source->type == TRB_F32)
        CHECK_OK(trb_grey_surface_points(source, filter, out->otsu, false, out->bone, &out->points, err));
}

static void clear_passes(passes *p)
{
    trb_histogram_clear(&p->histogram);
    trb_mask_destroy(p->bone);
    trb_surface_points_destroy(p->points);
}

static void check_passes(const passes *a, const passes *b, const char *what)
{
    const size_t words = a->bone->words_per_row * a->bone->grid.ny * a->bone->grid.nz;
    if (a->crc != b->crc || a->otsu != b->otsu || a->area != b->area)
        fail_msg("%s: crc %08x and %08x, Otsu %g and %g, area %.17g and %.17g", what, a->crc, b->crc, a->otsu, b->otsu,
                 a->area, b->area);
    assert_int_equal(a->histogram.bins, b->histogram.bins);
    assert_memory_equal(a->histogram.counts, b->histogram.counts, a->histogram.bins * sizeof *a->histogram.counts);
    assert_true(a->histogram.lowest == b->histogram.lowest && a->histogram.width == b->histogram.width);
    assert_memory_equal(a->bone->bits, b->bone->bits, words * sizeof *a->bone->bits);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(a->stats[i].voxels, b->stats[i].voxels);
        assert_true(a->stats[i].mean == b->stats[i].mean && a->stats[i].sd == b->stats[i].sd);
        assert_true(a->stats[i].lowest == b->stats[i].lowest && a->stats[i].highest == b->stats[i].highest);
    }
    if (a->points) {
        assert_int_equal(a->points->count, b->points->count);
        assert_memory_equal(a->points->crossing, b->points->crossing, a->points->count * sizeof *a->points->crossing);
        assert_memory_equal(a->points->near, b->points->near, trb_grid_voxels(&a->points->grid) * sizeof *a->points->near);
    }
    assert_true(a->stats[1].voxels > 1000); /* there was bone */
}

static void check_scan(const trb_volume *volume, const char *path, const trb_box *box)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    static const size_t slabs[] = {3}; /* the instrumented program takes minutes for all */
#else
    static const size_t slabs[] = {1, 3, 7};
#endif
    trb_volume *part = NULL;
    CHECK_OK(trb_volume_crop(volume, box, &part, err));
    trb_mask *voi = testing_random_mask(part->grid.nx, part->grid.ny, part->grid.nz, 0.8, 5);
    for (int f = 0; f < FILTERS; f++) {
        trb_grey_source memory = trb_grey_of_volume(part);
        passes whole, slabbed;
        run_passes(&memory, &filters[f], f % 2 ? voi : NULL, &whole);
        for (size_t i = 0; i < sizeof slabs / sizeof *slabs; i++) {
            char what[96];
            trb_scan *scan = NULL;
            const trb_open_options options = trb_open_options_default();
            CHECK_OK(trb_scan_open(path, &options, &scan, err));
            trb_grey_source files = trb_grey_of_scan(scan, box, slabs[i]);
            run_passes(&files, &filters[f], f % 2 ? voi : NULL, &slabbed);
            snprintf(what, sizeof what, "%s, %s, slabs of %zu", trb_type_name(volume->type),
                     trb_filter_name(filters[f].kind), slabs[i]);
            check_passes(&whole, &slabbed, what);
            clear_passes(&slabbed);
            trb_grey_clear(&files);
            trb_scan_close(scan);
        }
        clear_passes(&whole);
    }
    trb_mask_destroy(voi);
    trb_volume_destroy(part);
}

static void slabs_of_every_type_and_filter_give_the_bits_of_the_whole(void **state)
{
    (void)state;
    char path[4096];
    for (int type = TRB_U8; type <= TRB_F64; type++) {
        trb_volume *volume = piece((trb_type)type);
        trb_write_options options = trb_write_options_default();
        options.force = true;
        snprintf(path, sizeof path, "%s/%s.tif", testing_scratch(), trb_type_name((trb_type)type));
        CHECK_OK(trb_volume_write(path, volume, &options, err));
        const trb_box all = trb_grid_box(&volume->grid), part = {{3, 0, 2}, {70, 30, 22}};
        check_scan(volume, path, &all);
        check_scan(volume, path, &part);
        trb_volume_destroy(volume);
    }
    testing_scratch_remove();
}

static void a_damaged_plane_ends_the_pass(void **state)
{
    (void)state;
    char path[4096];
    trb_volume *volume = piece(TRB_F32);
    trb_volume_set(volume, 5, 6, 17, NAN);
    trb_scan *scan = NULL;
    const trb_open_options options = trb_open_options_default();
    snprintf(path, sizeof path, "%s/nan.tif", testing_scratch());
    CHECK_OK(trb_volume_write(path, volume, NULL, err));
    CHECK_OK(trb_scan_open(path, &options, &scan, err));
    const trb_box all = trb_grid_box(&volume->grid);
    trb_grey_source files = trb_grey_of_scan(scan, &all, 4);
    trb_error err = {TRB_OK, ""};
    uint32_t crc;
    assert_int_equal(TRB_ERR_DATA, trb_grey_crc32(&files, &crc, &err));
    assert_non_null(strstr(err.text, "17"));
    trb_grey_clear(&files);
    trb_scan_close(scan);
    trb_volume_destroy(volume);
    testing_scratch_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slabs_of_every_type_and_filter_give_the_bits_of_the_whole),
        cmocka_unit_test(a_damaged_plane_ends_the_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
