/* cohort_pool.c - blocks in a list; a table gives all of them back at once, whichever way a reader ended. */
#include "study/cohort_pool.h"

#include "core/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)32768)

typedef struct block {
    struct block *next;
    size_t used, size;
    max_align_t bytes[];
} block;

struct trb_pool {
    block *first;
};

trb_pool *trb_pool_create(trb_error *err)
{
    return trb_alloc_zero(1, sizeof(trb_pool), "a table", err);
}

void trb_pool_destroy(trb_pool *pool)
{
    if (!pool)
        return;
    for (block *b = pool->first; b;) {
        block *next = b->next;
        free(b);
        b = next;
    }
    free(pool);
}

static block *add_block(trb_pool *pool, size_t bytes, trb_error *err)
{
    const size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
    block *b = trb_alloc(1, sizeof *b + size, "a table", err);
    if (!b)
        return NULL;
    *b = (block){pool->first, 0, size};
    pool->first = b;
    return b;
}

void *trb_pool_array(trb_pool *pool, size_t count, size_t size, trb_error *err)
{
    const size_t align = sizeof(max_align_t);
    if (size && count > (SIZE_MAX / 2 - align) / size) {
        trb_error_set(err, TRB_ERR_MEMORY, "out of memory: a table of %zu entries", count);
        return NULL;
    }
    size_t bytes = (count * size + align - 1) / align * align;
    if (bytes == 0)
        bytes = align;
    block *b = pool->first;
    if (!b || b->size - b->used < bytes)
        b = add_block(pool, bytes, err);
    if (!b)
        return NULL;
    void *at = (unsigned char *)b->bytes + b->used;
    b->used += bytes;
    memset(at, 0, bytes);
    return at;
}

char *trb_pool_text(trb_pool *pool, const char *text, size_t length, trb_error *err)
{
    char *copy = trb_pool_array(pool, length + 1, 1, err);
    if (copy)
        memcpy(copy, text, length);
    return copy;
}

char *trb_pool_print(trb_pool *pool, trb_error *err, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = length < 0 ? NULL : trb_pool_array(pool, (size_t)length + 1, 1, err);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

void *trb_pool_grow(trb_pool *pool, void *array, size_t count, size_t size, trb_error *err)
{
    if (array && (count & (count - 1)) != 0) /* between two powers of 2 there is room */
        return array;
    void *larger = trb_pool_array(pool, count ? 2 * count : 1, size, err);
    if (larger && count)
        memcpy(larger, array, count * size);
    return larger;
}
