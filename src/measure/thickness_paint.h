/* thickness_paint.h - from a mask to the largest ball over every voxel. */
#ifndef TRB_THICKNESS_PAINT_H
#define TRB_THICKNESS_PAINT_H

#include "trabecula/thickness.h"

/** What is measured; borrowed. */
typedef struct trb_paint_job {
    const trb_mask *object;
    const trb_mask *voi;    /* NULL: the whole image */
    const trb_mask *wanted, *wanted_too; /* voxels in both are to get a value; NULL: everywhere */
    trb_border border;
    bool closed;      /* balls hold |x - p|^2 <= d2 */
    bool centres_voi; /* only balls centred in the VOI */
    float *map;       /* NULL, or nx * ny * nz: 2 sqrt(r2) * scale on wanted voxels that a ball holds, else 0 */
    const trb_map_sink *sink; /* NULL, or gets the same values in layers of planes */
    size_t memory_bytes;      /* about what the layers may take; 0: enough for speed */
    double scale;
} trb_paint_job;

/** The wanted ones among the 64 voxels of word w of row (y, z). */
static inline uint64_t trb_paint_wanted(const trb_paint_job *job, size_t y, size_t z, size_t w)
{
    uint64_t word = w + 1 == job->object->words_per_row ? trb_mask_tail(job->object) : ~(uint64_t)0;
    if (job->wanted)
        word &= trb_mask_row(job->wanted, y, z)[w];
    if (job->wanted_too)
        word &= trb_mask_row(job->wanted_too, y, z)[w];
    return word;
}

/** What comes out: counts of wanted voxels by squared radius (yours), and the largest d2 inside the VOI. */
typedef struct trb_paint_result {
    size_t n_codes;
    uint64_t *code_count;
    uint32_t largest_inside;
} trb_paint_result;

/**
 * Paint every wanted voxel with the largest ball that holds it, by the fast path, or the plain one where
 * radii pass what the fast one can hold.
 *
 * Convention  Object voxel p is the centre of the ball of points x with |x-p|^2 < d2(p), or <= when closed.
 *             Balls may leave the image. Voxels that no ball holds are not counted.
 * Errors      TRB_ERR_DATA when the image has no background and the outside is unknown; TRB_ERR_MEMORY.
 * Threads     Uses all; same bits for any number and every SIMD path.
 */
TRB_NODISCARD trb_status trb_thickness_paint(const trb_paint_job *job, trb_paint_result *result, trb_error *err);

/**
 * The same by whole balls: no limit on the radius but slow, and 8 bytes a voxel. The tests' oracle for full-size
 * volumes.
 */
TRB_NODISCARD trb_status trb_thickness_paint_plain(const trb_paint_job *job, trb_paint_result *result,
                                                   trb_error *err);

/**
 * Containment of lattice balls: gain[t][r2] is the smallest g such that the open ball of squared radius
 * r2 + g around a neighbour holds the open ball of squared radius r2 (r2 <= largest). t: 0 face, 1 edge,
 * 2 corner neighbour. One block; free() releases gain[0].
 */
TRB_NODISCARD trb_status trb_containment_create(uint32_t largest, uint32_t *gain[3], trb_error *err);

#endif
