/*
 * ipl_sweep.c - contact vectors by the sweep of IPL (a vector distance transform after Danielsson).
 *
 * Object voxels begin unset, all others with the vector 0. Slices ascending, then descending; in each slice
 * four sub-scans, (y, x) directions ++ +- -- -+ in the first pass and their opposites in the second. In a
 * sub-scan with directions (dz,dy,dx) a voxel takes, in this order, from the neighbours
 *     -dz   -dy   -dx   -dz-dy   -dz-dx   -dy-dx   -dz-dy-dx
 * the neighbour's vector plus the offset to it when that is strictly shorter than what it has.
 * The order is part of the definition: s depends on which of two equally near contacts is kept.
 *
 * A row step sees four rows: its own, the one at -dy, and these two in the slice at -dz. Squared lengths are
 * kept for two slices only. "Unset" is the vector 0 with length IPL_FAR: what a neighbour would take from it is
 * longer than IPL_FAR, so no test for it is needed. The same holds for what lies outside the image.
 *
 * Source: Danielsson 1980, Comput Graph Image Process 14:227-248; the order of IPL from its re-implementation
 * reported bit-identical on 21 scans (definitions, 3.3).
 */
#include "measure/ipl_sweep.h"

#include "core/memory.h"

#include <stdlib.h>

#define FAR8 (8 * IPL_FAR)

/* Each slice of lengths has a row of FAR8 above and below; FAR8 also lies between rows. */
static size_t slice_values(const ipl_field *field)
{
    return (field->grid.ny + 2) * field->stride + IPL_LEAD;
}

static int32_t *slice_lengths(const ipl_sweeper *s, size_t which)
{
    return s->lengths + which * slice_values(s->field) + IPL_LEAD + s->field->stride;
}

trb_status ipl_sweeper_init(const ipl_field *field, const trb_mask *object, ipl_sweeper *out, trb_error *err)
{
    *out = (ipl_sweeper){.field = field, .object = object, .steps = ipl_row_steps_choose()};
    const size_t values = 2 * slice_values(field);
    out->lengths = trb_alloc(values, sizeof *out->lengths, "contact distances of two slices", err);
    out->zero = trb_alloc_zero(field->stride + 2 * IPL_LEAD, sizeof *out->zero, "a row of vectors", err);
    if (!out->lengths || !out->zero)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < values; i++)
        out->lengths[i] = FAR8;
    out->far_row = slice_lengths(out, 0) - field->stride;
    ipl_sweeper_start(out);
    return TRB_OK;
}

void ipl_sweeper_clear(ipl_sweeper *sweeper)
{
    free(sweeper->lengths);
    free(sweeper->zero);
    *sweeper = (ipl_sweeper){0};
}

/* Row y of slice z with its lengths n; outside the image, or when there is nothing, a row of nothing. */
static ipl_row row_at(const ipl_sweeper *s, int32_t *n, ptrdiff_t y, ptrdiff_t z)
{
    if (!n || y < 0 || y >= (ptrdiff_t)s->field->grid.ny)
        return (ipl_row){s->far_row, s->zero + IPL_LEAD, s->zero + IPL_LEAD, s->zero + IPL_LEAD};
    const size_t in_plane = (size_t)y * s->field->stride;
    const size_t at = ((size_t)z - s->field->first_z) * s->field->plane + in_plane;
    return (ipl_row){n + in_plane, s->field->x + at, s->field->y + at, s->field->z + at};
}

static void load_lengths(const ipl_sweeper *s, size_t z)
{
    for (size_t y = 0; y < s->field->grid.ny; y++) {
        const ipl_row own = row_at(s, s->own_n, (ptrdiff_t)y, (ptrdiff_t)z);
        s->steps.lengths(&own, trb_mask_row(s->object, y, z), s->field->grid.nx, FAR8);
    }
}

void ipl_sweeper_start(ipl_sweeper *sweeper)
{
    sweeper->own_n = NULL;
}

void ipl_sweeper_start_behind(ipl_sweeper *sweeper, size_t z)
{
    sweeper->own_n = slice_lengths(sweeper, 0);
    load_lengths(sweeper, z);
}

static void sub_scan(const ipl_sweeper *s, ptrdiff_t z, const ipl_scan *scan)
{
    const ptrdiff_t ny = (ptrdiff_t)s->field->grid.ny;
    for (ptrdiff_t i = 0; i < ny; i++) {
        const ptrdiff_t y = scan->dy > 0 ? i : ny - 1 - i, side = y - scan->dy, below = z - scan->dz;
        const ipl_rows rows = {row_at(s, s->own_n, y, z), row_at(s, s->own_n, side, z),
                               row_at(s, s->behind_n, y, below), row_at(s, s->behind_n, side, below)};
        s->steps.step(&rows, trb_mask_row(s->object, (size_t)y, (size_t)z), s->field->grid.nx, scan);
    }
}

void ipl_sweeper_slice(ipl_sweeper *sweeper, size_t z, int dz)
{
    const ipl_scan scans[4] = {{0, dz, dz, dz}, {1, -dz, dz, dz}, {2, -dz, -dz, dz}, {3, dz, -dz, dz}};
    sweeper->behind_n = sweeper->own_n;
    sweeper->own_n = slice_lengths(sweeper, sweeper->behind_n == slice_lengths(sweeper, 0));
    load_lengths(sweeper, z);
    for (int k = 0; k < 4; k++)
        sub_scan(sweeper, (ptrdiff_t)z, &scans[k]);
}
