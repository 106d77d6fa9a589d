/* test_voi_rules.c - labels, masks placed by their origin, margins, slabs from a landmark, several VOIs in one. */
#include "support/testing.h"

#include "trabecula/settings.h"
#include "trabecula/version.h"
#include "trabecula/voi.h"

static const trb_grid SCAN = {60, 50, 90, {0.02, 0.02, 0.02}, {5, 6, 7}};

static char noted[2000];

static void note(void *user, const char *text)
{
    (void)user;
    snprintf(noted + strlen(noted), sizeof noted - strlen(noted), "%s\n", text);
}
static const trb_voi_notes NOTES = {note, NULL};

static trb_mask *build(const char *text, const trb_voi_rules *rules)
{
    trb_mask *mask = NULL;
    noted[0] = 0;
    CHECK_OK(trb_voi_build(text, rules, &SCAN, NULL, NULL, &NOTES, &mask, err));
    assert_non_null(mask);
    return mask;
}

static void check_refused(const char *text, const trb_voi_rules *rules, const char *part)
{
    trb_error error = {TRB_OK, ""};
    trb_mask *mask = (trb_mask *)1;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_voi_build(text, rules, &SCAN, NULL, NULL, NULL, &mask, &error));
    assert_null(mask);
    if (!strstr(error.text, part))
        fail_msg("'%s' is not in '%s'", part, error.text);
}

static void check_box(const trb_mask *mask, size_t x0, size_t x1, size_t y0, size_t y1, size_t z0, size_t z1)
{
    trb_box bounds;
    assert_true(trb_mask_bounds(mask, &bounds));
    const size_t expected[6] = {x0, y0, z0, x1, y1, z1};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(expected[i], bounds.lo[i]);
        assert_int_equal(expected[i + 3], bounds.hi[i]);
    }
    assert_int_equal((x1 - x0) * (y1 - y0) * (z1 - z0), trb_mask_count(mask));
}

static const char *in_scratch(const char *name)
{
    static char paths[4][5000];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", testing_scratch(), name);
    return path;
}

/* ---- several in one */

static void parts_are_joined_from_left_to_right(void **state)
{
    (void)state;
    const trb_voi_rules none = trb_voi_rules_default();
    trb_mask *mask = build("box:0:40,0:50,0:90;and:box:10:60,5:45,20:80", &none);
    check_box(mask, 10, 40, 5, 45, 20, 80);
    trb_mask_destroy(mask);
    mask = build("box:0:40,0:50,0:90;minus:box:10:60,0:50,0:90", &none);
    check_box(mask, 0, 10, 0, 50, 0, 90);
    trb_mask_destroy(mask);
    mask = build("box:0:40,0:50,0:90;minus:box:10:60,0:50,0:90;and:box:0:60,0:50,3:4", &none);
    check_box(mask, 0, 10, 0, 50, 3, 4);
    trb_mask_destroy(mask);
    check_refused("box:0:40,0:50,0:90;and:", &none, "a part is empty");
    check_refused(";and:box:0:40,0:50,0:90", &none, "a part is empty");
    check_refused("box:0:40,0:50,0:90;minus:box:0:99,0:50,0:90", &none, "x 0:99");
    char much[3000] = "box:0:40,0:50,0:90;and:";
    memset(much + strlen(much), 'x', 2000);
    check_refused(much, &none, "more than 1023 characters");
    trb_mask *nothing = (trb_mask *)1;
    CHECK_OK(trb_voi_build("", &none, &SCAN, NULL, NULL, NULL, &nothing, err));
    assert_null(nothing);
}

static void parts_can_be_listed(void **state)
{
    (void)state;
    char part[100];
    bool minus;
    const char *text = "a.tif;and:box:1:2,3:4,5:6;minus:b;c.roi";
    assert_true(trb_voi_part(text, 0, part, sizeof part, &minus));
    assert_string_equal("a.tif", part);
    assert_false(minus);
    assert_true(trb_voi_part_is_file(part));
    assert_true(trb_voi_part(text, 1, part, sizeof part, &minus));
    assert_string_equal("box:1:2,3:4,5:6", part);
    assert_false(minus || trb_voi_part_is_file(part));
    assert_true(trb_voi_part(text, 2, part, sizeof part, &minus));
    assert_string_equal("b;c.roi", part);
    assert_true(minus);
    assert_false(trb_voi_part(text, 3, part, sizeof part, &minus));
    assert_false(trb_voi_part(text, 2, part, 7, &minus));
    assert_false(trb_voi_part_is_file("auto") || trb_voi_part_is_file("auto:cortical"));
}

