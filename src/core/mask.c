/* mask.c - packed masks. */
#include "trabecula/mask.h"

#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

static size_t words(const trb_mask *mask)
{
    return mask->words_per_row * mask->grid.ny * mask->grid.nz;
}

trb_status trb_mask_create(const trb_grid *grid, trb_mask **out, trb_error *err)
{
    *out = NULL;
    trb_status status = trb_grid_check(grid, err);
    if (status)
        return status;
    trb_mask *mask = trb_alloc(1, sizeof *mask, "a mask", err);
    if (!mask)
        return TRB_ERR_MEMORY;
    mask->grid = *grid;
    mask->words_per_row = (grid->nx + 63) / 64;
    mask->bits = trb_alloc_zero(words(mask), sizeof *mask->bits, "a mask", err);
    if (!mask->bits) {
        free(mask);
        return TRB_ERR_MEMORY;
    }
    *out = mask;
    return TRB_OK;
}

void trb_mask_destroy(trb_mask *mask)
{
    if (!mask)
        return;
    free(mask->bits);
    free(mask);
}

trb_status trb_mask_copy(const trb_mask *mask, trb_mask **out, trb_error *err)
{
    trb_status status = trb_mask_create(&mask->grid, out, err);
    if (!status)
        memcpy((*out)->bits, mask->bits, words(mask) * sizeof *mask->bits);
    return status;
}

trb_status trb_mask_complement(const trb_mask *mask, trb_mask **out, trb_error *err)
{
    trb_status status = trb_mask_copy(mask, out, err);
    if (!status)
        trb_mask_invert(*out);
    return status;
}

void trb_mask_invert(trb_mask *mask)
{
    const ptrdiff_t n = (ptrdiff_t)words(mask);
    const size_t per_row = mask->words_per_row;
    const uint64_t tail = trb_mask_tail(mask);
#pragma omp parallel for schedule(static)
    for (ptrdiff_t i = 0; i < n; i++)
        mask->bits[i] = ~mask->bits[i] & ((size_t)i % per_row == per_row - 1 ? tail : ~(uint64_t)0);
}

size_t trb_mask_count_and(const trb_mask *a, const trb_mask *b)
{
    const ptrdiff_t n = (ptrdiff_t)words(a);
    size_t count = 0;
#pragma omp parallel for schedule(static) reduction(+ : count)
    for (ptrdiff_t i = 0; i < n; i++)
        count += (size_t)__builtin_popcountll(b ? a->bits[i] & b->bits[i] : a->bits[i]);
    return count;
}

size_t trb_mask_count(const trb_mask *mask)
{
    return trb_mask_count_and(mask, NULL);
}

void trb_mask_and(trb_mask *a, const trb_mask *b)
{
    const ptrdiff_t n = (ptrdiff_t)words(a);
#pragma omp parallel for schedule(static)
    for (ptrdiff_t i = 0; i < n; i++)
        a->bits[i] &= b->bits[i];
}

bool trb_mask_bounds(const trb_mask *mask, trb_box *bounds)
{
    const trb_grid *grid = &mask->grid;
    trb_box box = {{grid->nx, grid->ny, grid->nz}, {0, 0, 0}};
    for (size_t z = 0; z < grid->nz; z++)
        for (size_t y = 0; y < grid->ny; y++) {
            const uint64_t *row = trb_mask_row(mask, y, z);
            for (size_t w = 0; w < mask->words_per_row; w++) {
                if (!row[w])
                    continue;
                const size_t first = w * 64 + (size_t)__builtin_ctzll(row[w]);
                const size_t end = w * 64 + 64 - (size_t)__builtin_clzll(row[w]);
                const size_t lo[3] = {first, y, z}, hi[3] = {end, y + 1, z + 1};
                for (int axis = 0; axis < 3; axis++) {
                    box.lo[axis] = lo[axis] < box.lo[axis] ? lo[axis] : box.lo[axis];
                    box.hi[axis] = hi[axis] > box.hi[axis] ? hi[axis] : box.hi[axis];
                }
            }
        }
    *bounds = box;
    return box.hi[0] > 0;
}

void trb_mask_middle(const trb_grid *grid, const trb_mask *mask, size_t at[3])
{
    trb_box box = trb_grid_box(grid), bounds;
    if (mask && trb_mask_bounds(mask, &bounds))
        box = bounds;
    for (int axis = 0; axis < 3; axis++)
        at[axis] = (box.lo[axis] + box.hi[axis]) / 2;
}

trb_status trb_mask_from_volume(const trb_volume *volume, trb_mask **out, trb_error *err)
{
    *out = NULL;
    trb_status status = trb_volume_check_finite(volume, err);
    if (!status)
        status = trb_mask_create(&volume->grid, out, err);
    if (status)
        return status;
    trb_mask *mask = *out;
    const size_t bytes = trb_type_bytes(volume->type);
    const ptrdiff_t nz = (ptrdiff_t)volume->grid.nz;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = 0; z < nz; z++)
        for (size_t y = 0; y < volume->grid.ny; y++) {
            const unsigned char *row = trb_volume_row(volume, y, (size_t)z);
            uint64_t *bits = trb_mask_row(mask, y, (size_t)z);
            for (size_t x = 0; x < volume->grid.nx; x++) {
                unsigned char any = 0;
                for (size_t b = 0; b < bytes; b++)
                    any |= row[x * bytes + b];
                if (any == 0x80 && !trb_type_is_integer(volume->type)) /* minus zero is zero */
                    any = trb_volume_get(volume, x, y, (size_t)z) != 0;
                bits[x >> 6] |= (uint64_t)(any != 0) << (x & 63);
            }
        }
    return TRB_OK;
}

trb_status trb_mask_to_volume(const trb_mask *mask, uint8_t set_value, trb_volume **out, trb_error *err)
{
    trb_status status = trb_volume_create(&mask->grid, TRB_U8, out, err);
    if (status)
        return status;
    uint8_t *voxels = (*out)->voxels;
    const trb_grid *grid = &mask->grid;
    const ptrdiff_t nz = (ptrdiff_t)grid->nz;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = 0; z < nz; z++)
        for (size_t y = 0; y < grid->ny; y++) {
            const uint64_t *row = trb_mask_row(mask, y, (size_t)z);
            uint8_t *to = voxels + ((size_t)z * grid->ny + y) * grid->nx;
            for (size_t x = 0; x < grid->nx; x++)
                to[x] = (row[x >> 6] >> (x & 63) & 1) ? set_value : 0;
        }
    return TRB_OK;
}
