/* test_distance.c - exact distance maps. */
#include "support/testing.h"

#include "core/simd.h"
#include "oracle/thickness_oracle.h"
#include "support/itk_oracle.h"
#include "support/shapes.h"
#include "trabecula/distance.h"
#include "trabecula/version.h"

static void compare_with_oracle(const trb_mask *object, trb_border border, const char *name)
{
    const size_t voxels = trb_grid_voxels(&object->grid);
    if (border == TRB_BORDER_UNKNOWN && trb_mask_count(object) == voxels)
        return;
    uint32_t *expected = oracle_distance(object, border);
    for (int path = 0; path < 3; path++) {
        trb_volume *d2 = NULL;
        testing_simd(path);
        if (path == 2 && strcmp(trb_simd_path(), "avx512") != 0)
            break;
        CHECK_OK(trb_distance_squared(object, border, &d2, err));
        for (size_t i = 0; i < voxels; i++)
            if (((uint32_t *)d2->voxels)[i] != expected[i])
                fail_msg("%s, border %d, %s: voxel %zu has %u, the oracle %u", name, (int)border,
                         trb_simd_path(), i, ((uint32_t *)d2->voxels)[i], expected[i]);
        trb_volume_destroy(d2);
    }
    testing_simd(-1);
    free(expected);
}

static void squared_distances_equal_brute_force_on_every_shape_and_border(void **state)
{
    (void)state;
    for (int i = 0; i < shapes_count(); i++)
        for (int phase = 0; phase < 2; phase++) {
            const char *name;
            trb_mask *mask = shapes_make(i, &name), *other = NULL;
            CHECK_OK(trb_mask_complement(mask, &other, err));
            compare_with_oracle(phase ? other : mask, TRB_BORDER_UNKNOWN, name);
            compare_with_oracle(phase ? other : mask, TRB_BORDER_BACKGROUND, name);
            trb_mask_destroy(mask);
            trb_mask_destroy(other);
        }
}

/* More than 8 words a row, which are walked along z together, and more planes than a slab of 64 has: background is
 * looked for beyond the slab, near, far and behind the image. */
static void wide_rows_and_many_slabs_equal_brute_force(void **state)
{
    (void)state;
    trb_mask *wide = testing_random_mask(530, 3, 150, 0.9993, 5), *tall = testing_random_mask(70, 4, 400, 0.9995, 6);
    compare_with_oracle(wide, TRB_BORDER_UNKNOWN, "530 x 3 x 150");
    compare_with_oracle(wide, TRB_BORDER_BACKGROUND, "530 x 3 x 150");
    compare_with_oracle(tall, TRB_BORDER_UNKNOWN, "70 x 4 x 400");
    compare_with_oracle(tall, TRB_BORDER_BACKGROUND, "70 x 4 x 400");
    trb_mask_destroy(wide);
    trb_mask_destroy(tall);
}

static void distance_in_mm_uses_the_spacing_of_its_own_axis(void **state)
{
    (void)state;
    const trb_grid grid = {15, 13, 11, {0.010, 0.015, 0.025}, {0, 0, 0}};
    trb_mask *nothing = NULL, *mask = NULL;
    trb_volume *mm = NULL;
    CHECK_OK(trb_mask_create(&grid, &nothing, err));
    CHECK_OK(trb_mask_complement(nothing, &mask, err));
    trb_mask_set(mask, 4, 3, 2, 0);
    CHECK_OK(trb_distance_mm(mask, TRB_BORDER_UNKNOWN, &mm, err));
    for (size_t z = 0; z < grid.nz; z++)
        for (size_t y = 0; y < grid.ny; y++)
            for (size_t x = 0; x < grid.nx; x++) {
                const double dx = 0.010 * ((double)x - 4), dy = 0.015 * ((double)y - 3);
                const double dz = 0.025 * ((double)z - 2);
                CHECK_RELATIVE(sqrt(dx * dx + dy * dy + dz * dz), trb_volume_get(mm, x, y, z), 1e-7); /* float32 */
            }
    trb_volume_destroy(mm);
    CHECK_OK(trb_distance_mm(mask, TRB_BORDER_BACKGROUND, &mm, err));
    CHECK_CLOSE(0.010, trb_volume_get(mm, 0, 6, 5), 1e-9);
    CHECK_CLOSE(0.015, trb_volume_get(mm, 10, 12, 5), 1e-9);
    CHECK_CLOSE(0.025, trb_volume_get(mm, 10, 6, 10), 1e-9);
    trb_volume_destroy(mm);
    trb_mask_destroy(mask);
    trb_mask_destroy(nothing);
}

