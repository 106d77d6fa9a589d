/* thickness_case.c - see thickness_case.h. */
#include "support/thickness_case.h"

#include "trabecula/filter.h"
#include "trabecula/label.h"
#include "trabecula/threshold.h"
#include "trabecula/voi.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const thickness_view THICKNESS_VIEW_PLAIN = {"plain", 0, 0, 0.5, false, false};

enum { MARROW_GREY = 20000, CONTRAST = 20000 }; /* room for noise on both sides */

static void must(trb_status status, const trb_error *err)
{
    if (!status)
        return;
    fprintf(stderr, "thickness_case: %s\n", err->text);
    abort();
}

static trb_volume *phantom(trb_phantom_kind kind, double thickness, unsigned placement, const thickness_view *view,
                           trb_phantom_truth *truth)
{
    trb_phantom_options options = trb_phantom_options_default(kind);
    options.thickness_vox = thickness;
    options.placement = placement;
    options.type = TRB_U16;
    options.marrow_grey = MARROW_GREY;
    options.bone_grey = MARROW_GREY + CONTRAST;
    options.blur_vox = view->blur;
    options.noise_grey = view->snr > 0 ? CONTRAST / view->snr : 0;
    trb_volume *volume = NULL;
    trb_error err = {TRB_OK, ""};
    must(trb_phantom_create(&options, &volume, truth, &err), &err);
    return volume;
}

trb_volume *thickness_halved(const trb_volume *in, trb_box *box)
{
    trb_grid grid = in->grid;
    grid.nx /= 2;
    grid.ny /= 2;
    grid.nz /= 2;
    for (int axis = 0; axis < 3; axis++) {
        grid.origin_mm[axis] += grid.spacing_mm[axis] / 2;
        grid.spacing_mm[axis] *= 2;
    }
    trb_volume *out = NULL;
    trb_error err = {TRB_OK, ""};
    must(trb_volume_create(&grid, TRB_F32, &out, &err), &err);
    for (size_t z = 0; z < grid.nz; z++)
        for (size_t y = 0; y < grid.ny; y++)
            for (size_t x = 0; x < grid.nx; x++) {
                double sum = 0;
                for (size_t k = 0; k < 8; k++)
                    sum += trb_volume_get(in, 2 * x + (k & 1), 2 * y + (k >> 1 & 1), 2 * z + (k >> 2));
                trb_volume_set(out, x, y, z, sum / 8);
            }
    for (int axis = 0; axis < 3; axis++) {
        box->lo[axis] = (box->lo[axis] + 1) / 2;
        box->hi[axis] /= 2;
    }
    return out;
}

static trb_volume *smoothed(const trb_volume *volume, bool filter)
{
    const trb_filter kernel = {filter ? TRB_FILTER_GAUSSIAN : TRB_FILTER_NONE, 0.8, 1};
    trb_volume *grey = NULL;
    trb_smoother *smoother = NULL;
    trb_error err = {TRB_OK, ""};
    must(trb_volume_create(&volume->grid, TRB_F32, &grey, &err), &err);
    must(trb_smoother_create(volume, &kernel, &smoother, &err), &err);
    must(trb_smoother_planes(smoother, 0, volume->grid.nz, grey->voxels, &err), &err);
    trb_smoother_destroy(smoother);
    return grey;
}

static trb_mask *mask_of(const trb_volume *grey, double level, bool clean)
{
    trb_mask *bone = NULL;
    trb_error err = {TRB_OK, ""};
    must(trb_threshold_apply(grey, NULL, level, false, &bone, &err), &err);
    if (clean) {
        must(trb_despeckle(bone, TRB_CONNECT_26, 50, NULL, &err), &err);
        trb_mask_invert(bone);
        must(trb_despeckle(bone, TRB_CONNECT_6, 50, NULL, &err), &err);
        trb_mask_invert(bone);
    }
    return bone;
}

