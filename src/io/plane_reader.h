/*
 * plane_reader.h - what a format gives to volume_io.c when it opens a scan: what the headers say, and planes on demand.
 */
#ifndef TRB_PLANE_READER_H
#define TRB_PLANE_READER_H

#include "io/spacing_claims.h"
#include "trabecula/volume_io.h"

/** Reads whole planes. Zero-initialised: none. */
typedef struct trb_plane_reader {
    void *self;
    /* Planes z0 <= z < z1 into dst, in the type that was told; the range was checked. Errors name the file. */
    trb_status (*read)(void *self, size_t z0, size_t z1, void *dst, trb_error *err);
    void (*destroy)(void *self);
} trb_plane_reader;

/** An opened file or folder. The grid's spacing stays 0: the claims say who knows it. */
typedef struct trb_opened {
    trb_grid grid;
    trb_type type;
    trb_spacing_claims claims;
    trb_scan_info info;
    trb_plane_reader reader;
} trb_opened;

/** Ends a reader; an empty one is fine. */
static inline void trb_plane_reader_clear(trb_plane_reader *reader)
{
    if (reader->destroy)
        reader->destroy(reader->self);
    *reader = (trb_plane_reader){NULL, NULL, NULL};
}

#endif
