/*
 * voi_margin.c - erosion and dilation of a VOI by a ball, from exact distances.
 * A voxel at distance r or less of the wall is decided by what lies within r; so some planes at a time, with as many
 * planes around them as the ball reaches, give the same as the whole image, in 4 bytes a voxel of those planes.
 */
#include "trabecula/voi.h"

#include "trabecula/distance.h"

#include <math.h>
#include <string.h>

#define PLANES 32 /* at a time, beside those around them */

typedef struct ball {
    bool in_mm;       /* distances in mm for unequal axes, else squared in voxels */
    double limit;     /* not beyond: mm, or squared voxels */
    size_t reach;     /* planes */
} ball;

static trb_status make_ball(const trb_voi_length *by, const trb_grid *grid, ball *out, trb_error *err)
{
    const double *s = grid->spacing_mm;
    if (by->unit == TRB_VOI_PERCENT)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "voi-erode and voi-dilate take mm, um or vox, not %%");
    if (by->unit == TRB_VOI_MM && !trb_grid_has_spacing(grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "voi-erode and voi-dilate in mm need the voxel size, which is not known; "
                                                    "give them in voxels (2vox)");
    out->in_mm = by->unit == TRB_VOI_MM && !(s[0] == s[1] && s[1] == s[2]);
    const double vox = by->unit == TRB_VOI_VOXELS ? by->value : by->value / s[2];
    /* Decimals such as 0.3 mm over 0.1 mm must reach 3 voxels. */
    out->limit = out->in_mm ? by->value * (1 + 1e-6) : vox * vox * (1 + 1e-9);
    out->reach = vox < (double)grid->nz ? (size_t)ceil(vox) + 1 : grid->nz;
    return TRB_OK;
}

static trb_status distances(const ball *b, const trb_mask *object, trb_border border, trb_volume **out, trb_error *err)
{
    return b->in_mm ? trb_distance_mm(object, border, out, err) : trb_distance_squared(object, border, out, err);
}

/* Planes first to end of a mask as they are. */
static trb_status cut_planes(const trb_mask *mask, size_t first, size_t end, trb_mask **out, trb_error *err)
{
    trb_grid grid = mask->grid;
    grid.nz = end - first;
    trb_status status = trb_mask_create(&grid, out, err);
    if (!status)
        memcpy((*out)->bits, trb_mask_row(mask, 0, first), grid.nz * grid.ny * mask->words_per_row * sizeof *mask->bits);
    return status;
}

/* Object voxels of planes z0 to z1 that are not beyond the ball change over, in `to`. */
static void change(const ball *b, const trb_volume *d, size_t first, size_t z0, size_t z1, trb_mask *to)
{
    const size_t nx = to->grid.nx, ny = to->grid.ny;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = (ptrdiff_t)z0; z < (ptrdiff_t)z1; z++)
        for (size_t y = 0; y < ny; y++) {
            const void *row = trb_volume_row(d, y, (size_t)z - first);
            uint64_t *words = trb_mask_row(to, y, (size_t)z);
            for (size_t x = 0; x < nx; x++) {
                const double value = b->in_mm ? (double)((const float *)row)[x] : (double)((const uint32_t *)row)[x];
                if (value > 0 && value <= b->limit)
                    words[x >> 6] ^= (uint64_t)1 << (x & 63);
            }
        }
}

static trb_status move_wall(trb_mask *mask, const trb_voi_length *by, bool grow, trb_error *err)
{
    ball b = {0};
    trb_mask *before = NULL;
    const size_t nz = mask->grid.nz;
    trb_status status = by->value > 0 ? make_ball(by, &mask->grid, &b, err) : TRB_OK;
    if (status || !(by->value > 0))
        return status;
    status = trb_mask_copy(mask, &before, err);
    for (size_t z = 0; z < nz && !status; z += PLANES) {
        const size_t end = nz - z < PLANES ? nz : z + PLANES;
        const size_t first = z > b.reach ? z - b.reach : 0, last = nz - end > b.reach ? end + b.reach : nz;
        trb_mask *part = NULL;
        trb_volume *d = NULL;
        trb_error inner = {TRB_OK, ""};
        status = cut_planes(before, first, last, &part, err);
        if (!status && grow)
            trb_mask_invert(part);
        if (!status) {
            /* The VOI ends where the image does; the planes that were cut off are beyond the ball's reach. */
            status = distances(&b, part, grow ? TRB_BORDER_UNKNOWN : TRB_BORDER_BACKGROUND, &d, &inner);
            if (!status)
                change(&b, d, first, z, end, mask);
            else if (status == TRB_ERR_DATA) /* nothing of the other phase within reach */
                status = TRB_OK;
            else
                trb_error_set(err, status, "%s", inner.text);
        }
        trb_volume_destroy(d);
        trb_mask_destroy(part);
    }
    trb_mask_destroy(before);
    return status;
}

trb_status trb_voi_dilate(trb_mask *mask, const trb_voi_length *by, trb_error *err)
{
    return move_wall(mask, by, true, err);
}

trb_status trb_voi_erode(trb_mask *mask, const trb_voi_length *by, trb_error *err)
{
    return move_wall(mask, by, false, err);
}
