/*
 * random.c - seeded numbers.
 *
 * Bits come from splitmix64 (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195): a counter that steps by
 * an odd constant, and a bijective mixer. Element n of a sequence is therefore a function of seed and n,
 * which is what lets voxels be filled in any order.
 *
 * Normal deviates are Box & Muller's (1958): sqrt(-2 ln u) cos(2 pi v). ln, sin and cos are summed here from
 * their series, because libraries differ in the last bit and a phantom should have one checksum everywhere.
 * sqrt is correctly rounded by IEEE 754, as are the four operations.
 */
#include "core/random.h"

#include <math.h>

static const uint64_t STEP = 0x9e3779b97f4a7c15U; /* 2^64 / golden ratio, odd */

static uint64_t mix(uint64_t v)
{
    v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9U;
    v = (v ^ (v >> 27)) * 0x94d049bb133111ebU;
    return v ^ (v >> 31);
}

uint64_t trb_random_next(trb_random *random)
{
    random->state += STEP;
    return mix(random->state);
}

static double unit_interval(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

double trb_random_uniform(trb_random *random)
{
    return unit_interval(trb_random_next(random));
}

/* ln u for 0 < u <= 1: u = m 2^e with m near 1, and ln m = 2 artanh((m-1)/(m+1)). |s| < 0.172, so twelve
 * terms leave less than 1e-18. */
static double series_log(double u)
{
    int e;
    double m = frexp(u, &e); /* exact */
    if (m < 0.7071067811865476) {
        m *= 2;
        e--;
    }
    const double s = (m - 1) / (m + 1), s2 = s * s;
    double sum = 0;
    for (int n = 25; n > 0; n -= 2)
        sum = sum * s2 + 1.0 / n;
    return 2 * s * sum + e * 0.6931471805599453;
}

void trb_sincos_turns(double turns, double *sine, double *cosine)
{
    /* Taylor series to a^17 and a^18; on |a| <= pi/4 the rest is below 1e-17. */
    static const double odd[9] = {1.0,           -1.0 / 6,           1.0 / 120,
                                  -1.0 / 5040,   1.0 / 362880,       -1.0 / 39916800,
                                  1.0 / 6227020800, -1.0 / 1307674368000, 1.0 / 355687428096000};
    static const double even[10] = {1.0,          -1.0 / 2,          1.0 / 24,
                                    -1.0 / 720,   1.0 / 40320,       -1.0 / 3628800,
                                    1.0 / 479001600, -1.0 / 87178291200, 1.0 / 20922789888000,
                                    -1.0 / 6402373705728000};
    const double quarters = floor(4 * turns + 0.5);
    const double a = (turns - quarters * 0.25) * 6.283185307179586; /* the difference is exact */
    const double a2 = a * a;
    double s = 0, c = 0;
    for (int i = 8; i >= 0; i--)
        s = s * a2 + odd[i];
    for (int i = 9; i >= 0; i--)
        c = c * a2 + even[i];
    s *= a;
    switch ((int)(quarters - 4 * floor(quarters / 4))) {
    case 0: *sine = s, *cosine = c; break;
    case 1: *sine = c, *cosine = -s; break;
    case 2: *sine = -s, *cosine = -c; break;
    default: *sine = -c, *cosine = s; break;
    }
}

static double box_muller(uint64_t first, uint64_t second)
{
    const double u = (double)((first >> 11) + 1) * 0x1p-53; /* (0, 1]: ln stays finite */
    double sine, cosine;
    trb_sincos_turns(unit_interval(second), &sine, &cosine);
    return sqrt(-2 * series_log(u)) * cosine;
}

double trb_random_normal(trb_random *random)
{
    const uint64_t first = trb_random_next(random);
    return box_muller(first, trb_random_next(random));
}

double trb_random_normal_at(uint64_t seed, uint64_t index)
{
    const uint64_t stream = mix(seed + STEP); /* neighbouring seeds must not be shifted copies of each other */
    return box_muller(mix(stream + (2 * index + 1) * STEP), mix(stream + (2 * index + 2) * STEP));
}
