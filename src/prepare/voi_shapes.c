/*
 * voi_shapes.c - box and elliptic cylinder.
 * A voxel is inside when its centre is. Whether a centre on the rim of an ellipse is inside must not be left
 * to rounding: coordinates given with a few decimals are scaled to integers and compared exactly.
 */
#include "trabecula/voi.h"

#include <math.h>
#include <string.h>

__extension__ typedef __int128 i128;

#define SCALED_MAX 1073741824.0 /* 2^30: then every product below stays under 2^126 */
#define RIM_TOLERANCE 1e-12L

static trb_status check_range(char axis, size_t lo, size_t hi, size_t n, trb_error *err)
{
    if (lo < hi && hi <= n)
        return TRB_OK;
    if (lo >= hi)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "VOI: the range %c %zu:%zu holds nothing (first:end, the end is not included)",
                             axis, lo, hi);
    return trb_error_set(err, TRB_ERR_ARGUMENT,
                         "VOI: the range %c %zu:%zu does not lie in the image, which has %c 0:%zu", axis, lo, hi,
                         axis, n);
}

/* Set voxels lo <= x < hi of a row. */
static void set_range(uint64_t *row, size_t lo, size_t hi)
{
    for (size_t x = lo; x < hi;) {
        const size_t bit = x & 63, n = hi - x < 64 - bit ? hi - x : 64 - bit;
        row[x >> 6] |= (n == 64 ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1) << bit;
        x += n;
    }
}

/* Copy plane z0 to the planes up to z1. */
static void repeat_plane(trb_mask *mask, size_t z0, size_t z1)
{
    const size_t bytes = mask->grid.ny * mask->words_per_row * sizeof *mask->bits;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = (ptrdiff_t)z0 + 1; z < (ptrdiff_t)z1; z++)
        memcpy(trb_mask_row(mask, 0, (size_t)z), trb_mask_row(mask, 0, z0), bytes);
}

trb_status trb_voi_box(const trb_grid *grid, const trb_box *box, trb_mask **out, trb_error *err)
{
    *out = NULL;
    const size_t n[3] = {grid->nx, grid->ny, grid->nz};
    trb_status status = TRB_OK;
    for (int axis = 0; axis < 3 && !status; axis++)
        status = check_range("xyz"[axis], box->lo[axis], box->hi[axis], n[axis], err);
    if (!status)
        status = trb_mask_create(grid, out, err);
    if (status)
        return status;
    for (size_t y = box->lo[1]; y < box->hi[1]; y++)
        set_range(trb_mask_row(*out, y, box->lo[2]), box->lo[0], box->hi[0]);
    repeat_plane(*out, box->lo[2], box->hi[2]);
    return TRB_OK;
}

/* ---- the ellipse ---- */

typedef struct ellipse {
    double cx, cy, rx, ry;
    bool exact;
    int64_t scale, sx, sy, srx, sry; /* exact: everything times scale, in whole numbers */
} ellipse;

/* Is value the double nearest to whole / scale? Then it was written with that many decimals. */
static bool scaled(double value, int64_t scale, int64_t *whole)
{
    const double product = nearbyint(value * (double)scale);
    if (fabs(product) > SCALED_MAX || product / (double)scale != value)
        return false;
    *whole = (int64_t)product;
    return true;
}

static void find_scale(ellipse *e, const trb_grid *grid)
{
    const double longest = (double)(grid->nx > grid->ny ? grid->nx : grid->ny);
    for (int64_t scale = 1; scale <= 1000000; scale *= 10)
        if (longest * (double)scale <= SCALED_MAX && scaled(e->cx, scale, &e->sx) &&
            scaled(e->cy, scale, &e->sy) && scaled(e->rx, scale, &e->srx) && scaled(e->ry, scale, &e->sry)) {
            e->exact = true;
            e->scale = scale;
            return;
        }
}

static bool in_ellipse(const ellipse *e, size_t x, size_t y)
{
    if (e->exact) {
        const i128 dx = (i128)(((int64_t)x * e->scale - e->sx)) * e->sry;
        const i128 dy = (i128)(((int64_t)y * e->scale - e->sy)) * e->srx;
        const i128 r = (i128)e->srx * e->sry;
        return dx * dx + dy * dy <= r * r;
    }
    const long double dx = ((long double)x - (long double)e->cx) / (long double)e->rx;
    const long double dy = ((long double)y - (long double)e->cy) / (long double)e->ry;
    return dx * dx + dy * dy <= 1 + RIM_TOLERANCE;
}

/* Does centre - radius .. centre + radius come near the voxels 0 .. n - 1? */
static bool meets(double centre, double radius, size_t n)
{
    return centre + radius >= -0.5 && centre - radius <= (double)n - 0.5;
}

trb_status trb_voi_cylinder(const trb_grid *grid, double cx, double cy, double rx, double ry, size_t z0,
                            size_t z1, trb_mask **out, trb_error *err)
{
    *out = NULL;
    if (!isfinite(cx) || !isfinite(cy) || !(rx > 0) || !(ry > 0) || !isfinite(rx) || !isfinite(ry))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "VOI: a cylinder with centre %g,%g and radii %g,%g voxels: radii must be above 0",
                             cx, cy, rx, ry);
    if (!meets(cx, rx, grid->nx) || !meets(cy, ry, grid->ny))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "VOI: the cylinder with centre %g,%g and radii %g,%g voxels lies outside the image "
                             "of %zu x %zu voxels",
                             cx, cy, rx, ry, grid->nx, grid->ny);
    trb_status status = check_range('z', z0, z1, grid->nz, err);
    if (!status)
        status = trb_mask_create(grid, out, err);
    if (status)
        return status;
    ellipse e = {.cx = cx, .cy = cy, .rx = rx, .ry = ry};
    find_scale(&e, grid);
    for (size_t y = 0; y < grid->ny; y++)
        for (size_t x = 0; x < grid->nx; x++)
            if (in_ellipse(&e, x, y))
                trb_mask_set(*out, x, y, z0, 1);
    repeat_plane(*out, z0, z1);
    return TRB_OK;
}
