/*
 * aim_bits.c - AIM's packed masks: a byte holds a cell of 2 x 2 x 2 voxels, bit 4 (z odd) + 2 (y odd) + (x odd). The byte
 * behind the last cell is the value of set bits.
 */
#include "io/aim_packed.h"

#include "core/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct bits_reader {
    char *path;
    trb_input_file file;
    uint64_t at;
    size_t nx, ny, cells_x, cells_y;
    unsigned char value;
} bits_reader;

static void destroy(void *self)
{
    bits_reader *bits = self;
    trb_input_close(&bits->file);
    free(bits->path);
    free(bits);
}

static void unpack_plane(const bits_reader *bits, const unsigned char *cells, size_t z, unsigned char *to)
{
    for (size_t y = 0; y < bits->ny; y++) {
        const unsigned char *row = cells + y / 2 * bits->cells_x;
        const size_t shift = 4 * (z & 1) + 2 * (y & 1);
        for (size_t x = 0; x < bits->nx; x++)
            *to++ = row[x / 2] >> (shift + (x & 1)) & 1 ? bits->value : 0;
    }
}

static trb_status read_planes(void *self, size_t z0, size_t z1, void *dst, trb_error *err)
{
    const bits_reader *bits = self;
    const size_t layer = bits->cells_x * bits->cells_y;
    unsigned char *cells = trb_alloc(layer, 1, "a layer of packed voxels", err), *to = dst;
    trb_status status = cells ? TRB_OK : TRB_ERR_MEMORY;
    for (size_t z = z0; !status && z < z1; z++, to += bits->nx * bits->ny) {
        if (z == z0 || z % 2 == 0)
            status = trb_input_read(&bits->file, bits->at + (uint64_t)(z / 2) * layer, cells, layer, err);
        if (!status)
            unpack_plane(bits, cells, z, to);
    }
    free(cells);
    if (status)
        trb_error_within(err, "%s", bits->path);
    return status;
}

trb_status trb_aim_bits_open(const char *path, trb_input_file *file, const trb_aim_block *block, trb_opened *opened,
                             trb_error *err)
{
    const trb_grid *grid = &opened->grid;
    const size_t cells_x = (grid->nx + 1) / 2, cells_y = (grid->ny + 1) / 2, cells_z = (grid->nz + 1) / 2;
    const uint64_t cells = (uint64_t)cells_x * cells_y * cells_z; /* the grid was checked: eight times this fits */
    unsigned char value = 0;
    if (cells + 1 > block->bytes)
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "claims %zu x %zu x %zu packed voxels, which need %" PRIu64 " bytes; %" PRIu64
                             " are there: it is truncated or damaged",
                             grid->nx, grid->ny, grid->nz, cells + 1, block->bytes);
    trb_status status = trb_input_read(file, block->at + cells, &value, 1, err);
    if (status)
        return status;
    bits_reader *bits = trb_alloc_zero(1, sizeof *bits, "an opened file", err);
    if (!bits)
        return TRB_ERR_MEMORY;
    /* Some writers leave the value out; 127 is what Scanco's programs use for bone. */
    *bits = (bits_reader){strdup(path), *file, block->at, grid->nx, grid->ny, cells_x, cells_y, value ? value : 127};
    file->fd = -1;
    opened->reader = (trb_plane_reader){bits, read_planes, destroy};
    return bits->path ? TRB_OK : trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a file name");
}
