/*
 * ipl_field.c - contact vectors of an image, all at once or window by window.
 *
 * The descending pass needs what the ascending one left in a slice, and that depends on all slices below. So a walk
 * by windows goes up once, keeping only the last slice of each window (packed), and then comes down: in each
 * window the ascending pass is made again, from the slice kept below it, and the descending one from the finished
 * slice above it. Nothing is guessed or cut off: the vectors are those of the whole image.
 */
#include "measure/ipl_pass.h"

#include "core/memory.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "trabecula/version.h"

#define WINDOW_BYTES ((size_t)128 << 20) /* enough for 200^3 at once, and for 150 slices of 380^2 */
#define SLICES_MIN 4                     /* of its own, in a window */
#define AROUND 3                         /* slices more: one kept below, two finished above */

static trb_status check(const trb_mask *object, trb_error *err)
{
    const trb_grid *grid = &object->grid;
    const double nx = (double)grid->nx, ny = (double)grid->ny, nz = (double)grid->nz;
    if (nx * nx + ny * ny + nz * nz > (double)IPL_DIAGONAL_MAX * IPL_DIAGONAL_MAX)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "the ipl rule measures images with a diagonal of up to %d voxels, this one has "
                             "%zu x %zu x %zu; crop it to the region of interest",
                             IPL_DIAGONAL_MAX, grid->nx, grid->ny, grid->nz);
    if (trb_mask_count(object) == trb_grid_voxels(grid))
        return trb_error_set(err, TRB_ERR_DATA,
                             "every voxel of the image is object: without background its thickness has no "
                             "limit; check the threshold");
    return TRB_OK;
}

/* Room for `slices` slices; the values between and around the components are 0, the vectors undefined. */
static trb_status field_init(const trb_grid *grid, size_t slices, ipl_field *out, trb_error *err)
{
    *out = (ipl_field){.grid = *grid, .slices = slices};
    out->stride = (grid->nx / 16 + 1) * 16;
    out->plane = grid->ny * out->stride;
    const size_t each = trb_size_multiply(slices, out->plane);
    /* IPL_LEAD before each component, and behind the last one, for steps that read whole vectors */
    out->memory = trb_alloc(each ? 3 * (each + IPL_LEAD) + IPL_LEAD : SIZE_MAX, sizeof *out->memory,
                            "contact vectors", err);
    if (!out->memory)
        return TRB_ERR_MEMORY;
    out->x = out->memory + IPL_LEAD;
    out->y = out->x + each + IPL_LEAD;
    out->z = out->y + each + IPL_LEAD;
    int16_t *const part[3] = {out->x, out->y, out->z};
    for (size_t i = 0; i < 3; i++)
        memset(part[i] - IPL_LEAD, 0, IPL_LEAD * sizeof **part);
    memset(out->z + each, 0, IPL_LEAD * sizeof *out->z);
    return TRB_OK;
}

trb_status ipl_field_create(const trb_mask *object, ipl_field *out, trb_error *err)
{
    *out = (ipl_field){.grid = object->grid};
    trb_status status = check(object, err);
    if (!status)
        status = field_init(&object->grid, object->grid.nz, out, err);
    if (!status)
        status = ipl_pass_both(out, object, 0, object->grid.nz, err);
    if (status)
        ipl_field_clear(out);
    return status;
}

void ipl_field_clear(ipl_field *field)
{
    free(field->memory);
    *field = (ipl_field){0};
}

/* ---- one slice, packed: neighbours in a row have nearly the same vector, so differences along x deflate well */

typedef struct packed_slice {
    unsigned char *bytes;
    uLongf count;
} packed_slice;

static size_t value_of_slice(const ipl_field *field, size_t z)
{
    return (z - field->first_z) * field->plane;
}

static trb_status pack_slice(const ipl_field *field, size_t z, int16_t *scratch, packed_slice *out, trb_error *err)
{
    const int16_t *const part[3] = {field->x, field->y, field->z};
    const size_t n = field->plane;
    for (size_t i = 0; i < 3; i++) {
        const int16_t *v = part[i] + value_of_slice(field, z);
        for (size_t k = n; k-- > 0;)
            scratch[i * n + k] = (int16_t)(v[k] - (k ? v[k - 1] : 0));
    }
    const uLong bytes = (uLong)(3 * n * sizeof *scratch);
    out->count = compressBound(bytes);
    unsigned char *room = trb_alloc(out->count, 1, "a packed slice", err);
    if (!room)
        return TRB_ERR_MEMORY;
    (void)compress2(room, &out->count, (const unsigned char *)scratch, bytes, 1); /* the room is enough */
    out->bytes = realloc(room, out->count);
    if (!out->bytes)
        out->bytes = room;
    return TRB_OK;
}

