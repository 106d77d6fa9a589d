/* test_roi.c - ImageJ regions: their pixels, their slices, what lies between them, and files that lie. */
#include "support/roi_samples.h"
#include "support/testing.h"

#include "prepare/contour_interpolate.h"
#include "prepare/roi_parse.h"
#include "prepare/roi_set.h"
#include "trabecula/version.h"
#include "trabecula/voi.h"

#include <unistd.h>
#include <zip.h>

static const trb_grid PAGE = {100, 80, 12, {0.01, 0.01, 0.01}, {0, 0, 0}};

static char noted[4000];

static void note(void *user, const char *text)
{
    (void)user;
    snprintf(noted + strlen(noted), sizeof noted - strlen(noted), "%s\n", text);
}

static trb_mask *mask_of(const char *path)
{
    const trb_voi_notes notes = {note, NULL};
    trb_mask *mask = NULL;
    noted[0] = 0;
    CHECK_OK(trb_voi_from_rois(path, &PAGE, &notes, &mask, err));
    return mask;
}

static size_t in_slice(const trb_mask *mask, size_t z)
{
    size_t count = 0;
    for (size_t y = 0; y < mask->grid.ny; y++)
        for (size_t x = 0; x < mask->grid.nx; x++)
            count += (size_t)trb_mask_get(mask, x, y, z);
    return count;
}

/* Pixels of a region without slice; all slices must have them. */
static size_t pixels_of(const roi_bytes *roi)
{
    trb_mask *mask = mask_of(roi_write(roi, "one.roi"));
    const size_t count = in_slice(mask, 0);
    assert_int_equal(count * PAGE.nz, trb_mask_count(mask));
    assert_non_null(strstr(noted, "have no slice"));
    trb_mask_destroy(mask);
    return count;
}

static void check_refused(const char *path, trb_status expected, const char *part)
{
    trb_error error = {TRB_OK, ""};
    trb_mask *mask = (trb_mask *)1;
    const trb_status status = trb_voi_from_rois(path, &PAGE, NULL, &mask, &error);
    assert_null(mask);
    if (status != expected || !strstr(error.text, part))
        fail_msg("%s: %s, not %s with '%s' (%s)", path, trb_status_name(status), trb_status_name(expected), part, error.text);
}

/* ---- pixels: numbers that a pencil gives */

static void a_rectangle_has_its_area(void **state)
{
    (void)state;
    const roi_bytes rect = roi_header(ROI_RECT, 7, 9, 38, 53);
    assert_int_equal(31 * 44, pixels_of(&rect));
}

/* Centres on the hypotenuse x + y = 9 (in whole pixels) lie at its right and lower side: 10 + 9 + ... + 1. */
static void a_right_triangle_takes_the_centres_on_its_hypotenuse(void **state)
{
    (void)state;
    const roi_bytes lower = roi_polygon(ROI_POLYGON, 3, (const int[]){20, 20, 30, 20, 20, 30});
    assert_int_equal(55, pixels_of(&lower));
    /* The same turned by 180 degrees has the hypotenuse at its left and upper side: 9 + ... + 1. */
    const roi_bytes upper = roi_polygon(ROI_POLYGON, 3, (const int[]){30, 30, 20, 30, 30, 20});
    assert_int_equal(45, pixels_of(&upper));
}

static void outlines_through_centres_follow_imagej(void **state)
{
    (void)state;
    /* x from 10.5 to 20.5, y from 5.5 to 8.5: left and upper centres are outside, right and lower ones inside. */
    const roi_bytes box = roi_fine_polygon(ROI_POLYGON, 4, (const float[]){10.5f, 5.5f, 20.5f, 5.5f, 20.5f, 8.5f, 10.5f, 8.5f});
    trb_mask *mask = mask_of(roi_write(&box, "half.roi"));
    assert_int_equal(10 * 3, in_slice(mask, 3));
    assert_int_equal(0, trb_mask_get(mask, 10, 6, 3));
    assert_int_equal(1, trb_mask_get(mask, 20, 6, 3));
    assert_int_equal(0, trb_mask_get(mask, 15, 5, 3));
    assert_int_equal(1, trb_mask_get(mask, 15, 8, 3));
    trb_mask_destroy(mask);
}

