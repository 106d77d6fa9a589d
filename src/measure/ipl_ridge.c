/*
 * ipl_ridge.c - which voxels are centres of balls.
 *
 * x is a centre unless an object 26-neighbour y in the image has |x-y| + s_x - s_y <= 0.9, in float64. The left
 * side falls as s_y rises, so of the 6, 12 and 8 neighbours at distance 1, sqrt 2 and sqrt 3 only the largest s_y
 * of each needs the test. Background has s = 0 and never takes part: s_x >= 1/2.
 */
#include "measure/ipl_steps.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>

static const double EPSILON = 0.9;

/* s of one slice, with a border of 0 one voxel wide; z outside the image gives 0 everywhere. */
static void slice_distances(const ipl_field *field, ptrdiff_t z, double *s)
{
    const size_t nx = field->grid.nx, ny = field->grid.ny, stride = nx + 2;
    for (size_t i = 0; i < stride; i++)
        s[i] = s[(ny + 1) * stride + i] = 0;
    for (size_t y = 0; y < ny; y++) {
        double *row = s + (y + 1) * stride;
        row[0] = row[nx + 1] = 0;
        if (z < 0 || z >= (ptrdiff_t)field->grid.nz) {
            for (size_t x = 0; x < nx; x++)
                row[x + 1] = 0;
            continue;
        }
        const size_t at = (size_t)z * field->plane + y * field->stride;
        for (size_t x = 0; x < nx; x++) {
            const int a = ipl_face2(field->x[at + x]), b = ipl_face2(field->y[at + x]);
            const int c = ipl_face2(field->z[at + x]);
            row[x + 1] = sqrt((double)(a * a + b * b + c * c)) / 2;
        }
    }
}

static double max2(double a, double b)
{
    return a > b ? a : b;
}

/* Is the voxel at `m` (middle slice) a centre? l and h are the same place in the slices below and above. */
static bool is_centre(const double *l, const double *m, const double *h, ptrdiff_t r)
{
    const double face = max2(max2(max2(m[-1], m[1]), max2(m[-r], m[r])), max2(*l, *h));
    if (1 + *m - face <= EPSILON)
        return false;
    const double edge = max2(max2(max2(max2(m[-r - 1], m[-r + 1]), max2(m[r - 1], m[r + 1])),
                                  max2(max2(l[-1], l[1]), max2(l[-r], l[r]))),
                             max2(max2(h[-1], h[1]), max2(h[-r], h[r])));
    if (sqrt(2) + *m - edge <= EPSILON)
        return false;
    const double corner = max2(max2(max2(l[-r - 1], l[-r + 1]), max2(l[r - 1], l[r + 1])),
                               max2(max2(h[-r - 1], h[-r + 1]), max2(h[r - 1], h[r + 1])));
    return sqrt(3) + *m - corner > EPSILON;
}

static void slice_ridge(double *const s[3], const trb_mask *where, size_t z, trb_mask *out)
{
    const size_t nx = out->grid.nx, ny = out->grid.ny, stride = nx + 2;
    for (size_t y = 0; y < ny; y++) {
        uint64_t *bits = trb_mask_row(out, y, z);
        const uint64_t *allowed = where ? trb_mask_row(where, y, z) : NULL;
        for (size_t x = 0; x < nx; x++) {
            const size_t at = (y + 1) * stride + x + 1;
            if (s[1][at] > 0 && (!allowed || (allowed[x >> 6] >> (x & 63) & 1)) &&
                is_centre(s[0] + at, s[1] + at, s[2] + at, (ptrdiff_t)stride))
                bits[x >> 6] |= (uint64_t)1 << (x & 63);
        }
    }
}

trb_status ipl_ridge_create(const ipl_field *field, const trb_mask *where, trb_mask **out, trb_error *err)
{
    trb_mask *ridge = NULL;
    *out = NULL;
    trb_status status = trb_mask_create(&field->grid, &ridge, err);
    if (status)
        return status;
    const size_t plane = (field->grid.nx + 2) * (field->grid.ny + 2);
    const ptrdiff_t nz = (ptrdiff_t)field->grid.nz;
    bool short_of_memory = false;
#pragma omp parallel
    {
        double *memory = trb_alloc(3 * plane, sizeof *memory, "distances of three slices", NULL);
        double *s[3] = {memory, memory + plane, memory + 2 * plane};
        ptrdiff_t loaded = -2; /* s[2] holds this slice */
        if (!memory) {
#pragma omp atomic write
            short_of_memory = true;
        }
#pragma omp for schedule(static)
        for (ptrdiff_t z = 0; z < nz; z++) {
            if (!memory)
                continue;
            for (ptrdiff_t next = loaded == z ? z + 1 : z - 1; next <= z + 1; next++) {
                double *oldest = s[0];
                s[0] = s[1];
                s[1] = s[2];
                s[2] = oldest;
                slice_distances(field, next, oldest);
            }
            loaded = z + 1;
            slice_ridge(s, where, (size_t)z, ridge);
        }
        free(memory);
    }
    if (short_of_memory) {
        trb_mask_destroy(ridge);
        return trb_error_set(err, TRB_ERR_MEMORY, "not enough memory for distances of three slices per thread");
    }
    *out = ridge;
    return TRB_OK;
}
