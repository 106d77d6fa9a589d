/*
 * ellipsoid_seeds.c - where ellipsoids begin. Distances are found for some layers of cubes at a time; in each cube
 * one medial voxel is drawn, with odds of r^4: corners of the surface have medial voxels too, but small balls. Each voxel
 * has a random number of its own, whichever thread looks.
 */
#include "measure/ellipsoid_seeds.h"

#include "core/memory.h"
#include "core/random.h"
#include "measure/distance_fast.h"

#include <math.h>
#include <stdlib.h>

#define AT_ONCE 32 /* planes, about */

typedef struct best {
    trb_ellipsoid_seed seed;
    double lot;
    bool any;
} best;

typedef struct job {
    const trb_mask *bone;
    trb_box box;
    size_t apart;
    uint64_t seed;
    trb_d2_slab slab;
    size_t first[2], cubes[2]; /* along x and y: the first cube, how many */
    best *layer;               /* of one layer of cubes */
} job;

/* A ball lies in that of the voxel next to it when sqrt(d2 there) >= sqrt(d2) + step, squared. */
static bool is_medial(const trb_d2_slab *slab, ptrdiff_t at)
{
    const double d2 = trb_d2_at(slab, at), r = sqrt(d2);
    int32_t inside[4];
    for (int n = 1; n <= 3; n++)
        inside[n] = (int32_t)ceil(d2 + n + 2 * r * sqrt(n) - 1e-6);
    for (int dz = -1; dz <= 1; dz++)
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++) {
                const int n = dx * dx + dy * dy + dz * dz;
                if (n && trb_d2_at(slab, at + dz * (ptrdiff_t)slab->plane + dy * (ptrdiff_t)slab->row + dx) >= inside[n])
                    return false;
            }
    return true;
}

/* The least of -log(u) / weight is drawn with odds of the weight (Efraimidis & Spirakis 2006). */
static double lot_of(uint64_t seed, uint64_t voxel, double d2)
{
    trb_random random = trb_random_start(seed * 0x9e3779b97f4a7c15U ^ voxel * 0xd1342543de82ef95U);
    return -log(1 - trb_random_uniform(&random)) / (d2 * d2);
}

/* The cubes of row `cy` of the layer z0 <= z < z1. */
static void search_cubes(job *j, size_t cy, size_t z0, size_t z1)
{
    const trb_grid *grid = &j->bone->grid;
    best *row = j->layer + cy * j->cubes[0];
    for (size_t i = 0; i < j->cubes[0]; i++)
        row[i].any = false;
    const size_t corner = (j->first[1] + cy) * j->apart;
    const size_t y0 = corner > j->box.lo[1] ? corner : j->box.lo[1];
    const size_t y1 = corner + j->apart < j->box.hi[1] ? corner + j->apart : j->box.hi[1];
    for (size_t z = z0; z < z1; z++)
        for (size_t y = y0; y < y1; y++)
            for (size_t x = j->box.lo[0]; x < j->box.hi[0]; x++) {
                const ptrdiff_t at = ((ptrdiff_t)z - j->slab.z0) * (ptrdiff_t)j->slab.plane + (ptrdiff_t)(y * j->slab.row + x);
                if (trb_d2_at(&j->slab, at) == 0 || !is_medial(&j->slab, at))
                    continue;
                const double lot = lot_of(j->seed, (z * grid->ny + y) * grid->nx + x, trb_d2_at(&j->slab, at));
                best *b = &row[x / j->apart - j->first[0]];
                if (!b->any || lot < b->lot)
                    *b = (best){{{(uint32_t)x, (uint32_t)y, (uint32_t)z}, trb_d2_at(&j->slab, at)}, lot, true};
            }
}

static trb_status append_layer(const job *j, trb_ellipsoid_seed **seeds, size_t *n, size_t *room, trb_error *err)
{
    for (size_t i = 0; i < j->cubes[0] * j->cubes[1]; i++) {
        if (!j->layer[i].any)
            continue;
        if (*n == *room) {
            *room = *room ? 2 * *room : 1024;
            trb_ellipsoid_seed *grown = realloc(*seeds, *room * sizeof *grown);
            if (!grown)
                return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for %zu seeds of ellipsoids", *room);
            *seeds = grown;
        }
        (*seeds)[(*n)++] = j->layer[i].seed;
    }
    return TRB_OK;
}

/* *far: a distance is longer than the slab can say. */
static trb_status find(job *j, trb_ellipsoid_seed **seeds, size_t *n, bool *far, trb_error *err)
{
    const size_t nz = j->bone->grid.nz, step = j->apart < AT_ONCE ? AT_ONCE / j->apart * j->apart : j->apart;
    size_t room = 0;
    trb_status status = TRB_OK;
    for (size_t z = j->box.lo[2] / j->apart * j->apart; !status && z < j->box.hi[2]; z += step) {
        const size_t end = z + step < nz ? z + step : nz;
        status = trb_d2_slab_compute(&j->slab, j->bone, TRB_BORDER_UNKNOWN, (ptrdiff_t)z - 1, (ptrdiff_t)end + 1, err);
        for (size_t i = 0; !status && i < end - z + 2; i++)
            if ((*far = j->slab.highest[i] >= trb_d2_far(j->slab.wide)))
                return TRB_OK;
        for (size_t layer = z; !status && layer < end; layer += j->apart) {
            const size_t z0 = layer > j->box.lo[2] ? layer : j->box.lo[2];
            size_t z1 = layer + j->apart < end ? layer + j->apart : end;
            z1 = z1 < j->box.hi[2] ? z1 : j->box.hi[2];
#pragma omp parallel for schedule(dynamic)
            for (ptrdiff_t cy = 0; cy < (ptrdiff_t)j->cubes[1]; cy++)
                search_cubes(j, (size_t)cy, z0, z1);
            status = append_layer(j, seeds, n, &room, err);
        }
    }
    return status;
}

trb_status trb_ellipsoid_seeds(const trb_mask *bone, const trb_box *box, size_t apart, uint64_t seed,
                               trb_ellipsoid_seed **seeds, size_t *n, trb_error *err)
{
    job j = {.bone = bone, .box = *box, .apart = apart, .seed = seed};
    *seeds = NULL;
    *n = 0;
    for (int axis = 0; axis < 2; axis++) {
        j.first[axis] = box->lo[axis] / apart;
        j.cubes[axis] = (box->hi[axis] - 1) / apart - j.first[axis] + 1;
    }
    if (trb_mask_count(bone) == trb_grid_voxels(&bone->grid))
        return trb_error_set(err, TRB_ERR_DATA, "every voxel of the image is bone, so no ellipsoid ends: check the threshold");
    j.layer = trb_alloc(j.cubes[0] * j.cubes[1], sizeof *j.layer, "seeds of ellipsoids", err);
    if (!j.layer)
        return TRB_ERR_MEMORY;
    trb_status status = TRB_OK;
    bool far = true;
    for (int wide = 0; !status && far && wide < 2; wide++) {
        *n = 0;
        status = trb_d2_slab_init(&j.slab, &bone->grid, (apart < AT_ONCE ? AT_ONCE : apart) + 2, wide != 0, err);
        if (!status)
            status = find(&j, seeds, n, &far, err);
        trb_d2_slab_clear(&j.slab);
    }
    if (!status && far)
        status = trb_error_set(err, TRB_ERR_DATA, "bone is more than %d voxels from the nearest marrow: check the threshold",
                               TRB_FAR_STEPS_WIDE);
    free(j.layer);
    if (status) {
        free(*seeds);
        *seeds = NULL;
        *n = 0;
    }
    return status;
}
