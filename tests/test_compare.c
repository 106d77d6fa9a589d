/*
 * test_compare.c - from a table to the document of a comparison.
 *
 * The statistics have tests of their own (test_stats_oracle.c, test_designs_oracle.c) with SPEC's tolerances. Here
 * every number that R computed must be found in the document of `compare`, under the same keys, through the
 * reader of tables and the options of the command.
 */
#include "support/oracle_numbers.h"
#include "support/testing.h"
#include "study/compare_parts.h"
#include "study/document_read.h"
#include "trabecula/report.h"

static trb_cohort *read_cohort(const char *name, trb_cohort_unit unit)
{
    char path[512];
    const char *paths[1] = {path};
    snprintf(path, sizeof path, "%s/oracles/%s.csv", TRB_TESTDATA, name);
    trb_cohort_options o = trb_cohort_options_default();
    o.unit = unit;
    trb_cohort *cohort = NULL;
    CHECK_OK(trb_cohort_read(paths, 1, &o, &cohort, err));
    return cohort;
}

/* ---- every number of R */

typedef struct oracle_case {
    const char *name, *control, *reference, *rescue, *factors[2], *covariate;
    bool ordered, nested, longitudinal, paired_columns;
} oracle_case;

/* Why a number of the oracle is not looked for, or NULL. */
static const char *left_out(const char *path)
{
    if (oracle_path_has(path, "p_mvtnorm_abs1e5"))
        return "Monte-Carlo noise of mvtnorm: SPEC.md";
    if (strstr(path, "bootstrap_percentile"))
        return "Monte-Carlo reference: compared with its own tolerance in test_stats_oracle";
    if (strncmp(path, "design::times", 13) == 0)
        return "what the oracle was asked";
    if (oracle_path_has(path, "grubbs_value"))
        return "of values equally far from the mean rounding picks one: compared in test_stats_oracle where it is unique";
    return NULL;
}

/* Coarse on purpose: the exact comparison is elsewhere; a wrong pair, sign or group is far beyond this. */
static bool near(double expected, double actual)
{
    return expected == actual || fabs(actual - expected) <= 2e-3 * fabs(expected) + 2e-6;
}

static void walk(const oracle_case *c)
{
    trb_cohort *cohort = read_cohort(c->name, c->longitudinal ? TRB_COHORT_UNIT_SCAN : TRB_COHORT_UNIT_AUTO);
    trb_cohort *scans = c->nested ? read_cohort(c->name, TRB_COHORT_UNIT_SCAN) : NULL;
    trb_compare_options o = trb_compare_options_default();
    o.full = true;
    o.control = c->control;
    o.reference = c->reference;
    o.rescue = &c->rescue;
    o.n_rescues = c->rescue ? 1 : 0;
    o.factors[0] = c->factors[0];
    o.factors[1] = c->factors[1];
    o.covariate = c->covariate;
    o.ordered = c->ordered;
    o.scans = scans;
    o.longitudinal = c->longitudinal;
    if (c->paired_columns) {
        o.paired_columns[0] = "drug1";
        o.paired_columns[1] = "drug2";
    }
    trb_comparison *comparison = NULL;
    CHECK_OK(trb_compare(cohort, &o, &comparison, err));
    oracle_numbers numbers = oracle_numbers_load(c->name);
    size_t compared = 0, skipped = 0, missing = 0, wrong = 0;
    for (size_t i = 0; i < numbers.n; i++) {
        const oracle_row *row = &numbers.row[i];
        if (row->kind != ORACLE_NUMBER)
            continue;
        if (left_out(row->path)) {
            skipped++;
            continue;
        }
        const json_t *node = oracle_node(comparison->document, row->path);
        if (!json_is_number(node) && !(isinf(row->value) && json_is_null(node))) {
            if (missing++ < 5)
                print_error("%s: not found: %s = %g\n", c->name, row->path, row->value);
            continue;
        }
        if (json_is_number(node) && !near(row->value, json_number_value(node)) && wrong++ < 5)
            print_error("%s: %s: R %.12g, here %.12g\n", c->name, row->path, row->value, json_number_value(node));
        compared++;
    }
    print_message("%-28s %6zu numbers found, %zu left out\n", c->name, compared, skipped);
    assert_int_equal(missing, 0);
    assert_int_equal(wrong, 0);
    assert_true(compared > 20);
    oracle_numbers_clear(&numbers);
    trb_comparison_destroy(comparison);
    trb_cohort_destroy(scans);
    trb_cohort_destroy(cohort);
}

