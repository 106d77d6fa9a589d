/* bench_inputs.c - the volumes that kernels are measured on. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *const BENCH_INPUTS[] = {"bone", "foam", "gyroid", "random", NULL};

static void must(trb_status status, const trb_error *err)
{
    if (status) {
        fprintf(stderr, "trabecula-bench: %s\n", err->text);
        exit(1);
    }
}

/* The real bone, mirrored at its faces until the size is filled: no new surfaces arise. */
static void fill_bone(trb_volume *grey, const char *data)
{
    trb_volume *bone = NULL;
    trb_error err;
    const size_t n = grey->grid.nx;
    if (!data) {
        fprintf(stderr, "trabecula-bench: input bone needs --data FILE (testdata/lhdl-3155.tif)\n");
        exit(2);
    }
    const trb_open_options options = trb_open_options_default();
    must(trb_volume_read(data, &options, NULL, NULL, &bone, NULL, &err), &err);
    if (bone->type != TRB_U8) {
        fprintf(stderr, "trabecula-bench: %s is not 8 bit\n", data);
        exit(1);
    }
    const size_t side[3] = {bone->grid.nx, bone->grid.ny, bone->grid.nz};
#pragma omp parallel for schedule(static)
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++) {
                size_t at[3] = {x, y, z};
                for (int axis = 0; axis < 3; axis++) {
                    at[axis] %= 2 * side[axis];
                    at[axis] = at[axis] < side[axis] ? at[axis] : 2 * side[axis] - 1 - at[axis];
                }
                ((uint8_t *)grey->voxels)[(z * n + y) * n + x] =
                    ((const uint8_t *)trb_volume_row(bone, at[1], at[2]))[at[0]];
            }
    trb_volume_destroy(bone);
}

/* Sheets where a sum of waves of one length and many directions is near 0: marrow-rich foam. */
static void fill_foam(trb_volume *grey)
{
    enum { WAVES = 24 };
    const size_t n = grey->grid.nx;
    const double k = 2 * 3.14159265358979323846 / 90.0;
    double dir[WAVES][3], phase[WAVES];
    for (int w = 0; w < WAVES; w++) { /* points on a spiral: even over the sphere, the same everywhere */
        const double c = 1 - (2 * w + 1) / (double)WAVES, s = sqrt(1 - c * c), turn = 2.399963229728653 * w;
        dir[w][0] = k * s * cos(turn), dir[w][1] = k * s * sin(turn), dir[w][2] = k * c;
        phase[w] = 1.7 * w * w;
    }
    float *cosine = malloc(2 * WAVES * n * sizeof *cosine), *sine = cosine + WAVES * n;
    if (!cosine)
        abort();
    for (size_t x = 0; x < n; x++)
        for (int w = 0; w < WAVES; w++) {
            cosine[(size_t)w * n + x] = (float)cos(dir[w][0] * (double)x);
            sine[(size_t)w * n + x] = (float)sin(dir[w][0] * (double)x);
        }
#pragma omp parallel for schedule(static)
    for (size_t z = 0; z < n; z++) {
        float *sum = malloc(n * sizeof *sum);
        if (!sum)
            abort();
        for (size_t y = 0; y < n; y++) {
            for (size_t x = 0; x < n; x++)
                sum[x] = 0;
            for (size_t w = 0; w < WAVES; w++) {
                const double at = dir[w][1] * (double)y + dir[w][2] * (double)z + phase[w];
                const float a = (float)cos(at), b = (float)sin(at);
                for (size_t x = 0; x < n; x++)
                    sum[x] += a * cosine[w * n + x] - b * sine[w * n + x];
            }
            for (size_t x = 0; x < n; x++)
                ((uint8_t *)grey->voxels)[(z * n + y) * n + x] =
                    (uint8_t)fmaxf(0.0F, 200.0F - 120.0F * fabsf(sum[x]));
        }
        free(sum);
    }
    free(cosine);
}

static void fill_gyroid(trb_volume *grey)
{
    const size_t n = grey->grid.nx;
    const double k = 2 * 3.14159265358979323846 / 64.0;
#pragma omp parallel for schedule(static)
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++) {
                const double a = k * (double)x, b = k * (double)y, c = k * (double)z;
                const double value = sin(a) * cos(b) + sin(b) * cos(c) + sin(c) * cos(a);
                ((uint8_t *)grey->voxels)[(z * n + y) * n + x] = (uint8_t)fmax(0.0, 200.0 - 240.0 * fabs(value));
            }
}

/* Every voxel for itself, a third of them bone: the worst case of everything that follows surfaces. */
static void fill_random(trb_volume *grey)
{
    uint64_t state = 1;
    uint8_t *voxels = grey->voxels;
    for (size_t i = 0; i < trb_grid_voxels(&grey->grid); i++) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        voxels[i] = (uint8_t)((state >> 33) % 96);
    }
}

bench_input bench_input_make(const char *name, size_t size, const char *data)
{
    const trb_grid grid = {size, size, size, {0.0195, 0.0195, 0.0195}, {0, 0, 0}};
    bench_input input = {name, NULL, NULL, NULL, 64};
    trb_error err;
    must(trb_volume_create(&grid, TRB_U8, &input.grey, &err), &err);
    must(trb_mask_create(&grid, &input.bone, &err), &err);
    switch (name[0]) {
    case 'b': fill_bone(input.grey, data); break;
    case 'f': fill_foam(input.grey); break;
    case 'g': fill_gyroid(input.grey); break;
    default: fill_random(input.grey); break;
    }
    const uint8_t *voxels = input.grey->voxels;
#pragma omp parallel for schedule(static)
    for (size_t z = 0; z < size; z++)
        for (size_t y = 0; y < size; y++) {
            uint64_t *row = trb_mask_row(input.bone, y, z);
            for (size_t x = 0; x < size; x++)
                row[x >> 6] |= (uint64_t)(voxels[(z * size + y) * size + x] >= input.threshold) << (x & 63);
        }
    must(trb_mask_complement(input.bone, &input.marrow, &err), &err);
    return input;
}

void bench_input_clear(bench_input *input)
{
    trb_volume_destroy(input->grey);
    trb_mask_destroy(input->bone);
    trb_mask_destroy(input->marrow);
}
