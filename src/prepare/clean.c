/* clean.c - taking away or filling whole parts of a mask. */
#include "trabecula/label.h"

#include "prepare/label_runs.h"
#include "prepare/write_parts.h"

#include <stdlib.h>

/* Set or clear voxels start <= x < end of a row. */
static void write_run(uint64_t *row, trb_run run, bool set)
{
    for (size_t x = run.start; x < run.end;) {
        const size_t bit = x & 63, n = run.end - x < 64 - bit ? run.end - x : 64 - bit;
        const uint64_t bits = (n == 64 ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1) << bit;
        row[x >> 6] = set ? row[x >> 6] | bits : row[x >> 6] & ~bits;
        x += n;
    }
}

uint64_t trb_write_parts(trb_mask *mask, const trb_runs *runs, const trb_parts *parts, const uint8_t *marked, bool set)
{
    uint64_t changed = 0;
    for (size_t k = 0; k < parts->count; k++)
        changed += marked[k] ? parts->voxels[k] : 0;
    if (changed == 0)
        return 0;
    const ptrdiff_t rows = (ptrdiff_t)runs->rows;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t r = 0; r < rows; r++)
        for (uint64_t i = runs->first[r]; i < runs->first[r + 1]; i++)
            if (marked[runs->part[i]])
                write_run(mask->bits + (size_t)r * mask->words_per_row, runs->run[i], set);
    return changed;
}

/* Which parts to change: reads the parts, overwrites touches_edge with the marks. */
typedef void choose_parts(trb_parts *parts, uint64_t min_voxels);

static void choose_small(trb_parts *parts, uint64_t min_voxels)
{
    for (size_t k = 0; k < parts->count; k++)
        parts->touches_edge[k] = parts->voxels[k] < min_voxels;
}

static void choose_all_but_largest(trb_parts *parts, uint64_t unused)
{
    size_t largest = 0;
    (void)unused;
    for (size_t k = 0; k < parts->count; k++) {
        largest = parts->voxels[k] > parts->voxels[largest] ? k : largest;
        parts->touches_edge[k] = 1;
    }
    if (parts->count)
        parts->touches_edge[largest] = 0;
}

static void choose_enclosed(trb_parts *parts, uint64_t unused)
{
    (void)unused;
    for (size_t k = 0; k < parts->count; k++)
        parts->touches_edge[k] = !parts->touches_edge[k];
}

static trb_status change(trb_mask *mask, bool background, trb_connectivity connectivity, choose_parts *choose,
                         uint64_t min_voxels, uint64_t *changed, trb_error *err)
{
    trb_runs runs;
    trb_parts parts = {0, NULL, NULL};
    if (changed)
        *changed = 0;
    trb_status status = trb_runs_create(mask, background, connectivity, &runs, err);
    if (!status)
        status = trb_parts_of_runs(&mask->grid, &runs, &parts, err);
    if (!status) {
        choose(&parts, min_voxels);
        const uint64_t n = trb_write_parts(mask, &runs, &parts, parts.touches_edge, background);
        if (changed)
            *changed = n;
    }
    trb_parts_clear(&parts);
    trb_runs_clear(&runs);
    return status;
}

trb_status trb_despeckle(trb_mask *mask, trb_connectivity connectivity, uint64_t min_voxels, uint64_t *removed,
                         trb_error *err)
{
    return change(mask, false, connectivity, choose_small, min_voxels, removed, err);
}

trb_status trb_keep_largest(trb_mask *mask, trb_connectivity connectivity, uint64_t *removed, trb_error *err)
{
    return change(mask, false, connectivity, choose_all_but_largest, 0, removed, err);
}

trb_status trb_fill_holes(trb_mask *mask, trb_connectivity background, uint64_t *filled, trb_error *err)
{
    return change(mask, true, background, choose_enclosed, 0, filled, err);
}
