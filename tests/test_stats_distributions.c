/*
 * test_stats_distributions.c - what the statistics stand on: the studentized distributions against closed
 * forms and slow integrals, exact rank sums against enumeration, p-value adjustments by hand, Shapiro-Wilk,
 * roots.
 */
#include "support/testing.h"

#include "study/stat_adjust.h"
#include "study/stat_basics.h"
#include "study/stat_dunnett.h"
#include "study/stat_effect.h"
#include "study/stat_range.h"
#include "study/stat_ranksum.h"
#include "study/stat_root.h"
#include "study/stat_shapiro.h"

static const double PI = 3.14159265358979323846;

static double upper_normal(double z)
{
    return 0.5 * erfc(z / sqrt(2));
}

/* P(|t| > t) for 1, 2 and 4 degrees of freedom: elementary functions. */
static double two_sided_t(double t, int df)
{
    if (df == 1)
        return 2 / PI * atan(1 / t);
    const double r = t / sqrt(df + t * t),
                 below = df / (df + t * t) / (1 + r);     /* 1 - r, without cancellation */
    return df == 2 ? below : below * below * (2 + r) / 2; /* df = 4: 1 - r (3 - r^2) / 2 */
}

static double normal_tail(const void *context, double w)
{
    (void)context;
    return erfc(w / sqrt(2));
}

/* The mixture of the normal tail is the t distribution, far out as well. */
static void the_mixture_of_a_normal_is_a_t(void **state)
{
    (void)state;
    const double t[] = {1e-3, 0.1, 1, 2.5, 10, 100, 1e4};
    const int df[] = {1, 2, 4};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        for (size_t j = 0; j < 3; j++)
            CHECK_RELATIVE(two_sided_t(t[i], df[j]), trb_stat_mixture(normal_tail, NULL, t[i], df[j], 1),
                           1e-13);
    CHECK_CLOSE(1, trb_stat_mixture(normal_tail, NULL, 0, 7, 1), 1e-14);
    CHECK_RELATIVE(normal_tail(NULL, 3), trb_stat_mixture(normal_tail, NULL, 3, INFINITY, 1), 0);
    CHECK_RELATIVE(normal_tail(NULL, 3), trb_stat_mixture(normal_tail, NULL, 3, 1e11, 1), 1e-9);
}

/* Simpson over s and over z, fine enough for ten digits; P(Q > q) = 1 - mean over s of P(range < q s). */
static double slow_range(double q, int k, double df)
{
    enum { NZ = 600, NS = 1200 };
    const double top = sqrt((df + 60 + 12 * sqrt(df)) / df), hs = top / NS, hz = 16.0 / NZ;
    const double log_norm = log(2) + 0.5 * df * log(0.5 * df) - lgamma(0.5 * df);
    double outer = 0;
    for (int i = 1; i <= NS; i++) {
        const double s = i * hs, density = exp(log_norm + (df - 1) * log(s) - 0.5 * df * s * s);
        double inner = 0;
        for (int j = 0; j <= NZ; j++) {
            const double z = -8 + j * hz, simpson = j == 0 || j == NZ ? 1 : j % 2 ? 4 : 2;
            const double within = upper_normal(z - q * s) - upper_normal(z);
            inner += simpson * exp(-0.5 * z * z) * pow(within, k - 1);
        }
        inner *= k * hz / 3 / sqrt(2 * PI);
        outer += (i == NS ? 1 : i % 2 ? 4 : 2) * density * inner;
    }
    return 1 - outer * hs / 3;
}

static void the_studentized_range_is_its_integral(void **state)
{
    (void)state;
    const struct {
        double q;
        int k;
        double df;
    } at[] = {{3.2, 3, 6}, {4.7, 4, 9}, {1.1, 5, 28}, {6, 12, 5}, {4.9, 40, 80}};
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        const double slow = slow_range(at[i].q, at[i].k, at[i].df);
        trb_range range;
        trb_stat_range_init(&range, (size_t)at[i].k);
        CHECK_CLOSE(slow, trb_stat_ptukey(at[i].q, (size_t)at[i].k, at[i].df), 1e-9);
        CHECK_RELATIVE(trb_stat_ptukey(at[i].q, (size_t)at[i].k, at[i].df),
                       trb_stat_range_upper(&range, at[i].q, at[i].df), 1e-12); /* the table is as good */
    }
}

