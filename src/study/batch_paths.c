/* batch_paths.c - names of files and folders of a batch. */
#include "study/batch_paths.h"

#include "io/length_unit.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

char *trb_text_format(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = length < 0 ? NULL : malloc((size_t)length + 1);
    if (!text)
        return NULL;
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}

char *trb_text_utf8(const char *text)
{
    const size_t n = strlen(text), room = 2 * n + 2;
    char *copy = malloc(room);
    if (copy)
        trb_text_to_utf8(text, n, copy, room);
    return copy;
}

char *trb_path_join(const char *a, const char *b)
{
    const size_t n = strlen(a);
    return trb_text_format("%s%s%s", a, n && a[n - 1] == '/' ? "" : "/", b);
}

char *trb_path_base(const char *path)
{
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    return trb_text_format("%.*s", (int)(end - start), path + start);
}

bool trb_is_tiff_name(const char *name)
{
    static const char *const endings[] = {".tif", ".tiff", ".btf", ".tf8"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    return false;
}

bool trb_is_slice_name(const char *name)
{
    static const char *const endings[] = {".bmp", ".png", ".jp2", ".j2k", ".jpc", ".dcm", ".ima"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    return false;
}

/* Without the version that VMS puts behind a name, ";1". */
static size_t length_without_version(const char *name)
{
    const char *version = strrchr(name, ';');
    const bool is_one = version && version[1] && strspn(version + 1, "0123456789") == strlen(version + 1);
    return is_one ? (size_t)(version - name) : strlen(name);
}

size_t trb_volume_stem(const char *name)
{
    static const char *const endings[] = {".nii.gz", ".nii",  ".mha", ".mhd", ".nrrd",
                                          ".nhdr",   ".tiff", ".tif", ".btf", ".tf8",
                                          ".isq",    ".rsq",  ".aim"};
    const size_t length = length_without_version(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const size_t n = strlen(endings[i]);
        if (length > n && strncasecmp(name + length - n, endings[i], n) == 0)
            return length - n;
    }
    return 0;
}

/* ---- order */

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

int trb_natural_order(const char *a, const char *b)
{
    const char *x = a, *y = b;
    while (*x && *y) {
        const size_t nx = digits_at(x), ny = digits_at(y);
        if (nx && ny) {
            const char *p = x + strspn(x, "0"), *q = y + strspn(y, "0");
            const size_t np = digits_at(p), nq = digits_at(q);
            const int by_value = np != nq ? (np < nq ? -1 : 1) : strncmp(p, q, np);
            if (by_value)
                return by_value;
            x += nx;
            y += ny;
        } else {
            if (*x != *y)
                return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
            x++;
            y++;
        }
    }
    if (*x || *y)
        return *x ? 1 : -1;
    return strcmp(a, b);
}

static int by_name(const void *a, const void *b)
{
    return trb_natural_order(*(char *const *)a, *(char *const *)b);
}

void trb_names_free(char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

static trb_status add_name(const char *name, char ***names, size_t *n, trb_error *err)
{
    if (*n == 0 || (*n >= 16 && (*n & (*n - 1)) == 0)) {
        char **more = realloc(*names, (*n ? 2 * *n : 16) * sizeof *more);
        if (!more)
            return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a list of names");
        *names = more;
    }
    (*names)[*n] = strdup(name);
    if (!(*names)[*n])
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a list of names");
    ++*n;
    return TRB_OK;
}

trb_status trb_names_in(const char *folder, char ***names, size_t *n, trb_error *err)
{
    *names = NULL;
    *n = 0;
    DIR *directory = opendir(folder);
    if (!directory)
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be listed: %s", folder, strerror(errno));
    trb_status status = TRB_OK;
    errno = 0;
    for (struct dirent *entry; !status && (entry = readdir(directory)) != NULL; errno = 0)
        if (entry->d_name[0] != '.')
            status = add_name(entry->d_name, names, n, err);
    if (!status && errno)
        status = trb_error_set(err, TRB_ERR_IO, "%s cannot be listed: %s", folder, strerror(errno));
    closedir(directory);
    if (status) {
        trb_names_free(*names, *n);
        *names = NULL;
        *n = 0;
    } else if (*n) {
        qsort(*names, *n, sizeof **names, by_name);
    }
    return status;
}

/* ---- making and removing */

trb_status trb_folders_make(const char *path, trb_error *err)
{
    char *part = strdup(path);
    if (!part)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the name of a folder");
    trb_status status = TRB_OK;
    for (size_t i = 1, n = strlen(path); i <= n && !status; i++) {
        if (path[i] != '/' && path[i] != 0)
            continue;
        part[i] = 0;
        struct stat there;
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            status = trb_error_set(err, TRB_ERR_IO, "folder %s cannot be made: %s", part, strerror(errno));
        else if (i == n && (stat(part, &there) != 0 || !S_ISDIR(there.st_mode)))
            status = trb_error_set(err, TRB_ERR_IO, "%s is not a folder", part);
        part[i] = path[i];
    }
    free(part);
    return status;
}

/* Temporary names are files, or folders with files; nothing lies deeper. */
static void remove_entry(const char *path, bool go_down)
{
    if (unlink(path) == 0 || !go_down)
        return;
    DIR *directory = opendir(path);
    if (!directory)
        return;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *inner = trb_path_join(path, entry->d_name);
        if (inner)
            remove_entry(inner, false);
        free(inner);
    }
    closedir(directory);
    rmdir(path);
}

/* ".1234.part.name" of new_file.c, ".trabecula-AbCdEf" of volume_write.c; other hidden files are somebody's. */
static bool is_temporary(const char *name)
{
    const size_t digits = name[0] == '.' ? digits_at(name + 1) : 0;
    return (digits && strncmp(name + 1 + digits, ".part.", 6) == 0) || strncmp(name, ".trabecula-", 11) == 0;
}

/* Look at the temporary entries of a folder, and remove them if asked to; gives how many. */
static size_t stale(const char *folder, bool remove_them)
{
    DIR *directory = opendir(folder);
    size_t n = 0;
    if (!directory)
        return 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (!is_temporary(entry->d_name))
            continue;
        n++;
        char *path = remove_them ? trb_path_join(folder, entry->d_name) : NULL;
        if (path)
            remove_entry(path, true);
        free(path);
    }
    closedir(directory);
    return n;
}

bool trb_stale_any(const char *folder)
{
    return stale(folder, false) > 0;
}

void trb_stale_remove(const char *folder)
{
    stale(folder, true);
}
