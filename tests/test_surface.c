/* test_surface.c - counts of cells and changes, areas by marching cubes and Crofton. */
#include "oracle/surface_oracle.h"
#include "support/testing.h"

#include "measure/surface_tables.h"
#include "trabecula/surface.h"
#include "trabecula/version.h"

static const double H = 0.0195;

static const char *const CASES[5] = {"case1_raw_gt63", "case2f_gauss_float_otsu", "case2t_gauss_truncated_otsu",
                                     "case3_raw_gt63_in_ellipse", "case3_gauss_float_otsu_in_ellipse"};

/*
 * The smoothed bone, made without the library's filter: 3 taps per axis, float32, edge repeated; truncated: every
 * pass cut to an integer.
 */
static void smooth_axis(float *v, size_t step, size_t stride_a, size_t stride_b, bool truncated)
{
    const float side = 0x1.e975d2p-3f, middle = 0x1.0b4516p-1f; /* bits 3e74bae9 and 3f05a28b */
    for (size_t a = 0; a < 200; a++)
        for (size_t b = 0; b < 200; b++) {
            float *row = v + a * stride_a + b * stride_b, before = row[0];
            for (size_t i = 0; i < 200; i++) {
                const float at = row[i * step], after = row[(i + 1 < 200 ? i + 1 : i) * step];
                const float sum = middle * at + side * (before + after);
                row[i * step] = truncated ? truncf(sum) : sum;
                before = at;
            }
        }
}

static trb_volume *smoothed_bone(bool truncated)
{
    const trb_volume *bone = testing_bone();
    trb_volume *out = NULL;
    CHECK_OK(trb_volume_create(&bone->grid, TRB_F32, &out, err));
    float *v = out->voxels;
    for (size_t i = 0; i < 8000000; i++)
        v[i] = ((const uint8_t *)bone->voxels)[i];
    smooth_axis(v, 1, 40000, 200, truncated);
    smooth_axis(v, 200, 40000, 1, truncated);
    smooth_axis(v, 40000, 200, 1, truncated);
    return out;
}

/* The bone and VOI masks of a case of expected.json; *voi is NULL for the whole image. */
static void masks_of_case(int which, trb_mask **bone, trb_mask **voi)
{
    *voi = which >= 3 ? testing_ellipse_voi() : NULL;
    if (which == 0 || which == 3) {
        *bone = testing_mask(testing_bone(), 64);
        return;
    }
    trb_volume *smooth = smoothed_bone(which == 2);
    *bone = testing_mask(smooth, which == 2 ? 82 : 83);
    trb_volume_destroy(smooth);
}

static void check_counts_equal(const trb_surface_counts *expected, const trb_surface_counts *actual)
{
    for (int i = 0; i < 256; i++)
        if (expected->all8[i] != actual->all8[i] || expected->eighths[i] != actual->eighths[i])
            fail_msg("code %d: expected %llu and %llu, got %llu and %llu", i,
                     (unsigned long long)expected->all8[i], (unsigned long long)expected->eighths[i],
                     (unsigned long long)actual->all8[i], (unsigned long long)actual->eighths[i]);
    for (int d = 0; d < 13; d++)
        if (expected->changes[d] != actual->changes[d] || expected->pairs[d] != actual->pairs[d] ||
            expected->half_changes[d] != actual->half_changes[d] ||
            expected->half_pairs[d] != actual->half_pairs[d])
            fail_msg("direction %d: expected %llu/%llu and %llu/%llu, got %llu/%llu and %llu/%llu", d,
                     (unsigned long long)expected->changes[d], (unsigned long long)expected->pairs[d],
                     (unsigned long long)expected->half_changes[d], (unsigned long long)expected->half_pairs[d],
                     (unsigned long long)actual->changes[d], (unsigned long long)actual->pairs[d],
                     (unsigned long long)actual->half_changes[d], (unsigned long long)actual->half_pairs[d]);
}

static void check_list(const json_t *surface, const char *path, const uint64_t *actual, size_t n)
{
    const json_t *list = testing_at(surface, path);
    assert_int_equal(n, json_array_size(list));
    for (size_t i = 0; i < n; i++)
        if ((uint64_t)json_integer_value(json_array_get(list, i)) != actual[i])
            fail_msg("%s[%zu]: expected %lld, got %llu", path, i,
                     (long long)json_integer_value(json_array_get(list, i)), (unsigned long long)actual[i]);
}

