/*
 * tiff_read.c - the voxels of a stack, decoded on all threads.
 *
 * Each thread has its own reader: a libtiff handle and scratch for one page. Slices are handed out in order, in
 * batches between which progress is reported. Of several damaged slices the first is reported, whatever thread
 * met it: slices before the first failure known so far are still read.
 */
#include "core/memory.h"
#include "core/types.h"
#include "io/tiff_stack.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_FILE SIZE_MAX
#define WORTH_A_THREAD ((size_t)32 << 10) /* bytes; for less, starting a thread takes longer than reading */

/* What one thread needs. */
typedef struct slice_reader {
    trb_tiff_file file;
    size_t open; /* index of the open file, or NO_FILE */
    void *block; /* one strip or tile */
    void *plane; /* one page, when it must be turned or cut */
} slice_reader;

/* Voxels of one slice that are no numbers. */
typedef struct not_finite {
    size_t count, first; /* first: index within the box of the slice */
} not_finite;

typedef struct read_job {
    const trb_tiff_stack *stack;
    const trb_box *box;
    char *dst;
    size_t plane_bytes; /* of one slice of the box */
    bool whole;         /* the box takes all of x and y */
    slice_reader *readers;
    int n_readers;
    not_finite *bad; /* one a slice of the box; NULL for integers */
    size_t failed;   /* lowest slice that failed so far, SIZE_MAX: none */
    trb_status status;
    trb_error error;
} read_job;

/* ---- one slice */

static trb_status go_to_slice(slice_reader *own, const trb_tiff_stack *stack, const trb_tiff_slice *slice, trb_error *err)
{
    if (own->open != slice->file) {
        trb_tiff_file_close(&own->file);
        own->open = NO_FILE;
        const trb_status status = trb_tiff_file_open(stack->paths[slice->file], &own->file, err);
        if (status)
            return status;
        own->open = slice->file;
    }
    return TRB_OK;
}

/* The file may have been replaced since the scan was opened: what the buffers were made for must still hold. */
static trb_status check_unchanged(const trb_tiff_file *file, const trb_tiff_page *expected, trb_error *err)
{
    trb_tiff_page now;
    const trb_status status = trb_tiff_page_layout(file, &now, err);
    if (status)
        return status;
    if (now.width != expected->width || now.height != expected->height || now.bits != expected->bits ||
        now.block_bytes != expected->block_bytes || now.tiled != expected->tiled)
        return trb_error_set(err, TRB_ERR_FORMAT, "was changed while it was read");
    return TRB_OK;
}

static trb_status read_slice(slice_reader *own, const read_job *job, size_t z, trb_error *err)
{
    const trb_tiff_slice *slice = &job->stack->slices[z];
    const trb_tiff_page *page = &slice->layout;
    char *to = job->dst + (z - job->box->lo[2]) * job->plane_bytes;
    const bool direct = job->whole && page->orientation == ORIENTATION_TOPLEFT;
    void *plane = direct ? to : own->plane;
    trb_status status = go_to_slice(own, job->stack, slice, err);
    if (!status && page->raw)
        status = trb_tiff_page_read_raw(&own->file, page, slice->plane, plane, err);
    if (!status && !page->raw) {
        status = trb_tiff_directory_set(&own->file, slice->directory, err);
        if (!status)
            status = check_unchanged(&own->file, page, err);
        if (!status)
            status = trb_tiff_page_decode(&own->file, page, own->block, plane, err);
    }
    if (!status && !direct)
        trb_tiff_page_place(page, plane, job->box, to);
    return status;
}

static not_finite find_not_finite(trb_type type, const void *voxels, size_t count)
{
    not_finite bad = {0, 0};
    for (size_t i = 0; i < count; i++) {
        const double value = type == TRB_F32 ? (double)((const float *)voxels)[i] : ((const double *)voxels)[i];
        if (isfinite(value))
            continue;
        if (bad.count++ == 0)
            bad.first = i;
    }
    return bad;
}

/* ---- all slices */

static void take_failure(read_job *job, size_t z, trb_status status, const trb_error *error)
{
#pragma omp critical(trb_tiff_failure)
    if (z < job->failed) {
        job->failed = z;
        job->status = status;
        job->error = *error;
    }
}

static size_t first_failure(const read_job *job)
{
    size_t failed;
#pragma omp atomic read
    failed = job->failed;
    return failed;
}

static void read_batch(read_job *job, size_t z0, size_t z1)
{
    const trb_type type = job->stack->slices[0].layout.type;
    const size_t voxels = job->plane_bytes / trb_type_bytes(type);
#pragma omp parallel for schedule(dynamic, 1) num_threads(job->n_readers)
    for (size_t z = z0; z < z1; z++) {
        trb_error error = {TRB_OK, ""};
        if (z > first_failure(job))
            continue;
        const trb_status status = read_slice(&job->readers[omp_get_thread_num()], job, z, &error);
        const size_t at = z - job->box->lo[2];
        if (status)
            take_failure(job, z, status, &error);
        else if (job->bad)
            job->bad[at] = find_not_finite(type, job->dst + at * job->plane_bytes, voxels);
    }
}

