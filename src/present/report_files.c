/* report_files.c - folders and names of report files. */
#include "present/report_files.h"

#include "trabecula/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

trb_status trb_report_folder(const char *path, trb_error *err)
{
    char part[4096];
    if (strlen(path) >= sizeof part)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the name of the folder is too long");
    strcpy(part, path);
    for (char *slash = part + 1;; slash++) {
        if (*slash && *slash != '/')
            continue;
        const char kept = *slash;
        *slash = 0;
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return trb_error_set(err, TRB_ERR_IO, "the folder %s cannot be made: %s", part, strerror(errno));
        *slash = kept;
        if (!kept)
            break;
    }
    struct stat is;
    if (stat(path, &is) != 0 || !S_ISDIR(is.st_mode))
        return trb_error_set(err, TRB_ERR_IO, "%s is no folder", path);
    return TRB_OK;
}

const char *trb_report_join(const char *folder, const char *name, char buffer[4096])
{
    snprintf(buffer, 4096, "%s/%s", folder, name);
    return buffer;
}

trb_status trb_report_finish(FILE *out, char **text, const char *folder, const char *name, trb_error *err)
{
    char path[4096];
    trb_status status = TRB_OK;
    if (!out || fclose(out) != 0)
        status = trb_error_set(err, TRB_ERR_MEMORY, "out of memory for %s", name);
    if (!status)
        status = trb_text_write(trb_report_join(folder, name, path), *text, true, err);
    free(*text);
    *text = NULL;
    return status;
}