static void distance_in_mm_of_cubes_is_the_root_of_the_squared_distance(void **state)
{
    (void)state;
    trb_mask *mask = testing_random_mask(65, 20, 17, 0.99, 5);
    trb_volume *mm = NULL, *d2 = NULL;
    for (int axis = 0; axis < 3; axis++)
        mask->grid.spacing_mm[axis] = 0.5; /* a power of two: no rounding but the last */
    CHECK_OK(trb_distance_squared(mask, TRB_BORDER_UNKNOWN, &d2, err));
    CHECK_OK(trb_distance_mm(mask, TRB_BORDER_UNKNOWN, &mm, err));
    for (size_t i = 0; i < trb_grid_voxels(&mask->grid); i++)
        assert_true(((float *)mm->voxels)[i] == (float)(0.5 * sqrt(((uint32_t *)d2->voxels)[i])));
    trb_volume_destroy(mm);
    trb_volume_destroy(d2);
    trb_mask_destroy(mask);
}

static void bits_do_not_depend_on_the_thread_count(void **state)
{
    (void)state;
    trb_mask *mask = testing_random_mask(130, 61, 67, 0.999, 9);
    const int before = trb_threads();
    char first[65] = "", first_mm[65] = "";
    const int threads[] = {1, 2, 5};
    mask->grid.spacing_mm[1] = 1.25;
    for (int i = 0; i < 3; i++) {
        trb_threads_set(threads[i]);
        trb_volume *d2 = NULL, *mm = NULL;
        CHECK_OK(trb_distance_squared(mask, TRB_BORDER_UNKNOWN, &d2, err));
        CHECK_OK(trb_distance_mm(mask, TRB_BORDER_UNKNOWN, &mm, err));
        const size_t bytes = trb_grid_voxels(&mask->grid) * 4;
        if (i) {
            assert_string_equal(first, testing_sha256(d2->voxels, bytes));
            assert_string_equal(first_mm, testing_sha256(mm->voxels, bytes));
        }
        strcpy(first, testing_sha256(d2->voxels, bytes));
        strcpy(first_mm, testing_sha256(mm->voxels, bytes));
        trb_volume_destroy(d2);
        trb_volume_destroy(mm);
    }
    trb_threads_set(before);
    trb_mask_destroy(mask);
}

static void an_image_without_background_is_refused_when_the_outside_is_unknown(void **state)
{
    (void)state;
    trb_mask *full = testing_random_mask(70, 5, 4, 2.0, 1);
    trb_volume *d2 = NULL;
    trb_error failure;
    assert_int_equal(trb_distance_squared(full, TRB_BORDER_UNKNOWN, &d2, &failure), TRB_ERR_DATA);
    assert_null(d2);
    assert_non_null(strstr(failure.text, "threshold"));
    assert_int_equal(trb_distance_mm(full, TRB_BORDER_UNKNOWN, &d2, &failure), TRB_ERR_DATA);
    assert_null(d2);
    CHECK_OK(trb_distance_squared(full, TRB_BORDER_BACKGROUND, &d2, err));
    CHECK_CLOSE(4, trb_volume_get(d2, 35, 2, 1), 0);
    trb_volume_destroy(d2);
    trb_mask_destroy(full);
}

