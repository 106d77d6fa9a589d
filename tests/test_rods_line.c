/* test_rods_line.c - the line through rods by hand, tables of rods, and the calibration file. */
#include "support/testing.h"

#include "trabecula/rods.h"

/* ---- the line */

static trb_rods greys(size_t n, const double *grey, const double *density)
{
    trb_rods rods = {.n = n};
    for (size_t i = 0; i < n; i++)
        rods.rod[i] = (trb_rod){.name = "r", .grey = grey[i], .density_mg_ccm = density[i], .voxels = 1000, .drift = NAN, .across = NAN};
    return rods;
}

/* By hand: x = 1 2 3 4, y = 2 4 5 8. Sxx = 5, Sxy = 9.5, Syy = 18.75; slope 1.9, intercept 0; residuals (line - y)
 * -0.1 -0.2 0.7 -0.4, squares 0.70; s^2 = 0.35; SE slope = sqrt(0.35 / 5), SE intercept = sqrt(0.35 (1/4 + 6.25/5)). */
static void standard_errors_are_those_of_a_hand_computed_example(void **state)
{
    (void)state;
    static const double x[] = {1, 2, 3, 4}, y[] = {2, 4, 5, 8}, off[] = {-0.1, -0.2, 0.7, -0.4};
    trb_rods rods = greys(4, x, y);
    trb_rods_line line;
    CHECK_OK(trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, err));
    CHECK_CLOSE(1.9, line.slope, 1e-14);
    CHECK_CLOSE(0, line.intercept, 1e-13);
    CHECK_CLOSE(sqrt(0.07), line.slope_se, 1e-14);
    CHECK_CLOSE(sqrt(0.525), line.intercept_se, 1e-14);
    CHECK_CLOSE(sqrt(0.35), line.residual_sd, 1e-14);
    CHECK_CLOSE(1 - 0.70 / 18.75, line.r2, 1e-14);
    CHECK_CLOSE(0.7, line.largest_residual, 1e-14);
    for (size_t i = 0; i < 4; i++)
        CHECK_CLOSE(off[i], rods.rod[i].residual_mg_ccm, 1e-14);
    assert_int_equal(line.freedom, 2);
    assert_int_equal(line.n_warnings, 2); /* 0.7 and 0.4 are more than 5 % of 6 */
    assert_non_null(strstr(line.warning[0], "rod 3"));
}

static void the_order_of_rods_does_not_matter(void **state)
{
    (void)state;
    static const double x[] = {1, 2, 3, 4}, y[] = {2, 4, 5, 8}, xr[] = {3, 1, 4, 2}, yr[] = {5, 2, 8, 4};
    trb_rods a = greys(4, x, y), b = greys(4, xr, yr);
    trb_rods_line la, lb;
    CHECK_OK(trb_rods_fit(&a, NULL, TRB_UNIT_GREY, &la, err));
    CHECK_OK(trb_rods_fit(&b, NULL, TRB_UNIT_GREY, &lb, err));
    CHECK_CLOSE(la.slope, lb.slope, 0);
    CHECK_CLOSE(la.intercept_se, lb.intercept_se, 0);
}

static void two_rods_give_an_exact_line_and_a_warning(void **state)
{
    (void)state;
    static const double x[] = {50, 150}, y[] = {250, 750};
    trb_rods rods = greys(2, x, y);
    trb_rods_line line;
    CHECK_OK(trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, err));
    CHECK_CLOSE(5, line.slope, 1e-14);
    CHECK_CLOSE(0, line.intercept, 1e-12);
    assert_int_equal(line.freedom, 0);
    assert_true(isnan(line.slope_se) && isnan(line.intercept_se) && isnan(line.residual_sd));
    assert_int_equal(line.n_warnings, 1);
    assert_non_null(strstr(line.warning[0], "two rods"));
}

static void a_falling_line_and_equal_rods_are_told(void **state)
{
    (void)state;
    static const double x[] = {150, 100, 50}, y[] = {0, 250, 500}, twin[] = {50, 50.1, 150};
    trb_rods rods = greys(3, x, y);
    trb_rods_line line;
    CHECK_OK(trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, err));
    assert_int_equal(line.n_warnings, 1);
    assert_non_null(strstr(line.warning[0], "falls"));
    rods = greys(3, twin, y);
    CHECK_OK(trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, err));
    assert_non_null(strstr(line.warning[line.n_warnings - 1], "rod 1 (r) and rod 2 (r) are almost"));
}

