/* run_spread.c - how the density of bone varies: SD, width of its distribution, the histogram itself. */
#include "record/run.h"

#include "prepare/grey_passes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BINS_MOST 128

/* Bins joined from the first that is not empty to the last, so that there are BINS_MOST at most. In place. */
static void join_bins(trb_histogram *h)
{
    size_t first = 0, end = h->bins;
    while (first < end && h->counts[first] == 0)
        first++;
    while (end > first && h->counts[end - 1] == 0)
        end--;
    const size_t each = (end - first + BINS_MOST - 1) / BINS_MOST;
    if (each == 0)
        return;
    size_t bins = 0;
    for (size_t i = first; i < end; i += each, bins++) {
        uint64_t sum = 0;
        for (size_t k = i; k < i + each && k < end; k++)
            sum += h->counts[k];
        h->counts[bins] = sum;
    }
    h->lowest += (double)first * h->width;
    h->width *= (double)each;
    h->bins = bins;
}

trb_status trb_run_measure_spread(struct run *run, trb_mask *peeled)
{
    const trb_filter none = {TRB_FILTER_NONE, 0, 0};
    if (!trb_run_wants(run, "TMD.FWHM"))
        return TRB_OK;
    if (run->products->voi)
        trb_mask_and(peeled, run->products->voi);
    const trb_status status = trb_grey_histogram(run->source, &none, peeled, &run->spread, run->err);
    if (!status)
        join_bins(&run->spread);
    return status;
}

static double smoothed(const trb_histogram *h, size_t i)
{
    const double left = i > 0 ? (double)h->counts[i - 1] : 0, right = i + 1 < h->bins ? (double)h->counts[i + 1] : 0;
    return (left + 2 * (double)h->counts[i] + right) / 4;
}

/* Where the flank of the peak crosses half its height, in bins; NaN when it ends above that. */
static double crossing(const trb_histogram *h, size_t peak, double half, bool to_the_right)
{
    for (size_t i = peak; to_the_right ? i + 1 < h->bins : i > 0;) {
        const size_t next = to_the_right ? i + 1 : i - 1;
        const double a = smoothed(h, i), b = smoothed(h, next);
        if (b < half)
            return (double)i + (to_the_right ? 1 : -1) * (a - half) / (a - b);
        i = next;
    }
    return NAN;
}

/* In grey values. */
static double full_width(const trb_histogram *h)
{
    size_t peak = 0;
    if (h->bins == 0)
        return NAN;
    for (size_t i = 1; i < h->bins; i++)
        peak = smoothed(h, i) > smoothed(h, peak) ? i : peak;
    const double half = smoothed(h, peak) / 2;
    return (crossing(h, peak, half, true) - crossing(h, peak, half, false)) * h->width;
}

trb_status trb_run_add_spread(struct run *run, const char *density_tag)
{
    const trb_linear *density = &run->record->calibration.density;
    const double slope = density->known ? density->slope : NAN;
    const char *uncalibrated = "no density calibration: give --calibration slope=..,intercept=..";
    const bool known = density->known, bone = run->grey_bv.voxels > 0;
    const double peel2 = run->grey_peeled2.voxels ? slope * run->grey_peeled2.mean + density->intercept : NAN;
    const double marrow = run->grey_ma.voxels ? slope * run->grey_ma.mean + density->intercept : NAN;
    const double width = fabs(slope) * full_width(&run->spread);
    trb_status status = trb_run_add(run, "TMD.peel2", peel2, density_tag, known ? "no bone left after peeling" : uncalibrated);
    if (!status)
        status = trb_run_add(run, "TMD.SD", bone ? fabs(slope) * run->grey_bv.sd : NAN, density_tag, known ? "no bone in the VOI" : uncalibrated);
    if (!status)
        status = trb_run_add(run, "TMD.FWHM", width, density_tag,
                             !known              ? uncalibrated
                             : run->spread.bins ? "the distribution does not fall to half its height on both sides"
                                                : "no bone left after peeling");
    if (!status)
        status = trb_run_add(run, "MaD", marrow, density_tag, known ? "no marrow in the VOI" : uncalibrated);
    if (status || run->spread.bins == 0)
        return status;
    const bool in_density = known && slope > 0; /* edges ascend */
    return in_density ? trb_run_add_distribution(run, "TMD.peel1", "mgHA_cm3", slope * run->spread.lowest + density->intercept,
                                                 slope * run->spread.width, run->spread.bins, run->spread.counts)
                      : trb_run_add_distribution(run, "TMD.peel1", "grey", run->spread.lowest, run->spread.width, run->spread.bins,
                                                 run->spread.counts);
}
