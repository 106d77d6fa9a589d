/* prepare.c - see prepare.h. */
#include "oracle/prepare.h"

#include "support/testing.h"

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

trb_volume *oracle_random_volume(size_t nx, size_t ny, size_t nz, trb_type type, uint64_t seed)
{
    const trb_grid grid = {nx, ny, nz, {0.01, 0.02, 0.03}, {0, 0, 0}};
    trb_volume *volume = NULL;
    double low = -1000, high = 1000;
    CHECK_OK(trb_volume_create(&grid, type, &volume, err));
    if (trb_type_is_integer(type))
        trb_type_range(type, &low, &high);
    for (size_t z = 0; z < nz; z++)
        for (size_t y = 0; y < ny; y++)
            for (size_t x = 0; x < nx; x++)
                trb_volume_set(volume, x, y, z,
                               low + (high - low) * ((double)(next_random(&seed) >> 11) * 0x1p-53));
    return volume;
}

static float pass(const float *in, const size_t n[3], const size_t p[3], int axis, const float *taps, int support,
                  bool truncated)
{
    float sum = 0;
    for (int k = 0; k <= support; k++) {
        float side[2];
        for (int s = 0; s < 2; s++) {
            ptrdiff_t q[3] = {(ptrdiff_t)p[0], (ptrdiff_t)p[1], (ptrdiff_t)p[2]};
            q[axis] += s ? k : -k;
            if (q[axis] < 0)
                q[axis] = 0;
            if (q[axis] >= (ptrdiff_t)n[axis])
                q[axis] = (ptrdiff_t)n[axis] - 1;
            side[s] = in[((size_t)q[2] * n[1] + (size_t)q[1]) * n[0] + (size_t)q[0]];
        }
        sum = k == 0 ? taps[0] * side[0] : sum + taps[k] * (side[0] + side[1]);
    }
    return truncated ? truncf(sum) : sum;
}

float *oracle_gaussian(const trb_volume *volume, const trb_filter *filter)
{
    const size_t n[3] = {volume->grid.nx, volume->grid.ny, volume->grid.nz}, voxels = n[0] * n[1] * n[2];
    float taps[64], *in = malloc(voxels * sizeof *in), *out = malloc(voxels * sizeof *out);
    double sum = 0;
    assert_non_null(in);
    assert_non_null(out);
    for (int k = -filter->support_vox; k <= filter->support_vox; k++)
        sum += (double)(float)exp(-k * k / (2 * filter->sigma_vox * filter->sigma_vox));
    for (int k = 0; k <= filter->support_vox; k++)
        taps[k] = (float)exp(-k * k / (2 * filter->sigma_vox * filter->sigma_vox)) / (float)sum;
    for (size_t i = 0; i < voxels; i++)
        in[i] = (float)trb_volume_get(volume, i % n[0], i / n[0] % n[1], i / n[0] / n[1]);
    for (int axis = 0; axis < 3; axis++) {
        for (size_t i = 0; i < voxels; i++) {
            const size_t p[3] = {i % n[0], i / n[0] % n[1], i / n[0] / n[1]};
            out[i] = pass(in, n, p, axis, taps, filter->support_vox,
                          filter->kind == TRB_FILTER_GAUSSIAN_TRUNCATED);
        }
        float *swap = in;
        in = out;
        out = swap;
    }
    free(out);
    return in;
}

static bool touches(int dx, int dy, int dz, int connectivity)
{
    const int moved = (dx != 0) + (dy != 0) + (dz != 0);
    return moved > 0 && moved <= (connectivity == 6 ? 1 : connectivity == 18 ? 2 : 3);
}

uint32_t oracle_parts(const trb_mask *mask, int connectivity, bool background, uint32_t *labels)
{
    const ptrdiff_t nx = (ptrdiff_t)mask->grid.nx, ny = (ptrdiff_t)mask->grid.ny, nz = (ptrdiff_t)mask->grid.nz;
    const size_t voxels = (size_t)(nx * ny * nz);
    size_t *stack = malloc(voxels * sizeof *stack);
    uint32_t count = 0;
    assert_non_null(stack);
    memset(labels, 0, voxels * sizeof *labels);
    for (size_t seed = 0; seed < voxels; seed++) {
        const ptrdiff_t sx = (ptrdiff_t)seed % nx, sy = (ptrdiff_t)seed / nx % ny, sz = (ptrdiff_t)seed / nx / ny;
        if (labels[seed] || trb_mask_get(mask, (size_t)sx, (size_t)sy, (size_t)sz) == background)
            continue;
        size_t top = 0;
        stack[top++] = seed;
        labels[seed] = ++count;
        while (top) {
            const size_t at = stack[--top];
            const ptrdiff_t x = (ptrdiff_t)at % nx, y = (ptrdiff_t)at / nx % ny, z = (ptrdiff_t)at / nx / ny;
            for (int d = 0; d < 27; d++) {
                const ptrdiff_t u = x + d % 3 - 1, v = y + d / 3 % 3 - 1, w = z + d / 9 - 1;
                if (!touches(d % 3 - 1, d / 3 % 3 - 1, d / 9 - 1, connectivity) || u < 0 || v < 0 || w < 0 ||
                    u >= nx || v >= ny || w >= nz)
                    continue;
                const size_t next = (size_t)((w * ny + v) * nx + u);
                if (labels[next] || trb_mask_get(mask, (size_t)u, (size_t)v, (size_t)w) == background)
                    continue;
                labels[next] = count;
                stack[top++] = next;
            }
        }
    }
    free(stack);
    return count;
}

__extension__ typedef __int128 i128;

/* Of bins from..to-1: how many, and the sum of their numbers. */
static void moments(const uint64_t *counts, size_t from, size_t to, i128 *n, i128 *s)
{
    *n = *s = 0;
    for (size_t k = from; k < to; k++) {
        *n += counts[k];
        *s += (i128)counts[k] * (i128)k;
    }
}

double oracle_between(const uint64_t *counts, size_t bins, size_t t)
{
    i128 n0, s0, n1, s1;
    moments(counts, 0, t, &n0, &s0);
    moments(counts, t, bins, &n1, &s1);
    if (n0 == 0 || n1 == 0)
        return -1;
    const long double gap = (long double)s1 / (long double)n1 - (long double)s0 / (long double)n0;
    return (double)((long double)n0 * (long double)n1 * gap * gap);
}

/* n0 n1 (s1/n1 - s0/n0)^2 = (s1 n0 - s0 n1)^2 / (n0 n1) */
size_t oracle_otsu(const uint64_t *counts, size_t bins)
{
    size_t best = 0;
    i128 best_over = 0, best_under = 1;
    for (size_t t = 1; t < bins; t++) {
        i128 n0, s0, n1, s1;
        moments(counts, 0, t, &n0, &s0);
        moments(counts, t, bins, &n1, &s1);
        if (n0 == 0 || n1 == 0)
            continue;
        const i128 gap = s1 * n0 - s0 * n1;
        if (gap * gap * best_under > best_over * (n0 * n1)) {
            best = t;
            best_over = gap * gap;
            best_under = n0 * n1;
        }
    }
    return best;
}
