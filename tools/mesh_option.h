/* mesh_option.h - how much of a mesh is kept, as text. */
#ifndef MESH_OPTION_H
#define MESH_OPTION_H

#include "trabecula/status.h"

struct mesh_decimation {
    double keep;     /* 0 < keep < 1; 0: not given */
    double error_mm; /* 0: no limit */
    char text[96];   /* as it was given */
};

#define MESH_DECIMATION_HELP \
    "keep about this share of the triangles, such as 10% or 0.1, and move the surface by no more than about ERROR, such as " \
    "10%,5um; the mesh stays closed, the change of its volume is told"

/** "0.1", "10%", "10%,5um". Writes a struct mesh_decimation. Errors: TRB_ERR_ARGUMENT with what was expected. */
trb_status mesh_parse_decimation(const char *text, void *destination, trb_error *err);

#endif
