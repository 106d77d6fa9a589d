/* test_voi.c - volumes of interest from shapes and mask files. */
#include "support/testing.h"

#include "trabecula/version.h"
#include "trabecula/voi.h"

#include <locale.h>

static const trb_grid SMALL = {70, 50, 40, {0.02, 0.02, 0.02}, {1, 2, 3}};

static trb_mask *voi_of(const char *text, const trb_grid *grid)
{
    trb_mask *mask = NULL;
    CHECK_OK(trb_voi_create(text, grid, &mask, err));
    assert_true(trb_grid_same_size(&mask->grid, grid));
    assert_memory_equal(grid->spacing_mm, mask->grid.spacing_mm, sizeof grid->spacing_mm);
    assert_memory_equal(grid->origin_mm, mask->grid.origin_mm, sizeof grid->origin_mm);
    return mask;
}

static void check_refused(const char *text, const trb_grid *grid, trb_status expected, const char *part)
{
    trb_error error = {TRB_OK, ""};
    trb_mask *mask = (trb_mask *)1;
    const trb_status status = trb_voi_create(text, grid, &mask, &error);
    if (status != expected)
        fail_msg("'%s': %s, not %s (%s)", text, trb_status_name(status), trb_status_name(expected), error.text);
    assert_null(mask);
    if (!strstr(error.text, part))
        fail_msg("'%s' is not in '%s'", part, error.text);
}

/* ---- boxes ---- */

static void check_box(const trb_grid *grid, const trb_box *box)
{
    char text[200];
    snprintf(text, sizeof text, "box:%zu:%zu,%zu:%zu,%zu:%zu", box->lo[0], box->hi[0], box->lo[1], box->hi[1],
             box->lo[2], box->hi[2]);
    trb_mask *mask = voi_of(text, grid);
    size_t count = 0;
    for (size_t z = 0; z < grid->nz; z++)
        for (size_t y = 0; y < grid->ny; y++)
            for (size_t x = 0; x < grid->nx; x++) {
                const int expected = x >= box->lo[0] && x < box->hi[0] && y >= box->lo[1] && y < box->hi[1] &&
                                     z >= box->lo[2] && z < box->hi[2];
                count += (size_t)expected;
                if (trb_mask_get(mask, x, y, z) != expected)
                    fail_msg("%s: voxel %zu %zu %zu is %d", text, x, y, z, !expected);
            }
    assert_int_equal(count, trb_mask_count(mask)); /* nothing behind the rows */
    trb_mask_destroy(mask);
}

static void a_box_holds_first_up_to_but_not_end(void **state)
{
    (void)state;
    static const size_t width[] = {1, 63, 64, 65, 130};
    const int before = trb_threads();
    for (int threads = 1; threads <= 5; threads += threads == 1 ? 1 : 3)
        for (size_t w = 0; w < 5; w++) {
            const size_t n = width[w];
            const trb_grid grid = {n, 5, 6, {1, 1, 1}, {0, 0, 0}};
            trb_threads_set(threads);
            check_box(&grid, &(trb_box){{0, 0, 0}, {n, 5, 6}});
            check_box(&grid, &(trb_box){{0, 1, 2}, {1, 3, 3}});
            check_box(&grid, &(trb_box){{n - 1, 4, 5}, {n, 5, 6}});
            check_box(&grid, &(trb_box){{n / 3, 2, 1}, {n / 3 + n / 2 + 1, 4, 5}});
        }
    trb_threads_set(before);
}

static void boxes_that_are_empty_or_leave_the_image_are_refused(void **state)
{
    (void)state;
    check_refused("box:0:71,0:50,0:40", &SMALL, TRB_ERR_ARGUMENT, "x 0:71 does not lie in the image");
    check_refused("box:0:70,0:51,0:40", &SMALL, TRB_ERR_ARGUMENT, "which has y 0:50");
    check_refused("box:0:70,0:50,39:41", &SMALL, TRB_ERR_ARGUMENT, "z 39:41");
    check_refused("box:70:71,0:50,0:40", &SMALL, TRB_ERR_ARGUMENT, "x 70:71");
    check_refused("box:5:5,0:50,0:40", &SMALL, TRB_ERR_ARGUMENT, "holds nothing");
    check_refused("box:0:70,9:3,0:40", &SMALL, TRB_ERR_ARGUMENT, "y 9:3 holds nothing");
}

