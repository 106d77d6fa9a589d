/* random.h - seeded numbers that are the same on every machine and for every thread count. */
#ifndef TRB_RANDOM_H
#define TRB_RANDOM_H

#include <stdint.h>

/** A sequence. Any seed is good; two seeds give unrelated sequences. */
typedef struct trb_random {
    uint64_t state;
} trb_random;

static inline trb_random trb_random_start(uint64_t seed)
{
    return (trb_random){seed};
}

/** 64 random bits. */
uint64_t trb_random_next(trb_random *random);

/** Uniform in [0, 1), a multiple of 2^-53. */
double trb_random_uniform(trb_random *random);

/** Standard normal deviate. */
double trb_random_normal(trb_random *random);

/**
 * Standard normal deviate number `index` of stream `seed`, without a sequence: voxel i of a noisy image is
 * the same whichever thread makes it, and in whichever order.
 */
double trb_random_normal_at(uint64_t seed, uint64_t index);

/**
 * sin and cos of 2 pi turns, from additions and multiplications alone, so that the last bit does not depend
 * on the C library. Absolute error below 2e-15 (for |turns| < 2^20 or so; the error of the argument itself
 * comes on top).
 */
void trb_sincos_turns(double turns, double *sine, double *cosine);

#endif
