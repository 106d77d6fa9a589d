/*
 * erode.c - one erosion step on packed rows, 64 voxels at a time; declared in density.h.
 *
 * The 26-neighbourhood is a box, and erosion by a box is erosion along x of the AND over the rows y - 1 ... y + 1,
 * z - 1 ... z + 1. With 6 neighbours only the middle row is eroded along x. Outside the image counts as set: its
 * border does not erode.
 */
#include "trabecula/density.h"

/* AND of word w over the rows around (y, z); y0 ... y1 and z0 ... z1 are cut to the image, ends included. */
static uint64_t box_word(const trb_mask *mask, size_t y0, size_t y1, size_t z0, size_t z1, size_t w)
{
    uint64_t word = ~(uint64_t)0;
    for (size_t z = z0; z <= z1; z++)
        for (size_t y = y0; y <= y1; y++)
            word &= trb_mask_row(mask, y, z)[w];
    return word;
}

static void erode_row(const trb_mask *mask, int neighbours, size_t y, size_t z, uint64_t *out)
{
    const size_t last = mask->words_per_row - 1;
    const size_t y0 = y > 0 ? y - 1 : y, y1 = y + 1 < mask->grid.ny ? y + 1 : y;
    const size_t z0 = z > 0 ? z - 1 : z, z1 = z + 1 < mask->grid.nz ? z + 1 : z;
    const bool box = neighbours == 26;
    const uint64_t tail = trb_mask_tail(mask);
    uint64_t before = ~(uint64_t)0;
    uint64_t here = box ? box_word(mask, y0, y1, z0, z1, 0) : trb_mask_row(mask, y, z)[0];
    for (size_t w = 0; w <= last; w++) {
        uint64_t after = ~(uint64_t)0;
        if (w < last)
            after = box ? box_word(mask, y0, y1, z0, z1, w + 1) : trb_mask_row(mask, y, z)[w + 1];
        else
            here |= ~tail;
        uint64_t word = here & (here << 1 | before >> 63) & (here >> 1 | after << 63);
        if (!box)
            word &= box_word(mask, y0, y1, z, z, w) & box_word(mask, y, y, z0, z1, w);
        out[w] = w == last ? word & tail : word;
        before = here;
        here = after;
    }
}

trb_status trb_mask_erode(const trb_mask *mask, int neighbours, trb_mask **out, trb_error *err)
{
    *out = NULL;
    if (neighbours != 6 && neighbours != 26)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "erosion by %d neighbours; 6 and 26 are known", neighbours);
    trb_mask *eroded = NULL;
    const trb_status status = trb_mask_create(&mask->grid, &eroded, err);
    if (status)
        return status;
    const ptrdiff_t nz = (ptrdiff_t)mask->grid.nz;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = 0; z < nz; z++)
        for (size_t y = 0; y < mask->grid.ny; y++)
            erode_row(mask, neighbours, y, (size_t)z, trb_mask_row(eroded, y, (size_t)z));
    *out = eroded;
    return TRB_OK;
}
