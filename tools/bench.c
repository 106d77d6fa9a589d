/* bench.c - trabecula-bench: seconds and bytes of each kernel on named inputs. */
#include "bench.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char HELP[] =
    "usage: trabecula-bench [options]\n"
    "Measure the kernels of the library; the best of several runs by CPU time.\n"
    "  --input NAME     bone, foam, gyroid, random; may be repeated [foam]\n"
    "  --kernel NAME    may be repeated; --list names them [all]\n"
    "  --size N         edge of the volume in voxels [512]\n"
    "  --data FILE      the real bone (testdata/lhdl-3155.tif), mirrored; needed by input bone\n"
    "  --threads N      [those of the machine]\n"
    "  --simd PATH      plain, avx2, avx512 [the best]\n"
    "  --repeat N       runs of each kernel [3]\n"
    "  --json           one JSON record on standard output\n"
    "  --list           name inputs and kernels\n"
    "  --write FILE.tif write the first input as a 16-bit scan (grey x 100, voxels of 19.5 um) and measure nothing\n"
    "example: trabecula-bench --input bone --data testdata/lhdl-3155.tif --kernel exact-marrow --threads 1\n"
    "Columns: CPU and wall seconds; million voxels per CPU second; bytes a voxel beyond the input at the peak;\n"
    "triads: how many passes of STREAM triad traffic (24 bytes a voxel) fit in the CPU time.\n";

#define MOST 32

typedef struct options {
    const char *inputs[MOST], *kernels[MOST], *data, *simd, *write;
    int n_inputs, n_kernels, threads, repeat;
    size_t size;
    bool json;
} options;

static _Noreturn void wrong(const char *text, const char *what)
{
    fprintf(stderr, "trabecula-bench: %s '%s' (--help tells)\n", text, what);
    exit(2);
}

static long number(const char *text, long lowest, long highest)
{
    char *end;
    const long value = strtol(text, &end, 10);
    if (end == text || *end || value < lowest || value > highest)
        wrong("not a usable number:", text);
    return value;
}

static const bench_kernel *find_kernel(const char *name)
{
    for (const bench_kernel *kernel = BENCH_KERNELS; kernel->name; kernel++)
        if (strcmp(kernel->name, name) == 0)
            return kernel;
    wrong("no kernel", name);
}

static const char *find_input(const char *name)
{
    for (int i = 0; BENCH_INPUTS[i]; i++)
        if (strcmp(BENCH_INPUTS[i], name) == 0)
            return BENCH_INPUTS[i];
    wrong("no input", name);
}

static void list(void)
{
    for (int i = 0; BENCH_INPUTS[i]; i++)
        printf("input   %s\n", BENCH_INPUTS[i]);
    for (const bench_kernel *kernel = BENCH_KERNELS; kernel->name; kernel++)
        printf("kernel  %-17s %s\n", kernel->name, kernel->what);
}

static options parse(int argc, char **argv)
{
    options o = {.threads = 0, .repeat = 3, .size = 512};
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(name, "--help") == 0) {
            fputs(HELP, stdout);
            exit(0);
        } else if (strcmp(name, "--list") == 0) {
            list();
            exit(0);
        } else if (strcmp(name, "--json") == 0) {
            o.json = true;
            continue;
        }
        if (!value)
            wrong("unknown option or missing value:", name);
        i++;
        if (strcmp(name, "--input") == 0 && o.n_inputs < MOST)
            o.inputs[o.n_inputs++] = find_input(value);
        else if (strcmp(name, "--kernel") == 0 && o.n_kernels < MOST)
            o.kernels[o.n_kernels++] = find_kernel(value)->name;
        else if (strcmp(name, "--size") == 0)
            o.size = (size_t)number(value, 8, 4096);
        else if (strcmp(name, "--data") == 0)
            o.data = value;
        else if (strcmp(name, "--threads") == 0)
            o.threads = (int)number(value, 1, 4096);
        else if (strcmp(name, "--simd") == 0)
            o.simd = value;
        else if (strcmp(name, "--write") == 0)
            o.write = value;
        else if (strcmp(name, "--repeat") == 0)
            o.repeat = (int)number(value, 1, 1000);
        else
            wrong("unknown option", name);
    }
    if (!o.n_inputs)
        o.inputs[o.n_inputs++] = "foam";
    const bool all = o.n_kernels == 0;
    for (const bench_kernel *kernel = BENCH_KERNELS; all && kernel->name && o.n_kernels < MOST; kernel++)
        o.kernels[o.n_kernels++] = kernel->name;
    return o;
}

