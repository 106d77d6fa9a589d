/*
 * memory_plan.c - memory from above, and the choice between everything at once and slabs.
 *
 * What stays for the whole analysis are packed masks: bone, the VOI when there is one, and for a while one more
 * (the eroded bone, or what lies between the mid-axes; two while the bone is eroded twice, when no slab is held). Grey planes are either all in memory or a slab. The
 * thickness methods take what they are given, down to some planes.
 */
#include "record/memory_plan.h"

#include "trabecula/morphometry.h"
#include "trabecula/version.h"

#include <math.h>

#define MIB 1048576.0
#define PROGRAM (40 * MIB)       /* the program and its libraries */
#define EACH_THREAD (6 * MIB)    /* stacks, tiles, tables */
#define METHOD_PLANES 12         /* the least that a thickness method holds, in planes of 8 bytes a voxel */
#define LABELS 0.35              /* bytes a voxel that the runs of connected parts take in real bone */
#define SLAB_LEAST 4             /* grey planes at a time */

static double plane_voxels(const trb_grid *grid)
{
    return (double)grid->nx * (double)grid->ny;
}

static double masks(const trb_grid *grid, const trb_settings *settings)
{
    const double row_bytes = ceil((double)grid->nx / 64) * 8;
    return row_bytes * (double)grid->ny * (double)grid->nz * (settings->voi[0] ? 3 : 2);
}

static double program(int threads)
{
    return PROGRAM + EACH_THREAD * threads;
}

static size_t around(const trb_settings *settings)
{
    return settings->filter.kind == TRB_FILTER_NONE ? 0 : 2 * (size_t)settings->filter.support_vox;
}

/* Bytes beside the grey volume when everything is in memory. */
static double need_at_once(const trb_grid *grid, const trb_settings *settings, bool maps, int threads)
{
    const double plane = plane_voxels(grid), voxels = plane * (double)grid->nz;
    const double planes = grid->nz < 96 ? (double)grid->nz : 96;
    const bool ipl = settings->thickness == TRB_THICKNESS_IPL || settings->thickness == TRB_THICKNESS_IPL_V1 ||
                     settings->tbn == TRB_TBN_DIRECT;
    const double exact = 2 * voxels + planes * plane * 3.2; /* balls of all layers at worst, distances of one */
    const double contacts = fmax(2 * voxels, fmin(6 * voxels, 128 * MIB)) + 0.3 * voxels;
    const double fiji = settings->thickness == TRB_THICKNESS_FIJI ? 2 * planes * plane * sizeof(float) : 0;
    return masks(grid, settings) + fmax(exact, ipl ? contacts : 0) + fiji + (maps ? planes * plane * 8 : 0) + program(threads);
}

/* Bytes of a slab and of the least that the methods need. */
static double need_in_slabs(const trb_grid *grid, trb_type type, const trb_settings *settings, bool maps, int threads)
{
    const double plane = plane_voxels(grid);
    const double slab = plane * (double)(SLAB_LEAST + around(settings)) * (double)trb_type_bytes(type);
    const double method = plane * 8 * METHOD_PLANES * (maps ? 1.5 : 1);
    const double labels = plane * (double)grid->nz * LABELS;
    return masks(grid, settings) + fmax(labels, fmax(slab, method)) + program(threads);
}

size_t trb_analyze_memory(const trb_grid *grid, trb_type type, const trb_settings *settings, bool want_maps)
{
    (void)type;
    const double maps = want_maps ? 8 * plane_voxels(grid) * (double)grid->nz : 0;
    return (size_t)(need_at_once(grid, settings, false, trb_threads()) + maps);
}

void trb_memory_needs(const trb_grid *grid, trb_type type, const trb_settings *settings, bool maps, int threads,
                      double *at_once, double *least)
{
    const double grey = plane_voxels(grid) * (double)grid->nz * (double)trb_type_bytes(type);
    *at_once = grey + need_at_once(grid, settings, maps, threads);
    *least = fmin(*at_once, need_in_slabs(grid, type, settings, maps, threads));
}

trb_status trb_memory_plan_make(const trb_grid *grid, trb_type type, const trb_settings *settings, bool maps,
                                size_t limit, trb_memory_plan *out, trb_error *err)
{
    const double plane = plane_voxels(grid), voxels = plane * (double)grid->nz;
    const int threads = trb_threads();
    const double grey = voxels * (double)trb_type_bytes(type);
    *out = (trb_memory_plan){false, grid->nz, 0};
    if (limit == 0 || grey + need_at_once(grid, settings, maps, threads) <= (double)limit)
        return TRB_OK;
    const double least = need_in_slabs(grid, type, settings, maps, threads);
    if (least > (double)limit)
        return trb_error_set(err, TRB_ERR_MEMORY,
                             "%zu x %zu x %zu voxels need %.2f GiB even when they are measured in slabs (%.2f GiB at "
                             "once), the limit is %.2f GiB: raise --memory-limit, measure a part with --slices or "
                             "--crop, or use a machine with more memory",
                             grid->nx, grid->ny, grid->nz, least / (1024 * MIB),
                             (grey + need_at_once(grid, settings, maps, threads)) / (1024 * MIB), (double)limit / (1024 * MIB));
    /* A slab is gone before a method begins: both may have what is left. */
    const double left = (double)limit - masks(grid, settings) - program(threads);
    const double slab = left / 2 / (plane * (double)trb_type_bytes(type)) - (double)around(settings);
    out->in_slabs = true;
    out->slab = slab > SLAB_LEAST ? (size_t)fmin(slab, 256) : SLAB_LEAST;
    out->memory_bytes = (size_t)(left * (maps ? 0.6 : 0.8));
    return TRB_OK;
}
