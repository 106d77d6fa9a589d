/* surface_tables.h - the area of each configuration of the 2x2x2 cell. */
#ifndef TRB_SURFACE_TABLES_H
#define TRB_SURFACE_TABLES_H

#include "trabecula/surface.h"

/** Area of the surface in the cell with this code, vertices at the middle of the edges; cell edge 1. */
double trb_surface_cell_area(unsigned code, trb_surface_table table);

/** The smallest code that a rotation or a mirror turns this one into: the same for all that are alike. */
unsigned trb_surface_class(unsigned code);

#endif
