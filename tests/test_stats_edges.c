/* test_stats_edges.c - the one-way statistics where they are at their end: tiny, constant, tied, huge,
 * many. */
#include "support/testing.h"

#include "study/stat_tree.h"
#include "support/oracle_numbers.h"

#include <time.h>

enum { MOST = 64 };

/* Groups under construction; values are copied. */
typedef struct cohort {
    size_t n;
    trb_sample_group group[MOST];
    double *value[MOST];
    char name[MOST][32];
} cohort;

static void add(cohort *c, const char *name, const double *value, size_t n)
{
    assert_true(c->n < MOST);
    snprintf(c->name[c->n], sizeof c->name[0], "%s", name);
    c->value[c->n] = malloc((n + 1) * sizeof *value);
    assert_non_null(c->value[c->n]);
    if (n)
        memcpy(c->value[c->n], value, n * sizeof *value);
    c->group[c->n] = (trb_sample_group){c->name[c->n], n, 0, c->value[c->n]};
    c->n++;
}

#define ADD(c, name, ...)                                                                                    \
    add(c, name, (const double[]){__VA_ARGS__}, sizeof(const double[]){__VA_ARGS__} / sizeof(double))

static void clear(cohort *c)
{
    for (size_t i = 0; i < c->n; i++)
        free(c->value[i]);
}

static bool has_note(json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) if (strncmp(key, "note", 4) == 0) return true;
    return false;
}

/* JSON that a careful reader can trust: numbers are finite, and whatever is null has a note beside it. */
static void check_tree(json_t *node, const char *name)
{
    const char *key;
    json_t *value;
    size_t i;
    if (json_is_real(node))
        assert_true(isfinite(json_real_value(node)));
    json_array_foreach(node, i, value) check_tree(value, name);
    json_object_foreach(node, key, value)
    {
        if (json_is_null(value) && !has_note(node))
            fail_msg("%s: %s is null without a note", name, key);
        check_tree(value, key);
    }
}

static json_t *run_with(const cohort *c, const trb_stat_options *o)
{
    const trb_sample_groups groups = {c->n, c->group};
    json_t *tree;
    CHECK_OK(trb_stat_tree_oneway(&groups, o, &tree, err));
    check_tree(tree, "tree");
    char *text = json_dumps(tree, 0); /* refuses what is not JSON */
    assert_non_null(text);
    free(text);
    return tree;
}

/* Everything asked for: control 0, rescue of 2 by 1 against 0 where there are three groups, trend. */
static json_t *run(const cohort *c)
{
    const trb_rescue_choice rescue = {0, 1, 2};
    trb_stat_options o = trb_stat_options_default();
    o.has_control = c->n > 0;
    o.ordered = true;
    o.full = true;
    o.n_rescues = c->n > 2;
    o.rescue = &rescue;
    return run_with(c, &o);
}

static double number(const json_t *tree, const char *path)
{
    const json_t *node = oracle_node(tree, path);
    if (!json_is_number(node))
        fail_msg("%s is no number", path);
    return json_number_value(node);
}

static const char *text(const json_t *tree, const char *path)
{
    const json_t *node = oracle_node(tree, path);
    if (!json_is_string(node))
        fail_msg("%s is no text", path);
    return json_string_value(node);
}

static bool warns(const json_t *tree, const char *part)
{
    size_t i;
    json_t *warning;
    json_array_foreach(json_object_get(tree, "warnings"), i,
                       warning) if (strstr(json_string_value(warning), part)) return true;
    return false;
}

static void small_integers_give_the_closed_forms(void **state)
{
    (void)state;
    cohort c = {0};
    ADD(&c, "A", 1, 2, 3);
    ADD(&c, "B", 4, 5, 6);
    ADD(&c, "C", 7, 8, 9);
    json_t *tree = run(&c);
    CHECK_CLOSE(27, number(tree, "omnibus::anova::F"), 0); /* SSB = 54, SSW = 6: (54/2) / (6/6) */
    CHECK_CLOSE(0.001, number(tree, "omnibus::anova::p"),
                1e-17); /* df1 = 2: p = (1 + 2F/df2)^(-df2/2) = 10^-3 */
    CHECK_CLOSE(0.9, number(tree, "omnibus::anova::eta2"), 1e-15);
    CHECK_CLOSE(7.2, number(tree, "omnibus::kruskal::H"), 1e-14);
    CHECK_CLOSE(exp(-3.6), number(tree, "omnibus::kruskal::p"), 1e-16); /* chi-square with 2 df */
    CHECK_CLOSE(0.1, number(tree, "pairs::C - A::mann_whitney::p_exact_conditional_abs"), 1e-15); /* 2 / 20 */
    CHECK_CLOSE(0.1, number(tree, "pairs::C - A::permutation_mean::p_two_sided"), 1e-15);
    CHECK_CLOSE(50, 100 * number(tree, "rescue::C | B::percent") / -200, 1e-12); /* (8-5)/(2-5) = -1 */
    CHECK_CLOSE(27, number(tree, "trend::jonckheere::J"), 0);
    CHECK_CLOSE(6, number(tree, "trend::linear_contrast::estimate"), 1e-15); /* 8 - 2 */
    assert_true(warns(tree, "3 against 3 cannot give p below 0.1"));
    json_decref(tree);
    clear(&c);
}