/* One layer more on every side, a copy of the outermost. */
static trb_mask *with_replicated_border(const trb_mask *mask)
{
    const trb_grid *g = &mask->grid, wider = {g->nx + 2, g->ny + 2, g->nz + 2, {1, 1, 1}, {0, 0, 0}};
    trb_mask *out = NULL;
    CHECK_OK(trb_mask_create(&wider, &out, err));
    for (size_t z = 0; z < wider.nz; z++)
        for (size_t y = 0; y < wider.ny; y++)
            for (size_t x = 0; x < wider.nx; x++) {
                const size_t ix = x ? x - 1 : 0, iy = y ? y - 1 : 0, iz = z ? z - 1 : 0;
                trb_mask_set(out, x, y, z,
                             trb_mask_get(mask, ix < g->nx ? ix : g->nx - 1, iy < g->ny ? iy : g->ny - 1,
                                          iz < g->nz ? iz : g->nz - 1));
            }
    return out;
}

/* Within a wider image, the original image as VOI: its border cells count by their corners in it. */
static trb_mask *inner_box(const trb_grid *wider)
{
    trb_mask *out = NULL;
    CHECK_OK(trb_mask_create(wider, &out, err));
    for (size_t z = 1; z + 1 < wider->nz; z++)
        for (size_t y = 1; y + 1 < wider->ny; y++)
            for (size_t x = 1; x + 1 < wider->nx; x++)
                trb_mask_set(out, x, y, z, 1);
    return out;
}

static void check_areas(const json_t *surface, const trb_surface_counts *counts, const trb_mask *bone,
                        const trb_mask *voi)
{
    static const char *const TABLES[] = {"lewiner", "lorensen", "bone_joined", "marrow_joined"};
    trb_surface_counts replicated, all8 = *counts;
    for (int i = 0; i < 256; i++)
        all8.eighths[i] = 8 * counts->all8[i];
    if (!voi) {
        trb_mask *wider = with_replicated_border(bone), *box = inner_box(&wider->grid);
        CHECK_OK(trb_surface_count(wider, box, &replicated, err));
        trb_mask_destroy(wider);
        trb_mask_destroy(box);
    }
    for (int t = 0; t < TRB_SURFACE_TABLES; t++) {
        /* the reference rounded the areas of the first two tables to float32, configuration by configuration */
        const double relative = t < 2 ? 1e-7 : 1e-8;
        const trb_surface_table table = (trb_surface_table)t;
        char path[128];
        snprintf(path, sizeof path, "marching_cubes_binary|%s|weighted_mm2", TABLES[t]);
        CHECK_RELATIVE(testing_number(surface, path), trb_surface_marching_cubes(counts, table) * H * H, relative);
        snprintf(path, sizeof path, "marching_cubes_binary|%s|all8_mm2", TABLES[t]);
        CHECK_RELATIVE(testing_number(surface, path), trb_surface_marching_cubes(&all8, table) * H * H, relative);
        snprintf(path, sizeof path, "marching_cubes_binary|%s|replicated_border_mm2", TABLES[t]);
        if (!voi)
            CHECK_RELATIVE(testing_number(surface, path), trb_surface_marching_cubes(&replicated, table) * H * H,
                           relative);
    }
}

static void the_real_bone_has_the_expected_surface(void **state)
{
    (void)state;
    for (int which = 0; which < 5; which++) {
        char path[256];
        snprintf(path, sizeof path, "cases|%s|surface", CASES[which]);
        const json_t *surface = testing_at(testing_expected(), path);
        trb_mask *bone, *voi;
        masks_of_case(which, &bone, &voi);
        trb_surface_counts counts;
        CHECK_OK(trb_surface_count(bone, voi, &counts, err));
        check_list(surface, "code_histogram_all8", counts.all8, 256);
        if (voi)
            check_list(surface, "code_histogram_weighted_eighths", counts.eighths, 256);
        else
            for (int i = 0; i < 256; i++)
                assert_int_equal(8 * counts.all8[i], counts.eighths[i]);
        check_list(surface, "crofton|transitions_13", counts.changes, 13);
        check_list(surface, "crofton|pairs_13", counts.pairs, 13);
        check_list(surface, "crofton|half_weight_transitions_13", counts.half_changes, 13);
        check_list(surface, "crofton|half_weight_pairs_13", counts.half_pairs, 13);
        const uint64_t tv = voi ? trb_mask_count(voi) : 8000000;
        for (int n = 3; n <= 13; n += 10) {
            snprintf(path, sizeof path, "crofton|bs%d_count_mm2", n);
            CHECK_RELATIVE(testing_number(surface, path), trb_surface_crofton(&counts, n) * H * H, 1e-8);
            snprintf(path, sizeof path, "crofton|bs%d_density_mm2", n);
            CHECK_RELATIVE(testing_number(surface, path), trb_surface_crofton_density(&counts, n, tv) * H * H, 1e-8);
        }
        check_areas(surface, &counts, bone, voi);
        trb_mask_destroy(bone);
        trb_mask_destroy(voi);
    }
}

