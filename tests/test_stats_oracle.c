/*
 * test_stats_oracle.c - every number that R gives for the one-way data sets, against ours.
 *
 * Each row of testdata/oracles/NAME.flat.tsv.gz is looked up in our tree; a row that is not there fails. The
 * tolerance is SPEC.md's for its kind of statistic; a row that is not compared is counted with its reason, in
 * SPEC.md's words.
 */
#include "support/testing.h"

#include "support/cohort_case.h"

enum { MOST_CASES = 16, MOST_NOTES = 16 };

/* One line of SPEC.md's table of tolerances. Relative, or absolute where that is larger; p-values, whose
 * small values count most, have no absolute one but where SPEC.md gives it. */
typedef enum kind {
    COUNTS,
    ESTIMATES,
    P_VALUES,
    SHAPIRO_W,
    SHAPIRO_P,
    RANGE_P,
    RANGE_LIMITS,
    RANGE_R,
    MAX_P,
    MAX_LIMITS,
    NONCENTRAL,
    BOOTSTRAP,
    NULLS,
    N_KINDS
} kind;

static const struct {
    const char *name;
    double relative, absolute;
} SPEC[N_KINDS] = {
    [COUNTS] = {"n, ranks, U, medians, quartiles, flags", 1e-12, 1e-12},
    [ESTIMATES] = {"means, SD, CI, t, F, H, df, effects, Fieller", 1e-9, 1e-12},
    [P_VALUES] = {"p of t, F, chi2, normal, exact ranks; adjusted p", 1e-8, 0},
    [SHAPIRO_W] = {"Shapiro-Wilk W", 1e-9, 1e-12},
    [SHAPIRO_P] = {"Shapiro-Wilk p", 1e-7, 1e-12},
    [RANGE_P] = {"Tukey, Games-Howell p", 1e-6, 1e-6},
    [RANGE_LIMITS] = {"Tukey, Games-Howell limits (of half width)", 1e-4, 0},
    [RANGE_R] = {"the same by ptukey, qtukey (or the accurate)", 1e-4, 1e-6},
    [MAX_P] = {"Dunnett, T3 p", 1e-6, 1e-9},
    [MAX_LIMITS] = {"Dunnett, T3 limits", 1e-6, 1e-12},
    [NONCENTRAL] = {"g: noncentral t limits", 1e-6, 1e-12},
    [BOOTSTRAP] = {"rescue: bootstrap limits (of width)", 0.02, 0},
    [NULLS] = {"undefined: null in both", 0, 0},
};

typedef struct tally {
    size_t count;
    double worst; /* deviation / what is allowed */
} tally;

typedef struct note {
    const char *reason;
    size_t count;
} note;

static tally table[N_KINDS][MOST_CASES];
static note notes[MOST_NOTES];
static size_t n_failures;

static void remember(const char *reason)
{
    for (size_t i = 0; i < MOST_NOTES; i++)
        if (!notes[i].reason || strcmp(notes[i].reason, reason) == 0) {
            notes[i].reason = reason;
            notes[i].count++;
            return;
        }
    fail_msg("too many reasons");
}

static const char *last_key(const char *path)
{
    const char *key = path;
    for (const char *at = path; (at = strstr(at, "::")); at += 2)
        key = at + 2;
    return key;
}

static bool is_one_of(const char *key, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(key, *list) == 0)
            return true;
    return false;
}

static kind kind_of_range(const char *key)
{
    static const char *const accurate[] = {"lwr_accurate", "upr_accurate", "q_crit_accurate", NULL};
    static const char *const by_r[] = {"lwr", "upr", "p", "q_crit_R", NULL};
    if (is_one_of(key, by_r))
        return RANGE_R;
    if (is_one_of(key, accurate))
        return RANGE_LIMITS;
    return key[0] == 'p' ? RANGE_P : ESTIMATES;
}