/* Far out only the widest pair counts: k(k-1)/2 of them, each with the t distribution's tail; to first
 * order. */
static void far_tails_of_the_range_keep_their_digits(void **state)
{
    (void)state;
    for (int k = 3; k <= 6; k++) {
        const double pairs = 0.5 * k * (k - 1), q = 60;
        const double bonferroni = pairs * trb_stat_ptukey(q, 2, 30), p = trb_stat_ptukey(q, (size_t)k, 30);
        assert_true(bonferroni < 1e-20 && p > 0.3 * bonferroni && p < bonferroni);
        CHECK_RELATIVE(pairs * erfc(15 / sqrt(2) / sqrt(2)), trb_stat_ptukey(15, (size_t)k, INFINITY), 1e-6);
    }
    trb_range range;
    trb_stat_range_init(&range, 5);
    const double df[] = {1, 1.7, 4, 300};
    for (size_t i = 0; i < 4; i++) { /* the inverse is the inverse */
        const double q = trb_stat_range_quantile(&range, 0.01, df[i]);
        CHECK_RELATIVE(0.01, trb_stat_ptukey(q, 5, df[i]), 1e-11);
        CHECK_RELATIVE(q, trb_stat_qtukey(0.01, 5, df[i]), 1e-13);
    }
    CHECK_CLOSE(3.3145, trb_stat_qtukey(0.05, 3, INFINITY), 5e-5); /* printed tables: k = 3, infinite df */
    CHECK_CLOSE(3.877, trb_stat_qtukey(0.05, 3, 10), 5e-4);
    CHECK_CLOSE(4.327, trb_stat_qtukey(0.05, 4, 10), 5e-4);
}

/* The largest of very many has a steep tail: the integral over s needs its smaller steps there. */
static void many_groups_are_as_accurate_as_few(void **state)
{
    (void)state;
    const double df[] = {1, 2, 5, 30}, finer = 100;
    const size_t k[] = {3, 16, 17, 40, 100, 300};
    for (size_t i = 0; i < sizeof k / sizeof *k; i++) {
        trb_range range;
        trb_stat_range_init(&range, k[i]);
        for (size_t j = 0; j < 4; j++)
            for (double q = 0.7; q < 60; q *= 2)
                CHECK_RELATIVE(trb_stat_mixture(trb_stat_tail_by_table, &range.table, q, df[j], finer),
                               trb_stat_range_upper(&range, q, df[j]), 1e-11);
    }
}

/* A large group against a small control makes a steep step in the integral over the control's deviate. */
static void dunnett_bears_unequal_groups(void **state)
{
    (void)state;
    const size_t n[4][3] = {{8, 8, 8}, {100, 3, 40}, {2500, 2, 10}, {3, 3, 3}}, control[4] = {8, 4, 3, 1000};
    for (size_t i = 0; i < 4; i++) {
        trb_dunnett d, finer;
        CHECK_OK(trb_stat_dunnett_init(&d, n[i], 3, control[i], err));
        CHECK_OK(trb_stat_dunnett_init(&finer, n[i], 3, control[i], err));
        finer.step /= 5;
        for (double df = 1; df < 200; df *= 6)
            for (double t = 0.2; t < 40; t *= 2)
                CHECK_RELATIVE(trb_stat_dunnett_upper(&finer, t, df), trb_stat_dunnett_upper(&d, t, df),
                               1e-12);
        trb_stat_dunnett_clear(&d);
        trb_stat_dunnett_clear(&finer);
    }
}

