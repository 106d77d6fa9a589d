/* report_files.h - folders and names of report files. */
#ifndef TRB_REPORT_FILES_H
#define TRB_REPORT_FILES_H

#include "trabecula/status.h"

/** Make a folder and those above it. Errors: TRB_ERR_IO names what cannot be made. */
trb_status trb_report_folder(const char *path, trb_error *err);

/** folder/name in the buffer, which is also returned. */
const char *trb_report_join(const char *folder, const char *name, char buffer[4096]);

#endif
