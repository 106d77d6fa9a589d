/*
 * stat_nested.c - several scans of one animal: limbs, repeats.
 *
 * The animal is the unit. Animal means are what the groups are compared on; the mixed model says the same
 * when every animal has as many scans, and uses animals with fewer scans for what they are worth.
 */
#include "study/stat_designs.h"

#include "core/memory.h"
#include "study/design_cells.h"
#include "study/design_rows.h"
#include "study/design_tree.h"
#include "study/stat_basics.h"
#include "study/stat_mixed.h"
#include "study/stat_paired.h"

#include <math.h>
#include <stdlib.h>

typedef struct animal {
    size_t from, n, group; /* rows; index among the groups that have rows */
    double mean;
} animal;

typedef struct nested {
    trb_rows rows;
    const trb_factor *group, *side;
    double conf_level;
    size_t n_animals, n_groups;
    animal *animal;
    size_t *present; /* levels of groups that have rows */
    double *y;
} nested;

static trb_status find_animals(nested *d, trb_error *err)
{
    const trb_rows *rows = &d->rows;
    d->animal = trb_alloc(rows->n + 1, sizeof *d->animal, "animals", err);
    d->present = trb_alloc(d->group->n_levels + 1, sizeof *d->present, "groups", err);
    d->y = trb_alloc(rows->n + 1, sizeof *d->y, "values", err);
    size_t *index = trb_alloc_zero(d->group->n_levels + 1, sizeof *index, "groups", err);
    if (!d->animal || !d->present || !d->y || !index) {
        free(index);
        return TRB_ERR_MEMORY;
    }
    for (size_t i = 0; i < rows->n; i++) {
        d->y[i] = rows->row[i].y;
        index[rows->row[i].level[1]] = 1;
    }
    for (size_t g = 0; g < d->group->n_levels; g++)
        if (index[g]) {
            index[g] = d->n_groups;
            d->present[d->n_groups++] = g;
        }
    for (size_t i = 0; i < rows->n; i++) {
        if (i == 0 || rows->row[i].level[0] != rows->row[i - 1].level[0])
            d->animal[d->n_animals++] = (animal){.from = i, .group = index[rows->row[i].level[1]]};
        d->animal[d->n_animals - 1].n++;
    }
    for (size_t a = 0; a < d->n_animals; a++)
        d->animal[a].mean = trb_stat_mean(d->y + d->animal[a].from, d->animal[a].n);
    free(index);
    return TRB_OK;
}

static void write_means(trb_node out, const nested *d)
{
    for (size_t a = 0; a < d->n_animals; a++)
        trb_node_real(out, d->rows.subject[d->rows.row[d->animal[a].from].level[0]], d->animal[a].mean);
}

/* What comes out when limbs are taken for animals: shown as a warning, never as a result. */
static trb_status write_naive(trb_node out, const nested *d, trb_error *err)
{
    trb_cells cells;
    size_t *cell = trb_alloc(d->rows.n + 1, sizeof *cell, "groups", err);
    if (!cell)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < d->rows.n; i++)
        cell[i] = d->rows.row[i].level[1];
    const trb_cell_source source = {d->rows.n, cell, d->y, d->group, NULL, "", d->conf_level};
    const trb_status status = trb_cells_init(&cells, &source, err);
    if (!status) {
        trb_cells_t_test(&cells, d->present[0], d->present[1], false, trb_node_child(out, "student"));
        trb_cells_t_test(&cells, d->present[0], d->present[1], true, trb_node_child(out, "welch"));
    }
    trb_cells_clear(&cells);
    free(cell);
    return status;
}

static void write_fixed(trb_node out, const nested *d, const trb_mixed *m, double *contrast)
{
    for (size_t g = 0; g < d->n_groups; g++) {
        for (size_t c = 0; c < d->n_groups; c++)
            contrast[c] = 0;
        contrast[g] = 1;
        if (g)
            contrast[0] = -1;
        const trb_mixed_t t = trb_mixed_contrast(m, contrast);
        const trb_node row = g ? trb_node_childf(out, "g%s", d->group->name[d->present[g]])
                               : trb_node_child(out, "(Intercept)");
        trb_node_real(row, "estimate", t.estimate);
        trb_node_real(row, "se", t.se);
        trb_node_real(row, "df", t.df);
        trb_node_real(row, "t", t.t);
        trb_node_real(row, "p", t.p);
    }
}

static trb_status write_model(trb_node out, const nested *d, const trb_mixed *m, trb_error *err)
{
    const size_t g = d->n_groups;
    double *contrasts = trb_alloc_zero(g, (g + 1) * sizeof *contrasts, "contrasts", err);
    if (!contrasts)
        return TRB_ERR_MEMORY;
    trb_status status = TRB_OK;
    trb_node_real(out, "var_animal", m->var_animal);
    trb_node_real(out, "var_residual", m->var_residual);
    trb_node_flag(out, "singular", m->singular);
    if (g > 1) {
        trb_mixed_f f;
        for (size_t i = 1; i < g; i++) {
            contrasts[(i - 1) * g] = -1;
            contrasts[(i - 1) * g + i] = 1;
        }
        status = trb_mixed_test(m, contrasts, g - 1, &f, NULL, err);
        if (!status) {
            trb_node_real(out, "F", f.f);
            trb_node_real(out, "df1", f.df1);
            trb_node_real(out, "df2_satterthwaite", f.df2);
            trb_node_real(out, "p", f.p);
        }
    }
    if (!status)
        write_fixed(trb_node_child(out, "fixed"), d, m, contrasts);
    if (m->singular)
        trb_node_note(
            out,
            "the variance between animals is estimated as 0, so that this model takes scans for animals: "
            "see the animal means");
    free(contrasts);
    return status;
}