static void every_number_of_R_is_in_the_document(void **state)
{
    (void)state;
    static const oracle_case CASES[] = {
        {.name = "s01_ovx_rat_balanced", .control = "OVX+vehicle", .reference = "Sham", .rescue = "OVX+EV | OVX"},
        {.name = "s02_ovx_mouse_unequal", .control = "OVX+vehicle", .reference = "Sham", .rescue = "OVX+EV | OVX"},
        {.name = "s04_ovx_ties", .control = "OVX+vehicle", .reference = "Sham", .rescue = "OVX+EV | OVX"},
        {.name = "s06_two_groups", .control = "Sham"},
        {.name = "s07_edge_small_n", .control = "OVX+vehicle", .reference = "Sham", .rescue = "OVX+EV | OVX"},
        {.name = "s09_plantgrowth", .control = "ctrl"},
        {.name = "s12_sleep_paired", .paired_columns = true},
        {.name = "s13_genotype_treatment", .factors = {"genotype", "treatment"}},
        {.name = "s14_longitudinal_complete", .longitudinal = true},
        {.name = "s15_longitudinal_missing", .longitudinal = true},
        {.name = "s16_ancova_body_weight", .covariate = "body_weight"},
        {.name = "s17_limbs_left_right", .nested = true},
        {.name = "s22_hostile_csv"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        walk(&CASES[i]);
}

/* ---- edges */

static trb_cohort *parse(const char *text)
{
    trb_cohort *cohort = NULL;
    CHECK_OK(trb_cohort_parse("table.csv", text, strlen(text), NULL, &cohort, err));
    return cohort;
}

static trb_comparison *compare(trb_cohort *cohort, const trb_compare_options *o)
{
    trb_comparison *comparison = NULL;
    CHECK_OK(trb_compare(cohort, o, &comparison, err));
    return comparison;
}

static const json_t *first_row(const trb_comparison *comparison)
{
    return json_array_get(json_object_get(comparison->document, "comparisons"), 0);
}

static const char SMALL[] = "sample,group,BV/TV [%]\na,Sham,10\nb,Sham,12\nc,Sham,14\nd,OVX,5\ne,OVX,6\nf,OVX,7\n";

static void two_groups_by_hand(void **state)
{
    (void)state;
    trb_cohort *cohort = parse(SMALL);
    trb_compare_options o = trb_compare_options_default();
    o.control = "OVX";
    o.reference = "Sham";
    trb_comparison *comparison = compare(cohort, &o);
    const json_t *row = first_row(comparison);
    /* The loss from the healthy group: OVX - Sham = 6 - 12; SE^2 = 4/3 + 1/3; t = -6 / sqrt(5/3). */
    assert_string_equal(trb_doc_text(row, "contrast"), "OVX - Sham");
    CHECK_CLOSE(-6, trb_doc_number(row, "diff"), 1e-12);
    CHECK_CLOSE(-6 / sqrt(5.0 / 3), trb_doc_number(row, "statistic"), 1e-12);
    CHECK_CLOSE(-50, trb_doc_number(row, "percent"), 1e-12);
    CHECK_CLOSE(trb_doc_number(row, "p"), trb_doc_number(row, "p_adjusted"), 0); /* one comparison: nothing to adjust */
    trb_comparison_destroy(comparison);
    trb_cohort_destroy(cohort);
}

static void the_order_of_rows_changes_no_byte(void **state)
{
    (void)state;
    static const char TURNED[] = "sample,group,BV/TV [%]\nc,Sham,14\nb,Sham,12\na,Sham,10\nf,OVX,7\nd,OVX,5\ne,OVX,6\n";
    trb_compare_options o = trb_compare_options_default();
    char *text[2];
    const char *const table[2] = {SMALL, TURNED};
    for (int i = 0; i < 2; i++) {
        trb_cohort *cohort = parse(table[i]);
        trb_comparison *comparison = compare(cohort, &o);
        text[i] = json_dumps(json_object_get(comparison->document, "comparisons"), JSON_REAL_PRECISION(17));
        trb_comparison_destroy(comparison);
        trb_cohort_destroy(cohort);
    }
    assert_string_equal(text[0], text[1]);
    free(text[0]);
    free(text[1]);
}

static void holm_by_hand(void **state)
{
    (void)state;
    trb_cohort *cohort = parse("sample,group,x\na,A,1\nb,A,2\nc,A,3\nd,B,4\ne,B,5\nf,B,7\ng,C,2\nh,C,3\ni,C,3.5\n");
    trb_compare_options o = trb_compare_options_default();
    trb_comparison *comparison = compare(cohort, &o);
    const json_t *rows = json_object_get(comparison->document, "comparisons");
    const double p1 = trb_doc_number(json_array_get(rows, 0), "p"), p2 = trb_doc_number(json_array_get(rows, 1), "p");
    assert_true(p1 < p2);
    CHECK_CLOSE(fmin(1, 2 * p1), trb_doc_number(json_array_get(rows, 0), "p_adjusted"), 1e-15);
    CHECK_CLOSE(fmax(p2, fmin(1, 2 * p1)), trb_doc_number(json_array_get(rows, 1), "p_adjusted"), 1e-15);
    trb_comparison_destroy(comparison);
    trb_cohort_destroy(cohort);
}

/* What cannot be tested is null with a note; nothing crashes, nothing is NaN in the JSON. */
static void edge_tables_have_stated_answers(void **state)
{
    (void)state;
    static const struct {
        const char *what, *table;
        bool row_has_p;
    } CASES[] = {
        {"n of 1", "sample,group,x\na,A,1\nb,B,2\nc,B,3\n", false},
        {"n of 2", "sample,group,x\na,A,1\nb,A,2\nc,B,2\nd,B,4\n", true},
        {"a constant group", "sample,group,x\na,A,1\nb,A,1\nc,B,2\nd,B,4\n", true},
        {"all equal", "sample,group,x\na,A,1\nb,A,1\nc,B,1\nd,B,1\n", false},
        {"ties", "sample,group,x\na,A,1\nb,A,1\nc,A,2\nd,B,2\ne,B,2\nf,B,3\n", true},
        {"spaces and unicode", "sample,group,\"BV/TV [%]\"\na,OVX + 17\xCE\xB2-E2,1\nb,OVX + 17\xCE\xB2-E2,2\nc,sh\xC3\xA4m,3\nd,sh\xC3\xA4m,5\n", true},
        {"a group without values", "sample,group,x,y\na,A,1,1\nb,A,2,2\nc,B,,3\nd,B,NA,5\n", false},
    };
    static const trb_test TESTS[] = {TRB_TEST_WELCH, TRB_TEST_STUDENT, TRB_TEST_RANK, TRB_TEST_DUNN, TRB_TEST_PERMUTATION};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        for (size_t t = 0; t < sizeof TESTS / sizeof *TESTS; t++) {
            trb_cohort *cohort = parse(CASES[i].table);
            trb_compare_options o = trb_compare_options_default();
            o.test = TESTS[t];
            trb_comparison *comparison = compare(cohort, &o);
            const json_t *row = first_row(comparison);
            const bool has = json_is_number(json_object_get(row, "p"));
            if (!has && !trb_doc_text(row, "note")[0])
                fail_msg("%s, %s: no p and no note", CASES[i].what, trb_test_name(TESTS[t]));
            if (TESTS[t] == TRB_TEST_WELCH && has != CASES[i].row_has_p)
                fail_msg("%s: p %s", CASES[i].what, has ? "given" : "missing");
            trb_comparison_destroy(comparison);
            trb_cohort_destroy(cohort);
        }
}

static void one_group_is_described(void **state)
{
    (void)state;
    trb_cohort *cohort = parse("sample,x\na,1\nb,2\nc,4\n");
    trb_compare_options o = trb_compare_options_default();
    trb_comparison *comparison = compare(cohort, &o);
    assert_int_equal(json_array_size(json_object_get(comparison->document, "comparisons")), 0);
    CHECK_CLOSE(7.0 / 3, trb_doc_number(trb_doc_at(comparison->document, "metrics", "x", "descriptive", cohort->group_name[0], NULL), "mean"), 1e-12);
    trb_comparison_destroy(comparison);
    trb_cohort_destroy(cohort);
}

static void expect_refusal(const trb_compare_options *o, const char *words)
{
    trb_cohort *cohort = parse(SMALL);
    trb_comparison *comparison = NULL;
    trb_error err = {TRB_OK, ""};
    assert_int_equal(trb_compare(cohort, o, &comparison, &err), TRB_ERR_ARGUMENT);
    assert_null(comparison);
    if (!strstr(err.text, words))
        fail_msg("'%s' does not say '%s'", err.text, words);
    trb_cohort_destroy(cohort);
}

static void wrong_choices_are_refused_with_the_nearest(void **state)
{
    (void)state;
    trb_compare_options o = trb_compare_options_default();
    o.control = "OVY";
    expect_refusal(&o, "OVX");
    o = trb_compare_options_default();
    o.control = o.reference = "OVX";
    expect_refusal(&o, "reference");
    o = trb_compare_options_default();
    o.primary = "BV/TB";
    expect_refusal(&o, "BV/TV");
    o = trb_compare_options_default();
    o.adjust = TRB_MULTIPLE_TUKEY;
    expect_refusal(&o, "--test student");
    const char *pair = "OVX - Shm";
    o = trb_compare_options_default();
    o.pairs = TRB_PAIRS_LIST;
    o.pair = &pair;
    o.n_pairs = 1;
    expect_refusal(&o, "OVX - Shm");
}

/* The families that adjust by their own distribution give what their tree says, whichever way a row is turned. */
static void named_families_agree_with_the_tree(void **state)
{
    (void)state;
    static const struct {
        trb_test test;
        trb_multiple adjust;
        trb_pairs pairs;
        const char *part, *family, *p;
    } CASES[] = {
        {TRB_TEST_STUDENT, TRB_MULTIPLE_TUKEY, TRB_PAIRS_ALL, "all_pairs", "tukey", "p_accurate"},
        {TRB_TEST_STUDENT, TRB_MULTIPLE_DUNNETT, TRB_PAIRS_CONTROL, "vs_control", "dunnett", "p"},
        {TRB_TEST_WELCH, TRB_MULTIPLE_GAMES_HOWELL, TRB_PAIRS_ALL, "all_pairs", "games_howell", "p_accurate"},
        {TRB_TEST_WELCH, TRB_MULTIPLE_T3, TRB_PAIRS_ALL, "all_pairs", "dunnett_T3", "p"},
        {TRB_TEST_RANK, TRB_MULTIPLE_STEEL_DWASS, TRB_PAIRS_ALL, "all_pairs", "steel_dwass", "p"},
    };
    trb_cohort *cohort = read_cohort("s01_ovx_rat_balanced", TRB_COHORT_UNIT_AUTO);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        trb_compare_options o = trb_compare_options_default();
        o.test = CASES[i].test;
        o.adjust = CASES[i].adjust;
        o.pairs = CASES[i].pairs;
        o.control = "OVX";
        o.reference = "Sham";
        trb_comparison *comparison = compare(cohort, &o);
        size_t r, seen = 0;
        const json_t *row;
        json_array_foreach (json_object_get(comparison->document, "comparisons"), r, row) {
            char key[2][128];
            snprintf(key[0], sizeof key[0], "%s - %s", trb_doc_text(row, "b"), trb_doc_text(row, "a"));
            snprintf(key[1], sizeof key[1], "%s - %s", trb_doc_text(row, "a"), trb_doc_text(row, "b"));
            const json_t *family = trb_doc_at(comparison->document, "metrics", trb_doc_text(row, "metric"), CASES[i].part, CASES[i].family, NULL);
            const json_t *block = json_object_get(family, key[0]) ? json_object_get(family, key[0]) : json_object_get(family, key[1]);
            CHECK_CLOSE(trb_doc_number(block, CASES[i].p), trb_doc_number(row, "p_adjusted"), 0);
            if (json_is_true(json_object_get(row, "ci_adjusted")))
                assert_true(trb_doc_number(row, "ci_lo") <= trb_doc_number(row, "diff") && trb_doc_number(row, "diff") <= trb_doc_number(row, "ci_hi"));
            seen++;
        }
        assert_true(seen >= 18);
        trb_comparison_destroy(comparison);
    }
    trb_cohort_destroy(cohort);
}

static void many_groups_and_many_rows(void **state)
{
    (void)state;
    char *text = malloc(600000), *to = text;
    assert_non_null(text);
    to += sprintf(to, "sample,group,x,y\n");
    for (int i = 0; i < 400; i++)
        to += sprintf(to, "s%d,G%02d,%d.%d,%d\n", i, i % 40, i % 17, i % 7, (i * 7919) % 101);
    trb_cohort *cohort = parse(text);
    trb_compare_options o = trb_compare_options_default();
    trb_comparison *comparison = compare(cohort, &o);
    assert_int_equal(json_array_size(json_object_get(comparison->document, "comparisons")), 2 * 39);
    trb_comparison_destroy(comparison);
    trb_cohort_destroy(cohort);
    to = text;
    to += sprintf(to, "sample,group,x\n");
    for (int i = 0; i < 10000; i++)
        to += sprintf(to, "s%d,G%d,%d.%03d\n", i, i % 4, (i * 7919) % 101 + i % 4, (i * 104729) % 1000);
    cohort = parse(text);
    comparison = compare(cohort, &o);
    assert_true(json_is_number(json_object_get(first_row(comparison), "p")));
    trb_comparison_destroy(comparison);
    trb_cohort_destroy(cohort);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_groups_by_hand),
        cmocka_unit_test(the_order_of_rows_changes_no_byte),
        cmocka_unit_test(holm_by_hand),
        cmocka_unit_test(edge_tables_have_stated_answers),
        cmocka_unit_test(one_group_is_described),
        cmocka_unit_test(wrong_choices_are_refused_with_the_nearest),
        cmocka_unit_test(named_families_agree_with_the_tree),
        cmocka_unit_test(many_groups_and_many_rows),
        cmocka_unit_test(every_number_of_R_is_in_the_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
