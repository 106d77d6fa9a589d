/* test_volume_grey.c - the volume under the surface of grey values: closed forms, complements, walls, cleaned masks. */
#include "support/testing.h"

#include "measure/grey_cell.h"
#include "trabecula/phantom.h"
#include "trabecula/surface.h"
#include "trabecula/threshold.h"
#include "trabecula/version.h"

static const trb_filter NONE = {TRB_FILTER_NONE, 0, 0};

static trb_volume *float_volume(size_t nx, size_t ny, size_t nz)
{
    const trb_grid grid = {nx, ny, nz, {1, 1, 1}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_F32, &volume, err));
    return volume;
}

static double enclosed(const trb_volume *volume, double level, bool invert, const trb_mask *bone, const trb_mask *voi,
                       double *cells)
{
    double volume_vox = -1, cells_vox = -1;
    CHECK_OK(trb_volume_grey(volume, &NONE, level, invert, bone, voi, &volume_vox, &cells_vox, err));
    if (cells)
        *cells = cells_vox;
    return volume_vox;
}

/* Interpolation is exact on a ramp. */
static void under_a_plane_lies_half_the_cube_or_what_the_plane_cuts_off(void **state)
{
    (void)state;
    trb_volume *ramp = float_volume(21, 21, 21);
    for (size_t z = 0; z < 21; z++)
        for (size_t y = 0; y < 21; y++)
            for (size_t x = 0; x < 21; x++)
                trb_volume_set(ramp, x, y, z, (double)x + 2 * (double)y + 4 * (double)z);
    double cells = 0;
    CHECK_CLOSE(4000, enclosed(ramp, 70, false, NULL, NULL, &cells), 1e-9); /* through the middle */
    CHECK_CLOSE(8000, cells, 0);
    CHECK_CLOSE(8000 - 17.0 * 17 * 17 / (6 * 1 * 2 * 4), enclosed(ramp, 17, false, NULL, NULL, NULL), 1e-5); /* a corner off */
    CHECK_CLOSE(0, enclosed(ramp, 141, false, NULL, NULL, NULL), 0);
    CHECK_CLOSE(8000, enclosed(ramp, -1, false, NULL, NULL, NULL), 0);
    trb_volume_destroy(ramp);
}

/* Every code and every way to join: a cell and its negative share the cube, and mirrors hold the same. */
static void a_cell_and_its_negative_fill_the_cell(void **state)
{
    (void)state;
    trb_grey_cells cells;
    CHECK_OK(trb_grey_cells_init(&cells, err));
    trb_mask *noise = testing_random_mask(64, 8, 4000, 0.5, 5);
    double worst = 0;
    for (size_t i = 0; i < 4000; i++) {
        double v[8], negative[8];
        unsigned code = 0;
        for (unsigned c = 0; c < 8; c++) {
            v[c] = (double)(trb_mask_row(noise, c, i)[0] >> 40) - 8388608.25;
            negative[c] = -v[c];
            code |= (unsigned)(v[c] >= 0) << c;
        }
        trb_grey_cut cut;
        trb_grey_cut_cell(&cells, code, v, &cut);
        const double bone = trb_grey_cut_volume(&cut), area = trb_grey_cut_area(&cut);
        trb_grey_cut_cell(&cells, 255 - code, negative, &cut);
        assert_true(bone >= -1e-12 && bone <= 1 + 1e-12);
        CHECK_CLOSE(area, trb_grey_cut_area(&cut), 1e-12);
        worst = fmax(worst, fabs(bone + trb_grey_cut_volume(&cut) - 1));
    }
    CHECK_CLOSE(0, worst, 1e-12);
    trb_mask_destroy(noise);
    trb_grey_cells_clear(&cells);
}

