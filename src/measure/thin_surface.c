/*
 * thin_surface.c - thinning in rounds of half a voxel of distance.
 *
 * In round r all voxels with twice the distance <= r are open. A round begins with a look at the open border voxels on
 * the image as it is: a simple one becomes a candidate, one that is not simple is an isthmus (a piece of a line or of a
 * sheet) and its age counts from its first such round. An isthmus that has lived long enough is kept for good. Then
 * the candidates go, one of six directions after the other, if they are still simple; so at most one layer goes
 * in a round, and the rims of sheets and the ends of lines are eaten by at most a voxel.
 *
 * Sheets and lines are lattices of their own: across the axes their next voxel is sqrt 2 or sqrt 3 away, and eaten
 * voxel by voxel they would be the thinner for it. So what was an isthmus burns: it goes when the fire has had the time
 * to come from a neighbour that is gone, a round for a step of 1, a round and a half for a longer one. Times are kept
 * in halves of a round.
 *
 * How long is enough: a section T thick and W wide leaves, in round T + 1, a sheet W - T + 1 wide, which loses 2 voxels
 * a round. Of a sheet that is kept after n rounds W - T - 2 n - 1 are left, so W = aspect T is the least with
 * n = (aspect - 1) T / 2 - 1. For lines the same n takes the spurs of a rough surface away.
 *
 * Rows are taken in four classes by the parities of y and z: rows of one class do not touch.
 */
#include "measure/thin_surface.h"

#include "core/memory.h"
#include "measure/margin.h"
#include "measure/neighbours.h"
#include "trabecula/distance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 2, LAST = 127, NEVER = 256 }; /* rounds */

typedef struct row_state {
    uint16_t opens; /* the least depth of bone that is not open yet */
    bool candidates, marks, young; /* holds candidates, marked ones, isthmuses that are not kept or burn */
    bool went, goes;        /* a voxel went in the round before, in this one */
} row_state;

typedef struct job {
    trb_mask *bone, *open, *kept, *sheet, *isthmus, *burning, *candidates, *marks, *gone;
    uint8_t *depth, *time; /* time: in halves of a round, when bone became an isthmus, or went */
    row_state *rows;
    trb_simple_tables tables;
    uint8_t least_age[LAST + 1]; /* in rounds, by the round of birth */
    unsigned round;
} job;

static row_state *state_of(const job *j, size_t y, size_t z)
{
    return &j->rows[z * j->bone->grid.ny + y];
}

/* Place of the first voxel of row (y, z) of the margin's grid, counted from its column 0, in the bytes. */
static size_t bytes_of(const job *j, size_t y, size_t z)
{
    return ((z - 1) * (j->bone->grid.ny - 2) + y - 1) * (j->bone->grid.nx - 2) - 1;
}

static uint8_t now(const job *j)
{
    return (uint8_t)(2 * (j->round < LAST ? j->round : LAST));
}

static uint64_t from_left(const uint64_t *row, size_t w)
{
    return row[w] << 1 | (w ? row[w - 1] >> 63 : 0);
}

static uint64_t from_right(const trb_mask *mask, const uint64_t *row, size_t w)
{
    return row[w] >> 1 | (w + 1 < mask->words_per_row ? row[w + 1] << 63 : 0);
}

/* Voxels of word w that have set neighbours, themselves included. */
static uint64_t spread(const trb_mask *mask, size_t y, size_t z, size_t w)
{
    uint64_t found = 0;
    for (size_t oz = z - 1; oz <= z + 1; oz++)
        for (size_t oy = y - 1; oy <= y + 1; oy++) {
            const uint64_t *row = trb_mask_row(mask, oy, oz);
            found |= row[w] | from_left(row, w) | from_right(mask, row, w);
        }
    return found;
}

