/* test_connectivity.c - corrected Euler numbers, pores and purification: closed forms, slow counts, reference values. */
#include "support/testing.h"

#include "support/shapes.h"
#include "trabecula/connectivity.h"
#include "trabecula/morphometry.h"
#include "trabecula/topology.h"
#include "trabecula/version.h"

static bool voxel(const trb_mask *mask, long x, long y, long z)
{
    const trb_grid *g = &mask->grid;
    return x >= 0 && y >= 0 && z >= 0 && x < (long)g->nx && y < (long)g->ny && z < (long)g->nz &&
           trb_mask_get(mask, (size_t)x, (size_t)y, (size_t)z);
}

static bool in_voi(const trb_mask *mask, const trb_mask *voi, long x, long y, long z)
{
    const trb_grid *g = &mask->grid;
    return voi ? voxel(voi, x, y, z)
               : x >= 0 && y >= 0 && z >= 0 && x < (long)g->nx && y < (long)g->ny && z < (long)g->nz;
}

/* Every cell of the closed cubes once, in half steps: an even coordinate lies between two voxels. */
static int64_t slow_eighths(const trb_mask *mask, const trb_mask *voi)
{
    const trb_grid *g = &mask->grid;
    int64_t eighths = 0;
    for (long z = 0; z <= 2 * (long)g->nz; z++)
        for (long y = 0; y <= 2 * (long)g->ny; y++)
            for (long x = 0; x <= 2 * (long)g->nx; x++) {
                const int between = !(x & 1) + !(y & 1) + !(z & 1);
                int there = 0, share = 0;
                for (int i = 0; i < 1 << between; i++) {
                    int k = i;
                    const long vx = (x & 1) ? x / 2 : x / 2 - (k & 1);
                    k >>= !(x & 1);
                    const long vy = (y & 1) ? y / 2 : y / 2 - (k & 1);
                    k >>= !(y & 1);
                    const long vz = (z & 1) ? z / 2 : z / 2 - (k & 1);
                    there |= voxel(mask, vx, vy, vz);
                    share += in_voi(mask, voi, vx, vy, vz);
                }
                if (there)
                    eighths += (between & 1 ? 1 : -1) * (share << (3 - between));
            }
    return eighths;
}

static trb_mask *and_copy(const trb_mask *mask, const trb_mask *voi)
{
    trb_mask *cut = NULL;
    CHECK_OK(trb_mask_copy(mask, &cut, err));
    if (voi)
        trb_mask_and(cut, voi);
    return cut;
}

static trb_mask *box_voi(const trb_grid *grid, trb_box box)
{
    trb_mask *voi = NULL;
    CHECK_OK(trb_mask_create(grid, &voi, err));
    for (size_t z = box.lo[2]; z < box.hi[2]; z++)
        for (size_t y = box.lo[1]; y < box.hi[1]; y++)
            for (size_t x = box.lo[0]; x < box.hi[0]; x++)
                trb_mask_set(voi, x, y, z, 1);
    return voi;
}

static void every_cell_counts_with_its_share_in_the_voi(void **state)
{
    (void)state;
    for (int i = 0; i < shapes_count(); i++) {
        const char *name;
        trb_mask *mask = shapes_make(i, &name);
        for (int kind = 0; kind < 3; kind++) {
            trb_mask *voi = kind == 0 ? NULL
                                      : testing_random_mask(mask->grid.nx, mask->grid.ny, mask->grid.nz,
                                                            kind == 1 ? 0.6 : 0.99, 5);
            trb_euler got;
            trb_topology raw;
            CHECK_OK(trb_euler_measure(mask, voi, &got, err));
            CHECK_OK(trb_topology_measure(mask, voi, &raw, err));
            if (got.raw != raw.euler_26 || got.corrected_eighths != slow_eighths(mask, voi))
                fail_msg("%s, VOI %d: raw %lld for %lld, eighths %lld for %lld", name, kind, (long long)got.raw,
                         (long long)raw.euler_26, (long long)got.corrected_eighths,
                         (long long)slow_eighths(mask, voi));
            trb_mask_destroy(voi);
        }
        trb_mask_destroy(mask);
    }
}

/*
 * Euler numbers of the bone on the surface of the box (all faces as one), on its edges (all twelve as one) and in its
 * corners. The sums over single faces, edges and corners count what they share more than once: edges twice, corners
 * three times.
 */
