/* nearest_name.c - slips are counted by optimal string alignment, a row of the table of beginnings at a time. */
#include "trabecula/nearest_name.h"

#include <stdint.h>
#include <string.h>

enum { LONGEST = 95 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours between a[na] and b[nb]. */
static size_t count_slips(const char *a, size_t na, const char *b, size_t nb)
{
    size_t rows[3][LONGEST + 1];
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            const size_t differ = lower(a[i - 1]) != lower(b[j - 1]);
            now[j] = least(least(before[j], now[j - 1]) + 1, before[j - 1] + differ);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                now[j] = least(now[j], earlier[j - 2] + 1);
        }
    }
    return rows[na % 3][nb];
}

static bool begins_with(const char *text, const char *start, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (lower(text[i]) != lower(start[i]))
            return false;
    return true;
}

/* Twice the slips, so that a beginning has a place between one and two; SIZE_MAX: not near. */
static size_t rank(const char *text, size_t length, const char *name, size_t other)
{
    const size_t slips = count_slips(text, length, name, other);
    const size_t allowed = length / 3 > 1 ? length / 3 : 1;
    const size_t near = slips <= allowed && slips < length ? 2 * slips : SIZE_MAX;
    return length >= 3 && other > length && begins_with(name, text, length) ? least(near, 3) : near;
}

const char *trb_nearest_name(const char *text, const char *const *candidates, size_t n)
{
    const size_t length = strlen(text);
    const char *best = NULL;
    size_t best_rank = SIZE_MAX;
    if (length == 0 || length > LONGEST)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        const size_t other = strlen(candidates[i]);
        const size_t its = other == 0 || other > LONGEST ? SIZE_MAX : rank(text, length, candidates[i], other);
        if (its < best_rank) {
            best = candidates[i];
            best_rank = its;
        }
    }
    return best;
}
