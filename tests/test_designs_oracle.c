/*
 * test_designs_oracle.c - the designs beyond one-way groups against every number that R makes of them.
 *
 * Families and tolerances are those of testdata/oracles/SPEC.md. p-values are compared by their relative
 * error alone: an absolute 1e-12 would let any small p pass.
 */
#include "support/design_tables.h"
#include "support/oracle_walk.h"
#include "support/testing.h"

#include "study/stat_designs.h"

enum {
    EXACT,
    VALUE,
    P,
    NORMAL_W,
    NORMAL_P,
    TUKEY,
    VARIANCE,
    LOG_LIK,
    FIXED,
    MIXED_F,
    MIXED_DF,
    MIXED_P,
    EPSILON,
    ITERATED,
    ITERATED_P,
    PROFILE,
    SIZE,
    N_FAMILIES
};

static const walk_family FAMILIES[N_FAMILIES] = {
    [EXACT] = {"n, ranks, yes and no", 0, 0},
    [VALUE] = {"mean, SD, SS, t, F, df, CI, effects", 1e-9, 1e-12},
    [P] = {"p of t, F, chi2, normal, exact ranks", 1e-8, 0},
    [NORMAL_W] = {"Shapiro-Wilk W", 1e-9, 0},
    [NORMAL_P] = {"Shapiro-Wilk p", 1e-7, 0},
    [TUKEY] = {"p of Tukey-Kramer", 1e-6, 1e-10}, /* SPEC: R's ptukey is good only to about 1e-10 absolute */
    [VARIANCE] = {"mixed model: variances, ICC", 1e-4, 0},
    [LOG_LIK] = {"mixed model: log likelihood", 1e-7, 0},
    [FIXED] = {"mixed model: fixed effects, SE, t", 1e-6, 1e-12},
    [MIXED_F] = {"mixed model: F", 1e-4, 0},
    [MIXED_DF] = {"mixed model: df", 1e-3, 0},
    [MIXED_P] = {"mixed model: p", 1e-4, 0},
    [EPSILON] = {"Greenhouse-Geisser, Huynh-Feldt, Mauchly W", 1e-8, 0},
    [ITERATED] = {"meta-analysis by REML, PM", 1e-5, 0},
    [ITERATED_P] = {"meta-analysis by REML, PM: p", 1e-5, 0},
    [PROFILE] = {"meta-analysis: Q profile", 1e-4, 0},
    [SIZE] = {"sample size, detectable difference", 1e-6, 0},
};

static const walk_rule RULES[] = {
    {NULL, "n", EXACT},
    {NULL, "n_missing", EXACT},
    {NULL, "n_pairs", EXACT},
    {NULL, "k", EXACT},
    {NULL, "n_nonzero", EXACT},
    {NULL, "n_zero", EXACT},
    {NULL, "V", EXACT},
    {NULL, "ties", EXACT},
    {NULL, "n_complete_animals", EXACT},
    {NULL, "n_specimens", EXACT},
    {NULL, "n_per_group", EXACT},
    {NULL, "n1", EXACT},
    {NULL, "n2", EXACT},
    {NULL, "singular", EXACT},
    {NULL, "df1", EXACT},
    {NULL, "Q_df", EXACT},
    {NULL, "n_continuous", SIZE},
    {NULL, "detectable_d", SIZE},
    {"mauchly", "W", EPSILON},
    {NULL, "W", NORMAL_W},
    {"normality_residuals", "p", NORMAL_P},
    {"normality_diff", "p", NORMAL_P},
    {NULL, "p_tukey", TUKEY},
    {NULL, "var_animal", VARIANCE},
    {NULL, "var_residual", VARIANCE},
    {"REML", "icc", VARIANCE},
    {NULL, "logLik_REML", LOG_LIK},
    {"mixed_model", "estimate", FIXED},
    {"mixed_model", "se", FIXED},
    {"mixed_model", "t", FIXED},
    {"mixed_model", "F", MIXED_F},
    {"mixed_model", "df", MIXED_DF},
    {"mixed_model", "df2", MIXED_DF},
    {"mixed_model", "df_satterthwaite", MIXED_DF},
    {"mixed_model", "df2_satterthwaite", MIXED_DF},
    {"mixed_model", "p", MIXED_P},
    {NULL, "GG_epsilon", EPSILON},
    {NULL, "HF_epsilon", EPSILON},
    {"tau2_ci_qprofile", NULL, PROFILE},
    {"REML", "Q", VALUE},
    {"REML", "Q_p", P},
    {"PM", "Q", VALUE},
    {"PM", "Q_p", P},
    {"REML_hartung_knapp", "Q", VALUE},
    {"REML_hartung_knapp", "Q_p", P},
    {"PM_hartung_knapp", "Q", VALUE},
    {"PM_hartung_knapp", "Q_p", P},
    {"REML", "p", ITERATED_P},
    {"PM", "p", ITERATED_P},
    {"REML_hartung_knapp", "p", ITERATED_P},
    {"PM_hartung_knapp", "p", ITERATED_P},
    {"REML", NULL, ITERATED},
    {"PM", NULL, ITERATED},
    {"REML_hartung_knapp", NULL, ITERATED},
    {"PM_hartung_knapp", NULL, ITERATED},
    {NULL, "p", P},
    {NULL, "Q_p", P},
    {NULL, "p_raw", P},
    {NULL, "p_bonferroni", P},
    {NULL, "p_sidak", P},
    {NULL, "p_holm", P},
    {NULL, "p_holm_sidak", P},
    {NULL, "p_BH", P},
    {NULL, "p_GG", P},
    {NULL, "p_HF", P},
    {NULL, "p_exact_no_ties", P},
    {NULL, "p_exact_conditional", P},
    {NULL, "p_asymptotic_cc", P},
    {NULL, "p_asymptotic_no_cc", P},
    {NULL, "p_t_approx", P},
    {NULL, NULL, VALUE},
};

