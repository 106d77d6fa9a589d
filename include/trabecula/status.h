/* status.h - how every function of the library reports failure. */
#ifndef TRABECULA_STATUS_H
#define TRABECULA_STATUS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TRB_API __attribute__((visibility("default")))
#define TRB_NODISCARD __attribute__((warn_unused_result))
#define TRB_PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
#else
#define TRB_API
#define TRB_NODISCARD
#define TRB_PRINTF(format_at, first_at)
#endif

/** What kind of failure. TRB_OK is 0, so a status is true when something went wrong. */
typedef enum trb_status {
    TRB_OK = 0,
    TRB_ERR_ARGUMENT,    /* the caller asked for something that cannot be */
    TRB_ERR_IO,          /* the system refused: open, read, write, close */
    TRB_ERR_FORMAT,      /* a file does not hold what it must */
    TRB_ERR_DATA,        /* well-formed data that this measurement cannot use */
    TRB_ERR_MEMORY,      /* no memory, or more than the limit */
    TRB_ERR_UNSUPPORTED, /* valid, but outside what this program does */
    TRB_ERR_CANCELLED    /* the progress callback asked to stop */
} trb_status;

/** What happened, in words for the person at the keyboard. The caller owns it; pass NULL if unwanted. */
typedef struct trb_error {
    trb_status status;
    char text[1024];
} trb_error;

/**
 * Store a failure and return its status, so that `return trb_error_set(...)` is one line.
 *
 * Input       err may be NULL; format as printf. Text beyond the buffer is cut.
 * Threads     Reentrant; one err belongs to one thread.
 */
TRB_API trb_status trb_error_set(trb_error *err, trb_status status, const char *format, ...)
    TRB_PRINTF(3, 4);

/**
 * Put "where" before the text that a lower level stored: "slice 212 of 640: <text>".
 *
 * Input       err may be NULL; format as printf.
 */
TRB_API void trb_error_within(trb_error *err, const char *format, ...) TRB_PRINTF(2, 3);

/** A short name such as "format". Never NULL; the text is static. */
TRB_API const char *trb_status_name(trb_status status);

/**
 * Progress of a long call. `done` runs from 0 to 1 within the stage. Return false to cancel; the call
 * then ends with TRB_ERR_CANCELLED. Called from the calling thread only, outside parallel regions.
 */
typedef struct trb_progress {
    bool (*report)(void *user, const char *stage, double done);
    void *user;
} trb_progress;

#ifdef __cplusplus
}
#endif
#endif
