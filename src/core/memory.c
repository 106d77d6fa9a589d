/*
 * memory.c - allocation that reports failure in words.
 *
 * Large blocks ask for huge pages: a volume is touched from end to end, and with pages of 4 KiB the first touch
 * costs more than many of the passes themselves (distance map of 512^3: 1.9 s of CPU without, 0.6 s with them).
 */
#define _DEFAULT_SOURCE /* madvise() */
#include "core/memory.h"

#include "trabecula/grid.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define HUGE_PAGE ((size_t)2 << 20)
#define HUGE_FROM (4 * HUGE_PAGE) /* smaller blocks would waste a share of their last page */

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
    const size_t align = bytes >= HUGE_FROM ? HUGE_PAGE : 64;
    bytes = (bytes + align - 1) / align * align; /* aligned_alloc() wants a multiple */
    void *block = aligned_alloc(align, bytes ? bytes : 64);
#ifdef MADV_HUGEPAGE
    if (block && align == HUGE_PAGE)
        (void)madvise(block, bytes, MADV_HUGEPAGE); /* advice: where it is not taken, all is as before */
#endif
    return block ? block : fail(count, size, what, err);
}

void trb_memory_return(void)
{
#ifdef __GLIBC__
    (void)malloc_trim(0);
#endif
}

void *trb_alloc_zero(size_t count, size_t size, const char *what, trb_error *err)
{
    void *block = trb_alloc(count, size, what, err);
    if (block)
        memset(block, 0, count * size);
    return block;
}
