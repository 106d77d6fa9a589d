/*
 * volume_write.c - writing under a final name that appears only complete.
 *
 * The files are made in a hidden folder beside the target, under their own names (.mhd and .nhdr headers name a
 * second file), synced, and moved into place, the named file last.
 */
#include "core/memory.h"
#include "io/itk_bridge.h"
#include "io/tiff_write.h"
#include "trabecula/volume_io.h"

#include <dirent.h>
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
    return (trb_write_options){TRB_TIFF_NONE, false, NULL};
}

/* What is written, and through which names. */
typedef struct target {
    const char *path;          /* final */
    const char *name;          /* last part of it */
    char folder[LONGEST_PATH]; /* of the final file */
    char hidden[LONGEST_PATH]; /* the temporary folder, "" while there is none */
    char file[LONGEST_PATH];   /* the file in it */
    bool force;
} target;

static bool is_tiff_name(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && (strcasecmp(dot, ".tif") == 0 || strcasecmp(dot, ".tiff") == 0);
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

/* ---- the hidden folder */

static bool join(char out[LONGEST_PATH], const char *folder, const char *name)
{
    return snprintf(out, LONGEST_PATH, "%s/%s", folder, name) < LONGEST_PATH;
}

static trb_status make_hidden_folder(target *to, trb_error *err)
{
    const char *slash = strrchr(to->path, '/');
    to->name = slash ? slash + 1 : to->path;
    if (!*to->name)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s is no file name", to->path);
    const int n = slash ? (int)(slash - to->path) : 1;
    snprintf(to->folder, sizeof to->folder, "%.*s", n ? n : 1, slash ? to->path : ".");
    char hidden[LONGEST_PATH];
    if (!join(hidden, to->folder, ".trabecula-XXXXXX"))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the path %.100s... is too long", to->path);
    if (!mkdtemp(hidden))
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be made in %s: %s", to->name, to->folder, strerror(errno));
    memcpy(to->hidden, hidden, sizeof hidden);
    if (!join(to->file, to->hidden, to->name))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the path %.100s... is too long", to->path);
    return TRB_OK;
}

/* Call `act` for each file of the hidden folder. */
static trb_status each_file(target *to, trb_status (*act)(target *, const char *name, trb_error *), trb_error *err)
{
    DIR *directory = opendir(to->hidden);
    if (!directory)
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be listed: %s", to->hidden, strerror(errno));
    trb_status status = TRB_OK;
    for (struct dirent *entry; !status && (entry = readdir(directory)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            status = act(to, entry->d_name, err);
    closedir(directory);
    return status;
}

static trb_status sync_path(const char *path, trb_error *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const bool done = fd >= 0 && fsync(fd) == 0;
    const int why = errno;
    if (fd >= 0)
        close(fd);
    return done ? TRB_OK : trb_error_set(err, TRB_ERR_IO, "%s cannot be written: %s", path, strerror(why));
}

static trb_status sync_file(target *to, const char *name, trb_error *err)
{
    char path[LONGEST_PATH], final[LONGEST_PATH];
    if (!join(path, to->hidden, name) || !join(final, to->folder, name))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the path %.100s... is too long", to->path);
    const trb_status status = check_absent(final, to->force, err);
    return status ? status : sync_path(path, err);
}

static trb_status move(const target *to, const char *name, trb_error *err)
{
    char from[LONGEST_PATH], final[LONGEST_PATH];
    if (!join(from, to->hidden, name) || !join(final, to->folder, name))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the path %.100s... is too long", to->path);
    if (rename(from, final) != 0)
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be put in place: %s", final, strerror(errno));
    return TRB_OK;
}

static trb_status move_companion(target *to, const char *name, trb_error *err)
{
    return strcmp(name, to->name) == 0 ? TRB_OK : move(to, name, err);
}

static trb_status remove_file(target *to, const char *name, trb_error *err)
{
    char path[LONGEST_PATH];
    (void)err;
    if (join(path, to->hidden, name))
        unlink(path);
    return TRB_OK;
}

static void remove_hidden_folder(target *to)
{
    if (!to->hidden[0])
        return;
    trb_status status = each_file(to, remove_file, NULL);
    (void)status; /* nothing more can be done: what is left is hidden and named after the program */
    rmdir(to->hidden);
}

/* ---- formats */

static trb_status write_any(const target *to, const trb_volume *volume, const trb_mask *mask,
                            const trb_write_options *options, trb_error *err)
{
    if (is_tiff_name(to->path))
        return trb_tiff_write(to->file, volume, mask, options, TRB_TIFF_BY_SIZE, err);
    const bool compress = options->compression != TRB_TIFF_NONE;
    if (volume)
        return trb_itk_write(to->file, volume, compress, err);
    trb_volume *drawn = NULL;
    trb_status status = trb_mask_to_volume(mask, 255, &drawn, err);
    if (!status)
        status = trb_itk_write(to->file, drawn, compress, err);
    trb_volume_destroy(drawn);
    return status;
}

static trb_status write_volume(const char *path, const trb_volume *volume, const trb_mask *mask,
                               const trb_write_options *options, trb_error *err)
{
    const trb_write_options defaults = trb_write_options_default();
    options = options ? options : &defaults;
    if (!is_tiff_name(path) && !trb_itk_knows(path))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "%s: the ending does not name a format; use .tif, .mha, .mhd, .nrrd, .nii or .nii.gz", path);
    target to = {.path = path, .force = options->force};
    trb_status status = check_absent(path, options->force, err);
    if (!status)
        status = make_hidden_folder(&to, err);
    if (!status)
        status = write_any(&to, volume, mask, options, err);
    if (!status)
        status = each_file(&to, sync_file, err);
    if (!status)
        status = each_file(&to, move_companion, err);
    if (!status)
        status = move(&to, to.name, err);
    remove_hidden_folder(&to);
    if (!status)
        status = sync_path(to.folder, err);
    return status;
}

trb_status trb_volume_write(const char *path, const trb_volume *volume, const trb_write_options *options,
                            trb_error *err)
{
    return write_volume(path, volume, NULL, options, err);
}

trb_status trb_mask_write(const char *path, const trb_mask *mask, const trb_write_options *options, trb_error *err)
{
    return write_volume(path, NULL, mask, options, err);
}
