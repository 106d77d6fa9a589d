/* tiff_series.c - a folder of numbered slices. */
#include "io/tiff_series.h"

#include "core/memory.h"
#include "io/scan_info.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MOST_DIGITS 18     /* a number that fits in 64 bits */
#define MOST_LISTED 4      /* series or files named in one message */
#define SERIES_TEXT 600

/* One file: its name is prefix + digits + suffix + ending. */
typedef struct slice {
    char *name;
    size_t digits_at, digits; /* digits == 0: no number */
    size_t stem;              /* length without ending */
    uint64_t number;
} slice;

typedef struct listing {
    trb_slice_kind kind;
    size_t count;
    slice *slices;
    size_t others;         /* files of other kinds */
    char other_ending[16]; /* of an image format among them */
} listing;

static void listing_clear(listing *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->slices[i].name);
    free(list->slices);
    memset(list, 0, sizeof *list);
}

/* ---- which files count */

static const struct {
    const char *name, *endings[5];
} kinds[TRB_SLICE_KINDS] = {{"TIFF", {".tif", ".tiff", ".btf", ".tf8", NULL}},
                            {"BMP", {".bmp", NULL}},
                            {"PNG", {".png", NULL}},
                            {"JPEG 2000", {".jp2", ".j2k", ".jpc", NULL}}};

const char *trb_slice_kind_name(trb_slice_kind kind)
{
    return kinds[kind].name;
}

static bool is_of_kind(const char *ending, trb_slice_kind kind)
{
    for (size_t i = 0; kinds[kind].endings[i]; i++)
        if (strcasecmp(ending, kinds[kind].endings[i]) == 0)
            return true;
    return false;
}

static bool is_other_image(const char *ending)
{
    static const char *const known[] = {".jpg", ".jpeg", ".gif", ".dcm", ".ima", ".isq", ".aim"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcasecmp(ending, known[i]) == 0)
            return true;
    for (trb_slice_kind kind = 0; kind < TRB_SLICE_KINDS; kind++)
        if (is_of_kind(ending, kind))
            return true;
    return false;
}

static bool stem_ends(const char *name, size_t stem, const char *end)
{
    const size_t n = strlen(end);
    return stem >= n && strncasecmp(name + stem - n, end, n) == 0;
}

/* SkyScan previews and thumbnails lie among the slices but are none. */
static bool is_preview(const char *name, size_t stem)
{
    return stem_ends(name, stem, "_spr") || stem_ends(name, stem, "_thumb") || stem_ends(name, stem, "thumbnail") ||
           strncasecmp(name, "thumb", 5) == 0;
}

static trb_status add_slice(listing *list, const char *name, size_t stem, trb_error *err)
{
    if (list->count == 0 || (list->count >= 64 && (list->count & (list->count - 1)) == 0)) {
        slice *more = realloc(list->slices, (list->count ? 2 * list->count : 64) * sizeof *more);
        if (!more)
            return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a list of %zu files", list->count);
        list->slices = more;
    }
    slice one = {strdup(name), 0, 0, stem, 0};
    if (!one.name)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a list of %zu files", list->count);
    list->slices[list->count++] = one;
    return TRB_OK;
}

static trb_status take_name(listing *list, const char *name, trb_error *err)
{
    const char *ending = strrchr(name, '.');
    if (name[0] == '.' || !ending)
        return TRB_OK;
    const size_t stem = (size_t)(ending - name);
    if (is_of_kind(ending, list->kind))
        return is_preview(name, stem) ? TRB_OK : add_slice(list, name, stem, err);
    if (is_other_image(ending)) {
        list->others++;
        snprintf(list->other_ending, sizeof list->other_ending, "%s", ending);
    }
    return TRB_OK;
}

static trb_status list_folder(const char *folder, listing *list, trb_error *err)
{
    DIR *directory = opendir(folder);
    if (!directory)
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be listed: %s", folder, strerror(errno));
    trb_status status = TRB_OK;
    errno = 0;
    for (struct dirent *entry; !status && (entry = readdir(directory)) != NULL; errno = 0)
        status = take_name(list, entry->d_name, err);
    if (!status && errno)
        status = trb_error_set(err, TRB_ERR_IO, "%s cannot be listed: %s", folder, strerror(errno));
    closedir(directory);
    return status;
}

/* "_VOI_", "_rec_voi_": pictures of a VOI. */
static bool is_overview(const char *name)
{
    for (const char *at = strchr(name, '_'); at; at = strchr(at + 1, '_'))
        if (strncasecmp(at, "_voi_", 5) == 0)
            return true;
    return false;
}

/* They count only when nothing else is there. */
static void drop_overviews(listing *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        kept += !is_overview(list->slices[i].name);
    if (kept == 0 || kept == list->count)
        return;
    kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (is_overview(list->slices[i].name))
            free(list->slices[i].name);
        else
            list->slices[kept++] = list->slices[i];
    }
    list->count = kept;
}

/* ---- the number in a name */

