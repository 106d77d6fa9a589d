/*
 * thickness_fast.c - exact local thickness by crescents: tables, and the walk through the layers.
 *
 * The image is cut into layers of tiles. A layer's distances come from the packed mask alone; its balls are
 * recorded and the distances forgotten. A layer is painted as soon as the balls of all layers within the largest
 * radius are known, and a layer's balls go when none of the layers still to paint can be reached from it. The
 * largest radius is bounded beforehand from every eighth plane, as distances change by at most 1 per voxel.
 */
#include "measure/thickness_fast.h"

#include "core/memory.h"
#include "core/simd.h"
#include "measure/thickness_paint.h"
#include "measure/thickness_stats.h"

#include <math.h>
#include <stdlib.h>

#define SAMPLE_STEP 8 /* planes; no plane is farther than half of it from a sampled one */

const trb_thickness_kernels *trb_thickness_kernels_choose(void)
{
#ifdef TRB_SIMD_X86
    switch (trb_simd_choose()) {
    case TRB_SIMD_AVX512: return &trb_thickness_kernels_avx512;
    case TRB_SIMD_AVX2: return &trb_thickness_kernels_avx2;
    case TRB_SIMD_PLAIN: break;
    }
#endif
    return &trb_thickness_kernels_plain;
}

/* *bound: no d2 of the image is larger; trb_d2_far() when that is not known. */
static trb_status bound_d2(const trb_paint_job *job, bool wide, uint32_t *bound, trb_error *err)
{
    const size_t nz = job->object->grid.nz, n = (nz + SAMPLE_STEP - 1) / SAMPLE_STEP;
    size_t *z = trb_alloc(n, sizeof *z, "a list of planes", err);
    int32_t *highest = trb_alloc(n, sizeof *highest, "a list of planes", err);
    trb_status status = z && highest ? TRB_OK : TRB_ERR_MEMORY;
    for (size_t i = 0; !status && i < n; i++) {
        const size_t middle = i * SAMPLE_STEP + SAMPLE_STEP / 2;
        z[i] = middle < nz ? middle : nz - 1;
    }
    if (!status)
        status = trb_d2_sample(job->object, job->border, wide, z, n, highest, err);
    *bound = 0;
    for (size_t i = 0; !status && i < n; i++)
        *bound = (uint32_t)highest[i] > *bound ? (uint32_t)highest[i] : *bound;
    free(z);
    free(highest);
    /* (sqrt(h) + 4)^2, rounded up */
    const double farthest = sqrt((double)*bound) + SAMPLE_STEP / 2.0;
    if (*bound < (uint32_t)trb_d2_far(wide))
        *bound = (uint32_t)(farthest * farthest) + 1;
    return status;
}

/* Packed containment gains by d2. A closed ball of d2 is the open ball of d2 + 1. */
static trb_status make_gains(trb_painter *p, trb_error *err)
{
    const uint32_t closed = p->job->closed;
    uint32_t *const *gain = p->gain;
    const trb_status status = trb_containment_create(p->bound + 1, p->gain, err);
    if (status || p->wide)
        return status;
    p->gains = trb_alloc_zero((size_t)p->bound + 1, sizeof *p->gains, "the containment table", err);
    if (!p->gains)
        return TRB_ERR_MEMORY;
    for (uint32_t d2 = 1; d2 <= p->bound; d2++)
        p->gains[d2] = gain[0][d2 + closed] | gain[1][d2 + closed] << TRB_GAIN_BITS |
                       gain[2][d2 + closed] << 2 * TRB_GAIN_BITS;
    return TRB_OK;
}

/* Half-widths of the rows of every disc |n|^2 <= m, with 8 rows of width -1 behind each. */
static trb_status make_discs(trb_painter *p, trb_error *err)
{
    size_t room = 0;
    p->disc = trb_alloc((size_t)p->bound + 1, sizeof *p->disc, "the disc table", err);
    if (!p->disc)
        return TRB_ERR_MEMORY;
    uint32_t radius = 0;
    for (uint32_t m = 0; m <= p->bound; m++) {
        radius += (radius + 1) * (radius + 1) <= m;
        p->disc[m] = (uint32_t)room + radius;
        room += 2 * radius + 1 + 8;
    }
    p->half = trb_alloc(room, sizeof *p->half, "the disc table", err);
    if (!p->half)
        return TRB_ERR_MEMORY;
    radius = 0;
    for (uint32_t m = 0; m <= p->bound; m++) {
        radius += (radius + 1) * (radius + 1) <= m;
        int16_t *middle = p->half + p->disc[m];
        uint32_t half = radius;
        for (uint32_t dy = 0; dy <= radius; dy++) {
            while (half * half + dy * dy > m)
                half--;
            middle[dy] = middle[-(ptrdiff_t)dy] = (int16_t)half;
        }
        for (uint32_t i = 1; i <= 8; i++)
            middle[radius + i] = -1;
    }
    return TRB_OK;
}

