/* run_record.c - from what was measured to the record: values with method and unit, or a reason. */
#include "record/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- which metrics were asked for */
static bool listed(const char *list, const char *key)
{
    const size_t length = strlen(key);
    if (!list[0])
        return true;
    for (const char *p = list; *p;) {
        const size_t n = strcspn(p, ",");
        if (n == length && strncmp(p, key, n) == 0)
            return true;
        p += n + (p[n] == ',');
    }
    return false;
}

static bool wants(const struct run *run, const char *key)
{
    return listed(run->settings->metrics, key) && trb_run_in_region(run, key);
}

bool trb_run_wants(const struct run *run, const char *key)
{
    return wants(run, key);
}

trb_status trb_run_check_metrics(const struct run *run)
{
    size_t rows;
    const trb_metric_info *table = trb_metric_table(&rows);
    for (const char *p = run->settings->metrics; *p;) {
        const size_t n = strcspn(p, ",");
        bool known = false;
        for (size_t i = 0; i < rows; i++)
            known = known || (strlen(table[i].key) == n && strncmp(table[i].key, p, n) == 0);
        if (!known)
            return trb_error_set(run->err, TRB_ERR_ARGUMENT, "metrics: '%.*s' is not a metric; 'trabecula metrics' lists them",
                                 (int)n, p);
        char key[32] = "";
        if (n < sizeof key)
            memcpy(key, p, n);
        if (!trb_run_in_region(run, key))
            return trb_error_set(run->err, TRB_ERR_ARGUMENT, "metrics: %s is not measured with --region %s", key,
                                 run->settings->region == TRB_REGION_CORTICAL ? "cortical" : "trabecular: pass --region cortical");
        p += n + (p[n] == ',');
    }
    return TRB_OK;
}

static bool wants_any(const struct run *run, const char *const *keys)
{
    for (; *keys; keys++)
        if (wants(run, *keys))
            return true;
    return false;
}

bool trb_run_wants_grey(const struct run *run)
{
    static const char *const keys[] = {"BMD", "TMD", "TMD.peel1", "TMD.peel2", "TMD.SD", "TMD.FWHM", "MaD", "BMC", "Grey.TV", "Grey.BV", "Grey.Ma",
                                       "Ct.vBMD", "Ct.TMD", "Ct.TMD.peel1", "Ct.BMC", "Ct.Grey.TV", "Ct.Grey.BV", NULL};
    return wants_any(run, keys);
}

bool trb_run_wants_surface(const struct run *run)
{
    static const char *const keys[] = {"BS", "BS/BV", "BS/TV", "Tb.N.plate", "Tb.Th.plate", "Tb.Sp.plate", NULL};
    return wants_any(run, keys) || (run->settings->tbn == TRB_TBN_PLATE && wants(run, "Tb.N"));
}

bool trb_run_wants_thickness(const struct run *run)
{
    static const char *const keys[] = {"Tb.Th", "Tb.Th.SD", "Tb.Th.max", "Tb.Th.p10", "Tb.Th.median", "Tb.Th.p90", "Tb.Th.valued", "Tb.Th.weighted", "Tb.N.ratio", NULL};
    return (run->want_maps && trb_run_in_region(run, "Tb.Th")) || wants_any(run, keys) || trb_run_wants_plate_thickness(run) || (run->settings->tbn == TRB_TBN_RATIO && wants(run, "Tb.N"));
}

bool trb_run_wants_separation(const struct run *run)
{
    static const char *const keys[] = {"Tb.Sp", "Tb.Sp.SD", "Tb.Sp.max", "Tb.Sp.p10", "Tb.Sp.median", "Tb.Sp.p90", "Tb.Sp.valued", "Tb.Sp.weighted", NULL};
    return (run->want_maps && trb_run_in_region(run, "Tb.Sp")) || wants_any(run, keys);
}

bool trb_run_wants_fabric(const struct run *run)
{
    return wants(run, "DA") || wants(run, "DA.ratio");
}

/* Asked for by the switch or by name: not in every table. */
bool trb_run_wants_skeleton(const struct run *run)
{
    static const char *const keys[] = {"Sk.Br.N", "Sk.Junc.N", "Sk.End.N", "Br.Le", "ITA", NULL};
    return (run->settings->skeleton || run->settings->metrics[0]) && wants_any(run, keys);
}

