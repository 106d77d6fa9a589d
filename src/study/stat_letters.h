/* stat_letters.h - the compact letter display: groups that share a letter do not differ. */
#ifndef TRB_STAT_LETTERS_H
#define TRB_STAT_LETTERS_H

#include "trabecula/status.h"

#include <stdbool.h>
#include <stddef.h>

#define TRB_LETTERS_GROUPS 26

/**
 * Letters for n groups.
 *
 * Convention  Two groups share a letter if and only if they do not differ. Letters are given in the order of the groups.
 * Input       n <= 26; differ[i * n + j], symmetric.
 * Output      text[i]: the letters of group i, "ab".
 * Errors      TRB_ERR_UNSUPPORTED: more groups, or more than 26 letters would be needed.
 * Cost        Exponential in the worst case, microseconds for the groups of a study.
 * Threads     Reentrant.
 * Source      Piepho 2004, J Comput Graph Stat 13:456-466 (insert and absorb), doi:10.1198/1061860043515.
 */
TRB_NODISCARD trb_status trb_stat_letters(size_t n, const bool *differ, char (*text)[TRB_LETTERS_GROUPS + 1], trb_error *err);

#endif