static void an_oval_holds_the_centres_of_its_equation(void **state)
{
    (void)state;
    const roi_bytes one = roi_header(ROI_OVAL, 44, 45, 45, 46);
    assert_int_equal(1, pixels_of(&one));
    const roi_bytes two = roi_header(ROI_OVAL, 10, 10, 14, 14); /* 4 x 4 without its corners */
    assert_int_equal(12, pixels_of(&two));
    const roi_bytes large = roi_header(ROI_OVAL, 10, 10, 80, 70);
    const double area = 3.14159265358979 / 4 * 70 * 60;
    CHECK_RELATIVE(area, (double)pixels_of(&large), 0.003);
}

static void holes_and_islands_fill_even_odd(void **state)
{
    (void)state;
    static const float path[] = {0, 10, 10, 1, 50, 10, 1, 50, 40, 1, 10, 40, 4,  /* 40 x 30 */
                                 0, 20, 15, 1, 20, 35, 1, 40, 35, 1, 40, 15, 4,  /* less 20 x 20 */
                                 0, 25, 20, 1, 30, 20, 1, 30, 25, 1, 25, 25, 4}; /* and 5 x 5 in it */
    const roi_bytes roi = roi_composite(sizeof path / sizeof *path, path);
    assert_int_equal(40 * 30 - 20 * 20 + 5 * 5, pixels_of(&roi));
}

/* A quadratic parabola over a chord of 60 with height 20 (control point at 40) holds 2/3 * 60 * 20. */
static void curves_hold_their_area(void **state)
{
    (void)state;
    static const float quadratic[] = {0, 20, 60, 2, 50, 20, 80, 60, 4};
    const roi_bytes two = roi_composite(sizeof quadratic / sizeof *quadratic, quadratic);
    CHECK_RELATIVE(800, (double)pixels_of(&two), 0.01);
    /* The same curve raised to degree 3. */
    static const float cubic[] = {0, 20, 60, 3, 40, 33.333333f, 60, 33.333333f, 80, 60, 4};
    const roi_bytes three = roi_composite(sizeof cubic / sizeof *cubic, cubic);
    assert_int_equal(pixels_of(&two), pixels_of(&three));
}

static void turned_shapes_have_their_areas(void **state)
{
    (void)state;
    roi_bytes turned = roi_header(ROI_FREEHAND, 0, 0, 1, 1);
    const float axis[] = {20, 20, 80, 60};
    for (size_t i = 0; i < 4; i++)
        roi_put_float(&turned, 18 + 4 * i, axis[i]);
    const double length = sqrt(60.0 * 60 + 40 * 40);
    roi_put(&turned, 48, 2, 3);
    roi_put_float(&turned, 52, 0.5f);
    CHECK_RELATIVE(3.14159265358979 / 4 * length * length * 0.5 * 36 / 3.14159265358979 * sin(3.14159265358979 / 36),
                   (double)pixels_of(&turned), 0.004); /* of a polygon with 72 corners */
    roi_put(&turned, 48, 2, 5);
    roi_put_float(&turned, 52, 25);
    CHECK_RELATIVE(length * 25, (double)pixels_of(&turned), 0.004);
}

static void freehand_and_traced_are_polygons(void **state)
{
    (void)state;
    const int stairs[] = {10, 10, 20, 10, 20, 15, 30, 15, 30, 30, 10, 30};
    for (int type = ROI_FREEHAND; type <= ROI_TRACED; type++) {
        const roi_bytes roi = roi_polygon(type, 6, stairs);
        assert_int_equal(10 * 5 + 20 * 15, pixels_of(&roi));
    }
}

/* ---- where */

static void what_reaches_over_the_side_is_cut_and_told(void **state)
{
    (void)state;
    const roi_bytes rect = roi_header(ROI_RECT, -10, -5, 20, 15);
    assert_int_equal(20 * 15, pixels_of(&rect));
    assert_non_null(strstr(noted, "reach over the side"));
    const roi_bytes wide = roi_fine_polygon(ROI_POLYGON, 4, (const float[]){-50, -50, 900, -50, 900, 900, -50, 900});
    assert_int_equal(100 * 80, pixels_of(&wide));
    const roi_bytes oval = roi_header(ROI_OVAL, -20, -20, 20, 20);
    assert_true(pixels_of(&oval) > 300 && pixels_of(&oval) < 320); /* a quarter of pi 20^2 */
}

