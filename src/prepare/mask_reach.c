/*
 * mask_reach.c - see mask_reach.h.
 * A distance up to the radius ends at most `reach` planes away. So the map of planes z0 - reach ... z1 + reach is
 * right, up to the radius, in the planes z0 ... z1, whatever lies beyond.
 */
#include "prepare/mask_reach.h"

#include "trabecula/distance.h"

#include <math.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)64 << 20) /* of a distance map; more where the reach alone needs more */

/* d2 <= limit of some rows into the bits of a row of the result. */
static void pack_row(const uint32_t *d2, size_t nx, uint32_t limit, uint64_t *row)
{
    for (size_t x = 0; x < nx; x += 64) {
        const size_t n = nx - x < 64 ? nx - x : 64;
        uint64_t word = 0;
        for (size_t i = 0; i < n; i++)
            word |= (uint64_t)(d2[x + i] <= limit) << i;
        row[x >> 6] = word;
    }
}

/* Planes z0 ... z1 of the result. others: the voxels that are not of the source. */
static trb_status reach_block(const trb_mask *others, size_t reach, uint32_t limit, size_t z0, size_t z1,
                              trb_mask *out, trb_error *err)
{
    const size_t nz = others->grid.nz, from = z0 > reach ? z0 - reach : 0, to = nz - z1 > reach ? z1 + reach : nz;
    trb_mask part = *others; /* a view of its planes */
    part.grid.nz = to - from;
    part.bits = trb_mask_row(others, 0, from);
    trb_volume *distance = NULL;
    trb_error inner = {TRB_OK, ""};
    const trb_status status = trb_distance_squared(&part, TRB_BORDER_UNKNOWN, &distance, &inner);
    if (status == TRB_ERR_DATA)
        return TRB_OK; /* no source near: nothing is reached */
    if (status)
        return trb_error_set(err, status, "%s", inner.text);
    const size_t nx = part.grid.nx, ny = part.grid.ny;
    const ptrdiff_t first = (ptrdiff_t)z0, end = (ptrdiff_t)z1;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = first; z < end; z++)
        for (size_t y = 0; y < ny; y++)
            pack_row((const uint32_t *)distance->voxels + (((size_t)z - from) * ny + y) * nx, nx, limit,
                     trb_mask_row(out, y, (size_t)z));
    trb_volume_destroy(distance);
    return TRB_OK;
}

/* Planes at a time, without the reach around them. */
static size_t planes_of_block(const trb_grid *grid, size_t reach)
{
    const size_t planes = BLOCK_BYTES / (grid->nx * grid->ny * sizeof(uint32_t));
    return planes > 4 * reach ? planes - 2 * reach : 2 * reach + 1;
}

double trb_mask_reach_bytes(const trb_grid *grid, double radius_vox)
{
    const size_t reach = (size_t)ceil(fmin(radius_vox, 32768));
    const double plane = (double)grid->nx * (double)grid->ny, row_bytes = 8 * ceil((double)grid->nx / 64);
    const double planes = fmin((double)(planes_of_block(grid, reach) + 2 * reach), (double)grid->nz);
    /* The map and its passes; the complement and the result. */
    return 3 * planes * plane * sizeof(uint32_t) + 2 * row_bytes * (double)grid->ny * (double)grid->nz;
}

trb_status trb_mask_reach(const trb_mask *source, double radius_vox, trb_mask **out, trb_error *err)
{
    const trb_grid *grid = &source->grid;
    *out = NULL;
    /* Beyond twice the image's size a ball reaches everything, and squares stay within 32 bits. */
    const double radius = fmin(radius_vox, 32768);
    const uint32_t limit = (uint32_t)floor(radius * radius + 1e-6); /* 2.9999999 voxels were meant as 3 */
    const size_t reach = (size_t)ceil(radius);
    const size_t block = planes_of_block(grid, reach);
    trb_mask *others = NULL, *made = NULL;
    trb_status status = trb_mask_complement(source, &others, err);
    if (!status)
        status = trb_mask_create(grid, &made, err);
    for (size_t z = 0; !status && z < grid->nz; z += block)
        status = reach_block(others, reach, limit, z, grid->nz - z < block ? grid->nz : z + block, made, err);
    trb_mask_destroy(others);
    if (status) {
        trb_mask_destroy(made);
        return status;
    }
    *out = made;
    return TRB_OK;
}
