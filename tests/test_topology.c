/* test_topology.c - Euler numbers of shapes that are known, and of random masks against counting every cell. */
#include "support/testing.h"

#include "support/shapes.h"
#include "trabecula/topology.h"
#include "trabecula/version.h"

static trb_mask *make(size_t n, int (*inside)(int x, int y, int z))
{
    const trb_grid grid = {n, n, n, {1, 1, 1}, {0, 0, 0}};
    trb_mask *mask = NULL;
    CHECK_OK(trb_mask_create(&grid, &mask, err));
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++)
                trb_mask_set(mask, x, y, z, inside((int)x, (int)y, (int)z));
    return mask;
}

static void check(trb_mask *mask, const trb_mask *voi, int64_t euler_26, int64_t euler_6)
{
    trb_topology t;
    CHECK_OK(trb_topology_measure(mask, voi, &t, err));
    assert_int_equal(t.euler_26, euler_26);
    assert_int_equal(t.euler_6, euler_6);
    trb_mask_destroy(mask);
}

static int ball2(int x, int y, int z)
{
    return (x - 12) * (x - 12) + (y - 12) * (y - 12) + (z - 12) * (z - 12);
}

static int ball(int x, int y, int z) { return ball2(x, y, z) <= 100; }
static int hollow(int x, int y, int z) { return ball(x, y, z) && ball2(x, y, z) > 20; }
static int ring(int x, int y, int z)
{
    const double r = sqrt((x - 12) * (x - 12) + (y - 12) * (y - 12)) - 7;
    return r * r + (z - 12) * (z - 12) <= 9.5;
}
static int bars(int x, int y, int z) /* 5 x 5 x 5 nodes, 4 voxels apart, joined along the axes */
{
    return x <= 16 && y <= 16 && z <= 16 && (x % 4 == 0) + (y % 4 == 0) + (z % 4 == 0) >= 2;
}
static int all(int x, int y, int z) { return x >= 0 && y >= 0 && z >= 0; }
static int none(int x, int y, int z) { return x < 0 || y < 0 || z < 0; }
static int by_edge(int x, int y, int z) { return z == 1 && ((x == 1 && y == 1) || (x == 2 && y == 2)); }
static int by_corner(int x, int y, int z) { return x == y && y == z && (x == 1 || x == 2); }

static void balls_rings_cavities_and_lattices_have_their_euler_numbers(void **state)
{
    (void)state;
    check(make(25, ball), NULL, 1, 1);
    check(make(25, hollow), NULL, 2, 2);
    check(make(25, ring), NULL, 0, 0);
    check(make(25, bars), NULL, 125 - 3 * 100, 125 - 3 * 100); /* nodes less struts: the walls cut the outer ones */
    check(make(17, bars), NULL, 125 - 3 * 100, 125 - 3 * 100);
    check(make(6, all), NULL, 1, 1);
    check(make(6, none), NULL, 0, 0);
}

static void voxels_that_share_an_edge_or_a_corner_are_one_part_or_two(void **state)
{
    (void)state;
    check(make(4, by_edge), NULL, 1, 2);
    check(make(4, by_corner), NULL, 1, 2);
}

/* Cells of all dimensions on a grid of twice the resolution: odd coordinates are voxels. A cell of the closed cubes
 * is there when any voxel around it is bone, one of the joined voxels when all are. */
static void count_every_cell(const trb_mask *mask, const trb_mask *voi, trb_topology *out)
{
    const int n[3] = {(int)mask->grid.nx, (int)mask->grid.ny, (int)mask->grid.nz};
    *out = (trb_topology){0};
    for (int z = 0; z <= 2 * n[2]; z++)
        for (int y = 0; y <= 2 * n[1]; y++)
            for (int x = 0; x <= 2 * n[0]; x++) {
                const int flat = !(x & 1) + !(y & 1) + !(z & 1); /* 0: voxel, 3: corner */
                int any = 0, every = 1;
                for (int i = 0; i < 8; i++) { /* voxels whose closed cube holds the cell */
                    const int vx = (x - (i & 1)) >> 1, vy = (y - (i >> 1 & 1)) >> 1, vz = (z - (i >> 2)) >> 1;
                    const int in = vx >= 0 && vy >= 0 && vz >= 0 && vx < n[0] && vy < n[1] && vz < n[2];
                    const int bone = in && trb_mask_get(mask, (size_t)vx, (size_t)vy, (size_t)vz) &&
                                     (!voi || trb_mask_get(voi, (size_t)vx, (size_t)vy, (size_t)vz));
                    any |= bone;
                    every &= bone;
                }
                uint64_t *const count[4] = {&out->voxels, &out->faces, &out->edges, &out->corners};
                *count[flat] += (uint64_t)any;
                out->euler_26 += any ? (flat & 1 ? 1 : -1) : 0;
                out->euler_6 += every ? (flat & 1 ? -1 : 1) : 0;
            }
}