static void what_lies_wholly_outside_is_refused(void **state)
{
    (void)state;
    static const int boxes[][4] = {{100, 0, 110, 10}, {-10, 0, 0, 10}, {0, 80, 10, 90}, {0, -9, 10, 0}};
    for (size_t i = 0; i < 4; i++) {
        const roi_bytes rect = roi_header(ROI_RECT, boxes[i][0], boxes[i][1], boxes[i][2], boxes[i][3]);
        check_refused(roi_write(&rect, "outside.roi"), TRB_ERR_ARGUMENT, "region 'outside' lies outside the image");
    }
    roi_bytes late = roi_header(ROI_RECT, 0, 0, 10, 10);
    roi_put(&late, 56, 4, 13);
    check_refused(roi_write(&late, "late.roi"), TRB_ERR_ARGUMENT, "slice 13, and the image has 12");
}

static size_t slice_of(const roi_bytes *roi, const char *name)
{
    trb_roi read;
    CHECK_OK(trb_roi_parse(roi->bytes, roi->count, name, &read, err));
    const size_t slice = read.slice;
    trb_roi_clear(&read);
    return slice;
}

static void the_slice_comes_from_header2_position_or_name(void **state)
{
    (void)state;
    roi_bytes roi = roi_header(ROI_RECT, 0, 0, 10, 10);
    assert_int_equal(0, slice_of(&roi, "a.roi"));
    assert_int_equal(7, slice_of(&roi, "set/0007-0234-0345.roi"));
    assert_int_equal(12, slice_of(&roi, "0012-0234-0345-1.roi"));
    assert_int_equal(0, slice_of(&roi, "0234-0345.roi")); /* y and x */
    assert_int_equal(0, slice_of(&roi, "2024-01-02.roi"));
    assert_int_equal(0, slice_of(&roi, "0007-0234-0345x.roi"));
    roi_put(&roi, 56, 4, 5);
    assert_int_equal(5, slice_of(&roi, "0007-0234-0345.roi"));
    roi_bytes hyper = roi;
    roi_add_header2(&hyper, 9, 1, "femur");
    assert_int_equal(9, slice_of(&hyper, "0007-0234-0345.roi"));
    roi_bytes series = roi; /* a stack that ImageJ took for time points */
    roi_add_header2(&series, 1, 8, "femur");
    assert_int_equal(8, slice_of(&series, "a.roi"));
    roi_bytes none = roi;
    roi_add_header2(&none, 0, 0, "femur");
    assert_int_equal(5, slice_of(&none, "a.roi"));
    roi_bytes named = roi_header(ROI_RECT, 0, 0, 10, 10);
    roi_add_header2(&named, 0, 0, "0011-0020-0030");
    assert_int_equal(11, slice_of(&named, "a.roi"));
}

/* ---- between drawn slices */

/* Squares of 10 and 20 pixels about one centre: along the middle row the wall moves 5 pixels, 5 t at t of the way. A wall
 * at a pixel's centre holds it: 10 + 2 floor(5 t + 1/2). */
static void squares_grow_linearly(void **state)
{
    (void)state;
    const trb_grid grid = {100, 100, 11, {1, 1, 1}, {0, 0, 0}};
    trb_mask *mask = NULL;
    CHECK_OK(trb_mask_create(&grid, &mask, err));
    for (size_t y = 45; y < 55; y++)
        for (size_t x = 45; x < 55; x++)
            trb_mask_set(mask, x, y, 0, 1);
    for (size_t y = 40; y < 60; y++)
        for (size_t x = 40; x < 60; x++)
            trb_mask_set(mask, x, y, 10, 1);
    size_t empty = 9;
    CHECK_OK(trb_contour_interpolate(mask, (const size_t[]){0, 10}, 2, &empty, err));
    assert_int_equal(0, empty);
    for (size_t z = 0; z <= 10; z++) {
        size_t width = 0;
        for (size_t x = 0; x < 100; x++)
            width += (size_t)trb_mask_get(mask, x, 50, z);
        assert_int_equal(10 + 2 * (size_t)floor(0.5 * (double)z + 0.5), width);
    }
    trb_mask_destroy(mask);
}

