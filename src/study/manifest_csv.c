/*
 * manifest_csv.c - a study that is a table: sample, path, group, settings of the row, and columns that travel.
 * Paths (also those that a row's voi and calibration name) are relative to the table, so that a study can be moved.
 */
#include "io/raw_volume.h"
#include "study/batch_paths.h"
#include "study/manifest_parts.h"
#include "study/text_table.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum role { TRAVELS, SAMPLE, PATH, GROUP, SETTING };

struct column {
    enum role role;
    const char *key; /* of a setting */
};

static trb_status no_memory(trb_error *err)
{
    return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a list of scans");
}

/* "voxel_size" and "Voxel-Size" are the setting voxel-size. */
static bool same_key(const char *name, const char *key)
{
    for (; *name && *key; name++, key++) {
        const char c = *name == '_' ? '-' : *name;
        if (strncasecmp(&c, key, 1) != 0)
            return false;
    }
    return *name == *key;
}

static struct column role_of(const char *name)
{
    if (strcasecmp(name, "sample") == 0)
        return (struct column){SAMPLE, "sample"};
    if (strcasecmp(name, "path") == 0)
        return (struct column){PATH, "path"};
    if (strcasecmp(name, "group") == 0)
        return (struct column){GROUP, "group"};
    size_t rows;
    const trb_setting_info *table = trb_settings_table(&rows);
    for (size_t i = 0; i < rows; i++)
        if (same_key(name, table[i].key))
            return (struct column){SETTING, table[i].key};
    return (struct column){TRAVELS, NULL};
}

static trb_status read_header(trb_manifest *manifest, const trb_text_table *table, struct column *columns,
                              trb_error *err)
{
    bool has_path = false;
    manifest->columns = calloc(table->n_columns + 1, sizeof *manifest->columns);
    if (!manifest->columns)
        return no_memory(err);
    for (size_t c = 0; c < table->n_columns; c++) {
        const char *name = trb_text_cell(table, 0, c);
        columns[c] = role_of(name);
        has_path = has_path || columns[c].role == PATH;
        if (!name[0])
            return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: column %zu has no name", manifest->study, c + 1);
        for (size_t b = 0; b < c; b++)
            if (columns[c].key ? columns[b].key == columns[c].key : strcmp(trb_text_cell(table, 0, b), name) == 0)
                return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: the column '%s' is there twice",
                                     manifest->study, name);
        if (columns[c].role != TRAVELS)
            continue;
        manifest->columns[manifest->n_columns] = trb_text_utf8(name);
        if (!manifest->columns[manifest->n_columns++])
            return no_memory(err);
    }
    if (!has_path)
        return trb_error_set(
            err, TRB_ERR_ARGUMENT,
            "%s has no column 'path'; a study needs: sample,path,group and what else you like",
            manifest->study);
    return TRB_OK;
}

/* Relative to the table's folder. */
static char *beside(const char *table, const char *path)
{
    const char *slash = strrchr(table, '/'), *file = trb_raw_spec_file(path); /* "raw:...:" stays in front */
    if (file[0] == '/' || !slash)
        return strdup(path);
    return trb_text_format("%.*s%.*s%s", (int)(file - path), path, (int)(slash + 1 - table), table, file);
}

/* A file that a setting names lies beside the table when it is there. */
static char *file_text(const trb_manifest *manifest, const char *text)
{
    struct stat there;
    char *path = beside(manifest->study, text);
    if (path && stat(path, &there) == 0)
        return path;
    free(path);
    return strdup(text);
}

/* Each part of a VOI may be a file. */
static char *voi_text(const trb_manifest *manifest, const char *text)
{
    char part[1024];
    bool minus;
    char *all = strdup("");
    for (size_t i = 0; all && trb_voi_part(text, i, part, sizeof part, &minus); i++) {
        char *file = trb_voi_part_is_file(part) ? file_text(manifest, part) : strdup(part);
        char *longer = file ? trb_text_format("%s%s%s", all, i == 0 ? "" : minus ? ";minus:" : ";and:", file) : NULL;
        free(file);
        free(all);
        all = longer;
    }
    return all;
}

