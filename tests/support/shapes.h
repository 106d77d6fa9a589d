/* shapes.h - the masks on which distance and thickness kernels have ever gone wrong. */
#ifndef SHAPES_H
#define SHAPES_H

#include "trabecula/mask.h"

/** How many shapes there are. */
int shapes_count(void);

/** Shape i: small enough for a brute-force oracle. *name: static text for messages. Yours. */
trb_mask *shapes_make(int i, const char **name);

/** Ask for SIMD path 0 plain, 1 avx2, 2 avx512 by the environment variable; -1: as it was at the start. */
void testing_simd(int path);

#endif
