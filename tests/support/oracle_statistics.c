#include "support/oracle_statistics.h"

#include "support/oracle_numbers.h"
#include "support/testing.h"

const oracle_tolerance SPEC[N_KINDS] = {
    [COUNTS] = {"n, ranks, U, medians, quartiles, flags", 1e-12, 1e-12},
    [ESTIMATES] = {"means, SD, CI, t, F, H, df, effects, Fieller", 1e-9, 1e-12},
    [P_VALUES] = {"p of t, F, chi2, normal, exact ranks; adjusted p", 1e-8, 0},
    [SHAPIRO_W] = {"Shapiro-Wilk W", 1e-9, 1e-12},
    [SHAPIRO_P] = {"Shapiro-Wilk p", 1e-7, 1e-12},
    [RANGE_P] = {"Tukey, Games-Howell p", 1e-6, 1e-6},
    [RANGE_LIMITS] = {"Tukey, Games-Howell limits (of half width)", 1e-4, 0},
    [RANGE_R] = {"limits by qtukey (or the accurate ones)", 1e-4, 0},
    [MAX_P] = {"Dunnett, T3 p", 1e-6, 1e-9},
    [MAX_LIMITS] = {"Dunnett, T3 limits", 1e-6, 1e-12},
    [NONCENTRAL] = {"g: noncentral t limits", 1e-6, 1e-12},
    [BOOTSTRAP] = {"rescue: bootstrap limits (of width)", 0.02, 0},
    [NULLS] = {"undefined: null in both", 0, 0},
};

/* A statistic is told by two parts of its path; the first line that fits. */
static const struct {
    const char *name, *part, *below;
} STATISTICS[] = {
    {"descriptive", "descriptive", NULL},
    {"outliers: fences, Grubbs", "outliers", NULL},
    {"Shapiro-Wilk", "normality", NULL},
    {"Levene", "levene_mean", NULL},
    {"Brown-Forsythe (medians)", "brown_forsythe_median", NULL},
    {"Bartlett", "bartlett", NULL},
    {"ANOVA", "omnibus", "anova"},
    {"Welch ANOVA", "omnibus", "welch"},
    {"Brown-Forsythe ANOVA", "omnibus", "brown_forsythe_F"},
    {"Kruskal-Wallis", "omnibus", "kruskal"},
    {"pair: Student", "pairs", "student"},
    {"pair: Welch", "pairs", "welch"},
    {"pair: variance ratio", "pairs", "variance_F"},
    {"pair: Mann-Whitney, Hodges-Lehmann", "pairs", "mann_whitney"},
    {"pair: Hedges g and relatives", "pairs", "effect"},
    {"pair: percent change, Fieller", "pairs", "percent_change"},
    {"pair: permutation", "pairs", "permutation_mean"},
    {"pair: n", "pairs", NULL},
    {"all pairs: pooled t", "all_pairs", "pooled_t"},
    {"all pairs: Welch t", "all_pairs", "welch_t"},
    {"all pairs: Mann-Whitney", "all_pairs", "mann_whitney"},
    {"all pairs: Dunn", "all_pairs", "dunn"},
    {"all pairs: Tukey-Kramer", "all_pairs", "tukey"},
    {"all pairs: Games-Howell", "all_pairs", "games_howell"},
    {"all pairs: Dunnett T3", "all_pairs", "dunnett_T3"},
    {"control: pooled t", "vs_control", "pooled_t"},
    {"control: Welch t", "vs_control", "welch_t"},
    {"control: Mann-Whitney", "vs_control", "mann_whitney"},
    {"control: Dunn", "vs_control", "dunn"},
    {"control: Dunnett", "vs_control", "dunnett"},
    {"rescue: Fieller, bootstrap", "rescue", NULL},
    {"trend: linear contrast", "trend", "linear_contrast"},
    {"trend: Jonckheere-Terpstra", "trend", "jonckheere"},
    {"across metrics", "across_metrics", NULL},
};
enum { N_STATISTICS = sizeof STATISTICS / sizeof *STATISTICS };

const char *oracle_last_key(const char *path)
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
    static const char *const by_r[] = {"lwr", "upr", "q_crit_R", NULL};
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

kind oracle_kind_of(const char *path)
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
    const char *key = oracle_last_key(path);
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

size_t oracle_statistic_of(const char *path)
{
    if (oracle_path_has(path, "across_metrics"))
        return N_STATISTICS - 1;
    for (size_t i = 0; i < N_STATISTICS; i++)
        if (oracle_path_has(path, STATISTICS[i].part) &&
            (!STATISTICS[i].below || oracle_path_has(path, STATISTICS[i].below)))
            return i;
    fail_msg("%s: a statistic without a name", path);
    return 0;
}

size_t oracle_statistics(void)
{
    return N_STATISTICS;
}

const char *oracle_statistic_name(size_t statistic)
{
    return STATISTICS[statistic].name;
}
