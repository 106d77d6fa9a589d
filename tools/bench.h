/* bench.h - inputs, kernels and clocks of trabecula-bench. */
#ifndef BENCH_H
#define BENCH_H

#include "trabecula/trabecula.h"

/** What a kernel is given: grey values and the bone mask at `threshold`; both phases as masks. */
typedef struct bench_input {
    const char *name;
    trb_volume *grey; /* uint8 */
    trb_mask *bone, *marrow;
    double threshold;
} bench_input;

/** Names of the inputs, NULL at the end. */
extern const char *const BENCH_INPUTS[];

/** Make input `name` of size^3 voxels; data: the real bone's TIFF, needed by "bone" only. Exits on failure. */
bench_input bench_input_make(const char *name, size_t size, const char *data);
void bench_input_clear(bench_input *input);

/** One kernel; returns the status of the library. */
typedef struct bench_kernel {
    const char *name;
    const char *what;
    trb_status (*run)(const bench_input *input, trb_error *err);
} bench_kernel;

/** All kernels, name NULL at the end. */
extern const bench_kernel BENCH_KERNELS[];

/** Seconds of all threads, and seconds on the wall. */
double bench_cpu_s(void);
double bench_wall_s(void);

/** Start a new measurement of the peak of resident memory; bytes now. 0 where the system does not tell. */
double bench_memory_start(void);
/** Peak since then, bytes. */
double bench_memory_peak(void);

/** Bytes per CPU second of a[i] = b[i] + s * c[i] over three arrays larger than the caches. */
double bench_triad(void);

#endif
