/*
 * stat_twoway.c - two crossed factors.
 *
 * All of it follows from the cells' n, mean and variance: least squares on the rows is weighted least squares
 * on the cell means, rows of the design times sqrt(n). Types I, II and III ask what a factor adds after
 * others; each is one order of the columns 1, A, B, A:B with sum-to-zero contrasts:
 *   I: 1 A B AB     II: A from 1 B A     III: A from 1 B AB A, B from 1 A AB B.
 */
#include "study/stat_designs.h"

#include "core/memory.h"
#include "study/design_cells.h"
#include "study/design_family.h"
#include "study/design_tree.h"
#include "study/stat_matrix.h"

#include <Rmath.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ONE, A, B, AB, N_TERMS };

typedef struct twoway {
    const trb_factor *factor[2];
    size_t n_a, n_b;
    trb_cells cells;
    double sse, dfe, ms; /* pooled over cells */
    double conf_level;
} twoway;

static const trb_stat_group *cell_at(const twoway *t, size_t a, size_t b)
{
    return &t->cells.data.group[a * t->n_b + b];
}

static size_t term_columns(const twoway *t, int term)
{
    const size_t a = t->n_a - 1, b = t->n_b - 1;
    return term == ONE ? 1 : term == A ? a : term == B ? b : a * b;
}

/* The sum-to-zero contrast j of a factor with n levels, at one level. */
static double coded(size_t level, size_t j, size_t n)
{
    return level == j ? 1 : level == n - 1 ? -1 : 0;
}

static void fill_term(const twoway *t, int term, double *column)
{
    const size_t cells = t->n_a * t->n_b, width = t->n_b - 1;
    for (size_t j = 0; j < term_columns(t, term); j++)
        for (size_t c = 0; c < cells; c++) {
            const size_t a = c / t->n_b, b = c % t->n_b;
            double value = 1;
            if (term == A)
                value = coded(a, j, t->n_a);
            else if (term == B)
                value = coded(b, j, t->n_b);
            else if (term == AB)
                value = coded(a, j / width, t->n_a) * coded(b, j % width, t->n_b);
            column[j * cells + c] = value * sqrt((double)t->cells.data.group[c].n);
        }
}

/* What each term of the order adds after those before it: explained[term]. */
static trb_status explain(const twoway *t, const int *order, size_t n_order, double *explained,
                          trb_error *err)
{
    const size_t cells = t->n_a * t->n_b;
    double *column = trb_alloc(cells + 1, (cells + 1) * sizeof *column, "a two-way design", err);
    double *y = trb_alloc(cells + 1, 2 * sizeof *y, "a two-way design", err), *ss = y ? y + cells : NULL;
    size_t *df = trb_alloc(cells + 1, sizeof *df, "a two-way design", err), used = 0, left;
    trb_status status = TRB_ERR_MEMORY;
    if (!column || !y || !df)
        goto done;
    for (size_t i = 0; i < n_order; i++) {
        fill_term(t, order[i], column + used * cells);
        used += term_columns(t, order[i]);
    }
    for (size_t c = 0; c < cells; c++) {
        const trb_stat_group *g = &t->cells.data.group[c];
        y[c] = (g->mean - t->cells.data.group[0].mean) *
               sqrt((double)g->n); /* an offset would only cost digits */
    }
    const trb_sequence problem = {cells, used, column, y};
    double residual;
    status = trb_sequential(&problem, ss, df, &residual, &left, err);
    for (size_t i = 0, j = 0; i < n_order && !status; i++) {
        explained[order[i]] = 0;
        for (size_t end = j + term_columns(t, order[i]); j < end; j++)
            explained[order[i]] += ss[j];
    }
done:
    free(column);
    free(y);
    free(df);
    return status;
}

static void write_type(trb_node out, const char *key, const twoway *t, const double *ss)
{
    const trb_node type = trb_node_child(out, key);
    for (int term = A; term <= AB; term++) {
        const trb_node row = term == AB
                                 ? trb_node_childf(type, "%s:%s", t->factor[0]->label, t->factor[1]->label)
                                 : trb_node_child(type, t->factor[term - A]->label);
        const double df = (double)term_columns(t, term), f = ss[term] / df / t->ms;
        trb_node_real(row, "SS", ss[term]);
        trb_node_real(row, "df", df);
        trb_node_real(row, "F", f);
        trb_node_real(row, "p", pf(f, df, t->dfe, 0, 0));
        trb_node_real(row, "partial_eta2", ss[term] / (ss[term] + t->sse));
    }
}

