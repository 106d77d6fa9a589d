/*
 * cortical_perimeter.c - the length of an outline from how often lines cross it.
 * Crofton: perimeter = pi / 2 times the mean over directions of (crossings * distance between lines). Four directions
 * weigh the same; lines along the axes are 1 pixel apart, diagonals 1 / sqrt(2).
 * Legland, Kieu & Devaux 2007, Image Anal Stereol 26:83-92, doi 10.5566/ias.v26.p83-92.
 */
#include "measure/cortical_parts.h"

#include <math.h>

/* Bits x + 1 in the places of bits x, word w. */
static uint64_t next_bits(const uint64_t *row, size_t w, size_t words)
{
    return row[w] >> 1 | (w + 1 < words ? row[w + 1] << 63 : 0);
}

double trb_crofton_perimeter(const uint64_t *bits, size_t words, size_t nx, size_t ny)
{
    static const double PI = 3.14159265358979323846;
    uint64_t along = 0, diagonal = 0;
    for (size_t y = 0; y < ny; y++) {
        const uint64_t *row = bits + y * words, *below = y + 1 < ny ? row + words : NULL;
        for (size_t w = 0; w < words; w++) {
            /* x and x + 1 are both in the image */
            const size_t pairs = nx - 1 > w * 64 ? nx - 1 - w * 64 : 0;
            const uint64_t both = pairs >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << pairs) - 1;
            along += (uint64_t)__builtin_popcountll((row[w] ^ next_bits(row, w, words)) & both);
            if (!below)
                continue;
            along += (uint64_t)__builtin_popcountll(row[w] ^ below[w]);
            diagonal += (uint64_t)__builtin_popcountll((row[w] ^ next_bits(below, w, words)) & both);
            diagonal += (uint64_t)__builtin_popcountll((next_bits(row, w, words) ^ below[w]) & both);
        }
    }
    return PI / 8 * ((double)along + (double)diagonal / sqrt(2.0));
}
