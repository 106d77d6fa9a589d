/*
 * roi_set.c - one region a .roi file, many in a zip.
 * A zip says how large its entries are when unpacked; that is checked before anything is unpacked, and an entry that
 * turns out to be another size than it said is damaged.
 */
#include "prepare/roi_set.h"

#include "core/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <zip.h>

#define MOST_ENTRIES 20000
#define MOST_BYTES ((size_t)8 << 20)  /* of a region: half a million points */
#define MOST_TOGETHER ((size_t)64 << 20)
#define MOST_POINTS ((size_t)16 << 20) /* of all outlines: curves become many points */

void trb_roi_set_clear(trb_roi_set *set)
{
    for (size_t i = 0; i < set->n; i++)
        trb_roi_clear(&set->rois[i]);
    free(set->rois);
    memset(set, 0, sizeof *set);
}

static FILE *open_regular(const char *path)
{
    struct stat there;
    if (stat(path, &there) != 0 || !S_ISREG(there.st_mode)) /* opening a pipe would wait */
        return NULL;
    return fopen(path, "rb");
}

static bool is_zip(const unsigned char magic[4])
{
    return memcmp(magic, "PK\3\4", 4) == 0 || memcmp(magic, "PK\5\6", 4) == 0;
}

static bool read_magic(const char *path, unsigned char magic[4])
{
    FILE *file = open_regular(path);
    const bool good = file && fread(magic, 1, 4, file) == 4;
    if (file)
        fclose(file);
    return good;
}

bool trb_roi_is_file(const char *path)
{
    unsigned char magic[4];
    return read_magic(path, magic) && (memcmp(magic, "Iout", 4) == 0 || is_zip(magic));
}

static trb_status too_large(size_t bytes, trb_error *err)
{
    return trb_error_set(err, TRB_ERR_UNSUPPORTED, "it has %zu bytes, and a region of more than %zu is no drawing", bytes,
                         MOST_BYTES);
}

/* All of a file that is small enough. */
static trb_status read_bytes(FILE *file, uint8_t **bytes, size_t *count, trb_error *err)
{
    struct stat facts;
    if (fstat(fileno(file), &facts) != 0)
        return trb_error_set(err, TRB_ERR_IO, "it cannot be read: %s", strerror(errno));
    if (facts.st_size > (off_t)MOST_BYTES)
        return too_large((size_t)facts.st_size, err);
    *bytes = trb_alloc((size_t)facts.st_size + 1, 1, "a region", err);
    if (!*bytes)
        return TRB_ERR_MEMORY;
    *count = fread(*bytes, 1, (size_t)facts.st_size, file);
    return ferror(file) ? trb_error_set(err, TRB_ERR_IO, "it cannot be read: %s", strerror(errno)) : TRB_OK;
}

static trb_status read_single(const char *path, trb_roi_set *set, trb_error *err)
{
    FILE *file = open_regular(path);
    uint8_t *bytes = NULL;
    size_t count = 0;
    if (!file)
        return trb_error_set(err, TRB_ERR_IO, "it cannot be opened: %s", strerror(errno));
    trb_status status = read_bytes(file, &bytes, &count, err);
    fclose(file);
    if (!status && !(set->rois = calloc(1, sizeof *set->rois)))
        status = trb_error_set(err, TRB_ERR_MEMORY, "no memory for a region");
    if (!status)
        status = trb_roi_parse(bytes, count, path, set->rois, err);
    free(bytes);
    set->n = status ? 0 : 1;
    return status;
}

/* ---- zip */

static bool is_region(const char *name)
{
    const size_t n = strlen(name);
    return n > 4 && strcasecmp(name + n - 4, ".roi") == 0 && strncmp(name, "__MACOSX/", 9) != 0;
}

static trb_status unpack(zip_t *zip, const zip_stat_t *facts, uint8_t *bytes, trb_error *err)
{
    const size_t size = (size_t)facts->size;
    zip_file_t *entry = zip_fopen_index(zip, facts->index, 0);
    if (!entry)
        return trb_error_set(err, TRB_ERR_FORMAT, "it cannot be unpacked: %s", zip_strerror(zip));
    size_t count = 0;
    zip_int64_t got = 0;
    while (count <= size && (got = zip_fread(entry, bytes + count, size + 1 - count)) > 0)
        count += (size_t)got;
    const char *why = got < 0 ? zip_file_strerror(entry) : "";
    trb_status status = TRB_OK;
    if (got < 0)
        status = trb_error_set(err, TRB_ERR_FORMAT, "it cannot be unpacked: %s", why);
    else if (count != size)
        status = trb_error_set(err, TRB_ERR_FORMAT, "it is not of the %zu bytes that the zip says", size);
    zip_fclose(entry);
    return status;
}