static trb_status write_types(trb_node out, const twoway *t, trb_error *err)
{
    static const int FIRST[] = {ONE, A, B, AB}, SWAPPED[] = {ONE, B, A}, A_LAST[] = {ONE, B, AB, A},
                     B_LAST[] = {ONE, A, AB, B};
    double first[N_TERMS], swapped[N_TERMS], a_last[N_TERMS], b_last[N_TERMS];
    trb_status status = explain(t, FIRST, 4, first, err);
    if (!status)
        status = explain(t, SWAPPED, 3, swapped, err);
    if (!status)
        status = explain(t, A_LAST, 4, a_last, err);
    if (!status)
        status = explain(t, B_LAST, 4, b_last, err);
    if (status)
        return status;
    const double second[N_TERMS] = {0, swapped[A], first[B], first[AB]},
                 third[N_TERMS] = {0, a_last[A], b_last[B], first[AB]};
    write_type(out, "type_I", t, first);
    write_type(out, "type_II", t, second);
    write_type(out, "type_III", t, third);
    return TRB_OK;
}

static void write_marginal(trb_node out, const twoway *t, int which)
{
    const size_t inner = which ? t->n_b : t->n_a, outer = which ? t->n_a : t->n_b;
    const trb_node means = trb_node_child(out, t->factor[which]->label);
    for (size_t i = 0; i < inner; i++) {
        double mean = 0, share = 0;
        for (size_t o = 0; o < outer; o++) {
            const trb_stat_group *g = which ? cell_at(t, o, i) : cell_at(t, i, o);
            mean += g->mean / (double)outer;
            share += 1 / (double)g->n;
        }
        const double se = sqrt(t->ms * share) / (double)outer, half = qt(0.5 + t->conf_level / 2, t->dfe, 1, 0) * se;
        const trb_node row = trb_node_child(means, t->factor[which]->name[i]);
        trb_node_real(row, "mean", mean);
        trb_node_real(row, "se", se);
        trb_node_real(row, "df", t->dfe);
        trb_node_real(row, "ci_lo", mean - half);
        trb_node_real(row, "ci_hi", mean + half);
    }
}

/* One factor's pairs within each level of the other. */
static trb_status write_simple(trb_node out, const twoway *t, int which, trb_error *err)
{
    const trb_factor *inner = t->factor[which], *outer = t->factor[!which];
    const trb_node table = trb_node_childf(out, "%s within %s", inner->label, outer->label);
    trb_family family;
    trb_status status =
        trb_family_init(&family, outer->n_levels * inner->n_levels * (inner->n_levels - 1) / 2, t->conf_level, err);
    for (size_t o = 0; o < outer->n_levels && !status; o++)
        for (size_t i = 0; i < inner->n_levels; i++)
            for (size_t j = i + 1; j < inner->n_levels; j++) {
                const trb_stat_group *a = which ? cell_at(t, o, i) : cell_at(t, i, o),
                                     *b = which ? cell_at(t, o, j) : cell_at(t, j, o);
                const double se = sqrt(t->ms * (1 / (double)a->n + 1 / (double)b->n));
                const trb_node row =
                    trb_node_childf(table, "%s - %s | %s", inner->name[j], inner->name[i], outer->name[o]);
                trb_family_add(&family, row, b->mean - a->mean, se, t->dfe);
            }
    if (!status)
        status = trb_family_finish(&family, err);
    trb_family_clear(&family);
    return status;
}

static void write_interaction(trb_node out, const twoway *t)
{
    const trb_node row = trb_node_child(out, "difference_in_differences");
    const double estimate =
        (cell_at(t, 1, 1)->mean - cell_at(t, 1, 0)->mean) - (cell_at(t, 0, 1)->mean - cell_at(t, 0, 0)->mean);
    double share = 0;
    for (size_t c = 0; c < 4; c++)
        share += 1 / (double)t->cells.data.group[c].n;
    const double se = sqrt(t->ms * share), half = qt(0.5 + t->conf_level / 2, t->dfe, 1, 0) * se;
    trb_node_real(row, "estimate", estimate);
    trb_node_real(row, "se", se);
    trb_node_real(row, "t", estimate / se);
    trb_node_real(row, "df", t->dfe);
    trb_node_real(row, "p", 2 * pt(-fabs(estimate / se), t->dfe, 1, 0));
    trb_node_real(row, "ci_lo", estimate - half);
    trb_node_real(row, "ci_hi", estimate + half);
}

