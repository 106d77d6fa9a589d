/*
 * cortical_pores.c - the voids of a cortical compartment.
 * A void is enclosed when its 6-connected part, followed within the slab also through what lies outside the compartment,
 * stays in the compartment: it reaches neither the medulla nor the outside. That a canal goes on beyond the ends of the
 * slab does not open it.
 */
#include "measure/cortical_parts.h"

#include "prepare/write_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SMALL 8 /* voxels: noise can make such pores */

/* Are all voxels of the run in the mask's row? */
static bool covers(const uint64_t *row, size_t start, size_t end)
{
    for (size_t x = start; x < end;) {
        const size_t in_word = 64 - (x & 63), n = in_word < end - x ? in_word : end - x;
        const uint64_t wanted = (n == 64 ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1) << (x & 63);
        if ((row[x >> 6] & wanted) != wanted)
            return false;
        x += n;
    }
    return true;
}

/* marked[part]: 1 enclosed, and 2 more when it reaches an end of the slab. */
static void judge(const trb_mask *compartment, const trb_runs *runs, uint8_t *marked)
{
    const trb_grid *grid = &compartment->grid;
    const size_t last = (grid->nz - 1) * grid->ny;
    uint8_t *open = marked + runs->parts;
    for (size_t r = 0; r < runs->rows; r++) {
        const size_t y = r % grid->ny, z = r / grid->ny;
        const uint64_t *row = trb_mask_row(compartment, y, z);
        for (uint64_t i = runs->first[r]; i < runs->first[r + 1]; i++) {
            const trb_run *run = &runs->run[i];
            if (y == 0 || y == grid->ny - 1 || run->start == 0 || run->end == grid->nx || !covers(row, run->start, run->end))
                open[runs->part[i]] = 1;
            if (r < grid->ny || r >= last)
                marked[runs->part[i]] = 2;
        }
    }
    for (uint64_t p = 0; p < runs->parts; p++)
        marked[p] = open[p] ? 0 : marked[p] | 1;
}

static trb_status find_enclosed(const trb_mask *compartment, trb_mask *bone, trb_cortical_pores *out, trb_error *err)
{
    trb_runs runs;
    trb_parts parts = {0, NULL, NULL};
    trb_status status = trb_runs_create(bone, true, TRB_CONNECT_6, &runs, err);
    if (status)
        return status;
    uint8_t *marked = calloc(2 * runs.parts + 1, 1);
    status = marked ? trb_parts_of_runs(&bone->grid, &runs, &parts, err)
                    : trb_error_set(err, TRB_ERR_MEMORY, "out of memory for pores");
    if (!status) {
        judge(compartment, &runs, marked);
        for (uint64_t p = 0; p < runs.parts; p++) {
            out->count += marked[p] != 0;
            out->cut += marked[p] == 3;
            out->small += marked[p] && parts.voxels[p] <= SMALL;
        }
        memset(bone->bits, 0, bone->words_per_row * bone->grid.ny * bone->grid.nz * sizeof *bone->bits);
        out->enclosed = trb_write_parts(bone, &runs, &parts, marked, true);
    }
    free(marked);
    trb_parts_clear(&parts);
    trb_runs_clear(&runs);
    return status;
}

trb_status trb_cortical_pores_measure(const trb_mask *compartment, trb_mask *bone, const trb_thickness_options *options,
                                      bool want_size, trb_cortical_pores *out, trb_error *err)
{
    *out = (trb_cortical_pores){.dm_mean_vox = NAN, .dm_sd_vox = NAN};
    const size_t tv = trb_mask_count(compartment), bv = trb_mask_count_and(bone, compartment);
    out->voids = tv - bv;
    trb_status status = find_enclosed(compartment, bone, out, err);
    if (status || !want_size || out->count == 0)
        return status;
    trb_thickness size;
    status = trb_thickness_measure(bone, NULL, options, &size, NULL, err);
    if (status)
        return status;
    if (size.valued) {
        out->dm_mean_vox = size.mean_vox;
        out->dm_sd_vox = size.sd_vox;
    }
    trb_thickness_clear(&size);
    return TRB_OK;
}
