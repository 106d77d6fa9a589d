/* subvoxel.h - the steps of the sub-voxel thickness, for their own files; surface_points.h and thickness.h say what it is. */
#ifndef TRB_SUBVOXEL_H
#define TRB_SUBVOXEL_H

#include "io/grey_source.h"
#include "trabecula/surface_points.h"
#include "trabecula/thickness.h"

#define SV_STEPS 4096       /* of a voxel: places, lifts, balls */
#define SV_NORMAL_STEPS 16384 /* a power of 2, as the others: what is made of them is exact */
#define SV_NEAR_STEPS 256   /* of a voxel, for the search of the nearest */
#define SV_RIDGE 0.5        /* x is no centre when a neighbour y has |x-y| + s(x) - s(y) <= SV_RIDGE */
#define SV_DISC 0.5         /* radius of the disc that stands for the surface at a crossing */
#define SV_COVER (SV_STEPS / 4) /* a ball covers voxels within its radius and this */

/** 16 bytes. place: steps from the lower end (13 bits), the axis above them. */
typedef struct sv_crossing {
    uint16_t x, y, z; /* the lower end of the edge */
    uint16_t place;
    int16_t normal[3], lift;
} sv_crossing;

static inline unsigned sv_axis(const sv_crossing *c)
{
    return c->place >> 13;
}

static inline unsigned sv_steps(const sv_crossing *c)
{
    return c->place & 8191;
}

/** The place along its axis in steps of 1 / SV_NEAR_STEPS, from the lower end. */
static inline int32_t sv_near_steps(const sv_crossing *c)
{
    return (int32_t)((sv_steps(c) * SV_NEAR_STEPS * 2 + SV_STEPS) / (2 * SV_STEPS));
}

/* Square of the distance from a voxel centre in units of 1 / SV_NEAR_STEPS^2. */
static inline int64_t sv_near_square(const sv_crossing *c, size_t x, size_t y, size_t z)
{
    int64_t d[3] = {((int64_t)c->x - (int64_t)x) * SV_NEAR_STEPS, ((int64_t)c->y - (int64_t)y) * SV_NEAR_STEPS,
                    ((int64_t)c->z - (int64_t)z) * SV_NEAR_STEPS};
    d[sv_axis(c)] += sv_near_steps(c);
    return d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
}

/** Crossings in the order of (z, y, x, axis); row (y, z) holds those from first[z * ny + y] to the next. */
struct trb_surface_points {
    trb_grid grid;
    size_t count;
    sv_crossing *crossing;
    uint32_t *first;    /* ny * nz + 1 */
    int32_t *near;      /* of each voxel, x fastest */
    trb_mask *centres;  /* voxels of either phase that are centres of balls */
    double reach_vox;   /* no voxel is farther from its nearest crossing */
};

/** The crossing that is nearest to voxel (x, y, z). */
static inline int32_t sv_near(const trb_surface_points *points, size_t x, size_t y, size_t z)
{
    return points->near[(z * points->grid.ny + y) * points->grid.nx + x];
}

/** trb_surface_points_create() from a source: one pass over its planes. */
TRB_NODISCARD trb_status trb_grey_surface_points(trb_grey_source *source, const trb_filter *filter, double level,
                                                 bool invert, const trb_mask *bone, trb_surface_points **out,
                                                 trb_error *err);

/** Fill crossing, first and count. */
TRB_NODISCARD trb_status sv_find_crossings(trb_grey_source *source, const trb_filter *filter, double level, bool invert,
                                           const trb_mask *bone, trb_surface_points *points, trb_error *err);

/** Fill the lifts of found crossings. */
TRB_NODISCARD trb_status sv_lift_crossings(trb_surface_points *points, trb_error *err);

/** Fill near, centres and reach_vox. */
TRB_NODISCARD trb_status sv_find_nearest(const trb_mask *bone, trb_surface_points *points, trb_error *err);

/** Centre and radius in steps of 1 / SV_STEPS. */
typedef struct sv_ball {
    int32_t middle[3], radius;
} sv_ball;

typedef struct sv_voxel {
    uint16_t x, y, z;
} sv_voxel;

#define SV_BATCH 256 /* voxels that grow at a time */

/** The balls of n voxels, grown into their phase. */
void sv_grow(const trb_surface_points *points, bool bone, const sv_voxel *voxel, size_t n, sv_ball *out);

/** For n voxels that no ball covers the radius: of its own, or of that of the voxel behind it when it is larger. object: its phase. */
void sv_grow_rest(const trb_surface_points *points, const trb_mask *object, bool bone, const sv_voxel *voxel, size_t n,
                  int32_t *radius);

/** How much of a surface voxel is of its phase, in 1 / SV_STEPS, by the disc of its nearest crossing. */
unsigned sv_share(const trb_surface_points *points, bool bone, size_t x, size_t y, size_t z);

/** trb_thickness_measure() by this rule; as trb_ipl_measure(). */
TRB_NODISCARD trb_status trb_subvoxel_measure(const trb_mask *object, const trb_mask *voi,
                                              const trb_thickness_options *options, float *map, const trb_map_sink *sink,
                                              double scale, trb_thickness *result, trb_error *err);

/**
 * Bytes that points and measuring take at the most, for balls of up to SV_PLAN_REACH voxels and as much surface as trabecular
 * bone of 3 voxels has; a layer of a map for a sink included where `maps`.
 */
double sv_bytes(const trb_grid *grid, int threads, bool maps);
#define SV_PLAN_REACH 64

/** What the painting leaves: voxels by radius, and the sums of the weighted mean. */
typedef struct sv_painted {
    size_t n_codes;
    uint64_t *code_count;
    uint64_t weight, weighted; /* sums of shares, and of shares times radius */
} sv_painted;

/** Paint the balls, largest first; room in code_count for every radius. */
TRB_NODISCARD trb_status sv_paint(const trb_surface_points *points, bool bone, const sv_ball *balls, size_t n,
                                  const trb_mask *object, const trb_mask *voi, float *map, const trb_map_sink *sink,
                                  double scale, bool weighted, sv_painted *out, trb_error *err);

#endif
