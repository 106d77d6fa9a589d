/* volume.c - grey volumes in their own type. */
#include "trabecula/volume.h"

#include "core/memory.h"
#include "core/types.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

size_t trb_type_bytes(trb_type type)
{
    static const size_t bytes[] = {1, 1, 2, 2, 4, 4, 4, 8};
    return bytes[type];
}

const char *trb_type_name(trb_type type)
{
    static const char *const name[] = {"uint8",  "int8",  "uint16",  "int16",
                                       "uint32", "int32", "float32", "float64"};
    return name[type];
}

bool trb_type_is_integer(trb_type type)
{
    return type != TRB_F32 && type != TRB_F64;
}

void trb_type_range(trb_type type, double *lowest, double *highest)
{
    static const double range[][2] = {{0, UINT8_MAX},  {INT8_MIN, INT8_MAX},   {0, UINT16_MAX}, {INT16_MIN, INT16_MAX},
                                      {0, UINT32_MAX}, {INT32_MIN, INT32_MAX}, {-1, 1},         {-1, 1}};
    *lowest = range[type][0];
    *highest = range[type][1];
}

trb_status trb_volume_create(const trb_grid *grid, trb_type type, trb_volume **out, trb_error *err)
{
    *out = NULL;
    trb_status status = trb_grid_check(grid, err);
    if (status)
        return status;
    trb_volume *volume = trb_alloc(1, sizeof *volume, "a volume", err);
    if (!volume)
        return TRB_ERR_MEMORY;
    volume->grid = *grid;
    volume->type = type;
    volume->voxels = trb_alloc(trb_grid_voxels(grid), trb_type_bytes(type), "a volume", err);
    if (!volume->voxels) {
        free(volume);
        return TRB_ERR_MEMORY;
    }
    *out = volume;
    return TRB_OK;
}

void trb_volume_destroy(trb_volume *volume)
{
    if (!volume)
        return;
    free(volume->voxels);
    free(volume);
}

static size_t row_offset(const trb_volume *volume, size_t y, size_t z)
{
    return (z * volume->grid.ny + y) * volume->grid.nx;
}

const void *trb_volume_row(const trb_volume *volume, size_t y, size_t z)
{
    return (const char *)volume->voxels + row_offset(volume, y, z) * trb_type_bytes(volume->type);
}

double trb_volume_get(const trb_volume *volume, size_t x, size_t y, size_t z)
{
    double value = 0;
    TRB_WITH_TYPE(volume->type, volume->voxels, value = (double)v[row_offset(volume, y, z) + x];)
    return value;
}

void trb_volume_set(trb_volume *volume, size_t x, size_t y, size_t z, double value)
{
    if (trb_type_is_integer(volume->type)) {
        double lowest, highest;
        trb_type_range(volume->type, &lowest, &highest);
        value = fmin(highest, fmax(lowest, floor(value + 0.5)));
    }
    TRB_WITH_TYPE(volume->type, volume->voxels, v[row_offset(volume, y, z) + x] = (T)value;)
}

void trb_volume_row_float(const trb_volume *volume, size_t y, size_t z, float *out)
{
    const size_t nx = volume->grid.nx;
    TRB_WITH_TYPE(volume->type, (void *)(uintptr_t)trb_volume_row(volume, y, z),
              for (size_t x = 0; x < nx; x++) out[x] = (float)v[x];)
}

/* Range of one slice; NaN compares false both ways and so is skipped. */
static void slice_range(const trb_volume *volume, size_t z, double *lowest, double *highest)
{
    const size_t n = volume->grid.nx * volume->grid.ny;
    double low = INFINITY, high = -INFINITY;
    TRB_WITH_TYPE(volume->type, (void *)(uintptr_t)trb_volume_row(volume, 0, z), {
        T least = v[0], most = v[0]; /* T: the voxel type */
        bool seen = false;
        for (size_t i = 0; i < n; i++) {
            if (v[i] != v[i])
                continue;
            if (!seen || v[i] < least)
                least = v[i];
            if (!seen || v[i] > most)
                most = v[i];
            seen = true;
        }
        if (seen) {
            low = (double)least;
            high = (double)most;
        }
    })
    *lowest = low;
    *highest = high;
}

