/* plates_parts.h - plates, rods and junctions of a surface skeleton. */
#ifndef TRB_PLATES_PARTS_H
#define TRB_PLATES_PARTS_H

#include "measure/thin_surface.h"
#include "measure/voxel_list.h"
#include "trabecula/plates.h"

/** The thickness of the bone around voxel i of the skeleton, in voxels. */
double trb_skeleton_thickness(const trb_thinned *thinned, const trb_voxel_list *list, size_t i);

/**
 * Correct thinned->sheet in place: sheets that are too small become lines, short lines on sheets become sheets.
 * Output      sheet: list->count, 1 for voxels of sheets.
 * Errors      TRB_ERR_MEMORY.
 */
trb_status trb_plates_clean(trb_thinned *thinned, const trb_voxel_list *list, uint8_t *sheet, trb_error *err);

#define TRB_NO_PART UINT32_MAX

/**
 * Plates: sheets between the lines where three of them meet.
 * Output      label: list->count numbers, from 0 on sheets, TRB_NO_PART on lines. *plates: how many.
 * Errors      TRB_ERR_MEMORY.
 */
trb_status trb_plates_label(const trb_thinned *thinned, const trb_voxel_list *list, const uint8_t *sheet, uint32_t *label,
                            size_t *plates, trb_error *err);

/** Number of plates, rods and junctions with their place in the VOI (without margin; NULL: all) into *out. */
trb_status trb_plates_count(const trb_thinned *thinned, const trb_voxel_list *list, const uint8_t *sheet, const trb_mask *voi,
                            trb_plates *out, trb_error *err);

#endif
