/* mesh_read.h - meshes read back from files, and looked at without the code that made them. */
#ifndef TESTS_MESH_READ_H
#define TESTS_MESH_READ_H

#include <stddef.h>
#include <stdint.h>

/* What is in a file: PLY and OBJ share vertices, STL repeats them. */
typedef struct mesh {
    size_t vertices, triangles;
    float *at;        /* 3 a vertex */
    uint32_t *corner; /* 3 a triangle */
} mesh;

void mesh_clear(mesh *m);

/** The whole file, with a 0 behind it; free() it. */
char *mesh_slurp(const char *path, size_t *size);

void mesh_read_ply(const char *path, mesh *m);

/** Edges of the mesh; *unpaired: those without exactly one triangle on each side, in opposite directions. */
size_t mesh_edges(const mesh *m, size_t *unpaired);

/** By the divergence theorem, mm^3. */
double mesh_volume(const mesh *m);

/** A name in the scratch folder; valid until the next call. */
const char *mesh_scratch(const char *name);

#endif
