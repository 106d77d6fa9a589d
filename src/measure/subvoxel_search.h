/*
 * subvoxel_search.h - minima over squares along one axis, with the crossing that gives each; included for 32 and 64-bit lanes.
 *
 * A pass replaces values f(j) with crossing i(j), j along the axis, by min over j of f(j) + (j - at)^2, the first
 * crossing among equals. Every f is at least 0, so the search outwards ends where the square alone is larger than what
 * has been found. Needs LANE, NAME(x), UNIT_SHIFT (the square of a voxel is 1 << UNIT_SHIFT).
 */
typedef LANE NAME(lanes) __attribute__((vector_size(VEC_BYTES)));
#define LANES (VEC_BYTES / sizeof(LANE))

VEC_FUNCTION NAME(lanes) NAME(load)(const LANE *p)
{
    NAME(lanes) a;
    memcpy(&a, p, sizeof a);
    return a;
}

VEC_FUNCTION NAME(lanes) NAME(all)(LANE value)
{
    return (NAME(lanes)){0} + value;
}

/* Values d with crossings i, where they come before the best. */
VEC_FUNCTION void NAME(take)(NAME(lanes) d, NAME(lanes) i, NAME(lanes) *best, NAME(lanes) *from)
{
    const NAME(lanes) wins = (d < *best) | ((d == *best) & (i < *from));
    *best = (d & wins) | (*best & ~wins);
    *from = (i & wins) | (*from & ~wins);
}

VEC_FUNCTION bool NAME(any_up_to)(NAME(lanes) d, NAME(lanes) best)
{
#ifdef TRB_VEC_AVX512
    return sizeof(LANE) == 4 ? _mm512_cmple_epi32_mask((vec)d, (vec)best) : _mm512_cmple_epi64_mask((vec)d, (vec)best);
#else
    return v_any((vec)(d <= best));
#endif
}

/* One step to both sides. Most find nothing as good as the best; then their crossings are not looked at. */
VEC_FUNCTION void NAME(take_both)(const LANE *below, const LANE *below_from, const LANE *above, const LANE *above_from, LANE step,
                                  NAME(lanes) *best, NAME(lanes) *from)
{
    const NAME(lanes) a = NAME(load)(below) + step, b = NAME(load)(above) + step, less = a < b;
    if (!NAME(any_up_to)((a & less) | (b & ~less), *best))
        return;
    NAME(take)(a, NAME(load)(below_from), best, from);
    NAME(take)(b, NAME(load)(above_from), best, from);
}

/**
 * Across rows first <= at < end of `rows`: best and from, `stride` apart from row to row, n values each (a multiple of the lanes),
 * against all rows up to `reach` away, of which values are looked at from `offset` on. A column of lanes is gone through before the
 * next: what one row reads the next finds in cache.
 */
static void NAME(across)(const LANE *const *value, const LANE *const *crossing, size_t offset, size_t n, size_t first, size_t end,
                         size_t rows, size_t reach, LANE *best, LANE *from, size_t stride)
{
    for (size_t x = 0; x < n; x += LANES)
        for (size_t at = first; at < end; at++) {
            const size_t here = offset + x, out = (at - first) * stride + x;
            const size_t below = at < reach ? at : reach, above = rows - 1 - at < reach ? rows - 1 - at : reach;
            const size_t most = below > above ? below : above;
            NAME(lanes) b = NAME(load)(best + out), f = NAME(load)(from + out);
            NAME(take)(NAME(load)(value[at] + here), NAME(load)(crossing[at] + here), &b, &f);
            for (size_t k = 1; k <= most; k++) {
                const LANE step = (LANE)((LANE)(k * k) << UNIT_SHIFT);
                if (!NAME(any_up_to)(NAME(all)(step), b))
                    break;
                const size_t down = k <= below ? at - k : at + k, up = k <= above ? at + k : at - k; /* at an end: one side twice */
                NAME(take_both)(value[down] + here, crossing[down] + here, value[up] + here, crossing[up] + here, step, &b, &f);
            }
            memcpy(best + out, &b, sizeof b);
            memcpy(from + out, &f, sizeof f);
        }
}

/**
 * Along a row; value and crossing have `reach` and the lanes more to read on both sides, which say FAR. What is more than bound[x /
 * SV_ROW_UNIT] is of no use and need not be found.
 */
static void NAME(along)(const LANE *value, const LANE *crossing, size_t n, size_t reach, const LANE *bound, LANE *best, LANE *from)
{
    for (size_t x = 0; x < n; x += LANES) {
        const NAME(lanes) most = NAME(all)(bound[x / SV_ROW_UNIT]);
        NAME(lanes) b = NAME(load)(best + x), f = NAME(load)(from + x);
        NAME(take)(NAME(load)(value + x), NAME(load)(crossing + x), &b, &f);
        for (size_t k = 1; k <= reach; k++) {
            const LANE step = (LANE)((LANE)(k * k) << UNIT_SHIFT);
            const NAME(lanes) less = b < most;
            if (!NAME(any_up_to)(NAME(all)(step), (b & less) | (most & ~less)))
                break;
            NAME(take_both)(value + x - k, crossing + x - k, value + x + k, crossing + x + k, step, &b, &f);
        }
        memcpy(best + x, &b, sizeof b);
        memcpy(from + x, &f, sizeof f);
    }
}

/** For n columns (a multiple of the lanes): the square of here - at, where it comes before what there is. `most`: the longest. */
static void NAME(offer)(const LANE *at, const LANE *from, size_t n, LANE here, LANE most, LANE *value, LANE *crossing)
{
    for (size_t x = 0; x < n; x += LANES) {
        NAME(lanes) d = here - NAME(load)(at + x), b = NAME(load)(value + x), f = NAME(load)(crossing + x);
        const NAME(lanes) below = d < 0;
        d = (d ^ below) - below;
        const NAME(lanes) far = d > most;
        d = d & ~far;
        NAME(take)(((d * d) & ~far) | ((NAME(SV_FAR) + (d & 0)) & far), NAME(load)(from + x), &b, &f);
        memcpy(value + x, &b, sizeof b);
        memcpy(crossing + x, &f, sizeof f);
    }
}
/**
 * The end of a row of n voxels: crossings into near, distances in voxels, below 0 outside bone, into signed_s, which has room for
 * whole vectors. False when one is FAR.
 */
static bool NAME(finish)(const LANE *best, const LANE *from, size_t n, const uint64_t *bone, int32_t *near, float *signed_s)
{
    bool found = true;
    for (size_t x = 0; x < n; x += FLOATS) {
        floats square;
        for (size_t i = 0; i < FLOATS; i++)
            square[i] = (float)best[x + i];
        floats s = root_of(square) * (1.0F / SV_NEAR_STEPS);
        for (size_t i = 0; i < FLOATS; i++)
            s[i] = bone[(x + i) >> 6] >> ((x + i) & 63) & 1 ? s[i] : -s[i];
        memcpy(signed_s + x, &s, sizeof s);
    }
    for (size_t x = n; x % FLOATS; x++) /* outside the image */
        signed_s[x] = 0;
    for (size_t x = 0; x < n; x++) {
        near[x] = (int32_t)from[x];
        found &= best[x] < NAME(SV_FAR);
    }
    return found;
}
#undef LANES
