/*
 * fractal.c - boxes that hold bone surface, for a falling row of sizes.
 *
 * Every box at once: bit x of a mask says that the box of s voxels which begins there lies in the set whole. From s to
 * s + d it is the AND of the mask and itself moved back by d <= s, one axis after the other, in place. Run on the VOI it
 * gives all boxes, run on the VOI without its surface those that miss it; the difference holds surface. So one mask
 * beside bone and VOI is enough.
 */
#include "trabecula/fractal.h"

#include "core/memory.h"
#include "trabecula/density.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIZES_LEAST 3 /* of a line */

const char *trb_fd_rule_name(trb_fd_rule rule)
{
    static const char *const NAMES[] = {"windows", "grid"};
    return (unsigned)rule < sizeof NAMES / sizeof *NAMES ? NAMES[rule] : "unknown";
}

trb_fd_options trb_fd_options_default(void)
{
    return (trb_fd_options){TRB_FD_WINDOWS, 48, 6, 1.2, 0};
}

size_t trb_fd_sizes(const trb_fd_options *options, size_t size_vox[TRB_FD_SIZES_MOST])
{
    size_t n = 0;
    for (size_t s = options->largest_vox; s >= options->smallest_vox && s > 0 && n < TRB_FD_SIZES_MOST;) {
        size_vox[n++] = s;
        const size_t next = (size_t)((double)s / options->factor);
        s = next < s ? next : s - 1;
    }
    return n;
}

static trb_status check(const trb_mask *bone, const trb_mask *voi, const trb_fd_options *o, trb_error *err)
{
    if (voi && !trb_grid_same_size(&bone->grid, &voi->grid))
        return trb_error_set(
            err, TRB_ERR_ARGUMENT,
            "the bone mask is %zu x %zu x %zu voxels, the VOI %zu x %zu x %zu; both must lie on the same grid",
            bone->grid.nx, bone->grid.ny, bone->grid.nz, voi->grid.nx, voi->grid.ny, voi->grid.nz);
    if ((unsigned)o->rule > TRB_FD_GRID)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "there is no rule %d for the fractal dimension", (int)o->rule);
    if (o->smallest_vox < 1 || o->largest_vox <= o->smallest_vox || o->largest_vox > TRB_FD_BOX_MOST)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "boxes of %zu down to %zu voxels: they must fall, within %d and 1",
                             o->largest_vox, o->smallest_vox, TRB_FD_BOX_MOST);
    if (!(o->factor > 1 && o->factor <= 4))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "box sizes that fall by %g: it must be above 1, at most 4", o->factor);
    if (o->shifts > TRB_FD_SHIFTS_MOST)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%zu shifts of the grid: at most %d are possible", o->shifts,
                             TRB_FD_SHIFTS_MOST);
    return TRB_OK;
}

/* ---- the set */

/* Bone of the VOI with marrow next to it; with `rest`, the VOI without that. */
static trb_status surface_create(const trb_mask *bone, const trb_mask *voi, bool rest, trb_mask **out, trb_error *err)
{
    trb_status status = trb_mask_erode(bone, 26, out, err);
    if (status)
        return status;
    const size_t words = bone->words_per_row;
    const uint64_t tail = trb_mask_tail(bone);
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = 0; z < (ptrdiff_t)bone->grid.nz; z++)
        for (size_t y = 0; y < bone->grid.ny; y++) {
            const uint64_t *from = trb_mask_row(bone, y, (size_t)z);
            const uint64_t *in = voi ? trb_mask_row(voi, y, (size_t)z) : NULL;
            uint64_t *to = trb_mask_row(*out, y, (size_t)z);
            for (size_t w = 0; w < words; w++) {
                const uint64_t surface = from[w] & ~to[w];
                to[w] = (rest ? ~surface : surface) & (in ? in[w] : ~(uint64_t)0) & (w + 1 == words ? tail : ~(uint64_t)0);
            }
        }
    return TRB_OK;
}

/* ---- every box at once */

/* row(x) &= row(x + d), 0 behind the row. */
static void and_ahead(uint64_t *row, size_t words, size_t d)
{
    const size_t skip = d / 64, bits = d % 64;
    for (size_t w = 0; w < words; w++) {
        uint64_t ahead = 0;
        if (w + skip < words)
            ahead = row[w + skip] >> bits;
        if (bits && w + skip + 1 < words)
            ahead |= row[w + skip + 1] << (64 - bits);
        row[w] &= ahead;
    }
}

