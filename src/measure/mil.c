/*
 * mil.c - mean intercept length along a direction.
 *
 * Lines. A sample takes the voxel that it lies in. With u uniform in a voxel, u + step v lies d voxels away with
 * probability w_d = prod_i max(0, 1 - |step v_i - d_i|): the trilinear weights of the 8 voxels around step v. So all
 * lines at all offsets along v see w_d of the pairs at displacement d, and any number of directions follows from the
 * pairs at the displacements around a sphere of radius step. Displacement and opposite count alike.
 *
 * Mesh. A plane of area A and normal n is crossed by lines along v |n.v| A times per unit of cross-section; lines
 * that fill a volume TV have the length TV per unit. A binary mesh has no more than some hundred different area
 * vectors, those of the triangles of 256 codes, times how often the code occurs: whole numbers all. The triangles of grey
 * values are summed by direction (normal_bins.h).
 */
#include "measure/mil.h"

#include "core/memory.h"
#include "measure/marching_cubes.h"
#include "measure/normal_bins.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void trb_mil_turn(size_t image, const double from[3], double to[3])
{
    static const int ORDERS[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int axis = 0; axis < 3; axis++)
        to[axis] = from[ORDERS[image / 4][axis]];
    for (int axis = 0; axis < 2; axis++) /* v and -v count alike: 4 of the 8 signs */
        if (image >> axis & 1)
            to[axis] = -to[axis];
}

void trb_mil_direction(size_t i, size_t n, double v[3])
{
    const double pi = 3.14159265358979323846;
    const size_t k = i / TRB_MIL_IMAGES;
    const double z = 1 - (2 * (double)k + 1) / (double)n, r = sqrt(1 - z * z);
    const double azimuth = (double)k * (pi * (3 - sqrt(5)));
    const double spiral[3] = {r * cos(azimuth), r * sin(azimuth), z};
    trb_mil_turn(i % TRB_MIL_IMAGES, spiral, v);
}

static size_t place(const trb_mil *mil, int dx, int dy, int dz)
{
    const int edge = 2 * mil->reach + 1;
    return (size_t)(((dz + mil->reach) * edge + dy + mil->reach) * edge + dx + mil->reach);
}

/* Does step v come within one voxel of d along every axis, for some unit vector v? Then the nearest and the farthest
 * corner of the cube around d lie on different sides of the sphere. */
static bool near_sphere(int dx, int dy, int dz, double step)
{
    const double d[3] = {abs(dx), abs(dy), abs(dz)};
    double near2 = 0, far2 = 0;
    for (int axis = 0; axis < 3; axis++) {
        near2 += d[axis] > 1 ? (d[axis] - 1) * (d[axis] - 1) : 0;
        far2 += (d[axis] + 1) * (d[axis] + 1);
    }
    return near2 <= step * step && step * step <= far2;
}

/* One of each displacement and its opposite. Displacement 0 is one as well: no change, but a step of the line. */
static trb_status list_displacements(trb_mil *mil, trb_error *err)
{
    const int reach = mil->reach = (int)ceil(mil->step_vox) + 1;
    const size_t edge = 2 * (size_t)reach + 1, all = edge * edge * edge;
    mil->count_of = trb_alloc_zero(all, sizeof *mil->count_of, "displacements", err);
    mil->counts = trb_alloc_zero(all / 2 + 1, sizeof *mil->counts, "displacements", err);
    if (!mil->count_of || !mil->counts)
        return TRB_ERR_MEMORY;
    for (int dz = 0; dz <= reach; dz++)
        for (int dy = -reach; dy <= reach; dy++)
            for (int dx = -reach; dx <= reach; dx++) {
                const bool first = dz > 0 || dy > 0 || (dy == 0 && dx >= 0);
                if (!first || !near_sphere(dx, dy, dz, mil->step_vox))
                    continue;
                const int32_t i = (int32_t)mil->n_counts++;
                mil->counts[i] = (trb_pair_count){dx, dy, dz, 0, 0};
                mil->count_of[place(mil, dx, dy, dz)] = mil->count_of[place(mil, -dx, -dy, -dz)] = i;
            }
    return TRB_OK;
}

