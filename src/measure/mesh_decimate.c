/*
 * mesh_decimate.c - meshoptimizer, kept from gluing sheets together.
 *
 * meshoptimizer does not look whether the two ends of an edge have a third neighbour in common: on bone, some tens of
 * collapses among a million let two sheets share an edge or fold a spike flat, and small parts vanish. So triangles are
 * taken away in steps, and each step is looked at vertex by vertex. The surroundings of what is wrong are cut out of the
 * step's input as a patch, whose rim the library is told to keep; the step is run again and the patch put back as it was.
 * Small steps keep the patches few and small (in one step to 2 %, patches held back a quarter of the real bone), and
 * what a patch keeps, the next step may still simplify. With every part there and the same Euler number as before, no
 * tunnel closed either.
 */
#include "measure/mesh_decimate.h"

#include "core/memory.h"

#include <math.h>
#include <meshoptimizer.h>
#include <stdlib.h>
#include <string.h>

#define STEP 0.6    /* of the triangles stay, at least, in one step */
#define ROUNDS 24   /* of one step */
#define STUCK 0.995 /* a step that keeps more is the last */

/* One step. */
typedef struct rounds {
    const trb_triangles *mesh;
    uint8_t *rim, *bad;
    uint8_t *kept; /* vertices all triangles of which stay */
    uint32_t *part; /* of the surface that hangs together: a vertex of it */
    uint32_t *outside, *simpler;
    size_t n_simpler; /* corners */
} rounds;

/* ---- parts */
static uint32_t part_of(uint32_t *part, uint32_t v)
{
    while (part[v] != v)
        v = part[v] = part[part[v]];
    return v;
}

static void find_parts(const rounds *r)
{
    for (size_t v = 0; v < r->mesh->n_vertices; v++)
        r->part[v] = (uint32_t)v;
    for (size_t i = 0; i < 3 * r->mesh->n_triangles; i++) {
        const uint32_t a = part_of(r->part, r->mesh->corner[i]);
        const uint32_t b = part_of(r->part, r->mesh->corner[i % 3 == 2 ? i - 2 : i + 1]);
        r->part[a > b ? a : b] = a > b ? b : a;
    }
    for (size_t v = 0; v < r->mesh->n_vertices; v++)
        r->part[v] = part_of(r->part, (uint32_t)v);
}

/* Adds to bad[] the vertices of parts that are gone. */
static size_t find_gone(const rounds *r)
{
    enum { THERE = 2 };
    size_t gone = 0;
    for (size_t i = 0; i < r->n_simpler; i++)
        r->bad[r->part[r->simpler[i]]] |= THERE;
    for (size_t v = 0; v < r->mesh->n_vertices; v++) /* the vertex that names a part is its first */
        if (!(r->bad[r->part[v]] & THERE)) {
            r->bad[v] |= 1;
            gone++;
        }
    for (size_t v = 0; v < r->mesh->n_vertices; v++)
        r->bad[v] &= 1;
    return gone;
}

/* ---- rounds */
/* One ring more around the vertices of a set. */
static void grow(const trb_triangles *mesh, uint8_t *set)
{
    for (size_t i = 0; i < mesh->n_triangles; i++) {
        const uint32_t *c = mesh->corner + 3 * i;
        if ((set[c[0]] | set[c[1]] | set[c[2]]) & 1)
            for (int k = 0; k < 3; k++)
                set[c[k]] |= 2;
    }
    for (size_t v = 0; v < mesh->n_vertices; v++)
        set[v] = set[v] != 0;
}

static bool stays(const rounds *r, size_t triangle)
{
    const uint32_t *c = r->mesh->corner + 3 * triangle;
    return r->kept[c[0]] | r->kept[c[1]] | r->kept[c[2]];
}

/* What is not kept, simplified, and then what is kept. */
static void simplify(rounds *r, double keep, float relative_error, float *error)
{
    const trb_triangles *mesh = r->mesh;
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < mesh->n_triangles; i++) {
        if (stays(r, i)) {
            kept++;
            continue;
        }
        memcpy(r->outside + n, mesh->corner + 3 * i, 3 * sizeof *r->outside);
        n += 3;
    }
    const double want = ceil(keep * (double)mesh->n_triangles);
    const size_t target = want > (double)kept ? 3 * ((size_t)want - kept) : 0;
    *error = 0;
    r->n_simpler = meshopt_simplify(r->simpler, r->outside, n, mesh->at, mesh->n_vertices, 3 * sizeof *mesh->at,
                                    target < n ? target : n, relative_error, meshopt_SimplifyLockBorder, error);
    for (size_t i = 0; i < mesh->n_triangles && kept; i++)
        if (stays(r, i)) {
            memcpy(r->simpler + r->n_simpler, mesh->corner + 3 * i, 3 * sizeof *r->simpler);
            r->n_simpler += 3;
        }
}