/* to &= from, or nothing is left when there is no such row. */
static void and_row(uint64_t *to, const uint64_t *from, size_t words)
{
    if (!from) {
        memset(to, 0, words * sizeof *to);
        return;
    }
    for (size_t w = 0; w < words; w++)
        to[w] &= from[w];
}

/* Corners of boxes of s voxels become those of boxes of s + d, d <= s. Rows ahead are still as they were. */
static void enlarge_by(trb_mask *mask, size_t d)
{
    const size_t words = mask->words_per_row, ny = mask->grid.ny, nz = mask->grid.nz;
#pragma omp parallel
    {
#pragma omp for schedule(static)
        for (ptrdiff_t z = 0; z < (ptrdiff_t)nz; z++) {
            for (size_t y = 0; y < ny; y++)
                and_ahead(trb_mask_row(mask, y, (size_t)z), words, d);
            for (size_t y = 0; y < ny; y++)
                and_row(trb_mask_row(mask, y, (size_t)z), y + d < ny ? trb_mask_row(mask, y + d, (size_t)z) : NULL, words);
        }
#pragma omp for schedule(static)
        for (ptrdiff_t y = 0; y < (ptrdiff_t)ny; y++)
            for (size_t z = 0; z < nz; z++)
                and_row(trb_mask_row(mask, (size_t)y, z), z + d < nz ? trb_mask_row(mask, (size_t)y, z + d) : NULL, words);
    }
}

static void enlarge(trb_mask *mask, size_t from, size_t to)
{
    while (from < to) {
        const size_t d = from < to - from ? from : to - from;
        enlarge_by(mask, d);
        from += d;
    }
}

/* How many boxes of each size lie in the set whole; the set is lost. sizes descend. */
static void count_whole(trb_mask *set, size_t n, const size_t *size_vox, uint64_t *count)
{
    size_t now = 1;
    for (size_t i = n; i-- > 0;) {
        enlarge(set, now, size_vox[i]);
        now = size_vox[i];
        count[i] = trb_mask_count(set);
    }
}

static uint64_t fits(size_t n, size_t s)
{
    return n >= s ? n - s + 1 : 0;
}

static trb_status by_windows(const trb_mask *bone, const trb_mask *voi, size_t n, const size_t *size_vox, trb_fd *out,
                             trb_error *err)
{
    uint64_t all[TRB_FD_SIZES_MOST], missing[TRB_FD_SIZES_MOST];
    const trb_grid *grid = &bone->grid;
    trb_mask *set = NULL;
    trb_status status = TRB_OK;
    if (voi) {
        if (!(status = trb_mask_copy(voi, &set, err)))
            count_whole(set, n, size_vox, all);
        trb_mask_destroy(set);
    } else {
        for (size_t i = 0; i < n; i++)
            all[i] = fits(grid->nx, size_vox[i]) * fits(grid->ny, size_vox[i]) * fits(grid->nz, size_vox[i]);
    }
    if (!status && !(status = surface_create(bone, voi, true, &set, err))) {
        count_whole(set, n, size_vox, missing);
        trb_mask_destroy(set);
    }
    if (status)
        return status;
    const double volume = voi ? (double)trb_mask_count(voi) : (double)trb_grid_voxels(grid);
    for (size_t i = 0; i < n; i++) {
        const double s = (double)size_vox[i], box = s * s * s;
        if (all[i] == missing[i]) {
            out->dropped++;
            continue;
        }
        if (out->n == 0) /* corners, and the voxels that boxes at them reach, roughly: a cube of corners grown by s */
            out->room = pow(cbrt((double)all[i]) + s - 1, 3) / box;
        out->size_vox[out->n] = size_vox[i];
        out->boxes[out->n++] = volume / box * (double)(all[i] - missing[i]) / (double)all[i];
    }
    return TRB_OK;
}

/* ---- a grid */

/* Is a voxel x0 <= x < x1 set? */
static bool any_in_row(const uint64_t *row, size_t x0, size_t x1)
{
    const size_t w0 = x0 / 64, w1 = (x1 - 1) / 64;
    const uint64_t first = ~(uint64_t)0 << (x0 % 64), last = ~(uint64_t)0 >> (63 - (x1 - 1) % 64);
    if (w0 == w1)
        return (row[w0] & first & last) != 0;
    if ((row[w0] & first) | (row[w1] & last))
        return true;
    for (size_t w = w0 + 1; w < w1; w++)
        if (row[w])
            return true;
    return false;
}

