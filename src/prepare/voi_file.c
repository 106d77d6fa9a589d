/* voi_file.c - VOI masks from image files. */
#include "trabecula/voi.h"

#include "io/grey_source.h"
#include "prepare/voi_shapes.h"

#include <math.h>
#include <string.h>

#define SLAB_PLANES 16

/* Spacings as files keep them (rational numbers, float32, six digits) may differ by this much. */
#define SPACING_TOLERANCE 1e-3

static bool same_spacing(const trb_grid *a, const trb_grid *b)
{
    for (int axis = 0; axis < 3; axis++) {
        const double x = a->spacing_mm[axis], y = b->spacing_mm[axis];
        if (x > 0 && y > 0 && fabs(x - y) > SPACING_TOLERANCE * fmin(x, y))
            return false;
    }
    return true;
}

static trb_status check_grid(const trb_grid *mask, const trb_grid *image, trb_error *err)
{
    if (!trb_grid_same_size(mask, image))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "the mask has %zu x %zu x %zu voxels, the image %zu x %zu x %zu: a mask needs the "
                             "size of the image that it belongs to (was one of them cropped or resampled?)",
                             mask->nx, mask->ny, mask->nz, image->nx, image->ny, image->nz);
    if (!same_spacing(mask, image))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "the mask has voxels of %.6g x %.6g x %.6g mm, the image of %.6g x %.6g x %.6g mm: "
                             "save the mask with the image's voxel size, or without one",
                             mask->spacing_mm[0], mask->spacing_mm[1], mask->spacing_mm[2], image->spacing_mm[0],
                             image->spacing_mm[1], image->spacing_mm[2]);
    return TRB_OK;
}

/* Some planes at a time: the voxels of a mask file need not fit where its bits do. */
static trb_status read_mask(trb_scan *scan, const trb_grid *grid, trb_mask *mask, trb_error *err)
{
    const trb_box all = trb_grid_box(trb_scan_grid(scan));
    trb_grey_source source = trb_grey_of_scan(scan, &all, SLAB_PLANES);
    trb_status status = TRB_OK;
    for (size_t z = 0; !status && z < grid->nz; z = trb_grey_slab_end(&source, z)) {
        trb_volume planes;
        trb_mask *part = NULL;
        status = trb_grey_view(&source, z, trb_grey_slab_end(&source, z), &planes, err);
        if (!status)
            status = trb_mask_from_volume(&planes, &part, err);
        if (!status)
            memcpy(trb_mask_row(mask, 0, z), part->bits,
                   planes.grid.nz * grid->ny * mask->words_per_row * sizeof *mask->bits);
        trb_mask_destroy(part);
    }
    trb_grey_clear(&source);
    return status;
}

static trb_status mask_from_file(const char *path, const trb_grid *grid, trb_mask **out, trb_error *err)
{
    const trb_open_options options = trb_open_options_default();
    trb_scan *scan = NULL;
    trb_status status = trb_scan_open(path, &options, &scan, err);
    if (!status)
        status = check_grid(trb_scan_grid(scan), grid, err);
    if (!status)
        status = trb_mask_create(grid, out, err); /* the scan's spacing: the mask's own may not be known */
    if (!status && (status = read_mask(scan, grid, *out, err))) {
        trb_mask_destroy(*out);
        *out = NULL;
    }
    trb_scan_close(scan);
    return status;
}

trb_status trb_voi_create(const char *text, const trb_grid *grid, trb_mask **out, trb_error *err)
{
    *out = NULL;
    if (trb_voi_is_shape(text))
        return trb_voi_shape(text, grid, out, err);
    trb_status status = mask_from_file(text, grid, out, err);
    if (status == TRB_ERR_IO)
        trb_error_within(err, "VOI '%.200s' is no shape (box:x0:x1,y0:y1,z0:z1 or cylinder:cx,cy,rx,ry,z0:z1), "
                              "and as a mask file it cannot be read",
                         text);
    else if (status)
        trb_error_within(err, "VOI %.200s", text);
    return status;
}
