/*
 * plates_parts.c - the sheets of a skeleton taken apart where three meet.
 *
 * There the marrow in 5 x 5 x 5 voxels falls into three parts or more. The cut is widened by four voxels, since from
 * rims and gaps so near the marrow is seen to be one, and given back to the plates beside it afterwards.
 */
#include "measure/plates_parts.h"

#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

#define NONE TRB_NO_PART

typedef struct job {
    const trb_thinned *thinned;
    const trb_voxel_list *list;
    const uint8_t *sheet;
    uint8_t *chosen;
    uint32_t *label, *part;
    size_t plates;
    trb_error *err;
} job;

/* ---- the marrow in the 5 x 5 x 5 voxels around one, a plane of 25 bits each, bit 5 (dy + 2) + dx + 2 */
enum { WIDER = 4, SIDE = 5, PLANE = 0x1FFFFFF };

/* What is no skeleton. The margin and what lies beyond count as skeleton: plates that end at the image wall part the
 * marrow there as well. */
static void marrow_around(const trb_voxel_list *list, size_t i, uint32_t marrow[SIDE])
{
    const trb_grid *grid = &list->mask->grid;
    for (size_t dz = 0; dz < SIDE; dz++) {
        const size_t z = list->z[i] + dz - 2;
        marrow[dz] = 0;
        for (size_t dy = 0; dy < SIDE && z >= 1 && z <= grid->nz - 2; dy++) {
            const size_t y = list->y[i] + dy - 2;
            if (y < 1 || y > grid->ny - 2)
                continue;
            for (size_t dx = 0; dx < SIDE; dx++) {
                const size_t x = list->x[i] + dx - 2;
                if (x >= 1 && x <= grid->nx - 2 && !trb_mask_get(list->mask, x, y, z))
                    marrow[dz] |= (uint32_t)1 << (SIDE * dy + dx);
            }
        }
    }
}

/* Fill `part` inside marrow, over faces. */
static void fill(const uint32_t marrow[SIDE], uint32_t part[SIDE])
{
    const uint32_t left = 0x108421, right = left << 4; /* columns */
    bool changed = true;
    while (changed) {
        changed = false;
        for (int z = 0; z < SIDE; z++) {
            uint32_t p = part[z];
            p |= (p & ~right) << 1 | (p & ~left) >> 1 | (p << SIDE & PLANE) | p >> SIDE;
            p |= (z ? part[z - 1] : 0) | (z + 1 < SIDE ? part[z + 1] : 0);
            p &= marrow[z];
            changed |= p != part[z];
            part[z] = p;
        }
    }
}

/* Parts of the marrow there that come to the 26 neighbours of the voxel, up to 3. */
static int marrow_parts(const trb_voxel_list *list, size_t i)
{
    const uint32_t near = 0x739C0; /* the 3 x 3 columns in the middle */
    uint32_t marrow[SIDE];
    int parts = 0;
    marrow_around(list, i, marrow);
    for (int z = 1; z < 4 && parts < 3; z++)
        while (parts < 3 && (marrow[z] & near)) {
            uint32_t part[SIDE] = {0};
            part[z] = (marrow[z] & near) & (~(marrow[z] & near) + 1);
            fill(marrow, part);
            for (int k = 0; k < SIDE; k++)
                marrow[k] &= ~part[k];
            parts++;
        }
    return parts;
}

/* Three sheets have three voxels beside theirs. */
static bool cuts_sheets(const job *j, size_t i)
{
    size_t near[26];
    const size_t n = trb_voxel_list_neighbours(j->list, i, near);
    return n > 2 && marrow_parts(j->list, i) >= 3;
}

/* The chosen voxels get numbers from `from` on. */
static void label_chosen(job *j, size_t from, size_t *count)
{
    trb_voxel_list_parts(j->list, j->chosen, j->part, count);
    for (size_t i = 0; i < j->list->count; i++)
        if (j->chosen[i])
            j->label[i] = (uint32_t)from + j->part[i];
}

/* Cut voxels take the least label beside them, layer by layer; what touches no plate becomes one. */
static void give_back(job *j)
{
    const trb_voxel_list *list = j->list;
    bool changed = true;
    while (changed) {
        changed = false;
        for (size_t i = 0; i < list->count; i++) {
            j->part[i] = NONE;
            size_t near[26];
            const size_t n = j->sheet[i] && j->label[i] == NONE ? trb_voxel_list_neighbours(list, i, near) : 0;
            for (size_t k = 0; k < n; k++)
                if (j->sheet[near[k]] && j->label[near[k]] < j->part[i])
                    j->part[i] = j->label[near[k]];
        }
        for (size_t i = 0; i < list->count; i++)
            if (j->part[i] != NONE) {
                j->label[i] = j->part[i];
                changed = true;
            }
    }
    for (size_t i = 0; i < list->count; i++)
        j->chosen[i] = j->sheet[i] && j->label[i] == NONE;
    size_t more;
    label_chosen(j, j->plates, &more);
    j->plates += more;
}

/* Pieces between cuts that are too small for a plate lose their label; the others are numbered again. */
static trb_status drop_small(job *j)
{
    struct { double voxels, thickness; uint32_t number; } *piece = trb_alloc_zero(j->plates + 1, sizeof *piece, "plates", j->err);
    if (!piece)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < j->list->count; i++)
        if (j->label[i] != NONE) {
            piece[j->label[i]].voxels++;
            piece[j->label[i]].thickness += trb_skeleton_thickness(j->thinned, j->list, i);
        }
    uint32_t n = 0;
    for (size_t p = 0; p < j->plates; p++) {
        const double thickness = piece[p].thickness / piece[p].voxels;
        piece[p].number = 4 * piece[p].voxels < thickness * thickness + 4 ? NONE : n++;
    }
    for (size_t i = 0; i < j->list->count; i++)
        if (j->label[i] != NONE)
            j->label[i] = piece[j->label[i]].number;
    j->plates = n;
    free(piece);
    return TRB_OK;
}

static trb_status find_plates(job *j)
{
    const trb_voxel_list *list = j->list;
    for (size_t i = 0; i < list->count; i++)
        j->part[i] = j->sheet[i] && cuts_sheets(j, i) ? 0 : NONE; /* steps from the cut */
    for (uint32_t step = 0; step < WIDER; step++)
        for (size_t i = 0; i < list->count; i++) {
            size_t near[26];
            for (size_t k = j->part[i] == step ? trb_voxel_list_neighbours(list, i, near) : 0; k-- > 0;)
                if (j->part[near[k]] == NONE)
                    j->part[near[k]] = step + 1;
        }
    for (size_t i = 0; i < list->count; i++)
        j->chosen[i] = j->sheet[i] && j->part[i] == NONE;
    label_chosen(j, 0, &j->plates);
    const trb_status status = drop_small(j);
    if (!status)
        give_back(j);
    return status;
}

trb_status trb_plates_label(const trb_thinned *thinned, const trb_voxel_list *list, const uint8_t *sheet, uint32_t *label,
                            size_t *plates, trb_error *err)
{
    const size_t room = list->count ? list->count : 1;
    job j = {.thinned = thinned, .list = list, .sheet = sheet, .label = label, .err = err};
    j.chosen = trb_alloc(room, 1, "parts of a skeleton", err);
    j.part = trb_alloc(room, sizeof *j.part, "parts of a skeleton", err);
    memset(label, 0xFF, room * sizeof *label);
    const trb_status status = j.chosen && j.part ? find_plates(&j) : TRB_ERR_MEMORY;
    *plates = j.plates;
    free(j.chosen);
    free(j.part);
    return status;
}