static void every_width_and_voi_counts_as_the_plain_loops_do(void **state)
{
    (void)state;
    static const size_t widths[] = {1, 2, 3, 16, 17, 18, 33, 63, 64, 65, 127, 128, 130, 193};
    static const double densities[] = {0.02, 0.5, 0.97};
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
        for (size_t k = 0; k < 15; k++) {
            const size_t nx = widths[w], ny = 1 + (k * 5 + w) % 7, nz = 1 + (k * 3 + w) % 5;
            trb_mask *bone = testing_random_mask(nx, ny, nz, densities[k % 3], 100 * w + k), *voi = NULL;
            if (k >= 3)
                voi = testing_random_mask(nx, ny, nz, k < 6 ? 0.5 : k < 9 ? 0.995 : k < 12 ? 1.1 : 0.01, 7777 + 100 * w + k);
            trb_surface_counts expected, actual;
            surface_oracle_count(bone, voi, &expected);
            CHECK_OK(trb_surface_count(bone, voi, &actual, err));
            check_counts_equal(&expected, &actual);
            trb_mask_destroy(bone);
            trb_mask_destroy(voi);
        }
}

static trb_mask *empty_mask(size_t nx, size_t ny, size_t nz)
{
    const trb_grid grid = {nx, ny, nz, {1, 1, 1}, {0, 0, 0}};
    trb_mask *mask = NULL;
    CHECK_OK(trb_mask_create(&grid, &mask, err));
    return mask;
}

/* Set the voxels for which the sum of the indices, each with its weight, is below `end`. */
static trb_mask *half_space(size_t n, size_t wx, size_t wy, size_t wz, size_t end)
{
    trb_mask *mask = empty_mask(n, n, n);
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++)
                if (wx * x + wy * y + wz * z < end)
                    trb_mask_set(mask, x, y, z, 1);
    return mask;
}

static double area_of(const trb_mask *bone, trb_surface_table table)
{
    trb_surface_counts counts;
    CHECK_OK(trb_surface_count(bone, NULL, &counts, err));
    return trb_surface_marching_cubes(&counts, table);
}

static void planes_along_the_grid_have_their_exact_area_in_every_table(void **state)
{
    (void)state;
    trb_mask *planes[3] = {half_space(70, 1, 0, 0, 33), half_space(70, 0, 1, 0, 33), half_space(70, 0, 0, 1, 33)};
    for (int axis = 0; axis < 3; axis++) {
        for (int t = 0; t < TRB_SURFACE_TABLES; t++)
            CHECK_CLOSE(69 * 69, area_of(planes[axis], (trb_surface_table)t), 1e-9);
        trb_mask_destroy(planes[axis]);
    }
}

/*
 * The middles of the cut edges of a staircase x + y < n lie on the plane x + y = n - 1/2, those of x + y + z < n
 * on x + y + z = n - 1/2: no bias at all. The area is that of the plane inside the cube of voxel centres; for the
 * second that is a hexagon, or a triangle when the plane passes near a corner.
 */
static void tilted_planes_through_middles_of_edges_have_their_exact_area(void **state)
{
    (void)state;
    const double n = 40, root3 = sqrt(3);
    trb_mask *diagonal = half_space(40, 1, 1, 0, 40), *corner = half_space(40, 1, 1, 1, 20),
             *hexagon = half_space(40, 1, 1, 1, 59);
    for (int t = 0; t < TRB_SURFACE_TABLES; t++) {
        const trb_surface_table table = (trb_surface_table)t;
        CHECK_CLOSE((n - 1) * (n - 1.5) * sqrt(2), area_of(diagonal, table), 1e-9);
        CHECK_CLOSE(root3 / 2 * 19.5 * 19.5, area_of(corner, table), 1e-9);
        CHECK_CLOSE(root3 / 2 * (58.5 * 58.5 - 3 * 19.5 * 19.5), area_of(hexagon, table), 1e-9);
    }
    trb_mask_destroy(diagonal);
    trb_mask_destroy(corner);
    trb_mask_destroy(hexagon);
}