bool trb_run_wants_direct(const struct run *run)
{
    if (run->settings->metrics[0]) /* asked for by name */
        return wants(run, "Tb.N.direct") || wants(run, "Tb.1/N.SD") ||
               (run->settings->tbn == TRB_TBN_DIRECT && wants(run, "Tb.N"));
    return run->settings->tbn == TRB_TBN_DIRECT && wants(run, "Tb.N");
}

/* ---- method tags */
static const char *surface_tag(const struct run *run)
{
    switch (run->settings->surface) {
    case TRB_BS_MC: return "marching cubes (lewiner)";
    case TRB_BS_LORENSEN: return "marching cubes (lorensen)";
    case TRB_BS_CROFTON13: return "crofton, 13 directions";
    case TRB_BS_CROFTON3: return "crofton, 3 directions";
    case TRB_BS_GREY: return "grey marching cubes";
    }
    return "";
}

/* ---- filling in */
struct entry {
    const char *key;
    double value;
    const char *method;
    const char *reason; /* used when value is not finite */
};

static trb_status add_metric(struct run *run, const struct entry *entry)
{
    trb_record *record = run->record;
    size_t rows;
    const trb_metric_info *table = trb_metric_table(&rows), *info = NULL;
    for (size_t i = 0; i < rows; i++)
        if (strcmp(table[i].key, entry->key) == 0)
            info = &table[i];
    if (!info) /* never silently: a number would be missing from every table */
        return trb_error_set(run->err, TRB_ERR_ARGUMENT, "the table of metrics has no row for '%s'", entry->key);
    if (!wants(run, entry->key))
        return TRB_OK;
    trb_metric *grown = realloc(record->metrics, (record->n_metrics + 1) * sizeof *grown);
    if (!grown)
        return trb_error_set(run->err, TRB_ERR_MEMORY, "out of memory for the metrics");
    record->metrics = grown;
    trb_metric *metric = &grown[record->n_metrics++];
    memset(metric, 0, sizeof *metric);
    metric->info = info;
    metric->value = isfinite(entry->value) ? entry->value : NAN;
    snprintf(metric->method, sizeof metric->method, "%s", entry->method);
    if (isnan(metric->value))
        snprintf(metric->reason, sizeof metric->reason, "%s", run->empty_voi       ? "the VOI is empty"
                                                              : entry->reason && entry->reason[0] ? entry->reason
                                                                                                  : "not measured");
    return TRB_OK;
}

trb_status trb_run_add(struct run *run, const char *key, double value, const char *method, const char *reason)
{
    return add_metric(run, &(struct entry){key, value, method, reason});
}

/* As in the table of metrics, which orders the tables of a batch. */
static void order_metrics(trb_record *record)
{
    size_t rows = 0, placed = 0;
    const trb_metric_info *table = trb_metric_table(&rows);
    for (size_t row = 0; row < rows; row++)
        for (size_t i = placed; i < record->n_metrics; i++)
            if (strcmp(record->metrics[i].info->key, table[row].key) == 0) {
                const trb_metric found = record->metrics[i];
                memmove(&record->metrics[placed + 1], &record->metrics[placed], (i - placed) * sizeof found);
                record->metrics[placed++] = found;
            }
}

