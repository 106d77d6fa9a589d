/* test_calibration.c - thresholds with units, calibrations from text and from files. Numbers by hand. */
#include "support/testing.h"

#include "trabecula/calibration.h"

static trb_calibration parsed(const char *text)
{
    trb_calibration calibration;
    CHECK_OK(trb_calibration_parse(text, &calibration, err));
    return calibration;
}

static double grey_of(const trb_calibration *calibration, trb_type type, double value, trb_grey_unit unit)
{
    double grey = NAN;
    CHECK_OK(trb_calibration_to_grey(calibration, type, value, unit, &grey, err));
    return grey;
}

/* ---- units to grey ---- */

static void permille_is_truncated_as_in_ipl(void **state)
{
    (void)state;
    const trb_calibration none = {.mu_water_per_cm = 0};
    CHECK_CLOSE(15564, grey_of(&none, TRB_I16, 475, TRB_UNIT_PERMILLE), 0); /* 15564.325 */
    CHECK_CLOSE(10485, grey_of(&none, TRB_I16, 320, TRB_UNIT_PERMILLE), 0); /* 10485.44 */
    CHECK_CLOSE(8683, grey_of(&none, TRB_I16, 265, TRB_UNIT_PERMILLE), 0);  /* 8683.255 */
    CHECK_CLOSE(32767, grey_of(&none, TRB_I16, 1000, TRB_UNIT_PERMILLE), 0);
    CHECK_CLOSE(0, grey_of(&none, TRB_I16, 0, TRB_UNIT_PERMILLE), 0);
    CHECK_CLOSE(31129, grey_of(&none, TRB_U16, 475.01, TRB_UNIT_PERMILLE), 0); /* 31129.78 */
    CHECK_CLOSE(121, grey_of(&none, TRB_U8, 475, TRB_UNIT_PERMILLE), 0);       /* 121.125 */
    CHECK_CLOSE(127, grey_of(&none, TRB_U8, 500, TRB_UNIT_PERMILLE), 0);       /* 127.5 */
    CHECK_CLOSE(60, grey_of(&none, TRB_I8, 475, TRB_UNIT_PERMILLE), 0);        /* 60.325 */
    CHECK_CLOSE(1073741823, grey_of(&none, TRB_I32, 500, TRB_UNIT_PERMILLE), 0);
    CHECK_CLOSE(4294967295, grey_of(&none, TRB_U32, 1000, TRB_UNIT_PERMILLE), 0);
}

static void grey_values_need_no_calibration(void **state)
{
    (void)state;
    const trb_calibration none = {.mu_water_per_cm = 0};
    CHECK_CLOSE(85.25, grey_of(&none, TRB_U8, 85.25, TRB_UNIT_GREY), 0);
    CHECK_CLOSE(-1000, grey_of(&none, TRB_F32, -1000, TRB_UNIT_GREY), 0);
}

static void density_is_solved_for_grey(void **state)
{
    (void)state;
    trb_calibration c = parsed("slope=4,intercept=-100");
    CHECK_CLOSE(100, grey_of(&c, TRB_U8, 300, TRB_UNIT_MGHA_CCM), 0); /* 4 * 100 - 100 */
    CHECK_CLOSE(25, grey_of(&c, TRB_U8, 0, TRB_UNIT_MGHA_CCM), 0);
    CHECK_CLOSE(100.25, grey_of(&c, TRB_U8, 301, TRB_UNIT_MGHA_CCM), 0); /* not rounded */
}