static void on_the_box(const trb_mask *bone, int64_t chi[3])
{
    const trb_grid *g = &bone->grid;
    const size_t n[3] = {g->nx, g->ny, g->nz};
    int64_t sum[4] = {0, 0, 0, 0}; /* by how many axes are at their end: 1 faces, 2 edges, 3 corners */
    for (int which = 1; which < 27; which++) {
        trb_box part = trb_grid_box(g);
        int fixed = 0;
        for (int axis = 0, w = which; axis < 3; axis++, w /= 3)
            if (w % 3) {
                part.lo[axis] = w % 3 == 1 ? 0 : n[axis] - 1;
                part.hi[axis] = part.lo[axis] + 1;
                fixed++;
            }
        trb_mask *layer = box_voi(g, part);
        trb_topology t;
        CHECK_OK(trb_topology_measure(bone, layer, &t, err));
        sum[fixed] += t.euler_26; /* one layer of cubes has the Euler number of its face */
        trb_mask_destroy(layer);
    }
    chi[0] = sum[3];
    chi[1] = sum[2] - 2 * sum[3];
    chi[2] = sum[1] - sum[2] + sum[3];
}

/* The correction as it was published: chi - (chi2 / 2 + chi1 / 4 + chi0 / 8). */
static void a_box_has_the_correction_of_odgaard_and_gundersen(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        trb_mask *bone = i ? testing_mask(testing_bone(), 64) : testing_random_mask(37, 70, 23, 0.3, 11);
        int64_t chi[3];
        trb_topology t;
        trb_euler euler;
        on_the_box(bone, chi);
        CHECK_OK(trb_topology_measure(bone, NULL, &t, err));
        CHECK_OK(trb_euler_measure(bone, NULL, &euler, err));
        assert_int_equal(euler.corrected_eighths, 8 * t.euler_26 - (4 * chi[2] + 2 * chi[1] + chi[0]));
        const json_t *want = testing_at(testing_expected(), "cases|case1_raw_gt63|topology|raw|edge_chi2_chi1_chi0");
        for (int k = 0; i && k < 3; k++)
            assert_int_equal(chi[2 - k], json_integer_value(json_array_get(want, (size_t)k)));
        trb_mask_destroy(bone);
    }
}

/* Odgaard's reason for the correction: blocks joined equal the whole, here for blocks of any shape. */
static void blocks_joined_equal_the_whole(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 64);
    trb_euler whole, part;
    CHECK_OK(trb_euler_measure(bone, NULL, &whole, err));
    const size_t cut[4] = {0, 63, 128, 200};
    int64_t sum = 0;
    for (int i = 0; i < 27; i++) {
        const int at[3] = {i % 3, i / 3 % 3, i / 9};
        trb_box box;
        for (int axis = 0; axis < 3; axis++) {
            box.lo[axis] = cut[at[axis]];
            box.hi[axis] = cut[at[axis] + 1];
        }
        trb_mask *voi = box_voi(&bone->grid, box);
        CHECK_OK(trb_euler_measure(bone, voi, &part, err));
        sum += part.corrected_eighths;
        trb_mask_destroy(voi);
    }
    assert_int_equal(sum, whole.corrected_eighths);
    trb_mask *voi = testing_random_mask(200, 200, 200, 0.4, 3), *rest = NULL;
    CHECK_OK(trb_mask_complement(voi, &rest, err));
    CHECK_OK(trb_euler_measure(bone, voi, &part, err));
    sum = part.corrected_eighths;
    CHECK_OK(trb_euler_measure(bone, rest, &part, err));
    assert_int_equal(sum + part.corrected_eighths, whole.corrected_eighths);
    trb_mask_destroy(rest);
    trb_mask_destroy(voi);
    trb_mask_destroy(bone);
}

/* An endless lattice of bars has -2 of Euler number a node: 1 node, 3 bars. Any whole number of periods shows it. */
static void whole_periods_of_a_lattice_have_the_endless_value(void **state)
{
    (void)state;
    const size_t period = 7, n = 4 * period;
    const trb_grid grid = {n, n, n, {1, 1, 1}, {0, 0, 0}};
    trb_mask *bone = NULL;
    CHECK_OK(trb_mask_create(&grid, &bone, err));
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++)
                trb_mask_set(bone, x, y, z, (x % period < 2) + (y % period < 2) + (z % period < 2) >= 2);
    for (size_t from = 1; from < period; from++) {
        trb_mask *voi = box_voi(&grid, (trb_box){{from, from, from}, {from + 2 * period, from + 2 * period, from + 2 * period}});
        trb_euler euler;
        CHECK_OK(trb_euler_measure(bone, voi, &euler, err));
        assert_int_equal(euler.corrected_eighths, 8 * 8 * -2);
        trb_mask_destroy(voi);
    }
    trb_mask_destroy(bone);
}

