/* test_cli_units.c - text to values, against hostile text. */
#include "support/testing.h"

/* The programs are not a library: their parsers come in as source. */
#include "../tools/cli_units.c"

static void a_number_is_plain_decimal_text(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } good[] = {{"0", 0},     {"64", 64},       {"-12.5", -12.5}, {"+3", 3},
                {".5", 0.5},  {"3.", 3},        {"1e3", 1000},    {"2.5E-3", 0.0025},
                {"-0", -0.0}, {"1e+02", 100.0}, {"0.1", 0.1},     {"1e308", 1e308}};
    for (size_t i = 0; i < CLI_COUNT(good); i++) {
        double value = NAN;
        CHECK_OK(cli_parse_real(good[i].text, &value, err));
        CHECK_CLOSE(good[i].value, value, 0);
    }
}

static void what_is_not_a_plain_number_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      " ",
                                      "nan",
                                      "NaN",
                                      "inf",
                                      "-inf",
                                      "infinity",
                                      "1e999",
                                      "-1e999",
                                      "1e-999",
                                      "0x10",
                                      "0x1p3",
                                      " 1",
                                      "1 ",
                                      "1\t",
                                      "\n1",
                                      "1,5",
                                      "1.2.3",
                                      "1e",
                                      "1e+",
                                      "e3",
                                      ".",
                                      "-",
                                      "+",
                                      "--1",
                                      "+-1",
                                      "12abc",
                                      "1_000",
                                      "1'000",
                                      "1d3",
                                      "1f",
                                      "\xc2\xa0"
                                      "1",
                                      "\xef\xbc\x91",
                                      "1e99999999999",
                                      "1e0000000001",
                                      "00000000000000000000000000000000000000000000000000000000000000000001"};
    for (size_t i = 0; i < CLI_COUNT(bad); i++) {
        double value = 7;
        trb_error err = {TRB_OK, ""};
        if (cli_parse_real(bad[i], &value, &err) != TRB_ERR_ARGUMENT)
            fail_msg("'%s' was taken for %g", bad[i], value);
        CHECK_CLOSE(7, value, 0); /* an error leaves the value alone */
        assert_true(strlen(err.text) > 10);
    }
    trb_error err;
    double value;
    assert_int_equal(TRB_ERR_ARGUMENT, cli_parse_real("1,5", &value, &err));
    assert_non_null(strstr(err.text, "the decimal sign is a dot"));
}

static void whole_numbers_have_no_fraction_and_fit(void **state)
{
    (void)state;
    int64_t value = 0;
    CHECK_OK(cli_parse_integer("9223372036854775807", &value, err));
    assert_true(value == INT64_MAX);
    CHECK_OK(cli_parse_integer("-9223372036854775808", &value, err));
    assert_true(value == INT64_MIN);
    static const char *const bad[] = {"",      "1.0", "1e3", "0x1F", " 1", "1 ", "-", "9223372036854775808",
                                      "1,000", "ten"};
    for (size_t i = 0; i < CLI_COUNT(bad); i++)
        assert_int_equal(TRB_ERR_ARGUMENT, cli_parse_integer(bad[i], &value, NULL));
}

static void a_length_in_any_unit_is_the_nearest_double_in_mm(void **state)
{
    (void)state;
    /* 19.6 / 1000 and 0.0196 differ in the last bit when the unit is applied by arithmetic: a voxel size
     * must not depend on the unit that it was typed in. */
    static const struct {
        const char *text;
        double mm;
    } same[] = {{"19.5um", 0.0195}, {"19.6um", 0.0196}, {"0.0196mm", 0.0196},     {"19600nm", 0.0196},
                {"\xc2\xb5m", 0},   {"7.3um", 0.0073},  {"7.3\xc2\xb5m", 0.0073}, {"7.3\xce\xbcm", 0.0073},
                {"1.1cm", 11},      {"1e1um", 0.01},    {"10.5E-3mm", 0.0105}};
    for (size_t i = 0; i < CLI_COUNT(same); i++) {
        cli_length length = {0, CLI_VOX};
        if (same[i].mm == 0) {
            assert_int_equal(TRB_ERR_ARGUMENT, cli_parse_length(same[i].text, 0, &length, NULL));
            continue;
        }
        CHECK_OK(cli_parse_length(same[i].text, 0, &length, err));
        assert_int_equal(CLI_MM, length.unit);
        CHECK_CLOSE(same[i].mm, length.value, 0);
    }
}

