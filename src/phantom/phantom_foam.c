#include "phantom/phantom_shape.h"
trb_status trb_phantom_foam_init(const trb_phantom_options *options, trb_phantom_shape *shape,
                                 trb_phantom_truth *truth, trb_error *err)
{ (void)shape; (void)truth; (void)options;
    return trb_error_set(err, TRB_ERR_UNSUPPORTED, "later"); }
trb_status trb_phantom_foam_fill(const trb_phantom_options *options, const trb_grid *grid, float *covered,
                                 trb_phantom_truth *truth, trb_error *err)
{ (void)grid; (void)truth; (void)options; (void)covered;
    return trb_error_set(err, TRB_ERR_UNSUPPORTED, "later"); }
