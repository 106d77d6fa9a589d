/*
 * volume_write.c - writing under a final name that appears only complete.
 *
 * The file is made in a hidden folder beside the target, under its own name (writers choose the format by the
 * ending), synced, and moved into place. After a power loss there is the old file, the new one, or a hidden folder.
 */
#include "io/itk_bridge.h"
#include "io/tiff_write.h"
#include "trabecula/volume_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define LONGEST_PATH 4096

trb_write_options trb_write_options_default(void)
{
    return (trb_write_options){.compression = TRB_TIFF_NONE};
}

/* What is written, and through which names. */
typedef struct target {
    const char *path;          /* final */
    char folder[LONGEST_PATH]; /* of it */
    char hidden[LONGEST_PATH]; /* the temporary folder, "" while there is none */
    char file[LONGEST_PATH];   /* the file in it */
} target;

static bool ends_like(const char *path, const char *ending)
{
    const size_t n = strlen(path), m = strlen(ending);
    return n > m && strcasecmp(path + n - m, ending) == 0;
}

static bool is_tiff_name(const char *path)
{
    return ends_like(path, ".tif") || ends_like(path, ".tiff");
}

static trb_status check_name(const char *path, trb_error *err)
{
    if (!is_tiff_name(path) && !trb_itk_knows(path))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "%s: the ending does not name a format; use .tif, .mha, .nrrd, .nii or .nii.gz", path);
    if (ends_like(path, ".mhd") || ends_like(path, ".nhdr"))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "%s: a header and a data file cannot appear at once; use .mha or .nrrd, which hold the same "
                             "in one file",
                             path);
    return TRB_OK;
}

trb_status trb_volume_write_check(const char *path, const trb_grid *grid, trb_error *err)
{
    const trb_status status = check_name(path, err);
    return status || is_tiff_name(path) ? status : trb_itk_check_writable(path, grid, err);
}

static trb_status check_absent(const char *path, bool force, trb_error *err)
{
    struct stat facts;
    if (lstat(path, &facts) != 0)
        return TRB_OK;
    if (S_ISDIR(facts.st_mode))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s is a folder; a file name is needed", path);
    if (!force)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s exists already: choose another name or use --force", path);
    return TRB_OK;
}

static trb_status make_hidden_folder(target *to, trb_error *err)
{
    const char *slash = strrchr(to->path, '/'), *name = slash ? slash + 1 : to->path;
    const int n = !slash ? 1 : slash == to->path ? 1 : (int)(slash - to->path);
    char hidden[LONGEST_PATH];
    if (snprintf(to->folder, sizeof to->folder, "%.*s", n, slash ? to->path : ".") >= LONGEST_PATH ||
        snprintf(hidden, sizeof hidden, "%s/.trabecula-XXXXXX", to->folder) >= LONGEST_PATH)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the path %.100s... is too long", to->path);
    if (!mkdtemp(hidden))
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be made in %s: %s", name, to->folder, strerror(errno));
    memcpy(to->hidden, hidden, sizeof hidden);
    if (snprintf(to->file, sizeof to->file, "%s/%s", to->hidden, name) >= LONGEST_PATH)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the path %.100s... is too long", to->path);
    return TRB_OK;
}

static void remove_hidden_folder(const target *to)
{
    if (!to->hidden[0])
        return;
    unlink(to->file); /* there only when something failed */
    rmdir(to->hidden);
}

static trb_status sync_path(const char *path, const char *shown, trb_error *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const bool done = fd >= 0 && fsync(fd) == 0;
    const int why = errno;
    if (fd >= 0)
        close(fd);
    return done ? TRB_OK : trb_error_set(err, TRB_ERR_IO, "%s cannot be written: %s", shown, strerror(why));
}

static trb_status put_in_place(const target *to, bool force, trb_error *err)
{
    trb_status status = sync_path(to->file, to->path, err);
    if (!status)
        status = check_absent(to->path, force, err); /* somebody else may have been faster */
    if (status)
        return status;
    if (rename(to->file, to->path) != 0)
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be put in place: %s", to->path, strerror(errno));
    return sync_path(to->folder, to->path, err);
}

/* ---- formats */

static trb_status write_tiff(const target *to, const trb_volume *volume, const trb_mask *mask,
                             const trb_write_options *options, trb_error *err)
{
    const trb_status status = trb_tiff_write(to->file, volume, mask, options, TRB_TIFF_BY_SIZE, err);
    if (status)
        trb_error_within(err, "%s", to->path);
    return status;
}

