/*
 * subvoxel_ball_kernel.h - distances of real points from the surface, as many at a time as a vector has doubles; compiled once for
 * each SIMD path. Each lane does what one point would, in the same order: same bits on every path.
 */
#define BALLS (VEC_BYTES / sizeof(double))
_Static_assert(SV_BALLS_UNIT % BALLS == 0, "points come in whole vectors");

typedef double reals __attribute__((vector_size(VEC_BYTES)));
typedef int64_t longs __attribute__((vector_size(VEC_BYTES)));
typedef int32_t ints __attribute__((vector_size(VEC_BYTES / 2)));

VEC_FUNCTION reals load_reals(const double *p)
{
    reals a;
    memcpy(&a, p, sizeof a);
    return a;
}

VEC_FUNCTION reals choose(longs which, reals a, reals b)
{
    return (reals)(((longs)a & which) | ((longs)b & ~which));
}

VEC_FUNCTION reals dot(const reals a[3], const reals b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

#if defined(TRB_VEC_AVX512)
VEC_FUNCTION reals roots(reals a)
{
    return (reals)_mm512_sqrt_pd((__m512d)a);
}

VEC_FUNCTION longs words_at(const void *base, longs index)
{
    return (longs)_mm512_i64gather_epi64((__m512i)index, base, 8);
}

VEC_FUNCTION longs near_at(const int32_t *base, longs index)
{
    return (longs)_mm512_cvtepi32_epi64(_mm512_i64gather_epi32((__m512i)index, base, 4));
}
#elif defined(TRB_VEC_AVX2)
VEC_FUNCTION reals roots(reals a)
{
    return (reals)_mm256_sqrt_pd((__m256d)a);
}

VEC_FUNCTION longs words_at(const void *base, longs index)
{
    return (longs)_mm256_i64gather_epi64(base, (__m256i)index, 8);
}

VEC_FUNCTION longs near_at(const int32_t *base, longs index)
{
    return (longs)_mm256_cvtepi32_epi64(_mm256_i64gather_epi32(base, (__m256i)index, 4));
}
#else
VEC_FUNCTION reals roots(reals a)
{
    for (size_t i = 0; i < BALLS; i++)
        a[i] = sqrt(a[i]);
    return a;
}

VEC_FUNCTION longs words_at(const void *base, longs index)
{
    for (size_t i = 0; i < BALLS; i++) {
        int64_t word;
        memcpy(&word, (const char *)base + 8 * index[i], sizeof word);
        index[i] = word;
    }
    return index;
}

VEC_FUNCTION longs near_at(const int32_t *base, longs index)
{
    for (size_t i = 0; i < BALLS; i++)
        index[i] = base[index[i]];
    return index;
}
#endif

typedef struct discs {
    reals middle[3], normal[3];
} discs;

_Static_assert(sizeof(sv_crossing) == 16 && offsetof(sv_crossing, normal) == 8, "a crossing is two words");

/* All that is divided by is a power of 2, so that these products are exact. */
VEC_FUNCTION discs discs_of(const sv_crossing *all, longs i)
{
    const longs first = words_at(all, i + i), second = words_at((const char *)all + 8, i + i);
    const ints xy = __builtin_convertvector(first, ints), z_place = __builtin_convertvector(first >> 32, ints);
    const ints n01 = __builtin_convertvector(second, ints), n2_lift = __builtin_convertvector(second >> 32, ints);
    const ints steps = z_place >> 16 & 8191, axis = z_place >> 29 & 3;
    const ints at[3] = {xy & 65535, xy >> 16 & 65535, z_place & 65535};
    const ints normal[3] = {n01 << 16 >> 16, n01 >> 16, n2_lift << 16 >> 16};
    const reals lift = __builtin_convertvector(n2_lift >> 16, reals) * (1.0 / SV_STEPS);
    discs out;
    for (int k = 0; k < 3; k++) {
        const ints place = at[k] * SV_STEPS + (steps & (axis == k));
        out.normal[k] = __builtin_convertvector(normal[k], reals) * (1.0 / SV_NORMAL_STEPS);
        out.middle[k] = __builtin_convertvector(place, reals) * (1.0 / SV_STEPS) + lift * out.normal[k];
    }
    return out;
}

/* The points of the discs that are nearest to m; returns their distances. */
VEC_FUNCTION reals feet_on(const discs *d, const reals m[3], reals foot[3])
{
    reals from[3], aside[3];
    for (int k = 0; k < 3; k++)
        from[k] = m[k] - d->middle[k];
    const reals above = dot(from, d->normal);
    for (int k = 0; k < 3; k++)
        aside[k] = from[k] - above * d->normal[k];
    const reals length = roots(dot(aside, aside));
    const reals share = choose(length > SV_DISC, SV_DISC / length, (reals){0} + 1);
    for (int k = 0; k < 3; k++) {
        foot[k] = d->middle[k] + share * aside[k];
        from[k] = m[k] - foot[k];
    }
    return roots(dot(from, from));
}

#define AHEAD 64 /* points whose crossings are on their way from memory while others are looked at */
_Static_assert(AHEAD % BALLS == 0, "whole vectors");

/* The crossings of the voxels around n points: beyond the last voxel stands the last one again, which has been looked at before. */
static void look_up(const trb_surface_points *points, const double *const m[3], size_t n, int64_t near[8][AHEAD])
{
    const int64_t size[3] = {(int64_t)points->grid.nx, (int64_t)points->grid.ny, (int64_t)points->grid.nz};
    const int64_t stride[3] = {1, size[0], size[0] * size[1]};
    for (size_t i = 0; i < n; i += BALLS) {
        longs first = {0}, next[3];
        for (int k = 0; k < 3; k++) {
            const longs whole = __builtin_convertvector(__builtin_convertvector(load_reals(m[k] + i), ints), longs);
            first += whole * stride[k];
            next[k] = (whole + 1 < size[k]) & stride[k];
        }
        for (int corner = 0; corner < 8; corner++) {
            longs voxel = first;
            for (int k = 0; k < 3; k++)
                voxel += corner >> k & 1 ? next[k] : (longs){0};
            const longs crossing = near_at(points->near, voxel);
            memcpy(&near[corner][i], &crossing, sizeof crossing);
            for (size_t j = 0; j < BALLS; j++)
                __builtin_prefetch(&points->crossing[near[corner][i + j]]);
        }
    }
}

static void distances(const trb_surface_points *points, const double *const m[3], size_t n, double *distance,
                      double *const foot[3])
{
    int64_t near[8][AHEAD];
    for (size_t i = 0; i < n; i += BALLS) {
        const double *const rest[3] = {m[0] + i, m[1] + i, m[2] + i};
        if (i % AHEAD == 0)
            look_up(points, rest, n - i < AHEAD ? n - i : AHEAD, near);
        const reals at[3] = {load_reals(rest[0]), load_reals(rest[1]), load_reals(rest[2])};
        reals best = (reals){0} + INFINITY, best_foot[3] = {best, best, best};
        for (int corner = 0; corner < 8; corner++) {
            longs crossing;
            memcpy(&crossing, &near[corner][i % AHEAD], sizeof crossing);
            const discs d = discs_of(points->crossing, crossing);
            reals there[3];
            const reals away = feet_on(&d, at, there);
            const longs nearer = away < best;
            best = choose(nearer, away, best);
            for (int k = 0; k < 3; k++)
                best_foot[k] = choose(nearer, there[k], best_foot[k]);
        }
        memcpy(distance + i, &best, sizeof best);
        for (int k = 0; k < 3; k++)
            memcpy(foot[k] + i, &best_foot[k], sizeof best);
    }
}

/* Of voxels: the foot on the disc of the nearest crossing, the distance from there, and the normal. */
static void own_feet(const trb_surface_points *points, const double *const voxel[3], size_t n, double *distance,
                     double *const foot[3], double *const normal[3])
{
    const int64_t nx = (int64_t)points->grid.nx, plane = nx * (int64_t)points->grid.ny;
    for (size_t i = 0; i < n; i += BALLS) {
        const reals at[3] = {load_reals(voxel[0] + i), load_reals(voxel[1] + i), load_reals(voxel[2] + i)};
        longs whole[3];
        for (int k = 0; k < 3; k++)
            whole[k] = __builtin_convertvector(__builtin_convertvector(at[k], ints), longs);
        const discs d = discs_of(points->crossing, near_at(points->near, whole[0] + whole[1] * nx + whole[2] * plane));
        reals there[3];
        const reals away = feet_on(&d, at, there);
        memcpy(distance + i, &away, sizeof away);
        for (int k = 0; k < 3; k++) {
            memcpy(foot[k] + i, &there[k], sizeof away);
            memcpy(normal[k] + i, &d.normal[k], sizeof away);
        }
    }
}