/* ---- the real bone, testdata/lhdl-3155.expected.json */
struct bone_case {
    const char *name;
    double threshold;
    bool smooth, ellipse;
};
static const struct bone_case CASES[] = {{"case1_raw_gt63", 64, false, false}, {"case3_raw_gt63_in_ellipse", 64, false, true}};

static const json_t *topology_of(const struct bone_case *c, const char *kind)
{
    char path[160];
    snprintf(path, sizeof path, "cases|%s|topology|%s", c->name, kind);
    return testing_at(testing_expected(), path);
}

static void check_euler(const trb_mask *bone, const trb_mask *voi, const json_t *want, const char *corrected)
{
    trb_euler euler;
    CHECK_OK(trb_euler_measure(bone, voi, &euler, err));
    assert_int_equal(euler.raw, (int64_t)testing_number(want, "chi_raw"));
    CHECK_CLOSE(testing_number(want, corrected), (double)euler.corrected_eighths / 8, 0);
}

static void the_real_bone_has_the_numbers_of_the_reference(void **state)
{
    (void)state;
    const int before = trb_threads();
    static const int THREADS[] = {1, 2, 5};
    for (int t = 0; t < 3; t++)
        for (int i = 0; i < 2; i++) {
            const struct bone_case *c = &CASES[i];
            trb_threads_set(THREADS[t]);
            trb_mask *bone = testing_mask(testing_bone(), c->threshold), *voi = c->ellipse ? testing_ellipse_voi() : NULL;
            trb_mask *pure = and_copy(bone, NULL), *cut = and_copy(bone, voi);
            const json_t *raw = topology_of(c, "raw"), *purified = topology_of(c, "purified_whole_image");
            const char *corrected = voi ? "chi_weighted_context" : "chi_edge_corrected";
            check_euler(bone, voi, raw, corrected);
            if (voi)
                check_euler(cut, voi, raw, "chi_weighted_cut");
            trb_purified done;
            CHECK_OK(trb_purify(pure, voi, &done, err));
            assert_int_equal(done.parts, 403);
            assert_int_equal(done.kept_voxels, (uint64_t)testing_number(purified, "largest_component_voxels"));
            assert_int_equal(done.cavities, (uint64_t)testing_number(purified, "cavities_filled"));
            assert_int_equal(done.filled_voxels, (uint64_t)testing_number(purified, "cavity_voxels"));
            assert_int_equal(trb_mask_count_and(pure, voi), (uint64_t)testing_number(purified, "bv_voxels_in_voi"));
            check_euler(pure, voi, purified, corrected);
            if (voi) {
                const json_t *inside = topology_of(c, "purified_in_voi");
                CHECK_OK(trb_purify(cut, NULL, &done, err));
                assert_int_equal(done.kept_voxels, (uint64_t)testing_number(inside, "largest_component_voxels"));
                assert_int_equal(done.cavities, (uint64_t)testing_number(inside, "cavities_filled"));
                check_euler(cut, voi, inside, "chi_weighted_cut");
            }
            trb_mask_destroy(pure);
            trb_mask_destroy(cut);
            trb_mask_destroy(voi);
            trb_mask_destroy(bone);
        }
    trb_threads_set(before);
}

