/* run_enclosed.c - bone volume and surface of the grey values at the threshold: without the staircase of voxels. */
#include "record/run.h"

#include <math.h>

bool trb_run_wants_enclosed(const struct run *run)
{
    return trb_run_wants(run, "BV.grey") || trb_run_wants(run, "BV/TV.grey") || trb_run_wants(run, "BS.grey") ||
           trb_run_wants(run, "BS/BV.grey");
}

trb_status trb_run_measure_enclosed(struct run *run, double level)
{
    if (run->enclosed_known || run->record->threshold.local)
        return TRB_OK;
    const trb_status status = trb_grey_enclose(run->seen, &run->filter, level, run->settings->invert, run->products->bone,
                                               run->products->voi, NULL, &run->enclosed, run->err);
    run->enclosed_known = status == TRB_OK && run->enclosed.cells > 0;
    return status;
}

/* Cells end at the outermost voxel centres: what they hold stands for the whole VOI. */
trb_status trb_run_add_enclosed(struct run *run)
{
    const char *const METHOD = isnan(run->record->threshold.seed_grey) ? "grey marching cubes, per TV" : "grey marching cubes at the low threshold, per TV";
    const char *reason = run->record->threshold.local ? TRB_NO_SINGLE_LEVEL : run->empty_voi ? "the VOI is empty" : trb_run_is_flat(run) ? TRB_FLAT : "no cell of 2 x 2 x 2 voxels in the VOI";
    const trb_grey_enclosed *e = &run->enclosed;
    const bool known = run->enclosed_known;
    const double h = run->h_mm, share = known ? e->bone / e->cells : NAN;
    const double tv = (double)run->tv_voxels * h * h * h, area = known ? e->area / e->cells / h * tv : NAN; /* per volume, times TV */
    trb_status status = trb_run_add(run, "BV.grey", share * tv, METHOD, reason);
    if (!status)
        status = trb_run_add(run, "BV/TV.grey", 100 * share, METHOD, reason);
    if (!status)
        status = trb_run_add(run, "BS.grey", area, METHOD, reason);
    if (!status)
        status = trb_run_add(run, "BS/BV.grey", area / (share * tv), METHOD, known ? "no bone" : reason);
    return status;
}
