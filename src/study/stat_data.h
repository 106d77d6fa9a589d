/*
 * stat_data.h - one metric made ready for the tests: sorted values, moments, ranks, and who may take part.
 *
 * Groups with n < 2 are described but take part in no test; "eligible" numbers below leave them out.
 */
#ifndef TRB_STAT_DATA_H
#define TRB_STAT_DATA_H

#include "study/sample_groups.h"
#include "trabecula/status.h"

#include <stdbool.h>

typedef struct trb_stat_group {
    const char *name;
    size_t n, n_missing;
    const double *x;  /* ascending */
    double mean, var; /* NaN for n = 0; n < 2 */
    double mean_rank; /* among all eligible values; NaN when not eligible */
    bool eligible;
} trb_stat_group;

typedef struct trb_stat_data {
    size_t n_groups;
    trb_stat_group *group;
    size_t k; /* eligible groups, in order */
    const trb_stat_group **test;
    double total; /* N of the eligible groups */
    double grand_mean, ss_between, ss_within, df_error, ms_error;
    double lowest, highest; /* of all eligible values */
    double largest_mean;    /* max |mean| */
    double tie_sum;         /* of t^3 - t over all eligible values */
    bool any_constant;      /* some variance is 0 */
    bool any_varying;       /* some variance is not 0 */
    double *pool;           /* all eligible values, ascending */
    double conf, alpha;
} trb_stat_data;

/**
 * Sorted copies and moments of all groups.
 *
 * Input       groups: finite values, names unique and in UTF-8. conf: confidence level.
 * Output      *out: owns copies of the values, borrows the names. Clear it also after a failure.
 * Errors      TRB_ERR_ARGUMENT: a value that is not finite, a name twice, conf outside 0 ... 1. TRB_ERR_DATA:
 *             values beyond 1e70, whose fourth powers would overflow. TRB_ERR_MEMORY.
 */
TRB_NODISCARD trb_status trb_stat_data_init(trb_stat_data *out, const trb_sample_groups *groups, double conf,
                                            trb_error *err);
void trb_stat_data_clear(trb_stat_data *data);

#endif
