/* voi_labels.c - one label of a label image, and which others there are. */
#include "prepare/voi_labels.h"

#include <stdio.h>
#include <string.h>

static void remember(trb_labels *labels, double value)
{
    size_t at = 0;
    while (at < labels->n_others && labels->others[at] < value)
        at++;
    if (at < labels->n_others && labels->others[at] == value)
        return;
    if (at == TRB_LABELS_SHOWN) {
        labels->more = true;
        return;
    }
    if (labels->n_others == TRB_LABELS_SHOWN)
        labels->more = true;
    else
        labels->n_others++;
    memmove(labels->others + at + 1, labels->others + at, (labels->n_others - 1 - at) * sizeof *labels->others);
    labels->others[at] = value;
}

trb_status trb_labels_mask(trb_labels *labels, const trb_volume *volume, trb_mask **out, trb_error *err)
{
    const trb_grid *grid = &volume->grid;
    trb_status status = trb_mask_create(grid, out, err);
    if (status)
        return status;
    double last = 0; /* labels come in runs */
    for (size_t z = 0; z < grid->nz; z++)
        for (size_t y = 0; y < grid->ny; y++)
            for (size_t x = 0; x < grid->nx; x++) {
                const double value = trb_volume_get(volume, x, y, z);
                if (value == labels->label) {
                    trb_mask_set(*out, x, y, z, 1);
                    labels->found = true;
                } else if (value != last && value != 0) {
                    remember(labels, value);
                }
                last = value;
            }
    return TRB_OK;
}

trb_status trb_labels_check(const trb_labels *labels, trb_error *err)
{
    if (!labels->wanted || labels->found)
        return TRB_OK;
    char list[300] = "";
    for (size_t i = 0; i < labels->n_others; i++) {
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%g", i ? ", " : "", labels->others[i]);
    }
    return trb_error_set(err, TRB_ERR_ARGUMENT, "no voxel has the label %g; there %s %s%s", labels->label,
                         labels->n_others > 1 ? "are" : "is", labels->n_others ? list : "nothing but 0",
                         labels->more ? " and more" : "");
}