static void a_group_of_one_is_described_and_not_tested(void **state)
{
    (void)state;
    cohort c = {0};
    ADD(&c, "one", 5);
    ADD(&c, "none", 0);
    c.group[1].n = 0;
    c.group[1].n_missing = 3;
    ADD(&c, "two", 4, 6);
    ADD(&c, "three", 1, 2, 4);
    json_t *tree = run(&c);
    CHECK_CLOSE(5, number(tree, "descriptive::one::mean"), 0);
    assert_true(json_is_null(oracle_node(tree, "descriptive::one::sd")));
    assert_true(json_is_null(oracle_node(tree, "descriptive::none::mean")));
    CHECK_CLOSE(3, number(tree, "descriptive::none::n_missing"), 0);
    assert_int_equal(json_array_size(json_object_get(tree, "eligible_groups")), 2);
    assert_string_equal(text(tree, "excluded_groups::0"), "one");
    assert_int_equal(json_object_size(json_object_get(tree, "pairs")), 1);
    CHECK_CLOSE(3, number(tree, "omnibus::anova::df2"), 0); /* N = 5, k = 2 */
    assert_null(json_object_get(tree, "vs_control"));       /* the control is the group of one */
    assert_string_equal(text(tree, "rescue::two | none::note"), "a group is missing or has n < 2");
    assert_true(warns(tree, "group one has n = 1"));
    assert_true(warns(tree, "group none has no values"));
    assert_true(warns(tree, "group two has n = 2"));
    assert_true(warns(tree, "control group one has n < 2"));
    json_decref(tree);
    clear(&c);
}

static void one_group_is_described_only(void **state)
{
    (void)state;
    cohort c = {0};
    ADD(&c, "alone", 1, 2, 3, 4);
    json_t *tree = run(&c);
    CHECK_CLOSE(2.5, number(tree, "descriptive::alone::mean"), 0);
    assert_null(json_object_get(tree, "omnibus"));
    assert_true(warns(tree, "descriptive statistics only"));
    json_decref(tree);
    c.n = 0;
    tree = run(&c);
    assert_int_equal(json_object_size(json_object_get(tree, "descriptive")), 0);
    json_decref(tree);
    c.n = 1;
    clear(&c);
}

static void equal_values_leave_the_tests_undefined(void **state)
{
    (void)state;
    cohort c = {0};
    ADD(&c, "A", 5, 5, 5);
    ADD(&c, "B", 5, 5);
    ADD(&c, "C", 5, 5, 5, 5);
    json_t *tree = run(&c);
    assert_string_equal(text(tree, "omnibus::anova::note"), "MS error is 0");
    assert_string_equal(text(tree, "omnibus::kruskal::note"), "all values equal");
    assert_string_equal(text(tree, "pairs::B - A::student::note"),
                        "undefined: data are essentially constant");
    CHECK_CLOSE(1, number(tree, "pairs::B - A::mann_whitney::p_exact_conditional_abs"), 0);
    assert_true(json_is_null(oracle_node(tree, "all_pairs::welch_t::B - A::p_holm")));
    assert_true(warns(tree, "all values of group A are equal"));
    assert_true(warns(tree, "rescue C | B is not estimable: A and B do not differ"));
    json_decref(tree);
    clear(&c);
}

/* 0.1 three times: the mean of a constant must be that constant, or its variance would not be 0. */
static void a_constant_group_has_no_variance_whatever_its_value(void **state)
{
    (void)state;
    cohort c = {0};
    ADD(&c, "constant", 0.1, 0.1, 0.1);
    ADD(&c, "varying", 0.1, 0.2, 0.4, 0.3);
    json_t *tree = run(&c);
    CHECK_CLOSE(0, number(tree, "descriptive::constant::sd"), 0);
    CHECK_CLOSE(0.1, number(tree, "descriptive::constant::mean"), 0);
    assert_string_equal(text(tree, "omnibus::welch::note"), "a group variance is 0");
    assert_true(number(tree, "omnibus::anova::p") > 0);
    assert_true(number(tree, "all_pairs::games_howell::varying - constant::p") >
                0); /* one variance is enough */
    json_decref(tree);
    clear(&c);
}

