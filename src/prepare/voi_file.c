/*
 * voi_file.c - VOI masks from image files.
 * A mask of the image's size lies on it voxel on voxel. A mask of another size, or one that says that it lies elsewhere,
 * is moved by the difference of the origins, which has to be whole voxels.
 */
#include "trabecula/voi.h"

#include "io/grey_source.h"
#include "prepare/roi_set.h"
#include "prepare/voi_labels.h"
#include "prepare/voi_notes.h"
#include "prepare/voi_shapes.h"

#include <math.h>
#include <string.h>

#define SLAB_PLANES 16

/* Spacings as files keep them (rational numbers, float32, six digits) may differ by this much. */
#define SPACING_TOLERANCE 1e-3

#define RASTER_TOLERANCE 0.05 /* voxels: origins in files have six digits or single precision */

static bool same_spacing(const trb_grid *a, const trb_grid *b)
{
    for (int axis = 0; axis < 3; axis++) {
        const double x = a->spacing_mm[axis], y = b->spacing_mm[axis];
        if (x > 0 && y > 0 && fabs(x - y) > SPACING_TOLERANCE * fmin(x, y))
            return false;
    }
    return true;
}

/* Both grids in words: whoever made the mask sees which of them is not the one that was meant. */
static trb_status misfit(const trb_grid *mask, const trb_grid *image, const char *why, trb_error *err)
{
    return trb_error_set(err, TRB_ERR_ARGUMENT,
                         "the mask has %zu x %zu x %zu voxels from %.6g,%.6g,%.6g mm, the image %zu x %zu x %zu from "
                         "%.6g,%.6g,%.6g mm: %s", mask->nx, mask->ny, mask->nz, mask->origin_mm[0], mask->origin_mm[1],
                         mask->origin_mm[2], image->nx, image->ny, image->nz, image->origin_mm[0], image->origin_mm[1],
                         image->origin_mm[2], why);
}

static bool has_origin(const trb_grid *grid)
{
    return grid->origin_mm[0] != 0 || grid->origin_mm[1] != 0 || grid->origin_mm[2] != 0;
}

static trb_status another_size(const trb_grid *mask, const trb_grid *image, trb_error *err)
{
    return trb_error_set(err, TRB_ERR_ARGUMENT,
                         "the mask has %zu x %zu x %zu voxels, the image %zu x %zu x %zu: a mask needs the "
                         "size of the image that it belongs to, or an origin in its file that places it in the image (was one "
                         "of them cropped or resampled?)",
                         mask->nx, mask->ny, mask->nz, image->nx, image->ny, image->nz);
}

/* Where voxel 0,0,0 of the mask lies in the image, in voxels. */
static trb_status find_shift(const trb_grid *mask, const trb_grid *image, const trb_voi_notes *notes, ptrdiff_t shift[3],
                             trb_error *err)
{
    const size_t from[3] = {mask->nx, mask->ny, mask->nz}, to[3] = {image->nx, image->ny, image->nz};
    const bool spacing = trb_grid_has_spacing(mask) && trb_grid_has_spacing(image);
    const bool same_size = trb_grid_same_size(mask, image);
    double by[3] = {0, 0, 0};
    bool moved = false, whole = true, meets = true;
    for (int axis = 0; axis < 3; axis++) {
        shift[axis] = 0;
        if (spacing)
            by[axis] = (mask->origin_mm[axis] - image->origin_mm[axis]) / image->spacing_mm[axis];
        moved = moved || fabs(by[axis]) > RASTER_TOLERANCE;
        whole = whole && fabs(by[axis] - nearbyint(by[axis])) <= RASTER_TOLERANCE;
        meets = meets && by[axis] < (double)to[axis] && by[axis] + (double)from[axis] > 0;
    }
    if (!moved)
        return same_size ? TRB_OK : another_size(mask, image, err);
    if (same_size && !(has_origin(mask) && has_origin(image))) {
        trb_voi_note(notes, "the origin of the mask, %.6g,%.6g,%.6g mm, is not that of the image, %.6g,%.6g,%.6g mm; it has the "
                            "same size and was taken voxel on voxel", mask->origin_mm[0], mask->origin_mm[1], mask->origin_mm[2],
                     image->origin_mm[0], image->origin_mm[1], image->origin_mm[2]);
        return TRB_OK;
    }
    if (!meets)
        return misfit(mask, image, "by their origins they do not meet", err);
    if (!whole)
        return misfit(mask, image, "their origins do not differ by whole voxels; resample the mask to the image's raster", err);
    for (int axis = 0; axis < 3; axis++)
        shift[axis] = (ptrdiff_t)nearbyint(by[axis]);
    trb_voi_note(notes, "the mask was placed by its origin: its first voxel is %td,%td,%td of the image", shift[0], shift[1],
                 shift[2]);
    return TRB_OK;
}

static trb_status check_spacing(const trb_grid *mask, const trb_grid *image, trb_error *err)
{
    if (!same_spacing(mask, image))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "the mask has voxels of %.6g x %.6g x %.6g mm, the image of %.6g x %.6g x %.6g mm: "
                             "save the mask with the image's voxel size, or without one",
                             mask->spacing_mm[0], mask->spacing_mm[1], mask->spacing_mm[2], image->spacing_mm[0],
                             image->spacing_mm[1], image->spacing_mm[2]);
    return TRB_OK;
}

