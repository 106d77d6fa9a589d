/* filter.h - smoothing before the threshold, plane by plane: no float copy of the volume is made. */
#ifndef TRABECULA_FILTER_H
#define TRABECULA_FILTER_H

#include "trabecula/volume.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum trb_filter_kind {
    TRB_FILTER_NONE,
    TRB_FILTER_GAUSSIAN,           /* float32 */
    TRB_FILTER_GAUSSIAN_TRUNCATED, /* as IPL: each axis pass truncated toward zero to an integer */
    TRB_FILTER_MEDIAN,             /* cube of edge 2 * support + 1, through ITK */
    TRB_FILTER_LAPLACE_HAMMING     /* settings only: needs all of the image, see trb_laplace_hamming_create() */
} trb_filter_kind;

/** sigma and support in voxels: the kernel has 2 * support + 1 taps per axis, normalised to sum 1. */
typedef struct trb_filter {
    trb_filter_kind kind;
    double sigma_vox;
    int support_vox;
} trb_filter;

/** "none", "gaussian", "gaussian-truncated", "median", "laplace-hamming". */
TRB_API const char *trb_filter_name(trb_filter_kind kind);

/** A view on a volume through a filter. Opaque; borrows the volume. */
typedef struct trb_smoother trb_smoother;

/**
 * Prepare a filter on a volume.
 *
 * Convention  w(k) = float32(exp(-k^2 / (2 sigma^2))) / float32(sum); passes x, then y, then z;
 *             acc = w0 * v, then acc + wk * (left + right) for k = 1, 2, ..., all float32, no fused
 *             multiply-add; outside the image the edge voxel is repeated. Lengths are in voxels on every axis,
 *             also where the spacing differs.
 * Input       volume: kept until the smoother is destroyed. filter: NULL for none.
 * Output      *out: yours; trb_smoother_destroy() frees it.
 * Errors      TRB_ERR_ARGUMENT for sigma <= 0, support < 1 or > 32; TRB_ERR_DATA for float voxels beyond 1e37,
 *             whose sums would overflow float32; TRB_ERR_MEMORY.
 * Cost        Nothing yet, except one pass over float voxels to see that they can be smoothed.
 * Source      IPL seg_gauss; definitions: taps for sigma 0.8, support 1 are 0.238994, 0.522011, 0.238994.
 */
TRB_API TRB_NODISCARD trb_status trb_smoother_create(const trb_volume *volume, const trb_filter *filter,
                                                     trb_smoother **out, trb_error *err);

/** Free a smoother; NULL is fine. The volume stays. */
TRB_API void trb_smoother_destroy(trb_smoother *smoother);

/**
 * Filtered planes z0 <= z < z1 into out (float32, nx * ny * (z1 - z0)).
 *
 * Errors      TRB_ERR_ARGUMENT for planes outside the volume; TRB_ERR_MEMORY for scratch.
 * Cost        2 * support planes more than asked for are read: ask for some at a time.
 * Threads     Reentrant: many threads may ask one smoother for different planes. Every plane has the same
 *             bits however the range is cut. Does not start threads itself.
 */
TRB_API TRB_NODISCARD trb_status trb_smoother_planes(const trb_smoother *smoother, size_t z0, size_t z1,
                                                     float *out, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
