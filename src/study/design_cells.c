/* design_cells.c - cells of a design on the machinery of the one-way statistics. */
#include "study/design_cells.h"

#include "core/memory.h"
#include "study/stat_parts.h"
#include "study/stat_shapiro.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t count_cells(const trb_cell_source *s)
{
    return s->a->n_levels * (s->b ? s->b->n_levels : 1);
}

/* Pointers first, their texts behind them, in one block. */
static char **join_names(const trb_cell_source *s, trb_error *err)
{
    const size_t n = count_cells(s), n_b = s->b ? s->b->n_levels : 1;
    size_t size = n * sizeof(char *) + 1;
    for (size_t c = 0; c < n; c++)
        size +=
            strlen(s->a->name[c / n_b]) + (s->b ? strlen(s->separator) + strlen(s->b->name[c % n_b]) : 0) + 1;
    char **name = trb_alloc(size, 1, "names of cells", err);
    if (!name)
        return NULL;
    char *text = (char *)(name + n);
    size_t left = size - n * sizeof(char *);
    for (size_t c = 0; c < n; c++) {
        const int length = snprintf(text, left, "%s%s%s", s->a->name[c / n_b], s->b ? s->separator : "",
                                    s->b ? s->b->name[c % n_b] : "");
        name[c] = text;
        text += length + 1;
        left -= (size_t)length + 1;
    }
    return name;
}

static void sort_into_cells(trb_cells *cells, const trb_cell_source *s)
{
    const size_t n_cells = count_cells(s);
    for (size_t i = 0; i < s->n; i++) {
        if (isfinite(s->value[i]))
            cells->group[s->cell[i]].n++;
        else
            cells->group[s->cell[i]].n_missing++;
    }
    double *at = cells->value;
    for (size_t c = 0; c < n_cells; c++) {
        cells->group[c].name = cells->own_name[c];
        cells->group[c].value = at;
        at += cells->group[c].n;
        cells->group[c].n = 0;
    }
    for (size_t i = 0; i < s->n; i++)
        if (isfinite(s->value[i])) {
            trb_sample_group *group = &cells->group[s->cell[i]];
            cells->value[(size_t)(group->value - cells->value) + group->n++] = s->value[i];
        }
}

trb_status trb_cells_init(trb_cells *cells, const trb_cell_source *s, trb_error *err)
{
    memset(cells, 0, sizeof *cells);
    const size_t n_cells = count_cells(s);
    cells->own_name = join_names(s, err);
    cells->group = trb_alloc_zero(n_cells + 1, sizeof *cells->group, "cells", err);
    cells->value = trb_alloc(s->n + 1, sizeof *cells->value, "values of cells", err);
    if (!cells->own_name || !cells->group || !cells->value)
        return TRB_ERR_MEMORY;
    sort_into_cells(cells, s);
    const trb_sample_groups groups = {n_cells, cells->group};
    return trb_stat_data_init(&cells->data, &groups, s->conf_level, err);
}

void trb_cells_clear(trb_cells *cells)
{
    trb_stat_data_clear(&cells->data);
    free(cells->own_name);
    free(cells->group);
    free(cells->value);
    memset(cells, 0, sizeof *cells);
}

/* The branches of the one-way tree name themselves: let one grow on a tree of its own and move it. */
static void transplant(const trb_cells *cells, void (*put)(trb_node, const trb_stat_data *),
                       const char *branch, const char *leaf, trb_node at, const char *key)
{
    const trb_node own = trb_node_root(at.failed);
    put(own, &cells->data);
    json_t *grown = json_object_get(own.json, branch);
    if (leaf)
        grown = json_object_get(grown, leaf);
    trb_node_take(at, key, json_incref(grown));
    json_decref(own.json);
}

void trb_cells_describe(const trb_cells *cells, trb_node at, const char *key)
{
    transplant(cells, trb_stat_put_descriptive, "descriptive", NULL, at, key);
}

void trb_cells_brown_forsythe(const trb_cells *cells, trb_node at, const char *key)
{
    transplant(cells, trb_stat_put_variance, "variance", "brown_forsythe_median", at, key);
}

void trb_cells_t_test(const trb_cells *cells, size_t a, size_t b, bool welch, trb_node at)
{
    const trb_stat_pair pair = {&cells->data.group[a], &cells->data.group[b]};
    if (pair.a->n < 2 || pair.b->n < 2) {
        trb_node_note(at, "a group has n < 2: no test");
        return;
    }
    const trb_stat_t t = trb_stat_t_test(&pair, welch, cells->data.conf);
    trb_stat_put_t(at, &t);
}

void trb_cells_t_tests(const trb_cells *cells, bool welch, trb_node at)
{
    for (size_t a = 0; a < cells->data.n_groups; a++)
        for (size_t b = a + 1; b < cells->data.n_groups; b++)
            trb_cells_t_test(
                cells, a, b, welch,
                trb_node_childf(at, "%s - %s", cells->data.group[b].name, cells->data.group[a].name));
}

void trb_design_normality(trb_node at, const char *key, const double *value, size_t n)
{
    const trb_node node = trb_node_child(at, key);
    trb_error why = {TRB_OK, ""};
    double w = NAN, p = NAN;
    const trb_status status = trb_stat_shapiro(value, n, &w, &p, &why);
    trb_node_real(node, "W", w);
    trb_node_real(node, "p", p);
    if (status == TRB_ERR_MEMORY)
        *node.failed = true;
    else if (status)
        trb_node_note(node, why.text);
}
