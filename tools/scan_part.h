/* scan_part.h - a scan and the part of it that --slices and --crop leave. */
#ifndef SCAN_PART_H
#define SCAN_PART_H

#include "trabecula/settings.h"

/** Open it and find the part to measure. The scan's own grid is that of all of it. */
trb_status scan_part_open(const char *path, const trb_settings *settings, trb_scan **scan, trb_box *box, trb_error *err);

#endif
