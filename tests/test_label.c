/* test_label.c - connected parts. */
#include "oracle/prepare.h"
#include "support/itk_oracle.h"
#include "support/testing.h"

#include "trabecula/label.h"
#include "trabecula/version.h"

static const int CONNECTIVITY[] = {6, 18, 26};

/* Labels, sizes and border contact of a mask against flood fill, for one thread count. */
static void check_against_flood_fill(const trb_mask *mask, int connectivity)
{
    const size_t nx = mask->grid.nx, ny = mask->grid.ny, n = trb_grid_voxels(&mask->grid);
    uint32_t *expected = malloc(n * sizeof *expected);
    assert_non_null(expected);
    const uint32_t count = oracle_parts(mask, connectivity, false, expected);
    trb_volume *labels = NULL;
    trb_parts parts;
    CHECK_OK(trb_parts_label(mask, (trb_connectivity)connectivity, &labels, err));
    CHECK_OK(trb_parts_measure(mask, (trb_connectivity)connectivity, &parts, err));
    assert_int_equal(TRB_U32, labels->type);
    assert_memory_equal(expected, labels->voxels, n * sizeof *expected);
    assert_int_equal(count, parts.count);
    uint64_t *voxels = calloc(count + 1, sizeof *voxels);
    uint8_t *edge = calloc(count + 1, 1);
    assert_non_null(voxels);
    assert_non_null(edge);
    for (size_t i = 0; i < n; i++) {
        const size_t x = i % nx, y = i / nx % ny, z = i / nx / ny;
        voxels[expected[i]]++;
        if (x == 0 || y == 0 || z == 0 || x + 1 == nx || y + 1 == ny || z + 1 == mask->grid.nz)
            edge[expected[i]] = 1;
    }
    for (uint32_t k = 0; k < count; k++) {
        assert_int_equal(voxels[k + 1], parts.voxels[k]);
        assert_int_equal(edge[k + 1], parts.touches_edge[k]);
    }
    free(voxels);
    free(edge);
    free(expected);
    trb_parts_clear(&parts);
    trb_volume_destroy(labels);
}

static void random_masks_have_the_parts_that_flood_fill_finds(void **state)
{
    (void)state;
    static const size_t width[] = {1, 2, 63, 64, 65, 130};
    static const double density[] = {0, 0.02, 0.1, 0.25, 0.31, 0.5, 0.9, 1};
    static const size_t depth[][2] = {{1, 1}, {9, 1}, {1, 11}, {10, 12}};
    const int before = trb_threads();
    for (size_t w = 0; w < 6; w++)
        for (size_t d = 0; d < 8; d++)
            for (size_t s = 0; s < 4; s++) {
                trb_mask *mask = testing_random_mask(width[w], depth[s][0], depth[s][1], density[d], w * 8 + d);
                for (int c = 0; c < 3; c++)
                    for (int threads = 1; threads <= 5; threads += threads == 1 ? 1 : 3) { /* 1, 2, 5 */
                        if (s < 3 && threads != 2) /* flat ones, of which there are many, with two */
                            continue;
                        trb_threads_set(threads);
                        check_against_flood_fill(mask, CONNECTIVITY[c]);
                    }
                trb_mask_destroy(mask);
            }
    trb_threads_set(before);
}

/* A spiral is one part whose rows meet only at its end: labels must travel back through many joins, and through
 * the seams between slabs. */
