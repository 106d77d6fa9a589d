/* thickness_case.h - a phantom of known thickness as a scanner would show it. */
#ifndef THICKNESS_CASE_H
#define THICKNESS_CASE_H

#include "trabecula/mask.h"
#include "trabecula/phantom.h"
#include "trabecula/thickness.h"

/** How it is seen. A noisy mask loses the specks of fewer than 50 voxels, of bone and of marrow. */
typedef struct thickness_view {
    const char *name;
    double blur;   /* sigma of the point spread, voxels of the phantom; 0: none */
    double snr;    /* contrast over sigma of the noise; 0: no noise */
    double level;  /* where in the contrast the threshold is: 0.5 is right */
    bool filtered; /* the Gaussian 0.8 / 1 that analyze has by default */
    bool halved;   /* means of 2 x 2 x 2 voxels, before the filter */
} thickness_view;

extern const thickness_view THICKNESS_VIEW_PLAIN;

typedef struct thickness_case {
    trb_phantom_truth truth; /* voxels of the phantom */
    double scale;            /* voxels of the phantom in a voxel of the image: 1, or 2 when halved */
    trb_volume *grey;        /* filtered, float32 */
    double level;
    trb_mask *bone, *voi;
    trb_box box; /* the VOI */
} thickness_case;

/** Means of 2 x 2 x 2 voxels, float32, at twice the spacing. The box keeps only voxels that lie in it whole. Yours. */
trb_volume *thickness_halved(const trb_volume *in, trb_box *box);

/** Make it; fails the test or ends the program when it cannot. Clear it. */
thickness_case thickness_case_make(trb_phantom_kind kind, double thickness, unsigned placement,
                                   const thickness_view *view);

/** A plate with this normal, or a rod along it, 40 voxels wide and cut by the image; measured in the inner 20. */
thickness_case thickness_case_tilted(bool rod, const double way[3], double thickness);
void thickness_case_clear(thickness_case *c);

/** Mean thickness of bone (phase 1) or marrow (0) in the VOI by a rule of the library, in voxels of the phantom. */
double thickness_case_mean(const thickness_case *c, trb_thickness_rule rule, int phase);

#endif