void trb_volume_range(const trb_volume *volume, double *lowest, double *highest)
{
    double low = INFINITY, high = -INFINITY;
    const ptrdiff_t nz = (ptrdiff_t)volume->grid.nz;
#pragma omp parallel for schedule(static) reduction(min : low) reduction(max : high)
    for (ptrdiff_t z = 0; z < nz; z++) {
        double a, b;
        slice_range(volume, (size_t)z, &a, &b);
        low = fmin(low, a);
        high = fmax(high, b);
    }
    *lowest = low <= high ? low : NAN;
    *highest = low <= high ? high : NAN;
}

trb_status trb_volume_check_finite(const trb_volume *volume, trb_error *err)
{
    if (trb_type_is_integer(volume->type))
        return TRB_OK;
    const size_t plane = volume->grid.nx * volume->grid.ny;
    const ptrdiff_t nz = (ptrdiff_t)volume->grid.nz;
    size_t bad = 0, first = SIZE_MAX;
#pragma omp parallel for schedule(static) reduction(+ : bad) reduction(min : first)
    for (ptrdiff_t z = 0; z < nz; z++)
        TRB_WITH_TYPE(volume->type, (void *)(uintptr_t)trb_volume_row(volume, 0, (size_t)z),
                  for (size_t i = 0; i < plane; i++) {
                      if (isfinite((double)v[i]))
                          continue;
                      bad++;
                      const size_t at = (size_t)z * plane + i;
                      first = at < first ? at : first;
                  })
    if (bad == 0)
        return TRB_OK;
    const size_t x = first % volume->grid.nx, y = first / volume->grid.nx % volume->grid.ny, z = first / plane;
    return trb_error_set(err, TRB_ERR_DATA,
                         "%zu voxel%s NaN or infinite, the first at x=%zu y=%zu z=%zu (from 0): "
                         "repair the reconstruction or mask those voxels with a number",
                         bad, bad == 1 ? " is" : "s are", x, y, z);
}

uint32_t trb_volume_crc32(const trb_volume *volume)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the fingerprint needs a byte swap on this machine"
#endif
    const size_t bytes = volume->grid.nx * volume->grid.ny * trb_type_bytes(volume->type);
    const ptrdiff_t nz = (ptrdiff_t)volume->grid.nz;
    uLong crc = crc32_z(0, NULL, 0);
#pragma omp parallel for ordered schedule(static, 1)
    for (ptrdiff_t z = 0; z < nz; z++) {
        const uLong slice = crc32_z(crc32_z(0, NULL, 0), trb_volume_row(volume, 0, (size_t)z), bytes);
#pragma omp ordered
        crc = crc32_combine(crc, slice, (z_off_t)bytes);
    }
    return (uint32_t)crc;
}

trb_status trb_volume_crop(const trb_volume *volume, const trb_box *box, trb_volume **out, trb_error *err)
{
    const size_t size[3] = {volume->grid.nx, volume->grid.ny, volume->grid.nz};
    *out = NULL;
    for (int axis = 0; axis < 3; axis++)
        if (box->lo[axis] >= box->hi[axis] || box->hi[axis] > size[axis])
            return trb_error_set(err, TRB_ERR_ARGUMENT, "crop %c %zu:%zu does not lie in 0:%zu",
                                 "xyz"[axis], box->lo[axis], box->hi[axis], size[axis]);
    trb_grid grid = volume->grid;
    grid.nx = box->hi[0] - box->lo[0];
    grid.ny = box->hi[1] - box->lo[1];
    grid.nz = box->hi[2] - box->lo[2];
    for (int axis = 0; axis < 3; axis++)
        grid.origin_mm[axis] += (double)box->lo[axis] * grid.spacing_mm[axis];
    trb_volume *part = NULL;
    trb_status status = trb_volume_create(&grid, volume->type, &part, err);
    if (status)
        return status;
    const size_t bytes = trb_type_bytes(volume->type);
    const ptrdiff_t nz = (ptrdiff_t)grid.nz;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = 0; z < nz; z++)
        for (size_t y = 0; y < grid.ny; y++)
            memcpy((char *)part->voxels + ((size_t)z * grid.ny + y) * grid.nx * bytes,
                   (const char *)trb_volume_row(volume, y + box->lo[1], (size_t)z + box->lo[2]) +
                       box->lo[0] * bytes,
                   grid.nx * bytes);
    *out = part;
    return TRB_OK;
}
