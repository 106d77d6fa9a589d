/* surface.c - areas from the counts of octants.c. */
#include "trabecula/surface.h"

#include "measure/surface_tables.h"

#include <math.h>

const char *trb_surface_table_name(trb_surface_table table)
{
    static const char *const NAMES[] = {"lewiner", "lorensen", "bone-joined", "marrow-joined"};
    return (unsigned)table < TRB_SURFACE_TABLES ? NAMES[table] : "unknown";
}

double trb_surface_marching_cubes(const trb_surface_counts *counts, trb_surface_table table)
{
    double area = 0;
    for (unsigned code = 0; code < 256; code++)
        if (counts->eighths[code])
            area += (double)counts->eighths[code] / 8 * trb_surface_cell_area(code, table);
    return area;
}

/*
 * c_k: the part of all orientations for which direction k is the nearest of the set, that is the area of its
 * Voronoi cell on the unit sphere (with that of the opposite direction) over 4 pi. Legland, Kieu & Devaux 2007,
 * Image Anal Stereol 26:83-92. A test integrates them anew.
 */
static const double SHARE_3 = 1.0 / 3.0;
static const double SHARE_13[4] = {0, 2 * 0.04577789120476, 2 * 0.03698062787608, 2 * 0.03519563978232};

/* How many of dx, dy, dz are not 0: the square of the distance between the two voxels. */
static const int STEP2[13] = {1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3};

static double share(int direction, int directions)
{
    return directions == 3 ? SHARE_3 : SHARE_13[STEP2[direction]];
}

static double weighted(uint64_t whole, uint64_t half)
{
    return (double)whole + 0.5 * (double)half;
}

double trb_surface_crofton(const trb_surface_counts *counts, int directions)
{
    double area = directions == 3 || directions == 13 ? 0 : NAN;
    for (int k = 0; k < directions && !isnan(area); k++)
        area += share(k, directions) * weighted(counts->changes[k], counts->half_changes[k]) / sqrt(STEP2[k]);
    return 2 * area;
}

double trb_surface_crofton_density(const trb_surface_counts *counts, int directions, uint64_t tv_voxels)
{
    double area = directions == 3 || directions == 13 ? 0 : NAN;
    for (int k = 0; k < directions && !isnan(area); k++) {
        const double line = weighted(counts->pairs[k], counts->half_pairs[k]) * sqrt(STEP2[k]);
        if (line > 0)
            area += share(k, directions) * weighted(counts->changes[k], counts->half_changes[k]) / line;
    }
    return 2 * (double)tv_voxels * area;
}
