/* phantom_look.h - from covered fractions to a grey image: blur, grey values, noise. */
#ifndef TRB_PHANTOM_LOOK_H
#define TRB_PHANTOM_LOOK_H

#include "trabecula/phantom.h"

/** Blur in place with a Gaussian of sigma_vox; outside the volume its border voxels are repeated. */
trb_status trb_phantom_blur(float *covered, const trb_grid *grid, double sigma_vox, trb_error *err);

/** Grey values of the options' range and noise into a volume of the same grid. */
void trb_phantom_develop(const float *covered, const trb_phantom_options *options, trb_volume *volume);

#endif
