/*
 * batch_prefetch.c - reading ahead with posix_fadvise(). A little at each tick: a whole scan at once would push the files
 * of the present one out of the cache and hold the disk.
 */
#include "study/batch_prefetch.h"

#include "study/batch_parts.h"
#include "study/batch_paths.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BYTES_A_TICK (64 << 20)

void trb_prefetch_clear(trb_prefetch *prefetch)
{
    trb_names_free(prefetch->paths, prefetch->n);
    memset(prefetch, 0, sizeof *prefetch);
}

/* Up to `most` bytes of the file at hand; gives how many, and goes to the next file at its end. */
static int64_t ask(trb_prefetch *prefetch, int64_t most)
{
    struct stat facts;
    int64_t size = 0, length = 0;
    const int fd = open(prefetch->paths[prefetch->at], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 && fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode))
        size = facts.st_size;
    if (prefetch->offset < size) {
        length = size - prefetch->offset < most ? size - prefetch->offset : most;
        if (posix_fadvise(fd, prefetch->offset, length, POSIX_FADV_WILLNEED) != 0)
            length = size - prefetch->offset; /* a file system that cannot: leave it */
    }
    if (fd >= 0)
        close(fd);
    prefetch->offset += length;
    if (prefetch->offset >= size) {
        prefetch->at++;
        prefetch->offset = 0;
    }
    return length;
}

void trb_prefetch_some(trb_prefetch *prefetch, const trb_batch_scan *scan, uint64_t most)
{
    if (scan != prefetch->scan) {
        trb_prefetch_clear(prefetch);
        prefetch->scan = scan;
        if (scan && trb_batch_files(scan->entry->path, &prefetch->paths, &prefetch->n, NULL))
            prefetch->n = 0;
    }
    int64_t left = BYTES_A_TICK;
    for (int files = 0; prefetch->at < prefetch->n && left > 0 && prefetch->asked < most && files < 256;
         files++) {
        const int64_t got = ask(prefetch, left);
        left -= got;
        prefetch->asked += (uint64_t)got;
    }
}