/* Six faces between the outer voxel centres, twelve bevels of width sqrt(1/2), eight corners of area sqrt(3)/8. */
static void a_box_has_flat_faces_bevelled_edges_and_cut_corners(void **state)
{
    (void)state;
    static const size_t sizes[][3] = {{1, 1, 1}, {2, 3, 4}, {65, 7, 1}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        trb_mask *box = empty_mask(70, 11, 9);
        for (size_t z = 0; z < sizes[i][2]; z++)
            for (size_t y = 0; y < sizes[i][1]; y++)
                for (size_t x = 0; x < sizes[i][0]; x++)
                    trb_mask_set(box, 2 + x, 2 + y, 2 + z, 1);
        const double a = (double)sizes[i][0] - 1, b = (double)sizes[i][1] - 1, c = (double)sizes[i][2] - 1;
        for (int t = 0; t < TRB_SURFACE_TABLES; t++)
            CHECK_CLOSE(2 * (a * b + b * c + c * a) + 4 * sqrt(0.5) * (a + b + c) + sqrt(3),
                        area_of(box, (trb_surface_table)t), 1e-9);
        trb_surface_counts counts;
        CHECK_OK(trb_surface_count(box, NULL, &counts, err));
        assert_int_equal(2 * sizes[i][1] * sizes[i][2], counts.changes[0]);
        assert_int_equal(2 * sizes[i][0] * sizes[i][2], counts.changes[1]);
        assert_int_equal(2 * sizes[i][0] * sizes[i][1], counts.changes[2]);
        trb_mask_destroy(box);
    }
}

/* The share of a direction is the area of its Voronoi cell on the sphere: count the points nearest to it. */
static void the_crofton_weights_are_the_solid_angles_around_the_directions(void **state)
{
    (void)state;
    static const double steps[13][3] = {{1, 0, 0},  {0, 1, 0},  {0, 0, 1}, {1, 1, 0},  {1, -1, 0},
                                        {1, 0, 1},  {1, 0, -1}, {0, 1, 1}, {0, 1, -1}, {1, 1, 1},
                                        {1, 1, -1}, {1, -1, 1}, {1, -1, -1}};
    const int n = 200000;
    int nearest[13] = {0};
    for (int i = 0; i < n; i++) { /* points spread evenly by the golden angle */
        const double z = 1 - (2 * i + 1.0) / n, turn = i * 2.39996322972865332, r = sqrt(1 - z * z);
        const double p[3] = {r * cos(turn), r * sin(turn), z};
        double best = -1;
        int which = 0;
        for (int k = 0; k < 13; k++) {
            const double *s = steps[k];
            const double c = fabs(p[0] * s[0] + p[1] * s[1] + p[2] * s[2]) /
                             sqrt(s[0] * s[0] + s[1] * s[1] + s[2] * s[2]);
            which = c > best ? k : which;
            best = c > best ? c : best;
        }
        nearest[which]++;
    }
    static const int kind[13] = {1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3};
    for (int k = 0; k < 13; k++) { /* one change in that direction alone: area 2 c / d */
        trb_surface_counts counts;
        memset(&counts, 0, sizeof counts);
        counts.changes[k] = 1;
        const double share = trb_surface_crofton(&counts, 13) * sqrt(kind[k]) / 2;
        CHECK_CLOSE((double)nearest[k] / n, share, 1e-4);
    }
    trb_surface_counts none;
    memset(&none, 0, sizeof none);
    assert_true(isnan(trb_surface_crofton(&none, 5)));
    assert_true(isnan(trb_surface_crofton_density(&none, 14, 1)));
    assert_true(trb_surface_crofton_density(&none, 13, 0) == 0);
}