/* Bytes of the layers that are held at once: distances, balls (a quarter of the voxels, at worst) and the map. */
static double layer_bytes(const trb_paint_job *job, double radius, size_t side)
{
    const double plane = (double)job->object->grid.nx * (double)job->object->grid.ny;
    const double layers = 2 * floor(radius / (double)side) + 3;
    return plane * ((double)side * (3.2 + layers * sizeof(trb_ball) / 4 + (job->sink ? sizeof(float) : 0)) + 8);
}

/* Small tiles cost time (each ball is looked at by more of them), large ones memory. */
static size_t choose_side(const trb_paint_job *job, double radius)
{
    size_t side = radius < 24 ? 64 : TRB_TILE_SIDE;
    while (job->memory_bytes && side > TRB_BLOCK_SIDE && layer_bytes(job, radius, side) > (double)job->memory_bytes)
        side = side > 32 ? 32 : side / 2;
    return side;
}

/* The canonical neighbour of type t points along the first t + 1 axes; the others keep their coordinate. */
static void make_turns(trb_turn turn[64])
{
    for (int z = -1; z <= 1; z++)
        for (int y = -1; y <= 1; y++)
            for (int x = -1; x <= 1; x++) {
                const int v[3] = {x, y, z}, type = x * x + y * y + z * z - 1;
                trb_turn *to = &turn[TRB_DIRECTION(x, y, z)];
                int used = 0, unused = type + 1;
                to->type = type;
                for (int axis = 0; axis < 3; axis++) {
                    to->from[axis] = v[axis] ? used++ : unused++;
                    to->flip[axis] = v[axis] < 0 ? -1 : 0;
                }
            }
}

static trb_status painter_init(trb_painter *p, const trb_paint_job *job, bool wide, uint32_t bound,
                               trb_error *err)
{
    const trb_grid *grid = &job->object->grid;
    *p = (trb_painter){.job = job, .use = trb_thickness_kernels_choose(), .bound = bound,
                       .wide = wide};
    const double radius = sqrt((double)bound);
    make_turns(p->turn);
    p->side = choose_side(job, radius);
    p->reach = (size_t)(radius / (double)p->side) + 1;
    p->n_layers = (grid->nz + p->side - 1) / p->side;
    p->blocks_y = (grid->ny + TRB_BLOCK_SIDE - 1) / TRB_BLOCK_SIDE;
    trb_status status = trb_crescents_create(bound + 1, &p->crescents, err);
    if (!status)
        status = make_gains(p, err);
    if (!status && !wide) /* the table grows with the third power of the radius */
        status = make_discs(p, err);
    if (!status && !(p->length = trb_alloc((size_t)bound + 1, sizeof *p->length, "the length table", err)))
        status = TRB_ERR_MEMORY;
    if (!status && !(p->layers = trb_alloc_zero(p->n_layers, sizeof *p->layers, "layers of balls", err)))
        status = TRB_ERR_MEMORY;
    if (!status && job->sink &&
        !(p->own_map = trb_alloc(trb_size_multiply(p->side, grid->nx * grid->ny), sizeof *p->own_map,
                                 "a layer of the map", err)))
        status = TRB_ERR_MEMORY;
    if (!status)
        status = trb_tiles_init(p, err);
    for (uint32_t d2 = 0; !status && d2 <= bound; d2++)
        p->length[d2] = (float)(trb_thickness_of_r2(d2) * job->scale);
    return status;
}

static void painter_clear(trb_painter *p)
{
    trb_tiles_clear(p);
    for (size_t k = 0; p->layers && k < p->n_layers; k++)
        trb_balls_clear(&p->layers[k]);
    free(p->layers);
    free(p->gain[0]);
    free(p->gains);
    free(p->half);
    free(p->disc);
    free(p->length);
    free(p->own_map);
    trb_crescents_clear(&p->crescents);
}

