/* voxel_list.c - voxel numbers by row and by bits before them; parts by union-find. */
#include "measure/voxel_list.h"

#include "core/memory.h"
#include "measure/neighbours.h"

#include <math.h>
#include <stdlib.h>

void trb_voxel_list_clear(trb_voxel_list *list)
{
    free(list->x);
    free(list->y);
    free(list->z);
    free(list->row_first);
    *list = (trb_voxel_list){0};
}

trb_status trb_voxel_list_make(const trb_mask *mask, trb_voxel_list *out, trb_error *err)
{
    const size_t count = trb_mask_count(mask), rows = mask->grid.ny * mask->grid.nz, room = count ? count : 1;
    *out = (trb_voxel_list){.mask = mask, .count = count};
    if (count >= UINT32_MAX)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "a skeleton of %zu voxels is too large: measure a part with --crop", count);
    out->x = trb_alloc(room, sizeof *out->x, "a list of voxels", err);
    out->y = trb_alloc(room, sizeof *out->y, "a list of voxels", err);
    out->z = trb_alloc(room, sizeof *out->z, "a list of voxels", err);
    out->row_first = trb_alloc(rows, sizeof *out->row_first, "a list of voxels", err);
    if (!out->x || !out->y || !out->z || !out->row_first)
        return TRB_ERR_MEMORY;
    size_t n = 0;
    for (size_t z = 0; z < mask->grid.nz; z++)
        for (size_t y = 0; y < mask->grid.ny; y++) {
            out->row_first[z * mask->grid.ny + y] = n;
            for (size_t w = 0; w < mask->words_per_row; w++)
                for (uint64_t left = trb_mask_row(mask, y, z)[w]; left; left &= left - 1, n++) {
                    out->x[n] = (uint32_t)(64 * w + (size_t)__builtin_ctzll(left));
                    out->y[n] = (uint32_t)y;
                    out->z[n] = (uint32_t)z;
                }
        }
    return TRB_OK;
}

size_t trb_voxel_list_neighbours(const trb_voxel_list *list, size_t i, size_t found[26])
{
    size_t n = 0;
    const size_t x = list->x[i];
    for (size_t z = list->z[i] - 1; z <= list->z[i] + 1U; z++)
        for (size_t y = list->y[i] - 1; y <= list->y[i] + 1U; y++) {
            const uint64_t *row = trb_mask_row(list->mask, y, z);
            uint32_t three = trb_three(row, x);
            size_t number = SIZE_MAX;
            for (size_t at = x - 1; three; at++, three >>= 1) {
                if (!(three & 1))
                    continue;
                if (number == SIZE_MAX) { /* of the first of up to three in this row */
                    number = list->row_first[z * list->mask->grid.ny + y];
                    for (size_t w = 0; w < at >> 6; w++)
                        number += (size_t)__builtin_popcountll(row[w]);
                    number += (size_t)__builtin_popcountll(row[at >> 6] & (((uint64_t)1 << (at & 63)) - 1));
                }
                if (number != i)
                    found[n++] = number;
                number++;
            }
        }
    return n;
}

double trb_voxel_list_step(const trb_voxel_list *list, size_t a, size_t b)
{
    return sqrt((list->x[a] != list->x[b]) + (list->y[a] != list->y[b]) + (list->z[a] != list->z[b]));
}

static uint32_t root_of(uint32_t *up, uint32_t i)
{
    while (up[i] != i)
        i = up[i] = up[up[i]];
    return i;
}

void trb_voxel_list_parts(const trb_voxel_list *list, const uint8_t *chosen, uint32_t *part, size_t *parts)
{
    for (size_t i = 0; i < list->count; i++)
        part[i] = (uint32_t)i;
    for (size_t i = 0; i < list->count; i++) {
        size_t near[26];
        const size_t n = chosen[i] ? trb_voxel_list_neighbours(list, i, near) : 0;
        for (size_t k = 0; k < n && near[k] < i; k++) {
            if (!chosen[near[k]])
                continue;
            const uint32_t a = root_of(part, (uint32_t)i), b = root_of(part, (uint32_t)near[k]);
            part[a > b ? a : b] = a > b ? b : a;
        }
    }
    /* A voxel hangs on itself or on one before it, which has its number by then. */
    size_t found = 0;
    for (size_t i = 0; i < list->count; i++)
        part[i] = !chosen[i] ? UINT32_MAX : part[i] == i ? (uint32_t)found++ : part[part[i]];
    *parts = found;
}