static double slow_signed(const trb_mask *mask, size_t x, size_t y, size_t z, double aspect)
{
    const int side = trb_mask_get(mask, x, y, z);
    double best = INFINITY;
    for (size_t j = 0; j < mask->grid.ny; j++)
        for (size_t i = 0; i < mask->grid.nx; i++)
            if (trb_mask_get(mask, i, j, z) != side)
                best = fmin(best, hypot((double)i - (double)x, ((double)j - (double)y) * aspect));
    return side ? best - 0.5 : 0.5 - best;
}

/* Every pixel against all pairs, for blobs with holes and unequal pixels. A blend nearer to 0 than rounding is left out. */
static void blending_is_that_of_all_pairs(void **state)
{
    (void)state;
    for (int round = 0; round < 6; round++) {
        const trb_grid grid = {37, 29, 5, {1, round & 1 ? 1.7 : 1, 1}, {0, 0, 0}};
        trb_mask *noise = testing_random_mask(37, 29, 5, 0.05 + 0.15 * round, (uint64_t)round + 3), *mask = NULL;
        CHECK_OK(trb_mask_create(&grid, &mask, err));
        for (size_t y = 0; y < 29; y++)
            for (size_t x = 0; x < 37; x++) {
                trb_mask_set(mask, x, y, 0, trb_mask_get(noise, x, y, 0));
                trb_mask_set(mask, x, y, 4, trb_mask_get(noise, x, y, 4));
            }
        size_t empty, decided = 0;
        CHECK_OK(trb_contour_interpolate(mask, (const size_t[]){0, 4}, 2, &empty, err));
        for (size_t z = 1; z < 4; z++)
            for (size_t y = 0; y < 29; y++)
                for (size_t x = 0; x < 37; x++) {
                    const double blend = (double)(4 - z) * slow_signed(mask, x, y, 0, grid.spacing_mm[1]) +
                                         (double)z * slow_signed(mask, x, y, 4, grid.spacing_mm[1]);
                    if (fabs(blend) < 1e-5)
                        continue;
                    decided++;
                    assert_int_equal(blend > 0, trb_mask_get(mask, x, y, z));
                }
        assert_true(decided > 1500);
        trb_mask_destroy(noise);
        trb_mask_destroy(mask);
    }
}

/* ---- sets in a zip */

static const char *write_zip(const char *name, size_t n, const roi_bytes *rois, const char *const *names)
{
    static char path[5000];
    snprintf(path, sizeof path, "%s/%s", testing_scratch(), name);
    unlink(path);
    int code = 0;
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_EXCL, &code);
    assert_non_null(zip);
    for (size_t i = 0; i < n; i++) {
        zip_source_t *source = zip_source_buffer(zip, rois[i].bytes, rois[i].count, 0);
        assert_true(zip_file_add(zip, names[i], source, 0) >= 0);
    }
    assert_int_equal(0, zip_close(zip));
    return path;
}

static void a_set_is_drawn_slices_and_what_lies_between(void **state)
{
    (void)state;
    roi_bytes rois[5];
    rois[0] = roi_header(ROI_RECT, 10, 10, 30, 30);
    roi_put(&rois[0], 56, 4, 3);
    rois[1] = roi_header(ROI_RECT, 60, 10, 80, 30);
    roi_put(&rois[1], 56, 4, 3);
    rois[2] = roi_header(ROI_RECT, 10, 10, 30, 30);
    rois[3] = roi_header(ROI_POINT, 10, 10, 11, 11);
    rois[4] = roi_header(ROI_RECT, 0, 0, 1, 1);
    const char *const names[] = {"a.roi", "b.ROI", "0009-0020-0020.roi", "point.roi", "readme.txt"};
    const trb_voi_notes notes = {note, NULL};
    trb_mask *mask = NULL;
    noted[0] = 0;
    CHECK_OK(trb_voi_from_rois(write_zip("set.zip", 5, rois, names), &PAGE, &notes, &mask, err));
    assert_int_equal(0, in_slice(mask, 1));
    assert_int_equal(2 * 400, in_slice(mask, 2)); /* two regions of a slice add up */
    for (size_t z = 3; z < 8; z++)
        assert_true(in_slice(mask, z) >= 400 && in_slice(mask, z) <= 800);
    assert_int_equal(400, in_slice(mask, 7)); /* the second has gone, the first is unchanged */
    assert_int_equal(400, in_slice(mask, 8));
    assert_int_equal(0, in_slice(mask, 9));
    assert_non_null(strstr(noted, "1 regions were left out: point.roi"));
    assert_non_null(strstr(noted, "drawn on 2 slices, 3 to 9"));
    trb_mask_destroy(mask);
}

