/* test_skeleton.c - thinning keeps the topology, shapes give the lines that they should, lines are measured right. */
#include "support/testing.h"

#include "measure/neighbours.h"
#include "support/shapes.h"
#include "trabecula/label.h"
#include "trabecula/skeleton.h"
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

static uint64_t parts(const trb_mask *mask, trb_connectivity connectivity)
{
    trb_parts p;
    CHECK_OK(trb_parts_measure(mask, connectivity, &p, err));
    const uint64_t n = p.count;
    trb_parts_clear(&p);
    return n;
}

static int64_t euler(const trb_mask *mask)
{
    trb_topology t;
    CHECK_OK(trb_topology_measure(mask, NULL, &t, err));
    return t.euler_26;
}

/* Marrow parts with a margin around the image: what touches the border is one. */
static uint64_t marrow_parts(const trb_mask *mask)
{
    trb_grid grid = mask->grid;
    grid.nx += 2;
    grid.ny += 2;
    grid.nz += 2;
    trb_mask *marrow = NULL;
    CHECK_OK(trb_mask_create(&grid, &marrow, err));
    trb_mask_invert(marrow);
    for (size_t z = 0; z < mask->grid.nz; z++)
        for (size_t y = 0; y < mask->grid.ny; y++)
            for (size_t x = 0; x < mask->grid.nx; x++)
                trb_mask_set(marrow, x + 1, y + 1, z + 1, !trb_mask_get(mask, x, y, z));
    const uint64_t n = parts(marrow, TRB_CONNECT_6);
    trb_mask_destroy(marrow);
    return n;
}

/* The skeleton, after checks that hold for all: inside, same topology, and nothing left to remove. */
static trb_mask *thinned(const trb_mask *mask)
{
    trb_mask *s = NULL;
    CHECK_OK(trb_skeleton_create(mask, &s, err));
    assert_int_equal(trb_mask_count_and(s, mask), trb_mask_count(s));
    assert_int_equal(euler(s), euler(mask));
    assert_int_equal(parts(s, TRB_CONNECT_26), parts(mask, TRB_CONNECT_26));
    assert_int_equal(marrow_parts(s), marrow_parts(mask));
    trb_mask *again = NULL;
    CHECK_OK(trb_skeleton_create(s, &again, err));
    assert_int_equal(trb_mask_count(again), trb_mask_count(s));
    trb_mask_destroy(again);
    return s;
}

static trb_skeleton measured(const trb_mask *skeleton, const trb_mask *voi)
{
    trb_skeleton out;
    CHECK_OK(trb_skeleton_measure(skeleton, voi, &out, err));
    return out;
}

/* ---- simple points */

/* Slow and obvious: count 26-parts of the neighbours, and 6-parts of marrow among the 18 that touch a face. */
static void spread(uint32_t bits, int at, bool six, bool *seen)
{
    seen[at] = true;
    for (int to = 0; to < 27; to++) {
        const int dx = abs(to % 3 - at % 3), dy = abs(to / 3 % 3 - at / 3 % 3), dz = abs(to / 9 - at / 9);
        if (!seen[to] && (bits >> to & 1) && (six ? dx + dy + dz == 1 : dx <= 1 && dy <= 1 && dz <= 1))
            spread(bits, to, six, seen);
    }
}

static bool obviously_simple(uint32_t bits)
{
    bool seen[27] = {false};
    int bone = 0, marrow = 0;
    uint32_t around = 0;
    for (int i = 0; i < 27; i++) {
        const int from = abs(i % 3 - 1) + abs(i / 3 % 3 - 1) + abs(i / 9 - 1);
        if (from == 1 || from == 2)
            around |= (~bits >> i & 1) << i;
        if ((bits >> i & 1) && !seen[i]) {
            bone++;
            spread(bits, i, false, seen);
        }
    }
    memset(seen, 0, sizeof seen);
    static const int FACES[6] = {4, 10, 12, 14, 16, 22};
    for (int f = 0; f < 6; f++)
        if ((around >> FACES[f] & 1) && !seen[FACES[f]]) {
            marrow++;
            spread(around, FACES[f], true, seen);
        }
    return bone == 1 && marrow == 1;
}

