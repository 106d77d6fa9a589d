/*
 * test_designs_edges.c - designs with hardly any data: each says why, none gives NaN, none depends on the row
 * order.
 */
#include "support/design_samples.h"
#include "support/oracle_numbers.h"
#include "support/testing.h"

#include "study/stat_designs.h"

/* ---- one call a design, on a sample; checks what must hold for all */

static json_t *checked(json_t *out)
{
    assert_non_null(out);
    check_nulls_have_notes(out);
    return out;
}

static json_t *twoway_of(const design_sample *s, const char *const *a_levels, size_t n_a,
                         const char *const *b_levels, size_t n_b)
{
    static sample_factor a, b;
    json_t *out = NULL;
    sample_factor_make(&a, s, 0, a_levels, n_a);
    sample_factor_make(&b, s, 1, b_levels, n_b);
    CHECK_OK(trb_stat_twoway(s->y, s->n, &a.factor, &b.factor, 0.95, &out, err));
    return checked(out);
}

static json_t *ancova_of(const design_sample *s, const char *const *levels, size_t n)
{
    static sample_factor group;
    json_t *out = NULL;
    sample_factor_make(&group, s, 1, levels, n);
    CHECK_OK(trb_stat_ancova(s->y, s->x, s->n, &group.factor, 0.95, &out, err));
    return checked(out);
}

static json_t *paired_of(const design_sample *s)
{
    json_t *out = NULL;
    CHECK_OK(trb_stat_paired(s->x, s->y, s->n, 0.95, &out, err));
    return checked(out);
}

static trb_status nested_status(const design_sample *s, const char *const *groups, size_t n_groups,
                                bool sides, json_t **out, trb_error *err)
{
    static const char *const SIDES[] = {"L", "R"};
    static sample_factor animal, group, side;
    sample_factor_make(&animal, s, 0, NULL, 0);
    sample_factor_make(&group, s, 1, groups, n_groups);
    if (sides)
        sample_factor_make(&side, s, 2, SIDES, 2);
    return trb_stat_nested(s->y, s->n, &animal.factor, &group.factor, sides ? &side.factor : NULL, 0.95, out, err);
}

static json_t *nested_of(const design_sample *s, const char *const *groups, size_t n_groups, bool sides)
{
    json_t *out = NULL;
    CHECK_OK(nested_status(s, groups, n_groups, sides, &out, err));
    return checked(out);
}

static trb_status longitudinal_status(const design_sample *s, const char *const *groups, size_t n_groups,
                                      const char *const *times, const double *time_value, size_t n_times,
                                      json_t **out, trb_error *err)
{
    static sample_factor animal, group, time;
    sample_factor_make(&animal, s, 0, NULL, 0);
    sample_factor_make(&group, s, 1, groups, n_groups);
    sample_factor_make(&time, s, 2, times, n_times);
    return trb_stat_longitudinal(s->y, s->n, &animal.factor, &group.factor, &time.factor, time_value, 0.95, out,
                                 err);
}

static const char *const AB[] = {"a", "b"}, *const PQR[] = {"p", "q", "r"}, *const WEEKS[] = {"0", "4", "8"};
static const double WEEK[] = {0, 4, 8};

static json_t *longitudinal_of(const design_sample *s, size_t n_groups, size_t n_times)
{
    json_t *out = NULL;
    CHECK_OK(longitudinal_status(s, AB, n_groups, WEEKS, WEEK, n_times, &out, err));
    return checked(out);
}

static json_t *repeatability_of(const design_sample *s)
{
    static sample_factor specimen, repeat;
    json_t *out = NULL;
    sample_factor_make(&specimen, s, 0, NULL, 0);
    sample_factor_make(&repeat, s, 2, PQR, 3);
    CHECK_OK(trb_stat_repeatability(s->y, s->n, &specimen.factor, &repeat.factor, &out, err));
    return checked(out);
}