/* The run of digits that is `from_end` runs before the last one; 0 is the last. */
static bool find_run(const slice *one, size_t from_end, size_t *at, size_t *length)
{
    size_t end = one->stem;
    for (;; from_end--) {
        while (end > 0 && !isdigit((unsigned char)one->name[end - 1]))
            end--;
        if (end == 0)
            return false;
        size_t start = end;
        while (start > 0 && isdigit((unsigned char)one->name[start - 1]))
            start--;
        if (from_end == 0) {
            *at = start;
            *length = end - start;
            return true;
        }
        end = start;
    }
}

/* Is this run there and the same text in every name ("8" of "_8bit")? Then it does not number anything. */
static bool run_is_constant(const listing *list, size_t from_end)
{
    size_t first_at, first_length;
    if (!find_run(&list->slices[0], from_end, &first_at, &first_length))
        return false;
    for (size_t i = 1; i < list->count; i++) {
        size_t at, length;
        if (!find_run(&list->slices[i], from_end, &at, &length) || length != first_length ||
            memcmp(list->slices[i].name + at, list->slices[0].name + first_at, length) != 0)
            return false;
    }
    return true;
}

static bool every_name_has_run(const listing *list, size_t from_end)
{
    size_t at, length;
    for (size_t i = 0; i < list->count; i++)
        if (!find_run(&list->slices[i], from_end, &at, &length))
            return false;
    return true;
}

static trb_status number_slices(listing *list, trb_error *err)
{
    size_t from_end = 0;
    while (list->count > 1 && run_is_constant(list, from_end) && every_name_has_run(list, from_end + 1))
        from_end++;
    for (size_t i = 0; i < list->count; i++) {
        slice *one = &list->slices[i];
        if (!find_run(one, from_end, &one->digits_at, &one->digits)) {
            one->digits_at = one->stem;
            one->digits = 0;
            continue;
        }
        size_t zeros = 0;
        while (zeros + 1 < one->digits && one->name[one->digits_at + zeros] == '0')
            zeros++;
        if (one->digits - zeros > MOST_DIGITS)
            return trb_error_set(err, TRB_ERR_DATA, "%s: the number of %zu digits is too long for a slice number",
                                 one->name, one->digits);
        one->number = strtoull(one->name + one->digits_at, NULL, 10);
    }
    return TRB_OK;
}

/* ---- order */

static int compare_text(const char *a, size_t a_length, const char *b, size_t b_length)
{
    const int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
    return order ? order : (a_length > b_length) - (a_length < b_length);
}

/* Same text around the number? */
static int compare_series(const slice *a, const slice *b)
{
    if ((a->digits == 0) != (b->digits == 0))
        return a->digits == 0 ? 1 : -1;
    const int prefix = compare_text(a->name, a->digits_at, b->name, b->digits_at);
    const size_t a_end = a->digits_at + a->digits, b_end = b->digits_at + b->digits;
    return prefix ? prefix : compare_text(a->name + a_end, a->stem - a_end, b->name + b_end, b->stem - b_end);
}

static int compare_slices(const void *left, const void *right)
{
    const slice *a = left, *b = right;
    const int series = compare_series(a, b);
    if (series)
        return series;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* "'m07_' (200 files, m07_0001.tif to m07_0200.tif)" for each series, a few of them. */
static trb_status several_series(const char *folder, const listing *list, trb_error *err)
{
    char text[SERIES_TEXT] = "";
    size_t used = 0, series = 0;
    for (size_t first = 0, end; first < list->count; first = end, series++) {
        for (end = first + 1; end < list->count; end++)
            if (compare_series(&list->slices[first], &list->slices[end]) != 0)
                break;
        if (series >= MOST_LISTED || used >= sizeof text)
            continue;
        const char *const separator = series ? "; " : "";
        if (end - first == 1)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%.80s", separator, list->slices[first].name);
        else
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%.80s to %.80s (%zu files)", separator,
                                     list->slices[first].name, list->slices[end - 1].name, end - first);
    }
    return trb_error_set(err, TRB_ERR_DATA,
                         "%.200s holds %zu different series of %s files: %s%s. Put each scan in a folder of its own", folder,
                         series, kinds[list->kind].name, text, series > MOST_LISTED ? "; ..." : "");
}

static trb_status check_series(const char *folder, const listing *list, trb_error *err)
{
    for (size_t i = 1; i < list->count; i++)
        if (compare_series(&list->slices[0], &list->slices[i]) != 0)
            return several_series(folder, list, err);
    for (size_t i = 1; i < list->count; i++)
        if (list->slices[i - 1].number == list->slices[i].number)
            return trb_error_set(err, TRB_ERR_DATA, "%.300s: slice number %llu is there twice: %.200s and %.200s", folder,
                                 (unsigned long long)list->slices[i].number, list->slices[i - 1].name,
                                 list->slices[i].name);
    return TRB_OK;
}

/* ---- the result */

