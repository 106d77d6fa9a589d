/* mesh_option.c - reads --mesh-decimate. */
#include "mesh_option.h"

#include "cli.h"

#include <stdio.h>
#include <string.h>

static trb_status parse_share(char *text, double *out, trb_error *err)
{
    const size_t n = strlen(text);
    const bool percent = n > 0 && text[n - 1] == '%';
    if (percent)
        text[n - 1] = 0;
    const trb_status status = cli_parse_real(text, out, NULL);
    if (percent)
        *out /= 100;
    if (status || !(*out > 0 && *out < 1))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s%s' is not a share of the triangles: expected something between 0 and 1, or "
                                                    "between 0%% and 100%%", text, percent ? "%" : "");
    return TRB_OK;
}

trb_status mesh_parse_decimation(const char *text, void *destination, trb_error *err)
{
    struct mesh_decimation given = {0};
    char share[64];
    cli_length error = {0};
    const char *comma = strchr(text, ',');
    const size_t n = comma ? (size_t)(comma - text) : strlen(text);
    if (n >= sizeof share || strlen(text) >= sizeof given.text)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is too long for a share", text);
    memcpy(share, text, n);
    snprintf(given.text, sizeof given.text, "%s", text);
    share[n] = 0;
    trb_status status = parse_share(share, &given.keep, err);
    if (!status && comma) {
        status = cli_parse_length(comma + 1, 0, &error, err);
        given.error_mm = error.value;
    }
    if (!status)
        *(struct mesh_decimation *)destination = given;
    return status;
}