static void expect_note(json_t *out, const char *path, const char *why)
{
    assert_string_equal(text_at(out, path), why);
    json_decref(out);
}

/* ---- the designs */

static void an_empty_cell_leaves_the_cells_alone(void **state)
{
    (void)state;
    design_sample s = {0};
    sample_add(&s, "a", "p", "", 0, 1);
    sample_add(&s, "a", "q", "", 0, 2);
    sample_add(&s, "b", "p", "", 0, 4);
    sample_add(&s, "b", "p", "", 0, 5);
    json_t *out = twoway_of(&s, AB, 2, PQR, 2);
    assert_null(json_object_get(out, "type_II"));
    CHECK_CLOSE(4.5, number_at(out, "cells::b:p::mean"), 0);
    expect_note(out, "note", "an empty cell");
    sample_add(&s, "b", "q", "", 0, NAN); /* a missing value does not fill it */
    out = twoway_of(&s, AB, 2, PQR, 2);
    CHECK_CLOSE(1, number_at(out, "n_missing"), 0);
    expect_note(out, "note", "an empty cell");
}

static void cells_without_error_give_no_tests(void **state)
{
    (void)state;
    design_sample s = {0};
    for (size_t i = 0; i < 4; i++)
        sample_add(&s, AB[i / 2], PQR[i % 2], "", 0, (double)i);
    expect_note(twoway_of(&s, AB, 2, PQR, 2), "note", "one value a cell: no error to test against");
    for (size_t i = 0; i < 4; i++)
        sample_add(&s, AB[i / 2], PQR[i % 2], "", 0, (double)i);
    expect_note(twoway_of(&s, AB, 2, PQR, 2), "note", "no variation within cells");
    expect_note(twoway_of(&s, AB, 2, PQR, 3), "note", "an empty cell");
    design_sample one = {0};
    sample_add(&one, "a", "p", "", 0, 1);
    sample_add(&one, "a", "q", "", 0, 2);
    expect_note(twoway_of(&one, AB, 1, PQR, 2), "note", "a factor with one level");
}

/* 2 x 2 with cells 1 3, 2 4, 5 7, 10 12: means 2 3 6 11, MS 2, all by hand. */
static void a_balanced_table_is_known_exactly(void **state)
{
    (void)state;
    static const double Y[] = {1, 3, 2, 4, 5, 7, 10, 12};
    design_sample s = {0};
    for (size_t i = 0; i < 8; i++)
        sample_add(&s, AB[i / 4], PQR[i / 2 % 2], "", 0, Y[i]);
    json_t *out = twoway_of(&s, AB, 2, PQR, 2);
    CHECK_CLOSE(72, number_at(out, "type_I::first::SS"), 1e-12); /* 8 (8.5 - 2.5)^2 / 4 */
    CHECK_CLOSE(72, number_at(out, "type_III::first::SS"), 1e-12);
    CHECK_CLOSE(18, number_at(out, "type_II::second::SS"), 1e-12);
    CHECK_CLOSE(8, number_at(out, "type_III::first:second::SS"), 1e-12);
    CHECK_CLOSE(4, number_at(out, "difference_in_differences::estimate"), 1e-12);
    CHECK_CLOSE(36, number_at(out, "type_III::first::F"), 1e-12);
    json_decref(out);
}

static void pairs_that_say_nothing(void **state)
{
    (void)state;
    design_sample s = {0};
    expect_note(paired_of(&s), "note", "fewer than two pairs");
    sample_add(&s, "", "", "", 1, 2);
    expect_note(paired_of(&s), "note", "fewer than two pairs");
    sample_add(&s, "", "", "", 3, NAN);
    expect_note(paired_of(&s), "note", "fewer than two pairs");
    sample_add(&s, "", "", "", 2, 3);
    json_t *out = paired_of(&s);
    assert_string_equal(text_at(out, "normality_diff::note"), "n < 3");
    expect_note(out, "paired_t::note", "undefined: differences are essentially constant");
    design_sample same = {0};
    for (size_t i = 0; i < 4; i++)
        sample_add(&same, "", "", "", (double)i, (double)i);
    expect_note(paired_of(&same), "wilcoxon::note", "all differences are 0");
    design_sample tenth = {0}; /* 1000.1 - 1000 is not 0.1: rounding must not be taken for variation */
    for (size_t i = 0; i < 6; i++)
        sample_add(&tenth, "", "", "", 1000 + (double)i, 1000 + (double)i + 0.1);
    expect_note(paired_of(&tenth), "paired_t::note", "undefined: differences are essentially constant");
}

