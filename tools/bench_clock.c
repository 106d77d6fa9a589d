/* bench_clock.c - seconds, bytes and the bandwidth that everything is compared with. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double clock_s(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double bench_cpu_s(void)
{
    return clock_s(CLOCK_PROCESS_CPUTIME_ID);
}

double bench_wall_s(void)
{
    return clock_s(CLOCK_MONOTONIC);
}

/* A line such as "VmHWM:   123 kB" of this process, in bytes; 0 when there is none. */
static double status_bytes(const char *key)
{
    char line[256];
    double kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, key, strlen(key)) == 0)
            kib = strtod(line + strlen(key), NULL);
    if (file)
        fclose(file);
    return kib * 1024;
}

double bench_memory_start(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w"); /* 5: forget the peak */
    if (file) {
        fputs("5", file);
        fclose(file);
    }
    return status_bytes("VmRSS:");
}

double bench_memory_peak(void)
{
    return status_bytes("VmHWM:");
}

double bench_triad(void)
{
    enum { N = 1 << 24, ROUNDS = 4 }; /* 3 x 128 MiB */
    double *a = malloc(3 * sizeof *a * N), best = 0;
    if (!a)
        return 0;
    double *b = a + N, *c = b + N;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < N; i++)
        a[i] = b[i] = c[i] = (double)i;
    for (int round = 0; round < ROUNDS; round++) {
        const double start = bench_cpu_s(); /* not the wall: other programs may run */
#pragma omp parallel for schedule(static)
        for (size_t i = 0; i < N; i++)
            a[i] = b[i] + 0.5 * c[i];
        const double rate = 3.0 * sizeof *a * N / (bench_cpu_s() - start);
        best = rate > best ? rate : best;
    }
    if (a[N / 2] < 0) /* keeps the loop */
        best = 0;
    free(a);
    return best;
}
