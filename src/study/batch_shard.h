/* batch_shard.h - which scans belong to which part of a study. */
#ifndef TRB_BATCH_SHARD_H
#define TRB_BATCH_SHARD_H

#include "trabecula/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * Balance n sizes over `shards` parts: the largest first, each to the lightest part. part[i] is 1 to shards.
 * Depends on sizes and order alone, so that every task of an array finds the same. Errors: TRB_ERR_MEMORY.
 */
TRB_NODISCARD trb_status trb_shard_balance(const uint64_t *bytes, size_t n, int shards, int *part,
                                           trb_error *err);

#endif