/* One kernel on one input: a record for JSON, a line for people. */
static json_t *measure(const options *o, const bench_input *input, const bench_kernel *kernel, double triad)
{
    const double voxels = (double)trb_grid_voxels(&input->grey->grid);
    double cpu = 1e300, wall = 1e300, bytes = 0;
    for (int i = 0; i < o->repeat; i++) {
        trb_error err;
        const double before = bench_memory_start(), cpu0 = bench_cpu_s(), wall0 = bench_wall_s();
        if (kernel->run(input, &err)) {
            fprintf(stderr, "trabecula-bench: %s on %s: %s\n", kernel->name, input->name, err.text);
            return json_pack("{s:s, s:s, s:s}", "input", input->name, "kernel", kernel->name, "error", err.text);
        }
        const double cpu1 = bench_cpu_s() - cpu0, wall1 = bench_wall_s() - wall0;
        bytes = bench_memory_peak() - before;
        wall = cpu1 < cpu ? wall1 : wall;
        cpu = cpu1 < cpu ? cpu1 : cpu;
    }
    const double passes = triad > 0 ? cpu / (24 * voxels / triad) : 0;
    if (!o->json)
        printf("%-7s %-17s %8.3f %8.3f %9.1f %9.2f %8.2f\n", input->name, kernel->name, cpu, wall,
               voxels / cpu * 1e-6, bytes / voxels, passes);
    return json_pack("{s:s, s:s, s:f, s:f, s:f, s:f, s:f}", "input", input->name, "kernel", kernel->name, "cpu_s",
                     cpu, "wall_s", wall, "mvoxel_per_cpu_s", voxels / cpu * 1e-6, "bytes_per_voxel",
                     bytes / voxels, "triad_passes", passes);
}

/* A scan for trials of the whole program, written plane by plane. */
static int write_scan(const options *o)
{
    bench_input input = bench_input_make(o->inputs[0], o->size, o->data);
    trb_grid grid = input.grey->grid;
    grid.spacing_mm[0] = grid.spacing_mm[1] = grid.spacing_mm[2] = 0.0195;
    const size_t plane = grid.nx * grid.ny;
    uint16_t *grey = malloc(plane * sizeof *grey);
    trb_volume_writer *writer = NULL;
    trb_error err = {TRB_OK, ""};
    trb_status status = grey ? TRB_OK : TRB_ERR_MEMORY;
    if (!status)
        status = trb_volume_writer_create(o->write, &grid, TRB_U16, NULL, &writer, &err);
    for (size_t z = 0; !status && z < grid.nz; z++) {
        const uint8_t *from = trb_volume_row(input.grey, 0, z);
        for (size_t i = 0; i < plane; i++)
            grey[i] = (uint16_t)(100 * from[i]);
        status = trb_volume_writer_planes(writer, 1, grey, &err);
    }
    if (!status)
        status = trb_volume_writer_finish(writer, &err);
    if (status)
        fprintf(stderr, "trabecula-bench: %s\n", err.text);
    trb_volume_writer_destroy(writer);
    bench_input_clear(&input);
    free(grey);
    return status ? 1 : 0;
}

int main(int argc, char **argv)
{
    const options o = parse(argc, argv);
    if (o.simd && setenv("TRABECULA_SIMD", o.simd, 1) != 0)
        return 1;
    if (o.threads)
        trb_threads_set(o.threads);
    if (o.write)
        return write_scan(&o);
    const trb_build *build = trb_build_facts();
    if (o.simd && strcmp(build->simd, o.simd) != 0)
        wrong("this processor has no path", o.simd);
    const double triad = bench_triad();
    if (!o.json) {
        printf("trabecula %s (%s), %s, simd %s, %d threads, %zu^3, triad %.1f GB/CPUs, best of %d\n", build->version,
               build->commit, build->compiler, build->simd, trb_threads(), o.size, triad * 1e-9, o.repeat);
        printf("%-7s %-17s %8s %8s %9s %9s %8s\n", "input", "kernel", "CPU s", "wall s", "Mvox/CPUs", "bytes/vox",
               "triads");
    }
    json_t *rows = json_array();
    for (int i = 0; i < o.n_inputs; i++) {
        bench_input input = bench_input_make(o.inputs[i], o.size, o.data);
        for (int k = 0; k < o.n_kernels; k++)
            json_array_append_new(rows, measure(&o, &input, find_kernel(o.kernels[k]), triad));
        bench_input_clear(&input);
    }
    json_t *record = json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:I, s:f, s:i, s:o}", "schema",
                               "trabecula.bench/1", "version", build->version, "commit", build->commit,
                               "compiler", build->compiler, "simd", build->simd, "threads", trb_threads(), "size",
                               (json_int_t)o.size, "triad_bytes_per_cpu_s", triad, "repeat", o.repeat, "results",
                               rows);
    if (o.json) {
        json_dumpf(record, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
        putchar('\n');
    }
    json_decref(record);
    return fflush(stdout) || ferror(stdout) ? 1 : 0;
}
