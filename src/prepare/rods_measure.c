/*
 * rods_measure.c - the grey value of every rod's core.
 *
 * The wall of a rod is blurred, so only its core is looked at. A scratch or a bubble is far from the median and is
 * left out; what stays is averaged plainly, so that an undisturbed rod gives its exact mean. The means of the planes
 * tell of drift: a beam that warms up, a cone whose ends are darker.
 */
#include "prepare/rods_parts.h"

#include "core/memory.h"

#include <gsl/gsl_fit.h>
#include <math.h>
#include <stdlib.h>

#define FAR_SD 4.0                  /* further from the median is rejected */
#define MAD_TO_SD 1.482602218505602 /* of a normal distribution */
#define INNER 0.5   /* of the core's radius: its middle */
#define OUTER 0.8   /* and its outside */
enum { LEAST_VOXELS = 20, MIDDLE = 1, OUTSIDE = 2 };

trb_span trb_disc_row(double cx, double cy, double radius, size_t y, size_t nx)
{
    const double dy = (double)y - cy, half2 = radius * radius - dy * dy;
    if (half2 < 0)
        return (trb_span){0, 0};
    const double lo = ceil(cx - sqrt(half2)), hi = floor(cx + sqrt(half2)) + 1;
    if (hi <= 0 || lo >= (double)nx || hi <= lo)
        return (trb_span){0, 0};
    return (trb_span){lo > 0 ? (size_t)lo : 0, hi < (double)nx ? (size_t)hi : nx};
}

void trb_mean_plane(const trb_volume *volume, size_t z0, size_t z1, double *out)
{
    const size_t nx = volume->grid.nx, ny = volume->grid.ny;
#pragma omp parallel for schedule(static)
    for (size_t y = 0; y < ny; y++)
        for (size_t x = 0; x < nx; x++) {
            double sum = 0;
            for (size_t z = z0; z < z1; z++)
                sum += trb_volume_get(volume, x, y, z);
            out[y * nx + x] = sum / (double)(z1 - z0);
        }
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double trb_median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, ascending);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double trb_disc_mean(const double *plane, size_t nx, size_t ny, double cx, double cy, double radius)
{
    double sum = 0;
    size_t n = 0;
    for (size_t y = 0; y < ny; y++) {
        const trb_span span = trb_disc_row(cx, cy, radius, y, nx);
        for (size_t x = span.lo; x < span.hi; x++, n++)
            sum += plane[y * nx + x];
    }
    return n ? sum / (double)n : NAN;
}

trb_status trb_ring_median(const double *plane, size_t nx, size_t ny, double cx, double cy, double inner,
                           double outer, double *median, trb_error *err)
{
    const size_t room = (size_t)((2 * outer + 2) * (2 * outer + 2));
    double *values = trb_alloc(room, sizeof *values, "the surroundings of a rod", err);
    if (!values)
        return TRB_ERR_MEMORY;
    size_t n = 0;
    for (size_t y = 0; y < ny; y++) {
        const trb_span span = trb_disc_row(cx, cy, outer, y, nx);
        for (size_t x = span.lo; x < span.hi; x++)
            if (hypot((double)x - cx, (double)y - cy) > inner && n < room)
                values[n++] = plane[y * nx + x];
    }
    *median = n ? trb_median(values, n) : NAN;
    free(values);
    return TRB_OK;
}

/* ---- one rod */

/* Its core, plane after plane; ends[z - z0] is where plane z ends in values. */
typedef struct core {
    size_t n, planes;
    double *values, *sorted;
    uint8_t *zone; /* MIDDLE, OUTSIDE or neither */
    size_t *ends;
} core;

static void core_clear(core *c)
{
    free(c->values);
    free(c->sorted);
    free(c->zone);
    free(c->ends);
}

static uint8_t zone_of(double dx, double dy, double radius)
{
    const double r = hypot(dx, dy);
    return r <= INNER * radius ? MIDDLE : r > OUTER * radius ? OUTSIDE : 0;
}

