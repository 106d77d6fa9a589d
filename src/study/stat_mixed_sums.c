/* stat_mixed_sums.c - products within and between animals. */
#include "study/stat_mixed_parts.h"

#include "core/memory.h"
#include "study/design_rows.h"

#include <stdlib.h>
#include <string.h>

static size_t end_of_animal(const trb_mixed_row *rows, size_t n, size_t from)
{
    size_t to = from;
    while (to < n && rows[to].animal == rows[from].animal)
        to++;
    return to;
}

/* sizes[d]: ascending, each once; counts how many animals have it. */
static size_t list_sizes(const trb_mixed_row *rows, size_t n, double *size, double *animals)
{
    size_t n_sizes = 0;
    for (size_t from = 0, to; from < n; from = to) {
        to = end_of_animal(rows, n, from);
        const double scans = (double)(to - from);
        size_t d = 0;
        while (d < n_sizes && size[d] < scans)
            d++;
        if (d == n_sizes || size[d] > scans) {
            memmove(size + d + 1, size + d, (n_sizes - d) * sizeof *size);
            memmove(animals + d + 1, animals + d, (n_sizes - d) * sizeof *animals);
            size[d] = scans;
            animals[d] = 0;
            n_sizes++;
        }
        animals[d] += 1;
    }
    return n_sizes;
}

static void cell_means(trb_mixed_sums *s, const trb_mixed_row *rows, double *count, double *rest)
{
    memset(count, 0, s->p * sizeof *count);
    memset(rest, 0, s->p * sizeof *rest);
    for (size_t i = 0; i < s->n; i++) {
        count[rows[i].cell] += 1;
        s->cell_mean[rows[i].cell] += rows[i].y;
        s->y_squares += rows[i].y * rows[i].y;
    }
    for (size_t c = 0; c < s->p; c++)
        s->cell_mean[c] /= count[c];
    for (size_t i = 0; i < s->n; i++)
        rest[rows[i].cell] += rows[i].y - s->cell_mean[rows[i].cell];
    for (size_t c = 0; c < s->p; c++)
        s->cell_mean[c] += rest[c] / count[c];
}

/* One animal: sums over its scans in `sum`, deviations of y added to W as they are, so that nothing cancels.
 * */
static void add_animal(trb_mixed_sums *s, const trb_mixed_row *rows, size_t scans, double *sum,
                       double *between)
{
    const size_t p = s->p, wide = p + 1;
    const double n = (double)scans;
    memset(sum, 0, wide * sizeof *sum);
    for (size_t i = 0; i < scans; i++) {
        sum[rows[i].cell] += 1;
        sum[p] += rows[i].y - s->cell_mean[rows[i].cell];
    }
    for (size_t i = 0; i < scans; i++) {
        const size_t cell = rows[i].cell;
        const double off = rows[i].y - s->cell_mean[cell] - sum[p] / n;
        s->within[cell * wide + cell] += 1;
        s->within[cell * wide + p] += off;
        s->within[p * wide + cell] += off;
        s->within[p * wide + p] += off * off;
    }
    for (size_t a = 0; a < wide; a++)
        for (size_t b = 0; b < wide && sum[a] != 0; b++) {
            const double product = sum[a] * sum[b] / n;
            between[a * wide + b] += product;
            if (a < p && b < p)
                s->within[a * wide + b] -= product;
        }
}

static trb_status reserve(trb_mixed_sums *s, size_t n, trb_error *err)
{
    const size_t wide = s->p + 1;
    s->size = trb_alloc(n + 1, sizeof *s->size, "mixed model", err);
    s->animals = trb_alloc(n + 1, sizeof *s->animals, "mixed model", err);
    s->weight = trb_alloc(n + 1, sizeof *s->weight, "mixed model", err);
    s->within = trb_alloc_zero(wide, wide * sizeof *s->within, "mixed model", err);
    s->cell_mean = trb_alloc_zero(wide, sizeof *s->cell_mean, "mixed model", err);
    s->augmented = trb_alloc_zero(wide, wide * sizeof *s->augmented, "mixed model", err);
    s->cells = trb_alloc_zero(wide, wide * sizeof *s->cells, "mixed model", err);
    s->inverse = trb_alloc_zero(wide, wide * sizeof *s->inverse, "mixed model", err);
    s->beta = trb_alloc_zero(wide, sizeof *s->beta, "mixed model", err);
    return s->size && s->animals && s->weight && s->within && s->cell_mean && s->augmented && s->cells &&
                   s->inverse && s->beta
               ? TRB_OK
               : TRB_ERR_MEMORY;
}

trb_status trb_mixed_sums_init(trb_mixed_sums *s, const trb_mixed_row *rows, size_t n, size_t n_cells,
                               trb_error *err)
{
    memset(s, 0, sizeof *s);
    s->n = n;
    s->p = n_cells;
    trb_status status = reserve(s, n, err);
    if (status)
        return status;
    const size_t wide = n_cells + 1;
    s->n_sizes = list_sizes(rows, n, s->size, s->animals);
    s->between = trb_alloc_zero(s->n_sizes + 1, wide * wide * sizeof *s->between, "mixed model", err);
    if (!s->between)
        return TRB_ERR_MEMORY;
    cell_means(s, rows, s->beta, s->augmented);
    for (size_t from = 0, to; from < n; from = to) {
        to = end_of_animal(rows, n, from);
        size_t d = 0;
        while (s->size[d] < (double)(to - from))
            d++;
        add_animal(s, rows + from, to - from, s->beta, s->between + d * wide * wide);
    }
    return TRB_OK;
}

void trb_mixed_sums_clear(trb_mixed_sums *s)
{
    free(s->size);
    free(s->animals);
    free(s->weight);
    free(s->within);
    free(s->between);
    free(s->cell_mean);
    free(s->augmented);
    free(s->cells);
    free(s->inverse);
    free(s->beta);
    memset(s, 0, sizeof *s);
}
