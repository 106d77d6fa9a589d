/*
 * containment.c - when does one lattice ball hold another?
 *
 * For the neighbour p + v of a centre p, the open ball of squared radius Q around p + v holds the open ball of
 * squared radius R around p if and only if |n - v|^2 < Q for every lattice point n with |n|^2 < R. So
 *
 *     Q >= 1 + max { |n - v|^2 : |n|^2 < R } = 1 + max over s < R of  s + |v|^2 + 2 m_v(s),
 *
 * where m_v(s) is the largest -n.v among the points with |n|^2 = s. By symmetry m_v(s) is a for a face
 * neighbour, a + b for an edge and a + b + c for a corner, over a >= b >= c >= 0 with a^2 + b^2 + c^2 = s.
 */
#include "measure/thickness_paint.h"

#include "core/memory.h"

trb_status trb_containment_create(uint32_t largest, uint32_t *gain[3], trb_error *err)
{
    const size_t n = (size_t)largest + 1;
    uint32_t *block = trb_alloc_zero(3 * n, sizeof *block, "the containment table", err);
    if (!block)
        return TRB_ERR_MEMORY;
    for (int t = 0; t < 3; t++)
        gain[t] = block + (size_t)t * n;
    /* m_v(s) + 1, so that 0 means: no lattice point at this distance. */
    for (uint64_t a = 0; a * a < n; a++)
        for (uint64_t b = 0; b <= a && a * a + b * b < n; b++)
            for (uint64_t c = 0; c <= b && a * a + b * b + c * c < n; c++) {
                const uint64_t s = a * a + b * b + c * c;
                const uint32_t reach[3] = {(uint32_t)a + 1, (uint32_t)(a + b) + 1, (uint32_t)(a + b + c) + 1};
                for (int t = 0; t < 3; t++)
                    if (reach[t] > gain[t][s])
                        gain[t][s] = reach[t];
            }
    for (uint32_t t = 0; t < 3; t++) {
        const uint32_t v2 = t + 1;
        uint32_t farthest = 0; /* largest |n - v|^2 + 1 for |n|^2 < r2 */
        for (uint32_t r2 = 0; r2 < n; r2++) {
            const uint32_t m = gain[t][r2]; /* of the shell |n|^2 = r2, which belongs to r2 + 1 and up */
            gain[t][r2] = farthest > r2 ? farthest - r2 : 0;
            if (m && r2 + v2 + 2 * (m - 1) + 1 > farthest)
                farthest = r2 + v2 + 2 * (m - 1) + 1;
        }
    }
    return TRB_OK;
}
