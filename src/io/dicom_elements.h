/* dicom_elements.h - walking through the data elements of a DICOM file, little-endian, up to its pixels. */
#ifndef TRB_DICOM_ELEMENTS_H
#define TRB_DICOM_ELEMENTS_H

#include "io/input_file.h"

#define TRB_DICOM_UNDEFINED UINT32_MAX /* a length: up to a delimiter */

typedef struct trb_dicom_element {
    uint32_t tag;    /* group << 16 | element */
    uint32_t length; /* bytes of the value, or TRB_DICOM_UNDEFINED */
    uint64_t at;     /* of the value */
} trb_dicom_element;

typedef struct trb_dicom_walk {
    const trb_input_file *file;
    uint64_t at;
    bool implicit; /* elements do not name their kind of value */
    size_t steps, depth, implicit_depth;
} trb_dicom_walk;

/**
 * The next element that lies in no sequence; *more is false at the end of the file.
 *
 * Convention  Sequences are passed over, nested ones too. The value of the element was not read; one whose length is
 *             defined lies within the file, except the pixels (7fe0,0010).
 * Errors      TRB_ERR_FORMAT: lengths beyond the file, delimiters without a beginning, endless headers.
 */
trb_status trb_dicom_next(trb_dicom_walk *walk, trb_dicom_element *element, bool *more, trb_error *err);

/** TRB_ERR_FORMAT unless compressed pixels at `at` are fragments that lie in the file, up to their end mark. */
trb_status trb_dicom_check_fragments(const trb_input_file *file, uint64_t at, trb_error *err);

#endif
