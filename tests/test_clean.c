/* test_clean.c - taking away specks, keeping the largest part, filling cavities. */
#include "oracle/prepare.h"
#include "support/testing.h"

#include "trabecula/label.h"
#include "trabecula/threshold.h"
#include "trabecula/version.h"

static const int CONNECTIVITY[] = {6, 18, 26};

static trb_mask *empty_mask(size_t nx, size_t ny, size_t nz)
{
    return testing_random_mask(nx, ny, nz, 0, 1);
}

static void set_box(trb_mask *mask, size_t x0, size_t x1, size_t y0, size_t y1, size_t z0, size_t z1, int value)
{
    for (size_t z = z0; z < z1; z++)
        for (size_t y = y0; y < y1; y++)
            for (size_t x = x0; x < x1; x++)
                trb_mask_set(mask, x, y, z, value);
}

static void check_equal(const trb_mask *expected, const trb_mask *actual)
{
    const trb_grid *grid = &expected->grid;
    assert_memory_equal(expected->bits, actual->bits,
                        expected->words_per_row * grid->ny * grid->nz * sizeof *expected->bits);
}

/* ---- geometry ---- */

static void parts_below_the_size_go_and_parts_of_the_size_stay(void **state)
{
    (void)state;
    for (uint64_t least = 0; least <= 8; least++) {
        trb_mask *mask = empty_mask(130, 15, 3), *expected = empty_mask(130, 15, 3);
        uint64_t removed = 99, gone = 0;
        for (size_t size = 1; size <= 7; size++) { /* rods of 1 to 7 voxels, across the word border */
            set_box(mask, 62, 62 + size, 2 * size, 2 * size + 1, 1, 2, 1);
            if (size >= least)
                set_box(expected, 62, 62 + size, 2 * size, 2 * size + 1, 1, 2, 1);
            else
                gone += size;
        }
        CHECK_OK(trb_despeckle(mask, TRB_CONNECT_26, least, &removed, err));
        check_equal(expected, mask);
        assert_int_equal(gone, removed);
        trb_mask_destroy(mask);
        trb_mask_destroy(expected);
    }
}

static void whether_a_speck_is_one_part_depends_on_the_neighbours(void **state)
{
    (void)state;
    for (size_t d = 1; d < 8; d++)
        for (int c = 0; c < 3; c++) {
            trb_mask *mask = empty_mask(66, 3, 3);
            trb_mask_set(mask, 63, 1, 1, 1);
            trb_mask_set(mask, 63 + (d & 1), 1 + (d >> 1 & 1), 1 + (d >> 2 & 1), 1);
            const bool joined = (d & 1) + (d >> 1 & 1) + (d >> 2 & 1) <= (size_t)c + 1;
            CHECK_OK(trb_despeckle(mask, (trb_connectivity)CONNECTIVITY[c], 2, NULL, err));
            assert_int_equal(joined ? 2 : 0, trb_mask_count(mask));
            trb_mask_destroy(mask);
        }
}

static void of_parts_of_equal_size_the_first_is_kept(void **state)
{
    (void)state;
    trb_mask *mask = empty_mask(70, 9, 9), *expected = empty_mask(70, 9, 9);
    uint64_t removed = 0;
    set_box(mask, 0, 1, 0, 1, 0, 1, 1);       /* first, but small */
    set_box(mask, 60, 68, 2, 3, 2, 3, 1);     /* 8 voxels as a rod */
    set_box(expected, 60, 68, 2, 3, 2, 3, 1);
    set_box(mask, 10, 12, 5, 7, 5, 7, 1);     /* 8 voxels as a cube */
    set_box(mask, 20, 27, 7, 8, 8, 9, 1);     /* 7 voxels */
    CHECK_OK(trb_keep_largest(mask, TRB_CONNECT_26, &removed, err));
    check_equal(expected, mask);
    assert_int_equal(1 + 8 + 7, removed);
    set_box(mask, 10, 13, 5, 8, 5, 6, 1); /* a later part of 9 beats the earlier of 8 */
    CHECK_OK(trb_keep_largest(mask, TRB_CONNECT_6, &removed, err));
    assert_int_equal(8, removed);
    assert_int_equal(9, trb_mask_count(mask));
    assert_int_equal(1, trb_mask_get(mask, 12, 7, 5));
    trb_mask_destroy(mask);
    trb_mask_destroy(expected);
}

