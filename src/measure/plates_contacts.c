/* plates_contacts.c - all touching pairs of voxels, sorted; the first of each pair of labels stays. */
#include "measure/plates_contacts.h"

#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *left, const void *right)
{
    const trb_contact *a = left, *b = right;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    if (a->b != b->b)
        return a->b < b->b ? -1 : 1;
    if (a->step < b->step || a->step > b->step)
        return a->step < b->step ? -1 : 1;
    if (a->at_a != b->at_a)
        return a->at_a < b->at_a ? -1 : 1;
    return (a->at_b > b->at_b) - (a->at_b < b->at_b);
}

static trb_status grow(trb_contact **contacts, size_t count, size_t *room, trb_error *err)
{
    const size_t wanted = *room ? 2 * *room : 1024;
    trb_contact *grown = trb_alloc(wanted, sizeof *grown, "contacts of plates and rods", err);
    if (!grown)
        return TRB_ERR_MEMORY;
    if (count)
        memcpy(grown, *contacts, count * sizeof *grown);
    free(*contacts);
    *contacts = grown;
    *room = wanted;
    return TRB_OK;
}

trb_status trb_contacts_find(const trb_voxel_list *list, const uint32_t *label, trb_contact **contacts, size_t *count,
                             trb_error *err)
{
    size_t n = 0, room = 0;
    *contacts = NULL;
    *count = 0;
    trb_status status = grow(contacts, n, &room, err);
    for (size_t i = 0; !status && i < list->count; i++) {
        size_t near[26];
        const size_t around = trb_voxel_list_neighbours(list, i, near);
        for (size_t k = 0; !status && k < around; k++) {
            if (label[i] >= label[near[k]]) /* each pair from the side of the lower label */
                continue;
            if (n == room)
                status = grow(contacts, n, &room, err);
            if (!status)
                (*contacts)[n++] = (trb_contact){label[i], label[near[k]], (uint32_t)i, (uint32_t)near[k],
                                                 (float)trb_voxel_list_step(list, i, near[k])};
        }
    }
    if (status) {
        free(*contacts);
        *contacts = NULL;
        return status;
    }
    qsort(*contacts, n, sizeof **contacts, compare);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || (*contacts)[i].a != (*contacts)[i - 1].a || (*contacts)[i].b != (*contacts)[i - 1].b)
            (*contacts)[(*count)++] = (*contacts)[i];
    return TRB_OK;
}
