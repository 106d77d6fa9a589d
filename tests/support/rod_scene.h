/* rod_scene.h - density phantoms drawn by the tests themselves. */
#ifndef ROD_SCENE_H
#define ROD_SCENE_H

#include "support/testing.h"

#include "trabecula/rods.h"

typedef struct drawn {
    double x, y, radius, grey; /* at the middle plane */
} drawn;

typedef struct scene {
    size_t nx, ny, nz;
    trb_type type;
    double background, noise, lean; /* lean: voxels a plane, along x */
    double drift;                   /* grey from first to last plane */
    size_t n;
    drawn rod[8];
} scene;


/** Draw it: partial volume at the walls by 5 x 5 points, noise of the tests' own. Yours. */
trb_volume *rod_scene_draw(const scene *s);

/** Four rods of radius 12 in a square, without noise: density = 0.1 grey - 100. */
scene rod_scene_four(void);
extern const double FOUR[4]; /* their densities */

/** Rods where the scene has them. */
trb_rods rod_scene_placed(const scene *s, const double *densities);

#endif