static const walk_left_out LEFT_OUT[] = {
    {"conf_level", "what the oracle was asked"},
    {"alpha", "what the oracle was asked"},
    {"design", "what the oracle was asked"},
    {"animal_level", "the one-way tree of the animal means: tests/test_stats_oracle.c"},
};

static const walk HOW = {FAMILIES, N_FAMILIES, RULES, LEFT_OUT, sizeof LEFT_OUT / sizeof *LEFT_OUT};

/* {"metrics": {metric: block}}; the block is taken. */
static void add_metric(json_t *root, const char *metric, json_t *block)
{
    json_t *metrics = json_object_get(root, "metrics");
    if (!metrics) {
        metrics = json_object();
        json_object_set_new(root, "metrics", metrics);
    }
    json_object_set_new(metrics, metric, block);
}

static void compare(const char *name, json_t *root)
{
    const size_t wrong = walk_oracle(&HOW, name, root);
    json_decref(root);
    if (wrong)
        fail_msg("%s: %zu of R's numbers are not ours", name, wrong);
}

/* One metric's block of a design with two factors. */
static void two_factors(const char *name, const char *a_column, const char *a_levels, const char *b_column,
                        const char *b_levels, const char *const *metrics, size_t n_metrics)
{
    oracle_table table = oracle_table_load(name);
    table_factor a = table_factor_make(&table, a_column, a_levels),
                 b = table_factor_make(&table, b_column, b_levels);
    json_t *root = json_object();
    for (size_t m = 0; m < n_metrics; m++) {
        double *y = table_values(&table, metrics[m]);
        json_t *block = NULL;
        CHECK_OK(trb_stat_twoway(y, table.n_rows, &a.factor, &b.factor, 0.95, &block, err));
        add_metric(root, metrics[m], block);
        free(y);
    }
    compare(name, root);
    table_factor_clear(&a);
    table_factor_clear(&b);
    oracle_table_clear(&table);
}

static void two_factors_balanced(void **state)
{
    (void)state;
    static const char *const METRICS[] = {"length [1]"};
    two_factors("s10_toothgrowth_twoway", "supplement", "VC|OJ", "dose_mg", "0.5|1|2", METRICS, 1);
}

static void two_factors_unbalanced(void **state)
{
    (void)state;
    static const char *const METRICS[] = {"BV/TV [%]", "Tb.Th [um]", "Tb.N [1/mm]"};
    two_factors("s13_genotype_treatment", "genotype", "WT|KO", "treatment", "Sham|OVX", METRICS, 3);
}

