/* protocol.h - settings in files: protocol.ini, or the result.json of a former run. */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include "cli.h"

/**
 * Set the call's settings from a file: an ini file whose keys are option names (sections are only for the
 * reader), or a JSON record with a "settings" object.
 *
 * Errors      TRB_ERR_IO; TRB_ERR_ARGUMENT for an unknown key, a repeated key or a bad value: the text names
 *             file, line and key. Settings that the command line gave already stay.
 */
trb_status protocol_read(cli_call *call, const char *path, trb_error *err);

/**
 * Write every setting of the call as a commented ini file; a setting without a value is commented out.
 * "-" is standard output. An existing file is refused.
 */
trb_status protocol_write(const cli_call *call, const char *path, trb_error *err);

#endif
