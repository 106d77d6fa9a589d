/*
 * ipl_diameter.c - the whole-voxel diameter of the ball at a centre.
 *
 * Version 1: D = floor(2 s + 1/2).
 * Version 3: the ball is pinned between two walls. P1 = x + p is the contact point of x on a voxel face. The
 * neighbour y = x - round(p / s), component by component, lies one step on the opposite side; P2 = y + p_y is its
 * contact point (y itself when y is background). D = |P1 - P2| rounded half up when the midpoint of P1 and P2 is
 * less than 1 voxel from x; otherwise, and when y is outside the image, version 1.
 *
 * Everything is in half voxels, so the answer is exact: with q = 2 (P1 - x), r = 2 (P2 - x) the midpoint is near
 * when |q + r|^2 < 16, and D is the largest whole number with (2 D - 1)^2 <= |q - r|^2. p_i / s is never 1/2:
 * 4 s^2 is a sum of one to three odd squares, hence 1, 2 or 3 modulo 8, while 4 (2 p_i)^2 is 4.
 */
#include "measure/ipl_steps.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>

static int64_t square_sum(const int a[3])
{
    return (int64_t)a[0] * a[0] + (int64_t)a[1] * a[1] + (int64_t)a[2] * a[2];
}

/* Largest D with (2 D - 1)^2 <= n, for n >= 1: sqrt(n) / 2 rounded half up. The root of an integer below 2^52 is
 * never rounded across an odd whole number. */
static unsigned half_root(int64_t n)
{
    return (unsigned)((sqrt((double)n) + 1) / 2);
}

static unsigned diameter_1(const int q[3])
{
    return half_root(4 * square_sum(q));
}

static unsigned diameter_3(const ipl_field *field, const size_t at[3], const int q[3])
{
    const size_t size[3] = {field->grid.nx, field->grid.ny, field->grid.nz};
    const int64_t q2 = square_sum(q);
    int step[3], v[3], r[3], middle[3], apart[3];
    size_t y[3];
    for (int i = 0; i < 3; i++) {
        const bool moves = 4 * (int64_t)q[i] * q[i] > q2; /* |p_i| / s > 1/2 */
        step[i] = moves ? (q[i] > 0 ? -1 : 1) : 0;
        if ((step[i] < 0 && at[i] == 0) || (step[i] > 0 && at[i] + 1 == size[i]))
            return diameter_1(q);
        y[i] = at[i] + (size_t)step[i];
    }
    ipl_field_get(field, y[0], y[1], y[2], v);
    for (int i = 0; i < 3; i++) {
        r[i] = 2 * step[i] + ipl_face2(v[i]);
        middle[i] = q[i] + r[i];
        apart[i] = q[i] - r[i];
    }
    return square_sum(middle) < 16 ? half_root(square_sum(apart)) : diameter_1(q);
}

/* The balls of one slice, in the order of their centres; returns the largest diameter. */
static unsigned slice_balls(const ipl_field *field, const trb_mask *ridge, size_t z, int version, ipl_ball *out)
{
    unsigned largest = 0;
    for (size_t y = 0; y < ridge->grid.ny; y++) {
        const uint64_t *row = trb_mask_row(ridge, y, z);
        for (size_t w = 0; w < ridge->words_per_row; w++)
            for (uint64_t bits = row[w]; bits; bits &= bits - 1) {
                const size_t x = w * 64 + (size_t)__builtin_ctzll(bits), at[3] = {x, y, z};
                int v[3];
                ipl_field_get(field, x, y, z, v);
                const int q[3] = {ipl_face2(v[0]), ipl_face2(v[1]), ipl_face2(v[2])};
                const unsigned d = version == 1 ? diameter_1(q) : diameter_3(field, at, q);
                *out++ = (ipl_ball){(uint16_t)x, (uint16_t)y, (uint16_t)z, (uint16_t)d};
                largest = d > largest ? d : largest;
            }
    }
    return largest;
}

static size_t slice_count(const trb_mask *mask, size_t z)
{
    const uint64_t *words = trb_mask_row(mask, 0, z);
    size_t count = 0;
    for (size_t i = 0; i < mask->words_per_row * mask->grid.ny; i++)
        count += (size_t)__builtin_popcountll(words[i]);
    return count;
}

trb_status ipl_balls_create(const ipl_field *field, const trb_mask *ridge, int version, ipl_balls *out,
                            trb_error *err)
{
    const ptrdiff_t nz = (ptrdiff_t)ridge->grid.nz;
    *out = (ipl_balls){0};
    out->first = trb_alloc((size_t)nz + 1, sizeof *out->first, "the number of balls in each slice", err);
    if (!out->first)
        return TRB_ERR_MEMORY;
    out->first[0] = 0;
#pragma omp parallel for schedule(static) if (ipl_worth_threads(&ridge->grid))
    for (ptrdiff_t z = 0; z < nz; z++)
        out->first[z + 1] = slice_count(ridge, (size_t)z);
    for (ptrdiff_t z = 0; z < nz; z++)
        out->first[z + 1] += out->first[z];
    out->ball = trb_alloc(out->first[nz] + 1, sizeof *out->ball, "balls", err);
    if (!out->ball) {
        ipl_balls_clear(out);
        return TRB_ERR_MEMORY;
    }
    unsigned largest = 0;
#pragma omp parallel for schedule(static) reduction(max : largest) if (ipl_worth_threads(&ridge->grid))
    for (ptrdiff_t z = 0; z < nz; z++) {
        const unsigned d = slice_balls(field, ridge, (size_t)z, version, out->ball + out->first[z]);
        largest = d > largest ? d : largest;
    }
    out->largest = largest;
    return TRB_OK;
}

void ipl_balls_clear(ipl_balls *balls)
{
    free(balls->first);
    free(balls->ball);
    *balls = (ipl_balls){0};
}
