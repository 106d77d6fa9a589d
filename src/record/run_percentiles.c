/*
 * run_percentiles.c - percentiles of a thickness map.
 *
 * Where the rule counts every value that it can take (code_count), percentile p is the smallest of these values that at
 * least p % of the voxels do not exceed: the inverse of the empirical distribution, so always a thickness that occurs.
 * Rules whose values are means have bins of half a voxel alone: there the count is taken to rise evenly within a bin.
 */
#include "record/run.h"

#include <math.h>
#include <string.h>

static const double PERCENTS[TRB_PERCENTILES] = {5, 10, 25, 50, 75, 90, 95};

double trb_percentile_percent(size_t i)
{
    return PERCENTS[i];
}

/* The thickness of a code, in voxels: see trb_thickness. NaN: the rule has none. Every rule stands here by name: what a code
 * means cannot be guessed. */
static double thickness_of_code(trb_thickness_rule rule, size_t code)
{
    switch (rule) {
    case TRB_THICKNESS_EXACT:
    case TRB_THICKNESS_EXACT_CLOSED: return 2 * sqrt((double)code);
    case TRB_THICKNESS_IPL:
    case TRB_THICKNESS_IPL_V1: return (double)code;
    case TRB_THICKNESS_SUBVOXEL: return 2 * (double)code / 4096; /* codes: radii in steps of 1/4096 voxel */
    case TRB_THICKNESS_FIJI: break;
    }
    return NAN;
}

static bool has_codes(const trb_thickness *t)
{
    return t->code_count && isfinite(thickness_of_code(t->rule, 1));
}

static double from_codes(const trb_thickness *t, uint64_t total, double percent)
{
    uint64_t below = 0;
    for (size_t c = 0; c < t->n_codes; c++) {
        below += t->code_count[c];
        if (t->code_count[c] && 100 * (double)below >= percent * (double)total)
            return thickness_of_code(t->rule, c);
    }
    return NAN;
}

static double from_bins(const trb_thickness *t, uint64_t total, double percent)
{
    const double wanted = percent / 100 * (double)total;
    double below = 0;
    for (size_t b = 0; b < t->n_bins; b++) {
        const double count = (double)t->bin_count[b];
        if (count > 0 && below + count >= wanted)
            return 0.5 * ((double)b + (wanted - below) / count);
        below += count;
    }
    return NAN;
}

static uint64_t total_of(const uint64_t *count, size_t n)
{
    uint64_t total = 0;
    for (size_t i = 0; count && i < n; i++)
        total += count[i];
    return total;
}

double trb_run_percentile_vox(const trb_thickness *t, double percent)
{
    const uint64_t coded = has_codes(t) ? total_of(t->code_count, t->n_codes) : 0;
    if (coded)
        return from_codes(t, coded, percent);
    const uint64_t binned = total_of(t->bin_count, t->n_bins);
    return binned ? from_bins(t, binned, percent) : NAN;
}

trb_status trb_run_add_thickness_distribution(struct run *run, const char *key, const trb_thickness *t)
{
    trb_record *record = run->record;
    const size_t before = record->n_distributions;
    const trb_status status = trb_run_add_distribution(run, key, "mm", 0, 0.5 * run->h_mm, t->n_bins, t->bin_count);
    if (status || record->n_distributions == before)
        return status;
    trb_distribution *d = &record->distributions[before];
    for (size_t i = 0; i < TRB_PERCENTILES; i++)
        d->percentile[i] = trb_run_percentile_vox(t, PERCENTS[i]) * run->h_mm;
    snprintf(d->percentile_method, sizeof d->percentile_method, "%s",
             has_codes(t) ? "exact: from the count of every thickness" : "from bins of half a voxel, linear within a bin");
    return TRB_OK;
}

trb_status trb_run_add_percentiles(struct run *run, const char *phase, const trb_thickness *t, bool known, const char *rule_tag,
                                   const char *reason)
{
    static const struct {
        const char *name;
        double percent;
    } shown[] = {{"p10", 10}, {"median", 50}, {"p90", 90}};
    char key[32], tag[96];
    snprintf(tag, sizeof tag, "%.60s%s", rule_tag, known && !has_codes(t) ? ", from bins" : "");
    trb_status status = TRB_OK;
    for (size_t i = 0; !status && i < sizeof shown / sizeof *shown; i++) {
        snprintf(key, sizeof key, "%s.%s", phase, shown[i].name);
        status = trb_run_add(run, key, known ? trb_run_percentile_vox(t, shown[i].percent) * run->h_mm : NAN, tag, reason);
    }
    return status;
}
