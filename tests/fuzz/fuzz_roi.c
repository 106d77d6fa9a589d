/*
 * fuzz_roi.c - libFuzzer target: any bytes as an ImageJ .roi or RoiSet.zip, through to the mask. See scripts/fuzz.
 */
#include "prepare/roi_set.h"
#include "trabecula/voi.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
    static char path[] = P_tmpdir "/fuzz-roi-XXXXXX";
    static int fd = -1;
    if (fd < 0)
        fd = mkstemp(path);
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, bytes, count, 0) != (ssize_t)count)
        abort();
    const trb_grid grid = {40, 30, 6, {0.01, 0.02, 0.01}, {0, 0, 0}};
    trb_mask *mask = NULL;
    trb_error err = {TRB_OK, ""};
    const trb_status status = trb_voi_from_rois(path, &grid, NULL, &mask, &err);
    if ((status == TRB_OK) != (mask != NULL) || (status && !err.text[0]))
        abort(); /* the contract: a mask or a reason */
    for (size_t i = 0; mask && i < mask->words_per_row * grid.ny * grid.nz; i++)
        if (mask->bits[i] >> grid.nx)
            abort(); /* nothing behind the rows */
    trb_mask_destroy(mask);
    return 0;
}