/* Count the voxels of the core, and store them when c is given. */
static size_t core_count(const trb_volume *volume, const trb_rod *rod, core *c)
{
    size_t n = 0;
    for (size_t z = rod->z0; z < rod->z1; z++) {
        const double cx = trb_rod_x(rod, (double)z), cy = trb_rod_y(rod, (double)z);
        for (size_t y = 0; y < volume->grid.ny; y++) {
            const trb_span span = trb_disc_row(cx, cy, rod->core_radius_vox, y, volume->grid.nx);
            for (size_t x = span.lo; x < span.hi; x++, n++)
                if (c) {
                    c->values[n] = trb_volume_get(volume, x, y, z);
                    c->zone[n] = zone_of((double)x - cx, (double)y - cy, rod->core_radius_vox);
                }
        }
        if (c)
            c->ends[z - rod->z0] = n;
    }
    return n;
}

static trb_status core_read(const trb_volume *volume, const trb_rod *rod, core *c, trb_error *err)
{
    *c = (core){.n = core_count(volume, rod, NULL), .planes = rod->z1 - rod->z0};
    if (c->n < LEAST_VOXELS)
        return trb_error_set(err, TRB_ERR_DATA,
                             "its core has %zu voxels, which is too few: erode less, or take more "
                             "planes",
                             c->n);
    c->values = trb_alloc(c->n, sizeof *c->values, "the core of a rod", err);
    c->sorted = trb_alloc(c->n, sizeof *c->sorted, "the core of a rod", err);
    c->zone = trb_alloc(c->n, sizeof *c->zone, "the core of a rod", err);
    c->ends = trb_alloc(c->planes, sizeof *c->ends, "the core of a rod", err);
    if (!c->values || !c->sorted || !c->zone || !c->ends)
        return TRB_ERR_MEMORY;
    (void)core_count(volume, rod, c);
    return TRB_OK;
}

static bool core_inside(const trb_rod *rod, const trb_grid *grid)
{
    const double ends[2] = {(double)rod->z0, (double)rod->z1 - 1};
    for (int i = 0; i < 2; i++) {
        const double x = trb_rod_x(rod, ends[i]), y = trb_rod_y(rod, ends[i]), r = rod->core_radius_vox;
        if (x - r < -0.5 || y - r < -0.5 || x + r > (double)grid->nx - 0.5 || y + r > (double)grid->ny - 0.5)
            return false;
    }
    return true;
}

/* The limits within which a voxel counts. */
static void limits(core *c, bool integers, double *lo, double *hi)
{
    for (size_t i = 0; i < c->n; i++)
        c->sorted[i] = c->values[i];
    const double median = trb_median(c->sorted, c->n);
    for (size_t i = 0; i < c->n; i++)
        c->sorted[i] = fabs(c->values[i] - median);
    double sd = MAD_TO_SD * trb_median(c->sorted, c->n);
    if (integers && sd < 1)
        sd = 1; /* neighbouring whole numbers are no outliers */
    *lo = median - FAR_SD * sd;
    *hi = median + FAR_SD * sd;
}

