/* phantom_truth_json.h - the file that says what is true of a phantom. */
#ifndef PHANTOM_TRUTH_JSON_H
#define PHANTOM_TRUTH_JSON_H

#include "cli.h"

#include "trabecula/phantom.h"

/**
 * The truth file of a phantom as text: how it was made, where to measure, the closed forms in voxels and as
 * metrics in mm. measure: for foam, whose thickness has no closed form, Tb.Th and Tb.Sp of the sharp image by
 * the exact rule.
 *
 * Output      *text: yours (free()).
 */
trb_status phantom_truth_json(const cli_call *call, const trb_phantom_options *options,
                              const trb_phantom_truth *truth, const trb_volume *volume, const char *image,
                              bool measure, char **text, trb_error *err);

#endif
