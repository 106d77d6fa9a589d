/* fabric_fit.h - an ellipsoid through points around the origin, and its axes. */
#ifndef TRB_FABRIC_FIT_H
#define TRB_FABRIC_FIT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * A of x'Ax = 1 (xx, yy, zz, xy, xz, yz), by linear least squares on n points (rows of 3).
 * points is overwritten: it has room for 7 n numbers, the points come first. False when they do not settle A.
 */
bool trb_fabric_fit(size_t n, double *points, double a[6]);

/** Eigenvalues of the symmetric matrix A, ascending, and their unit vectors as rows, largest component positive. */
void trb_fabric_axes(const double a[6], double value[3], double axis[3][3]);

#endif