/* Largest d2 inside the VOI among the planes of layer k; outside it d2 becomes 0 when balls there do not count. */
static uint32_t apply_voi(const trb_paint_job *job, trb_d2_slab *slab, size_t first, size_t end)
{
    const trb_grid *grid = &job->object->grid;
    uint32_t largest = 0;
#pragma omp parallel for schedule(static) reduction(max : largest)
    for (ptrdiff_t i = 0; i < (ptrdiff_t)slab->planes; i++) {
        const ptrdiff_t z = slab->z0 + i;
        if (z < 0 || z >= (ptrdiff_t)grid->nz)
            continue;
        const bool own = z >= (ptrdiff_t)first && z < (ptrdiff_t)end;
        for (size_t y = 0; y < grid->ny; y++) {
            const uint64_t *voi = job->voi ? trb_mask_row(job->voi, y, (size_t)z) : NULL;
            const size_t row = (size_t)i * slab->plane + y * slab->row;
            for (size_t x = 0; voi && x < grid->nx; x++) {
                const uint32_t d2 = (uint32_t)trb_d2_at(slab, (ptrdiff_t)(row + x));
                const bool in = voi[x >> 6] >> (x & 63) & 1;
                if (in && own && d2 > largest)
                    largest = d2;
                if (!in && job->centres_voi && d2)
                    trb_d2_clear_at(slab, (ptrdiff_t)(row + x));
            }
        }
        if (!job->voi && own)
            largest = (uint32_t)slab->highest[i] > largest ? (uint32_t)slab->highest[i] : largest;
    }
    return largest;
}

static trb_status paint_layer(trb_painter *p, size_t k, trb_error *err)
{
    const trb_paint_job *job = p->job;
    const trb_grid *grid = &job->object->grid;
    const size_t first = k * p->side, planes = first + p->side < grid->nz ? p->side : grid->nz - first;
    p->layer_map = job->map ? job->map + first * grid->nx * grid->ny : p->own_map;
    trb_status status = trb_tiles_paint(p, k, err);
    if (!status && job->sink)
        status = job->sink->planes(job->sink->user, first, planes, p->layer_map, err);
    return status;
}

static trb_status walk(trb_painter *p, trb_d2_slab *slab, trb_paint_result *result, trb_error *err)
{
    const trb_paint_job *job = p->job;
    trb_status status = TRB_OK;
    for (size_t k = 0; !status && k < p->n_layers + p->reach; k++) {
        if (k < p->n_layers) {
            const size_t first = k * p->side, end = first + p->side;
            status = trb_d2_slab_compute(slab, job->object, job->border, (ptrdiff_t)first - 1,
                                         (ptrdiff_t)end + 1, err);
            if (status)
                break;
            const uint32_t largest = apply_voi(job, slab, first, end);
            result->largest_inside = largest > result->largest_inside ? largest : result->largest_inside;
            status = trb_balls_find(p, k, slab, err);
        }
        if (!status && k >= p->reach && k - p->reach < p->n_layers)
            status = paint_layer(p, k - p->reach, err);
        if (k >= 2 * p->reach && k - 2 * p->reach < p->n_layers)
            trb_balls_clear(&p->layers[k - 2 * p->reach]);
    }
    return status;
}

trb_status trb_thickness_paint_fast(const trb_paint_job *job, bool wide, trb_paint_result *result, bool *proven,
                                    trb_error *err)
{
    const trb_grid *grid = &job->object->grid;
    uint32_t bound = 0;
    *result = (trb_paint_result){0, NULL, 0};
    *proven = false;
    if (grid->nx > INT16_MAX || grid->ny > INT16_MAX || grid->nz > INT16_MAX)
        return TRB_OK; /* places relative to a tile have 16 bits */
    trb_status status = bound_d2(job, wide, &bound, err);
    if (status || bound >= (uint32_t)trb_d2_far(wide))
        return status;
    trb_painter p;
    trb_d2_slab slab = {0};
    status = painter_init(&p, job, wide, bound, err);
    if (!status)
        status = trb_d2_slab_init(&slab, grid, p.side + 2, wide, err);
    result->n_codes = (size_t)bound + 1;
    if (!status && !(result->code_count =
                         trb_alloc_zero(result->n_codes, sizeof *result->code_count, "a histogram", err)))
        status = TRB_ERR_MEMORY;
    if (!status)
        status = walk(&p, &slab, result, err);
    if (!status)
        trb_tiles_count(&p, result->code_count);
    trb_d2_slab_clear(&slab);
    painter_clear(&p);
    if (status) {
        free(result->code_count);
        *result = (trb_paint_result){0, NULL, 0};
        return status;
    }
    *proven = true;
    return TRB_OK;
}

trb_status trb_thickness_paint(const trb_paint_job *job, trb_paint_result *result, trb_error *err)
{
    *result = (trb_paint_result){0, NULL, 0};
    if (job->border == TRB_BORDER_UNKNOWN && trb_mask_count(job->object) == trb_grid_voxels(&job->object->grid))
        return trb_error_set(err, TRB_ERR_DATA,
                             "every voxel of the image is object, so no ball ends: check the threshold");
    bool proven = false;
    trb_status status = trb_thickness_paint_fast(job, false, result, &proven, err);
    if (!status && !proven)
        status = trb_thickness_paint_fast(job, true, result, &proven, err);
    return status || proven ? status : trb_thickness_paint_plain(job, result, err);
}
