/* run_shape.c - fractal dimension, star volume and ellipsoid factor of a run. */
#include "record/run.h"

#include <math.h>
#include <stdio.h>

#define FEW_BOXES 8    /* the largest boxes should fit the VOI so often at least */
#define CURVED 0.99    /* R2 below this: no straight line */

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
        trb_record_warn(run->record, "FD: boxes above %zu voxels do not fit the VOI or meet no surface; %zu of the %zu sizes were left out",
                        fd->size_vox[0], fd->dropped, fd->dropped + fd->n);
    if (fd->room < FEW_BOXES)
        trb_record_warn(run->record, "FD: the VOI holds %.2g of the largest boxes (%zu voxels); under %d their count is that of few places: "
                                     "give smaller ones with --fd-boxes", fd->room, fd->size_vox[0], FEW_BOXES);
    if (fd->r2 < CURVED)
        trb_record_warn(run->record, "FD: log boxes over log size is no straight line (R2 %.3f), so the bone has no one dimension at "
                                     "these sizes", fd->r2);
}

trb_status trb_run_add_shape(struct run *run)
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