static void a_closed_shell_is_filled_and_one_with_a_hole_is_not(void **state)
{
    (void)state;
    trb_mask *shell = empty_mask(80, 12, 11), *open = NULL;
    set_box(shell, 60, 70, 2, 10, 1, 9, 1);
    set_box(shell, 61, 69, 3, 9, 2, 8, 0); /* 8 * 6 * 6 = 288 voxels inside */
    set_box(shell, 63, 66, 5, 7, 4, 6, 1); /* an island of 12 in the cavity */
    CHECK_OK(trb_mask_copy(shell, &open, err));
    trb_mask_set(open, 69, 5, 5, 0); /* a pinhole in the wall */
    uint64_t filled = 0;
    CHECK_OK(trb_fill_holes(shell, TRB_CONNECT_6, &filled, err));
    assert_int_equal(288 - 12, filled);
    trb_mask *solid = empty_mask(80, 12, 11);
    set_box(solid, 60, 70, 2, 10, 1, 9, 1);
    check_equal(solid, shell);
    const size_t before = trb_mask_count(open);
    CHECK_OK(trb_fill_holes(open, TRB_CONNECT_6, &filled, err));
    assert_int_equal(0, filled);
    assert_int_equal(before, trb_mask_count(open));
    trb_mask_destroy(solid);
    trb_mask_destroy(shell);
    trb_mask_destroy(open);
}

/* A cavity that meets the outside by an edge or a corner only is closed for 6 neighbours, open for more. */
static void a_cavity_that_touches_the_outside_askew_depends_on_the_neighbours(void **state)
{
    (void)state;
    for (int c = 0; c < 3; c++) {
        uint64_t filled = 0;
        trb_mask *edge = empty_mask(67, 5, 5), *corner = empty_mask(67, 5, 5);
        set_box(edge, 62, 65, 1, 4, 1, 4, 1);
        trb_mask_set(edge, 63, 2, 2, 0);
        trb_mask_set(edge, 64, 3, 2, 0); /* out through the edge of the block */
        set_box(corner, 62, 65, 1, 4, 1, 4, 1);
        trb_mask_set(corner, 63, 2, 2, 0);
        trb_mask_set(corner, 64, 3, 3, 0); /* out through its corner */
        CHECK_OK(trb_fill_holes(edge, (trb_connectivity)CONNECTIVITY[c], &filled, err));
        assert_int_equal(c == 0, filled);
        CHECK_OK(trb_fill_holes(corner, (trb_connectivity)CONNECTIVITY[c], &filled, err));
        assert_int_equal(c <= 1, filled);
        trb_mask_destroy(edge);
        trb_mask_destroy(corner);
    }
}

static void a_cavity_cut_by_the_image_border_is_no_cavity(void **state)
{
    (void)state;
    static const size_t at[6][3] = {{0, 3, 2}, {64, 3, 2}, {30, 0, 2}, {30, 6, 2}, {30, 3, 0}, {30, 3, 4}};
    for (int face = 0; face < 6; face++) {
        trb_mask *mask = testing_random_mask(65, 7, 5, 1, 1);
        trb_mask_set(mask, at[face][0], at[face][1], at[face][2], 0);
        trb_mask_set(mask, 33, 3, 2, 0); /* this one is enclosed */
        uint64_t filled = 0;
        CHECK_OK(trb_fill_holes(mask, TRB_CONNECT_6, &filled, err));
        assert_int_equal(1, filled);
        assert_int_equal(65 * 7 * 5 - 1, trb_mask_count(mask));
        assert_int_equal(0, trb_mask_get(mask, at[face][0], at[face][1], at[face][2]));
        trb_mask_destroy(mask);
    }
}

