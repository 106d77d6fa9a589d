/* cmd_voi.h - the command whose options are those of analyze that decide the VOI. */
#ifndef CMD_VOI_H
#define CMD_VOI_H

#include "cli.h"

extern cli_command cmd_voi;

/** Fill the option table; call once before anything reads it. */
void cmd_voi_prepare(void);

#endif
