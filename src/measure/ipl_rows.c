/* ipl_rows.c - the row steps of the sweep and of the ridge, plainly. */
#include "measure/ipl_rows.h"
#include "measure/ipl_steps.h"

#include "core/simd.h"

/* Offer the vector of `from` at index `at`, one step (ox,oy,oz) away. */
static inline void offer(const ipl_row *from, size_t at, int ox, int oy, int oz, int32_t *n8, int v[3])
{
    const int x = from->x[at], y = from->y[at], z = from->z[at];
    const int32_t longer = 2 * (ox * x + oy * y + oz * z) + (ox != 0) + (oy != 0) + (oz != 0);
    if (from->n8[at] + 8 * longer < *n8) {
        *n8 = from->n8[at] + 8 * longer;
        v[0] = x + ox;
        v[1] = y + oy;
        v[2] = z + oz;
    }
}

static void step_plain(const ipl_rows *rows, const uint64_t *object, size_t nx, const ipl_scan *scan)
{
    const ipl_row *own = &rows->own;
    const int dx = scan->dx, dy = scan->dy, dz = scan->dz;
    for (size_t i = 0; i < nx; i++) {
        const size_t x = dx > 0 ? i : nx - 1 - i;
        if (!(object[x >> 6] >> (x & 63) & 1))
            continue;
        const ptrdiff_t back = (ptrdiff_t)x - dx; /* may be one before or behind the row: padding */
        int32_t n8 = own->n8[x];
        int v[3] = {own->x[x], own->y[x], own->z[x]};
        offer(&rows->below, x, 0, 0, -dz, &n8, v);
        offer(&rows->side, x, 0, -dy, 0, &n8, v);
        offer(own, (size_t)back, -dx, 0, 0, &n8, v);
        offer(&rows->edge, x, 0, -dy, -dz, &n8, v);
        offer(&rows->below, (size_t)back, -dx, 0, -dz, &n8, v);
        offer(&rows->side, (size_t)back, -dx, -dy, 0, &n8, v);
        offer(&rows->edge, (size_t)back, -dx, -dy, -dz, &n8, v);
        own->n8[x] = n8;
        own->x[x] = (int16_t)v[0];
        own->y[x] = (int16_t)v[1];
        own->z[x] = (int16_t)v[2];
    }
}

static void lengths_plain(const ipl_row *row, const uint64_t *object, size_t nx, int32_t unset)
{
    for (size_t x = 0; x < nx; x++) {
        const int32_t length = row->x[x] * row->x[x] + row->y[x] * row->y[x] + row->z[x] * row->z[x];
        row->n8[x] = length == 0 && (object[x >> 6] >> (x & 63) & 1) ? unset : 8 * length;
    }
}

static void squares_plain(const int16_t *x, const int16_t *y, const int16_t *z, size_t nx, int32_t *out)
{
    for (size_t i = 0; i < nx; i++) {
        const int a = ipl_face2(x[i]), b = ipl_face2(y[i]), c = ipl_face2(z[i]);
        out[i] = a * a + b * b + c * c;
    }
}

/* Every object voxel may be a centre. */
static void candidates_plain(const int32_t *row, const int32_t *below, const int32_t *above, size_t stride,
                             size_t nx, uint64_t *bits)
{
    (void)below;
    (void)above;
    (void)stride;
    for (size_t i = 0; i < nx; i++)
        bits[i >> 6] |= (uint64_t)(row[i] > 0) << (i & 63);
}

ipl_row_steps ipl_row_steps_choose(void)
{
#ifdef TRB_SIMD_X86
    if (trb_simd_choose() != TRB_SIMD_PLAIN)
        return (ipl_row_steps){ipl_row_step_avx2, ipl_row_lengths_avx2, ipl_row_squares_avx2,
                               ipl_row_candidates_avx2};
#endif
    return (ipl_row_steps){step_plain, lengths_plain, squares_plain, candidates_plain};
}
