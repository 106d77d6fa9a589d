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
 * Convention  Voxels stay in the order of the file (index space): direction cosines are told as a fact, never
 *             applied. Units other than mm (NIfTI xyzt_units, NRRD space units, MetaImage DistanceUnits) are
 *             converted; a unit that is no length we know is an error. A header without spacing gives spacing
 *             0, not 1. The float32 lengths of NIfTI are read as the shortest decimal number with those bits
 *             (0.0195, not 0.0194999999...). A two-dimensional file is one plane with unknown z spacing. NIfTI
 *             files with a scale factor come as float32, scaled, as that format demands.
 * Output      *info is initialised by this function; trb_scan_info_clear() it.
 * Errors      TRB_ERR_IO, TRB_ERR_FORMAT (also when the header promises more voxels than the file can hold),
 *             TRB_ERR_UNSUPPORTED (several values a voxel, 64-bit integers, more than three dimensions, NIfTI-2).
 * Threads     Reentrant; calls into ITK's readers wait for each other.
 */
trb_status trb_itk_probe(const char *path, trb_grid *grid, trb_type *type, trb_scan_info *info, trb_error *err);

/**
 * Read planes z0 <= z < z1 into dst, in the type that trb_itk_probe() told.
 *
 * Cost        Uncompressed files: only those planes. Deflated ones: inflates up to them, no copy. The rarer
 *             encodings (text, bzip2, lists of files, NIfTI with a scale factor) are read as a whole each time, into
 *             dst when all planes are asked for and else into a copy: ask for all at once.
 * Errors      As above, and TRB_ERR_FORMAT for truncated or corrupt data, TRB_ERR_MEMORY.
 */
trb_status trb_itk_read(const char *path, size_t z0, size_t z1, void *dst, trb_error *err);

/**
 * Write a whole volume under exactly this name. The caller takes care of temporary names; they must end like the
 * final one (.mha .nrrd .nii .nii.gz, lower case), and the name decides the format. .nii.gz is always compressed.
 *
 * Errors      TRB_ERR_ARGUMENT when a spacing is not known (these formats cannot say so); TRB_ERR_UNSUPPORTED for
 *             .mhd and .nhdr (two files cannot appear at once; .mha and .nrrd hold the same in one) and for more
 *             than 32767 voxels along an axis of a NIfTI file; TRB_ERR_IO when the disk is full (the file is
 *             checked for completeness after writing), after which an incomplete file may be left. With a full disk
 *             ITK's NIfTI writer prints a line on standard error; nothing else does.
 */
trb_status trb_itk_write(const char *path, const trb_volume *volume, bool compress, trb_error *err);

/** The errors of trb_itk_write() that are known without voxels. */
trb_status trb_itk_check_writable(const char *path, const trb_grid *grid, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
