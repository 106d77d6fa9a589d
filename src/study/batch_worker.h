/* batch_worker.h - one measuring process: its start, what it says, its end. */
#ifndef TRB_BATCH_WORKER_H
#define TRB_BATCH_WORKER_H

#include "trabecula/batch.h"

#include <sys/types.h>

/** A process. What it says on standard error arrives through a pipe and goes into its log. */
typedef struct trb_worker {
    pid_t pid;
    int pipe, log;  /* -1: closed */
    double started; /* trb_worker_now() */
    char line[2048];
    size_t used;
    char stage[64];
    double done; /* of the stage */
    char message[1024];
    bool from_program; /* the message is the program's own, not of a library or the system */
    double timed_out_s; /* the limit when it was stopped for time, else 0 */
    uint64_t peak_bytes;
} trb_worker;

/** Seconds of a clock that never jumps. */
double trb_worker_now(void);

/**
 * Start `program` with argv. It gets a process group of its own, /dev/null as input and output, and is killed when this
 * process ends. `claim` is a lock's file that it keeps open until its end.
 */
TRB_NODISCARD trb_status trb_worker_start(trb_worker *worker, const char *program, char *const *argv,
                                          const char *log, int claim, trb_error *err);

/** Take what it has said so far; does not wait. */
void trb_worker_listen(trb_worker *worker);

/** Look at its memory. */
void trb_worker_measure(trb_worker *worker);

void trb_worker_kill(trb_worker *worker);

/** Has it ended? Does not wait. Then *failure says how; its kind is empty when all went well. */
bool trb_worker_ended(trb_worker *worker, trb_batch_failure *failure);

/** Write a line into its log. */
void trb_worker_log(trb_worker *worker, const char *format, ...) TRB_PRINTF(2, 3);

/** "SEGV", "KILL", ...; "17" for unusual ones. text: 16 bytes. */
const char *trb_signal_name(int number, char *text);

#endif
