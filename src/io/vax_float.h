/* vax_float.h - numbers as the VAX wrote them, which Scanco's headers still hold. */
#ifndef TRB_VAX_FLOAT_H
#define TRB_VAX_FLOAT_H

#include <stddef.h>

/**
 * F_floating: 4 bytes, two little-endian words with the upper one first; sign, 8 bits of exponent with bias 128,
 * 23 bits of fraction behind a hidden leading bit, value = 0.1fff * 2^(e-128). Exponent 0 is zero, with a sign: NaN.
 * Numbers below 2^-126 lose up to two bits in a float.
 */
float trb_vax_f(const unsigned char bytes[4]);

/** G_floating: 8 bytes, four words; 11 bits of exponent with bias 1024, 52 bits of fraction. */
double trb_vax_g(const unsigned char bytes[8]);

/** Turn `count` F_floating numbers into floats of this machine, in place. */
void trb_vax_f_row(void *numbers, size_t count);

#endif
