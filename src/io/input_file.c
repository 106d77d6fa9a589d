/* input_file.c - see input_file.h. */
#include "io/input_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AT_ONCE ((size_t)1 << 30) /* one read() takes at most 2 GB */

trb_status trb_input_open(const char *path, trb_input_file *file, trb_error *err)
{
    struct stat facts;
    *file = (trb_input_file){-1, 0};
    if (stat(path, &facts) != 0)
        return trb_error_set(err, TRB_ERR_IO, "%s", strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return trb_error_set(err, TRB_ERR_IO, "is no file");
    file->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (file->fd < 0 || fstat(file->fd, &facts) != 0) {
        const int why = errno;
        trb_input_close(file);
        return trb_error_set(err, TRB_ERR_IO, "%s", strerror(why));
    }
    file->bytes = (uint64_t)facts.st_size;
    return TRB_OK;
}

void trb_input_close(trb_input_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

trb_status trb_input_read(const trb_input_file *file, uint64_t offset, void *dst, size_t bytes, trb_error *err)
{
    char *to = dst;
    while (bytes > 0) {
        const ssize_t got = pread(file->fd, to, bytes < AT_ONCE ? bytes : AT_ONCE, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return trb_error_set(err, TRB_ERR_IO, "cannot be read: %s", strerror(errno));
        if (got == 0)
            return trb_error_set(err, TRB_ERR_FORMAT, "ends too early: it is truncated; copy or export it again");
        to += got;
        offset += (uint64_t)got;
        bytes -= (size_t)got;
    }
    return TRB_OK;
}
