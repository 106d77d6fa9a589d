/*
 * test_stats_properties.c - what must hold of the one-way statistics for any data: order, scale, agreement
 * between tests, many groups and many rows.
 */
#include "support/testing.h"

#include "support/cohort_case.h"
#include "support/small_cohort.h"

#include <time.h>

/* Two groups: all families must agree with the t test and its square. */
static void two_groups_make_the_families_one_test(void **state)
{
    (void)state;
    small_cohort c = {0};
    ADD(&c, "a", 3.1, 4.7, 2.2, 5.9, 4.4);
    ADD(&c, "b", 6.1, 5.2, 8.3, 7.7, 6.6, 5.8);
    json_t *tree = small_cohort_run(&c);
    const double student = tree_number(tree, "pairs::b - a::student::p"),
                 welch = tree_number(tree, "pairs::b - a::welch::p");
    CHECK_RELATIVE(student, tree_number(tree, "omnibus::anova::p"), 1e-12);
    CHECK_RELATIVE(student, tree_number(tree, "all_pairs::tukey::b - a::p"), 1e-12);
    CHECK_RELATIVE(student, tree_number(tree, "vs_control::dunnett::b - a::p"), 1e-12);
    CHECK_RELATIVE(welch, tree_number(tree, "omnibus::welch::p"), 1e-12);
    CHECK_RELATIVE(welch, tree_number(tree, "all_pairs::games_howell::b - a::p"), 1e-12);
    CHECK_RELATIVE(welch, tree_number(tree, "all_pairs::dunnett_T3::b - a::p"), 1e-12);
    const double z = tree_number(tree, "pairs::b - a::mann_whitney::p_asymptotic_no_cc");
    CHECK_RELATIVE(z, tree_number(tree, "all_pairs::steel_dwass::b - a::p"), 1e-12);
    CHECK_RELATIVE(z, tree_number(tree, "all_pairs::dunn::b - a::p_raw"), 1e-12);
    json_decref(tree);
    small_cohort_clear(&c);
}

/* Values of R 4.2.2: z behind wilcox.test(exact = FALSE, correct = FALSE),
 * p = ptukey(sqrt(2) * abs(z), k, Inf, lower.tail = FALSE). */
static void steel_dwass_is_the_range_of_rank_tests(void **state)
{
    (void)state;
    const struct {
        const char *set, *path;
        double z, p;
    } r[] = {{"s09_plantgrowth", "weight [g]::all_pairs::steel_dwass::trt1 - ctrl", -1.32337325782769,
              0.382106282799049},
             {"s09_plantgrowth", "weight [g]::all_pairs::steel_dwass::trt2 - trt1", 2.57015841646275,
              0.0274497305863478},
             {"s11_insectsprays", "count [1]::all_pairs::steel_dwass::B - A", 0.580641483529374,
              0.992320222398058},
             {"s11_insectsprays", "count [1]::all_pairs::steel_dwass::D - C", 3.03472181629474,
              0.0290582665692887},
             {"s11_insectsprays", "count [1]::all_pairs::steel_dwass::F - E", 4.17145667460314,
              0.000434065012762108}};
    size_t n;
    const cohort_case *sets = cohort_cases(&n);
    for (size_t i = 0; i < n; i++) {
        json_t *root = NULL;
        for (size_t k = 0; k < sizeof r / sizeof *r; k++) {
            if (strcmp(r[k].set, sets[i].name) != 0)
                continue;
            if (!root)
                root = cohort_case_run(&sets[i]);
            const json_t *pair = oracle_node(json_object_get(root, "metrics"), r[k].path);
            CHECK_RELATIVE(r[k].z, json_number_value(json_object_get(pair, "z")), 1e-12);
            CHECK_CLOSE(r[k].p, json_number_value(json_object_get(pair, "p")),
                        1e-9); /* as good as ptukey is */
        }
        json_decref(root);
    }
}

