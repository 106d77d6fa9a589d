/* batch_shard.c - the largest first, each to the lightest part; ties by order. */
#include "study/batch_shard.h"

#include <stdlib.h>

struct item {
    uint64_t bytes;
    size_t at;
};

static int larger_first(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

trb_status trb_shard_balance(const uint64_t *bytes, size_t n, int shards, int *part, trb_error *err)
{
    struct item *items = malloc((n + 1) * sizeof *items);
    uint64_t *load = calloc((size_t)shards, sizeof *load);
    if (!items || !load) {
        free(items);
        free(load);
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for %d shards", shards);
    }
    for (size_t i = 0; i < n; i++)
        items[i] = (struct item){bytes[i], i};
    qsort(items, n, sizeof *items, larger_first);
    for (size_t i = 0; i < n; i++) {
        int lightest = 0;
        for (int s = 1; s < shards; s++)
            if (load[s] < load[lightest])
                lightest = s;
        part[items[i].at] = lightest + 1;
        load[lightest] += items[i].bytes + 1; /* empty scans are spread as well */
    }
    free(items);
    free(load);
    return TRB_OK;
}
