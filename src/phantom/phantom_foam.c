/*
 * phantom_foam.c - trabeculae from Gaussian random fields.
 *
 * Bone is everything within w of a set of curved, perforated sheets: the sheets are the zero surface of a field
 * f, and a second field g takes the part with g > u out of them, which leaves plates with holes, and rods
 * where holes come close. Both are sums of plane waves of random phase, |k| within 25 % of 1/wavelength,
 * directions spread evenly. Distance is measured to second order along the gradient: d solves
 * |f| = |grad f| d + kappa d^2/2; kappa keeps it finite where the gradient vanishes. The rim of a hole is
 * rounded by adding the squares of the distances to the sheet and to its rim.
 *
 * The form does not depend on scale, so a wavelength gives the ratio of BV/TV and w; it is found on sample
 * points of the very volume. Then w is set to the value that gives the BV/TV asked for on the whole volume.
 *
 * Mean local thickness is more than 2 w, because nodes are thicker than sheets. How much more was measured:
 * the same foams at two sizes (2 w of 4 to 8 voxels, and twice that), local thickness by the exact rule, and
 * the line through both, whose slope is free of that rule's bias of 0.3 to 0.6 voxel. At plate shares 0.5 to 1
 * and BV/TV 10, 20, 35, 50 % the slope was 1.03 to 1.08, 1.07 to 1.12, 1.14 to 1.19, 1.22 to 1.29.
 *
 * Level-set models of bone and foam: Cahn 1965, doi:10.1063/1.1695731; Soyarslan et al. 2018,
 * doi:10.1016/j.actamat.2018.01.005.
 */
#include "phantom/phantom_shape.h"

#include "core/memory.h"
#include "core/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#endif

static const double TWO_PI = 6.283185307179586;
static const double GOLDEN_TURN = 0.3819660112501051;

enum {
    WAVES = 64,       /* of each field: enough to be Gaussian, and to look it */
    FIELDS = 2,       /* the sheets, and their holes */
    COMPONENTS = 4,   /* value and three derivatives */
    SAMPLES_EDGE = 20, /* sample points along each edge of the volume */
    SAMPLES = SAMPLES_EDGE * SAMPLES_EDGE * SAMPLES_EDGE,
    SCALING_ROUNDS = 3,
};

typedef struct {
    double direction[3]; /* wave vector for wavelength 1 */
    double phase;        /* turns */
    double turns[3];     /* wave vector, turns a voxel */
} wave;

typedef struct {
    wave waves[FIELDS][WAVES];
    double wavelength;
    double hole_level; /* u */
    double kappa;      /* per squared voxel */
} foam_field;

/* Mean local thickness / (2 w): the line through the measured slopes, good to 0.04. */
static double widening(double bv_tv)
{
    return 1 + 0.48 * bv_tv;
}

/* ---- the random part */

static void draw_waves(const trb_phantom_options *options, foam_field *foam)
{
    trb_random random = trb_random_start(options->seed);
    for (int field = 0; field < FIELDS; field++) {
        const double turn = trb_random_uniform(&random);
        for (int i = 0; i < WAVES; i++) {
            wave *w = &foam->waves[field][i];
            /* One wave in each of WAVES rings of equal area; k and -k are the same wave, so a half sphere. */
            const double z = (i + trb_random_uniform(&random)) / WAVES, across = sqrt(1 - z * z);
            const double k = 1 + 0.25 * (2 * trb_random_uniform(&random) - 1);
            double sine, cosine;
            trb_sincos_turns(turn + i * GOLDEN_TURN, &sine, &cosine);
            w->direction[0] = k * across * cosine;
            w->direction[1] = k * across * sine;
            w->direction[2] = k * z / options->elongation;
            w->phase = trb_random_uniform(&random);
        }
    }
}

