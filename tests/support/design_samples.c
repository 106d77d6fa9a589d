#include "support/design_samples.h"

#include "support/oracle_numbers.h"
#include "support/testing.h"

void sample_add(design_sample *s, const char *a, const char *b, const char *c, double x, double y)
{
    assert_true(s->n < SAMPLE_ROWS);
    s->label[0][s->n] = a;
    s->label[1][s->n] = b;
    s->label[2][s->n] = c;
    s->x[s->n] = x;
    s->y[s->n++] = y;
}

void sample_factor_make(sample_factor *out, const design_sample *s, size_t column, const char *const *levels,
                        size_t n_levels)
{
    size_t n = n_levels;
    for (size_t l = 0; l < n_levels; l++)
        out->name[l] = levels[l];
    for (size_t r = 0; r < s->n; r++) {
        size_t l = 0;
        while (l < n && strcmp(out->name[l], s->label[column][r]) != 0)
            l++;
        if (l == n) {
            assert_int_equal(n_levels, 0);
            out->name[n++] = s->label[column][r];
        }
        out->level[r] = l;
    }
    static const char *const LABEL[] = {"first", "second", "third"};
    out->factor = (trb_factor){LABEL[column], n, out->name, out->level};
}

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return *state >> 33;
}

void sample_shuffle(design_sample *s, uint64_t seed)
{
    for (size_t i = s->n; i > 1; i--) {
        const size_t j = next(&seed) % i, k = i - 1;
        const double y = s->y[j], x = s->x[j];
        s->y[j] = s->y[k];
        s->y[k] = y;
        s->x[j] = s->x[k];
        s->x[k] = x;
        for (size_t c = 0; c < 3; c++) {
            const char *label = s->label[c][j];
            s->label[c][j] = s->label[c][k];
            s->label[c][k] = label;
        }
    }
}

double sample_noise(uint64_t *state)
{
    return (double)next(state) / (double)(1U << 30) - 1;
}

double number_at(const json_t *root, const char *path)
{
    const json_t *node = oracle_node(root, path);
    if (!json_is_number(node))
        fail_msg("%s is no number", path);
    return json_number_value(node);
}

const char *text_at(const json_t *root, const char *path)
{
    const json_t *node = oracle_node(root, path);
    if (!json_is_string(node))
        fail_msg("%s is no text", path);
    return json_string_value(node);
}

/* Null without a reason beside it, because its definition is the reason (SPEC.md). */
static bool null_by_definition(const char *key)
{
    static const char *const KEYS[] = {"geometric_mean", "cv_percent", "percent_change_mean_of_animals",
                                       "p_exact_no_ties", "n_continuous"};
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        if (strcmp(key, KEYS[i]) == 0)
            return true;
    return false;
}

static void check_below(const json_t *node, const char *name, bool has_note)
{
    const char *key;
    json_t *value;
    has_note = has_note || json_object_get(node, "note");
    if (json_is_object(node) && json_object_size(node) == 0)
        fail_msg("%s is empty", name);
    json_object_foreach((json_t *)(uintptr_t)node, key, value)
    {
        if (json_is_null(value) && !has_note && !null_by_definition(key))
            fail_msg("%s of %s is null, and nothing says why", key, name);
        check_below(value, key, has_note);
    }
}

void check_nulls_have_notes(const json_t *root)
{
    check_below(root, "the result", false);
}
