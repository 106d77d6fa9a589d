/*
 * batch.h - a whole study: which scans, what is to do, running them, and the tables.
 *
 *   manifest (folder or CSV) -> plan (what is done, what needs how much) -> run (a process a scan) -> collect
 *
 * Every scan has a folder OUTPUT/scans/SAMPLE with its result, its log and its state. Tables are made from those alone.
 */
#ifndef TRABECULA_BATCH_H
#define TRABECULA_BATCH_H

#include "trabecula/settings.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A setting as text: a key of trb_settings_table() and its value. */
typedef struct trb_setting_text {
    char *key, *text;
} trb_setting_text;

/* ---- the manifest */

/** One scan of a study. Passive data. */
typedef struct trb_manifest_scan {
    char *sample; /* a safe folder name, unique in the study */
    char *group;  /* NULL: none */
    char *path;   /* what to open */
    size_t line;  /* of the CSV study; 0: a folder study */
    size_t n_settings;
    trb_setting_text *settings; /* what this row sets, stronger than everything else */
    char **extra;               /* one text a column of the manifest; "" when the cell is empty */
} trb_manifest_scan;

/** The scans of a study, in the order of its tables. Passive data. */
typedef struct trb_manifest {
    char *study;
    size_t n_columns; /* further columns that travel into the results */
    char **columns;
    size_t n_scans;
    trb_manifest_scan *scans;
    size_t n_notes; /* what was left out, and why: for people */
    char **notes;
} trb_manifest;

/**
 * The scans of a study.
 *
 * Convention  Folder: every folder that directly holds slices, and every volume file, is a scan. Its sample name is its
 *             path below the study, `/` as `_`, without ending; its group is the first folder level when there are two
 *             or more. Names are ordered as people count (m2 before m10). Hidden names, the output, other outputs of
 *             this program and folders without images are left out, the latter with a note.
 *             CSV: columns sample, path, group (path is required; relative to the CSV file); columns named like a
 *             setting override it for the row; others travel. Separator comma, semicolon or tab.
 * Input       output: the folder of results, left out of the walk; NULL: none.
 * Output      *out: yours, trb_manifest_destroy(). NULL unless TRB_OK.
 * Errors      TRB_ERR_ARGUMENT: a sample name twice or not usable as a folder name, a setting that does not parse (file
 *             and line); TRB_ERR_DATA: no scans; TRB_ERR_IO. A missing scan is no error here: it fails alone.
 * Cost        Lists folders; opens one or two TIFF files a folder to see whether they are slices or volumes.
 * Threads     Reentrant.
 */
TRB_API TRB_NODISCARD trb_status trb_manifest_create(const char *study, const char *output,
                                                     trb_manifest **out, trb_error *err);
TRB_API void trb_manifest_destroy(trb_manifest *manifest);

/** Leave out scans whose files changed within the last settle_s seconds; gives how many. For folders that still grow. */
TRB_API size_t trb_manifest_keep_settled(trb_manifest *manifest, double settle_s);

/* ---- the plan */

/** How to run a study; start from trb_batch_options_default(). Borrowed while plan and run need it. */
typedef struct trb_batch_options {
    const char *program; /* the command trabecula; NULL: found by PATH. On Linux /proc/self/exe is oneself */
    size_t n_settings;
    const trb_setting_text *settings; /* of every scan */
    bool maps, no_picture;
    const char *map_format; /* "tif" */
    const char *mesh;       /* "stl", "ply" or "obj": scans/SAMPLE/bone.stl; NULL: none */
    const char *mesh_decimate; /* as analyze takes it, such as "10%,5um"; NULL: every triangle */
    bool force;             /* redo what is done */
    int jobs;               /* at the same time; 0: chosen by cores and memory */
    int threads;            /* of all jobs together; 0: as many as this process may use */
    uint64_t memory_limit;  /* bytes of all jobs together; 0: what the machine or the cgroup has */
    double timeout_s;       /* for each scan; 0: none */
    int shard, shards;      /* this is part `shard` (from 1) of `shards`; 0, 0: everything */
} trb_batch_options;

