/* run_doubts.c - metrics that mislead when trabeculae are thin for the voxels, or gaps wide for the VOI. */
#include "record/run.h"

#include <math.h>
#include <stddef.h>

#define THIN_VOX 4.0  /* below, most voxels of a trabecula touch marrow and hold some of it */
#define HALF_LEFT 50. /* percent of the bone that one peeling leaves of plates of THIN_VOX */

static bool has_value(const struct run *run, const char *key)
{
    const trb_metric *metric = trb_record_metric(run->record, key);
    return metric && isfinite(metric->value);
}

/* From the thickness where it was measured, else from what peeling leaves. */
static void doubt_density(struct run *run)
{
    if (!has_value(run, "TMD") || run->bv_voxels == 0)
        return;
    const double left = 100.0 * (double)run->grey_peeled.voxels / (double)run->bv_voxels;
    if (run->th.valued && run->th.mean_vox < THIN_VOX)
        trb_record_warn(run->record, "TMD: Tb.Th is %.2g voxels, so most bone voxels hold some marrow and TMD is too low and follows Tb.Th: "
                                     "TMD.peel1 leaves the surface out (%.0f %% of the bone is left)", run->th.mean_vox, left);
    else if (run->th.valued == 0 && left < HALF_LEFT)
        trb_record_warn(run->record, "TMD: %.0f %% of the bone voxels lie at the surface and hold some marrow, so TMD is too low and follows Tb.Th: "
                                     "TMD.peel1 leaves them out", 100 - left);
}

/* A gap as wide as the VOI says where the VOI lies, not how far trabeculae are apart. */
static void doubt_separation(struct run *run)
{
    const double widest = run->sp.valued ? run->sp.max_vox * run->h_mm : NAN, side = trb_run_shortest_side(run);
    if (has_value(run, "Tb.Sp") && widest >= side)
        trb_record_warn(run->record, "Tb.Sp: the widest gap (%.3g mm) is as wide as the VOI (%.3g mm): with so little bone Tb.Sp depends on what lies "
                                     "around the VOI and on the border of the image", widest, side);
}

/* Balls and directions find no end across the slice: what they measure is a section. */
static void doubt_one_slice(struct run *run)
{
    if (run->record->grid.nz == 1)
        trb_record_warn(run->record, "one slice only: thickness, separation, number and anisotropy are those of a plane section, not of the bone; measure a "
                                     "stack for 3D values");
}

void trb_run_warn_of_sizes(struct run *run)
{
    doubt_one_slice(run);
    doubt_density(run);
    doubt_separation(run);
}