/* ---- the record */
static void the_record_has_the_values_of_the_reference(void **state)
{
    (void)state;
    static const struct {
        const char *purify, *voi, *name, *kind, *density;
    } runs[] = {
        {"none", "", "case1_raw_gt63", "raw", "conn_d_edge_corrected_per_mm3"},
        {"image", "", "case1_raw_gt63", "purified_whole_image", "conn_d_edge_corrected_per_mm3"},
        {"voi", "", "case1_raw_gt63", "purified_whole_image", "conn_d_edge_corrected_per_mm3"},
        {"none", "cylinder:100,100,80,60,20:180", "case3_raw_gt63_in_ellipse", "raw", "conn_d_weighted_context_per_mm3"},
        {"image", "cylinder:100,100,80,60,20:180", "case3_raw_gt63_in_ellipse", "purified_whole_image", "conn_d_weighted_context_per_mm3"},
        {"voi", "cylinder:100,100,80,60,20:180", "case3_raw_gt63_in_ellipse", "purified_in_voi", "conn_d_weighted_cut_per_mm3"},
        {"none", "", "case2f_gauss_float_otsu", "raw", "conn_d_edge_corrected_per_mm3"},
        {"image", "", "case2f_gauss_float_otsu", "purified_whole_image", "conn_d_edge_corrected_per_mm3"},
        {"image", "cylinder:100,100,80,60,20:180", "case3_gauss_float_otsu_in_ellipse", "purified_whole_image", "conn_d_weighted_context_per_mm3"},
    };
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        trb_settings settings = trb_settings_default();
        const bool smooth = strstr(runs[i].name, "gauss") != NULL;
        const char *const set[][2] = {{"voxel-size", "19.5um"}, {"purify", runs[i].purify}, {"voi", runs[i].voi},
                                      {"filter", smooth ? "gaussian:0.8,1" : "none"}, {"threshold", smooth ? "83grey" : "64grey"},
                                      {"metrics", "TV,Conn.D,Conn,Euler,Euler.corr,Obj.N,Po(tot),Po(op),Po(cl),Po.N(cl)"}};
        for (size_t k = 0; k < sizeof set / sizeof *set; k++)
            CHECK_OK(trb_settings_set(&settings, set[k][0], set[k][1], err));
        trb_record *record = NULL;
        CHECK_OK(trb_analyze(testing_bone(), NULL, &settings, false, NULL, &record, NULL, err));
        const struct bone_case c = {runs[i].name, 0, false, false};
        const json_t *want = topology_of(&c, runs[i].kind);
        CHECK_RELATIVE(testing_number(want, runs[i].density), trb_record_metric(record, "Conn.D")->value, 1e-9);
        CHECK_CLOSE(testing_number(want, "chi_raw"), trb_record_metric(record, "Euler")->value, 0);
        CHECK_CLOSE(testing_number(topology_of(&c, "raw"), "bone_components_26"), trb_record_metric(record, "Obj.N")->value, 0);
        CHECK_CLOSE(1 - trb_record_metric(record, "Conn")->value, trb_record_metric(record, "Euler.corr")->value, 0);
        bool warned = false;
        for (size_t w = 0; w < record->n_warnings; w++)
            warned = warned || strstr(record->warnings[w], "Conn.D is negative");
        assert_int_equal(warned, trb_record_metric(record, "Conn.D")->value < 0);
        const double closed = trb_record_metric(record, "Po(cl)")->value, open = trb_record_metric(record, "Po(op)")->value;
        const double total = trb_record_metric(record, "Po(tot)")->value;
        /* closed and open volume are the total: Po(cl) is a share of bone and closed pores together */
        CHECK_CLOSE(total, open + closed / (100 - closed) * (100 - total), 1e-9);
        trb_record_destroy(record);
    }
}

/* ---- pores and purification */
static int64_t square(long a) { return (int64_t)a * a; }

/* Balls in a block: a pore at 8, one at 24 with a pip of bone in it, one open to the border at 39. */
static trb_mask *block_with_pores(void)
{
    const trb_grid grid = {40, 17, 17, {1, 1, 1}, {0, 0, 0}};
    trb_mask *bone = NULL;
    CHECK_OK(trb_mask_create(&grid, &bone, err));
    for (long z = 0; z < 17; z++)
        for (long y = 0; y < 17; y++)
            for (long x = 0; x < 40; x++) {
                const int64_t across = square(y - 8) + square(z - 8);
                const bool pore = across + square(x - 8) <= 9 || (across + square(x - 24) <= 16 && across + square(x - 24) > 0) ||
                                  across + square(x - 39) <= 9;
                trb_mask_set(bone, (size_t)x, (size_t)y, (size_t)z, !pore);
            }
    return bone;
}

static uint64_t ball_voxels(int64_t r2)
{
    uint64_t n = 0;
    for (long z = -9; z <= 9; z++)
        for (long y = -9; y <= 9; y++)
            for (long x = -9; x <= 9; x++)
                n += square(x) + square(y) + square(z) <= r2;
    return n;
}

static void pores_are_closed_when_they_lie_in_the_voi_whole(void **state)
{
    (void)state;
    trb_mask *bone = block_with_pores();
    trb_pores pores;
    CHECK_OK(trb_pores_measure(bone, NULL, &pores, err));
    assert_int_equal(pores.closed, 2);
    assert_int_equal(pores.closed_voxels, ball_voxels(9) + ball_voxels(16) - 1);
    trb_mask *voi = box_voi(&bone->grid, (trb_box){{0, 0, 0}, {24, 17, 17}}); /* cuts the second */
    CHECK_OK(trb_pores_measure(bone, voi, &pores, err));
    assert_int_equal(pores.closed, 1);
    assert_int_equal(pores.closed_voxels, ball_voxels(9));
    trb_mask_destroy(voi);
    trb_mask_destroy(bone);
}

