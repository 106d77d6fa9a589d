/*
 * memory_plan.c - memory from above, and the choice between everything at once and slabs.
 *
 * What stays for the whole analysis are packed masks: bone, the VOI when there is one, and for a while two more
 * (the eroded bone, or what lies between the mid-axes; more for a skeleton). Grey planes are either all in memory or a slab. The
 * thickness methods take what they are given, down to some planes.
 */
#include "record/memory_plan.h"

#include "measure/subvoxel.h"
#include "prepare/compartments.h"
#include "prepare/grey_passes.h"
#include "trabecula/morphometry.h"
#include "trabecula/plates.h"
#include "trabecula/version.h"

#include <math.h>
#include <string.h>

#define MIB 1048576.0
#define PROGRAM (40 * MIB)       /* the program and its libraries */
#define EACH_THREAD (6 * MIB)    /* stacks, tiles, tables */
#define METHOD_PLANES 12         /* the least that a thickness method holds, in planes of 8 bytes a voxel */
#define LABELS 0.19              /* bytes a voxel that the runs of connected parts take in real bone */
#define DECIMATED 60.0           /* bytes a voxel of a mesh while it is decimated: 0.33 triangles of 180 bytes, twice a human's */
#define DECIMATED_LEAST (64 * MIB) /* little bones have more surface */
#define MESH_SHARE 0.45          /* of what slabs leave */
#define SLAB_LEAST 4             /* grey planes at a time */

static double plane_voxels(const trb_grid *grid)
{
    return (double)grid->nx * (double)grid->ny;
}

/* Asked for by the switch or by name. */
static bool thins(const trb_settings *settings)
{
    return settings->skeleton || strstr(settings->metrics, "Sk.") || strstr(settings->metrics, "Br.Le") ||
           strstr(settings->metrics, "ITA");
}

static double plates(const trb_grid *grid, const trb_settings *settings)
{
    static const char *const names[] = {"pBV", "rBV", "P-R", "pTb", "rTb", "R-R", "P-P"};
    bool asked = settings->plates;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        asked = asked || strstr(settings->metrics, names[i]);
    return asked ? trb_plates_bytes(grid) : 0;
}

static double masks(const trb_grid *grid, const trb_settings *settings)
{
    const double row_bytes = ceil((double)grid->nx / 64) * 8;
    const bool hysteresis = strcmp(settings->threshold.method, "hysteresis") == 0;
    const int held = (trb_voi_wanted(settings->voi, &settings->voi_rules) ? 3 : 2) + (hysteresis ? 1 : 0) + (settings->sensitivity[0] > 0 ? 1 : 0) + (thins(settings) ? 2 : 0) + (settings->region == TRB_REGION_CORTICAL ? 2 : 0) +
                     (plates(grid, settings) > 0 ? 1 : 0);
    return row_bytes * (double)grid->ny * (double)grid->nz * held;
}

/* Of one part of a VOI. */
static double finding_part(const char *part, const trb_grid *as_measured)
{
    trb_voi_auto options;
    if (!trb_voi_is_auto(part) || trb_voi_auto_parse(part, &options, NULL) || trb_voi_auto_resolve(&options, as_measured, NULL))
        return 0; /* or an error that is told later */
    return trb_compartments_bytes(&options, as_measured);
}

/* Masks and distance maps while a VOI is found in the image, or its wall moved; gone before a method begins. */
static double finding_voi(const trb_grid *grid, const trb_settings *settings)
{
    char part[sizeof settings->voi];
    bool minus;
    double most = 0;
    trb_grid as_measured = *grid;
    for (int axis = 0; axis < 3; axis++)
        if (settings->voxel_size_mm[axis] > 0)
            as_measured.spacing_mm[axis] = settings->voxel_size_mm[axis];
    for (size_t i = 0; trb_voi_part(settings->voi, i, part, sizeof part, &minus); i++)
        most = fmax(most, finding_part(part, &as_measured));
    const double margins = fmax(trb_voi_margin_bytes(&settings->voi_rules.erode, &as_measured),
                                trb_voi_margin_bytes(&settings->voi_rules.dilate, &as_measured));
    return fmax(most, margins);
}

static double program(int threads)
{
    return PROGRAM + EACH_THREAD * threads;
}

/* The planes of a local threshold: at a guess of the radius when that is in mm and the spacing is not known yet. */
static double local_planes(const trb_grid *grid, const trb_settings *settings, int threads)
{
    const trb_threshold_choice *choice = &settings->threshold;
    if (strcmp(choice->method, "adaptive") != 0)
        return 0;
    const double given = settings->voxel_size_mm[0] > 0 ? settings->voxel_size_mm[0] : grid->spacing_mm[0];
    const double radius = !choice->radius_in_mm ? choice->radius : given > 0 ? choice->radius / given : 16;
    const trb_adaptive how = trb_adaptive_default(choice->rule, fmin(fmax(radius, 1), TRB_ADAPTIVE_RADIUS_MAX));
    const double planes = fmin((double)trb_adaptive_planes(&how), (double)grid->nz);
    return plane_voxels(grid) * (planes * (choice->rule == TRB_ADAPTIVE_MEAN ? 12 : 4) + 4 * threads) * 1.1;
}

/* The Laplace-Hamming image, which stays until the end. */
static double sharp_image(const trb_grid *grid, const trb_settings *settings)
{
    return settings->filter.kind == TRB_FILTER_LAPLACE_HAMMING ? 4 * plane_voxels(grid) * (double)grid->nz : 0;
}

static size_t around(const trb_settings *settings)
{
    return settings->filter.support_vox == 0 ? 0 : 2 * (size_t)settings->filter.support_vox;
}

