/* surface_points.h - the bone surface as points between voxel centres, and the nearest of them for every voxel. */
#ifndef TRABECULA_SURFACE_POINTS_H
#define TRABECULA_SURFACE_POINTS_H

#include "trabecula/filter.h"
#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Where the grey values say that bone ends: one point (a crossing) on every lattice edge between face neighbours of
 * which one is bone and the other is not, with the nearest crossing of every voxel of both phases. What
 * TRB_THICKNESS_SUBVOXEL measures with.
 *
 * Crossing    On the edge from voxel a to its neighbour b: at the share (level - g(a)) / (g(b) - g(a)) of the way, in
 *             steps of 1/4096, where the filtered grey values g lie on the sides of the level that the mask says; in the
 *             middle where they do not (the mask was cleaned, or its threshold is a local one).
 *             With it the unit normal from bone to marrow (Sobel gradients of a and b, interpolated; steps of 1/16384),
 *             and how far along the normal the surface of the neighbouring crossings lies (the lift; steps of 1/4096).
 * Nearest     Of each voxel centre p the crossing c with the smallest |p - c|, exactly, with c in steps of 1/256; of equal
 *             ones the first in the order of (z, y, x of the lower end of the edge, axis).
 *
 * Why a search as far as the integer distance map says is enough: let q be the nearest voxel of the other phase, at the
 * distance E of p. Step from q one voxel towards p along any axis in which they differ: that voxel is nearer to p
 * than q is, so it belongs to the phase of p, and the edge between both has a crossing c. It lies between two points that are
 * at most E from p, so |p - c| <= E. Hence the nearest crossing is at most E away, and no crossing that is farther than
 * the largest E of the image along any axis can be the nearest of any voxel.
 */
typedef struct trb_surface_points trb_surface_points;

/**
 * Find the crossings of an image.
 *
 * Input       volume: the image; filter: what it goes through before the level (NULL: none); level: in grey values;
 *             invert: bone is below the level; bone: the mask, on the same grid.
 * Output      *out: yours. NULL unless TRB_OK.
 * Errors      TRB_ERR_ARGUMENT: grids of different sizes, a level that is not finite; TRB_ERR_DATA: there is no crossing
 *             because all voxels are of one phase; TRB_ERR_UNSUPPORTED: more than 65535 voxels along an axis or 2^31
 *             crossings; TRB_ERR_MEMORY; those of trb_smoother_create().
 * Cost        4 bytes a voxel and 16 a crossing (about one for six voxels of trabecular bone) that stay; besides, while it works, about
 *             16 bytes a voxel of as many planes as twice the largest distance in the image. About 80 ns a voxel of real bone and thread.
 * Threads     Uses all; same bits for any number and every SIMD path.
 * Source      Crossings by linear interpolation: Lorensen & Cline 1987, SIGGRAPH 21:163-169. Nearest: one axis at a time as in
 *             Felzenszwalb & Huttenlocher 2012, doi:10.4086/toc.2012.v008a019, for the edges of each axis.
 */
TRB_API TRB_NODISCARD trb_status trb_surface_points_create(const trb_volume *volume, const trb_filter *filter,
                                                           double level, bool invert, const trb_mask *bone,
                                                           trb_surface_points **out, trb_error *err);
TRB_API void trb_surface_points_destroy(trb_surface_points *points);

/** How many crossings there are. */
TRB_API size_t trb_surface_points_count(const trb_surface_points *points);

/** Distance, in voxels, from the centre of voxel (x, y, z) to the nearest crossing. */
TRB_API double trb_surface_points_distance(const trb_surface_points *points, size_t x, size_t y, size_t z);

#ifdef __cplusplus
}
#endif
#endif
