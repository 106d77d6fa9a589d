/* tiff_stack.h - a volume in one TIFF file or in a folder of them: pages in order, read on all threads. */
#ifndef TRB_TIFF_STACK_H
#define TRB_TIFF_STACK_H

#include "io/spacing_claims.h"
#include "io/tiff_meta.h"
#include "io/tiff_page.h"

/** One slice: where it is and how it is stored. */
typedef struct trb_tiff_slice {
    size_t file;        /* index in paths */
    size_t page;        /* number of the directory in its file, from 1: for messages */
    uint64_t directory; /* its offset */
    size_t plane;       /* planes behind page.raw (ImageJ stacks with one directory), otherwise 0 */
    trb_tiff_page layout;
} trb_tiff_slice;

typedef struct trb_tiff_stack {
    size_t n_files;
    char **paths;
    size_t n_slices;
    trb_tiff_slice *slices;
} trb_tiff_stack;

/**
 * Open a file or a folder; headers only.
 *
 * Output      *out: yours, trb_tiff_stack_close(). grid: counts and origin (spacing is left at 0; the claims say
 *             who knows it). info: format, files, bytes, facts, calibration, warnings.
 * Errors      Those of the headers, each with file and page.
 */
trb_status trb_tiff_stack_open_file(const char *path, trb_tiff_stack **out, trb_grid *grid, trb_type *type,
                                    trb_tiff_meta *meta, trb_spacing_claims *claims, trb_scan_info *info,
                                    trb_error *err);
trb_status trb_tiff_stack_open_folder(const char *path, bool allow_gaps, trb_tiff_stack **out, trb_grid *grid,
                                      trb_type *type, trb_tiff_meta *meta, trb_spacing_claims *claims,
                                      trb_scan_info *info, trb_error *err);

/** NULL is fine. */
void trb_tiff_stack_close(trb_tiff_stack *stack);

/**
 * Read a box into dst (its voxels without gaps), decoding on all threads.
 *
 * Errors      TRB_ERR_FORMAT naming file and page (of several the first), TRB_ERR_DATA for NaN or infinity,
 *             TRB_ERR_CANCELLED, TRB_ERR_MEMORY.
 */
trb_status trb_tiff_stack_read(const trb_tiff_stack *stack, const trb_box *box, void *dst,
                               const trb_progress *progress, trb_error *err);

/** "scan/m7_0012.tif" or "stack.tif, page 12 of 400", for messages. */
const char *trb_tiff_slice_name(const trb_tiff_stack *stack, size_t z, char *text, size_t bytes);

#endif