static void texts_that_are_no_box_say_where_and_what_was_expected(void **state)
{
    (void)state;
    static const char *const bad[] = {"box:", "box:1", "box:1:2", "box:1:2,3:4", "box:1:2,3:4,5", "box:1:2,3:4,5:",
                                      "box:1:2,3:4,5:6,", "box:1:2,3:4,5:6 ", "box: 1:2,3:4,5:6", "box:-1:2,3:4,5:6",
                                      "box:+1:2,3:4,5:6", "box:1.0:2,3:4,5:6", "box:1:2;3:4;5:6", "box:1-2,3:4,5:6",
                                      "box:0x1:2,3:4,5:6", "box:1e0:2,3:4,5:6", "box:1:2,3:4,5:6,7:8",
                                      "box:1:99999999999999999999,3:4,5:6", "box:1:9223372036854775808,3:4,5:6",
                                      "box:18446744073709551617:2,3:4,5:6", "box:a:b,c:d,e:f", "box::,:,:"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_refused(bad[i], &SMALL, TRB_ERR_ARGUMENT, "for example box:");
    check_refused("box:1:2,3x4,5:6", &SMALL, TRB_ERR_ARGUMENT, "character 10 ('x4,5:6')");
    check_refused("box:1:2,3:4,", &SMALL, TRB_ERR_ARGUMENT, "character 13 ('end of text')");
}

static void very_long_texts_are_refused_in_a_short_message(void **state)
{
    (void)state;
    static char text[100000];
    memset(text, '7', sizeof text - 1);
    memcpy(text, "box:", 4);
    check_refused(text, &SMALL, TRB_ERR_ARGUMENT, "not understood");
    memcpy(text, "cylinder:", 9);
    check_refused(text, &SMALL, TRB_ERR_ARGUMENT, "not understood");
}

/* ---- cylinders ---- */

static void the_ellipse_of_the_reference_has_its_voxels(void **state)
{
    (void)state;
    const json_t *expected = testing_at(testing_expected(), "voi_ellipse");
    trb_mask *mask = voi_of("cylinder:100,100,80,60,20:180", &testing_bone()->grid), *by_rule = testing_ellipse_voi();
    assert_int_equal(2408480, trb_mask_count(mask));
    assert_int_equal(json_integer_value(testing_at(expected, "voxels")), trb_mask_count(mask));
    assert_int_equal(2408480, trb_mask_count_and(mask, by_rule));
    trb_volume *bytes = NULL; /* the hash is of one byte a voxel, 0 or 1, in x, y, z order */
    CHECK_OK(trb_mask_to_volume(mask, 1, &bytes, err));
    assert_string_equal(json_string_value(testing_at(expected, "sha256")), testing_sha256(bytes->voxels, 8000000));
    trb_volume_destroy(bytes);
    trb_mask_destroy(mask);
    trb_mask_destroy(by_rule);
}

/* Every voxel of one slice against (a (10 x - cx))^2 + (b (10 y - cy))^2 <= limit, in tenths of voxels. */
static void check_ellipse_in_tenths(int cx, int cy, int rx, int ry)
{
    char text[100];
    snprintf(text, sizeof text, "cylinder:%d.%d,%d.%d,%d.%d,%d.%d,3:5", cx / 10, cx % 10, cy / 10, cy % 10, rx / 10,
             rx % 10, ry / 10, ry % 10);
    trb_mask *mask = voi_of(text, &SMALL);
    size_t count = 0;
    for (int y = 0; y < 50; y++)
        for (int x = 0; x < 70; x++) {
            const int64_t dx = (int64_t)(10 * x - cx) * ry, dy = (int64_t)(10 * y - cy) * rx, r = (int64_t)rx * ry;
            const int expected = dx * dx + dy * dy <= r * r;
            count += (size_t)expected;
            for (size_t z = 2; z < 6; z++)
                if (trb_mask_get(mask, (size_t)x, (size_t)y, z) != (expected && z >= 3 && z < 5))
                    fail_msg("%s: voxel %d %d %zu is %d", text, x, y, z, !expected);
        }
    assert_int_equal(2 * count, trb_mask_count(mask));
    trb_mask_destroy(mask);
}

/* Pythagorean triples put centres exactly on the rim; in binary most tenths are not exact. */
static void centres_on_the_rim_are_inside_also_with_decimals(void **state)
{
    (void)state;
    check_ellipse_in_tenths(300, 250, 50, 50);   /* (3, 4, 5) */
    check_ellipse_in_tenths(301, 251, 61, 61);   /* 1.1^2 + 6^2 = 6.1^2 */
    check_ellipse_in_tenths(333, 247, 85, 85);   /* 1.3^2 + 8.4^2 = 8.5^2 and others */
    check_ellipse_in_tenths(301, 203, 233, 171);
    check_ellipse_in_tenths(297, 203, 101, 101);
    check_ellipse_in_tenths(300, 250, 1, 1);     /* one voxel, the centre */
    trb_mask *mask = voi_of("cylinder:30.1,20.1,6.1,6.1,0:1", &SMALL); /* 29 - 30.1 = -1.1, 26.1 - 20.1 = 6 */
    assert_int_equal(0, trb_mask_get(mask, 29, 27, 0));
    trb_mask_destroy(mask);
    mask = voi_of("cylinder:30.1,20,6.1,6.1,0:1", &SMALL); /* (29, 26): 1.1, 6 -> exactly 6.1 */
    assert_int_equal(1, trb_mask_get(mask, 29, 26, 0));
    assert_int_equal(1, trb_mask_get(mask, 29, 14, 0));
    assert_int_equal(1, trb_mask_get(mask, 24, 20, 0)); /* 6.1 to the left */
    assert_int_equal(0, trb_mask_get(mask, 28, 26, 0));
    trb_mask_destroy(mask);
    mask = voi_of("cylinder:30.1,20,6.09999,6.09999,0:1", &SMALL); /* a hair less */
    assert_int_equal(0, trb_mask_get(mask, 29, 26, 0));
    assert_int_equal(0, trb_mask_get(mask, 24, 20, 0));
    trb_mask_destroy(mask);
}

/* More decimals than the whole-number way takes: the tolerance is far below a voxel and keeps a meant rim. */
static void many_decimals_are_decided_by_long_double(void **state)
{
    (void)state;
    trb_mask *mask = voi_of("cylinder:30.0000000001,20,5.0000000001,5,0:1", &SMALL);
    assert_int_equal(1, trb_mask_get(mask, 25, 20, 0)); /* on the rim */
    assert_int_equal(0, trb_mask_get(mask, 24, 20, 0));
    assert_int_equal(1, trb_mask_get(mask, 35, 20, 0));
    assert_int_equal(0, trb_mask_get(mask, 30, 26, 0));
    trb_mask_destroy(mask);
    mask = voi_of("cylinder:30.00000001,20,5,5,0:1", &SMALL); /* 1e-8 too far to the right */
    assert_int_equal(0, trb_mask_get(mask, 25, 20, 0));
    assert_int_equal(1, trb_mask_get(mask, 35, 20, 0));
    trb_mask_destroy(mask);
}

static void an_ellipse_over_the_side_is_cut_there(void **state)
{
    (void)state;
    trb_mask *mask = voi_of("cylinder:-3,-4,5,5,0:40", &SMALL); /* reaches (0, 0) with its rim, nothing else */
    assert_int_equal(40, trb_mask_count(mask));
    assert_int_equal(1, trb_mask_get(mask, 0, 0, 39));
    trb_mask_destroy(mask);
    mask = voi_of("cylinder:35,25,1000,1000,0:40", &SMALL);
    assert_int_equal(70 * 50 * 40, trb_mask_count(mask));
    trb_mask_destroy(mask);
    mask = voi_of("cylinder:35,25,1e300,1e300,0:1", &SMALL);
    assert_int_equal(70 * 50, trb_mask_count(mask));
    trb_mask_destroy(mask);
    mask = voi_of("cylinder:30.5,20.5,0.2,0.2,0:40", &SMALL); /* between voxel centres */
    assert_int_equal(0, trb_mask_count(mask));
    trb_mask_destroy(mask);
}

static void cylinders_that_cannot_be_are_refused(void **state)
{
    (void)state;
    check_refused("cylinder:30,20,0,5,0:40", &SMALL, TRB_ERR_ARGUMENT, "above 0");
    check_refused("cylinder:30,20,5,-5,0:40", &SMALL, TRB_ERR_ARGUMENT, "above 0");
    check_refused("cylinder:30,20,5,5,0:41", &SMALL, TRB_ERR_ARGUMENT, "z 0:41");
    check_refused("cylinder:30,20,5,5,7:7", &SMALL, TRB_ERR_ARGUMENT, "holds nothing");
    check_refused("cylinder:80,20,5,5,0:40", &SMALL, TRB_ERR_ARGUMENT, "outside the image of 70 x 50");
    check_refused("cylinder:30,-20,5,5,0:40", &SMALL, TRB_ERR_ARGUMENT, "outside the image");
    static const char *const bad[] = {"cylinder:",
                                      "cylinder:30",
                                      "cylinder:30,20,5,0:40",
                                      "cylinder:30,20,5,5",
                                      "cylinder:30,20,5,5,",
                                      "cylinder:30,20,5,5,0",
                                      "cylinder:30,20,5,5,0:",
                                      "cylinder:30,20,5,5,0.5:40",
                                      "cylinder:30,20,5,5,0:40x",
                                      "cylinder:30,20,5,5,0:40,1",
                                      "cylinder:nan,20,5,5,0:40",
                                      "cylinder:inf,20,5,5,0:40",
                                      "cylinder:30,20,infinity,5,0:40",
                                      "cylinder:1e999,20,5,5,0:40",
                                      "cylinder:0x1p3,20,5,5,0:40",
                                      "cylinder: 30,20,5,5,0:40",
                                      "cylinder:30;20;5;5;0:40",
                                      "cylinder:.,20,5,5,0:40",
                                      "cylinder:3e,20,5,5,0:40"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_refused(bad[i], &SMALL, TRB_ERR_ARGUMENT, "for example cylinder:");
    trb_mask *mask = (trb_mask *)1;
    trb_error error = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_ARGUMENT, trb_voi_cylinder(&SMALL, NAN, 20, 5, 5, 0, 1, &mask, &error));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_voi_cylinder(&SMALL, 30, 20, NAN, 5, 0, 1, &mask, &error));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_voi_cylinder(&SMALL, 30, 20, 5, INFINITY, 0, 1, &mask, &error));
    assert_null(mask);
}

