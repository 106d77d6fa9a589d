/* test_stats_edges.c - the one-way statistics where they are at their end: tiny, constant, unbalanced. */
#include "support/testing.h"

#include "support/oracle_numbers.h"
#include "support/small_cohort.h"

static void small_integers_give_the_closed_forms(void **state)
{
    (void)state;
    small_cohort c = {0};
    ADD(&c, "A", 1, 2, 3);
    ADD(&c, "B", 4, 5, 6);
    ADD(&c, "C", 7, 8, 9);
    json_t *tree = small_cohort_run(&c);
    CHECK_CLOSE(27, tree_number(tree, "omnibus::anova::F"), 0); /* SSB = 54, SSW = 6: (54/2) / (6/6) */
    CHECK_CLOSE(0.001, tree_number(tree, "omnibus::anova::p"),
                1e-17); /* df1 = 2: p = (1 + 2F/df2)^(-df2/2) = 10^-3 */
    CHECK_CLOSE(0.9, tree_number(tree, "omnibus::anova::eta2"), 1e-15);
    CHECK_CLOSE(7.2, tree_number(tree, "omnibus::kruskal::H"), 1e-14);
    CHECK_CLOSE(exp(-3.6), tree_number(tree, "omnibus::kruskal::p"), 1e-16); /* chi-square with 2 df */
    CHECK_CLOSE(0.1, tree_number(tree, "pairs::C - A::mann_whitney::p_exact_conditional_abs"),
                1e-15); /* 2 / 20 */
    CHECK_CLOSE(0.1, tree_number(tree, "pairs::C - A::permutation_mean::p_two_sided"), 1e-15);
    CHECK_CLOSE(50, 100 * tree_number(tree, "rescue::C | B::percent") / -200, 1e-12); /* (8-5)/(2-5) = -1 */
    CHECK_CLOSE(27, tree_number(tree, "trend::jonckheere::J"), 0);
    CHECK_CLOSE(6, tree_number(tree, "trend::linear_contrast::estimate"), 1e-15); /* 8 - 2 */
    assert_true(tree_warns(tree, "3 against 3 cannot give p below 0.1"));
    json_decref(tree);
    small_cohort_clear(&c);
}

static void a_group_of_one_is_described_and_not_tested(void **state)
{
    (void)state;
    small_cohort c = {0};
    ADD(&c, "one", 5);
    ADD(&c, "none", 0);
    c.group[1].n = 0;
    c.group[1].n_missing = 3;
    ADD(&c, "two", 4, 6);
    ADD(&c, "three", 1, 2, 4);
    json_t *tree = small_cohort_run(&c);
    CHECK_CLOSE(5, tree_number(tree, "descriptive::one::mean"), 0);
    assert_true(json_is_null(oracle_node(tree, "descriptive::one::sd")));
    assert_true(json_is_null(oracle_node(tree, "descriptive::none::mean")));
    CHECK_CLOSE(3, tree_number(tree, "descriptive::none::n_missing"), 0);
    assert_int_equal(json_array_size(json_object_get(tree, "eligible_groups")), 2);
    assert_string_equal(tree_text(tree, "excluded_groups::0"), "one");
    assert_int_equal(json_object_size(json_object_get(tree, "pairs")), 1);
    CHECK_CLOSE(3, tree_number(tree, "omnibus::anova::df2"), 0); /* N = 5, k = 2 */
    assert_null(json_object_get(tree, "vs_control"));            /* the control is the group of one */
    assert_string_equal(tree_text(tree, "rescue::two | none::note"), "a group is missing or has n < 2");
    assert_true(tree_warns(tree, "group one has n = 1"));
    assert_true(tree_warns(tree, "group none has no values"));
    assert_true(tree_warns(tree, "group two has n = 2"));
    assert_true(tree_warns(tree, "control group one has n < 2"));
    json_decref(tree);
    small_cohort_clear(&c);
}

static void one_group_is_described_only(void **state)
{
    (void)state;
    small_cohort c = {0};
    ADD(&c, "alone", 1, 2, 3, 4);
    json_t *tree = small_cohort_run(&c);
    CHECK_CLOSE(2.5, tree_number(tree, "descriptive::alone::mean"), 0);
    assert_null(json_object_get(tree, "omnibus"));
    assert_true(tree_warns(tree, "descriptive statistics only"));
    json_decref(tree);
    c.n = 0;
    tree = small_cohort_run(&c);
    assert_int_equal(json_object_size(json_object_get(tree, "descriptive")), 0);
    json_decref(tree);
    c.n = 1;
    small_cohort_clear(&c);
}

