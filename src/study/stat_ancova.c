/*
 * stat_ancova.c - groups at one value of a covariate.
 *
 * Within groups: slope = Sxy / Sxx, pooled. Adjusted mean of group g = mean_g + slope (x_mean - x_mean_g),
 * variance MS (1/n_g + (x_mean - x_mean_g)^2 / Sxx). What groups add after x, and slopes of their own after
 * both, are sequential sums of squares of the columns 1, x, group, x:group.
 */
#include "study/stat_ancova.h"

#include "core/memory.h"
#include "study/design_family.h"
#include "study/design_rows.h"
#include "study/stat_basics.h"
#include "study/stat_designs.h"
#include "study/stat_matrix.h"
#include "study/stat_range.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct stratum {
    const char *name;
    size_t from, n; /* its rows */
    double x, y;    /* means */
} stratum;

typedef struct ancova {
    size_t n, k;
    const trb_row *row; /* sorted by group */
    stratum *group;     /* those with rows */
    double *x, *y;
    double x_mean, sxx, slope, rest, dfe, ms; /* within groups; rest: residual sum of squares */
    double conf_level;
} ancova;

static trb_status find_groups(ancova *a, const trb_rows *rows, const trb_factor *group, trb_error *err)
{
    a->n = rows->n;
    a->row = rows->row;
    a->group = trb_alloc_zero(group->n_levels + 1, sizeof *a->group, "groups", err);
    a->x = trb_alloc(a->n + 1, 2 * sizeof *a->x, "values", err);
    if (!a->group || !a->x)
        return TRB_ERR_MEMORY;
    a->y = a->x + a->n;
    for (size_t i = 0; i < a->n; i++) {
        a->x[i] = a->row[i].x;
        a->y[i] = a->row[i].y;
        if (i == 0 || a->row[i].level[0] != a->row[i - 1].level[0])
            a->group[a->k++] = (stratum){.name = group->name[a->row[i].level[0]], .from = i};
        a->group[a->k - 1].n++;
    }
    return TRB_OK;
}

/* Why there is no common slope, or NULL. */
static const char *fit(ancova *a)
{
    double sxy = 0, all = 0;
    a->x_mean = trb_stat_mean(a->x, a->n);
    for (size_t g = 0; g < a->k; g++) {
        stratum *s = &a->group[g];
        s->x = trb_stat_mean(a->x + s->from, s->n);
        s->y = trb_stat_mean(a->y + s->from, s->n);
        for (size_t i = s->from; i < s->from + s->n; i++) {
            a->sxx += (a->x[i] - s->x) * (a->x[i] - s->x);
            sxy += (a->x[i] - s->x) * (a->y[i] - s->y);
        }
    }
    for (size_t i = 0; i < a->n; i++)
        all += a->x[i] * a->x[i];
    if (a->n < a->k + 2)
        return "too few animals: no error to test against";
    if (!(a->sxx > 1e-26 * all))
        return "the covariate does not vary within groups";
    a->slope = sxy / a->sxx;
    all = 0;
    for (size_t g = 0; g < a->k; g++)
        for (size_t i = a->group[g].from; i < a->group[g].from + a->group[g].n; i++) {
            const double left = a->y[i] - a->group[g].y - a->slope * (a->x[i] - a->group[g].x);
            a->rest += left * left;
            all += a->y[i] * a->y[i];
        }
    a->dfe = (double)(a->n - a->k - 1);
    a->ms = a->rest / a->dfe;
    return a->rest > 1e-26 * all ? NULL : "the residual is 0";
}

/*
 * The rows of a group, turned so that all they say about 1 and x stands in two: sqrt(n) (1, mean x, mean y)
 * and (0, sqrt Sxx, Sxy / sqrt Sxx). What is left is the residual around the group's own line, returned.
 * Columns: 1, x, groups but the first, and their products with x; x and y from their means.
 */
static double condense(const ancova *a, double *column, double *y)
{
    const size_t n = 2 * a->k;
    const double y_mean = trb_stat_mean(a->y, a->n);
    double rest = 0;
    memset(column, 0, n * n * sizeof *column);
    for (size_t g = 0; g < a->k; g++) {
        const stratum *s = &a->group[g];
        double sxx = 0, sxy = 0;
        for (size_t i = s->from; i < s->from + s->n; i++) {
            sxx += (a->x[i] - s->x) * (a->x[i] - s->x);
            sxy += (a->x[i] - s->x) * (a->y[i] - s->y);
        }
        const bool varies = sxx > 1e-20 * a->sxx; /* equal x: no line of its own */
        const double slope = varies ? sxy / sxx : 0;
        for (size_t i = s->from; i < s->from + s->n; i++) {
            const double left = a->y[i] - s->y - slope * (a->x[i] - s->x);
            rest += left * left;
        }
        const double size = sqrt((double)s->n), spread = varies ? sqrt(sxx) : 0, offset = s->x - a->x_mean;
        const double upper[4] = {size, size * offset, size, size * offset}, lower[4] = {0, spread, 0, spread};
        const size_t at[4] = {0, 1, g + 1, a->k + g}, columns = g ? 4 : 2;
        for (size_t c = 0; c < columns; c++) {
            column[at[c] * n + 2 * g] = upper[c];
            column[at[c] * n + 2 * g + 1] = lower[c];
        }
        y[2 * g] = size * (s->y - y_mean);
        y[2 * g + 1] = slope * spread;
    }
    return rest;
}