static trb_status report_not_finite(const read_job *job, trb_error *err)
{
    const size_t slices = job->box->hi[2] - job->box->lo[2], nx = job->box->hi[0] - job->box->lo[0];
    size_t count = 0, first = SIZE_MAX;
    for (size_t i = 0; i < slices; i++) {
        count += job->bad[i].count;
        first = job->bad[i].count && first == SIZE_MAX ? i : first;
    }
    if (count == 0)
        return TRB_OK;
    char name[400];
    const size_t z = first + job->box->lo[2], at = job->bad[first].first;
    return trb_error_set(err, TRB_ERR_DATA,
                         "%zu voxel%s NaN or infinite, the first at x=%zu y=%zu z=%zu (from 0; %s): repair the "
                         "reconstruction or mask those voxels with a number",
                         count, count == 1 ? " is" : "s are", job->box->lo[0] + at % nx, job->box->lo[1] + at / nx, z,
                         trb_tiff_slice_name(job->stack, z, name, sizeof name));
}

static trb_status read_all(read_job *job, const trb_progress *progress, trb_error *err)
{
    const size_t z0 = job->box->lo[2], z1 = job->box->hi[2];
    const size_t batch = progress ? (size_t)job->n_readers * 8 : z1 - z0;
    for (size_t z = z0; z < z1; z += batch) {
        if (progress && !progress->report(progress->user, "reading", (double)(z - z0) / (double)(z1 - z0)))
            return trb_error_set(err, TRB_ERR_CANCELLED, "reading was cancelled");
        read_batch(job, z, z1 - z < batch ? z1 : z + batch);
        if (job->failed == SIZE_MAX)
            continue;
        char name[400];
        if (err)
            *err = job->error;
        trb_error_within(err, "%s", trb_tiff_slice_name(job->stack, job->failed, name, sizeof name));
        return job->status;
    }
    if (progress && !progress->report(progress->user, "reading", 1))
        return trb_error_set(err, TRB_ERR_CANCELLED, "reading was cancelled");
    return job->bad ? report_not_finite(job, err) : TRB_OK;
}

/* ---- readers */

/* Largest scratch that any slice of the box needs. */
static void scratch_sizes(const read_job *job, size_t *block, size_t *plane)
{
    *block = *plane = 0;
    for (size_t z = job->box->lo[2]; z < job->box->hi[2]; z++) {
        const trb_tiff_page *page = &job->stack->slices[z].layout;
        const bool needs_block = !page->raw && (page->tiled || page->bits % 8 != 0);
        if (needs_block && page->block_bytes > *block)
            *block = page->block_bytes;
        if (!job->whole || page->orientation != ORIENTATION_TOPLEFT)
            *plane = trb_tiff_page_bytes(page);
    }
}

static trb_status make_readers(read_job *job, trb_error *err)
{
    size_t block, plane;
    scratch_sizes(job, &block, &plane);
    const size_t slices = job->box->hi[2] - job->box->lo[2];
    const size_t worth = 1 + slices * job->plane_bytes / WORTH_A_THREAD, most = (size_t)omp_get_max_threads();
    const size_t readers = slices < worth ? slices : worth;
    job->n_readers = (int)(readers < most ? readers : most);
    job->readers = trb_alloc_zero((size_t)job->n_readers, sizeof *job->readers, "readers", err);
    if (!job->readers)
        return TRB_ERR_MEMORY;
    for (int i = 0; i < job->n_readers; i++) {
        slice_reader *own = &job->readers[i];
        own->file.fd = -1;
        own->open = NO_FILE;
        own->block = block ? trb_alloc(block, 1, "a strip or tile", err) : NULL;
        own->plane = plane ? trb_alloc(plane, 1, "a slice", err) : NULL;
        if ((block && !own->block) || (plane && !own->plane))
            return TRB_ERR_MEMORY;
    }
    return TRB_OK;
}

static void free_readers(read_job *job)
{
    for (int i = 0; job->readers && i < job->n_readers; i++) {
        trb_tiff_file_close(&job->readers[i].file);
        free(job->readers[i].block);
        free(job->readers[i].plane);
    }
    free(job->readers);
}

trb_status trb_tiff_stack_read(const trb_tiff_stack *stack, const trb_box *box, void *dst,
                               const trb_progress *progress, trb_error *err)
{
    const trb_tiff_page *page = &stack->slices[0].layout;
    const size_t nx = page->orientation >= ORIENTATION_LEFTTOP ? page->height : page->width;
    const size_t ny = page->orientation >= ORIENTATION_LEFTTOP ? page->width : page->height;
    const size_t slices = box->hi[2] - box->lo[2];
    read_job job = {.stack = stack, .box = box, .dst = dst, .failed = SIZE_MAX};
    job.plane_bytes = (box->hi[0] - box->lo[0]) * (box->hi[1] - box->lo[1]) * trb_type_bytes(page->type);
    job.whole = box->lo[0] == 0 && box->lo[1] == 0 && box->hi[0] == nx && box->hi[1] == ny;
    trb_status status = make_readers(&job, err);
    if (!status && !trb_type_is_integer(page->type)) {
        job.bad = trb_alloc_zero(slices, sizeof *job.bad, "a list of slices", err);
        status = job.bad ? TRB_OK : TRB_ERR_MEMORY;
    }
    if (!status)
        status = read_all(&job, progress, err);
    free_readers(&job);
    free(job.bad);
    return status;
}