/* The ellipse of the reference, traced along the borders of its pixels on its first and last slice. */
static void a_traced_outline_gives_the_reference_voi(void **state)
{
    (void)state;
    trb_mask *expected = testing_ellipse_voi(), *mask = NULL;
    int xy[2 * 600], n = 0;
    for (int side = 0; side < 2; side++) /* down on the right, up on the left */
        for (int k = 40; k <= 160; k++) {
            const int y = side ? 200 - k : k;
            int first = 200, last = 0;
            for (int x = 0; x < 200; x++)
                if (9 * (x - 100) * (x - 100) + 16 * (y - 100) * (y - 100) <= 57600) {
                    first = x < first ? x : first;
                    last = x;
                }
            const int x = side ? first : last + 1;
            xy[2 * n] = x, xy[2 * n++ + 1] = y + side;
            xy[2 * n] = x, xy[2 * n++ + 1] = y + 1 - side;
        }
    roi_bytes rois[2];
    rois[0] = rois[1] = roi_polygon(ROI_TRACED, (size_t)n, xy);
    roi_put(&rois[0], 56, 4, 21);
    roi_put(&rois[1], 56, 4, 180);
    const char *path = write_zip("traced.zip", 2, rois, (const char *const[]){"a.roi", "b.roi"});
    CHECK_OK(trb_voi_from_rois(path, &expected->grid, NULL, &mask, err));
    assert_memory_equal(expected->bits, mask->bits, mask->words_per_row * 200 * 200 * sizeof *mask->bits);
    trb_mask_destroy(mask);
    trb_mask_destroy(expected);
}

static void any_number_of_threads_gives_the_same(void **state)
{
    (void)state;
    roi_bytes rois[2];
    rois[0] = roi_header(ROI_OVAL, 10, 10, 70, 60);
    roi_put(&rois[0], 56, 4, 1);
    rois[1] = roi_polygon(ROI_POLYGON, 5, (const int[]){50, 5, 75, 75, 8, 35, 92, 35, 25, 75});
    roi_put(&rois[1], 56, 4, 12);
    const char *path = write_zip("threads.zip", 2, rois, (const char *const[]){"a.roi", "b.roi"});
    const int before = trb_threads();
    trb_threads_set(1);
    trb_mask *one = mask_of(path);
    trb_threads_set(5);
    trb_mask *five = mask_of(path);
    trb_threads_set(before);
    assert_memory_equal(one->bits, five->bits, one->words_per_row * 80 * 12 * 8);
    trb_mask_destroy(one);
    trb_mask_destroy(five);
}

