/*
 * ellipsoid_inside.c - the row of voxel centres that an ellipsoid holds, its radii, and the marrow in it.
 */
#include "measure/ellipsoid_parts.h"

#include "measure/fabric_fit.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

bool trb_ellipsoid_row(const trb_ellipsoid *e, double y, double z, ptrdiff_t *x0, ptrdiff_t *x1)
{
    const double *a = e->a, v = y - e->middle[1], w = z - e->middle[2];
    const double b = a[3] * v + a[4] * w, c = a[1] * v * v + a[2] * w * w + 2 * a[5] * v * w - 1;
    const double inside = b * b - a[0] * c;
    if (!(inside > 0))
        return false;
    const double half = sqrt(inside) / a[0], middle = e->middle[0] - b / a[0];
    *x0 = (ptrdiff_t)floor(middle - half) + 1; /* a centre on the surface is outside */
    *x1 = (ptrdiff_t)ceil(middle + half) - 1;
    return *x0 <= *x1;
}

bool trb_ellipsoid_describe(trb_ellipsoid *e)
{
    const double *a = e->a;
    double value[3], axis[3][3];
    trb_fabric_axes(a, value, axis);
    if (!(value[0] > 0) || !isfinite(value[2]))
        return false;
    for (int i = 0; i < 3; i++)
        e->radius[i] = 1 / sqrt(value[2 - i]);
    e->volume = 4.0 / 3 * PI * e->radius[0] * e->radius[1] * e->radius[2];
    const double det = a[0] * (a[1] * a[2] - a[5] * a[5]) - a[3] * (a[3] * a[2] - a[5] * a[4]) +
                       a[4] * (a[3] * a[5] - a[1] * a[4]);
    const double minor[3] = {a[1] * a[2] - a[5] * a[5], a[0] * a[2] - a[4] * a[4], a[0] * a[1] - a[3] * a[3]};
    for (int i = 0; i < 3; i++)
        e->reach[i] = sqrt(minor[i] / det);
    return true;
}

double trb_ellipsoid_q(const trb_ellipsoid *e, double x, double y, double z)
{
    const double *a = e->a, u = x - e->middle[0], v = y - e->middle[1], w = z - e->middle[2];
    return a[0] * u * u + a[1] * v * v + a[2] * w * w + 2 * (a[3] * u * v + a[4] * u * w + a[5] * v * w);
}

/* ---- marrow inside */
static void keep(trb_ellipsoid_inside *d, double q, double x, double y, double z, bool border)
{
    int i = d->n;
    if (i == TRB_ELLIPSOID_DEEPEST && q >= d->q[i - 1])
        return;
    i = i < TRB_ELLIPSOID_DEEPEST ? d->n++ : i - 1;
    for (; i > 0 && q < d->q[i - 1]; i--) {
        d->q[i] = d->q[i - 1];
        memcpy(d->at[i], d->at[i - 1], sizeof *d->at);
        d->border[i] = d->border[i - 1];
    }
    d->q[i] = q;
    d->at[i][0] = x;
    d->at[i][1] = y;
    d->at[i][2] = z;
    d->border[i] = border;
}

/* Bits x0 to x1 of a word. */
static uint64_t bits_from_to(ptrdiff_t x0, ptrdiff_t x1)
{
    return ~(uint64_t)0 << x0 & ~(uint64_t)0 >> (63 - x1);
}

/* Marrow of the image inside the ellipsoid. */
static void find_marrow(const trb_mask *bone, const trb_ellipsoid *e, trb_ellipsoid_inside *d)
{
    const ptrdiff_t n[3] = {(ptrdiff_t)bone->grid.nx, (ptrdiff_t)bone->grid.ny, (ptrdiff_t)bone->grid.nz};
    ptrdiff_t lo[3], hi[3];
    for (int axis = 1; axis < 3; axis++) {
        lo[axis] = (ptrdiff_t)ceil(e->middle[axis] - e->reach[axis]);
        hi[axis] = (ptrdiff_t)floor(e->middle[axis] + e->reach[axis]);
        lo[axis] = lo[axis] < 0 ? 0 : lo[axis];
        hi[axis] = hi[axis] < n[axis] ? hi[axis] : n[axis] - 1;
    }
    for (ptrdiff_t z = lo[2]; z <= hi[2]; z++)
        for (ptrdiff_t y = lo[1]; y <= hi[1]; y++) {
            if (!trb_ellipsoid_row(e, (double)y, (double)z, &lo[0], &hi[0]))
                continue;
            lo[0] = lo[0] < 0 ? 0 : lo[0];
            hi[0] = hi[0] < n[0] ? hi[0] : n[0] - 1;
            const uint64_t *row = trb_mask_row(bone, (size_t)y, (size_t)z);
            for (ptrdiff_t x = lo[0]; x <= hi[0];) {
                const ptrdiff_t word = x / 64 * 64, end = hi[0] < word + 63 ? hi[0] : word + 63;
                uint64_t marrow = ~row[x / 64] & bits_from_to(x - word, end - word);
                for (; marrow; marrow &= marrow - 1) {
                    const double at = (double)(word + __builtin_ctzll(marrow));
                    keep(d, trb_ellipsoid_q(e, at, (double)y, (double)z), at, (double)y, (double)z, false);
                }
                x = end + 1;
            }
        }
}

/* Where it sticks out of the image: the point of it that is farthest out, drawn back to the border. */
static void find_border(const trb_mask *bone, const trb_ellipsoid *e, trb_ellipsoid_inside *d)
{
    const double n[3] = {(double)bone->grid.nx, (double)bone->grid.ny, (double)bone->grid.nz};
    const double *a = e->a;
    const double minor[3][3] = {{a[1] * a[2] - a[5] * a[5], a[4] * a[5] - a[3] * a[2], a[3] * a[5] - a[4] * a[1]},
                                {a[4] * a[5] - a[3] * a[2], a[0] * a[2] - a[4] * a[4], a[3] * a[4] - a[0] * a[5]},
                                {a[3] * a[5] - a[4] * a[1], a[3] * a[4] - a[0] * a[5], a[0] * a[1] - a[3] * a[3]}};
    for (int axis = 0; axis < 3; axis++)
        for (int side = 0; side < 2; side++) {
            const double room = side ? n[axis] - 0.5 - e->middle[axis] : e->middle[axis] + 0.5;
            if (e->reach[axis] <= room)
                continue;
            const double part = (side ? 1 : -1) * room / minor[axis][axis]; /* the touching point of the smaller ellipsoid */
            const double share = room / e->reach[axis];
            keep(d, share > 0 ? share * share : 0, e->middle[0] + part * minor[axis][0], e->middle[1] + part * minor[axis][1],
                 e->middle[2] + part * minor[axis][2], true);
        }
}

void trb_ellipsoid_look(const trb_mask *bone, const trb_ellipsoid *e, trb_ellipsoid_inside *out)
{
    out->n = 0;
    find_border(bone, e, out);
    find_marrow(bone, e, out);
}