static trb_status write_residuals(trb_node out, const twoway *t, trb_error *err)
{
    const trb_stat_data *d = &t->cells.data;
    size_t n = 0;
    for (size_t c = 0; c < d->n_groups; c++)
        n += d->group[c].n;
    double *residual = trb_alloc(n + 1, sizeof *residual, "residuals", err);
    if (!residual)
        return TRB_ERR_MEMORY;
    size_t at = 0;
    for (size_t c = 0; c < d->n_groups; c++)
        for (size_t i = 0; i < d->group[c].n; i++)
            residual[at++] = d->group[c].x[i] - d->group[c].mean;
    trb_design_normality(out, "normality_residuals", residual, n);
    free(residual);
    trb_cells_brown_forsythe(&t->cells, out, "brown_forsythe_cells");
    return TRB_OK;
}

/* Sums over cells. A note when there is nothing to test with. */
static const char *pool(twoway *t)
{
    const trb_stat_data *d = &t->cells.data;
    for (size_t c = 0; c < d->n_groups; c++) {
        const trb_stat_group *g = &d->group[c];
        if (g->n == 0)
            return "an empty cell";
        t->dfe += (double)g->n - 1;
        t->sse += g->n > 1 ? ((double)g->n - 1) * g->var : 0;
    }
    if (t->n_a < 2 || t->n_b < 2)
        return "a factor with one level";
    t->ms = t->sse / t->dfe;
    return !(t->dfe > 0)   ? "one value a cell: no error to test against"
           : !(t->sse > 0) ? "no variation within cells"
                           : NULL;
}

static trb_status write_tests(trb_node root, const twoway *t, trb_error *err)
{
    trb_status status = write_types(root, t, err);
    if (status)
        return status;
    const trb_node residual = trb_node_child(root, "residual");
    trb_node_real(residual, "SS", t->sse);
    trb_node_real(residual, "df", t->dfe);
    trb_node_real(residual, "MS", t->ms);
    const trb_node marginal = trb_node_child(root, "marginal_means"),
                   simple = trb_node_child(root, "simple_effects");
    write_marginal(marginal, t, 0);
    write_marginal(marginal, t, 1);
    if (t->n_a == 2 && t->n_b == 2)
        write_interaction(root, t);
    status = write_simple(simple, t, 0, err);
    if (!status)
        status = write_simple(simple, t, 1, err);
    return status ? status : write_residuals(root, t, err);
}

trb_status trb_stat_twoway(const double *y, size_t n, const trb_factor *a, const trb_factor *b, double conf_level,
                           json_t **out, trb_error *err)
{
    bool failed = false;
    trb_node root = trb_node_root(&failed);
    twoway t = {.factor = {a, b}, .n_a = a->n_levels, .n_b = b->n_levels, .conf_level = conf_level};
    size_t *cell = trb_alloc(n + 1, sizeof *cell, "cells", err);
    double *value = trb_alloc(n + 1, sizeof *value, "values", err);
    size_t kept = 0;
    trb_status status = cell && value ? TRB_OK : TRB_ERR_MEMORY;
    for (size_t i = 0; i < n && !status; i++) {
        if (a->level[i] >= a->n_levels || b->level[i] >= b->n_levels)
            status = trb_error_set(err, TRB_ERR_ARGUMENT, "row %zu: a level out of range", i + 1);
        cell[kept] = a->level[i] * b->n_levels + b->level[i];
        value[kept] = y[i];
        kept += isfinite(y[i]) != 0;
    }
    const trb_cell_source source = {kept, cell, value, a, b, ":", conf_level};
    if (!status)
        status = trb_cells_init(&t.cells, &source, err);
    if (!status) {
        const trb_node names = trb_node_child(root, "factors");
        trb_node_text(names, "A", a->label);
        trb_node_text(names, "B", b->label);
        trb_node_count(root, "n_missing", n - kept);
        trb_cells_describe(&t.cells, root, "cells");
        const char *why = pool(&t);
        if (why)
            trb_node_note(root, why);
        else
            status = write_tests(root, &t, err);
    }
    trb_cells_clear(&t.cells);
    free(cell);
    free(value);
    return trb_node_finish(root, status, out, err);
}
