/* slice_write.c - a volume as a folder of numbered slices, which appears only complete. */
#include "io/tiff_write.h"
#include "trabecula/volume_io.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LONGEST_PATH = 4096 };

static void slice_path(const char *folder, const char *stem, size_t z, char out[LONGEST_PATH])
{
    snprintf(out, LONGEST_PATH, "%.3800s/%.200s%04zu.tif", folder, stem, z);
}

/* The whole folder after a failure; what is not there does no harm. */
static void remove_slices(const char *folder, const char *stem, size_t nz)
{
    char path[LONGEST_PATH];
    for (size_t z = 0; z < nz; z++) {
        slice_path(folder, stem, z, path);
        unlink(path);
    }
    rmdir(folder);
}

static trb_status write_slices(const char *folder, const char *stem, const trb_volume *volume,
                               const trb_write_options *options, trb_error *err)
{
    char path[LONGEST_PATH];
    const size_t bytes = volume->grid.nx * volume->grid.ny * trb_type_bytes(volume->type);
    trb_status status = TRB_OK;
    trb_volume slice = *volume; /* a view */
    slice.grid.nz = 1;
    for (size_t z = 0; z < volume->grid.nz && !status; z++) {
        slice.voxels = (unsigned char *)volume->voxels + z * bytes;
        slice_path(folder, stem, z, path);
        status = trb_tiff_write(path, &slice, NULL, options, TRB_TIFF_CLASSIC, err);
    }
    return status;
}

trb_status trb_volume_write_slices(const char *folder, const char *stem, const trb_volume *volume,
                                   const trb_write_options *options, trb_error *err)
{
    const trb_write_options defaults = trb_write_options_default();
    char hidden[LONGEST_PATH];
    const char *slash = strrchr(folder, '/');
    struct stat there;
    options = options ? options : &defaults;
    if (lstat(folder, &there) == 0)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s exists already; name another folder", folder);
    if (strlen(folder) > 3700 || strlen(stem) > 200)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the path %.100s... is too long", folder);
    snprintf(hidden, sizeof hidden, "%.*s.trabecula-XXXXXX", slash ? (int)(slash - folder) + 1 : 0, folder);
    if (!mkdtemp(hidden) || chmod(hidden, 0777 & ~022) != 0)
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be made: %s", folder, strerror(errno));
    trb_status status = write_slices(hidden, stem, volume, options, err);
    if (status)
        trb_error_within(err, "%s", folder);
    else if (rename(hidden, folder) != 0)
        status = trb_error_set(err, TRB_ERR_IO, "%s cannot be put in place: %s", folder, strerror(errno));
    if (status)
        remove_slices(hidden, stem, volume->grid.nz);
    return status;
}