trb_status trb_run_add_metrics(struct run *run)
{
    const double h = run->h_mm, voxel = trb_grid_voxel_mm3(&run->record->grid);
    const bool empty = run->empty_voi, bone = run->bv_voxels > 0, marrow = run->bv_voxels < run->tv_voxels;
    const double tv = empty ? NAN : (double)run->tv_voxels * voxel, bv = empty ? NAN : (double)run->bv_voxels * voxel;
    const double fraction = empty ? NAN : (double)run->bv_voxels / (double)run->tv_voxels;
    const double bs = run->bs_mm2;
    const char *bs_reason = run->bs_reason, *no_surface = isnan(bs) ? bs_reason : "no surface in the VOI";
    const char *no_bone = "no bone in the VOI", *no_marrow = "no marrow in the VOI";
    const char *th_reason = !bone ? no_bone : run->th_reason, *sp_reason = !marrow ? no_marrow : run->sp_reason;
    const char *n_reason = !bone ? no_bone : run->tbn_reason;
    const bool th_known = bone && run->th.valued > 0, sp_known = marrow && run->sp.valued > 0, n_known = bone && run->tbn.valued > 0;
    const double th = th_known ? run->th.mean_vox * h : NAN;
    const double direct = n_known ? 1 / (run->tbn.mean_vox * h) : NAN, ratio = fraction / th, plate = bs / (2 * tv);
    const trb_linear *density = &run->record->calibration.density;
    const char *uncalibrated = "no density calibration: give --calibration slope=..,intercept=..";
    const double slope = density->known ? density->slope : NAN, offset = density->intercept;
#define DENSITY(stats) ((stats).voxels ? slope * (stats).mean + offset : NAN)
#define GREY(stats) ((stats).voxels ? (stats).mean : NAN)
    char tag[96], n_tag[96], density_tag[96], da_tag[96];
    trb_run_thickness_tag(run, tag, sizeof tag);
    snprintf(density_tag, sizeof density_tag, "linear%s%.80s", density->known ? ", " : "", density->known ? density->source : "");
    const char *surface = surface_tag(run);
    const trb_fabric *fabric = &run->record->fabric;
    trb_run_fabric_tag(run, da_tag, sizeof da_tag);
    double tbn = direct;
    const char *tbn_reason = n_reason;
    if (run->settings->tbn == TRB_TBN_DIRECT) {
        snprintf(n_tag, sizeof n_tag, "direct (ipl)");
    } else if (run->settings->tbn == TRB_TBN_RATIO) {
        tbn = ratio;
        tbn_reason = th_reason;
        snprintf(n_tag, sizeof n_tag, "ratio, Tb.Th %.60s", tag);
    } else {
        tbn = plate;
        tbn_reason = bs_reason;
        snprintf(n_tag, sizeof n_tag, "plate, BS %.60s", surface);
    }
    const char *bmd_reason = density->known ? "no voxel" : uncalibrated;
    const char *tmd_reason = density->known ? no_bone : uncalibrated;
    const char *peel_reason = density->known ? "no bone left after peeling" : uncalibrated;
    const struct entry entries[] = {
        {"TV", tv, "voxel", ""},
        {"BV", bv, "voxel", ""},
        {"BV/TV", 100 * fraction, "voxel", ""},
        {"BS", bs, surface, bs_reason},
        {"BS/BV", bone ? bs / bv : NAN, surface, bone ? bs_reason : no_bone},
        {"BS/TV", bs / tv, surface, bs_reason},
        {"Tb.Th", th, tag, th_reason},
        {"Tb.Th.SD", th_known ? run->th.sd_vox * h : NAN, tag, th_reason},
        {"Tb.Th.max", th_known ? run->th.max_vox * h : NAN, tag, th_reason},
        {"Tb.Sp", sp_known ? run->sp.mean_vox * h : NAN, tag, sp_reason},
        {"Tb.Sp.SD", sp_known ? run->sp.sd_vox * h : NAN, tag, sp_reason},
        {"Tb.Sp.max", sp_known ? run->sp.max_vox * h : NAN, tag, sp_reason},
        {"Tb.N", tbn, n_tag, tbn_reason},
        {"Tb.N.direct", direct, "direct (ipl)", trb_run_wants_direct(run) ? n_reason : "not asked for: --tbn direct measures it"},
        {"Tb.1/N.SD", n_known ? run->tbn.sd_vox * h : NAN, "direct (ipl)", trb_run_wants_direct(run) ? n_reason : "not asked for: --tbn direct measures it"},
        {"Tb.N.ratio", ratio, tag, th_reason},
        {"Tb.N.plate", plate, surface, bs_reason},
        {"Tb.Th.plate", bs > 0 ? 2 * bv / bs : NAN, surface, no_surface},
        {"Tb.Sp.plate", bs > 0 ? 2 * (tv - bv) / bs : NAN, surface, no_surface},
        {"DA", run->record->has_fabric ? fabric->da : NAN, da_tag, run->da_reason},
        {"DA.ratio", run->record->has_fabric ? fabric->da_ratio : NAN, da_tag,
         fabric->da == 1 ? "the longest radius has no end" : run->da_reason},
        {"BMD", DENSITY(run->grey_tv), density_tag, bmd_reason},
        {"TMD", DENSITY(run->grey_bv), density_tag, tmd_reason},
        {"TMD.peel1", DENSITY(run->grey_peeled), density_tag, peel_reason},
        {"BMC", DENSITY(run->grey_tv) * tv / 1000, density_tag, bmd_reason},
        {"Grey.TV", GREY(run->grey_tv), "voxel", ""},
        {"Grey.BV", GREY(run->grey_bv), "voxel", no_bone},
        {"Grey.Ma", GREY(run->grey_ma), "voxel", no_marrow},
        {"Tb.Th.valued", th_known ? 100.0 * (double)run->th.valued / (double)run->th.voxels : NAN, tag, th_reason},
        {"Tb.Sp.valued", sp_known ? 100.0 * (double)run->sp.valued / (double)run->sp.voxels : NAN, tag, sp_reason},
    };
#undef DENSITY
#undef GREY
    trb_status status = TRB_OK;
    for (size_t i = 0; !status && i < sizeof entries / sizeof *entries; i++)
        status = add_metric(run, &entries[i]);
    if (!status)
        status = trb_run_add_weighted(run, tag, th_reason, sp_reason);
    const trb_skeleton *sk = &run->skeleton;
    const bool thinned = bone && !empty;
    const struct entry lines[] = {
        {"Sk.Br.N", thinned ? (double)sk->branches : NAN, "thinning (lee)", no_bone},
        {"Sk.Junc.N", thinned ? (double)sk->junctions : NAN, "thinning (lee)", no_bone},
        {"Sk.End.N", thinned ? (double)sk->ends : NAN, "thinning (lee)", no_bone},
        {"Br.Le", thinned ? sk->branch_mean_vox * h : NAN, "thinning (lee)", bone ? "no branch in the VOI" : no_bone},
        {"ITA", thinned ? sk->angle_mean_deg : NAN, "thinning (lee)", bone ? "no junction of three in the VOI" : no_bone},
    };
    for (size_t i = 0; !status && trb_run_wants_skeleton(run) && i < sizeof lines / sizeof *lines; i++)
        status = add_metric(run, &lines[i]);
    if (!status)
        status = trb_run_add_plates(run);
    if (!status)
        status = trb_run_add_percentiles(run, "Tb.Th", &run->th, th_known, tag, th_reason);
    if (!status)
        status = trb_run_add_percentiles(run, "Tb.Sp", &run->sp, sp_known, tag, sp_reason);
    if (!status)
        status = trb_run_add_network(run);
    if (!status)
        status = trb_run_add_model(run);
    if (!status)
        status = trb_run_add_spread(run, density_tag);
    if (!status)
        status = trb_run_add_cortical(run, density_tag);
    if (!status)
        status = trb_run_add_shape(run);
    if (!status)
        status = trb_run_add_enclosed(run);
    if (!status)
        order_metrics(run->record);
    return status;
}

