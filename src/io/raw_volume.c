/* raw_volume.c - uncompressed planes, read where they lie. */
#include "io/raw_volume.h"

#include "core/memory.h"
#include "io/vax_float.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct raw_volume {
    char *path;
    trb_input_file file;
    uint64_t offset;
    size_t plane; /* voxels */
    size_t voxel; /* bytes */
    trb_raw_number number;
} raw_volume;

static void destroy(void *self)
{
    raw_volume *raw = self;
    trb_input_close(&raw->file);
    free(raw->path);
    free(raw);
}

static void reverse_bytes(unsigned char *voxels, size_t count, size_t each)
{
    for (size_t i = 0; i < count; i++, voxels += each)
        for (size_t low = 0, high = each - 1; low < high; low++, high--) {
            const unsigned char kept = voxels[low];
            voxels[low] = voxels[high];
            voxels[high] = kept;
        }
}

static bool other_order(trb_raw_number number)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return number == TRB_RAW_BIG;
#else
    return number == TRB_RAW_LITTLE;
#endif
}

static trb_status read_planes(void *self, size_t z0, size_t z1, void *dst, trb_error *err)
{
    const raw_volume *raw = self;
    const size_t count = raw->plane * (z1 - z0);
    const uint64_t at = raw->offset + (uint64_t)raw->plane * raw->voxel * z0;
    const trb_status status = trb_input_read(&raw->file, at, dst, count * raw->voxel, err);
    if (status) {
        trb_error_within(err, "%s", raw->path);
        return status;
    }
    if (raw->number == TRB_RAW_VAX_F)
        trb_vax_f_row(dst, count);
    else if (other_order(raw->number))
        reverse_bytes(dst, count, raw->voxel);
    return TRB_OK;
}

static trb_status check_size(const trb_input_file *file, uint64_t offset, const trb_opened *opened, trb_error *err)
{
    const trb_grid *grid = &opened->grid;
    if (trb_grid_check(grid, NULL))
        return trb_error_set(err, TRB_ERR_FORMAT, "claims %zu x %zu x %zu voxels, which no volume has", grid->nx,
                             grid->ny, grid->nz);
    const uint64_t need = (uint64_t)trb_grid_voxels(grid) * trb_type_bytes(opened->type);
    const uint64_t there = offset < file->bytes ? file->bytes - offset : 0;
    if (need > there)
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "claims %zu x %zu x %zu voxels of %s, which need %" PRIu64 " bytes after byte %" PRIu64
                             "; %" PRIu64 " are there: it is truncated, or the sizes are wrong",
                             grid->nx, grid->ny, grid->nz, trb_type_name(opened->type), need, offset, there);
    return TRB_OK;
}

trb_status trb_raw_volume_open(const char *path, trb_input_file *file, uint64_t offset, trb_raw_number number,
                               trb_opened *opened, trb_error *err)
{
    const trb_status status = check_size(file, offset, opened, err);
    if (status)
        return status;
    raw_volume *raw = trb_alloc_zero(1, sizeof *raw, "an opened file", err);
    if (!raw)
        return TRB_ERR_MEMORY;
    raw->path = strdup(path);
    if (!raw->path) {
        free(raw);
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a file name");
    }
    raw->file = *file;
    file->fd = -1;
    raw->offset = offset;
    raw->plane = opened->grid.nx * opened->grid.ny;
    raw->voxel = trb_type_bytes(opened->type);
    raw->number = number;
    opened->reader = (trb_plane_reader){raw, read_planes, destroy};
    return TRB_OK;
}
