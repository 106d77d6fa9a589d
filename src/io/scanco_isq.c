/*
 * scanco_isq.c - ISQ and RSQ files.
 *
 * A block of 512 bytes, further blocks, then the voxels as little-endian int16. One of the further blocks may hold the
 * calibration; a directory of four entries of 128 bytes tells where. All numbers are little-endian, those of the
 * calibration G_floating. The header's own count of bytes overflows beyond 2 GB and is not used.
 */
#include "io/scanco_isq.h"

#include "io/byte_order.h"
#include "io/raw_volume.h"
#include "io/scan_info.h"
#include "io/scanco_facts.h"
#include "io/vax_float.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define MAGIC "CTDATA-HEADER_V1"
#define SOURCE "ISQ header"
#define CALIBRATION_SOURCE "ISQ header, calibration"

enum { BLOCK = 512, ENTRIES = 4, ENTRY = 128, NAME = 16, TYPE_IMAGE = 3, TYPE_RAD = 9 };

/* Places in the first block. */
enum {
    AT_TYPE = 16, AT_PATIENT = 28, AT_SCANNER = 32, AT_DATE = 36, AT_PIXELS = 44, AT_EXTENT_UM = 56, AT_SLICE_1 = 76,
    AT_LOWEST = 80, AT_HIGHEST = 84, AT_MU_SCALING = 88, AT_SAMPLES = 92, AT_PROJECTIONS = 96, AT_SCANNER_TYPE = 104,
    AT_SAMPLE_TIME = 108, AT_MEASUREMENT = 112, AT_SITE = 116, AT_REFERENCE = 120, AT_ALGORITHM = 124, AT_NAME = 128,
    AT_ENERGY = 168, AT_CURRENT = 172, AT_DATA_OFFSET = 508
};

/* Places in the calibration block. */
enum { CAL_TEXT = 28, CAL_TYPE = 632, CAL_UNIT = 648, CAL_SLOPE = 664, CAL_INTERCEPT = 672, CAL_MU_WATER = 688,
       CAL_BYTES = 696 };

bool trb_isq_recognise(const char *path)
{
    trb_input_file file;
    char magic[NAME] = "";
    if (trb_input_open(path, &file, NULL))
        return false;
    const bool is = !trb_input_read(&file, 0, magic, NAME, NULL) && memcmp(magic, MAGIC, NAME) == 0;
    trb_input_close(&file);
    return is;
}

static int64_t number(const unsigned char *block, int at)
{
    return trb_le32s(block + at);
}

/* A text of fixed length, without blanks at its end. */
static void copy_text(const unsigned char *from, size_t length, char *to)
{
    size_t n = 0;
    while (n < length && from[n])
        n++;
    while (n && from[n - 1] == ' ')
        n--;
    memcpy(to, from, n);
    to[n] = 0;
}

/* ---- the extended header */

static bool named(const unsigned char *entry, const char *name)
{
    return memcmp(entry + 8, name, NAME) == 0;
}

/* Read the calibration block, if the directory names one that lies before the voxels. */
static bool find_calibration(const trb_input_file *file, uint64_t blocks, unsigned char calibration[CAL_BYTES])
{
    unsigned char directory[BLOCK];
    uint64_t next = 2; /* block behind the directory */
    if (blocks < 4 || trb_input_read(file, BLOCK, directory, BLOCK, NULL))
        return false;
    if (named(directory, "MultiHeader     ")) {
        if (trb_input_read(file, 2 * BLOCK, directory, BLOCK, NULL))
            return false;
        next = 3;
    }
    for (int i = 0; i < ENTRIES; i++) {
        const unsigned char *entry = directory + i * ENTRY;
        const uint64_t size = trb_le32(entry + 24); /* blocks */
        if (size > blocks || next + size > blocks)
            return false;
        if (named(entry, "Calibration     ") && size * BLOCK >= CAL_BYTES)
            return !trb_input_read(file, next * BLOCK, calibration, CAL_BYTES, NULL);
        next += size;
    }
    return false;
}

static void take_calibration(const unsigned char *block, trb_scanco_scale *scale, trb_scan_info *info)
{
    char text[65];
    copy_text(block + CAL_TEXT, 64, text);
    copy_text(block + CAL_UNIT, 16, scale->unit);
    scale->slope = trb_vax_g(block + CAL_SLOPE);
    scale->intercept = trb_vax_g(block + CAL_INTERCEPT);
    scale->mu_water_per_cm = trb_vax_g(block + CAL_MU_WATER);
    scale->has_density = isfinite(scale->slope) && scale->slope != 0;
    if (text[0])
        trb_info_fact(info, CALIBRATION_SOURCE, "calibration data", "%s", text);
    trb_info_fact(info, CALIBRATION_SOURCE, "rescale type", "%" PRId64, number(block, CAL_TYPE));
    if (scale->has_density) {
        trb_info_fact(info, CALIBRATION_SOURCE, "density slope", "%.10g", scale->slope);
        trb_info_fact(info, CALIBRATION_SOURCE, "density intercept", "%.10g", scale->intercept);
        trb_info_fact(info, CALIBRATION_SOURCE, "density unit", "%s", scale->unit);
    }
    if (scale->mu_water_per_cm > 0)
        trb_info_fact(info, CALIBRATION_SOURCE, "mu water", "%.10g 1/cm", scale->mu_water_per_cm);
}

