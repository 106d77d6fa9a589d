/* neighbours.h - the 26 neighbours of a voxel as bits, and what may go without changing the topology. */
#ifndef TRB_NEIGHBOURS_H
#define TRB_NEIGHBOURS_H

#include "trabecula/mask.h"

/*
 * Bit 9 (dz + 1) + 3 (dy + 1) + dx + 1; the voxel itself is bit 13. Masks here have a margin: no voxel in the first
 * and last column, row and plane is set or asked for.
 */
enum { TRB_NEIGHBOURS_SELF = 13, TRB_NEIGHBOURS_ALL = 27 };

/** Three voxels x - 1, x, x + 1 of a row. */
static inline uint32_t trb_three(const uint64_t *row, size_t x)
{
    const size_t w = (x - 1) >> 6, bit = (x - 1) & 63;
    uint64_t v = row[w] >> bit;
    if (bit > 61)
        v |= row[w + 1] << (64 - bit);
    return (uint32_t)(v & 7);
}

/** The neighbours of (x, y, z) and the voxel itself. */
static inline uint32_t trb_neighbours(const trb_mask *mask, size_t x, size_t y, size_t z)
{
    uint32_t bits = 0;
    for (size_t dz = 0; dz < 3; dz++) {
        const uint64_t *row = trb_mask_row(mask, y - 1, z + dz - 1);
        for (size_t dy = 0; dy < 3; dy++, row += mask->words_per_row)
            bits |= trb_three(row, x) << (9 * dz + 3 * dy);
    }
    return bits;
}

/** Tables for the Euler number of octants. */
typedef struct trb_simple_tables {
    uint16_t quadrants[512]; /* of 9 voxels in a plane: four nibbles */
    int8_t
        change[4]
              [256]; /* eight times what an octant adds when its voxel in the middle is set, per quadrant */
} trb_simple_tables;

void trb_simple_tables_fill(trb_simple_tables *tables);

/** May the voxel in the middle go? `bits` without bit 13. The Euler number stays, and so do the parts. */
bool trb_is_simple(const trb_simple_tables *tables, uint32_t bits);

/** Do the set bits touch each other: one 26-connected part? False when there is none. */
bool trb_is_one_part(uint32_t bits);

#endif
