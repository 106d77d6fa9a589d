/* scanco_aim.h - AIM files of Scanco's image processing: grey values, masks, labels. */
#ifndef TRB_SCANCO_AIM_H
#define TRB_SCANCO_AIM_H

#include "io/plane_reader.h"

/** Does the file begin as an AIM file of version 020 or 030? */
bool trb_aim_recognise(const char *path);

/**
 * Open an AIM file of version 020 or 030; planes on demand.
 *
 * Convention  Values as stored: a mask keeps its 127. Packed bits and run-lengths become int8, like char. The border that
 *             run-length files leave out (the offset of the header) is restored as 0. The origin is position * voxel
 *             size, so that a mask lies where it was cut from its scan. Calibration (mu scaling, density, mu of water)
 *             comes from the processing log and counts for 16-bit values only.
 * Errors      TRB_ERR_UNSUPPORTED for other versions and types of voxels; TRB_ERR_FORMAT for headers that cannot be,
 *             files that are too short and runs that do not fill the volume; TRB_ERR_IO; TRB_ERR_MEMORY.
 * Cost        Run-length files are read once when they are opened, to know where planes begin; a few bytes of memory
 *             for every 64 K voxels.
 */
trb_status trb_aim_open(const char *path, trb_opened *opened, trb_error *err);

#endif
