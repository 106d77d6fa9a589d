/* stat_shapiro.h - is a sample normal? */
#ifndef TRB_STAT_SHAPIRO_H
#define TRB_STAT_SHAPIRO_H

#include "trabecula/status.h"

#include <stddef.h>

/**
 * Shapiro-Wilk test by Royston's approximation AS R94.
 *
 * Input       x[n] in any order, 3 <= n <= 5000, not all equal.
 * Output      *W, *p. For n = 3 with two equal values W = 0.75 and p = 0 exactly.
 * Errors      TRB_ERR_DATA (err says which of the conditions) with *W = *p = NaN; TRB_ERR_MEMORY.
 * Cost        O(n log n).
 * Threads     Reentrant. Same bits for any order of x.
 * Source      Royston 1995, Applied Statistics 44:547-551, doi:10.2307/2986146.
 */
TRB_NODISCARD trb_status trb_stat_shapiro(const double *x, size_t n, double *W, double *p, trb_error *err);

#endif
