/*
 * sensitivity.c - the metrics again, with the threshold moved.
 * Moving the bone surface by d voxels changes BV by about 2 d / Tb.Th (in voxels): a table that costs some analyses
 * shows what a threshold, chosen otherwise, would have done to each number.
 */
#include "record/csv_field.h"
#include "record/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUCH 10.0 /* percent: a metric that moves further is warned of */

static size_t count_shifts(const trb_settings *settings)
{
    size_t n = 0;
    while (n < TRB_SENSITIVITY_MAX && settings->sensitivity[n] > 0)
        n++;
    return n;
}

size_t trb_run_repeats(const trb_settings *settings)
{
    return 1 + 2 * count_shifts(settings);
}

/* Moves every level of a threshold by a share of its distance from the grey value of no density (0 without
 * calibration). Below 0, too, a higher threshold is a higher one. */
static void move_threshold(const trb_calibration *calibration, trb_threshold_result *t, double percent)
{
    const trb_linear *density = &calibration->density;
    const double shift = percent / 100, zero = density->known ? -density->intercept / density->slope : 0;
    t->adaptive.shift = shift;
    t->adaptive.zero_grey = zero;
    t->grey += shift * fabs(t->grey - zero);
    t->seed_grey += shift * fabs(t->seed_grey - zero);
    t->calibrated += shift * fabs(t->calibrated);
}

/* A run beside the first: its own mask, measures and metrics; the rest is borrowed. */
static trb_status measure_shift(const struct run *first, size_t nth, double percent, trb_sensitivity *out)
{
    const trb_record *result = first->record;
    trb_products products = {.voi = first->products->voi};
    trb_record *record = calloc(1, sizeof *record);
    out->values = malloc((result->n_metrics ? result->n_metrics : 1) * sizeof *out->values);
    if (!record || !out->values) {
        free(record);
        return trb_error_set(first->err, TRB_ERR_MEMORY, "out of memory for the sensitivity");
    }
    record->grid = result->grid;
    record->calibration = result->calibration;
    record->threshold = result->threshold;
    move_threshold(&record->calibration, &record->threshold, percent);
    struct run run = {.source = first->source,
                      .settings = first->settings,
                      .memory_bytes = first->memory_bytes,
                      .progress = first->progress,
                      .progress_from = first->progress_share * (double)nth,
                      .progress_share = first->progress_share,
                      .products = &products,
                      .record = record,
                      .err = first->err,
                      .seen = first->seen,
                      .filter = first->filter,
                      .thickness = first->settings->thickness,
                      .instead = "",
                      .h_mm = first->h_mm,
                      .bs_mm2 = NAN};
    char name[40];
    snprintf(name, sizeof name, "sensitivity %+g %%", percent);
    trb_status status = trb_run_stage(&run, name, 0);
    if (!status)
        status = trb_run_segment(&run);
    if (!status)
        status = trb_run_measure(&run);
    if (!status)
        status = trb_run_add_metrics(&run);
    out->shift_percent = percent;
    out->grey = record->threshold.grey;
    out->calibrated = record->threshold.calibrated;
    out->seed_grey = record->threshold.seed_grey;
    for (size_t i = 0; !status && i < result->n_metrics; i++)
        out->values[i] = record->metrics[i].value; /* the same settings: the same metrics in the same order */
    trb_mask_destroy(products.bone);
    trb_thickness_clear(&run.th);
    trb_thickness_clear(&run.sp);
    trb_thickness_clear(&run.tbn);
    trb_histogram_clear(&run.spread);
    trb_record_destroy(record);
    return status;
}