static double along_lines(const trb_mil *mil, const double v[3])
{
    int low[3];
    double upper[3], pairs = 0, changes = 0;
    for (int axis = 0; axis < 3; axis++) {
        const double at = mil->step_vox * v[axis];
        low[axis] = (int)floor(at);
        upper[axis] = at - low[axis];
    }
    for (int corner = 0; corner < 8; corner++) {
        double weight = 1;
        int d[3];
        for (int axis = 0; axis < 3; axis++) {
            const int up = corner >> axis & 1;
            weight *= up ? upper[axis] : 1 - upper[axis];
            d[axis] = low[axis] + up;
        }
        if (weight == 0)
            continue;
        const trb_pair_count *c = &mil->counts[mil->count_of[place(mil, d[0], d[1], d[2])]];
        pairs += weight * (double)c->pairs;
        changes += weight * (double)c->changes;
    }
    return changes > 0 ? mil->step_vox * pairs / changes : INFINITY;
}

/* ---- mesh */

/* Twice the middle of an edge: whole numbers. */
static void middle_of_edge(int edge, int at[3])
{
    int corners[2];
    trb_cell_edge_corners(edge, corners);
    for (int axis = 0; axis < 3; axis++)
        at[axis] = (corners[0] >> axis & 1) + (corners[1] >> axis & 1);
}

/* Half the cross product of two sides. */
static void area_vector(const uint8_t edge[3], int out[3])
{
    int p[3][3], u[3], v[3];
    for (int i = 0; i < 3; i++)
        middle_of_edge(edge[i], p[i]);
    for (int axis = 0; axis < 3; axis++) {
        u[axis] = p[1][axis] - p[0][axis];
        v[axis] = p[2][axis] - p[0][axis];
    }
    for (int axis = 0; axis < 3; axis++) {
        const int a = (axis + 1) % 3, b = (axis + 2) % 3;
        out[axis] = u[a] * v[b] - u[b] * v[a];
    }
}

/* The area vectors of every code. */
typedef struct cell_areas {
    int count[256];
    int vector[256][TRB_CELL_TRIANGLES][3];
} cell_areas;

static void fill_cell_areas(cell_areas *cells)
{
    for (unsigned code = 0; code < 256; code++) {
        trb_cell_polygons polygons;
        trb_cell_triangles triangles;
        trb_cell_cut(code, TRB_JOIN_BONE, &polygons);
        trb_cell_triangulate(&polygons, TRB_LARGEST_AREA, &triangles);
        cells->count[code] = triangles.count;
        for (int i = 0; i < triangles.count; i++)
            area_vector(triangles.edge[i], cells->vector[code][i]);
    }
}

/* One of the 48 ways to turn and mirror a cube: axis i goes to axis to[i], and is turned over when its flip is 1. */
typedef struct symmetry {
    int to[3], flip[3];
} symmetry;