/* Voxels of word w beside which there is marrow in that direction. */
static uint64_t facing(const trb_mask *bone, int direction, size_t y, size_t z, size_t w)
{
    const uint64_t *row = trb_mask_row(bone, y, z);
    switch (direction) {
    case 0: return row[w] & ~trb_mask_row(bone, y, z - 1)[w];
    case 1: return row[w] & ~trb_mask_row(bone, y, z + 1)[w];
    case 2: return row[w] & ~trb_mask_row(bone, y - 1, z)[w];
    case 3: return row[w] & ~trb_mask_row(bone, y + 1, z)[w];
    case 4: return row[w] & ~from_right(bone, row, w);
    default: return row[w] & ~from_left(row, w);
    }
}

static uint64_t border(const trb_mask *bone, size_t y, size_t z, size_t w)
{
    uint64_t found = 0;
    for (int direction = 0; direction < 6; direction++)
        found |= facing(bone, direction, y, z, w);
    return found;
}

static uint32_t others(const trb_mask *mask, size_t x, size_t y, size_t z)
{
    return trb_neighbours(mask, x, y, z) & ~((uint32_t)1 << TRB_NEIGHBOURS_SELF);
}

/* ---- the look at the beginning of a round */

/* Bone of this word that opens now; *next: the least depth of what does not. */
static uint64_t opens(const job *j, uint64_t closed, size_t first, unsigned *next)
{
    uint64_t found = 0;
    for (; closed; closed &= closed - 1) {
        const int bit = __builtin_ctzll(closed);
        const unsigned depth = j->depth[first + (size_t)bit];
        if (depth <= j->round)
            found |= (uint64_t)1 << bit;
        else if (depth < *next)
            *next = depth;
    }
    return found;
}

/* When the fire is at x, y, z: it comes from neighbours that went after this voxel became an isthmus. */
static unsigned fire_at(const job *j, uint32_t bits, size_t x, size_t y, size_t z, unsigned born)
{
    const trb_grid *grid = &j->bone->grid;
    unsigned first = 2 * LAST;
    for (uint32_t left = ~bits & 0x7FFFFFF & ~((uint32_t)1 << TRB_NEIGHBOURS_SELF); left; left &= left - 1) {
        const int bit = __builtin_ctz(left);
        const int dx = bit % 3 - 1, dy = bit / 3 % 3 - 1, dz = bit / 9 - 1;
        const size_t ox = (size_t)((ptrdiff_t)x + dx), oy = (size_t)((ptrdiff_t)y + dy), oz = (size_t)((ptrdiff_t)z + dz);
        if (ox < 1 || oy < 1 || oz < 1 || ox > grid->nx - 2 || oy > grid->ny - 2 || oz > grid->nz - 2)
            continue;
        const unsigned gone = j->time[bytes_of(j, oy, oz) + ox], at = gone + (abs(dx) + abs(dy) + abs(dz) == 1 ? 2 : 3);
        if (gone >= born && at < first)
            first = at;
    }
    return first < 2 * LAST ? first : 0;
}

static void look_at(job *j, size_t x, size_t y, size_t z, uint8_t *time)
{
    const uint64_t bit = (uint64_t)1 << (x & 63);
    uint64_t *isthmus = &trb_mask_row(j->isthmus, y, z)[x >> 6], *candidate = &trb_mask_row(j->candidates, y, z)[x >> 6],
             *burning = &trb_mask_row(j->burning, y, z)[x >> 6];
    const uint32_t bits = others(j->bone, x, y, z);
    if (!trb_is_simple(&j->tables, bits)) {
        if (!(*isthmus & bit))
            *time = now(j);
        *isthmus |= bit;
        *burning &= ~bit;
        *candidate &= ~bit;
        return;
    }
    const unsigned fire = *isthmus & bit ? fire_at(j, bits, x, y, z, *time) : 0;
    if (fire > now(j)) { /* still an isthmus by its age, should it become one again */
        *burning |= bit;
        return;
    }
    *candidate |= bit;
    if (*isthmus & bit) {
        *isthmus &= ~bit;
        *burning |= bit; /* the time that is noted is that of the fire */
        *time = (uint8_t)(fire ? fire : now(j));
    }
}

