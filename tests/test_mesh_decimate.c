/* test_mesh_decimate.c - fewer triangles: still closed, with every part, and with the volume. */
#include "support/testing.h"

#include "measure/mesh_triangles.h"
#include "support/mesh_read.h"
#include "support/shapes.h"
#include "trabecula/connectivity.h"
#include "trabecula/mesh.h"
#include "trabecula/threshold.h"
#include "trabecula/topology.h"

#include <inttypes.h>
#include <math.h>

#define PI 3.14159265358979323846

/* Reads what was written, and looks at it with two eyes: every edge twice, every vertex one fan. */
static int64_t closed_euler(const trb_mesh_counts *counts, mesh *m)
{
    size_t unpaired, wrong;
    mesh_read_ply(mesh_scratch("d.ply"), m);
    assert_int_equal(counts->vertices, m->vertices);
    assert_int_equal(counts->triangles, m->triangles);
    const size_t edges = mesh_edges(m, &unpaired);
    assert_int_equal(unpaired, 0);
    const trb_triangles same = {.at = m->at, .n_vertices = m->vertices, .corner = m->corner, .n_triangles = m->triangles};
    CHECK_OK(trb_triangles_check(&same, NULL, NULL, &wrong, err));
    assert_int_equal(wrong, 0);
    CHECK_RELATIVE(mesh_volume(m), counts->volume_mm3, 1e-4);
    return (int64_t)m->vertices - (int64_t)edges + (int64_t)m->triangles;
}

static trb_mesh_options to_share(double keep)
{
    return (trb_mesh_options){.force = true, .keep = keep};
}

/* Grey values that fall by 1 a voxel through 0.5 at the sphere. */
static trb_volume *grey_ball(size_t n, double radius)
{
    const trb_grid grid = {n, n, n, {0.02, 0.02, 0.02}, {5, -3, 1}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_F32, &volume, err));
    float *v = volume->voxels;
    const double middle = (double)(n - 1) / 2;
    for (size_t z = 0, i = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++, i++)
                v[i] = (float)(0.5 + radius - sqrt(pow((double)x - middle, 2) + pow((double)y - middle, 2) + pow((double)z - middle, 2)));
    return volume;
}

static void a_ball_stays_a_ball(void **state)
{
    (void)state;
    trb_volume *ball = grey_ball(44, 20);
    const double exact = 4 * PI / 3 * pow(20 * 0.02, 3);
    const double keeps[] = {0.5, 0.1, 0.02};
    for (size_t i = 0; i < 3; i++) {
        const trb_mesh_options how = to_share(keeps[i]);
        trb_mesh_counts counts;
        mesh m;
        CHECK_OK(trb_mesh_write_grey(mesh_scratch("d.ply"), ball, NULL, 0.5, false, NULL, &how, &counts, err));
        assert_int_equal(closed_euler(&counts, &m), 2);
        CHECK_RELATIVE(keeps[i], (double)counts.triangles / (double)counts.triangles_before, 0.02);
        CHECK_RELATIVE(exact, counts.volume_before_mm3, 0.002);
        /* n equilateral triangles with their corners on a sphere lack 2 pi sqrt(3) / n of its volume */
        const double lack = 1 - counts.volume_mm3 / exact, least = 2 * PI * sqrt(3) / (double)counts.triangles;
        assert_true(lack > 0.9 * least && lack < 1.5 * least);
        /* Vertices stay where they were, on the sphere; the middle of a triangle is as far from it as the error says. */
        double deepest = 0;
        for (size_t k = 0; k < m.triangles; k++) {
            double from[3] = {0};
            for (int axis = 0; axis < 3; axis++) {
                const double middle = ball->grid.origin_mm[axis] + 21.5 * 0.02;
                for (size_t c = 0; c < 3; c++)
                    from[axis] += ((double)m.at[3 * m.corner[3 * k + c] + (size_t)axis] - middle) / 3;
            }
            deepest = fmax(deepest, 0.4 - sqrt(from[0] * from[0] + from[1] * from[1] + from[2] * from[2]));
        }
        print_message("ball, %g of the triangles: volume %+.3f %% (at least %.3f less than a ball), error %.3g um, triangles up to %.3g um inside\n", keeps[i],
                      -100 * lack, 100 * least, 1000 * counts.error_mm, 1000 * deepest);
        assert_true(deepest < 4 * counts.error_mm + 0.0005);
        mesh_clear(&m);
    }
    trb_volume_destroy(ball);
}

