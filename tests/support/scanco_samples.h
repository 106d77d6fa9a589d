/*
 * scanco_samples.h - ISQ and AIM files written from their published layout, byte by byte, for tests. Plain C without the
 * library: what reads them must not have written them.
 */
#ifndef SCANCO_SAMPLES_H
#define SCANCO_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** Bytes that grow; free(bytes) at the end. */
typedef struct scanco_bytes {
    unsigned char *bytes;
    size_t used, room;
} scanco_bytes;

void scanco_put(scanco_bytes *to, const void *bytes, size_t count);
void scanco_put_number(scanco_bytes *to, int64_t value, size_t width);            /* little-endian */
void scanco_set_number(scanco_bytes *to, size_t at, int64_t value, size_t width); /* over what is there */
void scanco_put_vax_f(scanco_bytes *to, double value);
void scanco_set_vax_g(scanco_bytes *to, size_t at, double value);

/** Write them to a file; false when that fails. */
bool scanco_save(const scanco_bytes *bytes, const char *path);

/** extended: 0 none; 1 a directory block; 2 a MultiHeader block before it. In both another entry stands first. */
typedef struct isq_sample {
    int n[3], um[3];
    int type, mu_scaling, extended;
    double slope, intercept, mu_water;
    const char *unit;
} isq_sample;

isq_sample isq_sample_default(void);
scanco_bytes isq_sample_make(const isq_sample *sample, const int16_t *voxels);

enum {
    AIM_CHAR = 0x00010001, AIM_BYTE = 0x000d0001, AIM_UCHAR = 0x00160001, AIM_SHORT = 0x00020002, AIM_USHORT = 0x00170002,
    AIM_INT = 0x00030004, AIM_VAX_FLOAT = 0x00040004, AIM_IEEE_FLOAT = 0x001a0004, AIM_BITS = 0x00060001,
    AIM_RUNS = 0x00080002, AIM_TWO_VALUES = 0x00150001
};

typedef struct aim_sample {
    bool version_030, length_first;
    int type, position[3], n[3], offset[3];
    double mm[3];
    const char *log;
} aim_sample;

aim_sample aim_sample_default(void);

/** voxels: doubles of the whole grid; those in the border of a run-length file are not written. */
scanco_bytes aim_sample_make(const aim_sample *sample, const double *voxels);

/** Where the block of voxels begins in such a file. */
size_t aim_sample_data(const aim_sample *sample);

#endif