static symmetry symmetry_number(int i)
{
    static const int ORDERS[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    symmetry s;
    for (int axis = 0; axis < 3; axis++) {
        s.to[axis] = ORDERS[i / 8][axis];
        s.flip[axis] = i >> axis & 1;
    }
    return s;
}

static unsigned turned_code(unsigned code, const symmetry *s)
{
    unsigned out = 0;
    for (int corner = 0; corner < 8; corner++) {
        int at = 0;
        for (int axis = 0; axis < 3; axis++)
            at |= ((corner >> axis & 1) ^ s->flip[axis]) << s->to[axis];
        out |= (code >> corner & 1) << at;
    }
    return out;
}

enum { SPAN = 2 * 8 + 1 }; /* components of area vectors lie between -8 and 8 */

/* Turned back by s, and of a vector and its opposite always the same. */
static size_t place_of_area(const int vector[3], const symmetry *s)
{
    int v[3], sign = 0;
    for (int axis = 0; axis < 3; axis++)
        v[axis] = vector[s->to[axis]] * (s->flip[axis] ? -1 : 1);
    for (int axis = 0; axis < 3 && !sign; axis++)
        sign = (v[axis] > 0) - (v[axis] < 0);
    return (size_t)(((8 + sign * v[2]) * SPAN + 8 + sign * v[1]) * SPAN + 8 + sign * v[0]);
}

/*
 * Polygons of four and more vertices can be cut into triangles in several ways of equal area, and any choice favours
 * some direction (DA 0.06 of white noise). So each cell is cut in all 48 turned ways and the mean is taken.
 */
static void add_code(const cell_areas *cells, unsigned code, uint64_t eighths, uint64_t *times)
{
    for (int i = 0; i < 48; i++) {
        const symmetry s = symmetry_number(i);
        const unsigned turned = turned_code(code, &s);
        for (int t = 0; t < cells->count[turned]; t++)
            times[place_of_area(cells->vector[turned][t], &s)] += eighths;
    }
}

static trb_status list_areas(trb_mil *mil, const trb_mask *bone, const trb_mask *voi, trb_error *err)
{
    trb_surface_counts counts;
    trb_status status = trb_surface_count(bone, voi, &counts, err);
    if (status)
        return status;
    mil->tv_vox = voi ? (double)trb_mask_count(voi) : (double)trb_grid_voxels(&bone->grid);
    const size_t places = (size_t)SPAN * SPAN * SPAN;
    cell_areas *cells = trb_alloc(1, sizeof *cells, "areas of cells", err);
    uint64_t *times = trb_alloc_zero(places, sizeof *times, "areas of cells", err);
    mil->areas = trb_alloc(places, sizeof *mil->areas, "areas of cells", err);
    if (cells && times && mil->areas) {
        fill_cell_areas(cells);
        for (unsigned code = 0; code < 256; code++)
            if (counts.eighths[code])
                add_code(cells, code, counts.eighths[code], times);
        for (size_t i = 0; i < places; i++)
            if (times[i])
                mil->areas[mil->n_areas++] = (trb_mil_area){
                    {(double)(i % SPAN) - 8, (double)(i / SPAN % SPAN) - 8, (double)(i / SPAN / SPAN) - 8}, times[i]};
    } else {
        status = TRB_ERR_MEMORY;
    }
    free(cells);
    free(times);
    return status;
}

static double along_mesh(const trb_mil *mil, const double v[3])
{
    double crossed = 0;
    for (size_t i = 0; i < mil->n_areas; i++) {
        const double *a = mil->areas[i].vector;
        crossed += fabs(a[0] * v[0] + a[1] * v[1] + a[2] * v[2]) * (double)mil->areas[i].times;
    }
    return crossed > 0 ? mil->tv_vox / (crossed * (TRB_MIL_AREA_UNIT * TRB_MIL_TIMES_UNIT)) : INFINITY;
}

trb_status trb_mil_of_normals(trb_mil *mil, const trb_normal_bins *normals, double tv_vox, trb_error *err)
{
    *mil = (trb_mil){.rule = TRB_DA_MESH_GREY, .tv_vox = tv_vox};
    mil->areas = trb_alloc(TRB_BINS, sizeof *mil->areas, "areas by direction", err);
    if (!mil->areas)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < TRB_BINS; i++) {
        const int64_t *sum = normals->sum[i];
        if (!sum[0] && !sum[1] && !sum[2])
            continue;
        trb_mil_area *area = &mil->areas[mil->n_areas++];
        area->times = 1;
        for (int axis = 0; axis < 3; axis++)
            area->vector[axis] = (double)sum[axis] * (TRB_BINS_UNIT / (TRB_MIL_AREA_UNIT * TRB_MIL_TIMES_UNIT));
    }
    return TRB_OK;
}

trb_status trb_mil_init(trb_mil *mil, const trb_mask *bone, const trb_mask *voi,
                        const trb_da_options *options, trb_error *err)
{
    *mil = (trb_mil){.rule = options->rule, .step_vox = options->step_vox};
    if (mil->rule == TRB_DA_MESH)
        return list_areas(mil, bone, voi, err);
    trb_status status = list_displacements(mil, err);
    return status ? status : trb_pair_counts(bone, voi, mil->n_counts, mil->counts, err);
}

void trb_mil_clear(trb_mil *mil)
{
    free(mil->counts);
    free(mil->count_of);
    free(mil->areas);
    memset(mil, 0, sizeof *mil);
}

double trb_mil_along(const trb_mil *mil, const double v[3])
{
    return mil->rule == TRB_DA_MIL ? along_lines(mil, v) : along_mesh(mil, v);
}