static void pairs(void **state)
{
    (void)state;
    oracle_table table = oracle_table_load("s12_sleep_paired");
    double *a = table_values(&table, "drug1 [h]"), *b = table_values(&table, "drug2 [h]");
    json_t *root = json_object(), *block = NULL;
    CHECK_OK(trb_stat_paired(a, b, table.n_rows, 0.95, &block, err));
    add_metric(root, "drug2 minus drug1", block);
    compare("s12_sleep_paired", root);
    free(a);
    free(b);
    oracle_table_clear(&table);
}

static void covariate(void **state)
{
    (void)state;
    oracle_table table = oracle_table_load("s16_ancova_body_weight");
    table_factor group = table_factor_make(&table, "group", "Sham|OVX|OVX+vehicle|OVX+EV");
    double *x = table_values(&table, "body_weight [g]");
    static const char *const METRICS[] = {"BV/TV [%]", "Tb.Sp [um]"};
    json_t *root = json_object();
    for (size_t m = 0; m < 2; m++) {
        double *y = table_values(&table, METRICS[m]);
        json_t *block = NULL, *correlation = NULL;
        CHECK_OK(trb_stat_ancova(y, x, table.n_rows, &group.factor, 0.95, &block, err));
        CHECK_OK(trb_stat_correlation(x, y, table.n_rows, 0.95, &correlation, err));
        json_object_set_new(block, "correlation_with_covariate_all_animals", correlation);
        add_metric(root, METRICS[m], block);
        free(y);
    }
    compare("s16_ancova_body_weight", root);
    free(x);
    table_factor_clear(&group);
    oracle_table_clear(&table);
}

static void animals_over_time(const char *name, const char *groups, const char *const *metrics,
                              size_t n_metrics)
{
    static const double WEEKS[] = {0, 4, 8, 12};
    oracle_table table = oracle_table_load(name);
    table_factor animal = table_factor_make(&table, "animal", NULL),
                 group = table_factor_make(&table, "group", groups),
                 time = table_factor_make(&table, "time [weeks]", "0|4|8|12");
    json_t *root = json_object();
    for (size_t m = 0; m < n_metrics; m++) {
        double *y = table_values(&table, metrics[m]);
        json_t *block = NULL;
        CHECK_OK(trb_stat_longitudinal(y, table.n_rows, &animal.factor, &group.factor, &time.factor, WEEKS,
                                       0.95, &block, err));
        add_metric(root, metrics[m], block);
        free(y);
    }
    compare(name, root);
    table_factor_clear(&animal);
    table_factor_clear(&group);
    table_factor_clear(&time);
    oracle_table_clear(&table);
}

static void time_complete(void **state)
{
    (void)state;
    static const char *const METRICS[] = {"BV/TV [%]", "Tb.Sp [um]"};
    animals_over_time("s14_longitudinal_complete", "Sham|OVX|OVX+EV", METRICS, 2);
}

static void time_with_missing_scans(void **state)
{
    (void)state;
    static const char *const METRICS[] = {"BV/TV [%]"};
    animals_over_time("s15_longitudinal_missing", "OVX+vehicle|OVX+EV", METRICS, 1);
}

static void both_limbs(void **state)
{
    (void)state;
    oracle_table table = oracle_table_load("s17_limbs_left_right");
    table_factor animal = table_factor_make(&table, "animal", NULL),
                 group = table_factor_make(&table, "group", "Sham|OVX"),
                 side = table_factor_make(&table, "side", "L|R");
    static const char *const METRICS[] = {"BV/TV [%]", "Tb.Th [um]"};
    json_t *root = json_object();
    for (size_t m = 0; m < 2; m++) {
        double *y = table_values(&table, METRICS[m]);
        json_t *block = NULL;
        CHECK_OK(trb_stat_nested(y, table.n_rows, &animal.factor, &group.factor, &side.factor, 0.95, &block, err));
        add_metric(root, METRICS[m], block);
        free(y);
    }
    compare("s17_limbs_left_right", root);
    table_factor_clear(&animal);
    table_factor_clear(&group);
    table_factor_clear(&side);
    oracle_table_clear(&table);
}