static trb_status write_groups(trb_node out, const ancova *a, trb_error *err)
{
    const size_t n_columns = 2 * a->k;
    double *column = trb_alloc(n_columns, n_columns * sizeof *column, "an ANCOVA", err);
    double *y = trb_alloc(n_columns, sizeof *y, "an ANCOVA", err);
    double *ss = trb_alloc(n_columns, sizeof *ss, "an ANCOVA", err), residual, between = 0, slopes = 0;
    size_t *df = trb_alloc(n_columns, sizeof *df, "an ANCOVA", err), residual_df = a->n, slopes_df = 0, left;
    trb_status status = TRB_ERR_MEMORY;
    if (!column || !y || !ss || !df)
        goto done;
    const double rest = condense(a, column, y);
    const trb_sequence problem = {n_columns, n_columns, column, y};
    status = trb_sequential(&problem, ss, df, &residual, &left, err);
    if (status)
        goto done;
    residual += rest;
    for (size_t c = 0; c < n_columns; c++)
        residual_df -= df[c];
    for (size_t g = 1; g < a->k; g++) {
        between += ss[g + 1];
        slopes += ss[a->k + g];
        slopes_df += df[a->k + g];
    }
    const double df1 = (double)(a->k - 1);
    const trb_node group = trb_node_child(out, "group"),
                   homogeneity = trb_node_child(out, "slopes_homogeneity");
    if (a->k < 2) {
        trb_node_note(group, "one group");
        trb_node_note(homogeneity, "one group");
        goto done;
    }
    trb_node_real(group, "SS", between);
    trb_node_f(group, between / df1 / a->ms, df1, a->dfe);
    if (slopes_df == 0 || residual_df == 0)
        trb_node_note(homogeneity, "too few animals for a slope of each group");
    else
        trb_node_f(homogeneity, slopes / (double)slopes_df / (residual / (double)residual_df),
                   (double)slopes_df, (double)residual_df);
done:
    free(column);
    free(y);
    free(ss);
    free(df);
    return status;
}

static double adjusted(const ancova *a, size_t g)
{
    return a->group[g].y + a->slope * (a->x_mean - a->group[g].x);
}

static void write_means(trb_node out, const ancova *a)
{
    for (size_t g = 0; g < a->k; g++) {
        const trb_node row = trb_node_child(out, a->group[g].name);
        const double mean = adjusted(a, g), off = a->x_mean - a->group[g].x;
        const double se = sqrt(a->ms * (1 / (double)a->group[g].n + off * off / a->sxx));
        const double half = qt(0.5 + a->conf_level / 2, a->dfe, 1, 0) * se;
        trb_node_real(row, "mean", mean);
        trb_node_real(row, "se", se);
        trb_node_limits(row, "ci", mean - half, mean + half);
    }
}

static trb_status write_pairs(trb_node out, const ancova *a, trb_error *err)
{
    trb_family family;
    trb_range range;
    trb_stat_range_init(&range, a->k);
    trb_status status = trb_family_init(&family, a->k * (a->k - 1) / 2, a->conf_level, err);
    for (size_t i = 0; i < a->k && !status; i++)
        for (size_t j = i + 1; j < a->k; j++) {
            const stratum *s = &a->group[i], *t = &a->group[j];
            const double off = s->x - t->x, diff = adjusted(a, j) - adjusted(a, i);
            const double se = sqrt(a->ms * (1 / (double)s->n + 1 / (double)t->n + off * off / a->sxx));
            const trb_node row = trb_node_childf(out, "%s - %s", t->name, s->name);
            trb_family_add(&family, row, diff, se, a->dfe);
            trb_node_real(row, "p_tukey", trb_stat_range_upper(&range, sqrt(2) * fabs(diff) / se, a->dfe));
        }
    if (!status)
        status = trb_family_finish(&family, err);
    trb_family_clear(&family);
    return status;
}

static trb_status write_all(trb_node out, ancova *a, trb_error *err)
{
    trb_node_count(out, "n", a->n);
    if (a->n == 0) {
        trb_node_note(out, "no values");
        return TRB_OK;
    }
    const char *why = fit(a);
    trb_node_real(out, "covariate_mean", a->x_mean);
    if (why) {
        trb_node_note(out, why);
        return TRB_OK;
    }
    const trb_node covariate = trb_node_child(out, "covariate");
    trb_node_real(covariate, "slope", a->slope);
    trb_node_f(covariate, a->slope * a->slope * a->sxx / a->ms, 1, a->dfe);
    const trb_status status = write_groups(out, a, err);
    if (status)
        return status;
    trb_node_real(out, "residual_MS", a->ms);
    write_means(trb_node_child(out, "adjusted_means"), a);
    return a->k > 1 ? write_pairs(trb_node_child(out, "pairs"), a, err) : TRB_OK;
}

trb_status trb_ancova_write(trb_node out, const double *y, const double *x, size_t n, const trb_factor *group,
                            double conf_level, trb_error *err)
{
    trb_rows rows;
    ancova a = {.conf_level = conf_level};
    const trb_row_source source = {.n = n, .y = y, .x = x, .factor = {group}};
    trb_status status = trb_rows_init(&rows, &source, err);
    if (!status)
        status = find_groups(&a, &rows, group, err);
    if (!status)
        status = write_all(out, &a, err);
    free(a.group);
    free(a.x);
    trb_rows_clear(&rows);
    return status;
}

trb_status trb_stat_ancova(const double *y, const double *x, size_t n, const trb_factor *group,
                           double conf_level, json_t **out, trb_error *err)
{
    bool failed = false;
    const trb_node root = trb_node_root(&failed);
    return trb_node_finish(root, trb_ancova_write(root, y, x, n, group, conf_level, err), out, err);
}
