/*
 * phantom_truth.c - sizes, positions and closed forms of the analytic shapes.
 *
 * Every shape sits at a place that no grid prefers (offset of centre, tilted normal and axis). Shapes that
 * reach the VOI wall go on outside it, far enough that no ball that covers a voxel of the VOI meets the
 * border of the image: 3 or 4 voxels more than the largest radius.
 *
 * Volumes and surfaces: elementary solids; the two Steinmetz-like corrections of the lattice (three rods of
 * radius r through a node share 8 sqrt(2) r^3 too much volume and 24 sqrt(2) r^2 too much surface); the cut of
 * a cube by a plane by inclusion and exclusion over its corners; the gyroid sheet by Steiner's formula for
 * parallel surfaces, V = A t + 2 pi chi_S t^3/12 with the Euler number chi_S = -8 of the surface in a cell.
 */
#include "phantom/phantom_shape.h"

#include <math.h>
#include <string.h>

static const double PI = 3.141592653589793;

/* Area of {sin X cos Y + sin Y cos Z + sin Z cos X = 0} in a cell of edge 1: limit of finer and finer meshes.
 * (The minimal gyroid, a slightly different surface, has 3.0914.) */
static const double GYROID_AREA = 3.09164;

enum { EDGE_LIMIT = 16384 }; /* voxels a side: 4 TB; larger is a typing error */

static const char *const kind_names[TRB_PHANTOM_KINDS] = {"ball",   "plate",   "rod",    "torus",
                                                          "plates", "lattice", "gyroid", "foam"};

const char *trb_phantom_kind_name(trb_phantom_kind kind)
{
    return kind_names[kind];
}

bool trb_phantom_kind_find(const char *name, trb_phantom_kind *kind)
{
    for (int k = 0; k < TRB_PHANTOM_KINDS; k++)
        if (strcmp(name, kind_names[k]) == 0) {
            *kind = (trb_phantom_kind)k;
            return true;
        }
    return false;
}

static const struct {
    const char *name;
    int power;
    size_t offset;
} members[] = {
#define MEMBER(name, power) {#name, power, offsetof(trb_phantom_truth, name)}
    MEMBER(thickness, 1),         MEMBER(strut_diameter, 1),
    MEMBER(thickness_at_node, 1), MEMBER(largest_marrow_ball, 1),
    MEMBER(separation, 1),        MEMBER(major_radius, 1),
    MEMBER(period, 1),            MEMBER(cell, 1),
    MEMBER(nodes, 0),             MEMBER(cells, 0),
    MEMBER(tb_n, -1),             MEMBER(bv_tv, 0),
    MEMBER(volume, 3),            MEMBER(surface, 2),
    MEMBER(euler, 0),             MEMBER(euler_infinite, 0),
    MEMBER(smi, 0),               MEMBER(da_0_1, 0),
    MEMBER(bv_tv_target, 0),      MEMBER(thickness_target, 1),
    MEMBER(sheet_thickness, 1),   MEMBER(thickness_estimate, 1),
    MEMBER(wavelength, 1),
#undef MEMBER
};
enum { MEMBERS = sizeof members / sizeof *members };
_Static_assert((int)MEMBERS <= (int)TRB_PHANTOM_VALUES_MAX, "callers have room for that many");

static double *member(trb_phantom_truth *truth, int i)
{
    return (double *)(void *)((char *)truth + members[i].offset);
}

size_t trb_phantom_truth_values(const trb_phantom_truth *truth,
                                trb_phantom_value values[TRB_PHANTOM_VALUES_MAX])
{
    trb_phantom_truth copy = *truth;
    size_t known = 0;
    for (int i = 0; i < MEMBERS; i++) {
        const double value = *member(&copy, i);
        if (!isnan(value))
            values[known++] = (trb_phantom_value){members[i].name, members[i].power, value};
    }
    return known;
}

