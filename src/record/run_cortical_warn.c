/* run_cortical_warn.c - what a user should know before trusting the numbers of a cortex. */
#include "record/run.h"

#include <math.h>
#include <string.h>

#define FILLED_MUCH 0.01    /* of the compartment: holes in its mask that a person should know of */
#define POROUS 0.25         /* voids of compact bone are fewer */
#define MOUSE_VOXEL 0.010   /* mm: wider ones do not resolve the canals of mice */
#define THIN 6              /* voxels: see the bias table */
#define OBLIQUE_DEG 10      /* areas are 1.5 % too large there, Imax 4.7 % */
#define JUMP 0.1            /* of Tt.Ar, from slice to slice: no medulla changes so fast */

static const double PI = 3.14159265358979323846;

static void warn_of_slices(struct run *run, const trb_cortical *c)
{
    size_t at_side = 0, several = 0, first_open = 0;
    for (size_t i = c->n; i-- > 0;) {
        at_side += c->slice[i].at_side;
        several += c->slice[i].outlines > 1;
        first_open = c->slice[i].closed ? first_open : c->slice[i].z;
    }
    if (c->open)
        trb_record_warn(run->record, "the cortex is not closed in %zu of %zu slices (slice %zu the first): its medulla leaks, so Tt.Ar, Ma.Ar, "
                                     "perimeters and Ct.Th.model are means of the others", c->open, c->n, first_open);
    if (at_side)
        trb_record_warn(run->record, "the compartment touches the side of the image in %zu of %zu slices: the section is cut, and areas and "
                                     "moments are of what is seen", at_side, c->n);
    if (several)
        trb_record_warn(run->record, "%zu of %zu slices hold more than one bone: areas are sums and moments are about their common centroid; "
                                     "choose one with --voi", several, c->n);
    if (c->gaps)
        trb_record_warn(run->record, "the compartment has empty slices between its first and last: Ct.Th ends at them");
    if ((double)run->filled.voxels > FILLED_MUCH * (double)c->tv)
        trb_record_warn(run->record, "holes of the VOI's mask were filled as pores of the cortex: %.3g %% of the compartment, the largest of %llu "
                                     "pixels; is a part of the medulla among them?",
                        100 * (double)run->filled.voxels / (double)c->tv, (unsigned long long)run->filled.largest);
}

/* A trabecula across the medulla, or a marrow space that opens, tears it in one slice and not in the next. */
static void warn_of_jumps(struct run *run, const trb_cortical *c)
{
    size_t jumps = 0, first = 0;
    for (size_t i = c->n; i-- > 1;) {
        const trb_cortical_slice *a = &c->slice[i - 1], *b = &c->slice[i];
        if (!a->closed || !b->closed || b->z != a->z + 1 || !(fabs(b->ma_ar - a->ma_ar) > JUMP * fmax(a->tt_ar, b->tt_ar)))
            continue;
        jumps++;
        first = b->z;
    }
    if (jumps)
        trb_record_warn(run->record, "Ma.Ar jumps by more than 10 %% of Tt.Ar from one slice to the next at %zu place%s (slice %zu the first): the "
                                     "medulla is torn there. A mask of bone with trabeculae is no compartment: draw it, or --voi auto:cortical",
                        jumps, jumps > 1 ? "s" : "", first);
}

/* The angle between z and the straight line through the centroids of the slices, by least squares. */
static double tilt_deg(const trb_cortical *c)
{
    double n = 0, z = 0, zz = 0, p[2] = {0, 0}, zp[2] = {0, 0};
    for (size_t i = 0; i < c->n; i++) {
        const trb_cortical_slice *s = &c->slice[i];
        const double at = s->z_mm - c->slice[0].z_mm;
        if (isnan(s->centroid_mm[0]) || !s->closed)
            continue;
        n++;
        z += at;
        zz += at * at;
        for (int axis = 0; axis < 2; axis++) {
            p[axis] += s->centroid_mm[axis];
            zp[axis] += at * s->centroid_mm[axis];
        }
    }
    const double spread = zz - z * z / n;
    if (n < 8 || !(spread > 0)) /* the noise of a few slices is no direction */
        return 0;
    return atan(hypot((zp[0] - z * p[0] / n) / spread, (zp[1] - z * p[1] / n) / spread)) * 180 / PI;
}

static void warn_of_tilt(struct run *run, const trb_cortical *c)
{
    const double tilt = tilt_deg(c), k = 1 / cos(tilt * PI / 180);
    if (tilt > OBLIQUE_DEG)
        trb_record_warn(run->record, "the bone lies %.3g degrees oblique to the slices: areas are about %.2g %% and Imax up to %.2g %% too large, "
                                     "Ct.Th.model is too thick; align the scan with the bone. Ct.Th is in 3D and right but for the ends of the slab",
                        tilt, 100 * (k - 1), 100 * (k * k * k - 1));
}

static void warn_of_pores(struct run *run, const trb_cortical *c)
{
    trb_record *record = run->record;
    const double porosity = 1 - (double)c->bv / (double)c->tv;
    if (porosity > POROUS)
        trb_record_warn(record, "Ct.Po is %.3g %%: that is not compact bone. Is the threshold right, and is the compartment free of trabeculae and "
                                "of marrow? Look at the picture", 100 * porosity);
    if (trb_run_wants(run, "Ct.Po") && run->h_mm > MOUSE_VOXEL * (1 + 1e-9))
        trb_record_warn(record, "voxels of %.4g um do not resolve the canals of mouse cortex (10 um or less): Ct.Po and pore sizes see the large "
                                "pores only", run->h_mm * 1000);
    if (2 * c->pores.small > c->pores.count)
        trb_record_warn(record, "%llu of %llu pores have 8 voxels or less: Ct.Po.N may count noise",
                        (unsigned long long)c->pores.small, (unsigned long long)c->pores.count);
}

void trb_run_warn_of_cortical(struct run *run)
{
    const trb_cortical *c = &run->products->cortical;
    trb_record *record = run->record;
    const trb_threshold_choice *choice = &run->settings->threshold;
    const bool by_histogram = !choice->by_value && strcmp(choice->method, "hysteresis") != 0 && strcmp(choice->method, "adaptive") != 0;
    if (c->n == 0)
        return;
    if (c->bv == 0)
        trb_record_warn(record, "no bone in the compartment: is the threshold right?");
    warn_of_slices(run, c);
    warn_of_tilt(run, c);
    warn_of_jumps(run, c);
    if (by_histogram && 2 * c->open > c->n)
        trb_record_warn(record, "most slices show no marrow inside the periosteal contour, so the rule %s has only the cortex to split: give "
                                "--threshold VALUE", choice->method);
    if (c->bv > 0)
        warn_of_pores(run, c);
    if (c->th.valued && c->th.mean_vox < THIN)
        trb_record_warn(record, "Ct.Th is %.2g voxels: below 6 voxels every rule is off by up to half a voxel (README, bias table)",
                        c->th.mean_vox);
}
