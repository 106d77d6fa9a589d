/* scanco_isq.h - ISQ and RSQ files of Scanco scanners. */
#ifndef TRB_SCANCO_ISQ_H
#define TRB_SCANCO_ISQ_H

#include "io/plane_reader.h"

/** Does the file begin as an ISQ, RSQ or RAD file? */
bool trb_isq_recognise(const char *path);

/**
 * Open an ISQ or RSQ file: int16 voxels, planes on demand.
 *
 * Convention  mu = grey / mu_scaling (1/cm). The calibration block of the extended header, where it is there, gives
 *             density = slope * mu + intercept and mu of water. Voxel size: the extent of the header by its pixels.
 * Errors      TRB_ERR_UNSUPPORTED for a RAD file (a projection); TRB_ERR_FORMAT for headers that cannot be and for
 *             files that are too short for what they claim; TRB_ERR_IO.
 */
trb_status trb_isq_open(const char *path, trb_opened *opened, trb_error *err);

#endif
