/*
 * header_peek.c - a second look at the headers of MetaImage, NRRD and NIfTI files.
 *
 * ITK reads these formats well, but takes a missing spacing as 1, passes over the units of NRRD and MetaImage,
 * and believes sizes that the file cannot hold. Voxels are never touched here.
 */
#include "io/header_peek.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <zlib.h>

enum { HEADER_MOST = 65536 }; /* of text that is searched for keys */

static bool ends_with(const char *path, const char *ending)
{
    const size_t n = strlen(path), m = strlen(ending);
    return n > m && strcasecmp(path + n - m, ending) == 0;
}

trb_file_format trb_format_of_name(const char *path)
{
    static const struct {
        const char *ending;
        trb_file_format format;
    } endings[] = {{".mha", TRB_FORMAT_META},  {".mhd", TRB_FORMAT_META},  {".nrrd", TRB_FORMAT_NRRD},
                   {".nhdr", TRB_FORMAT_NRRD}, {".nii", TRB_FORMAT_NIFTI}, {".nii.gz", TRB_FORMAT_NIFTI}};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (ends_with(path, endings[i].ending))
            return endings[i].format;
    return TRB_FORMAT_NONE;
}

double trb_shortest_decimal(float value)
{
    char text[40];
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value)
            return strtod(text, NULL);
    }
    return (double)value;
}

static trb_status file_size(const char *path, uint64_t *bytes, trb_error *err)
{
    struct stat facts;
    if (stat(path, &facts) != 0)
        return trb_error_set(err, TRB_ERR_IO, "%s: %s", path, strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return trb_error_set(err, TRB_ERR_IO, "%s: not a file", path);
    *bytes = (uint64_t)facts.st_size;
    return TRB_OK;
}

/* The beginning of a file as text; *used: how much there was. Zero bytes inside simply end searches. */
static trb_status read_start(const char *path, char *text, size_t *used, trb_error *err)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return trb_error_set(err, TRB_ERR_IO, "%s: %s", path, strerror(errno));
    *used = fread(text, 1, HEADER_MOST, file);
    const bool bad = ferror(file) != 0;
    fclose(file);
    text[*used] = 0;
    return bad ? trb_error_set(err, TRB_ERR_IO, "%s: cannot be read", path) : TRB_OK;
}

/* One "key<separator> value" line. NRRD keys stand at the start of a line; so do MetaImage's. The value is
 * copied without blanks around it. */
static bool value_of(const char *text, const char *end, const char *key, char separator, char *value, size_t size)
{
    const size_t n = strlen(key);
    for (const char *line = text; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop)
            stop = end;
        const char *p = line + n;
        if (p < stop && strncasecmp(line, key, n) == 0) {
            while (p < stop && *p == ' ')
                p++;
            if (p < stop && *p == separator) {
                p++;
                if (p < stop && *p == '=') /* NRRD key/value pairs have ":=" and are not fields */
                    p = stop;
                while (p < stop && (*p == ' ' || *p == '\t'))
                    p++;
                const char *q = stop;
                while (q > p && (q[-1] == ' ' || q[-1] == '\r' || q[-1] == '\t'))
                    q--;
                snprintf(value, size, "%.*s", (int)(q - p), p);
                return true;
            }
        }
        line = stop + 1;
    }
    return false;
}

/* The three units of a NRRD may stand as "mm" "mm" "mm" or bare; the first word decides, they must agree. */
static void set_unit(trb_header_peek *peek, const char *words)
{
    static const struct {
        const char *name;
        double mm;
    } units[] = {{"mm", 1},         {"millimeter", 1}, {"millimeters", 1}, {"millimetre", 1}, {"um", 1e-3},
                 {"\xc2\xb5m", 1e-3}, {"\xce\xbcm", 1e-3}, {"\xb5m", 1e-3}, {"micron", 1e-3}, {"microns", 1e-3},
                 {"micrometer", 1e-3}, {"micrometers", 1e-3}, {"nm", 1e-6}, {"cm", 10},       {"m", 1000},
                 {"meter", 1000}};
    const char *p = words + strspn(words, "\" \t");
    const size_t n = strcspn(p, "\" \t");
    snprintf(peek->unit, sizeof peek->unit, "%.*s", (int)(n > 31 ? 31 : n), p);
    peek->unit_known = false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcasecmp(peek->unit, units[i].name) == 0) {
            peek->unit_mm = units[i].mm;
            peek->unit_known = true;
        }
    for (p += n + strspn(p + n, "\" \t"); *p && peek->unit_known; p += strspn(p, "\" \t")) {
        const size_t m = strcspn(p, "\" \t");
        if (m != strlen(peek->unit) || strncmp(p, peek->unit, m) != 0) {
            peek->unit_known = false; /* axes in different units: too odd to guess */
            peek->unit_mm = 1;
        }
        p += m;
    }
}

