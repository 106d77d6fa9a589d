/*
 * test_designs_mixed.c - the mixed model against dense matrices: here a likelihood that inverts V as it stands, and
 * one unbalanced table worked out in R in the same way, with Satterthwaite's and Kenward and Roger's formulas written
 * out on n x n matrices.
 */
#include "support/design_samples.h"
#include "support/oracle_numbers.h"
#include "support/testing.h"

#include "study/stat_designs.h"
#include "study/stat_mixed.h"

enum { MOST = 48 };

/* Gauss without pivots, as V and X'V^-1X are positive definite: b becomes m^-1 b (columns k); the log determinant. */
static double solve_dense(double m[MOST][MOST], size_t n, double b[MOST][MOST], size_t k)
{
    double log_det = 0;
    for (size_t j = 0; j < n; j++) {
        log_det += log(m[j][j]);
        for (size_t i = 0; i < n; i++) {
            if (i == j)
                continue;
            const double factor = m[i][j] / m[j][j];
            for (size_t c = 0; c < n; c++)
                m[i][c] -= factor * m[j][c];
            for (size_t c = 0; c < k; c++)
                b[i][c] -= factor * b[j][c];
        }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < k; c++)
            b[i][c] /= m[i][i];
    return log_det;
}

/* log L = -1/2 [log|V| + log|X'V^-1X| + y'Py + (n - p) log 2 pi] */
static double dense_log_lik(const trb_mixed_row *row, size_t n, size_t p, double var_animal,
                            double var_residual)
{
    static double v[MOST][MOST], right[MOST][MOST], a[MOST][MOST], beta[MOST][MOST];
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            v[i][j] = (i == j ? var_residual : 0) + (row[i].animal == row[j].animal ? var_animal : 0);
        for (size_t c = 0; c < p; c++)
            right[i][c] = row[i].cell == c;
        right[i][p] = row[i].y;
    }
    double sum = solve_dense(v, n, right, p + 1), quadratic = 0;
    memset(a, 0, sizeof a);
    memset(beta, 0, sizeof beta);
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < p; c++)
            a[row[i].cell][c] += right[i][c];
        beta[row[i].cell][0] += right[i][p];
        quadratic += row[i].y * right[i][p];
    }
    double projected[MOST];
    for (size_t c = 0; c < p; c++)
        projected[c] = beta[c][0];
    sum += solve_dense(a, p, beta, 1);
    for (size_t c = 0; c < p; c++)
        quadratic -= projected[c] * beta[c][0];
    return -(sum + quadratic + (double)(n - p) * log(2 * 3.14159265358979323846)) / 2;
}

static size_t random_rows(trb_mixed_row *row, size_t p, double spread, uint64_t *seed)
{
    size_t n = 0;
    for (size_t animal = 0; animal < 10; animal++) {
        const double own = spread * sample_noise(seed);
        for (size_t t = 0; t < 4; t++)
            if (sample_noise(seed) > -0.4 || animal < p)
                row[n++] = (trb_mixed_row){animal, (animal + t) % p, own + sample_noise(seed)};
    }
    return n;
}

static void no_other_variances_are_likelier(void **state)
{
    (void)state;
    uint64_t seed = 11;
    size_t singular = 0;
    for (int round = 0; round < 60; round++) {
        trb_mixed_row row[MOST];
        trb_mixed m;
        const char *why = NULL;
        const size_t p = 1 + (size_t)round % 4, n = random_rows(row, p, round % 3 ? 2 : 0.1, &seed);
        CHECK_OK(trb_mixed_fit(&m, row, n, p, &why, err));
        assert_null(why);
        singular += m.singular;
        CHECK_CLOSE(dense_log_lik(row, n, p, m.var_animal, m.var_residual), m.log_lik, 1e-10);
        for (int k = 0; k < 8; k++) {
            const double step = k < 4 ? 0.01 : 0.8, up = 1 + step, down = 1 / up;
            const double animal = m.var_animal > 0 ? m.var_animal * (k % 2 ? up : down)
                                  : k % 2          ? step * m.var_residual
                                                   : 0;
            const double residual = m.var_residual * (k / 2 % 2 ? up : down);
            assert_true(dense_log_lik(row, n, p, animal, residual) < m.log_lik);
        }
        trb_mixed_clear(&m);
    }
    assert_true(singular > 3 && singular < 40); /* both kinds were tried */
}

