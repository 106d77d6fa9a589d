/* itk_bridge.h - everything the library asks of ITK's readers and writers. No ITK type and no exception crosses. */
#ifndef TRB_ITK_BRIDGE_H
#define TRB_ITK_BRIDGE_H

#include "trabecula/volume_io.h"

#ifdef __cplusplus
extern "C" {
#endif

/** "5.2.1". Static text. */
const char *trb_itk_version(void);

/** Does the name end like a format that the bridge reads and writes (.mha .mhd .nrrd .nhdr .nii .nii.gz)? */
bool trb_itk_knows(const char *path);

/**
 * Read a header: grid (spacing in mm, origin), type, format name and facts.
 *
 * Errors      TRB_ERR_IO, TRB_ERR_FORMAT, TRB_ERR_UNSUPPORTED (vector pixels, more than three dimensions).
 */
trb_status trb_itk_probe(const char *path, trb_grid *grid, trb_type *type, trb_scan_info *info, trb_error *err);

/** Read planes z0 <= z < z1 into dst, in the type that trb_itk_probe() told. Streams where the format can. */
trb_status trb_itk_read(const char *path, size_t z0, size_t z1, void *dst, trb_error *err);

/** Write a whole volume under exactly this name (the caller takes care of temporary names). */
trb_status trb_itk_write(const char *path, const trb_volume *volume, bool compress, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