static void empty_and_full_masks_stay_as_they_are(void **state)
{
    (void)state;
    for (int full = 0; full < 2; full++) {
        trb_mask *mask = testing_random_mask(65, 4, 3, full, 1);
        uint64_t changed = 7;
        CHECK_OK(trb_despeckle(mask, TRB_CONNECT_6, 100, &changed, err));
        assert_int_equal(0, changed);
        changed = 7;
        CHECK_OK(trb_keep_largest(mask, TRB_CONNECT_26, &changed, err));
        assert_int_equal(0, changed);
        changed = 7;
        CHECK_OK(trb_fill_holes(mask, TRB_CONNECT_6, &changed, err));
        assert_int_equal(0, changed);
        assert_int_equal(full ? 65 * 4 * 3 : 0, trb_mask_count(mask));
        trb_mask_destroy(mask);
    }
}

static void an_unknown_connectivity_leaves_the_mask_alone(void **state)
{
    (void)state;
    trb_mask *mask = testing_random_mask(65, 4, 3, 0.3, 1), *before = NULL;
    trb_error error = {TRB_OK, ""};
    CHECK_OK(trb_mask_copy(mask, &before, err));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_despeckle(mask, (trb_connectivity)4, 100, NULL, &error));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_keep_largest(mask, (trb_connectivity)8, NULL, &error));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_fill_holes(mask, (trb_connectivity)0, NULL, &error));
    assert_non_null(strstr(error.text, "6, 18 or 26"));
    check_equal(before, mask);
    trb_mask_destroy(mask);
    trb_mask_destroy(before);
}

/* ---- flood fill as the judge ---- */

typedef enum { DESPECKLE, KEEP_LARGEST, FILL_HOLES } job;

typedef struct flood {
    uint32_t *label, count;
    uint64_t *voxels;
    uint8_t *edge;
} flood;

static flood flood_parts(const trb_mask *mask, int connectivity, bool background)
{
    const size_t nx = mask->grid.nx, ny = mask->grid.ny, nz = mask->grid.nz, n = nx * ny * nz;
    flood f = {.label = malloc(n * sizeof *f.label)};
    assert_non_null(f.label);
    f.count = oracle_parts(mask, connectivity, background, f.label);
    f.voxels = calloc((size_t)f.count + 1, sizeof *f.voxels);
    f.edge = calloc((size_t)f.count + 1, 1);
    assert_non_null(f.voxels);
    assert_non_null(f.edge);
    for (size_t i = 0; i < n; i++) {
        const size_t x = i % nx, y = i / nx % ny, z = i / nx / ny;
        f.voxels[f.label[i]]++;
        if (x == 0 || y == 0 || z == 0 || x + 1 == nx || y + 1 == ny || z + 1 == nz)
            f.edge[f.label[i]] = 1;
    }
    return f;
}

/* What the mask should become: yours. *changed: how many voxels. */
static trb_mask *by_flood_fill(const trb_mask *mask, job what, int connectivity, uint64_t least,
                               uint64_t *changed)
{
    const size_t nx = mask->grid.nx, ny = mask->grid.ny;
    flood f = flood_parts(mask, connectivity, what == FILL_HOLES);
    uint32_t largest = 1;
    for (uint32_t k = 2; k <= f.count; k++)
        if (f.voxels[k] > f.voxels[largest])
            largest = k;
    trb_mask *out = NULL;
    CHECK_OK(trb_mask_copy(mask, &out, err));
    *changed = 0;
    for (size_t i = 0; i < trb_grid_voxels(&mask->grid); i++) {
        const uint32_t k = f.label[i];
        if (k == 0 || (what == DESPECKLE && f.voxels[k] >= least) || (what == KEEP_LARGEST && k == largest) ||
            (what == FILL_HOLES && f.edge[k]))
            continue;
        trb_mask_set(out, i % nx, i / nx % ny, i / nx / ny, what == FILL_HOLES);
        ++*changed;
    }
    free(f.label);
    free(f.voxels);
    free(f.edge);
    return out;
}

