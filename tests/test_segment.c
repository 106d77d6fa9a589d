/*
 * test_segment.c - hysteresis and local thresholds, against flood fill and brute force windows; mirrored, transposed, in
 * slabs, with other numbers of threads.
 */
#include "oracle/prepare.h"
#include "prepare/grey_passes.h"
#include "support/testing.h"

#include "trabecula/segment.h"
#include "trabecula/version.h"

static void check_same_mask(const trb_mask *a, const trb_mask *b)
{
    assert_int_equal(a->grid.nx, b->grid.nx);
    assert_int_equal(a->grid.nz, b->grid.nz);
    assert_memory_equal(a->bits, b->bits, a->words_per_row * a->grid.ny * a->grid.nz * sizeof *a->bits);
}

static trb_volume *bone_piece(size_t nx, size_t ny, size_t nz)
{
    const trb_box box = {{60, 70, 80}, {60 + nx, 70 + ny, 80 + nz}};
    trb_volume *piece = NULL;
    CHECK_OK(trb_volume_crop(testing_bone(), &box, &piece, err));
    return piece;
}

/* ---- hysteresis */

/* Seeds spread to neighbours until nothing changes. */
static trb_mask *flood(const trb_volume *v, double low, double high, bool invert)
{
    const trb_grid *g = &v->grid;
    trb_mask *mask = NULL;
    CHECK_OK(trb_mask_create(g, &mask, err));
#define VALUE(x, y, z) trb_volume_get(v, (size_t)(x), (size_t)(y), (size_t)(z))
#define CANDIDATE(x, y, z) (invert ? VALUE(x, y, z) < high : VALUE(x, y, z) >= low)
#define SEED(x, y, z) (invert ? VALUE(x, y, z) < low : VALUE(x, y, z) >= high)
    bool changed = true;
    while (changed) {
        changed = false;
        for (int z = 0; z < (int)g->nz; z++)
            for (int y = 0; y < (int)g->ny; y++)
                for (int x = 0; x < (int)g->nx; x++) {
                    bool set = SEED(x, y, z);
                    for (int n = 0; n < 27 && !set && CANDIDATE(x, y, z); n++) {
                        const int a = x + n % 3 - 1, b = y + n / 3 % 3 - 1, c = z + n / 9 - 1;
                        set = a >= 0 && b >= 0 && c >= 0 && a < (int)g->nx && b < (int)g->ny &&
                              c < (int)g->nz && trb_mask_get(mask, (size_t)a, (size_t)b, (size_t)c);
                    }
                    if (set && !trb_mask_get(mask, (size_t)x, (size_t)y, (size_t)z)) {
                        trb_mask_set(mask, (size_t)x, (size_t)y, (size_t)z, 1);
                        changed = true;
                    }
                }
    }
#undef VALUE
#undef CANDIDATE
#undef SEED
    return mask;
}

static void hysteresis_is_a_flood_from_the_seeds(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        trb_volume *v = oracle_random_volume(67 + seed, 9, 7, TRB_U8, seed); /* rows across a word's end */
        for (int invert = 0; invert < 2; invert++) {
            const double low = invert ? 25 : 200,
                         high = invert ? 60 : 240; /* near the percolation of 26 neighbours */
            trb_mask *expected = flood(v, low, high, invert), *got = NULL, *all = NULL;
            CHECK_OK(trb_hysteresis_apply(v, NULL, low, high, invert, &got, err));
            check_same_mask(expected, got);
            CHECK_OK(trb_threshold_apply(v, NULL, invert ? high : low, invert, &all, err));
            assert_true(trb_mask_count(got) < trb_mask_count(all) && trb_mask_count(got) > 0);
            trb_mask_destroy(expected);
            trb_mask_destroy(got);
            trb_mask_destroy(all);
        }
        trb_volume_destroy(v);
    }
}

