/*
 * ipl_pass.c - the passes of the sweep, on several threads, with the bits of the one-thread sweep.
 *
 * A slice depends on what it was before the pass and on the finished slice behind it, on nothing else. So a pass
 * may be cut into chunks of slices that are swept at the same time, each as if nothing lay behind its first slice.
 * That is a guess. It is then made true: the first slices of a chunk are swept again, from their old state and with
 * the real slice behind, until one comes out exactly as the guess has it. From there on the guess is what the
 * one-thread sweep would have computed, since all that the next slice depends on is the same. In bone this takes
 * 10 slices, in its marrow 20. The old state is kept for the slices of the second pass that may be needed (before
 * the first pass it is 0). Should a chunk not settle within them (wide empty spaces), everything is swept again on
 * one thread: slower, never different.
 */
#include "measure/ipl_pass.h"

#include "core/memory.h"
#include "measure/ipl_sweep.h"

#include <stdlib.h>
#include <string.h>

#include "trabecula/version.h"

#define SETTLE_MAX 64              /* slices that a chunk may take to settle */
#define CHUNK_MIN (SETTLE_MAX + 8) /* so that the last slice of a chunk is never swept again */

/* A pass cut into chunks: chunk k holds the slices at places k * n / chunks <= i < (k + 1) * n / chunks along
 * the direction of the pass. */
typedef struct plan {
    ipl_field *field;
    size_t from, to;       /* the slices of the pass */
    size_t chunks, settle; /* settle: slices swept again at most */
    ipl_sweeper *sweepers; /* one a chunk */
    int16_t *kept;         /* three components of `settle` slices a chunk, as they were before the pass; or NULL */
    int16_t *guess;        /* three components of one slice a chunk */
} plan;

static size_t chunk_start(const plan *p, size_t k)
{
    return k * (p->to - p->from) / p->chunks;
}

static size_t slice_at(const plan *p, size_t place, int dz)
{
    return dz > 0 ? p->from + place : p->to - 1 - place;
}

static size_t first_value(const ipl_field *field, size_t z)
{
    return (z - field->first_z) * field->plane;
}

static void copy_out(const ipl_field *field, size_t z, int16_t *to)
{
    const size_t n = field->plane, at = first_value(field, z), bytes = n * sizeof *to;
    memcpy(to, field->x + at, bytes);
    memcpy(to + n, field->y + at, bytes);
    memcpy(to + 2 * n, field->z + at, bytes);
}

/* from: NULL for vectors 0. */
static void copy_in(const ipl_field *field, size_t z, const int16_t *from)
{
    int16_t *const to[3] = {field->x, field->y, field->z};
    for (size_t i = 0; i < 3; i++) {
        if (from)
            memcpy(to[i] + first_value(field, z), from + i * field->plane, field->plane * sizeof *from);
        else
            memset(to[i] + first_value(field, z), 0, field->plane * sizeof **to);
    }
}

static bool same(const ipl_field *field, size_t z, const int16_t *slice)
{
    const size_t n = field->plane, at = first_value(field, z), bytes = n * sizeof *slice;
    return !memcmp(field->x + at, slice, bytes) && !memcmp(field->y + at, slice + n, bytes) &&
           !memcmp(field->z + at, slice + 2 * n, bytes);
}

static int16_t *kept_slice(const plan *p, size_t k, size_t i)
{
    return p->kept ? p->kept + (k * p->settle + i) * 3 * p->field->plane : NULL;
}

/* What lies behind the first chunk is in the field already, unless the image ends there. */
static void start_first(const plan *p, ipl_sweeper *sweeper, int dz)
{
    if (dz > 0 && p->from > 0)
        ipl_sweeper_start_behind(sweeper, p->from - 1);
    else if (dz < 0 && p->to < p->field->grid.nz)
        ipl_sweeper_start_behind(sweeper, p->to);
    else
        ipl_sweeper_start(sweeper);
}

static void sweep_chunk(const plan *p, size_t k, int dz)
{
    if (k == 0)
        start_first(p, &p->sweepers[k], dz);
    else
        ipl_sweeper_start(&p->sweepers[k]);
    const size_t start = chunk_start(p, k), end = chunk_start(p, k + 1);
    for (size_t i = start; i < end; i++) {
        const size_t z = slice_at(p, i, dz);
        if (p->kept && k > 0 && i - start < p->settle)
            copy_out(p->field, z, kept_slice(p, k, i - start));
        ipl_sweeper_slice(&p->sweepers[k], z, dz);
    }
}