TRB_API trb_batch_options trb_batch_options_default(void);

typedef enum trb_batch_state {
    TRB_BATCH_TODO,
    TRB_BATCH_RUNNING, /* by somebody, right now */
    TRB_BATCH_DONE,
    TRB_BATCH_FAILED
} trb_batch_state;

/** "to do", "running", "done", "failed". Static. */
TRB_API const char *trb_batch_state_name(trb_batch_state state);

/** Why a scan has no result. */
typedef struct trb_batch_failure {
    char kind[16];   /* "exit", "signal", "timeout", "memory" */
    char signal[16]; /* "SEGV"; empty unless a signal ended it */
    int exit_code;   /* -1: it did not exit */
    char message[1100];
} trb_batch_failure;

/** What is known of one scan before it runs. */
typedef struct trb_batch_scan {
    const trb_manifest_scan *entry;
    size_t order;   /* in the manifest */
    bool here;      /* belongs to this shard; the following is known of those only, except bytes */
    uint64_t bytes; /* on disk */
    size_t files;
    bool opened;   /* headers could be read */
    trb_grid grid; /* of the whole scan; spacing as the settings say */
    trb_type type;
    size_t voxels;         /* that are measured */
    char scanner[256];     /* what the files say of how it was scanned: "Source Voltage (kV)=59, ..." */
    uint64_t memory_bytes; /* that it gets: everything at once, or the limit when that is less */
    uint64_t memory_least; /* below that it cannot be measured */
    bool in_slabs;         /* it gets less than for everything at once, and reads its files several times */
    double seconds;        /* a rough estimate from above, with the threads of one job */
    trb_batch_state state;
    trb_batch_failure failure; /* of the last run; kind is empty when there is none */
    char reason[256];  /* why it is to do: "new", "settings changed: threshold otsu -> 300mgHA", ... */
    char problem[600]; /* what will make it fail or is odd about it; empty: none */
} trb_batch_scan;

/** The plan. Passive data; the private part belongs to the run. */
typedef struct trb_batch_plan {
    const trb_manifest *manifest;
    trb_batch_options options; /* jobs, threads and memory_limit resolved */
    char *output;
    size_t n_scans; /* as the manifest */
    trb_batch_scan *scans;
    size_t n_here, n_todo;
    size_t n_warnings; /* mixed voxel sizes and the like */
    char **warnings;
} trb_batch_plan;

/**
 * Look at every scan: what is done already, what the rest needs, what is odd.
 *
 * Convention  A scan is done when its input (names, sizes, times, bytes of sample files), its settings (and the files
 *             they name), what is written, and the program's version and commit are those of its result. Shards are
 *             balanced by bytes on disk and do not depend on what is done.
 * Input       manifest and options are borrowed until the plan is destroyed.
 * Output      *out: yours, trb_batch_plan_destroy(). NULL unless TRB_OK. Nothing is written.
 * Errors      TRB_ERR_ARGUMENT (a setting, a shard that cannot be), TRB_ERR_MEMORY.
 * Cost        Headers of all scans of the shard that are to do.
 * Threads     Opens scans on several threads.
 */
TRB_API TRB_NODISCARD trb_status trb_batch_plan_create(const trb_manifest *manifest, const char *output,
                                                       const trb_batch_options *options, trb_batch_plan **out,
                                                       trb_error *err);
TRB_API void trb_batch_plan_destroy(trb_batch_plan *plan);

/* ---- the run */

typedef enum trb_batch_event_kind {
    TRB_BATCH_STARTED,
    TRB_BATCH_FINISHED,
    TRB_BATCH_HAS_FAILED,
    TRB_BATCH_WAITING,    /* another run measures it; asked again later */
    TRB_BATCH_FOUND_DONE, /* by another run, meanwhile */
    TRB_BATCH_STOPPED     /* on request; it is to do again */
} trb_batch_event_kind;

