#include "support/small_cohort.h"

#include "support/oracle_numbers.h"
#include "support/testing.h"

void small_cohort_add(small_cohort *c, const char *name, const double *value, size_t n)
{
    assert_true(c->n < SMALL_COHORT_MOST);
    snprintf(c->name[c->n], sizeof c->name[0], "%s", name);
    c->value[c->n] = malloc((n + 1) * sizeof *value);
    assert_non_null(c->value[c->n]);
    if (n)
        memcpy(c->value[c->n], value, n * sizeof *value);
    c->group[c->n] = (trb_sample_group){c->name[c->n], n, 0, c->value[c->n]};
    c->n++;
}

void small_cohort_clear(small_cohort *c)
{
    for (size_t i = 0; i < c->n; i++)
        free(c->value[i]);
}

static bool has_note(json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        if (strncmp(key, "note", 4) == 0)
            return true;
    }
    return false;
}

/* JSON that a careful reader can trust: numbers are finite, and whatever is null has a note beside it. */
static void check_tree(json_t *node, const char *name)
{
    const char *key;
    json_t *value;
    size_t i;
    if (json_is_real(node))
        assert_true(isfinite(json_real_value(node)));
    json_array_foreach(node, i, value)
    {
        check_tree(value, name);
    }
    json_object_foreach(node, key, value)
    {
        if (json_is_null(value) && !has_note(node))
            fail_msg("%s: %s is null without a note", name, key);
        check_tree(value, key);
    }
}

json_t *small_cohort_run_with(const small_cohort *c, const trb_stat_options *o)
{
    const trb_sample_groups groups = {c->n, c->group};
    json_t *tree;
    CHECK_OK(trb_stat_tree_oneway(&groups, o, &tree, err));
    check_tree(tree, "tree");
    char *text = json_dumps(tree, 0); /* refuses what is not JSON */
    assert_non_null(text);
    free(text);
    return tree;
}

/* Everything asked for: control 0, rescue of 2 by 1 against 0 where there are three groups, trend. */
json_t *small_cohort_run(const small_cohort *c)
{
    const trb_rescue_choice rescue = {0, 1, 2};
    trb_stat_options o = trb_stat_options_default();
    o.has_control = c->n > 0;
    o.ordered = true;
    o.full = true;
    o.n_rescues = c->n > 2;
    o.rescue = &rescue;
    return small_cohort_run_with(c, &o);
}

double tree_number(const json_t *tree, const char *path)
{
    const json_t *node = oracle_node(tree, path);
    if (!json_is_number(node))
        fail_msg("%s is no number", path);
    return json_number_value(node);
}

const char *tree_text(const json_t *tree, const char *path)
{
    const json_t *node = oracle_node(tree, path);
    if (!json_is_string(node))
        fail_msg("%s is no text", path);
    return json_string_value(node);
}

bool tree_warns(const json_t *tree, const char *part)
{
    size_t i;
    json_t *warning;
    json_array_foreach(json_object_get(tree, "warnings"), i, warning)
    {
        if (strstr(json_string_value(warning), part))
            return true;
    }
    return false;
}

void shuffle_values(double *x, size_t n, uint64_t seed)
{
    for (size_t i = n; i > 1; i--) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        const size_t j = (size_t)(seed >> 33) % i;
        const double t = x[i - 1];
        x[i - 1] = x[j];
        x[j] = t;
    }
}

/* Skewed, in thirds of 1: sums round, so that an order would show in the last bits. */
void small_cohort_add_random(small_cohort *c, const char *name, size_t n, double centre, uint64_t seed,
                             double grain)
{
    double *x = malloc((n + 1) * sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < n; i++) {
        double v = 0;
        for (int k = 0; k < 6; k++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            v += (double)(seed >> 40) / 16777216.0;
        }
        v = centre + exp(0.5 * v) / 3;
        x[i] = grain > 0 ? grain * round(v / grain) : v;
    }
    small_cohort_add(c, name, x, n);
    free(x);
}
