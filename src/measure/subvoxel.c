/* subvoxel.c - from surface points to thickness: balls of the centres, painting, numbers. */
#include "measure/subvoxel.h"

#include "core/memory.h"
#include "measure/thickness_stats.h"

#include <math.h>
#include <stdlib.h>

/* A ball grows until the surface is inside, and at most this much is added by discs and lifts to the nearest crossing. */
#define BEYOND_REACH 4.0

static trb_status check(const trb_mask *object, const trb_thickness_options *options, trb_error *err)
{
    const trb_surface_points *points = options->points;
    if (!points)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "the subvoxel rule needs the points of the surface (trb_surface_points_create)");
    if (!trb_grid_same_size(&points->grid, &object->grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the surface belongs to an image of %zu x %zu x %zu voxels, not %zu x %zu x %zu",
                             points->grid.nx, points->grid.ny, points->grid.nz, object->grid.nx, object->grid.ny,
                             object->grid.nz);
    if (options->border != TRB_BORDER_UNKNOWN)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "the subvoxel rule has no background outside the image; use the border 'unknown'");
    return TRB_OK;
}

/* Normals point out of bone: does the lower end of the first crossing lie in it, and in the object? */
static bool object_is_bone(const trb_surface_points *points, const trb_mask *object)
{
    const sv_crossing *c = &points->crossing[0];
    return (c->normal[sv_axis(c)] > 0) == (trb_mask_get(object, c->x, c->y, c->z) != 0);
}

/* Where the balls start: centres of the object, of the part `where` when there is one. */
typedef struct seeds {
    const trb_surface_points *points;
    bool bone;
    const trb_mask *object, *where;
} seeds;

static uint64_t seeds_of_word(const seeds *s, size_t i, size_t y, size_t z)
{
    const uint64_t bits = trb_mask_row(s->points->centres, y, z)[i] & trb_mask_row(s->object, y, z)[i];
    return s->where ? bits & trb_mask_row(s->where, y, z)[i] : bits;
}

#define COLUMN 64 /* voxels along x and y: all around a ball is still in cache when the next plane comes */

/* The balls of a column of the image into `out`, or only their number when that is NULL. */
static size_t balls_of_column(const seeds *s, size_t column, sv_ball *out)
{
    const trb_grid *grid = &s->object->grid;
    const size_t i = column % s->object->words_per_row, y0 = column / s->object->words_per_row * COLUMN;
    const size_t y1 = y0 + COLUMN < grid->ny ? y0 + COLUMN : grid->ny;
    sv_voxel batch[SV_BATCH];
    size_t n = 0, waiting = 0;
    for (size_t z = 0; z < grid->nz; z++)
        for (size_t y = y0; y < y1; y++) {
            uint64_t bits = seeds_of_word(s, i, y, z);
            if (!out)
                n += (size_t)__builtin_popcountll(bits);
            for (; out && bits; bits &= bits - 1) {
                batch[waiting++] = (sv_voxel){(uint16_t)(i * COLUMN + (size_t)__builtin_ctzll(bits)), (uint16_t)y, (uint16_t)z};
                if (waiting < SV_BATCH)
                    continue;
                sv_grow(s->points, s->bone, batch, waiting, out + n);
                n += waiting;
                waiting = 0;
            }
        }
    if (waiting)
        sv_grow(s->points, s->bone, batch, waiting, out + n);
    return n + waiting;
}

static trb_status grow_balls(const seeds *s, sv_ball **balls, size_t *n, trb_error *err)
{
    const size_t count = s->object->words_per_row * ((s->object->grid.ny + COLUMN - 1) / COLUMN);
    size_t *first = trb_alloc(count, sizeof *first, "balls of columns", err), total = 0;
    if (!first)
        return TRB_ERR_MEMORY;
#pragma omp parallel for schedule(dynamic, 1)
    for (ptrdiff_t i = 0; i < (ptrdiff_t)count; i++)
        first[i] = balls_of_column(s, (size_t)i, NULL);
    for (size_t i = 0; i < count; i++) {
        const size_t here = first[i];
        first[i] = total;
        total += here;
    }
    *n = total;
    *balls = trb_alloc(total + 1, sizeof **balls, "balls", err);
    if (*balls)
#pragma omp parallel for schedule(dynamic, 1)
        for (ptrdiff_t i = 0; i < (ptrdiff_t)count; i++)
            balls_of_column(s, (size_t)i, *balls + first[i]);
    free(first);
    return *balls ? TRB_OK : TRB_ERR_MEMORY;
}

static int32_t largest_radius(const sv_ball *balls, size_t n)
{
    int32_t most = 0;
    for (size_t i = 0; i < n; i++)
        most = balls[i].radius > most ? balls[i].radius : most;
    return most;
}