/* All thread counts on masks of some size; flat ones, of which there are many, with two. */
static void check_job(const trb_mask *mask, job what, int connectivity, uint64_t least, size_t *changes)
{
    const bool flat = mask->grid.ny == 1 || mask->grid.nz == 1;
    uint64_t expected_changed, changed = 12345;
    trb_mask *expected = by_flood_fill(mask, what, connectivity, least, &expected_changed);
    for (int threads = 1; threads <= 5; threads += threads == 1 ? 1 : 3) { /* 1, 2, 5 */
        trb_mask *actual = NULL;
        if (flat && threads != 2)
            continue;
        trb_threads_set(threads);
        CHECK_OK(trb_mask_copy(mask, &actual, err));
        const trb_connectivity c = (trb_connectivity)connectivity;
        if (what == DESPECKLE)
            CHECK_OK(trb_despeckle(actual, c, least, &changed, err));
        else if (what == KEEP_LARGEST)
            CHECK_OK(trb_keep_largest(actual, c, &changed, err));
        else
            CHECK_OK(trb_fill_holes(actual, c, &changed, err));
        assert_int_equal(expected_changed, changed);
        check_equal(expected, actual);
        trb_mask_destroy(actual);
    }
    *changes += expected_changed > 0;
    trb_mask_destroy(expected);
}

static void random_masks_are_cleaned_as_flood_fill_says(void **state)
{
    (void)state;
    static const size_t width[] = {1, 63, 64, 65, 130};
    static const size_t depth[][2] = {{1, 1}, {9, 1}, {1, 11}, {8, 9}};
    static const double density[] = {0, 0.05, 0.15, 0.35, 0.6, 0.85, 0.95, 1};
    size_t changes[3] = {0, 0, 0};
    const int before = trb_threads();
    for (size_t w = 0; w < 5; w++)
        for (size_t d = 0; d < 8; d++)
            for (size_t s = 0; s < 4; s++) {
                trb_mask *mask = testing_random_mask(width[w], depth[s][0], depth[s][1], density[d], w * 8 + d);
                for (int c = 0; c < 3; c++) {
                    check_job(mask, DESPECKLE, CONNECTIVITY[c], 2 + d, &changes[DESPECKLE]);
                    check_job(mask, KEEP_LARGEST, CONNECTIVITY[c], 0, &changes[KEEP_LARGEST]);
                    check_job(mask, FILL_HOLES, CONNECTIVITY[c], 0, &changes[FILL_HOLES]);
                }
                trb_mask_destroy(mask);
            }
    trb_threads_set(before);
    for (int what = 0; what < 3; what++)
        assert_true(changes[what] > 20); /* the masks gave each of them something to do */
}

/* ---- the real bone ---- */

static size_t count_parts(const trb_mask *mask, trb_connectivity connectivity)
{
    trb_parts parts;
    CHECK_OK(trb_parts_measure(mask, connectivity, &parts, err));
    const size_t count = parts.count;
    trb_parts_clear(&parts);
    return count;
}

static size_t count_background(const trb_mask *mask)
{
    trb_mask *marrow = NULL;
    CHECK_OK(trb_mask_complement(mask, &marrow, err));
    const size_t count = count_parts(marrow, TRB_CONNECT_6);
    trb_mask_destroy(marrow);
    return count;
}

