/*
 * laplace_hamming.c - a filter in the frequency domain of the mirrored image.
 * Mirroring makes every transform one of cosines: the image needs no padding, and its own float32 copy is all the
 * memory. Lines are transformed in double and stored as float32 between the axes.
 */
#include "trabecula/segment.h"

#include "prepare/cosine_line.h"

#include "core/memory.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

#define PI 3.14159265358979323846
#define LARGEST 1e30       /* times the voxels of a line, thrice, this still fits float32 */
#define LINES ((size_t)16) /* neighbours along x that are gathered together: one cache line */

double trb_laplace_hamming_gain(const trb_laplace_hamming *filter, double el_mm, double kx, double ky,
                                double kz)
{
    const double k2 = (kx * kx + ky * ky + kz * kz) / (el_mm * el_mm), cut = filter->cutoff / el_mm,
                 k = sqrt(k2);
    if (k > cut)
        return 0;
    return (1 + filter->epsilon / (1 - filter->epsilon) * k2) * (0.54 + 0.46 * cos(PI * k / cut));
}

typedef enum pass { FORWARD, BACKWARD, THERE_AND_BACK } pass; /* the last: with the gain between */

typedef struct lines {
    trb_volume *volume;
    const trb_laplace_hamming *filter;
    size_t n[3], stride[3];
    int axis;
    pass pass;
} lines;

/* H along the third axis at frequencies a and b of the others. */
static void apply_gain(const lines *job, double *line, size_t i, size_t j)
{
    const double kx = (double)i / (2 * (double)job->n[0]), ky = (double)j / (2 * (double)job->n[1]);
    for (size_t k = 0; k < job->n[2]; k++)
        line[k] *= trb_laplace_hamming_gain(job->filter, job->volume->grid.spacing_mm[0], kx, ky,
                                            (double)k / (2 * (double)job->n[2]));
}

static void transform(const lines *job, trb_cosine *cosine, double *line, size_t i, size_t j)
{
    if (job->pass != BACKWARD)
        trb_cosine_forward(cosine, line);
    if (job->pass == THERE_AND_BACK)
        apply_gain(job, line, i, j);
    if (job->pass != FORWARD)
        trb_cosine_backward(cosine, line);
}

/* All lines along x of row group `row`, or up to LINES lines along another axis that begin side by side. */
static void one_group(const lines *job, trb_cosine *cosine, double *room, size_t group)
{
    float *voxels = job->volume->voxels;
    const size_t length = job->n[job->axis], step = job->stride[job->axis];
    if (job->axis == 0) {
        float *row = voxels + group * length;
        for (size_t x = 0; x < length; x++)
            room[x] = row[x];
        transform(job, cosine, room, 0, 0);
        for (size_t x = 0; x < length; x++)
            row[x] = (float)room[x];
        return;
    }
    const int other = job->axis == 1 ? 2 : 1;
    const size_t groups = (job->n[0] + LINES - 1) / LINES, x0 = group % groups * LINES,
                 across = group / groups;
    const size_t many = job->n[0] - x0 < LINES ? job->n[0] - x0 : LINES;
    float *start = voxels + x0 + across * job->stride[other];
    for (size_t k = 0; k < length; k++)
        for (size_t i = 0; i < many; i++)
            room[i * length + k] = start[k * step + i];
    for (size_t i = 0; i < many; i++)
        transform(job, cosine, room + i * length, x0 + i, across);
    for (size_t k = 0; k < length; k++)
        for (size_t i = 0; i < many; i++)
            start[k * step + i] = (float)room[i * length + k];
}

static trb_status run_pass(lines *job, int axis, pass what, trb_error *err)
{
    job->axis = axis;
    job->pass = what;
    const size_t length = job->n[axis], groups = axis == 0 ? 0 : (job->n[0] + LINES - 1) / LINES;
    const ptrdiff_t jobs =
        (ptrdiff_t)(axis == 0 ? job->n[1] * job->n[2] : groups * job->n[axis == 1 ? 2 : 1]);
    trb_status failed = TRB_OK;
#pragma omp parallel
    {
        trb_cosine *cosine = NULL;
        double *room = trb_alloc(length * LINES, sizeof *room, "the Laplace-Hamming filter", NULL);
        const bool able = room && trb_cosine_create(length, &cosine, NULL) == TRB_OK;
        if (!able) {
#pragma omp critical(trb_laplace_failed)
            failed =
                trb_error_set(err, TRB_ERR_MEMORY, "out of memory for lines of the Laplace-Hamming filter");
        }
#pragma omp for schedule(static)
        for (ptrdiff_t j = 0; j < jobs; j++)
            if (able)
                one_group(job, cosine, room, (size_t)j);
        trb_cosine_destroy(cosine);
        free(room);
    }
    return failed;
}

static trb_status check(const trb_volume *volume, const trb_laplace_hamming *filter, trb_error *err)
{
    if (!(filter->epsilon >= 0 && filter->epsilon < 1) || !(filter->cutoff > 0 && filter->cutoff <= 1))
        return trb_error_set(
            err, TRB_ERR_ARGUMENT,
            "laplace-hamming: epsilon %g is not in 0 <= epsilon < 1 or the cut-off %g not in 0 to 1 cycle "
            "per voxel (0.45,0.3 is customary)",
            filter->epsilon, filter->cutoff);
    if (!trb_grid_has_spacing(&volume->grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "laplace-hamming counts frequencies per mm: the voxel size must be known");
    double low, high;
    trb_status status = trb_volume_check_finite(volume, err);
    if (status || trb_type_is_integer(volume->type))
        return status;
    trb_volume_range(volume, &low, &high);
    if (low >= -LARGEST && high <= LARGEST)
        return TRB_OK;
    return trb_error_set(err, TRB_ERR_DATA,
                         "voxels from %g to %g are too large for laplace-hamming in float32 (limit 1e30): "
                         "rescale the image",
                         low, high);
}

trb_status trb_laplace_hamming_create(const trb_volume *volume, const trb_laplace_hamming *filter,
                                      trb_volume **out, trb_error *err)
{
    const trb_grid *g = &volume->grid;
    trb_volume *sharp = NULL;
    *out = NULL;
    trb_status status = check(volume, filter, err);
    if (!status)
        status = trb_volume_create(g, TRB_F32, &sharp, err);
    if (status)
        return status;
    const ptrdiff_t rows = (ptrdiff_t)(g->ny * g->nz);
#pragma omp parallel for schedule(static)
    for (ptrdiff_t r = 0; r < rows; r++)
        trb_volume_row_float(volume, (size_t)r % g->ny, (size_t)r / g->ny,
                             (float *)sharp->voxels + (size_t)r * g->nx);
    lines job = {
        .volume = sharp, .filter = filter, .n = {g->nx, g->ny, g->nz}, .stride = {1, g->nx, g->nx * g->ny}};
    static const struct {
        int axis;
        pass what;
    } passes[] = {{0, FORWARD}, {1, FORWARD}, {2, THERE_AND_BACK}, {1, BACKWARD}, {0, BACKWARD}};
    for (size_t i = 0; !status && i < sizeof passes / sizeof *passes; i++)
        status = run_pass(&job, passes[i].axis, passes[i].what, err);
    if (status) {
        trb_volume_destroy(sharp);
        return status;
    }
    *out = sharp;
    return TRB_OK;
}
