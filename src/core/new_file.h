/* new_file.h - files that appear under their final name only when complete. */
#ifndef TRB_NEW_FILE_H
#define TRB_NEW_FILE_H

#include "trabecula/status.h"

#include <stddef.h>

/**
 * Choose a temporary name beside `path` (same directory, so that a rename is atomic) and create it empty.
 *
 * Output      temporary: the name; size bytes of room (path plus 24 is enough).
 * Errors      TRB_ERR_ARGUMENT when path exists and force is false; TRB_ERR_IO.
 */
trb_status trb_new_file_begin(const char *path, bool force, char *temporary, size_t size, trb_error *err);

/** fsync, rename over path, fsync the directory. On failure the temporary file is removed. */
trb_status trb_new_file_commit(const char *temporary, const char *path, trb_error *err);

/** Remove the temporary file after a failure. */
void trb_new_file_abandon(const char *temporary);

#endif
