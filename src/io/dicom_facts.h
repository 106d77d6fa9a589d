/* dicom_facts.h - what a DICOM series says of itself and of its grey scale. */
#ifndef TRB_DICOM_FACTS_H
#define TRB_DICOM_FACTS_H

#include "io/dicom_header.h"
#include "trabecula/volume_io.h"

/**
 * Facts and calibration.
 *
 * Input       first: a slice of the series. rescaled: values are delivered rescaled, because slices differ in it.
 */
void trb_dicom_describe(const trb_dicom_slice *first, bool rescaled, trb_scan_info *info);

#endif
