/*
 * plates_parts.c - the sheets of a skeleton taken apart where three meet.
 *
 * There the marrow around a voxel falls into three parts or more. The cut is widened by one voxel, since such lines have
 * gaps, and given back to the plates beside it afterwards.
 */
#include "measure/plates_parts.h"

#include "core/memory.h"
#include "measure/neighbours.h"

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

/* 6-connected parts of the marrow in the 18 neighbours that touch a face of the voxel in the middle. */
static int marrow_parts(uint32_t bits)
{
    const uint32_t corners = 0x145, self = (uint32_t)1 << TRB_NEIGHBOURS_SELF, faces = 0x415410;
    const uint32_t left = 0x1249249, right = left << 2, low = 0x7 | 0x7 << 9 | 0x7 << 18, high = low << 6;
    const uint32_t marrow = ~bits & 0x7FFFFFF & ~self & ~(corners | corners << 18);
    uint32_t faces_left = marrow & faces;
    int parts = 0;
    for (; faces_left; parts++) {
        uint32_t part = faces_left & (~faces_left + 1), before;
        do {
            before = part;
            part |= (part & ~right) << 1 | (part & ~left) >> 1 | (part & ~high) << 3 | (part & ~low) >> 3 | part << 9 | part >> 9;
            part &= marrow;
        } while (part != before);
        faces_left &= ~part;
    }
    return parts;
}

static bool cuts_sheets(const job *j, size_t i)
{
    return marrow_parts(trb_neighbours(j->list->mask, j->list->x[i], j->list->y[i], j->list->z[i])) >= 3;
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
    memcpy(j->chosen, j->sheet, list->count);
    for (size_t i = 0; i < list->count; i++) {
        if (!j->sheet[i] || !cuts_sheets(j, i))
            continue;
        size_t near[26];
        j->chosen[i] = 0;
        for (size_t k = trb_voxel_list_neighbours(list, i, near); k-- > 0;)
            j->chosen[near[k]] = 0;
    }
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