void trb_tiff_series_clear(trb_tiff_series *series)
{
    for (size_t i = 0; series->paths && i < series->count; i++)
        free(series->paths[i]);
    free(series->paths);
    free(series->numbers);
    memset(series, 0, sizeof *series);
}

static char *join(const char *folder, const char *name)
{
    const size_t n = strlen(folder), bytes = n + strlen(name) + 2;
    char *path = malloc(bytes);
    if (path)
        snprintf(path, bytes, "%s%s%s", folder, n && folder[n - 1] == '/' ? "" : "/", name);
    return path;
}

static trb_status hand_over(const char *folder, const listing *list, trb_tiff_series *out, trb_error *err)
{
    out->paths = trb_alloc_zero(list->count, sizeof *out->paths, "a list of files", err);
    out->numbers = trb_alloc_zero(list->count, sizeof *out->numbers, "a list of files", err);
    if (!out->paths || !out->numbers)
        return TRB_ERR_MEMORY;
    out->count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        out->numbers[i] = list->slices[i].number;
        out->paths[i] = join(folder, list->slices[i].name);
        if (!out->paths[i])
            return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a list of %zu files", list->count);
    }
    snprintf(out->prefix, sizeof out->prefix, "%.*s", (int)(list->slices[0].digits_at & 0xffff), list->slices[0].name);
    return TRB_OK;
}

static trb_status nothing_found(const char *folder, const listing *list, trb_error *err)
{
    if (list->others)
        return trb_error_set(err, TRB_ERR_DATA,
                             "%s holds no %s slices but %zu %s file%s, which are not read: export the slices as TIFF",
                             folder, kinds[list->kind].name, list->others, list->other_ending,
                             list->others == 1 ? "" : "s");
    return trb_error_set(err, TRB_ERR_DATA, "%s holds no %s files", folder, kinds[list->kind].name);
}

trb_status trb_slice_kinds_count(const char *folder, size_t counts[TRB_SLICE_KINDS], trb_error *err)
{
    trb_status status = TRB_OK;
    for (trb_slice_kind kind = 0; !status && kind < TRB_SLICE_KINDS; kind++) {
        listing list = {.kind = kind};
        status = list_folder(folder, &list, err);
        counts[kind] = list.count;
        listing_clear(&list);
    }
    return status;
}

trb_status trb_tiff_series_scan(const char *folder, trb_tiff_series *out, trb_error *err)
{
    return trb_slice_series_scan(folder, TRB_SLICES_TIFF, out, err);
}

trb_status trb_slice_series_scan(const char *folder, trb_slice_kind kind, trb_tiff_series *out, trb_error *err)
{
    listing list = {.kind = kind};
    memset(out, 0, sizeof *out);
    trb_status status = list_folder(folder, &list, err);
    if (!status && list.count == 0)
        status = nothing_found(folder, &list, err);
    if (!status) {
        drop_overviews(&list);
        status = number_slices(&list, err);
    }
    if (!status) {
        qsort(list.slices, list.count, sizeof *list.slices, compare_slices);
        status = check_series(folder, &list, err);
    }
    if (!status)
        status = hand_over(folder, &list, out, err);
    if (status)
        trb_tiff_series_clear(out);
    listing_clear(&list);
    return status;
}

uint64_t trb_tiff_series_stride(const trb_tiff_series *series)
{
    if (series->count < 2)
        return 1;
    const uint64_t stride = series->numbers[1] - series->numbers[0];
    for (size_t i = 2; i < series->count; i++)
        if (series->numbers[i] - series->numbers[i - 1] != stride)
            return 1;
    return stride;
}

trb_status trb_tiff_series_check_gaps(const trb_tiff_series *series, const char *folder, uint64_t step,
                                      bool allow_gaps, trb_scan_info *info, trb_error *err)
{
    uint64_t missing = 0;
    size_t gap = 0; /* index behind the first gap */
    for (size_t i = 1; i < series->count; i++) {
        const uint64_t distance = series->numbers[i] - series->numbers[i - 1];
        if (distance == step)
            continue;
        gap = gap ? gap : i;
        missing += (distance - 1) / step;
        if (distance % step != 0)
            missing = missing ? missing : 1;
    }
    if (!gap)
        return TRB_OK;
    const unsigned long long first = series->numbers[gap - 1] + step, all = missing;
    const char *before = strrchr(series->paths[gap - 1], '/'), *after = strrchr(series->paths[gap], '/');
    before = before ? before + 1 : series->paths[gap - 1];
    after = after ? after + 1 : series->paths[gap];
    if (!allow_gaps)
        return trb_error_set(err, TRB_ERR_DATA,
                             "%.300s: slice number %llu is missing between %.150s and %.150s (%llu missing in all): copy "
                             "the missing files, or use --allow-gaps to measure without them",
                             folder, first, before, after, all);
    trb_info_warn(info, "%llu slices are missing (the first is number %llu) and were left out; lengths along z are wrong there",
                  all, first);
    return TRB_OK;
}
