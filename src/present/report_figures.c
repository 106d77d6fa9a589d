/* report_figures.c - from the document to panels and forests that the plots draw. */
#include "present/report_parts.h"
#include "study/document_read.h"
#include "study/stat_letters.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PANELS 24

/* "BV/TV [%]" is "BV/TV" and "%": from the rows of the metric, or cut here when there are none. */
static void title_and_unit(const json_t *document, const char *label, const char **title, const char **unit)
{
    size_t i;
    const json_t *row;
    *title = label;
    *unit = "";
    json_array_foreach (json_object_get(document, "labels"), i, row)
        if (strcmp(trb_doc_text(row, "label"), label) == 0) {
            *title = trb_doc_text(row, "key");
            *unit = trb_doc_text(row, "unit");
            if (strcmp(*unit, "1") == 0) /* a pure number has none */
                *unit = "";
        }
}

static size_t group_index(const json_t *document, const char *name)
{
    for (size_t g = 0; g < trb_document_groups(document); g++)
        if (strcmp(trb_document_group(document, g), name) == 0)
            return g;
    return 0;
}

void trb_report_panels_clear(trb_report_panels *panels)
{
    free(panels->panel);
    free(panels->group);
    free(panels->bracket);
    free(panels->value);
    free(panels->mark);
    memset(panels, 0, sizeof *panels);
}

static void fill_group(trb_plot_group *group, const json_t *document, const char *metric, const json_t *tree, const char *name, bool type6,
                       double *value)
{
    const json_t *d = trb_doc_at(tree, "descriptive", name, NULL);
    size_t i;
    const json_t *animal;
    *group = (trb_plot_group){name, 0, value, trb_doc_number(d, "mean"), trb_doc_number(d, "sd"), trb_doc_number(d, "sem"),
                              trb_doc_number(d, "ci95_lo"), trb_doc_number(d, "ci95_hi"), trb_doc_number(d, "median"),
                              trb_doc_number(d, type6 ? "q1_type6" : "q1_type7"), trb_doc_number(d, type6 ? "q3_type6" : "q3_type7"), NULL};
    json_array_foreach (json_object_get(document, "animals"), i, animal) {
        const json_t *node = trb_doc_at(animal, "values", metric, NULL);
        if (json_is_number(node) && strcmp(trb_doc_text(animal, "group"), name) == 0)
            value[group->n++] = json_number_value(node);
    }
}

/* Letters of one metric from the adjusted p values of all pairs. A pair without p is not known to differ. */
static trb_status set_letters(trb_report_panels *panels, size_t metric, size_t groups, const json_t *document, trb_error *err)
{
    bool differ[TRB_LETTERS_GROUPS * TRB_LETTERS_GROUPS] = {false};
    char text[TRB_LETTERS_GROUPS][TRB_LETTERS_GROUPS + 1];
    const size_t contrasts = trb_document_contrasts(document);
    if (groups > TRB_LETTERS_GROUPS || contrasts != groups * (groups - 1) / 2)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "letters need all pairs of at most %d groups: give --pairs all", TRB_LETTERS_GROUPS);
    for (size_t c = 0; c < contrasts; c++) {
        const json_t *row = json_array_get(json_object_get(document, "comparisons"), metric * contrasts + c);
        const size_t a = group_index(document, trb_doc_text(row, "a")), b = group_index(document, trb_doc_text(row, "b"));
        differ[a * groups + b] = differ[b * groups + a] = trb_doc_number(row, "p_adjusted") < trb_doc_number(document, "alpha");
    }
    trb_status status = trb_stat_letters(groups, differ, text, err);
    for (size_t g = 0; !status && g < groups; g++) {
        memcpy(panels->mark[metric * groups + g], text[g], sizeof text[g]);
        panels->group[metric * groups + g].mark = panels->mark[metric * groups + g];
    }
    return status;
}

trb_status trb_report_panels_init(trb_report_panels *panels, const json_t *document, const trb_report_options *options, trb_error *err)
{
    const json_t *metrics = json_object_get(document, "metrics");
    const size_t all = json_object_size(metrics), n = all < MOST_PANELS ? all : MOST_PANELS, groups = trb_document_groups(document);
    const size_t contrasts = trb_document_contrasts(document), animals = json_array_size(json_object_get(document, "animals"));
    memset(panels, 0, sizeof *panels);
    panels->panel = trb_alloc_zero(n + 1, sizeof *panels->panel, "figures", err);
    panels->group = trb_alloc_zero(n * groups + 1, sizeof *panels->group, "figures", err);
    panels->bracket = trb_alloc_zero(n * contrasts + 1, sizeof *panels->bracket, "figures", err);
    panels->value = trb_alloc_zero(n * animals + 1, sizeof *panels->value, "figures", err);
    panels->mark = trb_alloc_zero(n * groups + 1, sizeof *panels->mark, "figures", err);
    if (!panels->mark || !panels->panel || !panels->group || !panels->bracket || !panels->value) {
        trb_report_panels_clear(panels);
        return TRB_ERR_MEMORY;
    }
    panels->left_out = all - n;
    double *value = panels->value;
    const char *metric;
    json_t *tree;
    json_object_foreach ((json_t *)metrics, metric, tree) {
        if (panels->n == n)
            break;
        if (!json_object_get(tree, "descriptive"))
            continue;
        const size_t i = panels->n++;
        trb_plot_panel *panel = &panels->panel[i];
        title_and_unit(document, metric, &panel->title, &panel->unit);
        panel->n_groups = groups;
        panel->group = panels->group + i * groups;
        for (size_t g = 0; g < groups; g++) {
            fill_group(&panels->group[i * groups + g], document, metric, tree, trb_document_group(document, g), options->quartiles_type6, value);
            value += panels->group[i * groups + g].n;
        }
        if (options->letters) {
            trb_status status = set_letters(panels, i, groups, document, err);
            if (status) {
                trb_report_panels_clear(panels);
                return status;
            }
            continue;
        }
        panel->bracket = panels->bracket + i * contrasts;
        for (size_t c = 0; c < contrasts; c++) {
            const json_t *row = json_array_get(json_object_get(document, "comparisons"), i * contrasts + c);
            panels->bracket[i * contrasts + panel->n_brackets++] = (trb_plot_bracket){
                group_index(document, trb_doc_text(row, "a")), group_index(document, trb_doc_text(row, "b")), trb_doc_number(row, "p_adjusted")};
        }
    }
    return TRB_OK;
}