static trb_status make_special(void *user, const char *text, const trb_grid *grid, trb_mask **out, trb_error *err)
{
    *(const char **)user = text[4] ? "cortical" : "plain";
    return trb_voi_box(grid, &(trb_box){{1, 1, 1}, {4, 4, 4}}, out, err);
}

static void special_vois_can_be_parts(void **state)
{
    (void)state;
    const char *seen = NULL;
    const trb_voi_special special = {make_special, &seen};
    const trb_voi_rules none = trb_voi_rules_default();
    trb_mask *mask = NULL;
    CHECK_OK(trb_voi_build("auto:cortical;and:box:2:9,0:9,0:9", &none, &SCAN, NULL, &special, NULL, &mask, err));
    assert_string_equal("cortical", seen);
    check_box(mask, 2, 4, 1, 4, 1, 4);
    trb_mask_destroy(mask);
}

/* ---- slabs */

static trb_voi_rules slab(size_t landmark, trb_voi_length offset, trb_voi_length height, bool downward)
{
    trb_voi_rules rules = trb_voi_rules_default();
    rules.by_landmark = true;
    rules.landmark = landmark;
    rules.offset = offset;
    rules.height = height;
    rules.downward = downward;
    return rules;
}

static void check_slab(trb_voi_rules rules, size_t z0, size_t z1)
{
    trb_mask *mask = build("", &rules);
    check_box(mask, 0, 60, 0, 50, z0, z1);
    trb_mask_destroy(mask);
    mask = build("box:3:9,4:8,0:90", &rules);
    check_box(mask, 3, 9, 4, 8, z0, z1);
    trb_mask_destroy(mask);
}

static void a_slab_is_counted_from_its_landmark(void **state)
{
    (void)state;
    const trb_voi_length none = {0, TRB_VOI_MM};
    check_slab(slab(20, (trb_voi_length){0.2, TRB_VOI_MM}, (trb_voi_length){1, TRB_VOI_MM}, false), 30, 80); /* 10, 50 slices */
    check_slab(slab(80, (trb_voi_length){0.2, TRB_VOI_MM}, (trb_voi_length){1, TRB_VOI_MM}, true), 21, 71);
    check_slab(slab(20, none, (trb_voi_length){1, TRB_VOI_VOXELS}, false), 20, 21);
    check_slab(slab(20, none, (trb_voi_length){1, TRB_VOI_VOXELS}, true), 20, 21);
    check_slab(slab(0, none, (trb_voi_length){90, TRB_VOI_VOXELS}, false), 0, 90);
    check_slab(slab(89, none, (trb_voi_length){90, TRB_VOI_VOXELS}, true), 0, 90);
    /* 0.109 mm are 5.45 slices, 0.111 mm are 5.55; so is the height */
    check_slab(slab(10, (trb_voi_length){0.109, TRB_VOI_MM}, (trb_voi_length){0.111, TRB_VOI_MM}, false), 15, 21);
    trb_voi_rules percent = slab(10, (trb_voi_length){5, TRB_VOI_PERCENT}, (trb_voi_length){10, TRB_VOI_PERCENT}, false);
    percent.bone_length_mm = 8; /* 0.4 mm and 0.8 mm */
    check_slab(percent, 30, 70);
}

static void slabs_that_cannot_be_are_refused(void **state)
{
    (void)state;
    const trb_voi_length none = {0, TRB_VOI_MM}, ten = {10, TRB_VOI_VOXELS};
    trb_voi_rules rules = slab(85, none, ten, false);
    check_refused("", &rules, "5 of its 10 slices are missing");
    rules = slab(4, none, ten, true);
    check_refused("", &rules, "5 of its 10 slices are missing");
    rules = slab(90, none, ten, true);
    check_refused("", &rules, "slices 0 to 89");
    rules = slab(9, none, none, true);
    check_refused("", &rules, "needs voi-height");
    rules = slab(9, none, (trb_voi_length){0.009, TRB_VOI_MM}, true);
    check_refused("", &rules, "less than half a slice");
    rules = slab(9, none, (trb_voi_length){10, TRB_VOI_PERCENT}, false);
    check_refused("", &rules, "bone-length");
    rules = slab(9, none, ten, false);
    rules.by_landmark = false;
    check_refused("", &rules, "give voi-landmark");
}

