/* phantom_rods.c - rods of known density on a circle, as a scanner would see them. */
#include "trabecula/phantom_rods.h"

#include "core/memory.h"
#include "core/random.h"
#include "phantom/phantom_look.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { POINTS = 8 };
#define PI 3.14159265358979323846

trb_phantom_rods trb_phantom_rods_default(void)
{
    return (trb_phantom_rods){.size_vox = 200, .planes = 60, .spacing_mm = 0.02, .type = TRB_U16, .n = 5,
                              .density_mg_ccm = {0, 200, 400, 600, 800}, .grey_at_0 = 3000, .grey_at_1000 = 13000,
                              .background_grey = 1500, .seed = 1};
}

/* The rods' circle has 0.3 of the image's edge; a rod takes 0.7 of its share of it, and at most a third of the radius. */
static double radius_of(const trb_phantom_rods *o)
{
    const double ring = 0.3 * (double)o->size_vox;
    return o->radius_vox > 0 ? o->radius_vox : floor(fmin(0.35 * 2 * PI * ring / (double)o->n, 0.4 * ring));
}

static void place(const trb_phantom_rods *o, trb_rods *rods)
{
    const double middle = ((double)o->size_vox - 1) / 2, ring = 0.3 * (double)o->size_vox;
    *rods = (trb_rods){.n = o->n};
    for (size_t i = 0; i < o->n; i++) {
        double sine, cosine;
        trb_sincos_turns((double)i / (double)o->n, &sine, &cosine);
        rods->rod[i] = (trb_rod){.density_mg_ccm = o->density_mg_ccm[i], .x = middle + ring * cosine, .y = middle + ring * sine,
                                 .middle = ((double)o->planes - 1) / 2, .lean_x = tan(o->lean_deg * PI / 180),
                                 .radius_vox = radius_of(o), .z1 = o->planes};
        snprintf(rods->rod[i].name, sizeof rods->rod[i].name, "%.10g mgHA/cm3", o->density_mg_ccm[i]);
    }
}

static trb_status check(const trb_phantom_rods *o, trb_error *err)
{
    if (o->n < 2 || o->n > TRB_RODS_MOST)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a density phantom has 2 to %d rods, not %zu", TRB_RODS_MOST, o->n);
    if (o->size_vox < 32 || o->size_vox > 16384 || o->planes < 1 || o->planes > 16384)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the image of a density phantom has 32 to 16384 voxels an edge, not %zu", o->size_vox);
    if (o->type != TRB_U8 && o->type != TRB_U16)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a density phantom is uint8 or uint16, not %s", trb_type_name(o->type));
    if (!(fabs(o->lean_deg) <= 20))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "rods can lean by 20 degrees at most, not by %g", o->lean_deg);
    const double r = radius_of(o), ring = 0.3 * (double)o->size_vox;
    const double shift = fabs(tan(o->lean_deg * PI / 180)) * (double)o->planes / 2;
    if (!(r >= 3) || ring + r + shift > (double)o->size_vox / 2 || 2 * r > 2 * ring * sin(PI / (double)o->n))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%zu rods of radius %g voxels do not fit into an image of %zu: they need a radius "
                                                    "of 3 voxels at least, and room", o->n, r, o->size_vox);
    return TRB_OK;
}

/* The share of voxel (x, y) within the circle. */
static double covered(double x, double y, double cx, double cy, double radius)
{
    const double far = hypot(x - cx, y - cy);
    if (far <= radius - 0.75)
        return 1;
    if (far >= radius + 0.75)
        return 0;
    int inside = 0;
    for (int j = 0; j < POINTS; j++)
        for (int i = 0; i < POINTS; i++) {
            const double dx = x - cx + (i + 0.5) / POINTS - 0.5, dy = y - cy + (j + 0.5) / POINTS - 0.5;
            inside += dx * dx + dy * dy <= radius * radius;
        }
    return (double)inside / (POINTS * POINTS);
}

static void paint(const trb_phantom_rods *o, const trb_rods *rods, float *grey)
{
    const size_t n = o->size_vox;
#pragma omp parallel for schedule(static)
    for (size_t z = 0; z < o->planes; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++) {
                double value = o->background_grey;
                for (size_t i = 0; i < rods->n; i++) {
                    const trb_rod *rod = &rods->rod[i];
                    const double full = o->grey_at_0 + (o->grey_at_1000 - o->grey_at_0) * rod->density_mg_ccm / 1000;
                    const double cx = rod->x + rod->lean_x * ((double)z - rod->middle);
                    value += (full - o->background_grey) * covered((double)x, (double)y, cx, rod->y, rod->radius_vox);
                }
                grey[(z * n + y) * n + x] = (float)value;
            }
}

trb_status trb_phantom_rods_create(const trb_phantom_rods *o, trb_volume **out, trb_rods *rods, trb_error *err)
{
    trb_rods placed;
    const double s = o->spacing_mm;
    *out = NULL;
    trb_status status = check(o, err);
    if (status)
        return status;
    place(o, &placed);
    const trb_grid grid = {o->size_vox, o->size_vox, o->planes, {s, s, s}, {0}};
    status = trb_grid_check(&grid, err);
    if (status)
        return status;
    const size_t voxels = trb_grid_voxels(&grid);
    float *grey = trb_alloc(voxels, sizeof *grey, "the phantom", err);
    if (!grey)
        return TRB_ERR_MEMORY;
    paint(o, &placed, grey);
    if (o->blur_vox > 0)
        status = trb_phantom_blur(grey, &grid, o->blur_vox, err);
    if (!status)
        status = trb_volume_create(&grid, o->type, out, err);
    for (size_t i = 0; !status && i < voxels; i++) {
        const double noise = o->noise_grey > 0 ? o->noise_grey * trb_random_normal_at(o->seed, i) : 0;
        trb_volume_set(*out, i % grid.nx, i / grid.nx % grid.ny, i / grid.nx / grid.ny, (double)grey[i] + noise);
    }
    free(grey);
    if (rods)
        *rods = placed;
    return status;
}
