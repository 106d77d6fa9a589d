/* ipl_steps.h - the steps behind ipl.h, for its own files, tb_n.c and the tests. */
#ifndef TRB_IPL_STEPS_H
#define TRB_IPL_STEPS_H

#include "measure/ipl.h"

/* Squared lengths travel as length * 8 + order in 31 bits, with room for "unset" above the longest one. */
#define IPL_FAR ((int32_t)1 << 27)
#define IPL_DIAGONAL_MAX 11585 /* the square is below IPL_FAR */

/**
 * The offset from each object voxel to the background voxel that the sweep gives it, one plane a component
 * and slice. 0 on the background, and nowhere else once the sweep is done.
 * Rows are `stride` > nx apart; what lies behind a row is 0, and so are IPL_LEAD values before the first.
 * A field holds the slices first_z <= z < first_z + slices of the image: all of them, or a window.
 */
typedef struct ipl_field {
    trb_grid grid;        /* of the image */
    size_t first_z, slices;
    size_t stride, plane; /* values from row to row, and from slice to slice */
    int16_t *memory;      /* the three components */
    int16_t *x, *y, *z;   /* their voxel (0, 0, first_z) */
} ipl_field;
#define IPL_LEAD 32

/* Smaller images are measured on one thread: starting the others would take longer. */
static inline bool ipl_worth_threads(const trb_grid *grid)
{
    return trb_grid_voxels(grid) >= (size_t)1 << 17;
}

/**
 * Contact vectors of an object, of all slices at once: 6 bytes a voxel.
 *
 * Output      *out: clear it.
 * Errors      as trb_ipl_thickness_measure().
 */
TRB_NODISCARD trb_status ipl_field_create(const trb_mask *object, ipl_field *out, trb_error *err);
void ipl_field_clear(ipl_field *field);

/** Gets finished slices from <= z < to; the field holds them and one more on both sides that are in the image. */
typedef trb_status ipl_visit(void *user, const ipl_field *field, size_t from, size_t to, trb_error *err);

/**
 * The same vectors, window by window: every slice is visited once, the highest window first, in any number of
 * calls of `visit` (on the calling thread).
 *
 * Input       bytes: what the window may take, roughly; it is never less than a few slices. Windows that are not
 *             all of the image cost half of a sweep more, and a compressed slice of vectors each.
 * Errors      as trb_ipl_thickness_measure(), and those of visit.
 */
TRB_NODISCARD trb_status ipl_walk(const trb_mask *object, size_t bytes, ipl_visit *visit, void *user, trb_error *err);

/** The bytes that a window gets: `limit`, or without one (0) enough for speed at no more than 2 bytes a voxel. */
size_t ipl_window_bytes(const trb_grid *grid, size_t limit);

/** The three components at a voxel. */
static inline void ipl_field_get(const ipl_field *field, size_t x, size_t y, size_t z, int v[3])
{
    const size_t at = (z - field->first_z) * field->plane + y * field->stride + x;
    v[0] = field->x[at];
    v[1] = field->y[at];
    v[2] = field->z[at];
}

/** Twice the offset to the face: 2 sign(v) max(|v| - 1/2, 0). */
static inline int ipl_face2(int v)
{
    return v > 0 ? 2 * v - 1 : v < 0 ? 2 * v + 1 : 0;
}

/**
 * The voxels that are centres of balls; `where` limits the answer (NULL: the whole image), never the
 * neighbours looked at. *out: yours.
 */
TRB_NODISCARD trb_status ipl_ridge_create(const ipl_field *field, const trb_mask *where, trb_mask **out,
                                          trb_error *err);

/** The same for slices from <= z < to of a window; they become planes z - out_z of `out`. */
TRB_NODISCARD trb_status ipl_ridge_slices(const ipl_field *field, const trb_mask *where, size_t from, size_t to,
                                          trb_mask *out, size_t out_z, trb_error *err);

/** One ball: |voxel - (x,y,z)| <= (d + 1) / 2. */
typedef struct ipl_ball {
    uint16_t x, y, z, d;
} ipl_ball;

/** Balls in the order of their centres (z, y, x); slice z holds balls first[z] <= i < first[z + 1]. */
typedef struct ipl_balls {
    size_t *first;
    ipl_ball *ball;
    unsigned largest; /* of the d */
} ipl_balls;

/** Give every centre its diameter by version 3 or 1. *out: clear it. */
TRB_NODISCARD trb_status ipl_balls_create(const ipl_field *field, const trb_mask *ridge, int version,
                                          ipl_balls *out, trb_error *err);

/** The same by windows of `bytes` (ipl_walk()), centres where `where` allows them. */
TRB_NODISCARD trb_status ipl_balls_walk(const trb_mask *object, const trb_mask *where, int version, size_t bytes,
                                        ipl_balls *out, trb_error *err);
void ipl_balls_clear(ipl_balls *balls);

/**
 * Paint the balls over the object in the VOI (NULL: everywhere), the largest wins.
 *
 * Input       map: NULL, or receives d * scale where a ball reached, else 0; sink: NULL, or gets the same.
 * Output      count[d]: voxels with diameter d; room for balls->largest + 1, all 0 on entry.
 * Cost        64 slices of bits (and of the map) at a time, and 16 bytes a thread for each ball near a tile.
 */
TRB_NODISCARD trb_status ipl_paint(const ipl_balls *balls, const trb_mask *object, const trb_mask *voi, float *map,
                                   const trb_map_sink *sink, float scale, uint64_t *count, trb_error *err);

#endif