static void simple_voxels_are_those_that_obviously_are(void **state)
{
    (void)state;
    trb_simple_tables tables;
    trb_simple_tables_fill(&tables);
    uint64_t seed = 88172645463325252U;
    int simple = 0;
    for (int i = 0; i < 300000; i++) {
        uint32_t bits = 0;
        const int dense = i % 7;
        for (int b = 0; b < 27; b++) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            bits |= (uint32_t)((int)(seed >> 40) % 8 <= dense) << b;
        }
        bits &= ~((uint32_t)1 << TRB_NEIGHBOURS_SELF);
        if (trb_is_simple(&tables, bits) != obviously_simple(bits))
            fail_msg("neighbours %x: simple %d", bits, trb_is_simple(&tables, bits));
        simple += trb_is_simple(&tables, bits);
    }
    assert_true(simple > 10000);
    assert_false(trb_is_simple(&tables, 0));
}

/* ---- topology */
static void topology_stays_on_random_masks_and_odd_shapes(void **state)
{
    (void)state;
    for (int i = 0; i < shapes_count(); i++) {
        const char *name;
        trb_mask *mask = shapes_make(i, &name);
        trb_mask_destroy(thinned(mask));
        trb_mask_destroy(mask);
    }
    static const double dense[] = {0.05, 0.2, 0.5, 0.8, 0.97, 1};
    for (size_t i = 0; i < sizeof dense / sizeof *dense; i++) {
        trb_mask *mask = testing_random_mask(62 + i, 21, 19, dense[i], 11 + i);
        trb_mask_destroy(thinned(mask));
        trb_mask_destroy(mask);
    }
}

static void topology_stays_on_real_bone(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 84);
    trb_mask *s = thinned(bone);
    const trb_skeleton all = measured(s, NULL);
    print_message("real bone: %zu voxels, skeleton %llu, branches %llu of %.3f voxels, junctions %llu, ends %llu\n",
                  trb_mask_count(bone), (unsigned long long)all.voxels, (unsigned long long)all.branches, all.branch_mean_vox,
                  (unsigned long long)all.junctions, (unsigned long long)all.ends);
    assert_true(all.voxels < trb_mask_count(bone) / 50);
    /* Two VOIs that fill the image add up. */
    trb_mask *left = NULL, *right = NULL;
    CHECK_OK(trb_mask_create(&bone->grid, &left, err));
    for (size_t z = 0; z < 200; z++)
        for (size_t y = 0; y < 200; y++)
            for (size_t x = 0; x < 90 + y % 7; x++)
                trb_mask_set(left, x, y, z, 1);
    CHECK_OK(trb_mask_complement(left, &right, err));
    const trb_skeleton a = measured(s, left), b = measured(s, right);
    assert_int_equal(a.branches + b.branches, all.branches);
    assert_int_equal(a.junctions + b.junctions, all.junctions);
    assert_int_equal(a.ends + b.ends, all.ends);
    assert_int_equal(a.voxels + b.voxels, all.voxels);
    assert_int_equal(a.triple + b.triple, all.triple);
    print_message("junctions of three: %llu, mean angle %.2f degrees\n", (unsigned long long)all.triple, all.angle_mean_deg);
    assert_true(all.angle_mean_deg > 80 && all.angle_mean_deg < 125);
    CHECK_RELATIVE(all.branch_sum_vox, a.branch_sum_vox + b.branch_sum_vox, 1e-12);
    trb_mask_destroy(left);
    trb_mask_destroy(right);
    trb_mask_destroy(s);
    trb_mask_destroy(bone);
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 64), *first = NULL;
    const int before = trb_threads();
    static const int threads[] = {1, 2, 7};
    for (int i = 0; i < 3; i++) {
        trb_threads_set(threads[i]);
        trb_mask *s = NULL;
        CHECK_OK(trb_skeleton_create(bone, &s, err));
        if (first)
            assert_memory_equal(first->bits, s->bits, s->words_per_row * 200 * 200 * sizeof(uint64_t));
        if (first)
            trb_mask_destroy(s);
        else
            first = s;
    }
    trb_threads_set(before);
    trb_mask_destroy(first);
    trb_mask_destroy(bone);
}

