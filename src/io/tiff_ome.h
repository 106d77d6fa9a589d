/* tiff_ome.h - what the OME-XML in the ImageDescription of a TIFF says of the volume. */
#ifndef TRB_TIFF_OME_H
#define TRB_TIFF_OME_H

#include <stdbool.h>
#include <stddef.h>

typedef struct trb_ome {
    size_t images;              /* number of Pixels elements */
    size_t size_z, size_c, size_t_; /* 1 when not given */
    double spacing_mm[3];       /* 0: not given or in a unit that is no length */
    bool other_order;           /* TiffData maps pages to slices in another order than 0, 1, 2, ... */
} trb_ome;

/** Is this OME-XML with a Pixels element? Fills *out then. */
bool trb_ome_parse(const char *description, trb_ome *out);

#endif
