/* tiff_meta.h - what the first page of a TIFF file says of the whole scan, apart from its voxels. */
#ifndef TRB_TIFF_META_H
#define TRB_TIFF_META_H

#include "io/spacing_claims.h"
#include "io/tiff_file.h"
#include "io/tiff_imagej.h"
#include "io/tiff_ome.h"
#include "io/tiff_page.h"

typedef struct trb_tiff_meta {
    double units_per_pixel[2]; /* along x and y, the inverse of the resolution; 0 when not given */
    unsigned resolution_unit;  /* 1 none, 2 inch, 3 cm */
    bool has_orientation;      /* the tag is there: then ImageJ does not regard the file as its own */
    bool is_imagej, is_ome;
    trb_imagej imagej;
    trb_ome ome;
} trb_tiff_meta;

/** Read tags and description of the current directory, which lies at `directory`. */
void trb_tiff_meta_read(const trb_tiff_file *file, uint64_t directory, trb_tiff_meta *meta);

/** Refuse what is no single grey volume: channels, time points, several images. Errors: TRB_ERR_UNSUPPORTED. */
trb_status trb_tiff_meta_check(const trb_tiff_meta *meta, trb_error *err);

/**
 * What the file says of the spacing, OME before ImageJ before plain resolution.
 *
 * Input       page: first page (orientations that swap x and y swap their resolutions); single: the file holds
 *             one slice, so that ImageJ's missing "spacing" says nothing.
 */
void trb_tiff_meta_claims(const trb_tiff_meta *meta, const trb_tiff_page *page, bool single,
                          trb_spacing_claims *claims, trb_scan_info *info);

/** Origin in mm from ImageJ's xorigin, yorigin, zorigin, once the spacing is known. */
void trb_tiff_meta_origin(const trb_tiff_meta *meta, trb_grid *grid);

/** Facts for `info`, and the grey scale that ImageJ's calibration states (kept, not applied). */
void trb_tiff_meta_facts(const trb_tiff_file *file, const trb_tiff_meta *meta, const trb_tiff_page *page,
                         trb_scan_info *info);

/** The unit of the resolution, for messages: ImageJ's own, else that of the tags. */
const char *trb_tiff_meta_unit(const trb_tiff_meta *meta);

/** Do both state a resolution, and is it another one? */
bool trb_tiff_meta_differs(const trb_tiff_meta *a, const trb_tiff_meta *b);

#endif
