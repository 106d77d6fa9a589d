/*
 * crescent.c - what a ball holds beyond the ball of a larger neighbour.
 *
 * The list of r2 + 1 is the list of r2 merged with the points at |n|^2 = r2, because the order of two points,
 * by |n - v|^2, does not depend on the ball. Both are sorted already, so a list costs its own length. Cutting
 * at a limit commutes with merging: the first points of the union are among the first of the parts.
 */
#include "measure/crescent.h"

#include "core/memory.h"
#include "measure/thickness_paint.h"

#include <stdlib.h>

typedef struct point {
    int8_t n[3];
    uint32_t key; /* |n - v|^2 */
} point;

/* Points a >= b >= c >= 0 of each shell |n|^2 = s: triple[first[s]] .. triple[first[s + 1]]. */
typedef struct wedge {
    uint32_t *first;
    int8_t (*triple)[3];
} wedge;

static uint32_t list_limit(uint32_t r2)
{
    return r2 <= 2500 ? TRB_CRESCENT_MOST : r2 <= 6400 ? TRB_CRESCENT_MOST / 2 : TRB_CRESCENT_MOST / 4;
}

static trb_status wedge_create(uint32_t n, wedge *w, trb_error *err)
{
    w->triple = NULL;
    w->first = trb_alloc_zero((size_t)n + 2, sizeof *w->first, "lattice points", err);
    if (!w->first)
        return TRB_ERR_MEMORY;
    for (int fill = 0; fill < 2; fill++) { /* count, then place */
        for (uint32_t a = 0; a * a < n; a++)
            for (uint32_t b = 0; b <= a && a * a + b * b < n; b++)
                for (uint32_t c = 0; c <= b && a * a + b * b + c * c < n; c++) {
                    const uint32_t s = a * a + b * b + c * c;
                    if (fill) {
                        int8_t *to = w->triple[w->first[s]];
                        to[0] = (int8_t)a, to[1] = (int8_t)b, to[2] = (int8_t)c;
                    }
                    w->first[fill ? s : s + 1]++;
                }
        if (fill)
            break;
        for (uint32_t s = 0; s < n; s++)
            w->first[s + 1] += w->first[s];
        w->triple = trb_alloc((size_t)w->first[n] + 1, sizeof *w->triple, "lattice points", err);
        if (!w->triple)
            return TRB_ERR_MEMORY;
    }
    for (uint32_t s = n; s > 0; s--) /* placing moved every start to its end */
        w->first[s] = w->first[s - 1];
    w->first[0] = 0;
    return TRB_OK;
}

/* n.v of a point for neighbour type t. */
static int dot(const int8_t n[3], int t)
{
    return n[0] + (t > 0 ? n[1] : 0) + (t > 1 ? n[2] : 0);
}

/* Sort the points of one shell by descending key, that is ascending n.v: few values, so by counting. */
static void sort_shell(const point *from, size_t count, int t, point *to)
{
    uint32_t start[6 * 128 + 2] = {0};
    for (size_t i = 0; i < count; i++)
        start[dot(from[i].n, t) + 3 * 128 + 1]++;
    for (int d = 0; d < 6 * 128; d++)
        start[d + 1] += start[d];
    for (size_t i = 0; i < count; i++)
        to[start[dot(from[i].n, t) + 3 * 128]++] = from[i];
}

