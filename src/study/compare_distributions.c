/*
 * compare_distributions.c - the mean distribution of each group.
 *
 * Every scan becomes shares of its own volume, scans of one animal are averaged, then animals: a large bone counts no more than a
 * small one. Bins are described and not tested: they are as many as one likes, neighbours depend on each other and all add
 * up to 100 %, so p values of bins would count chance. The percentiles are the place to look for a difference.
 */
#include "study/compare_parts.h"
#include "study/distribution_grid.h"
#include "study/document_read.h"
#include "study/stat_basics.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One animal of one time. */
typedef struct subject {
    const char *animal, *time; /* animal: NULL when every row is one */
    size_t group;
} subject;

/* A line of the figure: a group, or a group at one time. */
typedef struct line {
    char *name;
    const char *group, *time;
    size_t group_index;
    double time_value;
    size_t n_units, *unit;
} line;

typedef struct work {
    const trb_cohort *scans;
    trb_pool *pool;
    trb_distribution_table *table;
    json_t *document, *out;
    bool timed;
    double conf_level;
    size_t n_units, n_lines;
    subject *unit;
    size_t *unit_of_row; /* TRB_NO_INDEX: in no group */
    line *line;
} work;

static void warn(work *w, const char *text)
{
    json_t *string = json_string(text);
    json_array_append_new(json_object_get(w->document, "warnings"), string ? string : json_string("(a text that is not UTF-8)"));
}

/* ---- who is who */

static size_t unit_for(work *w, const trb_cohort_row *row, bool by_animal)
{
    const char *animal = by_animal && row->animal[0] ? row->animal : NULL;
    for (size_t u = 0; animal && u < w->n_units; u++)
        if (w->unit[u].animal && w->unit[u].group == row->group && strcmp(w->unit[u].animal, animal) == 0 &&
            (!w->timed || strcmp(w->unit[u].time, row->time) == 0))
            return u;
    w->unit[w->n_units] = (subject){animal, w->timed ? row->time : "", row->group};
    return w->n_units++;
}

/* The groups of the document in its order; the scans may have been met in another. */
static size_t document_group(const work *w, const char *name)
{
    const json_t *groups = trb_doc_at(w->document, "design", "groups", NULL);
    for (size_t g = 0; g < json_array_size(groups); g++)
        if (strcmp(json_string_value(json_array_get(groups, g)), name) == 0)
            return g;
    return TRB_NO_INDEX;
}

static int by_group_and_time(const void *a, const void *b)
{
    const line *x = a, *y = b;
    if (x->group_index != y->group_index)
        return x->group_index < y->group_index ? -1 : 1;
    if (x->time_value < y->time_value || x->time_value > y->time_value)
        return x->time_value < y->time_value ? -1 : 1;
    return strcmp(x->time, y->time);
}

static trb_status add_to_line(work *w, size_t u, const trb_cohort_row *row, trb_error *err)
{
    const char *group = w->scans->group_name[row->group];
    line *l = w->line;
    while (l < w->line + w->n_lines && (strcmp(l->group, group) != 0 || strcmp(l->time, w->unit[u].time) != 0))
        l++;
    if (l == w->line + w->n_lines) {
        const char *unit = w->scans->time_unit;
        *l = (line){.group = group, .time = w->unit[u].time, .group_index = document_group(w, group), .time_value = row->time_value};
        l->name = l->time[0] ? trb_pool_print(w->pool, err, "%s, %s%s%s", group, l->time, unit[0] ? " " : "", unit)
                             : trb_pool_text(w->pool, group, strlen(group), err);
        l->unit = trb_pool_array(w->pool, w->scans->n_rows, sizeof *l->unit, err);
        if (!l->name || !l->unit)
            return TRB_ERR_MEMORY;
        w->n_lines++;
    }
    l->unit[l->n_units++] = u;
    return TRB_OK;
}

static trb_status find_units(work *w, bool by_animal, trb_error *err)
{
    const size_t rows = w->scans->n_rows;
    w->unit = trb_pool_array(w->pool, rows + 1, sizeof *w->unit, err);
    w->unit_of_row = trb_pool_array(w->pool, rows + 1, sizeof *w->unit_of_row, err);
    w->line = trb_pool_array(w->pool, rows + 1, sizeof *w->line, err);
    if (!w->unit || !w->unit_of_row || !w->line)
        return TRB_ERR_MEMORY;
    for (size_t r = 0; r < rows; r++) {
        const trb_cohort_row *row = &w->scans->row[r];
        w->unit_of_row[r] = TRB_NO_INDEX;
        if (row->group == TRB_COHORT_NO_GROUP || document_group(w, w->scans->group_name[row->group]) == TRB_NO_INDEX)
            continue;
        const size_t before = w->n_units, u = unit_for(w, row, by_animal);
        w->unit_of_row[r] = u;
        const trb_status status = w->n_units > before ? add_to_line(w, u, row, err) : TRB_OK;
        if (status)
            return status;
    }
    qsort(w->line, w->n_lines, sizeof *w->line, by_group_and_time);
    return TRB_OK;
}

