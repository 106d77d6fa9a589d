/* scanco_samples.c - see scanco_samples.h. */
#include "support/scanco_samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void scanco_put(scanco_bytes *to, const void *bytes, size_t count)
{
    if (to->used + count > to->room) {
        to->room = 2 * (to->used + count) + 256;
        to->bytes = realloc(to->bytes, to->room);
        if (!to->bytes)
            abort();
    }
    if (bytes)
        memcpy(to->bytes + to->used, bytes, count);
    else
        memset(to->bytes + to->used, 0, count);
    to->used += count;
}

void scanco_set_number(scanco_bytes *to, size_t at, int64_t value, size_t width)
{
    for (size_t i = 0; i < width; i++)
        to->bytes[at + i] = (unsigned char)((uint64_t)value >> (8 * i));
}

void scanco_put_number(scanco_bytes *to, int64_t value, size_t width)
{
    scanco_put(to, NULL, width);
    scanco_set_number(to, to->used - width, value, width);
}

/* value = 0.1fff * 2^e; words of 16 bits, the upper one first. */
static void vax(double value, unsigned char *to, int words, int exponent_bits)
{
    uint64_t bits = 0;
    if (value != 0) {
        int exponent;
        const double half = frexp(fabs(value), &exponent);
        const int fraction_bits = 16 * words - 1 - exponent_bits;
        const uint64_t fraction = (uint64_t)llround(ldexp(half, fraction_bits + 1)) - (UINT64_C(1) << fraction_bits);
        bits = (uint64_t)(value < 0) << (16 * words - 1) |
               (uint64_t)(exponent + (1 << (exponent_bits - 1))) << fraction_bits | fraction;
    }
    for (int word = 0; word < words; word++) {
        const unsigned part = (unsigned)(bits >> (16 * (words - 1 - word)) & 0xffff);
        to[2 * word] = (unsigned char)(part & 0xff);
        to[2 * word + 1] = (unsigned char)(part >> 8);
    }
}

void scanco_put_vax_f(scanco_bytes *to, double value)
{
    scanco_put(to, NULL, 4);
    vax(value, to->bytes + to->used - 4, 2, 8);
}

void scanco_set_vax_g(scanco_bytes *to, size_t at, double value)
{
    vax(value, to->bytes + at, 4, 11);
}

bool scanco_save(const scanco_bytes *bytes, const char *path)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return false;
    const bool written = fwrite(bytes->bytes, 1, bytes->used, file) == bytes->used;
    return (fclose(file) == 0) && written;
}

/* ---- ISQ */

isq_sample isq_sample_default(void)
{
    return (isq_sample){{7, 5, 4}, {70, 60, 50}, 3, 4096, 2, 1603.51904, -391.209, 0.2409, "mg HA/ccm"};
}

static void set_text(scanco_bytes *to, size_t at, const char *text, size_t length)
{
    memset(to->bytes + at, ' ', length);
    memcpy(to->bytes + at, text, strlen(text) < length ? strlen(text) : length);
}