static void a_long_spiral_is_one_part(void **state)
{
    (void)state;
    const trb_grid grid = {101, 101, 1, {1, 1, 1}, {0, 0, 0}};
    trb_mask *mask = NULL;
    CHECK_OK(trb_mask_create(&grid, &mask, err));
    static const int turn[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    int x = 0, y = 0, way = 0;
    size_t length = 0;
    for (int side = 100; side > 1; side -= way % 2 ? 2 : 0, way++)
        for (int i = 0; i < side; i++, length++) {
            trb_mask_set(mask, (size_t)x, (size_t)y, 0, 1);
            x += turn[way % 4][0];
            y += turn[way % 4][1];
        }
    const int before = trb_threads();
    for (int threads = 1; threads <= 7; threads += 3) {
        trb_parts parts;
        trb_threads_set(threads);
        CHECK_OK(trb_parts_measure(mask, TRB_CONNECT_6, &parts, err));
        assert_int_equal(oracle_parts(mask, 6, false, (uint32_t[101 * 101]){0}), parts.count);
        assert_int_equal(trb_mask_count(mask), parts.voxels[0]);
        trb_parts_clear(&parts);
        check_against_flood_fill(mask, 6);
    }
    trb_threads_set(before);
    assert_true(length > 4000);
    trb_mask_destroy(mask);
}

static void two_voxels_touch_by_face_edge_or_corner(void **state)
{
    (void)state;
    for (size_t d = 1; d < 8; d++) {
        trb_mask *mask = testing_random_mask(130, 2, 2, 0, 1);
        trb_mask_set(mask, 63 + (d & 1), d >> 1 & 1, d >> 2 & 1, 1); /* across a word border */
        trb_mask_set(mask, 63, 0, 0, 1);
        const int moved = (int)((d & 1) + (d >> 1 & 1) + (d >> 2 & 1));
        for (int c = 0; c < 3; c++) {
            trb_parts parts;
            CHECK_OK(trb_parts_measure(mask, (trb_connectivity)CONNECTIVITY[c], &parts, err));
            assert_int_equal(moved <= c + 1 ? 1 : 2, parts.count);
            trb_parts_clear(&parts);
        }
        trb_mask_destroy(mask);
    }
}

static void the_real_bone_has_the_parts_of_the_reference(void **state)
{
    (void)state;
    const json_t *raw = testing_at(testing_expected(), "cases|case1_raw_gt63|topology|raw");
    trb_mask *bone = testing_mask(testing_bone(), 64), *marrow = NULL;
    trb_parts parts;
    CHECK_OK(trb_mask_complement(bone, &marrow, err));
    CHECK_OK(trb_parts_measure(bone, TRB_CONNECT_26, &parts, err));
    CHECK_CLOSE(testing_number(raw, "bone_components_26"), (double)parts.count, 0);
    trb_parts_clear(&parts);
    CHECK_OK(trb_parts_measure(bone, TRB_CONNECT_6, &parts, err));
    CHECK_CLOSE(testing_number(raw, "bone_components_6"), (double)parts.count, 0);
    trb_parts_clear(&parts);
    CHECK_OK(trb_parts_measure(marrow, TRB_CONNECT_6, &parts, err));
    CHECK_CLOSE(testing_number(raw, "marrow_components_6"), (double)parts.count, 0);
    trb_parts_clear(&parts);
    trb_mask_destroy(bone);
    trb_mask_destroy(marrow);
}

/* The same partition: each of our labels goes with one of theirs, and as many on both sides. */
static void check_against_itk(const trb_mask *mask, int connectivity)
{
    const size_t n = trb_grid_voxels(&mask->grid);
    trb_volume *dense = NULL, *labels = NULL;
    CHECK_OK(trb_mask_to_volume(mask, 1, &dense, err));
    CHECK_OK(trb_parts_label(mask, (trb_connectivity)connectivity, &labels, err));
    uint32_t *theirs = malloc(n * sizeof *theirs), *partner = calloc(n + 1, sizeof *partner), most = 0;
    assert_non_null(theirs);
    assert_non_null(partner);
    const size_t count = oracle_itk_components(dense->voxels, mask->grid.nx, mask->grid.ny, mask->grid.nz,
                                               connectivity, theirs);
    for (size_t i = 0; i < n; i++) {
        const uint32_t mine = ((uint32_t *)labels->voxels)[i];
        assert_int_equal(mine == 0, theirs[i] == 0);
        if (mine == 0)
            continue;
        if (!partner[mine])
            partner[mine] = theirs[i];
        assert_int_equal(partner[mine], theirs[i]);
        most = mine > most ? mine : most;
    }
    assert_int_equal(count, most);
    free(theirs);
    free(partner);
    trb_volume_destroy(dense);
    trb_volume_destroy(labels);
}

static void itk_finds_the_same_parts_in_the_real_bone(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 64), *marrow = NULL;
    CHECK_OK(trb_mask_complement(bone, &marrow, err));
    check_against_itk(bone, 26);
    check_against_itk(bone, 6);
    check_against_itk(marrow, 6);
    trb_mask_destroy(bone);
    trb_mask_destroy(marrow);
}

static void an_unknown_connectivity_is_refused(void **state)
{
    (void)state;
    trb_error err = {TRB_OK, ""};
    trb_mask *mask = testing_random_mask(3, 3, 3, 0.5, 1);
    trb_parts parts;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_parts_measure(mask, (trb_connectivity)8, &parts, &err));
    assert_non_null(strstr(err.text, "6, 18 or 26"));
    assert_null(parts.voxels);
    trb_mask_destroy(mask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_voxels_touch_by_face_edge_or_corner),
        cmocka_unit_test(random_masks_have_the_parts_that_flood_fill_finds),
        cmocka_unit_test(a_long_spiral_is_one_part),
        cmocka_unit_test(the_real_bone_has_the_parts_of_the_reference),
        cmocka_unit_test(itk_finds_the_same_parts_in_the_real_bone),
        cmocka_unit_test(an_unknown_connectivity_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