static void the_order_of_rows_does_not_reach_the_last_bit(void **state)
{
    (void)state;
    small_cohort c = {0};
    small_cohort_add_random(&c, "A", 17, 1, 1, 0);
    small_cohort_add_random(&c, "B", 12, 1.3, 2, 0.1);
    small_cohort_add_random(&c, "C", 9, 0.7, 3, 0.1);
    const trb_rescue_choice rescue = {0, 1, 2};
    trb_stat_options o = trb_stat_options_default();
    o.has_control = o.ordered = o.full = o.bootstrap = true;
    o.n_rescues = 1;
    o.rescue = &rescue;
    ADD(&c, "zeros", -0.0, 0.0, 0.0, -0.0,
        0.1); /* two zeros, one value: a minimum of -0 would tell the order */
    json_t *first = small_cohort_run_with(&c, &o);
    char *text = json_dumps(first, 0);
    for (uint64_t turn = 1; turn < 5; turn++) {
        for (size_t g = 0; g < c.n; g++)
            shuffle_values(c.value[g], c.group[g].n, turn);
        json_t *again = small_cohort_run_with(&c, &o);
        char *other = json_dumps(again, 0);
        assert_string_equal(text, other);
        free(other);
        json_decref(again);
    }
    assert_false(signbit(tree_number(first, "descriptive::zeros::min")));
    free(text);
    json_decref(first);
    small_cohort_clear(&c);
}

