/*
 * test_designs_invariants.c - what must hold for any data: no row order, no unit, no duplicate way of asking
 * changes an answer. And the designs without rows: power, planning, several studies.
 */
#include "support/design_samples.h"
#include "support/oracle_numbers.h"
#include "support/testing.h"

#include "study/stat_designs.h"
#include "study/stat_range.h"

#define MATHLIB_STANDALONE 1
#include <Rmath.h>

static const char *const GROUPS[] = {"Sham", "OVX"}, *const TIMES[] = {"0", "4", "8"},
                         *const SIDES[] = {"L", "R"};
static const double WEEK[] = {0, 4, 8};
static const char *const ANIMALS[] = {"m7", "m02", "m1", "m9", "m11", "m3", "m4", "m10"};

typedef json_t *(*analysis)(const design_sample *s);

static double level = 0.95; /* of confidence */

static json_t *twoway(const design_sample *s)
{
    static sample_factor a, b;
    json_t *out = NULL;
    sample_factor_make(&a, s, 1, GROUPS, 2);
    sample_factor_make(&b, s, 2, TIMES, 3);
    CHECK_OK(trb_stat_twoway(s->y, s->n, &a.factor, &b.factor, level, &out, err));
    return out;
}

static json_t *ancova(const design_sample *s)
{
    static sample_factor group;
    json_t *out = NULL, *correlation = NULL;
    sample_factor_make(&group, s, 1, GROUPS, 2);
    CHECK_OK(trb_stat_ancova(s->y, s->x, s->n, &group.factor, level, &out, err));
    CHECK_OK(trb_stat_correlation(s->x, s->y, s->n, level, &correlation, err));
    json_object_set_new(out, "correlation", correlation);
    return out;
}

static json_t *paired(const design_sample *s)
{
    json_t *out = NULL;
    CHECK_OK(trb_stat_paired(s->x, s->y, s->n, level, &out, err));
    return out;
}

/* Animals get their numbers by first appearance: those change with the order, too. */
static json_t *nested(const design_sample *s)
{
    static sample_factor animal, group;
    json_t *out = NULL;
    sample_factor_make(&animal, s, 0, NULL, 0);
    sample_factor_make(&group, s, 1, GROUPS, 2);
    CHECK_OK(trb_stat_nested(s->y, s->n, &animal.factor, &group.factor, NULL, level, &out, err));
    return out;
}

static json_t *longitudinal(const design_sample *s)
{
    static sample_factor animal, group, time;
    json_t *out = NULL;
    sample_factor_make(&animal, s, 0, NULL, 0);
    sample_factor_make(&group, s, 1, GROUPS, 2);
    sample_factor_make(&time, s, 2, TIMES, 3);
    CHECK_OK(trb_stat_longitudinal(s->y, s->n, &animal.factor, &group.factor, &time.factor, WEEK, level, &out, err));
    return out;
}

static json_t *repeatability(const design_sample *s)
{
    static sample_factor specimen, repeat;
    json_t *out = NULL;
    sample_factor_make(&specimen, s, 0, NULL, 0);
    sample_factor_make(&repeat, s, 2, TIMES, 3);
    CHECK_OK(trb_stat_repeatability(s->y, s->n, &specimen.factor, &repeat.factor, &out, err));
    return out;
}

/* Eight animals in two groups of 5 and 3, three times, one scan missing when asked. */
static design_sample eight_animals(bool complete)
{
    design_sample s = {0};
    uint64_t seed = 20;
    for (size_t a = 0; a < 8; a++) {
        const double own = 4 * sample_noise(&seed);
        for (size_t t = 0; t < 3; t++) {
            const double y = 20 + own + (a < 5 ? 0.1 : -1.3) * (double)t + sample_noise(&seed);
            sample_add(&s, ANIMALS[a], GROUPS[a >= 5], TIMES[t], 300 + 40 * sample_noise(&seed),
                       !complete && a == 2 && t == 1 ? NAN : y);
        }
    }
    return s;
}

