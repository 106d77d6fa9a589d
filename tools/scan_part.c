/* scan_part.c - a scan and the part of it that --slices and --crop leave. */
#include "scan_part.h"

#include <string.h>

static trb_status part_box(const trb_settings *settings, const trb_grid *grid, trb_box *box, trb_error *err)
{
    *box = settings->crop.hi[0] ? settings->crop : trb_grid_box(grid);
    if (settings->slices[1]) {
        if (settings->crop.hi[0])
            return trb_error_set(err, TRB_ERR_ARGUMENT, "give --slices or the z range of --crop, not both");
        box->lo[2] = settings->slices[0];
        box->hi[2] = settings->slices[1];
    }
    const size_t size[3] = {grid->nx, grid->ny, grid->nz};
    for (int axis = 0; axis < 3; axis++)
        if (box->hi[axis] > size[axis])
            return trb_error_set(err, TRB_ERR_ARGUMENT, "%s %zu:%zu leaves the image, which has %zu %s",
                                 settings->slices[1] ? "slices" : "crop", box->lo[axis], box->hi[axis], size[axis],
                                 axis == 2 ? "slices" : axis == 1 ? "rows" : "columns");
    return TRB_OK;
}

trb_status scan_part_open(const char *path, const trb_settings *settings, trb_scan **scan, trb_box *box, trb_error *err)
{
    trb_open_options open_options = trb_open_options_default();
    memcpy(open_options.spacing_mm, settings->voxel_size_mm, sizeof open_options.spacing_mm);
    open_options.allow_gaps = settings->allow_gaps;
    trb_status status = trb_scan_open(path, &open_options, scan, err);
    return status ? status : part_box(settings, trb_scan_grid(*scan), box, err);
}