/* Largest 26-part kept, then closed 6-cavities filled: takes the mask. */
static void check_purified(trb_mask *bone, const char *path)
{
    const json_t *expected = testing_at(testing_expected(), path);
    const size_t all = trb_mask_count(bone);
    uint64_t removed = 0, filled = 0;
    CHECK_OK(trb_keep_largest(bone, TRB_CONNECT_26, &removed, err));
    CHECK_CLOSE(testing_number(expected, "largest_component_voxels"), (double)trb_mask_count(bone), 0);
    assert_int_equal(all - trb_mask_count(bone), removed);
    const size_t before = count_background(bone);
    CHECK_OK(trb_fill_holes(bone, TRB_CONNECT_6, &filled, err));
    CHECK_CLOSE(testing_number(expected, "cavities_filled"), (double)(before - count_background(bone)), 0);
    CHECK_CLOSE(testing_number(expected, "cavity_voxels"), (double)filled, 0);
    CHECK_CLOSE(testing_number(expected, "bv_voxels_in_voi"), (double)trb_mask_count(bone), 0);
    CHECK_CLOSE(testing_number(expected, "bone_components_26"), (double)count_parts(bone, TRB_CONNECT_26), 0);
    CHECK_CLOSE(testing_number(expected, "bone_components_6"), (double)count_parts(bone, TRB_CONNECT_6), 0);
    CHECK_CLOSE(testing_number(expected, "marrow_components_6"), (double)count_background(bone), 0);
    trb_mask_destroy(bone);
}

static void the_real_bone_is_purified_as_in_the_reference(void **state)
{
    (void)state;
    const int before = trb_threads();
    for (int threads = 1; threads <= 5; threads += threads == 1 ? 1 : 3) {
        trb_threads_set(threads);
        check_purified(testing_mask(testing_bone(), 64), "cases|case1_raw_gt63|topology|purified_whole_image");
    }
    trb_threads_set(before);
    static const trb_filter smooth = {TRB_FILTER_GAUSSIAN, 0.8, 1};
    trb_mask *bone = NULL;
    CHECK_OK(trb_threshold_apply(testing_bone(), &smooth, 83, false, &bone, err));
    check_purified(bone, "cases|case2f_gauss_float_otsu|topology|purified_whole_image");
}

/* bone_components and marrow of the reference are counted inside the ellipse there: check what is left. */
static void bone_cut_at_the_voi_is_purified_as_in_the_reference(void **state)
{
    (void)state;
    const json_t *expected =
        testing_at(testing_expected(), "cases|case3_raw_gt63_in_ellipse|topology|purified_in_voi");
    trb_mask *bone = testing_mask(testing_bone(), 64), *voi = testing_ellipse_voi();
    uint64_t filled = 0;
    trb_mask_and(bone, voi);
    CHECK_OK(trb_keep_largest(bone, TRB_CONNECT_26, NULL, err));
    CHECK_CLOSE(testing_number(expected, "largest_component_voxels"), (double)trb_mask_count(bone), 0);
    CHECK_OK(trb_fill_holes(bone, TRB_CONNECT_6, &filled, err));
    CHECK_CLOSE(testing_number(expected, "cavity_voxels"), (double)filled, 0);
    CHECK_CLOSE(testing_number(expected, "bone_components_6"), (double)count_parts(bone, TRB_CONNECT_6), 0);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_below_the_size_go_and_parts_of_the_size_stay),
        cmocka_unit_test(whether_a_speck_is_one_part_depends_on_the_neighbours),
        cmocka_unit_test(of_parts_of_equal_size_the_first_is_kept),
        cmocka_unit_test(a_closed_shell_is_filled_and_one_with_a_hole_is_not),
        cmocka_unit_test(a_cavity_that_touches_the_outside_askew_depends_on_the_neighbours),
        cmocka_unit_test(a_cavity_cut_by_the_image_border_is_no_cavity),
        cmocka_unit_test(empty_and_full_masks_stay_as_they_are),
        cmocka_unit_test(an_unknown_connectivity_leaves_the_mask_alone),
        cmocka_unit_test(random_masks_are_cleaned_as_flood_fill_says),
        cmocka_unit_test(the_real_bone_is_purified_as_in_the_reference),
        cmocka_unit_test(bone_cut_at_the_voi_is_purified_as_in_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
