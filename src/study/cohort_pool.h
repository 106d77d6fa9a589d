/* cohort_pool.h - memory that lives as long as a table: text and arrays that are never freed one by one. */
#ifndef TRB_COHORT_POOL_H
#define TRB_COHORT_POOL_H

#include "trabecula/status.h"

#include <stddef.h>

typedef struct trb_pool trb_pool;

trb_pool *trb_pool_create(trb_error *err);
void trb_pool_destroy(trb_pool *pool);

/** count * size bytes, all 0, aligned for any type; NULL after storing TRB_ERR_MEMORY. count 0 is not NULL. */
void *trb_pool_array(trb_pool *pool, size_t count, size_t size, trb_error *err);

/** A copy of length bytes with a terminating 0. */
char *trb_pool_text(trb_pool *pool, const char *text, size_t length, trb_error *err);

/** printf into the pool. */
char *trb_pool_print(trb_pool *pool, trb_error *err, const char *format, ...) TRB_PRINTF(3, 4);

/** An array of one element more: the old elements are copied when there is no room. Capacities are powers of 2. */
void *trb_pool_grow(trb_pool *pool, void *array, size_t count, size_t size, trb_error *err);

#endif