trb_status trb_run_add_distribution(struct run *run, const char *key, const char *unit, double start, double width, size_t bins,
                                    const uint64_t *bin_count)
{
    trb_record *record = run->record;
    if (!bin_count || bins == 0)
        return TRB_OK;
    trb_distribution *grown = realloc(record->distributions, (record->n_distributions + 1) * sizeof *grown);
    if (grown)
        record->distributions = grown;
    uint64_t *counts = malloc(bins * sizeof *counts);
    if (!grown || !counts) {
        free(counts);
        return trb_error_set(run->err, TRB_ERR_MEMORY, "out of memory for a distribution");
    }
    memcpy(counts, bin_count, bins * sizeof *counts);
    trb_distribution *d = &grown[record->n_distributions++];
    memset(d, 0, sizeof *d);
    snprintf(d->key, sizeof d->key, "%s", key);
    snprintf(d->unit, sizeof d->unit, "%s", unit);
    d->start = start;
    d->width = width;
    d->bins = bins;
    d->counts = counts;
    return TRB_OK;
}

static trb_status add_note(trb_note **notes, size_t *count, const char *key, const char *text, const char *origin, trb_error *err)
{
    trb_note *grown = realloc(*notes, (*count + 1) * sizeof *grown);
    if (grown)
        *notes = grown;
    char *copy = grown ? strdup(text) : NULL;
    if (!copy)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the record");
    trb_note *note = &grown[(*count)++];
    snprintf(note->key, sizeof note->key, "%s", key);
    snprintf(note->origin, sizeof note->origin, "%s", origin);
    note->text = copy;
    return TRB_OK;
}

trb_status trb_run_add_fact(struct run *run, const char *key, const char *text, const char *origin)
{
    return add_note(&run->record->facts, &run->record->n_facts, key, text, origin, run->err);
}

