/*
 * skeleton_graph.c - junctions, ends and branches of a skeleton.
 *
 * Voxels with three and more neighbours are junction voxels; those that touch are one junction. Every other voxel has
 * at most two neighbours, so without the junctions the skeleton falls into lines and rings: the branches.
 */
#include "trabecula/skeleton.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct voxel {
    size_t x, y, z;
} voxel;

/* Voxels to be visited, or along a branch. */
typedef struct voxel_list {
    size_t count, room;
    voxel *at;
} voxel_list;

typedef struct walk {
    const trb_mask *skeleton, *voi;
    trb_mask *junctions, *done;
    voxel_list list;
    double angles_deg; /* sum over junctions of three branches */
    trb_skeleton *out;
    trb_error *err;
} walk;

static trb_status append(walk *w, voxel v)
{
    voxel_list *list = &w->list;
    if (list->count == list->room) {
        const size_t room = list->room ? 2 * list->room : 1024;
        voxel *grown = trb_alloc(room, sizeof *grown, "a branch", w->err);
        if (!grown)
            return TRB_ERR_MEMORY;
        if (list->count)
            memcpy(grown, list->at, list->count * sizeof *grown);
        free(list->at);
        list->at = grown;
        list->room = room;
    }
    list->at[list->count++] = v;
    return TRB_OK;
}

/* The neighbours of v that are set in the mask, in ascending order. */
static size_t neighbours_of(const trb_mask *mask, voxel v, voxel found[26])
{
    const trb_grid *grid = &mask->grid;
    size_t n = 0;
    for (size_t z = v.z ? v.z - 1 : 0; z <= v.z + 1 && z < grid->nz; z++)
        for (size_t y = v.y ? v.y - 1 : 0; y <= v.y + 1 && y < grid->ny; y++)
            for (size_t x = v.x ? v.x - 1 : 0; x <= v.x + 1 && x < grid->nx; x++)
                if ((x != v.x || y != v.y || z != v.z) && trb_mask_get(mask, x, y, z))
                    found[n++] = (voxel){x, y, z};
    return n;
}

static bool has(const trb_mask *mask, voxel v)
{
    return mask && trb_mask_get(mask, v.x, v.y, v.z);
}

static bool counts(const walk *w, voxel v)
{
    return !w->voi || has(w->voi, v);
}

static double step_length(voxel a, voxel b)
{
    const int axes = (a.x != b.x) + (a.y != b.y) + (a.z != b.z);
    return sqrt(axes);
}

/* For every voxel of the skeleton, in order. Stops at an error. */
static trb_status each(walk *w, trb_status (*visit)(walk *w, voxel v))
{
    const trb_mask *mask = w->skeleton;
    trb_status status = TRB_OK;
    for (size_t z = 0; z < mask->grid.nz; z++)
        for (size_t y = 0; y < mask->grid.ny; y++) {
            const uint64_t *row = trb_mask_row(mask, y, z);
            for (size_t i = 0; i < mask->words_per_row; i++)
                for (uint64_t left = row[i]; left; left &= left - 1) {
                    status = visit(w, (voxel){64 * i + (size_t)__builtin_ctzll(left), y, z});
                    if (status)
                        return status;
                }
        }
    return TRB_OK;
}

static trb_status classify(walk *w, voxel v)
{
    voxel near[26];
    const size_t n = neighbours_of(w->skeleton, v, near);
    if (n > 2)
        trb_mask_set(w->junctions, v.x, v.y, v.z, 1);
    if (counts(w, v)) {
        w->out->voxels++;
        w->out->ends += n == 1;
        w->out->points += n == 0;
    }
    return TRB_OK;
}

/* The other end of the branch that begins at v, beside a junction. On a line a voxel has one way to go on. */
static voxel far_end(const walk *w, voxel v)
{
    voxel before = v;
    for (;;) {
        voxel near[26], next = v;
        const size_t n = neighbours_of(w->skeleton, v, near);
        bool found = false;
        for (size_t k = 0; k < n; k++)
            if (!has(w->junctions, near[k]) && memcmp(&near[k], &before, sizeof before) != 0) {
                next = near[k];
                found = true;
            }
        if (!found)
            return v;
        before = v;
        v = next;
    }
}

/* Where branches begin beside the junction in the list, each once; how many, at most 4. */
static size_t branches_of_junction(const walk *w, voxel begin[4])
{
    size_t n = 0;
    for (size_t i = 0; i < w->list.count; i++) {
        voxel near[26];
        const size_t around = neighbours_of(w->skeleton, w->list.at[i], near);
        for (size_t k = 0; k < around && n < 4; k++) {
            bool known = has(w->junctions, near[k]);
            for (size_t b = 0; b < n; b++)
                known = known || memcmp(&begin[b], &near[k], sizeof *begin) == 0;
            if (!known)
                begin[n++] = near[k];
        }
    }
    return n;
}

/* The three angles between the branches at a junction of three. */
static void add_angles(walk *w, const double centre[3])
{
    voxel begin[4];
    double arm[3][3];
    if (branches_of_junction(w, begin) != 3)
        return;
    for (int b = 0; b < 3; b++) {
        const voxel end = far_end(w, begin[b]);
        const double at[3] = {(double)end.x, (double)end.y, (double)end.z};
        double length = 0;
        for (int axis = 0; axis < 3; axis++) {
            arm[b][axis] = at[axis] - centre[axis];
            length += arm[b][axis] * arm[b][axis];
        }
        if (!(length > 0)) /* a loop back to its own middle points nowhere */
            return;
        for (int axis = 0; axis < 3; axis++)
            arm[b][axis] /= sqrt(length);
    }
    for (int b = 0; b < 3; b++) {
        const double *p = arm[b], *q = arm[(b + 1) % 3];
        const double cosine = p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
        w->angles_deg += acos(fmax(-1, fmin(1, cosine))) * (180 / 3.14159265358979323846);
    }
    w->out->triple++;
}

