/* cohort_order.c - the order in which groups and metrics are shown, and how they are found by name. */
#include "study/cohort_build.h"
#include "study/cohort_header.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names */

static void squeeze(const char *name, char *out, size_t bytes)
{
    size_t n = 0;
    for (; *name && n + 1 < bytes; name++)
        if (*name != ' ' && *name != '_')
            out[n++] = *name >= 'A' && *name <= 'Z' ? (char)(*name + 32) : *name;
    out[n] = 0;
}

static bool alike(const char *a, const char *b)
{
    char x[256], y[256];
    squeeze(a, x, sizeof x);
    squeeze(b, y, sizeof y);
    return strcmp(x, y) == 0;
}

/* Index of name: exactly, or the only one that is alike. */
static size_t find_name(const char *name, const char *const *list, size_t n)
{
    size_t found = TRB_NO_COLUMN, count = 0;
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], name) == 0)
            return i;
    for (size_t i = 0; i < n; i++)
        if (alike(list[i], name)) {
            found = i;
            count++;
        }
    return count == 1 ? found : TRB_NO_COLUMN;
}

static trb_status refuse_name(const char *what, const char *name, const char *const *list, size_t n,
                              trb_error *err)
{
    char all[600] = "";
    size_t used = 0;
    for (size_t i = 0; i < n && used + 1 < sizeof all; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", list[i]);
    const char *near = trb_nearest_name(name, list, n);
    return trb_error_set(err, TRB_ERR_ARGUMENT, "there is no %s \"%s\"%s%s%s (there is: %s)", what, name,
                         near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "",
                         n ? all : "none");
}

trb_status trb_cohort_find_group(const trb_cohort *cohort, const char *name, size_t *index, trb_error *err)
{
    *index = find_name(name, cohort->group_name, cohort->n_groups);
    return *index != TRB_NO_COLUMN ? TRB_OK
                                   : refuse_name("group", name, cohort->group_name, cohort->n_groups, err);
}

static const char **metric_names(const trb_cohort *cohort, bool headers, trb_error *err)
{
    const char **names = trb_pool_array(trb_cohort_pool(cohort), cohort->n_metrics, sizeof *names, err);
    for (size_t m = 0; names && m < cohort->n_metrics; m++)
        names[m] = headers ? cohort->metric[m].header : cohort->metric[m].key;
    return names;
}

trb_status trb_cohort_find_metric(const trb_cohort *cohort, const char *name, size_t *index, trb_error *err)
{
    const char **keys = metric_names(cohort, false, err), **headers = metric_names(cohort, true, err);
    if (!keys || !headers)
        return TRB_ERR_MEMORY;
    *index = find_name(name, keys, cohort->n_metrics);
    if (*index == TRB_NO_COLUMN)
        *index = find_name(name, headers, cohort->n_metrics);
    if (*index == TRB_NO_COLUMN && trb_metric_symbol(name))
        *index = find_name(trb_metric_symbol(name), keys, cohort->n_metrics);
    return *index != TRB_NO_COLUMN ? TRB_OK : refuse_name("metric", name, keys, cohort->n_metrics, err);
}

trb_status trb_cohort_find_attribute(const trb_cohort *cohort, const char *name, size_t *index,
                                     trb_error *err)
{
    const char **names = trb_pool_array(trb_cohort_pool(cohort), cohort->n_attributes, sizeof *names, err);
    if (!names)
        return TRB_ERR_MEMORY;
    for (size_t a = 0; a < cohort->n_attributes; a++)
        names[a] = cohort->attribute[a].name;
    *index = find_name(name, names, cohort->n_attributes);
    return *index != TRB_NO_COLUMN ? TRB_OK
                                   : refuse_name("column of text", name, names, cohort->n_attributes, err);
}

/* ---- groups */

/* rank[g]: the place of group g. */
static trb_status apply_group_order(trb_cohort *cohort, const size_t *rank, trb_error *err)
{
    const char **names = trb_pool_array(trb_cohort_pool(cohort), cohort->n_groups, sizeof *names, err);
    if (!names)
        return TRB_ERR_MEMORY;
    for (size_t g = 0; g < cohort->n_groups; g++)
        names[rank[g]] = cohort->group_name[g];
    cohort->group_name = names;
    for (size_t r = 0; r < cohort->n_rows; r++)
        if (cohort->row[r].group != TRB_COHORT_NO_GROUP)
            cohort->row[r].group = rank[cohort->row[r].group];
    return TRB_OK;
}

/* Names may hold commas: the longest group that fits, up to a comma or the end, is taken. */
static size_t group_at(const trb_cohort *cohort, const char *text, size_t *length)
{
    size_t best = TRB_NO_COLUMN;
    *length = 0;
    for (size_t g = 0; g < cohort->n_groups; g++) {
        const size_t n = strlen(cohort->group_name[g]);
        if (n > *length && strncmp(text, cohort->group_name[g], n) == 0 &&
            (!text[n] || text[n + strspn(text + n, " ")] == ',' || !text[n + strspn(text + n, " ")])) {
            best = g;
            *length = n;
        }
    }
    return best;
}

static trb_status read_order(trb_cohort *cohort, const char *order, size_t *rank, size_t *n, trb_error *err)
{
    for (const char *p = order + strspn(order, " "); *p;) {
        size_t length;
        size_t g = group_at(cohort, p, &length);
        if (g == TRB_NO_COLUMN) {
            length = strcspn(p, ",");
            size_t trimmed = length;
            while (trimmed && p[trimmed - 1] == ' ')
                trimmed--;
            const char *name = trb_pool_text(trb_cohort_pool(cohort), p, trimmed, err);
            const trb_status status = name ? trb_cohort_find_group(cohort, name, &g, err) : TRB_ERR_MEMORY;
            if (status)
                return status;
        }
        if (rank[g] != TRB_NO_COLUMN)
            return trb_error_set(err, TRB_ERR_ARGUMENT, "the order of groups names \"%s\" twice",
                                 cohort->group_name[g]);
        rank[g] = (*n)++;
        p += length;
        p += strspn(p, " ");
        if (*p == ',')
            p++;
        p += strspn(p, " ");
    }
    return TRB_OK;
}

static trb_status put_first(const trb_cohort *cohort, const char *name, size_t *rank, size_t *n,
                            trb_error *err)
{
    size_t g;
    if (!name)
        return TRB_OK;
    const trb_status status = trb_cohort_find_group(cohort, name, &g, err);
    if (!status && rank[g] == TRB_NO_COLUMN)
        rank[g] = (*n)++;
    return status;
}

static trb_status order_groups(trb_cohort *cohort, const trb_cohort_options *options, trb_error *err)
{
    size_t n = 0;
    size_t *rank = trb_pool_array(trb_cohort_pool(cohort), cohort->n_groups, sizeof *rank, err);
    if (!rank)
        return TRB_ERR_MEMORY;
    for (size_t g = 0; g < cohort->n_groups; g++)
        rank[g] = TRB_NO_COLUMN;
    trb_status status =
        options->group_order ? read_order(cohort, options->group_order, rank, &n, err) : TRB_OK;
    if (!status && options->group_order && n < cohort->n_groups)
        trb_cohort_note(cohort, "the order of groups names %zu of %zu; the others follow", n,
                        cohort->n_groups);
    if (!status)
        status = put_first(cohort, options->reference, rank, &n, err);
    if (!status)
        status = put_first(cohort, options->control, rank, &n, err);
    for (size_t g = 0; g < cohort->n_groups && !status; g++)
        if (rank[g] == TRB_NO_COLUMN)
            rank[g] = n++;
    return status ? status : apply_group_order(cohort, rank, err);
}

static trb_status name_one_group(trb_cohort *cohort, trb_error *err)
{
    size_t all;
    if (cohort->has_groups)
        return TRB_OK;
    const trb_status status = trb_cohort_group_index(cohort, "all", &all, err);
    for (size_t r = 0; r < cohort->n_rows && !status; r++)
        cohort->row[r].group = all;
    trb_cohort_note(cohort, "no column of groups: all rows are one group");
    return status;
}

static void doubt_groups(trb_cohort *cohort)
{
    size_t n_without = 0, example = 0;
    for (size_t r = cohort->n_rows; r-- > 0;)
        if (cohort->row[r].group == TRB_COHORT_NO_GROUP) {
            n_without++;
            example = r;
        }
    if (n_without)
        trb_cohort_warn(cohort, "%zu rows have no group and are left out (first: \"%s\", %s row %zu)",
                        n_without, cohort->row[example].sample, cohort->row[example].file,
                        cohort->row[example].line);
    for (size_t a = 0; a < cohort->n_groups && cohort->n_groups <= 500; a++) /* more are no groups */
        for (size_t b = a + 1; b < cohort->n_groups; b++)
            if (alike(cohort->group_name[a], cohort->group_name[b]))
                trb_cohort_warn(
                    cohort,
                    "\"%s\" and \"%s\" are taken for two groups; if they are one, write them in one way",
                    cohort->group_name[a], cohort->group_name[b]);
}

/* ---- metrics */

typedef struct metric_place {
    int kind;
    bool constant;
    size_t rank, index;
} metric_place;

static int by_place(const void *a, const void *b)
{
    const metric_place *x = a, *y = b;
    int order = x->kind - y->kind;
    if (order == 0)
        order = (int)x->constant - (int)y->constant;
    if (order == 0)
        order = (x->rank > y->rank) - (x->rank < y->rank);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

static bool is_constant(const trb_cohort *cohort, const double *value)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t r = 0; r < cohort->n_rows; r++) {
        least = fmin(least, value[r]); /* NaN gives way */
        most = fmax(most, value[r]);
    }
    return cohort->n_rows > 1 ? !(least < most) : least > most;
}