static void row_order_changes_no_bit(void **state)
{
    (void)state;
    static const analysis ALL[] = {twoway, ancova, paired, nested, longitudinal, repeatability};
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++) {
        design_sample s = eight_animals(false);
        json_t *first = ALL[i](&s);
        check_nulls_have_notes(first);
        for (uint64_t seed = 1; seed < 20; seed++) {
            sample_shuffle(&s, seed);
            json_t *again = ALL[i](&s);
            if (!json_equal(first, again))
                fail_msg("analysis %zu depends on the order of the rows", i);
            json_decref(again);
        }
        json_decref(first);
    }
}

/* Everything that has limits {KEY_lo, KEY_hi} and df has them half the quantile of t apart; returns how many there are. */
static size_t check_limits(const json_t *wide, const json_t *narrow, double a, double b)
{
    size_t n = 0;
    const char *key;
    json_t *value;
    const json_t *lo = json_object_get(wide, "ci_lo"), *hi = json_object_get(wide, "ci_hi"), *df = json_object_get(wide, "df");
    if (json_is_number(lo) && json_is_number(df) && !json_object_get(wide, "r")) {
        const double few = json_number_value(df), half = (json_number_value(hi) - json_number_value(lo)) / 2;
        const double other = (json_number_value(json_object_get(narrow, "ci_hi")) - json_number_value(json_object_get(narrow, "ci_lo"))) / 2;
        CHECK_RELATIVE(half / qt(0.5 + a / 2, few, 1, 0), other / qt(0.5 + b / 2, few, 1, 0), 1e-9);
        n++;
    }
    json_object_foreach ((json_t *)wide, key, value)
        n += check_limits(value, json_object_get(narrow, key), a, b);
    return n;
}

/* Limits follow the level that was asked for, and nothing else does. */
static void limits_have_their_level(void **state)
{
    (void)state;
    static const analysis ALL[] = {twoway, ancova, paired, nested, longitudinal};
    static const size_t LIMITS[] = {14, 1, 1, 2, 3};
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++) {
        design_sample s = eight_animals(false);
        json_t *wide = ALL[i](&s);
        level = 0.8;
        json_t *narrow = ALL[i](&s);
        level = 0.95;
        const size_t n = check_limits(wide, narrow, 0.95, 0.8);
        print_message("analysis %zu: %zu limits\n", i, n);
        assert_true(n >= LIMITS[i]);
        json_decref(wide);
        json_decref(narrow);
    }
    design_sample s = eight_animals(true);
    json_t *wide = ancova(&s);
    level = 0.8;
    json_t *narrow = ancova(&s);
    level = 0.95;
    const double r = atanh(number_at(wide, "correlation::pearson::r"));
    CHECK_RELATIVE((atanh(number_at(wide, "correlation::pearson::ci_hi")) - r) / qnorm(0.975, 0, 1, 1, 0),
                   (atanh(number_at(narrow, "correlation::pearson::ci_hi")) - r) / qnorm(0.9, 0, 1, 1, 0), 1e-9);
    json_decref(wide);
    json_decref(narrow);
}

static void units_scale_and_tests_stay(void **state)
{
    (void)state;
    design_sample s = eight_animals(false), um = s;
    for (size_t i = 0; i < um.n; i++)
        um.y[i] = 1000 * s.y[i] + 5e6; /* an offset a thousand times the spread */
    json_t *a = longitudinal(&s), *b = longitudinal(&um), *c = twoway(&s), *d = twoway(&um);
    static const char *const MODEL[] = {"mixed_model::type_III_satterthwaite::group:time::F",
                                        "mixed_model::type_III_satterthwaite::group::df2",
                                        "mixed_model::type_III_kenward_roger::time::F",
                                        "mixed_model::type_III_kenward_roger::time::df2",
                                        "rm_anova_complete_cases::group:time::F",
                                        "rm_anova_complete_cases::GG_epsilon",
                                        "ancova_last_on_first::group::F",
                                        "mixed_model::REML::icc"};
    for (size_t i = 0; i < sizeof MODEL / sizeof *MODEL; i++)
        CHECK_RELATIVE(number_at(a, MODEL[i]), number_at(b, MODEL[i]), 1e-7);
    CHECK_RELATIVE(1e6 * number_at(a, "mixed_model::REML::var_animal"),
                   number_at(b, "mixed_model::REML::var_animal"), 1e-7);
    static const char *const TABLE[] = {"type_II::second::F", "type_III::third::F",
                                        "type_III::second:third::p"};
    for (size_t i = 0; i < sizeof TABLE / sizeof *TABLE; i++)
        CHECK_RELATIVE(number_at(c, TABLE[i]), number_at(d, TABLE[i]), 1e-7);
    json_decref(a);
    json_decref(b);
    json_decref(c);
    json_decref(d);
}

