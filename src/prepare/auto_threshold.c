/*
 * auto_threshold.c - see auto_threshold.h.
 *
 * A surface lies where the grey value is half-way between both materials. Otsu's threshold is half-way between the
 * means of two classes, and thin trabeculae, which never reach the grey of compact bone, pull the mean of bone down:
 * the cortex would come out too thick. Quartiles of compact bone do not move with them.
 */
#include "prepare/auto_threshold.h"

#include "prepare/grey_passes.h"

#include <math.h>
#include <string.h>

/* The value below which this share of the counts of bins first ... end - 1 lies; linear within a bin. */
static double quantile(const trb_histogram *histogram, size_t first, size_t end, double share)
{
    uint64_t total = 0, sum = 0;
    for (size_t i = first; i < end; i++)
        total += histogram->counts[i];
    const double wanted = share * (double)total;
    for (size_t i = first; i < end; i++) {
        const uint64_t count = histogram->counts[i];
        if (count && (double)(sum + count) >= wanted)
            return histogram->lowest +
                   histogram->width * ((double)i + (wanted - (double)sum) / (double)count);
        sum += count;
    }
    return histogram->lowest + histogram->width * (double)end;
}

static trb_status half(const trb_histogram *histogram, double *grey, trb_error *err)
{
    double otsu;
    trb_status status = trb_otsu(histogram, &otsu, err);
    if (status)
        return status;
    const size_t middle = (size_t)llround((otsu - histogram->lowest) / histogram->width); /* its bin's edge */
    *grey = (quantile(histogram, 0, middle, 0.5) + quantile(histogram, middle, histogram->bins, 0.75)) / 2;
    return TRB_OK;
}

trb_status trb_auto_threshold_find(trb_grey_source *source, const trb_calibration *calibration,
                                   const trb_auto_threshold *threshold, const trb_filter *filter,
                                   const trb_mask *where, double *grey, trb_error *err)
{
    static const trb_calibration nothing;
    if (threshold->by_value)
        return trb_calibration_to_grey(calibration ? calibration : &nothing, source->type, threshold->value,
                                       threshold->unit, grey, err);
    trb_histogram histogram = {0};
    trb_status status = trb_grey_histogram(source, filter, where, &histogram, err);
    if (status)
        return status;
    if (strcmp(threshold->method, "half") == 0)
        status = half(&histogram, grey, err);
    else if (strcmp(threshold->method, "otsu") == 0)
        status = trb_otsu(&histogram, grey, err);
    else
        status = trb_histogram_threshold(&histogram, threshold->method, grey, err);
    trb_histogram_clear(&histogram);
    return status;
}
