/* input_file.h - a regular file that is read at given places. */
#ifndef TRB_INPUT_FILE_H
#define TRB_INPUT_FILE_H

#include "trabecula/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct trb_input_file {
    int fd; /* -1: closed */
    uint64_t bytes;
} trb_input_file;

/**
 * Open a file for reading.
 *
 * Errors      TRB_ERR_IO; also for what is no regular file (a pipe would wait for ever).
 */
trb_status trb_input_open(const char *path, trb_input_file *file, trb_error *err);

/** Close it; closing twice is fine. */
void trb_input_close(trb_input_file *file);

/**
 * `bytes` bytes from `offset` on.
 *
 * Errors      TRB_ERR_FORMAT when the file ends before that, TRB_ERR_IO when the system refuses.
 */
trb_status trb_input_read(const trb_input_file *file, uint64_t offset, void *dst, size_t bytes, trb_error *err);

#endif
