/* cmd_phantom_study.c - draw the animals, write their slices, then say what is true of them. */
#include "cmd_phantom_study.h"

#include "trabecula/record.h"
#include "trabecula/volume_io.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LONGEST_PATH = 4096, AT_ONCE = 64 };

/* A study is made in a folder of its own, so that nothing of another run is taken for a part of it. */
static trb_status open_folder(const char *folder, trb_error *err)
{
    if (mkdir(folder, 0777) == 0)
        return TRB_OK;
    if (errno != EEXIST)
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be made: %s", folder, strerror(errno));
    DIR *there = opendir(folder);
    if (!there)
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be read: %s", folder, strerror(errno));
    size_t entries = 0;
    for (const struct dirent *entry = readdir(there); entry; entry = readdir(there))
        entries += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(there);
    return entries ? trb_error_set(err, TRB_ERR_ARGUMENT, "%s is not empty; name a new folder", folder)
                   : TRB_OK;
}

static trb_status make_groups(const char *folder, trb_error *err)
{
    size_t n;
    const trb_phantom_group *group = trb_phantom_groups(&n);
    char path[LONGEST_PATH];
    for (size_t g = 0; g < n; g++) {
        snprintf(path, sizeof path, "%.3000s/%.500s", folder, group[g].name);
        if (mkdir(path, 0777) != 0)
            return trb_error_set(err, TRB_ERR_IO, "%s cannot be made: %s", path, strerror(errno));
    }
    return TRB_OK;
}

static trb_status write_animal(const char *folder, const trb_phantom_animal *animal, const trb_volume *volume,
                               trb_error *err)
{
    size_t n;
    const trb_phantom_group *group = trb_phantom_groups(&n);
    trb_write_options write = trb_write_options_default();
    write.unsynced = true; /* the same command makes them again */
    char path[LONGEST_PATH], stem[32];
    snprintf(path, sizeof path, "%.3000s/%.500s/%s", folder, group[animal->group].name, animal->name);
    snprintf(stem, sizeof stem, "%s_", animal->name);
    return trb_volume_write_slices(path, stem, volume, &write, err);
}

/* As many as there are threads. */
static trb_status make_some(const trb_phantom_study *study, const char *folder, size_t first, size_t n,
                            trb_phantom_animal *animals, trb_error *err)
{
    trb_volume *volume[AT_ONCE];
    trb_status status = trb_phantom_study_make(study, first, n, animals, volume, err);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++) {
        if (!status)
            status = write_animal(folder, &animals[i], volume[i], err);
        trb_volume_destroy(volume[i]);
    }
    return status;
}

static trb_status make_animals(const cli_call *call, const trb_phantom_study *study, const char *folder,
                               trb_phantom_animal *animals, size_t n, trb_error *err)
{
    const trb_progress *progress = cli_progress(call);
    const size_t threads = (size_t)call->common.threads, step = threads < AT_ONCE ? threads : AT_ONCE;
    trb_status status = TRB_OK;
    for (size_t i = 0; i < n && !status; i += step) {
        if (!progress->report(progress->user, "phantom study", (double)i / (double)n) || cli_interrupted())
            status = trb_error_set(err, TRB_ERR_CANCELLED, "stopped");
        else
            status = make_some(study, folder, i, n - i < step ? n - i : step, animals + i, err);
    }
    cli_progress_end();
    return status;
}

/* Takes the text. */
static trb_status put(const char *folder, const char *name, char *text, trb_error *err)
{
    char path[LONGEST_PATH];
    snprintf(path, sizeof path, "%.4000s/%s", folder, name);
    const trb_status status = text ? trb_text_write(path, text, false, err)
                                   : trb_error_set(err, TRB_ERR_MEMORY, "out of memory for %s", name);
    free(text);
    return status;
}

trb_status phantom_study_make(const cli_call *call, const trb_phantom_study *study, const char *folder,
                              trb_error *err)
{
    size_t n_groups;
    trb_phantom_groups(&n_groups);
    const size_t n = study->animals * n_groups;
    if (strlen(folder) > 3000)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the path %.100s... is too long", folder);
    trb_phantom_animal *animals = calloc(n, sizeof *animals);
    if (!animals)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for %zu animals", n);
    trb_status status = open_folder(folder, err);
    if (!status)
        status = make_groups(folder, err);
    if (!status)
        status = make_animals(call, study, folder, animals, n, err);
    if (!status)
        status = put(folder, "truth.csv", phantom_study_csv(animals, n), err);
    if (!status)
        status = put(folder, "protocol.ini", phantom_study_protocol(study), err);
    if (!status)
        status = put(folder, "README.txt", phantom_study_readme(study), err);
    if (!status) /* last: where it is, the study is complete */
        status = put(folder, "truth.json", phantom_study_json(call, study, animals, n), err);
    free(animals);
    if (!status)
        cli_info(call, "wrote %s: %zu groups of %zu animals, %zu x %zu x %zu voxels each, and truth.csv",
                 folder, n_groups, study->animals, study->size_vox, study->size_vox, study->size_vox);
    return status;
}
