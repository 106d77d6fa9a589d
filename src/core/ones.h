/* ones.h - set bits of a word. */
#ifndef TRB_ONES_H
#define TRB_ONES_H

#include <stdbool.h>
#include <stdint.h>

/**
 * How many bits are set. The baseline of x86-64 has no instruction for it, and the compiler's stand-in is slow:
 * `hardware` is true in functions that are compiled for popcnt.
 */
static inline uint64_t trb_ones(uint64_t bits, bool hardware)
{
    if (hardware)
        return (uint64_t)__builtin_popcountll(bits);
    bits -= bits >> 1 & 0x5555555555555555U;
    bits = (bits & 0x3333333333333333U) + (bits >> 2 & 0x3333333333333333U);
    bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0fU;
    return bits * 0x0101010101010101U >> 56;
}

#endif
