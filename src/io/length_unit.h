/* length_unit.h - names of length units as image files spell them. */
#ifndef TRB_LENGTH_UNIT_H
#define TRB_LENGTH_UNIT_H

#include <stddef.h>

/**
 * Millimetres in one unit; 0 for "pixel", "voxel", "" and everything that is not known.
 * Knows nm, um, micron, the micro sign as Latin-1, UTF-8 or Java escape, mm, cm, m, inch and their long names.
 */
double trb_length_unit_mm(const char *name);

/** value * unit_mm, rounded once: a micrometre is no double, a thousandth is taken by division. */
double trb_length_in_mm(double value, double unit_mm);

/** Copy a text of unknown encoding as UTF-8: bytes that are not UTF-8 are taken as Latin-1. */
void trb_text_to_utf8(const char *text, size_t length, char *out, size_t bytes);

#endif
