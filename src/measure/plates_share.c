/*
 * plates_share.c - thinning run backwards.
 *
 * A voxel went when it was simple: then it had a neighbour that stayed longer. So in the reverse order of rounds each
 * voxel meets a neighbour that is back; voxels that only have neighbours of the same round wait for the next pass.
 * The time of what burned may be a round early; what is left for that comes last.
 * A pass reads what was back before it, so no order of voxels or threads shows.
 */
#include "measure/plates_share.h"

#include "core/memory.h"
#include "measure/neighbours.h"

#include <stdlib.h>
#include <string.h>

typedef struct job {
    const trb_thinned *thinned;
    trb_mask *plates, *back, *left;
    trb_mask *fresh, *fresh_plates; /* of this pass */
    uint64_t *rounds;             /* two words a row */
    unsigned round;
    bool late;                    /* voxels were passed over in their round */
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

/* Which rounds a row has voxels of, a bit each, and the voxels that are to come back. */
static void note_rounds(job *j)
{
    const ptrdiff_t ny = (ptrdiff_t)j->back->grid.ny, nz = (ptrdiff_t)j->back->grid.nz;
    const size_t nx = j->back->grid.nx - 2;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = 1; z < nz - 1; z++)
        for (ptrdiff_t y = 1; y < ny - 1; y++) {
            const uint8_t *times = j->thinned->time + (bytes_of(j, (size_t)y, (size_t)z) + 1);
            uint64_t *rounds = j->rounds + 2 * (z * ny + y);
            uint64_t *left = trb_mask_row(j->left, (size_t)y, (size_t)z);
            for (size_t x = 0; x < nx; x++) {
                rounds[times[x] >> 7] |= (uint64_t)1 << (times[x] >> 1 & 63);
                left[(x + 1) >> 6] |= (uint64_t)(times[x] != 0) << ((x + 1) & 63);
            }
        }
}

static bool has_round(const job *j, size_t y, size_t z)
{
    return j->rounds[2 * (z * j->back->grid.ny + y) + (j->round >> 6)] >> (j->round & 63) & 1;
}

/* True when some have to wait. In the last pass, round 0, all that are left may come. */
static bool share_row(job *j, size_t y, size_t z, bool *any)
{
    const size_t first = bytes_of(j, y, z);
    uint64_t *left = trb_mask_row(j->left, y, z);
    bool waits = false;
    for (size_t w = 0; w < j->left->words_per_row; w++)
        for (uint64_t bits = left[w]; bits; bits &= bits - 1) {
            const size_t x = 64 * w + (size_t)__builtin_ctzll(bits);
            if (j->round && j->thinned->time[first + x] >> 1 != j->round)
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
            left[w] &= ~(bits & (~bits + 1));
            *any = true;
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
            if (!has_round(j, (size_t)y, (size_t)z))
                continue;
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
    j->late |= waits && !came;
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
        status = trb_mask_create(&thinned->skeleton->grid, &j.left, err);
    j.rounds = trb_alloc_zero(2 * thinned->skeleton->grid.ny * thinned->skeleton->grid.nz, sizeof *j.rounds, "rounds of thinning", err);
    if (!status && !j.rounds)
        status = TRB_ERR_MEMORY;
    if (!status)
        note_rounds(&j);
    if (!status)
        for (j.round = thinned->last / 2 + 1; j.round-- > (j.late ? 0 : 1);)
            while (share_pass(&j)) {
            }
    trb_mask_destroy(j.back);
    trb_mask_destroy(j.fresh);
    trb_mask_destroy(j.fresh_plates);
    trb_mask_destroy(j.left);
    free(j.rounds);
    return status;
}
