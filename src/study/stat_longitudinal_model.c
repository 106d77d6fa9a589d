/*
 * stat_longitudinal_model.c - y ~ group * time + (1 | animal) on all scans at hand.
 *
 * The model has one mean for each group at each time; what R calls fixed effects, tests and comparisons are
 * contrasts of these. Their names are those of R (lme4, lmerTest, emmeans), since readers look for them.
 */
#include "study/stat_longitudinal_parts.h"

#include "core/memory.h"
#include "study/stat_mixed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The groups and times that have scans; cell = group * n_times + time. */
typedef struct layout {
    size_t n_groups, n_times;
    const char **group, **time;
    double *contrast; /* q rows of cells */
} layout;

static size_t cells_of(const layout *l)
{
    return l->n_groups * l->n_times;
}

/* emmeans names a level by itself, but a number with its factor before it and an operator in brackets. */
typedef struct level_name {
    const char *before, *level, *after;
} level_name;

static level_name name_of(const char *factor, const char *level)
{
    char *end;
    (void)strtod(level, &end);
    if (*level && *end == 0)
        return (level_name){factor, level, ""};
    return strpbrk(level, "+-*/") ? (level_name){"(", level, ")"} : (level_name){"", level, ""};
}

static void clear_contrast(const layout *l)
{
    memset(l->contrast, 0, cells_of(l) * sizeof *l->contrast);
}

static void add(const layout *l, double *row, size_t group, size_t time, double weight)
{
    row[group * l->n_times + time] += weight;
}

static void write_contrast(trb_node row, const trb_mixed *m, const double *contrast, const char *df)
{
    const trb_mixed_t t = trb_mixed_contrast(m, contrast);
    trb_node_real(row, "estimate", t.estimate);
    trb_node_real(row, "se", t.se);
    trb_node_real(row, df, t.df);
    trb_node_real(row, "t", t.t);
    trb_node_real(row, "p", t.p);
}

static trb_node effect_node(trb_node out, const layout *l, size_t group, size_t time)
{
    if (group && time)
        return trb_node_childf(out, "group%s:time%s", l->group[group], l->time[time]);
    if (group)
        return trb_node_childf(out, "group%s", l->group[group]);
    return time ? trb_node_childf(out, "time%s", l->time[time]) : trb_node_child(out, "(Intercept)");
}

/* Treatment contrasts: against the first group, the first time, and both. */
static void write_fixed(trb_node out, const layout *l, const trb_mixed *m)
{
    for (size_t g = 0; g < l->n_groups; g++)
        for (size_t t = 0; t < l->n_times; t++) {
            clear_contrast(l);
            add(l, l->contrast, g, t, 1);
            if (g)
                add(l, l->contrast, 0, t, -1);
            if (t)
                add(l, l->contrast, g, 0, -1);
            if (g && t)
                add(l, l->contrast, 0, 0, 1);
            write_contrast(effect_node(out, l, g, t), m, l->contrast, "df_satterthwaite");
        }
}

static void write_differences(trb_node out, const layout *l, const trb_mixed *m)
{
    for (size_t t = 0; t < l->n_times; t++)
        for (size_t i = 0; i < l->n_groups; i++)
            for (size_t j = i + 1; j < l->n_groups; j++) {
                clear_contrast(l);
                add(l, l->contrast, j, t, 1);
                add(l, l->contrast, i, t, -1);
                const level_name a = name_of("group", l->group[i]), b = name_of("group", l->group[j]);
                const trb_node row = trb_node_childf(out, "%s%s%s - %s%s%s | time %s", b.before, b.level,
                                                     b.after, a.before, a.level, a.after, l->time[t]);
                write_contrast(row, m, l->contrast, "df");
            }
}

static void write_changes(trb_node out, const layout *l, const trb_mixed *m)
{
    const level_name first = name_of("time", l->time[0]);
    for (size_t g = 0; g < l->n_groups; g++)
        for (size_t t = 1; t < l->n_times; t++) {
            clear_contrast(l);
            add(l, l->contrast, g, t, 1);
            add(l, l->contrast, g, 0, -1);
            const level_name later = name_of("time", l->time[t]);
            const trb_node row =
                trb_node_childf(out, "%s%s%s - %s%s%s | %s", later.before, later.level, later.after,
                                first.before, first.level, first.after, l->group[g]);
            write_contrast(row, m, l->contrast, "df");
        }
}

/*
 * What type III tests: a factor's levels against its first, each averaged over the other factor with equal
 * weights. F is the same for any basis of that space; Fai and Cornelius' degrees of freedom are not, in their
 * fifth digit, and these contrasts are lmerTest's.
 */
static double against_first(size_t level, size_t i, size_t n, int of_factor)
{
    if (!of_factor)
        return 1 / (double)n;
    return level == i + 1 ? 1 : level == 0 ? -1 : 0;
}

static size_t fill_term(const layout *l, int of_group, int of_time)
{
    const size_t rows_g = of_group ? l->n_groups - 1 : 1, rows_t = of_time ? l->n_times - 1 : 1;
    for (size_t i = 0; i < rows_g; i++)
        for (size_t j = 0; j < rows_t; j++) {
            double *row = l->contrast + (j * rows_g + i) * cells_of(l);
            for (size_t g = 0; g < l->n_groups; g++)
                for (size_t t = 0; t < l->n_times; t++)
                    row[g * l->n_times + t] =
                        against_first(g, i, l->n_groups, of_group) * against_first(t, j, l->n_times, of_time);
        }
    return rows_g * rows_t;
}

