/*
 * plates_clean.c - what is too small to be a plate or a rod.
 *
 * Where rods meet, and on rough surfaces, thinning leaves single voxels that part marrow from marrow as a sheet does;
 * in crumpled sheets some voxels look like a line. Both are told by their size against the thickness of the bone.
 */
#include "measure/plates_parts.h"

#include "core/memory.h"

#include <stdlib.h>

typedef struct part_size {
    size_t voxels;
    double thickness; /* sum, then mean */
    uint8_t touches;  /* the other class */
} part_size;

double trb_skeleton_thickness(const trb_thinned *thinned, const trb_voxel_list *list, size_t i)
{
    const trb_grid *grid = &list->mask->grid;
    const size_t at = ((list->z[i] - 1) * (grid->ny - 2) + list->y[i] - 1) * (grid->nx - 2) + list->x[i] - 1;
    return thinned->depth[at] - 1; /* from twice the distance of centres */
}

/* Sizes of the parts of `chosen` voxels. Output *sizes: yours. */
static trb_status measure_parts(const trb_thinned *thinned, const trb_voxel_list *list, const uint8_t *chosen, uint32_t *part,
                                part_size **sizes, trb_error *err)
{
    size_t parts;
    trb_voxel_list_parts(list, chosen, part, &parts);
    *sizes = trb_alloc_zero(parts ? parts : 1, sizeof **sizes, "parts of a skeleton", err);
    if (!*sizes)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < list->count; i++) {
        if (!chosen[i])
            continue;
        part_size *size = &(*sizes)[part[i]];
        size->voxels++;
        size->thickness += trb_skeleton_thickness(thinned, list, i);
        size_t near[26];
        const size_t n = size->touches ? 0 : trb_voxel_list_neighbours(list, i, near);
        for (size_t k = 0; k < n; k++)
            size->touches |= !chosen[near[k]];
    }
    for (size_t p = 0; p < parts; p++)
        (*sizes)[p].thickness /= (double)(*sizes)[p].voxels;
    return TRB_OK;
}

trb_status trb_plates_clean(trb_thinned *thinned, const trb_voxel_list *list, uint8_t *sheet, trb_error *err)
{
    const size_t room = list->count ? list->count : 1;
    uint32_t *part = trb_alloc(room, sizeof *part, "parts of a skeleton", err);
    uint8_t *line = trb_alloc(room, 1, "parts of a skeleton", err);
    part_size *sizes = NULL;
    trb_status status = part && line ? TRB_OK : TRB_ERR_MEMORY;
    for (size_t i = 0; !status && i < list->count; i++)
        sheet[i] = (uint8_t)trb_mask_get(thinned->sheet, list->x[i], list->y[i], list->z[i]);
    if (!status)
        status = measure_parts(thinned, list, sheet, part, &sizes, err);
    for (size_t i = 0; !status && i < list->count; i++) {
        if (sheet[i] && 4.0 * (double)sizes[part[i]].voxels < sizes[part[i]].thickness * sizes[part[i]].thickness + 4)
            sheet[i] = 0; /* a single voxel never is a sheet */
        line[i] = !sheet[i];
    }
    free(sizes);
    sizes = NULL;
    if (!status)
        status = measure_parts(thinned, list, line, part, &sizes, err);
    for (size_t i = 0; !status && i < list->count; i++) {
        if (line[i] && sizes[part[i]].touches && (double)sizes[part[i]].voxels < sizes[part[i]].thickness)
            sheet[i] = 1;
        trb_mask_set(thinned->sheet, list->x[i], list->y[i], list->z[i], sheet[i]);
    }
    free(sizes);
    free(line);
    free(part);
    return status;
}
