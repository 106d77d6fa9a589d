/* run_shape.c - fractal dimension, star volume and ellipsoid factor of a run. */
#include "record/run.h"

#include <math.h>
#include <stdio.h>

#define FEW_BOXES 8    /* the largest boxes should fit the VOI so often at least */
#define CURVED 0.99    /* R2 below this: no straight line */
#define MUCH_CUT 0.05  /* of a star volume, by walls */

bool trb_run_wants_fd(const struct run *run)
{
    return trb_run_wants(run, "FD") || trb_run_wants(run, "FD.R2");
}

trb_status trb_run_measure_fd(struct run *run)
{
    struct run_shape *shape = &run->shape;
    trb_error inner = {TRB_OK, ""};
    const trb_status status =
        trb_fd_measure(run->products->bone, run->products->voi, &run->settings->fd, &shape->fd, &inner);
    shape->fd_known = !status;
    if (status == TRB_ERR_DATA) {
        snprintf(shape->fd_reason, sizeof shape->fd_reason, "%.150s", inner.text);
        return TRB_OK;
    }
    return status ? trb_error_set(run->err, status, "%s", inner.text) : TRB_OK;
}

static void fd_tag(const struct run *run, char *tag, size_t size)
{
    const trb_fd_options *o = &run->settings->fd;
    const trb_fd *fd = &run->shape.fd;
    const bool cut = run->shape.fd_known && fd->dropped > 0;
    char shifts[40] = "";
    if (o->shifts)
        snprintf(shifts, sizeof shifts, ", fewest of %zu^3 shifts", o->shifts + 1);
    snprintf(tag, size, "boxes, %s%s, %zu to %zu voxels by %g", trb_fd_rule_name(o->rule), shifts,
             cut ? fd->size_vox[0] : o->largest_vox, o->smallest_vox, o->factor);
}

static void warn_of_fd(struct run *run)
{
    const trb_fd *fd = &run->shape.fd;
    if (fd->dropped)
        trb_record_warn(run->record, "FD: boxes above %zu voxels do not fit the VOI or meet no surface; %zu of the %zu sizes were left "
                                     "out",
                        fd->size_vox[0], fd->dropped, fd->dropped + fd->n);
    if (fd->room < FEW_BOXES)
        trb_record_warn(run->record, "FD: the VOI holds %.2g of the largest boxes (%zu voxels); under %d their count is that of few places: "
                                     "give smaller ones with --fd-boxes", fd->room, fd->size_vox[0], FEW_BOXES);
    if (fd->r2 < CURVED)
        trb_record_warn(run->record, "FD: log boxes over log size is no straight line (R2 %.3f), so the bone has no one dimension at "
                                     "these sizes", fd->r2);
}

static trb_status add_fd(struct run *run)
{
    const struct run_shape *shape = &run->shape;
    const char *reason = run->bv_voxels == 0 ? "no bone in the VOI" : shape->fd_reason;
    char tag[96];
    fd_tag(run, tag, sizeof tag);
    trb_status status = trb_run_add(run, "FD", shape->fd_known ? shape->fd.fd : NAN, tag, reason);
    if (!status)
        status = trb_run_add(run, "FD.R2", shape->fd_known ? shape->fd.r2 : NAN, tag, reason);
    if (!status && shape->fd_known)
        warn_of_fd(run);
    return status;
}

/* ---- star volume: asked for by the switch or by name, not in every table */
bool trb_run_wants_star(const struct run *run)
{
    static const char *const keys[] = {"Tb.V*", "Tb.V*.cut", "Ma.V*", "Ma.V*.cut", "DA.SLD"};
    bool wanted = false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        wanted = wanted || trb_run_wants(run, keys[i]);
    return wanted && (run->settings->star || run->settings->metrics[0]);
}

trb_status trb_run_measure_star(struct run *run)
{
    const trb_star_options options = trb_star_options_default();
    const trb_status status =
        trb_star_measure(run->products->bone, run->products->voi, &options, &run->record->star, run->err);
    run->shape.star_known = run->record->has_star = !status;
    return status;
}