/* Scanco: mu = grey / 4096, density = 1600 mu - 400, HU = -1000 + 1000 mu / 0.25. */
static void mu_scaling_leads_over_attenuation(void **state)
{
    (void)state;
    const trb_calibration c = parsed("slope=1600,intercept=-400,mu-scaling=4096,mu-water=0.25");
    assert_true(c.density.known && c.attenuation.known && c.hounsfield.known);
    CHECK_CLOSE(1600.0 / 4096, c.density.slope, 0);
    CHECK_CLOSE(-400, c.density.intercept, 0);
    CHECK_CLOSE(1.0 / 4096, c.attenuation.slope, 0);
    CHECK_CLOSE(0, c.attenuation.intercept, 0);
    CHECK_CLOSE(0.25, c.mu_water_per_cm, 0);
    CHECK_CLOSE(2048, grey_of(&c, TRB_I16, 400, TRB_UNIT_MGHA_CCM), 0); /* mu 0.5: 800 - 400 */
    CHECK_CLOSE(2048, grey_of(&c, TRB_I16, 0.5, TRB_UNIT_PER_CM), 0);
    CHECK_CLOSE(2048, grey_of(&c, TRB_I16, 1000, TRB_UNIT_HU), 0); /* mu = 2 * water */
    CHECK_CLOSE(1024, grey_of(&c, TRB_I16, 0, TRB_UNIT_HU), 0);    /* water */
    CHECK_CLOSE(0, grey_of(&c, TRB_I16, -1000, TRB_UNIT_HU), 0);   /* nothing */
}

static void mu_scaling_may_stand_alone(void **state)
{
    (void)state;
    const trb_calibration c = parsed("mu-scaling=8192");
    assert_false(c.density.known);
    assert_false(c.hounsfield.known);
    CHECK_CLOSE(4096, grey_of(&c, TRB_I16, 0.5, TRB_UNIT_PER_CM), 0);
}

static void hounsfield_follows_from_attenuation_and_water(void **state)
{
    (void)state;
    trb_calibration c = {.attenuation = {true, 0.5, -1, "log"}, .mu_water_per_cm = 0.25};
    CHECK_CLOSE(3, grey_of(&c, TRB_I16, 1000, TRB_UNIT_HU), 0); /* mu 0.5 = 0.5 * 3 - 1 */
    c.hounsfield = (trb_linear){true, 2, -1000, "file"};        /* what is given goes first */
    CHECK_CLOSE(1000, grey_of(&c, TRB_I16, 1000, TRB_UNIT_HU), 0);
}

static void check_no_grey(const trb_calibration *c, trb_type type, trb_grey_unit unit, const char *text)
{
    trb_error error = {TRB_OK, ""};
    double grey = 0;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_calibration_to_grey(c, type, 500, unit, &grey, &error));
    if (!strstr(error.text, text))
        fail_msg("'%s' is not in '%s'", text, error.text);
}

static void a_missing_calibration_says_which_option_gives_it(void **state)
{
    (void)state;
    const trb_calibration none = {.mu_water_per_cm = 0}, density = parsed("slope=2,intercept=1");
    check_no_grey(&none, TRB_U8, TRB_UNIT_MGHA_CCM, "--calibration slope=");
    check_no_grey(&none, TRB_U8, TRB_UNIT_PER_CM, "mu-scaling");
    check_no_grey(&none, TRB_U8, TRB_UNIT_HU, "mu-water");
    check_no_grey(&density, TRB_U8, TRB_UNIT_HU, "mu-water"); /* density does not give HU */
    const trb_calibration no_water = parsed("mu-scaling=4096"), only_water = {.mu_water_per_cm = 0.25};
    check_no_grey(&no_water, TRB_U8, TRB_UNIT_HU, "mu-water");
    check_no_grey(&only_water, TRB_U8, TRB_UNIT_HU, "mu-scaling");
    check_no_grey(&none, TRB_F32, TRB_UNIT_PERMILLE, "float32");
    check_no_grey(&none, TRB_U8, (trb_grey_unit)17, "17");
}

