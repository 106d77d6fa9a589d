/* scan_info.h - filling a trb_scan_info. */
#ifndef TRB_SCAN_INFO_H
#define TRB_SCAN_INFO_H

#include "trabecula/volume_io.h"

/** Add a fact; the value as printf, any encoding becomes UTF-8. Without memory the fact is left out. */
void trb_info_fact(trb_scan_info *info, const char *source, const char *key, const char *format, ...)
    TRB_PRINTF(4, 5);

/** Add a sentence to the warning, after "; " when there is one already. */
void trb_info_warn(trb_scan_info *info, const char *format, ...) TRB_PRINTF(2, 3);

#endif
