/* memory.h - allocation that reports failure in words. */
#ifndef TRB_MEMORY_H
#define TRB_MEMORY_H

#include "trabecula/status.h"

#include <stddef.h>

/**
 * count * size bytes aligned to 64, contents undefined; free() releases it. NULL after storing
 * TRB_ERR_MEMORY with the size in err (also when the product overflows). `what` is for the message.
 */
void *trb_alloc(size_t count, size_t size, const char *what, trb_error *err);

/** The same, all bytes 0. */
void *trb_alloc_zero(size_t count, size_t size, const char *what, trb_error *err);

/**
 * Give freed memory back to the system where the allocator keeps it (many small blocks, such as lists of balls): the
 * next stage then has the whole of a memory limit.
 */
void trb_memory_return(void);

#endif
