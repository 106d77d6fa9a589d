/*
 * phantom_bone.c - a long bone whose compartments are known.
 *
 * In the plane across its axis the bone is an ellipse. d is the distance to that ellipse, below 0 inside: outside is
 * d > 0, cortex -cortex < d < 0, and inside of that trabeculae. d is a true distance, so the cortex has the same
 * thickness everywhere; what lies at the same distance inside of an ellipse is no ellipse.
 */
#include "trabecula/phantom_bone.h"

#include "core/memory.h"
#include "phantom/phantom_look.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MARGIN_VOX 3.0 /* of the surroundings, between bone and image border */
#define GAP_LENGTH 0.5 /* of the image */

struct bone {
    const trb_phantom_bone *options;
    double a, b; /* outer semi-axes across: x, and the other */
    double middle, sine, cosine;
};

trb_phantom_bone trb_phantom_bone_default(void)
{
    trb_phantom_bone bone = {.image = trb_phantom_options_default(TRB_PHANTOM_FOAM), .cortex_vox = 12};
    bone.image.size_vox = 160;
    bone.image.spacing_mm = 0.02;
    return bone;
}

void trb_phantom_bone_truth_clear(trb_phantom_bone_truth *truth)
{
    trb_mask_destroy(truth->periosteal);
    trb_mask_destroy(truth->trabecular);
    trb_mask_destroy(truth->bone);
    truth->periosteal = truth->trabecular = truth->bone = NULL;
}

/* ---- geometry */

/*
 * Distance to the ellipse (x/a)^2 + (y/b)^2 = 1, negative inside. The foot of (x, y) is (a^2 x / (t + a^2), b^2 y /
 * (t + b^2)) for the largest root t of F(t) = (a x / (t + a^2))^2 + (b y / (t + b^2))^2 - 1. F is convex and falls to
 * the right of both poles, so Newton's method from the left never passes the root.
 */
static double ellipse_distance(double x, double y, double a, double b)
{
    x = fmax(fabs(x), 1e-9); /* keeps off the axes, where a pole and the root fall together */
    y = fmax(fabs(y), 1e-9);
    double t = fmax(a * x - a * a, b * y - b * b);
    for (int i = 0; i < 200; i++) {
        const double p = a * x / (t + a * a), q = b * y / (t + b * b);
        const double value = p * p + q * q - 1, slope = 2 * (p * p / (t + a * a) + q * q / (t + b * b));
        const double step = value / slope;
        t += step;
        if (!(step > 1e-10 * (1 + fabs(t))))
            break;
    }
    const double foot_x = a * a * x / (t + a * a), foot_y = b * b * y / (t + b * b);
    const double distance = sqrt((x - foot_x) * (x - foot_x) + (y - foot_y) * (y - foot_y));
    return t > 0 ? distance : -distance;
}

/* Voxel to the bone's own axes: u along x, v across, w along the axis. */
static void to_bone(const struct bone *bone, size_t x, size_t y, size_t z, double uvw[3])
{
    const double dy = (double)y - bone->middle, dz = (double)z - bone->middle;
    uvw[0] = (double)x - bone->middle;
    uvw[1] = dy * bone->cosine - dz * bone->sine;
    uvw[2] = dy * bone->sine + dz * bone->cosine;
}

/* Share of a voxel inside a surface at this distance: a ramp of one voxel. */
static double inside_share(double distance)
{
    return fmin(fmax(0.5 - distance, 0), 1);
}

/* Share of the voxel that the slit takes out of the cortex. */
static double gap_share(const struct bone *bone, const double uvw[3])
{
    const double half = bone->options->gap_vox / 2;
    const double length = GAP_LENGTH / 2 * (double)bone->options->image.size_vox;
    if (!(half > 0) || uvw[0] <= 0)
        return 0;
    return inside_share(fmax(fabs(uvw[1]) - half, fabs(uvw[2]) - length));
}

/* ---- checks */
static trb_status fit(struct bone *bone, trb_error *err)
{
    const trb_phantom_bone *options = bone->options;
    const double edge = (double)options->image.size_vox, half = edge / 2 - MARGIN_VOX;
    const double angle = options->tilt_deg * 3.14159265358979323846 / 180;
    if (!(options->image.size_vox >= 32 && options->image.size_vox <= 4096))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a bone in an image of %zu voxels: it must be 32 to 4096",
                             options->image.size_vox);
    if (!(fabs(options->tilt_deg) <= 30))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "tilt %g degrees: it must be -30 to 30",
                             options->tilt_deg);
    bone->middle = (edge - 1) / 2;
    bone->sine = sin(angle);
    bone->cosine = cos(angle);
    /* At the ends the axis has moved by tan * edge / 2, and a slice cuts the ellipse at b / cos. */
    const double room_b = (half - fabs(bone->sine) / bone->cosine * edge / 2) * bone->cosine;
    bone->a = options->radius_vox[0] > 0 ? options->radius_vox[0] : 0.85 * half;
    bone->b = options->radius_vox[1] > 0 ? options->radius_vox[1] : fmin(0.7 * half, room_b);
    if (bone->a > half || bone->b > room_b)
        return trb_error_set(
            err, TRB_ERR_ARGUMENT,
            "a bone with radii %.4g and %.4g leaves the image of %zu voxels: at a tilt of %g degrees "
            "they may be %.4g and %.4g",
            bone->a, bone->b, options->image.size_vox, options->tilt_deg, half, room_b);
    /* The parallel curve is smooth as long as it stays within the least radius of curvature. */
    const double small = fmin(bone->a, bone->b), large = fmax(bone->a, bone->b),
                 curvature = small * small / large;
    if (!(options->cortex_vox >= 1 && options->cortex_vox < curvature))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "cortex of %g voxels: with radii %.4g and %.4g it can be 1 to %.4g voxels thick",
                             options->cortex_vox, bone->a, bone->b, curvature);
    if (!(options->gap_vox >= 0 && options->gap_vox < small))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "gap of %g voxels: it can be 0 to %.4g voxels wide",
                             options->gap_vox, small);
    const double highest = options->image.type == TRB_U8 ? UINT8_MAX : UINT16_MAX;
    if (!(options->outside_grey >= 0 && options->outside_grey <= highest))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "outside grey %g does not fit %s", options->outside_grey,
                             trb_type_name(options->image.type));
    return TRB_OK;
}

