/*
 * fuzz_tiff.c - libFuzzer target: any bytes as a TIFF file, opened and read whole.
 * Not part of the normal build: scripts/fuzz compiles it with clang and runs it.
 */
#include "trabecula/volume_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_BYTES ((size_t)32 << 20) /* of a volume: the interest is in parsing, not in swapping */

#ifdef FUZZ_WITHOUT_ITK
#include "io/itk_bridge.h"

bool trb_itk_knows(const char *path)
{
    (void)path;
    return false;
}

trb_status trb_itk_probe(const char *path, trb_grid *grid, trb_type *type, trb_scan_info *info, trb_error *err)
{
    (void)path, (void)grid, (void)type, (void)info;
    return trb_error_set(err, TRB_ERR_UNSUPPORTED, "not here");
}

trb_status trb_itk_read(const char *path, size_t z0, size_t z1, void *dst, trb_error *err)
{
    (void)path, (void)z0, (void)z1, (void)dst;
    return trb_error_set(err, TRB_ERR_UNSUPPORTED, "not here");
}

/* Without OpenMP there is one thread. */
int omp_get_max_threads(void)
{
    return 1;
}

int omp_get_thread_num(void)
{
    return 0;
}
#endif

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
    static char path[] = P_tmpdir "/fuzz-tiff-XXXXXX";
    static int fd = -1;
    if (fd < 0)
        fd = mkstemp(path);
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, bytes, count, 0) != (ssize_t)count)
        abort();
    trb_volume *volume = NULL;
    trb_scan_info info = {0};
    trb_error err = {TRB_OK, ""};
    trb_open_options options = trb_open_options_default();
    options.memory_limit_bytes = MOST_BYTES;
    const trb_status status = trb_volume_read(path, &options, NULL, NULL, &volume, &info, &err);
    if ((status == TRB_OK) != (volume != NULL) || (status && !err.text[0]))
        abort(); /* the contract: a volume or a reason */
    trb_scan_info_clear(&info);
    trb_volume_destroy(volume);
    return 0;
}
