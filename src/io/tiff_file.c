/*
 * tiff_file.c - one TIFF file: bytes, chain of directories, libtiff handle.
 *
 * The chain is walked here and not by libtiff: a loop or a chain that leaves the file is then found with the
 * page number, at a few bytes a page, and later every page is one seek away.
 */
#include "io/tiff_file.h"

#include "core/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_DIRECTORIES 1000000
#define MOST_ENTRIES 4096 /* of one directory; libtiff draws the same line */
#define TYPE_RATIONAL 5

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define NATIVE_MARK 'M'
#else
#define NATIVE_MARK 'I'
#endif

/* ---- messages of libtiff, one set a handle */

static int keep_error(TIFF *tiff, void *user, const char *module, const char *format, va_list args)
{
    (void)tiff, (void)module;
    trb_tiff_messages *messages = user;
    if (!messages->error[0])
        vsnprintf(messages->error, sizeof messages->error, format, args);
    return 1; /* handled: not to stderr */
}

/* Old LZW files decode well; libtiff only advises to convert them. */
static int keep_warning(TIFF *tiff, void *user, const char *module, const char *format, va_list args)
{
    (void)tiff, (void)module;
    trb_tiff_messages *messages = user;
    if (!messages->warning[0] && !strstr(format, "Old-style LZW"))
        vsnprintf(messages->warning, sizeof messages->warning, format, args);
    return 1;
}

