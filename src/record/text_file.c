/* text_file.c - small text results, complete or not at all. */
#include "trabecula/record.h"

#include "core/new_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

trb_status trb_text_write(const char *path, const char *text, bool force, trb_error *err)
{
    char temporary[4096];
    trb_status status = trb_new_file_begin(path, force, temporary, sizeof temporary, err);
    if (status)
        return status;
    FILE *out = fopen(temporary, "wb");
    const size_t length = strlen(text);
    bool good = out && fwrite(text, 1, length, out) == length;
    if (out && fclose(out) != 0)
        good = false;
    if (!good) {
        const int why = errno;
        trb_new_file_abandon(temporary);
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be written: %s", path, strerror(why));
    }
    return trb_new_file_commit(temporary, path, err);
}