typedef struct trb_batch_event {
    trb_batch_event_kind kind;
    const trb_batch_scan *scan;
    size_t n, of; /* scans that are through, of those of this run */
    int threads;
    double seconds;
} trb_batch_event;

/** One scan that is being measured. */
typedef struct trb_batch_running {
    const trb_batch_scan *scan;
    const char *stage;
    double done; /* of the stage, 0 to 1 */
    double seconds;
    int threads;
    uint64_t memory_bytes; /* its peak so far; 0: not known */
} trb_batch_running;

typedef struct trb_batch_progress {
    size_t n_running;
    const trb_batch_running *running;
    size_t through, failed, total;
    double done;         /* 0 to 1, by bytes */
    double seconds;      /* since the start */
    double seconds_left; /* NaN: not known yet */
} trb_batch_progress;

/** Who watches a run. Called from the calling thread only. */
typedef struct trb_batch_watcher {
    void *user;
    void (*event)(void *user, const trb_batch_event *event);
    bool (*tick)(void *user, const trb_batch_progress *progress); /* about five times a second; false: stop */
} trb_batch_watcher;

typedef struct trb_batch_totals {
    size_t scans, done, failed, todo; /* of the study or shard, after it */
    size_t measured;                  /* in this run */
    size_t warnings;                  /* in the records of the done */
    uint64_t bytes, voxels;           /* measured in this run */
    double seconds;
} trb_batch_totals;

/**
 * Measure what is to do, each scan in a process of its own.
 *
 * Convention  A process that crashes, is killed or takes too long costs its scan alone. The states of scans are written
 *             as they end. Killed at any time, the same call goes on where it was. Two runs on one output share the
 *             work: a scan is measured by one at a time. Processes end with their parent.
 * Input       watcher: NULL for none.
 * Output      totals: may be NULL. The states in the plan are brought up to date. No table is written: call
 *             trb_batch_collect().
 * Errors      TRB_ERR_CANCELLED when the watcher stops it (running scans are ended and are to do again); TRB_ERR_IO
 *             when the output cannot be written (disk full): the rest is left. Failed scans are no error.
 * Cost        One process a job.
 * Threads     Not reentrant with other code of the process that waits for children of any kind.
 */
TRB_API TRB_NODISCARD trb_status trb_batch_run(trb_batch_plan *plan, const trb_batch_watcher *watcher,
                                               trb_batch_totals *totals, trb_error *err);

/**
 * Make results.csv, results.columns.csv, failures.csv and batch.json from the states and records of the scans; and, where a
 * record has what goes into them, the long tables distributions.csv (sample, group, metric, unit, bin_from, bin_to, count: voxels
 * with bin_from <= value < bin_to), percentiles.csv and sensitivity.csv. One of these of an earlier run is removed when
 * no record has anything for it.
 *
 * Convention  In the order of the manifest; the same records give the same bytes. Scans that are not in the study any
 *             more are left out.
 * Errors      TRB_ERR_ARGUMENT: no batch has run there. TRB_ERR_IO.
 */
TRB_API TRB_NODISCARD trb_status trb_batch_collect(const char *output, trb_batch_totals *totals,
                                                   trb_error *err);

/* ---- the state of a study on disk */

typedef struct trb_batch_status_scan {
    char *sample, *group; /* group NULL: none */
    trb_batch_state state;
    char detail[1200]; /* running: last line of its log; failed: kind and message; done: empty */
} trb_batch_status_scan;

typedef struct trb_batch_status {
    size_t n_scans;
    trb_batch_status_scan *scans;
    size_t done, failed, running, todo;
} trb_batch_status;

/** Look at an output, while it grows or later. *out: yours. Errors as trb_batch_collect(). Nothing is written. */
TRB_API TRB_NODISCARD trb_status trb_batch_status_create(const char *output, trb_batch_status **out,
                                                         trb_error *err);
TRB_API void trb_batch_status_destroy(trb_batch_status *status);

#ifdef __cplusplus
}
#endif
#endif
