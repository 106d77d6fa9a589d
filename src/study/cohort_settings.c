/*
 * cohort_settings.c - were the groups measured alike?
 *
 * Groups that were scanned with other voxels, measured with another threshold, or all on another day differ for reasons
 * that no test can tell from a treatment. Three kinds of columns are looked at, as far as a table has them:
 * - settings that must be the same for all scans (voxel size, profile, program, filter, ...): any difference is a warning;
 * - settings that may follow the scan (a threshold by Otsu): a warning when no two groups overlap;
 * - circumstances (scanner, operator, date, batch, sex, ...): a warning when each group has its own.
 */
#include "study/cohort_build.h"
#include "study/cohort_header.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const SETTINGS[] = {
    "profile",     "program",     "programversion",  "version",  "trabecula", "commit",
    "filter",      "thickness",   "ballcentres",     "tbn",      "surface",   "voi",
    "calibration", "supersample", "thresholdmethod", "settings", "protocol",  "sigma",
    "support",     "energyicode", "energy",          "voltage",  NULL};
static const char *const CIRCUMSTANCES[] = {"scanner", "operator", "date", "scandate", "measdate",
                                            "batch",   "session",  "site", "cage",     "litter",
                                            "sex",     "strain",   "lot",  NULL};

static bool in_list(const char *name, const char *const *list)
{
    char plain[64];
    trb_name_plain(name, plain, sizeof plain);
    for (; *list; list++)
        if (strcmp(plain, *list) == 0)
            return true;
    return false;
}

/* The first value of each group, and whether all rows of all groups have just one. */
typedef struct text_spread {
    size_t first, other; /* rows with two different values; equal when there is one value only */
    bool by_group; /* each group has one value, two groups at least differ, and no group is a single row */
} text_spread;

static text_spread spread_of(const trb_cohort *cohort, const char *const *text, size_t *of_group,
                             size_t *count)
{
    text_spread spread = {TRB_NO_COLUMN, TRB_NO_COLUMN, true};
    for (size_t g = 0; g < cohort->n_groups; g++) {
        of_group[g] = TRB_NO_COLUMN;
        count[g] = 0;
    }
    for (size_t r = 0; r < cohort->n_rows; r++) {
        const size_t g = cohort->row[r].group;
        if (g == TRB_COHORT_NO_GROUP || !*text[r])
            continue;
        if (spread.first == TRB_NO_COLUMN)
            spread.first = spread.other = r;
        if (strcmp(text[r], text[spread.first]) != 0 && spread.other == spread.first)
            spread.other = r;
        if (of_group[g] == TRB_NO_COLUMN)
            of_group[g] = r;
        else if (strcmp(text[r], text[of_group[g]]) != 0)
            spread.by_group = false;
        count[g]++;
    }
    for (size_t g = 0; g < cohort->n_groups; g++)
        spread.by_group = spread.by_group && (count[g] != 1);
    spread.by_group = spread.by_group && spread.other != spread.first;
    return spread;
}

static void doubt_text(trb_cohort *cohort, const trb_cohort_attribute *attribute, size_t *of_group,
                       size_t *count)
{
    const bool setting = in_list(attribute->name, SETTINGS);
    if (!setting && !in_list(attribute->name, CIRCUMSTANCES))
        return;
    const text_spread spread = spread_of(cohort, attribute->text, of_group, count);
    if (spread.first == spread.other)
        return;
    const trb_cohort_row *a = &cohort->row[spread.first], *b = &cohort->row[spread.other];
    if (spread.by_group)
        trb_cohort_warn(cohort,
                        "\"%s\" goes with the group (\"%.60s\": %.60s, \"%.60s\": %.60s): its effect cannot "
                        "be told from the group's",
                        attribute->name, cohort->group_name[a->group], attribute->text[spread.first],
                        cohort->group_name[b->group], attribute->text[spread.other]);
    else if (setting)
        trb_cohort_warn(
            cohort,
            "scans were not all measured alike: \"%s\" is %.60s for \"%.60s\" and %.60s for \"%.60s\"",
            attribute->name, attribute->text[spread.first], a->sample, attribute->text[spread.other],
            b->sample);
}

