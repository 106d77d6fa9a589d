/* threshold_named.c - histogram thresholds by name, through ITK's calculators. */
#include "trabecula/threshold.h"

trb_status trb_histogram_threshold(const trb_histogram *histogram, const char *name, double *threshold,
                                   trb_error *err)
{
    (void)histogram;
    (void)threshold;
    return trb_error_set(err, TRB_ERR_UNSUPPORTED, "the threshold method '%.40s' is not built in", name);
}
