/* thin_surface.h - the surface skeleton: bone thinned to sheets and lines of single voxels. */
#ifndef TRB_THIN_SURFACE_H
#define TRB_THIN_SURFACE_H

#include "trabecula/mask.h"

/** All masks have a margin of one voxel (margin.h); the bytes have none and are nx * ny * nz of the image. */
typedef struct trb_thinned {
    trb_mask *skeleton;
    trb_mask *sheet; /* of these, the voxels that parted marrow from marrow when they were settled: inside a sheet */
    uint8_t *depth;  /* twice the distance to the marrow in voxels, rounded down, up to 255; 0: marrow */
    uint8_t *time;   /* when a bone voxel went, in halves of a round, 4 to 254; 0: marrow or skeleton */
    unsigned last;   /* the last of them */
} trb_thinned;

void trb_thinned_clear(trb_thinned *thinned);

/**
 * Thin the bone by distance.
 *
 * Convention  Bone 26-connected, marrow 6-connected; outside the image is marrow for the topology, and unknown for the
 *             distance: a plate that leaves the image is no thinner there. Parts, tunnels and cavities stay.
 * Input       aspect: sheets are kept from where a section is about this many times as wide as thick; above 1.
 * Output      *out: init by this function, also on failure; clear it.
 * Errors      TRB_ERR_DATA without any marrow; TRB_ERR_MEMORY.
 * Cost        5 bytes a voxel while distances are found, then 3; about 0.25 us a bone voxel and thread.
 * Threads     Uses all. Same bits for any number.
 * Source      Bertrand & Couprie 2014, Pattern Recognit Lett 47:22-28 (thinning that keeps what has become an isthmus
 *             and stayed one for a while); Pudney 1998, Comput Vis Image Underst 72:404-413 (order of distance).
 */
trb_status trb_thin_surface(const trb_mask *bone, double aspect, trb_thinned *out, trb_error *err);

#endif