static void the_maximum_modulus_and_dunnett_meet_at_their_ends(void **state)
{
    (void)state;
    const size_t n[3] = {8, 8, 8}, many[3] = {2000000000, 2000000000, 2000000000};
    trb_dunnett d;
    /* A control known exactly: the comparisons do not correlate. */
    CHECK_OK(trb_stat_dunnett_init(&d, n, 3, 2000000000, err));
    CHECK_RELATIVE(trb_stat_modulus_upper(2.4, 3, 12), trb_stat_dunnett_upper(&d, 2.4, 12), 1e-7);
    trb_stat_dunnett_clear(&d);
    /* Groups known exactly: all share the control's error and are one test. (Correlation 1 - 4e-9.) */
    CHECK_OK(trb_stat_dunnett_init(&d, many, 3, 2000, err));
    CHECK_RELATIVE(trb_stat_ptukey(2.4 * sqrt(2), 2, 12), trb_stat_dunnett_upper(&d, 2.4, 12), 5e-3);
    trb_stat_dunnett_clear(&d);
    /* Dunnett's 1964 table, two-sided 5 %: 3 groups and a control of equal size, 20 df: 2.54; 60 df: 2.41. */
    CHECK_OK(trb_stat_dunnett_init(&d, n, 3, 8, err));
    CHECK_CLOSE(2.54, trb_stat_dunnett_quantile(&d, 0.05, 20), 5e-3);
    CHECK_CLOSE(2.41, trb_stat_dunnett_quantile(&d, 0.05, 60), 5e-3);
    CHECK_RELATIVE(0.05, trb_stat_dunnett_upper(&d, trb_stat_dunnett_quantile(&d, 0.05, 1.3), 1.3), 1e-11);
    trb_stat_dunnett_clear(&d);
    const double m3 = 1 - pow(erf(2.4 / sqrt(2)), 3);
    CHECK_RELATIVE(m3, trb_stat_modulus_upper(2.4, 3, INFINITY), 1e-13);
    CHECK_RELATIVE(two_sided_t(3.3, 4), trb_stat_modulus_upper(3.3, 1, 4), 1e-13);
}

static void the_noncentral_t_has_its_closed_forms(void **state)
{
    (void)state;
    const double ncp[] = {-8, -1.5, 0, 0.3, 2, 25};
    for (size_t i = 0; i < sizeof ncp / sizeof *ncp; i++) {
        CHECK_CLOSE(upper_normal(-ncp[i]), trb_stat_noncentral_t_upper(0, 5, ncp[i]),
                    1e-14); /* the sign of Z + ncp */
        CHECK_CLOSE(1 - trb_stat_noncentral_t_upper(-1.7, 3, -ncp[i]),
                    trb_stat_noncentral_t_upper(1.7, 3, ncp[i]), 1e-14);
    }
    CHECK_RELATIVE(0.5 * two_sided_t(2.2, 4), trb_stat_noncentral_t_upper(2.2, 4, 0), 1e-13);
    const double t[] = {-29, -3, 0, 1.1, 7, 29.9, 150};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        for (double df = 2; df < 100; df *= 3) {
            double lo, hi;
            trb_stat_noncentral_t_limits(t[i], df, 0.9, &lo, &hi);
            assert_true(lo < hi);
            CHECK_CLOSE(0.05, trb_stat_noncentral_t_upper(t[i], df, lo), 1e-11);
            CHECK_CLOSE(0.95, trb_stat_noncentral_t_upper(t[i], df, hi), 1e-11);
        }
    CHECK_RELATIVE(1 / sqrt(PI), trb_stat_hedges_j(2), 1e-14); /* Gamma(1) / Gamma(1/2) */
    CHECK_RELATIVE(0.5 * sqrt(PI) / sqrt(1.5), trb_stat_hedges_j(3),
                   1e-14); /* Gamma(3/2) / (sqrt(3/2) Gamma(1)) */
    CHECK_RELATIVE(1 - 3.0 / (4e6 - 1), trb_stat_hedges_j(1e6), 1e-12);
}