static void an_error_stops_before_the_share(void **state)
{
    (void)state;
    trb_volume *ball = grey_ball(44, 20);
    trb_mesh_options how = to_share(0.001);
    trb_mesh_counts counts;
    mesh m;
    how.error_mm = 0.0005;
    CHECK_OK(trb_mesh_write_grey(mesh_scratch("d.ply"), ball, NULL, 0.5, false, NULL, &how, &counts, err));
    assert_int_equal(closed_euler(&counts, &m), 2);
    assert_true(counts.error_mm <= how.error_mm && counts.error_mm > 0.5 * how.error_mm);
    assert_true((double)counts.triangles > 0.01 * (double)counts.triangles_before);
    mesh_clear(&m);
    trb_volume_destroy(ball);
}

static void shapes_keep_their_parts_and_tunnels(void **state)
{
    (void)state;
    for (int i = 0; i < shapes_count(); i++) {
        const char *name;
        trb_mask *mask = shapes_make(i, &name);
        const trb_mesh_options how = to_share(0.3);
        trb_mesh_counts counts;
        trb_euler euler;
        mesh m;
        CHECK_OK(trb_euler_measure(mask, NULL, &euler, err));
        CHECK_OK(trb_mesh_write_mask(mesh_scratch("d.ply"), mask, NULL, &how, &counts, err));
        const int64_t chi = closed_euler(&counts, &m);
        if (chi != 2 * euler.raw)
            fail_msg("%s: %" PRId64 " for twice %" PRId64, name, chi, euler.raw);
        mesh_clear(&m);
        trb_mask_destroy(mask);
    }
}

static void the_real_bone_stays_closed(void **state)
{
    (void)state;
    const trb_filter gauss = {TRB_FILTER_GAUSSIAN, 0.8, 1};
    trb_mask *bone = NULL, *voi = testing_ellipse_voi();
    trb_mesh_counts counts;
    mesh m;
    CHECK_OK(trb_threshold_apply(testing_bone(), &gauss, 83, false, &bone, err));
    const struct {
        bool grey;
        double keep, volume;
    } cases[] = {{true, 0.1, 0.002}, {false, 0.1, 0.005}};
    for (size_t i = 0; i < 2; i++) {
        const trb_mesh_options how = to_share(cases[i].keep);
        if (cases[i].grey)
            CHECK_OK(trb_mesh_write_grey(mesh_scratch("d.ply"), testing_bone(), &gauss, 83, false, voi, &how, &counts, err));
        else
            CHECK_OK(trb_mesh_write_mask(mesh_scratch("d.ply"), bone, voi, &how, &counts, err));
        const int64_t chi = closed_euler(&counts, &m);
        print_message("bone, %s, %g of %" PRIu64 " triangles: volume %+.3f %%, area %+.2f %%, error %.3g um, Euler number %" PRId64 "\n",
                      cases[i].grey ? "grey" : "binary", cases[i].keep, counts.triangles_before,
                      100 * (counts.volume_mm3 / counts.volume_before_mm3 - 1),
                      100 * (counts.area_mm2 / counts.area_before_mm2 - 1), 1000 * counts.error_mm, chi);
        CHECK_RELATIVE(cases[i].keep, (double)counts.triangles / (double)counts.triangles_before, 0.01);
        CHECK_RELATIVE(counts.volume_before_mm3, counts.volume_mm3, cases[i].volume);
        assert_int_equal(chi, cases[i].grey ? -80 : 2 * -48); /* as before; chi_raw of case3_gauss_float_otsu_in_ellipse */
        mesh_clear(&m);
    }
    trb_mask_destroy(voi);
    trb_mask_destroy(bone);
}