static void a_ball_has_the_area_of_a_sphere_by_crofton_and_eight_percent_more_by_marching_cubes(void **state)
{
    (void)state;
    trb_mask *ball = empty_mask(67, 67, 67);
    for (size_t z = 0; z < 67; z++)
        for (size_t y = 0; y < 67; y++)
            for (size_t x = 0; x < 67; x++)
                if (pow((double)x - 33.1, 2) + pow((double)y - 32.7, 2) + pow((double)z - 33.4, 2) < 900)
                    trb_mask_set(ball, x, y, z, 1);
    trb_surface_counts counts;
    CHECK_OK(trb_surface_count(ball, NULL, &counts, err));
    const double sphere = 4 * acos(-1) * 900;
    CHECK_RELATIVE(sphere, trb_surface_crofton(&counts, 13), 0.01);
    CHECK_RELATIVE(sphere, trb_surface_crofton(&counts, 3), 0.01); /* a ball has all directions */
    CHECK_RELATIVE(1.08 * sphere, trb_surface_marching_cubes(&counts, TRB_SURFACE_BONE_JOINED), 0.015);
    CHECK_RELATIVE(1.09 * sphere, trb_surface_marching_cubes(&counts, TRB_SURFACE_LEWINER), 0.015);
    trb_mask_destroy(ball);
}

static void what_continues_through_the_wall_of_the_voi_has_no_surface_there(void **state)
{
    (void)state;
    trb_mask *bone = testing_random_mask(130, 9, 8, 1.1, 1), *voi = testing_random_mask(130, 9, 8, 0.4, 2);
    for (int filled = 1; filled >= 0; filled--) {
        trb_surface_counts counts;
        CHECK_OK(trb_surface_count(bone, voi, &counts, err));
        for (int t = 0; t < TRB_SURFACE_TABLES; t++)
            assert_true(trb_surface_marching_cubes(&counts, (trb_surface_table)t) == 0);
        assert_true(trb_surface_crofton(&counts, 13) == 0);
        assert_true(counts.eighths[filled ? 255 : 0] > 0 && counts.half_pairs[0] > 0);
        memset(bone->bits, 0, bone->words_per_row * 9 * 8 * sizeof *bone->bits);
    }
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

static void a_voi_and_the_rest_of_the_image_add_up_to_the_image(void **state)
{
    (void)state;
    trb_mask *bone = testing_random_mask(131, 12, 10, 0.3, 5), *voi = testing_random_mask(131, 12, 10, 0.7, 6);
    trb_mask *rest = NULL;
    CHECK_OK(trb_mask_complement(voi, &rest, err));
    trb_surface_counts all, a, b;
    CHECK_OK(trb_surface_count(bone, NULL, &all, err));
    CHECK_OK(trb_surface_count(bone, voi, &a, err));
    CHECK_OK(trb_surface_count(bone, rest, &b, err));
    for (int i = 0; i < 256; i++)
        assert_int_equal(all.eighths[i], a.eighths[i] + b.eighths[i]);
    for (int d = 0; d < 13; d++) {
        assert_int_equal(all.changes[d], a.changes[d] + b.changes[d] + a.half_changes[d]);
        assert_int_equal(all.pairs[d], a.pairs[d] + b.pairs[d] + b.half_pairs[d]);
    }
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
    trb_mask_destroy(rest);
}

/* The mask with new axes: to[i] is where old axis i goes; the axes of `flip` (new ones) are mirrored. */
static trb_mask *turned(const trb_mask *mask, const int to[3], unsigned flip)
{
    const size_t old[3] = {mask->grid.nx, mask->grid.ny, mask->grid.nz};
    size_t size[3], at[3];
    for (int i = 0; i < 3; i++)
        size[to[i]] = old[i];
    trb_mask *out = empty_mask(size[0], size[1], size[2]);
    for (size_t z = 0; z < old[2]; z++)
        for (size_t y = 0; y < old[1]; y++)
            for (size_t x = 0; x < old[0]; x++) {
                const size_t from[3] = {x, y, z};
                for (int i = 0; i < 3; i++)
                    at[to[i]] = flip >> to[i] & 1 ? old[i] - 1 - from[i] : from[i];
                trb_mask_set(out, at[0], at[1], at[2], trb_mask_get(mask, x, y, z));
            }
    return out;
}

static unsigned turned_code(unsigned code, const int to[3], unsigned flip)
{
    unsigned out = 0;
    for (unsigned corner = 0; corner < 8; corner++) {
        unsigned at = 0;
        for (int i = 0; i < 3; i++)
            at |= (corner >> i & 1) << to[i];
        out |= (code >> corner & 1) << (at ^ flip);
    }
    return out;
}

static void turning_the_image_turns_the_codes_and_keeps_the_area(void **state)
{
    (void)state;
    static const int turns[][3] = {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}, {1, 0, 2}, {0, 2, 1}, {2, 1, 0}};
    trb_mask *bone = testing_random_mask(77, 18, 13, 0.4, 9), *voi = testing_random_mask(77, 18, 13, 0.9, 10);
    trb_surface_counts before, after;
    CHECK_OK(trb_surface_count(bone, voi, &before, err));
    for (size_t t = 0; t < 6; t++)
        for (unsigned flip = 0; flip < 8; flip++) {
            trb_mask *turned_bone = turned(bone, turns[t], flip), *turned_voi = turned(voi, turns[t], flip);
            CHECK_OK(trb_surface_count(turned_bone, turned_voi, &after, err));
            for (unsigned code = 0; code < 256; code++) {
                const unsigned to = turned_code(code, turns[t], flip);
                assert_int_equal(before.all8[code], after.all8[to]);
                assert_int_equal(before.eighths[code], after.eighths[to]);
                assert_int_equal(trb_surface_class(code), trb_surface_class(to));
            }
            CHECK_RELATIVE(trb_surface_crofton(&before, 13), trb_surface_crofton(&after, 13), 1e-12);
            for (int table = 0; table < TRB_SURFACE_TABLES; table++)
                CHECK_RELATIVE(trb_surface_marching_cubes(&before, (trb_surface_table)table),
                               trb_surface_marching_cubes(&after, (trb_surface_table)table), 1e-12);
            trb_mask_destroy(turned_bone);
            trb_mask_destroy(turned_voi);
        }
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

static void swapping_the_phases_swaps_the_joined_tables(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 256; code++) {
        CHECK_CLOSE(trb_surface_cell_area(code, TRB_SURFACE_BONE_JOINED),
                    trb_surface_cell_area(255 - code, TRB_SURFACE_MARROW_JOINED), 1e-12);
        for (int t = 0; t < TRB_SURFACE_TABLES; t++) {
            const double area = trb_surface_cell_area(code, (trb_surface_table)t);
            assert_true(code == 0 || code == 255 ? area == 0 : area > 0.2 && area < 2.7);
        }
    }
}

