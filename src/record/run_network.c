/* run_network.c - Euler numbers, parts and pores of a run, from the masks. */
#include "record/run.h"

#include "trabecula/label.h"

#include <math.h>
#include <stdio.h>

static bool wants_euler(const struct run *run)
{
    return trb_run_wants(run, "Conn.D") || trb_run_wants(run, "Conn") || trb_run_wants(run, "Euler.corr") ||
           trb_run_wants(run, "Euler");
}

static bool wants_pores(const struct run *run)
{
    return trb_run_wants(run, "Po(op)") || trb_run_wants(run, "Po(cl)") || trb_run_wants(run, "Po.N(cl)");
}

bool trb_run_wants_network(const struct run *run)
{
    return wants_euler(run) || wants_pores(run) || trb_run_wants(run, "Obj.N");
}

static trb_status copy_cut(const trb_mask *mask, const trb_mask *voi, trb_mask **out, trb_error *err)
{
    const trb_status status = trb_mask_copy(mask, out, err);
    if (!status && voi)
        trb_mask_and(*out, voi);
    return status;
}

/* *parts: of the bone in the VOI, when purifying has counted them anyway; otherwise left alone. */
static trb_status measure_euler(struct run *run, bool *counted)
{
    const trb_mask *bone = run->products->bone, *voi = run->products->voi;
    const trb_purify_rule rule = run->settings->purify;
    struct run_network *network = &run->network;
    if (rule == TRB_PURIFY_NONE)
        return trb_euler_measure(bone, voi, &network->euler, run->err);
    trb_mask *pure = NULL;
    trb_purified done = {0, 0, 0, 0};
    trb_status status = copy_cut(bone, rule == TRB_PURIFY_VOI ? voi : NULL, &pure, run->err);
    if (!status)
        status = trb_purify(pure, voi, &done, run->err);
    if (!status)
        status = trb_euler_measure(pure, voi, &network->euler, run->err);
    trb_mask_destroy(pure);
    if (!status && (rule == TRB_PURIFY_VOI || !voi)) {
        network->parts = done.parts;
        *counted = true;
    }
    return status;
}

static trb_status count_parts(struct run *run)
{
    trb_mask *cut = NULL;
    trb_parts parts = {0, NULL, NULL};
    const trb_mask *bone = run->products->bone;
    trb_status status = TRB_OK;
    if (run->products->voi) {
        status = copy_cut(bone, run->products->voi, &cut, run->err);
        bone = cut;
    }
    if (!status)
        status = trb_parts_measure(bone, TRB_CONNECT_26, &parts, run->err);
    run->network.parts = parts.count;
    trb_parts_clear(&parts);
    trb_mask_destroy(cut);
    return status;
}

trb_status trb_run_measure_network(struct run *run)
{
    bool counted = false;
    trb_status status = TRB_OK;
    if (wants_euler(run))
        status = measure_euler(run, &counted);
    if (!status && !counted && trb_run_wants(run, "Obj.N"))
        status = count_parts(run);
    if (!status && wants_pores(run))
        status = trb_pores_measure(run->products->bone, run->products->voi, &run->network.pores, run->err);
    run->network.known = !status;
    return status;
}

static const char *of_what(trb_purify_rule rule)
{
    switch (rule) {
    case TRB_PURIFY_IMAGE: return "one part of the image";
    case TRB_PURIFY_VOI: return "one part in the VOI";
    case TRB_PURIFY_NONE: break;
    }
    return "as segmented";
}

static trb_status add_euler(struct run *run, double tv_mm3)
{
    const bool bone = run->bv_voxels > 0;
    const struct run_network *network = &run->network;
    const double corrected = bone ? (double)network->euler.corrected_eighths / 8 : NAN;
    const char *reason = "no bone in the VOI";
    char corrected_tag[96], raw_tag[96];
    snprintf(corrected_tag, sizeof corrected_tag, "edge-corrected, %s", of_what(run->settings->purify));
    snprintf(raw_tag, sizeof raw_tag, "raw, %s", of_what(run->settings->purify));
    trb_status status = trb_run_add(run, "Conn.D", (1 - corrected) / tv_mm3, corrected_tag, reason);
    if (!status)
        status = trb_run_add(run, "Conn", 1 - corrected, corrected_tag, reason);
    if (!status)
        status = trb_run_add(run, "Euler.corr", corrected, corrected_tag, reason);
    if (!status)
        status = trb_run_add(run, "Euler", bone ? (double)network->euler.raw : NAN, raw_tag, reason);
    if (bone && network->known && wants_euler(run) && corrected > 1)
        trb_record_warn(run->record, "Conn.D is negative: the bone has more parts and cavities than tunnels, so it says nothing about "
                                     "connectivity%s",
                        run->settings->purify == TRB_PURIFY_NONE ? ": --purify image counts one part without cavities" : "");
    return status;
}

static trb_status add_pores(struct run *run)
{
    const double tv = (double)run->tv_voxels, bv = (double)run->bv_voxels;
    const double closed = run->network.known ? (double)run->network.pores.closed_voxels : NAN;
    const double solid = bv + closed;
    trb_status status = trb_run_add(run, "Po(tot)", 100 * (tv - bv) / tv, "voxel", "");
    if (!status)
        status = trb_run_add(run, "Po(op)", 100 * (tv - solid) / tv, "6-connected", "");
    if (!status)
        status = trb_run_add(run, "Po(cl)", solid > 0 ? 100 * closed / solid : NAN, "6-connected", "no bone in the VOI");
    if (!status)
        status = trb_run_add(run, "Po.N(cl)", run->network.known ? (double)run->network.pores.closed : NAN, "6-connected", "");
    return status;
}

trb_status trb_run_add_network(struct run *run)
{
    const double tv_mm3 = (double)run->tv_voxels * trb_grid_voxel_mm3(&run->record->grid);
    trb_status status = add_euler(run, tv_mm3);
    if (!status)
        status = trb_run_add(run, "Obj.N", run->network.known ? (double)run->network.parts : NAN, "26-connected", "");
    return status ? status : add_pores(run);
}