static void equal_values_leave_the_tests_undefined(void **state)
{
    (void)state;
    small_cohort c = {0};
    ADD(&c, "A", 5, 5, 5);
    ADD(&c, "B", 5, 5);
    ADD(&c, "C", 5, 5, 5, 5);
    json_t *tree = small_cohort_run(&c);
    assert_string_equal(tree_text(tree, "omnibus::anova::note"), "MS error is 0");
    assert_string_equal(tree_text(tree, "omnibus::kruskal::note"), "all values equal");
    assert_string_equal(tree_text(tree, "pairs::B - A::student::note"),
                        "undefined: data are essentially constant");
    CHECK_CLOSE(1, tree_number(tree, "pairs::B - A::mann_whitney::p_exact_conditional_abs"), 0);
    assert_true(json_is_null(oracle_node(tree, "all_pairs::welch_t::B - A::p_holm")));
    assert_true(tree_warns(tree, "all values of group A are equal"));
    assert_true(tree_warns(tree, "rescue C | B is not estimable: A and B do not differ"));
    json_decref(tree);
    small_cohort_clear(&c);
}

/* 0.1 three times: the mean of a constant must be that constant, or its variance would not be 0. */
static void a_constant_group_has_no_variance_whatever_its_value(void **state)
{
    (void)state;
    small_cohort c = {0};
    ADD(&c, "constant", 0.1, 0.1, 0.1);
    ADD(&c, "varying", 0.1, 0.2, 0.4, 0.3);
    json_t *tree = small_cohort_run(&c);
    CHECK_CLOSE(0, tree_number(tree, "descriptive::constant::sd"), 0);
    CHECK_CLOSE(0.1, tree_number(tree, "descriptive::constant::mean"), 0);
    assert_string_equal(tree_text(tree, "omnibus::welch::note"), "a group variance is 0");
    assert_true(tree_number(tree, "omnibus::anova::p") > 0);
    assert_true(tree_number(tree, "all_pairs::games_howell::varying - constant::p") >
                0); /* one variance is enough */
    json_decref(tree);
    small_cohort_clear(&c);
}

static void rescue_says_when_the_loss_is_no_loss(void **state)
{
    (void)state;
    small_cohort c = {0};
    ADD(&c, "Sham", 10, 12, 9, 11, 13);
    ADD(&c, "OVX", 11, 9, 12, 10, 12.5);
    ADD(&c, "EV", 14, 15, 13, 16, 15);
    json_t *tree = small_cohort_run(&c);
    assert_true(json_is_null(oracle_node(tree, "rescue::EV | OVX::fieller_welch_lo")));
    assert_string_equal(tree_text(tree, "rescue::EV | OVX::note_welch"),
                        "not estimable: Sham and OVX do not differ");
    assert_true(tree_warns(tree, "rescue EV | OVX is not estimable: Sham and OVX do not differ"));
    json_decref(tree);
    small_cohort_clear(&c);
}

static void unbalanced_to_the_extreme_still_has_dunnett(void **state)
{
    (void)state;
    small_cohort c = {0};
    small_cohort_add_random(&c, "control", 3, 1, 1, 0);
    small_cohort_add_random(&c, "large", 1000, 1.5, 2, 0);
    small_cohort_add_random(&c, "small", 2, 1.2, 3, 0);
    json_t *tree = small_cohort_run(&c);
    const double dunnett = tree_number(tree, "vs_control::dunnett::large - control::p");
    const double raw = tree_number(tree, "vs_control::pooled_t::large - control::p_raw");
    assert_true(raw < dunnett && dunnett < 2 * raw);
    json_decref(tree);
    small_cohort_clear(&c);
}

static void wrong_requests_are_refused(void **state)
{
    (void)state;
    small_cohort c = {0};
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
    small_cohort_clear(&c);
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
        cmocka_unit_test(unbalanced_to_the_extreme_still_has_dunnett),
        cmocka_unit_test(wrong_requests_are_refused),
    };
    return cmocka_run_group_tests_name("statistics at their edges", tests, NULL, NULL);
}