static void any_number_of_threads_and_any_path_count_the_same(void **state)
{
    (void)state;
    static const int threads[] = {1, 2, 5};
    static const char *const paths[] = {"plain", "avx2"};
    trb_mask *bone = testing_random_mask(200, 40, 23, 0.3, 21), *voi = testing_random_mask(200, 40, 23, 0.99, 22);
    trb_surface_counts expected, actual;
    surface_oracle_count(bone, voi, &expected);
    const int before = trb_threads();
    for (size_t i = 0; i < 3; i++)
        for (size_t p = 0; p < 2; p++) {
            trb_threads_set(threads[i]);
            setenv("TRABECULA_SIMD", paths[p], 1);
            CHECK_OK(trb_surface_count(bone, voi, &actual, err));
            check_counts_equal(&expected, &actual);
        }
    unsetenv("TRABECULA_SIMD");
    trb_threads_set(before);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

static void a_voi_of_another_size_is_refused(void **state)
{
    (void)state;
    trb_mask *bone = empty_mask(5, 4, 3), *voi = empty_mask(5, 4, 4);
    trb_surface_counts counts;
    trb_error err = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_ARGUMENT, trb_surface_count(bone, voi, &counts, &err));
    assert_non_null(strstr(err.text, "5 x 4 x 3"));
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planes_along_the_grid_have_their_exact_area_in_every_table),
        cmocka_unit_test(tilted_planes_through_middles_of_edges_have_their_exact_area),
        cmocka_unit_test(a_box_has_flat_faces_bevelled_edges_and_cut_corners),
        cmocka_unit_test(the_crofton_weights_are_the_solid_angles_around_the_directions),
        cmocka_unit_test(a_ball_has_the_area_of_a_sphere_by_crofton_and_eight_percent_more_by_marching_cubes),
        cmocka_unit_test(every_width_and_voi_counts_as_the_plain_loops_do),
        cmocka_unit_test(what_continues_through_the_wall_of_the_voi_has_no_surface_there),
        cmocka_unit_test(a_voi_and_the_rest_of_the_image_add_up_to_the_image),
        cmocka_unit_test(turning_the_image_turns_the_codes_and_keeps_the_area),
        cmocka_unit_test(swapping_the_phases_swaps_the_joined_tables),
        cmocka_unit_test(any_number_of_threads_and_any_path_count_the_same),
        cmocka_unit_test(a_voi_of_another_size_is_refused),
        cmocka_unit_test(the_real_bone_has_the_expected_surface),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
