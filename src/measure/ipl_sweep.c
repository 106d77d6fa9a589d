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
#include "measure/ipl_rows.h"
#include "measure/ipl_steps.h"

#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

/* Eight times the squared lengths of two slices, with a row of FAR8 above and below, and FAR8 between rows. */
#define FAR8 (8 * IPL_FAR)
typedef struct lengths {
    size_t stride, rows;
    int32_t *memory, *slice[2];
} lengths;

static trb_status lengths_init(const ipl_field *field, lengths *out, trb_error *err)
{
    out->stride = field->stride;
    out->rows = field->grid.ny + 2;
    const size_t each = out->rows * out->stride + IPL_LEAD;
    out->memory = trb_alloc(2 * each, sizeof *out->memory, "contact distances of two slices", err);
    if (!out->memory)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < 2 * each; i++)
        out->memory[i] = FAR8;
    for (size_t i = 0; i < 2; i++)
        out->slice[i] = out->memory + i * each + IPL_LEAD + out->stride;
    return TRB_OK;
}

/* What a slice needs to be swept: the fields, lengths of it and of the slice behind, and rows of nothing. */
typedef struct sweep {
    const ipl_field *field;
    const trb_mask *object;
    ipl_row_steps steps;
    int32_t *own_n, *behind_n; /* row 0 of the slice, and of the slice at -dz */
    int32_t *far_row;          /* a row of FAR8 */
    int16_t *zero_row;         /* a row of vectors 0 */
} sweep;

/* Row y of slice z; outside the image a row of nothing. */
static ipl_row row_at(const sweep *s, int32_t *n, ptrdiff_t y, ptrdiff_t z)
{
    const trb_grid *grid = &s->field->grid;
    if (z < 0 || z >= (ptrdiff_t)grid->nz || y < 0 || y >= (ptrdiff_t)grid->ny)
        return (ipl_row){s->far_row, s->zero_row, s->zero_row, s->zero_row};
    const size_t in_plane = (size_t)y * s->field->stride, at = (size_t)z * s->field->plane + in_plane;
    return (ipl_row){n + in_plane, s->field->x + at, s->field->y + at, s->field->z + at};
}

static void sub_scan(const sweep *s, ptrdiff_t z, const ipl_scan *scan)
{
    const trb_grid *grid = &s->field->grid;
    const ptrdiff_t ny = (ptrdiff_t)grid->ny;
    for (ptrdiff_t i = 0; i < ny; i++) {
        const ptrdiff_t y = scan->dy > 0 ? i : ny - 1 - i, side = y - scan->dy, below = z - scan->dz;
        const ipl_rows rows = {row_at(s, s->own_n, y, z), row_at(s, s->own_n, side, z),
                               row_at(s, s->behind_n, y, below), row_at(s, s->behind_n, side, below)};
        s->steps.step(&rows, trb_mask_row(s->object, (size_t)y, (size_t)z), grid->nx, scan);
    }
}

static void pass(sweep *s, const lengths *n, int dz)
{
    const trb_grid *grid = &s->field->grid;
    const ipl_scan scans[4] = {{0, dz, dz, dz}, {1, -dz, dz, dz}, {2, -dz, -dz, dz}, {3, dz, -dz, dz}};
    for (size_t i = 0; i < grid->nz; i++) {
        const size_t z = dz > 0 ? i : grid->nz - 1 - i;
        s->own_n = n->slice[i & 1];
        s->behind_n = n->slice[(i + 1) & 1];
        for (size_t y = 0; y < grid->ny; y++) {
            const ipl_row own = row_at(s, s->own_n, (ptrdiff_t)y, (ptrdiff_t)z);
            s->steps.lengths(&own, trb_mask_row(s->object, y, z), grid->nx, FAR8);
        }
        for (int k = 0; k < 4; k++)
            sub_scan(s, (ptrdiff_t)z, &scans[k]);
    }
}

static trb_status check(const trb_mask *object, trb_error *err)
{
    const trb_grid *grid = &object->grid;
    const double nx = (double)grid->nx, ny = (double)grid->ny, nz = (double)grid->nz;
    if (nx * nx + ny * ny + nz * nz > (double)IPL_DIAGONAL_MAX * IPL_DIAGONAL_MAX)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "the ipl rule measures images with a diagonal of up to %d voxels, this one has "
                             "%zu x %zu x %zu; crop it to the region of interest",
                             IPL_DIAGONAL_MAX, grid->nx, grid->ny, grid->nz);
    if (trb_mask_count(object) == trb_grid_voxels(grid))
        return trb_error_set(err, TRB_ERR_DATA,
                             "every voxel of the image is object: without background its thickness has no "
                             "limit; check the threshold");
    return TRB_OK;
}

trb_status ipl_field_create(const trb_mask *object, bool plain, ipl_field *out, trb_error *err)
{
    const trb_grid *grid = &object->grid;
    *out = (ipl_field){.grid = *grid};
    trb_status status = check(object, err);
    if (status)
        return status;
    out->stride = (grid->nx / 16 + 1) * 16;
    out->plane = grid->ny * out->stride;
    const size_t each = trb_size_multiply(grid->nz, out->plane);
    lengths n = {0};
    int16_t *zero_row = trb_alloc_zero(out->stride + IPL_LEAD, sizeof *zero_row, "a row of vectors", err);
    /* IPL_LEAD before each component; behind the last one too, for steps that read whole vectors */
    out->memory = trb_alloc_zero(each ? 3 * (each + IPL_LEAD) + IPL_LEAD : SIZE_MAX, sizeof *out->memory,
                                 "contact vectors", err);
    status = zero_row && out->memory ? lengths_init(out, &n, err) : TRB_ERR_MEMORY;
    if (status)
        goto done;
    out->x = out->memory + IPL_LEAD;
    out->y = out->x + each + IPL_LEAD;
    out->z = out->y + each + IPL_LEAD;
    sweep s = {.field = out, .object = object, .zero_row = zero_row + IPL_LEAD};
    s.steps = ipl_row_steps_choose(plain);
    s.far_row = n.slice[0] - out->stride;
    pass(&s, &n, 1);
    pass(&s, &n, -1);
done:
    free(n.memory);
    free(zero_row);
    if (status)
        ipl_field_clear(out);
    return status;
}

void ipl_field_clear(ipl_field *field)
{
    free(field->memory);
    *field = (ipl_field){0};
}
