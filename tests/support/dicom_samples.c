/* dicom_samples.c - see dicom_samples.h. Source of the layout: DICOM PS3.5 and PS3.10. */
#include "support/dicom_samples.h"

#include <stdlib.h>
#include <string.h>

dicom_sample dicom_sample_default(void)
{
    return (dicom_sample){.nx = 9,
                          .ny = 6,
                          .allocated = 16,
                          .stored = 16,
                          .is_signed = 1,
                          .photometric = "MONOCHROME2",
                          .samples = 1,
                          .series = "1.2.3.4",
                          .position = "1\\2\\3",
                          .orientation = "1\\0\\0\\0\\1\\0",
                          .pixel_spacing = "0.021\\0.0195",
                          .thickness = "9",
                          .modality = "CT"};
}

/* Text is padded to an even length; the long form has two empty bytes and a 32-bit length. */
static bool implicit; /* while a file is made; the first group never is */

static void element(scanco_bytes *to, int group, int number, const char *kind, const void *bytes, size_t count)
{
    const size_t padded = count + count % 2;
    scanco_put_number(to, group, 2);
    scanco_put_number(to, number, 2);
    if (implicit) {
        scanco_put_number(to, (int64_t)padded, 4);
        scanco_put(to, bytes, count);
        if (padded > count)
            scanco_put(to, " ", 1);
        return;
    }
    scanco_put(to, kind, 2);
    if (strcmp(kind, "OB") == 0 || strcmp(kind, "OW") == 0) {
        scanco_put(to, NULL, 2);
        scanco_put_number(to, (int64_t)padded, 4);
    } else {
        scanco_put_number(to, (int64_t)padded, 2);
    }
    scanco_put(to, bytes, count);
    if (padded > count)
        scanco_put(to, strcmp(kind, "UI") == 0 || kind[0] == 'O' ? "\0" : " ", 1);
}

static void text(scanco_bytes *to, int group, int number, const char *kind, const char *value)
{
    if (value && value[0])
        element(to, group, number, kind, value, strlen(value));
}

static void tag_and_length(scanco_bytes *to, int group, int number_of, int64_t length)
{
    scanco_put_number(to, group, 2);
    scanco_put_number(to, number_of, 2);
    scanco_put_number(to, length, 4);
}

static void number(scanco_bytes *to, int group, int element_number, int value)
{
    const unsigned char bytes[2] = {(unsigned char)(value & 0xff), (unsigned char)(value >> 8)};
    element(to, group, element_number, "US", bytes, 2);
}

/* A sequence of undefined length, with an item of undefined length and one of a defined one. */
static void nested_sequence(scanco_bytes *to)
{
    if (implicit) {
        tag_and_length(to, 0x18, 0x9999, -1);
    } else {
        scanco_put_number(to, 0x18, 2);
        scanco_put_number(to, 0x9999, 2);
        scanco_put(to, "SQ\0\0\377\377\377\377", 8);
    }
    tag_and_length(to, 0xfffe, 0xe000, -1);
    number(to, 0x28, 0x10, 777);
    number(to, 0x28, 0x11, 888);
    tag_and_length(to, 0xfffe, 0xe00d, 0);
    tag_and_length(to, 0xfffe, 0xe000, 10);
    number(to, 0x28, 0x10, 999); /* 10 bytes, either way */
    tag_and_length(to, 0xfffe, 0xe0dd, 0);
}

/* One segment whose runs are literal: a count less one, then bytes. */
static void put_rle(scanco_bytes *to, const scanco_bytes *pixels, int width)
{
    scanco_bytes segment = {NULL, 0, 0};
    scanco_put_number(&segment, 1, 4);
    scanco_put_number(&segment, 64, 4);
    scanco_put(&segment, NULL, 56);
    for (size_t at = 0; at < pixels->used; at += (size_t)width) {
        scanco_put_number(&segment, width - 1, 1);
        scanco_put(&segment, pixels->bytes + at, (size_t)width);
    }
    scanco_put(&segment, NULL, segment.used % 2);
    scanco_put_number(to, 0x7fe0, 2);
    scanco_put_number(to, 0x10, 2);
    scanco_put(to, "OB\0\0\377\377\377\377", 8);
    tag_and_length(to, 0xfffe, 0xe000, 0);
    tag_and_length(to, 0xfffe, 0xe000, (int64_t)segment.used);
    scanco_put(to, segment.bytes, segment.used);
    tag_and_length(to, 0xfffe, 0xe0dd, 0);
    free(segment.bytes);
}

