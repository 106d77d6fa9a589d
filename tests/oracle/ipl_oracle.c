/*
 * ipl_oracle.c - the IPL thickness rules in doubles, one whole-volume loop after the other, as the definition
 * words them. Shares nothing with the library but the mask that it reads.
 */
#include "oracle/ipl_oracle.h"

#include <math.h>
#include <stdlib.h>

static size_t at(const ipl_oracle *o, long x, long y, long z)
{
    return ((size_t)z * o->ny + (size_t)y) * o->nx + (size_t)x;
}

static int inside(const ipl_oracle *o, long x, long y, long z)
{
    return x >= 0 && y >= 0 && z >= 0 && x < (long)o->nx && y < (long)o->ny && z < (long)o->nz;
}

static double norm(double x, double y, double z)
{
    return sqrt(x * x + y * y + z * z);
}

/* Squared length of a contact; infinite when there is none. */
static double length2(const double *v)
{
    return isnan(v[0]) ? INFINITY : v[0] * v[0] + v[1] * v[1] + v[2] * v[2];
}

static void visit(ipl_oracle *o, long x, long y, long z, const int direction[3])
{
    static const int takes[7][3] = {{0, 0, 1}, {0, 1, 0}, {1, 0, 0}, {0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {1, 1, 1}};
    double *own = o->contact + 3 * at(o, x, y, z);
    for (int k = 0; k < 7; k++) {
        const int step[3] = {-takes[k][0] * direction[0], -takes[k][1] * direction[1],
                             -takes[k][2] * direction[2]};
        if (!inside(o, x + step[0], y + step[1], z + step[2]))
            continue;
        const double *there = o->contact + 3 * at(o, x + step[0], y + step[1], z + step[2]);
        const double mine[3] = {there[0] + step[0], there[1] + step[1], there[2] + step[2]};
        if (length2(mine) < length2(own))
            for (int i = 0; i < 3; i++)
                own[i] = mine[i];
    }
}

static void sweep(ipl_oracle *o, const trb_mask *object)
{
    static const int scans[4][2] = {{1, 1}, {1, -1}, {-1, -1}, {-1, 1}}; /* y, x */
    const long n[3] = {(long)o->nx, (long)o->ny, (long)o->nz};
    for (int dz = 1; dz >= -1; dz -= 2)
        for (long k = 0; k < n[2]; k++)
            for (int scan = 0; scan < 4; scan++) {
                const int direction[3] = {scans[scan][1] * dz, scans[scan][0] * dz, dz};
                for (long j = 0; j < n[1]; j++)
                    for (long i = 0; i < n[0]; i++) {
                        const long x = direction[0] > 0 ? i : n[0] - 1 - i, y = direction[1] > 0 ? j : n[1] - 1 - j;
                        const long z = direction[2] > 0 ? k : n[2] - 1 - k;
                        if (trb_mask_get(object, (size_t)x, (size_t)y, (size_t)z))
                            visit(o, x, y, z, direction);
                    }
            }
}

/* Offset to the face towards the contact. */
static double to_face(double v)
{
    return v > 0 ? v - 0.5 : v < 0 ? v + 0.5 : 0;
}

static int is_centre(const ipl_oracle *o, long x, long y, long z)
{
    const double own = o->distance[at(o, x, y, z)];
    for (long c = z - 1; c <= z + 1; c++)
        for (long b = y - 1; b <= y + 1; b++)
            for (long a = x - 1; a <= x + 1; a++) {
                if ((a == x && b == y && c == z) || !inside(o, a, b, c) || o->distance[at(o, a, b, c)] == 0)
                    continue;
                if (norm((double)(a - x), (double)(b - y), (double)(c - z)) + own - o->distance[at(o, a, b, c)] <= 0.9)
                    return 0;
            }
    return own > 0;
}

double ipl_oracle_diameter(const ipl_oracle *o, long x, long y, long z, int version)
{
    const double s = o->distance[at(o, x, y, z)], by_distance = floor(2 * s + 0.5);
    const double *v = o->contact + 3 * at(o, x, y, z);
    double p1[3], p2[3];
    long step[3];
    for (int i = 0; i < 3; i++) {
        p1[i] = to_face(v[i]);
        step[i] = -lround(p1[i] / s);
    }
    if (version == 1 || !inside(o, x + step[0], y + step[1], z + step[2]))
        return by_distance;
    const double *w = o->contact + 3 * at(o, x + step[0], y + step[1], z + step[2]);
    for (int i = 0; i < 3; i++)
        p2[i] = (double)step[i] + to_face(w[i]);
    if (!(norm((p1[0] + p2[0]) / 2, (p1[1] + p2[1]) / 2, (p1[2] + p2[2]) / 2) < 1))
        return by_distance;
    return floor(norm(p1[0] - p2[0], p1[1] - p2[1], p1[2] - p2[2]) + 0.5);
}

/* Every voxel asks every ball. */
static void paint(ipl_oracle *o, const trb_mask *object, const trb_mask *voi, int version, int centres_in_voi)
{
    const long n[3] = {(long)o->nx, (long)o->ny, (long)o->nz};
    for (long z = 0; z < n[2]; z++)
        for (long y = 0; y < n[1]; y++)
            for (long x = 0; x < n[0]; x++) {
                if (!o->centre[at(o, x, y, z)] ||
                    (centres_in_voi && voi && !trb_mask_get(voi, (size_t)x, (size_t)y, (size_t)z)))
                    continue;
                const double d = ipl_oracle_diameter(o, x, y, z, version);
                for (long c = 0; c < n[2]; c++)
                    for (long b = 0; b < n[1]; b++)
                        for (long a = 0; a < n[0]; a++) {
                            if (2 * norm((double)(a - x), (double)(b - y), (double)(c - z)) > d + 1 ||
                                !trb_mask_get(object, (size_t)a, (size_t)b, (size_t)c) ||
                                (voi && !trb_mask_get(voi, (size_t)a, (size_t)b, (size_t)c)))
                                continue;
                            o->thickness[at(o, a, b, c)] = fmax(o->thickness[at(o, a, b, c)], d);
                        }
            }
}

ipl_oracle ipl_oracle_make(const trb_mask *object, const trb_mask *voi, int version, int centres_in_voi)
{
    ipl_oracle o = {.nx = object->grid.nx, .ny = object->grid.ny, .nz = object->grid.nz};
    const size_t n = o.nx * o.ny * o.nz;
    o.contact = calloc(3 * n, sizeof *o.contact);
    o.distance = calloc(n, sizeof *o.distance);
    o.centre = calloc(n, 1);
    o.thickness = calloc(n, sizeof *o.thickness);
    if (!o.contact || !o.distance || !o.centre || !o.thickness)
        abort();
    for (size_t i = 0; i < n; i++)
        if (trb_mask_get(object, i % o.nx, i / o.nx % o.ny, i / o.nx / o.ny))
            o.contact[3 * i] = o.contact[3 * i + 1] = o.contact[3 * i + 2] = NAN;
    sweep(&o, object);
    for (size_t i = 0; i < n; i++) {
        const double *v = o.contact + 3 * i;
        o.distance[i] = norm(to_face(v[0]), to_face(v[1]), to_face(v[2]));
    }
    for (size_t i = 0; i < n; i++)
        o.centre[i] = (char)is_centre(&o, (long)(i % o.nx), (long)(i / o.nx % o.ny), (long)(i / o.nx / o.ny));
    if (version)
        paint(&o, object, voi, version, centres_in_voi);
    return o;
}

void ipl_oracle_free(ipl_oracle *oracle)
{
    free(oracle->contact);
    free(oracle->distance);
    free(oracle->centre);
    free(oracle->thickness);
    *oracle = (ipl_oracle){0};
}
