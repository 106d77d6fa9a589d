/* status.c - failures as text for people. */
#include "trabecula/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

trb_status trb_error_set(trb_error *err, trb_status status, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
        err->status = status;
    }
    return status;
}

void trb_error_within(trb_error *err, const char *format, ...)
{
    if (!err)
        return;
    char where[sizeof err->text], inner[sizeof err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(where, sizeof where, format, args);
    va_end(args);
    memcpy(inner, err->text, sizeof inner);
    /* A cut text is still a text; the compiler would like to be told that we know. */
    int written = snprintf(err->text, sizeof err->text, "%.400s: %.600s", where, inner);
    (void)written;
}

const char *trb_status_name(trb_status status)
{
    switch (status) {
    case TRB_OK: return "ok";
    case TRB_ERR_ARGUMENT: return "argument";
    case TRB_ERR_IO: return "io";
    case TRB_ERR_FORMAT: return "format";
    case TRB_ERR_DATA: return "data";
    case TRB_ERR_MEMORY: return "memory";
    case TRB_ERR_UNSUPPORTED: return "unsupported";
    case TRB_ERR_CANCELLED: return "cancelled";
    }
    return "unknown";
}