/* Part k of lo <= x < hi when boxes of s begin `shift` before lo; false behind the last. */
static bool box_part(size_t lo, size_t hi, size_t s, size_t shift, size_t k, size_t *from, size_t *to)
{
    *from = k ? lo + k * s - shift : lo;
    *to = lo + (k + 1) * s - shift;
    if (*to > hi)
        *to = hi;
    return *from < hi;
}

static bool box_holds(const trb_mask *set, const size_t from[3], const size_t to[3])
{
    for (size_t z = from[2]; z < to[2]; z++)
        for (size_t y = from[1]; y < to[1]; y++)
            if (any_in_row(trb_mask_row(set, y, z), from[0], to[0]))
                return true;
    return false;
}

static uint64_t count_grid(const trb_mask *set, const trb_box *box, size_t s, const size_t shift[3])
{
    const ptrdiff_t layers = (ptrdiff_t)((box->hi[2] - box->lo[2] + shift[2] + s - 1) / s);
    uint64_t count = 0;
#pragma omp parallel for schedule(dynamic) reduction(+ : count)
    for (ptrdiff_t k = 0; k < layers; k++) {
        size_t from[3], to[3];
        if (!box_part(box->lo[2], box->hi[2], s, shift[2], (size_t)k, &from[2], &to[2]))
            continue;
        for (size_t j = 0; box_part(box->lo[1], box->hi[1], s, shift[1], j, &from[1], &to[1]); j++)
            for (size_t i = 0; box_part(box->lo[0], box->hi[0], s, shift[0], i, &from[0], &to[0]); i++)
                count += box_holds(set, from, to);
    }
    return count;
}

static trb_status by_grid(const trb_mask *bone, const trb_mask *voi, const trb_fd_options *options, size_t n,
                          const size_t *size_vox, trb_fd *out, trb_error *err)
{
    trb_box box = trb_grid_box(&bone->grid);
    trb_mask *set = NULL;
    if (voi && !trb_mask_bounds(voi, &box))
        return TRB_OK;
    const trb_status status = surface_create(bone, voi, false, &set, err);
    for (size_t i = 0; !status && i < n; i++) {
        const size_t s = size_vox[i], places = options->shifts + 1 < s ? options->shifts + 1 : s, step = s / places;
        uint64_t fewest = UINT64_MAX;
        for (size_t p = 0; p < places * places * places; p++) {
            const size_t shift[3] = {p % places * step, p / places % places * step, p / places / places * step};
            const uint64_t count = count_grid(set, &box, s, shift);
            fewest = count < fewest ? count : fewest;
        }
        if (fewest > 0) {
            out->size_vox[out->n] = s;
            out->boxes[out->n++] = (double)fewest;
        }
    }
    trb_mask_destroy(set);
    return status;
}

/* ---- the line */
static void fit(trb_fd *fd)
{
    double x_mean = 0, y_mean = 0, xx = 0, xy = 0, yy = 0;
    const double n = (double)fd->n;
    for (size_t i = 0; i < fd->n; i++) {
        x_mean -= log((double)fd->size_vox[i]) / n;
        y_mean += log(fd->boxes[i]) / n;
    }
    for (size_t i = 0; i < fd->n; i++) {
        const double x = -log((double)fd->size_vox[i]) - x_mean, y = log(fd->boxes[i]) - y_mean;
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    fd->fd = xy / xx;
    fd->r2 = yy > 0 ? xy * xy / (xx * yy) : NAN;
}

trb_status trb_fd_measure(const trb_mask *bone, const trb_mask *voi, const trb_fd_options *options, trb_fd *out,
                          trb_error *err)
{
    memset(out, 0, sizeof *out);
    out->fd = out->r2 = out->room = NAN;
    trb_status status = check(bone, voi, options, err);
    if (status)
        return status;
    size_t size_vox[TRB_FD_SIZES_MOST];
    const size_t n = trb_fd_sizes(options, size_vox);
    status = options->rule == TRB_FD_WINDOWS ? by_windows(bone, voi, n, size_vox, out, err)
                                             : by_grid(bone, voi, options, n, size_vox, out, err);
    if (status)
        return status;
    if (out->n < SIZES_LEAST)
        return trb_error_set(err, TRB_ERR_DATA,
                             "of boxes of %zu down to %zu voxels only %zu size%s fit%s the VOI and meet%s bone surface",
                             options->largest_vox, options->smallest_vox, out->n, out->n == 1 ? "" : "s",
                             out->n == 1 ? "s" : "", out->n == 1 ? "s" : "");
    fit(out);
    return TRB_OK;
}
