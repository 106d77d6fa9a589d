/*
 * otsu.c - the threshold of largest between-class variance, in exact integers.
 *
 * With n0 voxels of sum s0 below a candidate (bin numbers, not grey values: the rule does not change under
 * grey = lowest + k * width), N and S in all, the between-class variance times N^2 is
 *     (N s0 - n0 S)^2 / (n0 (N - n0)).
 * Candidates are compared as fractions, by cross products. Rounding could prefer the wrong one of two nearly
 * equal maxima; whole numbers cannot.
 */
#include "trabecula/threshold.h"

__extension__ typedef unsigned __int128 u128;

#define LIMBS 6
#define TOTAL_MAX ((uint64_t)1 << 44) /* 16 T voxels */
#define BINS_MAX ((size_t)1 << 20)

/* A whole number of 384 bits, least limb first: a^2 needs 216 bits, times n0 (N - n0) 304. */
typedef struct big {
    uint64_t limb[LIMBS];
} big;

static big big_from(u128 value)
{
    return (big){{(uint64_t)value, (uint64_t)(value >> 64)}};
}

static big big_times(const big *a, const big *b)
{
    big product = {{0}};
    for (int i = 0; i < LIMBS; i++) {
        uint64_t carry = 0;
        for (int j = 0; i + j < LIMBS; j++) {
            const u128 sum = (u128)a->limb[i] * b->limb[j] + product.limb[i + j] + carry;
            product.limb[i + j] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }
    }
    return product;
}

static bool big_greater(const big *a, const big *b)
{
    for (int i = LIMBS - 1; i >= 0; i--)
        if (a->limb[i] != b->limb[i])
            return a->limb[i] > b->limb[i];
    return false;
}

trb_status trb_otsu(const trb_histogram *histogram, double *threshold, trb_error *err)
{
    uint64_t total = 0;
    u128 sum = 0;
    size_t occupied = 0, best = 0;
    for (size_t k = 0; k < histogram->bins; k++) {
        if (histogram->counts[k] > TOTAL_MAX - total || k >= BINS_MAX)
            return trb_error_set(err, TRB_ERR_ARGUMENT, "a histogram for Otsu may hold 2^44 voxels in 2^20 bins");
        total += histogram->counts[k];
        sum += (u128)histogram->counts[k] * k;
        occupied += histogram->counts[k] > 0;
    }
    if (occupied < 2)
        return trb_error_set(err, TRB_ERR_DATA,
                             "Otsu needs at least two different grey values in the VOI, there %s: look at the "
                             "VOI and the image, or give a fixed threshold",
                             occupied ? "is one" : "are none");
    big best_square = big_from(0), best_product = big_from(1);
    uint64_t below = 0;
    u128 sum_below = 0;
    for (size_t k = 1; k < histogram->bins; k++) { /* classes: bins below k, bins from k */
        below += histogram->counts[k - 1];
        sum_below += (u128)histogram->counts[k - 1] * (k - 1);
        if (below == 0)
            continue;
        if (below == total)
            break;
        /* n0 S >= N s0, because the lower class has the lower mean */
        const big difference = big_from((u128)below * sum - (u128)total * sum_below);
        const big square = big_times(&difference, &difference);
        const big product = big_from((u128)below * (total - below));
        const big mine = big_times(&square, &best_product), other = big_times(&best_square, &product);
        if (big_greater(&mine, &other)) { /* strictly: of equal ones the first stays */
            best = k;
            best_square = square;
            best_product = product;
        }
    }
    *threshold = histogram->lowest + (double)best * histogram->width;
    return TRB_OK;
}
