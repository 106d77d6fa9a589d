/*
 * plates_parts.c - the skeleton taken apart at its junctions.
 *
 * Sheets are cut where the marrow around a voxel falls into three parts or more; the cut is widened by one voxel, since
 * such lines have gaps, and given back to the plates beside it afterwards. Lines are cut at voxels with three and more
 * neighbours on lines. Every voxel then has the label of a plate, a rod or a junction of rods, in this order of numbers.
 */
#include "measure/plates_parts.h"

#include "core/memory.h"
#include "measure/neighbours.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

typedef struct contact {
    uint32_t a, b; /* labels, a < b */
    uint32_t at;   /* voxel */
    float step;
} contact;

typedef struct place {
    double sum[3], voxels, best;
    size_t middle;
} place;

typedef struct job {
    const trb_thinned *thinned;
    const trb_voxel_list *list;
    const uint8_t *sheet;
    uint8_t *chosen;
    uint32_t *label, *part;
    size_t plates, rods, junctions;
    contact *contacts;
    size_t contact_count, contact_room;
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

static void label_chosen(job *j, size_t from, size_t *count)
{
    trb_voxel_list_parts(j->list, j->chosen, j->part, count);
    for (size_t i = 0; i < j->list->count; i++)
        if (j->chosen[i])
            j->label[i] = (uint32_t)from + j->part[i];
}

/* ---- plates */

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

/* ---- rods */
static bool is_line_junction(const job *j, size_t i)
{
    size_t near[26], lines = 0;
    for (size_t k = trb_voxel_list_neighbours(j->list, i, near); k-- > 0;)
        lines += !j->sheet[near[k]];
    return lines >= 3;
}

static void find_rods(job *j)
{
    for (size_t i = 0; i < j->list->count; i++)
        j->chosen[i] = !j->sheet[i] && !is_line_junction(j, i);
    label_chosen(j, j->plates, &j->rods);
    for (size_t i = 0; i < j->list->count; i++)
        j->chosen[i] = !j->sheet[i] && !j->chosen[i];
    label_chosen(j, j->plates + j->rods, &j->junctions);
}

/* ---- contacts */
static trb_status add_contact(job *j, size_t i, size_t to)
{
    if (j->contact_count == j->contact_room) {
        const size_t room = j->contact_room ? 2 * j->contact_room : 4096;
        contact *grown = trb_alloc(room, sizeof *grown, "contacts of plates and rods", j->err);
        if (!grown)
            return TRB_ERR_MEMORY;
        if (j->contact_count)
            memcpy(grown, j->contacts, j->contact_count * sizeof *grown);
        free(j->contacts);
        j->contacts = grown;
        j->contact_room = room;
    }
    const uint32_t a = j->label[i], b = j->label[to];
    j->contacts[j->contact_count++] = (contact){a < b ? a : b, a < b ? b : a, (uint32_t)i, (float)trb_voxel_list_step(j->list, i, to)};
    return TRB_OK;
}

static int by_labels(const void *left, const void *right)
{
    const contact *a = left, *b = right;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    if (a->b != b->b)
        return a->b < b->b ? -1 : 1;
    return a->at != b->at ? (a->at < b->at ? -1 : 1) : (a->step > b->step) - (a->step < b->step);
}

static bool in_voi(const job *j, const trb_mask *voi, size_t i)
{
    return !voi || trb_mask_get(voi, j->list->x[i] - 1, j->list->y[i] - 1, j->list->z[i] - 1);
}

static bool is_rod(const job *j, uint32_t label)
{
    return label >= j->plates && label < j->plates + j->rods;
}

/* Steps along rods, and from their ends to what they touch, added per rod; junctions between two parts are counted. */
static trb_status walk_contacts(job *j, const trb_mask *voi, double *length, trb_plates *out)
{
    for (size_t i = 0; i < j->list->count; i++) {
        size_t near[26];
        const size_t n = trb_voxel_list_neighbours(j->list, i, near);
        for (size_t k = 0; k < n; k++) {
            const uint32_t a = j->label[i], b = j->label[near[k]];
            if (near[k] < i)
                continue;
            if (a == b && is_rod(j, a))
                length[a - j->plates] += trb_voxel_list_step(j->list, i, near[k]);
            const trb_status status = a != b ? add_contact(j, i, near[k]) : TRB_OK;
            if (status)
                return status;
        }
    }
    if (j->contact_count)
        qsort(j->contacts, j->contact_count, sizeof *j->contacts, by_labels);
    for (size_t c = 0; c < j->contact_count;) {
        const contact first = j->contacts[c];
        float step = first.step;
        for (; c < j->contact_count && j->contacts[c].a == first.a && j->contacts[c].b == first.b; c++)
            step = fminf(step, j->contacts[c].step);
        for (int end = 0; end < 2; end++)
            if (is_rod(j, end ? first.b : first.a))
                length[(end ? first.b : first.a) - j->plates] += step;
        if (first.a < j->plates && in_voi(j, voi, first.at))
            *(first.b < j->plates ? &out->plate_plate : &out->plate_rod) += 1;
    }
    return TRB_OK;
}

/* ---- where parts are */

/* The voxel of each part nearest to its centre; of equal ones the first. */
static trb_status find_middles(const job *j, place **out)
{
    const trb_voxel_list *list = j->list;
    const size_t parts = j->plates + j->rods + j->junctions;
    place *places = trb_alloc_zero(parts + 1, sizeof *places, "parts of a skeleton", j->err);
    *out = places;
    if (!places)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < list->count; i++) {
        place *p = &places[j->label[i]];
        const double at[3] = {list->x[i], list->y[i], list->z[i]};
        for (int axis = 0; axis < 3; axis++)
            p->sum[axis] += at[axis];
        p->voxels++;
        p->best = INFINITY;
    }
    for (size_t i = 0; i < list->count; i++) {
        place *p = &places[j->label[i]];
        const double at[3] = {list->x[i], list->y[i], list->z[i]};
        double d2 = 0;
        for (int axis = 0; axis < 3; axis++) /* times the number of voxels: whole numbers, so that ties are exact */
            d2 += (at[axis] * p->voxels - p->sum[axis]) * (at[axis] * p->voxels - p->sum[axis]);
        if (d2 < p->best) {
            p->best = d2;
            p->middle = i;
        }
    }
    return TRB_OK;
}