/* Every configuration of a cell, sheets that nearly touch everywhere, thousands of small parts. */
static void noise_stays_closed(void **state)
{
    (void)state;
    trb_mask *noise = testing_random_mask(20, 21, 19, 0.5, 4);
    const trb_mesh_options how = to_share(0.1);
    trb_mesh_counts counts;
    mesh m;
    CHECK_OK(trb_mesh_write_mask(mesh_scratch("d.ply"), noise, NULL, &how, &counts, err));
    (void)closed_euler(&counts, &m);
    assert_true(counts.triangles < counts.triangles_before);
    mesh_clear(&m);
    trb_mask_destroy(noise);
}

static void rims_of_open_meshes_stay(void **state)
{
    (void)state;
    trb_mask *bone = testing_random_mask(30, 30, 30, 0, 1);
    for (size_t z = 0; z < 30; z++)
        for (size_t y = 8; y < 22; y++)
            for (size_t x = 8; x < 22; x++)
                trb_mask_set(bone, x, y, z, (x - 15) * (x - 15) + (y - 15) * (y - 15) < 36);
    trb_mesh_options how = {.open_walls = true, .force = true};
    mesh all, few;
    size_t rim_all, rim_few;
    CHECK_OK(trb_mesh_write_mask(mesh_scratch("d.ply"), bone, NULL, &how, NULL, err));
    mesh_read_ply(mesh_scratch("d.ply"), &all);
    how.keep = 0.1;
    CHECK_OK(trb_mesh_write_mask(mesh_scratch("d.ply"), bone, NULL, &how, NULL, err));
    mesh_read_ply(mesh_scratch("d.ply"), &few);
    (void)mesh_edges(&all, &rim_all);
    (void)mesh_edges(&few, &rim_few);
    assert_true(rim_all > 40);
    assert_int_equal(rim_few, rim_all);
    assert_true(few.triangles < all.triangles / 4);
    mesh_clear(&all);
    mesh_clear(&few);
    trb_mask_destroy(bone);
}

static void the_smallest_meshes(void **state)
{
    (void)state;
    const trb_mesh_options how = to_share(0.01);
    trb_mesh_counts counts;
    mesh m;
    trb_mask *mask = testing_random_mask(5, 5, 5, 0, 1);
    CHECK_OK(trb_mesh_write_mask(mesh_scratch("d.ply"), mask, NULL, &how, &counts, err)); /* no triangle */
    assert_int_equal(counts.triangles, 0);
    trb_mask_set(mask, 1, 1, 1, 1); /* two octahedra: both stay, as something closed */
    trb_mask_set(mask, 3, 3, 3, 1);
    CHECK_OK(trb_mesh_write_mask(mesh_scratch("d.ply"), mask, NULL, &how, &counts, err));
    assert_int_equal(counts.triangles_before, 16);
    assert_int_equal(closed_euler(&counts, &m), 4);
    mesh_clear(&m);
    trb_mask_destroy(mask);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    trb_mask *mask = testing_random_mask(12, 12, 12, 0.5, 1);
    trb_error error;
    trb_mesh_options how = to_share(1.5);
    assert_int_equal(trb_mesh_write_mask(mesh_scratch("n.ply"), mask, NULL, &how, NULL, &error), TRB_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, "between 0 and 1, not to 1.5"));
    how.keep = NAN;
    assert_int_equal(trb_mesh_write_mask(mesh_scratch("n.ply"), mask, NULL, &how, NULL, &error), TRB_ERR_ARGUMENT);
    how = to_share(0.5);
    how.error_mm = -1;
    assert_int_equal(trb_mesh_write_mask(mesh_scratch("n.ply"), mask, NULL, &how, NULL, &error), TRB_ERR_ARGUMENT);
    how = to_share(0.5);
    how.memory_bytes = 10000;
    assert_int_equal(trb_mesh_write_mask(mesh_scratch("n.ply"), mask, NULL, &how, NULL, &error), TRB_ERR_MEMORY);
    assert_non_null(strstr(error.text, "--mesh-decimate"));
    trb_mask_destroy(mask);
    testing_scratch_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ball_stays_a_ball),
        cmocka_unit_test(an_error_stops_before_the_share),
        cmocka_unit_test(shapes_keep_their_parts_and_tunnels),
        cmocka_unit_test(the_real_bone_stays_closed),
        cmocka_unit_test(noise_stays_closed),
        cmocka_unit_test(rims_of_open_meshes_stay),
        cmocka_unit_test(the_smallest_meshes),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
