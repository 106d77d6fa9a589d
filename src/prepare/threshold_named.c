/* threshold_named.c - histogram thresholds by name, through ITK's calculators. */
#include "trabecula/threshold.h"

#include "prepare/itk_filters.h"

trb_status trb_histogram_threshold(const trb_histogram *histogram, const char *name, double *threshold,
                                   trb_error *err)
{
    return trb_itk_histogram_threshold(histogram->counts, histogram->bins, histogram->lowest, histogram->width,
                                       name, threshold, err);
}
