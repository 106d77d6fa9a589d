/*
 * scanco_aim.c - AIM files, versions 020 and 030.
 *
 * Five blocks one behind the other: lengths, structure, processing log, voxels, associated data. Version 020 has 32-bit
 * lengths, no magic and the voxel size as F_floating in mm; version 030 begins with its name and has 64-bit lengths and the
 * voxel size in nm. All little-endian.
 */
#include "io/scanco_aim.h"

#include "core/memory.h"
#include "io/aim_log.h"
#include "io/aim_packed.h"
#include "io/byte_order.h"
#include "io/header_peek.h"
#include "io/raw_volume.h"
#include "io/scan_info.h"
#include "io/vax_float.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC_030 "AIMDATA_V030   " /* 15 characters and a zero */
#define LARGEST_LOG ((size_t)1 << 20)

enum { MAGIC_BYTES = 16, LENGTHS = 5, PRE_020 = 20, PRE_030 = 40, STRUCT_020 = 140, STRUCT_030 = 224 };

/* Places in the structure; the vectors of version 030 have elements of 8 bytes. */
enum { TYPE_020 = 20, POSITION_020 = 24, TYPE_030 = 12, POSITION_030 = 16, VECTORS_TO_SIZE = 7 };

typedef struct aim_type {
    uint32_t code;
    const char *name;
    trb_type type;
    bool packed;
    trb_aim_packing packing;
    trb_raw_number number;
} aim_type;

static const aim_type types[] = {
    {0x00010001, "char", TRB_I8, false, 0, TRB_RAW_LITTLE},
    {0x000d0001, "byte", TRB_U8, false, 0, TRB_RAW_LITTLE},
    {0x00160001, "unsigned char", TRB_U8, false, 0, TRB_RAW_LITTLE},
    {0x00020002, "short", TRB_I16, false, 0, TRB_RAW_LITTLE},
    {0x00170002, "unsigned short", TRB_U16, false, 0, TRB_RAW_LITTLE},
    {0x00030004, "int", TRB_I32, false, 0, TRB_RAW_LITTLE},
    {0x00040004, "float (VAX)", TRB_F32, false, 0, TRB_RAW_VAX_F},
    {0x001a0004, "float (IEEE)", TRB_F32, false, 0, TRB_RAW_LITTLE},
    {0x00060001, "packed bits", TRB_I8, true, TRB_AIM_BITS, TRB_RAW_LITTLE},
    {0x00080002, "run-lengths of char", TRB_I8, true, TRB_AIM_RUNS, TRB_RAW_LITTLE},
    {0x00150001, "run-lengths of two values", TRB_I8, true, TRB_AIM_TWO_VALUES, TRB_RAW_LITTLE},
};

typedef struct aim_header {
    bool version_030;
    uint64_t at[LENGTHS], bytes[LENGTHS]; /* lengths, structure, log, voxels, associated data */
    const aim_type *type;
    int64_t position[3], dimension[3], offset[3];
    double mm[3];
} aim_header;

/* ---- recognising */

static bool begins_020(const unsigned char *bytes)
{
    return trb_le32(bytes) == PRE_020 && trb_le32(bytes + 4) == STRUCT_020;
}

static bool begins_030(const unsigned char *bytes)
{
    return memcmp(bytes, MAGIC_030, MAGIC_BYTES) == 0;
}

bool trb_aim_recognise(const char *path)
{
    trb_input_file file;
    unsigned char bytes[MAGIC_BYTES];
    if (trb_input_open(path, &file, NULL))
        return false;
    const bool is = !trb_input_read(&file, 0, bytes, sizeof bytes, NULL) && (begins_020(bytes) || begins_030(bytes));
    trb_input_close(&file);
    return is;
}

/* ---- the header */