scanco_bytes isq_sample_make(const isq_sample *sample, const int16_t *voxels)
{
    scanco_bytes file = {NULL, 0, 0};
    const int blocks = sample->extended ? 1 + sample->extended + 1 + 2 : 1; /* ..., another entry, calibration */
    scanco_put(&file, NULL, (size_t)blocks * 512);
    memcpy(file.bytes, "CTDATA-HEADER_V1", 16);
    scanco_set_number(&file, 16, sample->type, 4);
    scanco_set_number(&file, 28, 1234, 4); /* patient index */
    scanco_set_number(&file, 36, INT64_C(10000000) * 86400 * (40587 + 18262) + INT64_C(10000000) * 3723, 8); /* 2020-01-01 */
    for (int axis = 0; axis < 3; axis++) {
        scanco_set_number(&file, 44 + 4 * (size_t)axis, sample->n[axis], 4);
        scanco_set_number(&file, 56 + 4 * (size_t)axis, sample->um[axis], 4);
    }
    scanco_set_number(&file, 88, sample->mu_scaling, 4);
    set_text(&file, 128, "mouse 7", 40);
    scanco_set_number(&file, 168, 55000, 4);
    scanco_set_number(&file, 508, blocks - 1, 4);
    if (sample->extended) {
        if (sample->extended == 2)
            set_text(&file, 512 + 8, "MultiHeader", 16);
        const size_t directory = (size_t)sample->extended * 512, other = directory + 512, calibration = other + 512;
        set_text(&file, directory + 8, "Something else", 16);
        scanco_set_number(&file, directory + 24, 1, 4);
        set_text(&file, directory + 128 + 8, "Calibration", 16);
        scanco_set_number(&file, directory + 128 + 24, 2, 4);
        set_text(&file, calibration + 28, "55 kVp, 0.5 mm Al", 64);
        scanco_set_number(&file, calibration + 632, 2, 4);
        set_text(&file, calibration + 648, sample->unit, 16);
        scanco_set_vax_g(&file, calibration + 664, sample->slope);
        scanco_set_vax_g(&file, calibration + 672, sample->intercept);
        scanco_set_vax_g(&file, calibration + 688, sample->mu_water);
    }
    const size_t count = (size_t)sample->n[0] * (size_t)sample->n[1] * (size_t)sample->n[2];
    for (size_t i = 0; i < count; i++)
        scanco_put_number(&file, voxels[i], 2);
    return file;
}

/* ---- AIM */

aim_sample aim_sample_default(void)
{
    return (aim_sample){.type = AIM_SHORT,
                        .position = {10, -20, 30},
                        .n = {7, 5, 4},
                        .mm = {0.0195, 0.021, 0.025},
                        .log = "! Processing Log\n"
                               "!-------------------------------------\n"
                               "Created by                    ISQ_TO_AIM (IPL)\n"
                               "Mu_Scaling                                        1\n"
                               "Mu_Scaling                                     8192\n"
                               "HU: mu water                                0.24090\n"
                               "Density: unit                             mg HA/ccm\n"
                               "Density: slope                       1.60351904e+03\n"
                               "Density: intercept                  -3.91209015e+02\n"
                               "Energy [V]                                    59400\r\n"
                               "A key without a value\n"};
}

static size_t index_of(const aim_sample *sample, int x, int y, int z)
{
    return ((size_t)z * (size_t)sample->n[1] + (size_t)y) * (size_t)sample->n[0] + (size_t)x;
}

static void put_voxel(const aim_sample *sample, scanco_bytes *to, double value)
{
    const float single = (float)value;
    switch (sample->type) {
    case AIM_VAX_FLOAT: scanco_put_vax_f(to, single); break;
    case AIM_IEEE_FLOAT: {
        uint32_t bits;
        memcpy(&bits, &single, sizeof bits);
        scanco_put_number(to, bits, 4);
        break;
    }
    default: scanco_put_number(to, (int64_t)value, (size_t)sample->type & 0xffff);
    }
}

static void put_bits(const aim_sample *sample, scanco_bytes *to, const double *voxels)
{
    double value = 0;
    for (int z = 0; z < sample->n[2]; z += 2)
        for (int y = 0; y < sample->n[1]; y += 2)
            for (int x = 0; x < sample->n[0]; x += 2) {
                unsigned cell = 0;
                for (int corner = 0; corner < 8; corner++) {
                    const int cx = x + (corner & 1), cy = y + (corner >> 1 & 1), cz = z + (corner >> 2);
                    if (cx >= sample->n[0] || cy >= sample->n[1] || cz >= sample->n[2])
                        continue;
                    const double here = voxels[index_of(sample, cx, cy, cz)];
                    cell |= (unsigned)(here != 0) << corner;
                    value = here != 0 ? here : value;
                }
                scanco_put_number(to, cell, 1);
            }
    scanco_put_number(to, (int64_t)value, 1);
}

/* The voxels inside the border, in order. */
static size_t inner_voxels(const aim_sample *sample, const double *voxels, int *inner)
{
    size_t count = 0;
    const int *n = sample->n, *border = sample->offset;
    for (int z = border[2]; z < n[2] - border[2]; z++)
        for (int y = border[1]; y < n[1] - border[1]; y++)
            for (int x = border[0]; x < n[0] - border[0]; x++)
                inner[count++] = (int)voxels[index_of(sample, x, y, z)];
    return count;
}