/* All ways to deal the pooled midranks, one by one. */
static void slow_rank_p(const double *pool, size_t total, size_t m, double observed, double *p_abs,
                        double *p_2min)
{
    double rank[16];
    for (size_t i = 0; i < total; i++) {
        double below = 0, equal = 0;
        for (size_t j = 0; j < total; j++) {
            below += pool[j] < pool[i];
            equal += pool[j] == pool[i];
        }
        rank[i] = below + 0.5 * (equal + 1);
    }
    const double mean = 0.5 * (double)m * (double)(total + 1);
    size_t ways = 0, far = 0, lower = 0, upper = 0;
    for (unsigned set = 0; set < 1U << total; set++) {
        double sum = 0;
        size_t size = 0;
        for (size_t i = 0; i < total; i++)
            if (set >> i & 1)
                sum += rank[i], size++;
        if (size != m)
            continue;
        ways++;
        far += fabs(sum - mean) >= fabs(observed - mean);
        lower += sum <= observed;
        upper += sum >= observed;
    }
    *p_abs = (double)far / (double)ways;
    *p_2min = fmin(1, 2 * (double)(lower < upper ? lower : upper) / (double)ways);
}

static void exact_rank_sums_are_counted_right(void **state)
{
    (void)state;
    trb_ranksum_null null = {0};
    uint64_t seed = 4;
    for (int round = 0; round < 60; round++) {
        const size_t n_a = 1 + (size_t)round % 6, n_b = 1 + (size_t)(round / 6) % 7, total = n_a + n_b;
        double pool[16];
        for (size_t i = 0; i < total; i++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            pool[i] = (double)((seed >> 33) % (round % 3 ? 4 : 1000)); /* mostly ties */
        }
        double a[8], b[8], rank_sum = 0, p_abs, p_2min;
        memcpy(a, pool, n_a * sizeof *a);
        memcpy(b, pool + n_a, n_b * sizeof *b);
        trb_stat_sort(a, n_a);
        trb_stat_sort(b, n_b);
        trb_ranksum r;
        CHECK_OK(trb_stat_ranksum(a, n_a, b, n_b, true, 0.95, &null, &r, err));
        rank_sum = r.u_b + 0.5 * (double)n_b * (double)(n_b + 1);
        slow_rank_p(pool, total, n_b, rank_sum, &p_abs, &p_2min);
        CHECK_CLOSE(p_abs, r.p_conditional_abs, 1e-14);
        CHECK_CLOSE(p_2min, r.p_conditional_2min, 1e-14);
        assert_true(isnan(r.p_exact_no_ties) == r.ties);
        /* The order statistics of the differences. */
        double d[64];
        for (size_t i = 0; i < n_a * n_b; i++)
            d[i] = b[i % n_b] - a[i / n_b];
        trb_stat_sort(d, n_a * n_b);
        for (size_t k = 1; k <= n_a * n_b; k++)
            CHECK_CLOSE(d[k - 1], trb_stat_difference(a, n_a, b, n_b, k), 0);
        CHECK_CLOSE(trb_stat_median(d, n_a * n_b), r.hodges_lehmann, 1e-15);
    }
    trb_stat_ranksum_null_clear(&null);
}

/* 100 against 100, separated: 2 / C(200, 100), by Stirling's series for the logarithm. */
static void large_exact_rank_sums_do_not_overflow(void **state)
{
    (void)state;
    double a[100], b[100];
    for (size_t i = 0; i < 100; i++) {
        a[i] = (double)i;
        b[i] = 100 + (double)i;
    }
    trb_ranksum_null null = {0};
    trb_ranksum r;
    const double expected = 2 * exp(2 * lgamma(101) - lgamma(201));
    CHECK_OK(trb_stat_ranksum(a, 100, b, 100, true, 0.95, &null, &r, err));
    CHECK_RELATIVE(expected, r.p_exact_no_ties, 1e-11);
    CHECK_CLOSE(0.95, r.hl_level, 1e-3);
    a[1] = 0; /* one tie within a group changes no rank sum of the extreme */
    CHECK_OK(trb_stat_ranksum(b, 100, a, 100, true, 0.95, &null, &r, err));
    CHECK_RELATIVE(expected, r.p_conditional_abs, 1e-11);
    CHECK_CLOSE(0, r.u_b, 0);
    trb_stat_ranksum_null_clear(&null);
}

