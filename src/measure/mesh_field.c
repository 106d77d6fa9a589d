/* mesh_field.c - see mesh_field.h. A mask is a grey image of 0 and 1 with the level half-way. */
#include "measure/mesh_field.h"

#include <string.h>

trb_mesh_field trb_mesh_field_of_mask(const trb_mask *mask)
{
    return (trb_mesh_field){.mask = mask, .level = 0.5};
}

trb_mesh_field trb_mesh_field_of_grey(trb_grey_source *source, const trb_filter *filter, double level, bool inverted)
{
    return (trb_mesh_field){.source = source, .filter = filter, .level = level, .inverted = inverted};
}

const trb_grid *trb_mesh_field_grid(const trb_mesh_field *field)
{
    return field->mask ? &field->mask->grid : &field->source->grid;
}

size_t trb_mesh_field_slab(const trb_mesh_field *field)
{
    return field->mask ? field->mask->grid.nz : field->source->slab;
}

trb_status trb_mesh_field_hold(trb_mesh_field *field, size_t z0, size_t z1, trb_error *err)
{
    trb_mesh_field_release(field);
    return field->mask ? TRB_OK
                       : trb_grey_smoother(field->source, z0, z1, field->filter, &field->view, &field->smoother, err);
}

void trb_mesh_field_release(trb_mesh_field *field)
{
    trb_smoother_destroy(field->smoother);
    field->smoother = NULL;
}

trb_status trb_mesh_field_planes(const trb_mesh_field *field, size_t z0, size_t z1, float *out, trb_error *err)
{
    if (!field->mask)
        return trb_smoother_planes(field->smoother, z0, z1, out, err);
    const trb_grid *grid = &field->mask->grid;
    for (size_t z = z0; z < z1; z++)
        for (size_t y = 0; y < grid->ny; y++) {
            const uint64_t *row = trb_mask_row(field->mask, y, z);
            for (size_t x = 0; x < grid->nx; x++)
                *out++ = (float)(row[x >> 6] >> (x & 63) & 1);
        }
    return TRB_OK;
}
