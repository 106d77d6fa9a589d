/* subvoxel_oracle.h - thickness from sub-voxel surface points, slow and plain; with the variants that were tried. */
#ifndef SUBVOXEL_ORACLE_H
#define SUBVOXEL_ORACLE_H

#include "trabecula/mask.h"

/** A point where the surface crosses the edge from voxel `a` to the next one along `axis`. Lengths in voxels. */
typedef struct subvoxel_crossing {
    double at[3];     /* on the edge, in steps of 1/4096 */
    double normal[3]; /* from bone to marrow, in steps of 1/16384 */
    double lift;      /* how far along the normal the smoothed surface lies, in steps of 1/4096 */
    long a[3];
    int axis;
} subvoxel_crossing;

/** The surface of an image, for both phases. Crossings in the order of (z, y, x of a, axis). */
typedef struct subvoxel_surface {
    long n[3];
    const float *grey;
    double level;
    bool inverted;        /* bone is below the level */
    unsigned char *bone;  /* a voxel each: 0 or 1 */
    long *on_edge;        /* crossing on the edge from voxel i along axis k: 3 i + k; -1: none */
    long *nearest;        /* of each voxel, looked up when first asked for; -2: not yet, -1: there is none */
    subvoxel_crossing *crossing;
    long count;
} subvoxel_surface;

/** Which ball belongs to a centre. The rule is SUBVOXEL_GROWN; the others lost. */
typedef enum subvoxel_ball_kind {
    SUBVOXEL_NEAREST, /* radius: distance from the voxel centre */
    SUBVOXEL_PINNED,  /* diameter between the contacts of the voxel and of its neighbour opposite, at the voxel centre */
    SUBVOXEL_PINNED_MIDDLE, /* the same at the middle between the contacts */
    SUBVOXEL_GROWN    /* grown from the nearest point of the surface until it touches elsewhere */
} subvoxel_ball_kind;

typedef struct subvoxel_options {
    subvoxel_ball_kind ball;
    bool lift;     /* false: lifts are taken as 0 */
    double disc;   /* radius of the disc that stands for the surface at a crossing; 0: the point alone */
    double ridge;  /* x is a centre unless a neighbour y has |x-y| + s(x) - s(y) <= ridge */
    double cover;  /* a ball covers voxels within its radius plus this */
} subvoxel_options;

/** The rule that the library has. */
subvoxel_options subvoxel_options_default(void);

/**
 * Find the crossings. grey: filtered values, x fastest, borrowed until the surface is freed. bone: the mask, NULL for
 * grey >= level (inverted: below it).
 */
subvoxel_surface subvoxel_surface_make(const float *grey, const trb_grid *grid, double level, bool inverted,
                                       const trb_mask *bone);
void subvoxel_surface_free(subvoxel_surface *surface);

/** A ball in steps of 1/4096 voxel. */
typedef struct subvoxel_ball {
    int64_t middle[3], radius;
} subvoxel_ball;

/** The ball of voxel (x, y, z), grown in its own phase. The image has crossings. */
subvoxel_ball subvoxel_ball_at(subvoxel_surface *surface, const subvoxel_options *options, long x, long y, long z);

typedef struct subvoxel_sums {
    size_t voxels, centres, uncovered; /* of the phase in the box; in the image; in the box */
    double mean, sd;                   /* voxels; over the phase in the box */
    double weighted;                   /* the mean with voxels beside the other phase counted by their share of this one */
} subvoxel_sums;

/**
 * Thickness of bone (phase 1) or marrow (0) in diameters of 1/4096 voxel, 0 elsewhere. Only voxels of the box get one,
 * from balls of the whole image; box NULL: everywhere. sums may be NULL. free() the answer.
 */
int32_t *subvoxel_thickness(subvoxel_surface *surface, const subvoxel_options *options, int phase, const trb_box *box,
                            subvoxel_sums *sums);

#endif