static void every_shape_has_the_cells_that_are_counted_one_by_one(void **state)
{
    (void)state;
    for (int i = 0; i < shapes_count(); i++) {
        const char *name;
        trb_mask *mask = shapes_make(i, &name), *voi = NULL;
        voi = testing_random_mask(mask->grid.nx, mask->grid.ny, mask->grid.nz, 0.7, 77);
        for (int with_voi = 0; with_voi < 2; with_voi++) {
            trb_topology expected, got;
            count_every_cell(mask, with_voi ? voi : NULL, &expected);
            CHECK_OK(trb_topology_measure(mask, with_voi ? voi : NULL, &got, err));
            if (memcmp(&expected, &got, sizeof got) != 0)
                fail_msg("%s: chi %d and %d, counted %d and %d", name, (int)got.euler_26, (int)got.euler_6,
                         (int)expected.euler_26, (int)expected.euler_6);
        }
        trb_mask_destroy(mask);
        trb_mask_destroy(voi);
    }
}

/* testdata/lhdl-3155.expected.json, raw: chi_raw of the whole image and in the ellipse, by skimage as well. */
static void the_real_bone_has_the_euler_number_of_the_reference(void **state)
{
    (void)state;
    const int before = trb_threads();
    trb_mask *bone = testing_mask(testing_bone(), 64), *voi = testing_ellipse_voi();
    static const int THREADS[] = {1, 2, 5};
    for (int i = 0; i < 3; i++) {
        trb_topology t;
        trb_threads_set(THREADS[i]);
        CHECK_OK(trb_topology_measure(bone, NULL, &t, err));
        assert_int_equal(t.euler_26, 77);
        CHECK_OK(trb_topology_measure(bone, voi, &t, err));
        assert_int_equal(t.euler_26, 50);
    }
    trb_threads_set(before);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

/*
 * Blocks that have a layer of voxels in common share the cells of that layer and no others, so the Euler numbers of the
 * blocks less those of the layers are that of the whole: along each axis 3 blocks and 2 layers, and their products. The
 * number that is corrected for edges adds up without layers (test_connectivity.c).
 */
static void blocks_less_the_layers_in_common_equal_the_whole(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        trb_mask *bone = i == 0 ? testing_mask(testing_bone(), 64) : testing_random_mask(61, 70, 65, i == 1 ? 0.5 : 0.15, 7);
        const size_t n[3] = {bone->grid.nx, bone->grid.ny, bone->grid.nz};
        trb_mask *voi = NULL;
        trb_topology whole, part;
        int64_t sum_26 = 0, sum_6 = 0;
        CHECK_OK(trb_topology_measure(bone, NULL, &whole, err));
        for (int which = 0; which < 125; which++) {
            size_t lo[3], hi[3]; /* both in the part */
            int layers = 0;
            for (int axis = 0, w = which; axis < 3; axis++, w /= 5) {
                const size_t cut[4] = {0, n[axis] / 3, 2 * n[axis] / 3 - 1, n[axis] - 1};
                lo[axis] = cut[w % 5 < 3 ? w % 5 : w % 5 - 2];
                hi[axis] = w % 5 < 3 ? cut[w % 5 + 1] : lo[axis];
                layers += w % 5 >= 3;
            }
            CHECK_OK(trb_mask_create(&bone->grid, &voi, err));
            for (size_t z = lo[2]; z <= hi[2]; z++)
                for (size_t y = lo[1]; y <= hi[1]; y++)
                    for (size_t x = lo[0]; x <= hi[0]; x++)
                        trb_mask_set(voi, x, y, z, 1);
            CHECK_OK(trb_topology_measure(bone, voi, &part, err));
            sum_26 += layers % 2 ? -part.euler_26 : part.euler_26;
            sum_6 += layers % 2 ? -part.euler_6 : part.euler_6;
            trb_mask_destroy(voi);
        }
        assert_int_equal(sum_26, whole.euler_26);
        assert_int_equal(sum_6, whole.euler_6);
        trb_mask_destroy(bone);
    }
}

static void a_voi_of_another_size_is_refused(void **state)
{
    (void)state;
    trb_mask *bone = make(6, all), *voi = make(5, all);
    trb_topology t;
    trb_error err;
    assert_int_equal(trb_topology_measure(bone, voi, &t, &err), TRB_ERR_ARGUMENT);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balls_rings_cavities_and_lattices_have_their_euler_numbers),
        cmocka_unit_test(voxels_that_share_an_edge_or_a_corner_are_one_part_or_two),
        cmocka_unit_test(every_shape_has_the_cells_that_are_counted_one_by_one),
        cmocka_unit_test(the_real_bone_has_the_euler_number_of_the_reference),
        cmocka_unit_test(blocks_less_the_layers_in_common_equal_the_whole),
        cmocka_unit_test(a_voi_of_another_size_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