static void check_adjusted(trb_stat_adjustment method, const double *expected)
{
    const double p[5] = {0.04, 0.001, NAN, 0.03, 0.02};
    double out[5];
    assert_int_equal(trb_stat_adjust(p, 5, method, out), TRB_OK);
    for (size_t i = 0; i < 5; i++)
        if (isnan(expected[i]))
            assert_true(isnan(out[i]));
        else
            CHECK_CLOSE(expected[i], out[i], 1e-15);
}

/* Four tests; the fifth does not exist. */
static void adjustments_are_those_by_hand(void **state)
{
    (void)state;
    check_adjusted(TRB_ADJUST_NONE, (const double[]){0.04, 0.001, NAN, 0.03, 0.02});
    check_adjusted(TRB_ADJUST_BONFERRONI, (const double[]){0.16, 0.004, NAN, 0.12, 0.08});
    check_adjusted(TRB_ADJUST_HOLM, (const double[]){0.06, 0.004, NAN, 0.06, 0.06}); /* 4, 3, 2, 1 times */
    check_adjusted(TRB_ADJUST_BH, (const double[]){0.04, 0.004, NAN, 0.04, 0.04});   /* 4/1, 4/2, 4/3, 4/4 */
    const double c = 1 + 1.0 / 2 + 1.0 / 3 + 1.0 / 4;
    check_adjusted(TRB_ADJUST_BY, (const double[]){0.04 * c, 0.004 * c, NAN, 0.04 * c, 0.04 * c});
    const double sidak = 1 - pow(0.999, 4), second = 1 - pow(0.98, 3), third = 1 - pow(0.97, 2);
    check_adjusted(TRB_ADJUST_SIDAK,
                   (const double[]){1 - pow(0.96, 4), sidak, NAN, 1 - pow(0.97, 4), 1 - pow(0.98, 4)});
    check_adjusted(TRB_ADJUST_HOLM_SIDAK, (const double[]){third, sidak, NAN, third, second});
    double tiny = 1e-300; /* 1 - (1 - p)^m must not be 0 */
    assert_int_equal(trb_stat_adjust(&tiny, 1, TRB_ADJUST_SIDAK, &tiny), TRB_OK);
    CHECK_RELATIVE(1e-300, tiny, 1e-14);
    assert_int_equal(trb_stat_adjust(NULL, 0, TRB_ADJUST_BH, NULL), TRB_OK);
}

/* x = 1, 4, 9, ..., n^2. Values of R 4.2.2: shapiro.test((1:n)^2). */
static void shapiro_is_royston_s(void **state)
{
    (void)state;
    const struct {
        size_t n;
        double W, p;
    } r[] = {
        {3, 0.9795918367346941, 0.7262263099420559},       {4, 0.9621240375974995, 0.7922685878322078},
        {5, 0.9498245346555588, 0.7359347808849005},       {6, 0.9409240289626913, 0.6666530381957297},
        {11, 0.9186320447592519, 0.3074108474932317},      {12, 0.9162924414742846, 0.2566734676616257},
        {20, 0.9061306284765464, 0.05380958882820391},     {49, 0.8982160194745432, 0.0004806917654490326},
        {50, 0.89812479966181, 0.0004168851518945943},     {501, 0.8952764496442495, 5.300955762720014e-18},
        {5000, 0.8952467770613622, 5.391169625966067e-50},
    };
    for (size_t i = 0; i < sizeof r / sizeof *r; i++) {
        double *x = malloc(r[i].n * sizeof *x), W, p;
        assert_non_null(x);
        for (size_t j = 0; j < r[i].n; j++) /* descending */
            x[j] = (double)((r[i].n - j) * (r[i].n - j));
        CHECK_OK(trb_stat_shapiro(x, r[i].n, &W, &p, err));
        CHECK_RELATIVE(r[i].W, W, 1e-12);
        CHECK_RELATIVE(r[i].p, p, 1e-9);
        free(x);
    }
    double W, p;
    CHECK_OK(trb_stat_shapiro((const double[]){7, 3, 7}, 3, &W, &p, err));
    assert_true(W == 0.75 && p == 0);
    assert_int_equal(trb_stat_shapiro((const double[]){1, 2}, 2, &W, &p, NULL), TRB_ERR_DATA);
    assert_int_equal(trb_stat_shapiro((const double[]){2, 2, 2, 2}, 4, &W, &p, NULL), TRB_ERR_DATA);
    assert_true(isnan(W) && isnan(p));
}

