/* report_files.h - folders and names of report files. */
#ifndef TRB_REPORT_FILES_H
#define TRB_REPORT_FILES_H

#include "trabecula/status.h"

#include <stdio.h>

/** Make a folder and those above it. Errors: TRB_ERR_IO names what cannot be made. */
trb_status trb_report_folder(const char *path, trb_error *err);

/** folder/name in the buffer, which is also returned. */
const char *trb_report_join(const char *folder, const char *name, char buffer[4096]);

/**
 * Write what went into an open_memstream() on *text to folder/name; closes the stream (NULL: it could not be opened) and frees
 * *text. Errors: TRB_ERR_MEMORY names the file; those of writing it.
 */
trb_status trb_report_finish(FILE *out, char **text, const char *folder, const char *name, trb_error *err);

#endif