/* ---- forests */

void trb_report_forest_clear(trb_report_forest *forest)
{
    free(forest->row);
    free(forest->interval);
    free(forest->series);
    free(forest->colour);
    memset(forest, 0, sizeof *forest);
}

static trb_status forest_init(trb_report_forest *f, size_t rows, size_t series, trb_error *err)
{
    memset(f, 0, sizeof *f);
    f->row = trb_alloc_zero(rows + 1, sizeof *f->row, "figures", err);
    f->interval = trb_alloc_zero(rows * series + 1, sizeof *f->interval, "figures", err);
    f->series = trb_alloc_zero(series + 1, sizeof *f->series, "figures", err);
    f->colour = trb_alloc_zero(series + 1, sizeof *f->colour, "figures", err);
    if (f->row && f->interval && f->series && f->colour) {
        f->forest = (trb_plot_forest){.axis = f->axis, .value_unit = "%", .n_series = series, .series = f->series, .row = f->row};
        return TRB_OK;
    }
    trb_report_forest_clear(f);
    return TRB_ERR_MEMORY;
}

/* A Fieller interval that does not exist is without bound when its estimate exists. */
static trb_plot_interval interval_of(const json_t *row, const char *estimate, const char *lo, const char *hi)
{
    return (trb_plot_interval){trb_doc_number(row, estimate), trb_doc_number(row, lo), trb_doc_number(row, hi), 0};
}

trb_status trb_report_forest_init(trb_report_forest *f, const json_t *document, trb_error *err)
{
    const size_t contrasts = trb_document_contrasts(document), metrics = json_array_size(json_object_get(document, "labels"));
    const json_t *rows = json_object_get(document, "comparisons");
    trb_status status = forest_init(f, metrics, contrasts, err);
    if (status || contrasts == 0)
        return status;
    snprintf(f->axis, sizeof f->axis, "change (%% of the second group's mean)");
    f->forest.reference = 0;
    bool distinct = true; /* a contrast has the colour of its first-named group when that tells them apart */
    for (size_t c = 0; c < contrasts; c++) {
        f->series[c] = trb_doc_text(json_array_get(rows, c), "contrast");
        f->colour[c] = group_index(document, trb_doc_text(json_array_get(rows, c), "b"));
        for (size_t other = 0; other < c; other++)
            distinct = distinct && f->colour[other] != f->colour[c];
    }
    f->forest.colour = distinct ? f->colour : NULL;
    for (size_t m = 0; m < metrics && f->forest.n_rows < 40; m++) {
        trb_plot_forest_row *to = &f->row[f->forest.n_rows++];
        to->label = trb_doc_text(json_array_get(rows, m * contrasts), "key");
        to->interval = f->interval + m * contrasts;
        for (size_t c = 0; c < contrasts; c++)
            f->interval[m * contrasts + c] = interval_of(json_array_get(rows, m * contrasts + c), "percent", "percent_lo", "percent_hi");
    }
    return TRB_OK;
}

trb_status trb_report_rescues_init(trb_report_forest *f, const json_t *document, trb_error *err)
{
    const json_t *rows = json_object_get(document, "rescue");
    const size_t metrics = json_array_size(json_object_get(document, "labels"));
    const size_t n = metrics ? json_array_size(rows) / metrics : 0;
    trb_status status = forest_init(f, metrics, n, err);
    if (status || n == 0)
        return status;
    snprintf(f->axis, sizeof f->axis, "rescue (%% of the loss from %s)", trb_doc_text(json_array_get(rows, 0), "sham"));
    f->forest.reference = 100;
    for (size_t c = 0; c < n; c++) {
        f->series[c] = trb_doc_text(json_array_get(rows, c), "treated");
        f->colour[c] = group_index(document, f->series[c]);
    }
    f->forest.colour = f->colour;
    for (size_t m = 0; m < metrics && f->forest.n_rows < 40; m++) {
        const char *unit;
        trb_plot_forest_row *to = &f->row[f->forest.n_rows++];
        title_and_unit(document, trb_doc_text(json_array_get(rows, m * n), "metric"), &to->label, &unit);
        to->interval = f->interval + m * n;
        for (size_t c = 0; c < n; c++)
            f->interval[m * n + c] = interval_of(json_array_get(rows, m * n + c), "percent", "lo", "hi");
    }
    return TRB_OK;
}
