/*
 * cortical_section.c - which pixels of a slice are outside, cortex, medulla or pore.
 * Runs along x, joined by union-find: holes are 4-connected (as the cortex is 8-connected), outlines 8-connected. The
 * largest hole of each outline is its medulla.
 *
 * A cortex that is not closed has its medulla outside: then the outline has a bay that is larger than any hole. Bays are
 * what the convex hull of the outline adds to it.
 */
#include "measure/cortical_section.h"

#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

#define MAJOR 0.05    /* outlines below this share of the area are specks */
#define BAY_LEAST 0.1 /* of the hull: sections of closed bones have bays up to about this */
#define NONE UINT32_MAX

trb_status trb_section_init(trb_section *section, const trb_grid *grid, trb_error *err)
{
    memset(section, 0, sizeof *section);
    section->nx = grid->nx;
    section->ny = grid->ny;
    if (grid->nx >= (1U << 31) || grid->ny >= (1U << 31))
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "slices of 2^31 pixels along an edge are too large");
    section->first = trb_alloc(grid->ny + 1, sizeof *section->first, "rows of a slice", err);
    return section->first ? TRB_OK : TRB_ERR_MEMORY;
}

void trb_section_clear(trb_section *section)
{
    free(section->first);
    free(section->run);
    free(section->area);
    free(section->best);
    memset(section, 0, sizeof *section);
}

/* One run more than are stored always fits: the outside is a node of its own behind the last. */
static bool grow(trb_section *s)
{
    const size_t room = s->room ? 2 * s->room : 4 * s->ny + 64;
    trb_section_run *run = realloc(s->run, room * sizeof *run);
    if (run)
        s->run = run;
    uint64_t *area = run ? realloc(s->area, room * sizeof *area) : NULL;
    if (area)
        s->area = area;
    uint32_t *best = area ? realloc(s->best, room * sizeof *best) : NULL;
    if (best)
        s->best = best;
    if (!best || room > NONE)
        return false;
    s->room = room;
    return true;
}

/* The first pixel from x on whose bit differs from `set`. */
static size_t run_end(const uint64_t *row, size_t x, size_t nx, bool set)
{
    size_t w = x >> 6;
    uint64_t word = (set ? ~row[w] : row[w]) & (~(uint64_t)0 << (x & 63));
    const size_t words = (nx + 63) / 64;
    while (word == 0 && ++w < words)
        word = set ? ~row[w] : row[w];
    const size_t end = word ? w * 64 + (size_t)__builtin_ctzll(word) : nx;
    return end < nx ? end : nx;
}

static bool split(trb_section *s, const trb_mask *mask, size_t z)
{
    s->n = 0;
    for (size_t y = 0; y < s->ny; y++) {
        const uint64_t *row = trb_mask_row(mask, y, z);
        s->first[y] = s->n;
        for (size_t x = 0; x < s->nx;) {
            if (s->n + 1 >= s->room && !grow(s))
                return false;
            const bool set = row[x >> 6] >> (x & 63) & 1U;
            const size_t end = run_end(row, x, s->nx, set);
            s->run[s->n] = (trb_section_run){.start = (uint32_t)x, .end = (uint32_t)end, .row = (uint32_t)y,
                                             .hole = (uint32_t)s->n, .outline = (uint32_t)s->n,
                                             .cell = set ? TRB_CELL_CORTEX : TRB_CELL_PORE};
            s->n++;
            x = end;
        }
    }
    s->first[s->ny] = s->n;
    s->run[s->n] = (trb_section_run){.hole = (uint32_t)s->n, .outline = (uint32_t)s->n};
    return true;
}

static uint32_t hole_root(const trb_section *s, uint32_t i)
{
    while (s->run[i].hole != i) {
        s->run[i].hole = s->run[s->run[i].hole].hole;
        i = s->run[i].hole;
    }
    return i;
}

static uint32_t outline_root(const trb_section *s, uint32_t i)
{
    while (s->run[i].outline != i) {
        s->run[i].outline = s->run[s->run[i].outline].outline;
        i = s->run[i].outline;
    }
    return i;
}

