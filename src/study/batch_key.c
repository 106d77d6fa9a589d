/*
 * batch_key.c - what a result depends on, small enough to compare at every start.
 *
 * Reading 8 GB a scan to see that nothing changed would take the night. Names, sizes and times of all files, and the
 * first and last 64 KiB of three of them, tell a changed scan from the same one in milliseconds.
 */
#include "study/batch_parts.h"

#include "io/raw_volume.h"
#include "study/batch_paths.h"
#include "trabecula/version.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <zlib.h>

#define SAMPLE_BYTES 65536

/* ---- files */

/* A header file has its voxels in a file of the same stem: scan.mhd and scan.raw. */
static trb_status files_beside(const char *path, char ***paths, size_t *n, trb_error *err)
{
    char *base = trb_path_base(path);
    char *folder = strrchr(path, '/') ? strndup(path, (size_t)(strrchr(path, '/') - path) + 1) : strdup("./");
    const size_t stem = base ? trb_volume_stem(base) : 0;
    trb_status status = base && folder ? trb_names_in(folder, paths, n, err) : TRB_ERR_MEMORY;
    size_t kept = 0;
    for (size_t i = 0; !status && i < *n; i++) {
        const bool ours = strncmp((*paths)[i], base, stem) == 0 && (*paths)[i][stem] == '.';
        char *full = ours ? trb_path_join(folder, (*paths)[i]) : NULL;
        free((*paths)[i]);
        (*paths)[i] = NULL;
        if (full)
            (*paths)[kept++] = full;
    }
    if (!status)
        *n = kept;
    free(folder);
    free(base);
    return status;
}

static trb_status files_in(const char *path, char ***paths, size_t *n, trb_error *err)
{
    trb_status status = trb_names_in(path, paths, n, err);
    for (size_t i = 0; !status && i < *n; i++) {
        char *full = trb_path_join(path, (*paths)[i]);
        if (!full)
            return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a list of files");
        free((*paths)[i]);
        (*paths)[i] = full;
    }
    return status;
}

trb_status trb_batch_files(const char *path, char ***paths, size_t *n, trb_error *err)
{
    struct stat facts;
    *paths = NULL;
    *n = 0;
    path = trb_raw_spec_file(path);
    if (stat(path, &facts) == 0 && S_ISDIR(facts.st_mode))
        return files_in(path, paths, n, err);
    const char *dot = strrchr(path, '.');
    if (dot && (strcasecmp(dot, ".mhd") == 0 || strcasecmp(dot, ".nhdr") == 0))
        return files_beside(path, paths, n, err);
    *paths = malloc(sizeof **paths);
    if (!*paths || !(**paths = strdup(path))) {
        free(*paths);
        *paths = NULL;
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a list of files");
    }
    *n = 1;
    return TRB_OK;
}

void trb_batch_disk_use(const char *path, uint64_t *bytes, size_t *files)
{
    char **paths;
    size_t n;
    *bytes = 0;
    *files = 0;
    if (trb_batch_files(path, &paths, &n, NULL))
        return;
    for (size_t i = 0; i < n; i++) {
        struct stat facts;
        if (stat(paths[i], &facts) == 0 && S_ISREG(facts.st_mode)) {
            *bytes += (uint64_t)facts.st_size;
            ++*files;
        }
    }
    trb_names_free(paths, n);
}

/* ---- fingerprints */

struct print {
    uint64_t bytes;
    size_t files;
    uLong list, content;
};

static void add_block(FILE *file, long long at, struct print *print)
{
    static const size_t room = SAMPLE_BYTES;
    unsigned char *block = malloc(room);
    if (block && fseeko(file, (off_t)at, SEEK_SET) == 0) {
        const size_t got = fread(block, 1, room, file);
        print->content = crc32(print->content, block, (uInt)got);
    }
    free(block);
}

static void add_content(const char *path, struct print *print)
{
    struct stat facts;
    FILE *file =
        stat(path, &facts) == 0 && S_ISREG(facts.st_mode) ? fopen(path, "rb") : NULL; /* a pipe would wait */
    if (!file)
        return;
    add_block(file, 0, print);
    if (facts.st_size > SAMPLE_BYTES)
        add_block(file, (long long)facts.st_size - SAMPLE_BYTES, print);
    fclose(file);
}