/* ---- numbers */

typedef struct summary {
    size_t n;
    double mean, sd, ci_half;
} summary;

/* value is sorted: the same bits for any order of the animals. Those that are not finite do not count. */
static summary summarise(double *value, size_t n, double conf_level)
{
    summary s = {0, NAN, NAN, NAN};
    for (size_t i = 0; i < n; i++)
        if (isfinite(value[i]))
            value[s.n++] = value[i];
    if (s.n == 0)
        return s;
    trb_stat_sort(value, s.n);
    s.mean = trb_stat_mean(value, s.n);
    if (s.n > 1) {
        const double df = (double)s.n - 1;
        s.sd = sqrt(trb_stat_squares(value, s.n, s.mean) / df);
        s.ci_half = qt(0.5 + conf_level / 2, df, 1, 0) * s.sd / sqrt((double)s.n);
    }
    return s;
}

/* Shares of each animal on the grid in percent: share[unit][bin]; NaN for animals without a distribution. */
static double *shares(work *w, const char *metric, const trb_bin_grid *grid, trb_error *err)
{
    double *share = trb_pool_array(w->pool, w->n_units * grid->n, sizeof *share, err);
    size_t *n = trb_pool_array(w->pool, w->n_units, sizeof *n, err);
    for (int pass = 0; share && n && pass < 2; pass++)
        for (size_t r = 0; r < w->scans->n_rows; r++) {
            const size_t u = w->unit_of_row[r];
            const trb_scan_distribution *d =
                u == TRB_NO_INDEX ? NULL : trb_distribution_find(w->table, w->scans->row[r].sample, metric);
            if (!d || !(d->total > 0))
                continue;
            if (pass == 0)
                n[u]++;
            else
                trb_bin_grid_add(grid, d, 100 / (double)n[u], share + u * grid->n);
        }
    for (size_t u = 0; share && n && u < w->n_units; u++)
        for (size_t k = 0; n[u] == 0 && k < grid->n; k++)
            share[u * grid->n + k] = NAN;
    return n ? share : NULL;
}

static json_t *line_names(const line *l)
{
    json_t *name = json_string(l->name), *group = json_string(l->group), *time = json_string(l->time);
    return json_pack("{s:o,s:o,s:o}", "name", name ? name : json_string("?"), "group", group ? group : json_string("?"), "time",
                     time ? time : json_string("?"));
}

static trb_status put_series(work *w, json_t *out, const double *share, const trb_bin_grid *grid, trb_error *err)
{
    json_t *all = json_array();
    json_object_set_new(out, "series", all);
    double *value = trb_pool_array(w->pool, w->n_units + 1, sizeof *value, err);
    if (!value)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < w->n_lines; i++) {
        const line *l = &w->line[i];
        json_t *series = line_names(l), *mean = json_array(), *sd = json_array(), *half = json_array();
        summary s = {0, NAN, NAN, NAN};
        for (size_t k = 0; k < grid->n; k++) {
            for (size_t u = 0; u < l->n_units; u++)
                value[u] = share[l->unit[u] * grid->n + k];
            s = summarise(value, l->n_units, w->conf_level);
            json_array_append_new(mean, trb_doc_real(s.mean));
            json_array_append_new(sd, trb_doc_real(s.sd));
            json_array_append_new(half, trb_doc_real(s.ci_half));
        }
        json_object_set_new(series, "n", json_integer((json_int_t)s.n));
        json_object_set_new(series, "mean", mean);
        json_object_set_new(series, "sd", sd);
        json_object_set_new(series, "ci_half", half);
        json_array_append_new(all, series);
    }
    return TRB_OK;
}

/* The mean over the scans of each animal, as for every metric. */
static void percentile_of_units(const work *w, const char *metric, const char *unit, size_t which, double *value, size_t *n)
{
    for (size_t u = 0; u < w->n_units; u++) {
        value[u] = 0;
        n[u] = 0;
    }
    for (size_t r = 0; r < w->scans->n_rows; r++) {
        const size_t u = w->unit_of_row[r];
        const trb_scan_percentiles *p = u == TRB_NO_INDEX ? NULL : trb_percentiles_find(w->table, w->scans->row[r].sample, metric);
        if (!p || isnan(p->value[which]) || strcmp(p->unit, unit) != 0)
            continue;
        value[u] += p->value[which];
        n[u]++;
    }
    for (size_t u = 0; u < w->n_units; u++)
        value[u] = n[u] ? value[u] / (double)n[u] : NAN;
}