static char *setting_text(const trb_manifest *manifest, const char *key, const char *text)
{
    if (strcmp(key, "voi") == 0)
        return voi_text(manifest, text);
    return strcmp(key, "calibration") == 0 ? file_text(manifest, text) : strdup(text);
}

static trb_status add_setting(const trb_manifest *manifest, trb_manifest_scan *scan, const char *key,
                              const char *text, trb_error *err)
{
    trb_settings probe = trb_settings_default();
    size_t rows;
    const trb_setting_info *table = trb_settings_table(&rows);
    const char *value = text;
    for (size_t i = 0; i < rows; i++) /* switches are written in many ways */
        if (!table[i].argument && strcmp(table[i].key, key) == 0) {
            if (strcasecmp(text, "yes") == 0 || strcmp(text, "1") == 0 || strcasecmp(text, "true") == 0)
                value = "true";
            else if (strcasecmp(text, "no") == 0 || strcmp(text, "0") == 0 || strcasecmp(text, "false") == 0)
                value = "false";
        }
    trb_status status = trb_settings_set(&probe, key, value, err);
    if (status) {
        trb_error_within(err, "%s:%zu", manifest->study, scan->line);
        return status;
    }
    trb_setting_text *one = &scan->settings[scan->n_settings++];
    one->key = strdup(key);
    one->text = setting_text(manifest, key, value);
    return one->key && one->text ? TRB_OK : no_memory(err);
}

static char *sample_of_path(const char *path)
{
    char *base = trb_path_base(trb_raw_spec_file(path)), *sample = base ? trb_text_utf8(base) : NULL;
    if (sample && trb_volume_stem(sample))
        sample[trb_volume_stem(sample)] = 0;
    free(base);
    return sample;
}

static trb_status take_cell(const trb_manifest *manifest, trb_manifest_scan *scan,
                            const struct column *column, const char *cell, size_t *extra, trb_error *err)
{
    char **to = column->role == SAMPLE ? &scan->sample : column->role == GROUP ? &scan->group : NULL;
    if (column->role == TRAVELS)
        to = &scan->extra[(*extra)++];
    if (!cell[0] && column->role != TRAVELS)
        return TRB_OK;
    if (column->role == SETTING)
        return add_setting(manifest, scan, column->key, cell, err);
    if (column->role == PATH)
        return (scan->path = beside(manifest->study, cell)) ? TRB_OK : no_memory(err);
    return (*to = trb_text_utf8(cell)) ? TRB_OK : no_memory(err);
}

static trb_status read_scan(trb_manifest *manifest, const trb_text_table *table, const struct column *columns,
                            size_t record, trb_error *err)
{
    trb_manifest_scan *scan = trb_manifest_add(manifest);
    if (!scan)
        return no_memory(err);
    size_t extra = 0;
    scan->line = table->record[record].line;
    scan->extra = calloc(manifest->n_columns + 1, sizeof *scan->extra);
    scan->settings = calloc(table->n_columns + 1, sizeof *scan->settings);
    trb_status status = scan->extra && scan->settings ? TRB_OK : no_memory(err);
    for (size_t c = 0; c < table->n_columns && !status; c++)
        status = take_cell(manifest, scan, &columns[c], trb_text_cell(table, record, c), &extra, err);
    if (!status && !scan->path)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s:%zu: no path", manifest->study, scan->line);
    if (!status && !scan->sample && !(scan->sample = sample_of_path(scan->path)))
        status = no_memory(err);
    return status;
}

trb_status trb_manifest_from_csv(trb_manifest *manifest, trb_error *err)
{
    trb_text_table table = {.n_columns = 0};
    trb_pool *pool = trb_pool_create(err);
    trb_status status = pool ? trb_text_table_read_verbatim(manifest->study, pool, &table, err) : TRB_ERR_MEMORY;
    if (!status)
        status = trb_text_table_square(&table, err);
    struct column *columns = status ? NULL : calloc(table.n_columns + 1, sizeof *columns);
    if (!status)
        status = columns ? read_header(manifest, &table, columns, err) : no_memory(err);
    for (size_t record = 1; !status && record < table.n_records; record++)
        status = read_scan(manifest, &table, columns, record, err);
    free(columns);
    trb_pool_destroy(pool);
    return status;
}