static void zips_that_are_bombs_or_lie_are_refused(void **state)
{
    (void)state;
    static uint8_t zeros[(8 << 20) + 1];
    char path[5000];
    int code = 0;
    snprintf(path, sizeof path, "%s/bomb.zip", testing_scratch());
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_EXCL, &code);
    assert_true(zip_file_add(zip, "bomb.roi", zip_source_buffer(zip, zeros, sizeof zeros, 0), 0) >= 0);
    assert_int_equal(0, zip_close(zip));
    check_refused(path, TRB_ERR_UNSUPPORTED, "bomb.roi: it has 8388609 bytes");

    snprintf(path, sizeof path, "%s/many.zip", testing_scratch());
    zip = zip_open(path, ZIP_CREATE | ZIP_EXCL, &code);
    for (int i = 0; i < 9; i++) { /* each within the limit, together not */
        char name[20];
        snprintf(name, sizeof name, "%d.roi", i);
        memcpy(zeros, "Iout", 4);
        zeros[6] = ROI_RECT, zeros[13] = zeros[15] = 10;
        assert_true(zip_file_add(zip, name, zip_source_buffer(zip, zeros, 8 << 20, 0), 0) >= 0);
    }
    assert_int_equal(0, zip_close(zip));
    check_refused(path, TRB_ERR_UNSUPPORTED, "more than 64 MiB");

    snprintf(path, sizeof path, "%s/entries.zip", testing_scratch());
    zip = zip_open(path, ZIP_CREATE | ZIP_EXCL, &code);
    for (int i = 0; i < 20001; i++) {
        char name[20];
        snprintf(name, sizeof name, "%d.txt", i);
        assert_true(zip_file_add(zip, name, zip_source_buffer(zip, zeros, 0, 0), 0) >= 0);
    }
    assert_int_equal(0, zip_close(zip));
    check_refused(path, TRB_ERR_UNSUPPORTED, "20001 entries");

    const roi_bytes rect = roi_header(ROI_RECT, 0, 0, 10, 10);
    const char *good = write_zip("lie.zip", 1, &rect, (const char *const[]){"a.roi"});
    FILE *file = fopen(good, "rb");
    uint8_t bytes[4096];
    const size_t count = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t cut = 4; cut < count; cut += 3) { /* cut short anywhere */
        file = fopen(good, "wb");
        assert_int_equal(cut, fwrite(bytes, 1, cut, file));
        fclose(file);
        check_refused(good, TRB_ERR_FORMAT, "zip");
    }
    const char *empty = write_zip("none.zip", 1, &rect, (const char *const[]){"a.txt"});
    check_refused(empty, TRB_ERR_FORMAT, "holds no .roi");
}

/* ---- files that lie */

static void every_sample(size_t which, roi_bytes *roi)
{
    static const float path[] = {0, 10, 10, 2, 50, 10, 50, 40, 3, 10, 40, 9, 39, 8, 38, 4};
    switch (which) {
    case 0: *roi = roi_header(ROI_RECT, 1, 2, 30, 40); break;
    case 1: *roi = roi_header(ROI_OVAL, 1, 2, 30, 40); break;
    case 2: *roi = roi_polygon(ROI_POLYGON, 3, (const int[]){1, 1, 9, 2, 3, 9}); break;
    case 3: *roi = roi_fine_polygon(ROI_FREEHAND, 3, (const float[]){1, 1, 9, 2, 3, 9}); break;
    default: *roi = roi_composite(sizeof path / sizeof *path, path);
    }
    if (which != 1)
        roi_add_header2(roi, 3, 1, "name");
}

/* Copies of the exact size, so that a read behind the end is seen by the sanitizers. */
static trb_status parse_exactly(const uint8_t *bytes, size_t count)
{
    uint8_t *copy = malloc(count ? count : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, count);
    trb_roi roi;
    trb_error error = {TRB_OK, ""};
    const trb_status status = trb_roi_parse(copy, count, "x.roi", &roi, &error);
    assert_true(status == TRB_OK || error.text[0]);
    if (status == TRB_OK)
        assert_true(roi.oval || roi.n_points >= 3);
    trb_roi_clear(&roi);
    free(copy);
    return status;
}

static void cut_and_changed_files_end_as_errors(void **state)
{
    (void)state;
    for (size_t which = 0; which < 5; which++) {
        roi_bytes roi;
        every_sample(which, &roi);
        assert_int_equal(TRB_OK, parse_exactly(roi.bytes, roi.count));
        for (size_t cut = 0; cut < roi.count; cut++)
            if (cut < 64)
                assert_int_equal(TRB_ERR_FORMAT, parse_exactly(roi.bytes, cut));
            else
                (void)!parse_exactly(roi.bytes, cut);
        for (size_t i = 0; i < roi.count; i++)
            for (int value = 0; value < 256; value += value == 0 ? 1 : value == 1 ? 126 : 64) {
                roi_bytes changed = roi;
                changed.bytes[i] = (uint8_t)value;
                (void)!parse_exactly(changed.bytes, changed.count);
            }
    }
}

