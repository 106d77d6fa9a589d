/* raw_volume.h - voxels that lie uncompressed, one plane after the other, somewhere in a file. */
#ifndef TRB_RAW_VOLUME_H
#define TRB_RAW_VOLUME_H

#include "io/input_file.h"
#include "io/plane_reader.h"

/** How a stored number is turned into one of this machine. */
typedef enum trb_raw_number { TRB_RAW_LITTLE, TRB_RAW_BIG, TRB_RAW_VAX_F } trb_raw_number;

/**
 * Make opened->reader for opened->grid and opened->type from an open file.
 *
 * Input       file: taken over on success (its fd is -1 then). offset: where the first voxel lies.
 * Errors      TRB_ERR_FORMAT when the grid cannot be or the file is too short for it (nothing is allocated then).
 * Cost        Planes are read on demand, without a copy.
 */
trb_status trb_raw_volume_open(const char *path, trb_input_file *file, uint64_t offset, trb_raw_number number,
                               trb_opened *opened, trb_error *err);

/** Does the path begin like a description, "raw:uint16le:...", and is there no file of that name? */
bool trb_raw_spec_recognise(const char *path);

/** The file in "raw:TYPE:SIZE:FILE", borrowed; the path itself when it is no description. */
const char *trb_raw_spec_file(const char *path);

/**
 * Open "raw:TYPE:NXxNYxNZ[+OFFSET]:FILE": a file without header, described by hand.
 *
 * Convention  TYPE is uint8, int8, or one of uint16 int16 uint32 int32 float32 float64 with le or be at the end (le
 *             when left out). OFFSET: bytes before the first voxel.
 * Errors      TRB_ERR_ARGUMENT says what was expected; TRB_ERR_FORMAT when the file is too short. A longer file is a
 *             warning.
 */
trb_status trb_raw_spec_open(const char *spec, trb_opened *opened, trb_error *err);

#endif