static void a_comma_locale_changes_nothing(void **state)
{
    (void)state;
    trb_mask *plain = voi_of("cylinder:30.1,20,6.1,6.1,0:1", &SMALL);
    static const char *const comma[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8"};
    bool found = false;
    for (size_t i = 0; i < 4 && !found; i++)
        found = setlocale(LC_NUMERIC, comma[i]) != NULL;
    if (!found) {
        trb_mask_destroy(plain);
        skip(); /* no such locale on this machine */
    }
    trb_mask *other = voi_of("cylinder:30.1,20,6.1,6.1,0:1", &SMALL);
    setlocale(LC_NUMERIC, "C");
    assert_int_equal(trb_mask_count(plain), trb_mask_count(other));
    assert_int_equal(trb_mask_count(plain), trb_mask_count_and(plain, other));
    trb_mask_destroy(plain);
    trb_mask_destroy(other);
}

/* ---- mask files ---- */

/* Write a mask under the name in the scratch folder. The path: static. */
static const char *write_mask(const trb_mask *mask, const char *name)
{
    static char path[5000];
    const trb_write_options options = trb_write_options_default();
    snprintf(path, sizeof path, "%s/%s", testing_scratch(), name);
    CHECK_OK(trb_mask_write(path, mask, &options, err));
    return path;
}

static trb_mask *mask_on(const trb_grid *grid, double density)
{
    trb_mask *mask = testing_random_mask(grid->nx, grid->ny, grid->nz, density, 5);
    mask->grid = *grid;
    return mask;
}

static void a_mask_file_of_the_same_size_is_taken_voxel_by_voxel(void **state)
{
    (void)state;
    static const char *const name[] = {"mask.tif", "mask.nrrd", "mask.mha"};
    for (int i = 0; i < 3; i++) {
        trb_mask *mask = mask_on(&SMALL, 0.4);
        trb_mask *read = voi_of(write_mask(mask, name[i]), &SMALL);
        assert_memory_equal(mask->bits, read->bits, mask->words_per_row * 50 * 40 * sizeof *mask->bits);
        trb_mask_destroy(mask);
        trb_mask_destroy(read);
    }
}

static void every_value_but_zero_is_inside(void **state)
{
    (void)state;
    char path[5000];
    trb_volume *volume = NULL;
    const trb_write_options options = trb_write_options_default();
    CHECK_OK(trb_volume_create(&SMALL, TRB_F32, &volume, err));
    for (size_t i = 0; i < 70 * 50 * 40; i++)
        ((float *)volume->voxels)[i] = i % 5 ? 0 : i % 2 ? -1e-30F : 0.5F;
    snprintf(path, sizeof path, "%s/grey-mask.mha", testing_scratch());
    CHECK_OK(trb_volume_write(path, volume, &options, err));
    trb_mask *mask = voi_of(path, &SMALL);
    assert_int_equal(70 * 50 * 40 / 5, trb_mask_count(mask));
    assert_int_equal(1, trb_mask_get(mask, 5, 0, 0));
    trb_mask_destroy(mask);
    trb_volume_destroy(volume);
}

static void a_mask_of_another_size_is_refused_and_both_are_shown(void **state)
{
    (void)state;
    for (int axis = 0; axis < 3; axis++) {
        trb_grid grid = SMALL;
        char name[20];
        *(axis == 0 ? &grid.nx : axis == 1 ? &grid.ny : &grid.nz) += 1;
        trb_mask *mask = mask_on(&grid, 0.5);
        snprintf(name, sizeof name, "size%d.tif", axis);
        const char *path = write_mask(mask, name);
        check_refused(path, &SMALL, TRB_ERR_ARGUMENT, axis == 0   ? "71 x 50 x 40"
                                                      : axis == 1 ? "70 x 51 x 40"
                                                                  : "70 x 50 x 41");
        check_refused(path, &SMALL, TRB_ERR_ARGUMENT, "the image 70 x 50 x 40");
        trb_mask_destroy(mask);
    }
}

static void a_mask_of_another_voxel_size_is_refused_and_both_are_shown(void **state)
{
    (void)state;
    for (int axis = 0; axis < 3; axis++) {
        trb_grid grid = SMALL;
        char name[20];
        grid.spacing_mm[axis] = 0.021;
        trb_mask *mask = mask_on(&grid, 0.5);
        snprintf(name, sizeof name, "spacing%d.mha", axis);
        const char *path = write_mask(mask, name);
        check_refused(path, &SMALL, TRB_ERR_ARGUMENT, "0.021");
        check_refused(path, &SMALL, TRB_ERR_ARGUMENT, "the image of 0.02 x 0.02 x 0.02 mm");
        trb_mask_destroy(mask);
    }
}

/* 0.1 %: what a file loses by rounding passes, and takes the spacing of the image. */
static void a_voxel_size_that_differs_by_rounding_is_taken(void **state)
{
    (void)state;
    trb_grid grid = SMALL;
    grid.spacing_mm[0] = 0.02 * 1.0009;
    trb_mask *mask = mask_on(&grid, 0.5);
    trb_mask_destroy(voi_of(write_mask(mask, "near.mha"), &SMALL));
    trb_mask_destroy(mask);
    grid.spacing_mm[0] = 0.02 * 1.0011;
    mask = mask_on(&grid, 0.5);
    check_refused(write_mask(mask, "far.mha"), &SMALL, TRB_ERR_ARGUMENT, "voxel size");
    trb_mask_destroy(mask);
}

static void an_unknown_voxel_size_fits_every_image(void **state)
{
    (void)state;
    trb_grid unknown = SMALL;
    for (int axis = 0; axis < 3; axis++)
        unknown.spacing_mm[axis] = 0;
    trb_mask *mask = mask_on(&unknown, 0.5);
    const char *path = write_mask(mask, "unknown.tif");
    trb_mask_destroy(voi_of(path, &SMALL));
    trb_mask_destroy(mask);
    mask = mask_on(&SMALL, 0.5);
    trb_mask_destroy(voi_of(write_mask(mask, "known.tif"), &unknown));
    trb_mask_destroy(mask);
}

static void an_empty_mask_file_is_an_empty_voi(void **state)
{
    (void)state;
    trb_mask *mask = mask_on(&SMALL, 0);
    trb_mask *read = voi_of(write_mask(mask, "empty.tif"), &SMALL);
    assert_int_equal(0, trb_mask_count(read));
    trb_mask_destroy(mask);
    trb_mask_destroy(read);
}

static void what_is_neither_shape_nor_file_names_both(void **state)
{
    (void)state;
    check_refused("/there/is/no/such/mask.tif", &SMALL, TRB_ERR_IO, "is no shape (box:");
    check_refused("sphere:1,2,3,4", &SMALL, TRB_ERR_IO, "cylinder:cx,cy,rx,ry,z0:z1");
    check_refused("Box:1:2,3:4,5:6", &SMALL, TRB_ERR_IO, "is no shape");
    char path[5000];
    snprintf(path, sizeof path, "%s/not-an-image.tif", testing_scratch());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs("this is no TIFF", file) >= 0);
    assert_int_equal(0, fclose(file));
    trb_error error = {TRB_OK, ""};
    trb_mask *mask = (trb_mask *)1;
    assert_true(trb_voi_create(path, &SMALL, &mask, &error) != TRB_OK);
    assert_null(mask);
    assert_non_null(strstr(error.text, "not-an-image.tif"));
}

