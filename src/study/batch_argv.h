/* batch_argv.h - the command line that measures one scan. */
#ifndef TRB_BATCH_ARGV_H
#define TRB_BATCH_ARGV_H

#include "trabecula/batch.h"

/** NULL-terminated; yours, trb_batch_argv_free(). NULL: no memory. */
char **trb_batch_argv(const trb_batch_options *options, const trb_batch_scan *scan, const char *folder,
                      int threads);
void trb_batch_argv_free(char **argv);

#endif
