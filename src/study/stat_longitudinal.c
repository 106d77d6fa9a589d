/*
 * stat_longitudinal.c - the same animals over time.
 *
 * Beside the model stand the plain answers: one number an animal (its slope, its change), compared by Welch's
 * test (Matthews et al. 1990, BMJ 300:230-235), and the last value with the first as covariate.
 */
#include "study/stat_designs.h"

#include "core/memory.h"
#include "study/design_cells.h"
#include "study/design_rows.h"
#include "study/design_tree.h"
#include "study/stat_ancova.h"
#include "study/stat_longitudinal_parts.h"
#include "study/stat_repeated_measures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static trb_status fill_visits(trb_visits *v, const trb_rows *rows, trb_error *err)
{
    for (size_t i = 0; i < rows->n; i++)
        v->n_animals += i == 0 || rows->row[i].level[0] != rows->row[i - 1].level[0];
    v->group = trb_alloc(v->n_animals + 1, sizeof *v->group, "animals", err);
    v->y = trb_alloc(v->n_animals + 1, (v->n_times + 1) * sizeof *v->y, "scans", err);
    if (!v->group || !v->y)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < v->n_animals * v->n_times; i++)
        v->y[i] = NAN;
    size_t animal = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const trb_row *row = &rows->row[i];
        animal += i > 0 && row->level[0] != rows->row[i - 1].level[0];
        double *y = &v->y[animal * v->n_times + row->level[2]];
        v->group[animal] = row->level[1];
        if (isfinite(*y) && isfinite(row->y))
            return trb_error_set(err, TRB_ERR_DATA,
                                 "animal '%s' has two scans at time '%s': average them first",
                                 rows->subject[row->level[0]], v->time_factor->name[row->level[2]]);
        if (isfinite(row->y))
            *y = row->y;
    }
    return TRB_OK;
}

static trb_status write_cells(trb_node root, const trb_rows *rows, const trb_visits *v, trb_error *err)
{
    trb_cells cells;
    size_t *cell = trb_alloc(rows->n + 1, sizeof *cell, "cells", err);
    double *value = trb_alloc(rows->n + 1, sizeof *value, "values", err);
    trb_status status = TRB_ERR_MEMORY;
    memset(&cells, 0, sizeof cells);
    if (!cell || !value)
        goto done;
    for (size_t i = 0; i < rows->n; i++) {
        cell[i] = rows->row[i].level[1] * v->n_times + rows->row[i].level[2];
        value[i] = rows->row[i].y;
    }
    const trb_cell_source source = {rows->n, cell, value, v->group_factor, v->time_factor, " @ ", v->conf_level};
    status = trb_cells_init(&cells, &source, err);
    if (!status)
        trb_cells_describe(&cells, root, "cells");
done:
    trb_cells_clear(&cells);
    free(cell);
    free(value);
    return status;
}

/* Animals with a scan at every time, group by group. */
static trb_status write_complete(trb_node out, const trb_visits *v, trb_error *err)
{
    double *y = trb_alloc(v->n_animals + 1, v->n_times * sizeof *y + 1, "complete animals", err);
    size_t *group = trb_alloc(v->n_animals + 1, sizeof *group, "complete animals", err);
    trb_repeated complete = {0, v->n_times, 0, y, group};
    trb_status status = TRB_ERR_MEMORY;
    if (!y || !group)
        goto done;
    for (size_t g = 0; g < v->group_factor->n_levels; g++) {
        const size_t before = complete.n;
        for (size_t a = 0; a < v->n_animals; a++) {
            size_t scans = 0;
            for (size_t t = 0; t < v->n_times; t++)
                scans += v->group[a] == g && isfinite(v->y[a * v->n_times + t]);
            if (scans < v->n_times)
                continue;
            memcpy(y + complete.n * v->n_times, v->y + a * v->n_times, v->n_times * sizeof *y);
            group[complete.n++] = complete.n_groups;
        }
        complete.n_groups += complete.n > before;
    }
    status = trb_repeated_write(out, &complete, err);
done:
    free(y);
    free(group);
    return status;
}