static void a_length_without_a_unit_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"19.5",   "0",       "",     "um",   "19.5 um", "19,5um", "19.5UM",
                                      "19.5m",  "19.5vox", "0um",  "-1um", "nanum",   "infmm",  "1e999mm",
                                      "0x10um", "1um ",    "1um2", "1mmm", "1e-400mm"};
    for (size_t i = 0; i < CLI_COUNT(bad); i++) {
        cli_length length;
        if (cli_parse_length(bad[i], 0, &length, NULL) != TRB_ERR_ARGUMENT)
            fail_msg("'%s' was taken", bad[i]);
    }
    trb_error err;
    cli_length length;
    assert_int_equal(TRB_ERR_ARGUMENT, cli_parse_length("19.5", 0, &length, &err));
    assert_non_null(strstr(err.text, "has no unit"));
    assert_int_equal(TRB_ERR_ARGUMENT, cli_parse_length("2vox", 0, &length, &err));
    assert_non_null(strstr(err.text, "unknown unit 'vox'"));
}

static void voxels_count_as_a_unit_where_allowed(void **state)
{
    (void)state;
    cli_length length = {0, CLI_MM};
    CHECK_OK(cli_parse_length("2vox", CLI_VOXELS, &length, err));
    assert_int_equal(CLI_VOX, length.unit);
    CHECK_CLOSE(2, length.value, 0);
    CHECK_OK(cli_parse_length("0vox", CLI_VOXELS | CLI_ZERO, &length, err));
    CHECK_CLOSE(0, length.value, 0);
    CHECK_OK(cli_parse_length("40um", CLI_VOXELS, &length, err));
    assert_int_equal(CLI_MM, length.unit);
}

static void one_length_stands_for_three_axes(void **state)
{
    (void)state;
    cli_lengths lengths;
    CHECK_OK(cli_parse_lengths("19.5um", 0, &lengths, err));
    for (size_t axis = 0; axis < 3; axis++)
        CHECK_CLOSE(0.0195, lengths.mm[axis], 0);
    CHECK_OK(cli_parse_lengths("10um,0.02mm,30000nm", 0, &lengths, err));
    CHECK_CLOSE(0.01, lengths.mm[0], 0);
    CHECK_CLOSE(0.02, lengths.mm[1], 0);
    CHECK_CLOSE(0.03, lengths.mm[2], 0);
    static const char *const bad[] = {"10um,20um", "10um,20um,30um,40um", "10,20,30um",
                                      ",,",        "10um,,30um",          "10um,",
                                      "1vox",      "10um, 20um,30um",     ""};
    for (size_t i = 0; i < CLI_COUNT(bad); i++)
        assert_int_equal(TRB_ERR_ARGUMENT, cli_parse_lengths(bad[i], CLI_VOXELS, &lengths, NULL));
}

static void sizes_know_binary_and_decimal_units(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {{"8GiB", (uint64_t)8 << 30}, {"1.5KiB", 1536}, {"500MB", 500000000}, {"4096B", 4096},
                {"2TiB", (uint64_t)2 << 40}, {"3kB", 3000}};
    uint64_t bytes;
    for (size_t i = 0; i < CLI_COUNT(good); i++) {
        CHECK_OK(cli_parse_size(good[i].text, &bytes, err));
        assert_true(bytes == good[i].bytes);
    }
    static const char *const bad[] = {"8", "8 GiB", "8G", "GiB", "-1GiB", "0B", "1e30TB", "nanB", "8gib", ""};
    for (size_t i = 0; i < CLI_COUNT(bad); i++)
        assert_int_equal(TRB_ERR_ARGUMENT, cli_parse_size(bad[i], &bytes, NULL));
}

