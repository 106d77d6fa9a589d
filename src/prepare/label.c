/* label.c - sizes and numbers of connected parts. */
#include "trabecula/label.h"

#include "core/memory.h"
#include "prepare/label_runs.h"

#include <stdlib.h>

static bool row_on_edge(const trb_grid *grid, size_t row)
{
    const size_t y = row % grid->ny, z = row / grid->ny;
    return y == 0 || y + 1 == grid->ny || z == 0 || z + 1 == grid->nz;
}

static void measure(const trb_grid *grid, const trb_runs *runs, trb_parts *out)
{
    for (size_t row = 0; row < runs->rows; row++) {
        const bool edge = row_on_edge(grid, row);
        for (uint64_t i = runs->first[row]; i < runs->first[row + 1]; i++) {
            const trb_run run = runs->run[i];
            out->voxels[runs->part[i]] += (uint64_t)(run.end - run.start);
            if (edge || run.start == 0 || run.end == grid->nx)
                out->touches_edge[runs->part[i]] = 1;
        }
    }
}

void trb_parts_clear(trb_parts *parts)
{
    free(parts->voxels);
    free(parts->touches_edge);
    *parts = (trb_parts){0, NULL, NULL};
}

trb_status trb_parts_of_runs(const trb_grid *grid, const trb_runs *runs, trb_parts *out, trb_error *err)
{
    out->count = (size_t)runs->parts;
    out->voxels = trb_alloc_zero(out->count, sizeof *out->voxels, "sizes of connected parts", err);
    out->touches_edge = trb_alloc_zero(out->count, 1, "sizes of connected parts", err);
    if (!out->voxels || !out->touches_edge) {
        trb_parts_clear(out);
        return TRB_ERR_MEMORY;
    }
    measure(grid, runs, out);
    return TRB_OK;
}

trb_status trb_parts_measure(const trb_mask *mask, trb_connectivity connectivity, trb_parts *out,
                             trb_error *err)
{
    trb_runs runs;
    *out = (trb_parts){0, NULL, NULL};
    trb_status status = trb_runs_create(mask, false, connectivity, &runs, err);
    if (!status)
        status = trb_parts_of_runs(&mask->grid, &runs, out, err);
    trb_runs_clear(&runs);
    return status;
}

trb_status trb_parts_label(const trb_mask *mask, trb_connectivity connectivity, trb_volume **out,
                           trb_error *err)
{
    trb_runs runs;
    *out = NULL;
    trb_status status = trb_runs_create(mask, false, connectivity, &runs, err);
    if (!status && runs.parts >= UINT32_MAX)
        status = trb_error_set(err, TRB_ERR_UNSUPPORTED, "%llu connected parts are too many to label",
                               (unsigned long long)runs.parts);
    if (!status)
        status = trb_volume_create(&mask->grid, TRB_U32, out, err);
    if (!status) {
        uint32_t *voxels = (*out)->voxels;
        const size_t nx = mask->grid.nx;
        const ptrdiff_t rows = (ptrdiff_t)runs.rows;
#pragma omp parallel for schedule(static)
        for (ptrdiff_t r = 0; r < rows; r++) {
            uint32_t *row = voxels + (size_t)r * nx;
            size_t x = 0;
            for (uint64_t i = runs.first[r]; i < runs.first[r + 1]; i++) {
                for (; x < runs.run[i].start; x++)
                    row[x] = 0;
                for (; x < runs.run[i].end; x++)
                    row[x] = runs.part[i] + 1;
            }
            for (; x < nx; x++)
                row[x] = 0;
        }
    }
    trb_runs_clear(&runs);
    return status;
}
