/*
 * aim_runs.c - AIM's run-length files.
 *
 * The runs go through the volume without its border. When a file is opened they are followed once to the end: that shows
 * whether they fill the volume, and where planes begin. Reading then starts at the last mark before the wanted plane.
 */
#include "io/aim_packed.h"

#include "core/memory.h"
#include "io/byte_order.h"
#include "io/scan_info.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MARK_VOXELS ((size_t)1 << 16) /* at least so many from one mark to the next */
#define FEED_BYTES 65536
#define MOST_PER_BYTE 254 /* voxels that a byte of runs can stand for */
#define MOST_WITH_BORDER 1032 /* the same with a border around it; and something for the smallest volumes: */
#define SMALL_VOLUME ((uint64_t)1 << 20)

/* A place in the runs. */
typedef struct run_state {
    uint64_t at;   /* byte behind the current run, from the start of the runs */
    unsigned left; /* voxels of the current run that are still to come */
    unsigned char value;
    bool second, change; /* two values: which one it is, and whether it changes behind this run */
} run_state;

typedef struct runs_reader {
    char *path;
    trb_input_file file;
    trb_aim_packing packing;
    bool length_first;       /* pairs of length and value, as some programs wrote them */
    unsigned char values[2]; /* of the two-value kind */
    uint64_t start, bytes;   /* of the runs in the file */
    size_t n[3], inner[3], offset[3];
    size_t planes_a_mark;
    run_state *marks; /* before inner planes 0, planes_a_mark, 2 planes_a_mark, ... */
} runs_reader;

/* Bytes of the runs, through a buffer. */
typedef struct run_feed {
    const runs_reader *runs;
    run_state state;
    uint64_t held_at;
    size_t held;
    trb_status status;
    trb_error *err;
    unsigned char buffer[FEED_BYTES];
} run_feed;

static void destroy(void *self)
{
    runs_reader *runs = self;
    trb_input_close(&runs->file);
    free(runs->marks);
    free(runs->path);
    free(runs);
}

/* The next byte; -1 at the end and when reading failed. */
static int next_byte(run_feed *feed)
{
    run_state *state = &feed->state;
    const uint64_t left = feed->runs->bytes - state->at;
    if (left == 0 || feed->status)
        return -1;
    if (state->at < feed->held_at || state->at >= feed->held_at + feed->held) {
        feed->held = left < FEED_BYTES ? (size_t)left : FEED_BYTES;
        feed->held_at = state->at;
        feed->status = trb_input_read(&feed->runs->file, feed->runs->start + state->at, feed->buffer, feed->held, feed->err);
        if (feed->status)
            return -1;
    }
    return feed->buffer[state->at++ - feed->held_at];
}

static bool next_run(run_feed *feed)
{
    run_state *state = &feed->state;
    const int first = next_byte(feed);
    if (first < 0)
        return false;
    if (feed->runs->packing == TRB_AIM_RUNS) {
        const int other = next_byte(feed);
        if (other < 0)
            return false;
        state->value = (unsigned char)(feed->runs->length_first ? other : first);
        state->left = (unsigned)(feed->runs->length_first ? first : other);
        return true;
    }
    state->second = state->second != state->change;
    state->change = first != 255;
    state->left = first == 255 ? 254 : (unsigned)first;
    state->value = feed->runs->values[state->second];
    return true;
}

/* The next `count` voxels to `to`, or nowhere when it is NULL. False: the runs end before. */
static bool decode(run_feed *feed, unsigned char *to, size_t count)
{
    while (count > 0) {
        if (feed->state.left == 0) {
            if (!next_run(feed))
                return false;
            continue;
        }
        const size_t n = feed->state.left < count ? feed->state.left : count;
        if (to) {
            memset(to, feed->state.value, n);
            to += n;
        }
        feed->state.left -= (unsigned)n;
        count -= n;
    }
    return true;
}

static trb_status too_short(const run_feed *feed, trb_error *err)
{
    if (feed->status)
        return feed->status;
    const size_t *inner = feed->runs->inner;
    return trb_error_set(err, TRB_ERR_FORMAT,
                         "its runs end before %zu x %zu x %zu voxels are filled: it is truncated or damaged", inner[0],
                         inner[1], inner[2]);
}

