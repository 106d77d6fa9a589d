/*
 * compartments.c - the dual-threshold method: periosteal surface, then endosteal surface.
 *
 * Outside in: bone is dilated until the outside cannot get in, the outside is dilated back; what it does not reach is
 * the bone with all that it holds. Then inside out: the marrow space is dilated until trabeculae are swallowed, and
 * what is not marrow, the outside included, is dilated back. Letting the dilated marrow run through a thin cortex is
 * what keeps the endosteal surface in its place: cut off at the periosteal surface, it would come back a ball's radius
 * inside of it. Both are closings, so a flat or convex surface returns exactly.
 *
 * All masks of a step live in a frame (mask_frame.h) whose caps are 0, except while holes are filled.
 */
#include "prepare/compartments.h"

#include "prepare/auto_threshold.h"
#include "prepare/grey_passes.h"
#include "prepare/mask_frame.h"
#include "trabecula/density.h"
#include "trabecula/distance.h"
#include "trabecula/label.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ISOTROPY 0.01
#define LEAST_SIGMA_VOX 0.3 /* a Gaussian below this has its weight in one voxel */
#define SIDES_OF_BONE 0.5   /* more than this share of the sides above the threshold: that is no bone */
#define FRAGMENT 0.01       /* bones = all: parts below this share of the largest are no bones */

struct finding {
    trb_grey_source *source;
    const trb_calibration *calibration;
    const trb_voi_auto *options;
    double h_mm;
    trb_frame frame;
    trb_error *err;
};

/* ---- thresholds */
static trb_filter smoothing(const struct finding *f, double sigma_mm)
{
    const double sigma = sigma_mm / f->h_mm;
    if (sigma < LEAST_SIGMA_VOX)
        return (trb_filter){TRB_FILTER_NONE, 0, 0};
    return (trb_filter){TRB_FILTER_GAUSSIAN, sigma, (int)fmin(ceil(2.5 * sigma), 32)};
}

/* Grey values at or above a threshold; *grey is what it came to. */
static trb_status above(const struct finding *f, const char *name, const trb_auto_threshold *threshold,
                        double sigma_mm, const trb_mask *where, double *grey, trb_mask **out)
{
    const trb_filter filter = smoothing(f, sigma_mm);
    trb_status status =
        trb_auto_threshold_find(f->source, f->calibration, threshold, &filter, where, grey, f->err);
    if (!status)
        status = trb_grey_threshold(f->source, &filter, *grey, false, out, f->err);
    if (status)
        trb_error_within(f->err, "%s", name);
    return status;
}

/* ---- the periosteal surface */
/* Which part of the image's sides (those along z) is bone. */
static double share_of_sides(const trb_mask *bone)
{
    const trb_grid *grid = &bone->grid;
    size_t set = 0, all = 0;
    for (size_t z = 0; z < grid->nz; z++)
        for (size_t y = 0; y < grid->ny; y++) {
            const bool whole_row = y == 0 || y == grid->ny - 1;
            const size_t step = whole_row || grid->nx < 2 ? 1 : grid->nx - 1;
            for (size_t x = 0; x < grid->nx; x += step, all++)
                set += (size_t)trb_mask_get(bone, x, y, z);
        }
    return (double)set / (double)all;
}

/* Only the bone itself, or all parts that are large enough to be one. */
static trb_status choose_bones(const struct finding *f, trb_mask *bone)
{
    if (!f->options->all_bones)
        return trb_keep_largest(bone, TRB_CONNECT_26, NULL, f->err);
    trb_parts parts;
    trb_status status = trb_parts_measure(bone, TRB_CONNECT_26, &parts, f->err);
    if (status)
        return status;
    uint64_t largest = 0;
    for (size_t i = 0; i < parts.count; i++)
        largest = parts.voxels[i] > largest ? parts.voxels[i] : largest;
    trb_parts_clear(&parts);
    return trb_despeckle(bone, TRB_CONNECT_26, (uint64_t)ceil(FRAGMENT * (double)largest), NULL, f->err);
}

static trb_status find_bone(const struct finding *f, double *grey, trb_mask **out)
{
    trb_status status =
        above(f, "peri-threshold", &f->options->peri_threshold, f->options->peri_smooth_mm, NULL, grey, out);
    if (status)
        return status;
    if (trb_mask_count(*out) == 0)
        return trb_error_set(f->err, TRB_ERR_DATA,
                             "no voxel reaches the periosteal threshold of %.6g grey: lower it with "
                             "peri-threshold=VALUE",
                             *grey);
    if (share_of_sides(*out) > SIDES_OF_BONE)
        return trb_error_set(
            f->err, TRB_ERR_DATA,
            "the sides of the image are above the periosteal threshold of %.6g grey, so there is no "
            "outside: give a value between soft tissue and bone, such as peri-threshold=450mgHA, or "
            "take a scan in which the whole cross-section of the bone is seen",
            *grey);
    return choose_bones(f, *out);
}