/* ---- the first block */

static void take_facts(const unsigned char *block, trb_scan_info *info)
{
    static const struct {
        int at;
        const char *key, *unit;
    } numbers[] = {{AT_PATIENT, "patient index", ""},         {AT_MEASUREMENT, "measurement index", ""},
                   {AT_SCANNER, "scanner id", ""},            {AT_SCANNER_TYPE, "scanner type", ""},
                   {AT_SITE, "site", ""},                     {AT_SLICE_1, "position of slice 1", " um"},
                   {AT_REFERENCE, "reference line", " um"},   {AT_LOWEST, "lowest value", ""},
                   {AT_HIGHEST, "highest value", ""},         {AT_MU_SCALING, "mu scaling", ""},
                   {AT_SAMPLES, "samples", ""},               {AT_PROJECTIONS, "projections", ""},
                   {AT_SAMPLE_TIME, "integration time", " us"}, {AT_ALGORITHM, "reconstruction algorithm", ""},
                   {AT_ENERGY, "energy", " V"},               {AT_CURRENT, "intensity", " uA"}};
    char text[64];
    copy_text(block + AT_NAME, 40, text);
    if (text[0])
        trb_info_fact(info, SOURCE, "name", "%s", text);
    trb_scanco_date(trb_le64(block + AT_DATE), text, sizeof text);
    if (text[0])
        trb_info_fact(info, SOURCE, "created", "%s", text);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        trb_info_fact(info, SOURCE, numbers[i].key, "%" PRId64 "%s", number(block, numbers[i].at), numbers[i].unit);
}

static trb_status take_grid(const unsigned char *block, trb_opened *opened, trb_error *err)
{
    size_t *const sizes[3] = {&opened->grid.nx, &opened->grid.ny, &opened->grid.nz};
    double mm[3];
    for (int axis = 0; axis < 3; axis++) {
        const int64_t pixels = number(block, AT_PIXELS + 4 * axis), um = number(block, AT_EXTENT_UM + 4 * axis);
        if (pixels < 1)
            return trb_error_set(err, TRB_ERR_FORMAT, "the header claims %" PRId64 " voxels along %c", pixels,
                                 "xyz"[axis]);
        *sizes[axis] = (size_t)pixels;
        mm[axis] = um > 0 ? (double)um / (double)pixels / 1000 : 0;
    }
    trb_spacing_claims_add(&opened->claims, mm, SOURCE ", extent / pixels");
    opened->type = TRB_I16;
    return TRB_OK;
}

static trb_status check_kind(const unsigned char *block, trb_scan_info *info, trb_error *err)
{
    const int64_t type = number(block, AT_TYPE);
    if (memcmp(block, MAGIC, NAME) != 0)
        return trb_error_set(err, TRB_ERR_FORMAT, "does not begin with " MAGIC " as ISQ and RSQ files do");
    if (type == TYPE_RAD || number(block, AT_EXTENT_UM + 8) == 0)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "is a RAD file, a single projection (scout view): give the reconstructed .ISQ");
    if (type != TYPE_IMAGE)
        trb_info_warn(info, "the ISQ header names the data type %" PRId64 ", not 3: read as int16 all the same", type);
    return TRB_OK;
}

static trb_status open_file(const char *path, trb_input_file *file, trb_opened *opened, trb_error *err)
{
    unsigned char block[BLOCK], calibration[CAL_BYTES];
    trb_scan_info *info = &opened->info;
    trb_status status = trb_input_read(file, 0, block, BLOCK, err);
    if (!status)
        status = check_kind(block, info, err);
    if (!status)
        status = take_grid(block, opened, err);
    if (status)
        return status;
    const int64_t further = number(block, AT_DATA_OFFSET);
    if (further < 0 || (uint64_t)further > file->bytes / BLOCK)
        return trb_error_set(err, TRB_ERR_FORMAT, "the header puts the voxels behind block %" PRId64 ", beyond the end",
                             further);
    const uint64_t blocks = (uint64_t)further + 1;
    trb_scanco_scale scale = {.mu_scaling = (double)number(block, AT_MU_SCALING)};
    take_facts(block, info);
    const bool calibrated = find_calibration(file, blocks, calibration);
    if (calibrated)
        take_calibration(calibration, &scale, info);
    trb_scanco_calibrate(&scale, calibrated ? CALIBRATION_SOURCE : SOURCE, info);
    info->bytes_on_disk = file->bytes;
    return trb_raw_volume_open(path, file, blocks * BLOCK, TRB_RAW_LITTLE, opened, err);
}

trb_status trb_isq_open(const char *path, trb_opened *opened, trb_error *err)
{
    trb_input_file file;
    trb_status status = trb_input_open(path, &file, err);
    if (!status)
        status = open_file(path, &file, opened, err);
    trb_input_close(&file);
    if (status)
        trb_error_within(err, "%s", path);
    snprintf(opened->info.format, sizeof opened->info.format, "Scanco ISQ");
    opened->info.files = 1;
    return status;
}