static kind kind_of_maximum(const char *key)
{
    static const char *const limits[] = {"lwr", "upr", "crit", "t_crit", NULL};
    if (is_one_of(key, limits))
        return MAX_LIMITS;
    return key[0] == 'p' ? MAX_P : ESTIMATES;
}

static kind kind_of(const char *path)
{
    static const char *const counts[] = {"n",
                                         "n_missing",
                                         "median",
                                         "q1_type7",
                                         "q3_type7",
                                         "q1_type6",
                                         "q3_type6",
                                         "min",
                                         "max",
                                         "n_a",
                                         "n_b",
                                         "U_a",
                                         "U_b",
                                         "U_min",
                                         "hodges_lehmann",
                                         "hl_ci_lo",
                                         "hl_ci_hi",
                                         "n_outside_fences",
                                         "tukey_fence_lo",
                                         "tukey_fence_hi",
                                         "grubbs_value",
                                         "prob_superiority",
                                         "cliffs_delta",
                                         "n_permutations",
                                         "bootstrap_B",
                                         "J",
                                         "J_exact",
                                         "df1",
                                         "hl_ci_achieved_level",
                                         "p_exact_no_ties",
                                         "p_exact_conditional_abs",
                                         "p_exact_conditional_2min",
                                         NULL};
    const char *key = last_key(path);
    if (oracle_path_has(path, "across_metrics"))
        return P_VALUES;
    if (oracle_path_has(path, "normality"))
        return key[0] == 'W' ? SHAPIRO_W : SHAPIRO_P;
    if (oracle_path_has(path, "tukey") || oracle_path_has(path, "games_howell"))
        return kind_of_range(key);
    if (oracle_path_has(path, "dunnett") || oracle_path_has(path, "dunnett_T3"))
        return kind_of_maximum(key);
    if (strncmp(key, "g_nct_", 6) == 0)
        return NONCENTRAL;
    if (strncmp(key, "bootstrap_percentile", 20) == 0)
        return BOOTSTRAP;
    if (is_one_of(key, counts) || oracle_path_has(path, "permutation_mean"))
        return COUNTS;
    const bool p = strcmp(key, "p") == 0 || strncmp(key, "p_", 2) == 0 || strcmp(key, "grubbs_p") == 0;
    return p ? P_VALUES : ESTIMATES;
}

/* The node of a path with its last key replaced; NULL when there is none. */
static const json_t *beside(const json_t *root, const char *path, const char *key)
{
    char other[512];
    const size_t length = (size_t)(last_key(path) - path);
    assert_true(length + strlen(key) < sizeof other);
    memcpy(other, path, length);
    strcpy(other + length, key);
    return oracle_node(root, other);
}

static double number_beside(const json_t *root, const char *path, const char *key)
{
    const json_t *node = beside(root, path, key);
    return json_is_number(node) ? json_number_value(node) : NAN;
}

/* What a deviation is measured by: the value, or the width of the interval. */
static double scale_of(kind k, const json_t *root, const oracle_row *row)
{
    const char *key = last_key(row->path);
    if ((k == RANGE_LIMITS || k == RANGE_R) && (key[0] == 'l' || key[0] == 'u'))
        return 0.5 * (number_beside(root, row->path, "upr_accurate") -
                      number_beside(root, row->path, "lwr_accurate"));
    if (k == BOOTSTRAP)
        return number_beside(root, row->path, "bootstrap_percentile_hi") -
               number_beside(root, row->path, "bootstrap_percentile_lo");
    return fabs(row->value);
}

/* Why a row is not compared, or NULL. */
static const char *reason_to_skip(const json_t *root, const oracle_row *row)
{
    const char *key = last_key(row->path);
    if (strcmp(key, "p_mvtnorm_abs1e5") == 0)
        return "p_mvtnorm_abs1e5 carries up to 1e-5 of Monte-Carlo noise (Dunnett's p itself is compared)";
    if (strncmp(key, "bootstrap_percentile", 20) == 0 &&
        number_beside(root, row->path, "fieller_pooled_g") > 0.5)
        return "bootstrap limits: skip when the denominator nears 0";
    return NULL;
}