static void join_holes(trb_section *s, size_t i, size_t k)
{
    const uint32_t a = hole_root(s, (uint32_t)i), b = hole_root(s, (uint32_t)k);
    s->run[a < b ? a : b].hole = a < b ? b : a; /* towards the outside, which is the last */
}

static void join_outlines(trb_section *s, size_t i, size_t k)
{
    const uint32_t a = outline_root(s, (uint32_t)i), b = outline_root(s, (uint32_t)k);
    s->run[a < b ? b : a].outline = a < b ? a : b;
}

/* Calls join for every two runs of neighbouring rows that touch; reach 1: also by a corner. */
static void over_rows(trb_section *s, uint32_t reach, bool (*wanted)(const trb_section_run *),
                      void (*join)(trb_section *, size_t, size_t))
{
    for (size_t y = 1; y < s->ny; y++) {
        size_t i = s->first[y - 1];
        for (size_t k = s->first[y]; k < s->first[y + 1]; k++) {
            if (!wanted(&s->run[k]))
                continue;
            while (i < s->first[y] && s->run[i].end + reach <= s->run[k].start)
                i++;
            for (size_t j = i; j < s->first[y] && s->run[j].start < s->run[k].end + reach; j++)
                if (wanted(&s->run[j]))
                    join(s, j, k);
        }
    }
}

static bool is_rest(const trb_section_run *run)
{
    return run->cell != TRB_CELL_CORTEX;
}

static bool is_inside(const trb_section_run *run)
{
    return run->cell != TRB_CELL_OUTSIDE;
}

static void find_outside(trb_section *s)
{
    over_rows(s, 0, is_rest, join_holes);
    for (size_t i = 0; i < s->n; i++) {
        const trb_section_run *r = &s->run[i];
        if (r->start != 0 && r->end != s->nx && r->row != 0 && r->row != s->ny - 1)
            continue;
        if (is_rest(r))
            join_holes(s, i, s->n);
        else
            s->at_side = true;
    }
    for (size_t i = 0; i < s->n; i++)
        if (is_rest(&s->run[i]) && hole_root(s, (uint32_t)i) == s->n)
            s->run[i].cell = TRB_CELL_OUTSIDE;
}

static uint32_t width(const trb_section_run *run)
{
    return run->end - run->start;
}

static void choose_medullas(trb_section *s)
{
    memset(s->area, 0, s->n * sizeof *s->area);
    for (size_t i = 0; i < s->n; i++) {
        s->best[i] = NONE;
        if (s->run[i].cell == TRB_CELL_PORE)
            s->area[hole_root(s, (uint32_t)i)] += width(&s->run[i]);
    }
    for (size_t i = 0; i < s->n; i++) { /* of equal holes the first */
        if (s->run[i].cell != TRB_CELL_PORE)
            continue;
        const uint32_t hole = hole_root(s, (uint32_t)i);
        uint32_t *best = &s->best[outline_root(s, (uint32_t)i)];
        if (*best == NONE || s->area[hole] > s->area[*best])
            *best = hole;
    }
    for (size_t i = 0; i < s->n; i++) {
        trb_section_run *r = &s->run[i];
        if (r->cell == TRB_CELL_CORTEX)
            s->cortex += width(r);
        if (r->cell != TRB_CELL_PORE)
            continue;
        const uint32_t hole = hole_root(s, (uint32_t)i);
        if (hole == s->best[outline_root(s, (uint32_t)i)]) {
            s->medulla += width(r);
            continue;
        }
        s->pores += width(r);
        s->largest_pore = s->area[hole] > s->largest_pore ? s->area[hole] : s->largest_pore;
    }
    for (size_t i = 0; i < s->n; i++) /* last: the roots of holes keep their cell until here */
        if (s->run[i].cell == TRB_CELL_PORE && hole_root(s, (uint32_t)i) == s->best[outline_root(s, (uint32_t)i)])
            s->run[i].cell = TRB_CELL_MEDULLA;
}

/* ---- is it closed */
typedef struct corner {
    double x, y;
} corner;