/* With as many scans of every animal the mixed model is the analysis of variance of animal means, Kenward and
 * Roger change nothing, and all degrees of freedom are whole numbers. */
static void balanced_models_are_analyses_of_variance(void **state)
{
    (void)state;
    design_sample s = eight_animals(true);
    json_t *time = longitudinal(&s), *limbs = nested(&s);
    static const char *const TERM[] = {"group", "time", "group:time"};
    static const double DF[] = {6, 12, 12};
    for (size_t i = 0; i < 3; i++) {
        char path[128];
        snprintf(path, sizeof path, "rm_anova_complete_cases::%s::F", TERM[i]);
        const double f = number_at(time, path);
        static const char *const METHOD[] = {"satterthwaite", "kenward_roger"};
        for (size_t k = 0; k < 2; k++) {
            snprintf(path, sizeof path, "mixed_model::type_III_%s::%s::F", METHOD[k], TERM[i]);
            CHECK_RELATIVE(f, number_at(time, path), 1e-9);
            snprintf(path, sizeof path, "mixed_model::type_III_%s::%s::df2", METHOD[k], TERM[i]);
            CHECK_RELATIVE(DF[i], number_at(time, path), 1e-9);
        }
    }
    const double msa = number_at(limbs, "icc_within_groups::MS_animals"),
                 msw = number_at(limbs, "icc_within_groups::MS_within");
    CHECK_RELATIVE((msa - msw) / 3, number_at(limbs, "mixed_model::var_animal"), 1e-9);
    CHECK_RELATIVE(msw, number_at(limbs, "mixed_model::var_residual"), 1e-9);
    CHECK_RELATIVE(6, number_at(limbs, "mixed_model::df2_satterthwaite"), 1e-9);
    json_decref(time);
    json_decref(limbs);
}

static void swapping_sides_swaps_signs(void **state)
{
    (void)state;
    design_sample s = eight_animals(true), swapped = s;
    for (size_t i = 0; i < s.n; i++) {
        s.x[i] = 20 + (s.x[i] - 300) / 10;
        swapped.x[i] = s.y[i];
        swapped.y[i] = s.x[i];
    }
    json_t *a = paired(&s), *b = paired(&swapped);
    CHECK_CLOSE(-number_at(a, "paired_t::t"), number_at(b, "paired_t::t"), 0);
    CHECK_CLOSE(number_at(a, "paired_t::p"), number_at(b, "paired_t::p"), 0);
    CHECK_CLOSE(number_at(a, "wilcoxon::p_exact_conditional"), number_at(b, "wilcoxon::p_exact_conditional"),
                1e-14);
    CHECK_CLOSE(300, number_at(a, "wilcoxon::V") + number_at(b, "wilcoxon::V"), 0); /* 24 * 25 / 2 */
    CHECK_CLOSE(-number_at(a, "wilcoxon::hodges_lehmann"), number_at(b, "wilcoxon::hodges_lehmann"), 1e-14);
    json_decref(a);
    json_decref(b);
}

