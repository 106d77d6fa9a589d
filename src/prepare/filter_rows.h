/* filter_rows.h - the rows of a volume through a filter, for passes that look at each row once. */
#ifndef TRB_FILTER_ROWS_H
#define TRB_FILTER_ROWS_H

#include "io/grey_source.h"
#include "trabecula/filter.h"

#define TRB_SUPPORT_MAX 32

struct trb_smoother {
    const trb_volume *volume; /* the caller's: the image, or a window of its planes */
    size_t window_z;          /* plane 0 of the volume is this one of the image */
    size_t first, end;        /* planes of the volume that are asked for; the others are only looked at */
    trb_filter_kind kind;
    size_t support;
    /* the rest is for the Gaussian */
    float taps[TRB_SUPPORT_MAX + 1];
    bool small;         /* every intermediate value fits int32 */
    size_t stride;      /* floats between rows of scratch */
    size_t band, bands; /* rows of a tile, tiles along y */
    size_t runs;        /* tiles along z */
};

/**
 * Gets one filtered row of type trb_smoother_row_type(); borrowed for the call. `thread` is below
 * omp_get_max_threads() as it was when the pass began: use it to find counters of one's own.
 */
typedef void trb_row_sink(void *user, int thread, size_t y, size_t z, const void *row);

/** Type of the filtered rows: the volume's own without filter and for the median, float32 for the Gaussian. */
trb_type trb_smoother_row_type(const trb_smoother *smoother);

/**
 * Every row once, on all threads, in no particular order.
 *
 * Cost        Scratch of about 200 KiB a thread (median: some planes); no copy of the volume.
 * Errors      TRB_ERR_MEMORY.
 */
trb_status trb_smoother_each_row(const trb_smoother *smoother, trb_row_sink *sink, void *user, trb_error *err);

/** The type that the rows of an image will have behind a filter. */
trb_type trb_filter_row_type(trb_type type, const trb_filter *filter);

/**
 * trb_smoother_create() for planes first <= z < end of an image of which `volume` holds the planes from window_z on:
 * these, and as many around them as the filter's support reaches (fewer where the image ends).
 */
TRB_NODISCARD trb_status trb_smoother_create_window(const trb_volume *volume, size_t window_z, size_t first, size_t end,
                                                    const trb_filter *filter, trb_smoother **out, trb_error *err);

/**
 * Every filtered row of a source once, slab after slab, each on all threads; y and z are those of the image.
 *
 * Errors      Those of trb_smoother_create() and trb_grey_view(); TRB_ERR_MEMORY.
 */
TRB_NODISCARD trb_status trb_grey_each_row(trb_grey_source *source, const trb_filter *filter, trb_row_sink *sink,
                                           void *user, trb_error *err);

/** A smoother for planes z0 <= z < z1 of a source. *view: what it looks at; it must outlive the smoother. */
TRB_NODISCARD trb_status trb_grey_smoother(trb_grey_source *source, size_t z0, size_t z1, const trb_filter *filter,
                                           trb_volume *view, trb_smoother **out, trb_error *err);

/** Taps and tiles of a Gaussian; volume, kind and support are set. */
void trb_gaussian_plan(trb_smoother *smoother, double sigma_vox);

/** trb_smoother_each_row() for a Gaussian. */
trb_status trb_gaussian_each_row(const trb_smoother *smoother, trb_row_sink *sink, void *user, trb_error *err);

/** The rows of planes z0 <= z < z1 in order, on the calling thread (which is given as thread 0). */
trb_status trb_gaussian_planes(const trb_smoother *smoother, size_t z0, size_t z1, trb_row_sink *sink,
                               void *user, trb_error *err);

#endif