/* Rows without an animal's scan are missing: m1 at 2, m3 at 3, m5 at 1 and 2, m9 at 1. */
static void an_unbalanced_table_is_what_dense_matrices_say(void **state)
{
    (void)state;
    static const char *const ANIMALS[] = {"m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9"},
                             *const GROUPS[] = {"a", "b", "c"}, *const TIMES[] = {"1", "2", "3"};
    static const double Y[9][3] = {{7.78, NAN, 6.92},     {10.42, 10.48, 11.51}, {8.83, 6.82, NAN},
                                   {10.32, 11.72, 12.76}, {NAN, NAN, 12.79},     {9.4, 11.64, 11.68},
                                   {8.29, 10.19, 10.04},  {8.72, 10.76, 10.71},  {NAN, 11.1, 12.16}};
    static const double TIME[] = {1, 2, 3};
    static const struct {
        const char *path;
        double value;
    } DENSE[] = {
        {"REML::var_animal", 1.46114900726717},
        {"REML::var_residual", 0.332951505107354},
        {"REML::logLik_REML", -22.1149990096412},
        {"type_III_satterthwaite::group::F", 3.59789094001298},
        {"type_III_satterthwaite::group::df2", 6.12457297090101},
        {"type_III_satterthwaite::time::F", 10.5897208949766},
        {"type_III_satterthwaite::time::df2", 7.45256756422552},
        {"type_III_satterthwaite::group:time::F", 5.52282414830633},
        {"type_III_satterthwaite::group:time::df2", 7.44045799369801},
        {"type_III_kenward_roger::group::F", 3.58279478614296},
        {"type_III_kenward_roger::group::df2", 5.91058162863101},
        {"type_III_kenward_roger::time::F", 10.4040137411959},
        {"type_III_kenward_roger::time::df2", 7.24248291360679},
        {"type_III_kenward_roger::group:time::F", 5.48176011716872},
        {"type_III_kenward_roger::group:time::df2", 7.22975045758176},
    };
    design_sample s = {0};
    for (size_t a = 0; a < 9; a++)
        for (size_t t = 0; t < 3; t++)
            sample_add(&s, ANIMALS[a], GROUPS[a / 3], TIMES[t], 0, Y[a][t]);
    static sample_factor animal, group, time;
    sample_factor_make(&animal, &s, 0, NULL, 0);
    sample_factor_make(&group, &s, 1, GROUPS, 3);
    sample_factor_make(&time, &s, 2, TIMES, 3);
    json_t *out = NULL;
    CHECK_OK(trb_stat_longitudinal(s.y, s.n, &animal.factor, &group.factor, &time.factor, TIME, 0.95, &out, err));
    check_nulls_have_notes(out);
    for (size_t i = 0; i < sizeof DENSE / sizeof *DENSE; i++)
        CHECK_RELATIVE(DENSE[i].value, number_at(json_object_get(out, "mixed_model"), DENSE[i].path), 1e-11);
    json_decref(out);
}

/* Every allocation of JSON fails once: each time the call says so, keeps nothing and gives nothing. */
static size_t left_to_allocate;

static void *failing_malloc(size_t size)
{
    return left_to_allocate-- == 0 ? NULL : malloc(size);
}

static trb_status all_of(const design_sample *s, json_t **out, trb_error *err)
{
    static const char *const GROUPS[] = {"a", "b"}, *const TIMES[] = {"1", "2"};
    static const double TIME[] = {1, 2};
    static sample_factor animal, group, time;
    sample_factor_make(&animal, s, 0, NULL, 0);
    sample_factor_make(&group, s, 1, GROUPS, 2);
    sample_factor_make(&time, s, 2, TIMES, 2);
    return trb_stat_longitudinal(s->y, s->n, &animal.factor, &group.factor, &time.factor, TIME, 0.95, out, err);
}

static void no_memory_is_an_error(void **state)
{
    (void)state;
    static const char *const ANIMALS[] = {"m1", "m2", "m3", "m4"}, *const GROUPS[] = {"a", "b"},
                             *const TIMES[] = {"1", "2"};
    design_sample s = {0};
    uint64_t seed = 1;
    for (size_t i = 0; i < 8; i++)
        sample_add(&s, ANIMALS[i / 2], GROUPS[i / 4], TIMES[i % 2], 0, (double)(i / 2) + sample_noise(&seed));
    json_malloc_t plain_malloc;
    json_free_t plain_free;
    json_get_alloc_funcs(&plain_malloc, &plain_free);
    json_set_alloc_funcs(failing_malloc, free);
    trb_status status = TRB_ERR_MEMORY;
    json_t *out = NULL;
    size_t failures = 0;
    for (size_t after = 0; status; after += 7) {
        trb_error err = {TRB_OK, ""};
        left_to_allocate = after;
        status = all_of(&s, &out, &err);
        left_to_allocate = SIZE_MAX;
        if (!status)
            break;
        failures++;
        if ((status != TRB_ERR_MEMORY && status != TRB_ERR_ARGUMENT) || out ||
            !err.text[0]) /* a name that is no key */
            break;
    }
    json_set_alloc_funcs(plain_malloc, plain_free);
    assert_int_equal(status, TRB_OK);
    assert_true(failures > 50);
    assert_non_null(out);
    json_set_alloc_funcs(malloc, free);
    json_decref(out);
    json_set_alloc_funcs(plain_malloc, plain_free);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_other_variances_are_likelier),
        cmocka_unit_test(no_memory_is_an_error),
        cmocka_unit_test(an_unbalanced_table_is_what_dense_matrices_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