static trb_status put_percentiles(work *w, json_t *out, const char *metric, const char *unit, trb_error *err)
{
    json_t *rows = json_array();
    json_object_set_new(out, "percentiles", rows);
    double *of_unit = trb_pool_array(w->pool, w->n_units + 1, sizeof *of_unit, err);
    double *value = trb_pool_array(w->pool, w->n_units + 1, sizeof *value, err);
    size_t *n = trb_pool_array(w->pool, w->n_units + 1, sizeof *n, err);
    if (!of_unit || !value || !n)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < w->n_lines; i++)
        for (size_t p = 0; p < TRB_PERCENTILES; p++) {
            const line *l = &w->line[i];
            percentile_of_units(w, metric, unit, p, of_unit, n);
            for (size_t u = 0; u < l->n_units; u++)
                value[u] = of_unit[l->unit[u]];
            const summary s = summarise(value, l->n_units, w->conf_level);
            if (s.n == 0)
                continue;
            json_t *row = line_names(l);
            json_object_set_new(row, "percentile", json_real(trb_percentile_percent(p)));
            json_object_set_new(row, "n", json_integer((json_int_t)s.n));
            json_object_set_new(row, "mean", trb_doc_real(s.mean));
            json_object_set_new(row, "sd", trb_doc_real(s.sd));
            json_object_set_new(row, "ci_half", trb_doc_real(s.ci_half));
            json_array_append_new(rows, row);
        }
    return TRB_OK;
}

/* ---- one metric */

/* Distributions of the scans of the cohort; their number, and how many scans have none. */
static size_t scans_of(work *w, const char *metric, const trb_scan_distribution **list, size_t *missing, const char **example)
{
    size_t n = 0;
    *missing = 0;
    for (size_t r = 0; r < w->scans->n_rows; r++) {
        if (w->unit_of_row[r] == TRB_NO_INDEX)
            continue;
        const trb_scan_distribution *d = trb_distribution_find(w->table, w->scans->row[r].sample, metric);
        if (d && d->total > 0)
            list[n++] = d;
        else if ((*missing)++ == 0)
            *example = w->scans->row[r].sample;
    }
    return n;
}

static const char *phase_of(const char *metric)
{
    return strncmp(metric, "Tb.Sp", 5) == 0 ? "marrow" : strncmp(metric, "Tb.Th", 5) == 0 || strncmp(metric, "TMD", 3) == 0 ? "bone" : "volume";
}

static bool one_unit(work *w, const trb_scan_distribution *const *list, size_t n)
{
    char text[400];
    for (size_t i = 1; i < n; i++)
        if (strcmp(list[i]->unit, list[0]->unit) != 0) {
            snprintf(text, sizeof text, "the distributions of %.40s are in %.40s (%.80s) and in %.40s (%.80s): they are not averaged", list[0]->metric,
                     list[0]->unit, list[0]->sample, list[i]->unit, list[i]->sample);
            warn(w, text);
            return false;
        }
    return true;
}

static void doubts(work *w, const trb_scan_distribution *const *list, size_t n, size_t missing, const char *example, const trb_bin_grid *grid)
{
    char text[500];
    double narrow = list[0]->widest, wide = narrow;
    for (size_t i = 1; i < n; i++) {
        narrow = fmin(narrow, list[i]->widest);
        wide = fmax(wide, list[i]->widest);
    }
    if (missing) {
        snprintf(text, sizeof text, "%zu of %zu scans have no distribution of %.40s (%.80s%s) and are missing from its figure", missing,
                 n + missing, list[0]->metric, example, missing > 1 ? ", ..." : "");
        warn(w, text);
    }
    if (strcmp(list[0]->unit, "mm") == 0 && wide > narrow * (1 + 1e-6)) {
        snprintf(text, sizeof text, "the distributions of %.40s have bins of %.4g to %.4g mm: the scans had different voxels, and the steps of a "
                 "thickness and its bias go with the voxel. They are shown in bins of %.4g mm", list[0]->metric, narrow, wide, grid->width);
        warn(w, text);
    }
}