static void a_dim_strut_stays_where_it_hangs_on_bone_and_goes_where_it_does_not(void **state)
{
    (void)state;
    const trb_grid grid = {80, 5, 5, {1, 1, 1}, {0, 0, 0}};
    trb_volume *v = NULL;
    trb_mask *bone = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_U8, &v, err));
    memset(v->voxels, 0, 80 * 25);
    for (size_t x = 10; x < 70; x++)
        trb_volume_set(v, x, 2, 2, 60); /* dim, 60 voxels */
    trb_volume_set(v, 9, 1, 1, 100);    /* certain, and touches it by a corner alone */
    for (size_t x = 74; x < 78; x++)
        trb_volume_set(v, x, 2, 2, 60); /* a speck */
    CHECK_OK(trb_hysteresis_apply(v, NULL, 60, 100, false, &bone, err));
    assert_int_equal(61, trb_mask_count(bone));
    assert_int_equal(0, trb_mask_get(bone, 75, 2, 2));
    trb_mask_destroy(bone);
    CHECK_OK(trb_hysteresis_apply(v, NULL, 60, 101, false, &bone, err)); /* no seed: no bone */
    assert_int_equal(0, trb_mask_count(bone));
    trb_mask_destroy(bone);
    trb_error error = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_ARGUMENT, trb_hysteresis_apply(v, NULL, 61, 60, false, &bone, &error));
    assert_non_null(strstr(error.text, "above the high one"));
    assert_null(bone);
    trb_volume_destroy(v);
}

static void equal_thresholds_are_one_threshold(void **state)
{
    (void)state;
    const trb_filter gaussian = {TRB_FILTER_GAUSSIAN, 0.8, 1};
    trb_volume *v = bone_piece(70, 40, 30);
    trb_mask *a = NULL, *b = NULL;
    CHECK_OK(trb_hysteresis_apply(v, &gaussian, 80.25, 80.25, false, &a, err));
    CHECK_OK(trb_threshold_apply(v, &gaussian, 80.25, false, &b, err));
    check_same_mask(b, a);
    trb_mask_destroy(a);
    trb_mask_destroy(b);
    trb_volume_destroy(v);
}

/* ---- local thresholds */

/* Every voxel of the ball looked at, in double. Values are small integers or eighths: their sums are exact. */
static trb_mask *brute(const trb_volume *v, const trb_adaptive *how, bool invert)
{
    const trb_grid *g = &v->grid;
    const int reach = (int)how->radius_vox;
    trb_mask *mask = NULL;
    CHECK_OK(trb_mask_create(g, &mask, err));
    for (int z = 0; z < (int)g->nz; z++)
        for (int y = 0; y < (int)g->ny; y++)
            for (int x = 0; x < (int)g->nx; x++) {
                double sum = 0, least = INFINITY, most = -INFINITY, n = 0;
                for (int c = z - reach; c <= z + reach; c++)
                    for (int b = y - reach; b <= y + reach; b++)
                        for (int a = x - reach; a <= x + reach; a++) {
                            const int d2 = (a - x) * (a - x) + (b - y) * (b - y) + (c - z) * (c - z);
                            if (a < 0 || b < 0 || c < 0 || a >= (int)g->nx || b >= (int)g->ny ||
                                c >= (int)g->nz || d2 > how->radius_vox * how->radius_vox)
                                continue;
                            const double value = trb_volume_get(v, (size_t)a, (size_t)b, (size_t)c);
                            sum += value;
                            n++;
                            least = fmin(least, value);
                            most = fmax(most, value);
                        }
                double t = (how->rule == TRB_ADAPTIVE_MEAN ? sum / n : (least + most) / 2) + how->offset_grey;
                t = t < how->low_grey ? how->low_grey : t > how->high_grey ? how->high_grey : t;
                t = t + how->shift * fabs(t - how->zero_grey);
                const bool bone = trb_volume_get(v, (size_t)x, (size_t)y, (size_t)z) >= t;
                trb_mask_set(mask, (size_t)x, (size_t)y, (size_t)z, bone != invert);
            }
    return mask;
}

static void every_voxel_of_the_ball_counts_once(void **state)
{
    (void)state;
    static const double radii[] = {1, 1.5, 2, 3.2, 5};
    trb_volume *v = bone_piece(70, 13, 11); /* the ball is larger than the image in places */
    for (int rule = 0; rule < 2; rule++)
        for (int r = 0; r < 5; r++)
            for (int invert = 0; invert < 2; invert++) {
                trb_adaptive how = trb_adaptive_default((trb_adaptive_rule)rule, radii[r]);
                if (r == 2)
                    how.offset_grey = 7.25;
                if (r >= 3) {
                    how.low_grey = 41;
                    how.high_grey = 130;
                }
                if (r == 4) {
                    how.shift = 0.125;
                    how.zero_grey = 8;
                }
                trb_mask *expected = brute(v, &how, invert), *got = NULL;
                CHECK_OK(trb_adaptive_apply(v, NULL, &how, invert, &got, err));
                check_same_mask(expected, got);
                trb_mask_destroy(expected);
                trb_mask_destroy(got);
            }
    trb_volume_destroy(v);
}

