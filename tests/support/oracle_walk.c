#include "support/oracle_walk.h"

#include "support/testing.h"

enum { MAX_FAMILIES = 32, MAX_SHOWN = 12 };

typedef struct tally {
    size_t count;
    double worst; /* largest deviation, relative to the value or to what the absolute tolerance stands for */
} tally;

static const char *last_key(const char *path)
{
    const char *last = path;
    for (const char *at = path; (at = strstr(at, "::")); at += 2)
        last = at + 2;
    return last;
}

static size_t family_of(const walk *how, const char *path)
{
    for (const walk_rule *rule = how->rule;; rule++)
        if ((!rule->part || oracle_path_has(path, rule->part)) &&
            (!rule->key || strcmp(rule->key, last_key(path)) == 0))
            return rule->family;
}

/* The oracle counts the elements of an array from 1. */
static const json_t *node_at(const json_t *root, const char *path)
{
    char parent[512];
    const char *last = last_key(path);
    assert_true(strlen(path) < sizeof parent);
    strcpy(parent, path);
    if (last > path) {
        parent[last - path - 2] = 0;
        const json_t *node = oracle_node(root, parent);
        if (json_is_array(node))
            return json_array_get(node, (size_t)strtoul(last, NULL, 10) - 1);
    }
    return oracle_node(root, path);
}

/* A branch of that name anywhere, or the whole path: "alpha" is a row of its own, "cases::x::alpha"
 * another's. */
static bool in_branch(const char *path, const char *name)
{
    char middle[128];
    const size_t length = strlen(name);
    assert_true(length + 5 < sizeof middle);
    snprintf(middle, sizeof middle, "::%s::", name);
    return strcmp(path, name) == 0 ||
           (strncmp(path, name, length) == 0 && strncmp(path + length, "::", 2) == 0) || strstr(path, middle);
}

/* Is the value right? *deviation is set for numbers. */
static bool agrees(const oracle_row *row, const json_t *ours, const walk_family *family, double *deviation)
{
    *deviation = 0;
    switch (row->kind) {
    case ORACLE_TRUE: return json_is_true(ours);
    case ORACLE_FALSE: return json_is_false(ours);
    case ORACLE_NULL: return json_is_null(ours);
    case ORACLE_NUMBER: break;
    }
    if (!json_is_number(ours))
        return false;
    const double off = fabs(json_number_value(ours) - row->value);
    const double floor = family->absolute > 0 ? family->absolute / family->relative : 0;
    *deviation = off > 0 ? off / fmax(fabs(row->value), floor) : 0;
    return off <= fmax(family->relative * fabs(row->value), family->absolute);
}

static void show(const char *name, const oracle_row *row, const json_t *ours, const walk_family *family)
{
    char *text = ours ? json_dumps(ours, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    static const char *const kind[] = {"", "true", "false", "null"};
    char wanted[40];
    snprintf(wanted, sizeof wanted, "%.15g", row->value);
    print_error("%s: %s: R has %s, ours %.60s (%s, within %g)\n", name, row->path,
                row->kind ? kind[row->kind] : wanted, text ? text : "nothing", family->name,
                family->relative);
    free(text);
}

static void print_table(const walk *how, const char *name, const tally *tallies, const size_t *left_out)
{
    for (size_t f = 0; f < how->n_families; f++)
        if (tallies[f].count)
            print_message("%-26s %-44s %5zu values, worst %8.1e of %g\n", name, how->family[f].name,
                          tallies[f].count, tallies[f].worst, how->family[f].relative);
    for (size_t l = 0; l < how->n_left_out; l++)
        if (left_out[l])
            print_message("%-26s %-44s %5zu not compared: %s\n", name, how->left_out[l].part, left_out[l],
                          how->left_out[l].why);
}

size_t walk_oracle(const walk *how, const char *name, const json_t *ours)
{
    tally tallies[MAX_FAMILIES] = {{0, 0}};
    size_t left_out[MAX_FAMILIES] = {0}, wrong = 0;
    assert_true(how->n_families <= MAX_FAMILIES && how->n_left_out <= MAX_FAMILIES);
    oracle_numbers numbers = oracle_numbers_load(name);
    for (size_t i = 0; i < numbers.n; i++) {
        const oracle_row *row = &numbers.row[i];
        size_t l = 0;
        while (l < how->n_left_out && !in_branch(row->path, how->left_out[l].part))
            l++;
        if (l < how->n_left_out) {
            left_out[l]++;
            continue;
        }
        const size_t f = family_of(how, row->path);
        const json_t *node = node_at(ours, row->path);
        double deviation;
        if (!agrees(row, node, &how->family[f], &deviation) && wrong++ < MAX_SHOWN)
            show(name, row, node, &how->family[f]);
        tallies[f].count++;
        tallies[f].worst = fmax(tallies[f].worst, deviation);
    }
    print_table(how, name, tallies, left_out);
    oracle_numbers_clear(&numbers);
    return wrong;
}
