/* ellipsoid_parts.h - what ellipsoid_fit.c is made of: obstacles, the climb, and the look for marrow inside. */
#ifndef TRB_ELLIPSOID_PARTS_H
#define TRB_ELLIPSOID_PARTS_H

#include "measure/ellipsoid_fit.h"

enum { TRB_ELLIPSOID_OBSTACLES = 744, TRB_ELLIPSOID_LANES = 8, TRB_ELLIPSOID_DEEPEST = 8 };

/** Points that the ellipsoid must not hold. */
typedef struct trb_obstacles {
    size_t n;
    double p[3][TRB_ELLIPSOID_OBSTACLES]; /* a whole number of lanes: those behind n are filled by trb_obstacles_pad() */
    bool border[TRB_ELLIPSOID_OBSTACLES]; /* of the image: no marrow */
} trb_obstacles;

/** One more; none when there is no room. */
void trb_obstacles_add(trb_obstacles *o, double x, double y, double z, bool border);
void trb_obstacles_pad(trb_obstacles *o);

/** The ellipsoid in work: A = L L', L lower triangular; its middle. */
typedef struct trb_ellipsoid_shape {
    double l[3][3], m[3];
} trb_ellipsoid_shape;

/**
 * One step of Newton's method uphill, as far as the obstacles let it; all q > 1 before and after. The obstacles are
 * padded. How far it went, of the unit ball; 0 when that would be less than `least`.
 */
double trb_ellipsoid_step(const trb_obstacles *o, const trb_ellipsoid_shape *s, double mu, double least,
                          trb_ellipsoid_shape *next);

/** (p - middle)' A (p - middle). */
double trb_ellipsoid_q(const trb_ellipsoid *e, double x, double y, double z);

/** The deepest of what lies inside, q ascending. */
typedef struct trb_ellipsoid_inside {
    int n;
    double q[TRB_ELLIPSOID_DEEPEST], at[TRB_ELLIPSOID_DEEPEST][3];
    bool border[TRB_ELLIPSOID_DEEPEST];
} trb_ellipsoid_inside;

/** Centres of marrow voxels in the ellipsoid, and where it leaves the image. */
void trb_ellipsoid_look(const trb_mask *bone, const trb_ellipsoid *e, trb_ellipsoid_inside *out);

#endif