static void signed_ranks_are_exact(void **state)
{
    (void)state;
    design_sample s = {0};
    for (size_t i = 1; i <= 5; i++)
        sample_add(&s, "", "", "", 0, (double)i);
    json_t *out = paired_of(&s); /* all positive: 2 of 32 */
    CHECK_CLOSE(0.0625, number_at(out, "wilcoxon::p_exact_conditional"), 0);
    CHECK_CLOSE(3, number_at(out, "wilcoxon::hodges_lehmann"), 0);
    json_decref(out);
    for (size_t i = 6; i <= 400; i++)
        sample_add(&s, "", "", "", 0, i % 2 ? (double)i : -(double)i);
    out = paired_of(&s);
    assert_true(json_is_null(json_object_get(json_object_get(out, "wilcoxon"), "p_exact_conditional")));
    expect_note(out, "wilcoxon::note", "more than 300 pairs: no exact p");
}

static void covariates_that_cannot_adjust(void **state)
{
    (void)state;
    design_sample s = {0};
    expect_note(ancova_of(&s, AB, 2), "note", "no values");
    for (size_t i = 0; i < 3; i++)
        sample_add(&s, "", AB[i / 2], "", (double)i, (double)(i * i));
    expect_note(ancova_of(&s, AB, 2), "note", "too few animals: no error to test against");
    design_sample flat = {0};
    for (size_t i = 0; i < 8; i++)
        sample_add(&flat, "", AB[i / 4], "", (double)(i / 4), (double)(i * i));
    expect_note(ancova_of(&flat, AB, 2), "note", "the covariate does not vary within groups");
    design_sample line = {0};
    for (size_t i = 0; i < 8; i++)
        sample_add(&line, "", AB[i / 4], "", (double)i, 2 + 0.1 * (double)i + (double)(i / 4));
    expect_note(ancova_of(&line, AB, 2), "note", "the residual is 0");
    design_sample one = {0};
    for (size_t i = 0; i < 5; i++)
        sample_add(&one, "", "a", "", (double)i, (double)(i * i));
    json_t *out = ancova_of(&one, AB, 2); /* group b has no row: left out */
    CHECK_CLOSE(4, number_at(out, "covariate::slope"), 1e-12);
    expect_note(out, "group::note", "one group");
}

/* A group of one animal has no slope of its own: R's anova(lm(y ~ x + g), lm(y ~ x * g)) then has one df
 * less. x = 1..7, g = a a a b b b c, y = 1 4 2 8 5 7 9 by R 4.2.2. */
static void a_group_of_one_has_no_slope(void **state)
{
    (void)state;
    static const double Y[] = {1, 4, 2, 8, 5, 7, 9};
    design_sample s = {0};
    for (size_t i = 0; i < 7; i++)
        sample_add(&s, "", PQR[i / 3], "", (double)(i + 1), Y[i]);
    json_t *out = ancova_of(&s, PQR, 3);
    CHECK_CLOSE(1, number_at(out, "slopes_homogeneity::df1"), 0);
    CHECK_CLOSE(2, number_at(out, "slopes_homogeneity::df2"), 0);
    CHECK_RELATIVE(0.24, number_at(out, "slopes_homogeneity::F"), 1e-10);
    CHECK_RELATIVE(1.065688775510201, number_at(out, "group::F"), 1e-10);
    json_decref(out);
}

