/* mesh_file.h - STL, PLY and OBJ, written as vertices and triangles come. */
#ifndef TRB_MESH_FILE_H
#define TRB_MESH_FILE_H

#include "trabecula/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct trb_mesh_file trb_mesh_file;

/** Does the path end in .stl, .ply or .obj? */
bool trb_mesh_file_is_name(const char *path);

/** Begin a file. Close or abandon it. Errors: TRB_ERR_ARGUMENT for another ending or an existing file; TRB_ERR_IO. */
TRB_NODISCARD trb_status trb_mesh_file_begin(const char *path, bool force, trb_mesh_file **out, trb_error *err);

/** The next vertex; its number is how many came before. Failures show when the file is closed. */
void trb_mesh_file_vertex(trb_mesh_file *file, const float at[3]);

/** A triangle of vertices that came before, with where they lie. */
void trb_mesh_file_triangle(trb_mesh_file *file, const uint32_t vertex[3], float at[3][3]);

/** Complete it under its name. The file is gone afterwards, also after an error. */
TRB_NODISCARD trb_status trb_mesh_file_close(trb_mesh_file *file, trb_error *err);

/** Throw it away; NULL is fine. */
void trb_mesh_file_abandon(trb_mesh_file *file);

#endif