static void purified_bone_is_one_part_without_cavities(void **state)
{
    (void)state;
    trb_mask *bone = block_with_pores();
    trb_purified done;
    trb_euler euler;
    CHECK_OK(trb_euler_measure(bone, NULL, &euler, err));
    assert_int_equal(euler.raw, 2 + 2); /* parts and cavities */
    CHECK_OK(trb_purify(bone, NULL, &done, err));
    assert_int_equal(done.parts, 2);
    assert_int_equal(done.cavities, 2);
    assert_int_equal(done.filled_voxels, ball_voxels(9) + ball_voxels(16));
    CHECK_OK(trb_euler_measure(bone, NULL, &euler, err));
    assert_int_equal(euler.raw, 1);
    trb_mask_destroy(bone);
}

/* A VOI in the smaller of two bones: that bone stays. */
static void the_part_in_the_voi_is_kept_and_not_the_largest(void **state)
{
    (void)state;
    trb_mask *bone = box_voi(&(trb_grid){40, 9, 9, {1, 1, 1}, {0, 0, 0}}, (trb_box){{0, 0, 0}, {25, 9, 9}});
    for (size_t x = 30; x < 36; x++)
        trb_mask_set(bone, x, 4, 4, 1);
    trb_mask *voi = box_voi(&bone->grid, (trb_box){{28, 2, 2}, {33, 7, 7}});
    trb_purified done;
    CHECK_OK(trb_purify(bone, voi, &done, err));
    assert_int_equal(done.parts, 2);
    assert_int_equal(done.kept_voxels, 6);
    assert_int_equal(trb_mask_count(bone), 6);
    trb_mask_destroy(voi);
    trb_mask_destroy(bone);
}

static void a_mask_without_bone_in_the_voi_comes_out_empty(void **state)
{
    (void)state;
    trb_mask *bone = box_voi(&(trb_grid){5, 5, 5, {1, 1, 1}, {0, 0, 0}}, (trb_box){{0, 0, 0}, {2, 5, 5}});
    trb_mask *voi = box_voi(&bone->grid, (trb_box){{3, 0, 0}, {5, 5, 5}}), *other = NULL;
    trb_purified done;
    trb_euler euler;
    trb_pores pores;
    CHECK_OK(trb_purify(bone, voi, &done, err));
    assert_int_equal(done.kept_voxels, 0);
    assert_int_equal(trb_mask_count(bone), 0);
    CHECK_OK(trb_purify(bone, NULL, &done, err));
    assert_int_equal(done.parts, 0);
    CHECK_OK(trb_euler_measure(bone, NULL, &euler, err));
    assert_int_equal(euler.corrected_eighths, 0);
    trb_error error;
    CHECK_OK(trb_mask_create(&(trb_grid){6, 5, 5, {1, 1, 1}, {0, 0, 0}}, &other, err));
    assert_int_equal(trb_purify(bone, other, &done, &error), TRB_ERR_ARGUMENT);
    assert_int_equal(trb_euler_measure(bone, other, &euler, &error), TRB_ERR_ARGUMENT);
    assert_int_equal(trb_pores_measure(bone, other, &pores, &error), TRB_ERR_ARGUMENT);
    trb_mask_destroy(other);
    trb_mask_destroy(voi);
    trb_mask_destroy(bone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_counts_with_its_share_in_the_voi),
        cmocka_unit_test(a_box_has_the_correction_of_odgaard_and_gundersen),
        cmocka_unit_test(blocks_joined_equal_the_whole),
        cmocka_unit_test(whole_periods_of_a_lattice_have_the_endless_value),
        cmocka_unit_test(the_real_bone_has_the_numbers_of_the_reference),
        cmocka_unit_test(the_record_has_the_values_of_the_reference),
        cmocka_unit_test(pores_are_closed_when_they_lie_in_the_voi_whole),
        cmocka_unit_test(purified_bone_is_one_part_without_cavities),
        cmocka_unit_test(the_part_in_the_voi_is_kept_and_not_the_largest),
        cmocka_unit_test(a_mask_without_bone_in_the_voi_comes_out_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
