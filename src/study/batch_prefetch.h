/* batch_prefetch.h - the next scan's files come into the page cache while the present one is measured. */
#ifndef TRB_BATCH_PREFETCH_H
#define TRB_BATCH_PREFETCH_H

#include "trabecula/batch.h"

typedef struct trb_prefetch {
    const trb_batch_scan *scan; /* whose files; NULL: none */
    char **paths;
    size_t n, at;   /* files, and the one at hand */
    int64_t offset; /* in it */
    uint64_t asked; /* bytes so far */
} trb_prefetch;

/** Ask for some more of this scan's files, up to `most` bytes of it altogether. Cheap; call it at every tick. */
void trb_prefetch_some(trb_prefetch *prefetch, const trb_batch_scan *scan, uint64_t most);
void trb_prefetch_clear(trb_prefetch *prefetch);

#endif
