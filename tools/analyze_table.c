/* analyze_table.c - what trabecula analyze prints: the scan, the threshold, the metrics, their sensitivity. */
#include "cli.h"
#include "cmd_analyze.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Changes in percent, a column a shift. Metrics that do not see the threshold are left out. */
static void print_sensitivity(const trb_record *record)
{
    if (record->n_sensitivity == 0)
        return;
    printf("\n  sensitivity: change when the threshold moves by a share of its %s\n  %-14s",
           record->calibration.density.known ? "density" : "grey value", "metric");
    for (size_t k = 0; k < record->n_sensitivity; k++)
        printf(" %+9g %%", record->sensitivity[k].shift_percent);
    printf("\n  %-14s", "grey");
    for (size_t k = 0; k < record->n_sensitivity; k++)
        if (record->threshold.local)
            printf(" %11s", "local");
        else
            printf(" %11.6g", record->sensitivity[k].grey);
    putchar('\n');
    for (size_t i = 0; i < record->n_metrics; i++) {
        if (!trb_record_moves(record, i))
            continue;
        printf("  %-14s", record->metrics[i].info->key);
        for (size_t k = 0; k < record->n_sensitivity; k++) {
            const double change = trb_record_change(record, k, i);
            if (isnan(change))
                printf(" %11s", "-");
            else
                printf(" %+9.2f %%", change);
        }
        putchar('\n');
    }
}

void analyze_print_table(const trb_record *record)
{
    const trb_grid *grid = &record->grid;
    printf("%s%s%s\n", record->sample, record->group ? ", group " : "", record->group ? record->group : "");
    printf("  scan       %zu x %zu x %zu voxels of %.6g um (%s), %s\n", grid->nx, grid->ny, grid->nz,
           grid->spacing_mm[0] * 1000, record->spacing_source, trb_type_name(record->type));
    for (size_t i = 0; i < record->n_settings; i++) {
        const trb_note *note = &record->settings[i];
        if ((strcmp(note->key, "voi") == 0 && note->text[0]) || strcmp(note->key, "filter") == 0 ||
            strcmp(note->key, "profile") == 0)
            printf("  %-10s %s (%s)\n", note->key, note->text, note->origin);
    }
    if (!isnan(record->threshold.grey)) {
        printf("  threshold  %.6g grey", record->threshold.grey);
        if (!isnan(record->threshold.calibrated))
            printf(" = %.5g mgHA/cm3", record->threshold.calibrated);
        printf(" (%s)\n", record->threshold.method);
    } else if (record->threshold.local) {
        printf("  threshold  local (%s)\n", record->threshold.method);
    }
    for (size_t i = 0; i < record->n_facts; i++)
        if (strcmp(record->facts[i].key, "mesh") == 0)
            printf("  mesh       %s\n", record->facts[i].text);
    printf("\n  %-14s %14s  %-9s %s\n", "metric", "value", "unit", "method");
    for (size_t i = 0; i < record->n_metrics; i++) {
        const trb_metric *metric = &record->metrics[i];
        if (isnan(metric->value))
            printf("  %-14s %14s  %-9s %s\n", metric->info->key, "-", metric->info->unit, metric->reason);
        else
            printf("  %-14s %14.6g  %-9s %s\n", metric->info->key, metric->value, metric->info->unit,
                   metric->method);
    }
    print_sensitivity(record);
}