/* Least squares of one animal's scans on time; NaN with fewer than two. */
static double slope_of(const double *y, const double *time, size_t n)
{
    double count = 0, t = 0, value = 0, stt = 0, sty = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(y[i])) {
            count++;
            t += time[i];
            value += y[i];
        }
    for (size_t i = 0; i < n; i++)
        if (isfinite(y[i])) {
            stt += (time[i] - t / count) * (time[i] - t / count);
            sty += (time[i] - t / count) * (y[i] - value / count);
        }
    return count < 2 ? NAN : sty / stt;
}

/* One number an animal: described by group, and compared by Welch's test. */
static trb_status write_summary(trb_node out, const trb_visits *v, const double *value, trb_error *err)
{
    trb_cells cells;
    const trb_cell_source source = {v->n_animals, v->group, value, v->group_factor, NULL, "", v->conf_level};
    const trb_status status = trb_cells_init(&cells, &source, err);
    if (!status) {
        trb_cells_describe(&cells, out, "descriptive");
        if (v->group_factor->n_levels > 1)
            trb_cells_t_tests(&cells, true, trb_node_child(out, "welch"));
    }
    trb_cells_clear(&cells);
    return status;
}

static trb_status write_summaries(trb_node root, const trb_visits *v, const double *time, trb_error *err)
{
    const size_t n = v->n_animals;
    double *value = trb_alloc(n + 1, 4 * sizeof *value, "animals", err);
    if (!value)
        return TRB_ERR_MEMORY;
    double *slope = value, *change = value + n, *first = change + n, *last = first + n;
    for (size_t a = 0; a < n; a++) {
        const double *y = v->y + a * v->n_times;
        slope[a] = slope_of(y, time, v->n_times);
        first[a] = y[0];
        last[a] = y[v->n_times - 1];
        change[a] = 100 * (last[a] - first[a]) / first[a]; /* from 0: not finite, and so missing */
    }
    const trb_factor group = {v->group_factor->label, v->group_factor->n_levels, v->group_factor->name,
                              v->group};
    trb_status status = write_summary(trb_node_child(root, "summary_measure_slope"), v, slope, err);
    if (!status)
        status = write_summary(trb_node_child(root, "percent_change_last_vs_first"), v, change, err);
    if (!status)
        status = trb_ancova_write(trb_node_child(root, "ancova_last_on_first"), last, first, n, &group, v->conf_level, err);
    free(value);
    return status;
}

static trb_status check_times(const trb_factor *time, const double *time_value, trb_error *err)
{
    for (size_t t = 0; t < time->n_levels; t++)
        if (!isfinite(time_value[t]) || (t > 0 && time_value[t] <= time_value[t - 1]))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "time '%s' does not come after time '%s'",
                                 time->name[t], time->name[t ? t - 1 : 0]);
    return TRB_OK;
}

trb_status trb_stat_longitudinal(const double *y, size_t n, const trb_factor *animal, const trb_factor *group,
                                 const trb_factor *time, const double *time_value, double conf_level,
                                 json_t **out, trb_error *err)
{
    bool failed = false;
    const trb_node root = trb_node_root(&failed);
    trb_rows rows;
    trb_visits visits = {.n_times = time->n_levels, .group_factor = group, .time_factor = time, .conf_level = conf_level};
    const trb_row_source source = {
        .n = n, .y = y, .factor = {animal, group, time}, .subjects = true, .keep_missing = true};
    trb_status status = trb_rows_init(&rows, &source, err);
    if (!status)
        status = check_times(time, time_value, err);
    if (!status)
        status = trb_rows_check_groups(&rows, group, err);
    if (!status)
        status = fill_visits(&visits, &rows, err);
    if (!status && visits.n_animals == 0) {
        trb_node_note(root, "no values");
    } else if (!status) {
        status = write_cells(root, &rows, &visits, err);
        if (!status)
            status = trb_longitudinal_model(trb_node_child(root, "mixed_model"), &visits, err);
        if (!status)
            status = write_complete(trb_node_child(root, "rm_anova_complete_cases"), &visits, err);
        if (!status)
            status = write_summaries(root, &visits, time_value, err);
    }
    free(visits.group);
    free(visits.y);
    trb_rows_clear(&rows);
    return trb_node_finish(root, status, out, err);
}