/* Types differ in the scale of the sums; values below 0 too. */
static void every_type_of_voxel_gives_the_same_mask(void **state)
{
    (void)state;
    static const trb_type types[] = {TRB_I16, TRB_U16, TRB_I32, TRB_U32, TRB_F32, TRB_F64};
    trb_volume *v = bone_piece(66, 12, 9);
    for (int rule = 0; rule < 2; rule++) {
        trb_adaptive how = trb_adaptive_default((trb_adaptive_rule)rule, 2.5);
        how.low_grey = 30;
        trb_mask *expected = brute(v, &how, false);
        for (int t = 0; t < 6; t++) {
            const bool below = types[t] != TRB_U16 && types[t] != TRB_U32;
            const double scale = below ? 0.125 * 8 : 64, shift = below ? -60 : 0;
            trb_volume *other = NULL;
            trb_mask *got = NULL;
            CHECK_OK(trb_volume_create(&v->grid, types[t], &other, err));
            for (size_t z = 0; z < 9; z++)
                for (size_t y = 0; y < 12; y++)
                    for (size_t x = 0; x < 66; x++)
                        trb_volume_set(other, x, y, z, trb_volume_get(v, x, y, z) * scale + shift);
            trb_adaptive moved = how;
            moved.low_grey = how.low_grey * scale + shift;
            CHECK_OK(trb_adaptive_apply(other, NULL, &moved, false, &got, err));
            check_same_mask(expected, got);
            trb_mask_destroy(got);
            trb_volume_destroy(other);
        }
        trb_mask_destroy(expected);
    }
    trb_volume_destroy(v);
}

static void flat_grey_is_bone_unless_a_bound_says_no(void **state)
{
    (void)state;
    const trb_grid grid = {20, 20, 20, {1, 1, 1}, {0, 0, 0}};
    trb_volume *v = NULL;
    trb_mask *mask = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_F32, &v, err));
    for (size_t i = 0; i < 8000; i++)
        ((float *)v->voxels)[i] = 0.1f; /* no exact sum in binary, but an exact mean */
    trb_adaptive how = trb_adaptive_default(TRB_ADAPTIVE_MEAN, 4);
    CHECK_OK(trb_adaptive_apply(v, NULL, &how, false, &mask, err));
    assert_int_equal(8000, trb_mask_count(mask));
    trb_mask_destroy(mask);
    how.low_grey = 0.2;
    CHECK_OK(trb_adaptive_apply(v, NULL, &how, false, &mask, err));
    assert_int_equal(0, trb_mask_count(mask));
    trb_mask_destroy(mask);
    trb_error error = {TRB_OK, ""};
    how.radius_vox = 0.5;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_adaptive_apply(v, NULL, &how, false, &mask, &error));
    how.radius_vox = 65;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_adaptive_apply(v, NULL, &how, false, &mask, &error));
    how.radius_vox = 4;
    ((float *)v->voxels)[77] = NAN;
    assert_int_equal(TRB_ERR_DATA, trb_adaptive_apply(v, NULL, &how, false, &mask, &error));
    assert_null(mask);
    trb_volume_destroy(v);
}

/* ---- invariants, for both */

/* kind 0: hysteresis, 1: mean, 2: minmax. */
static trb_mask *segment(trb_grey_source *source, const trb_filter *filter, int kind)
{
    trb_mask *mask = NULL;
    trb_adaptive how = trb_adaptive_default(kind == 1 ? TRB_ADAPTIVE_MEAN : TRB_ADAPTIVE_MINMAX, 4.5);
    how.low_grey = 35;
    if (kind == 0)
        CHECK_OK(trb_grey_hysteresis(source, filter, 55, 110, false, &mask, err));
    else
        CHECK_OK(trb_grey_adaptive(source, filter, &how, false, &mask, err));
    return mask;
}