/* Version 020 has no magic: lengths that are none show that it is something else. */
static trb_status read_lengths(const trb_input_file *file, aim_header *header, trb_error *err)
{
    unsigned char bytes[MAGIC_BYTES + PRE_030];
    trb_status status = trb_input_read(file, 0, bytes, MAGIC_BYTES, err);
    if (status)
        return status;
    header->version_030 = begins_030(bytes);
    if (!header->version_030 && memcmp(bytes, "AIMDATA_V", 9) == 0)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "is of the version %.15s, of which only 020 and 030 are read",
                             (const char *)bytes);
    if (!header->version_030 && !begins_020(bytes))
        return trb_error_set(err, TRB_ERR_FORMAT, "does not begin as an AIM file of version 020 or 030");
    const size_t start = header->version_030 ? MAGIC_BYTES : 0, each = header->version_030 ? 8 : 4;
    status = trb_input_read(file, start, bytes, LENGTHS * each, err);
    uint64_t at = start;
    for (size_t i = 0; !status && i < LENGTHS; i++) {
        header->at[i] = at;
        header->bytes[i] = each == 8 ? trb_le64(bytes + 8 * i) : trb_le32(bytes + 4 * i);
        /* What is associated is not read; all before it must lie in the file. */
        if (i + 1 < LENGTHS && header->bytes[i] > file->bytes - at)
            return trb_error_set(err, TRB_ERR_FORMAT,
                                 "claims a %s of %" PRIu64 " bytes at byte %" PRIu64 ", beyond its end: it is truncated or "
                                 "damaged",
                                 ((const char *const[]){"preheader", "header", "log", "block of voxels"})[i],
                                 header->bytes[i], at);
        at += i + 1 < LENGTHS ? header->bytes[i] : 0;
    }
    if (!status && header->version_030 && (header->bytes[0] != PRE_030 || header->bytes[1] != STRUCT_030))
        return trb_error_set(err, TRB_ERR_FORMAT, "its header has %" PRIu64 " bytes, not %d", header->bytes[1], STRUCT_030);
    return status;
}

static const aim_type *find_type(uint32_t code)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].code == code)
            return &types[i];
    return NULL;
}

static trb_status read_structure(const trb_input_file *file, aim_header *header, trb_error *err)
{
    unsigned char bytes[STRUCT_030];
    const bool wide = header->version_030;
    const size_t each = wide ? 8 : 4;
    const trb_status status = trb_input_read(file, header->at[1], bytes, wide ? STRUCT_030 : STRUCT_020, err);
    if (status)
        return status;
    const uint32_t code = trb_le32(bytes + (wide ? TYPE_030 : TYPE_020));
    header->type = find_type(code);
    if (!header->type)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "holds voxels of the AIM type 0x%08" PRIx32
                             ", which is not read; export it as short, float, char or a compressed mask",
                             code);
    int64_t *const vectors[3] = {header->position, header->dimension, header->offset};
    const unsigned char *from = bytes + (wide ? POSITION_030 : POSITION_020);
    for (size_t i = 0; i < 9; i++, from += each)
        vectors[i / 3][i % 3] = wide ? trb_le64s(from) : trb_le32s(from);
    from = bytes + (wide ? POSITION_030 : POSITION_020) + VECTORS_TO_SIZE * 3 * each;
    for (size_t axis = 0; axis < 3; axis++, from += each) {
        const double mm = wide ? (double)trb_le64s(from) / 1e6 : trb_shortest_decimal(trb_vax_f(from));
        header->mm[axis] = isfinite(mm) && mm > 0 ? mm : 0;
    }
    return TRB_OK;
}