static trb_status fit_model(trb_node out, const nested *d, trb_error *err)
{
    trb_mixed_row *rows = trb_alloc(d->rows.n + 1, sizeof *rows, "mixed model", err);
    if (!rows)
        return TRB_ERR_MEMORY;
    for (size_t a = 0; a < d->n_animals; a++)
        for (size_t i = d->animal[a].from; i < d->animal[a].from + d->animal[a].n; i++)
            rows[i] = (trb_mixed_row){a, d->animal[a].group, d->y[i]};
    trb_mixed model;
    const char *why = NULL;
    trb_status status = trb_mixed_fit(&model, rows, d->rows.n, d->n_groups, &why, err);
    if (!status && why)
        trb_node_note(out, why);
    else if (!status)
        status = write_model(out, d, &model, err);
    trb_mixed_clear(&model);
    free(rows);
    return status;
}

/* Of animals within their groups, when all have the same number of scans. */
static void write_icc(trb_node root, const nested *d)
{
    const double k = (double)d->animal[0].n, n = (double)d->n_animals;
    double between = 0, within = 0;
    for (size_t a = 0; a < d->n_animals; a++)
        if ((double)d->animal[a].n != k || k < 2)
            return;
    for (size_t g = 0; g < d->n_groups; g++) {
        double sum = 0, count = 0;
        for (size_t a = 0; a < d->n_animals; a++)
            if (d->animal[a].group == g) {
                sum += d->animal[a].mean;
                count++;
            }
        for (size_t a = 0; a < d->n_animals; a++)
            if (d->animal[a].group == g)
                between += k * (d->animal[a].mean - sum / count) * (d->animal[a].mean - sum / count);
    }
    for (size_t a = 0; a < d->n_animals; a++)
        within += trb_stat_squares(d->y + d->animal[a].from, d->animal[a].n, d->animal[a].mean);
    const trb_node out = trb_node_child(root, "icc_within_groups");
    const double df = n - (double)d->n_groups, msa = between / df, msw = within / (n * (k - 1));
    const double icc = (msa - msw) / (msa + (k - 1) * msw);
    trb_node_real(out, "MS_animals", msa);
    trb_node_real(out, "MS_within", msw);
    trb_node_real(out, "icc", icc);
    trb_node_real(out, "design_effect", 1 + (k - 1) * icc);
    if (!(df > 0))
        trb_node_note(out, "one animal a group");
    else if (!isfinite(icc))
        trb_node_note(out, "all values equal");
}

/* An animal's value of a side: the mean of its scans of it. */
static double side_value(const nested *d, const animal *a, size_t side)
{
    double sum = 0, count = 0;
    for (size_t i = a->from; i < a->from + a->n; i++)
        if (d->rows.row[i].level[2] == side) {
            sum += d->y[i];
            count++;
        }
    return sum / count;
}

static trb_status write_sides(trb_node out, const nested *d, trb_error *err)
{
    double *value = trb_alloc(d->n_animals + 1, 2 * sizeof *value, "sides", err);
    if (!value)
        return TRB_ERR_MEMORY;
    for (size_t a = 0; a < d->n_animals; a++) {
        value[a] = side_value(d, &d->animal[a], 0);
        value[d->n_animals + a] = side_value(d, &d->animal[a], 1);
    }
    trb_node_text(out, "a", d->side->name[0]);
    trb_node_text(out, "b", d->side->name[1]);
    const trb_status status = trb_paired_write(out, value, value + d->n_animals, d->n_animals, d->conf_level, err);
    free(value);
    return status;
}

static trb_status write_all(trb_node root, const nested *d, trb_error *err)
{
    trb_status status = TRB_OK;
    if (d->n_animals == 0) {
        trb_node_note(root, "no values");
        return TRB_OK;
    }
    write_means(trb_node_child(root, "animal_means"), d);
    if (d->n_groups == 2)
        status = write_naive(trb_node_child(root, "naive_scan_level_WRONG"), d, err);
    if (!status)
        status = fit_model(trb_node_child(root, "mixed_model"), d, err);
    write_icc(root, d);
    if (!status && d->side && d->side->n_levels == 2)
        status = write_sides(trb_node_child(root, "side_paired"), d, err);
    return status;
}

trb_status trb_stat_nested(const double *y, size_t n, const trb_factor *animals, const trb_factor *group,
                           const trb_factor *side, double conf_level, json_t **out, trb_error *err)
{
    bool failed = false;
    const trb_node root = trb_node_root(&failed);
    nested d = {.group = group, .side = side, .conf_level = conf_level};
    const trb_row_source source = {.n = n, .y = y, .factor = {animals, group, side}, .subjects = true};
    trb_status status = trb_rows_init(&d.rows, &source, err);
    if (!status)
        status = trb_rows_check_groups(&d.rows, group, err);
    if (!status)
        status = find_animals(&d, err);
    if (!status)
        status = write_all(root, &d, err);
    free(d.animal);
    free(d.present);
    free(d.y);
    trb_rows_clear(&d.rows);
    return trb_node_finish(root, status, out, err);
}
