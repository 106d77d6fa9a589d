/*
 * stat_letters.c - the compact letter display.
 *
 * A letter is a set of groups (a bit mask), no two of which differ. Start with one letter for all; each pair that differs
 * splits the letters that hold both into two, one without each; a letter that is part of another is absorbed.
 * Two groups that do not differ always stay together in some letter, because splits take out one of a differing pair
 * only, and the other half keeps what it had.
 */
#include "study/stat_letters.h"

#include <stdint.h>
#include <string.h>

#define MOST 4096 /* sets on the way; the result must have 26 at most */

/* Leave out sets that are part of another one (of equal ones the first stays). */
static size_t absorb(uint32_t *set, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool part = false;
        for (size_t j = 0; j < n && !part; j++)
            part = j != i && (set[i] & ~set[j]) == 0 && (set[i] != set[j] || j < i) && set[j];
        if (part)
            set[i] = 0; /* an absorbed one absorbs nobody */
    }
    for (size_t i = 0; i < n; i++)
        if (set[i])
            set[kept++] = set[i];
    return kept;
}

/* First group of a set decides where its letter stands. */
static void sort_sets(uint32_t *set, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j > 0; j--) {
            const uint32_t a = set[j - 1], b = set[j];
            const int first_a = __builtin_ctz(a), first_b = __builtin_ctz(b);
            if (first_a < first_b || (first_a == first_b && a >= b))
                break;
            set[j - 1] = b;
            set[j] = a;
        }
}

trb_status trb_stat_letters(size_t n, const bool *differ, char (*text)[TRB_LETTERS_GROUPS + 1], trb_error *err)
{
    static const char TOO_MANY[] = "letters serve up to 26 groups and 26 letters: use brackets or the table";
    if (n == 0 || n > TRB_LETTERS_GROUPS)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "%s", TOO_MANY);
    uint32_t set[MOST];
    size_t sets = 1;
    set[0] = n == 32 ? UINT32_MAX : ((uint32_t)1 << n) - 1;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            const uint32_t both = (uint32_t)1 << i | (uint32_t)1 << j;
            if (!differ[i * n + j])
                continue;
            for (size_t s = 0, end = sets; s < end; s++) {
                if ((set[s] & both) != both)
                    continue;
                if (sets == MOST)
                    return trb_error_set(err, TRB_ERR_UNSUPPORTED, "%s", TOO_MANY);
                set[sets++] = set[s] & ~((uint32_t)1 << i);
                set[s] &= ~((uint32_t)1 << j);
            }
            sets = absorb(set, sets);
        }
    if (sets > 26)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "%s", TOO_MANY);
    sort_sets(set, sets);
    for (size_t i = 0; i < n; i++) {
        size_t letters = 0;
        for (size_t s = 0; s < sets; s++)
            if (set[s] >> i & 1)
                text[i][letters++] = (char)('a' + s);
        text[i][letters] = 0;
    }
    return TRB_OK;
}