static trb_status take_grid(const aim_header *header, trb_opened *opened, trb_error *err)
{
    size_t *const sizes[3] = {&opened->grid.nx, &opened->grid.ny, &opened->grid.nz};
    for (int axis = 0; axis < 3; axis++) {
        const int64_t n = header->dimension[axis], border = header->offset[axis];
        if (n < 1 || (uint64_t)n > SIZE_MAX)
            return trb_error_set(err, TRB_ERR_FORMAT, "the header claims %" PRId64 " voxels along %c", n, "xyz"[axis]);
        if (border < 0 || border > n)
            return trb_error_set(err, TRB_ERR_FORMAT, "the header claims a border of %" PRId64 " voxels along %c", border,
                                 "xyz"[axis]);
        *sizes[axis] = (size_t)n;
        opened->grid.origin_mm[axis] = (double)header->position[axis] * header->mm[axis];
    }
    opened->type = header->type->type;
    trb_spacing_claims_add(&opened->claims, header->mm, "AIM header, element size");
    return trb_grid_check(&opened->grid, NULL)
               ? trb_error_set(err, TRB_ERR_FORMAT, "claims %zu x %zu x %zu voxels, which no volume has", opened->grid.nx,
                               opened->grid.ny, opened->grid.nz)
               : TRB_OK;
}

/* ---- what it says */

static trb_status take_log(const trb_input_file *file, const aim_header *header, trb_scan_info *info, trb_error *err)
{
    trb_scanco_scale scale;
    const size_t bytes = header->bytes[2] < LARGEST_LOG ? (size_t)header->bytes[2] : LARGEST_LOG;
    char *text = trb_alloc(bytes + 1, 1, "a processing log", err);
    if (!text)
        return TRB_ERR_MEMORY;
    const trb_status status = trb_input_read(file, header->at[2], text, bytes, err);
    if (!status) {
        text[bytes] = 0;
        trb_aim_log_read(text, &scale, info);
        if (header->type->type == TRB_I16 || header->type->type == TRB_U16)
            trb_scanco_calibrate(&scale, "AIM processing log", info);
    }
    free(text);
    return status;
}

static void add_vector(trb_scan_info *info, const char *key, const int64_t vector[3])
{
    trb_info_fact(info, "AIM header", key, "%" PRId64 " %" PRId64 " %" PRId64, vector[0], vector[1], vector[2]);
}

static void describe(const aim_header *header, trb_scan_info *info)
{
    snprintf(info->format, sizeof info->format, "Scanco AIM, version %s", header->version_030 ? "030" : "020");
    info->files = 1;
    trb_info_fact(info, "AIM header", "type", "%s", header->type->name);
    add_vector(info, "position (voxels)", header->position);
    add_vector(info, "border (voxels)", header->offset);
}

static trb_status make_reader(const char *path, trb_input_file *file, const aim_header *header, trb_opened *opened,
                              trb_error *err)
{
    trb_aim_block block = {.at = header->at[3], .bytes = header->bytes[3], .size_bytes = header->version_030 ? 8 : 4};
    for (int axis = 0; axis < 3; axis++)
        block.offset[axis] = (size_t)header->offset[axis];
    if (!header->type->packed)
        return trb_raw_volume_open(path, file, block.at, header->type->number, opened, err);
    return header->type->packing == TRB_AIM_BITS
               ? trb_aim_bits_open(path, file, &block, opened, err)
               : trb_aim_runs_open(path, file, &block, header->type->packing, opened, err);
}

static trb_status open_file(const char *path, trb_input_file *file, trb_opened *opened, trb_error *err)
{
    aim_header header = {0};
    trb_status status = read_lengths(file, &header, err);
    if (!status)
        status = read_structure(file, &header, err);
    if (!status)
        status = take_grid(&header, opened, err);
    if (status)
        return status;
    opened->info.bytes_on_disk = file->bytes;
    describe(&header, &opened->info);
    status = take_log(file, &header, &opened->info, err);
    return status ? status : make_reader(path, file, &header, opened, err);
}

trb_status trb_aim_open(const char *path, trb_opened *opened, trb_error *err)
{
    trb_input_file file;
    trb_status status = trb_input_open(path, &file, err);
    if (!status)
        status = open_file(path, &file, opened, err);
    trb_input_close(&file);
    if (status)
        trb_error_within(err, "%s", path);
    return status;
}
