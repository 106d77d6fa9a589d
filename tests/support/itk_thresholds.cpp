/* itk_thresholds.cpp - see itk_thresholds.h. */
#include "support/itk_thresholds.h"

#include <itkHistogram.h>
#include <itkHuangThresholdCalculator.h>
#include <itkIntermodesThresholdCalculator.h>
#include <itkIsoDataThresholdCalculator.h>
#include <itkKittlerIllingworthThresholdCalculator.h>
#include <itkLiThresholdCalculator.h>
#include <itkMaximumEntropyThresholdCalculator.h>
#include <itkMomentsThresholdCalculator.h>
#include <itkOtsuMultipleThresholdsCalculator.h>
#include <itkRenyiEntropyThresholdCalculator.h>
#include <itkShanbhagThresholdCalculator.h>
#include <itkTriangleThresholdCalculator.h>
#include <itkYenThresholdCalculator.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace
{

using Histogram = itk::Statistics::Histogram<double>;

Histogram::Pointer histogram_of(const uint64_t *counts, size_t bins)
{
    auto histogram = Histogram::New();
    histogram->SetMeasurementVectorSize(1);
    Histogram::SizeType size(1);
    size.Fill(bins);
    Histogram::MeasurementVectorType lower(1), upper(1);
    lower.Fill(-0.5);
    upper.Fill(static_cast<double>(bins) - 0.5);
    histogram->Initialize(size, lower, upper);
    for (size_t k = 0; k < bins; k++)
        histogram->SetFrequency(k, counts[k]);
    return histogram;
}

template <typename Calculator> double answer(const Histogram *histogram)
{
    auto calculator = Calculator::New();
    calculator->SetInput(histogram);
    calculator->Update();
    return calculator->GetThreshold();
}

template <template <typename, typename> class Calculator>
constexpr auto rule = answer<Calculator<Histogram, double>>;

const struct {
    const char *name;
    double (*answer)(const Histogram *);
} kRules[] = {{"li", rule<itk::LiThresholdCalculator>},
              {"triangle", rule<itk::TriangleThresholdCalculator>},
              {"isodata", rule<itk::IsoDataThresholdCalculator>},
              {"maxentropy", rule<itk::MaximumEntropyThresholdCalculator>},
              {"huang", rule<itk::HuangThresholdCalculator>},
              {"moments", rule<itk::MomentsThresholdCalculator>},
              {"yen", rule<itk::YenThresholdCalculator>},
              {"kittler", rule<itk::KittlerIllingworthThresholdCalculator>},
              {"renyi", rule<itk::RenyiEntropyThresholdCalculator>},
              {"shanbhag", rule<itk::ShanbhagThresholdCalculator>},
              {"intermodes", rule<itk::IntermodesThresholdCalculator>}};

[[noreturn]] void give_up(const char *what, const char *why)
{
    std::fprintf(stderr, "ITK oracle, %s: %s\n", what, why);
    std::abort();
}

} // namespace

extern "C" size_t oracle_itk_threshold(const char *name, const uint64_t *counts, size_t bins)
try {
    for (const auto &known : kRules)
        if (std::strcmp(known.name, name) == 0)
            return static_cast<size_t>(std::floor(known.answer(histogram_of(counts, bins)) + 0.5));
    give_up(name, "no such rule");
} catch (const std::exception &e) {
    give_up(name, e.what());
}

extern "C" void oracle_itk_multi_otsu(const uint64_t *counts, size_t bins, int classes, size_t *last)
try {
    auto calculator = itk::OtsuMultipleThresholdsCalculator<Histogram>::New();
    const auto histogram = histogram_of(counts, bins);
    calculator->SetInputHistogram(histogram);
    calculator->SetNumberOfThresholds(static_cast<itk::SizeValueType>(classes - 1));
    calculator->Compute();
    const auto &found = calculator->GetOutput();
    for (int i = 0; i < classes - 1; i++) /* the upper end of a bin, half a unit above its value */
        last[i] = static_cast<size_t>(std::floor(found[static_cast<size_t>(i)]));
} catch (const std::exception &e) {
    give_up("multi-otsu", e.what());
}
