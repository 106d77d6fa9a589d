/*
 * compare_contrasts.c - one row for each comparison of two groups: estimate, interval, effect, p and adjusted p.
 *
 * Estimates come from the two groups alone, in the direction of the row (b minus a); p values from the family that
 * was asked for, which may use all groups (pooled variance, ranks, Dunnett, Tukey).
 */
#include "study/compare_parts.h"
#include "study/document_read.h"
#include "study/stat_adjust.h"
#include "study/stat_tree.h"

#include "core/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the test of one comparison says. */
typedef struct tested {
    const char *test, *statistic_name, *note;
    double statistic, df, p, p_adjusted, ci_lo, ci_hi;
    bool ci_adjusted;
} tested;

/* The block of a pair in an object of pairs, whichever way round it stands; *sign is -1 for "a - b". */
static const json_t *pair_block(const json_t *family, const char *a, const char *b, double *sign)
{
    char key[1024];
    snprintf(key, sizeof key, "%s - %s", b, a);
    *sign = 1;
    const json_t *block = json_object_get(family, key);
    if (block)
        return block;
    snprintf(key, sizeof key, "%s - %s", a, b);
    *sign = -1;
    return json_object_get(family, key);
}

/* Limits of b - a from those of either direction. */
static void turn_interval(double sign, double lo, double hi, tested *t)
{
    t->ci_lo = sign > 0 ? lo : -hi;
    t->ci_hi = sign > 0 ? hi : -lo;
}

