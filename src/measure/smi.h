/* smi.h - trb_smi_grey() on a source, and how much memory the threads may take. */
#ifndef TRB_SMI_H
#define TRB_SMI_H

#include "measure/mesh_field.h"
#include "trabecula/model_index.h"

/**
 * SMI of the mesh of a field; bone_voxels is V. memory_bytes: fewer threads work when planes for all of them would need
 * more; 0: no limit.
 */
TRB_NODISCARD trb_status trb_field_smi(trb_mesh_field *field, const trb_mask *voi, uint64_t bone_voxels,
                                       size_t memory_bytes, trb_smi *out, trb_error *err);

#endif