/* With a negative slope bone would be below the threshold: an answer that looks right and is not. */
static void a_slope_that_is_not_above_zero_is_refused(void **state)
{
    (void)state;
    const trb_calibration falling = parsed("slope=-2,intercept=900");
    check_no_grey(&falling, TRB_U8, TRB_UNIT_MGHA_CCM, "slope -2");
    const double bad[] = {0, -1e-300, NAN, INFINITY};
    for (size_t i = 0; i < 4; i++) {
        const trb_calibration c = {.density = {true, bad[i], 0, "log"}};
        check_no_grey(&c, TRB_U8, TRB_UNIT_MGHA_CCM, "slope above 0; the one from log");
    }
    const trb_calibration c = {.density = {true, 1, NAN, ""}};
    check_no_grey(&c, TRB_U8, TRB_UNIT_MGHA_CCM, "the scan");
}

/* ---- threshold texts ---- */

static void thresholds_are_read_with_their_unit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
        trb_grey_unit unit;
    } good[] = {{"85", 85, TRB_UNIT_GREY},           {"85grey", 85, TRB_UNIT_GREY},
                {"85 gray", 85, TRB_UNIT_GREY},      {"-1000.5", -1000.5, TRB_UNIT_GREY},
                {"1.5e3grey", 1500, TRB_UNIT_GREY},  {".5", 0.5, TRB_UNIT_GREY},
                {"226 HU", 226, TRB_UNIT_HU},        {"-200hu", -200, TRB_UNIT_HU},
                {"300mgHA", 300, TRB_UNIT_MGHA_CCM}, {"300mgHA/cm3", 300, TRB_UNIT_MGHA_CCM},
                {"300 mgha/ccm", 300, TRB_UNIT_MGHA_CCM}, {"300mg/cm3", 300, TRB_UNIT_MGHA_CCM},
                {"300  mg/ccm", 300, TRB_UNIT_MGHA_CCM},  {"0.5 1/cm", 0.5, TRB_UNIT_PER_CM},
                {"475permille", 475, TRB_UNIT_PERMILLE},  {"475 PERMILLE", 475, TRB_UNIT_PERMILLE},
                {"+7", 7, TRB_UNIT_GREY}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        double value = NAN;
        trb_grey_unit unit = (trb_grey_unit)-1;
        CHECK_OK(trb_threshold_parse(good[i].text, &value, &unit, err));
        CHECK_CLOSE(good[i].value, value, 0);
        assert_int_equal(good[i].unit, unit);
    }
}

static void the_printed_unit_is_read_back(void **state)
{
    (void)state;
    for (int u = TRB_UNIT_GREY; u <= TRB_UNIT_PERMILLE; u++) {
        char text[60];
        double value;
        trb_grey_unit unit;
        snprintf(text, sizeof text, "12.5 %s", trb_grey_unit_name((trb_grey_unit)u));
        CHECK_OK(trb_threshold_parse(text, &value, &unit, err));
        assert_int_equal(u, unit);
        CHECK_CLOSE(12.5, value, 0);
    }
    assert_string_equal("unknown", trb_grey_unit_name((trb_grey_unit)99));
}

static void hostile_thresholds_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",         " ",       "grey",     "abc",      "nan",     "inf",     "-inf",
                                      "0x10",     "1e999",   "--5",      "+-5",      "5,5",     "5 5",     "12abc",
                                      "5 mg",     "5%",      " 5",       "5grey ",   "5 grey 1", ".",      "e5",
                                      "5\n",      "5\tHU",   "5HUHU",    "1..5",     "1.5.5",   "5 mgHA/cm4",
                                      "0.51/cm",  "0.5/cm",  "31/cm"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        trb_error error = {TRB_OK, ""};
        double value;
        trb_grey_unit unit;
        if (trb_threshold_parse(bad[i], &value, &unit, &error) != TRB_ERR_ARGUMENT)
            fail_msg("'%s' was taken", bad[i]);
        assert_true(strstr(error.text, "permille") || strstr(error.text, "'0.5 1/cm'"));
    }
    char digits[3000];
    trb_error error = {TRB_OK, ""};
    double value;
    trb_grey_unit unit;
    memset(digits, '9', sizeof digits - 1);
    digits[sizeof digits - 1] = 0;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_threshold_parse(digits, &value, &unit, &error));
}

/* ---- calibration texts ---- */

