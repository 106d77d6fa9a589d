/* test_mesh.c - meshes read back: closed, turned outwards, with the topology and the volume of the bone. */
#include "support/testing.h"

#include "measure/marching_cubes.h"
#include "support/mesh_read.h"
#include "support/shapes.h"
#include "trabecula/connectivity.h"
#include "trabecula/mesh.h"
#include "trabecula/threshold.h"
#include "trabecula/topology.h"

#include <inttypes.h>

static const trb_mesh_options REPLACE = {.force = true};

/* Writes as PLY, reads, checks that it is closed, and gives its Euler number. */
static int64_t closed_euler(const trb_mask *bone, const trb_mask *voi, mesh *m)
{
    trb_mesh_counts counts;
    CHECK_OK(trb_mesh_write_mask(mesh_scratch("m.ply"), bone, voi, &REPLACE, &counts, err));
    mesh_read_ply(mesh_scratch("m.ply"), m);
    assert_int_equal(counts.vertices, m->vertices);
    assert_int_equal(counts.triangles, m->triangles);
    size_t unpaired;
    const size_t edges = mesh_edges(m, &unpaired);
    assert_int_equal(unpaired, 0);
    return (int64_t)m->vertices - (int64_t)edges + (int64_t)m->triangles;
}

static void masks_give_closed_meshes_with_their_euler_number(void **state)
{
    (void)state;
    for (int i = 0; i < shapes_count(); i++) {
        const char *name;
        trb_mask *mask = shapes_make(i, &name);
        for (int with_voi = 0; with_voi < 2; with_voi++) {
            trb_mask *voi = with_voi ? testing_random_mask(mask->grid.nx, mask->grid.ny, mask->grid.nz, 0.8, 9) : NULL;
            mesh m;
            trb_euler euler;
            CHECK_OK(trb_euler_measure(mask, voi, &euler, err));
            const int64_t chi = closed_euler(mask, voi, &m);
            if (chi != 2 * euler.raw)
                fail_msg("%s: %" PRId64 " for twice %" PRId64, name, chi, euler.raw);
            mesh_clear(&m);
            trb_mask_destroy(voi);
        }
        trb_mask_destroy(mask);
    }
    trb_mask *noise = testing_random_mask(30, 31, 29, 0.5, 4); /* every configuration of a cell, often */
    mesh m;
    trb_euler euler;
    CHECK_OK(trb_euler_measure(noise, NULL, &euler, err));
    assert_int_equal(closed_euler(noise, NULL, &m), 2 * euler.raw);
    mesh_clear(&m);
    trb_mask_destroy(noise);
}

static void a_box_has_its_volume_less_bevels(void **state)
{
    (void)state;
    const trb_grid grid = {9, 8, 7, {0.5, 0.25, 2}, {10, -3, 7}};
    trb_mask *box = NULL;
    CHECK_OK(trb_mask_create(&grid, &box, err));
    for (size_t z = 1; z < 4; z++)
        for (size_t y = 2; y < 7; y++)
            for (size_t x = 1; x < 8; x++)
                trb_mask_set(box, x, y, z, 1);
    mesh m;
    assert_int_equal(closed_euler(box, NULL, &m), 2);
    /* 7 x 5 x 3: an edge of length n loses a prism of 1/8 for each of n - 1 voxels, a corner 8 - its share: 1 - 1/6 - ...  */
    const double edges = 4 * (6 + 4 + 2) / 8.0, corner = 1.0 / 8 - 1.0 / 48;
    CHECK_CLOSE((7 * 5 * 3 - edges - 8 * corner) * 0.5 * 0.25 * 2, mesh_volume(&m), 1e-4);
    float low[3] = {1e9F, 1e9F, 1e9F}, high[3] = {-1e9F, -1e9F, -1e9F};
    for (size_t i = 0; i < 3 * m.vertices; i++) {
        low[i % 3] = fminf(low[i % 3], m.at[i]);
        high[i % 3] = fmaxf(high[i % 3], m.at[i]);
    }
    const double want[2][3] = {{10 + 0.5 * 0.5, -3 + 1.5 * 0.25, 7 + 0.5 * 2}, {10 + 7.5 * 0.5, -3 + 6.5 * 0.25, 7 + 3.5 * 2}};
    for (int axis = 0; axis < 3; axis++) {
        CHECK_CLOSE(want[0][axis], (double)low[axis], 1e-6);
        CHECK_CLOSE(want[1][axis], (double)high[axis], 1e-6);
    }
    mesh_clear(&m);
    trb_mask_destroy(box);
}