scanco_bytes dicom_sample_make(const dicom_sample *sample, const double *voxels)
{
    scanco_bytes file = {NULL, 0, 0}, pixels = {NULL, 0, 0};
    scanco_put(&file, NULL, 128);
    scanco_put(&file, "DICM", 4);
    const unsigned char version[2] = {0, 1};
    static const char class_uid[] = "1.2.840.10008.5.1.4.1.1.2";
    const char *syntax = sample->rle ? "1.2.840.10008.1.2.5" : sample->implicit ? "1.2.840.10008.1.2" : "1.2.840.10008.1.2.1";
    implicit = false;
    const size_t length_at = file.used + 8;
    element(&file, 2, 0, "UL", "\0\0\0", 4);
    const size_t meta = file.used;
    element(&file, 2, 1, "OB", version, 2);
    text(&file, 2, 2, "UI", class_uid);
    text(&file, 2, 3, "UI", "1.2.3.4.5");
    text(&file, 2, 0x10, "UI", syntax);
    scanco_set_number(&file, length_at, (int64_t)(file.used - meta), 4);
    implicit = sample->implicit;
    text(&file, 8, 0x16, "UI", class_uid);
    text(&file, 8, 0x18, "UI", "1.2.3.4.5");
    text(&file, 8, 0x60, "CS", sample->modality);
    text(&file, 0x18, 0x50, "DS", sample->thickness);
    if (sample->nested)
        nested_sequence(&file);
    text(&file, 0x20, 0x0e, "UI", sample->series);
    text(&file, 0x20, 0x13, "IS", sample->instance);
    text(&file, 0x20, 0x32, "DS", sample->position);
    text(&file, 0x20, 0x37, "DS", sample->orientation);
    number(&file, 0x28, 2, sample->samples);
    text(&file, 0x28, 4, "CS", sample->photometric);
    text(&file, 0x28, 8, "IS", sample->frames);
    number(&file, 0x28, 0x10, sample->ny);
    number(&file, 0x28, 0x11, sample->nx);
    text(&file, 0x28, 0x30, "DS", sample->pixel_spacing);
    number(&file, 0x28, 0x100, sample->allocated);
    number(&file, 0x28, 0x101, sample->stored);
    number(&file, 0x28, 0x102, sample->stored - 1);
    number(&file, 0x28, 0x103, sample->is_signed);
    text(&file, 0x28, 0x1052, "DS", sample->intercept);
    text(&file, 0x28, 0x1053, "DS", sample->slope);
    text(&file, 0x28, 0x1054, "LO", sample->rescale_type);
    if (sample->mu_scaling)
        text(&file, 0x29, 0x10, "LO", "SCANCO");
    text(&file, 0x29, 0x1000, "DS", sample->mu_scaling);
    text(&file, 0x29, 0x1004, "DS", sample->density_slope);
    text(&file, 0x29, 0x1005, "DS", sample->density_intercept);
    for (int i = 0; i < sample->nx * sample->ny * sample->samples; i++)
        scanco_put_number(&pixels, (int64_t)voxels[i % (sample->nx * sample->ny)], (size_t)sample->allocated / 8);
    if (sample->rle)
        put_rle(&file, &pixels, sample->nx);
    else if (!sample->no_pixels)
        element(&file, 0x7fe0, 0x10, sample->allocated > 8 ? "OW" : "OB", pixels.bytes, pixels.used);
    free(pixels.bytes);
    return file;
}