static void ranges_are_half_open_and_not_empty(void **state)
{
    (void)state;
    cli_range range;
    CHECK_OK(cli_parse_range("20:180", &range, err));
    assert_int_equal(20, range.lo);
    assert_int_equal(180, range.hi);
    CHECK_OK(cli_parse_range(":5", &range, err));
    assert_true(range.lo == 0 && range.hi == 5);
    CHECK_OK(cli_parse_range("5:", &range, err));
    assert_true(range.lo == 5 && range.hi == SIZE_MAX);
    cli_range closed = {0, 0};
    CHECK_OK(cli_range_close(&range, 9, "slices", &closed, err));
    assert_true(closed.lo == 5 && closed.hi == 9);
    trb_error err;
    assert_int_equal(TRB_ERR_ARGUMENT, cli_range_close(&range, 5, "slices", &closed, &err));
    assert_string_equal("slices 5:5 do not fit: the scan has 0:5", err.text);
    static const char *const bad[] = {"",      "5",   "5:5",   "9:2",   "-1:5",  "1:-5",
                                      "1:2:3", "a:b", "1 : 2", "0x1:9", "1.5:2", "99999999999999999999999:",
                                      "0:0"};
    for (size_t i = 0; i < CLI_COUNT(bad); i++)
        assert_int_equal(TRB_ERR_ARGUMENT, cli_parse_range(bad[i], &range, NULL));
}

static void a_box_has_three_ranges(void **state)
{
    (void)state;
    const trb_grid grid = {100, 80, 60, {1, 1, 1}, {0, 0, 0}};
    trb_box box = {{0}, {0}}, closed = box;
    CHECK_OK(cli_parse_box("10:90,:,20:", &box, err));
    CHECK_OK(cli_box_close(&box, &grid, &closed, err));
    assert_true(closed.lo[0] == 10 && closed.hi[0] == 90 && closed.lo[1] == 0 && closed.hi[1] == 80);
    assert_true(closed.lo[2] == 20 && closed.hi[2] == 60);
    CHECK_OK(cli_parse_box("0:10,0:81,0:10", &box, err));
    assert_int_equal(TRB_ERR_ARGUMENT, cli_box_close(&box, &grid, &closed, NULL));
    static const char *const bad[] = {
        "", "1:2", "1:2,3:4", "1:2,3:4,5:6,", "1:2,3:4,6:5", "1:2 ,3:4,5:6", "1:2,3,4:5"};
    for (size_t i = 0; i < CLI_COUNT(bad); i++)
        assert_int_equal(TRB_ERR_ARGUMENT, cli_parse_box(bad[i], &box, NULL));
}

static void real_ranges_and_flags_are_strict(void **state)
{
    (void)state;
    cli_reals reals;
    CHECK_OK(cli_parse_reals("-0.5:2e1", &reals, err));
    CHECK_CLOSE(-0.5, reals.lo, 0);
    CHECK_CLOSE(20, reals.hi, 0);
    static const char *const bad[] = {"", "1", "1:", ":1", "2:1", "1:2:3", "nan:1", "1:inf", "1: 2"};
    for (size_t i = 0; i < CLI_COUNT(bad); i++)
        assert_int_equal(TRB_ERR_ARGUMENT, cli_parse_reals(bad[i], &reals, NULL));
    bool flag = false;
    CHECK_OK(cli_parse_flag("yes", &flag, err));
    assert_true(flag);
    CHECK_OK(cli_parse_flag("false", &flag, err));
    assert_false(flag);
    assert_int_equal(TRB_ERR_ARGUMENT, cli_parse_flag("", &flag, NULL));
    assert_int_equal(TRB_ERR_ARGUMENT, cli_parse_flag("2", &flag, NULL));
    assert_int_equal(TRB_ERR_ARGUMENT, cli_parse_flag("Yes ", &flag, NULL));
}