/* No single buffer of libtiff needs more than the file holds, plus tables of its codecs. */
static TIFF *open_handle(trb_tiff_file *file, const char *path)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options)
        return NULL;
    const tmsize_t most = file->bytes < (uint64_t)1 << 60 ? (tmsize_t)file->bytes + (64 << 20) : 0;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, most);
    TIFFOpenOptionsSetErrorHandlerExtR(options, keep_error, &file->messages);
    TIFFOpenOptionsSetWarningHandlerExtR(options, keep_warning, &file->messages);
    /* m: no memory map (a file that shrinks would kill us), c: strips as they are, h: header only */
    TIFF *tiff = TIFFFdOpenExt(file->fd, path, "rmch", options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

/* ---- bytes */

bool trb_tiff_read_at(const trb_tiff_file *file, uint64_t offset, void *bytes, size_t count)
{
    char *to = bytes;
    if (offset > file->bytes || count > file->bytes - offset)
        return false;
    while (count) {
        const ssize_t got = pread(file->fd, to, count < 1 << 30 ? count : 1 << 30, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        offset += (uint64_t)got;
        count -= (size_t)got;
    }
    return true;
}

/* An unsigned number of 2, 4 or 8 bytes in the file's byte order. */
static bool read_number(const trb_tiff_file *file, uint64_t offset, size_t width, uint64_t *number)
{
    unsigned char bytes[8];
    if (!trb_tiff_read_at(file, offset, bytes, width))
        return false;
    const bool little = file->swapped ? NATIVE_MARK == 'M' : NATIVE_MARK == 'I';
    *number = 0;
    for (size_t i = 0; i < width; i++)
        *number = *number << 8 | bytes[little ? width - 1 - i : i];
    return true;
}

/* ---- opening */

static bool header_is_tiff(const unsigned char *head)
{
    if (head[0] != head[1] || (head[0] != 'I' && head[0] != 'M'))
        return false;
    const int magic = head[0] == 'I' ? head[2] | head[3] << 8 : head[2] << 8 | head[3];
    return magic == 42 || magic == 43;
}

bool trb_tiff_recognise(const char *path)
{
    unsigned char head[4];
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const ssize_t got = pread(fd, head, sizeof head, 0);
    close(fd);
    return got == (ssize_t)sizeof head && header_is_tiff(head);
}

static trb_status open_checked(const char *path, trb_tiff_file *file, trb_error *err)
{
    struct stat facts;
    unsigned char head[4];
    if (fstat(file->fd, &facts) != 0)
        return trb_error_set(err, TRB_ERR_IO, "cannot be read: %s", strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return trb_error_set(err, TRB_ERR_IO, "is no regular file");
    file->bytes = (uint64_t)facts.st_size;
    if (file->bytes == 0)
        return trb_error_set(err, TRB_ERR_FORMAT, "is empty (0 bytes): copy or export it again");
    if (!trb_tiff_read_at(file, 0, head, sizeof head) || !header_is_tiff(head))
        return trb_error_set(err, TRB_ERR_FORMAT, "is no TIFF file: it does not start with a TIFF header");
    file->swapped = head[0] != NATIVE_MARK;
    file->big = head[2] == 43 || head[3] == 43;
    file->tiff = open_handle(file, path);
    if (!file->tiff)
        return trb_error_set(err, TRB_ERR_FORMAT, "is damaged: %s",
                             file->messages.error[0] ? file->messages.error : "libtiff cannot open it");
    return TRB_OK;
}

trb_status trb_tiff_file_open(const char *path, trb_tiff_file *file, trb_error *err)
{
    memset(file, 0, sizeof *file);
    file->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (file->fd < 0)
        return trb_error_set(err, TRB_ERR_IO, "cannot be opened: %s", strerror(errno));
    const trb_status status = open_checked(path, file, err);
    if (status) {
        close(file->fd); /* libtiff owns it only after a successful open */
        file->fd = -1;
    }
    return status;
}

void trb_tiff_file_close(trb_tiff_file *file)
{
    if (file->tiff)
        TIFFClose(file->tiff); /* closes the descriptor too */
    memset(file, 0, sizeof *file);
    file->fd = -1;
}

/* ---- directories */

/* Number of entries and where the entries start. */
static bool directory_entries(const trb_tiff_file *file, uint64_t offset, uint64_t *entries, uint64_t *first)
{
    const size_t width = file->big ? 8 : 2;
    *first = offset + width;
    return read_number(file, offset, width, entries) && *entries > 0 && *entries <= MOST_ENTRIES;
}

/* Offset of the directory after this one, 0 at the end of the chain. */
static bool next_directory(const trb_tiff_file *file, uint64_t offset, uint64_t *next)
{
    uint64_t entries, first;
    return directory_entries(file, offset, &entries, &first) &&
           read_number(file, first + entries * (file->big ? 20 : 12), file->big ? 8 : 4, next);
}

/* The chain came back to an earlier directory `period` steps ago: name the first page that leads back. */
static trb_status loop_found(const uint64_t *offsets, size_t count, size_t period, trb_error *err)
{
    size_t first = 0;
    while (first + period < count && offsets[first] != offsets[first + period])
        first++;
    return trb_error_set(err, TRB_ERR_FORMAT,
                         "the list of pages runs in a circle: page %zu is followed by page %zu again",
                         first + period, first + 1);
}

/* Appends, growing by doubling. */
static trb_status append(uint64_t **offsets, size_t *count, uint64_t offset, trb_error *err)
{
    if (*count == 0 || (*count >= 64 && (*count & (*count - 1)) == 0)) {
        uint64_t *more = realloc(*offsets, (*count ? 2 * *count : 64) * sizeof *more);
        if (!more)
            return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the list of %zu pages", *count);
        *offsets = more;
    }
    (*offsets)[(*count)++] = offset;
    return TRB_OK;
}

/* Brent: the hare walks, the tortoise waits at powers of two; they meet when there is a circle. */
static trb_status walk_chain(const trb_tiff_file *file, uint64_t **offsets, size_t *count, trb_error *err)
{
    uint64_t offset;
    size_t tortoise = 0;
    if (!read_number(file, file->big ? 8 : 4, file->big ? 8 : 4, &offset))
        return trb_error_set(err, TRB_ERR_FORMAT, "is truncated: %llu bytes are only a part of the header",
                             (unsigned long long)file->bytes);
    if (offset == 0)
        return trb_error_set(err, TRB_ERR_FORMAT, "holds no image: its writer did not finish it");
    while (offset) {
        trb_status status = append(offsets, count, offset, err);
        if (status)
            return status;
        const size_t hare = *count - 1;
        if (hare > 0 && offset == (*offsets)[tortoise])
            return loop_found(*offsets, *count, hare - tortoise, err);
        if ((hare & (hare - 1)) == 0)
            tortoise = hare;
        if (*count > MOST_DIRECTORIES)
            return trb_error_set(err, TRB_ERR_FORMAT, "claims more than %d pages", MOST_DIRECTORIES);
        if (!next_directory(file, offset, &offset))
            return trb_error_set(err, TRB_ERR_FORMAT,
                                 "page %zu: its directory should be at byte %llu of %llu, but there is none: "
                                 "the file is truncated or damaged, copy or export it again",
                                 *count, (unsigned long long)offset, (unsigned long long)file->bytes);
    }
    return TRB_OK;
}

trb_status trb_tiff_directories(const trb_tiff_file *file, uint64_t **offsets, size_t *count, trb_error *err)
{
    *offsets = NULL;
    *count = 0;
    const trb_status status = walk_chain(file, offsets, count, err);
    if (status) {
        free(*offsets);
        *offsets = NULL;
        *count = 0;
    }
    return status;
}

trb_status trb_tiff_directory_set(trb_tiff_file *file, uint64_t offset, trb_error *err)
{
    memset(&file->messages, 0, sizeof file->messages);
    if (TIFFSetSubDirectory(file->tiff, offset))
        return TRB_OK;
    return trb_error_set(err, TRB_ERR_FORMAT, "damaged directory: %s",
                         file->messages.error[0] ? file->messages.error : "libtiff cannot read it");
}

/* Where the values of a tag start that does not fit into its entry; 0 when the directory does not have it. */
static uint64_t rational_at(const trb_tiff_file *file, uint64_t directory, uint16_t tag)
{
    uint64_t entries, first, id, type, count, where;
    if (!directory_entries(file, directory, &entries, &first))
        return 0;
    const size_t wide = file->big ? 8 : 4;
    for (uint64_t i = 0; i < entries; i++) {
        const uint64_t entry = first + i * (4 + 2 * wide);
        if (!read_number(file, entry, 2, &id))
            return 0;
        if (id != tag)
            continue;
        if (!read_number(file, entry + 2, 2, &type) || type != TYPE_RATIONAL ||
            !read_number(file, entry + 4, wide, &count) || count != 1)
            return 0;
        where = entry + 4 + wide; /* BigTIFF keeps the 8 bytes in the entry, classic TIFF their offset */
        return file->big || read_number(file, where, 4, &where) ? where : 0;
    }
    return 0;
}

bool trb_tiff_rational(const trb_tiff_file *file, uint64_t directory, uint16_t tag, uint32_t *numerator,
                       uint32_t *denominator)
{
    uint64_t over, under;
    const uint64_t where = rational_at(file, directory, tag);
    if (where == 0 || !read_number(file, where, 4, &over) || !read_number(file, where + 4, 4, &under))
        return false;
    *numerator = (uint32_t)over;
    *denominator = (uint32_t)under;
    return over && under;
}