/* Of the ellipsoid factor; gone before the thickness methods begin. */
static double ellipsoids(const trb_grid *grid, const trb_settings *settings, int threads)
{
    const bool asked = settings->ef || strstr(settings->metrics, "EF");
    return asked ? trb_ef_bytes(grid, &settings->ef_options, threads) : 0;
}

/* Surface points and the nearest of every voxel: this rule has no small form. */
static double subvoxel(const trb_grid *grid, const trb_settings *settings, bool maps, int threads)
{
    const char *only = settings->metrics; /* empty: all of them */
    const bool wanted = maps || !only[0] || strstr(only, "Tb.Th") || strstr(only, "Tb.Sp") || strstr(only, "Tb.N");
    return wanted && settings->region == TRB_REGION_TRABECULAR && settings->thickness == TRB_THICKNESS_SUBVOXEL ? sv_bytes(grid, threads, maps) : 0;
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
    const double methods = fmax(fmax(local_planes(grid, settings, threads), subvoxel(grid, settings, maps, threads)),
                                fmax(exact, ipl ? contacts : 0) + fiji) + (maps ? planes * plane * 8 : 0);
    return masks(grid, settings) + sharp_image(grid, settings) + fmax(fmax(ellipsoids(grid, settings, threads), plates(grid, settings)), fmax(methods, finding_voi(grid, settings))) + program(threads);
}

/* Bytes of a slab and of the least that the methods need. */
static double need_in_slabs(const trb_grid *grid, trb_type type, const trb_settings *settings, bool maps, int threads)
{
    const double plane = plane_voxels(grid);
    const double local = local_planes(grid, settings, threads); /* and the grey planes that they come from */
    const double slab = plane * (double)(SLAB_LEAST + around(settings)) * (double)trb_type_bytes(type) + local +
                        (local > 0 ? local / 4 * (double)trb_type_bytes(type) : 0);
    const double method = fmax(plane * 8 * METHOD_PLANES * (maps ? 1.5 : 1),
                               slab + plane * 3 * (double)trb_type_bytes(type) + subvoxel(grid, settings, maps, threads));
    const double labels = plane * (double)grid->nz * LABELS;
    const double before = fmax(fmax(labels, plates(grid, settings)), ellipsoids(grid, settings, threads));
    return masks(grid, settings) + fmax(before, fmax(fmax(slab, method), slab + finding_voi(grid, settings))) + program(threads);
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
    *least = settings->filter.kind == TRB_FILTER_LAPLACE_HAMMING
                 ? *at_once
                 : fmin(*at_once, need_in_slabs(grid, type, settings, maps, threads));
}

void trb_memory_needs_mesh(const trb_grid *grid, trb_type type, const trb_settings *settings, int threads, double *at_once,
                           double *least)
{
    const double voxels = plane_voxels(grid) * (double)grid->nz, mesh = fmax(DECIMATED * voxels, DECIMATED_LEAST);
    const double held = masks(grid, settings) + program(threads);
    *at_once = fmax(*at_once, held + sharp_image(grid, settings) + voxels * (double)trb_type_bytes(type) + mesh);
    *least = fmax(*least, settings->filter.kind == TRB_FILTER_LAPLACE_HAMMING ? *at_once : held + mesh / MESH_SHARE);
}

trb_status trb_memory_plan_make(const trb_grid *grid, trb_type type, const trb_settings *settings, bool maps,
                                size_t limit, trb_memory_plan *out, trb_error *err)
{
    const double plane = plane_voxels(grid), voxels = plane * (double)grid->nz;
    const int threads = trb_threads();
    const double grey = voxels * (double)trb_type_bytes(type);
    *out = (trb_memory_plan){false, grid->nz, 0, 0};
    if (limit == 0)
        return TRB_OK;
    if (grey + need_at_once(grid, settings, maps, threads) <= (double)limit) {
        out->mesh_bytes = (size_t)((double)limit - grey - masks(grid, settings) - sharp_image(grid, settings) - program(threads));
        return TRB_OK;
    }
    if (settings->filter.kind == TRB_FILTER_LAPLACE_HAMMING)
        return trb_error_set(err, TRB_ERR_MEMORY,
                             "the filter laplace-hamming needs all of the image in memory, %.2f GiB with what follows, and the limit "
                             "is %.2f GiB: raise --memory-limit, measure a part with --slices or --crop, or choose another filter",
                             (grey + need_at_once(grid, settings, maps, threads)) / (1024 * MIB), (double)limit / (1024 * MIB));
    const double least = need_in_slabs(grid, type, settings, maps, threads);
    if (least > (double)limit)
        return trb_error_set(err, TRB_ERR_MEMORY,
                             "%zu x %zu x %zu voxels need %.2f GiB even when they are measured in slabs (%.2f GiB at "
                             "once), the limit is %.2f GiB: raise --memory-limit, measure a part with --slices or "
                             "--crop, or use a machine with more memory%s",
                             grid->nx, grid->ny, grid->nz, least / (1024 * MIB),
                             (grey + need_at_once(grid, settings, maps, threads)) / (1024 * MIB), (double)limit / (1024 * MIB),
                             settings->thickness == TRB_THICKNESS_SUBVOXEL ? "; --thickness exact needs far less" : "");
    /* A slab is gone before a method begins: both may have what is left. */
    const double left = (double)limit - masks(grid, settings) - program(threads);
    const double slab = left / 2 / (plane * (double)trb_type_bytes(type)) - (double)around(settings);
    out->in_slabs = true;
    out->slab = slab > SLAB_LEAST ? (size_t)fmin(slab, 256) : SLAB_LEAST;
    out->memory_bytes = (size_t)(left * (maps ? 0.45 : 0.55));
    out->mesh_bytes = (size_t)(left * MESH_SHARE);
    return TRB_OK;
}