static void grams_become_milligrams(void **state)
{
    (void)state;
    static const char *const text[] = {"slope=0.5,intercept=-2,unit=g/cm3", "unit=gHA/ccm,intercept=-2,slope=0.5",
                                       "intercept=-2,unit=g HA/cm3,slope=0.5", "slope=500,intercept=-2000",
                                       "slope=500,intercept=-2000,unit=mgHA/cm3", "slope=500,intercept=-2000,unit=MG/CCM",
                                       "slope=512000,intercept=-2000,mu_scaling=1024",
                                       "slope=512,intercept=-2,mu-scaling=1024,unit=g/ccm"};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        const trb_calibration c = parsed(text[i]);
        assert_true(c.density.known);
        CHECK_CLOSE(500, c.density.slope, 0);
        CHECK_CLOSE(-2000, c.density.intercept, 0);
        assert_string_equal("--calibration", c.density.source);
    }
}

static void check_refused(const char *text, trb_status expected, const char *part)
{
    trb_error error = {TRB_OK, ""};
    trb_calibration c;
    memset(&c, 0xff, sizeof c);
    const trb_status status = trb_calibration_parse(text, &c, &error);
    if (status != expected)
        fail_msg("'%.60s': %s, not %s (%s)", text, trb_status_name(status), trb_status_name(expected), error.text);
    if (!strstr(error.text, part))
        fail_msg("'%s' is not in '%s'", part, error.text);
    assert_false(c.density.known); /* all fields are set, also then */
}

static void hostile_calibrations_are_refused_with_the_reason(void **state)
{
    (void)state;
    check_refused("slope=2", TRB_ERR_ARGUMENT, "intercept is missing");
    check_refused("intercept=2", TRB_ERR_ARGUMENT, "slope is missing");
    check_refused("mu-scaling=4096,slope=1", TRB_ERR_ARGUMENT, "intercept is missing");
    check_refused("unit=g/cm3", TRB_ERR_ARGUMENT, "slope and intercept are missing");
    check_refused("mu-water=0.2", TRB_ERR_ARGUMENT, "missing");
    check_refused("slope=2,intercept=1,slope=2", TRB_ERR_ARGUMENT, "slope is given twice");
    check_refused("slope=2,intercept=1,unit=g/cm3,unit=g/cm3", TRB_ERR_ARGUMENT, "unit is given twice");
    check_refused("mu-scaling=2,mu_scaling=2", TRB_ERR_ARGUMENT, "mu-scaling is given twice");
    check_refused("slope=0,intercept=1", TRB_ERR_ARGUMENT, "slope of 0");
    check_refused("slope=1,intercept=1,mu-scaling=0", TRB_ERR_ARGUMENT, "not above 0");
    check_refused("slope=1,intercept=1,mu-water=-1", TRB_ERR_ARGUMENT, "not above 0");
    check_refused("slope=1,intercept=1,unit=kg", TRB_ERR_ARGUMENT, "'kg' is no density unit");
    check_refused("slope=1,intercept=1,unit=", TRB_ERR_ARGUMENT, "no density unit");
    check_refused("slope=1,intercept=1,colour=red", TRB_ERR_ARGUMENT, "'colour' is no key");
    check_refused("Slope=1,intercept=1", TRB_ERR_ARGUMENT, "'Slope' is no key");
    check_refused("slope =1,intercept=1", TRB_ERR_ARGUMENT, "is no key");
    check_refused("=1,intercept=1", TRB_ERR_ARGUMENT, "is no key");
    check_refused("slope=1,intercept=1,", TRB_ERR_ARGUMENT, "is no key=value");
    check_refused(",slope=1,intercept=1", TRB_ERR_ARGUMENT, "is no key=value");
    check_refused("slope=1;intercept=1", TRB_ERR_ARGUMENT, "is not a number");
    check_refused("slope=1,intercept", TRB_ERR_ARGUMENT, "'intercept' is no key=value");
    static const char *const number[] = {"", "abc", "1x", "nan", "inf", "0x10", " 1", "1 ", "1e999", "1=1", "--1"};
    for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
        char text[100];
        snprintf(text, sizeof text, "slope=%s,intercept=1", number[i]);
        check_refused(text, TRB_ERR_ARGUMENT, "is not a number");
        check_refused(text, TRB_ERR_ARGUMENT, "; expected slope=..,intercept=..");
    }
    char *large = malloc(100001);
    assert_non_null(large);
    memset(large, '1', 100000);
    large[100000] = 0;
    memcpy(large, "slope=", 6);
    check_refused(large, TRB_ERR_ARGUMENT, "too long");
    large[5] = '1'; /* no '=' at all: the name of a file, and too long for one */
    check_refused(large, TRB_ERR_IO, "calibration '");
    free(large);
}