/* The flux of (0, y, 0) instead of (x, 0, 0): turn the cell. Polygons may be cut another way, hence the tolerance. */
static void turning_and_mirroring_keep_the_volume_and_parts_add_up(void **state)
{
    (void)state;
    const trb_volume *bone = testing_bone();
    trb_mask *voi = testing_ellipse_voi(), *rest = NULL;
    CHECK_OK(trb_mask_complement(voi, &rest, err));
    double cells[3];
    const double whole = enclosed(bone, 63.5, false, NULL, NULL, &cells[0]);
    const double inside = enclosed(bone, 63.5, false, NULL, voi, &cells[1]);
    CHECK_RELATIVE(whole, inside + enclosed(bone, 63.5, false, NULL, rest, &cells[2]), 1e-12);
    CHECK_RELATIVE(cells[0], cells[1] + cells[2], 1e-12);
    CHECK_CLOSE((double)trb_mask_count(voi), cells[1], 1e-6); /* away from the image border */
    trb_volume *turned = NULL;
    CHECK_OK(trb_volume_create(&bone->grid, bone->type, &turned, err));
    for (size_t z = 0; z < 200; z++)
        for (size_t y = 0; y < 200; y++)
            for (size_t x = 0; x < 200; x++)
                trb_volume_set(turned, z, 199 - x, y, trb_volume_get(bone, x, y, z));
    CHECK_RELATIVE(whole, enclosed(turned, 63.5, false, NULL, NULL, NULL), 5e-5);
    trb_volume_destroy(turned);
    trb_mask_destroy(voi);
    trb_mask_destroy(rest);
}

static void bone_below_the_level_is_what_is_left(void **state)
{
    (void)state;
    const trb_volume *image = testing_bone();
    trb_mask *dark = NULL, *bone = testing_mask(image, 64);
    CHECK_OK(trb_mask_complement(bone, &dark, err));
    double cells = 0;
    const double bright = enclosed(image, 63.5, false, bone, NULL, &cells);
    CHECK_RELATIVE(bright, enclosed(image, 63.5, false, NULL, NULL, NULL), 1e-12);
    CHECK_RELATIVE(cells - bright, enclosed(image, 63.5, true, dark, NULL, NULL), 1e-5); /* saddles that tie join bone both times */
    trb_mask_destroy(dark);
    trb_mask_destroy(bone);
}

/* Without the mask the sides came from the grey values as if they were not inverted: 817 of 1331 voxels instead of 393. */
static void bone_below_the_level_needs_its_mask(void **state)
{
    (void)state;
    trb_volume *ramp = float_volume(12, 12, 12);
    for (size_t z = 0; z < 12; z++)
        for (size_t y = 0; y < 12; y++)
            for (size_t x = 0; x < 12; x++)
                trb_volume_set(ramp, x, y, z, (double)x);
    trb_mask *bone = NULL;
    CHECK_OK(trb_threshold_apply(ramp, &NONE, 3.25, true, &bone, err));
    CHECK_CLOSE(3.25 * 121, enclosed(ramp, 3.25, true, bone, NULL, NULL), 1e-9);
    double volume = 0, cells = 0;
    trb_error said = {TRB_OK, ""};
    assert_int_equal(trb_volume_grey(ramp, &NONE, 3.25, true, NULL, NULL, &volume, &cells, &said), TRB_ERR_ARGUMENT);
    assert_non_null(strstr(said.text, "give the mask"));
    assert_true(isnan(volume) && isnan(cells));
    trb_mask_destroy(bone);
    trb_volume_destroy(ramp);
}

static void what_the_mask_lost_has_no_volume_and_what_it_won_has(void **state)
{
    (void)state;
    trb_volume *image = float_volume(24, 12, 12);
    for (size_t z = 0; z < 12; z++)
        for (size_t y = 0; y < 12; y++)
            for (size_t x = 0; x < 24; x++) {
                const double a = sqrt(pow((double)x - 6, 2) + pow((double)y - 6, 2) + pow((double)z - 6, 2));
                const double b = sqrt(pow((double)x - 18, 2) + pow((double)y - 6, 2) + pow((double)z - 6, 2));
                trb_volume_set(image, x, y, z, fmax(4 - a, 2 - b));
            }
    trb_mask *bone = NULL;
    CHECK_OK(trb_threshold_apply(image, &NONE, 0, false, &bone, err));
    const double both = enclosed(image, 0, false, bone, NULL, NULL);
    trb_mask *one = NULL;
    CHECK_OK(trb_mask_copy(bone, &one, err));
    for (size_t z = 0; z < 12; z++)
        for (size_t y = 0; y < 12; y++)
            for (size_t x = 12; x < 24; x++)
                trb_mask_set(one, x, y, z, 0);
    const double large = enclosed(image, 0, false, one, NULL, NULL);
    CHECK_RELATIVE(4 * acos(-1) / 3 * 64, large, 0.05); /* in chords */
    CHECK_RELATIVE(4 * acos(-1) / 3 * 8, both - large, 0.2);
    trb_mask_destroy(bone);
    trb_mask_destroy(one);
    trb_volume_destroy(image);
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    const trb_filter smooth = {TRB_FILTER_GAUSSIAN, 0.8, 1};
    const int before = trb_threads();
    double first = 0, next = 0, cells = 0;
    trb_threads_set(1);
    CHECK_OK(trb_volume_grey(testing_bone(), &smooth, 83, false, NULL, NULL, &first, &cells, err));
    for (int threads = 2; threads <= 3; threads++) {
        trb_threads_set(threads);
        CHECK_OK(trb_volume_grey(testing_bone(), &smooth, 83, false, NULL, NULL, &next, &cells, err));
        assert_memory_equal(&first, &next, sizeof first);
    }
    trb_threads_set(before);
}

