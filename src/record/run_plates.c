/* run_plates.c - plates and rods of a run: measuring, thickness by class, what to say about it. */
#include "record/run.h"

#include <math.h>
#include <stdio.h>

static const char *const KEYS[] = {"pBV/TV", "rBV/TV", "pBV/BV", "rBV/BV", "P-R", "pTb.Th", "rTb.Th", "pTb.N", "rTb.N",
                                   "rTb.Le", "R-R.Junc.D", "P-R.Junc.D", "P-P.Junc.D"};
#define N_KEYS (sizeof KEYS / sizeof *KEYS)

bool trb_run_wants_plates(const struct run *run)
{
    bool any = false;
    for (size_t i = 0; i < N_KEYS; i++)
        any = any || trb_run_wants(run, KEYS[i]);
    return (run->settings->plates || run->settings->metrics[0]) && any;
}

bool trb_run_wants_plate_thickness(const struct run *run)
{
    return trb_run_wants_plates(run) && (trb_run_wants(run, "pTb.Th") || trb_run_wants(run, "rTb.Th"));
}

trb_status trb_run_measure_plates(struct run *run)
{
    const trb_plates_options options = {run->settings->plate_aspect};
    struct run_plates *plates = &run->plates;
    trb_error inner = {TRB_OK, ""};
    const trb_status status =
        trb_plates_measure(run->products->bone, run->products->voi, &options, &plates->counts, &run->products->plates, &inner);
    plates->known = !status;
    if (status == TRB_ERR_DATA) {
        snprintf(plates->reason, sizeof plates->reason, "%.150s", inner.text);
        return TRB_OK;
    }
    return status ? trb_error_set(run->err, status, "%s", inner.text) : TRB_OK;
}

/* ---- thickness by class, from the planes of the map of Tb.Th */
static void add_row(struct run *run, size_t y, size_t z, const float *row)
{
    const trb_mask *plates = run->products->plates, *voi = run->products->voi;
    struct run_plates *p = &run->plates;
    for (size_t x = 0; x < plates->grid.nx; x++) {
        if (!(row[x] > 0) || (voi && !trb_mask_get(voi, x, y, z))) /* 0: marrow, or without a value under the ipl rules */
            continue;
        const int plate = trb_mask_get(plates, x, y, z);
        p->thickness_sum[plate] += (double)row[x];
        p->valued[plate]++;
    }
}

/* Sums in the order of voxels: the planes come in ascending order on one thread. */
static trb_status take_planes(void *user, size_t z0, size_t n, const float *values, trb_error *err)
{
    struct run *run = user;
    const trb_grid *grid = &run->products->bone->grid;
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < grid->ny; y++)
            add_row(run, y, z0 + z, values + (z * grid->ny + y) * grid->nx);
    return run->th_sink ? run->th_sink->planes(run->th_sink->user, z0, n, values, err) : TRB_OK;
}

const trb_map_sink *trb_run_plates_sink(struct run *run, trb_map_sink *own)
{
    if (!run->plates.known || !trb_run_wants_plate_thickness(run))
        return run->th_sink;
    *own = (trb_map_sink){take_planes, run};
    return own;
}

void trb_run_plates_from_map(struct run *run)
{
    const trb_volume *map = run->products->tb_th;
    if (!map || !run->plates.known || !trb_run_wants_plate_thickness(run))
        return;
    for (size_t z = 0; z < map->grid.nz; z++)
        for (size_t y = 0; y < map->grid.ny; y++)
            add_row(run, y, z, (const float *)map->voxels + (z * map->grid.ny + y) * map->grid.nx);
}

/* ---- values */
static double mean_thickness(const struct run_plates *plates, int plate)
{
    return plates->known && plates->valued[plate] ? plates->thickness_sum[plate] / (double)plates->valued[plate] : NAN;
}

trb_status trb_run_add_plates(struct run *run)
{
    if (!trb_run_wants_plates(run))
        return TRB_OK;
    const struct run_plates *p = &run->plates;
    const trb_plates *n = &p->counts;
    char tag[64], thickness_tag[96];
    snprintf(tag, sizeof tag, "surface skeleton, aspect %g", run->settings->plate_aspect);
    snprintf(thickness_tag, sizeof thickness_tag, "%s; %s", trb_thickness_rule_name(run->settings->thickness), tag);
    const double h = run->h_mm, tv = (double)run->tv_voxels, bv = (double)run->bv_voxels;
    const double plate = p->known ? (double)n->plate_voxels : NAN, rod = p->known ? (double)n->rod_voxels : NAN;
    const double per_mm3 = p->known ? 1 / (tv * h * h * h) : NAN;
    const char *none = run->bv_voxels == 0 ? "no bone in the VOI" : p->reason[0] ? p->reason : "";
    const char *no_plate = none[0] ? none : "no plate in the VOI", *no_rod = none[0] ? none : "no rod in the VOI";
    const struct {
        double value;
        const char *tag, *reason;
    } values[N_KEYS] = {
        {100 * plate / tv, tag, none},
        {100 * rod / tv, tag, none},
        {100 * plate / bv, tag, none},
        {100 * rod / bv, tag, none},
        {plate / rod, tag, no_rod},
        {mean_thickness(p, 1), thickness_tag, run->th_reason[0] ? run->th_reason : no_plate},
        {mean_thickness(p, 0), thickness_tag, run->th_reason[0] ? run->th_reason : no_rod},
        {cbrt((double)n->plates * per_mm3), tag, none},
        {cbrt((double)n->rods * per_mm3), tag, none},
        {p->known ? n->rod_length_mean * h : NAN, tag, no_rod},
        {(double)n->rod_rod * per_mm3, tag, none},
        {(double)n->plate_rod * per_mm3, tag, none},
        {(double)n->plate_plate * per_mm3, tag, none},
    };
    trb_status status = TRB_OK;
    for (size_t i = 0; !status && i < N_KEYS; i++)
        status = trb_run_add(run, KEYS[i], values[i].value, values[i].tag, values[i].reason);
    return status;
}

void trb_run_say_plates(const struct run *run, FILE *out)
{
    if (trb_run_wants_plates(run))
        fprintf(out,
                " Plates and rods were told apart by a surface skeleton, thinned in order of distance with isthmuses kept (after Bertrand "
                "and Couprie 2014); sections at least about %g times as wide as thick were plates. The metrics are those of Liu et al. 2008.",
                run->settings->plate_aspect);
}