static double turn(corner a, corner b, corner c)
{
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/* A chain of ascending y that bulges to lower x (side 1) or higher x (-1): corners inside it go. */
static void extend_chain(corner *chain, size_t *n, corner c, int side)
{
    while (*n >= 2 && turn(chain[*n - 2], chain[*n - 1], c) * side >= 0)
        --*n;
    chain[(*n)++] = c;
}

/* Area between a chain and the y axis. */
static double chain_area(const corner *chain, size_t n)
{
    double area = 0;
    for (size_t i = 1; i < n; i++)
        area += (chain[i].x + chain[i - 1].x) / 2 * (chain[i].y - chain[i - 1].y);
    return area;
}

/* Of the pixel centres of one outline: by Pick's theorem never above its pixels when these are a convex shape, however
 * coarse. scratch: 2 ny corners. */
static double hull_area(const trb_section *s, uint32_t outline, corner *scratch)
{
    corner *left = scratch, *right = scratch + s->ny;
    size_t n_left = 0, n_right = 0;
    for (size_t y = 0; y < s->ny; y++) {
        uint32_t low = NONE, high = 0;
        for (size_t i = s->first[y]; i < s->first[y + 1]; i++) {
            const trb_section_run *r = &s->run[i];
            if (!is_inside(r) || outline_root(s, (uint32_t)i) != outline)
                continue;
            low = r->start < low ? r->start : low;
            high = r->end;
        }
        if (low == NONE)
            continue;
        extend_chain(left, &n_left, (corner){low, (double)y}, 1);
        extend_chain(right, &n_right, (corner){high - 1.0, (double)y}, -1);
    }
    return chain_area(right, n_right) - chain_area(left, n_left);
}

static bool judge_outlines(trb_section *s)
{
    const double all = (double)(s->cortex + s->medulla + s->pores);
    corner *scratch = malloc(2 * s->ny * sizeof *scratch);
    if (!scratch)
        return false;
    for (size_t i = 0; i < s->n; i++)
        if (is_inside(&s->run[i]))
            s->area[outline_root(s, (uint32_t)i)] += width(&s->run[i]); /* roots of outlines are cortex: holes keep theirs */
    for (size_t i = 0; i < s->n; i++) {
        if (!is_inside(&s->run[i]) || s->run[i].outline != i || (double)s->area[i] < MAJOR * all)
            continue;
        s->outlines++;
        const double hull = hull_area(s, (uint32_t)i, scratch), bay = hull - (double)s->area[i];
        const double hole = s->best[i] == NONE ? 0 : (double)s->area[s->best[i]];
        if (bay > hole && bay > BAY_LEAST * hull)
            s->closed = false;
    }
    free(scratch);
    return true;
}

bool trb_section_read(trb_section *s, const trb_mask *mask, size_t z)
{
    s->cortex = s->medulla = s->pores = s->largest_pore = 0;
    s->outlines = 0;
    s->closed = true;
    s->at_side = false;
    if (!split(s, mask, z))
        return false;
    find_outside(s);
    for (size_t y = 0; y < s->ny; y++)
        for (size_t i = s->first[y]; i + 1 < s->first[y + 1]; i++)
            if (is_inside(&s->run[i]) && is_inside(&s->run[i + 1]))
                join_outlines(s, i, i + 1);
    over_rows(s, 1, is_inside, join_outlines);
    choose_medullas(s);
    return judge_outlines(s);
}

void trb_section_paint(const trb_section *s, unsigned which, uint64_t *bits, size_t mask_words)
{
    memset(bits, 0, s->ny * mask_words * sizeof *bits);
    for (size_t i = 0; i < s->n; i++) {
        const trb_section_run *r = &s->run[i];
        if (!(which >> r->cell & 1U))
            continue;
        uint64_t *row = bits + r->row * mask_words;
        for (size_t x = r->start; x < r->end;) {
            const size_t in_word = 64 - (x & 63), n = in_word < r->end - x ? in_word : r->end - x;
            row[x >> 6] |= (n == 64 ? ~(uint64_t)0 : (((uint64_t)1 << n) - 1)) << (x & 63);
            x += n;
        }
    }
}