/* x <-> z, or mirrored along all axes. */
static trb_volume *turned(const trb_volume *v, bool transpose)
{
    trb_grid grid = v->grid;
    if (transpose) {
        grid.nx = v->grid.nz;
        grid.nz = v->grid.nx;
    }
    trb_volume *out = NULL;
    CHECK_OK(trb_volume_create(&grid, v->type, &out, err));
    for (size_t z = 0; z < v->grid.nz; z++)
        for (size_t y = 0; y < v->grid.ny; y++)
            for (size_t x = 0; x < v->grid.nx; x++) {
                const double value = trb_volume_get(v, x, y, z);
                if (transpose)
                    trb_volume_set(out, z, y, x, value);
                else
                    trb_volume_set(out, grid.nx - 1 - x, grid.ny - 1 - y, grid.nz - 1 - z, value);
            }
    return out;
}

static void mirrored_and_transposed_images_give_mirrored_and_transposed_masks(void **state)
{
    (void)state;
    trb_volume *v = bone_piece(70, 30, 24);
    for (int transpose = 0; transpose < 2; transpose++) {
        trb_volume *other = turned(v, transpose);
        for (int kind = 0; kind < 3; kind++) {
            trb_grey_source plain = trb_grey_of_volume(v), turned_source = trb_grey_of_volume(other);
            trb_mask *a = segment(&plain, NULL, kind), *b = segment(&turned_source, NULL, kind);
            for (size_t z = 0; z < v->grid.nz; z++)
                for (size_t y = 0; y < v->grid.ny; y++)
                    for (size_t x = 0; x < v->grid.nx; x++)
                        assert_int_equal(trb_mask_get(a, x, y, z),
                                         transpose ? trb_mask_get(b, z, y, x)
                                                   : trb_mask_get(b, v->grid.nx - 1 - x, v->grid.ny - 1 - y,
                                                                  v->grid.nz - 1 - z));
            trb_mask_destroy(a);
            trb_mask_destroy(b);
        }
        trb_volume_destroy(other);
    }
    trb_volume_destroy(v);
}

/* Slabs of a file, one thread or three: the same bits. 60 planes are more than one slab of a local threshold. */
static void slabs_and_threads_change_nothing(void **state)
{
    (void)state;
    static const trb_filter filters[] = {
        {TRB_FILTER_NONE, 0, 0}, {TRB_FILTER_GAUSSIAN, 0.8, 1}, {TRB_FILTER_MEDIAN, 0, 1}};
    char path[300];
    snprintf(path, sizeof path, "%s/piece.tif", testing_scratch());
    trb_volume *v = bone_piece(70, 30, 60);
    trb_write_options how = trb_write_options_default();
    CHECK_OK(trb_volume_write(path, v, &how, err));
    trb_open_options open = trb_open_options_default();
    trb_scan *scan = NULL;
    CHECK_OK(trb_scan_open(path, &open, &scan, err));
    const trb_box all = trb_grid_box(trb_scan_grid(scan));
    const int threads = trb_threads();
    for (int f = 0; f < 3; f++)
        for (int kind = 0; kind < 3; kind++) {
            trb_grey_source whole = trb_grey_of_volume(v), slabs = trb_grey_of_scan(scan, &all, 5);
            trb_threads_set(1);
            trb_mask *a = segment(&whole, &filters[f], kind);
            trb_threads_set(3);
            trb_mask *b = segment(&whole, &filters[f], kind), *c = segment(&slabs, &filters[f], kind);
            check_same_mask(a, b);
            check_same_mask(a, c);
            trb_grey_clear(&slabs);
            trb_mask_destroy(a);
            trb_mask_destroy(b);
            trb_mask_destroy(c);
        }
    trb_threads_set(threads);
    trb_scan_close(scan);
    trb_volume_destroy(v);
    testing_scratch_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hysteresis_is_a_flood_from_the_seeds),
        cmocka_unit_test(a_dim_strut_stays_where_it_hangs_on_bone_and_goes_where_it_does_not),
        cmocka_unit_test(equal_thresholds_are_one_threshold),
        cmocka_unit_test(every_voxel_of_the_ball_counts_once),
        cmocka_unit_test(every_type_of_voxel_gives_the_same_mask),
        cmocka_unit_test(flat_grey_is_bone_unless_a_bound_says_no),
        cmocka_unit_test(mirrored_and_transposed_images_give_mirrored_and_transposed_masks),
        cmocka_unit_test(slabs_and_threads_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