/* Limbs in the order of sides: a - b of both, whatever the rows say first. */
static void sides_are_paired_within_animals(void **state)
{
    (void)state;
    design_sample s = {0};
    for (size_t a = 0; a < 4; a++)
        for (size_t k = 0; k < 2; k++)
            sample_add(&s, ANIMALS[a], GROUPS[a / 2], SIDES[1 - k], 0,
                       (double)(10 * a) + (k ? 1 : 3) + (a == 3 && k ? 1 : 0));
    static sample_factor animal, group, side;
    json_t *out = NULL;
    sample_factor_make(&animal, &s, 0, NULL, 0);
    sample_factor_make(&group, &s, 1, GROUPS, 2);
    sample_factor_make(&side, &s, 2, SIDES, 2);
    CHECK_OK(trb_stat_nested(s.y, s.n, &animal.factor, &group.factor, &side.factor, level, &out, err));
    CHECK_CLOSE(1.75, number_at(out, "side_paired::mean_diff"), 1e-15); /* R - L: 2 2 2 1 */
    CHECK_CLOSE(32.5, number_at(out, "animal_means::m9"), 0);
    json_decref(out);
}

static trb_meta_study study_of(const char *name, double treated, double control)
{
    return (trb_meta_study){name, treated, 2, control, 2, 8, 8};
}

static void one_or_two_studies(void **state)
{
    (void)state;
    trb_meta_study two[] = {study_of("one", 12, 9), study_of("two", 14, 9)};
    json_t *out = NULL;
    CHECK_OK(trb_stat_meta(two, 1, &out, err));
    check_nulls_have_notes(out);
    CHECK_CLOSE(3, number_at(out, "MD::FE::estimate"), 1e-12);
    assert_string_equal(text_at(out, "MD::REML::note"), "one study: no variance between studies");
    json_decref(out);
    CHECK_OK(trb_stat_meta(two, 2, &out, err));
    check_nulls_have_notes(out);
    /* v = 4/8 + 4/8 = 1 for both: Q = 2, tau2 = Q - 1 = 1 by all three methods. */
    CHECK_CLOSE(1, number_at(out, "MD::DL::tau2"), 1e-12);
    CHECK_CLOSE(1, number_at(out, "MD::REML::tau2"), 1e-12);
    CHECK_CLOSE(1, number_at(out, "MD::PM::tau2"), 1e-12);
    CHECK_CLOSE(4, number_at(out, "MD::REML::estimate"), 1e-12);
    assert_null(oracle_node(out, "MD::egger_lm"));
    json_decref(out);
    CHECK_OK(trb_stat_meta(two, 0, &out, err));
    assert_string_equal(text_at(out, "note"), "no study");
    json_decref(out);
}

static void studies_that_agree_have_no_variance_between(void **state)
{
    (void)state;
    trb_meta_study three[] = {study_of("a", 12, 9), study_of("b", 12, 9), study_of("c", -3, 9)};
    trb_meta_study same[] = {study_of("a", 12, 9), study_of("b", 12, 9), study_of("c", 12, 9)};
    json_t *out = NULL;
    CHECK_OK(trb_stat_meta(same, 3, &out, err));
    check_nulls_have_notes(out);
    CHECK_CLOSE(0, number_at(out, "SMD::REML::tau2"), 0);
    CHECK_CLOSE(0, number_at(out, "SMD::PM::tau2"), 0);
    assert_string_equal(text_at(out, "SMD::egger_lm::note"), "the standard errors are equal");
    json_decref(out);
    CHECK_OK(trb_stat_meta(three, 3, &out, err));
    check_nulls_have_notes(out);
    assert_string_equal(text_at(out, "ROM::note"),
                        "undefined for a study: a mean is 0, or means differ in sign");
    const trb_meta_study other[] = {three[2], three[0], three[1]};
    json_t *again = NULL;
    CHECK_OK(trb_stat_meta(other, 3, &again, err));
    assert_true(json_equal(out, again));
    json_decref(out);
    json_decref(again);
}

