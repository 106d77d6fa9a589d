/* margin.c - into a grid with a margin, and back: rows shifted by one bit. */
#include "measure/margin.h"

trb_status trb_mask_with_margin(const trb_mask *from, trb_mask **out, trb_error *err)
{
    trb_grid grid = from->grid;
    grid.nx += 2;
    grid.ny += 2;
    grid.nz += 2;
    trb_status status = trb_mask_create(&grid, out, err);
    for (size_t z = 0; !status && z < from->grid.nz; z++)
        for (size_t y = 0; y < from->grid.ny; y++) {
            const uint64_t *row = trb_mask_row(from, y, z);
            uint64_t *to = trb_mask_row(*out, y + 1, z + 1);
            for (size_t w = 0; w < from->words_per_row; w++) {
                to[w] |= row[w] << 1;
                if (w + 1 < (*out)->words_per_row)
                    to[w + 1] = row[w] >> 63;
            }
        }
    return status;
}

trb_status trb_mask_without_margin(const trb_mask *from, const trb_grid *grid, trb_mask **out, trb_error *err)
{
    trb_status status = trb_mask_create(grid, out, err);
    for (size_t z = 0; !status && z < grid->nz; z++)
        for (size_t y = 0; y < grid->ny; y++) {
            const uint64_t *row = trb_mask_row(from, y + 1, z + 1);
            uint64_t *to = trb_mask_row(*out, y, z);
            for (size_t w = 0; w < (*out)->words_per_row; w++)
                to[w] = row[w] >> 1 | (w + 1 < from->words_per_row ? row[w + 1] << 63 : 0);
        }
    return status;
}
