/*
 * grey_source.h - grey planes on demand: from a volume in memory, or from the files of a scan, a slab at a time.
 *
 * Passes over grey values are written once, over slabs. A volume in memory is one slab; a scan that is larger than
 * memory is read again for every pass, and only the slab at hand (and what a filter needs around it) is held.
 */
#ifndef TRB_GREY_SOURCE_H
#define TRB_GREY_SOURCE_H

#include "trabecula/volume_io.h"

typedef struct trb_grey_source {
    trb_grid grid; /* of what is measured */
    trb_type type;
    const trb_volume *volume; /* borrowed: all of it; NULL: planes come from the scan */
    trb_scan *scan;           /* borrowed */
    trb_box box;              /* the part of the scan that is measured */
    size_t slab;              /* planes that a pass takes at a time */
    /* the source's own: planes window_z <= z < window_z + held */
    trb_volume window;
    size_t window_z, held, room;
    void *whole_planes; /* planes of the scan before the crop, when it leaves out rows or columns */
} trb_grey_source;

/** A volume in memory; the source borrows it. Nothing to clear. */
trb_grey_source trb_grey_of_volume(const trb_volume *volume);

/** Part of a scan, in slabs of so many planes. Clear it: that lets go of the planes held; it can be used on. */
trb_grey_source trb_grey_of_scan(trb_scan *scan, const trb_box *box, size_t slab);
void trb_grey_clear(trb_grey_source *source);

/**
 * A view of planes z0 <= z < z1, borrowed until the next call. Planes held from the call before are not read again.
 *
 * Errors      Those of trb_scan_read(); TRB_ERR_MEMORY.
 */
TRB_NODISCARD trb_status trb_grey_view(trb_grey_source *source, size_t z0, size_t z1, trb_volume *view, trb_error *err);

/** Planes of the slab that begins at plane z. */
static inline size_t trb_grey_slab_end(const trb_grey_source *source, size_t z)
{
    return source->grid.nz - z < source->slab ? source->grid.nz : z + source->slab;
}

/** trb_volume_crc32() of all planes, in one pass. */
TRB_NODISCARD trb_status trb_grey_crc32(trb_grey_source *source, uint32_t *crc, trb_error *err);

#endif