static void studies_that_are_refused(void **state)
{
    (void)state;
    trb_error err = {TRB_OK, ""};
    json_t *out = NULL;
    trb_meta_study two[] = {study_of("a", 12, 9), study_of("a", 12, 9)};
    assert_int_equal(trb_stat_meta(two, 2, &out, &err), TRB_ERR_DATA);
    assert_string_equal(err.text, "two studies are named 'a'");
    two[1] = (trb_meta_study){"b", 12, 0, 9, 2, 8, 8};
    assert_int_equal(trb_stat_meta(two, 2, &out, &err), TRB_ERR_DATA);
    assert_string_equal(err.text, "study 'b': each SD must be positive");
    two[1] = (trb_meta_study){"b", 12, 1, 9, 2, 1, 8};
    assert_int_equal(trb_stat_meta(two, 2, &out, &err), TRB_ERR_DATA);
    two[1] = (trb_meta_study){"b", NAN, 1, 9, 2, 8, 8};
    assert_int_equal(trb_stat_meta(two, 2, &out, &err), TRB_ERR_DATA);
    assert_null(out);
}

static double power_of(trb_power_case c, const char *key)
{
    json_t *out = NULL;
    c.id = "x";
    CHECK_OK(trb_stat_power(&c, 1, &out, err));
    check_nulls_have_notes(out);
    const double value = number_at(json_object_get(out, "x"), key);
    json_decref(out);
    return value;
}

static void power_answers_each_way_round(void **state)
{
    (void)state;
    for (double delta = 0.4; delta < 3; delta += 0.37) {
        const trb_power_case ask = {.kind = TRB_POWER_TWO_GROUPS, .delta = delta, .sd = 1, .power = 0.9};
        const size_t n = (size_t)power_of(ask, "n_per_group");
        const trb_power_case enough = {.kind = TRB_POWER_TWO_GROUPS, .delta = delta, .sd = 1, .n = n},
                             short_of = {.kind = TRB_POWER_TWO_GROUPS, .delta = delta, .sd = 1, .n = n - 1};
        assert_true(power_of(enough, "power_strict") >= 0.9);
        assert_true(power_of(short_of, "power_strict") < 0.9);
        const trb_power_case back = {
            .kind = TRB_POWER_DETECTABLE, .n = n, .power = power_of(enough, "power_strict")};
        CHECK_RELATIVE(delta, power_of(back, "detectable_d"), 1e-9);
        /* Two groups: the analysis of variance is the t test. */
        const double mean[] = {0, delta};
        const trb_power_case anova = {.kind = TRB_POWER_ANOVA, .n_means = 2, .mean = mean, .sd = 1, .n = n};
        CHECK_RELATIVE(power_of(enough, "power_strict"), power_of(anova, "power"), 1e-9);
    }
    const trb_power_case none = {.kind = TRB_POWER_TWO_GROUPS, .delta = 0, .sd = 1, .n = 9, .alpha = 0.01};
    CHECK_RELATIVE(0.01, power_of(none, "power_strict"), 1e-12);
}

static void power_that_cannot_be(void **state)
{
    (void)state;
    trb_error err = {TRB_OK, ""};
    json_t *out = NULL;
    const trb_power_case bad[] = {
        {.id = "x", .kind = TRB_POWER_TWO_GROUPS, .delta = 1, .sd = 0, .power = 0.8},
        {.id = "x", .kind = TRB_POWER_TWO_GROUPS, .delta = 1, .sd = 1, .power = 1},
        {.id = "x", .kind = TRB_POWER_TWO_GROUPS, .delta = 1, .sd = 1, .power = 0.04},
        {.id = "x", .kind = TRB_POWER_TWO_GROUPS, .delta = NAN, .sd = 1, .power = 0.8},
        {.id = "x", .kind = TRB_POWER_TWO_GROUPS, .delta = 1, .sd = 1, .n = 1},
        {.id = "x", .kind = TRB_POWER_TWO_GROUPS, .delta = 1, .sd = 1, .n1 = 8},
        {.id = "x", .kind = TRB_POWER_TWO_GROUPS, .delta = 1, .sd = 1, .power = 0.8, .alpha = -1},
        {.id = "x", .kind = TRB_POWER_DETECTABLE, .power = 0.8},
        {.id = "x", .kind = TRB_POWER_ANOVA, .sd = 1, .power = 0.8},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(trb_stat_power(&bad[i], 1, &out, &err), TRB_ERR_ARGUMENT);
        assert_non_null(strstr(err.text, "x: "));
        assert_null(out);
    }
}

