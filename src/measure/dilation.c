/* dilation.c - one step of dilation, and what it does to surface and volume. */
#include "trabecula/model_index.h"

#include "trabecula/surface.h"

#include <math.h>

/* OR of word w over the rows around (y, z), cut to the image: all of a box, or the four that share a face. */
static uint64_t around(const trb_mask *mask, bool box, size_t y, size_t z, size_t w)
{
    const trb_grid *grid = &mask->grid;
    uint64_t word = 0;
    for (size_t dz = z > 0 ? 0 : 1; dz < 3 && z + dz - 1 < grid->nz; dz++)
        for (size_t dy = y > 0 ? 0 : 1; dy < 3 && y + dy - 1 < grid->ny; dy++)
            if (box || dy == 1 || dz == 1)
                word |= trb_mask_row(mask, y + dy - 1, z + dz - 1)[w];
    return word;
}

/* With 26 neighbours the rows are joined first and grow along x together; with 6 only the middle row grows. */
static void dilate_row(const trb_mask *mask, bool box, size_t y, size_t z, uint64_t *out)
{
    const size_t words = mask->words_per_row;
    const uint64_t *row = trb_mask_row(mask, y, z);
    uint64_t before = 0, here = box ? around(mask, true, y, z, 0) : row[0];
    for (size_t w = 0; w < words; w++) {
        const uint64_t after = w + 1 == words ? 0 : box ? around(mask, true, y, z, w + 1) : row[w + 1];
        out[w] = here | here << 1 | here >> 1 | before >> 63 | after << 63;
        if (!box)
            out[w] |= around(mask, false, y, z, w);
        before = here;
        here = after;
    }
    out[words - 1] &= trb_mask_tail(mask);
}

static trb_status dilate(const trb_mask *mask, int neighbours, trb_mask **out, trb_error *err)
{
    const trb_status status = trb_mask_create(&mask->grid, out, err);
    if (status)
        return status;
    const ptrdiff_t nz = (ptrdiff_t)mask->grid.nz;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = 0; z < nz; z++)
        for (size_t y = 0; y < mask->grid.ny; y++)
            dilate_row(mask, neighbours == 26, y, (size_t)z, trb_mask_row(*out, y, (size_t)z));
    return TRB_OK;
}

trb_status trb_dilation_measure(const trb_mask *bone, const trb_mask *voi, int neighbours, trb_dilation *out,
                                trb_error *err)
{
    *out = (trb_dilation){NAN, NAN, {NAN, NAN}, {0, 0}};
    if (neighbours != 6 && neighbours != 26)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "dilation by %d neighbours; 6 and 26 are known", neighbours);
    trb_surface_counts counts[2];
    trb_mask *grown = NULL;
    trb_status status = trb_surface_count(bone, voi, &counts[0], err);
    if (!status)
        status = dilate(bone, neighbours, &grown, err);
    if (!status)
        status = trb_surface_count(grown, voi, &counts[1], err);
    if (!status) {
        out->voxels[0] = trb_mask_count_and(bone, voi);
        out->voxels[1] = trb_mask_count_and(grown, voi);
        for (int i = 0; i < 2; i++)
            out->area_vox2[i] = trb_surface_marching_cubes(&counts[i], TRB_SURFACE_LEWINER);
        const double s = out->area_vox2[0], ds = out->area_vox2[1] - s, v = (double)out->voxels[0];
        if (s > 0)
            out->smi = 6 * v * ds / (s * s);
        if (out->voxels[0] && out->voxels[1] > out->voxels[0])
            out->tb_pf = ds / ((double)out->voxels[1] - v);
    }
    trb_mask_destroy(grown);
    return status;
}