static struct print fingerprint(const char *path)
{
    struct print print = {0, 0, crc32(0, NULL, 0), crc32(0, NULL, 0)};
    char **paths;
    size_t n;
    if (trb_batch_files(path, &paths, &n, NULL))
        return print;
    for (size_t i = 0; i < n; i++) {
        struct stat facts;
        if (stat(paths[i], &facts) != 0 || !S_ISREG(facts.st_mode))
            continue;
        char *base = trb_path_base(paths[i]);
        char *line = trb_text_format("%s %lld %lld.%09ld\n", base ? base : "", (long long)facts.st_size,
                                     (long long)facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
        if (line)
            print.list = crc32(print.list, (const unsigned char *)line, (uInt)strlen(line));
        free(line);
        free(base);
        print.bytes += (uint64_t)facts.st_size;
        print.files++;
    }
    for (size_t k = 0; k < 3 && n; k++) {
        const size_t at[3] = {0, n / 2, n - 1};
        if (k == 0 || at[k] != at[k - 1])
            add_content(paths[at[k]], &print);
    }
    trb_names_free(paths, n);
    return print;
}

static json_t *print_json(const char *path)
{
    const struct print print = fingerprint(path);
    char list[16], content[16];
    snprintf(list, sizeof list, "%08lx", print.list);
    snprintf(content, sizeof content, "%08lx", print.content);
    return json_pack("{s:o,s:I,s:I,s:s,s:s}", "path", trb_json_text(path), "files", (json_int_t)print.files,
                     "bytes", (json_int_t)print.bytes, "list_crc32", list, "content_crc32", content);
}

/* ---- the key */

json_t *trb_batch_settings_json(const trb_settings *settings)
{
    json_t *object = json_object();
    size_t rows;
    const trb_setting_info *table = trb_settings_table(&rows);
    for (size_t i = 0; i < rows; i++) {
        char text[1100];
        json_object_set_new(object, table[i].key,
                            trb_json_text(trb_settings_text(settings, table[i].key, text, sizeof text)));
    }
    return object;
}

static void name_file(json_t *object, const char *key, const char *path)
{
    struct stat facts;
    if (path[0] && stat(path, &facts) == 0)
        json_object_set_new(object, key, print_json(path));
}

static json_t *named_files(const trb_settings *settings)
{
    json_t *object = json_object();
    char part[1024], key[40];
    bool minus;
    name_file(object, "calibration", settings->calibration);
    for (size_t i = 0; settings->voi[0] && trb_voi_part(settings->voi, i, part, sizeof part, &minus); i++) {
        snprintf(key, sizeof key, i ? "voi %zu" : "voi", i + 1);
        name_file(object, key, part);
    }
    return object;
}

json_t *trb_batch_program_json(void)
{
    const trb_build *build = trb_build_facts();
    return json_pack("{s:s,s:s}", "version", build->version, "commit", build->commit);
}

/* The group is no part of it: a label put right must not cost a night, and tables take it from the study. */
json_t *trb_batch_key(const trb_batch_options *options, const trb_manifest_scan *entry,
                      const trb_settings *settings)
{
    return json_pack("{s:o,s:o,s:o,s:{s:b,s:s,s:b,s:s,s:s},s:o}", "input", print_json(entry->path), "settings",
                     trb_batch_settings_json(settings), "files_of_settings", named_files(settings), "outputs",
                     "maps", options->maps, "map_format", options->map_format, "picture",
                     !options->no_picture, "mesh", options->mesh ? options->mesh : "", "mesh_decimate",
                     options->mesh && options->mesh_decimate ? options->mesh_decimate : "", "program", trb_batch_program_json());
}

/* ---- comparing */

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static bool settings_differ(const json_t *have, const json_t *want, char *why, size_t size)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)want, key, value)
    {
        const char *before = text_at(have, key), *now = json_string_value(value);
        now = now ? now : "";
        if (strcmp(before, now) == 0)
            continue;
        snprintf(why, size, "settings changed: %s %.80s -> %.80s", key, before[0] ? before : "(none)",
                 now[0] ? now : "(none)");
        return true;
    }
    return false;
}

static bool outputs_differ(const json_t *have, const json_t *want, char *why, size_t size)
{
    const bool maps = json_is_true(json_object_get(want, "maps"));
    if (maps && !json_is_true(json_object_get(have, "maps")))
        snprintf(why, size, "maps are wanted now");
    else if (maps && strcmp(text_at(have, "map_format"), text_at(want, "map_format")) != 0)
        snprintf(why, size, "maps are wanted as .%s now", text_at(want, "map_format"));
    else if (text_at(want, "mesh")[0] && (strcmp(text_at(have, "mesh"), text_at(want, "mesh")) != 0 ||
                                          strcmp(text_at(have, "mesh_decimate"), text_at(want, "mesh_decimate")) != 0))
        snprintf(why, size, "a mesh is wanted as .%s now%s%.80s", text_at(want, "mesh"),
                 text_at(want, "mesh_decimate")[0] ? ", decimated: " : "", text_at(want, "mesh_decimate"));
    else if (json_is_true(json_object_get(want, "picture")) &&
             !json_is_true(json_object_get(have, "picture")))
        snprintf(why, size, "the picture is wanted now");
    else
        return false;
    return true;
}

bool trb_batch_key_serves(const json_t *have, const json_t *want, char *why, size_t size)
{
    const json_t *a = json_object_get(have, "input"), *b = json_object_get(want, "input");
    const json_t *p = json_object_get(have, "program"), *q = json_object_get(want, "program");
    if (!json_equal(json_object_get(a, "path"), json_object_get(b, "path")))
        snprintf(why, size, "the path changed, it was %.150s", text_at(a, "path"));
    else if (!json_equal(a, b))
        snprintf(why, size, "the input changed");
    else if (settings_differ(json_object_get(have, "settings"), json_object_get(want, "settings"), why, size))
        return false;
    else if (!json_equal(json_object_get(have, "files_of_settings"),
                         json_object_get(want, "files_of_settings")))
        snprintf(why, size, "the file of --voi or --calibration changed");
    else if (!json_equal(p, q))
        snprintf(why, size, "the program changed: %s %s -> %s %s", text_at(p, "version"),
                 text_at(p, "commit"), text_at(q, "version"), text_at(q, "commit"));
    else if (outputs_differ(json_object_get(have, "outputs"), json_object_get(want, "outputs"), why, size))
        return false;
    else
        return true;
    return false;
}
