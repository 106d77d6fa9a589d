/* mesh_export.h - the mesh of a field of values, to a file. */
#ifndef TRB_MESH_EXPORT_H
#define TRB_MESH_EXPORT_H

#include "measure/mesh_field.h"
#include "trabecula/mesh.h"

/** trb_mesh_write_mask() and trb_mesh_write_grey() are this. */
TRB_NODISCARD trb_status trb_mesh_export(const char *path, trb_mesh_field *field, const trb_mask *voi,
                                         const trb_mesh_options *options, trb_mesh_counts *counts, trb_error *err);

#endif
