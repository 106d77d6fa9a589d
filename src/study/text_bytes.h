/* text_bytes.h - a text file as UTF-8. */
#ifndef TRB_TEXT_BYTES_H
#define TRB_TEXT_BYTES_H

#include "study/cohort_pool.h"

#include <stdbool.h>

/** All bytes of a file. Errors: TRB_ERR_IO; TRB_ERR_FORMAT above 64 MiB. */
trb_status trb_bytes_read(const char *path, trb_pool *pool, char **bytes, size_t *size, trb_error *err);

/** Without byte order mark, otherwise as they are: *text points into bytes. Errors as trb_bytes_as_utf8(). */
trb_status trb_bytes_as_text(const char *name, const char *bytes, size_t size, const char **text, size_t *length,
                             trb_error *err);

/**
 * As UTF-8 without byte order mark. What is not UTF-8 is read as Windows-1252, which is what spreadsheets of western
 * systems write; *latin1 says so.
 *
 * Errors      TRB_ERR_FORMAT: UTF-16 and UTF-32, spreadsheet and other binary files, with the remedy.
 */
trb_status trb_bytes_as_utf8(const char *name, const char *bytes, size_t size, trb_pool *pool,
                             const char **text, size_t *length, bool *latin1, trb_error *err);

#endif