static void no_difference_needs_no_n(void **state)
{
    (void)state;
    json_t *out = NULL;
    const trb_power_case never = {.id = "x", .kind = TRB_POWER_TWO_GROUPS, .delta = 0, .sd = 1, .power = 0.8};
    CHECK_OK(trb_stat_power(&never, 1, &out, err));
    assert_string_equal(text_at(out, "x::note"),
                        "no difference to find, or one that a million animals would not show");
    json_decref(out);
}

static void planning_starts_from_the_groups(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"Sham", "OVX", "lost", "EV"};
    static const double MEAN[] = {30, 10, 0, 30}, SD[] = {4, 3, 0, 4};
    static const size_t N[] = {8, 8, 1, 6};
    const trb_power_groups groups = {.n_groups = 4, .name = NAMES, .mean = MEAN, .sd = SD, .n = N};
    json_t *out = NULL;
    CHECK_OK(trb_stat_power_plan(&groups, &out, err));
    check_nulls_have_notes(out);
    const trb_power_case same = {.kind = TRB_POWER_TWO_GROUPS, .delta = 20, .sd = sqrt(12.5), .power = 0.8},
                         mdd = {.kind = TRB_POWER_DETECTABLE, .n = 8, .power = 0.8};
    CHECK_CLOSE(power_of(same, "n_per_group"), number_at(out, "pairs::OVX - Sham::n_per_group"), 0);
    CHECK_RELATIVE(power_of(mdd, "detectable_d"), number_at(out, "pairs::OVX - Sham::detectable_d"), 1e-12);
    CHECK_RELATIVE(power_of(mdd, "detectable_d") * sqrt(12.5),
                   number_at(out, "pairs::OVX - Sham::detectable_difference"), 1e-12);
    assert_string_equal(text_at(out, "pairs::EV - Sham::note"),
                        "no difference to find, or one that a million animals would not show");
    assert_string_equal(json_string_value(json_array_get(json_object_get(out, "excluded_groups"), 0)),
                        "lost");
    assert_true(number_at(out, "anova::achieved_power") >= 0.8);
    assert_null(oracle_node(out, "pairs::OVX - Sham::power"));
    json_decref(out);
    const trb_power_groups one = {.n_groups = 1, .name = NAMES, .mean = MEAN, .sd = SD, .n = N};
    CHECK_OK(trb_stat_power_plan(&one, &out, err));
    assert_string_equal(text_at(out, "note"), "fewer than two groups with n >= 2: nothing to plan from");
    json_decref(out);
}

/* Once the sum of a tail that began below the smallest normal number walked for minutes (q = 53.9, k = 3). */
static void far_tails_of_the_range_end(void **state)
{
    (void)state;
    for (double df = 2; df < 40; df += 9) {
        double before = 1;
        for (double q = 40; q < 80; q *= 1.01) {
            const double p = trb_stat_ptukey(q, 3, df);
            assert_true(p > 0 && p < before);
            before = p;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_order_changes_no_bit),
        cmocka_unit_test(limits_have_their_level),
        cmocka_unit_test(units_scale_and_tests_stay),
        cmocka_unit_test(balanced_models_are_analyses_of_variance),
        cmocka_unit_test(swapping_sides_swaps_signs),
        cmocka_unit_test(sides_are_paired_within_animals),
        cmocka_unit_test(one_or_two_studies),
        cmocka_unit_test(studies_that_agree_have_no_variance_between),
        cmocka_unit_test(studies_that_are_refused),
        cmocka_unit_test(power_answers_each_way_round),
        cmocka_unit_test(power_that_cannot_be),
        cmocka_unit_test(no_difference_needs_no_n),
        cmocka_unit_test(far_tails_of_the_range_end),
        cmocka_unit_test(planning_starts_from_the_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