/* A data file is named relative to its header. */
static trb_status find_data(const char *header, const char *name, trb_header_peek *peek, trb_error *err)
{
    const char *slash = strrchr(header, '/');
    const size_t folder = slash && name[0] != '/' ? (size_t)(slash - header) + 1 : 0;
    const int length = snprintf(peek->data_path, sizeof peek->data_path, "%.*s%s", (int)folder, header, name);
    if (length < 0 || (size_t)length >= sizeof peek->data_path)
        return trb_error_set(err, TRB_ERR_FORMAT, "%s: the name of its data file is too long", header);
    trb_status status = file_size(peek->data_path, &peek->data_bytes, err);
    if (status) {
        trb_error_within(err, "%s names a data file that cannot be used", header);
        return status;
    }
    peek->bytes_on_disk += peek->data_bytes;
    peek->files = 2;
    return TRB_OK;
}

static trb_status attached(const char *path, uint64_t header_bytes, trb_header_peek *peek, trb_error *err)
{
    const int length = snprintf(peek->data_path, sizeof peek->data_path, "%s", path);
    if (length < 0 || (size_t)length >= sizeof peek->data_path)
        return trb_error_set(err, TRB_ERR_IO, "%.200s...: the path is too long", path);
    peek->data_offset = header_bytes;
    peek->data_bytes = peek->bytes_on_disk > header_bytes ? peek->bytes_on_disk - header_bytes : 0;
    return TRB_OK;
}

static bool has_nan(const char *value)
{
    return strstr(value, "nan") || strstr(value, "NaN") || strstr(value, "NAN");
}

static bool says_true(const char *value)
{
    return value[0] == 'T' || value[0] == 't' || value[0] == '1';
}

static trb_status peek_meta(const char *path, const char *text, size_t used, trb_header_peek *peek, trb_error *err)
{
    char value[4096];
    /* ElementDataFile is the last line of a MetaImage header, the voxels follow it. */
    const char *end = text, *stop = text + used;
    bool complete = false;
    while (end < stop && !complete) {
        const char *newline = memchr(end, '\n', (size_t)(stop - end));
        complete = strncmp(end, "ElementDataFile", 15) == 0;
        end = newline ? newline + 1 : stop;
    }
    if (!complete || !value_of(text, end, "NDims", '=', value, sizeof value))
        return trb_error_set(err, TRB_ERR_FORMAT, "%s: no MetaImage header (NDims ... ElementDataFile)", path);
    if (value_of(text, end, "ElementSpacing", '=', value, sizeof value)) {
        peek->has_spacing = true;
        snprintf(peek->spacing_source, sizeof peek->spacing_source, "MetaImage ElementSpacing");
    } else if (value_of(text, end, "ElementSize", '=', value, sizeof value)) {
        peek->has_spacing = true;
        snprintf(peek->spacing_source, sizeof peek->spacing_source, "MetaImage ElementSize");
    }
    if (value_of(text, end, "DistanceUnits", '=', value, sizeof value) && strcmp(value, "?") != 0)
        set_unit(peek, value);
    if (value_of(text, end, "CompressedData", '=', value, sizeof value) && says_true(value))
        peek->payload = TRB_PAYLOAD_DEFLATE;
    if (value_of(text, end, "BinaryData", '=', value, sizeof value) && !says_true(value))
        peek->payload = TRB_PAYLOAD_OTHER;
    if (value_of(text, end, "HeaderSize", '=', value, sizeof value) && strcmp(value, "0") != 0)
        peek->payload = TRB_PAYLOAD_OTHER; /* an offset into a foreign file; left to MetaIO */
    if (value_of(text, end, "BinaryDataByteOrderMSB", '=', value, sizeof value) ||
        value_of(text, end, "ElementByteOrderMSB", '=', value, sizeof value))
        peek->big_endian = says_true(value);
    value_of(text, end, "ElementDataFile", '=', value, sizeof value);
    if (strcasecmp(value, "LOCAL") == 0)
        return attached(path, (uint64_t)(end - text), peek, err);
    if (strncasecmp(value, "LIST", 4) == 0 || strchr(value, '%')) {
        peek->payload = TRB_PAYLOAD_OTHER;
        return TRB_OK;
    }
    return find_data(path, value, peek, err);
}

