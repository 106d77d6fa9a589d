/* cmd_analyze.h - the command whose option table is filled from the library's table of settings. */
#ifndef CMD_ANALYZE_H
#define CMD_ANALYZE_H

#include "cli.h"

#include "trabecula/record.h"

extern cli_command cmd_analyze;

/** Fill the option table; call once before anything reads it. */
void cmd_analyze_prepare(void);

/** The readable table on standard output (analyze_table.c). */
void analyze_print_table(const trb_record *record);

#endif
