/* voi_roi.c - a VOI drawn in ImageJ: regions into their slices, then the slices between them. */
#include "trabecula/voi.h"

#include "core/memory.h"
#include "prepare/contour_interpolate.h"
#include "prepare/polygon_fill.h"
#include "prepare/roi_set.h"
#include "prepare/voi_notes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Outside, over the side, or in the image? The box of a region ends at pixel borders. */
static trb_status check_place(const trb_roi *roi, const trb_grid *grid, bool *cut, trb_error *err)
{
    const double nx = (double)grid->nx, ny = (double)grid->ny;
    if (roi->slice > grid->nz)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "region '%s' is on slice %zu, and the image has %zu slices", roi->name,
                             roi->slice, grid->nz);
    if (roi->right <= 0 || roi->bottom <= 0 || roi->left >= nx || roi->top >= ny)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "region '%s' lies outside the image: x %g to %g, y %g to %g, and the image has %zu x %zu pixels",
                             roi->name, roi->left, roi->right, roi->top, roi->bottom, grid->nx, grid->ny);
    *cut = roi->left < 0 || roi->top < 0 || roi->right > nx || roi->bottom > ny;
    return TRB_OK;
}

static trb_status check_places(const trb_roi_set *set, const trb_grid *grid, const trb_voi_notes *notes, trb_error *err)
{
    size_t cut = 0, first = 0;
    for (size_t i = 0; i < set->n; i++) {
        bool over = false;
        trb_status status = check_place(&set->rois[i], grid, &over, err);
        if (status)
            return status;
        if (over && cut++ == 0)
            first = i;
    }
    if (cut)
        trb_voi_note(notes, "%zu of %zu regions reach over the side of the image and were cut there (the first is '%s')", cut,
                     set->n, set->rois[first].name);
    if (set->n_skipped)
        trb_voi_note(notes, "%zu regions were left out: %s", set->n_skipped, set->skipped);
    return TRB_OK;
}

/* Regions with a slice into their slices; drawn: room for nz numbers. */
static trb_status fill_drawn(const trb_roi_set *set, trb_mask *mask, size_t *drawn, size_t *n, trb_error *err)
{
    bool *is_drawn = trb_alloc_zero(mask->grid.nz, sizeof *is_drawn, "the drawn slices", err);
    if (!is_drawn)
        return TRB_ERR_MEMORY;
    trb_status status = TRB_OK;
    for (size_t i = 0; i < set->n && !status; i++) {
        const trb_roi *roi = &set->rois[i];
        if (roi->slice == 0)
            continue;
        is_drawn[roi->slice - 1] = true;
        if ((status = trb_roi_fill(roi, mask, roi->slice - 1, err)))
            trb_error_within(err, "region '%s'", roi->name);
    }
    *n = 0;
    for (size_t z = 0; z < mask->grid.nz; z++)
        if (is_drawn[z])
            drawn[(*n)++] = z;
    free(is_drawn);
    return status;
}

/* Regions without a slice: filled once, then joined to every slice. */
static trb_status fill_all(const trb_roi_set *set, trb_mask *mask, trb_error *err)
{
    trb_grid plane = mask->grid;
    trb_mask *all = NULL;
    plane.nz = 1;
    trb_status status = trb_mask_create(&plane, &all, err);
    for (size_t i = 0; i < set->n && !status; i++)
        if (set->rois[i].slice == 0 && (status = trb_roi_fill(&set->rois[i], all, 0, err)))
            trb_error_within(err, "region '%s'", set->rois[i].name);
    const size_t words = mask->grid.ny * mask->words_per_row;
    for (size_t z = 0; z < mask->grid.nz && !status; z++) {
        uint64_t *to = trb_mask_row(mask, 0, z);
        for (size_t i = 0; i < words; i++)
            to[i] |= all->bits[i];
    }
    trb_mask_destroy(all);
    return status;
}

static trb_status fill_set(const trb_roi_set *set, trb_mask *mask, const trb_voi_notes *notes, trb_error *err)
{
    size_t *drawn = trb_alloc(mask->grid.nz, sizeof *drawn, "the drawn slices", err);
    size_t n = 0, everywhere = 0, empty = 0;
    if (!drawn)
        return TRB_ERR_MEMORY;
    trb_status status = fill_drawn(set, mask, drawn, &n, err);
    if (!status && n > 1)
        status = trb_contour_interpolate(mask, drawn, n, &empty, err);
    for (size_t i = 0; i < set->n; i++)
        everywhere += set->rois[i].slice == 0;
    if (!status && everywhere)
        status = fill_all(set, mask, err);
    if (!status && everywhere)
        trb_voi_note(notes, "%zu of %zu regions have no slice and were taken for all %zu slices", everywhere, set->n, mask->grid.nz);
    if (!status && n)
        trb_voi_note(notes, "regions drawn on %zu slices, %zu to %zu counted from 1%s", n, drawn[0] + 1, drawn[n - 1] + 1,
                     drawn[n - 1] - drawn[0] + 1 > n ? "; slices between them were interpolated" : "");
    if (!status && empty)
        trb_voi_note(notes, "%zu slices between drawn ones are empty: neighbouring outlines do not overlap enough to be "
                            "joined; draw one between them", empty);
    free(drawn);
    return status;
}

trb_status trb_voi_from_rois(const char *path, const trb_grid *grid, const trb_voi_notes *notes, trb_mask **out, trb_error *err)
{
    trb_roi_set set;
    *out = NULL;
    trb_status status = trb_roi_set_read(path, &set, err);
    if (!status)
        status = check_places(&set, grid, notes, err);
    if (!status)
        status = trb_mask_create(grid, out, err);
    if (!status)
        status = fill_set(&set, *out, notes, err);
    trb_roi_set_clear(&set);
    if (status) {
        trb_mask_destroy(*out);
        *out = NULL;
    }
    return status;
}