static void correlation_needs_variation(void **state)
{
    (void)state;
    static const double X[] = {1, 2, 3, 4, 5}, SAME[] = {7, 7, 7, 7, 7}, LINE[] = {2, 4, 6, 8, 10};
    json_t *out = NULL;
    CHECK_OK(trb_stat_correlation(X, X, 2, 0.95, &out, err));
    expect_note(checked(out), "note", "n < 3");
    CHECK_OK(trb_stat_correlation(X, SAME, 5, 0.95, &out, err));
    expect_note(checked(out), "note", "one of the two does not vary");
    CHECK_OK(trb_stat_correlation(X, LINE, 5, 0.95, &out, err));
    CHECK_CLOSE(1, number_at(checked(out), "pearson::r"), 1e-15);
    CHECK_CLOSE(2, number_at(out, "regression::slope"), 1e-15);
    json_decref(out);
}

static void repeats_that_give_no_precision(void **state)
{
    (void)state;
    design_sample s = {0};
    expect_note(repeatability_of(&s), "note", "no specimen was scanned twice: no precision");
    sample_add(&s, "one", "", "p", 0, 3);
    sample_add(&s, "two", "", "p", 0, 4);
    expect_note(repeatability_of(&s), "note", "no specimen was scanned twice: no precision");
    sample_add(&s, "one", "", "q", 0, 5);
    json_t *out = repeatability_of(&s); /* SD of 3 and 5: sqrt 2; the specimen scanned once is counted */
    CHECK_RELATIVE(sqrt(2), number_at(out, "rms_sd"), 1e-15);
    CHECK_CLOSE(1, number_at(out, "n_single"), 0);
    expect_note(out, "icc::note", "fewer than two specimens with repeats");
    sample_add(&s, "two", "", "r", 0, 4);
    expect_note(repeatability_of(&s), "icc::note", "not every repeat was scanned once on every specimen");
    sample_add(&s, "two", "", "q", 0, 4);
    expect_note(repeatability_of(&s), "icc::note", "specimens were not scanned equally often");
    design_sample same = {0};
    for (size_t i = 0; i < 6; i++)
        sample_add(&same, i < 3 ? "one" : "two", "", PQR[i % 3], 0, 0);
    out = repeatability_of(&same);
    CHECK_CLOSE(0, number_at(out, "rms_sd"), 0);
    assert_string_equal(text_at(out, "icc::note"), "repeats do not differ");
    expect_note(out, "note", "a specimen's mean is 0: no coefficient of variation");
}

static void limbs_that_cannot_make_a_model(void **state)
{
    (void)state;
    design_sample s = {0};
    expect_note(nested_of(&s, AB, 2, true), "note", "no values");
    sample_add(&s, "m1", "a", "L", 0, 3);
    sample_add(&s, "m2", "b", "L", 0, 4);
    json_t *out = nested_of(&s, AB, 2, true);
    assert_string_equal(text_at(out, "naive_scan_level_WRONG::welch::note"), "a group has n < 2: no test");
    expect_note(out, "mixed_model::note", "no more values than cells");
    sample_add(&s, "m1", "a", "R", 0, 3.5);
    sample_add(&s, "m2", "b", "R", 0, 4.5);
    out = nested_of(&s, AB, 2, true);
    assert_string_equal(text_at(out, "icc_within_groups::note"), "one animal a group");
    expect_note(out, "mixed_model::note", "too few animals to estimate their variance");
    design_sample single = {0};
    for (size_t i = 0; i < 6; i++)
        sample_add(&single,
                   i < 3 ? (const char *const[]){"m1", "m2", "m3"}[i]
                         : (const char *const[]){"m4", "m5", "m6"}[i - 3],
                   AB[i / 3], "L", 0, (double)(i * i));
    out = nested_of(&single, AB, 2, false);
    assert_null(json_object_get(out, "icc_within_groups"));
    expect_note(out, "mixed_model::note", "too few repeats within animals to tell animals from scans");
    design_sample same = {0};
    for (size_t i = 0; i < 8; i++)
        sample_add(&same, (const char *const[]){"m1", "m2", "m3", "m4"}[i / 2], AB[i / 4],
                   AB[i % 2] == AB[0] ? "L" : "R", 0, 5);
    out = nested_of(&same, AB, 2, true);
    expect_note(out, "mixed_model::note", "all values equal within cells");
}