/* A message names the file that was asked for: nobody knows the hidden one, and it is gone when the message is read. The hidden name
   is the longer one, so that the text only shrinks. */
static void say_final_name(const target *to, trb_error *err)
{
    const size_t hidden = strlen(to->file), shown = strlen(to->path);
    for (char *at = err ? err->text : NULL; at && hidden > shown && (at = strstr(at, to->file)); at += shown) {
        memcpy(at, to->path, shown);
        memmove(at + shown, at + hidden, strlen(at + hidden) + 1);
    }
}

static trb_status write_with_itk(const target *to, const trb_volume *volume, const trb_mask *mask,
                                 const trb_write_options *options, trb_error *err)
{
    const bool compress = options->compression != TRB_TIFF_NONE;
    trb_volume *drawn = NULL;
    trb_status status = volume ? TRB_OK : trb_mask_to_volume(mask, 255, &drawn, err);
    if (!status && (status = trb_itk_write(to->file, volume ? volume : drawn, compress, err)))
        say_final_name(to, err);
    trb_volume_destroy(drawn);
    return status;
}

static trb_status write_any(const char *path, const trb_volume *volume, const trb_mask *mask,
                            const trb_write_options *options, trb_error *err)
{
    const trb_write_options defaults = trb_write_options_default();
    options = options ? options : &defaults;
    target to = {.path = path};
    trb_status status = check_absent(path, options->force, err);
    if (!status)
        status = trb_volume_write_check(path, volume ? &volume->grid : &mask->grid, err);
    if (!status)
        status = make_hidden_folder(&to, err);
    if (!status)
        status = is_tiff_name(path) ? write_tiff(&to, volume, mask, options, err)
                                    : write_with_itk(&to, volume, mask, options, err);
    if (!status)
        status = put_in_place(&to, options->force, err);
    remove_hidden_folder(&to);
    return status;
}

trb_status trb_volume_write(const char *path, const trb_volume *volume, const trb_write_options *options,
                            trb_error *err)
{
    return write_any(path, volume, NULL, options, err);
}

trb_status trb_mask_write(const char *path, const trb_mask *mask, const trb_write_options *options, trb_error *err)
{
    return write_any(path, NULL, mask, options, err);
}

/* ---- plane by plane */

struct trb_volume_writer {
    target to;
    char *path;
    bool force;
    trb_tiff_stream *stream;
};

trb_status trb_volume_writer_create(const char *path, const trb_grid *grid, trb_type type,
                                    const trb_write_options *options, trb_volume_writer **out, trb_error *err)
{
    const trb_write_options defaults = trb_write_options_default();
    options = options ? options : &defaults;
    *out = NULL;
    trb_volume_writer *writer = calloc(1, sizeof *writer);
    if (!writer || !(writer->path = strdup(path))) {
        free(writer);
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a file");
    }
    writer->to.path = writer->path;
    writer->force = options->force;
    trb_status status = check_absent(path, options->force, err);
    if (!status)
        status = check_name(path, err);
    if (!status && !is_tiff_name(path))
        status = trb_error_set(err, TRB_ERR_UNSUPPORTED, "%s: only TIFF can be written plane by plane", path);
    if (!status)
        status = make_hidden_folder(&writer->to, err);
    if (!status && (status = trb_tiff_stream_create(writer->to.file, grid, type, options, &writer->stream, err)))
        trb_error_within(err, "%s", path);
    if (status)
        trb_volume_writer_destroy(writer);
    else
        *out = writer;
    return status;
}

trb_status trb_volume_writer_planes(trb_volume_writer *writer, size_t n, const void *voxels, trb_error *err)
{
    const trb_status status = trb_tiff_stream_planes(writer->stream, n, voxels, err);
    if (status)
        trb_error_within(err, "%s", writer->path);
    return status;
}

trb_status trb_volume_writer_finish(trb_volume_writer *writer, trb_error *err)
{
    const trb_status status = trb_tiff_stream_finish(writer->stream, err);
    if (status) {
        trb_error_within(err, "%s", writer->path);
        return status;
    }
    return put_in_place(&writer->to, writer->force, err);
}

void trb_volume_writer_destroy(trb_volume_writer *writer)
{
    if (!writer)
        return;
    trb_tiff_stream_destroy(writer->stream);
    remove_hidden_folder(&writer->to);
    free(writer->path);
    free(writer);
}
