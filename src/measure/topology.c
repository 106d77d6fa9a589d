/*
 * topology.c - Euler numbers from the histogram of 2x2x2 octants.
 *
 * An octant is the corner that 8 voxels share. It holds that corner whole, half of 6 edges, a quarter of 12 faces
 * and an eighth of 8 voxels, so counts over octants, divided by 1, 2, 4 and 8, count every cell of the image once.
 * 26-connected bone is the union of closed cubes: a cell is there when any voxel around it is bone. 6-connected
 * bone is joined through whole faces only: a cell joins when all voxels around it are bone.
 * An image with one layer of marrow around it has octants for the cells of its walls too.
 */
#include "trabecula/topology.h"

#include "trabecula/surface.h"

/* Voxels of an octant, as bits of its code: around the corner, the half edges, the quarter faces, themselves. */
typedef struct cells {
    uint64_t corners, edges, faces, voxels;
} cells;

/* Bits of the voxels on one side (0 or 1) of an axis. */
static unsigned side(int axis, int upper)
{
    static const unsigned UPPER[3] = {0xaa, 0xcc, 0xf0};
    return upper ? UPPER[axis] : 0xff & ~UPPER[axis];
}

static unsigned present(unsigned code, unsigned around, int all)
{
    return all ? (code & around) == around : (code & around) != 0;
}

/* The shares that one octant has, in units of 1, 1/2, 1/4 and 1/8. */
static cells shares(unsigned code, int all)
{
    cells n = {present(code, 0xff, all), 0, 0, 0};
    for (int axis = 0; axis < 3; axis++)
        for (int upper = 0; upper < 2; upper++) {
            n.edges += present(code, side(axis, upper), all);
            for (int other = 0; other < 2; other++) { /* the face between two voxels along the third axis */
                const int next = (axis + 1) % 3;
                n.faces += present(code, side(axis, upper) & side(next, other), all);
            }
        }
    for (int i = 0; i < 8; i++)
        n.voxels += code >> i & 1;
    return n;
}

static cells count_cells(const trb_surface_counts *octants, int all)
{
    cells sum = {0, 0, 0, 0};
    for (unsigned code = 0; code < 256; code++) {
        const cells n = shares(code, all);
        sum.corners += octants->all8[code] * n.corners;
        sum.edges += octants->all8[code] * n.edges;
        sum.faces += octants->all8[code] * n.faces;
        sum.voxels += octants->all8[code] * n.voxels;
    }
    return (cells){sum.corners, sum.edges / 2, sum.faces / 4, sum.voxels / 8};
}

/* The bone in the VOI with one layer of marrow on all sides. */
static trb_status padded(const trb_mask *bone, const trb_mask *voi, trb_mask **out, trb_error *err)
{
    trb_grid grid = bone->grid;
    grid.nx += 2, grid.ny += 2, grid.nz += 2;
    const trb_status status = trb_mask_create(&grid, out, err);
    if (status)
        return status;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = 0; z < (ptrdiff_t)bone->grid.nz; z++)
        for (size_t y = 0; y < bone->grid.ny; y++) {
            const uint64_t *from = trb_mask_row(bone, y, (size_t)z);
            const uint64_t *in = voi ? trb_mask_row(voi, y, (size_t)z) : NULL;
            uint64_t *to = trb_mask_row(*out, y + 1, (size_t)z + 1), carry = 0;
            for (size_t w = 0; w < (*out)->words_per_row; w++) {
                const uint64_t word = w < bone->words_per_row ? from[w] & (in ? in[w] : ~(uint64_t)0) : 0;
                to[w] = word << 1 | carry;
                carry = word >> 63;
            }
        }
    return TRB_OK;
}

trb_status trb_topology_measure(const trb_mask *bone, const trb_mask *voi, trb_topology *out, trb_error *err)
{
    trb_mask *image = NULL;
    trb_surface_counts octants;
    *out = (trb_topology){0};
    if (voi && !trb_grid_same_size(&bone->grid, &voi->grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "the VOI is %zu x %zu x %zu voxels, the image is %zu x %zu x %zu", voi->grid.nx,
                             voi->grid.ny, voi->grid.nz, bone->grid.nx, bone->grid.ny, bone->grid.nz);
    trb_status status = padded(bone, voi, &image, err);
    if (!status)
        status = trb_surface_count(image, NULL, &octants, err);
    trb_mask_destroy(image);
    if (status)
        return status;
    const cells closed = count_cells(&octants, 0), joined = count_cells(&octants, 1);
    *out = (trb_topology){closed.corners, closed.edges, closed.faces, closed.voxels,
                          (int64_t)(closed.corners + closed.faces) - (int64_t)(closed.edges + closed.voxels),
                          (int64_t)(joined.voxels + joined.edges) - (int64_t)(joined.faces + joined.corners)};
    return TRB_OK;
}
