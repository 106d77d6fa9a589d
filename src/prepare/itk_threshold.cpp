/*
 * itk_threshold.cpp - histogram thresholds through ITK's calculators; declared in itk_filters.h.
 *
 * The calculators get a histogram of unit bins from the first to the last occupied bin, and answer with the
 * centre of a bin, which is the last bin of the lower class. Three of their habits are fenced in here:
 *  - some index one bin past their answer or past the end (triangle): an empty bin follows the last one;
 *  - some (huang, renyi) treat bin 0 as special unless its value is 0: an empty bin precedes the first one
 *    when its value is not 0;
 *  - li and kittler iterate until nothing changes, which need not happen: the histogram counts their look-ups
 *    and throws when there are too many.
 */
#include "prepare/itk_filters.h"

#include "io/itk_quiet.hpp"

#include <itkHistogram.h>
#include <itkHuangThresholdCalculator.h>
#include <itkIntermodesThresholdCalculator.h>
#include <itkIsoDataThresholdCalculator.h>
#include <itkKittlerIllingworthThresholdCalculator.h>
#include <itkLiThresholdCalculator.h>
#include <itkMaximumEntropyThresholdCalculator.h>
#include <itkMomentsThresholdCalculator.h>
#include <itkRenyiEntropyThresholdCalculator.h>
#include <itkShanbhagThresholdCalculator.h>
#include <itkTriangleThresholdCalculator.h>
#include <itkYenThresholdCalculator.h>