/* An isthmus that keeps its neighbours in one piece is no part of a line: it parts marrow from marrow. */
static void keep(job *j, size_t x, size_t y, size_t z)
{
    trb_mask_set(j->kept, x, y, z, 1);
    if (trb_is_one_part(others(j->bone, x, y, z)))
        trb_mask_set(j->sheet, x, y, z, 1);
}

static bool near_gone(const job *j, size_t y, size_t z)
{
    for (size_t oz = z - 1; oz <= z + 1; oz++)
        for (size_t oy = y - 1; oy <= y + 1; oy++)
            if (state_of(j, oy, oz)->went)
                return true;
    return false;
}

static void look_at_row(job *j, size_t y, size_t z)
{
    row_state *state = state_of(j, y, z);
    const bool opening = state->opens <= j->round, touched = near_gone(j, y, z);
    if (!opening && !touched && !state->young)
        return;
    const uint64_t *bone = trb_mask_row(j->bone, y, z);
    uint64_t *open = trb_mask_row(j->open, y, z), *kept = trb_mask_row(j->kept, y, z);
    const uint64_t *isthmus = trb_mask_row(j->isthmus, y, z), *candidates = trb_mask_row(j->candidates, y, z),
                   *burning = trb_mask_row(j->burning, y, z);
    const size_t first = bytes_of(j, y, z);
    unsigned next = opening ? NEVER : state->opens;
    uint64_t any = 0, young = 0;
    for (size_t w = 0; w < j->bone->words_per_row; w++) {
        if (!bone[w])
            continue;
        const uint64_t fresh = opening ? opens(j, bone[w] & ~open[w], first + 64 * w, &next) : 0;
        open[w] |= fresh;
        uint64_t left = (fresh | (isthmus[w] & burning[w]) | (touched ? spread(j->gone, y, z, w) : 0)) & open[w] & ~kept[w];
        for (left &= left ? border(j->bone, y, z, w) : 0; left; left &= left - 1) {
            const size_t x = 64 * w + (size_t)__builtin_ctzll(left);
            look_at(j, x, y, z, &j->time[first + x]);
        }
        for (left = isthmus[w] & ~burning[w] & ~kept[w] & bone[w]; left; left &= left - 1) {
            const size_t x = 64 * w + (size_t)__builtin_ctzll(left);
            const unsigned born = j->time[first + x];
            if (2 * j->round >= born + 2 * j->least_age[born / 2])
                keep(j, x, y, z);
        }
        any |= candidates[w];
        young |= isthmus[w] & ~kept[w];
    }
    state->opens = (uint16_t)next;
    state->candidates = any != 0;
    state->young = young != 0;
}

/* ---- the candidates go */

/* Those that face the direction and are still simple, before any goes. One that is not simple any more has become an
 * isthmus in this round and waits for the next: without that a sheet of two layers would be eaten up when it loses one. */
static void mark_row(job *j, int direction, size_t y, size_t z)
{
    uint64_t *candidates = trb_mask_row(j->candidates, y, z), *marks = trb_mask_row(j->marks, y, z), any = 0;
    for (size_t w = 0; w < j->bone->words_per_row; w++) {
        marks[w] = candidates[w] ? candidates[w] & facing(j->bone, direction, y, z, w) : 0;
        for (uint64_t left = marks[w]; left; left &= left - 1)
            if (!trb_is_simple(&j->tables, others(j->bone, 64 * w + (size_t)__builtin_ctzll(left), y, z))) {
                candidates[w] &= ~(left & (~left + 1));
                marks[w] &= ~(left & (~left + 1));
            }
        any |= marks[w];
    }
    state_of(j, y, z)->marks = any != 0;
}

