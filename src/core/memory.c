/* memory.c - allocation that reports failure in words. */
#include "core/memory.h"

#include "trabecula/grid.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void *fail(size_t count, size_t size, const char *what, trb_error *err)
{
    const double gib = (double)count * (double)size / 1073741824.0;
    trb_error_set(err, TRB_ERR_MEMORY, "out of memory: %s needs %.3f GiB", what, gib);
    return NULL;
}

void *trb_alloc(size_t count, size_t size, const char *what, trb_error *err)
{
    size_t bytes = trb_size_multiply(count, size);
    if (bytes == 0 && count != 0 && size != 0)
        return fail(count, size, what, err);
    if (bytes > (size_t)PTRDIFF_MAX - 64)
        return fail(count, size, what, err);
    bytes = (bytes + 63) / 64 * 64; /* aligned_alloc() wants a multiple */
    void *block = aligned_alloc(64, bytes ? bytes : 64);
    return block ? block : fail(count, size, what, err);
}

void *trb_alloc_zero(size_t count, size_t size, const char *what, trb_error *err)
{
    void *block = trb_alloc(count, size, what, err);
    if (block)
        memset(block, 0, count * size);
    return block;
}