static void failed(const char *set, const oracle_row *row, const char *what, double ours)
{
    if (n_failures++ < 40)
        fprintf(stderr, "%s %s: R %.15g, %s %.15g\n", set, row->path, row->value, what, ours);
}

static const json_t *our_node(const json_t *root, const char *path)
{
    const char *weights = strstr(path, "::weights::"); /* R counts from 1 */
    if (!weights)
        return oracle_node(root, path);
    char array[512];
    snprintf(array, sizeof array, "%.*s", (int)(weights - path) + 9, path);
    return json_array_get(oracle_node(root, array), (size_t)(strtoul(weights + 11, NULL, 10) - 1));
}

/* libRmath's ptukey does not exist for df < 2, ours does: then our p must be the accurate one. */
static bool undefined_in_r_only(const json_t *root, const char *path)
{
    return oracle_path_has(path, "games_howell") && strcmp(last_key(path), "p") == 0 &&
           number_beside(root, path, "df") < 2;
}

/* R's own value for another key beside a row's; NaN when there is none. */
static double r_beside(const oracle_numbers *numbers, const oracle_row *row, const char *key)
{
    const size_t length = (size_t)(last_key(row->path) - row->path);
    for (size_t i = 0; i < numbers->n; i++)
        if (strncmp(numbers->row[i].path, row->path, length) == 0 &&
            strcmp(numbers->row[i].path + length, key) == 0)
            return numbers->row[i].value;
    return NAN;
}

/* "Accept either": ptukey and qtukey are less accurate than what stands beside them. */
static double accurate_of(const oracle_numbers *numbers, const oracle_row *row)
{
    char key[64];
    const char *own = last_key(row->path);
    snprintf(key, sizeof key, "%s_accurate", strcmp(own, "q_crit_R") == 0 ? "q_crit" : own);
    return r_beside(numbers, row, key);
}

/* Two rows where rounding alone decides in R. Grubbs's suspect when the lowest and the highest value are
 * equally far: R has the first row. Grubbs's p when all others are equal, where it is 0 exactly: R has a
 * rest of rounding. */
static bool decided_by_rounding(const json_t *root, const oracle_row *row, double ours)
{
    const char *key = last_key(row->path), *cut = strstr(row->path, "outliers::");
    if (!cut || strncmp(key, "grubbs_", 7) != 0)
        return false;
    if (strcmp(key, "grubbs_p") == 0)
        return ours == 0 && row->value < 1e-7;
    char path[512];
    snprintf(path, sizeof path, "%.*sdescriptive::%.*smean", (int)(cut - row->path), row->path,
             (int)(key - cut) - 10, cut + 10);
    const json_t *mean = oracle_node(root, path);
    assert_true(json_is_number(mean));
    const double centre = json_number_value(mean);
    return strcmp(key, "grubbs_value") == 0 &&
           fabs(fabs(ours - centre) - fabs(row->value - centre)) <= 1e-12 * fabs(centre);
}

static void compare_number(const char *set, size_t column, const json_t *root, const oracle_numbers *numbers,
                           const oracle_row *row, double ours)
{
    const kind k = kind_of(row->path);
    const double scale = scale_of(k, root, row), off = fabs(ours - row->value);
    const double far_tail = k == P_VALUES && row->value < 1e-10 ? 100 : 1; /* "far tail: 1e-6" */
    const double allowed = fmax(SPEC[k].relative * scale * far_tail, SPEC[k].absolute);
    if (!(off <= allowed) && decided_by_rounding(root, row, ours)) {
        remember("outliers: where two values are equally far, or all others equal, rounding decides in R");
        return;
    }
    if (!(off <= allowed) && k == RANGE_R && fabs(ours - accurate_of(numbers, row)) <= 1e-9 * scale) {
        remember("R's ptukey is good only to about 1e-6 for few df, qtukey iterates to 1e-4: the accurate "
                 "one accepted");
        return;
    }
    if (!(off <= allowed)) {
        failed(set, row, "ours", ours);
        return;
    }
    tally *t = &table[k][column];
    t->count++;
    if (allowed > 0)
        t->worst = fmax(t->worst, off / allowed);
}