static bool thin_row(job *j, size_t y, size_t z)
{
    uint64_t *bone = trb_mask_row(j->bone, y, z), *candidates = trb_mask_row(j->candidates, y, z),
             *gone = trb_mask_row(j->gone, y, z);
    const uint64_t *marks = trb_mask_row(j->marks, y, z), *burning = trb_mask_row(j->burning, y, z);
    const size_t first = bytes_of(j, y, z);
    bool changed = false;
    for (size_t w = 0; w < j->bone->words_per_row; w++) {
        candidates[w] &= ~marks[w]; /* who stays is looked at again in the next round */
        for (uint64_t left = marks[w]; left; left &= left - 1) {
            const uint64_t bit = left & (~left + 1);
            const size_t x = 64 * w + (size_t)__builtin_ctzll(left);
            if (!trb_is_simple(&j->tables, others(j->bone, x, y, z)))
                continue;
            bone[w] &= ~bit;
            gone[w] |= bit;
            if (!(burning[w] & bit))
                j->time[first + x] = now(j);
            changed = true;
        }
    }
    state_of(j, y, z)->goes |= changed;
    return changed;
}

static int thin_direction(job *j, int direction)
{
    const ptrdiff_t ny = (ptrdiff_t)j->bone->grid.ny, nz = (ptrdiff_t)j->bone->grid.nz;
    int changed = 0;
#pragma omp parallel for schedule(dynamic)
    for (ptrdiff_t z = 1; z < nz - 1; z++)
        for (ptrdiff_t y = 1; y < ny - 1; y++)
            if (state_of(j, (size_t)y, (size_t)z)->candidates)
                mark_row(j, direction, (size_t)y, (size_t)z);
    for (int class = 0; class < 4; class ++)
#pragma omp parallel for schedule(dynamic) reduction(| : changed)
        for (ptrdiff_t z = 1 + (class >> 1); z < nz - 1; z += 2)
            for (ptrdiff_t y = 1 + (class & 1); y < ny - 1; y += 2)
                if (state_of(j, (size_t)y, (size_t)z)->candidates && state_of(j, (size_t)y, (size_t)z)->marks)
                    changed |= thin_row(j, (size_t)y, (size_t)z);
    return changed;
}

/* What went in the round before has been looked at by all rows around it. */
static void forget_gone(job *j, size_t y, size_t z)
{
    row_state *state = state_of(j, y, z);
    if (state->went)
        memset(trb_mask_row(j->gone, y, z), 0, j->bone->words_per_row * sizeof(uint64_t));
    state->went = false;
}

/* True when a voxel went or some are still closed. */
static bool thin_round(job *j)
{
    const ptrdiff_t ny = (ptrdiff_t)j->bone->grid.ny, nz = (ptrdiff_t)j->bone->grid.nz;
    int changed = 0;
#pragma omp parallel for schedule(dynamic)
    for (ptrdiff_t z = 1; z < nz - 1; z++)
        for (ptrdiff_t y = 1; y < ny - 1; y++)
            look_at_row(j, (size_t)y, (size_t)z);
#pragma omp parallel for schedule(static) reduction(| : changed)
    for (ptrdiff_t z = 1; z < nz - 1; z++)
        for (ptrdiff_t y = 1; y < ny - 1; y++) {
            forget_gone(j, (size_t)y, (size_t)z);
            changed |= state_of(j, (size_t)y, (size_t)z)->opens < NEVER;
        }
    for (int direction = 0; direction < 6; direction++)
        changed |= thin_direction(j, direction);
    for (size_t i = 0; i < (size_t)ny * (size_t)nz; i++) {
        j->rows[i].went = j->rows[i].goes;
        j->rows[i].goes = false;
    }
    return changed != 0;
}

/* What is still there and young when nothing changes any more stays for ever. Times of the skeleton are cleared. */
static void settle(job *j)
{
    const ptrdiff_t ny = (ptrdiff_t)j->bone->grid.ny, nz = (ptrdiff_t)j->bone->grid.nz;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = 1; z < nz - 1; z++)
        for (ptrdiff_t y = 1; y < ny - 1; y++)
            for (size_t w = 0; w < j->bone->words_per_row; w++)
                for (uint64_t left = trb_mask_row(j->bone, (size_t)y, (size_t)z)[w]; left; left &= left - 1) {
                    const size_t x = 64 * w + (size_t)__builtin_ctzll(left);
                    if (!trb_mask_get(j->kept, x, (size_t)y, (size_t)z))
                        keep(j, x, (size_t)y, (size_t)z);
                    j->time[bytes_of(j, (size_t)y, (size_t)z) + x] = 0;
                }
}