static trb_status peek_nrrd(const char *path, const char *text, size_t used, trb_header_peek *peek, trb_error *err)
{
    char value[4096];
    if (used < 8 || strncmp(text, "NRRD", 4) != 0)
        return trb_error_set(err, TRB_ERR_FORMAT, "%s: does not begin as a NRRD file", path);
    /* An empty line ends the header. */
    const char *end = text + used;
    const char *blank = strstr(text, "\n\n"), *blank_dos = strstr(text, "\n\r\n");
    if (blank && (!blank_dos || blank < blank_dos))
        end = blank + 2;
    else if (blank_dos)
        end = blank_dos + 3;
    if (value_of(text, end, "space directions", ':', value, sizeof value)) {
        peek->has_spacing = strchr(value, '(') && !has_nan(value);
        snprintf(peek->spacing_source, sizeof peek->spacing_source, "NRRD space directions");
    } else if (value_of(text, end, "spacings", ':', value, sizeof value)) {
        peek->has_spacing = !has_nan(value);
        snprintf(peek->spacing_source, sizeof peek->spacing_source, "NRRD spacings");
    }
    if (value_of(text, end, "space units", ':', value, sizeof value) ||
        value_of(text, end, "units", ':', value, sizeof value))
        set_unit(peek, value);
    if (!value_of(text, end, "encoding", ':', value, sizeof value))
        return trb_error_set(err, TRB_ERR_FORMAT, "%s: the NRRD header has no encoding", path);
    if (strcasecmp(value, "gzip") == 0 || strcasecmp(value, "gz") == 0)
        peek->payload = TRB_PAYLOAD_DEFLATE;
    else if (strcasecmp(value, "raw") != 0)
        peek->payload = TRB_PAYLOAD_OTHER;
    static const char *const skips[] = {"line skip", "lineskip", "byte skip", "byteskip"};
    for (size_t i = 0; i < sizeof skips / sizeof *skips; i++)
        if (value_of(text, end, skips[i], ':', value, sizeof value) && strcmp(value, "0") != 0)
            peek->payload = TRB_PAYLOAD_OTHER; /* voxels begin somewhere else; left to ITK */
    peek->big_endian = value_of(text, end, "endian", ':', value, sizeof value) && strcasecmp(value, "big") == 0;
    if (!value_of(text, end, "data file", ':', value, sizeof value) &&
        !value_of(text, end, "datafile", ':', value, sizeof value))
        return attached(path, (uint64_t)(end - text), peek, err);
    if (strncasecmp(value, "LIST", 4) == 0 || strchr(value, '%')) {
        peek->payload = TRB_PAYLOAD_OTHER;
        return TRB_OK;
    }
    return find_data(path, value, peek, err);
}