static void repeated_scans(void **state)
{
    (void)state;
    oracle_table table = oracle_table_load("s18_repeat_scans");
    table_factor specimen = table_factor_make(&table, "specimen", NULL),
                 repeat = table_factor_make(&table, "repeat_no", NULL);
    static const char *const METRICS[] = {"BV/TV [%]", "Tb.Th [um]", "BMD [mgHA/cm3]"};
    json_t *root = json_object();
    for (size_t m = 0; m < 3; m++) {
        double *y = table_values(&table, METRICS[m]);
        json_t *block = NULL;
        CHECK_OK(trb_stat_repeatability(y, table.n_rows, &specimen.factor, &repeat.factor, &block, err));
        add_metric(root, METRICS[m], block);
        free(y);
    }
    compare("s18_repeat_scans", root);
    table_factor_clear(&specimen);
    table_factor_clear(&repeat);
    oracle_table_clear(&table);
}

static void several_studies(void **state)
{
    (void)state;
    oracle_table table = oracle_table_load("s20_meta");
    trb_meta_study study[16];
    assert_true(table.n_rows <= 16);
    for (size_t r = 0; r < table.n_rows; r++) {
        double v[6];
        static const char *const COLUMNS[] = {"m_t", "sd_t", "n_t", "m_c", "sd_c", "n_c"};
        for (size_t c = 0; c < 6; c++)
            v[c] = oracle_value(&table, r, oracle_column(&table, COLUMNS[c]));
        study[r] = (trb_meta_study){table.cell[r * table.n_columns + oracle_column(&table, "study")],
                                    v[0],
                                    v[1],
                                    v[3],
                                    v[4],
                                    (size_t)v[2],
                                    (size_t)v[5]};
    }
    json_t *root = json_object(), *block = NULL;
    CHECK_OK(trb_stat_meta(study, table.n_rows, &block, err));
    add_metric(root, "BV/TV [%]", block);
    compare("s20_meta", root);
    oracle_table_clear(&table);
}

static void power_and_sample_size(void **state)
{
    (void)state;
    static const double FOUR[] = {9, 4.5, 4.5, 7}, SIX[] = {30, 24, 24, 27};
    const trb_power_case cases[] = {
        {.id = "ovx_bvtv_1sd", .kind = TRB_POWER_TWO_GROUPS, .delta = 1, .sd = 1, .power = 0.8},
        {.id = "ovx_bvtv_1.5sd_90", .kind = TRB_POWER_TWO_GROUPS, .delta = 3, .sd = 2, .power = 0.9},
        {.id = "tiny_n_large_effect", .kind = TRB_POWER_TWO_GROUPS, .delta = 5, .sd = 2, .power = 0.8},
        {.id = "power_n8", .kind = TRB_POWER_TWO_GROUPS, .delta = 2.1, .sd = 1.6, .n = 8},
        {.id = "power_unequal", .kind = TRB_POWER_TWO_GROUPS, .delta = 2.1, .sd = 1.6, .n1 = 10, .n2 = 6},
        {.id = "alpha_0.01",
         .kind = TRB_POWER_TWO_GROUPS,
         .delta = 2,
         .sd = 1.5,
         .power = 0.8,
         .alpha = 0.01},
        {.id = "bonferroni_3",
         .kind = TRB_POWER_TWO_GROUPS,
         .delta = 2,
         .sd = 1.5,
         .power = 0.8,
         .alpha = 0.05 / 3},
        {.id = "paired_1sd", .kind = TRB_POWER_PAIRED, .delta = 1, .sd = 1, .power = 0.8},
        {.id = "mdd_n8", .kind = TRB_POWER_DETECTABLE, .n = 8, .power = 0.8},
        {.id = "mdd_n5", .kind = TRB_POWER_DETECTABLE, .n = 5, .power = 0.8},
        {.id = "anova_4grp", .kind = TRB_POWER_ANOVA, .n_means = 4, .mean = FOUR, .sd = 2.2, .power = 0.8},
        {.id = "anova_power_n6", .kind = TRB_POWER_ANOVA, .n_means = 4, .mean = SIX, .sd = 5, .n = 6},
    };
    json_t *root = json_object(), *block = NULL;
    CHECK_OK(trb_stat_power(cases, sizeof cases / sizeof *cases, &block, err));
    json_object_set_new(root, "cases", block);
    compare("s21_power", root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_factors_balanced),
        cmocka_unit_test(pairs),
        cmocka_unit_test(two_factors_unbalanced),
        cmocka_unit_test(time_complete),
        cmocka_unit_test(time_with_missing_scans),
        cmocka_unit_test(covariate),
        cmocka_unit_test(both_limbs),
        cmocka_unit_test(repeated_scans),
        cmocka_unit_test(several_studies),
        cmocka_unit_test(power_and_sample_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