/* ---- margins: all pairs within reach */

static trb_mask *slow_move(const trb_mask *from, double reach, const double *step, bool grow)
{
    trb_mask *to = NULL;
    CHECK_OK(trb_mask_copy(from, &to, err));
    const trb_grid *g = &from->grid;
    const long r[3] = {(long)(reach / step[0]) + 1, (long)(reach / step[1]) + 1, (long)(reach / step[2]) + 1};
    for (long z = 0; z < (long)g->nz; z++)
        for (long y = 0; y < (long)g->ny; y++)
            for (long x = 0; x < (long)g->nx; x++) {
                if (trb_mask_get(from, (size_t)x, (size_t)y, (size_t)z) == grow)
                    continue;
                bool meets = false;
                for (long k = -r[2]; k <= r[2] && !meets; k++)
                    for (long j = -r[1]; j <= r[1] && !meets; j++)
                        for (long i = -r[0]; i <= r[0] && !meets; i++) {
                            const double a = (double)i * step[0], b = (double)j * step[1], c = (double)k * step[2];
                            if (a * a + b * b + c * c > reach * reach * (1 + 1e-7))
                                continue;
                            const long X = x + i, Y = y + j, Z = z + k;
                            const bool in = X >= 0 && Y >= 0 && Z >= 0 && X < (long)g->nx && Y < (long)g->ny && Z < (long)g->nz;
                            const int value = in ? trb_mask_get(from, (size_t)X, (size_t)Y, (size_t)Z) : 0;
                            meets = value == grow;
                        }
                if (meets)
                    trb_mask_set(to, (size_t)x, (size_t)y, (size_t)z, grow);
            }
    return to;
}

static void check_same(const trb_mask *a, const trb_mask *b)
{
    assert_memory_equal(a->bits, b->bits, a->words_per_row * a->grid.ny * a->grid.nz * sizeof *a->bits);
}

/* 70 planes: more than are taken at a time, so that every seam is crossed. */
static void margins_are_those_of_a_ball(void **state)
{
    (void)state;
    static const double lengths[] = {1, 1.5, 2, 3, 5.4};
    const int before = trb_threads();
    for (int grow = 0; grow < 2; grow++)
        for (size_t i = 0; i < 5; i++) {
            const trb_voi_length by = {lengths[i], TRB_VOI_VOXELS};
            trb_mask *noise = testing_random_mask(21, 17, 70, grow ? 0.002 : 0.998, 11 + i), *fast = NULL;
            trb_mask *slow = slow_move(noise, lengths[i], (const double[]){1, 1, 1}, grow);
            for (int threads = 1; threads <= 3; threads += 2) {
                trb_threads_set(threads);
                CHECK_OK(trb_mask_copy(noise, &fast, err));
                CHECK_OK(grow ? trb_voi_dilate(fast, &by, err) : trb_voi_erode(fast, &by, err));
                check_same(slow, fast);
                trb_mask_destroy(fast);
            }
            trb_mask_destroy(noise);
            trb_mask_destroy(slow);
        }
    trb_threads_set(before);
}

static void margins_in_mm_follow_each_axis(void **state)
{
    (void)state;
    const double step[3] = {0.02, 0.03, 0.05};
    for (int grow = 0; grow < 2; grow++) {
        const trb_voi_length by = {0.1, TRB_VOI_MM};
        trb_mask *noise = testing_random_mask(21, 17, 60, grow ? 0.001 : 0.999, 5);
        memcpy(noise->grid.spacing_mm, step, sizeof step);
        trb_mask *slow = slow_move(noise, 0.1, step, grow);
        CHECK_OK(grow ? trb_voi_dilate(noise, &by, err) : trb_voi_erode(noise, &by, err));
        check_same(slow, noise);
        trb_mask_destroy(noise);
        trb_mask_destroy(slow);
    }
}

