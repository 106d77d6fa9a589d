/* cli_suggest.c - the nearest name to a mistyped one. */
#include "cli.h"

#include <string.h>

#define LONGEST 63

static size_t smallest(size_t a, size_t b, size_t c)
{
    const size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Insertions, deletions, replacements and swaps of neighbours (optimal string alignment), case ignored. */
static size_t edit_distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t rows[3][LONGEST + 1];
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            const size_t differ = lower(a[i - 1]) != lower(b[j - 1]);
            now[j] = smallest(before[j] + 1, now[j - 1] + 1, before[j - 1] + differ);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]) &&
                earlier[j - 2] + 1 < now[j])
                now[j] = earlier[j - 2] + 1;
        }
    }
    return rows[na % 3][nb];
}

/* "thresh" is 3 edits away from "threshold", but a beginning of 3 letters or more is always near. Otherwise
 * one edit for every three letters, at least one. */
const char *cli_nearest(const char *text, const char *const *candidates, size_t n)
{
    const size_t length = strlen(text);
    if (length == 0 || length > LONGEST)
        return NULL;
    const char *best = NULL;
    size_t best_distance = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        const size_t other = strlen(candidates[i]);
        if (other > LONGEST)
            continue;
        size_t distance = edit_distance(text, length, candidates[i], other);
        if (length >= 3 && strncmp(text, candidates[i], length) == 0)
            distance = 1;
        const size_t allowed = length / 3 > 1 ? length / 3 : 1;
        if (distance <= allowed && distance < best_distance) {
            best = candidates[i];
            best_distance = distance;
        }
    }
    return best;
}
