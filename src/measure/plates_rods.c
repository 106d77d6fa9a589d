/*
 * plates_rods.c - the lines of a skeleton taken apart into rods and junctions, and all parts counted.
 *
 * Lines are cut at voxels with three and more neighbours on lines. A line shorter than the bone around it is thick is no
 * rod but belongs to the junction at its end; where only two rods are left at a junction they are one.
 * Labels in this order: plates, rods, junctions.
 */
#include "measure/plates_parts.h"

#include "core/memory.h"
#include "measure/plates_contacts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A plate, a rod or a junction. */
typedef struct part {
    double length, thickness, voxels; /* thickness: sum over the voxels */
    double sum[3], best;              /* of places; the least distance to their mean */
    uint32_t middle, group;           /* group: the rod that it goes on as */
    uint32_t rods, plates;            /* that touch it */
    uint32_t first_rod;               /* a contact */
} part;

typedef struct job {
    const trb_thinned *thinned;
    const trb_voxel_list *list;
    const uint8_t *sheet;
    const trb_mask *voi;
    uint8_t *junction, *chosen;
    uint32_t *label, *number;
    size_t plates, rods, junctions;
    part *parts;
    trb_contact *contacts;
    size_t contact_count;
    trb_error *err;
} job;

static size_t all_parts(const job *j)
{
    return j->plates + j->rods + j->junctions;
}

static bool is_rod(const job *j, uint32_t label)
{
    return label >= j->plates && label < j->plates + j->rods;
}

static bool in_voi(const job *j, size_t i)
{
    return !j->voi || trb_mask_get(j->voi, j->list->x[i] - 1, j->list->y[i] - 1, j->list->z[i] - 1);
}

/* ---- labels and contacts */
static void find_branchings(job *j)
{
    for (size_t i = 0; i < j->list->count; i++) {
        size_t near[26], lines = 0;
        for (size_t k = j->sheet[i] ? 0 : trb_voxel_list_neighbours(j->list, i, near); k-- > 0;)
            lines += !j->sheet[near[k]];
        j->junction[i] = lines >= 3;
    }
}

static void label_lines(job *j, bool junctions, size_t from, size_t *count)
{
    for (size_t i = 0; i < j->list->count; i++)
        j->chosen[i] = !j->sheet[i] && (j->junction[i] != 0) == junctions;
    trb_voxel_list_parts(j->list, j->chosen, j->number, count);
    for (size_t i = 0; i < j->list->count; i++)
        if (j->chosen[i])
            j->label[i] = (uint32_t)from + j->number[i];
}

/* Lengths of rods: all steps in them, and the step to each part that they touch. */
static void measure_parts(job *j)
{
    for (size_t i = 0; i < j->list->count; i++) {
        part *p = &j->parts[j->label[i]];
        const double at[3] = {j->list->x[i], j->list->y[i], j->list->z[i]};
        for (int axis = 0; axis < 3; axis++)
            p->sum[axis] += at[axis];
        p->voxels++;
        p->thickness += trb_skeleton_thickness(j->thinned, j->list, i);
        size_t near[26];
        for (size_t k = is_rod(j, j->label[i]) ? trb_voxel_list_neighbours(j->list, i, near) : 0; k-- > 0;)
            if (near[k] > i && j->label[near[k]] == j->label[i])
                p->length += trb_voxel_list_step(j->list, i, near[k]);
    }
    for (size_t c = 0; c < j->contact_count; c++) {
        const trb_contact *contact = &j->contacts[c];
        const uint32_t ends[2] = {contact->a, contact->b};
        for (int end = 0; end < 2; end++) {
            part *p = &j->parts[ends[end]];
            const uint32_t other = ends[1 - end];
            p->length += (double)contact->step;
            if (is_rod(j, other) && p->rods++ == 0)
                p->first_rod = (uint32_t)c;
            p->plates += other < j->plates;
        }
    }
}

static trb_status label_all(job *j)
{
    free(j->parts);
    free(j->contacts);
    j->contacts = NULL;
    label_lines(j, false, j->plates, &j->rods);
    label_lines(j, true, j->plates + j->rods, &j->junctions);
    j->parts = trb_alloc_zero(all_parts(j) + 1, sizeof *j->parts, "parts of a skeleton", j->err);
    if (!j->parts)
        return TRB_ERR_MEMORY;
    const trb_status status = trb_contacts_find(j->list, j->label, &j->contacts, &j->contact_count, j->err);
    if (!status)
        measure_parts(j);
    return status;
}

static bool is_short(const part *rod)
{
    return rod->length < rod->thickness / rod->voxels;
}

static void drop_short(job *j)
{
    for (size_t i = 0; i < j->list->count; i++)
        if (is_rod(j, j->label[i]) && is_short(&j->parts[j->label[i]]))
            j->junction[i] = 1;
}