/* All junction voxels that hang together with v, once. */
static trb_status gather_junction(walk *w, voxel v)
{
    if (!has(w->junctions, v) || has(w->done, v))
        return TRB_OK;
    w->list.count = 0;
    trb_mask_set(w->done, v.x, v.y, v.z, 1);
    trb_status status = append(w, v);
    size_t sum[3] = {0, 0, 0};
    for (size_t i = 0; !status && i < w->list.count; i++) {
        const voxel at = w->list.at[i];
        voxel near[26];
        const size_t n = neighbours_of(w->junctions, at, near);
        sum[0] += at.x;
        sum[1] += at.y;
        sum[2] += at.z;
        for (size_t k = 0; !status && k < n; k++)
            if (!has(w->done, near[k])) {
                trb_mask_set(w->done, near[k].x, near[k].y, near[k].z, 1);
                status = append(w, near[k]);
            }
    }
    const size_t n = w->list.count, half = n / 2;
    if (!status && counts(w, (voxel){(sum[0] + half) / n, (sum[1] + half) / n, (sum[2] + half) / n})) {
        const double centre[3] = {(double)sum[0] / (double)n, (double)sum[1] / (double)n,
                                  (double)sum[2] / (double)n};
        w->out->junctions++;
        add_angles(w, centre);
    }
    return status;
}

/* The neighbour along the line that was not visited, if there is one. */
static bool next_on_line(const walk *w, voxel v, voxel *next)
{
    voxel near[26];
    const size_t n = neighbours_of(w->skeleton, v, near);
    for (size_t k = 0; k < n; k++)
        if (!has(w->junctions, near[k]) && !has(w->done, near[k])) {
            *next = near[k];
            return true;
        }
    return false;
}

static bool is_line_end(const walk *w, voxel v)
{
    voxel near[26];
    const size_t n = neighbours_of(w->skeleton, v, near);
    size_t on_line = 0;
    for (size_t k = 0; k < n; k++)
        on_line += !has(w->junctions, near[k]);
    return on_line < 2;
}

/* From the last voxel of a branch to the junction there; both junctions when the branch is that voxel alone. */
static double to_junctions(const walk *w, voxel v)
{
    voxel near[26];
    const size_t n = neighbours_of(w->skeleton, v, near);
    double length = 0;
    for (size_t k = 0; k < n; k++)
        if (has(w->junctions, near[k]))
            length += step_length(v, near[k]);
    return length;
}

/* Walk from v to the end of the line. */
static trb_status follow(walk *w, voxel v, bool ring)
{
    w->list.count = 0;
    double length = 0;
    trb_mask_set(w->done, v.x, v.y, v.z, 1);
    trb_status status = append(w, v);
    voxel at = v, next;
    while (!status && next_on_line(w, at, &next)) {
        length += step_length(at, next);
        at = next;
        trb_mask_set(w->done, at.x, at.y, at.z, 1);
        status = append(w, at);
    }
    if (status)
        return status;
    if (ring)
        length += step_length(at, v);
    else
        length += to_junctions(w, v) + (w->list.count > 1 ? to_junctions(w, at) : 0);
    if (length > 0 && counts(w, w->list.at[w->list.count / 2])) {
        w->out->branches++;
        w->out->branch_sum_vox += length;
    }
    return TRB_OK;
}

static trb_status follow_line(walk *w, voxel v)
{
    return has(w->junctions, v) || has(w->done, v) || !is_line_end(w, v) ? TRB_OK : follow(w, v, false);
}

/* What is left after the lines are rings. */
static trb_status follow_ring(walk *w, voxel v)
{
    return has(w->junctions, v) || has(w->done, v) ? TRB_OK : follow(w, v, true);
}

trb_status trb_skeleton_measure(const trb_mask *skeleton, const trb_mask *voi, trb_skeleton *out,
                                trb_error *err)
{
    memset(out, 0, sizeof *out);
    out->branch_mean_vox = out->angle_mean_deg = NAN;
    if (voi && !trb_grid_same_size(&skeleton->grid, &voi->grid))
        return trb_error_set(
            err, TRB_ERR_ARGUMENT,
            "the skeleton is %zu x %zu x %zu voxels, the VOI %zu x %zu x %zu; both must lie on the same "
            "grid",
            skeleton->grid.nx, skeleton->grid.ny, skeleton->grid.nz, voi->grid.nx, voi->grid.ny,
            voi->grid.nz);
    walk w = {skeleton, voi, NULL, NULL, {0, 0, NULL}, 0, out, err};
    trb_status status = trb_mask_create(&skeleton->grid, &w.junctions, err);
    if (!status)
        status = trb_mask_create(&skeleton->grid, &w.done, err);
    if (!status)
        status = each(&w, classify);
    if (!status)
        status = each(&w, gather_junction);
    if (!status)
        status = each(&w, follow_line);
    if (!status)
        status = each(&w, follow_ring);
    if (!status && out->branches)
        out->branch_mean_vox = out->branch_sum_vox / (double)out->branches;
    if (!status && out->triple)
        out->angle_mean_deg = w.angles_deg / (3 * (double)out->triple);
    free(w.list.at);
    trb_mask_destroy(w.junctions);
    trb_mask_destroy(w.done);
    return status;
}