static void compare(const char *set, size_t column, const json_t *root, const oracle_numbers *numbers,
                    const oracle_row *row)
{
    const char *reason = reason_to_skip(root, row);
    if (reason) {
        remember(reason);
        return;
    }
    const json_t *node = our_node(root, row->path);
    if (!node) {
        failed(set, row, "not in our tree", NAN);
    } else if (row->kind == ORACLE_NULL) {
        const double accurate = number_beside(root, row->path, "p_accurate");
        const bool right =
            undefined_in_r_only(root, row->path) ? json_number_value(node) == accurate : json_is_null(node);
        if (right)
            table[NULLS][column].count++;
        else
            failed(set, row, "ours", json_number_value(node));
    } else if (row->kind == ORACLE_NUMBER) {
        compare_number(set, column, root, numbers, row, json_is_number(node) ? json_number_value(node) : NAN);
    } else if (json_is_boolean(node) && json_is_true(node) == (row->kind == ORACLE_TRUE)) {
        table[COUNTS][column].count++;
    } else {
        failed(set, row, "another flag", NAN);
    }
}

/* Rows that say what was asked, not what came out; and results of other designs. */
static bool is_input(const cohort_case *data, const oracle_row *row)
{
    if (strncmp(row->path, "design::", 8) == 0 || strcmp(row->path, "alpha") == 0 ||
        strcmp(row->path, "conf_level") == 0)
        return true;
    return data->animal && !oracle_path_has(row->path, "animal_level");
}

static void print_table(const cohort_case *data, size_t n)
{
    size_t all = 0;
    printf("%-50s %9s %9s ", "numbers compared (SPEC.md's kinds)", "tolerance", "worst/tol");
    for (size_t c = 0; c < n; c++)
        printf("%5.3s", data[c].name);
    printf("  total\n");
    for (int k = 0; k < N_KINDS; k++) {
        size_t sum = 0;
        double worst = 0;
        for (size_t c = 0; c < n; c++) {
            sum += table[k][c].count;
            worst = fmax(worst, table[k][c].worst);
        }
        printf("%-50s %9.0e %9.1e ", SPEC[k].name, SPEC[k].relative, worst);
        for (size_t c = 0; c < n; c++)
            printf("%5zu", table[k][c].count);
        printf(" %6zu\n", sum);
        all += sum;
    }
    printf("%zu numbers agree\n", all);
    for (size_t i = 0; i < MOST_NOTES && notes[i].reason; i++)
        printf("not compared: %zu: %s\n", notes[i].count, notes[i].reason);
    fflush(stdout);
}

static void every_number_of_r_is_in_our_tree(void **state)
{
    (void)state;
    size_t n;
    const cohort_case *data = cohort_cases(&n);
    assert_true(n <= MOST_CASES);
    for (size_t c = 0; c < n; c++) {
        json_t *root = cohort_case_run(&data[c]);
        oracle_numbers numbers = oracle_numbers_load(data[c].name);
        size_t compared = 0;
        for (size_t i = 0; i < numbers.n; i++)
            if (!is_input(&data[c], &numbers.row[i])) {
                compare(data[c].name, c, root, &numbers, &numbers.row[i]);
                compared++;
            }
        assert_true(compared > 400);
        oracle_numbers_clear(&numbers);
        json_decref(root);
    }
    print_table(data, n);
    if (n_failures)
        fail_msg("%zu numbers differ", n_failures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_number_of_r_is_in_our_tree)};
    return cmocka_run_group_tests_name("statistics against R", tests, NULL, NULL);
}