/* ---- making */

/* The foam alone, as shares: 0 ... 65535. Checks thickness, BV/TV and the look. */
static trb_status make_foam(const trb_phantom_bone *options, trb_volume **foam, trb_error *err)
{
    trb_phantom_options sharp = options->image, probe = options->image;
    probe.kind = TRB_PHANTOM_FOAM;
    trb_status status = trb_phantom_describe(&probe, NULL, NULL, err);
    sharp.kind = TRB_PHANTOM_FOAM;
    sharp.type = TRB_U16;
    sharp.marrow_grey = 0;
    sharp.bone_grey = UINT16_MAX;
    sharp.blur_vox = sharp.noise_grey = 0;
    return status ? status : trb_phantom_create(&sharp, foam, NULL, err);
}

/* One slice: bone and surroundings in units of the contrast between marrow and bone, and the truth's bits. */
static void make_slice(const struct bone *bone, const trb_volume *foam, size_t z, float *grey,
                       trb_phantom_bone_truth *truth)
{
    const trb_phantom_options *look = &bone->options->image;
    const double cortex = bone->options->cortex_vox;
    const double around =
        (bone->options->outside_grey - look->marrow_grey) / (look->bone_grey - look->marrow_grey);
    const size_t edge = foam->grid.nx;
    for (size_t y = 0; y < edge; y++) {
        const uint16_t *trabeculae = trb_volume_row(foam, y, z);
        for (size_t x = 0; x < edge; x++) {
            double uvw[3];
            to_bone(bone, x, y, z, uvw);
            const double d = ellipse_distance(uvw[0], uvw[1], bone->a, bone->b);
            const double outer = inside_share(d), inner = inside_share(d + cortex);
            const double shell = (outer - inner) * (1 - gap_share(bone, uvw));
            const double share = shell + inner * trabeculae[x] / UINT16_MAX;
            grey[y * edge + x] = (float)(share + (1 - outer) * around);
            trb_mask_set(truth->periosteal, x, y, z, d <= 0);
            trb_mask_set(truth->trabecular, x, y, z, d + cortex <= 0);
            trb_mask_set(truth->bone, x, y, z, share >= 0.5);
        }
    }
}

static trb_status make_masks(const trb_grid *grid, trb_phantom_bone_truth *truth, trb_error *err)
{
    trb_status status = trb_mask_create(grid, &truth->periosteal, err);
    if (!status)
        status = trb_mask_create(grid, &truth->trabecular, err);
    return status ? status : trb_mask_create(grid, &truth->bone, err);
}

static trb_status make_image(const struct bone *bone, const trb_volume *foam, float *grey, trb_volume **out,
                             trb_phantom_bone_truth *truth, trb_error *err)
{
    const trb_phantom_options *look = &bone->options->image;
    const trb_grid *grid = &foam->grid;
    trb_status status = make_masks(grid, truth, err);
    if (status)
        return status;
    const ptrdiff_t nz = (ptrdiff_t)grid->nz;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = 0; z < nz; z++)
        make_slice(bone, foam, (size_t)z, grey + (size_t)z * grid->nx * grid->ny, truth);
    if (look->blur_vox > 0)
        status = trb_phantom_blur(grey, grid, look->blur_vox, err);
    if (!status)
        status = trb_volume_create(grid, look->type, out, err);
    if (!status)
        trb_phantom_develop(grey, look, *out);
    return status;
}

trb_status trb_phantom_bone_create(const trb_phantom_bone *options, trb_volume **out,
                                   trb_phantom_bone_truth *truth, trb_error *err)
{
    struct bone bone = {.options = options};
    trb_volume *foam = NULL;
    float *grey = NULL;
    *out = NULL;
    *truth = (trb_phantom_bone_truth){0};
    trb_status status = fit(&bone, err);
    if (!status)
        status = make_foam(options, &foam, err);
    if (!status && !(grey = trb_alloc(trb_grid_voxels(&foam->grid), sizeof *grey, "a bone", err)))
        status = TRB_ERR_MEMORY;
    if (!status)
        status = make_image(&bone, foam, grey, out, truth, err);
    free(grey);
    trb_volume_destroy(foam);
    truth->radius_vox[0] = bone.a;
    truth->radius_vox[1] = bone.b;
    if (status)
        trb_phantom_bone_truth_clear(truth);
    return status;
}