static void rescue_says_when_the_loss_is_no_loss(void **state)
{
    (void)state;
    cohort c = {0};
    ADD(&c, "Sham", 10, 12, 9, 11, 13);
    ADD(&c, "OVX", 11, 9, 12, 10, 12.5);
    ADD(&c, "EV", 14, 15, 13, 16, 15);
    json_t *tree = run(&c);
    assert_true(json_is_null(oracle_node(tree, "rescue::EV | OVX::fieller_welch_lo")));
    assert_string_equal(text(tree, "rescue::EV | OVX::note_welch"),
                        "not estimable: Sham and OVX do not differ");
    assert_true(warns(tree, "rescue EV | OVX is not estimable: Sham and OVX do not differ"));
    json_decref(tree);
    clear(&c);
}

/* Two groups: all families must agree with the t test and its square. */
static void two_groups_make_the_families_one_test(void **state)
{
    (void)state;
    cohort c = {0};
    ADD(&c, "a", 3.1, 4.7, 2.2, 5.9, 4.4);
    ADD(&c, "b", 6.1, 5.2, 8.3, 7.7, 6.6, 5.8);
    json_t *tree = run(&c);
    const double student = number(tree, "pairs::b - a::student::p"),
                 welch = number(tree, "pairs::b - a::welch::p");
    CHECK_RELATIVE(student, number(tree, "omnibus::anova::p"), 1e-12);
    CHECK_RELATIVE(student, number(tree, "all_pairs::tukey::b - a::p"), 1e-12);
    CHECK_RELATIVE(student, number(tree, "vs_control::dunnett::b - a::p"), 1e-12);
    CHECK_RELATIVE(welch, number(tree, "omnibus::welch::p"), 1e-12);
    CHECK_RELATIVE(welch, number(tree, "all_pairs::games_howell::b - a::p"), 1e-12);
    CHECK_RELATIVE(welch, number(tree, "all_pairs::dunnett_T3::b - a::p"), 1e-12);
    const double z = number(tree, "pairs::b - a::mann_whitney::p_asymptotic_no_cc");
    CHECK_RELATIVE(z, number(tree, "all_pairs::steel_dwass::b - a::p"), 1e-12);
    CHECK_RELATIVE(z, number(tree, "all_pairs::dunn::b - a::p_raw"), 1e-12);
    json_decref(tree);
    clear(&c);
}

static void shuffle(double *x, size_t n, uint64_t seed)
{
    for (size_t i = n; i > 1; i--) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        const size_t j = (size_t)(seed >> 33) % i;
        const double t = x[i - 1];
        x[i - 1] = x[j];
        x[j] = t;
    }
}

/* Skewed, in thirds of 1: sums round, so that an order would show in the last bits. */
static void add_random(cohort *c, const char *name, size_t n, double centre, uint64_t seed, double grain)
{
    double *x = malloc((n + 1) * sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < n; i++) {
        double v = 0;
        for (int k = 0; k < 6; k++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            v += (double)(seed >> 40) / 16777216.0;
        }
        v = centre + exp(0.5 * v) / 3;
        x[i] = grain > 0 ? grain * round(v / grain) : v;
    }
    add(c, name, x, n);
    free(x);
}

