/* mesh_field.h - planes of values for a mesher: filtered grey values, or a mask as 0 and 1. */
#ifndef TRB_MESH_FIELD_H
#define TRB_MESH_FIELD_H

#include "prepare/filter_rows.h"
#include "trabecula/mask.h"

typedef struct trb_mesh_field {
    const trb_mask *mask;         /* NULL: grey values */
    trb_grey_source *source;
    const trb_filter *filter;
    double level;
    bool inverted;
    /* planes at hand, of the source; mesh_field_hold() sets them */
    trb_volume view;
    trb_smoother *smoother;
} trb_mesh_field;

trb_mesh_field trb_mesh_field_of_mask(const trb_mask *mask);
trb_mesh_field trb_mesh_field_of_grey(trb_grey_source *source, const trb_filter *filter, double level, bool inverted);
const trb_grid *trb_mesh_field_grid(const trb_mesh_field *field);

/** How many planes may be held at once. */
size_t trb_mesh_field_slab(const trb_mesh_field *field);

/** Have planes z0 <= z < z1 at hand, from one thread. Release them when done, also after an error. */
TRB_NODISCARD trb_status trb_mesh_field_hold(trb_mesh_field *field, size_t z0, size_t z1, trb_error *err);
void trb_mesh_field_release(trb_mesh_field *field);

/** Planes z0 <= z < z1 of those at hand, nx * ny values each, from any thread. */
TRB_NODISCARD trb_status trb_mesh_field_planes(const trb_mesh_field *field, size_t z0, size_t z1, float *out,
                                               trb_error *err);

#endif
