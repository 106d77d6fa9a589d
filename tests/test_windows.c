/*
 * test_windows.c - thickness in little memory: contact vectors by windows, maps plane by plane. Whatever the
 * windows, every number and every map value is the one of the whole image.
 */
#include "measure/ipl_steps.h"
#include "support/shapes.h"
#include "support/testing.h"

#include "trabecula/thickness.h"
#include "trabecula/version.h"

#include <string.h>

static trb_mask *bone; /* the real one, grey >= 64 */

/* ---- contact vectors */

typedef struct comparison {
    const ipl_field *whole;
    size_t next_end; /* windows come from above */
    size_t visits;
} comparison;

static trb_status compare_slices(void *user, const ipl_field *field, size_t from, size_t to, trb_error *err)
{
    comparison *c = user;
    (void)err;
    assert_int_equal(c->next_end, to);
    assert_true(from < to);
    c->next_end = from;
    c->visits++;
    const trb_grid *grid = &field->grid;
    for (size_t z = from ? from - 1 : 0; z < to + 1 && z < grid->nz; z++)
        for (size_t y = 0; y < grid->ny; y++)
            for (size_t x = 0; x < grid->nx; x++) {
                int v[3], w[3];
                ipl_field_get(c->whole, x, y, z, v);
                ipl_field_get(field, x, y, z, w);
                if (memcmp(v, w, sizeof v) != 0)
                    fail_msg("slices %zu to %zu: the vector at %zu %zu %zu is %d %d %d, not %d %d %d", from, to, x, y, z,
                             w[0], w[1], w[2], v[0], v[1], v[2]);
            }
    return TRB_OK;
}

/* Returns the number of windows. */
static size_t check_walk(const trb_mask *object, size_t bytes)
{
    ipl_field whole;
    CHECK_OK(ipl_field_create(object, &whole, err));
    comparison c = {&whole, object->grid.nz, 0};
    CHECK_OK(ipl_walk(object, bytes, compare_slices, &c, err));
    assert_int_equal(0, c.next_end);
    ipl_field_clear(&whole);
    return c.visits;
}

static void windows_of_contact_vectors_equal_the_whole(void **state)
{
    (void)state;
    size_t most = 0;
    for (int i = 0; i < shapes_count(); i++) {
        const char *name;
        trb_mask *mask = shapes_make(i, &name);
        for (int other = 0; other < 2; other++) {
            const size_t n = trb_mask_count(mask);
            if (n && n < trb_grid_voxels(&mask->grid)) {
                const size_t windows = check_walk(mask, 1);
                most = windows > most ? windows : most;
                (void)check_walk(mask, 20 * 6 * (mask->grid.nx + 16) * mask->grid.ny);
            }
            trb_mask_invert(mask);
        }
        trb_mask_destroy(mask);
    }
    assert_true(most > 4);
}

static void windows_of_real_bone_equal_the_whole_on_any_number_of_threads(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    static const int threads[] = {2}; /* the instrumented program is slow */
#else
    static const int threads[] = {1, 2, 5};
#endif
    trb_mask *marrow = NULL;
    CHECK_OK(trb_mask_complement(bone, &marrow, err));
    const int before = trb_threads();
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        trb_threads_set(threads[i]);
        assert_true(3 <= check_walk(bone, (size_t)70 * 6 * 208 * 200));
        assert_true(check_walk(marrow, (size_t)160 * 6 * 208 * 200) > 1); /* windows that threads share */
    }
    trb_threads_set(before);
    trb_mask_destroy(marrow);
}

static trb_status stop(void *user, const ipl_field *field, size_t from, size_t to, trb_error *err)
{
    (void)field, (void)from, (void)to;
    ++*(int *)user;
    return trb_error_set(err, TRB_ERR_CANCELLED, "enough");
}

static void an_error_of_the_visitor_ends_the_walk(void **state)
{
    (void)state;
    trb_error err = {TRB_OK, ""};
    int calls = 0;
    assert_int_equal(TRB_ERR_CANCELLED, ipl_walk(bone, 1, stop, &calls, &err));
    assert_int_equal(1, calls);
    assert_string_equal("enough", err.text);
}

/* ---- results and maps */

typedef struct planes {
    size_t next, plane;
    float *values;
} planes;