static void the_real_bone_is_closed_in_grey_and_binary(void **state)
{
    (void)state;
    const trb_filter gauss = {TRB_FILTER_GAUSSIAN, 0.8, 1};
    trb_mask *bone = NULL, *voi = testing_ellipse_voi();
    trb_mesh_counts counts;
    mesh m;
    size_t unpaired;
    CHECK_OK(trb_threshold_apply(testing_bone(), &gauss, 83, false, &bone, err));
    assert_int_equal(closed_euler(bone, voi, &m), 2 * -48); /* chi_raw of case3_gauss_float_otsu_in_ellipse */
    mesh_clear(&m);
    CHECK_OK(trb_mesh_write_grey(mesh_scratch("g.ply"), testing_bone(), &gauss, 83, false, voi, &REPLACE, &counts, err));
    mesh_read_ply(mesh_scratch("g.ply"), &m);
    (void)mesh_edges(&m, &unpaired);
    assert_int_equal(unpaired, 0);
    CHECK_RELATIVE(counts.volume_mm3, mesh_volume(&m), 1e-4);
    /* the test volume has no spacing of its own: voxels */
    const double h3 = trb_grid_voxel_mm3(&testing_bone()->grid);
    CHECK_RELATIVE((double)trb_mask_count_and(bone, voi) * (h3 > 0 ? h3 : 1), counts.volume_mm3, 0.02);
    mesh_clear(&m);
    trb_mask_destroy(voi);
    trb_mask_destroy(bone);
}

static void open_walls_leave_the_bone_open_there_alone(void **state)
{
    (void)state;
    trb_mask *bone = testing_random_mask(12, 12, 12, 0, 1), *voi = testing_random_mask(12, 12, 12, 0, 1);
    for (size_t z = 0; z < 12; z++)
        for (size_t y = 0; y < 12; y++)
            for (size_t x = 0; x < 12; x++) {
                trb_mask_set(bone, x, y, z, x >= 4 && x < 8 && y >= 4 && y < 8);
                trb_mask_set(voi, x, y, z, z >= 2 && z < 10);
            }
    const trb_mesh_options open = {.open_walls = true, .force = true};
    mesh m;
    size_t unpaired;
    CHECK_OK(trb_mesh_write_mask(mesh_scratch("o.ply"), bone, voi, &open, NULL, err));
    mesh_read_ply(mesh_scratch("o.ply"), &m);
    (void)mesh_edges(&m, &unpaired);
    assert_int_equal(unpaired, 2 * 16); /* a rim of 16 sides at both ends: 12 along the faces, 4 bevels */
    for (size_t i = 0; i < m.vertices; i++)
        assert_true(m.at[3 * i + 2] >= 2 * 1.0F && m.at[3 * i + 2] <= 9);
    mesh_clear(&m);
    trb_mask_destroy(voi);
    trb_mask_destroy(bone);
}

static void the_three_formats_hold_the_same_triangles(void **state)
{
    (void)state;
    trb_mask *noise = testing_random_mask(9, 8, 7, 0.4, 2);
    mesh ply, obj = {0};
    (void)closed_euler(noise, NULL, &ply);
    size_t size, v = 0, f = 0;
    CHECK_OK(trb_mesh_write_mask(mesh_scratch("m.stl"), noise, NULL, &REPLACE, NULL, err));
    char *stl = mesh_slurp(mesh_scratch("m.stl"), &size);
    assert_int_equal(size, 84 + 50 * ply.triangles);
    uint32_t count;
    memcpy(&count, stl + 80, 4);
    assert_int_equal(count, ply.triangles);
    for (size_t i = 0; i < 3 * ply.triangles; i++)
        assert_memory_equal(stl + 84 + 50 * (i / 3) + 12 + 12 * (i % 3), ply.at + 3 * ply.corner[i], 12);
    CHECK_OK(trb_mesh_write_mask(mesh_scratch("m.OBJ"), noise, NULL, &REPLACE, NULL, err));
    char *text = mesh_slurp(mesh_scratch("m.OBJ"), &size);
    obj.at = malloc(12 * ply.vertices);
    obj.corner = malloc(12 * ply.triangles);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        if (*line == 'v') {
            assert_true(v < ply.vertices && sscanf(line, "v %f %f %f", &obj.at[3 * v], &obj.at[3 * v + 1], &obj.at[3 * v + 2]) == 3);
            v++;
        } else if (*line == 'f') {
            uint32_t *c = obj.corner + 3 * f++;
            assert_true(f <= ply.triangles && sscanf(line, "f %" SCNu32 " %" SCNu32 " %" SCNu32, c, c + 1, c + 2) == 3);
            for (int k = 0; k < 3; k++)
                assert_true(c[k]-- <= v); /* vertices come before the triangles that use them */
        }
    }
    assert_int_equal(v, ply.vertices);
    assert_int_equal(f, ply.triangles);
    assert_memory_equal(obj.at, ply.at, 12 * v);
    assert_memory_equal(obj.corner, ply.corner, 12 * f);
    free(stl);
    free(text);
    mesh_clear(&obj);
    mesh_clear(&ply);
    trb_mask_destroy(noise);
}