static void a_line_from_attenuation_is_the_same_line(void **state)
{
    (void)state;
    static const double x[] = {50, 100, 150}, y[] = {0, 250, 500};
    const trb_calibration scan = {.attenuation = {true, 0.02, 0.1, "log"}};
    trb_rods rods = greys(3, x, y);
    trb_rods_line line;
    CHECK_OK(trb_rods_fit(&rods, &scan, TRB_UNIT_PER_CM, &line, err));
    CHECK_CLOSE(1.1, rods.rod[0].value, 1e-15);
    CHECK_CLOSE(250, line.slope, 1e-11); /* 5 a grey value, 0.02 1/cm a grey value */
    CHECK_CLOSE(-250 - 25, line.intercept, 1e-11);
    assert_int_equal(TRB_UNIT_PER_CM, line.unit);
    trb_error error = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_ARGUMENT, trb_rods_fit(&rods, NULL, TRB_UNIT_PER_CM, &line, &error));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_rods_fit(&rods, &scan, TRB_UNIT_HU, &line, &error));
    assert_non_null(strstr(error.text, "HU"));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_rods_fit(&rods, &scan, TRB_UNIT_PERMILLE, &line, &error));
}

static void lines_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const double same[] = {5, 5, 5}, x[] = {1, 2, 3};
    trb_error error = {TRB_OK, ""};
    trb_rods_line line;
    trb_rods rods = greys(1, x, x);
    assert_int_equal(TRB_ERR_DATA, trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, &error));
    rods = greys(3, same, x);
    assert_int_equal(TRB_ERR_DATA, trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, &error));
    assert_non_null(strstr(error.text, "equally grey"));
    rods = greys(3, x, same);
    assert_int_equal(TRB_ERR_DATA, trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, &error));
}

/* ---- tables */

static const trb_grid GRID = {100, 80, 50, {0.02, 0.02, 0.02}, {0}};

static const char *write_table(const char *content)
{
    static char path[5000];
    snprintf(path, sizeof path, "%s/rods.csv", testing_scratch());
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(0, fclose(file));
    return path;
}

static trb_rods table(const char *content)
{
    trb_rods rods;
    CHECK_OK(trb_rods_read(write_table(content), &GRID, &rods, err));
    return rods;
}

static void tables_are_read_in_voxels_and_mm(void **state)
{
    (void)state;
    const trb_rods a = table("name,x [vox],y [vox],radius [vox],density [mgHA/cm3]\nlow,20,30,10,250\n\"high, dense\",60,30.5,10,750\n");
    assert_int_equal(a.n, 2);
    assert_string_equal("low", a.rod[0].name);
    assert_string_equal("high, dense", a.rod[1].name);
    CHECK_CLOSE(60, a.rod[1].x, 0);
    CHECK_CLOSE(30.5, a.rod[1].y, 0);
    CHECK_CLOSE(10, a.rod[1].radius_vox, 0);
    CHECK_CLOSE(750, a.rod[1].density_mg_ccm, 0);
    assert_int_equal(0, a.rod[1].z0);
    assert_int_equal(50, a.rod[1].z1);
    /* a byte order mark, comments, empty lines, semicolons, CR LF, other order, mm, diameter, grams, planes */
    const trb_rods b = table("\xef\xbb\xbf# the phantom of 2024\r\n\r\ndensity (gHA/cm3);diameter_mm;Y (mm);X (mm);z0;z1\r\n"
                             "0.25;0.4;0.6;0.4;5;45\r\n# done\r\n0.75;0.4;0.61;1.2;0;50\r\n");
    assert_int_equal(b.n, 2);
    assert_string_equal("rod 1", b.rod[0].name);
    CHECK_CLOSE(20, b.rod[0].x, 1e-12);
    CHECK_CLOSE(30, b.rod[0].y, 1e-12);
    CHECK_CLOSE(10, b.rod[0].radius_vox, 1e-12);
    CHECK_CLOSE(250, b.rod[0].density_mg_ccm, 0);
    assert_int_equal(5, b.rod[0].z0);
    assert_int_equal(45, b.rod[0].z1);
    CHECK_CLOSE(24.5, b.rod[0].middle, 0);
}

static void check_table_refused(const char *content, const char *part)
{
    trb_rods rods;
    trb_error error = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_FORMAT, trb_rods_read(write_table(content), &GRID, &rods, &error));
    if (!strstr(error.text, part) || !strstr(error.text, "rods.csv"))
        fail_msg("'%s' is not in '%s'", part, error.text);
}

