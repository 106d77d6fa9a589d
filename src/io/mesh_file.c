/*
 * mesh_file.c - three formats of triangle meshes.
 *
 * Counts stand in the header of STL and PLY: it is written with room for them and again at the end. PLY wants all
 * vertices before the first triangle, so triangles wait in a second file. Binary parts are little endian.
 */
#include "io/mesh_file.h"

#include "core/memory.h"
#include "core/new_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum format { STL, PLY, OBJ, NO_FORMAT };

struct trb_mesh_file {
    enum format format;
    char path[4200], temporary[4240], faces_temporary[4250];
    FILE *file, *faces; /* faces: of PLY */
    uint64_t vertices, triangles;
    bool failed;
    int error; /* errno of the first failure */
};

static enum format format_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    static const char *const ENDINGS[] = {".stl", ".ply", ".obj"};
    for (int i = 0; dot && i < 3; i++)
        if (strcasecmp(dot, ENDINGS[i]) == 0)
            return (enum format)i;
    return NO_FORMAT;
}

bool trb_mesh_file_is_name(const char *path)
{
    return format_of(path) != NO_FORMAT;
}

static void put(trb_mesh_file *f, FILE *file, const void *bytes, size_t n)
{
    if (!f->failed && fwrite(bytes, 1, n, file) != n) {
        f->failed = true;
        f->error = errno;
    }
}