thickness_case thickness_case_make(trb_phantom_kind kind, double thickness, unsigned placement,
                                   const thickness_view *view)
{
    thickness_case c = {.scale = view->halved ? 2 : 1, .level = MARROW_GREY + CONTRAST * view->level};
    trb_volume *volume = phantom(kind, thickness, placement, view, &c.truth);
    trb_error err = {TRB_OK, ""};
    c.box = c.truth.voi;
    if (view->halved) {
        trb_volume *coarse = thickness_halved(volume, &c.box);
        trb_volume_destroy(volume);
        volume = coarse;
    }
    c.grey = smoothed(volume, view->filtered);
    c.bone = mask_of(c.grey, c.level, view->snr > 0);
    must(trb_voi_box(&c.grey->grid, &c.box, &c.voi, &err), &err);
    trb_volume_destroy(volume);
    return c;
}

enum { TILTED_EDGE = 40, TILTED_MARGIN = 10, SUB = 6 };

/* Share of the voxel within half a thickness of the middle plane or axis; way has length 1. */
static double tilted_share(const double way[3], bool rod, double half, size_t x, size_t y, size_t z)
{
    const double middle[3] = {19.63, 19.87, 19.79};
    int within = 0;
    for (int i = 0; i < SUB * SUB * SUB; i++) {
        const double p[3] = {(double)x - 0.5 + (i % SUB + 0.5) / SUB - middle[0],
                             (double)y - 0.5 + (i / SUB % SUB + 0.5) / SUB - middle[1],
                             (double)z - 0.5 + (i / SUB / SUB + 0.5) / SUB - middle[2]};
        const double along = p[0] * way[0] + p[1] * way[1] + p[2] * way[2];
        const double away2 = rod ? p[0] * p[0] + p[1] * p[1] + p[2] * p[2] - along * along : along * along;
        within += away2 <= half * half;
    }
    return (double)within / (SUB * SUB * SUB);
}

thickness_case thickness_case_tilted(bool rod, const double way[3], double thickness)
{
    const trb_grid grid = {TILTED_EDGE, TILTED_EDGE, TILTED_EDGE, {0.01, 0.01, 0.01}, {0, 0, 0}};
    const double length = sqrt(way[0] * way[0] + way[1] * way[1] + way[2] * way[2]);
    const double unit[3] = {way[0] / length, way[1] / length, way[2] / length};
    thickness_case c = {.scale = 1, .level = 0.5};
    trb_error err = {TRB_OK, ""};
    c.truth.thickness = thickness;
    must(trb_volume_create(&grid, TRB_F32, &c.grey, &err), &err);
    float *value = c.grey->voxels;
    for (size_t z = 0; z < TILTED_EDGE; z++)
        for (size_t y = 0; y < TILTED_EDGE; y++)
            for (size_t x = 0; x < TILTED_EDGE; x++)
                *value++ = (float)tilted_share(unit, rod, thickness / 2, x, y, z);
    for (int axis = 0; axis < 3; axis++) {
        c.box.lo[axis] = TILTED_MARGIN;
        c.box.hi[axis] = TILTED_EDGE - TILTED_MARGIN;
    }
    c.bone = mask_of(c.grey, c.level, false);
    must(trb_voi_box(&grid, &c.box, &c.voi, &err), &err);
    return c;
}

void thickness_case_clear(thickness_case *c)
{
    trb_volume_destroy(c->grey);
    trb_mask_destroy(c->bone);
    trb_mask_destroy(c->voi);
    *c = (thickness_case){0};
}

double thickness_case_mean(const thickness_case *c, trb_thickness_rule rule, int phase)
{
    trb_thickness_options options = trb_thickness_options_default();
    trb_surface_points *points = NULL;
    trb_mask *object = NULL;
    trb_thickness result = {0};
    trb_error err = {TRB_OK, ""};
    options.rule = rule;
    options.centres = rule == TRB_THICKNESS_IPL ? TRB_CENTRES_VOI : TRB_CENTRES_IMAGE;
    must(phase ? trb_mask_copy(c->bone, &object, &err) : trb_mask_complement(c->bone, &object, &err), &err);
    if (rule == TRB_THICKNESS_SUBVOXEL)
        must(trb_surface_points_create(c->grey, NULL, c->level, false, c->bone, &points, &err), &err);
    options.points = points;
    must(trb_thickness_measure(object, c->voi, &options, &result, NULL, &err), &err);
    const double mean = result.mean_vox * c->scale;
    trb_thickness_clear(&result);
    trb_surface_points_destroy(points);
    trb_mask_destroy(object);
    return mean;
}
