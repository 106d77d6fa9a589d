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
#include <string.h>

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

/* The balls of slice z, whose centres are plane z - ridge_z of `ridge`; returns the largest diameter. */
static unsigned slice_balls(const ipl_field *field, const trb_mask *ridge, size_t ridge_z, size_t z, int version,
                            ipl_ball *out)
{
    unsigned largest = 0;
    for (size_t y = 0; y < ridge->grid.ny; y++) {
        const uint64_t *row = trb_mask_row(ridge, y, z - ridge_z);
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

/* Slices from <= z < to: first[z - from] .. first[z - from + 1] are the balls of slice z. first: to - from + 1. */
static trb_status balls_of_slices(const ipl_field *field, const trb_mask *ridge, size_t ridge_z, size_t from, size_t to,
                                  int version, size_t *first, ipl_ball **out, unsigned *largest_of_all, trb_error *err)
{
    const ptrdiff_t n = (ptrdiff_t)(to - from);
    first[0] = 0;
#pragma omp parallel for schedule(static) if (ipl_worth_threads(&field->grid))
    for (ptrdiff_t i = 0; i < n; i++)
        first[i + 1] = slice_count(ridge, from + (size_t)i - ridge_z);
    for (ptrdiff_t i = 0; i < n; i++)
        first[i + 1] += first[i];
    ipl_ball *balls = trb_alloc(first[n] + 1, sizeof *balls, "balls", err);
    if (!balls)
        return TRB_ERR_MEMORY;
    unsigned largest = 0;
#pragma omp parallel for schedule(static) reduction(max : largest) if (ipl_worth_threads(&field->grid))
    for (ptrdiff_t i = 0; i < n; i++) {
        const unsigned d = slice_balls(field, ridge, ridge_z, from + (size_t)i, version, balls + first[i]);
        largest = d > largest ? d : largest;
    }
    *largest_of_all = largest > *largest_of_all ? largest : *largest_of_all;
    *out = balls;
    return TRB_OK;
}

trb_status ipl_balls_create(const ipl_field *field, const trb_mask *ridge, int version, ipl_balls *out,
                            trb_error *err)
{
    const size_t nz = ridge->grid.nz;
    *out = (ipl_balls){0};
    out->first = trb_alloc(nz + 1, sizeof *out->first, "the number of balls in each slice", err);
    trb_status status = out->first ? TRB_OK : TRB_ERR_MEMORY;
    if (!status)
        status = balls_of_slices(field, ridge, 0, 0, nz, version, out->first, &out->ball, &out->largest, err);
    if (status)
        ipl_balls_clear(out);
    return status;
}

/* ---- window by window, from above: the balls of a window, and the window before it */

typedef struct window_balls {
    struct window_balls *above;
    size_t from, to;
    ipl_ball *ball;
    size_t first[]; /* to - from + 1 */
} window_balls;

typedef struct gathering {
    const trb_mask *where;
    int version;
    window_balls *lowest;
    unsigned largest;
} gathering;

static trb_status gather(void *user, const ipl_field *field, size_t from, size_t to, trb_error *err)
{
    gathering *g = user;
    trb_grid part = field->grid;
    part.nz = to - from;
    trb_mask *ridge = NULL;
    window_balls *window = trb_alloc_zero(1, sizeof *window + (to - from + 1) * sizeof *window->first, "balls", err);
    if (!window)
        return TRB_ERR_MEMORY;
    window->above = g->lowest;
    window->from = from;
    window->to = to;
    g->lowest = window;
    trb_status status = trb_mask_create(&part, &ridge, err);
    if (!status)
        status = ipl_ridge_slices(field, g->where, from, to, ridge, from, err);
    if (!status)
        status = balls_of_slices(field, ridge, from, from, to, g->version, window->first, &window->ball, &g->largest, err);
    trb_mask_destroy(ridge);
    return status;
}

/* All windows in one list, in the order of their centres. */
static trb_status join(const gathering *g, size_t nz, ipl_balls *out, trb_error *err)
{
    size_t total = 0;
    for (const window_balls *w = g->lowest; w; w = w->above)
        total += w->first[w->to - w->from];
    out->first = trb_alloc(nz + 1, sizeof *out->first, "the number of balls in each slice", err);
    out->ball = trb_alloc(total + 1, sizeof *out->ball, "balls", err);
    if (!out->first || !out->ball)
        return TRB_ERR_MEMORY;
    total = 0;
    for (const window_balls *w = g->lowest; w; w = w->above) {
        for (size_t z = w->from; z < w->to; z++)
            out->first[z] = total + w->first[z - w->from];
        const size_t n = w->first[w->to - w->from];
        memcpy(out->ball + total, w->ball, n * sizeof *w->ball);
        total += n;
    }
    out->first[nz] = total;
    out->largest = g->largest;
    return TRB_OK;
}

trb_status ipl_balls_walk(const trb_mask *object, const trb_mask *where, int version, size_t bytes, ipl_balls *out,
                          trb_error *err)
{
    gathering g = {where, version, NULL, 0};
    *out = (ipl_balls){0};
    trb_status status = ipl_walk(object, bytes, gather, &g, err);
    if (!status)
        status = join(&g, object->grid.nz, out, err);
    while (g.lowest) {
        window_balls *above = g.lowest->above;
        free(g.lowest->ball);
        free(g.lowest);
        g.lowest = above;
    }
    if (status)
        ipl_balls_clear(out);
    return status;
}

void ipl_balls_clear(ipl_balls *balls)
{
    free(balls->first);
    free(balls->ball);
    *balls = (ipl_balls){0};
}