/* Straight line through the means of the planes. */
static void judge_along(const double *z, const double *mean, size_t n, trb_rod *rod)
{
    double average = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        average += mean[i];
    average /= (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (mean[i] - average) * (mean[i] - average);
    rod->along_sd = n > 1 ? sqrt(squares / (double)(n - 1)) : 0;
    rod->drift = rod->noise_drift = NAN;
    if (n < 3)
        return;
    double c0, c1, cov00, cov01, cov11, sumsq;
    gsl_fit_linear(z, 1, mean, 1, n, &c0, &c1, &cov00, &cov01, &cov11, &sumsq);
    rod->drift = c1 * (z[n - 1] - z[0]);
    rod->noise_drift = sqrt(cov11) * (z[n - 1] - z[0]);
}

/* Outside against middle: a wall that reaches into the core, a circle off its place, a beam that hardens. */
static void judge_across(const core *c, double lo, double hi, trb_rod *rod)
{
    double sum[3] = {0}, n[3] = {0};
    for (size_t i = 0; i < c->n; i++)
        if (c->values[i] >= lo && c->values[i] <= hi) {
            sum[c->zone[i]] += c->values[i];
            n[c->zone[i]]++;
        }
    const bool both = n[MIDDLE] > 0 && n[OUTSIDE] > 0;
    rod->across = both ? sum[OUTSIDE] / n[OUTSIDE] - sum[MIDDLE] / n[MIDDLE] : NAN;
    rod->noise_across = both ? rod->grey_sd * sqrt(1 / n[OUTSIDE] + 1 / n[MIDDLE]) : NAN;
}

static trb_status average(const core *c, double lo, double hi, trb_rod *rod, trb_error *err)
{
    double *z = trb_alloc(c->planes, 2 * sizeof *z, "the planes of a rod", err);
    if (!z)
        return TRB_ERR_MEMORY;
    double *mean = z + c->planes, total = 0, squares = 0;
    size_t i = 0, planes = 0;
    rod->voxels = 0;
    for (size_t p = 0; p < c->planes; p++) {
        double sum = 0;
        size_t n = 0;
        for (; i < c->ends[p]; i++)
            if (c->values[i] >= lo && c->values[i] <= hi) {
                sum += c->values[i];
                n++;
            }
        if (n) {
            z[planes] = (double)(rod->z0 + p);
            mean[planes++] = sum / (double)n;
        }
        total += sum;
        rod->voxels += n;
    }
    rod->rejected = c->n - rod->voxels;
    rod->grey = total / (double)rod->voxels;
    for (i = 0; i < c->n; i++)
        if (c->values[i] >= lo && c->values[i] <= hi)
            squares += (c->values[i] - rod->grey) * (c->values[i] - rod->grey);
    rod->grey_sd = rod->voxels > 1 ? sqrt(squares / (double)(rod->voxels - 1)) : 0;
    judge_along(z, mean, planes, rod);
    judge_across(c, lo, hi, rod);
    free(z);
    return TRB_OK;
}

static trb_status measure_rod(const trb_volume *volume, double erode, trb_rod *rod, trb_error *err)
{
    core c = {0};
    double lo, hi, least, most;
    rod->core_radius_vox = (1 - erode) * rod->radius_vox;
    if (rod->z1 > volume->grid.nz || rod->z0 >= rod->z1)
        return trb_error_set(err, TRB_ERR_DATA, "planes %zu to %zu are not in the scan, which has %zu",
                             rod->z0, rod->z1, volume->grid.nz);
    if (!core_inside(rod, &volume->grid))
        return trb_error_set(err, TRB_ERR_DATA,
                             "its core (centre %.1f, %.1f, radius %.1f voxels) leaves the image", rod->x,
                             rod->y, rod->core_radius_vox);
    trb_status status = core_read(volume, rod, &c, err);
    if (!status) {
        const bool integers = trb_type_is_integer(volume->type);
        trb_type_range(volume->type, &least, &most);
        rod->clipped = 0;
        for (size_t i = 0; integers && i < c.n; i++)
            rod->clipped += c.values[i] <= least || c.values[i] >= most;
        limits(&c, integers, &lo, &hi);
        status = average(&c, lo, hi, rod, err);
    }
    core_clear(&c);
    return status;
}

trb_status trb_rods_measure(const trb_volume *volume, double erode, trb_rods *rods, trb_error *err)
{
    if (!(erode >= 0 && erode < 1))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "a rod can be eroded by 0 to 99 %% of its radius, not %g %%", 100 * erode);
    for (size_t i = 0; i < rods->n; i++) {
        const trb_status status = measure_rod(volume, erode, &rods->rod[i], err);
        if (status) {
            trb_error_within(err, "rod %zu (%s)", i + 1, rods->rod[i].name);
            return status;
        }
    }
    return TRB_OK;
}