static void count_parts(const job *j, const trb_mask *voi, const place *places, const double *length, trb_plates *out)
{
    double sum = 0;
    for (size_t p = 0; p < j->plates + j->rods + j->junctions; p++) {
        if (!in_voi(j, voi, places[p].middle))
            continue;
        if (p < j->plates)
            out->plates++;
        else if (p >= j->plates + j->rods)
            out->rod_rod++;
        else {
            out->rods++;
            sum += length[p - j->plates];
        }
    }
    out->rod_length_mean = out->rods ? sum / (double)out->rods : NAN;
}

trb_status trb_plates_count(const trb_thinned *thinned, const trb_voxel_list *list, const uint8_t *sheet, const trb_mask *voi,
                            trb_plates *out, trb_error *err)
{
    const size_t room = list->count ? list->count : 1;
    job j = {.thinned = thinned, .list = list, .sheet = sheet, .err = err};
    place *places = NULL;
    double *length = NULL;
    j.chosen = trb_alloc(room, 1, "parts of a skeleton", err);
    j.label = trb_alloc(room, sizeof *j.label, "parts of a skeleton", err);
    j.part = trb_alloc(room, sizeof *j.part, "parts of a skeleton", err);
    trb_status status = j.chosen && j.label && j.part ? TRB_OK : TRB_ERR_MEMORY;
    if (!status) {
        memset(j.label, 0xFF, room * sizeof *j.label);
        status = find_plates(&j);
    }
    if (!status) {
        find_rods(&j);
        length = trb_alloc_zero(j.rods + 1, sizeof *length, "rods", err);
        status = length ? walk_contacts(&j, voi, length, out) : TRB_ERR_MEMORY;
    }
    if (!status)
        status = find_middles(&j, &places);
    if (!status)
        count_parts(&j, voi, places, length, out);
    free(places);
    free(length);
    free(j.contacts);
    free(j.chosen);
    free(j.label);
    free(j.part);
    return status;
}
