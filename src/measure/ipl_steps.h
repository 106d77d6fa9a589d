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
 */
typedef struct ipl_field {
    trb_grid grid;
    size_t stride, plane; /* values from row to row, and from slice to slice */
    int16_t *memory;      /* the three components */
    int16_t *x, *y, *z;   /* their voxel (0,0,0) */
} ipl_field;
#define IPL_LEAD 32

/**
 * Contact vectors of an object.
 *
 * Output      *out: clear it.
 * Errors      as trb_ipl_thickness_measure().
 */
TRB_NODISCARD trb_status ipl_field_create(const trb_mask *object, ipl_field *out, trb_error *err);
void ipl_field_clear(ipl_field *field);

/** The three components at a voxel. */
static inline void ipl_field_get(const ipl_field *field, size_t x, size_t y, size_t z, int v[3])
{
    const size_t at = z * field->plane + y * field->stride + x;
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
void ipl_balls_clear(ipl_balls *balls);

/**
 * Paint the balls, the largest wins.
 *
 * Input       unpainted: the voxels that may take a value; on return those that no ball reached.
 *             map: NULL, or a float32 volume that receives d * scale where a ball reached.
 * Output      count[d]: voxels with diameter d; room for balls->largest + 1, all 0 on entry.
 */
TRB_NODISCARD trb_status ipl_paint(const ipl_balls *balls, trb_mask *unpainted, trb_volume *map, float scale,
                                   uint64_t *count, trb_error *err);

#endif