/* ---- phantoms: the worst error of each shape, counted and enclosed */
static void check_phantom(trb_phantom_kind kind, double thickness, unsigned placement, double *counted, double *under)
{
    trb_phantom_options options = trb_phantom_options_default(kind);
    options.thickness_vox = thickness;
    options.placement = placement;
    trb_volume *volume = NULL;
    trb_phantom_truth truth;
    CHECK_OK(trb_phantom_create(&options, &volume, &truth, err));
    trb_mask *bone = testing_mask(volume, 128), *voi = NULL;
    CHECK_OK(trb_mask_create(&volume->grid, &voi, err));
    for (size_t z = truth.voi.lo[2]; z < truth.voi.hi[2]; z++)
        for (size_t y = truth.voi.lo[1]; y < truth.voi.hi[1]; y++)
            for (size_t x = truth.voi.lo[0]; x < truth.voi.hi[0]; x++)
                trb_mask_set(voi, x, y, z, 1);
    *counted = (double)trb_mask_count_and(bone, voi) / truth.volume - 1;
    *under = enclosed(volume, 127.5, false, bone, voi, NULL) / truth.volume - 1;
    trb_volume_destroy(volume);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

static void phantoms_have_their_volume(void **state)
{
    (void)state;
    /*
     * Sheets have no bias, a tenth of the staircase of counted voxels. Round things lose what lies between the surface and its
     * chords, and what partial volume takes off thin ones: the bounds are a fifth above what was measured.
     */
    static const struct {
        const char *name;
        double thickness, bound;
    } rows[] = {{"plate", 2.5, 0.002}, {"plate", 4, 0.002},  {"plate", 6, 0.002},    {"rod", 2.5, 0.24}, {"rod", 4, 0.09},
                {"rod", 6, 0.04},      {"rod", 10, 0.015},   {"torus", 4, 0.085},    {"torus", 6, 0.04}, {"ball", 6, 0.11},
                {"ball", 10, 0.042},   {"gyroid", 4, 0.009}, {"gyroid", 7, 0.004}, {"plates", 3, 1e-6}};
    print_message("volume / true - 1, worst of three places: counted, under the grey surface\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        trb_phantom_kind kind;
        assert_true(trb_phantom_kind_find(rows[i].name, &kind));
        double counted = 0, under = 0;
        for (unsigned placement = 0; placement < 3; placement++) {
            double c, u;
            check_phantom(kind, rows[i].thickness, placement, &c, &u);
            counted = fabs(c) > fabs(counted) ? c : counted;
            under = fabs(u) > fabs(under) ? u : under;
        }
        print_message("%-8s %4g  %+8.4f  %+8.4f\n", rows[i].name, rows[i].thickness, counted, under);
        CHECK_CLOSE(0, under, rows[i].bound);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(under_a_plane_lies_half_the_cube_or_what_the_plane_cuts_off),
        cmocka_unit_test(a_cell_and_its_negative_fill_the_cell),
        cmocka_unit_test(turning_and_mirroring_keep_the_volume_and_parts_add_up),
        cmocka_unit_test(bone_below_the_level_is_what_is_left),
        cmocka_unit_test(bone_below_the_level_needs_its_mask),
        cmocka_unit_test(what_the_mask_lost_has_no_volume_and_what_it_won_has),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(phantoms_have_their_volume),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
