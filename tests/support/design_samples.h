/* design_samples.h - small designs by hand, shuffled at will, and what every result must keep to. */
#ifndef DESIGN_SAMPLES_H
#define DESIGN_SAMPLES_H

#include "study/sample_groups.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum { SAMPLE_ROWS = 512 };

/** Rows as text: a factor's levels are made from them. Level names are not copied. */
typedef struct design_sample {
    size_t n;
    double y[SAMPLE_ROWS], x[SAMPLE_ROWS];
    const char *label[3][SAMPLE_ROWS];
} design_sample;

/** A factor of a sample's column; levels in the order given ("a|b|c"), or of first appearance when NULL. */
typedef struct sample_factor {
    trb_factor factor;
    const char *name[SAMPLE_ROWS];
    size_t level[SAMPLE_ROWS];
} sample_factor;

void sample_add(design_sample *sample, const char *a, const char *b, const char *c, double x, double y);
void sample_factor_make(sample_factor *out, const design_sample *sample, size_t column,
                        const char *const *levels, size_t n_levels);
/** The rows in another order. */
void sample_shuffle(design_sample *sample, uint64_t seed);
/** A number between -1 and 1. */
double sample_noise(uint64_t *state);

/** At a "::" path; fails the test when it is no number, or no text. */
double number_at(const json_t *root, const char *path);
const char *text_at(const json_t *root, const char *path);

/** Fails the test for a null without a `note` in its object or above, unless its definition is the reason. */
void check_nulls_have_notes(const json_t *root);

#endif
