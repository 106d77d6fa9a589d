/*
 * plates_share.c - thinning run backwards.
 *
 * A voxel went when it was simple: then it had a neighbour that stayed longer. So in the reverse order of rounds each
 * voxel meets a neighbour that is back; voxels that only have neighbours of the same round wait for the next pass.
 * The time of what burned may be a round early; what is left for that comes last.
 * A pass reads what was back before it, so no order of voxels or threads shows.
 */
#include "measure/plates_share.h"

#include "measure/neighbours.h"

#include <string.h>

typedef struct job {
    const trb_thinned *thinned;
    trb_mask *plates, *back;
    trb_mask *fresh, *fresh_plates; /* of this pass */
    unsigned round;
} job;

static size_t bytes_of(const job *j, size_t y, size_t z)
{
    return ((z - 1) * (j->back->grid.ny - 2) + y - 1) * (j->back->grid.nx - 2) - 1;
}

/* The steepest of the neighbours in `back`; both classes among them. */
static bool rises_to_plate(const job *j, uint32_t back, uint32_t plates, size_t x, size_t y, size_t z)
{
    static const float PER_STEP[4] = {0, 1, 0.70710678F, 0.57735027F};
    const uint8_t *depth = j->thinned->depth;
    const int own = depth[bytes_of(j, y, z) + x];
    float best = -1000;
    int votes = 0;
    for (uint32_t left = back; left; left &= left - 1) {
        const int bit = __builtin_ctz(left);
        const int dx = bit % 3 - 1, dy = bit / 3 % 3 - 1, dz = bit / 9 - 1;
        const size_t at = bytes_of(j, (size_t)((ptrdiff_t)y + dy), (size_t)((ptrdiff_t)z + dz)) + (size_t)((ptrdiff_t)x + dx);
        const float rise = (float)(depth[at] - own) * PER_STEP[dx * dx + dy * dy + dz * dz];
        if (rise > best) {
            best = rise;
            votes = 0;
        }
        if (rise == best)
            votes += plates >> bit & 1 ? 1 : -1;
    }
    return votes >= 0;
}

/* Which of n voxels went in this round; in the last pass, round 0, those that are left of all rounds. */
static uint64_t of_this_round(const job *j, const uint8_t *times, size_t n)
{
    uint64_t found = 0;
    const uint8_t round = (uint8_t)j->round;
    int any = round == 0;
    for (size_t i = 0; i < n; i++) /* most words hold none: a loop that vectors do fast */
        any |= times[i] >> 1 == round;
    for (size_t i = 0; any && i < n; i++)
        found |= (uint64_t)(round ? times[i] >> 1 == round : times[i] != 0) << i;
    return found;
}

/* True when some have to wait. */
static bool share_row(job *j, size_t y, size_t z, bool *any)
{
    const size_t nx = j->back->grid.nx - 2, first = bytes_of(j, y, z) + 1;
    const uint64_t *back = trb_mask_row(j->back, y, z);
    bool waits = false;
    for (size_t x0 = 0; x0 < nx; x0 += 64) {
        uint64_t left = of_this_round(j, j->thinned->time + first + x0, nx - x0 < 64 ? nx - x0 : 64);
        for (; left; left &= left - 1) {
            const size_t x = x0 + 1 + (size_t)__builtin_ctzll(left); /* of the margin's grid */
            if (back[x >> 6] >> (x & 63) & 1)
                continue;
            const uint32_t around = trb_neighbours(j->back, x, y, z);
            if (!around) {
                waits = true;
                continue;
            }
            const uint32_t plates = trb_neighbours(j->plates, x, y, z) & around;
            const bool plate = plates == around || (plates && rises_to_plate(j, around, plates, x, y, z));
            trb_mask_set(j->fresh, x, y, z, 1);
            trb_mask_set(j->fresh_plates, x, y, z, plate);
            *any = true;
        }
    }
    return waits;
}

/* True when another pass is wanted. */
static bool share_pass(job *j)
{
    const ptrdiff_t ny = (ptrdiff_t)j->back->grid.ny, nz = (ptrdiff_t)j->back->grid.nz;
    int waits = 0, came = 0;
#pragma omp parallel for schedule(dynamic) reduction(| : waits, came)
    for (ptrdiff_t z = 1; z < nz - 1; z++)
        for (ptrdiff_t y = 1; y < ny - 1; y++) {
            bool any = false;
            waits |= share_row(j, (size_t)y, (size_t)z, &any);
            came |= any;
        }
    const size_t words = j->back->words_per_row * (size_t)(ny * nz);
#pragma omp parallel for schedule(static)
    for (size_t w = 0; w < (came ? words : 0); w++) {
        j->back->bits[w] |= j->fresh->bits[w];
        j->plates->bits[w] |= j->fresh_plates->bits[w];
        j->fresh->bits[w] = j->fresh_plates->bits[w] = 0;
    }
    return waits && came;
}

trb_status trb_plates_share(const trb_thinned *thinned, trb_mask *plates, trb_error *err)
{
    job j = {.thinned = thinned, .plates = plates};
    trb_status status = trb_mask_copy(thinned->skeleton, &j.back, err);
    if (!status)
        status = trb_mask_create(&thinned->skeleton->grid, &j.fresh, err);
    if (!status)
        status = trb_mask_create(&thinned->skeleton->grid, &j.fresh_plates, err);
    if (!status)
        for (j.round = thinned->last / 2 + 1; j.round-- > 0;)
            while (share_pass(&j)) {
            }
    trb_mask_destroy(j.back);
    trb_mask_destroy(j.fresh);
    trb_mask_destroy(j.fresh_plates);
    return status;
}
