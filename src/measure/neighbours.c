/*
 * neighbours.c - simple points: voxels whose removal changes no part, no tunnel and no cavity.
 *
 * With 26-connected bone a voxel is simple when the Euler number stays and its 26 neighbours are one part (Lee,
 * Kashyap & Chu 1994): then, by chi = parts - tunnels + cavities of what the removal leaves around it, the marrow is
 * in one piece as well. The Euler number is a sum over the 8 octants that meet at the voxel's corners: at a corner
 * the closed cubes have one point, halves of 6 edges, quarters of 12 faces and eighths of 8 voxels. The tables are
 * worked out from that.
 */
#include "measure/neighbours.h"

/* Is any of the voxels of `octant` (bit 4 dz + 2 dy + dx) set for which the axes in `free` vary? */
static bool touched(unsigned octant, unsigned fixed_at, unsigned free)
{
    for (unsigned v = 0; v < 8; v++)
        if (((v ^ fixed_at) & ~free & 7) == 0 && (octant >> v & 1))
            return true;
    return false;
}

/* Eight times the Euler number at the point where 8 voxels meet. */
static int octant_euler(unsigned octant)
{
    int edges = 0, faces = 0, voxels = 0;
    for (unsigned axis = 0; axis < 3; axis++)
        for (unsigned side = 0; side < 2;
             side++) /* the half edge leaves the point along +-axis: 4 voxels around it */
            edges += touched(octant, side << axis, 7U & ~(1U << axis));
    for (unsigned axis = 0; axis < 3;
         axis++) /* a quarter face normal to `axis`: 2 voxels, one on each side */
        for (unsigned v = 0; v < 8; v++)
            if (!(v >> axis & 1))
                faces += touched(octant, v, 1U << axis);
    for (unsigned v = 0; v < 8; v++)
        voxels += (int)(octant >> v & 1);
    return (octant ? 8 : 0) - 4 * edges + 2 * faces - voxels;
}

/* Quadrant q of a plane of 3 x 3: columns (q & 1) and the next, rows (q >> 1) and the next; nibble bit 2 dy + dx. */
static unsigned quadrant(unsigned plane, unsigned q)
{
    unsigned nibble = 0;
    for (unsigned dy = 0; dy < 2; dy++)
        for (unsigned dx = 0; dx < 2; dx++)
            nibble |= (plane >> (3 * ((q >> 1) + dy) + (q & 1) + dx) & 1) << (2 * dy + dx);
    return nibble;
}

void trb_simple_tables_fill(trb_simple_tables *tables)
{
    for (unsigned plane = 0; plane < 512; plane++) {
        unsigned nibbles = 0;
        for (unsigned q = 0; q < 4; q++)
            nibbles |= quadrant(plane, q) << (4 * q);
        tables->quadrants[plane] = (uint16_t)nibbles;
    }
    for (unsigned q = 0; q < 4; q++)
        for (unsigned octant = 0; octant < 256; octant++) {
            /* The plane of the voxel is the high nibble; it lies opposite to the quadrant's outer corner. */
            const unsigned self = 1U << (4 + 3 - q);
            tables->change[q][octant] = (int8_t)(octant_euler(octant | self) - octant_euler(octant & ~self));
        }
}

static bool euler_stays(const trb_simple_tables *tables, uint32_t bits)
{
    const unsigned below = tables->quadrants[bits & 511], own = tables->quadrants[bits >> 9 & 511],
                   above = tables->quadrants[bits >> 18 & 511];
    int change = 0;
    for (unsigned q = 0; q < 4; q++) {
        const unsigned mine = (own >> (4 * q) & 15) << 4;
        change += tables->change[q][mine | (below >> (4 * q) & 15)] +
                  tables->change[q][mine | (above >> (4 * q) & 15)];
    }
    return change == 0;
}

bool trb_is_one_part(uint32_t bits)
{
    const uint32_t left = 0x1249249, right = left << 2;               /* columns x - 1 and x + 1 */
    const uint32_t low = 0x7 | 0x7 << 9 | 0x7 << 18, high = low << 6; /* rows y - 1 and y + 1 */
    uint32_t part = bits & (~bits + 1), before;
    do {
        before = part;
        part |= (part & ~right) << 1 | (part & ~left) >> 1;
        part |= (part & ~high) << 3 | (part & ~low) >> 3;
        part |= part << 9 | part >> 9;
        part &= bits;
    } while (part != before);
    return part == bits && bits != 0;
}

bool trb_is_simple(const trb_simple_tables *tables, uint32_t bits)
{
    return euler_stays(tables, bits) && trb_is_one_part(bits);
}