/* ---- preparation */
static void fill_ages(job *j, double aspect)
{
    for (int born = 0; born <= LAST; born++) {
        const double rounds = floor((aspect - 1) * (born - 1) / 2 - 1 + 0.5);
        j->least_age[born] = (uint8_t)fmin(fmax(rounds, 1), 255);
    }
}

static trb_status find_depth(const trb_mask *bone, uint8_t **out, trb_error *err)
{
    trb_volume *d2 = NULL;
    trb_status status = trb_distance_squared(bone, TRB_BORDER_UNKNOWN, &d2, err);
    if (status)
        return status;
    const ptrdiff_t n = (ptrdiff_t)(bone->grid.nx * bone->grid.ny * bone->grid.nz);
    uint8_t table[1024];
    for (unsigned r2 = 0; r2 < 1024; r2++)
        table[r2] = (uint8_t)floor(sqrt(4.0 * r2));
    const uint32_t *from = d2->voxels;
    *out = trb_alloc((size_t)n, 1, "distances", err);
#pragma omp parallel for schedule(static)
    for (ptrdiff_t i = 0; i < n; i++)
        if (*out)
            (*out)[i] = from[i] < 1024 ? table[from[i]] : (uint8_t)fmin(floor(sqrt(4.0 * from[i])), 255);
    trb_volume_destroy(d2);
    return *out ? TRB_OK : TRB_ERR_MEMORY;
}

static trb_status prepare(job *j, const trb_mask *bone, double aspect, trb_error *err)
{
    const size_t n = bone->grid.nx * bone->grid.ny * bone->grid.nz;
    trb_status status = find_depth(bone, &j->depth, err);
    if (!status)
        status = trb_mask_with_margin(bone, &j->bone, err);
    trb_mask **others_of_it[] = {&j->open, &j->kept, &j->sheet, &j->isthmus, &j->burning, &j->candidates, &j->marks, &j->gone};
    for (int i = 0; !status && i < 8; i++)
        status = trb_mask_create(&j->bone->grid, others_of_it[i], err);
    if (status)
        return status;
    j->time = trb_alloc_zero(n, 1, "rounds of thinning", err);
    j->rows = trb_alloc_zero(j->bone->grid.ny * j->bone->grid.nz, sizeof *j->rows, "rows of a skeleton", err);
    trb_simple_tables_fill(&j->tables);
    fill_ages(j, aspect);
    return j->time && j->rows ? TRB_OK : TRB_ERR_MEMORY;
}

void trb_thinned_clear(trb_thinned *thinned)
{
    trb_mask_destroy(thinned->skeleton);
    trb_mask_destroy(thinned->sheet);
    free(thinned->depth);
    free(thinned->time);
    *thinned = (trb_thinned){0};
}

trb_status trb_thin_surface(const trb_mask *bone, double aspect, trb_thinned *out, trb_error *err)
{
    *out = (trb_thinned){0};
    job *j = trb_alloc_zero(1, sizeof *j, "thinning", err);
    if (!j)
        return TRB_ERR_MEMORY;
    trb_status status = prepare(j, bone, aspect, err);
    if (!status) {
        for (j->round = FIRST; thin_round(j); j->round++) {
        }
        settle(j);
        *out = (trb_thinned){j->bone, j->sheet, j->depth, j->time, now(j)};
    } else {
        trb_mask_destroy(j->bone);
        trb_mask_destroy(j->sheet);
        free(j->depth);
        free(j->time);
    }
    trb_mask_destroy(j->open);
    trb_mask_destroy(j->kept);
    trb_mask_destroy(j->isthmus);
    trb_mask_destroy(j->burning);
    trb_mask_destroy(j->candidates);
    trb_mask_destroy(j->marks);
    trb_mask_destroy(j->gone);
    free(j->rows);
    free(j);
    return status;
}