/* Make the guess of chunk k true; returns how many slices that took, or settle + 1 when they were not enough. */
static size_t settle_chunk(const plan *p, size_t k, int dz)
{
    const size_t start = chunk_start(p, k);
    int16_t *guess = p->guess + k * 3 * p->field->plane;
    ipl_sweeper_start_behind(&p->sweepers[k], slice_at(p, start - 1, dz));
    for (size_t i = 0; i < p->settle; i++) {
        const size_t z = slice_at(p, start + i, dz);
        copy_out(p->field, z, guess);
        copy_in(p->field, z, kept_slice(p, k, i));
        ipl_sweeper_slice(&p->sweepers[k], z, dz);
        if (same(p->field, z, guess))
            return i + 1;
    }
    return p->settle + 1;
}

/* Returns the slices that the slowest chunk took to settle. */
static size_t pass(const plan *p, int dz)
{
    const ptrdiff_t chunks = (ptrdiff_t)p->chunks;
    size_t slowest = 0;
#pragma omp parallel for schedule(dynamic, 1) if (ipl_worth_threads(&p->field->grid))
    for (ptrdiff_t k = 0; k < chunks; k++)
        sweep_chunk(p, (size_t)k, dz);
#pragma omp parallel for schedule(dynamic, 1) reduction(max : slowest) if (ipl_worth_threads(&p->field->grid))
    for (ptrdiff_t k = 1; k < chunks; k++) {
        const size_t took = settle_chunk(p, (size_t)k, dz);
        slowest = took > slowest ? took : slowest;
    }
    return slowest;
}

/* All vectors of the pass 0, on all threads: new memory is slow to touch. */
static void zero(const plan *p)
{
#pragma omp parallel for schedule(static) if (ipl_worth_threads(&p->field->grid))
    for (ptrdiff_t z = (ptrdiff_t)p->from; z < (ptrdiff_t)p->to; z++)
        copy_in(p->field, (size_t)z, NULL);
}

/* The passes; false when a chunk did not settle, or there is no memory for what must be kept. */
static bool sweep_in_chunks(plan *p, bool both)
{
    const size_t slice = 3 * p->field->plane;
    p->settle = SETTLE_MAX;
    const size_t took = pass(p, 1);
    if (took > p->settle)
        return false;
    if (!both)
        return true;
    if (p->chunks > 1) {
        p->settle = 2 * took + 8 < SETTLE_MAX ? 2 * took + 8 : SETTLE_MAX;
        p->kept = trb_alloc(p->chunks * p->settle, slice * sizeof *p->kept, "slices before the second pass", NULL);
        if (!p->kept)
            return false;
    }
    return pass(p, -1) <= p->settle;
}

static trb_status plan_init(ipl_field *field, const trb_mask *object, size_t from, size_t to, plan *p, trb_error *err)
{
    const size_t most = (to - from) / CHUNK_MIN, threads = (size_t)trb_threads();
    *p = (plan){.field = field, .from = from, .to = to, .chunks = most < threads ? most : threads};
    p->chunks = p->chunks > 1 ? p->chunks : 1;
    p->sweepers = trb_alloc_zero(p->chunks, sizeof *p->sweepers, "sweepers", err);
    p->guess = trb_alloc(p->chunks, 3 * field->plane * sizeof *p->guess, "slices", err);
    if (!p->sweepers || !p->guess)
        return TRB_ERR_MEMORY;
    trb_status status = TRB_OK;
    for (size_t k = 0; k < p->chunks && !status; k++)
        status = ipl_sweeper_init(field, object, &p->sweepers[k], err);
    return status;
}

static void plan_clear(plan *p)
{
    for (size_t k = 0; p->sweepers && k < p->chunks; k++)
        ipl_sweeper_clear(&p->sweepers[k]);
    free(p->sweepers);
    free(p->guess);
    free(p->kept);
}

static trb_status sweep(ipl_field *field, const trb_mask *object, size_t from, size_t to, bool both, trb_error *err)
{
    plan p;
    trb_status status = plan_init(field, object, from, to, &p, err);
    if (!status) {
        zero(&p);
        if (!sweep_in_chunks(&p, both)) {
            const size_t chunks = p.chunks;
            zero(&p);
            free(p.kept);
            p.kept = NULL;
            p.chunks = 1;
            pass(&p, 1);
            if (both)
                pass(&p, -1);
            p.chunks = chunks;
        }
    }
    plan_clear(&p);
    return status;
}

trb_status ipl_pass_up(ipl_field *field, const trb_mask *object, size_t from, size_t to, trb_error *err)
{
    return sweep(field, object, from, to, false, err);
}

trb_status ipl_pass_both(ipl_field *field, const trb_mask *object, size_t from, size_t to, trb_error *err)
{
    return sweep(field, object, from, to, true, err);
}
