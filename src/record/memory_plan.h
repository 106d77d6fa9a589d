/* memory_plan.h - what an analysis takes, and how it fits into less. */
#ifndef TRB_MEMORY_PLAN_H
#define TRB_MEMORY_PLAN_H

#include "trabecula/settings.h"

typedef struct trb_memory_plan {
    bool in_slabs;       /* grey planes come from the files, pass by pass */
    size_t slab;         /* planes at a time */
    size_t memory_bytes; /* for the thickness methods besides the masks; 0: enough for speed */
    size_t mesh_bytes;   /* for the decimation of a mesh, at a time when no other method takes any; 0: what it wants */
} trb_memory_plan;

/**
 * How to measure within a limit (0: none).
 *
 * Errors      TRB_ERR_MEMORY when not even slabs fit: the text says what they need and what would help.
 */
TRB_NODISCARD trb_status trb_memory_plan_make(const trb_grid *grid, trb_type type, const trb_settings *settings,
                                              bool maps, size_t limit, trb_memory_plan *out, trb_error *err);

/** Bytes for everything at once (the grey volume included), and the least that measures it in slabs. */
void trb_memory_needs(const trb_grid *grid, trb_type type, const trb_settings *settings, bool maps, int threads,
                      double *at_once, double *least);

/** Raises both to what the decimation of a mesh needs, by the triangles that real bone has. */
void trb_memory_needs_mesh(const trb_grid *grid, trb_type type, const trb_settings *settings, int threads, double *at_once,
                           double *least);

#endif