static uint32_t word32(const unsigned char *bytes, bool swap)
{
    return swap ? (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3]
                : (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

static unsigned word16(const unsigned char *bytes, bool swap)
{
    return swap ? (unsigned)bytes[0] << 8 | bytes[1] : (unsigned)bytes[1] << 8 | bytes[0];
}

static float float32(const unsigned char *bytes, bool swap)
{
    const uint32_t word = word32(bytes, swap);
    float value;
    memcpy(&value, &word, sizeof value);
    return value;
}

/* gzopen() reads plain files as they are. `swap`: the file is big-endian, as the size of the header, 348, tells. */
static trb_status peek_nifti(const char *path, trb_header_peek *peek, trb_error *err)
{
    unsigned char h[352] = {0};
    gzFile file = gzopen(path, "rb");
    if (!file)
        return trb_error_set(err, TRB_ERR_IO, "%s: %s", path, strerror(errno));
    const int got = gzread(file, h, sizeof h);
    const bool plain = gzdirect(file) != 0;
    gzclose(file);
    const bool swap = word32(h, true) == 348 || word32(h, true) == 540;
    if (got >= 4 && (word32(h, swap) == 540))
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "%s: NIfTI-2 is not read; convert it to NIfTI-1 or to .nrrd", path);
    if (got < 348 || word32(h, swap) != 348 || memcmp(h + 344, "n+1", 4) != 0)
        return trb_error_set(err, TRB_ERR_FORMAT, "%s: does not begin as a NIfTI file", path);
    peek->disk_voxel_bytes = word16(h + 72, swap) / 8;
    snprintf(peek->spacing_source, sizeof peek->spacing_source, "NIfTI pixdim");
    const unsigned dims = word16(h + 40, swap);
    if (dims < 1 || dims > 7)
        return trb_error_set(err, TRB_ERR_FORMAT, "%s: a NIfTI file with %u dimensions", path, dims);
    for (unsigned axis = 1; axis <= dims; axis++)
        if (word16(h + 40 + 2 * axis, swap) == 0 || word16(h + 40 + 2 * axis, swap) > 32767)
            return trb_error_set(err, TRB_ERR_FORMAT, "%s: axis %u has no voxels", path, axis);
    peek->has_spacing = true;
    for (unsigned axis = 1; axis <= 3 && axis <= dims; axis++)
        if (!(fabsf(float32(h + 76 + 4 * axis, swap)) > 0))
            peek->has_spacing = false;
    static const char *const names[] = {"", "m", "mm", "um"};
    const unsigned code = h[123] & 7;
    if (code >= 1 && code <= 3)
        set_unit(peek, names[code]);
    peek->unit_scaled_by_itk = true;
    peek->payload = plain ? TRB_PAYLOAD_RAW : TRB_PAYLOAD_DEFLATE;
    peek->big_endian = swap;
    const float slope = float32(h + 112, swap), intercept = float32(h + 116, swap);
    peek->scaled = slope != 0 && !(slope == 1 && intercept == 0); /* slope 0 means: no scaling */
    const float offset = float32(h + 108, swap);
    if (!(offset >= 352 && offset < 1e9f))
        peek->payload = TRB_PAYLOAD_OTHER;
    const uint64_t start = peek->payload == TRB_PAYLOAD_OTHER ? 352 : (uint64_t)offset;
    peek->inside_offset = plain ? 0 : start;
    return attached(path, plain ? start : 0, peek, err);
}

trb_status trb_header_peek_read(const char *path, trb_header_peek *peek, trb_error *err)
{
    *peek = (trb_header_peek){.format = trb_format_of_name(path), .unit_mm = 1, .unit_known = true, .files = 1};
    trb_status status = file_size(path, &peek->bytes_on_disk, err);
    if (status)
        return status;
    if (peek->format == TRB_FORMAT_NIFTI) {
        status = peek_nifti(path, peek, err);
        peek->direct = peek->payload != TRB_PAYLOAD_OTHER && !peek->scaled;
        return status;
    }
    if (peek->format == TRB_FORMAT_NONE)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "%s: the name does not end in .mha, .mhd, .nrrd, .nhdr, "
                                                       ".nii or .nii.gz", path);
    char *text = malloc(HEADER_MOST + 1);
    if (!text)
        return trb_error_set(err, TRB_ERR_MEMORY, "%s: out of memory", path);
    size_t used = 0;
    status = read_start(path, text, &used, err);
    if (!status)
        status = peek->format == TRB_FORMAT_META ? peek_meta(path, text, used, peek, err)
                                                 : peek_nrrd(path, text, used, peek, err);
    free(text);
    peek->direct = peek->payload != TRB_PAYLOAD_OTHER;
    return status;
}