static trb_status unpack_slice(const packed_slice *from, const ipl_field *field, size_t z, int16_t *scratch,
                               trb_error *err)
{
    int16_t *const part[3] = {field->x, field->y, field->z};
    const size_t n = field->plane;
    uLongf bytes = (uLongf)(3 * n * sizeof *scratch);
    if (uncompress((unsigned char *)scratch, &bytes, from->bytes, from->count) != Z_OK)
        return trb_error_set(err, TRB_ERR_MEMORY, "not enough memory to unpack a slice of contact vectors");
    for (size_t i = 0; i < 3; i++) {
        int16_t *v = part[i] + value_of_slice(field, z);
        int16_t before = 0;
        for (size_t k = 0; k < n; k++)
            v[k] = before = (int16_t)(before + scratch[i * n + k]);
    }
    return TRB_OK;
}

/* ---- the walk */

typedef struct walk {
    const trb_mask *object;
    ipl_field field;
    size_t windows;
    packed_slice *kept; /* kept[k]: the slice below window k, after the ascending pass */
    int16_t *scratch;   /* three components of a slice */
} walk;

static size_t window_start(const walk *w, size_t k)
{
    return k * w->object->grid.nz / w->windows;
}

/* Place the field so that it holds window k and what is around it. */
static void place(walk *w, size_t k)
{
    const size_t start = window_start(w, k);
    w->field.first_z = start ? start - 1 : 0;
}

static trb_status go_up(walk *w, trb_error *err)
{
    trb_status status = TRB_OK;
    for (size_t k = 0; k + 1 < w->windows && !status; k++) {
        place(w, k);
        if (k)
            status = unpack_slice(&w->kept[k], &w->field, window_start(w, k) - 1, w->scratch, err);
        if (!status)
            status = ipl_pass_up(&w->field, w->object, window_start(w, k), window_start(w, k + 1), err);
        if (!status)
            status = pack_slice(&w->field, window_start(w, k + 1) - 1, w->scratch, &w->kept[k + 1], err);
    }
    return status;
}

/* The two lowest slices of the window that is done go above the window to come. */
static void carry(walk *w, size_t done)
{
    const size_t z = window_start(w, done);
    ipl_field *field = &w->field;
    int16_t *const part[3] = {field->x, field->y, field->z};
    const size_t from = value_of_slice(field, z);
    place(w, done - 1);
    for (size_t i = 0; i < 3; i++)
        memmove(part[i] + value_of_slice(field, z), part[i] + from, 2 * field->plane * sizeof **part);
}

static trb_status come_down(walk *w, ipl_visit *visit, void *user, trb_error *err)
{
    const size_t last = w->windows - 1;
    trb_status status = TRB_OK;
    for (size_t k = w->windows; k-- > 0 && !status;) {
        const size_t start = window_start(w, k), end = window_start(w, k + 1);
        if (k == last)
            place(w, k);
        if (k)
            status = unpack_slice(&w->kept[k], &w->field, start - 1, w->scratch, err);
        if (!status)
            status = ipl_pass_both(&w->field, w->object, start, end, err);
        /* the lowest slice waits until the one below it is known */
        if (!status)
            status = visit(user, &w->field, k ? start + 1 : 0, k < last ? end + 1 : end, err);
        if (!status && k)
            carry(w, k);
    }
    return status;
}

size_t ipl_window_bytes(const trb_grid *grid, size_t limit)
{
    const size_t share = 2 * trb_grid_voxels(grid);
    return limit ? limit : share > WINDOW_BYTES ? share : WINDOW_BYTES;
}

trb_status ipl_walk(const trb_mask *object, size_t bytes, ipl_visit *visit, void *user, trb_error *err)
{
    const size_t nz = object->grid.nz, stride = (object->grid.nx / 16 + 1) * 16;
    const size_t slice_bytes = 3 * sizeof(int16_t) * stride * object->grid.ny;
    /* Besides the window: lengths of two slices, a guess, a slice being packed, and distances of three slices for
     * each thread that looks for centres. */
    const size_t besides = stride * object->grid.ny * (8 + 6 + 12 + 12 * (size_t)trb_threads());
    size_t own = bytes > besides ? (bytes - besides) / slice_bytes : 0; /* slices of a window */
    walk w = {.object = object, .windows = 1};
    trb_status status = check(object, err);
    if (status)
        return status;
    if (own < nz) {
        own = own > AROUND + SLICES_MIN ? own - AROUND : SLICES_MIN;
        w.windows = nz > own ? (nz + own - 1) / own : 1;
    }
    const size_t most = (nz + w.windows - 1) / w.windows; /* windows differ by one slice at most */
    status = field_init(&object->grid, w.windows > 1 ? most + AROUND : nz, &w.field, err);
    if (!status && w.windows > 1) {
        w.kept = trb_alloc_zero(w.windows, sizeof *w.kept, "packed slices", err);
        w.scratch = trb_alloc(3 * w.field.plane, sizeof *w.scratch, "a slice", err);
        status = w.kept && w.scratch ? go_up(&w, err) : TRB_ERR_MEMORY;
    }
    if (!status)
        status = come_down(&w, visit, user, err);
    for (size_t k = 0; w.kept && k < w.windows; k++)
        free(w.kept[k].bytes);
    free(w.kept);
    free(w.scratch);
    ipl_field_clear(&w.field);
    return status;
}