void trb_phantom_truth_init(trb_phantom_truth *truth, trb_phantom_kind kind, size_t edge, size_t margin)
{
    truth->kind = kind;
    for (int axis = 0; axis < 3; axis++) {
        truth->voi.lo[axis] = margin;
        truth->voi.hi[axis] = margin + edge;
    }
    for (int i = 0; i < MEMBERS; i++)
        *member(truth, i) = NAN;
}

static double cube(double v)
{
    return v * v * v;
}

/* Part of the cube [0, n]^3 with normal . p < d: its volume and the area of the cut. All components of the
 * normal are positive, so the sign of each corner's share alternates with the number of its n's. */
static void cube_below(const double normal[3], double d, double n, double *volume, double *area)
{
    const double product = normal[0] * normal[1] * normal[2];
    double v = 0, a = 0;
    for (int corner = 0; corner < 8; corner++) {
        double at = 0;
        int ones = 0;
        for (int axis = 0; axis < 3; axis++)
            if (corner >> axis & 1) {
                at += normal[axis] * n;
                ones++;
            }
        const double beyond = fmax(0, d - at), sign = ones & 1 ? -1 : 1;
        v += sign * cube(beyond) / 6;
        a += sign * beyond * beyond / 2;
    }
    *volume = v / product;
    *area = a / product;
}

/* The edge asked for, or the usual one when none was. */
static trb_status choose_edge(const trb_phantom_options *options, size_t usual, size_t least, size_t *edge,
                              trb_error *err)
{
    *edge = options->size_vox ? options->size_vox : usual;
    if (*edge < least)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "a %s of thickness %g voxels does not fit into %zu voxels a side: it needs %zu",
                             trb_phantom_kind_name(options->kind), options->thickness_vox, *edge, least);
    if (*edge > EDGE_LIMIT)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%zu voxels a side are too many: the limit is %d", *edge,
                             EDGE_LIMIT);
    return TRB_OK;
}

/* Periodic shapes come in whole periods, because only then the closed forms hold. */
static trb_status choose_periods(const trb_phantom_options *options, size_t period, size_t usual,
                                 size_t *periods, trb_error *err)
{
    size_t edge;
    trb_status status = choose_edge(options, usual * period, period, &edge, err);
    if (!status && edge % period != 0)
        status = trb_error_set(err, TRB_ERR_ARGUMENT,
                               "size %zu is not a whole number of periods: %s of thickness %g voxels repeats "
                               "every %zu voxels, so %zu or %zu would do",
                               edge, trb_phantom_kind_name(options->kind), options->thickness_vox, period,
                               edge / period * period, (edge / period + 1) * period);
    *periods = edge / period;
    return status;
}

typedef trb_status set_up(const trb_phantom_options *options, const double offset[3], trb_phantom_shape *shape,
                          trb_phantom_truth *truth, trb_error *err);

/* The centre of the VOI, moved by the offset. */
static void centre_on(trb_phantom_shape *shape, double middle, const double offset[3])
{
    for (int axis = 0; axis < 3; axis++)
        shape->centre[axis] = middle + offset[axis];
}

static size_t round_up(double value)
{
    return (size_t)ceil(value);
}

static trb_status set_up_ball(const trb_phantom_options *options, const double offset[3],
                              trb_phantom_shape *shape, trb_phantom_truth *truth, trb_error *err)
{
    const double t = shape->thickness, r = shape->radius;
    const size_t usual = round_up(t) + 9;
    trb_status status = choose_edge(options, usual, usual - 4, &shape->edge, err);
    if (status)
        return status;
    centre_on(shape, (double)shape->edge / 2, offset);
    trb_phantom_truth_init(truth, TRB_PHANTOM_BALL, shape->edge, 0);
    truth->thickness = t;
    truth->volume = 4.0 / 3 * PI * cube(r);
    truth->surface = 4 * PI * r * r;
    truth->euler = 1;
    truth->smi = 4;
    return TRB_OK;
}