trb_status trb_run_sensitivity(struct run *run)
{
    const size_t shifts = count_shifts(run->settings);
    trb_record *record = run->record;
    if (shifts == 0)
        return TRB_OK;
    record->sensitivity = calloc(2 * shifts, sizeof *record->sensitivity);
    if (!record->sensitivity)
        return trb_error_set(run->err, TRB_ERR_MEMORY, "out of memory for the sensitivity");
    trb_status status = TRB_OK;
    for (size_t i = 0; !status && i < 2 * shifts; i++) { /* from the lowest to the highest threshold */
        const double percent =
            i < shifts ? -run->settings->sensitivity[shifts - 1 - i] : run->settings->sensitivity[i - shifts];
        record->n_sensitivity = i + 1;
        status = measure_shift(run, 1 + i, percent, &record->sensitivity[i]);
        if (status)
            trb_error_within(run->err, "sensitivity %+g %%", percent);
    }
    return status;
}

double trb_record_change(const trb_record *record, size_t k, size_t metric)
{
    const double was = record->metrics[metric].value, is = record->sensitivity[k].values[metric];
    return was != 0 && isfinite(was) && isfinite(is) ? 100 * (is - was) / fabs(was) : NAN;
}

bool trb_record_moves(const trb_record *record, size_t metric)
{
    const double was = record->metrics[metric].value;
    for (size_t k = 0; k < record->n_sensitivity; k++) {
        const double is = record->sensitivity[k].values[metric];
        if (is != was && !(isnan(is) && isnan(was)))
            return true;
    }
    return false;
}

void trb_run_warn_of_sensitivity(trb_record *record)
{
    for (size_t k = 0; k < record->n_sensitivity; k++) {
        char list[700] = "";
        size_t lost = 0;
        for (size_t i = 0; i < record->n_metrics; i++) {
            const double change = trb_record_change(record, k, i);
            const size_t used = strlen(list);
            lost += isfinite(record->metrics[i].value) && !isfinite(record->sensitivity[k].values[i]);
            if (fabs(change) > MUCH && sizeof list - used > 60)
                snprintf(list + used, sizeof list - used, "%s%s %+.1f %%", used ? ", " : "",
                         record->metrics[i].info->key, change);
        }
        if (list[0] || lost)
            trb_record_warn(record, "sensitivity: a threshold %g %% %s moves %s%s%s",
                            fabs(record->sensitivity[k].shift_percent),
                            record->sensitivity[k].shift_percent < 0 ? "lower" : "higher",
                            list[0] ? list : "nothing by more than 10 %",
                            lost ? ", and leaves some metrics without a value" : "",
                            list[0] ? " (more than 10 %)" : "");
    }
}

static void put_row(FILE *out, const trb_record *record, size_t metric, const trb_sensitivity *row, size_t k)
{
    const trb_metric *m = &record->metrics[metric];
    trb_csv_put(out, record->sample);
    fputc(',', out);
    trb_csv_put(out, record->group);
    fprintf(out, ",%s,%s", m->info->key, m->info->unit);
    const double numbers[] = {row ? row->shift_percent : 0, row ? row->grey : record->threshold.grey,
                              row ? row->calibrated : record->threshold.calibrated,
                              row ? row->values[metric] : m->value,
                              row                  ? trb_record_change(record, k, metric)
                              : isfinite(m->value) ? 0
                                                   : NAN};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        fputc(',', out);
        trb_csv_put_number(out, numbers[i]);
    }
    fputc('\n', out);
}

trb_status trb_record_sensitivity_csv(const trb_record *record, char **text, trb_error *err)
{
    size_t size;
    *text = NULL;
    FILE *out = open_memstream(text, &size);
    if (!out)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a table");
    fputs("sample,group,metric,unit,shift [%],threshold [grey],threshold [mgHA/cm3],value,change [%]\n", out);
    for (size_t i = 0; i < record->n_metrics; i++) {
        bool zero = false; /* the result itself stands between the lower and the higher thresholds */
        for (size_t k = 0; k < record->n_sensitivity; k++) {
            if (!zero && record->sensitivity[k].shift_percent > 0)
                put_row(out, record, i, NULL, 0);
            zero = zero || record->sensitivity[k].shift_percent > 0;
            put_row(out, record, i, &record->sensitivity[k], k);
        }
    }
    const int failed = ferror(out);
    if (fclose(out) != 0 || failed) {
        free(*text);
        *text = NULL;
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a table");
    }
    return TRB_OK;
}
