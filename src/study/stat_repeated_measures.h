/* stat_repeated_measures.h - split-plot ANOVA: groups between animals, times within. */
#ifndef TRB_STAT_REPEATED_MEASURES_H
#define TRB_STAT_REPEATED_MEASURES_H

#include "study/design_tree.h"
#include "trabecula/status.h"

#include <stddef.h>

/** Animals with a value at every time, sorted by group. Borrowed. */
typedef struct trb_repeated {
    size_t n, n_times, n_groups;
    const double *y;     /* y[animal * n_times + time] */
    const size_t *group; /* ascending; each of the n_groups occurs */
} trb_repeated;

/**
 * Writes group, time, group:time (type III), Greenhouse-Geisser and Huynh-Feldt, Mauchly.
 *
 * Output      With one group only: time alone. With two times: no sphericity to speak of. A `note` says so.
 * Errors      TRB_ERR_MEMORY.
 * Source      Greenhouse & Geisser 1959; Huynh & Feldt 1976 with the correction of Lecoutre 1991; Mauchly
 *             1940, p by Box's expansion (Anderson 1958, section 10.7).
 */
trb_status trb_repeated_write(trb_node out, const trb_repeated *data, trb_error *err);

#endif
