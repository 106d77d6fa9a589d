/* aim_packed.h - the compressed kinds of voxels in AIM files. */
#ifndef TRB_AIM_PACKED_H
#define TRB_AIM_PACKED_H

#include "io/input_file.h"
#include "io/plane_reader.h"

typedef enum trb_aim_packing {
    TRB_AIM_BITS,      /* 2 x 2 x 2 voxels a byte, then the value of a set bit */
    TRB_AIM_RUNS,      /* pairs of value and length */
    TRB_AIM_TWO_VALUES /* two values, then lengths of runs that alternate; 255: 254 and no change */
} trb_aim_packing;

/** Where compressed voxels lie. */
typedef struct trb_aim_block {
    uint64_t at, bytes;
    size_t offset[3];    /* border that runs leave out, voxels */
    unsigned size_bytes; /* of the length that stands before runs: 4 or 8 */
} trb_aim_block;

/**
 * Make opened->reader for opened->grid (with the border) and int8 voxels from an open file.
 *
 * Input       file: taken over on success.
 * Errors      TRB_ERR_FORMAT when the block cannot hold the voxels or its runs do not fill them; TRB_ERR_MEMORY;
 *             TRB_ERR_IO.
 */
trb_status trb_aim_bits_open(const char *path, trb_input_file *file, const trb_aim_block *block, trb_opened *opened,
                             trb_error *err);
trb_status trb_aim_runs_open(const char *path, trb_input_file *file, const trb_aim_block *block, trb_aim_packing packing,
                             trb_opened *opened, trb_error *err);

#endif
