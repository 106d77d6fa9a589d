/* mask_frame.c - see mask_frame.h. Rows are copied 64 voxels at a time, shifted by bits. */
#include "prepare/mask_frame.h"

#include "trabecula/label.h"

#include <string.h>

static ptrdiff_t least(ptrdiff_t a, ptrdiff_t b)
{
    return a < b ? a : b;
}

static ptrdiff_t most(ptrdiff_t a, ptrdiff_t b)
{
    return a > b ? a : b;
}

trb_status trb_frame_make(const trb_grid *image, const trb_box *box, size_t margin, trb_frame *out,
                          trb_error *err)
{
    const size_t counts[3] = {image->nx, image->ny, image->nz};
    const ptrdiff_t m = (ptrdiff_t)margin;
    size_t size[3];
    *out = (trb_frame){.image = *image, .grid = *image};
    for (int axis = 0; axis < 3; axis++) {
        ptrdiff_t lo = (ptrdiff_t)box->lo[axis] - m, hi = (ptrdiff_t)box->hi[axis] + m;
        if (axis == 2) {
            lo = most(lo, 0) - 1; /* a cap each */
            hi = least(hi, (ptrdiff_t)counts[2]) + 1;
        }
        out->lo[axis] = lo;
        size[axis] = (size_t)(hi - lo);
        out->grid.origin_mm[axis] += (double)lo * image->spacing_mm[axis];
    }
    out->grid.nx = size[0];
    out->grid.ny = size[1];
    out->grid.nz = size[2];
    return trb_grid_check(&out->grid, err);
}

/* 64 voxels of a row from voxel `first` on, which may be negative; beyond the row 0. */
static uint64_t word_from(const uint64_t *row, size_t words, ptrdiff_t first)
{
    const ptrdiff_t w = first >= 0 ? first / 64 : -((-first + 63) / 64);
    const unsigned shift = (unsigned)(first - w * 64);
    const uint64_t low = w >= 0 && w < (ptrdiff_t)words ? row[w] : 0;
    const uint64_t high = w + 1 >= 0 && w + 1 < (ptrdiff_t)words ? row[w + 1] : 0;
    return shift ? low >> shift | high << (64 - shift) : low;
}

/* Every voxel of `to` from the voxel of `from` that is lo further on; rows beyond it stay 0. */
static void copy_shifted(const trb_mask *from, const ptrdiff_t lo[3], trb_mask *to)
{
    const ptrdiff_t ny = (ptrdiff_t)from->grid.ny, nz = (ptrdiff_t)from->grid.nz,
                    to_nz = (ptrdiff_t)to->grid.nz;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = 0; z < to_nz; z++)
        for (size_t y = 0; y < to->grid.ny; y++) {
            const ptrdiff_t at_y = (ptrdiff_t)y + lo[1], at_z = z + lo[2];
            if (at_y < 0 || at_y >= ny || at_z < 0 || at_z >= nz)
                continue;
            const uint64_t *row = trb_mask_row(from, (size_t)at_y, (size_t)at_z);
            uint64_t *out = trb_mask_row(to, y, (size_t)z);
            for (size_t w = 0; w < to->words_per_row; w++)
                out[w] = word_from(row, from->words_per_row, (ptrdiff_t)(64 * w) + lo[0]);
            out[to->words_per_row - 1] &= trb_mask_tail(to);
        }
}

trb_status trb_frame_enter(const trb_frame *frame, const trb_mask *mask, trb_mask **out, trb_error *err)
{
    trb_status status = trb_mask_create(&frame->grid, out, err);
    if (status)
        return status;
    copy_shifted(mask, frame->lo, *out);
    trb_frame_caps(*out, false);
    return TRB_OK;
}

trb_status trb_frame_leave(const trb_frame *frame, const trb_mask *mask, trb_mask **out, trb_error *err)
{
    trb_status status = trb_mask_create(&frame->image, out, err);
    if (status)
        return status;
    const ptrdiff_t back[3] = {-frame->lo[0], -frame->lo[1], -frame->lo[2]};
    const size_t planes = mask->grid.nz - 2;
    trb_mask inner = *mask; /* a view without the caps */
    inner.grid.nz = planes;
    inner.bits = trb_mask_row(mask, 0, 1);
    copy_shifted(&inner, (const ptrdiff_t[3]){back[0], back[1], back[2] - 1}, *out);
    return TRB_OK;
}

void trb_frame_caps(trb_mask *mask, bool value)
{
    const size_t last = mask->grid.nz - 1;
    for (size_t y = 0; y < mask->grid.ny; y++)
        for (int end = 0; end < 2; end++) {
            uint64_t *row = trb_mask_row(mask, y, end ? last : 0);
            memset(row, value ? 0xff : 0, mask->words_per_row * sizeof *row);
            row[mask->words_per_row - 1] &= trb_mask_tail(mask);
        }
}

void trb_frame_invert(trb_mask *mask)
{
    trb_mask_invert(mask);
    trb_frame_caps(mask, false);
}

trb_status trb_frame_fill(trb_mask *mask, trb_error *err)
{
    trb_frame_caps(mask, true);
    trb_status status = trb_fill_holes(mask, TRB_CONNECT_6, NULL, err);
    trb_frame_caps(mask, false);
    return status;
}
