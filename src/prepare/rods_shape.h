/* rods_shape.h - round parts of one plane, for finding rods. */
#ifndef TRB_RODS_SHAPE_H
#define TRB_RODS_SHAPE_H

#include "trabecula/status.h"

#include <stddef.h>

/** A round part that stays the same over `levels` cuts. */
typedef struct trb_round {
    double x, y, radius;
    double area;
    size_t levels;
} trb_round;

enum { TRB_ROUNDS_MOST = 256, TRB_LEVELS = 96 };

typedef struct trb_rounds {
    size_t n;
    trb_round round[TRB_ROUNDS_MOST];
} trb_rounds;

/**
 * The round parts of plane (nx * ny) that are brighter than their surroundings (darker: the other way).
 *
 * Convention  Cut at TRB_LEVELS levels between the extremes; parts join by edges. Round: area / (2 pi (sum of the two
 *             second moments)) is 1 for a disc and less for all else (the disc is the most compact of its area); here
 *             at least 0.985 (a square has 0.955, an ellipse of 6:5 has 0.984). A part and its likeness at a neighbouring level
 *             are one, with the circle of its middle level; a chance shape at a single level is dropped.
 * Errors      TRB_ERR_MEMORY.
 * Threads     Same result for any thread count.
 */
trb_status trb_find_rounds(const double *plane, size_t nx, size_t ny, int darker, trb_rounds *out,
                           trb_error *err);

#endif