/* Animals that differ less than their limbs: the variance is 0, the model counts scans, and says so. */
static void a_singular_model_is_flagged(void **state)
{
    (void)state;
    static const double Y[] = {1, 9, 2, 8, 3, 7, 4, 11, 5, 10, 6, 9};
    design_sample s = {0};
    for (size_t i = 0; i < 12; i++)
        sample_add(&s, (const char *const[]){"m1", "m2", "m3", "m4", "m5", "m6"}[i / 2], AB[i / 6],
                   i % 2 ? "R" : "L", 0, Y[i]);
    json_t *out = nested_of(&s, AB, 2, true);
    assert_true(json_is_true(json_object_get(json_object_get(out, "mixed_model"), "singular")));
    CHECK_CLOSE(0, number_at(out, "mixed_model::var_animal"), 0);
    CHECK_CLOSE(10, number_at(out, "mixed_model::df2_satterthwaite"), 1e-9);
    CHECK_RELATIVE(number_at(out, "naive_scan_level_WRONG::student::p"), number_at(out, "mixed_model::p"),
                   1e-10);
    json_decref(out);
}

static void contradictions_are_refused(void **state)
{
    (void)state;
    design_sample s = {0};
    trb_error err = {TRB_OK, ""};
    json_t *out = NULL;
    sample_add(&s, "m1", "a", "0", 0, 3);
    sample_add(&s, "m1", "b", "4", 0, 4);
    assert_int_equal(nested_status(&s, AB, 2, false, &out, &err), TRB_ERR_DATA);
    assert_string_equal(err.text, "animal 'm1' is in group 'a' and in group 'b'");
    assert_null(out);
    assert_int_equal(longitudinal_status(&s, AB, 2, WEEKS, WEEK, 2, &out, &err), TRB_ERR_DATA);
    s.label[1][1] = "a";
    s.label[2][1] = "0";
    assert_int_equal(longitudinal_status(&s, AB, 2, WEEKS, WEEK, 2, &out, &err), TRB_ERR_DATA);
    assert_string_equal(err.text, "animal 'm1' has two scans at time '0': average them first");
    static const double BACKWARDS[] = {4, 0};
    assert_int_equal(longitudinal_status(&s, AB, 2, WEEKS, BACKWARDS, 2, &out, &err), TRB_ERR_ARGUMENT);
    assert_string_equal(err.text, "time '4' does not come after time '0'");
    const double huge[] = {1, 1e200};
    assert_int_equal(trb_stat_paired(huge, WEEK, 2, 0.95, &out, &err), TRB_ERR_DATA);
    assert_string_equal(err.text, "row 2: 1e+200 is too large a number");
    const size_t level[] = {0, 2};
    const trb_factor bad = {"bad", 2, AB, level}, good = {"good", 2, AB, (const size_t[]){0, 1}};
    const double y[] = {1, 2};
    assert_int_equal(trb_stat_twoway(y, 2, &bad, &good, 0.95, &out, &err), TRB_ERR_ARGUMENT);
    assert_int_equal(trb_stat_ancova(y, y, 2, &bad, 0.95, &out, &err), TRB_ERR_ARGUMENT);
    assert_int_equal(trb_stat_nested(y, 2, &good, &bad, NULL, 0.95, &out, &err), TRB_ERR_ARGUMENT);
    assert_int_equal(trb_stat_repeatability(y, 2, &bad, &good, &out, &err), TRB_ERR_ARGUMENT);
    assert_null(out);
}