/* A measurement in other units, far from zero, or upside down: the tests must not notice. */
static void tests_do_not_depend_on_offset_scale_or_sign(void **state)
{
    (void)state;
    const char *path[] = {"omnibus::anova::p",
                          "omnibus::welch::p",
                          "omnibus::kruskal::p",
                          "variance::bartlett::p",
                          "pairs::B - A::welch::p",
                          "pairs::B - A::mann_whitney::p_exact_conditional_abs",
                          "pairs::B - A::permutation_mean::p_two_sided",
                          "normality::anova_residuals::W",
                          "all_pairs::games_howell::C - B::p",
                          "rescue::C | B::percent",
                          "outliers::A::grubbs_p"};
    const struct {
        double offset, scale, tolerance;
    } change[] = {{0, 1e-9, 1e-12}, {0, 1e12, 1e-12}, {0, -1, 1e-12}, {1e6, 1, 1e-8}, {0, 1e60, 1e-12}};
    small_cohort c = {0};
    small_cohort_add_random(&c, "A", 8, 1, 5, 0);
    small_cohort_add_random(&c, "B", 7, 1.6, 6, 0);
    small_cohort_add_random(&c, "C", 6, 1.4, 7, 0);
    json_t *plain = small_cohort_run(&c);
    for (size_t i = 0; i < sizeof change / sizeof *change; i++) {
        small_cohort other = {0};
        for (size_t g = 0; g < c.n; g++) {
            small_cohort_add(&other, c.name[g], c.value[g], c.group[g].n);
            for (size_t j = 0; j < c.group[g].n; j++)
                other.value[g][j] = change[i].offset + change[i].scale * c.value[g][j];
        }
        json_t *tree = small_cohort_run(&other);
        for (size_t k = 0; k < sizeof path / sizeof *path; k++)
            CHECK_RELATIVE(tree_number(plain, path[k]), tree_number(tree, path[k]), change[i].tolerance);
        json_decref(tree);
        small_cohort_clear(&other);
    }
    json_decref(plain);
    small_cohort_clear(&c);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void forty_groups_are_compared_in_all_pairs(void **state)
{
    (void)state;
    small_cohort c = {0};
    for (size_t g = 0; g < 40; g++) {
        char name[16];
        snprintf(name, sizeof name, "group %zu", g);
        small_cohort_add_random(&c, name, 5 + g % 7, 1 + 0.05 * (double)g, g + 1, g % 2 ? 0.25 : 0);
    }
    trb_stat_options o = trb_stat_options_default();
    o.has_control = true;
    const double start = seconds();
    json_t *tree = small_cohort_run_with(&c, &o);
    printf("40 groups: %.2f s\n", seconds() - start);
    assert_int_equal(json_object_size(json_object_get(tree, "pairs")), 780);
    assert_int_equal(json_object_size(oracle_node(tree, "all_pairs::games_howell")), 780);
    assert_int_equal(json_object_size(oracle_node(tree, "vs_control::dunnett")), 40); /* 39 and t_crit */
    /* The largest of many is further out than one, and less far than Bonferroni fears. */
    const char *pair = "group 39 - group 0";
    char path[3][96];
    snprintf(path[0], sizeof path[0], "all_pairs::pooled_t::%s::p_raw", pair);
    snprintf(path[1], sizeof path[1], "all_pairs::tukey::%s::p", pair);
    snprintf(path[2], sizeof path[2], "all_pairs::pooled_t::%s::p_bonferroni", pair);
    assert_true(tree_number(tree, path[0]) < tree_number(tree, path[1]));
    assert_true(tree_number(tree, path[1]) < tree_number(tree, path[2]));
    json_decref(tree);
    small_cohort_clear(&c);
}

static void ten_thousand_rows_are_no_trouble(void **state)
{
    (void)state;
    small_cohort c = {0};
    const char *name[] = {"A", "B", "C", "D"};
    for (size_t g = 0; g < 4; g++) {
        small_cohort_add_random(&c, name[g], 2500, 1 + 0.02 * (double)g, g + 1, g == 3 ? 0.01 : 0);
        shuffle_values(c.value[g], 2500, 9);
    }
    for (size_t i = 0; i < 1250; i++) { /* one group falls */
        const double t = c.value[0][i];
        c.value[0][i] = c.value[0][2499 - i];
        c.value[0][2499 - i] = t;
    }
    const double start = seconds();
    json_t *tree = small_cohort_run(&c);
    printf("10,000 rows: %.2f s\n", seconds() - start);
    CHECK_CLOSE(9996, tree_number(tree, "omnibus::anova::df2"), 0);
    assert_string_equal(tree_text(tree, "normality::anova_residuals::note"), "n > 5000");
    assert_true(json_is_null(oracle_node(tree, "pairs::B - A::mann_whitney::p_exact_conditional_abs")));
    assert_true(tree_warns(tree, "normal approximation"));
    CHECK_CLOSE(0.95, tree_number(tree, "pairs::B - A::mann_whitney::hl_ci_achieved_level"), 1e-4);
    /* All values distinct in A, B, C: the rank sums are those of 1 ... N. */
    const double u = tree_number(tree, "pairs::B - A::mann_whitney::U_a") +
                     tree_number(tree, "pairs::B - A::mann_whitney::U_b");
    CHECK_CLOSE(2500.0 * 2500.0, u, 0);
    json_decref(tree);
    small_cohort_clear(&c);
}

static void the_confidence_level_reaches_every_interval(void **state)
{
    (void)state;
    small_cohort c = {0};
    small_cohort_add_random(&c, "A", 8, 1, 5, 0);
    small_cohort_add_random(&c, "B", 7, 1.6, 6, 0);
    small_cohort_add_random(&c, "C", 9, 2.9, 7, 0);
    trb_stat_options o = trb_stat_options_default();
    o.has_control = true;
    const trb_rescue_choice rescue = {0, 2, 1};
    o.n_rescues = 1;
    o.rescue = &rescue;
    json_t *at95 = small_cohort_run_with(&c, &o);
    o.conf_level = 0.99;
    json_t *at99 = small_cohort_run_with(&c, &o);
    const char *limits[][2] = {
        {"descriptive::A::ci95_lo", "descriptive::A::ci95_hi"},
        {"pairs::B - A::welch::ci_lo", "pairs::B - A::welch::ci_hi"},
        {"pairs::B - A::mann_whitney::hl_ci_lo", "pairs::B - A::mann_whitney::hl_ci_hi"},
        {"pairs::B - A::effect::g_nct_lo", "pairs::B - A::effect::g_nct_hi"},
        {"pairs::B - A::effect::g_ls_lo", "pairs::B - A::effect::g_ls_hi"},
        {"pairs::B - A::percent_change::fieller_welch_lo", "pairs::B - A::percent_change::fieller_welch_hi"},
        {"pairs::B - A::percent_change::lnRR_percent_lo", "pairs::B - A::percent_change::lnRR_percent_hi"},
        {"all_pairs::pooled_t::B - A::bonferroni_ci_lo", "all_pairs::pooled_t::B - A::bonferroni_ci_hi"},
        {"all_pairs::tukey::B - A::lwr", "all_pairs::tukey::B - A::upr"},
        {"all_pairs::games_howell::B - A::lwr", "all_pairs::games_howell::B - A::upr"},
        {"all_pairs::dunnett_T3::B - A::lwr", "all_pairs::dunnett_T3::B - A::upr"},
        {"vs_control::dunnett::B - A::lwr", "vs_control::dunnett::B - A::upr"},
        {"rescue::B | C::fieller_pooled_lo", "rescue::B | C::fieller_pooled_hi"},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        assert_true(tree_number(at99, limits[i][0]) < tree_number(at95, limits[i][0]));
        assert_true(tree_number(at99, limits[i][1]) > tree_number(at95, limits[i][1]));
    }
    json_decref(at95);
    json_decref(at99);
    small_cohort_clear(&c);
}

static void metrics_without_a_test_do_not_count_across(void **state)
{
    (void)state;
    json_t *metrics = json_pack("{s:{s:{s:{s:f}}}, s:{s:{s:{s:s}}}, s:{s:{s:{s:f}}}}", "x", "omnibus",
                                "anova", "p", 0.01, "constant", "omnibus", "anova", "note", "MS error is 0",
                                "y", "omnibus", "anova", "p", 0.04);
    json_t *across;
    CHECK_OK(trb_stat_tree_across(metrics, &across, err));
    CHECK_CLOSE(0.02, tree_number(across, "omnibus_anova::BH::x"), 1e-17);
    CHECK_CLOSE(0.04, tree_number(across, "omnibus_anova::BH::y"), 1e-17);
    CHECK_CLOSE(0.03, tree_number(across, "omnibus_anova::BY::x"), 1e-17); /* 1 + 1/2 */
    CHECK_CLOSE(0.02, tree_number(across, "omnibus_anova::holm::x"), 1e-17);
    assert_true(json_is_null(oracle_node(across, "omnibus_anova::raw::constant")));
    json_decref(across);
    json_decref(metrics);
}

/* Memory for JSON runs out at the n-th request. */
static size_t requests_left;

static void *failing_malloc(size_t size)
{
    return requests_left && --requests_left ? malloc(size) : NULL;
}

static void no_memory_is_an_error_and_no_leak(void **state)
{
    (void)state;
    small_cohort c = {0};
    ADD(&c, "A", 1, 2, 3.5);
    ADD(&c, "B", 4, 5, 6);
    ADD(&c, "C", 4, 5, 9);
    const trb_sample_groups groups = {c.n, c.group};
    const trb_rescue_choice rescue = {0, 1, 2};
    trb_stat_options o = trb_stat_options_default();
    o.has_control = o.ordered = true;
    o.n_rescues = 1;
    o.rescue = &rescue;
    json_malloc_t plain_malloc;
    json_free_t plain_free;
    json_get_alloc_funcs(&plain_malloc, &plain_free);
    json_set_alloc_funcs(failing_malloc, free);
    bool done = false;
    size_t failures = 0;
    for (size_t n = 1; !done; n += 1 + n / 40, failures += !done) {
        json_t *tree;
        requests_left = n;
        const trb_status status = trb_stat_tree_oneway(&groups, &o, &tree, NULL);
        done = status == TRB_OK;
        if (!done && status != TRB_ERR_MEMORY &&
            status != TRB_ERR_ARGUMENT) /* a name that did not become a key */
            fail_msg("request %zu: %s", n, trb_status_name(status));
        assert_true(done == (tree != NULL));
        requests_left = SIZE_MAX;
        json_decref(tree);
    }
    assert_true(failures > 100);
    json_set_alloc_funcs(plain_malloc, plain_free);
    small_cohort_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_groups_make_the_families_one_test),
        cmocka_unit_test(steel_dwass_is_the_range_of_rank_tests),
        cmocka_unit_test(the_order_of_rows_does_not_reach_the_last_bit),
        cmocka_unit_test(tests_do_not_depend_on_offset_scale_or_sign),
        cmocka_unit_test(forty_groups_are_compared_in_all_pairs),
        cmocka_unit_test(ten_thousand_rows_are_no_trouble),
        cmocka_unit_test(the_confidence_level_reaches_every_interval),
        cmocka_unit_test(metrics_without_a_test_do_not_count_across),
        cmocka_unit_test(no_memory_is_an_error_and_no_leak),
    };
    return cmocka_run_group_tests_name("properties of the statistics", tests, NULL, NULL);
}