static trb_status add_settings(struct run *run)
{
    size_t rows;
    const trb_setting_info *table = trb_settings_table(&rows);
    char buffer[1100];
    for (size_t i = 0; i < rows; i++) {
        trb_status status = add_note(&run->record->settings, &run->record->n_settings, table[i].key,
                                     trb_settings_text(run->settings, table[i].key, buffer, sizeof buffer), "default", run->err);
        if (status)
            return status;
    }
    return TRB_OK;
}

trb_status trb_run_copy_facts(struct run *run, const trb_scan_info *info)
{
    trb_record *record = run->record;
    if (!info)
        return TRB_OK;
    snprintf(record->input_format, sizeof record->input_format, "%s", info->format);
    snprintf(record->spacing_source, sizeof record->spacing_source, "%s", info->spacing_source);
    record->input_files = info->files;
    record->calibration = info->calibration;
    if (info->warning[0])
        trb_record_warn(record, "%s", info->warning);
    for (size_t i = 0; i < info->n_facts; i++) {
        const trb_fact *fact = &info->facts[i];
        trb_status status = add_note(&record->facts, &record->n_facts, fact->key, fact->value, fact->source, run->err);
        if (status)
            return status;
    }
    return TRB_OK;
}

/* What the user should know before trusting a number. */
static void add_warnings(struct run *run)
{
    trb_record *record = run->record;
    if (run->empty_voi)
        return;
    if (record->threshold.local && isinf(record->threshold.adaptive.low_grey))
        trb_record_warn(record, "the local threshold has no lower bound: in marrow without bone nearby, noise decides; give lo=..");
    if (run->settings->region == TRB_REGION_CORTICAL) {
        trb_run_warn_of_cortical(run);
        trb_run_warn_of_sensitivity(record);
        return;
    }
    const double fraction = 100.0 * (double)run->bv_voxels / (double)run->tv_voxels;
    char at[40] = "the local threshold";
    if (!record->threshold.local)
        snprintf(at, sizeof at, "threshold %.6g grey", record->threshold.grey);
    if (run->bv_voxels == 0)
        trb_record_warn(record, "no bone in the VOI at %s: is the threshold right?", at);
    else if (run->bv_voxels == run->tv_voxels)
        trb_record_warn(record, "no marrow in the VOI at %s: is the threshold right?", at);
    else if (fraction < 1)
        trb_record_warn(record, "BV/TV is %.3g %%: Tb.Sp and Tb.N are unstable with so little bone", fraction);
    const struct {
        const char *key;
        const trb_thickness *t;
    } phases[] = {{"Tb.Th", &run->th}, {"Tb.Sp", &run->sp}};
    for (int i = 0; i < 2; i++) {
        const trb_thickness *t = phases[i].t;
        if (t->valued == 0)
            continue;
        if (run->products->voi && t->max_inside_vox < t->max_vox)
            trb_record_warn(record, "%s: balls centred outside the VOI decide its maximum (%.4g mm; %.4g mm from centres inside): "
                                    "--ball-centres voi leaves them out", phases[i].key, t->max_vox * run->h_mm, t->max_inside_vox * run->h_mm);
        if (t->valued < t->voxels)
            trb_record_warn(record, "%s: %.2f %% of the phase received no ball under the %s rule and is not in the mean", phases[i].key,
                            100.0 - 100.0 * (double)t->valued / (double)t->voxels, trb_thickness_rule_name(t->rule));
    }
    trb_run_warn_of_thickness(run);
    trb_run_warn_of_fabric(run);
    trb_run_warn_of_sizes(run);
    if (run->settings->surface == TRB_BS_GREY && !isnan(record->threshold.seed_grey))
        trb_record_warn(record, "BS from grey values is that of the low threshold of the hysteresis");
    trb_run_warn_of_sensitivity(record);
}

trb_status trb_run_fill_record(struct run *run)
{
    trb_status status = trb_run_add_metrics(run);
    if (!status && !run->empty_voi)
        status = trb_run_sensitivity(run);
    if (!status && run->th.valued)
        status = trb_run_add_thickness_distribution(run, "Tb.Th", &run->th);
    if (!status && run->sp.valued)
        status = trb_run_add_thickness_distribution(run, "Tb.Sp", &run->sp);
    if (!status)
        status = trb_run_add_cortical_distribution(run);
    if (!status)
        status = add_settings(run);
    if (status)
        return status;
    add_warnings(run);
    return trb_run_methods_text(run, &run->record->methods_text);
}