#include <cmath>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace
{

constexpr size_t kMostBins = 4096;
constexpr uint64_t kMostVoxels = 2147483647; /* several calculators sum in int */

class Histogram : public itk::Statistics::Histogram<double>
{
public:
    using Self = Histogram;
    using Superclass = itk::Statistics::Histogram<double>;
    using Pointer = itk::SmartPointer<Self>;
    using ConstPointer = itk::SmartPointer<const Self>;
    itkNewMacro(Self);
    using Superclass::GetIndex;

    bool GetIndex(const MeasurementVectorType &measurement, IndexType &index) const
    {
        if (++m_Lookups > 3 * kMostBins)
            throw std::runtime_error("the iteration does not settle");
        return Superclass::GetIndex(measurement, index);
    }

private:
    mutable size_t m_Lookups = 0;
};

/* What the calculators see: `counts` of unit bins, the first with the value `base`; bin k of it holds the bins
 * first + k * pool ... of the caller's histogram. */
struct Unit {
    std::vector<uint64_t> counts;
    size_t first, last, pool;
    double base;
};

bool make_unit(const uint64_t *counts, size_t bins, double lowest, double width, Unit &unit)
{
    size_t first = 0, last = bins;
    while (first < bins && counts[first] == 0)
        first++;
    while (last > first && counts[last - 1] == 0)
        last--;
    if (last - first < 2)
        return false;
    last--;
    const size_t range = last - first + 1, pool = (range + kMostBins - 1) / kMostBins;
    unit.first = first;
    unit.last = last;
    unit.pool = pool;
    unit.base = 0;
    if (width == 1 && lowest >= 0)
        unit.base = std::floor((lowest + static_cast<double>(first)) / static_cast<double>(pool));
    unit.counts.assign((range + pool - 1) / pool, 0);
    uint64_t total = 0;
    for (size_t k = 0; k < range; k++) {
        unit.counts[k / pool] += counts[first + k];
        total += counts[first + k];
    }
    if (unit.counts.size() < 2)
        return false;
    const uint64_t scale = total / kMostVoxels + 1;
    if (scale > 1)
        for (auto &count : unit.counts) /* rounded up: no bin vanishes, and the sum still fits */
            count = count / (scale + 1) + (count % (scale + 1) != 0);
    return true;
}

Histogram::Pointer make_histogram(const Unit &unit)
{
    const size_t before = unit.base != 0, n = unit.counts.size() + before + 1;
    auto histogram = Histogram::New();
    histogram->SetMeasurementVectorSize(1);
    Histogram::SizeType size(1);
    size.Fill(n);
    histogram->Initialize(size);
    histogram->SetClipBinsAtEnds(false); /* a value outside belongs to the end bin, rather than to none */
    for (size_t i = 0; i < n; i++) {
        const double value = unit.base + static_cast<double>(i) - static_cast<double>(before);
        histogram->SetBinMin(0, i, value - 0.5);
        histogram->SetBinMax(0, i, value + 0.5);
        const bool padding = i < before || i == n - 1;
        histogram->SetFrequency(i, padding ? 0 : unit.counts[i - before]);
    }
    return histogram;
}

template <typename Calculator> double answer(const Histogram *histogram)
{
    auto calculator = Calculator::New();
    calculator->SetInput(histogram);
    calculator->Update();
    return calculator->GetThreshold();
}

struct Rule {
    const char *name;
    double (*answer)(const Histogram *);
};

const Rule kRules[] = {
    {"li", answer<itk::LiThresholdCalculator<Histogram, double>>},
    {"triangle", answer<itk::TriangleThresholdCalculator<Histogram, double>>},
    {"isodata", answer<itk::IsoDataThresholdCalculator<Histogram, double>>},
    {"maxentropy", answer<itk::MaximumEntropyThresholdCalculator<Histogram, double>>},
    {"huang", answer<itk::HuangThresholdCalculator<Histogram, double>>},
    {"moments", answer<itk::MomentsThresholdCalculator<Histogram, double>>},
    {"yen", answer<itk::YenThresholdCalculator<Histogram, double>>},
    {"kittler", answer<itk::KittlerIllingworthThresholdCalculator<Histogram, double>>},
    {"renyi", answer<itk::RenyiEntropyThresholdCalculator<Histogram, double>>},
    {"shanbhag", answer<itk::ShanbhagThresholdCalculator<Histogram, double>>},
    {"intermodes", answer<itk::IntermodesThresholdCalculator<Histogram, double>>},
};

const Rule *rule_named(const char *name)
{
    for (const Rule &rule : kRules)
        if (std::strcmp(rule.name, name) == 0)
            return &rule;
    return nullptr;
}

trb_status threshold_by(const Rule *rule, const Unit &unit, double lowest, double width, double *threshold,
                        trb_error *err)
{
    const trabecula::QuietItk quiet;
    double value;
    try {
        value = rule->answer(make_histogram(unit));
    } catch (...) {
        return trabecula::error_from_exception(rule->name, TRB_ERR_DATA, "", err);
    }
    /* The answer is the value of the last bin of the lower class; the upper class starts with the next. */
    const double next = std::floor(value - unit.base + 0.5) + 1;
    const double bin = static_cast<double>(unit.first) + next * static_cast<double>(unit.pool);
    if (!(next >= 1) || !(bin <= static_cast<double>(unit.last)))
        return trb_error_set(err, TRB_ERR_DATA,
                             "%s finds no threshold that leaves voxels on both sides: look at the histogram "
                             "(trabecula info) and give a fixed threshold or another rule",
                             rule->name);
    *threshold = lowest + bin * width;
    return TRB_OK;
}

} // namespace

extern "C" const char *trb_itk_threshold_names(void)
{
    return "li, triangle, isodata, maxentropy, huang, moments, yen, kittler, renyi, shanbhag, intermodes";
}

extern "C" trb_status trb_itk_histogram_threshold(const uint64_t *counts, size_t bins, double lowest, double width,
                                                  const char *name, double *threshold, trb_error *err)
{
    const Rule *rule = rule_named(name);
    if (!rule)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "unknown threshold rule '%s'; known are %s", name,
                             trb_itk_threshold_names());
    if (!(width > 0) || !std::isfinite(width) || !std::isfinite(lowest))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a histogram from %g in steps of %g has no bins", lowest, width);
    try {
        Unit unit;
        if (!make_unit(counts, bins, lowest, width, unit))
            return trb_error_set(err, TRB_ERR_DATA, "%s: all voxels have the same grey value, there is nothing to "
                                                    "separate",
                                 name);
        return threshold_by(rule, unit, lowest, width, threshold, err);
    } catch (...) {
        return trabecula::error_from_exception(name, TRB_ERR_DATA, "", err);
    }
}
