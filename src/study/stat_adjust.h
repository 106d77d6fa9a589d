/* stat_adjust.h - p-values of a family of tests. */
#ifndef TRB_STAT_ADJUST_H
#define TRB_STAT_ADJUST_H

#include "trabecula/status.h"

#include <stddef.h>

typedef enum trb_stat_adjustment {
    TRB_ADJUST_NONE,
    TRB_ADJUST_BONFERRONI, /* m p */
    TRB_ADJUST_SIDAK,      /* 1 - (1 - p)^m */
    TRB_ADJUST_HOLM,       /* step down Bonferroni */
    TRB_ADJUST_HOLM_SIDAK, /* step down Sidak */
    TRB_ADJUST_BH,         /* Benjamini-Hochberg false discovery rate */
    TRB_ADJUST_BY          /* Benjamini-Yekutieli: BH under any dependence */
} trb_stat_adjustment;

/**
 * Adjusted p-values.
 *
 * Convention  NaN is a test that does not exist: it stays NaN and does not count in the family.
 * Input       p[n], each in 0 ... 1 or NaN. out may be p.
 * Output      out[n], in 0 ... 1 (NaN where p is).
 * Errors      TRB_ERR_MEMORY.
 * Cost        O(n log n).
 * Threads     Reentrant.
 * Source      Holm 1979; Sidak 1967, doi:10.1080/01621459.1967.10482935; Benjamini & Hochberg 1995,
 *             doi:10.1111/j.2517-6161.1995.tb02031.x; Benjamini & Yekutieli 2001, doi:10.1214/aos/1013699998.
 */
TRB_NODISCARD trb_status trb_stat_adjust(const double *p, size_t n, trb_stat_adjustment method, double *out);

#endif