/* ---- over what a scan says ---- */

/* A SkyScan log: mu = 0.001 grey + 0.5 in 1/cm. */
static trb_calibration log_scan(void)
{
    return (trb_calibration){.attenuation = {true, 0.001, 0.5, "rec.log"}};
}

static void a_line_from_attenuation_uses_the_scale_of_the_scan(void **state)
{
    (void)state;
    trb_calibration c = log_scan();
    CHECK_OK(trb_calibration_apply("slope=400,intercept=-150,from=1/cm", &c, err));
    CHECK_CLOSE(0.4, c.density.slope, 1e-15);
    CHECK_CLOSE(400 * 0.5 - 150, c.density.intercept, 1e-12);
    CHECK_CLOSE(0.001, c.attenuation.slope, 0); /* kept */
    assert_string_equal("rec.log", c.attenuation.source);
    CHECK_CLOSE(1000, grey_of(&c, TRB_U16, 450, TRB_UNIT_MGHA_CCM), 1e-9); /* mu 1.5: 600 - 150 */
    CHECK_CLOSE(1000, grey_of(&c, TRB_U16, 1.5, TRB_UNIT_PER_CM), 1e-9);
    /* the same line, a scan that was reconstructed to other grey values */
    trb_calibration other = {.attenuation = {true, 0.002, 0, "rec.log"}};
    CHECK_OK(trb_calibration_apply("slope=400,intercept=-150,from=1/cm", &other, err));
    CHECK_CLOSE(750, grey_of(&other, TRB_U16, 450, TRB_UNIT_MGHA_CCM), 1e-9);
}

static void a_line_from_grey_leaves_the_other_scales(void **state)
{
    (void)state;
    trb_calibration c = log_scan();
    CHECK_OK(trb_calibration_apply("slope=2,intercept=1", &c, err));
    CHECK_CLOSE(2, c.density.slope, 0);
    assert_true(c.attenuation.known);
    CHECK_OK(trb_calibration_apply("slope=3,intercept=1,from=grey", &c, err));
    CHECK_CLOSE(3, c.density.slope, 0);
}

static void water_makes_hounsfield_units_of_attenuation_and_back(void **state)
{
    (void)state;
    trb_calibration c = log_scan();
    CHECK_OK(trb_calibration_apply("mu-water=0.25", &c, err));
    assert_true(c.hounsfield.known);
    CHECK_CLOSE(4, c.hounsfield.slope, 1e-12);         /* 1000 * 0.001 / 0.25 */
    CHECK_CLOSE(1000, c.hounsfield.intercept, 1e-12);  /* 1000 * 0.5 / 0.25 - 1000 */
    CHECK_CLOSE(500, grey_of(&c, TRB_U16, 3000, TRB_UNIT_HU), 1e-9);
    trb_calibration dicom = {.hounsfield = {true, 1, -1024, "DICOM"}};
    CHECK_OK(trb_calibration_apply("slope=0.8,intercept=10,from=HU,mu-water=0.2", &dicom, err));
    CHECK_CLOSE(0.8, dicom.density.slope, 1e-15);
    CHECK_CLOSE(0.8 * -1024 + 10, dicom.density.intercept, 1e-12);
    CHECK_CLOSE(0.2 / 1000, dicom.attenuation.slope, 1e-18);
    CHECK_CLOSE(1024, grey_of(&dicom, TRB_I16, 0.2, TRB_UNIT_PER_CM), 1e-9); /* water */
    /* a new mu-scaling makes the Hounsfield units of the file wrong; its water still holds */
    trb_calibration scanco = {.attenuation = {true, 1.0 / 8192, 0, "ISQ"}, .hounsfield = {true, 1, 2, "ISQ"}, .mu_water_per_cm = 0.25};
    CHECK_OK(trb_calibration_apply("mu-scaling=4096", &scanco, err));
    CHECK_CLOSE(2048, grey_of(&scanco, TRB_I16, 1000, TRB_UNIT_HU), 1e-9);
}