static void a_box_loses_its_margin_also_at_the_sides_of_the_image(void **state)
{
    (void)state;
    trb_voi_rules rules = trb_voi_rules_default();
    rules.erode = (trb_voi_length){0.06, TRB_VOI_MM}; /* exactly 3 voxels */
    trb_mask *mask = build("box:10:40,0:50,0:90", &rules);
    check_box(mask, 13, 37, 3, 47, 3, 87);
    trb_mask_destroy(mask);
    mask = build("", &rules);
    check_box(mask, 3, 57, 3, 47, 3, 87);
    trb_mask_destroy(mask);
    rules.erode.value = 9; /* nothing left */
    mask = build("", &rules);
    assert_int_equal(0, trb_mask_count(mask));
    trb_mask_destroy(mask);
    /* the slab keeps its height: it is cut last */
    rules = slab(20, (trb_voi_length){0, TRB_VOI_MM}, (trb_voi_length){50, TRB_VOI_VOXELS}, false);
    rules.erode = (trb_voi_length){3, TRB_VOI_VOXELS};
    mask = build("box:10:40,10:40,0:90", &rules);
    check_box(mask, 13, 37, 13, 37, 20, 70);
    trb_mask_destroy(mask);
    trb_mask *unknown = testing_random_mask(5, 5, 5, 0.5, 1);
    memset(unknown->grid.spacing_mm, 0, sizeof unknown->grid.spacing_mm);
    trb_error error;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_voi_erode(unknown, &(trb_voi_length){0.1, TRB_VOI_MM}, &error));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_voi_erode(unknown, &(trb_voi_length){5, TRB_VOI_PERCENT}, &error));
    trb_mask_destroy(unknown);
}

/* ---- labels */

static void a_label_is_taken_alone(void **state)
{
    (void)state;
    static const trb_type types[] = {TRB_U8, TRB_U16, TRB_I16, TRB_F32};
    for (size_t t = 0; t < 4; t++) {
        trb_volume *labels = NULL;
        CHECK_OK(trb_volume_create(&SCAN, types[t], &labels, err));
        size_t expected = 0;
        for (size_t z = 0; z < SCAN.nz; z++)
            for (size_t y = 0; y < SCAN.ny; y++)
                for (size_t x = 0; x < SCAN.nx; x++) {
                    const size_t value = (x + 2 * y + 3 * z) % 5;
                    trb_volume_set(labels, x, y, z, (double)value);
                    expected += value == 3;
                }
        const char *path = in_scratch("labels.tif");
        trb_write_options how = trb_write_options_default();
        how.force = true;
        CHECK_OK(trb_volume_write(path, labels, &how, err));
        trb_voi_rules rules = trb_voi_rules_default();
        rules.by_label = true;
        rules.label = 3;
        trb_mask *mask = build(path, &rules);
        assert_int_equal(expected, trb_mask_count(mask));
        assert_int_equal(1, trb_mask_get(mask, 3, 0, 0));
        trb_mask_destroy(mask);
        rules.label = 7;
        check_refused(path, &rules, "no voxel has the label 7; there are 1, 2, 3, 4");
        check_refused("box:0:1,0:1,0:1", &rules, "names no file");
        check_refused("", &rules, "--voi");
        trb_volume_destroy(labels);
    }
}

/* ---- masks that lie elsewhere */

/* A solid mask of a size, its first voxel at voxel (at) of the scan. */
static const char *write_at(const char *name, size_t nx, size_t ny, size_t nz, const double at[3])
{
    trb_grid grid = {nx, ny, nz, {0.02, 0.02, 0.02}, {0, 0, 0}};
    for (int axis = 0; axis < 3; axis++)
        grid.origin_mm[axis] = SCAN.origin_mm[axis] + at[axis] * 0.02;
    trb_mask *mask = NULL;
    CHECK_OK(trb_voi_box(&grid, &(trb_box){{0, 0, 0}, {nx, ny, nz}}, &mask, err));
    const char *path = in_scratch(name);
    trb_write_options how = trb_write_options_default();
    how.force = true;
    CHECK_OK(trb_mask_write(path, mask, &how, err));
    trb_mask_destroy(mask);
    return path;
}

static void a_smaller_mask_is_placed_by_its_origin(void **state)
{
    (void)state;
    static const char *const names[] = {"part.mha", "part.nrrd", "part.nii.gz", "part.tif"};
    const trb_voi_rules none = trb_voi_rules_default();
    for (size_t i = 0; i < 4; i++) {
        trb_mask *mask = build(write_at(names[i], 10, 20, 40, (const double[]){12, 3, 41}), &none);
        check_box(mask, 12, 22, 3, 23, 41, 81);
        assert_non_null(strstr(noted, "first voxel is 12,3,41"));
        trb_mask_destroy(mask);
    }
    /* larger than the image on all sides, and over one side */
    trb_mask *mask = build(write_at("large.mha", 80, 70, 110, (const double[]){-10, -10, -10}), &none);
    check_box(mask, 0, 60, 0, 50, 0, 90);
    assert_non_null(strstr(noted, "beside the image"));
    trb_mask_destroy(mask);
    mask = build(write_at("over.mha", 10, 50, 90, (const double[]){55, 0, 0}), &none);
    check_box(mask, 55, 60, 0, 50, 0, 90);
    trb_mask_destroy(mask);
    mask = build(write_at("same.mha", 60, 50, 90, (const double[]){0, 0, 30}), &none); /* same size, elsewhere */
    check_box(mask, 0, 60, 0, 50, 30, 90);
    trb_mask_destroy(mask);
}

