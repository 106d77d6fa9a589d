/* cmd_batch.h - what the files of the command share. */
#ifndef CMD_BATCH_H
#define CMD_BATCH_H

#include "mesh_option.h"
#include "setting_rows.h"

#include "trabecula/batch.h"

extern cli_command cmd_batch;

/** Fill the option table; call once before anything reads it. */
void cmd_batch_prepare(void);

/** "3/8". Both 0: not given. */
struct shard_choice {
    int shard, shards;
};

struct batch_options {
    struct setting_values settings; /* first: see setting_rows.h */
    const char *output;
    bool maps, no_picture, force, dry_run, json, watch;
    int map_format, mesh;
    struct mesh_decimation decimation;
    int64_t jobs;
    uint64_t memory_limit;
    double timeout_s, settle_s;
    struct shard_choice shard;
};

/* ---- cmd_batch_parse.c */

/** "90s", "30min", "2h", "1.5d" in seconds (double). */
trb_status batch_parse_duration(const char *text, void *seconds, trb_error *err);
trb_status batch_parse_shard(const char *text, void *choice, trb_error *err);

/** The shard of this task of a Slurm array, by its environment; both 0 when it is none. */
trb_status batch_slurm_shard(struct shard_choice *out, trb_error *err);

/** "2 h 5 min", "12.3 s". text: 32 bytes. */
const char *batch_duration_text(double seconds, char *text);

/** "1.2 GiB". text: 32 bytes. */
const char *batch_size_text(double bytes, char *text);

/* ---- cmd_batch_list.c: before anything starts */
void batch_print_plan(const trb_batch_plan *plan);
trb_status batch_print_plan_json(const trb_batch_plan *plan, trb_error *err);

/** What is odd about the study, and what is done again and why, on standard error. */
void batch_tell_plan(const cli_call *call, const trb_batch_plan *plan);

/* ---- cmd_batch_view.c: while it runs */
typedef struct batch_view {
    const cli_call *call;
    bool draws, lines; /* bars on a terminal; lines elsewhere */
    int drawn;         /* lines of the bar that stand */
    double next_line;  /* seconds of the run when a line is due */
    size_t jobs;
} batch_view;

void batch_view_init(batch_view *view, const cli_call *call, const trb_batch_plan *plan);
void batch_view_end(batch_view *view);
trb_batch_watcher batch_view_watcher(batch_view *view);

/* ---- cmd_batch_status.c: later */
int batch_run_status(cli_call *call, const char *output);
int batch_run_collect(cli_call *call, const char *output);

/** Failures and counts on standard error, at the end. all: of the whole study; NULL for a shard. */
void batch_tell_end(const cli_call *call, const trb_batch_plan *plan, const trb_batch_totals *run,
                    const trb_batch_totals *all);

#endif
