/* ellipsoid.h - ellipsoid factor: plates, rods and what lies between. */
#ifndef TRABECULA_ELLIPSOID_H
#define TRABECULA_ELLIPSOID_H

#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { TRB_EF_BINS = 40, TRB_EF_APART_LEAST = 1, TRB_EF_APART_MOST = 64 };

typedef struct trb_ef_options {
    size_t apart_vox; /* one seed in each cube of this edge that holds medial voxels */
    uint64_t seed;    /* which of them */
    bool repeat;      /* again with seed + 1, to see how much the choice of seeds matters */
} trb_ef_options;

/** Cubes of 6 voxels, seed 1, no repeat. */
TRB_API trb_ef_options trb_ef_options_default(void);

/** NaN where no voxel is filled. */
typedef struct trb_ef {
    trb_ef_options options;      /* as used */
    uint64_t seeds, ellipsoids;  /* ellipsoids: seeds around which one was found */
    uint64_t voxels, filled;     /* bone in the VOI; of it inside an ellipsoid */
    uint64_t at_border;          /* of the filled: in an ellipsoid that the image border stops */
    double mean, sd, median;     /* of EF over the filled voxels; population SD */
    uint64_t bins[TRB_EF_BINS];  /* filled voxels, from -1 to 1 */
    double repeat_mean;          /* mean of the repeat, NaN without */
    double repeat_rms;           /* root mean squared difference of the two, over voxels that both fill; NaN without */
} trb_ef;

/**
 * Measure the ellipsoid factor of the bone in the VOI.
 *
 * Meaning     EF = a/b - b/c of the largest ellipsoid (semi-axes a <= b <= c) that lies in bone and holds the voxel:
 *             towards -1 for plates, +1 for rods, about 0 for what is round, or a strip with a : b = b : c.
 * Convention  Seeds are voxels whose ball is not inside the ball of a neighbour; the seed number picks one in each
 *             cube. From each an ellipsoid grows, without chance, until it touches (a local optimum of its volume:
 *             ellipsoid_fit.c). Inside means: no centre of a marrow voxel. Bone outside the VOI is context, and so are
 *             seeds up to 64 voxels beyond the VOI's box; what lies beyond the image is not known, so an ellipsoid
 *             stays in the image (at_border counts the voxels of those that it stops). Of all ellipsoids that hold a voxel's centre
 *             the one with the largest volume counts. Bone that none holds is not filled, and not in the mean.
 *             The optima are shallow in real bone: shrinking each ellipsoid of the bone in the tests and growing it anew adds
 *             12 % to the volumes and 0.002 to the mean EF for 2.7 times the cost, three such rounds 15 % and 0.006 for 5
 *             times; single ellipsoids can gain several times their volume. EF belongs to this way of searching;
 *             of single voxels repeat_rms speaks.
 * Input       voi may be NULL (the whole image); otherwise it has the size of bone. Cubic voxels.
 * Errors      TRB_ERR_ARGUMENT for options out of range or a VOI of another size; TRB_ERR_DATA without marrow;
 *             TRB_ERR_MEMORY.
 * Cost        About 0.4 ms a seed and thread; see trb_ef_bytes().
 * Threads     Uses all; the same bits for any number.
 * Source      Doube 2015, doi:10.3389/fendo.2015.00015; Felder et al. 2021, doi:10.1098/rsos.201401. They search
 *             with random steps; what is sought here is the same, the way to it is another.
 */
TRB_API TRB_NODISCARD trb_status trb_ef_measure(const trb_mask *bone, const trb_mask *voi, const trb_ef_options *options,
                                                trb_ef *out, trb_error *err);

/** Bytes that trb_ef_measure() takes, from above. */
TRB_API double trb_ef_bytes(const trb_grid *grid, const trb_ef_options *options, int threads);

#ifdef __cplusplus
}
#endif
#endif
