/* cohort_nearest.c - the nearest name to a mistyped one. */
#include "study/cohort_build.h"

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

/* Insertions, deletions, replacements (Levenshtein), case ignored. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t row[LONGEST + 1];
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            const size_t replaced = diagonal + (lower(a[i - 1]) != lower(b[j - 1]));
            diagonal = row[j];
            row[j] = least(replaced, least(row[j - 1], row[j]) + 1);
        }
    }
    return row[nb];
}

static bool begins_with(const char *text, const char *start, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (lower(text[i]) != lower(start[i]))
            return false;
    return true;
}

/* Near: one change for every three letters, at least one; failing that, the beginning of a name, three letters or more. */
const char *trb_nearest_name(const char *text, const char *const *candidates, size_t n)
{
    const size_t length = strlen(text);
    const char *best = NULL, *longer = NULL;
    size_t best_distance = SIZE_MAX;
    if (length == 0 || length > LONGEST)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        const size_t other = strlen(candidates[i]);
        if (other > LONGEST || other == 0)
            continue;
        const size_t d = distance(text, length, candidates[i], other);
        if (d <= (length / 3 > 1 ? length / 3 : 1) && d < length && d < best_distance) {
            best = candidates[i];
            best_distance = d;
        }
        if (!longer && length >= 3 && other > length && begins_with(candidates[i], text, length))
            longer = candidates[i];
    }
    return best ? best : longer;
}