static void times_that_cannot_make_a_model(void **state)
{
    (void)state;
    static const char *const ANIMALS[] = {"m1", "m2", "m3", "m4"};
    design_sample s = {0};
    expect_note(longitudinal_of(&s, 2, 3), "note", "no values");
    for (size_t i = 0; i < 4; i++)
        sample_add(&s, ANIMALS[i], AB[i / 2], "0", 0, (double)(i * i));
    json_t *out = longitudinal_of(&s, 2, 1);
    assert_string_equal(text_at(out, "rm_anova_complete_cases::note"), "fewer than two times");
    expect_note(out, "mixed_model::note", "too few repeats within animals to tell animals from scans");
    for (size_t i = 0; i < 2; i++)
        sample_add(&s, ANIMALS[i], "a", "4", 0, (double)(i * i) - 2);
    out = longitudinal_of(&s, 2, 2); /* group b was never seen at week 4 */
    CHECK_CLOSE(0, number_at(out, "cells::b @ 4::n"), 0);
    assert_string_equal(text_at(out, "summary_measure_slope::welch::b - a::note"),
                        "a group has n < 2: no test");
    expect_note(out, "mixed_model::note", "a group has no scan at one of the times");
    for (size_t i = 2; i < 4; i++)
        sample_add(&s, ANIMALS[i], "b", "4", 0, (double)(i * i) + (double)i);
    out = longitudinal_of(&s, 2, 2); /* m1 starts from 0: no percent change */
    CHECK_CLOSE(1, number_at(out, "percent_change_last_vs_first::descriptive::a::n"), 0);
    CHECK_CLOSE(4, number_at(out, "rm_anova_complete_cases::n_complete_animals"), 0);
    assert_non_null(oracle_node(out, "mixed_model::type_III_kenward_roger::group:time::F"));
    expect_note(out, "rm_anova_complete_cases::note", "two times: nothing to be spherical");
}

static void one_group_over_time(void **state)
{
    (void)state;
    design_sample s = {0};
    uint64_t seed = 5;
    for (size_t i = 0; i < 15; i++)
        sample_add(&s, (const char *const[]){"m1", "m2", "m3", "m4", "m5"}[i / 3], "a", WEEKS[i % 3], 0,
                   10 + 3 * (double)(i / 3) + sample_noise(&seed));
    json_t *out = longitudinal_of(&s, 1, 3);
    assert_null(oracle_node(out, "mixed_model::type_III_satterthwaite::group"));
    assert_null(oracle_node(out, "rm_anova_complete_cases::group"));
    /* Complete data: the model's F of time is that of the analysis of variance. */
    CHECK_RELATIVE(number_at(out, "rm_anova_complete_cases::time::F"),
                   number_at(out, "mixed_model::type_III_satterthwaite::time::F"), 1e-9);
    CHECK_RELATIVE(8, number_at(out, "mixed_model::type_III_kenward_roger::time::df2"), 1e-9);
    json_decref(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_cell_leaves_the_cells_alone),
        cmocka_unit_test(cells_without_error_give_no_tests),
        cmocka_unit_test(a_balanced_table_is_known_exactly),
        cmocka_unit_test(pairs_that_say_nothing),
        cmocka_unit_test(signed_ranks_are_exact),
        cmocka_unit_test(covariates_that_cannot_adjust),
        cmocka_unit_test(a_group_of_one_has_no_slope),
        cmocka_unit_test(correlation_needs_variation),
        cmocka_unit_test(repeats_that_give_no_precision),
        cmocka_unit_test(limbs_that_cannot_make_a_model),
        cmocka_unit_test(a_singular_model_is_flagged),
        cmocka_unit_test(contradictions_are_refused),
        cmocka_unit_test(times_that_cannot_make_a_model),
        cmocka_unit_test(one_group_over_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