/* ---- shapes with known lines */
static int rod(int x, int y, int z) { return (x - 20) * (x - 20) + (y - 20) * (y - 20) <= 16 && z >= 5 && z <= 35; }
static int torus(int x, int y, int z)
{
    const double r = sqrt((x - 20) * (x - 20) + (y - 20) * (y - 20)) - 13;
    return r * r + (z - 20) * (z - 20) <= 9.5;
}
static int ball(int x, int y, int z) { return (x - 20) * (x - 20) + (y - 20) * (y - 20) + (z - 20) * (z - 20) <= 200; }
static int plate(int x, int y, int z) { return x >= 5 && x <= 35 && y >= 5 && y <= 35 && z >= 18 && z <= 22; }
static int shell(int x, int y, int z) { return ball(x, y, z) && (x - 20) * (x - 20) + (y - 20) * (y - 20) + (z - 20) * (z - 20) >= 120; }
static int cross(int x, int y, int z) /* three bars through the middle, 5 voxels wide */
{
    const int a = abs(x - 20) <= 2, b = abs(y - 20) <= 2, c = abs(z - 20) <= 2;
    return a + b + c >= 2 && x >= 4 && x <= 36 && y >= 4 && y <= 36 && z >= 4 && z <= 36;
}

static trb_skeleton of(int (*inside)(int x, int y, int z))
{
    trb_mask *mask = make(41, inside), *s = thinned(mask);
    const trb_skeleton out = measured(s, NULL);
    trb_mask_destroy(s);
    trb_mask_destroy(mask);
    return out;
}

static void shapes_give_their_lines(void **state)
{
    (void)state;
    trb_skeleton s = of(rod); /* 31 long, 9 thick: one line, its ends within a radius of the rod's */
    assert_int_equal(s.branches, 1);
    assert_int_equal(s.ends, 2);
    assert_int_equal(s.junctions, 0);
    assert_true(s.branch_mean_vox >= 30 - 2 * 4.5 && s.branch_mean_vox <= 30);
    s = of(torus); /* one ring of 2 pi 13 = 81.7; steps of 1 and sqrt 2 are up to 8 % longer than a circle */
    assert_int_equal(s.branches, 1);
    assert_int_equal(s.ends, 0);
    assert_int_equal(s.junctions, 0);
    assert_true(s.branch_mean_vox > 81.7 * 0.95 && s.branch_mean_vox < 81.7 * 1.1);
    s = of(ball);
    assert_true(s.voxels <= 3);
    s = of(plate); /* a surface of 31 x 31 collapses to lines */
    assert_true(s.voxels < 120);
    s = of(cross);
    assert_int_equal(s.ends, 6);
    assert_int_equal(s.branches, 6);
    assert_int_equal(s.junctions, 1);
    assert_true(s.branch_mean_vox > 11 && s.branch_mean_vox <= 16);
    s = of(shell); /* the cavity stays: a closed surface, no line */
    assert_true(s.voxels > 500);
}