static void distance_in_mm_without_a_voxel_size_is_refused(void **state)
{
    (void)state;
    trb_mask *mask = testing_random_mask(5, 5, 4, 0.5, 1);
    mask->grid.spacing_mm[2] = 0;
    trb_volume *mm = NULL;
    trb_error err;
    assert_int_equal(trb_distance_mm(mask, TRB_BORDER_UNKNOWN, &mm, &err), TRB_ERR_ARGUMENT);
    assert_null(mm);
    trb_mask_destroy(mask);
}

/* Guards the change from 16 to 32 bits: the squares pass 2^15 and 2^16 here. */
static void radii_beyond_255_voxels_are_exact(void **state)
{
    (void)state;
    trb_mask *mask = testing_random_mask(700, 3, 2, 2.0, 1), *tall = testing_random_mask(2, 3, 700, 2.0, 1);
    trb_volume *d2 = NULL;
    trb_mask_set(mask, 10, 0, 0, 0);
    CHECK_OK(trb_distance_squared(mask, TRB_BORDER_UNKNOWN, &d2, err));
    for (int x = 0; x < 700; x++)
        CHECK_CLOSE((x - 10) * (x - 10) + 4 + 1, trb_volume_get(d2, (size_t)x, 2, 1), 0);
    trb_volume_destroy(d2);
    trb_mask_set(tall, 0, 0, 690, 0);
    CHECK_OK(trb_distance_squared(tall, TRB_BORDER_UNKNOWN, &d2, err));
    for (int z = 0; z < 700; z++)
        CHECK_CLOSE((z - 690) * (z - 690) + 4 + 1, trb_volume_get(d2, 1, 2, (size_t)z), 0);
    trb_volume_destroy(d2);
    trb_mask_destroy(mask);
    trb_mask_destroy(tall);
}

static void real_bone_and_marrow_agree_with_the_distance_map_of_itk(void **state)
{
    (void)state;
    enum { NX = 150, NY = 140, NZ = 120 }; /* no axis a multiple of 64, all different */
    static uint8_t bytes[NX * NY * NZ];
    static float itk[NX * NY * NZ];
    const trb_grid grid = {NX, NY, NZ, {1, 1, 1}, {0, 0, 0}};
    for (int phase = 0; phase < 2; phase++) {
        trb_mask *mask = NULL;
        trb_volume *d2 = NULL;
        CHECK_OK(trb_mask_create(&grid, &mask, err));
        for (size_t z = 0; z < NZ; z++)
            for (size_t y = 0; y < NY; y++)
                for (size_t x = 0; x < NX; x++) {
                    const bool bone = trb_volume_get(testing_bone(), x + 11, y + 23, z + 37) >= 64;
                    bytes[(z * NY + y) * NX + x] = bone != phase;
                    trb_mask_set(mask, x, y, z, bone != phase);
                }
        oracle_itk_distance_squared(bytes, NX, NY, NZ, itk);
        CHECK_OK(trb_distance_squared(mask, TRB_BORDER_UNKNOWN, &d2, err));
        for (size_t i = 0; i < NX * NY * NZ; i++)
            if ((double)((uint32_t *)d2->voxels)[i] != (double)itk[i])
                fail_msg("phase %d, voxel %zu: %u, ITK %.9g", phase, i, ((uint32_t *)d2->voxels)[i],
                         (double)itk[i]);
        trb_volume_destroy(d2);
        trb_mask_destroy(mask);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(squared_distances_equal_brute_force_on_every_shape_and_border),
        cmocka_unit_test(wide_rows_and_many_slabs_equal_brute_force),
        cmocka_unit_test(distance_in_mm_uses_the_spacing_of_its_own_axis),
        cmocka_unit_test(distance_in_mm_of_cubes_is_the_root_of_the_squared_distance),
        cmocka_unit_test(bits_do_not_depend_on_the_thread_count),
        cmocka_unit_test(an_image_without_background_is_refused_when_the_outside_is_unknown),
        cmocka_unit_test(distance_in_mm_without_a_voxel_size_is_refused),
        cmocka_unit_test(real_bone_and_marrow_agree_with_the_distance_map_of_itk),
        cmocka_unit_test(radii_beyond_255_voxels_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