static trb_status set_up_plate(const trb_phantom_options *options, const double offset[3],
                               trb_phantom_shape *shape, trb_phantom_truth *truth, trb_error *err)
{
    const double t = shape->thickness, r = shape->radius;
    const size_t usual = (size_t)(3 * t) + 8;
    trb_status status = choose_edge(options, usual > 32 ? usual : 32, (size_t)(2 * t) + 8, &shape->edge, err);
    if (status)
        return status;
    const double edge = (double)shape->edge;
    centre_on(shape, edge / 2, offset);
    shape->margin = round_up(r) + 4;
    const double *normal = shape->normal;
    const double d = shape->centre[0] * normal[0] + shape->centre[1] * normal[1] + shape->centre[2] * normal[2];
    double volume[2], area[2];
    cube_below(normal, d - r, edge, &volume[0], &area[0]);
    cube_below(normal, d + r, edge, &volume[1], &area[1]);
    trb_phantom_truth_init(truth, TRB_PHANTOM_PLATE, shape->edge, shape->margin);
    truth->thickness = t;
    truth->volume = volume[1] - volume[0];
    truth->surface = area[1] + area[0];
    truth->euler = 1;
    truth->smi = 0;
    truth->da_0_1 = 1;
    return TRB_OK;
}

static trb_status set_up_rod(const trb_phantom_options *options, const double offset[3],
                             trb_phantom_shape *shape, trb_phantom_truth *truth, trb_error *err)
{
    const double t = shape->thickness, r = shape->radius;
    const size_t usual = (size_t)(3 * t) + 10;
    /* Tilted by 0.31 a voxel: it must leave through the top, not through a side. */
    trb_status status = choose_edge(options, usual > 32 ? usual : 32, round_up(1.55 * t) + 6, &shape->edge, err);
    if (status)
        return status;
    centre_on(shape, (double)shape->edge / 2, offset);
    shape->margin = round_up(r) + 4;
    const double length = (double)shape->edge / shape->axis[2];
    trb_phantom_truth_init(truth, TRB_PHANTOM_ROD, shape->edge, shape->margin);
    truth->thickness = t;
    truth->volume = PI * r * r * length;
    truth->surface = 2 * PI * r * length;
    truth->euler = 1;
    truth->smi = 3;
    return TRB_OK;
}

static trb_status set_up_torus(const trb_phantom_options *options, const double offset[3],
                               trb_phantom_shape *shape, trb_phantom_truth *truth, trb_error *err)
{
    const double t = shape->thickness, r = shape->radius, big = fmax(2.5 * t, 8);
    const size_t usual = round_up(2 * big + t) + 9;
    trb_status status = choose_edge(options, usual, usual - 4, &shape->edge, err);
    if (status)
        return status;
    centre_on(shape, (double)shape->edge / 2, offset);
    shape->major_radius = big;
    trb_phantom_truth_init(truth, TRB_PHANTOM_TORUS, shape->edge, 0);
    truth->thickness = t;
    truth->major_radius = big;
    truth->volume = 2 * PI * PI * big * r * r;
    truth->surface = 4 * PI * PI * big * r;
    truth->euler = 0;
    truth->smi = 3;
    return TRB_OK;
}

static trb_status set_up_plates(const trb_phantom_options *options, const double offset[3],
                                trb_phantom_shape *shape, trb_phantom_truth *truth, trb_error *err)
{
    const double t = shape->thickness, r = shape->radius;
    const size_t period = round_up(t) + 12;
    size_t periods;
    trb_status status = choose_periods(options, period, 3, &periods, err);
    if (status)
        return status;
    const double p = (double)period, k = (double)periods, n = k * p;
    shape->edge = periods * period;
    shape->period = p;
    shape->centre[2] = p / 2 + offset[2];
    shape->margin = round_up(fmax(r, (p - t) / 2)) + 4;
    trb_phantom_truth_init(truth, TRB_PHANTOM_PLATES, shape->edge, shape->margin);
    truth->thickness = t;
    truth->period = p;
    truth->separation = p - t;
    truth->tb_n = 1 / p;
    truth->bv_tv = t / p;
    truth->volume = k * t * n * n;
    truth->surface = 2 * k * n * n;
    truth->euler = k;
    truth->smi = 0;
    truth->da_0_1 = 1;
    return TRB_OK;
}