/* Set voxels of one plane, moved. Gives how many fell beside the image. */
static size_t place_plane(const trb_mask *from, size_t z, const ptrdiff_t shift[3], trb_mask *to, size_t to_z)
{
    size_t lost = 0;
    for (size_t y = 0; y < from->grid.ny; y++)
        for (size_t x = 0; x < from->grid.nx; x++) {
            if (!trb_mask_get(from, x, y, z))
                continue;
            const ptrdiff_t at_x = (ptrdiff_t)x + shift[0], at_y = (ptrdiff_t)y + shift[1];
            if (at_x < 0 || at_y < 0 || at_x >= (ptrdiff_t)to->grid.nx || at_y >= (ptrdiff_t)to->grid.ny)
                lost++;
            else
                trb_mask_set(to, (size_t)at_x, (size_t)at_y, to_z, 1);
        }
    return lost;
}

/* The planes of part, of which the first is plane z of the file. */
static size_t place(const trb_mask *part, size_t z, const ptrdiff_t shift[3], trb_mask *to)
{
    size_t lost = 0;
    const bool aligned = shift[0] == 0 && shift[1] == 0 && part->grid.nx == to->grid.nx && part->grid.ny == to->grid.ny;
    const size_t words = part->grid.ny * part->words_per_row;
    for (size_t k = 0; k < part->grid.nz; k++) {
        const ptrdiff_t at_z = (ptrdiff_t)(z + k) + shift[2];
        if (at_z < 0 || at_z >= (ptrdiff_t)to->grid.nz) {
            trb_mask plane = *part;
            plane.grid.nz = 1;
            plane.bits += k * words;
            lost += trb_mask_count(&plane);
        } else if (aligned) {
            memcpy(trb_mask_row(to, 0, (size_t)at_z), trb_mask_row(part, 0, k), words * sizeof *to->bits);
        } else {
            lost += place_plane(part, k, shift, to, (size_t)at_z);
        }
    }
    return lost;
}

/* Some planes at a time: the voxels of a mask file need not fit where its bits do. */
static trb_status read_mask(trb_scan *scan, trb_labels *labels, const ptrdiff_t shift[3], trb_mask *mask, size_t *lost,
                            trb_error *err)
{
    const trb_box all = trb_grid_box(trb_scan_grid(scan));
    trb_grey_source source = trb_grey_of_scan(scan, &all, SLAB_PLANES);
    trb_status status = TRB_OK;
    *lost = 0;
    for (size_t z = 0; !status && z < source.grid.nz; z = trb_grey_slab_end(&source, z)) {
        trb_volume planes;
        trb_mask *part = NULL;
        status = trb_grey_view(&source, z, trb_grey_slab_end(&source, z), &planes, err);
        if (!status)
            status = labels->wanted ? trb_labels_mask(labels, &planes, &part, err) : trb_mask_from_volume(&planes, &part, err);
        if (!status)
            *lost += place(part, z, shift, mask);
        trb_mask_destroy(part);
    }
    trb_grey_clear(&source);
    return status;
}

trb_status trb_voi_from_file(const char *path, const trb_voi_rules *rules, const trb_grid *grid, const trb_voi_notes *notes,
                             trb_mask **out, trb_error *err)
{
    const trb_open_options options = trb_open_options_default();
    trb_labels labels = {.wanted = rules->by_label, .label = rules->label};
    trb_scan *scan = NULL;
    ptrdiff_t shift[3];
    size_t lost = 0;
    *out = NULL;
    trb_status status = trb_scan_open(path, &options, &scan, err);
    if (!status)
        status = find_shift(trb_scan_grid(scan), grid, notes, shift, err);
    if (!status)
        status = check_spacing(trb_scan_grid(scan), grid, err);
    if (!status)
        status = trb_mask_create(grid, out, err); /* the scan's spacing: the mask's own may not be known */
    if (!status)
        status = read_mask(scan, &labels, shift, *out, &lost, err);
    if (!status)
        status = trb_labels_check(&labels, err);
    if (!status && lost)
        trb_voi_note(notes, "%zu voxels of the mask lie beside the image and were cut off", lost);
    if (status) {
        trb_mask_destroy(*out);
        *out = NULL;
    }
    trb_scan_close(scan);
    return status;
}

trb_status trb_voi_one(const char *text, const trb_voi_rules *rules, const trb_grid *grid, const trb_voi_notes *notes,
                       trb_mask **out, trb_error *err)
{
    *out = NULL;
    if (trb_voi_is_shape(text))
        return trb_voi_shape(text, grid, out, err);
    trb_status status = trb_roi_is_file(text) ? trb_voi_from_rois(text, grid, notes, out, err)
                                              : trb_voi_from_file(text, rules, grid, notes, out, err);
    if (status == TRB_ERR_IO)
        trb_error_within(err, "VOI '%.200s' is no shape (box:x0:x1,y0:y1,z0:z1 or cylinder:cx,cy,rx,ry,z0:z1), "
                              "and as a mask file it cannot be read",
                         text);
    else if (status)
        trb_error_within(err, "VOI %.200s", text);
    return status;
}

trb_status trb_voi_create(const char *text, const trb_grid *grid, trb_mask **out, trb_error *err)
{
    const trb_voi_rules none = trb_voi_rules_default();
    return trb_voi_one(text, &none, grid, NULL, out, err);
}