/* Waves for a wavelength. In a periodic volume each has a whole number of turns along every edge. */
static void scale_waves(const trb_phantom_options *options, double edge, double wavelength, foam_field *foam)
{
    foam->wavelength = wavelength;
    foam->kappa = 0.6 * (TWO_PI / wavelength) * (TWO_PI / wavelength);
    for (int field = 0; field < FIELDS; field++)
        for (int i = 0; i < WAVES; i++)
            for (int axis = 0; axis < 3; axis++) {
                wave *w = &foam->waves[field][i];
                w->turns[axis] = w->direction[axis] / wavelength;
                if (options->periodic)
                    w->turns[axis] = floor(w->turns[axis] * edge + 0.5) / edge;
            }
}

/* ---- distance from the two fields and their gradients */

/* Positive root of kappa d^2/2 + slope d = height. */
static float way_down(float height, float slope, float kappa)
{
    return 2 * height / (slope + sqrtf(slope * slope + 2 * kappa * height) + 1e-20F);
}

static float slope_of(const float v[COMPONENTS])
{
    return sqrtf(v[1] * v[1] + v[2] * v[2] + v[3] * v[3]);
}

static float foam_distance(const float sheet[COMPONENTS], const float hole[COMPONENTS], float hole_level,
                           float kappa)
{
    const float to_sheet = way_down(fabsf(sheet[0]), slope_of(sheet), kappa);
    if (hole[0] <= hole_level)
        return to_sheet;
    const float to_rim = way_down(hole[0] - hole_level, slope_of(hole), kappa);
    return sqrtf(to_sheet * to_sheet + to_rim * to_rim);
}

/* ---- sample points, to find the wavelength */

static void field_at(const wave waves[WAVES], const double p[3], float v[COMPONENTS])
{
    const double amplitude = sqrt(2.0 / WAVES);
    double sum[COMPONENTS] = {0};
    for (int i = 0; i < WAVES; i++) {
        const double *k = waves[i].turns;
        double sine, cosine;
        trb_sincos_turns(k[0] * p[0] + k[1] * p[1] + k[2] * p[2] + waves[i].phase, &sine, &cosine);
        sum[0] += amplitude * cosine;
        for (int axis = 0; axis < 3; axis++)
            sum[axis + 1] -= amplitude * TWO_PI * k[axis] * sine;
    }
    for (int c = 0; c < COMPONENTS; c++)
        v[c] = (float)sum[c];
}