/* Two cells that both cut the face between them would share an edge four times. */
static void no_triangle_cuts_a_face_of_its_cell(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 256; code++) {
        const unsigned ambiguous = trb_cell_ambiguous_faces(code);
        for (unsigned joined = 0; joined < 64; joined++) {
            trb_cell_polygons polygons;
            trb_cell_triangles set;
            if (joined & ~ambiguous)
                continue;
            trb_cell_cut(code, joined, &polygons);
            trb_cell_triangulate(&polygons, TRB_OFF_FACES, &set);
            enum { ALL = TRB_CELL_EDGES + TRB_CELL_POLYGONS };
            int inner[ALL][ALL] = {{0}}; /* how often a side is used, either way */
            for (int i = 0; i < set.count; i++)
                for (int k = 0; k < 3; k++) {
                    const int a = set.edge[i][k], b = set.edge[i][(k + 1) % 3];
                    inner[a < b ? a : b][a < b ? b : a]++;
                }
            for (int a = 0; a < TRB_CELL_EDGES; a++)
                for (int b = a + 1; b < TRB_CELL_EDGES; b++)
                    if (inner[a][b] == 2 && (trb_cell_edge_faces(a) & trb_cell_edge_faces(b)))
                        fail_msg("code %u joined %u: edges %d and %d", code, joined, a, b);
        }
    }
}

/* Random grey values have every way to join ambiguous faces, and walls between. */
static void grey_noise_gives_closed_meshes(void **state)
{
    (void)state;
    const trb_grid grid = {24, 23, 22, {1, 1, 1}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_U8, &volume, err));
    uint8_t *v = volume->voxels;
    uint32_t seed = 12345;
    for (size_t i = 0; i < trb_grid_voxels(&grid); i++) {
        seed = seed * 1664525U + 1013904223U;
        v[i] = (uint8_t)(seed >> 24);
    }
    trb_mask *voi = testing_random_mask(24, 23, 22, 0.9, 5);
    for (int i = 0; i < 8; i++) {
        mesh m;
        size_t unpaired;
        trb_mesh_counts counts;
        CHECK_OK(trb_mesh_write_grey(mesh_scratch("n.ply"), volume, NULL, i & 4 ? 128 : 99.5, i & 1, i & 2 ? voi : NULL, &REPLACE,
                                     &counts, err));
        mesh_read_ply(mesh_scratch("n.ply"), &m);
        (void)mesh_edges(&m, &unpaired);
        assert_int_equal(unpaired, 0);
        assert_true(counts.volume_mm3 > 0);
        mesh_clear(&m);
    }
    trb_mask_destroy(voi);
    trb_volume_destroy(volume);
}

static void what_cannot_be_written_is_refused(void **state)
{
    (void)state;
    trb_mask *mask = testing_random_mask(4, 4, 4, 0.5, 1), *other = testing_random_mask(5, 4, 4, 0.5, 1);
    trb_error error;
    assert_int_equal(trb_mesh_write_mask(mesh_scratch("m.vtk"), mask, NULL, NULL, NULL, &error), TRB_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, ".stl, .ply or .obj"));
    assert_int_equal(trb_mesh_write_mask(mesh_scratch("new.stl"), mask, other, NULL, NULL, &error), TRB_ERR_ARGUMENT);
    CHECK_OK(trb_mesh_write_mask(mesh_scratch("new.stl"), mask, NULL, NULL, NULL, err));
    assert_int_equal(trb_mesh_write_mask(mesh_scratch("new.stl"), mask, NULL, NULL, NULL, &error), TRB_ERR_ARGUMENT);
    assert_int_equal(trb_mesh_write_mask("/nowhere/at/all/m.stl", mask, NULL, NULL, NULL, &error), TRB_ERR_IO);
    trb_mask_destroy(other);
    trb_mask_destroy(mask);
    testing_scratch_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_triangle_cuts_a_face_of_its_cell),
        cmocka_unit_test(masks_give_closed_meshes_with_their_euler_number),
        cmocka_unit_test(a_box_has_its_volume_less_bevels),
        cmocka_unit_test(the_real_bone_is_closed_in_grey_and_binary),
        cmocka_unit_test(open_walls_leave_the_bone_open_there_alone),
        cmocka_unit_test(the_three_formats_hold_the_same_triangles),
        cmocka_unit_test(grey_noise_gives_closed_meshes),
        cmocka_unit_test(what_cannot_be_written_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
