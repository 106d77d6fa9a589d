/*
 * label_runs.c - connected parts by runs and union-find.
 *
 * 1. Count the runs of each row, make room, extract them (parallel over rows).
 * 2. Cut the rows, in z * ny + y order, into slabs. Each slab joins the runs of its own rows to those of the
 *    rows before them in the slab (parallel: a slab changes its own parents only).
 * 3. Join across the seams between slabs, one after the other.
 * 4. Number the parts.
 * Invariant: a parent is never larger than its child, so a root is the first run of its part; what the parts
 * are and how they are numbered therefore depends neither on the slabs nor on the order of joining.
 */
#include "prepare/label_runs.h"

#include "core/memory.h"

#include <omp.h>
#include <stdlib.h>

/* ---- runs of a row ---- */

static uint64_t row_word(const uint64_t *row, size_t w, size_t last, uint64_t tail, bool background)
{
    const uint64_t word = background ? ~row[w] : row[w];
    return w == last ? word & tail : word;
}

static uint64_t count_row(const uint64_t *row, size_t words, uint64_t tail, bool background)
{
    uint64_t count = 0, before = 0; /* before: was the voxel left of this word set? */
    for (size_t w = 0; w < words; w++) {
        const uint64_t word = row_word(row, w, words - 1, tail, background);
        count += (uint64_t)__builtin_popcountll(word & ~(word << 1 | before));
        before = word >> 63;
    }
    return count;
}

/* A run starts at a bit whose left neighbour is not set and ends after one whose right neighbour is not. */
static void extract_row(const uint64_t *row, size_t words, uint64_t tail, bool background, trb_run *run)
{
    trb_run *starting = run, *ending = run;
    uint64_t before = 0, word = row_word(row, 0, words - 1, tail, background);
    for (size_t w = 0; w < words; w++) {
        const uint64_t next = w + 1 < words ? row_word(row, w + 1, words - 1, tail, background) : 0;
        const uint32_t x = (uint32_t)(w * 64);
        for (uint64_t bits = word & ~(word << 1 | before); bits; bits &= bits - 1)
            (starting++)->start = (uint16_t)(x + (uint32_t)__builtin_ctzll(bits));
        for (uint64_t bits = word & ~(word >> 1 | next << 63); bits; bits &= bits - 1)
            (ending++)->end = (uint16_t)(x + (uint32_t)__builtin_ctzll(bits) + 1);
        before = word >> 63;
        word = next;
    }
}

/* ---- union-find ---- */

static uint32_t find_root(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]]; /* halve the path */
        i = parent[i];
    }
    return i;
}