/* ---- reading */

static trb_status read_inner_planes(run_feed *feed, size_t z0, size_t z1, size_t skip_planes, unsigned char *dst,
                                    trb_error *err)
{
    const runs_reader *runs = feed->runs;
    const size_t plane = runs->inner[0] * runs->inner[1], *n = runs->n, *offset = runs->offset;
    for (size_t z = 0; z < skip_planes; z++)
        if (!decode(feed, NULL, plane))
            return too_short(feed, err);
    for (size_t z = z0; z < z1; z++)
        for (size_t y = 0; y < runs->inner[1]; y++)
            if (!decode(feed, dst + ((z - z0) * n[1] + y + offset[1]) * n[0] + offset[0], runs->inner[0]))
                return too_short(feed, err);
    return TRB_OK;
}

static trb_status read_planes(void *self, size_t z0, size_t z1, void *dst, trb_error *err)
{
    const runs_reader *runs = self;
    const size_t plane = runs->n[0] * runs->n[1], border = runs->offset[2], inner_end = border + runs->inner[2];
    memset(dst, 0, plane * (z1 - z0));
    const size_t from = z0 > border ? z0 : border, to = z1 < inner_end ? z1 : inner_end;
    if (from >= to)
        return TRB_OK;
    run_feed *feed = trb_alloc_zero(1, sizeof *feed, "a buffer for runs", err);
    if (!feed)
        return TRB_ERR_MEMORY;
    const size_t mark = (from - border) / runs->planes_a_mark;
    feed->runs = runs;
    feed->err = err;
    feed->state = runs->marks[mark];
    const trb_status status = read_inner_planes(feed, from, to, from - border - mark * runs->planes_a_mark,
                                                (unsigned char *)dst + (from - z0) * plane, err);
    if (status)
        trb_error_within(err, "%s", runs->path);
    free(feed);
    return status;
}

/* ---- opening */

/* Follow the runs to the end of the volume and mark planes; *rest: voxels that the runs hold beyond it. */
static trb_status follow(runs_reader *runs, run_feed *feed, uint64_t *rest, trb_error *err)
{
    const size_t plane = runs->inner[0] * runs->inner[1];
    feed->state = (run_state){0, 0, 0, false, false};
    for (size_t z = 0; z < runs->inner[2]; z++) {
        if (z % runs->planes_a_mark == 0)
            runs->marks[z / runs->planes_a_mark] = feed->state;
        if (!decode(feed, NULL, plane))
            return too_short(feed, err);
    }
    *rest = feed->state.left;
    while (next_run(feed))
        *rest += feed->state.left;
    return feed->status;
}

/*
 * Pairs are value first, as Scanco's own programs write them. Files of programs that turned them round can be told:
 * only in the right order do the lengths add up to the volume.
 */
static trb_status follow_either(runs_reader *runs, trb_scan_info *info, trb_error *err)
{
    run_feed *feed = trb_alloc_zero(1, sizeof *feed, "a buffer for runs", err);
    if (!feed)
        return TRB_ERR_MEMORY;
    uint64_t rest = 0;
    trb_error turned_err = {TRB_OK, ""};
    feed->runs = runs;
    feed->err = err;
    trb_status status = follow(runs, feed, &rest, err);
    if ((status == TRB_ERR_FORMAT || (!status && rest)) && runs->packing == TRB_AIM_RUNS) {
        uint64_t turned_rest = 0;
        runs->length_first = true;
        feed->status = TRB_OK;
        feed->err = &turned_err;
        if (follow(runs, feed, &turned_rest, &turned_err) == TRB_OK && turned_rest == 0) {
            trb_info_warn(info, "the runs of this AIM file stand as length and value, not as value and length: read so");
            rest = 0;
            status = TRB_OK;
        } else {
            runs->length_first = false;
            uint64_t again = 0;
            feed->err = err;
            feed->status = TRB_OK;
            status = follow(runs, feed, &again, err); /* the marks of that order again, or its message */
        }
    }
    if (!status && rest)
        trb_info_warn(info, "the runs of this AIM file hold %" PRIu64 " voxels more than the volume", rest);
    free(feed);
    return status;
}