static int by_size(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double quantile(float *values, double share)
{
    qsort(values, SAMPLES, sizeof *values, by_size);
    const double at = share * SAMPLES;
    const size_t i = at < SAMPLES - 1 ? (size_t)at : SAMPLES - 1;
    return (double)values[i];
}

typedef struct {
    float sheet[COMPONENTS], hole[COMPONENTS];
} sample;

/* Where u must be so that the wanted share of the sheet is left, and w so that BV/TV is met. */
static double sheet_half_width(const trb_phantom_options *options, double edge, foam_field *foam, sample *samples,
                               float *values)
{
#pragma omp parallel for schedule(static)
    for (int i = 0; i < SAMPLES; i++) {
        const int index[3] = {i % SAMPLES_EDGE, i / SAMPLES_EDGE % SAMPLES_EDGE,
                              i / (SAMPLES_EDGE * SAMPLES_EDGE)};
        double p[3];
        for (int axis = 0; axis < 3; axis++)
            p[axis] = (index[axis] + 0.5) * edge / SAMPLES_EDGE;
        field_at(foam->waves[0], p, samples[i].sheet);
        field_at(foam->waves[1], p, samples[i].hole);
    }
    for (int i = 0; i < SAMPLES; i++)
        values[i] = samples[i].hole[0];
    foam->hole_level = options->plate_share < 1 ? quantile(values, options->plate_share) : 100;
    for (int i = 0; i < SAMPLES; i++)
        values[i] = foam_distance(samples[i].sheet, samples[i].hole, (float)foam->hole_level, (float)foam->kappa);
    return quantile(values, options->bv_tv);
}

/* The wavelength at which BV/TV and thickness are both met, as far as the samples tell. */
static trb_status find_wavelength(const trb_phantom_options *options, double edge, foam_field *foam, trb_error *err)
{
    const double half_width = options->thickness_vox / (2 * widening(options->bv_tv));
    sample *samples = trb_alloc(SAMPLES, sizeof *samples, "foam samples", err);
    float *values = trb_alloc(SAMPLES, sizeof *values, "foam samples", err);
    trb_status status = samples && values ? TRB_OK : TRB_ERR_MEMORY;
    double wavelength = 3 * half_width / options->bv_tv; /* a first guess: flat sheets */
    for (int round = 0; !status && round < SCALING_ROUNDS; round++) {
        scale_waves(options, edge, wavelength, foam);
        wavelength *= half_width / sheet_half_width(options, edge, foam, samples, values);
    }
    if (!status && !(wavelength < edge))
        status = trb_error_set(err, TRB_ERR_ARGUMENT,
                               "trabeculae of %g voxels at a BV/TV of %g %% repeat every %.0f voxels: %.0f voxels "
                               "a side are too few, make it %.0f or more",
                               options->thickness_vox, 100 * options->bv_tv, wavelength, edge, 3 * wavelength);
    if (!status) {
        scale_waves(options, edge, wavelength, foam);
        sheet_half_width(options, edge, foam, samples, values); /* the hole level of this wavelength */
    }
    free(samples);
    free(values);
    return status;
}

/* ---- the whole volume, row by row */

typedef struct {
    double re, im;
} phasor;

/* exp(2 pi i k x) factors into one phasor per axis; tables of them cost edge * waves, not voxels * waves. */
typedef struct {
    float *cosine, *sine; /* along x: [wave][x] */
    phasor *y, *z;        /* [wave][index]; z carries phase and amplitude */
} tables;

static void tables_destroy(tables *t)
{
    free(t->cosine);
    free(t->sine);
    free(t->y);
    free(t->z);
}

static trb_status tables_create(const foam_field *foam, size_t edge, tables *t, trb_error *err)
{
    const size_t n = trb_size_multiply(FIELDS * WAVES, edge);
    t->cosine = trb_alloc(n, sizeof *t->cosine, "foam tables", err);
    t->sine = trb_alloc(n, sizeof *t->sine, "foam tables", err);
    t->y = trb_alloc(n, sizeof *t->y, "foam tables", err);
    t->z = trb_alloc(n, sizeof *t->z, "foam tables", err);
    if (!t->cosine || !t->sine || !t->y || !t->z) {
        tables_destroy(t);
        return TRB_ERR_MEMORY;
    }
    const double amplitude = sqrt(2.0 / WAVES);
    for (size_t i = 0; i < FIELDS * WAVES; i++) {
        const wave *w = &foam->waves[i / WAVES][i % WAVES];
        for (size_t at = 0; at < edge; at++) {
            const double centre = (double)at + 0.5;
            double sine, cosine;
            trb_sincos_turns(w->turns[0] * centre, &sine, &cosine);
            t->cosine[i * edge + at] = (float)cosine;
            t->sine[i * edge + at] = (float)sine;
            trb_sincos_turns(w->turns[1] * centre, &sine, &cosine);
            t->y[i * edge + at] = (phasor){cosine, sine};
            trb_sincos_turns(w->turns[2] * centre + w->phase, &sine, &cosine);
            t->z[i * edge + at] = (phasor){amplitude * cosine, amplitude * sine};
        }
    }
    return TRB_OK;
}

/* Add one wave to value and derivatives along a row. k: radians a voxel. */
static void add_wave(size_t n, const float *restrict cosine, const float *restrict sine, phasor row,
                     const float k[3], float *restrict v, float *restrict dx, float *restrict dy,
                     float *restrict dz)
{
    const float re = (float)row.re, im = (float)row.im;
    for (size_t x = 0; x < n; x++) {
        const float im_here = re * sine[x] + im * cosine[x];
        v[x] += re * cosine[x] - im * sine[x];
        dx[x] -= k[0] * im_here;
        dy[x] -= k[1] * im_here;
        dz[x] -= k[2] * im_here;
    }
}

/* rows: FIELDS * COMPONENTS rows of n. */
static void foam_row(const foam_field *foam, const tables *t, size_t n, size_t y, size_t z, float *rows, float *distance)
{
    memset(rows, 0, FIELDS * COMPONENTS * n * sizeof *rows);
    for (size_t i = 0; i < FIELDS * WAVES; i++) {
        const phasor a = t->y[i * n + y], b = t->z[i * n + z];
        const phasor row = {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
        const double *turns = foam->waves[i / WAVES][i % WAVES].turns;
        const float k[3] = {(float)(TWO_PI * turns[0]), (float)(TWO_PI * turns[1]), (float)(TWO_PI * turns[2])};
        float *v = rows + i / WAVES * COMPONENTS * n;
        add_wave(n, t->cosine + i * n, t->sine + i * n, row, k, v, v + n, v + 2 * n, v + 3 * n);
    }
    const float *hole = rows + COMPONENTS * n;
    for (size_t x = 0; x < n; x++) {
        const float s[COMPONENTS] = {rows[x], rows[n + x], rows[2 * n + x], rows[3 * n + x]};
        const float h[COMPONENTS] = {hole[x], hole[n + x], hole[2 * n + x], hole[3 * n + x]};
        distance[x] = foam_distance(s, h, (float)foam->hole_level, (float)foam->kappa);
    }
}

static trb_status fill_distance(const foam_field *foam, const trb_grid *grid, float *distance, trb_error *err)
{
    const size_t n = grid->nx, per_thread = FIELDS * COMPONENTS * n;
    int threads = 1;
#ifdef _OPENMP
    threads = omp_get_max_threads();
#endif
    tables t;
    trb_status status = tables_create(foam, n, &t, err);
    if (status)
        return status;
    float *scratch = trb_alloc(trb_size_multiply(per_thread, (size_t)threads), sizeof *scratch, "foam rows", err);
    if (!scratch) {
        tables_destroy(&t);
        return TRB_ERR_MEMORY;
    }
    const ptrdiff_t nz = (ptrdiff_t)grid->nz;
#pragma omp parallel num_threads(threads)
    {
        size_t self = 0;
#ifdef _OPENMP
        self = (size_t)omp_get_thread_num();
#endif
#pragma omp for schedule(static)
        for (ptrdiff_t z = 0; z < nz; z++)
            for (size_t y = 0; y < n; y++)
                foam_row(foam, &t, n, y, (size_t)z, scratch + self * per_thread,
                         distance + ((size_t)z * n + y) * n);
    }
    free(scratch);
    tables_destroy(&t);
    return TRB_OK;
}

/* ---- w from the whole volume, and covered fractions */

/* How fast the distance changes from voxel to voxel: 1 for a true distance, less near saddles of the field. */
static double steepness(const trb_grid *grid, const float *d, size_t x, size_t y, size_t z)
{
    const size_t at[3] = {x, y, z}, size[3] = {grid->nx, grid->ny, grid->nz};
    const size_t step[3] = {1, grid->nx, grid->nx * grid->ny};
    const float *here = d + (z * grid->ny + y) * grid->nx + x;
    double sum = 0;
    for (int axis = 0; axis < 3; axis++) {
        const size_t before = at[axis] > 0 ? step[axis] : 0;
        const size_t after = at[axis] + 1 < size[axis] ? step[axis] : 0;
        const double change = (double)here[after] - (double)(here - before)[0];
        const double slope = before && after ? change / 2 : change;
        sum += slope * slope;
    }
    return sqrt(sum);
}

/* A linear ramp across the surface d = w, one voxel wide. */
static double covered_part(const trb_grid *grid, const float *distance, size_t x, size_t y, size_t z, double w)
{
    const double inside = w - (double)distance[(z * grid->ny + y) * grid->nx + x];
    if (fabs(inside) > 4) /* nothing is that steep */
        return inside > 0 ? 1 : 0;
    const double slope = fmax(steepness(grid, distance, x, y, z), 0.05);
    return fmin(fmax(0.5 + inside / slope, 0), 1);
}

/* Covered fractions for a half width; returns their mean. slice_sum: one a slice. */
static double cover(const trb_grid *grid, const float *distance, double w, float *covered, double *slice_sum)
{
    const ptrdiff_t nz = (ptrdiff_t)grid->nz;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = 0; z < nz; z++) {
        double sum = 0;
        for (size_t y = 0; y < grid->ny; y++)
            for (size_t x = 0; x < grid->nx; x++) {
                const double part = covered_part(grid, distance, x, y, (size_t)z, w);
                covered[((size_t)z * grid->ny + y) * grid->nx + x] = (float)part;
                sum += part;
            }
        slice_sum[z] = sum;
    }
    double sum = 0;
    for (ptrdiff_t z = 0; z < nz; z++)
        sum += slice_sum[z];
    return sum / (double)trb_grid_voxels(grid);
}

/* The half width that covers the wanted part: false position between two that cover less and more. */
static double cover_wanted(const trb_grid *grid, const float *distance, const trb_phantom_options *options,
                           float *covered, double *slice_sum, double *half_width)
{
    const double wanted = options->bv_tv, tolerance = 1e-5 * wanted;
    double low = 0, low_mean = 0, high = options->thickness_vox / 2, high_mean;
    while ((high_mean = cover(grid, distance, high, covered, slice_sum)) < wanted - tolerance &&
           high < 4 * options->thickness_vox) {
        low = high;
        low_mean = high_mean;
        high *= 1.1;
    }
    *half_width = high;
    double mean = high_mean;
    for (int step = 0; step < 30 && fabs(mean - wanted) > tolerance; step++) {
        const double share = (wanted - low_mean) / (high_mean - low_mean);
        *half_width = low + (high - low) * fmin(fmax(share, 0.02), 0.98);
        mean = cover(grid, distance, *half_width, covered, slice_sum);
        if (mean < wanted) {
            low = *half_width;
            low_mean = mean;
        } else {
            high = *half_width;
            high_mean = mean;
        }
    }
    return mean;
}

trb_status trb_phantom_foam_fill(const trb_phantom_options *options, const trb_grid *grid, float *covered,
                                 trb_phantom_truth *truth, trb_error *err)
{
    const size_t voxels = trb_grid_voxels(grid);
    foam_field foam;
    draw_waves(options, &foam);
    trb_status status = find_wavelength(options, (double)grid->nx, &foam, err);
    if (status)
        return status;
    float *distance = trb_alloc(voxels, sizeof *distance, "a foam", err);
    double *slice_sum = trb_alloc(grid->nz, sizeof *slice_sum, "a foam", err);
    status = distance && slice_sum ? fill_distance(&foam, grid, distance, err) : TRB_ERR_MEMORY;
    if (!status) {
        double half_width;
        truth->bv_tv = cover_wanted(grid, distance, options, covered, slice_sum, &half_width);
        truth->volume = truth->bv_tv * (double)voxels;
        truth->sheet_thickness = 2 * half_width;
        truth->thickness_estimate = 2 * half_width * widening(options->bv_tv);
        truth->wavelength = foam.wavelength;
    }
    free(distance);
    free(slice_sum);
    return status;
}

trb_status trb_phantom_foam_init(const trb_phantom_options *options, trb_phantom_shape *shape,
                                 trb_phantom_truth *truth, trb_error *err)
{
    if (!(options->bv_tv >= 0.03 && options->bv_tv <= 0.6))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "BV/TV %g %%: foam can have 3 to 60 %%", 100 * options->bv_tv);
    if (!(options->plate_share >= 0.3 && options->plate_share <= 1))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "plate share %g: it must be 0.3 to 1", options->plate_share);
    if (!(options->elongation >= 0.25 && options->elongation <= 4))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "elongation %g: it must be 0.25 to 4", options->elongation);
    const size_t edge = options->size_vox ? options->size_vox : 160;
    if (edge < 16 || edge > 16384)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "foam of %zu voxels a side: it must be 16 to 16384", edge);
    *shape = (trb_phantom_shape){.kind = TRB_PHANTOM_FOAM, .edge = edge, .thickness = options->thickness_vox};
    trb_phantom_truth_init(truth, TRB_PHANTOM_FOAM, edge, 0);
    truth->bv_tv_target = options->bv_tv;
    truth->thickness_target = options->thickness_vox;
    return TRB_OK;
}
