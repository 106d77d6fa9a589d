/* raw_spec.c - "raw:uint16le:1024x1024x500+512:scan.raw": a file without header, described on the command line. */
#include "core/memory.h"
#include "io/raw_volume.h"
#include "io/scan_info.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PREFIX "raw:"
#define EXPECTED "expected raw:TYPE:NXxNYxNZ[+OFFSET]:FILE, such as raw:uint16le:1024x1024x500+512:scan.raw"

typedef struct raw_type {
    const char *name;
    trb_type type;
} raw_type;

static const raw_type types[] = {{"uint8", TRB_U8},   {"int8", TRB_I8},   {"uint16", TRB_U16},  {"int16", TRB_I16},
                                 {"uint32", TRB_U32}, {"int32", TRB_I32}, {"float32", TRB_F32}, {"float64", TRB_F64}};

bool trb_raw_spec_recognise(const char *path)
{
    struct stat there;
    return strncmp(path, PREFIX, strlen(PREFIX)) == 0 && stat(path, &there) != 0;
}

/* Behind the second colon after the prefix. */
static const char *file_part(const char *spec)
{
    const char *type_end = strchr(spec + strlen(PREFIX), ':');
    const char *size_end = type_end ? strchr(type_end + 1, ':') : NULL;
    return size_end ? size_end + 1 : NULL;
}

const char *trb_raw_spec_file(const char *path)
{
    const char *file = trb_raw_spec_recognise(path) ? file_part(path) : NULL;
    return file ? file : path;
}

/* "uint16le" up to its colon. */
static bool parse_type(const char *text, size_t length, trb_type *type, trb_raw_number *number)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const size_t n = strlen(types[i].name);
        if (length < n || strncmp(text, types[i].name, n) != 0)
            continue;
        const char *order = text + n;
        *type = types[i].type;
        *number = TRB_RAW_LITTLE;
        if (length == n)
            return true;
        if (length == n + 2 && trb_type_bytes(*type) > 1 && order[1] == 'e' && (order[0] == 'l' || order[0] == 'b')) {
            *number = order[0] == 'b' ? TRB_RAW_BIG : TRB_RAW_LITTLE;
            return true;
        }
    }
    return false;
}

/* Digits only, as strtoull() alone would not insist; *at moves behind them. */
static bool parse_count(const char **at, uint64_t *value)
{
    uint64_t sum = 0;
    const char *digit = *at;
    for (; isdigit((unsigned char)*digit); digit++) {
        if (sum > (UINT64_MAX >> 1) / 10 - 1)
            return false;
        sum = 10 * sum + (uint64_t)(*digit - '0');
    }
    if (digit == *at)
        return false;
    *at = digit;
    *value = sum;
    return true;
}

/* "1024x1024x500+512" up to its colon. */
static bool parse_size(const char *text, const char *end, uint64_t size[3], uint64_t *offset)
{
    for (int axis = 0; axis < 3; axis++) {
        if (!parse_count(&text, &size[axis]) || size[axis] == 0 || size[axis] > SIZE_MAX)
            return false;
        if (axis < 2 && *text++ != 'x')
            return false;
    }
    *offset = 0;
    if (*text == '+') {
        text++;
        if (!parse_count(&text, offset))
            return false;
    }
    return text == end;
}

static trb_status parse(const char *spec, trb_opened *opened, uint64_t *offset, trb_raw_number *number, trb_error *err)
{
    const char *type = spec + strlen(PREFIX), *file = file_part(spec);
    if (!file || !*file)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: " EXPECTED, spec);
    const size_t type_length = strcspn(type, ":");
    if (!parse_type(type, type_length, &opened->type, number))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "%s: '%.*s' is no type of voxels: choose uint8, int8, uint16le, uint16be, int16le, int16be, "
                             "uint32le, uint32be, int32le, int32be, float32le, float32be, float64le or float64be",
                             spec, (int)(type_length & 0xff), type);
    const char *size_text = type + type_length + 1;
    uint64_t size[3];
    if (!parse_size(size_text, file - 1, size, offset))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: '%.*s' is no size: " EXPECTED, spec,
                             (int)((file - 1 - size_text) & 0xff), size_text);
    opened->grid.nx = (size_t)size[0];
    opened->grid.ny = (size_t)size[1];
    opened->grid.nz = (size_t)size[2];
    return TRB_OK;
}

static void describe(const trb_opened *opened, const char *spec, uint64_t offset, trb_raw_number number,
                     trb_scan_info *info)
{
    const char *source = "raw: description";
    snprintf(info->format, sizeof info->format, "raw file");
    info->files = 1;
    trb_info_fact(info, source, "size", "%zu x %zu x %zu", opened->grid.nx, opened->grid.ny, opened->grid.nz);
    trb_info_fact(info, source, "type", "%s%s", trb_type_name(opened->type),
                  trb_type_bytes(opened->type) == 1 ? ""
                  : number == TRB_RAW_BIG           ? ", big-endian"
                                                    : ", little-endian");
    trb_info_fact(info, source, "offset", "%" PRIu64 " bytes", offset);
    const uint64_t used = offset + (uint64_t)trb_grid_voxels(&opened->grid) * trb_type_bytes(opened->type);
    if (info->bytes_on_disk > used)
        trb_info_warn(info, "%.200s leaves %" PRIu64 " bytes of the file unread: are size, type and offset right?", spec,
                      info->bytes_on_disk - used);
}

trb_status trb_raw_spec_open(const char *spec, trb_opened *opened, trb_error *err)
{
    uint64_t offset = 0;
    trb_raw_number number = TRB_RAW_LITTLE;
    trb_status status = parse(spec, opened, &offset, &number, err);
    if (status)
        return status;
    const char *path = file_part(spec);
    trb_input_file file;
    status = trb_input_open(path, &file, err);
    if (!status)
        status = trb_raw_volume_open(path, &file, offset, number, opened, err);
    if (status)
        trb_error_within(err, "%s", path);
    opened->info.bytes_on_disk = file.bytes;
    trb_input_close(&file);
    if (!status)
        describe(opened, spec, offset, number, &opened->info);
    return status;
}