static int remove_scratch(void **state)
{
    (void)state;
    testing_scratch_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_box_holds_first_up_to_but_not_end),
        cmocka_unit_test(boxes_that_are_empty_or_leave_the_image_are_refused),
        cmocka_unit_test(texts_that_are_no_box_say_where_and_what_was_expected),
        cmocka_unit_test(very_long_texts_are_refused_in_a_short_message),
        cmocka_unit_test(the_ellipse_of_the_reference_has_its_voxels),
        cmocka_unit_test(centres_on_the_rim_are_inside_also_with_decimals),
        cmocka_unit_test(many_decimals_are_decided_by_long_double),
        cmocka_unit_test(an_ellipse_over_the_side_is_cut_there),
        cmocka_unit_test(cylinders_that_cannot_be_are_refused),
        cmocka_unit_test(a_comma_locale_changes_nothing),
        cmocka_unit_test(a_mask_file_of_the_same_size_is_taken_voxel_by_voxel),
        cmocka_unit_test(every_value_but_zero_is_inside),
        cmocka_unit_test(a_mask_of_another_size_is_refused_and_both_are_shown),
        cmocka_unit_test(a_mask_of_another_voxel_size_is_refused_and_both_are_shown),
        cmocka_unit_test(a_voxel_size_that_differs_by_rounding_is_taken),
        cmocka_unit_test(an_unknown_voxel_size_fits_every_image),
        cmocka_unit_test(an_empty_mask_file_is_an_empty_voi),
        cmocka_unit_test(what_is_neither_shape_nor_file_names_both),
    };
    return cmocka_run_group_tests(tests, NULL, remove_scratch);
}