static void the_order_of_rows_does_not_reach_the_last_bit(void **state)
{
    (void)state;
    cohort c = {0};
    add_random(&c, "A", 17, 1, 1, 0);
    add_random(&c, "B", 12, 1.3, 2, 0.1);
    add_random(&c, "C", 9, 0.7, 3, 0.1);
    const trb_rescue_choice rescue = {0, 1, 2};
    trb_stat_options o = trb_stat_options_default();
    o.has_control = o.ordered = o.full = o.bootstrap = true;
    o.n_rescues = 1;
    o.rescue = &rescue;
    json_t *first = run_with(&c, &o);
    for (uint64_t turn = 1; turn < 5; turn++) {
        for (size_t g = 0; g < c.n; g++)
            shuffle(c.value[g], c.group[g].n, turn);
        json_t *again = run_with(&c, &o);
        assert_true(json_equal(first, again)); /* reals are compared by == */
        json_decref(again);
    }
    json_decref(first);
    clear(&c);
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
    cohort c = {0};
    add_random(&c, "A", 8, 1, 5, 0);
    add_random(&c, "B", 7, 1.6, 6, 0);
    add_random(&c, "C", 6, 1.4, 7, 0);
    json_t *plain = run(&c);
    for (size_t i = 0; i < sizeof change / sizeof *change; i++) {
        cohort other = {0};
        for (size_t g = 0; g < c.n; g++) {
            add(&other, c.name[g], c.value[g], c.group[g].n);
            for (size_t j = 0; j < c.group[g].n; j++)
                other.value[g][j] = change[i].offset + change[i].scale * c.value[g][j];
        }
        json_t *tree = run(&other);
        for (size_t k = 0; k < sizeof path / sizeof *path; k++)
            CHECK_RELATIVE(number(plain, path[k]), number(tree, path[k]), change[i].tolerance);
        json_decref(tree);
        clear(&other);
    }
    json_decref(plain);
    clear(&c);
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
    cohort c = {0};
    for (size_t g = 0; g < 40; g++) {
        char name[16];
        snprintf(name, sizeof name, "group %zu", g);
        add_random(&c, name, 5 + g % 7, 1 + 0.05 * (double)g, g + 1, g % 2 ? 0.25 : 0);
    }
    trb_stat_options o = trb_stat_options_default();
    o.has_control = true;
    const double start = seconds();
    json_t *tree = run_with(&c, &o);
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
    assert_true(number(tree, path[0]) < number(tree, path[1]));
    assert_true(number(tree, path[1]) < number(tree, path[2]));
    json_decref(tree);
    clear(&c);
}

static void ten_thousand_rows_are_no_trouble(void **state)
{
    (void)state;
    cohort c = {0};
    const char *name[] = {"A", "B", "C", "D"};
    for (size_t g = 0; g < 4; g++) {
        add_random(&c, name[g], 2500, 1 + 0.02 * (double)g, g + 1, g == 3 ? 0.01 : 0);
        shuffle(c.value[g], 2500, 9);
    }
    for (size_t i = 0; i < 1250; i++) { /* one group falls */
        const double t = c.value[0][i];
        c.value[0][i] = c.value[0][2499 - i];
        c.value[0][2499 - i] = t;
    }
    const double start = seconds();
    json_t *tree = run(&c);
    printf("10,000 rows: %.2f s\n", seconds() - start);
    CHECK_CLOSE(9996, number(tree, "omnibus::anova::df2"), 0);
    assert_string_equal(text(tree, "normality::anova_residuals::note"), "n > 5000");
    assert_true(json_is_null(oracle_node(tree, "pairs::B - A::mann_whitney::p_exact_conditional_abs")));
    assert_true(warns(tree, "normal approximation"));
    CHECK_CLOSE(0.95, number(tree, "pairs::B - A::mann_whitney::hl_ci_achieved_level"), 1e-4);
    /* All values distinct in A, B, C: the rank sums are those of 1 ... N. */
    const double u =
        number(tree, "pairs::B - A::mann_whitney::U_a") + number(tree, "pairs::B - A::mann_whitney::U_b");
    CHECK_CLOSE(2500.0 * 2500.0, u, 0);
    json_decref(tree);
    clear(&c);
}

static void unbalanced_to_the_extreme_still_has_dunnett(void **state)
{
    (void)state;
    cohort c = {0};
    add_random(&c, "control", 3, 1, 1, 0);
    add_random(&c, "large", 1000, 1.5, 2, 0);
    add_random(&c, "small", 2, 1.2, 3, 0);
    json_t *tree = run(&c);
    const double dunnett = number(tree, "vs_control::dunnett::large - control::p");
    const double raw = number(tree, "vs_control::pooled_t::large - control::p_raw");
    assert_true(raw < dunnett && dunnett < 2 * raw);
    json_decref(tree);
    clear(&c);
}

