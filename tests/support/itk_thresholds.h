/* itk_thresholds.h - ITK's threshold calculators as an independent opinion, on plain histograms. */
#ifndef ITK_THRESHOLDS_H
#define ITK_THRESHOLDS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The last bin of the lower class by ITK's calculator for a rule ("li", ...): bin k has the value k. Ends the program
 * when ITK throws or does not know the rule.
 */
size_t oracle_itk_threshold(const char *rule, const uint64_t *counts, size_t bins);

/** The last bins of all classes but the uppermost, ascending: classes - 1 of them. */
void oracle_itk_multi_otsu(const uint64_t *counts, size_t bins, int classes, size_t *last);

#ifdef __cplusplus
}
#endif
#endif