/* ---- numbers */

static void doubt_voxels(trb_cohort *cohort, const trb_cohort_metric *metric)
{
    size_t least = TRB_NO_COLUMN, most = TRB_NO_COLUMN;
    for (size_t r = 0; r < cohort->n_rows; r++) {
        if (isnan(metric->value[r]) || cohort->row[r].group == TRB_COHORT_NO_GROUP)
            continue;
        if (least == TRB_NO_COLUMN || metric->value[r] < metric->value[least])
            least = r;
        if (most == TRB_NO_COLUMN || metric->value[r] > metric->value[most])
            most = r;
    }
    if (least != TRB_NO_COLUMN && metric->value[most] > metric->value[least] * (1 + 1e-6))
        trb_cohort_warn(cohort,
                        "scans have different voxels: %s is %g for \"%.60s\" and %g for \"%.60s\"; thickness "
                        "and number depend on it",
                        metric->header, metric->value[least], cohort->row[least].sample, metric->value[most],
                        cohort->row[most].sample);
}

/* Do the ranges of two groups, of two rows or more each, not even touch? */
static void doubt_threshold(trb_cohort *cohort, const trb_cohort_metric *metric, double *low, double *high,
                            size_t *count)
{
    for (size_t g = 0; g < cohort->n_groups; g++) {
        low[g] = INFINITY;
        high[g] = -INFINITY;
        count[g] = 0;
    }
    for (size_t r = 0; r < cohort->n_rows; r++) {
        const size_t g = cohort->row[r].group;
        if (g == TRB_COHORT_NO_GROUP || isnan(metric->value[r]))
            continue;
        low[g] = fmin(low[g], metric->value[r]);
        high[g] = fmax(high[g], metric->value[r]);
        count[g]++;
    }
    for (size_t a = 0; a < cohort->n_groups; a++)
        for (size_t b = a + 1; b < cohort->n_groups; b++)
            if (count[a] > 1 && count[b] > 1 && (high[a] < low[b] || high[b] < low[a])) {
                trb_cohort_warn(cohort,
                                "the threshold goes with the group: %s is %g to %g in \"%.60s\" and %g to %g "
                                "in \"%.60s\"; BV/TV and "
                                "thickness depend on it",
                                metric->header, low[a], high[a], cohort->group_name[a], low[b], high[b],
                                cohort->group_name[b]);
                return;
            }
}

trb_status trb_cohort_doubt_settings(trb_cohort *cohort, trb_error *err)
{
    trb_pool *pool = trb_cohort_pool(cohort);
    size_t *of_group = trb_pool_array(pool, cohort->n_groups, sizeof *of_group, err);
    size_t *count = trb_pool_array(pool, cohort->n_groups, sizeof *count, err);
    double *low = trb_pool_array(pool, cohort->n_groups, sizeof *low, err);
    double *high = trb_pool_array(pool, cohort->n_groups, sizeof *high, err);
    if (!of_group || !count || !low || !high)
        return TRB_ERR_MEMORY;
    if (cohort->n_groups < 1)
        return TRB_OK;
    for (size_t a = 0; a < cohort->n_attributes; a++)
        doubt_text(cohort, &cohort->attribute[a], of_group, count);
    for (size_t m = 0; m < cohort->n_metrics; m++) {
        if (strcmp(cohort->metric[m].key, "voxel size") == 0)
            doubt_voxels(cohort, &cohort->metric[m]);
        else if (strcmp(cohort->metric[m].key, "threshold") == 0)
            doubt_threshold(cohort, &cohort->metric[m], low, high, count);
    }
    return TRB_OK;
}