/* What must hold before anything is allocated. */
static trb_status check_sizes(const runs_reader *runs, const trb_grid *grid, trb_error *err)
{
    uint64_t inner = 1;
    for (int axis = 0; axis < 3; axis++)
        inner *= runs->inner[axis];
    const uint64_t all = trb_grid_voxels(grid);
    if (inner / MOST_PER_BYTE > runs->bytes || (all > SMALL_VOLUME && all / MOST_WITH_BORDER > runs->bytes))
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "claims %zu x %zu x %zu voxels, more than its %" PRIu64
                             " bytes of runs can ever hold: it is truncated or damaged",
                             grid->nx, grid->ny, grid->nz, runs->bytes);
    return TRB_OK;
}

static trb_status take_block(runs_reader *runs, const trb_input_file *file, const trb_aim_block *block, trb_error *err)
{
    unsigned char head[10] = {0};
    const unsigned skip = block->size_bytes + (runs->packing == TRB_AIM_TWO_VALUES ? 2 : 0);
    if (block->bytes < skip)
        return trb_error_set(err, TRB_ERR_FORMAT, "its block of runs has only %" PRIu64 " bytes", block->bytes);
    const trb_status status = trb_input_read(file, block->at, head, skip, err);
    if (status)
        return status;
    const uint64_t told = block->size_bytes == 8 ? trb_le64(head) : trb_le32(head);
    if (told < skip || told > block->bytes)
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "its runs claim %" PRIu64 " bytes in a block of %" PRIu64 ": it is truncated or damaged", told,
                             block->bytes);
    memcpy(runs->values, head + block->size_bytes, 2);
    runs->start = block->at + skip;
    runs->bytes = told - skip;
    return TRB_OK;
}

static trb_status open_runs(runs_reader *runs, const trb_input_file *file, const trb_aim_block *block, trb_opened *opened,
                            trb_error *err)
{
    trb_status status = take_block(runs, file, block, err);
    if (!status)
        status = check_sizes(runs, &opened->grid, err);
    if (status)
        return status;
    const size_t plane = runs->inner[0] * runs->inner[1];
    runs->planes_a_mark = plane < MARK_VOXELS ? MARK_VOXELS / plane : 1;
    runs->marks = trb_alloc_zero(runs->inner[2] / runs->planes_a_mark + 1, sizeof *runs->marks, "marks in runs", err);
    if (!runs->marks)
        return TRB_ERR_MEMORY;
    runs->file = *file; /* on loan until all is well */
    return follow_either(runs, &opened->info, err);
}

trb_status trb_aim_runs_open(const char *path, trb_input_file *file, const trb_aim_block *block, trb_aim_packing packing,
                             trb_opened *opened, trb_error *err)
{
    const size_t n[3] = {opened->grid.nx, opened->grid.ny, opened->grid.nz};
    runs_reader *runs = trb_alloc_zero(1, sizeof *runs, "an opened file", err);
    if (!runs)
        return TRB_ERR_MEMORY;
    runs->path = strdup(path);
    runs->file.fd = -1;
    runs->packing = packing;
    trb_status status = runs->path ? TRB_OK : trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a file name");
    for (int axis = 0; axis < 3 && !status; axis++) {
        runs->n[axis] = n[axis];
        runs->offset[axis] = block->offset[axis];
        if (block->offset[axis] >= (n[axis] + 1) / 2)
            status = trb_error_set(err, TRB_ERR_FORMAT, "a border of %zu voxels leaves nothing of %zu along %c",
                                   block->offset[axis], n[axis], "xyz"[axis]);
        else
            runs->inner[axis] = n[axis] - 2 * block->offset[axis];
    }
    if (!status)
        status = open_runs(runs, file, block, opened, err);
    if (status) {
        runs->file.fd = -1;
        destroy(runs);
        return status;
    }
    file->fd = -1;
    opened->reader = (trb_plane_reader){runs, read_planes, destroy};
    return TRB_OK;
}
