/* purify.c - one part of bone without cavities, and the cavities that there are. */
#include "trabecula/connectivity.h"

#include "core/memory.h"
#include "prepare/label_runs.h"
#include "prepare/write_parts.h"

#include <stdlib.h>

static trb_status check_sizes(const trb_mask *mask, const trb_mask *voi, trb_error *err)
{
    if (!voi || trb_grid_same_size(&mask->grid, &voi->grid))
        return TRB_OK;
    return trb_error_set(err, TRB_ERR_ARGUMENT, "the VOI is %zu x %zu x %zu voxels, the image is %zu x %zu x %zu",
                         voi->grid.nx, voi->grid.ny, voi->grid.nz, mask->grid.nx, mask->grid.ny, mask->grid.nz);
}

/* Voxels start <= x < end of a row that are set. */
static uint64_t count_in_run(const uint64_t *row, trb_run run)
{
    uint64_t count = 0;
    for (size_t x = run.start; x < run.end;) {
        const size_t bit = x & 63, n = run.end - x < 64 - bit ? run.end - x : 64 - bit;
        const uint64_t bits = (n == 64 ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1) << bit;
        count += (uint64_t)__builtin_popcountll(row[x >> 6] & bits);
        x += n;
    }
    return count;
}

/* Voxels of each part in the VOI. *out: free() it. */
static trb_status count_in_voi(const trb_runs *runs, const trb_mask *voi, uint64_t **out, trb_error *err)
{
    uint64_t *inside = trb_alloc_zero((size_t)runs->parts, sizeof *inside, "parts in the VOI", err);
    if (!inside)
        return TRB_ERR_MEMORY;
    for (size_t row = 0; row < runs->rows; row++)
        for (uint64_t i = runs->first[row]; i < runs->first[row + 1]; i++)
            inside[runs->part[i]] += count_in_run(voi->bits + row * voi->words_per_row, runs->run[i]);
    *out = inside;
    return TRB_OK;
}

trb_status trb_pores_measure(const trb_mask *bone, const trb_mask *voi, trb_pores *out, trb_error *err)
{
    trb_runs runs;
    trb_parts parts = {0, NULL, NULL};
    uint64_t *inside = NULL;
    *out = (trb_pores){0, 0};
    trb_status status = check_sizes(bone, voi, err);
    if (status)
        return status;
    status = trb_runs_create(bone, true, TRB_CONNECT_6, &runs, err);
    if (!status)
        status = trb_parts_of_runs(&bone->grid, &runs, &parts, err);
    if (!status && voi)
        status = count_in_voi(&runs, voi, &inside, err);
    for (size_t k = 0; !status && k < parts.count; k++)
        if (!parts.touches_edge[k] && (!inside || inside[k] == parts.voxels[k])) {
            out->closed++;
            out->closed_voxels += parts.voxels[k];
        }
    free(inside);
    trb_parts_clear(&parts);
    trb_runs_clear(&runs);
    return status;
}

/* Marks all parts but the one with the most voxels by this count, in place of their touching the edge. */
static void mark_all_but_most(trb_parts *parts, const uint64_t *voxels, trb_purified *out)
{
    size_t most = 0;
    for (size_t k = 0; k < parts->count; k++) {
        parts->touches_edge[k] = 1;
        most = voxels[k] > voxels[most] ? k : most;
    }
    if (parts->count && voxels[most]) {
        parts->touches_edge[most] = 0;
        out->kept_voxels = parts->voxels[most];
    }
}

static void mark_enclosed(trb_parts *parts, trb_purified *out)
{
    for (size_t k = 0; k < parts->count; k++) {
        parts->touches_edge[k] = !parts->touches_edge[k];
        out->cavities += parts->touches_edge[k];
    }
}

static trb_status keep_one(trb_mask *mask, const trb_mask *voi, trb_purified *out, trb_error *err)
{
    trb_runs runs;
    trb_parts parts = {0, NULL, NULL};
    uint64_t *inside = NULL;
    trb_status status = trb_runs_create(mask, false, TRB_CONNECT_26, &runs, err);
    if (!status)
        status = trb_parts_of_runs(&mask->grid, &runs, &parts, err);
    if (!status && voi)
        status = count_in_voi(&runs, voi, &inside, err);
    if (!status) {
        out->parts = parts.count;
        mark_all_but_most(&parts, inside ? inside : parts.voxels, out);
        trb_write_parts(mask, &runs, &parts, parts.touches_edge, false);
    }
    free(inside);
    trb_parts_clear(&parts);
    trb_runs_clear(&runs);
    return status;
}

static trb_status fill_cavities(trb_mask *mask, trb_purified *out, trb_error *err)
{
    trb_runs runs;
    trb_parts parts = {0, NULL, NULL};
    trb_status status = trb_runs_create(mask, true, TRB_CONNECT_6, &runs, err);
    if (!status)
        status = trb_parts_of_runs(&mask->grid, &runs, &parts, err);
    if (!status) {
        mark_enclosed(&parts, out);
        out->filled_voxels = trb_write_parts(mask, &runs, &parts, parts.touches_edge, true);
    }
    trb_parts_clear(&parts);
    trb_runs_clear(&runs);
    return status;
}

trb_status trb_purify(trb_mask *mask, const trb_mask *voi, trb_purified *out, trb_error *err)
{
    *out = (trb_purified){0, 0, 0, 0};
    trb_status status = check_sizes(mask, voi, err);
    if (!status)
        status = keep_one(mask, voi, out, err);
    if (!status)
        status = fill_cavities(mask, out, err);
    return status;
}