static void put_u32(uint8_t *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

static void put_floats(uint8_t *to, const float at[3])
{
    for (int i = 0; i < 3; i++) {
        uint32_t bits;
        memcpy(&bits, &at[i], sizeof bits);
        put_u32(to + 4 * i, bits);
    }
}

/* The same length whatever the counts are. */
static void put_header(trb_mesh_file *f)
{
    if (f->format == STL) {
        uint8_t header[84] = "binary STL, lengths in mm, written by Trabecula";
        put_u32(header + 80, (uint32_t)f->triangles);
        put(f, f->file, header, sizeof header);
    } else if (f->format == PLY) {
        char header[400];
        const int n = snprintf(header, sizeof header,
                               "ply\nformat binary_little_endian 1.0\ncomment lengths in mm, written by Trabecula\n"
                               "element vertex %-12llu\nproperty float x\nproperty float y\nproperty float z\n"
                               "element face %-12llu\nproperty list uchar uint vertex_indices\nend_header\n",
                               (unsigned long long)f->vertices, (unsigned long long)f->triangles);
        put(f, f->file, header, (size_t)n);
    } else {
        static const char HEADER[] = "# lengths in mm, written by Trabecula\n";
        put(f, f->file, HEADER, sizeof HEADER - 1);
    }
}

static trb_status open_files(trb_mesh_file *f, bool force, trb_error *err)
{
    char faces[4230];
    trb_status status = trb_new_file_begin(f->path, force, f->temporary, sizeof f->temporary, err);
    if (!status && f->format == PLY) {
        snprintf(faces, sizeof faces, "%s.faces", f->path);
        status = trb_new_file_begin(faces, true, f->faces_temporary, sizeof f->faces_temporary, err);
    }
    if (status)
        return status;
    f->file = fopen(f->temporary, "w+b");
    f->faces = f->format == PLY ? fopen(f->faces_temporary, "w+b") : NULL;
    if (!f->file || (f->format == PLY && !f->faces))
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be written: %s", f->path, strerror(errno));
    put_header(f);
    return TRB_OK;
}

trb_status trb_mesh_file_begin(const char *path, bool force, trb_mesh_file **out, trb_error *err)
{
    *out = NULL;
    const enum format format = format_of(path);
    if (format == NO_FORMAT)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a mesh is written as .stl, .ply or .obj, not as %s", path);
    if (strlen(path) >= sizeof ((trb_mesh_file *)NULL)->path)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the name of the mesh file is too long");
    trb_mesh_file *f = trb_alloc_zero(1, sizeof *f, "the mesh file", err);
    if (!f)
        return TRB_ERR_MEMORY;
    f->format = format;
    snprintf(f->path, sizeof f->path, "%s", path);
    const trb_status status = open_files(f, force, err);
    if (status)
        trb_mesh_file_abandon(f);
    else
        *out = f;
    return status;
}

void trb_mesh_file_vertex(trb_mesh_file *f, const float at[3])
{
    f->vertices++;
    if (f->format == PLY) {
        uint8_t bytes[12];
        put_floats(bytes, at);
        put(f, f->file, bytes, sizeof bytes);
    } else if (f->format == OBJ) {
        char line[80];
        const int n = snprintf(line, sizeof line, "v %.9g %.9g %.9g\n", (double)at[0], (double)at[1], (double)at[2]);
        put(f, f->file, line, (size_t)n);
    }
}

static void unit_normal(float at[3][3], float normal[3])
{
    double u[3], w[3];
    for (int i = 0; i < 3; i++) {
        u[i] = (double)at[1][i] - (double)at[0][i];
        w[i] = (double)at[2][i] - (double)at[0][i];
    }
    const double n[3] = {u[1] * w[2] - u[2] * w[1], u[2] * w[0] - u[0] * w[2], u[0] * w[1] - u[1] * w[0]};
    const double length = sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
    for (int i = 0; i < 3; i++)
        normal[i] = length > 0 ? (float)(n[i] / length) : 0;
}

void trb_mesh_file_triangle(trb_mesh_file *f, const uint32_t vertex[3], float at[3][3])
{
    f->triangles++;
    if (f->format == STL) {
        uint8_t bytes[50] = {0};
        float normal[3];
        unit_normal(at, normal);
        put_floats(bytes, normal);
        for (int i = 0; i < 3; i++)
            put_floats(bytes + 12 + 12 * i, at[i]);
        put(f, f->file, bytes, sizeof bytes);
    } else if (f->format == PLY) {
        uint8_t bytes[13] = {3};
        for (int i = 0; i < 3; i++)
            put_u32(bytes + 1 + 4 * i, vertex[i]);
        put(f, f->faces, bytes, sizeof bytes);
    } else {
        char line[80];
        const int n = snprintf(line, sizeof line, "f %llu %llu %llu\n", vertex[0] + 1ULL, vertex[1] + 1ULL, vertex[2] + 1ULL);
        put(f, f->file, line, (size_t)n);
    }
}

static void append_faces(trb_mesh_file *f)
{
    static const size_t BLOCK = 1 << 16;
    char *block = malloc(BLOCK);
    size_t n = 0;
    if (!block || fflush(f->faces) != 0 || fseek(f->faces, 0, SEEK_SET) != 0) {
        f->failed = true;
        f->error = errno;
    }
    while (!f->failed && (n = fread(block, 1, BLOCK, f->faces)) > 0)
        put(f, f->file, block, n);
    if (!f->failed && ferror(f->faces)) {
        f->failed = true;
        f->error = errno;
    }
    free(block);
}

trb_status trb_mesh_file_close(trb_mesh_file *f, trb_error *err)
{
    trb_status status = TRB_OK;
    if (f->format == PLY)
        append_faces(f);
    if (f->format != OBJ && !f->failed && fseek(f->file, 0, SEEK_SET) == 0)
        put_header(f);
    if (f->format == STL && f->triangles > UINT32_MAX)
        status = trb_error_set(err, TRB_ERR_UNSUPPORTED, "the mesh has more than 2^32 triangles: cut it with --crop or a VOI");
    const bool closed = fclose(f->file) == 0;
    f->file = NULL;
    if (!status && (f->failed || !closed))
        status = trb_error_set(err, TRB_ERR_IO, "%s cannot be written: %s", f->path, strerror(f->failed ? f->error : errno));
    if (!status) {
        status = trb_new_file_commit(f->temporary, f->path, err);
        f->temporary[0] = 0;
    }
    trb_mesh_file_abandon(f);
    return status;
}

void trb_mesh_file_abandon(trb_mesh_file *f)
{
    if (!f)
        return;
    if (f->file)
        fclose(f->file);
    if (f->faces)
        fclose(f->faces);
    if (f->temporary[0])
        trb_new_file_abandon(f->temporary);
    if (f->faces_temporary[0])
        trb_new_file_abandon(f->faces_temporary);
    free(f);
}