static void warn_of_star(struct run *run, const char *key, const trb_star_phase *phase)
{
    if (phase->volume_cut > MUCH_CUT)
        trb_record_warn(run->record, "%s: the VOI wall or the image border cuts the view from %.0f %% of the points, which make "
                                     "%.0f %% of the star volume: it is too small by an unknown amount", key, 100 * phase->cut,
                        100 * phase->volume_cut);
}

static trb_status add_star(struct run *run)
{
    const trb_star *star = &run->record->star;
    const bool known = run->shape.star_known;
    const trb_star_options options = trb_star_options_default();
    const double voxel = pow(run->h_mm, 3);
    char tag[96];
    snprintf(tag, sizeof tag, "lines to the VOI wall, %zu directions, lattice of %g voxels",
             options.directions * TRB_STAR_IMAGES, known ? star->options.apart_vox : options.apart_vox);
    const struct {
        const char *key;
        double value;
        const char *reason;
    } rows[] = {
        {"Tb.V*", star->bone.volume_vox * voxel, "no bone in the VOI"},
        {"Tb.V*.cut", 100 * star->bone.volume_cut, "no bone in the VOI"},
        {"Ma.V*", star->marrow.volume_vox * voxel, "no marrow in the VOI"},
        {"Ma.V*.cut", 100 * star->marrow.volume_cut, "no marrow in the VOI"},
        {"DA.SLD", star->da, run->bv_voxels ? "no ellipsoid fits the star lengths" : "no bone in the VOI"},
    };
    trb_status status = TRB_OK;
    for (size_t i = 0; !status && i < sizeof rows / sizeof *rows; i++)
        status = trb_run_add(run, rows[i].key, known ? rows[i].value : NAN, tag, rows[i].reason);
    if (!status && known) {
        if (trb_run_wants(run, "Tb.V*"))
            warn_of_star(run, "Tb.V*", &star->bone);
        if (trb_run_wants(run, "Ma.V*"))
            warn_of_star(run, "Ma.V*", &star->marrow);
        if (trb_run_wants(run, "DA.SLD") && star->bone.cut > 0.2)
            trb_record_warn(run->record, "DA.SLD: %.0f %% of the star lengths of bone are cut by the VOI wall or the image border: its "
                                         "shape shows in them", 100 * star->bone.cut);
    }
    return status;
}

trb_status trb_run_add_shape(struct run *run)
{
    trb_status status = add_fd(run);
    if (!status && trb_run_wants_star(run))
        status = add_star(run);
    if (!status && trb_run_wants_ef(run))
        status = trb_run_add_ef(run);
    return status;
}

/* Sentences of the methods text. */
void trb_run_say_shape(const struct run *run, FILE *out)
{
    const trb_fd_options *fd = &run->settings->fd;
    if (run->shape.fd_known && trb_run_wants_fd(run)) {
        fprintf(out, " The fractal dimension of the bone surface was found by counting boxes of %zu to %zu voxels, ", fd->largest_vox,
                fd->smallest_vox);
        fputs(fd->rule == TRB_FD_WINDOWS ? "at every place in the volume of interest." : "of a grid.", out);
    }
    if (run->shape.star_known)
        fprintf(out, " Star volumes (Vesterby 1990) and star lengths were measured along test lines in %zu directions that ended at "
                     "the wall of the volume of interest.", run->record->star.options.directions * TRB_STAR_IMAGES);
    if (run->shape.ef_known)
        fprintf(out, " The ellipsoid factor (Doube 2015) is that of the largest ellipsoid in bone that holds the voxel; ellipsoids grew "
                     "from %llu medial voxels and filled %.1f %% of the bone.", (unsigned long long)run->record->ef.seeds,
                100 * (double)run->record->ef.filled / (double)run->record->ef.voxels);
}