/* A p value of a family that adjusts by its own distribution: Dunnett, Tukey, Games-Howell, T3, Steel-Dwass. */
static void adjusted_by_tree(const trb_compare_plan *plan, const json_t *tree, const char *a, const char *b, tested *t)
{
    static const struct {
        trb_multiple adjust;
        const char *part, *family, *p, *lo, *hi;
    } WHERE[] = {
        {TRB_MULTIPLE_DUNNETT, "vs_control", "dunnett", "p", "lwr", "upr"},
        {TRB_MULTIPLE_TUKEY, "all_pairs", "tukey", "p_accurate", "lwr_accurate", "upr_accurate"},
        {TRB_MULTIPLE_GAMES_HOWELL, "all_pairs", "games_howell", "p_accurate", "lwr_accurate", "upr_accurate"},
        {TRB_MULTIPLE_T3, "all_pairs", "dunnett_T3", "p", "lwr", "upr"},
        {TRB_MULTIPLE_STEEL_DWASS, "all_pairs", "steel_dwass", "p", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof WHERE / sizeof *WHERE; i++) {
        if (WHERE[i].adjust != plan->o->adjust)
            continue;
        double sign;
        const json_t *block = pair_block(trb_doc_at(tree, WHERE[i].part, WHERE[i].family, NULL), a, b, &sign);
        t->p_adjusted = trb_doc_number(block, WHERE[i].p);
        if (block && WHERE[i].lo) {
            turn_interval(sign, trb_doc_number(block, WHERE[i].lo), trb_doc_number(block, WHERE[i].hi), t);
            t->ci_adjusted = isfinite(t->ci_lo);
        }
    }
}

static void test_t(const json_t *block, double sign, tested *t)
{
    t->statistic_name = "t";
    t->statistic = sign * trb_doc_number(block, "t");
    t->df = trb_doc_number(block, "df");
    t->p = trb_doc_number(block, json_object_get(block, "p_raw") ? "p_raw" : "p");
    turn_interval(sign, trb_doc_number(block, "ci_lo"), trb_doc_number(block, "ci_hi"), t);
}

static void test_rank(const json_t *pair, tested *t)
{
    const json_t *block = json_object_get(pair, "mann_whitney");
    t->statistic_name = "U";
    t->statistic = trb_doc_number(block, "U_b");
    t->p = trb_doc_number(block, "p_exact_conditional_abs");
    if (isnan(t->p)) {
        t->p = trb_doc_number(block, "p_asymptotic_cc");
        t->test = "mann_whitney (normal approximation)";
    }
}

/* The chosen test of one comparison. pair: the block of these two groups alone. */
static tested run_test(const trb_compare_plan *plan, const json_t *tree, const json_t *pair, const char *a, const char *b)
{
    tested t = {"", "", "", NAN, NAN, NAN, NAN, NAN, NAN, false};
    const json_t *welch = json_object_get(pair, "welch");
    double sign = 1;
    turn_interval(1, trb_doc_number(welch, "ci_lo"), trb_doc_number(welch, "ci_hi"), &t);
    switch (plan->o->test) {
    case TRB_TEST_WELCH:
        t.test = "welch_t";
        test_t(welch, 1, &t);
        break;
    case TRB_TEST_STUDENT: {
        t.test = "pooled_t";
        const json_t *block = pair_block(trb_doc_at(tree, "all_pairs", "pooled_t", NULL), a, b, &sign);
        test_t(block ? block : json_object_get(pair, "student"), block ? sign : 1, &t);
        break;
    }
    case TRB_TEST_RANK:
        t.test = "mann_whitney";
        test_rank(pair, &t);
        break;
    case TRB_TEST_DUNN: {
        t.test = "dunn";
        t.statistic_name = "z";
        const json_t *block = pair_block(trb_doc_at(tree, "all_pairs", "dunn", NULL), a, b, &sign);
        t.statistic = sign * trb_doc_number(block, "z");
        t.p = trb_doc_number(block, "p_raw");
        break;
    }
    case TRB_TEST_PERMUTATION:
        t.test = "permutation_mean";
        t.p = trb_doc_number(json_object_get(pair, "permutation_mean"), "p_two_sided");
        if (isnan(t.p))
            t.note = "too many permutations to count them all: use --test rank";
        break;
    }
    adjusted_by_tree(plan, tree, a, b, &t);
    if (isnan(t.p) && !t.note[0])
        t.note = trb_doc_text(welch, "note");
    if (isnan(t.p) && !t.note[0])
        t.note = "not defined for these values";
    return t;
}

static trb_status two_group_tree(const trb_compare_plan *plan, const trb_cohort_values *values, trb_contrast c, json_t **tree,
                                 trb_error *err)
{
    const trb_sample_group pair[2] = {values->groups.group[c.a], values->groups.group[c.b]};
    const trb_sample_groups groups = {2, pair};
    trb_stat_options o = trb_stat_options_default();
    o.conf_level = plan->o->conf_level;
    o.has_control = true;
    return trb_stat_tree_oneway(&groups, &o, tree, err);
}

static bool adjusts_in_tree(trb_multiple adjust)
{
    return adjust == TRB_MULTIPLE_DUNNETT || adjust == TRB_MULTIPLE_TUKEY || adjust == TRB_MULTIPLE_GAMES_HOWELL ||
           adjust == TRB_MULTIPLE_T3 || adjust == TRB_MULTIPLE_STEEL_DWASS;
}

static trb_stat_adjustment adjustment(trb_multiple adjust)
{
    switch (adjust) {
    case TRB_MULTIPLE_BONFERRONI: return TRB_ADJUST_BONFERRONI;
    case TRB_MULTIPLE_SIDAK: return TRB_ADJUST_SIDAK;
    case TRB_MULTIPLE_HOLM_SIDAK: return TRB_ADJUST_HOLM_SIDAK;
    case TRB_MULTIPLE_BH: return TRB_ADJUST_BH;
    case TRB_MULTIPLE_NONE: return TRB_ADJUST_NONE;
    default: return TRB_ADJUST_HOLM;
    }
}

/* One row of "comparisons". pair: the block of the two groups; NULL when one of them is too small. */
static json_t *row_of(const trb_compare_plan *plan, size_t metric, const trb_cohort_values *values, trb_contrast c,
                      const json_t *sub, const json_t *pair, const tested *t)
{
    const trb_cohort_metric *m = &plan->cohort->metric[metric];
    const trb_sample_group *a = &values->groups.group[c.a], *b = &values->groups.group[c.b];
    const json_t *da = trb_doc_at(sub, "descriptive", a->name, NULL), *db = trb_doc_at(sub, "descriptive", b->name, NULL);
    const json_t *effect = json_object_get(pair, "effect"), *change = json_object_get(pair, "percent_change");
    const json_t *rank = json_object_get(pair, "mann_whitney");
    const bool pooled = plan->o->test == TRB_TEST_STUDENT;
    char contrast[1024], label[256];
    snprintf(contrast, sizeof contrast, "%s - %s", b->name, a->name);
    const double mean_a = trb_doc_number(da, "mean"), mean_b = trb_doc_number(db, "mean");
    json_t *row = json_pack("{s:s,s:s,s:s,s:b,s:s,s:s,s:s,s:I,s:I}", "metric", trb_metric_label(m, label), "key", m->key, "unit",
                            m->unit, "primary", metric == plan->primary, "contrast", contrast, "a", a->name, "b", b->name, "n_a",
                            (json_int_t)a->n, "n_b", (json_int_t)b->n);
    if (!row)
        return NULL;
#define REAL(key, value) json_object_set_new(row, key, trb_doc_real(value))
    REAL("mean_a", mean_a);
    REAL("mean_b", mean_b);
    REAL("diff", mean_b - mean_a);
    REAL("ci_lo", t->ci_lo);
    REAL("ci_hi", t->ci_hi);
    json_object_set_new(row, "ci_adjusted", json_boolean(t->ci_adjusted));
    json_object_set_new(row, "test", json_string(t->test));
    json_object_set_new(row, "statistic_name", json_string(t->statistic_name));
    REAL("statistic", t->statistic);
    REAL("df", t->df);
    REAL("p", t->p);
    json_object_set_new(row, "adjust", json_string(trb_multiple_name(plan->o->adjust)));
    REAL("p_adjusted", t->p_adjusted);
    json_object_set_new(row, "q_metrics", json_null());
    REAL("hedges_g", trb_doc_number(effect, "hedges_g"));
    REAL("g_lo", trb_doc_number(effect, json_is_number(json_object_get(effect, "g_nct_lo")) ? "g_nct_lo" : "g_ls_lo"));
    REAL("g_hi", trb_doc_number(effect, json_is_number(json_object_get(effect, "g_nct_hi")) ? "g_nct_hi" : "g_ls_hi"));
    REAL("percent", trb_doc_number(change, "percent"));
    REAL("percent_lo", trb_doc_number(change, pooled ? "fieller_pooled_lo" : "fieller_welch_lo"));
    REAL("percent_hi", trb_doc_number(change, pooled ? "fieller_pooled_hi" : "fieller_welch_hi"));
    REAL("hodges_lehmann", trb_doc_number(rank, "hodges_lehmann"));
    REAL("hl_ci_lo", trb_doc_number(rank, "hl_ci_lo"));
    REAL("hl_ci_hi", trb_doc_number(rank, "hl_ci_hi"));
#undef REAL
    json_object_set_new(row, "note", json_string(t->note));
    return row;
}

/* Welch, Student and ranks side by side, each by Holm, and whether they agree about alpha. */
static void add_sensitivity(trb_compare_plan *plan, size_t metric, const trb_cohort_values *values, json_t *const *pairs)
{
    enum { KINDS = 3 };
    static const char *const NAME[KINDS] = {"welch_t", "student_t", "mann_whitney"};
    const size_t n = plan->n_contrasts;
    double *p = trb_alloc(n * KINDS + 1, sizeof *p, "p values", NULL);
    if (!p)
        return; /* an extra, not a result */
    for (size_t i = 0; i < n; i++) {
        p[i] = trb_doc_number(json_object_get(pairs[i], "welch"), "p");
        p[n + i] = trb_doc_number(json_object_get(pairs[i], "student"), "p");
        p[2 * n + i] = trb_doc_number(json_object_get(pairs[i], "mann_whitney"), "p_exact_conditional_abs");
        if (isnan(p[2 * n + i]))
            p[2 * n + i] = trb_doc_number(json_object_get(pairs[i], "mann_whitney"), "p_asymptotic_cc");
    }
    bool good = true;
    for (int kind = 0; kind < KINDS; kind++)
        good = good && !trb_stat_adjust(p + (size_t)kind * n, n, TRB_ADJUST_HOLM, p + (size_t)kind * n);
    char label[256], contrast[1024];
    for (size_t i = 0; good && i < n; i++) {
        int below = 0, known = 0;
        json_t *row = json_object();
        snprintf(contrast, sizeof contrast, "%s - %s", values->groups.group[plan->contrast[i].b].name, values->groups.group[plan->contrast[i].a].name);
        json_object_set_new(row, "metric", json_string(trb_metric_label(&plan->cohort->metric[metric], label)));
        json_object_set_new(row, "contrast", json_string(contrast));
        for (int kind = 0; kind < KINDS; kind++) {
            const double value = p[(size_t)kind * n + i];
            json_object_set_new(row, NAME[kind], trb_doc_real(value));
            known += !isnan(value);
            below += value < plan->o->alpha;
        }
        json_object_set_new(row, "agree", json_boolean(below == 0 || below == known));
        json_array_append_new(plan->sensitivity, row);
    }
    free(p);
}

trb_status trb_contrast_rows(trb_compare_plan *plan, size_t metric, const trb_cohort_values *values, const json_t *tree, trb_error *err)
{
    const size_t n = plan->n_contrasts;
    trb_status status = TRB_OK;
    tested *test = trb_alloc_zero(n + 1, sizeof *test, "tests", err);
    double *p = trb_alloc_zero(n + 1, sizeof *p, "p values", err);
    json_t **sub = trb_alloc_zero(n + 1, sizeof *sub, "comparisons", err);
    json_t **pair = trb_alloc_zero(n + 1, sizeof *pair, "comparisons", err);
    if (!test || !p || !sub || !pair)
        status = TRB_ERR_MEMORY;
    for (size_t i = 0; !status && i < n; i++) {
        const trb_contrast c = plan->contrast[i];
        const trb_sample_group *a = &values->groups.group[c.a], *b = &values->groups.group[c.b];
        status = two_group_tree(plan, values, c, &sub[i], err);
        if (status)
            break;
        double sign;
        pair[i] = (json_t *)pair_block(json_object_get(sub[i], "pairs"), a->name, b->name, &sign);
        test[i] = run_test(plan, tree, pair[i], a->name, b->name);
        if (a->n < 2 || b->n < 2)
            test[i].note = "too few animals for a test: at least 2 in each group";
        p[i] = test[i].p;
    }
    if (!status && !adjusts_in_tree(plan->o->adjust)) {
        status = trb_stat_adjust(p, n, adjustment(plan->o->adjust), p);
        for (size_t i = 0; i < n; i++)
            test[i].p_adjusted = p[i];
    }
    for (size_t i = 0; !status && i < n; i++) {
        json_t *row = row_of(plan, metric, values, plan->contrast[i], sub[i], pair[i], &test[i]);
        if (!row || json_array_append_new(plan->comparisons, row))
            status = trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the comparisons");
    }
    if (!status)
        add_sensitivity(plan, metric, values, pair);
    for (size_t i = 0; sub && i < n; i++)
        json_decref(sub[i]);
    free(test);
    free(p);
    free(sub);
    free(pair);
    return status;
}

trb_status trb_contrast_across(trb_compare_plan *plan, trb_error *err)
{
    const size_t rows = json_array_size(plan->comparisons);
    double *p = trb_alloc_zero(rows + 1, sizeof *p, "p values", err);
    json_t **row = trb_alloc_zero(rows + 1, sizeof *row, "comparisons", err);
    trb_status status = p && row ? TRB_OK : TRB_ERR_MEMORY;
    for (size_t c = 0; !status && c < plan->n_contrasts; c++) {
        size_t n = 0;
        for (size_t i = c; i < rows; i += plan->n_contrasts) { /* metric by metric, contrasts within */
            row[n] = json_array_get(plan->comparisons, i);
            if (json_is_true(json_object_get(row[n], "primary")))
                continue;
            p[n] = trb_doc_number(row[n], "p");
            n++;
        }
        status = trb_stat_adjust(p, n, TRB_ADJUST_BH, p);
        for (size_t i = 0; !status && i < n; i++)
            json_object_set_new(row[i], "q_metrics", trb_doc_real(p[i]));
        if (status)
            trb_error_set(err, status, "out of memory for the p values");
    }
    free(p);
    free(row);
    return status;
}
