/* rods_shape.c - see rods_shape.h. */
#include "prepare/rods_shape.h"

#include "core/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define ROUND 0.985
#define PI 3.14159265358979323846
enum { LEAST_AREA = 24, MOST_A_LEVEL = 128, SAME_WITHIN_LEVELS = 3 };

typedef struct level_rounds {
    size_t n;
    trb_round round[MOST_A_LEVEL];
} level_rounds;

/* Sums over one part, positions from its first pixel so that nothing cancels. */
typedef struct part {
    size_t n;
    double x0, y0, sx, sy, sxx, syy;
} part;

static void part_add(part *p, size_t x, size_t y)
{
    const double dx = (double)x - p->x0, dy = (double)y - p->y0;
    p->n++;
    p->sx += dx;
    p->sy += dy;
    p->sxx += dx * dx;
    p->syy += dy * dy;
}

static void part_end(const part *p, level_rounds *out)
{
    const double n = (double)p->n;
    if (p->n < LEAST_AREA || out->n == MOST_A_LEVEL)
        return;
    const double mx = p->sx / n, my = p->sy / n;
    /* 1/12 an axis: a pixel is a square, not a point. */
    const double moments = p->sxx / n - mx * mx + p->syy / n - my * my + 2.0 / 12;
    if (n / (2 * PI * moments) < ROUND)
        return;
    out->round[out->n++] =
        (trb_round){.x = p->x0 + mx, .y = p->y0 + my, .radius = sqrt(n / PI), .area = n, .levels = 1};
}

/* One cut: every part, by a flood with a stack of its own. */
static void cut(const double *plane, size_t nx, size_t ny, double level, double sign, uint8_t *seen,
                uint32_t *stack, level_rounds *out)
{
    const size_t n = nx * ny;
    for (size_t i = 0; i < n; i++)
        seen[i] = !(sign * plane[i] > sign * level);
    for (size_t start = 0; start < n; start++) {
        if (seen[start])
            continue;
        size_t depth = 0;
        part p = {.x0 = (double)(start % nx), .y0 = (double)(start / nx)};
        seen[start] = 1;
        stack[depth++] = (uint32_t)start;
        while (depth) {
            const size_t i = stack[--depth], x = i % nx, y = i / nx;
            part_add(&p, x, y);
            const size_t next[4] = {i - 1, i + 1, i - nx, i + nx};
            const int inside[4] = {x > 0, x + 1 < nx, y > 0, y + 1 < ny};
            for (int k = 0; k < 4; k++)
                if (inside[k] && !seen[next[k]]) {
                    seen[next[k]] = 1;
                    stack[depth++] = (uint32_t)next[k];
                }
        }
        part_end(&p, out);
    }
}

/* The same part at another level? */
static int same(const trb_round *a, const trb_round *b)
{
    return hypot(a->x - b->x, a->y - b->y) < 0.2 * a->radius + 0.5 && b->area < 1.4 * a->area &&
           a->area < 1.4 * b->area;
}

/* A part through the levels: seen[0] to seen[n - 1], the last at level `last`. */
typedef struct track {
    size_t n, last;
    trb_round seen[TRB_LEVELS];
} track;

/* Join the levels in their order, so that threads change nothing. Walls are blurred, so a part shrinks from level to
 * level; it is compared with what it was just before. */
static size_t join(const level_rounds *levels, track *tracks)
{
    size_t n = 0;
    for (size_t l = 0; l < TRB_LEVELS; l++)
        for (size_t i = 0; i < levels[l].n; i++) {
            const trb_round *r = &levels[l].round[i];
            size_t t = 0;
            while (t < n && !(tracks[t].last < l && tracks[t].last + SAME_WITHIN_LEVELS >= l && same(&tracks[t].seen[tracks[t].n - 1], r)))
                t++;
            if (t == TRB_ROUNDS_MOST)
                continue;
            if (t == n)
                tracks[n++].n = 0;
            tracks[t].seen[tracks[t].n++] = *r;
            tracks[t].last = l;
        }
    return n;
}

/* The circle of the middle level: half-way between the surroundings and the rod, where a blurred wall really is. */
static void settle(const track *tracks, size_t n, trb_rounds *out)
{
    for (size_t t = 0; t < n; t++)
        if (tracks[t].n > 1) {
            trb_round *r = &out->round[out->n++];
            *r = tracks[t].seen[tracks[t].n / 2];
            r->levels = tracks[t].n;
        }
}

trb_status trb_find_rounds(const double *plane, size_t nx, size_t ny, int darker, trb_rounds *out,
                           trb_error *err)
{
    const double sign = darker ? -1 : 1;
    double lowest = plane[0], highest = plane[0];
    out->n = 0;
    if (nx * ny > UINT32_MAX)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "planes of %zu x %zu are too large to look for rods",
                             nx, ny);
    for (size_t i = 1; i < nx * ny; i++) {
        lowest = fmin(lowest, plane[i]);
        highest = fmax(highest, plane[i]);
    }
    level_rounds *levels = trb_alloc_zero(TRB_LEVELS, sizeof *levels, "the search for rods", err);
    track *tracks = trb_alloc(TRB_ROUNDS_MOST, sizeof *tracks, "the search for rods", err);
    if (!levels || !tracks) {
        free(levels);
        free(tracks);
        return TRB_ERR_MEMORY;
    }
    bool failed = false;
#pragma omp parallel for schedule(dynamic)
    for (size_t l = 0; l < TRB_LEVELS; l++) {
        uint8_t *seen = malloc(nx * ny);
        uint32_t *stack = malloc(nx * ny * sizeof *stack);
        const double share = ((double)l + 0.5) / TRB_LEVELS;
        if (seen && stack)
            cut(plane, nx, ny,
                darker ? highest - share * (highest - lowest) : lowest + share * (highest - lowest), sign,
                seen, stack, &levels[l]);
        else {
#pragma omp atomic write
            failed = true;
        }
        free(seen);
        free(stack);
    }
    if (!failed)
        settle(tracks, join(levels, tracks), out);
    free(levels);
    free(tracks);
    return failed ? trb_error_set(err, TRB_ERR_MEMORY, "the search for rods: out of memory") : TRB_OK;
}