/* ---- measuring: skeletons drawn by hand, that thinning leaves alone */
static void lines_drawn_by_hand_are_measured_exactly(void **state)
{
    (void)state;
    const trb_grid grid = {80, 20, 20, {1, 1, 1}, {0, 0, 0}};
    trb_mask *mask = NULL;
    CHECK_OK(trb_mask_create(&grid, &mask, err));
    trb_skeleton s = measured(mask, NULL);
    assert_int_equal(s.branches, 0);
    assert_true(isnan(s.branch_mean_vox));
    trb_mask_set(mask, 0, 0, 0, 1); /* a point at the corner of the image */
    for (size_t x = 40; x < 71; x++)
        trb_mask_set(mask, x, 5, 5, 1); /* a line across a word: 30 steps */
    s = measured(mask, NULL);
    assert_int_equal(s.points, 1);
    assert_int_equal(s.branches, 1);
    assert_int_equal(s.ends, 2);
    CHECK_CLOSE(30, s.branch_mean_vox, 0);
    for (size_t i = 1; i <= 6; i++)
        trb_mask_set(mask, 55, 5 + i, 5 + i, 1); /* a side line: 6 steps of sqrt 2 from (55, 5, 5) */
    s = measured(mask, NULL);
    /* junction voxels: 54, 55, 56 on the line and the first of the side line, as they all touch; they are one */
    assert_int_equal(s.junctions, 1);
    assert_int_equal(s.branches, 3);
    assert_int_equal(s.ends, 3);
    CHECK_CLOSE(14 + 14 + 5 * sqrt(2), s.branch_sum_vox, 1e-12);
    trb_mask *voi = NULL; /* the middles of two branches and of the junction */
    CHECK_OK(trb_mask_create(&grid, &voi, err));
    for (size_t x = 47; x < 56; x++)
        for (size_t y = 0; y < 20; y++)
            for (size_t z = 0; z < 20; z++)
                trb_mask_set(voi, x, y, z, 1);
    s = measured(mask, voi);
    assert_int_equal(s.junctions, 1);
    assert_int_equal(s.branches, 2);
    assert_int_equal(s.ends, 1);
    CHECK_CLOSE((14 + 5 * sqrt(2)) / 2, s.branch_mean_vox, 1e-12);
    trb_mask *other = testing_random_mask(3, 3, 3, 1, 1);
    assert_int_equal(trb_skeleton_measure(mask, other, &s, NULL), TRB_ERR_ARGUMENT);
    trb_mask_destroy(other);
    trb_mask_destroy(voi);
    trb_mask_destroy(mask);
}

static void angles_are_those_between_the_arms(void **state)
{
    (void)state;
    const trb_grid grid = {90, 90, 90, {1, 1, 1}, {0, 0, 0}};
    trb_mask *mask = NULL;
    CHECK_OK(trb_mask_create(&grid, &mask, err));
    for (size_t i = 0; i < 60; i++) { /* three arms at right angles; the junction's four voxels move its middle by 1/4 */
        trb_mask_set(mask, 20 + i, 20, 20, 1);
        trb_mask_set(mask, 20, 20 + i, 20, 1);
        trb_mask_set(mask, 20, 20, 20 + i, 1);
    }
    trb_skeleton s = measured(mask, NULL);
    assert_int_equal(s.triple, 1);
    CHECK_CLOSE(acos((-2 * 58.75 * 0.25 + 0.0625) / (58.75 * 58.75 + 2 * 0.0625)) * 180 / 3.14159265358979, s.angle_mean_deg, 1e-9);
    for (size_t i = 1; i < 15; i++)
        trb_mask_set(mask, 20 - i, 20, 20, 1); /* a fourth arm: no junction of three any more */
    s = measured(mask, NULL);
    assert_int_equal(s.junctions, 1);
    assert_int_equal(s.triple, 0);
    assert_true(isnan(s.angle_mean_deg));
    trb_mask_destroy(mask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simple_voxels_are_those_that_obviously_are),
        cmocka_unit_test(topology_stays_on_random_masks_and_odd_shapes),
        cmocka_unit_test(shapes_give_their_lines),
        cmocka_unit_test(lines_drawn_by_hand_are_measured_exactly),
        cmocka_unit_test(angles_are_those_between_the_arms),
        cmocka_unit_test(topology_stays_on_real_bone),
        cmocka_unit_test(threads_do_not_change_a_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