static trb_status write_tests(trb_node out, const layout *l, const trb_mixed *m, trb_error *err)
{
    static const struct {
        const char *name;
        int of_group, of_time;
    } TERMS[] = {{"group", 1, 0}, {"time", 0, 1}, {"group:time", 1, 1}};
    const trb_node satterthwaite = trb_node_child(out, "type_III_satterthwaite"),
                   kenward_roger = trb_node_child(out, "type_III_kenward_roger");
    for (size_t i = 0; i < 3; i++) {
        if ((TERMS[i].of_group && l->n_groups < 2) || (TERMS[i].of_time && l->n_times < 2))
            continue;
        const size_t q = fill_term(l, TERMS[i].of_group, TERMS[i].of_time);
        trb_mixed_f s, kr;
        const trb_status status = trb_mixed_test(m, l->contrast, q, &s, &kr, err);
        if (status)
            return status;
        trb_mixed_write_f(trb_node_child(satterthwaite, TERMS[i].name), &s);
        trb_mixed_write_f(trb_node_child(kenward_roger, TERMS[i].name), &kr);
    }
    return TRB_OK;
}

static trb_status write_model(trb_node out, const layout *l, const trb_mixed *m, trb_error *err)
{
    const trb_node reml = trb_node_child(out, "REML");
    trb_node_real(reml, "var_animal", m->var_animal);
    trb_node_real(reml, "var_residual", m->var_residual);
    trb_node_real(reml, "icc", m->var_animal / (m->var_animal + m->var_residual));
    trb_node_real(reml, "logLik_REML", m->log_lik);
    trb_node_flag(out, "singular", m->singular);
    if (m->singular)
        trb_node_note(
            out,
            "the variance between animals is estimated as 0, so that this model takes scans for animals: "
            "see the slopes and the change from the first time");
    write_fixed(trb_node_child(out, "fixed_effects_treatment_contrasts"), l, m);
    if (l->n_groups > 1)
        write_differences(trb_node_child(out, "group_differences_by_time"), l, m);
    if (l->n_times > 1)
        write_changes(trb_node_child(out, "change_from_first_time"), l, m);
    return write_tests(out, l, m, err);
}

/* Which groups and times have scans, and how many scans each cell has. */
static trb_status find_layout(layout *l, const trb_visits *v, trb_mixed_row *row, size_t *n, trb_error *err)
{
    const size_t n_groups = v->group_factor->n_levels, n_times = v->n_times;
    size_t *at = trb_alloc_zero(n_groups + n_times + 1, sizeof *at, "cells", err), *at_time = at + n_groups;
    if (!at)
        return TRB_ERR_MEMORY;
    *n = 0;
    for (size_t a = 0; a < v->n_animals; a++)
        for (size_t t = 0; t < n_times; t++)
            if (isfinite(v->y[a * n_times + t]))
                at[v->group[a]] = at_time[t] = 1;
    for (size_t g = 0; g < n_groups; g++)
        if (at[g]) {
            at[g] = l->n_groups;
            l->group[l->n_groups++] = v->group_factor->name[g];
        }
    for (size_t t = 0; t < n_times; t++)
        if (at_time[t]) {
            at_time[t] = l->n_times;
            l->time[l->n_times++] = v->time_factor->name[t];
        }
    for (size_t a = 0; a < v->n_animals; a++)
        for (size_t t = 0; t < n_times; t++)
            if (isfinite(v->y[a * n_times + t]))
                row[(*n)++] =
                    (trb_mixed_row){a, at[v->group[a]] * l->n_times + at_time[t], v->y[a * n_times + t]};
    free(at);
    return TRB_OK;
}

static const char *empty_cell(const layout *l, const trb_mixed_row *row, size_t n)
{
    for (size_t c = 0; c < cells_of(l); c++) {
        size_t i = 0;
        while (i < n && row[i].cell != c)
            i++;
        if (i == n)
            return "a group has no scan at one of the times";
    }
    return n ? NULL : "no values";
}

trb_status trb_longitudinal_model(trb_node out, const trb_visits *v, trb_error *err)
{
    layout l = {0};
    const size_t cells = v->group_factor->n_levels * v->n_times;
    trb_mixed model = {0};
    trb_mixed_row *row = trb_alloc(v->n_animals * v->n_times + 1, sizeof *row, "mixed model", err);
    l.group = trb_alloc(v->group_factor->n_levels + 1, sizeof *l.group, "groups", err);
    l.time = trb_alloc(v->n_times + 1, sizeof *l.time, "times", err);
    l.contrast = trb_alloc_zero(cells + 1, (cells + 1) * sizeof *l.contrast, "contrasts", err);
    trb_status status = TRB_ERR_MEMORY;
    size_t n = 0;
    if (!row || !l.group || !l.time || !l.contrast)
        goto done;
    status = find_layout(&l, v, row, &n, err);
    if (status)
        goto done;
    const char *why = empty_cell(&l, row, n);
    if (!why)
        status = trb_mixed_fit(&model, row, n, cells_of(&l), &why, err);
    if (!status && why)
        trb_node_note(out, why);
    else if (!status)
        status = write_model(out, &l, &model, err);
done:
    trb_mixed_clear(&model);
    free(row);
    free(l.group);
    free(l.time);
    free(l.contrast);
    return status;
}