static bool is_detail(const trb_cohort *cohort, const char *key)
{
    const char *other = trb_metric_detail_of(key);
    for (size_t m = 0; other && *other && m < cohort->n_metrics; m++)
        if (strcmp(cohort->metric[m].key, other) == 0)
            return true;
    return other && !*other;
}

static trb_status order_metrics(trb_cohort *cohort, trb_error *err)
{
    trb_pool *pool = trb_cohort_pool(cohort);
    metric_place *place = trb_pool_array(pool, cohort->n_metrics, sizeof *place, err);
    trb_cohort_metric *list = trb_pool_array(pool, cohort->n_metrics, sizeof *list, err);
    if (!place || !list)
        return TRB_ERR_MEMORY;
    for (size_t m = 0; m < cohort->n_metrics; m++) {
        trb_cohort_metric *metric = &cohort->metric[m];
        metric->constant = is_constant(cohort, metric->value);
        metric->detail = is_detail(cohort, metric->key);
        place[m] = (metric_place){(int)metric->kind, metric->constant, trb_metric_rank(metric->key), m};
    }
    qsort(place, cohort->n_metrics, sizeof *place, by_place);
    for (size_t m = 0; m < cohort->n_metrics; m++)
        list[m] = cohort->metric[place[m].index];
    cohort->metric = list;
    return TRB_OK;
}

trb_status trb_cohort_order(trb_cohort *cohort, const trb_cohort_options *options, trb_error *err)
{
    trb_status status = name_one_group(cohort, err);
    if (!status)
        status = order_groups(cohort, options, err);
    if (!status)
        status = order_metrics(cohort, err);
    if (!status)
        doubt_groups(cohort);
    return status;
}