static void masks_that_do_not_fit_show_both_grids(void **state)
{
    (void)state;
    const trb_voi_rules none = trb_voi_rules_default();
    check_refused(write_at("off.mha", 10, 20, 40, (const double[]){12.4, 3, 41}), &none,
                  "10 x 20 x 40 voxels from 5.248,6.06,7.82 mm, the image 60 x 50 x 90 from 5,6,7 mm: their origins do not");
    check_refused(write_at("away.mha", 10, 20, 40, (const double[]){60, 3, 41}), &none, "do not meet");
    check_refused(write_at("corner.mha", 10, 20, 40, (const double[]){0, 0, 0}), &none, "10 x 20 x 40 voxels, the image 60 x 50 x 90");
}

/* ImageJ writes no origin: of the same size it lies on the image. */
static void a_mask_without_origin_lies_on_the_image(void **state)
{
    (void)state;
    const trb_voi_rules none = trb_voi_rules_default();
    trb_mask *mask = build(write_at("zero.tif", 60, 50, 90, (const double[]){-250, -300, -350}), &none);
    check_box(mask, 0, 60, 0, 50, 0, 90);
    assert_non_null(strstr(noted, "voxel on voxel"));
    trb_mask_destroy(mask);
}

/* ---- a part of the scan */

static const trb_voi_frame FRAME = {{60, 50, 90, {0.02, 0.02, 0.02}, {5, 6, 7}}, {{3, 5, 20}, {53, 45, 70}}};

static trb_mask *build_part(const char *text, const trb_voi_rules *rules)
{
    const trb_grid part = {50, 40, 50, {0.02, 0.02, 0.02}, {5.06, 6.1, 7.4}};
    trb_mask *mask = NULL;
    CHECK_OK(trb_voi_build(text, rules, &part, &FRAME, NULL, NULL, &mask, err));
    assert_true(trb_grid_same_size(&mask->grid, &part));
    return mask;
}

/* With --slices or --crop the VOI stays where it was seen and drawn: in the scan. */
static void a_part_is_measured_in_the_coordinates_of_the_scan(void **state)
{
    (void)state;
    trb_voi_rules rules = trb_voi_rules_default();
    trb_mask *mask = build_part("box:10:60,10:20,0:30", &rules);
    check_box(mask, 7, 50, 5, 15, 0, 10);
    trb_mask_destroy(mask);
    mask = build_part(write_at("whole.mha", 60, 50, 90, (const double[]){0, 0, 0}), &rules);
    check_box(mask, 0, 50, 0, 40, 0, 50);
    trb_mask_destroy(mask);
    mask = build_part(write_at("small.mha", 10, 10, 10, (const double[]){4, 6, 25}), &rules);
    check_box(mask, 1, 11, 1, 11, 5, 15);
    trb_mask_destroy(mask);
    mask = build_part(write_at("part.tif", 50, 40, 50, (const double[]){-250, -300, -350}), &rules); /* no origin */
    check_box(mask, 0, 50, 0, 40, 0, 50);
    trb_mask_destroy(mask);
    rules = slab(30, (trb_voi_length){5, TRB_VOI_VOXELS}, (trb_voi_length){10, TRB_VOI_VOXELS}, false);
    mask = build_part("", &rules);
    check_box(mask, 0, 50, 0, 40, 15, 25);
    trb_mask_destroy(mask);
    trb_error error;
    rules.landmark = 60;
    const trb_grid part = {50, 40, 50, {0.02, 0.02, 0.02}, {0, 0, 0}};
    assert_int_equal(TRB_ERR_ARGUMENT, trb_voi_build("", &rules, &part, &FRAME, NULL, NULL, &mask, &error));
    assert_non_null(strstr(error.text, "65:75"));
    assert_non_null(strstr(error.text, "20:70"));
}