static void points_give_the_line_through_them(void **state)
{
    (void)state;
    trb_calibration c = parsed("point=0.25gHA@50grey,point=0.75gHA@150");
    CHECK_CLOSE(5, c.density.slope, 1e-13);
    CHECK_CLOSE(0, c.density.intercept, 1e-11);
    trb_calibration three = parsed("point=2mgHA@1,point=4mgHA@2,point=9mgHA@3"); /* slope 3.5, intercept -2 */
    CHECK_CLOSE(3.5, three.density.slope, 1e-13);
    CHECK_CLOSE(-2, three.density.intercept, 1e-12);
    assert_string_equal("3 rods of 2 to 9 mgHA/cm3", three.phantom);
    /* two rods in 1/mm, as CTAn wants them, and the scan's log */
    c = log_scan();
    CHECK_OK(trb_calibration_apply("point=250mgHA@0.1 1/mm,point=750mgHA@0.2 1/mm", &c, err));
    CHECK_CLOSE(500, trb_calibration_of_grey(&c, TRB_U16, 1000, TRB_UNIT_MGHA_CCM), 1e-9); /* mu 1.5 1/cm */
}

static void a_grey_value_is_told_in_every_unit(void **state)
{
    (void)state;
    trb_calibration c = log_scan();
    CHECK_OK(trb_calibration_apply("slope=400,intercept=-150,from=1/cm", &c, err));
    c.mu_water_per_cm = 0.25; /* without a Hounsfield line of its own */
    CHECK_CLOSE(1000, trb_calibration_of_grey(&c, TRB_U16, 1000, TRB_UNIT_GREY), 0);
    CHECK_CLOSE(450, trb_calibration_of_grey(&c, TRB_U16, 1000, TRB_UNIT_MGHA_CCM), 1e-9);
    CHECK_CLOSE(1.5, trb_calibration_of_grey(&c, TRB_U16, 1000, TRB_UNIT_PER_CM), 1e-12);
    CHECK_CLOSE(5000, trb_calibration_of_grey(&c, TRB_U16, 1000, TRB_UNIT_HU), 1e-9);
    CHECK_CLOSE(1000.0 * 1000 / 65535, trb_calibration_of_grey(&c, TRB_U16, 1000, TRB_UNIT_PERMILLE), 1e-12);
    const trb_calibration none = {.mu_water_per_cm = 0};
    assert_true(isnan(trb_calibration_of_grey(&none, TRB_F32, 1, TRB_UNIT_PERMILLE)));
    for (int unit = TRB_UNIT_HU; unit <= TRB_UNIT_PER_CM; unit++)
        assert_true(isnan(trb_calibration_of_grey(&none, TRB_U8, 1, (trb_grey_unit)unit)));
}

static void larger_units_of_thresholds_are_converted(void **state)
{
    (void)state;
    double value;
    trb_grey_unit unit;
    CHECK_OK(trb_threshold_parse("0.05 1/mm", &value, &unit, err));
    CHECK_CLOSE(0.5, value, 1e-16);
    assert_int_equal(TRB_UNIT_PER_CM, unit);
    CHECK_OK(trb_threshold_parse("0.4gHA", &value, &unit, err));
    CHECK_CLOSE(400, value, 1e-13);
    assert_int_equal(TRB_UNIT_MGHA_CCM, unit);
    trb_error error = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_ARGUMENT, trb_threshold_parse("0.51/mm", &value, &unit, &error));
    assert_non_null(strstr(error.text, "two ways"));
}

