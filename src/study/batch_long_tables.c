/*
 * batch_long_tables.c - what one row a scan cannot hold: distributions, their percentiles, sensitivities.
 *
 * Scans stand in the order of the study, metrics in that of their record: the same records give the same bytes.
 */
#include "study/batch_tables.h"

#include "record/csv_field.h"
#include "trabecula/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Puts what one scan has; how many rows that was. */
typedef size_t (*put_scan)(FILE *out, const trb_table_row *row);

static trb_status long_table(const char *header, put_scan put, const trb_manifest *manifest, const trb_table_row *rows, char **text,
                             trb_error *err)
{
    size_t size, n = 0;
    *text = NULL;
    FILE *out = open_memstream(text, &size);
    if (!out)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a table");
    fputs(header, out);
    for (size_t i = 0; i < manifest->n_scans; i++)
        if (rows[i].state == TRB_BATCH_DONE)
            n += put(out, &rows[i]);
    const bool failed = ferror(out) != 0;
    const bool closed = fclose(out) == 0;
    if (n && closed && !failed)
        return TRB_OK;
    free(*text);
    *text = NULL;
    return closed && !failed ? TRB_OK : trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a table");
}

static void put_names(FILE *out, const trb_table_row *row, const char *metric, const char *unit)
{
    const char *const names[] = {row->entry->sample, row->entry->group, metric, unit};
    for (size_t i = 0; i < 4; i++) {
        if (i)
            fputc(',', out);
        trb_csv_put(out, names[i]);
    }
}

static void put_number(FILE *out, const json_t *value)
{
    fputc(',', out);
    trb_csv_put_number(out, json_is_number(value) ? json_number_value(value) : NAN);
}

/* The edges stand under "edges_" and their unit. */
static const json_t *edges_of(const json_t *distribution, const char **unit)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)distribution, key, value)
        if (strncmp(key, "edges_", 6) == 0) {
            *unit = strcmp(key + 6, "mgHA_cm3") == 0 ? "mgHA/cm3" : key + 6;
            return value;
        }
    return NULL;
}

static size_t put_distributions(FILE *out, const trb_table_row *row)
{
    const char *metric, *unit = "";
    json_t *distribution;
    size_t n = 0;
    json_object_foreach (json_object_get(row->record, "distributions"), metric, distribution) {
        const json_t *edges = edges_of(distribution, &unit), *counts = json_object_get(distribution, "counts");
        for (size_t b = 0; b < json_array_size(counts) && b + 1 < json_array_size(edges); b++, n++) {
            put_names(out, row, metric, unit);
            put_number(out, json_array_get(edges, b));
            put_number(out, json_array_get(edges, b + 1));
            fprintf(out, ",%lld\n", (long long)json_integer_value(json_array_get(counts, b)));
        }
    }
    return n;
}

static size_t put_percentiles(FILE *out, const trb_table_row *row)
{
    const char *metric;
    json_t *distribution;
    size_t n = 0;
    json_object_foreach (json_object_get(row->record, "distributions"), metric, distribution) {
        const json_t *percentiles = json_object_get(distribution, "percentiles");
        const char *unit = json_string_value(json_object_get(percentiles, "unit"));
        const char *method = json_string_value(json_object_get(percentiles, "method"));
        if (!percentiles)
            continue;
        put_names(out, row, metric, unit ? unit : "");
        for (size_t i = 0; i < TRB_PERCENTILES; i++) {
            char key[16];
            snprintf(key, sizeof key, "p%g", trb_percentile_percent(i));
            put_number(out, json_object_get(percentiles, key));
        }
        fputc(',', out);
        trb_csv_put(out, method ? method : "");
        fputc('\n', out);
        n++;
    }
    return n;
}

static void put_shift(FILE *out, const trb_table_row *row, const char *metric, const char *unit, double percent, const json_t *threshold,
                      const json_t *value, const json_t *change)
{
    put_names(out, row, metric, unit);
    fputc(',', out);
    trb_csv_put_number(out, percent);
    put_number(out, json_object_get(threshold, "grey"));
    put_number(out, json_object_get(threshold, "calibrated_mgHA_cm3"));
    put_number(out, value);
    put_number(out, change);
    fputc('\n', out);
}

/* The result itself stands between the lower and the higher thresholds, as in the table of one scan. */
static size_t put_sensitivity(FILE *out, const trb_table_row *row)
{
    const json_t *shifts = json_object_get(json_object_get(row->record, "sensitivity"), "rows");
    const json_t *own = json_object_get(row->record, "threshold");
    const char *metric;
    json_t *result, *zero = json_integer(0);
    size_t n = 0;
    json_object_foreach (json_object_get(row->record, "metrics"), metric, result) {
        const json_t *value = json_object_get(result, "value");
        const char *unit = json_string_value(json_object_get(result, "unit"));
        bool passed = false;
        for (size_t k = 0; k < json_array_size(shifts); k++, n++) {
            const json_t *shift = json_array_get(shifts, k);
            const double percent = json_number_value(json_object_get(shift, "shift_percent"));
            if (!passed && percent > 0) {
                put_shift(out, row, metric, unit ? unit : "", 0, own, value, json_is_number(value) ? zero : NULL);
                passed = true;
                n++;
            }
            const json_t *there = json_object_get(json_object_get(shift, "metrics"), metric);
            put_shift(out, row, metric, unit ? unit : "", percent, shift, json_object_get(there, "value"),
                      json_object_get(there, "change_percent"));
        }
    }
    json_decref(zero);
    return n;
}

trb_status trb_distributions_csv(const trb_manifest *manifest, const trb_table_row *rows, char **text, trb_error *err)
{
    return long_table("sample,group,metric,unit,bin_from,bin_to,count\n", put_distributions, manifest, rows, text, err);
}

trb_status trb_percentiles_csv(const trb_manifest *manifest, const trb_table_row *rows, char **text, trb_error *err)
{
    char header[160] = "sample,group,metric,unit";
    for (size_t i = 0; i < TRB_PERCENTILES; i++) {
        const size_t used = strlen(header);
        snprintf(header + used, sizeof header - used, ",p%g", trb_percentile_percent(i));
    }
    const size_t used = strlen(header);
    snprintf(header + used, sizeof header - used, ",method\n");
    return long_table(header, put_percentiles, manifest, rows, text, err);
}

trb_status trb_sensitivities_csv(const trb_manifest *manifest, const trb_table_row *rows, char **text, trb_error *err)
{
    return long_table("sample,group,metric,unit,shift [%],threshold [grey],threshold [mgHA/cm3],value,change [%]\n", put_sensitivity,
                      manifest, rows, text, err);
}