static void join(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = find_root(parent, a);
    b = find_root(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

/* Join the runs of two rows that overlap, or come within `reach` voxels of it (1: corners touch). */
static void join_rows(const trb_runs *runs, size_t row, size_t other, uint64_t reach)
{
    uint64_t i = runs->first[row], j = runs->first[other];
    const uint64_t i_end = runs->first[row + 1], j_end = runs->first[other + 1];
    while (i < i_end && j < j_end) {
        const trb_run a = runs->run[i], b = runs->run[j];
        if (a.start < b.end + reach && b.start < a.end + reach)
            join(runs->part, (uint32_t)i, (uint32_t)j);
        if (a.end < b.end)
            i++;
        else
            j++;
    }
}

/* How far runs reach sideways for a neighbour row at (dy, dz); -1: such rows are no neighbours. */
static int reach_of(trb_connectivity connectivity, int dy, int dz)
{
    const int steps = (dy != 0) + (dz != 0); /* coordinates used up by the row step */
    const int allowed = connectivity == TRB_CONNECT_6 ? 1 : connectivity == TRB_CONNECT_18 ? 2 : 3;
    if (steps > allowed)
        return -1;
    return steps < allowed;
}

/* Join one row to its earlier neighbours with from <= row number < until. */
static void join_to_earlier(const trb_runs *runs, size_t ny, trb_connectivity connectivity, size_t row,
                            size_t from, size_t until)
{
    static const int step[4][2] = {{-1, 0}, {-1, -1}, {0, -1}, {1, -1}}; /* dy, dz */
    const size_t y = row % ny, z = row / ny;
    if (runs->first[row] == runs->first[row + 1])
        return;
    for (int k = 0; k < 4; k++) {
        const int reach = reach_of(connectivity, step[k][0], step[k][1]);
        if (reach < 0 || (step[k][0] < 0 && y == 0) || (step[k][0] > 0 && y + 1 == ny) ||
            (step[k][1] < 0 && z == 0))
            continue;
        const size_t other = (z - (step[k][1] < 0)) * ny + y + (size_t)step[k][0]; /* wraps back for -1 */
        if (other >= from && other < until)
            join_rows(runs, row, other, (uint64_t)reach);
    }
}

static void join_all(const trb_runs *runs, size_t ny, trb_connectivity connectivity)
{
    const size_t threads = (size_t)omp_get_max_threads();
    const size_t slabs = threads < runs->rows ? threads : runs->rows;
    const size_t each = (runs->rows + slabs - 1) / slabs;
#pragma omp parallel for schedule(static, 1)
    for (ptrdiff_t slab = 0; slab < (ptrdiff_t)slabs; slab++) {
        const size_t from = (size_t)slab * each;
        for (size_t row = from; row < from + each && row < runs->rows; row++)
            join_to_earlier(runs, ny, connectivity, row, from, runs->rows);
    }
    for (size_t from = each; from < runs->rows; from += each) /* seams: rows up to ny + 1 back reach over */
        for (size_t row = from; row < from + ny + 1 && row < runs->rows; row++)
            join_to_earlier(runs, ny, connectivity, row, 0, from);
}

/* Parents become part numbers. A parent comes before its child, so its number is already there. */
static uint64_t number_parts(uint32_t *part, uint64_t runs)
{
    uint32_t parts = 0;
    for (uint64_t i = 0; i < runs; i++)
        part[i] = part[i] == i ? parts++ : part[part[i]];
    return parts;
}

/* ---- all together ---- */

static trb_status count_runs(const trb_mask *mask, bool background, trb_runs *runs, trb_error *err)
{
    const uint64_t tail = trb_mask_tail(mask);
    runs->rows = mask->grid.ny * mask->grid.nz;
    runs->first = trb_alloc(runs->rows + 1, sizeof *runs->first, "finding connected parts", err);
    if (!runs->first)
        return TRB_ERR_MEMORY;
    const ptrdiff_t rows = (ptrdiff_t)runs->rows;
    runs->first[0] = 0;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t r = 0; r < rows; r++)
        runs->first[r + 1] =
            count_row(mask->bits + (size_t)r * mask->words_per_row, mask->words_per_row, tail, background);
    for (size_t r = 0; r < runs->rows; r++)
        runs->first[r + 1] += runs->first[r];
    return TRB_OK;
}

static trb_status extract_runs(const trb_mask *mask, bool background, trb_runs *runs, trb_error *err)
{
    const uint64_t tail = trb_mask_tail(mask), n = runs->first[runs->rows];
    const ptrdiff_t rows = (ptrdiff_t)runs->rows;
    runs->run = trb_alloc(n, sizeof *runs->run, "finding connected parts", err);
    runs->part = trb_alloc(n, sizeof *runs->part, "finding connected parts", err);
    if (!runs->run || !runs->part)
        return TRB_ERR_MEMORY;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t r = 0; r < rows; r++) {
        extract_row(mask->bits + (size_t)r * mask->words_per_row, mask->words_per_row, tail, background,
                    runs->run + runs->first[r]);
        for (uint64_t i = runs->first[r]; i < runs->first[r + 1]; i++)
            runs->part[i] = (uint32_t)i;
    }
    return TRB_OK;
}

void trb_runs_clear(trb_runs *runs)
{
    free(runs->first);
    free(runs->run);
    free(runs->part);
    *runs = (trb_runs){0, NULL, NULL, NULL, 0};
}

trb_status trb_runs_create(const trb_mask *mask, bool background, trb_connectivity connectivity, trb_runs *out,
                           trb_error *err)
{
    *out = (trb_runs){0, NULL, NULL, NULL, 0};
    if (connectivity != TRB_CONNECT_6 && connectivity != TRB_CONNECT_18 && connectivity != TRB_CONNECT_26)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "connectivity is 6, 18 or 26, not %d", (int)connectivity);
    if (mask->grid.nx > UINT16_MAX)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "rows of %zu voxels are too long for finding parts",
                             mask->grid.nx);
    trb_status status = count_runs(mask, background, out, err);
    if (!status && out->first[out->rows] > UINT32_MAX)
        status = trb_error_set(err, TRB_ERR_UNSUPPORTED, "the mask has too many pieces for finding parts: smooth it, or measure a part of it");
    if (!status)
        status = extract_runs(mask, background, out, err);
    if (status) {
        trb_runs_clear(out);
        return status;
    }
    join_all(out, mask->grid.ny, connectivity);
    out->parts = number_parts(out->part, out->first[out->rows]);
    return TRB_OK;
}