static void an_unknown_choice_lists_all_and_suggests_one(void **state)
{
    (void)state;
    static const char *const rules[] = {"exact", "exact-closed", "fiji", "ipl", NULL};
    int index = -1;
    CHECK_OK(cli_parse_choice("fiji", rules, &index, err));
    assert_int_equal(2, index);
    trb_error err;
    assert_int_equal(TRB_ERR_ARGUMENT, cli_parse_choice("fijj", rules, &index, &err));
    assert_string_equal("unknown 'fijj', did you mean 'fiji'? One of: exact, exact-closed, fiji, ipl",
                        err.text);
    assert_int_equal(TRB_ERR_ARGUMENT, cli_parse_choice("banana", rules, &index, &err));
    assert_string_equal("unknown 'banana'; one of: exact, exact-closed, fiji, ipl", err.text);
    assert_int_equal(TRB_ERR_ARGUMENT, cli_parse_choice("", rules, &index, &err));
    assert_int_equal(TRB_ERR_ARGUMENT,
                     cli_parse_choice("EXACT", rules, &index, &err)); /* suggested, not taken */
    assert_non_null(strstr(err.text, "did you mean 'exact'?"));
    assert_int_equal(2, index);
}

static void the_nearest_name_counts_swaps_as_one_slip(void **state)
{
    (void)state;
    static const char *const names[] = {"threshold", "thickness", "threads", "voxel-size", "voi", "json"};
    assert_string_equal("threshold", trb_nearest_name("thresh", names, CLI_COUNT(names)));
    assert_string_equal("threshold", trb_nearest_name("treshold", names, CLI_COUNT(names)));
    assert_string_equal("voxel-size", trb_nearest_name("voxel_size", names, CLI_COUNT(names)));
    assert_string_equal("voxel-size", trb_nearest_name("voxelsize", names, CLI_COUNT(names)));
    assert_string_equal("json", trb_nearest_name("josn", names, CLI_COUNT(names)));
    assert_string_equal("voi", trb_nearest_name("vio", names, CLI_COUNT(names)));
    assert_null(trb_nearest_name("gaussian", names, CLI_COUNT(names)));
    assert_null(trb_nearest_name("", names, CLI_COUNT(names)));
    static const char *const groups[] = {"OVX+EV", "OVX", "Sham", ""}; /* a beginning stands between one slip and two */
    assert_string_equal("OVX", trb_nearest_name("ovy", groups, 4));
    assert_string_equal("OVX+EV", trb_nearest_name("OVX+", groups, 1));
    assert_string_equal("Sham", trb_nearest_name("Shma", groups, 4));
    assert_null(trb_nearest_name("x", groups, 4)); /* not all of its letters may be slips */
    char endless[5000];
    memset(endless, 'v', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_null(trb_nearest_name(endless, names, CLI_COUNT(names)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_plain_decimal_text),
        cmocka_unit_test(what_is_not_a_plain_number_is_refused),
        cmocka_unit_test(whole_numbers_have_no_fraction_and_fit),
        cmocka_unit_test(a_length_in_any_unit_is_the_nearest_double_in_mm),
        cmocka_unit_test(a_length_without_a_unit_is_refused),
        cmocka_unit_test(voxels_count_as_a_unit_where_allowed),
        cmocka_unit_test(one_length_stands_for_three_axes),
        cmocka_unit_test(sizes_know_binary_and_decimal_units),
        cmocka_unit_test(ranges_are_half_open_and_not_empty),
        cmocka_unit_test(a_box_has_three_ranges),
        cmocka_unit_test(real_ranges_and_flags_are_strict),
        cmocka_unit_test(an_unknown_choice_lists_all_and_suggests_one),
        cmocka_unit_test(the_nearest_name_counts_swaps_as_one_slip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