/* Closing with a ball, where "outside" is what is connected to the sides. *bone (of the frame) is used up. */
static trb_status close_from_outside(const struct finding *f, trb_mask **bone, double radius_vox,
                                     trb_mask **out)
{
    trb_mask *outside = NULL, *reached = NULL;
    trb_status status = trb_mask_reach(*bone, radius_vox, &outside, f->err);
    trb_mask_destroy(*bone);
    *bone = NULL;
    if (!status)
        status = trb_frame_fill(outside, f->err);
    if (!status) {
        trb_frame_invert(outside);
        status = trb_mask_reach(outside, radius_vox, &reached, f->err);
    }
    trb_mask_destroy(outside);
    if (!status)
        trb_frame_invert(reached);
    *out = reached;
    return status;
}

static trb_status find_periosteal(struct finding *f, trb_compartments *out)
{
    const trb_voi_auto *options = f->options;
    const double radius = options->peri_close_mm / f->h_mm;
    const double margin =
        ceil(fmax(fmax(radius, options->endo_close_mm / f->h_mm), options->least_cortex_mm / f->h_mm));
    trb_mask *bone = NULL, *framed = NULL, *closed = NULL;
    trb_box bounds;
    trb_status status = find_bone(f, &out->peri_grey, &bone);
    if (!status && !trb_mask_bounds(bone, &bounds))
        status = trb_error_set(f->err, TRB_ERR_DATA, "no bone is left above the periosteal threshold");
    if (!status)
        status = trb_frame_make(&bone->grid, &bounds, (size_t)fmin(margin, 4096) + 2, &f->frame, f->err);
    if (!status)
        status = trb_frame_enter(&f->frame, bone, &framed, f->err);
    trb_mask_destroy(bone);
    if (!status)
        status = close_from_outside(f, &framed, radius, &closed);
    if (!status)
        status = trb_frame_leave(&f->frame, closed, &out->periosteal, f->err);
    trb_mask_destroy(framed);
    trb_mask_destroy(closed);
    if (status)
        return status;
    out->sides = share_of_sides(out->periosteal);
    if (out->sides > SIDES_OF_BONE)
        return trb_error_set(
            f->err, TRB_ERR_DATA,
            "the bone fills the sides of the image, so its surface is not seen: compartments need the "
            "whole cross-section of a bone; an image cut out of a bone needs another VOI");
    return TRB_OK;
}

/* ---- the endosteal surface */

/* Opening with a ball, in place of *mask: what is left are the places that hold the ball. */
static trb_status open_mask(const struct finding *f, double radius_mm, trb_mask **mask)
{
    const double radius = radius_mm / f->h_mm;
    trb_mask *core = NULL;
    if (radius < 1)
        return TRB_OK; /* no other centre is as near */
    trb_frame_invert(*mask);
    trb_status status = trb_mask_reach(*mask, radius, &core, f->err);
    trb_mask_destroy(*mask);
    *mask = NULL;
    if (!status) {
        trb_frame_invert(core);
        status = trb_mask_reach(core, radius, mask, f->err);
    }
    trb_mask_destroy(core);
    if (!status)
        trb_frame_caps(*mask, false);
    return status;
}

/* Take away what is nearer to the outside than the least cortex. */
static trb_status keep_cortex(const struct finding *f, const trb_mask *inside, trb_mask *space)
{
    /* A layer of n voxels: centres up to n voxels away from the outermost centre outside. */
    const double radius = f->options->least_cortex_mm / f->h_mm;
    trb_mask *outside = NULL, *layer = NULL;
    if (radius < 1)
        return TRB_OK;
    trb_status status = trb_mask_copy(inside, &outside, f->err);
    if (!status) {
        trb_frame_invert(outside);
        status = trb_mask_reach(outside, radius, &layer, f->err);
    }
    if (!status) {
        trb_frame_invert(layer);
        trb_mask_and(space, layer);
    }
    trb_mask_destroy(outside);
    trb_mask_destroy(layer);
    return status;
}

static trb_status find_space(const struct finding *f, const trb_mask *inside, trb_mask **marrow,
                             trb_mask **space)
{
    trb_status status = open_mask(f, f->options->endo_open_mm, marrow);
    if (!status && trb_mask_count(*marrow) == 0)
        status =
            trb_error_set(f->err, TRB_ERR_DATA,
                          "there is no marrow space inside the bone: lower endo-open (now %.6g mm), or raise "
                          "endo-threshold",
                          f->options->endo_open_mm);
    if (!status)
        status = close_from_outside(f, marrow, f->options->endo_close_mm / f->h_mm, space);
    if (!status) {
        trb_mask_and(*space, inside);
        status = keep_cortex(f, inside, *space);
    }
    if (!status)
        status = open_mask(f, f->options->endo_round_mm, space);
    if (!status)
        status = trb_keep_largest(*space, TRB_CONNECT_6, NULL, f->err);
    return status;
}

