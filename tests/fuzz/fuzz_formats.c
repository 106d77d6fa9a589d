/*
 * fuzz_formats.c - libFuzzer target: any bytes as a scanner's file, opened and read whole. The name has no ending, so that the
 * first bytes choose the reader: ISQ, AIM, BMP, PNG, DICOM, JPEG 2000.
 * Not part of the normal build: scripts/fuzz compiles it with clang and runs it.
 */
#include "io/scan_formats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_BYTES ((uint64_t)32 << 20) /* of a volume: the interest is in parsing, not in swapping */
#define MOST_PLANES 64

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
    static char path[] = P_tmpdir "/fuzz-formats-XXXXXX";
    static int fd = -1;
    if (fd < 0)
        fd = mkstemp(path);
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, bytes, count, 0) != (ssize_t)count)
        abort();
    const trb_open_options options = {{0, 0, 0}, false, 0};
    trb_opened opened;
    trb_error err = {TRB_OK, ""};
    bool known = false;
    trb_status status = trb_format_open(path, &options, &known, &opened, &err);
    if (!status && known) {
        if (trb_grid_check(&opened.grid, NULL) || !opened.reader.read)
            abort(); /* the contract: a volume or a reason */
        const uint64_t plane = (uint64_t)opened.grid.nx * opened.grid.ny * trb_type_bytes(opened.type);
        const size_t last = opened.grid.nz - 1;
        void *voxels = plane <= MOST_BYTES ? malloc((size_t)plane * 2) : NULL;
        for (size_t z = 0; voxels && !status && z < opened.grid.nz && z < MOST_PLANES; z += 2)
            status = opened.reader.read(opened.reader.self, z, z + 1 < opened.grid.nz ? z + 2 : z + 1, voxels, &err);
        if (voxels && !status)
            status = opened.reader.read(opened.reader.self, last, last + 1, voxels, &err);
        free(voxels);
    }
    if (status && !err.text[0])
        abort();
    trb_plane_reader_clear(&opened.reader);
    trb_scan_info_clear(&opened.info);
    return 0;
}