#define HEAD "x [vox],y [vox],radius [vox],density [mgHA/cm3]\n"

static void bad_tables_are_refused_with_the_line(void **state)
{
    (void)state;
    check_table_refused("", "empty");
    check_table_refused("# nothing\n", "empty");
    check_table_refused(HEAD, "two rods at least");
    check_table_refused(HEAD "20,30,10,250\n", "two rods at least are needed, and there is 1");
    check_table_refused("x,y,radius,density [mgHA/cm3]\n", "line 1: column 'x': ''");
    check_table_refused("x [inch],y [vox],radius [vox],density [mgHA/cm3]\n", "'inch' is no unit");
    check_table_refused("x [vox],y [vox],radius [vox],density\n", "has no unit");
    check_table_refused("x [vox],y [vox],radius [vox],density [kg]\n", "unknown unit");
    check_table_refused("x [vox],y [vox],radius [vox]\n", "column density is missing");
    check_table_refused("x [vox],y [vox],density [mgHA/cm3]\n", "radius and diameter");
    check_table_refused("x [vox],y [vox],radius [vox],diameter [vox],density [mgHA/cm3]\n", "radius and diameter");
    check_table_refused("x [vox],x [vox],y [vox],radius [vox],density [mgHA/cm3]\n", "there twice");
    check_table_refused("x [vox],y [vox],radius [vox],colour,density [mgHA/cm3]\n", "'colour' is no column");
    check_table_refused("x [vox],y [vox],radius [vox],density [mgHA/cm3],z0\n", "come together");
    check_table_refused(HEAD "20,30,10,250\n20;30,10,750\n", "line 3");
    check_table_refused(HEAD "20,30,10\n", "line 2: '' is not a number");
    check_table_refused(HEAD "a,30,10,250\n", "'a' is not a number");
    check_table_refused(HEAD "nan,30,10,250\n", "'nan' is not a number");
    check_table_refused(HEAD "20,30,1,250\n", "radius of 1 voxels");
    check_table_refused(HEAD "20,30,1e9,250\n", "cannot be measured");
    check_table_refused(HEAD "20,30,10,-1\n", "negative");
    check_table_refused(HEAD "100,30,10,250\n", "outside the image of 100 x 80");
    check_table_refused(HEAD "20,30,10,250\n25,30,10,750\n", "over one another");
    check_table_refused(HEAD "20,30,10,250\n60,30,10,250\n", "same density");
    check_table_refused("x [vox],y [vox],radius [vox],density [mgHA/cm3],z0,z1\n20,30,10,250,0,51\n", "planes 0 to 51");
    check_table_refused("x [vox],y [vox],radius [vox],density [mgHA/cm3],z0,z1\n20,30,10,250,5,5\n", "planes 5 to 5");
    char many[4096] = HEAD;
    for (int i = 0; i < 33; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many), "%d,%d,2,%d\n", 5 + 9 * (i % 10), 5 + 9 * (i / 10), i);
    check_table_refused(many, "more than 32");
    char *large = malloc(10001);
    assert_non_null(large);
    memset(large, 'x', 10000);
    large[10000] = 0;
    check_table_refused(large, "too long");
    free(large);
    trb_rods rods;
    trb_error error = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_IO, trb_rods_read("/there/is/no.csv", &GRID, &rods, &error));
    const trb_grid unknown = {100, 80, 50, {0}, {0}};
    assert_int_equal(TRB_ERR_FORMAT, trb_rods_read(write_table("x [mm],y [mm],radius [mm],density [mgHA/cm3]\n"), &unknown, &rods, &error));
    assert_non_null(strstr(error.text, "--voxel-size"));
    const trb_grid flat = {100, 80, 50, {0.02, 0.03, 0.02}, {0}};
    assert_int_equal(TRB_ERR_FORMAT, trb_rods_read(write_table("x [mm],y [mm],radius [mm],density [mgHA/cm3]\n"), &flat, &rods, &error));
    assert_non_null(strstr(error.text, "not square"));
}