/* A cortex of less than one layer of voxels is none: openings round off what noise left of it. */
static trb_status check_cortex(const struct finding *f, const trb_compartments *found)
{
    trb_mask *peeled = NULL;
    trb_status status = trb_mask_erode(found->periosteal, 6, &peeled, f->err);
    if (status)
        return status;
    const size_t inner = trb_mask_count(peeled), trabecular = trb_mask_count(found->trabecular);
    trb_mask_destroy(peeled);
    if (trabecular > 0 && trabecular >= inner)
        return trb_error_set(
            f->err, TRB_ERR_DATA,
            "there is no cortex: lower endo-threshold (now %.6g grey) or endo-close (now %.6g mm)",
            found->endo_grey, f->options->endo_close_mm);
    if (trabecular == 0)
        return trb_error_set(
            f->err, TRB_ERR_DATA,
            "no trabecular compartment is left: lower endo-round (now %.6g mm) or least-cortex "
            "(now %.6g mm)",
            f->options->endo_round_mm, f->options->least_cortex_mm);
    return TRB_OK;
}

static trb_status find_trabecular(const struct finding *f, trb_compartments *out)
{
    trb_mask *bone = NULL, *marrow = NULL, *inside = NULL, *space = NULL;
    trb_status status = above(f, "endo-threshold", &f->options->endo_threshold, f->options->endo_smooth_mm,
                              out->periosteal, &out->endo_grey, &bone);
    if (!status)
        status = trb_frame_enter(&f->frame, out->periosteal, &inside, f->err);
    if (!status)
        status = trb_frame_enter(&f->frame, bone, &marrow, f->err);
    trb_mask_destroy(bone);
    if (!status) {
        trb_frame_invert(marrow);
        trb_mask_and(marrow, inside);
        status = find_space(f, inside, &marrow, &space);
    }
    if (!status)
        status = trb_frame_leave(&f->frame, space, &out->trabecular, f->err);
    trb_mask_destroy(marrow);
    trb_mask_destroy(inside);
    trb_mask_destroy(space);
    return status ? status : check_cortex(f, out);
}

/* ---- doors */
static double longest_ball_mm(const trb_voi_auto *options)
{
    return fmax(fmax(options->peri_close_mm, options->endo_close_mm),
                fmax(options->endo_round_mm, options->least_cortex_mm));
}

double trb_compartments_bytes(const trb_voi_auto *resolved, const trb_grid *grid)
{
    const double radius = fmin(longest_ball_mm(resolved) / cbrt(trb_grid_voxel_mm3(grid)), 4096);
    const size_t more = 2 * ((size_t)ceil(radius) + 2);
    trb_grid frame = *grid;
    frame.nx += more;
    frame.ny += more;
    frame.nz += 2;
    const double mask = 8 * ceil((double)frame.nx / 64) * (double)frame.ny * (double)frame.nz;
    return 5 * mask + trb_mask_reach_bytes(&frame, radius);
}

trb_status trb_grey_compartments(trb_grey_source *source, const trb_calibration *calibration,
                                 const trb_voi_auto *options, trb_compartments *out, trb_error *err)
{
    *out = (trb_compartments){.peri_grey = NAN, .endo_grey = NAN};
    trb_voi_auto resolved = *options;
    trb_status status = trb_voi_auto_resolve(&resolved, &source->grid, err);
    if (status)
        return status;
    const double *s = source->grid.spacing_mm;
    if (!trb_grid_is_isotropic(&source->grid, ISOTROPY))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "compartments need cubic voxels, these are %g x %g x %g mm: resample them", s[0],
                             s[1], s[2]);
    struct finding f = {.source = source,
                        .calibration = calibration,
                        .options = &resolved,
                        .h_mm = cbrt(trb_grid_voxel_mm3(&source->grid)),
                        .err = err};
    status = find_periosteal(&f, out);
    if (!status)
        status = find_trabecular(&f, out);
    if (status)
        trb_compartments_clear(out);
    return status;
}

trb_status trb_compartments_find(const trb_volume *volume, const trb_calibration *calibration,
                                 const trb_voi_auto *options, trb_compartments *out, trb_error *err)
{
    trb_grey_source source = trb_grey_of_volume(volume);
    return trb_grey_compartments(&source, calibration, options, out, err);
}

void trb_compartments_clear(trb_compartments *compartments)
{
    trb_mask_destroy(compartments->periosteal);
    trb_mask_destroy(compartments->trabecular);
    compartments->periosteal = compartments->trabecular = NULL;
}

trb_mask *trb_compartments_take(trb_compartments *compartments, trb_compartment which)
{
    trb_mask *periosteal = compartments->periosteal, *trabecular = compartments->trabecular;
    trb_mask *taken = which == TRB_COMPARTMENT_TRABECULAR ? trabecular : periosteal;
    if (which == TRB_COMPARTMENT_CORTICAL) {
        trb_mask_invert(trabecular);
        trb_mask_and(periosteal, trabecular);
    }
    trb_mask_destroy(taken == periosteal ? trabecular : periosteal);
    compartments->periosteal = compartments->trabecular = NULL;
    return taken;
}