static void check_not_applied(trb_calibration scan, const char *text, const char *part)
{
    const trb_calibration before = scan;
    trb_error error = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_ARGUMENT, trb_calibration_apply(text, &scan, &error));
    if (!strstr(error.text, part))
        fail_msg("'%s' is not in '%s'", part, error.text);
    assert_memory_equal(&before, &scan, sizeof scan);
}

static void lines_without_their_scale_are_refused_and_nothing_changes(void **state)
{
    (void)state;
    const trb_calibration none = {.mu_water_per_cm = 0};
    check_not_applied(none, "slope=1,intercept=1,from=1/cm", "does not say how its grey values become 1/cm");
    check_not_applied(log_scan(), "slope=1,intercept=1,from=HU", "become HU");
    check_not_applied(none, "mu-water=0.2", "slope and intercept are missing");
    check_not_applied(none, "slope=1,intercept=1,from=mgHA", "none of grey, 1/cm, HU");
    check_not_applied(none, "slope=1,intercept=1,from=grey,from=grey", "from is given twice");
    check_not_applied(none, "slope=1,intercept=1,mu-scaling=4096,from=grey", "from says grey");
    check_not_applied(none, "point=1mgHA@1", "one point gives no line");
    check_not_applied(none, "point=1mgHA@1,point=2mgHA@1", "all points are at 1 grey");
    check_not_applied(none, "point=1mgHA@1,point=2mgHA@1HU", "different units (grey and HU)");
    check_not_applied(none, "point=1mgHA@1,point=2mgHA@3,slope=1,intercept=1", "have no place");
    check_not_applied(none, "point=1@1,point=2mgHA@3", "no density unit");
    check_not_applied(none, "point=1mgHA,point=2mgHA@3", "DENSITY@VALUE");
    check_not_applied(none, "point=1mgHA@,point=2mgHA@3", "does not start with a number");
    check_not_applied(none, "point=1mgHA@5permille,point=2mgHA@3", "in grey, 1/cm, 1/mm or HU");
    check_not_applied(none, "point=1mgHA@1,point=1mgHA@2", "slope of 0");
    check_not_applied(none, "point=1mgHA@1 1/cm,point=2mgHA@2 1/cm", "does not say how its grey values become 1/cm");
    char many[1024] = "point=1mgHA@1";
    for (int i = 0; i < 16; i++)
        strcat(many, ",point=2mgHA@2");
    check_not_applied(none, many, "more than 16 points");
}

/* ---- calibration files ---- */

static const char *write_file(const char *content)
{
    static char path[5000];
    snprintf(path, sizeof path, "%s/cal.json", testing_scratch());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(0, fclose(file));
    return path;
}

static void a_json_file_says_the_same_as_the_text(void **state)
{
    (void)state;
    const char *path = write_file("{\"slope\": 1.6, \"intercept\": -0.4, \"unit\": \"gHA/cm3\", \"mu_scaling\": 4096,\n"
                                  " \"mu_water\": 0.25, \"phantom\": \"QRM\", \"residuals\": [1, 2]}");
    const trb_calibration file = parsed(path), text = parsed("slope=1.6,intercept=-0.4,unit=g/cm3,mu-scaling=4096,"
                                                             "mu-water=0.25");
    CHECK_CLOSE(text.density.slope, file.density.slope, 0);
    CHECK_CLOSE(text.density.intercept, file.density.intercept, 0);
    CHECK_CLOSE(2048, grey_of(&file, TRB_I16, 400, TRB_UNIT_MGHA_CCM), 1e-9);
    CHECK_CLOSE(2048, grey_of(&file, TRB_I16, 1000, TRB_UNIT_HU), 0);
    assert_non_null(strstr(file.density.source, "--calibration "));
    const trb_calibration nulls = parsed(write_file("{\"slope\":2,\"intercept\":0,\"unit\":null,\"mu_water\":null}"));
    CHECK_CLOSE(2, nulls.density.slope, 0);
    assert_false(nulls.hounsfield.known);
}