static double cubic(void *context, double x)
{
    ++*(int *)context;
    return x * x * x - 2;
}

static void roots_are_found_quickly_and_exactly(void **state)
{
    (void)state;
    int calls = 0;
    CHECK_RELATIVE(cbrt(2), trb_stat_root(cubic, &calls, 0, 1e6, 0), 1e-15);
    assert_true(calls < 60);
    assert_true(isnan(trb_stat_root(cubic, &calls, 2, 3, 0)));
    CHECK_CLOSE(cbrt(2), trb_stat_root(cubic, &calls, 3, -3, 1e-6), 1e-6);
}

static void means_keep_their_digits_under_an_offset(void **state)
{
    (void)state;
    const double x[] = {1e15 + 0.25, 1e15 + 0.5, 1e15 + 0.5, 1e15 + 0.75};
    const double mean = trb_stat_mean(x, 4);
    CHECK_CLOSE(0.5, mean - 1e15, 0);
    CHECK_CLOSE(0.125, trb_stat_squares(x, 4, mean), 0);
    const double constant[] = {0.1, 1.0 / 3, -1e22 / 7, 1e-300,
                               3e69}; /* its mean is itself, to the last bit */
    for (size_t i = 0; i < 5; i++)
        for (size_t n = 1; n <= 200; n++) {
            double same[200];
            for (size_t j = 0; j < n; j++)
                same[j] = constant[i];
            CHECK_CLOSE(constant[i], trb_stat_mean(same, n), 0);
            CHECK_CLOSE(0, trb_stat_squares(same, n, trb_stat_mean(same, n)), 0);
        }
    const double big[] = {-1e20, 1, 3, 1e20};
    CHECK_CLOSE(4, trb_stat_sum(big, 4), 0);
    const double q[] = {1, 2, 4, 8, 16};
    CHECK_CLOSE(2, trb_stat_quantile(q, 5, 0.25, 7), 0);   /* place 2 */
    CHECK_CLOSE(1.5, trb_stat_quantile(q, 5, 0.25, 6), 0); /* place 1.5 */
    CHECK_CLOSE(16, trb_stat_quantile(q, 5, 0.9, 6), 0);   /* beyond the last */
    CHECK_CLOSE(24 + 6, trb_stat_tie_sum((const double[]){1, 1, 2, 3, 3, 3}, 6), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mixture_of_a_normal_is_a_t),
        cmocka_unit_test(the_studentized_range_is_its_integral),
        cmocka_unit_test(far_tails_of_the_range_keep_their_digits),
        cmocka_unit_test(many_groups_are_as_accurate_as_few),
        cmocka_unit_test(dunnett_bears_unequal_groups),
        cmocka_unit_test(the_maximum_modulus_and_dunnett_meet_at_their_ends),
        cmocka_unit_test(the_noncentral_t_has_its_closed_forms),
        cmocka_unit_test(exact_rank_sums_are_counted_right),
        cmocka_unit_test(large_exact_rank_sums_do_not_overflow),
        cmocka_unit_test(adjustments_are_those_by_hand),
        cmocka_unit_test(shapiro_is_royston_s),
        cmocka_unit_test(roots_are_found_quickly_and_exactly),
        cmocka_unit_test(means_keep_their_digits_under_an_offset),
    };
    return cmocka_run_group_tests_name("distributions of the statistics", tests, NULL, NULL);
}
