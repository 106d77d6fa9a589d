/*
 * phantom_shapes.c - the covered fraction of every voxel of an analytic shape.
 *
 * Each shape is a signed distance (negative inside). A voxel whose centre is farther from the surface than its
 * outermost sub-point is all in or all out; of the others, 8 x 8 x 8 sub-points are counted.
 * A distance changes by no more than the way gone (Lipschitz), so the shortcut changes no count; octants of a
 * voxel are skipped by the same argument.
 *
 * The order of operations is part of the definition: the reference volumes were made with the same formulas
 * in the same order, and ours equal them bit for bit.
 */
#include "phantom/phantom_shape.h"

#include <math.h>

typedef struct {
    double x, y, z;
} point;

static double ball(const trb_phantom_shape *s, point p)
{
    const double x = p.x - s->centre[0], y = p.y - s->centre[1], z = p.z - s->centre[2];
    return sqrt(x * x + y * y + z * z) - s->radius;
}

static double plate(const trb_phantom_shape *s, point p)
{
    const double x = p.x - s->centre[0], y = p.y - s->centre[1], z = p.z - s->centre[2];
    return fabs(x * s->normal[0] + y * s->normal[1] + z * s->normal[2]) - s->radius;
}

static double rod(const trb_phantom_shape *s, point p)
{
    const double x = p.x - s->centre[0], y = p.y - s->centre[1], z = p.z - s->centre[2];
    const double along = x * s->axis[0] + y * s->axis[1] + z * s->axis[2];
    const double across2 = x * x + y * y + z * z - along * along;
    return sqrt(across2 > 0 ? across2 : 0) - s->radius;
}

static double torus(const trb_phantom_shape *s, point p)
{
    const double x = p.x - s->centre[0], y = p.y - s->centre[1], z = p.z - s->centre[2];
    const double along = x * s->normal[0] + y * s->normal[1] + z * s->normal[2];
    const double across2 = x * x + y * y + z * z - along * along;
    const double q = sqrt(across2 > 0 ? across2 : 0) - s->major_radius;
    return sqrt(q * q + along * along) - s->radius;
}

/* floor() for numbers of ordinary size: without SSE4.1 the library's is a call, and this is the inner loop. */
static double floor_of(double v)
{
    const double toward_zero = (double)(int64_t)v;
    return toward_zero > v ? toward_zero - 1 : toward_zero;
}

/* Signed way from the nearest multiple of the period. */
static double wrapped(double at, double from, double period)
{
    const double u = (at - from) / period;
    return (u - floor_of(u + 0.5)) * period;
}

static double plates(const trb_phantom_shape *s, point p)
{
    return fabs(wrapped(p.z, s->centre[2], s->period)) - s->radius;
}

/* From squared ways to the nearest rod axes; sqrt keeps order, so the least root is the root of the least. */
static double nearest_rod(double x2, double y2, double z2)
{
    const double along_x = y2 + z2, along_y = x2 + z2, along_z = x2 + y2;
    const double least = along_x < along_y ? along_x : along_y;
    return sqrt(least < along_z ? least : along_z);
}

static double lattice(const trb_phantom_shape *s, point p)
{
    const double x = wrapped(p.x, s->centre[0], s->period), y = wrapped(p.y, s->centre[1], s->period),
                 z = wrapped(p.z, s->centre[2], s->period);
    return nearest_rod(x * x, y * y, z * z) - s->radius;
}

static double distance(const trb_phantom_shape *s, point p)
{
    switch (s->kind) {
    case TRB_PHANTOM_BALL: return ball(s, p);
    case TRB_PHANTOM_PLATE: return plate(s, p);
    case TRB_PHANTOM_ROD: return rod(s, p);
    case TRB_PHANTOM_TORUS: return torus(s, p);
    case TRB_PHANTOM_PLATES: return plates(s, p);
    default: return lattice(s, p);
    }
}

/* An octant of a voxel has 4 x 4 x 4 sub-points, 1/8 apart (exact in binary). */
enum { FEW = 4 };
static const double way[FEW] = {-0.1875, -0.0625, 0.0625, 0.1875};

static int count_octant(const trb_phantom_shape *s, point middle)
{
    int inside = 0;
    for (int c = 0; c < FEW; c++)
        for (int b = 0; b < FEW; b++)
            for (int a = 0; a < FEW; a++)
                inside += distance(s, (point){middle.x + way[a], middle.y + way[b], middle.z + way[c]}) < 0;
    return inside;
}

/* The same for the lattice, whose ways separate: 12 instead of 192 of them. */
static int count_octant_of_lattice(const trb_phantom_shape *s, point middle)
{
    const double at[3] = {middle.x, middle.y, middle.z};
    double square[3][FEW];
    for (int axis = 0; axis < 3; axis++)
        for (int i = 0; i < FEW; i++) {
            const double w = wrapped(at[axis] + way[i], s->centre[axis], s->period);
            square[axis][i] = w * w;
        }
    int inside = 0;
    for (int c = 0; c < FEW; c++)
        for (int b = 0; b < FEW; b++)
            for (int a = 0; a < FEW; a++)
                inside += nearest_rod(square[0][a], square[1][b], square[2][c]) - s->radius < 0;
    return inside;
}

/* Of 512. */
static int count_by_octants(const trb_phantom_shape *s, point centre)
{
    const double reach = 0.33; /* outermost sub-point of an octant: sqrt(3) * 3/16 = 0.3248 */
    int inside = 0;
    for (int octant = 0; octant < 8; octant++) {
        const point middle = {centre.x + (octant & 1 ? 0.25 : -0.25), centre.y + (octant & 2 ? 0.25 : -0.25),
                              centre.z + (octant & 4 ? 0.25 : -0.25)};
        const double d = distance(s, middle);
        if (fabs(d) > reach)
            inside += d < 0 ? FEW * FEW * FEW : 0;
        else
            inside += s->kind == TRB_PHANTOM_LATTICE ? count_octant_of_lattice(s, middle) : count_octant(s, middle);
    }
    return inside;
}

static float covered_part(const trb_phantom_shape *s, point centre)
{
    const double reach = 0.77; /* outermost sub-point: sqrt(3) * 7/16 = 0.7578 */
    const double d = distance(s, centre);
    return d < -reach ? 1 : d > reach ? 0 : (float)count_by_octants(s, centre) / 512;
}

void trb_phantom_shape_slice(const trb_phantom_shape *shape, size_t z, float *covered)
{
    const size_t n = shape->edge + 2 * shape->margin;
    const double margin = (double)shape->margin;
    for (size_t y = 0; y < n; y++)
        for (size_t x = 0; x < n; x++) {
            const double at[3] = {(double)x - margin + 0.5, (double)y - margin + 0.5, (double)z - margin + 0.5};
            float *to = &covered[y * n + x];
            if (shape->kind == TRB_PHANTOM_GYROID)
                *to = trb_phantom_gyroid_covered(shape, at);
            else if (shape->kind == TRB_PHANTOM_PLATES && x + y > 0)
                *to = covered[0]; /* depends on z alone */
            else
                *to = covered_part(shape, (point){at[0], at[1], at[2]});
        }
}