static void bad_json_files_are_refused_with_line_or_key(void **state)
{
    (void)state;
    check_refused(write_file(""), TRB_ERR_FORMAT, "line ");
    check_refused(write_file("{\"slope\": 1,\n\"intercept\": }"), TRB_ERR_FORMAT, "line 2");
    check_refused(write_file("{\"slope\": 1, \"slope\": 2, \"intercept\": 0}"), TRB_ERR_FORMAT, "duplicate");
    check_refused(write_file("{\"slope\": 1e999, \"intercept\": 0}"), TRB_ERR_FORMAT, "line 1");
    check_refused(write_file("{\"slope\": NaN, \"intercept\": 0}"), TRB_ERR_FORMAT, "line 1");
    check_refused(write_file("[1, 2]"), TRB_ERR_FORMAT, "JSON object");
    check_refused(write_file("{\"slope\": \"1\", \"intercept\": 0}"), TRB_ERR_FORMAT, "\"slope\" is not a number");
    check_refused(write_file("{\"slope\": 1, \"intercept\": 0, \"unit\": 3}"), TRB_ERR_FORMAT, "\"unit\"");
    check_refused(write_file("{\"slope\": 1, \"intercept\": 0, \"unit\": \"kg\"}"), TRB_ERR_ARGUMENT, "'kg'");
    check_refused(write_file("{\"slope\": 1}"), TRB_ERR_ARGUMENT, "intercept is missing");
    check_refused(write_file("{}"), TRB_ERR_ARGUMENT, "missing");
    check_refused(write_file("{\"slope\": 0, \"intercept\": 0}"), TRB_ERR_ARGUMENT, "slope of 0");
    check_refused("/there/is/no/cal.json", TRB_ERR_IO, "expected a JSON file or slope=");
    check_refused("", TRB_ERR_IO, "expected a JSON file");
    check_refused(testing_scratch(), TRB_ERR_FORMAT, "calibration '"); /* a folder opens, but cannot be read */
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
        cmocka_unit_test(permille_is_truncated_as_in_ipl),
        cmocka_unit_test(grey_values_need_no_calibration),
        cmocka_unit_test(density_is_solved_for_grey),
        cmocka_unit_test(mu_scaling_leads_over_attenuation),
        cmocka_unit_test(mu_scaling_may_stand_alone),
        cmocka_unit_test(hounsfield_follows_from_attenuation_and_water),
        cmocka_unit_test(a_line_from_attenuation_uses_the_scale_of_the_scan),
        cmocka_unit_test(a_line_from_grey_leaves_the_other_scales),
        cmocka_unit_test(water_makes_hounsfield_units_of_attenuation_and_back),
        cmocka_unit_test(points_give_the_line_through_them),
        cmocka_unit_test(a_grey_value_is_told_in_every_unit),
        cmocka_unit_test(larger_units_of_thresholds_are_converted),
        cmocka_unit_test(lines_without_their_scale_are_refused_and_nothing_changes),
        cmocka_unit_test(a_missing_calibration_says_which_option_gives_it),
        cmocka_unit_test(a_slope_that_is_not_above_zero_is_refused),
        cmocka_unit_test(thresholds_are_read_with_their_unit),
        cmocka_unit_test(the_printed_unit_is_read_back),
        cmocka_unit_test(hostile_thresholds_are_refused),
        cmocka_unit_test(grams_become_milligrams),
        cmocka_unit_test(hostile_calibrations_are_refused_with_the_reason),
        cmocka_unit_test(a_json_file_says_the_same_as_the_text),
        cmocka_unit_test(bad_json_files_are_refused_with_line_or_key),
    };
    return cmocka_run_group_tests(tests, NULL, remove_scratch);
}