static trb_status set_up_lattice(const trb_phantom_options *options, const double offset[3],
                                 trb_phantom_shape *shape, trb_phantom_truth *truth, trb_error *err)
{
    const double t = shape->thickness, r = shape->radius;
    const size_t period = round_up(2.5 * t) + 6;
    size_t periods;
    trb_status status = choose_periods(options, period, period <= 22 ? 3 : 2, &periods, err);
    if (status)
        return status;
    const double p = (double)period, k = (double)periods;
    shape->edge = periods * period;
    shape->period = p;
    centre_on(shape, p / 2, offset);
    /* The largest marrow ball, between four rods, reaches 0.7071 p - r. */
    shape->margin = round_up(0.7072 * p - r) + 3;
    trb_phantom_truth_init(truth, TRB_PHANTOM_LATTICE, shape->edge, shape->margin);
    const double node_volume = 3 * PI * r * r * p - 8 * sqrt(2) * cube(r);
    truth->strut_diameter = t;
    truth->thickness_at_node = 2 * r * sqrt(1.5);
    truth->period = p;
    truth->nodes = cube(k);
    truth->largest_marrow_ball = 2 * (p / sqrt(2) - r);
    truth->bv_tv = node_volume / cube(p);
    truth->volume = cube(k) * node_volume;
    truth->surface = cube(k) * (6 * PI * r * p - 24 * sqrt(2) * r * r);
    truth->euler = cube(k) - 3 * k * k * (k - 1);
    truth->euler_infinite = -2 * cube(k);
    truth->da_0_1 = 0;
    return TRB_OK;
}

static trb_status set_up_gyroid(const trb_phantom_options *options, const double offset[3],
                                trb_phantom_shape *shape, trb_phantom_truth *truth, trb_error *err)
{
    const double t = shape->thickness, r = shape->radius;
    const size_t cell = round_up(7 * t);
    size_t cells;
    trb_status status = choose_periods(options, cell, cell <= 30 ? 2 : 1, &cells, err);
    if (status)
        return status;
    const double a = (double)cell, k3 = cube((double)cells), area = GYROID_AREA * a * a;
    shape->edge = cells * cell;
    shape->period = a;
    centre_on(shape, 0, offset);
    shape->margin = round_up(fmax(r, 0.25 * a - r)) + 4;
    trb_phantom_truth_init(truth, TRB_PHANTOM_GYROID, shape->edge, shape->margin);
    const double cell_volume = area * t - 16 * PI * cube(t) / 12;
    truth->thickness = t;
    truth->cell = a;
    truth->cells = k3;
    truth->volume = k3 * cell_volume;
    truth->surface = k3 * (2 * area - 8 * PI * t * t);
    truth->euler_infinite = -8 * k3;
    truth->bv_tv = cell_volume / cube(a);
    truth->da_0_1 = 0;
    return TRB_OK;
}

static void unit_vector(double x, double y, double z, double unit[3])
{
    const double length = sqrt(x * x + y * y + z * z);
    unit[0] = x / length;
    unit[1] = y / length;
    unit[2] = z / length;
}

trb_status trb_phantom_shape_init(const trb_phantom_options *options, trb_phantom_shape *shape,
                                  trb_phantom_truth *truth, trb_error *err)
{
    static set_up *const set_ups[] = {set_up_ball,   set_up_plate,   set_up_rod,   set_up_torus,
                                      set_up_plates, set_up_lattice, set_up_gyroid};
    static const double start[3] = {0.13, 0.29, 0.41}, step[3] = {0.37, 0.61, 0.83};
    double offset[3];
    for (int axis = 0; axis < 3; axis++)
        offset[axis] = fmod(start[axis] + options->placement * step[axis], 1);
    *shape = (trb_phantom_shape){
        .kind = options->kind, .thickness = options->thickness_vox, .radius = options->thickness_vox / 2};
    unit_vector(1, 2.3, 3.7, shape->normal);
    unit_vector(0.31, 0.17, 1, shape->axis);
    return set_ups[options->kind](options, offset, shape, truth, err);
}
