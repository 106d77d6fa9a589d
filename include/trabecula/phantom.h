/* phantom.h - synthetic volumes with known answers: seven analytic shapes and trabecular foam. */
#ifndef TRABECULA_PHANTOM_H
#define TRABECULA_PHANTOM_H

#include "trabecula/volume.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What to make, of thickness t. */
typedef enum trb_phantom_kind {
    TRB_PHANTOM_BALL,    /* diameter t */
    TRB_PHANTOM_PLATE,   /* one tilted plate of thickness t through the whole VOI */
    TRB_PHANTOM_ROD,     /* one tilted rod of diameter t through the whole VOI */
    TRB_PHANTOM_TORUS,   /* tilted ring, tube diameter t */
    TRB_PHANTOM_PLATES,  /* parallel plates along the grid, whole periods in the VOI */
    TRB_PHANTOM_LATTICE, /* cubic lattice of rods of diameter t, whole periods in the VOI */
    TRB_PHANTOM_GYROID,  /* everything within t/2 of the gyroid surface, whole cells in the VOI */
    TRB_PHANTOM_FOAM,    /* Gaussian-field trabeculae of a given BV/TV and thickness */
    TRB_PHANTOM_KINDS    /* how many there are */
} trb_phantom_kind;

/** "ball", "plate", "rod", "torus", "plates", "lattice", "gyroid", "foam". Static text. */
TRB_API const char *trb_phantom_kind_name(trb_phantom_kind kind);

/** The kind of a name; false when there is none. */
TRB_API bool trb_phantom_kind_find(const char *name, trb_phantom_kind *kind);

/** What to make and how it looks. Start from trb_phantom_options_default(). Lengths in voxels. */
typedef struct trb_phantom_options {
    trb_phantom_kind kind;
    double thickness_vox;
    size_t size_vox;    /* edge of the VOI; 0: from the thickness (foam: 160). Periodic shapes: whole periods */
    unsigned placement; /* moves a shape by a fraction of a voxel, so that bias can be averaged */
    double spacing_mm;  /* written into the volume; the shape does not depend on it */
    /* foam only */
    double bv_tv;       /* 0.03..0.6, reached in the VOI */
    double plate_share; /* 0.3..1: the share of its sheets that is left; the rest is perforated */
    double elongation;  /* 1: isotropic; 1.5: structures 1.5 times as long along z */
    bool periodic;      /* opposite sides of the volume fit together */
    uint64_t seed;      /* of foam and noise */
    /* appearance */
    trb_type type;      /* TRB_U8 or TRB_U16 */
    double marrow_grey; /* of a voxel without bone */
    double bone_grey;   /* of a voxel full of bone; in between in proportion to the covered volume */
    double blur_vox;    /* sigma of a Gaussian point spread; 0: none */
    double noise_grey;  /* sigma of Gaussian noise in grey values; 0: none */
} trb_phantom_options;

/** Thickness 5 voxels, spacing 0.01 mm, uint8 with 0 and 255, no blur, no noise, seed 1, BV/TV 20 %. */
TRB_API trb_phantom_options trb_phantom_options_default(trb_phantom_kind kind);

/**
 * What the right answers are. NaN where there is no closed form (or the question makes no sense); 0 for
 * counts that do not apply. Lengths in voxels; volume and surface of what lies in the VOI.
 */
typedef struct trb_phantom_truth {
    trb_phantom_kind kind;
    trb_box voi;           /* measure here; outside it the shape goes on */
    double thickness;      /* local thickness everywhere (lattice: NaN, see strut_diameter) */
    double strut_diameter; /* lattice: thickness between the nodes ... */
    double thickness_at_node; /* ... and at them */
    double largest_marrow_ball;
    double separation; /* plates: local thickness of marrow */
    double major_radius;
    double period;   /* plates, lattice */
    double cell;     /* gyroid */
    double nodes;    /* lattice: how many in the VOI */
    double cells;    /* gyroid: how many in the VOI */
    double tb_n;     /* plates: 1/period */
    double bv_tv;    /* 0..1 */
    double volume;   /* voxels */
    double surface;  /* voxel faces */
    double euler;          /* of the piece in the VOI, cut surfaces closed */
    double euler_infinite; /* the same for an endless structure: cells weighted at the VOI wall */
    double smi, da_0_1;
    /* foam: what was asked for, and what the realisation has */
    double bv_tv_target, thickness_target;
    double sheet_thickness;    /* of its sheets away from nodes */
    double thickness_estimate; /* mean local thickness, nodes included, from BV/TV and sheet_thickness by a
                                  measured relation: good to 4 %. There is no closed form; measure it */
    double wavelength;      /* of the field */
} trb_phantom_truth;

/** One entry of a truth, for files and tables. */
typedef struct trb_phantom_value {
    const char *name; /* the member's name; static */
    int power;        /* value is in voxels to this power: 1 length, 2 area, 3 volume, -1 1/length, 0 none */
    double value;
} trb_phantom_value;

enum { TRB_PHANTOM_VALUES_MAX = 24 };

/** The entries of a truth that are known. Returns how many (at most TRB_PHANTOM_VALUES_MAX). */
TRB_API size_t trb_phantom_truth_values(const trb_phantom_truth *truth,
                                        trb_phantom_value values[TRB_PHANTOM_VALUES_MAX]);

/**
 * The grid, the VOI and the closed forms of a phantom, without making it (not for foam, whose realisation
 * decides: its grid and VOI are filled, its measured members are NaN).
 *
 * Output      *grid and *truth; either may be NULL.
 * Errors      TRB_ERR_ARGUMENT as for trb_phantom_create().
 */
TRB_API TRB_NODISCARD trb_status trb_phantom_describe(const trb_phantom_options *options, trb_grid *grid,
                                                      trb_phantom_truth *truth, trb_error *err);

/**
 * Make a phantom.
 *
 * Convention  The grey value says how much of the voxel is covered: floor(marrow + (bone - marrow) * covered
 *             + 1/2), counted on 8 x 8 x 8 sub-points (gyroid 4 x 4 x 4; foam: a linear ramp of its distance
 *             to the surface). Half-way between the two grey values is the surface: with 0 and 255, bone is
 *             grey >= 128. Then blur, then noise, then rounding and clamping to the type.
 * Output      *out: yours. *truth: the answers (may be NULL).
 * Errors      TRB_ERR_ARGUMENT names the option, its value and what is possible; TRB_ERR_MEMORY.
 * Cost        4 bytes a voxel besides the volume, 8 for foam.
 * Threads     Uses all; same bits for any number. Same options, same bits on any machine (the gyroid relies
 *             on the sin and cos of the C library).
 */
TRB_API TRB_NODISCARD trb_status trb_phantom_create(const trb_phantom_options *options, trb_volume **out,
                                                    trb_phantom_truth *truth, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