/* A region without area beside others is left out and counted; damage is not. */
static trb_status take_entry(zip_t *zip, const zip_stat_t *facts, trb_roi_set *set, trb_error *err)
{
    trb_error inner = {TRB_OK, ""};
    uint8_t *bytes = trb_alloc((size_t)facts->size + 1, 1, "a region", &inner);
    trb_status status = bytes ? unpack(zip, facts, bytes, &inner) : TRB_ERR_MEMORY;
    if (!status)
        status = trb_roi_parse(bytes, (size_t)facts->size, facts->name, &set->rois[set->n], &inner);
    if (!status) {
        set->n_points += set->rois[set->n++].n_points;
        if (set->n_points > MOST_POINTS)
            status = trb_error_set(err, TRB_ERR_UNSUPPORTED, "its outlines have more than %zu points", MOST_POINTS);
    } else if (status == TRB_ERR_UNSUPPORTED) {
        if (set->n_skipped++ == 0)
            snprintf(set->skipped, sizeof set->skipped, "%.40s: %.110s", facts->name, inner.text);
        status = TRB_OK;
    } else {
        trb_error_set(err, status, "%.80s: %s", facts->name, inner.text);
    }
    free(bytes);
    return status;
}

static trb_status read_entries(zip_t *zip, zip_int64_t n, trb_roi_set *set, trb_error *err)
{
    size_t together = 0;
    trb_status status = TRB_OK;
    for (zip_int64_t i = 0; i < n && !status; i++) {
        zip_stat_t facts;
        if (zip_stat_index(zip, (zip_uint64_t)i, 0, &facts) != 0 || !(facts.valid & ZIP_STAT_SIZE) ||
            !(facts.valid & ZIP_STAT_NAME)) {
            status = trb_error_set(err, TRB_ERR_FORMAT, "entry %lld of the zip is damaged", (long long)i + 1);
        } else if (is_region(facts.name)) {
            facts.index = (zip_uint64_t)i;
            together += facts.size > MOST_BYTES ? MOST_TOGETHER + 1 : (size_t)facts.size;
            if (facts.size > MOST_BYTES) {
                status = too_large((size_t)facts.size, err);
                trb_error_within(err, "%.80s", facts.name);
            } else if (together > MOST_TOGETHER) {
                status = trb_error_set(err, TRB_ERR_UNSUPPORTED, "unpacked it has more than %zu MiB, which is no set of drawings",
                                       MOST_TOGETHER >> 20);
            } else {
                status = take_entry(zip, &facts, set, err);
            }
        }
    }
    return status;
}

static trb_status read_zip(const char *path, trb_roi_set *set, trb_error *err)
{
    int code = 0;
    zip_t *zip = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
    if (!zip) {
        zip_error_t why;
        zip_error_init_with_code(&why, code);
        trb_status status = trb_error_set(err, TRB_ERR_FORMAT, "as a zip it cannot be opened: %s", zip_error_strerror(&why));
        zip_error_fini(&why);
        return status;
    }
    const zip_int64_t n = zip_get_num_entries(zip, 0);
    trb_status status = TRB_OK;
    if (n > MOST_ENTRIES)
        status = trb_error_set(err, TRB_ERR_UNSUPPORTED, "the zip has %lld entries, more than %d", (long long)n, MOST_ENTRIES);
    if (!status && n > 0 && !(set->rois = calloc((size_t)n, sizeof *set->rois)))
        status = trb_error_set(err, TRB_ERR_MEMORY, "no memory for %lld regions", (long long)n);
    if (!status)
        status = read_entries(zip, n, set, err);
    zip_discard(zip);
    if (!status && set->n == 0)
        status = set->n_skipped ? trb_error_set(err, TRB_ERR_UNSUPPORTED, "none of its regions has an area (%s)", set->skipped)
                                : trb_error_set(err, TRB_ERR_FORMAT, "the zip holds no .roi");
    return status;
}

trb_status trb_roi_set_read(const char *path, trb_roi_set *set, trb_error *err)
{
    unsigned char magic[4];
    memset(set, 0, sizeof *set);
    const bool zip = read_magic(path, magic) && is_zip(magic);
    trb_status status = zip ? read_zip(path, set, err) : read_single(path, set, err);
    if (status)
        trb_roi_set_clear(set);
    return status;
}