static void put_runs(const aim_sample *sample, scanco_bytes *to, const int *inner, size_t count)
{
    for (size_t i = 0; i < count;) {
        size_t end = i + 1;
        while (end < count && inner[end] == inner[i] && end - i < 255)
            end++;
        scanco_put_number(to, sample->length_first ? (int64_t)(end - i) : inner[i], 1);
        scanco_put_number(to, sample->length_first ? inner[i] : (int64_t)(end - i), 1);
        i = end;
    }
}

static void put_two_values(scanco_bytes *to, const int *inner, size_t count)
{
    int values[2] = {inner[0], inner[0]};
    for (size_t i = 0; i < count; i++)
        if (inner[i] != values[0])
            values[1] = inner[i];
    scanco_put_number(to, values[0], 1);
    scanco_put_number(to, values[1], 1);
    for (size_t i = 0; i < count;) {
        size_t end = i;
        while (end < count && inner[end] == inner[i])
            end++;
        size_t length = end - i;
        for (; length > 254; length -= 254)
            scanco_put_number(to, 255, 1); /* 254 and the same again */
        scanco_put_number(to, (int64_t)length, 1);
        i = end;
    }
}

static scanco_bytes voxel_block(const aim_sample *sample, const double *voxels)
{
    scanco_bytes block = {NULL, 0, 0};
    const size_t all = (size_t)sample->n[0] * (size_t)sample->n[1] * (size_t)sample->n[2];
    const size_t head = sample->version_030 ? 8 : 4;
    int *inner = malloc((all + 1) * sizeof *inner);
    if (!inner)
        abort();
    if (sample->type == AIM_RUNS || sample->type == AIM_TWO_VALUES) {
        const size_t count = inner_voxels(sample, voxels, inner);
        scanco_put(&block, NULL, head);
        if (sample->type == AIM_RUNS)
            put_runs(sample, &block, inner, count);
        else
            put_two_values(&block, inner, count);
        scanco_set_number(&block, 0, (int64_t)block.used, head);
    } else if (sample->type == AIM_BITS) {
        put_bits(sample, &block, voxels);
    } else {
        for (size_t i = 0; i < all; i++)
            put_voxel(sample, &block, voxels[i]);
    }
    free(inner);
    return block;
}

size_t aim_sample_data(const aim_sample *sample)
{
    return (sample->version_030 ? 16 + 40 + 224 : 20 + 140) + strlen(sample->log);
}

scanco_bytes aim_sample_make(const aim_sample *sample, const double *voxels)
{
    scanco_bytes file = {NULL, 0, 0}, block = voxel_block(sample, voxels);
    const size_t each = sample->version_030 ? 8 : 4;
    if (sample->version_030)
        scanco_put(&file, "AIMDATA_V030   ", 16);
    const int64_t lengths[5] = {(int64_t)(5 * each), sample->version_030 ? 224 : 140, (int64_t)strlen(sample->log),
                                (int64_t)block.used, 0};
    for (int i = 0; i < 5; i++)
        scanco_put_number(&file, lengths[i], each);
    scanco_put_number(&file, sample->version_030 ? 030 : 020, 4);
    scanco_put(&file, NULL, sample->version_030 ? 8 : 16);
    scanco_put_number(&file, sample->type, 4);
    const int *vectors[7] = {sample->position, sample->n, sample->offset};
    for (int v = 0; v < 7; v++) /* position, dimension, offset, supdim, suppos, subdim, testoff */
        for (int axis = 0; axis < 3; axis++)
            scanco_put_number(&file, vectors[v] ? vectors[v][axis] : 0, each);
    for (int axis = 0; axis < 3; axis++) {
        if (sample->version_030)
            scanco_put_number(&file, llround(sample->mm[axis] * 1e6), 8);
        else
            scanco_put_vax_f(&file, (float)sample->mm[axis]);
    }
    scanco_put(&file, NULL, sample->version_030 ? 16 : 20); /* assoc */
    scanco_put(&file, sample->log, strlen(sample->log));
    scanco_put(&file, block.bytes, block.used);
    free(block.bytes);
    return file;
}