static void what_cannot_be_a_voi_says_why(void **state)
{
    (void)state;
    roi_bytes roi = roi_header(ROI_LINE, 0, 0, 10, 10);
    check_refused(roi_write(&roi, "line.roi"), TRB_ERR_UNSUPPORTED, "a line is no area");
    roi = roi_header(ROI_ANGLE, 0, 0, 10, 10);
    check_refused(roi_write(&roi, "angle.roi"), TRB_ERR_UNSUPPORTED, "an angle is no area");
    roi = roi_header(ROI_RECT, 0, 0, 10, 10);
    roi_put(&roi, 48, 2, 1);
    check_refused(roi_write(&roi, "text.roi"), TRB_ERR_UNSUPPORTED, "a text is no area");
    roi = roi_polygon(ROI_POLYGON, 3, (const int[]){1, 1, 9, 2, 3, 9});
    roi_put(&roi, 50, 2, 1);
    check_refused(roi_write(&roi, "spline.roi"), TRB_ERR_UNSUPPORTED, "spline");
    roi = roi_header(ROI_RECT, 0, 0, 10, 10);
    roi_put(&roi, 54, 2, 5);
    check_refused(roi_write(&roi, "round.roi"), TRB_ERR_UNSUPPORTED, "round corners");
    roi = roi_header(ROI_RECT, 5, 5, 5, 9);
    check_refused(roi_write(&roi, "empty.roi"), TRB_ERR_FORMAT, "holds nothing");
    roi = roi_header(ROI_POLYGON, 0, 0, 10, 10);
    roi_put(&roi, 16, 2, 65535);
    check_refused(roi_write(&roi, "lies.roi"), TRB_ERR_FORMAT, "65535 points do not fit");
    roi_put(&roi, 16, 2, 0);
    roi_put(&roi, 18, 4, 0x7fffffff);
    check_refused(roi_write(&roi, "lies.roi"), TRB_ERR_FORMAT, "2147483647 points do not fit");
    roi = roi_fine_polygon(ROI_POLYGON, 3, (const float[]){1, 1, NAN, 2, 3, 9});
    check_refused(roi_write(&roi, "nan.roi"), TRB_ERR_FORMAT, "point 2 lies at nan");
    roi = roi_composite(3, (const float[]){1, 5, 5});
    check_refused(roi_write(&roi, "path.roi"), TRB_ERR_FORMAT, "does not begin with a move");
    roi = roi_composite(4, (const float[]){0, 5, 5, 7});
    check_refused(roi_write(&roi, "path.roi"), TRB_ERR_FORMAT, "the step 7");
    roi = roi_header(11, 0, 0, 10, 10);
    check_refused(roi_write(&roi, "type.roi"), TRB_ERR_FORMAT, "type 11");
    roi.bytes[0] = 'X';
    check_refused(roi_write(&roi, "magic.roi"), TRB_ERR_FORMAT, "Iout");
    check_refused("/there/is/no.roi", TRB_ERR_IO, "cannot be opened");
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
        cmocka_unit_test(a_rectangle_has_its_area),
        cmocka_unit_test(a_right_triangle_takes_the_centres_on_its_hypotenuse),
        cmocka_unit_test(outlines_through_centres_follow_imagej),
        cmocka_unit_test(an_oval_holds_the_centres_of_its_equation),
        cmocka_unit_test(holes_and_islands_fill_even_odd),
        cmocka_unit_test(curves_hold_their_area),
        cmocka_unit_test(turned_shapes_have_their_areas),
        cmocka_unit_test(freehand_and_traced_are_polygons),
        cmocka_unit_test(what_reaches_over_the_side_is_cut_and_told),
        cmocka_unit_test(what_lies_wholly_outside_is_refused),
        cmocka_unit_test(the_slice_comes_from_header2_position_or_name),
        cmocka_unit_test(squares_grow_linearly),
        cmocka_unit_test(blending_is_that_of_all_pairs),
        cmocka_unit_test(a_set_is_drawn_slices_and_what_lies_between),
        cmocka_unit_test(a_traced_outline_gives_the_reference_voi),
        cmocka_unit_test(any_number_of_threads_gives_the_same),
        cmocka_unit_test(zips_that_are_bombs_or_lie_are_refused),
        cmocka_unit_test(cut_and_changed_files_end_as_errors),
        cmocka_unit_test(what_cannot_be_a_voi_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, remove_scratch);
}
