/*
 * ipl_ridge.c - which voxels are centres of balls.
 *
 * x is a centre unless an object 26-neighbour y in the image has |x-y| + s_x - s_y <= 0.9, in float64. The left
 * side falls as s_y rises, so of the 6, 12 and 8 neighbours at distance 1, sqrt 2 and sqrt 3 only the largest s_y
 * of each needs the test. Background has s = 0 and never takes part: s_x >= 1/2.
 *
 * s travels as 4 s^2, a whole number. A quick look at a whole row leaves few candidates, the test decides.
 */
#include "measure/ipl_rows.h"
#include "measure/ipl_steps.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double EPSILON = 0.9;

/* Rows of 4 s^2 have at least one 0 before and 16 values of room behind. */
#define BEFORE 8
#define BEHIND 24

/* 4 s^2 of one slice, with a row of 0 before the first and behind the last; all 0 outside the image. */
static void slice_squares(const ipl_field *field, const ipl_row_steps *steps, ptrdiff_t z, size_t stride,
                          int32_t *out)
{
    const size_t nx = field->grid.nx, ny = field->grid.ny;
    if (z < 0 || z >= (ptrdiff_t)field->grid.nz) {
        memset(out, 0, (ny + 2) * stride * sizeof *out);
        return;
    }
    for (size_t y = 0; y < ny; y++) {
        const size_t at = ((size_t)z - field->first_z) * field->plane + y * field->stride;
        int32_t *row = out + (y + 1) * stride + BEFORE;
        steps->squares(field->x + at, field->y + at, field->z + at, nx, row);
        row[nx] = 0;
    }
}

static int32_t larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* The larger of the two beside a value. */
static int32_t beside(const int32_t *v)
{
    return larger(v[-1], v[1]);
}

static double surface_distance(int32_t square)
{
    return sqrt((double)square) / 2;
}

/* Is the voxel at `m` a centre? l and h are the same place in the slices below and above, r one row. */
static bool is_centre(const int32_t *l, const int32_t *m, const int32_t *h, ptrdiff_t r)
{
    const double s = surface_distance(*m);
    const int32_t face = larger(larger(beside(m), larger(m[-r], m[r])), larger(*l, *h));
    if (1 + s - surface_distance(face) <= EPSILON)
        return false;
    const int32_t edge = larger(larger(larger(beside(m - r), beside(m + r)), larger(beside(l), beside(h))),
                                larger(larger(l[-r], l[r]), larger(h[-r], h[r])));
    if (sqrt(2) + s - surface_distance(edge) <= EPSILON)
        return false;
    const int32_t corner = larger(larger(beside(l - r), beside(l + r)), larger(beside(h - r), beside(h + r)));
    return sqrt(3) + s - surface_distance(corner) > EPSILON;
}

/* Three slices, the middle one is z; it becomes plane out_z of `out`. */
static void slice_ridge(int32_t *const slice[3], const ipl_row_steps *steps, size_t stride, const trb_mask *where,
                        size_t z, trb_mask *out, size_t out_z)
{
    for (size_t y = 0; y < out->grid.ny; y++) {
        const size_t at = (y + 1) * stride + BEFORE;
        const int32_t *l = slice[0] + at, *m = slice[1] + at, *h = slice[2] + at;
        const uint64_t *allowed = where ? trb_mask_row(where, y, z) : NULL;
        uint64_t *row = trb_mask_row(out, y, out_z), any = !allowed;
        for (size_t w = 0; w < out->words_per_row && !any; w++)
            any = allowed[w];
        if (!any)
            continue;
        steps->candidates(m, l, h, stride, out->grid.nx, row);
        for (size_t w = 0; w < out->words_per_row; w++) {
            row[w] &= allowed ? allowed[w] : ~(uint64_t)0;
            for (uint64_t bits = row[w]; bits; bits &= bits - 1) {
                const size_t x = w * 64 + (size_t)__builtin_ctzll(bits);
                if (!is_centre(l + x, m + x, h + x, (ptrdiff_t)stride))
                    row[w] &= ~(bits & -bits);
            }
        }
    }
}

trb_status ipl_ridge_slices(const ipl_field *field, const trb_mask *where, size_t from, size_t to, trb_mask *out,
                            size_t out_z, trb_error *err)
{
    const ipl_row_steps steps = ipl_row_steps_choose();
    const size_t stride = field->grid.nx + BEFORE + BEHIND, plane = (field->grid.ny + 2) * stride;
    bool short_of_memory = false;
#pragma omp parallel if (ipl_worth_threads(&field->grid))
    {
        int32_t *memory = trb_alloc_zero(3 * plane, sizeof *memory, "distances of three slices", NULL);
        int32_t *slice[3] = {memory, memory + plane, memory + 2 * plane};
        ptrdiff_t loaded = -2; /* slice[2] holds this one */
        if (!memory) {
#pragma omp atomic write
            short_of_memory = true;
        }
#pragma omp for schedule(static)
        for (ptrdiff_t z = (ptrdiff_t)from; z < (ptrdiff_t)to; z++) {
            if (!memory)
                continue;
            for (ptrdiff_t next = loaded == z ? z + 1 : z - 1; next <= z + 1; next++) {
                int32_t *oldest = slice[0];
                slice[0] = slice[1];
                slice[1] = slice[2];
                slice[2] = oldest;
                slice_squares(field, &steps, next, stride, oldest);
            }
            loaded = z + 1;
            slice_ridge(slice, &steps, stride, where, (size_t)z, out, (size_t)z - out_z);
        }
        free(memory);
    }
    if (short_of_memory)
        return trb_error_set(err, TRB_ERR_MEMORY, "not enough memory for distances of three slices per thread");
    return TRB_OK;
}

trb_status ipl_ridge_create(const ipl_field *field, const trb_mask *where, trb_mask **out, trb_error *err)
{
    *out = NULL;
    trb_mask *ridge = NULL;
    trb_status status = trb_mask_create(&field->grid, &ridge, err);
    if (!status)
        status = ipl_ridge_slices(field, where, 0, field->grid.nz, ridge, 0, err);
    if (status) {
        trb_mask_destroy(ridge);
        return status;
    }
    *out = ridge;
    return TRB_OK;
}
