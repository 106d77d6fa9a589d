/* cmd_phantom_rods.h - trabecula phantom rods: the scan of a density phantom and the table of its rods. */
#ifndef TOOLS_PHANTOM_RODS_H
#define TOOLS_PHANTOM_RODS_H

#include "cli.h"

#include "trabecula/phantom_rods.h"

/** Write the image, and beside it NAME.rods.csv, which --rods reads and whose comments say the true line. */
trb_status phantom_rods_make(const cli_call *call, const trb_phantom_rods *options, const char *image, bool force,
                             trb_error *err);

#endif