/* The points of shell s with a key above `least`, sorted by key; work has room for as many. */
static size_t expand_shell(const wedge *w, uint32_t s, int t, uint32_t least, point *work, point *out)
{
    static const int ORDER[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    size_t count = 0;
    for (uint32_t i = w->first[s]; i < w->first[s + 1]; i++) {
        const int8_t *triple = w->triple[i];
        if (s + (uint32_t)t + 1 + 2 * (uint32_t)dot(triple, t) <= least)
            continue; /* not even its farthest image */
        for (int o = 0; o < 6; o++) {
            const int8_t n[3] = {triple[ORDER[o][0]], triple[ORDER[o][1]], triple[ORDER[o][2]]};
            const int equal01 = triple[0] == triple[1], equal12 = triple[1] == triple[2];
            /* of equal coordinates only one order counts */
            if ((equal01 && equal12 && o) || (equal01 && !equal12 && o != 0 && o != 1 && o != 4) ||
                (!equal01 && equal12 && o != 0 && o != 2 && o != 3))
                continue;
            for (int signs = 0; signs < 8; signs++) {
                if ((signs & 1 && !n[0]) || (signs & 2 && !n[1]) || (signs & 4 && !n[2]))
                    continue;
                point p = {{(int8_t)(signs & 1 ? -n[0] : n[0]), (int8_t)(signs & 2 ? -n[1] : n[1]),
                            (int8_t)(signs & 4 ? -n[2] : n[2])}, 0};
                p.key = (uint32_t)((int)s + t + 1 - 2 * dot(p.n, t));
                if (p.key > least)
                    work[count++] = p;
            }
        }
    }
    sort_shell(work, count, t, out);
    return count;
}

static size_t merge(const point *a, size_t na, const point *b, size_t nb, point *out, size_t most)
{
    size_t i = 0, j = 0, n = 0;
    while (n < most && (i < na || j < nb))
        out[n++] = j == nb || (i < na && a[i].key >= b[j].key) ? a[i++] : b[j++];
    return n;
}

/* The lists of one neighbour type; its points go to `at` and on, its lengths to `at_length` and on. */
static void build_type(trb_crescents *tables, const wedge *w, int t, point *work, size_t widest, size_t at,
                       size_t at_length)
{
    point *list = work, *next = work + TRB_CRESCENT_MOST, *shell = next + TRB_CRESCENT_MOST;
    size_t n = 0;
    for (uint32_t r2 = 1; r2 <= tables->largest; r2++) {
        const size_t most = list_limit(r2);
        const uint32_t least = n >= most ? list[most - 1].key : 0; /* of a full list: no other gets in */
        const size_t fresh = expand_shell(w, r2 - 1, t, least, shell + widest, shell);
        const size_t merged = merge(list, n, shell, fresh, next, most);
        point *swap = list;
        list = next, next = swap, n = merged;
        tables->start[t][r2] = (uint32_t)at;
        for (size_t i = 0; i < n + TRB_CRESCENT_SLACK; i++)
            for (int axis = 0; axis < 3; axis++)
                tables->point[axis][at + i] = list[i < n ? i : n - 1].n[axis];
        at += n + TRB_CRESCENT_SLACK;

        const uint32_t full = tables->gain[t][r2];
        tables->lengths[t][r2] = (uint32_t)at_length;
        size_t prefix = 0;
        for (uint32_t gain = full; gain-- > 0;) {
            while (prefix < n && list[prefix].key >= r2 + gain) /* not inside: |n - v|^2 < r2 + gain */
                prefix++;
            tables->length[at_length + gain] = (uint16_t)(prefix == most ? TRB_CRESCENT_WHOLE : prefix);
        }
        at_length += full;
    }
}

trb_status trb_crescents_create(uint32_t largest, trb_crescents *tables, trb_error *err)
{
    *tables = (trb_crescents){.largest = largest < TRB_CRESCENT_LARGEST ? largest : TRB_CRESCENT_LARGEST};
    const uint32_t n = tables->largest;
    size_t points = 0, lengths[4] = {0}, widest = 0;
    wedge w = {NULL, NULL};
    uint32_t *index = NULL;
    point *work = NULL;
    trb_status status = trb_containment_create(n, tables->gain, err);
    if (!status)
        status = wedge_create(n, &w, err);
    if (status)
        goto done;
    for (uint32_t r2 = 1; r2 <= n; r2++)
        points += list_limit(r2) + TRB_CRESCENT_SLACK;
    for (int t = 0; t < 3; t++) {
        lengths[t + 1] = lengths[t];
        for (uint32_t r2 = 1; r2 <= n; r2++)
            lengths[t + 1] += tables->gain[t][r2];
    }
    for (uint32_t s = 0; s < n; s++)
        widest = w.first[s + 1] - w.first[s] > widest ? w.first[s + 1] - w.first[s] : widest;
    widest *= 48; /* points in the fullest shell */
    const size_t room = 2 * TRB_CRESCENT_MOST + 2 * widest;

    status = TRB_ERR_MEMORY;
    if (!(index = trb_alloc_zero(6 * ((size_t)n + 1), sizeof *index, "the crescent tables", err)))
        goto done;
    for (int t = 0; t < 3; t++) {
        tables->start[t] = index + (size_t)t * (n + 1);
        tables->lengths[t] = index + (size_t)(t + 3) * (n + 1);
        if (!(tables->point[t] = trb_alloc(3 * points, 1, "the crescent tables", err)))
            goto done;
    }
    if (!(tables->length = trb_alloc(lengths[3], sizeof *tables->length, "the crescent tables", err)) ||
        !(work = trb_alloc(3 * room, sizeof *work, "the crescent tables", err)))
        goto done;
#pragma omp parallel for schedule(static, 1)
    for (int t = 0; t < 3; t++)
        build_type(tables, &w, t, work + (size_t)t * room, widest, (size_t)t * points, lengths[t]);
    status = TRB_OK;
done:
    free(w.first);
    free(w.triple);
    free(work);
    if (status)
        trb_crescents_clear(tables);
    return status;
}

void trb_crescents_clear(trb_crescents *tables)
{
    free(tables->start[0]);
    free(tables->gain[0]);
    free(tables->length);
    for (int axis = 0; axis < 3; axis++)
        free(tables->point[axis]);
    *tables = (trb_crescents){0};
}