static void wrong_requests_are_refused(void **state)
{
    (void)state;
    cohort c = {0};
    ADD(&c, "A", 1, 2, 3);
    ADD(&c, "B", 4, 5, 6);
    const trb_sample_groups groups = {c.n, c.group};
    trb_stat_options o = trb_stat_options_default();
    trb_error err;
    json_t *tree = NULL;
    o.has_control = true;
    o.control = 2; /* there is no such group: the control is missing */
    assert_int_equal(trb_stat_tree_oneway(&groups, &o, &tree, &err), TRB_ERR_ARGUMENT);
    assert_null(tree);
    o = trb_stat_options_default();
    o.conf_level = 95;
    assert_int_equal(trb_stat_tree_oneway(&groups, &o, &tree, &err), TRB_ERR_ARGUMENT);
    const trb_rescue_choice rescue = {0, 1, 2};
    o = trb_stat_options_default();
    o.n_rescues = 1;
    o.rescue = &rescue;
    assert_int_equal(trb_stat_tree_oneway(&groups, &o, &tree, &err), TRB_ERR_ARGUMENT);
    o = trb_stat_options_default();
    c.value[1][1] = NAN;
    assert_int_equal(trb_stat_tree_oneway(&groups, &o, &tree, &err), TRB_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "group 'B': value 2"));
    c.value[1][1] = 1e200;
    assert_int_equal(trb_stat_tree_oneway(&groups, &o, &tree, &err), TRB_ERR_DATA);
    c.value[1][1] = 5;
    strcpy(c.name[1], "A");
    assert_int_equal(trb_stat_tree_oneway(&groups, &o, &tree, &err), TRB_ERR_ARGUMENT);
    strcpy(c.name[1], "\xff");
    assert_int_equal(trb_stat_tree_oneway(&groups, &o, &tree, &err), TRB_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "UTF-8"));
    clear(&c);
}

static void the_confidence_level_reaches_every_interval(void **state)
{
    (void)state;
    cohort c = {0};
    add_random(&c, "A", 8, 1, 5, 0);
    add_random(&c, "B", 7, 1.6, 6, 0);
    add_random(&c, "C", 9, 2.9, 7, 0);
    trb_stat_options o = trb_stat_options_default();
    o.has_control = true;
    const trb_rescue_choice rescue = {0, 2, 1};
    o.n_rescues = 1;
    o.rescue = &rescue;
    json_t *at95 = run_with(&c, &o);
    o.conf_level = 0.99;
    json_t *at99 = run_with(&c, &o);
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
        assert_true(number(at99, limits[i][0]) < number(at95, limits[i][0]));
        assert_true(number(at99, limits[i][1]) > number(at95, limits[i][1]));
    }
    json_decref(at95);
    json_decref(at99);
    clear(&c);
}

static void metrics_without_a_test_do_not_count_across(void **state)
{
    (void)state;
    json_t *metrics = json_pack("{s:{s:{s:{s:f}}}, s:{s:{s:{s:s}}}, s:{s:{s:{s:f}}}}", "x", "omnibus",
                                "anova", "p", 0.01, "constant", "omnibus", "anova", "note", "MS error is 0",
                                "y", "omnibus", "anova", "p", 0.04);
    json_t *across;
    CHECK_OK(trb_stat_tree_across(metrics, &across, err));
    CHECK_CLOSE(0.02, number(across, "omnibus_anova::BH::x"), 1e-17);
    CHECK_CLOSE(0.04, number(across, "omnibus_anova::BH::y"), 1e-17);
    CHECK_CLOSE(0.03, number(across, "omnibus_anova::BY::x"), 1e-17); /* 1 + 1/2 */
    CHECK_CLOSE(0.02, number(across, "omnibus_anova::holm::x"), 1e-17);
    assert_true(json_is_null(oracle_node(across, "omnibus_anova::raw::constant")));
    json_decref(across);
    json_decref(metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_integers_give_the_closed_forms),
        cmocka_unit_test(a_group_of_one_is_described_and_not_tested),
        cmocka_unit_test(one_group_is_described_only),
        cmocka_unit_test(equal_values_leave_the_tests_undefined),
        cmocka_unit_test(a_constant_group_has_no_variance_whatever_its_value),
        cmocka_unit_test(rescue_says_when_the_loss_is_no_loss),
        cmocka_unit_test(two_groups_make_the_families_one_test),
        cmocka_unit_test(the_order_of_rows_does_not_reach_the_last_bit),
        cmocka_unit_test(tests_do_not_depend_on_offset_scale_or_sign),
        cmocka_unit_test(forty_groups_are_compared_in_all_pairs),
        cmocka_unit_test(ten_thousand_rows_are_no_trouble),
        cmocka_unit_test(unbalanced_to_the_extreme_still_has_dunnett),
        cmocka_unit_test(wrong_requests_are_refused),
        cmocka_unit_test(the_confidence_level_reaches_every_interval),
        cmocka_unit_test(metrics_without_a_test_do_not_count_across),
    };
    return cmocka_run_group_tests_name("statistics at their edges", tests, NULL, NULL);
}