/* Every voxel of a random mask, for crops at each bit of a word. */
static void a_part_of_a_mask_is_cut_bit_by_bit(void **state)
{
    (void)state;
    const trb_voi_rules none = trb_voi_rules_default();
    trb_mask *whole = testing_random_mask(150, 5, 4, 0.5, 9);
    const char *path = in_scratch("random.tif");
    CHECK_OK(trb_mask_write(path, whole, NULL, err));
    for (size_t lo = 0; lo < 130; lo += lo < 60 ? 7 : 1) {
        const trb_voi_frame frame = {whole->grid, {{lo, 1, 1}, {lo + (lo & 1 ? 20 : 17), 4, 3}}};
        trb_grid part = whole->grid;
        part.nx = frame.part.hi[0] - lo, part.ny = 3, part.nz = 2;
        trb_mask *mask = NULL;
        CHECK_OK(trb_voi_build(path, &none, &part, &frame, NULL, NULL, &mask, err));
        size_t count = 0;
        for (size_t z = 0; z < 2; z++)
            for (size_t y = 0; y < 3; y++)
                for (size_t x = 0; x < part.nx; x++) {
                    assert_int_equal(trb_mask_get(whole, x + lo, y + 1, z + 1), trb_mask_get(mask, x, y, z));
                    count += (size_t)trb_mask_get(mask, x, y, z);
                }
        assert_int_equal(count, trb_mask_count(mask)); /* nothing behind the rows */
        trb_mask_destroy(mask);
    }
    trb_mask_destroy(whole);
}

/* ---- settings */

static void settings_read_back_what_they_write(void **state)
{
    (void)state;
    static const char *const pairs[][3] = {
        {"voi-label", "3", "3"}, {"voi-erode", "60um", "0.06mm"}, {"voi-dilate", "2vox", "2vox"}, {"voi-landmark", "0", "0"},
        {"voi-offset", "19.5um", "0.0195mm"}, {"voi-height", "12.5%", "12.5%"}, {"voi-direction", "down", "down"},
        {"bone-length", "18mm", "18mm"}, {"voi-erode", "0.1mm", "0.1mm"}, {"voi-label", "", ""}, {"voi-landmark", "", ""}};
    trb_settings settings = trb_settings_default();
    char text[1100];
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        CHECK_OK(trb_settings_set(&settings, pairs[i][0], pairs[i][1], err));
        assert_string_equal(pairs[i][2], trb_settings_text(&settings, pairs[i][0], text, sizeof text));
    }
    static const char *const bad[][2] = {{"voi-label", "0"}, {"voi-label", "2x"}, {"voi-erode", "3"}, {"voi-erode", "5%"},
                                         {"voi-erode", "-1vox"}, {"voi-landmark", "-1"}, {"voi-landmark", "1.5"},
                                         {"voi-direction", "left"}, {"bone-length", "18"}, {"bone-length", "0mm"},
                                         {"voi-offset", "mm"}, {"voi-height", "1 mm"}};
    trb_error error;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(TRB_ERR_ARGUMENT, trb_settings_set(&settings, bad[i][0], bad[i][1], &error));
        assert_non_null(strstr(error.text, bad[i][0]));
    }
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
        cmocka_unit_test(parts_are_joined_from_left_to_right),
        cmocka_unit_test(parts_can_be_listed),
        cmocka_unit_test(special_vois_can_be_parts),
        cmocka_unit_test(a_slab_is_counted_from_its_landmark),
        cmocka_unit_test(slabs_that_cannot_be_are_refused),
        cmocka_unit_test(margins_are_those_of_a_ball),
        cmocka_unit_test(margins_in_mm_follow_each_axis),
        cmocka_unit_test(a_box_loses_its_margin_also_at_the_sides_of_the_image),
        cmocka_unit_test(a_label_is_taken_alone),
        cmocka_unit_test(a_smaller_mask_is_placed_by_its_origin),
        cmocka_unit_test(masks_that_do_not_fit_show_both_grids),
        cmocka_unit_test(a_mask_without_origin_lies_on_the_image),
        cmocka_unit_test(a_part_is_measured_in_the_coordinates_of_the_scan),
        cmocka_unit_test(a_part_of_a_mask_is_cut_bit_by_bit),
        cmocka_unit_test(settings_read_back_what_they_write),
    };
    return cmocka_run_group_tests(tests, NULL, remove_scratch);
}