/* New numbers in the order of use; the places move along. */
static trb_status take(trb_triangles *mesh, const rounds *r, trb_error *err)
{
    uint32_t *number = trb_alloc(mesh->n_vertices + 1, sizeof *number, "the vertices of the mesh", err);
    float *at = trb_alloc(3 * mesh->n_vertices + 1, sizeof *at, "the vertices of the mesh", err);
    uint32_t n = 0;
    for (size_t v = 0; number && v < mesh->n_vertices; v++)
        number[v] = UINT32_MAX;
    for (size_t i = 0; number && at && i < r->n_simpler; i++) {
        const uint32_t v = r->simpler[i];
        if (number[v] == UINT32_MAX) {
            memcpy(at + 3 * (size_t)n, mesh->at + 3 * (size_t)v, 3 * sizeof *at);
            number[v] = n++;
        }
        mesh->corner[i] = number[v];
    }
    const bool done = number && at;
    if (done) {
        memcpy(mesh->at, at, 3 * (size_t)n * sizeof *at);
        mesh->n_vertices = n;
        mesh->n_triangles = r->n_simpler / 3;
    }
    free(number);
    free(at);
    return done ? TRB_OK : TRB_ERR_MEMORY;
}

static trb_status find_wrong(rounds *r, size_t *wrong, trb_error *err)
{
    const trb_triangles simpler = {.at = r->mesh->at, .n_vertices = r->mesh->n_vertices,
                                   .corner = r->simpler, .n_triangles = r->n_simpler / 3};
    const trb_status status = trb_triangles_check(&simpler, r->rim, r->bad, wrong, err);
    if (!status)
        *wrong += find_gone(r);
    return status;
}

/* Twice vertices - edges + triangles, but for what the rim counts, which stays. */
static int64_t euler_of(const uint32_t *corner, size_t corners, uint8_t *seen, size_t n_vertices)
{
    int64_t vertices = 0;
    memset(seen, 0, n_vertices);
    for (size_t i = 0; i < corners; i++) {
        vertices += !seen[corner[i]];
        seen[corner[i]] = 1;
    }
    return 2 * vertices - (int64_t)(corners / 3);
}

static void keep_around_wrong(rounds *r, int rings)
{
    for (int ring = 0; ring < rings; ring++)
        grow(r->mesh, r->bad);
    for (size_t v = 0; v < r->mesh->n_vertices; v++)
        r->kept[v] |= r->bad[v];
}

static trb_status simplify_soundly(rounds *r, double keep, float relative_error, float *error, bool *sound, trb_error *err)
{
    size_t wrong = 1;
    const trb_triangles *mesh = r->mesh;
    trb_status status = trb_triangles_check(mesh, NULL, r->rim, &wrong, err);
    const int64_t euler = euler_of(mesh->corner, 3 * mesh->n_triangles, r->bad, mesh->n_vertices);
    find_parts(r);
    *sound = false;
    for (int round = 0; !status && !*sound && round < ROUNDS; round++) {
        simplify(r, keep, relative_error, error);
        status = find_wrong(r, &wrong, err);
        if (!status && wrong > 0)
            keep_around_wrong(r, 1 + round / 4);
        else if (!status && euler_of(r->simpler, r->n_simpler, r->bad, mesh->n_vertices) == euler)
            *sound = true;
        else /* a tunnel closed, and what followed hides where: go less far */
            keep = (1 + keep) / 2;
    }
    return status;
}

static trb_status step(trb_triangles *mesh, double keep, double error_mm, double *largest_mm, bool *sound, trb_error *err)
{
    const size_t v = mesh->n_vertices, corners = 3 * mesh->n_triangles;
    rounds r = {.mesh = mesh};
    r.rim = trb_alloc_zero(3 * v, 1, "decimation of the mesh", err);
    r.part = trb_alloc(v, sizeof *r.part, "decimation of the mesh", err);
    r.outside = trb_alloc(2 * corners, sizeof *r.outside, "decimation of the mesh", err);
    trb_status status = r.rim && r.part && r.outside ? TRB_OK : TRB_ERR_MEMORY;
    if (!status) {
        r.bad = r.rim + v;
        r.kept = r.bad + v;
        r.simpler = r.outside + corners;
        const double scale = (double)meshopt_simplifyScale(mesh->at, v, 3 * sizeof *mesh->at);
        const double relative = error_mm / scale;
        float error = 0;
        status = simplify_soundly(&r, keep, relative < 1e9 ? (float)relative : 1e9F, &error, sound, err);
        if (!status && *sound) {
            *largest_mm = fmax(*largest_mm, (double)error * scale);
            status = take(mesh, &r, err);
        }
    }
    free(r.rim);
    free(r.part);
    free(r.outside);
    return status;
}

trb_status trb_triangles_decimate(trb_triangles *mesh, double keep, double error_mm, double *largest_mm, trb_error *err)
{
    const double target = keep * (double)mesh->n_triangles;
    trb_status status = TRB_OK;
    bool sound = true;
    size_t before = 2 * mesh->n_triangles;
    *largest_mm = 0;
    while (!status && sound && (double)mesh->n_triangles > target && (double)mesh->n_triangles < STUCK * (double)before) {
        before = mesh->n_triangles;
        status = step(mesh, fmax(target / (double)before, STEP), error_mm, largest_mm, &sound, err);
    }
    return status;
}