static size_t nearest_voxel(int32_t steps, size_t n)
{
    const int32_t i = (steps + SV_STEPS / 2) / SV_STEPS;
    return i < 0 ? 0 : (size_t)i < n ? (size_t)i : n - 1;
}

static double largest_inside(const sv_ball *balls, size_t n, const trb_mask *voi, const trb_grid *grid)
{
    int32_t most = -1;
    for (size_t i = 0; i < n; i++)
        if (balls[i].radius > most &&
            (!voi || trb_mask_get(voi, nearest_voxel(balls[i].middle[0], grid->nx), nearest_voxel(balls[i].middle[1], grid->ny),
                                  nearest_voxel(balls[i].middle[2], grid->nz))))
            most = balls[i].radius;
    return most < 0 ? NAN : 2.0 * most / SV_STEPS;
}

/* From the counts by radius: whole numbers until the last step, added in the order of the radii. */
static trb_status summarise(const sv_painted *painted, trb_thickness *result, trb_error *err)
{
    double sum = 0, squares = 0;
    size_t top = 0;
    for (size_t r = 0; r < painted->n_codes; r++) {
        if (!painted->code_count[r])
            continue;
        top = r;
        result->voxels += painted->code_count[r];
        sum += 2.0 * (double)r / SV_STEPS * (double)painted->code_count[r];
    }
    result->valued = result->voxels;
    result->n_codes = top + 1;
    result->max_vox = 2.0 * (double)top / SV_STEPS;
    result->mean_vox = sum / (double)result->voxels;
    if (painted->weight)
        result->weighted_mean_vox = 2.0 * (double)painted->weighted / SV_STEPS / (double)painted->weight;
    result->n_bins = (size_t)(2 * result->max_vox) + 1;
    result->bin_count = trb_alloc_zero(result->n_bins, sizeof *result->bin_count, "a histogram", err);
    if (!result->bin_count)
        return TRB_ERR_MEMORY;
    for (size_t r = 0; r <= top; r++) {
        const double off = 2.0 * (double)r / SV_STEPS - result->mean_vox;
        squares += off * off * (double)painted->code_count[r];
        result->bin_count[4 * r / SV_STEPS] += painted->code_count[r];
    }
    result->sd_vox = sqrt(squares / (double)result->voxels);
    return TRB_OK;
}

trb_status trb_subvoxel_measure(const trb_mask *object, const trb_mask *voi, const trb_thickness_options *options, float *map,
                                const trb_map_sink *sink, double scale, trb_thickness *result, trb_error *err)
{
    const trb_surface_points *points = options->points;
    sv_ball *balls = NULL;
    size_t n = 0;
    trb_status status = check(object, options, err);
    if (status)
        return status;
    const bool bone = object_is_bone(points, object);
    sv_painted painted = {.n_codes = (size_t)((points->reach_vox + BEYOND_REACH) * SV_STEPS)};
    status = grow_balls(&(seeds){points, bone, object, options->centres == TRB_CENTRES_VOI ? voi : NULL}, &balls, &n, err);
    if (!status && (size_t)largest_radius(balls, n) >= painted.n_codes)
        status = trb_error_set(err, TRB_ERR_DATA, "a ball of radius %g voxels where the surface is %g away",
                               (double)largest_radius(balls, n) / SV_STEPS, points->reach_vox);
    if (!status && !(painted.code_count = trb_alloc_zero(painted.n_codes, sizeof *painted.code_count, "a histogram", err)))
        status = TRB_ERR_MEMORY;
    if (!status)
        status = sv_paint(points, bone, balls, n, object, voi, map, sink, scale, options->weighted, &painted, err);
    if (!status) {
        result->max_inside_vox = largest_inside(balls, n, voi, &object->grid);
        result->code_count = painted.code_count;
        status = summarise(&painted, result, err);
    } else {
        free(painted.code_count);
    }
    free(balls);
    return status;
}

double sv_bytes(const trb_grid *grid, int threads, bool maps)
{
    const double plane = (double)(grid->nx + 32) * (double)(grid->ny + 2), voxels = plane * (double)grid->nz;
    const double layer = plane * fmin(64, (double)grid->nz);
    const double stay = voxels * (4 + 0.25 + 0.16 * sizeof(sv_crossing)); /* nearest, masks, crossings */
    /* F, three sets of planes at hand, their distances, and a plane and a half of each thread. */
    const double batch = 2.0 * threads + 2;
    const double search = plane * 8 * (fmin((double)grid->nz, 2 * SV_PLAN_REACH + batch) + 3 * batch + 4 + threads * 1.5);
    const double filtered = plane * 15 * 4;
    const double balls = voxels * 0.06 * (sizeof(sv_ball) + 3 * sizeof(uint32_t)) + (maps ? layer * sizeof(float) : 0) +
                         threads * (SV_PLAN_REACH * 4096 * 8.0);
    return stay + fmax(search, fmax(filtered, balls));
}
