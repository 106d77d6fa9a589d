/* ipl_rows.h - one row of the sweep: the step that is tuned. */
#ifndef TRB_IPL_ROWS_H
#define TRB_IPL_ROWS_H

#include <stddef.h>
#include <stdint.h>

/** A row of vectors (x,y,z) and their squared lengths n. Readable from 16 before to 16 behind the row. */
typedef struct ipl_row {
    int32_t *n;
    int16_t *x, *y, *z;
} ipl_row;

/** The row to improve and the three that it takes from: at -dy, at -dz, at -dy-dz. */
typedef struct ipl_rows {
    ipl_row own, side, below, edge;
} ipl_rows;

/** One row of one sub-scan with directions dx, dy, dz (+1 or -1); only voxels of `object` change. */
typedef void ipl_row_step(const ipl_rows *rows, const uint64_t *object, size_t nx, int dx, int dy, int dz);

void ipl_row_plain(const ipl_rows *rows, const uint64_t *object, size_t nx, int dx, int dy, int dz);

/** The fastest step that this processor can run; every step gives the same bits. */
ipl_row_step *ipl_row_best(void);

#endif
