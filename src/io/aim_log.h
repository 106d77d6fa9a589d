/* aim_log.h - the processing log inside an AIM file: lines "Key     value". */
#ifndef TRB_AIM_LOG_H
#define TRB_AIM_LOG_H

#include "io/scanco_facts.h"

/**
 * Read a log: facts into info, the grey scale into *scale. Where a key stands several times, the last one counts.
 *
 * Input       text: ends with a zero byte; it is changed.
 */
void trb_aim_log_read(char *text, trb_scanco_scale *scale, trb_scan_info *info);

#endif
