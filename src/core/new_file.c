/* new_file.c - temporary name, fsync, rename. */
#include "core/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

trb_status trb_new_file_begin(const char *path, bool force, char *temporary, size_t size, trb_error *err)
{
    struct stat there;
    if (!force && stat(path, &there) == 0)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s exists; choose another name or pass --force", path);
    /* The suffix goes in front of the ending, because writers choose the format by the ending. */
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    const int written = snprintf(temporary, size, "%.*s.%ld.part.%s", (int)(base - path), path, (long)getpid(), base);
    if (written < 0 || (size_t)written >= size)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: the name is too long", path);
    const int fd = open(temporary, O_CREAT | O_TRUNC | O_WRONLY, 0666);
    if (fd < 0 || close(fd) != 0)
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be written: %s", path, strerror(errno));
    return TRB_OK;
}

/* Make what the name refers to durable. Some file systems cannot sync a directory; that is no failure. */
static bool sync_name(const char *name, bool directory)
{
    const int fd = open(name, directory ? O_RDONLY | O_DIRECTORY : O_RDONLY);
    if (fd < 0)
        return directory;
    const bool good = fsync(fd) == 0 || directory;
    return close(fd) == 0 && good;
}

trb_status trb_new_file_commit(const char *temporary, const char *path, trb_error *err)
{
    if (!sync_name(temporary, false) || rename(temporary, path) != 0) {
        const int why = errno;
        unlink(temporary);
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be written: %s", path, strerror(why));
    }
    char *directory = strdup(path);
    if (directory) {
        char *slash = strrchr(directory, '/');
        if (slash && slash != directory)
            *slash = 0;
        sync_name(slash ? (slash == directory ? "/" : directory) : ".", true);
        free(directory);
    }
    return TRB_OK;
}

void trb_new_file_abandon(const char *temporary)
{
    unlink(temporary);
}
