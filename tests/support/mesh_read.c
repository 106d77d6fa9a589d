/* mesh_read.c - PLY files, edges and volumes. */
#include "support/mesh_read.h"

#include "support/testing.h"

void mesh_clear(mesh *m)
{
    free(m->at);
    free(m->corner);
}

char *mesh_slurp(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is not there", path);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size + 1);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    bytes[*size] = 0;
    fclose(file);
    return bytes;
}

void mesh_read_ply(const char *path, mesh *m)
{
    size_t size;
    char *bytes = mesh_slurp(path, &size);
    assert_int_equal(sscanf(strstr(bytes, "element vertex"), "element vertex %zu", &m->vertices), 1);
    assert_int_equal(sscanf(strstr(bytes, "element face"), "element face %zu", &m->triangles), 1);
    const char *body = strstr(bytes, "end_header\n") + 11;
    assert_int_equal(size - (size_t)(body - bytes), 12 * m->vertices + 13 * m->triangles);
    m->at = malloc(12 * m->vertices + 1);
    m->corner = malloc(12 * m->triangles + 1);
    memcpy(m->at, body, 12 * m->vertices); /* little endian machines only */
    body += 12 * m->vertices;
    for (size_t i = 0; i < m->triangles; i++) {
        assert_int_equal(body[13 * i], 3);
        memcpy(m->corner + 3 * i, body + 13 * i + 1, 12);
    }
    free(bytes);
}

typedef struct side {
    uint32_t a, b; /* a < b */
    int way;       /* 1: a to b */
} side;

static int by_ends(const void *p, const void *q)
{
    const side *x = p, *y = q;
    return x->a != y->a ? (x->a < y->a ? -1 : 1) : x->b != y->b ? (x->b < y->b ? -1 : 1) : y->way - x->way;
}

size_t mesh_edges(const mesh *m, size_t *unpaired)
{
    side *sides = malloc(3 * m->triangles * sizeof *sides + 1);
    for (size_t i = 0; i < 3 * m->triangles; i++) {
        const uint32_t from = m->corner[i], to = m->corner[i % 3 == 2 ? i - 2 : i + 1];
        assert_true(from < m->vertices && from != to);
        sides[i] = from < to ? (side){from, to, 1} : (side){to, from, 0};
    }
    qsort(sides, 3 * m->triangles, sizeof *sides, by_ends);
    size_t edges = 0;
    *unpaired = 0;
    for (size_t i = 0; i < 3 * m->triangles; edges++) {
        size_t n = 1;
        while (i + n < 3 * m->triangles && sides[i + n].a == sides[i].a && sides[i + n].b == sides[i].b)
            n++;
        *unpaired += n != 2 || sides[i].way == sides[i + 1].way;
        i += n;
    }
    free(sides);
    return edges;
}

double mesh_volume(const mesh *m)
{
    double volume = 0;
    for (size_t i = 0; i < m->triangles; i++) {
        const float *a = m->at + 3 * m->corner[3 * i], *b = m->at + 3 * m->corner[3 * i + 1], *c = m->at + 3 * m->corner[3 * i + 2];
        volume += (double)a[0] * ((double)b[1] * (double)c[2] - (double)b[2] * (double)c[1]) +
                  (double)a[1] * ((double)b[2] * (double)c[0] - (double)b[0] * (double)c[2]) +
                  (double)a[2] * ((double)b[0] * (double)c[1] - (double)b[1] * (double)c[0]);
    }
    return volume / 6;
}

const char *mesh_scratch(const char *name)
{
    static char path[600];
    snprintf(path, sizeof path, "%s/%s", testing_scratch(), name);
    return path;
}