static trb_status add_metric(work *w, const char *metric, trb_error *err)
{
    const trb_scan_distribution **list = trb_pool_array(w->pool, w->scans->n_rows + 1, sizeof *list, err);
    size_t missing;
    const char *example = "";
    if (!list)
        return TRB_ERR_MEMORY;
    const size_t n = scans_of(w, metric, list, &missing, &example);
    if (n == 0 || !one_unit(w, list, n))
        return TRB_OK;
    trb_bin_grid grid;
    trb_status status = trb_bin_grid_make(list, n, &grid, err);
    double *share = status ? NULL : shares(w, metric, &grid, err);
    if (!share)
        return status ? status : TRB_ERR_MEMORY;
    doubts(w, list, n, missing, example, &grid);
    json_t *name = json_string(metric), *unit = json_string(list[0]->unit), *edges = json_array();
    for (size_t k = 0; k <= grid.n; k++)
        json_array_append_new(edges, json_real(grid.start + (double)k * grid.width));
    json_t *out = json_pack("{s:o,s:o,s:s,s:I,s:f,s:b,s:o}", "metric", name ? name : json_string("?"), "unit", unit ? unit : json_string("?"),
                            "phase", phase_of(metric), "scans", (json_int_t)n, "bin_width", grid.width, "evened", grid.evened, "edges", edges);
    if (!out)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for distributions");
    json_array_append_new(w->out, out);
    status = put_series(w, out, share, &grid, err);
    return status ? status : put_percentiles(w, out, metric, list[0]->unit, err);
}

/* ---- all */

static trb_status say_methods(work *w, trb_error *err)
{
    const char *text = trb_doc_text(w->document, "methods_text");
    json_t *longer = json_sprintf(
        "%s%sDistributions are shares of the volume of each scan, averaged over the scans of an animal and then over animals; their bins were "
        "described, not tested.", text, text[0] ? " " : "");
    if (!longer)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the methods text");
    json_object_set_new(w->document, "methods_text", longer);
    return TRB_OK;
}

/* The metric of a distribution, or one made of it (Tb.Th.median), is among those that are compared. */
static bool is_compared(const json_t *document, const char *metric)
{
    const size_t length = strlen(metric);
    size_t i;
    const json_t *label;
    json_array_foreach (json_object_get(document, "labels"), i, label) {
        const char *key = trb_doc_text(label, "key");
        if (strncmp(key, metric, length) == 0 && (key[length] == 0 || key[length] == '.'))
            return true;
    }
    return false;
}

static trb_status run(work *w, bool by_animal, bool compared_only, size_t *left_out, trb_error *err)
{
    trb_status status = find_units(w, by_animal, err);
    size_t rows, n = 0;
    const trb_metric_info *known = trb_metric_table(&rows);
    const char **metric = trb_pool_array(w->pool, w->table->n + 1, sizeof *metric, err);
    if (!metric)
        return TRB_ERR_MEMORY;
    for (size_t m = 0; m <= rows; m++) /* each metric once, in the order of our table, then what it does not know */
        for (size_t i = 0; i < w->table->n; i++) {
            const char *key = w->table->scan[i].metric;
            bool next = m == rows || strcmp(known[m].key, key) == 0;
            for (size_t k = 0; k < n && next; k++)
                next = strcmp(metric[k], key) != 0;
            if (next)
                metric[n++] = key;
        }
    for (size_t i = 0; !status && i < n; i++)
        if (compared_only && !is_compared(w->document, metric[i]))
            ++*left_out;
        else
            status = add_metric(w, metric[i], err);
    return status || json_array_size(w->out) == 0 ? status : say_methods(w, err);
}

trb_status trb_comparison_distributions(trb_comparison *comparison, const trb_cohort *scans, bool by_animal, bool compared_only,
                                        const char *const *path, size_t n, trb_error *err)
{
    trb_pool *pool = trb_pool_create(err);
    if (!pool)
        return TRB_ERR_MEMORY;
    trb_distribution_table table = {.pool = pool};
    trb_status status = TRB_OK;
    size_t left_out = 0;
    for (size_t i = 0; !status && i < n; i++)
        status = trb_distribution_table_add(&table, path[i], err);
    json_t *document = comparison->document;
    work w = {.scans = scans, .pool = pool, .table = &table, .document = document, .out = json_array(),
              .timed = strcmp(trb_doc_text(json_object_get(document, "design"), "type"), "longitudinal") == 0,
              .conf_level = trb_doc_number(document, "conf_level")};
    if (!status)
        status = run(&w, by_animal, compared_only, &left_out, err);
    if (!status && json_array_size(w.out) == 0 && !left_out)
        status = trb_error_set(err, TRB_ERR_DATA, "%s has no distribution of a scan of the cohort: samples must have the same names in both", path[0]);
    if (!status && json_array_size(w.out))
        json_object_set(document, "distributions", w.out);
    json_decref(w.out);
    trb_pool_destroy(pool);
    return status;
}
