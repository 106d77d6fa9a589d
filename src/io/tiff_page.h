/* tiff_page.h - one page (one slice): how it is stored, and its voxels. */
#ifndef TRB_TIFF_PAGE_H
#define TRB_TIFF_PAGE_H

#include "io/tiff_file.h"
#include "trabecula/volume.h"

/** How a page is stored and what it is delivered as. */
typedef struct trb_tiff_page {
    size_t width, height; /* as stored; orientations 5 to 8 swap them on delivery */
    unsigned bits;        /* of a stored sample */
    trb_type type;        /* as delivered */
    bool invert;          /* white is zero: largest value minus v */
    bool add_half;        /* set by the caller: stored as uint16 with 32768 added, delivered as int16 */
    unsigned orientation; /* TIFF tag 274, 1 to 8 */
    bool skip;            /* thumbnail or transparency mask, no slice */
    uint16_t compression;
    uint16_t predictor;
    bool reversed_bits; /* bytes hold their least significant bit first */
    bool tiled;
    size_t block_width, block_height; /* of a tile, or of a strip */
    size_t block_bytes;               /* decoded */
    uint64_t raw; /* where the whole plane lies uncompressed in one piece and whole bytes; 0 otherwise */
} trb_tiff_page;

/**
 * Read the layout of the current directory.
 *
 * Errors      TRB_ERR_UNSUPPORTED for what is no grey image (says what is needed), TRB_ERR_FORMAT for sizes
 *             that cannot be and for data beyond the end of the file.
 */
trb_status trb_tiff_page_layout(const trb_tiff_file *file, trb_tiff_page *page, trb_error *err);

/** Bytes of the delivered plane. */
size_t trb_tiff_page_bytes(const trb_tiff_page *page);

/**
 * Decode the current directory into `plane` in the stored orientation and the delivered type.
 *
 * Input       block: scratch of page->block_bytes.
 * Errors      TRB_ERR_FORMAT: truncated or corrupt data.
 */
trb_status trb_tiff_page_decode(trb_tiff_file *file, const trb_tiff_page *page, void *block, void *plane,
                                trb_error *err);

/** The same for a page with page->raw, `plane_number` planes behind it (ImageJ stacks with one directory). */
trb_status trb_tiff_page_read_raw(const trb_tiff_file *file, const trb_tiff_page *page, size_t plane_number,
                                  void *plane, trb_error *err);

/** Turn the stored orientation into rows from top to bottom and columns from left to right, cut to the box's x and y. */
void trb_tiff_page_place(const trb_tiff_page *page, const void *plane, const trb_box *box, void *dst);

/** "LZW", "JPEG", ...; the number when it has no name here. Static text or `buffer`. */
const char *trb_tiff_compression_name(uint16_t compression, char buffer[32]);

#endif
