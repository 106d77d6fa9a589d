/* grey_source.c - see grey_source.h. */
#include "io/grey_source.h"

#include "core/memory.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

trb_grey_source trb_grey_of_volume(const trb_volume *volume)
{
    return (trb_grey_source){.grid = volume->grid, .type = volume->type, .volume = volume, .slab = volume->grid.nz};
}

trb_grey_source trb_grey_of_scan(trb_scan *scan, const trb_box *box, size_t slab)
{
    trb_grey_source source = {.grid = *trb_scan_grid(scan), .type = trb_scan_type(scan), .scan = scan, .box = *box,
                              .slab = slab ? slab : 1};
    for (int axis = 0; axis < 3; axis++)
        source.grid.origin_mm[axis] += (double)box->lo[axis] * source.grid.spacing_mm[axis];
    source.grid.nx = box->hi[0] - box->lo[0];
    source.grid.ny = box->hi[1] - box->lo[1];
    source.grid.nz = box->hi[2] - box->lo[2];
    return source;
}

void trb_grey_clear(trb_grey_source *source)
{
    free(source->window.voxels);
    free(source->whole_planes);
    source->window.voxels = source->whole_planes = NULL;
    source->held = source->room = 0;
}

static size_t plane_bytes(const trb_grid *grid, trb_type type)
{
    return grid->nx * grid->ny * trb_type_bytes(type);
}

/* Room for n planes; what is held stays. */
static trb_status make_room(trb_grey_source *source, size_t n, trb_error *err)
{
    if (n <= source->room)
        return TRB_OK;
    const size_t bytes = plane_bytes(&source->grid, source->type);
    void *voxels = trb_alloc(n, bytes, "a slab of the image", err);
    if (!voxels)
        return TRB_ERR_MEMORY;
    if (source->held)
        memcpy(voxels, source->window.voxels, source->held * bytes);
    free(source->window.voxels);
    source->window.voxels = voxels;
    source->room = n;
    return TRB_OK;
}

/* Read planes z0 <= z < z1 of the part to `to`, a few at a time when rows or columns are left out. */
static trb_status read_planes(trb_grey_source *source, size_t z0, size_t z1, char *to, trb_error *err)
{
    const trb_grid *all = trb_scan_grid(source->scan), *part = &source->grid;
    const size_t first = source->box.lo[2], voxel = trb_type_bytes(source->type);
    if (part->nx == all->nx && part->ny == all->ny)
        return trb_scan_read(source->scan, first + z0, first + z1, to, NULL, err);
    enum { AT_ONCE = 4 };
    if (!source->whole_planes &&
        !(source->whole_planes = trb_alloc(AT_ONCE, plane_bytes(all, source->type), "planes before the crop", err)))
        return TRB_ERR_MEMORY;
    for (size_t z = z0; z < z1; z += AT_ONCE) {
        const size_t n = z1 - z < AT_ONCE ? z1 - z : AT_ONCE;
        const trb_status status = trb_scan_read(source->scan, first + z, first + z + n, source->whole_planes, NULL, err);
        if (status)
            return status;
        for (size_t row = 0; row < n * part->ny; row++) {
            const size_t y = source->box.lo[1] + row % part->ny, k = row / part->ny;
            const char *from = (const char *)source->whole_planes + ((k * all->ny + y) * all->nx + source->box.lo[0]) * voxel;
            memcpy(to, from, part->nx * voxel);
            to += part->nx * voxel;
        }
    }
    return TRB_OK;
}

/* Make the window hold planes z0 <= z < z1. */
static trb_status load(trb_grey_source *source, size_t z0, size_t z1, trb_error *err)
{
    const size_t bytes = plane_bytes(&source->grid, source->type), end = source->window_z + source->held;
    const bool overlaps = source->held && z0 >= source->window_z && z0 < end;
    const size_t keep = overlaps ? (end < z1 ? end : z1) - z0 : 0;
    if (keep)
        memmove(source->window.voxels, (char *)source->window.voxels + (z0 - source->window_z) * bytes, keep * bytes);
    source->window_z = z0;
    source->held = keep;
    trb_status status = make_room(source, z1 - z0, err);
    if (!status && z0 + keep < z1)
        status = read_planes(source, z0 + keep, z1, (char *)source->window.voxels + keep * bytes, err);
    source->held = status ? 0 : z1 - z0;
    return status;
}

trb_status trb_grey_view(trb_grey_source *source, size_t z0, size_t z1, trb_volume *view, trb_error *err)
{
    char *voxels;
    if (source->volume) {
        voxels = (char *)source->volume->voxels + z0 * plane_bytes(&source->grid, source->type);
    } else {
        trb_status status = load(source, z0, z1, err);
        if (status)
            return status;
        voxels = source->window.voxels;
    }
    *view = (trb_volume){source->grid, source->type, voxels};
    view->grid.nz = z1 - z0;
    return TRB_OK;
}

trb_status trb_grey_crc32(trb_grey_source *source, uint32_t *crc, trb_error *err)
{
    uLong all = crc32_z(0, NULL, 0);
    for (size_t z = 0; z < source->grid.nz; z = trb_grey_slab_end(source, z)) {
        trb_volume slab;
        const size_t end = trb_grey_slab_end(source, z);
        trb_status status = trb_grey_view(source, z, end, &slab, err);
        if (status)
            return status;
        const size_t bytes = (end - z) * plane_bytes(&source->grid, source->type);
        all = crc32_combine(all, trb_volume_crc32(&slab), (z_off_t)bytes);
    }
    *crc = (uint32_t)all;
    return TRB_OK;
}