static trb_status collect(void *user, size_t z0, size_t n, const float *values, trb_error *err)
{
    planes *p = user;
    (void)err;
    assert_int_equal(p->next, z0);
    memcpy(p->values + z0 * p->plane, values, n * p->plane * sizeof *values);
    p->next = z0 + n;
    return TRB_OK;
}

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void check_same(const trb_thickness *a, const trb_thickness *b)
{
    assert_int_equal(a->voxels, b->voxels);
    assert_int_equal(a->valued, b->valued);
    assert_true(same_number(a->mean_vox, b->mean_vox) && same_number(a->sd_vox, b->sd_vox));
    assert_true(same_number(a->max_vox, b->max_vox) && same_number(a->max_inside_vox, b->max_inside_vox));
    assert_int_equal(a->n_codes, b->n_codes);
    assert_int_equal(a->n_bins, b->n_bins);
    if (a->n_codes)
        assert_memory_equal(a->code_count, b->code_count, a->n_codes * sizeof *a->code_count);
    if (a->n_bins)
        assert_memory_equal(a->bin_count, b->bin_count, a->n_bins * sizeof *a->bin_count);
}

static void check_stream(const trb_mask *object, const trb_mask *voi, trb_thickness_rule rule)
{
    trb_thickness_options options = trb_thickness_options_default();
    const size_t plane = object->grid.nx * object->grid.ny, voxels = trb_grid_voxels(&object->grid);
    options.rule = rule;
    trb_thickness whole, streamed, counted;
    trb_volume *map = NULL;
    CHECK_OK(trb_thickness_measure(object, voi, &options, &whole, &map, err));
    options.memory_bytes = 1; /* the smallest windows there are */
    planes p = {0, plane, calloc(voxels, sizeof(float))};
    assert_non_null(p.values);
    const trb_map_sink sink = {collect, &p};
    CHECK_OK(trb_thickness_stream(object, voi, &options, &sink, &streamed, err));
    CHECK_OK(trb_thickness_stream(object, voi, &options, NULL, &counted, err));
    assert_int_equal(object->grid.nz, p.next);
    assert_memory_equal(map->voxels, p.values, voxels * sizeof(float));
    check_same(&whole, &streamed);
    check_same(&whole, &counted);
    trb_thickness_clear(&whole);
    trb_thickness_clear(&streamed);
    trb_thickness_clear(&counted);
    trb_volume_destroy(map);
    free(p.values);
}

static void maps_that_arrive_plane_by_plane_are_the_maps(void **state)
{
    (void)state;
    for (int i = 0; i < shapes_count(); i++) {
        const char *name;
        trb_mask *mask = shapes_make(i, &name);
        trb_mask *voi = testing_random_mask(mask->grid.nx, mask->grid.ny, mask->grid.nz, 0.4, 7);
        const size_t n = trb_mask_count(mask);
        for (int rule = TRB_THICKNESS_EXACT; rule <= TRB_THICKNESS_IPL_V1 && n < trb_grid_voxels(&mask->grid); rule++)
            check_stream(mask, i % 2 ? voi : NULL, (trb_thickness_rule)rule);
        trb_mask_destroy(mask);
        trb_mask_destroy(voi);
    }
}

static void maps_of_real_bone_arrive_plane_by_plane(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip();
#endif
    for (int rule = TRB_THICKNESS_EXACT; rule <= TRB_THICKNESS_IPL; rule++)
        check_stream(bone, NULL, (trb_thickness_rule)rule);
}

static void direct_tb_n_does_not_depend_on_the_window(void **state)
{
    (void)state;
    trb_thickness whole, windowed;
    uint64_t axis, axis_too;
    CHECK_OK(trb_tbn_direct_measure(bone, NULL, 0, &whole, &axis, err));
    CHECK_OK(trb_tbn_direct_measure(bone, NULL, (size_t)50 * 6 * 208 * 200, &windowed, &axis_too, err));
    check_same(&whole, &windowed);
    assert_int_equal(axis, axis_too);
    trb_thickness_clear(&whole);
    trb_thickness_clear(&windowed);
}

static int setup(void **state)
{
    (void)state;
    bone = testing_mask(testing_bone(), 64);
    return bone ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    trb_mask_destroy(bone);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_of_contact_vectors_equal_the_whole),
        cmocka_unit_test(windows_of_real_bone_equal_the_whole_on_any_number_of_threads),
        cmocka_unit_test(an_error_of_the_visitor_ends_the_walk),
        cmocka_unit_test(maps_that_arrive_plane_by_plane_are_the_maps),
        cmocka_unit_test(maps_of_real_bone_arrive_plane_by_plane),
        cmocka_unit_test(direct_tb_n_does_not_depend_on_the_window),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