static void densities_are_read_with_their_units(void **state)
{
    (void)state;
    double d[8];
    size_t n;
    CHECK_OK(trb_densities_parse("0.25gHA,0.75gHA", d, 8, &n, err));
    assert_int_equal(2, n);
    CHECK_CLOSE(250, d[0], 0);
    CHECK_CLOSE(750, d[1], 0);
    CHECK_OK(trb_densities_parse("0, 100,400, 800 mgHA/cm3", d, 8, &n, err));
    assert_int_equal(4, n);
    CHECK_CLOSE(400, d[2], 0);
    CHECK_OK(trb_densities_parse("100mgHA,0.5gHA/cm3", d, 8, &n, err));
    CHECK_CLOSE(500, d[1], 0);
    static const char *const bad[][2] = {{"0.25,0.75", "no unit"}, {"250mgHA,700", "no unit"}, {"", "number"}, {"a", "number"},
                                         {"1mgHA", "two densities"}, {"1mgHA,1mgHA", "twice"}, {"-1mgHA,2mgHA", "negative"},
                                         {"1kg,2kg", "no density unit"}, {"1,,2mgHA", "number"}, {"1mgHA,", "number"},
                                         {"1,2,3,4,5,6,7,8,9mgHA", "more than 8"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        trb_error error = {TRB_OK, ""};
        assert_int_equal(TRB_ERR_ARGUMENT, trb_densities_parse(bad[i][0], d, 8, &n, &error));
        if (!strstr(error.text, bad[i][1]))
            fail_msg("'%s': '%s' is not in '%s'", bad[i][0], bad[i][1], error.text);
    }
}

/* ---- the file */

static void the_file_is_read_back_as_the_line(void **state)
{
    (void)state;
    static const double x[] = {50, 100, 150}, y[] = {0, 250, 510};
    static const char *const keys[] = {"Source Voltage (kV)"}, *const values[] = {"59"}, *const others[] = {"70"};
    trb_rods rods = greys(3, x, y);
    trb_rods_line line;
    const trb_rods_origin origin = {.scan = "ph\xff.tif", .crc32 = 0xabc, .type = TRB_U16, .grid = GRID, .erode = 0.25,
                                    .n_conditions = 1, .condition_key = keys, .condition_value = values};
    char *text = NULL, difference[300];
    CHECK_OK(trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, err));
    CHECK_OK(trb_rods_to_json(&rods, &line, &origin, &text, err));
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    assert_string_equal("trabecula.calibration/1", json_string_value(json_object_get(root, "schema")));
    CHECK_CLOSE(line.slope_se, testing_number(root, "slope_se"), 0);
    CHECK_CLOSE(rods.rod[2].residual_mg_ccm, testing_number(json_array_get(json_object_get(root, "rods"), 2), "residual_mg_ccm"), 0);
    assert_string_equal("00000abc", json_string_value(testing_at(root, "scan|crc32")));
    json_decref(root);
    const char *path = write_table(text);
    free(text);
    trb_calibration c;
    CHECK_OK(trb_calibration_parse(path, &c, err));
    CHECK_CLOSE(line.slope, c.density.slope, 0);
    CHECK_CLOSE(line.intercept, c.density.intercept, 0);
    assert_string_equal("3 rods of 0 to 510 mgHA/cm3 (R2 0.999872)", c.phantom); /* 1 - 16.667 / 130066.667 */
    CHECK_OK(trb_calibration_compare(path, TRB_U16, 1, keys, values, difference, sizeof difference, err));
    assert_string_equal("", difference);
    CHECK_OK(trb_calibration_compare(path, TRB_U16, 0, NULL, NULL, difference, sizeof difference, err));
    assert_string_equal("", difference);
    CHECK_OK(trb_calibration_compare(path, TRB_U8, 1, keys, others, difference, sizeof difference, err));
    assert_non_null(strstr(difference, "'uint16' for the phantom and 'uint8' here"));
    assert_non_null(strstr(difference, "Source Voltage (kV) is '59' for the phantom and '70' here"));
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
        cmocka_unit_test(standard_errors_are_those_of_a_hand_computed_example),
        cmocka_unit_test(the_order_of_rods_does_not_matter),
        cmocka_unit_test(two_rods_give_an_exact_line_and_a_warning),
        cmocka_unit_test(a_falling_line_and_equal_rods_are_told),
        cmocka_unit_test(a_line_from_attenuation_is_the_same_line),
        cmocka_unit_test(lines_that_cannot_be_are_refused),
        cmocka_unit_test(tables_are_read_in_voxels_and_mm),
        cmocka_unit_test(bad_tables_are_refused_with_the_line),
        cmocka_unit_test(densities_are_read_with_their_units),
        cmocka_unit_test(the_file_is_read_back_as_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, remove_scratch);
}