/* ---- rods that go on */
static uint32_t group_of(part *parts, uint32_t label)
{
    while (parts[label].group != label)
        label = parts[label].group = parts[parts[label].group].group;
    return label;
}

static double apart(const job *j, size_t a, size_t b)
{
    const double d[3] = {(double)j->list->x[a] - j->list->x[b], (double)j->list->y[a] - j->list->y[b],
                         (double)j->list->z[a] - j->list->z[b]};
    return sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
}

/* The two rods of a junction without others become one, across the straight line between their ends. */
static void join_rods(job *j)
{
    for (size_t p = 0; p < all_parts(j); p++)
        j->parts[p].group = (uint32_t)p;
    for (size_t c = 0; c < j->contact_count; c++) {
        const trb_contact *second = &j->contacts[c]; /* rods have the lower labels */
        const part *junction = &j->parts[second->b];
        if (second->b < j->plates + j->rods || junction->rods != 2 || junction->plates != 0 || junction->first_rod == c)
            continue;
        const trb_contact *first = &j->contacts[junction->first_rod];
        const uint32_t a = group_of(j->parts, first->a), b = group_of(j->parts, second->a);
        part *into = &j->parts[a < b ? a : b], *from = &j->parts[a < b ? b : a];
        into->length += apart(j, first->at_b, second->at_b);
        if (a == b)
            continue; /* a ring */
        into->length += from->length;
        into->voxels += from->voxels;
        for (int axis = 0; axis < 3; axis++)
            into->sum[axis] += from->sum[axis];
        from->group = a < b ? a : b;
    }
}

/* ---- counting */

/* The voxel of each part nearest to its centre; of equal ones the first. */
static void find_middles(job *j)
{
    for (size_t p = 0; p < all_parts(j); p++)
        j->parts[p].best = INFINITY;
    for (size_t i = 0; i < j->list->count; i++) {
        part *p = &j->parts[group_of(j->parts, j->label[i])];
        const double at[3] = {j->list->x[i], j->list->y[i], j->list->z[i]};
        double d2 = 0;
        for (int axis = 0; axis < 3; axis++) /* times the number of voxels: whole numbers, so that ties are exact */
            d2 += (at[axis] * p->voxels - p->sum[axis]) * (at[axis] * p->voxels - p->sum[axis]);
        if (d2 < p->best) {
            p->best = d2;
            p->middle = (uint32_t)i;
        }
    }
}

static void count(job *j, trb_plates *out)
{
    double sum = 0;
    for (uint32_t p = 0; p < all_parts(j); p++) {
        const part *it = &j->parts[p];
        if (it->group != p || !in_voi(j, it->middle))
            continue;
        if (p < j->plates) {
            out->plates++;
        } else if (is_rod(j, p)) {
            out->rods++;
            sum += it->length;
        } else {
            out->rod_rod += it->rods >= 3 || (it->rods == 2 && it->plates);
            out->plate_plate += it->rods == 0 && it->plates >= 2;
        }
    }
    for (size_t c = 0; c < j->contact_count; c++) {
        const trb_contact *contact = &j->contacts[c];
        if (contact->a >= j->plates || !in_voi(j, contact->at_a))
            continue;
        if (contact->b < j->plates)
            out->plate_plate++;
        else
            out->plate_rod += is_rod(j, contact->b) || j->parts[contact->b].rods > 0;
    }
    out->rod_length_mean = out->rods ? sum / (double)out->rods : NAN;
}

trb_status trb_plates_count(const trb_thinned *thinned, const trb_voxel_list *list, const uint8_t *sheet, const trb_mask *voi,
                            trb_plates *out, trb_error *err)
{
    const size_t room = list->count ? list->count : 1;
    job j = {.thinned = thinned, .list = list, .sheet = sheet, .voi = voi, .err = err};
    j.junction = trb_alloc(room, 1, "parts of a skeleton", err);
    j.chosen = trb_alloc(room, 1, "parts of a skeleton", err);
    j.label = trb_alloc(room, sizeof *j.label, "parts of a skeleton", err);
    j.number = trb_alloc(room, sizeof *j.number, "parts of a skeleton", err);
    trb_status status = j.junction && j.chosen && j.label && j.number ? TRB_OK : TRB_ERR_MEMORY;
    if (!status)
        status = trb_plates_label(thinned, list, sheet, j.label, &j.plates, err);
    if (!status) {
        find_branchings(&j);
        status = label_all(&j);
    }
    if (!status) {
        drop_short(&j);
        status = label_all(&j);
    }
    if (!status) {
        join_rods(&j);
        find_middles(&j);
        count(&j, out);
    }
    free(j.parts);
    free(j.contacts);
    free(j.junction);
    free(j.chosen);
    free(j.label);
    free(j.number);
    return status;
}
