/* batch_parts.h - what the files of the batch runner share. */
#ifndef TRB_BATCH_PARTS_H
#define TRB_BATCH_PARTS_H

#include "trabecula/batch.h"

#include <jansson.h>

/* ---- batch_settings.c */

/** The text of a setting for one scan: of its row, else of all; NULL: the default. */
const char *trb_batch_setting(const trb_batch_options *options, const trb_manifest_scan *entry,
                              const char *key);

/** All settings of one scan. */
TRB_NODISCARD trb_status trb_batch_settings(const trb_batch_options *options, const trb_manifest_scan *entry,
                                            trb_settings *out, trb_error *err);

/* ---- batch_key.c: what a result depends on */

/** Size of what a scan has on disk; 0 and 0 when it is not there. */
void trb_batch_disk_use(const char *path, uint64_t *bytes, size_t *files);

/** The files of a scan (the folder's, or the file and what belongs to it). *paths: yours, trb_names_free(). */
TRB_NODISCARD trb_status trb_batch_files(const char *path, char ***paths, size_t *n, trb_error *err);

/** Input, settings, files named by settings, outputs and program as JSON. NULL: no memory. */
json_t *trb_batch_key(const trb_batch_options *options, const trb_manifest_scan *entry,
                      const trb_settings *settings);

/** Is a result with the key `have` what `want` asks for? If not, why: the first difference in words. */
bool trb_batch_key_serves(const json_t *have, const json_t *want, char *why, size_t size);

/* ---- batch_state.c: what is on disk of one scan */

/** Text of unknown origin as JSON: what is not UTF-8 is taken for Latin-1; NULL becomes null. */
json_t *trb_json_text(const char *text);

/** A whole JSON file; NULL when it is not there or damaged. */
json_t *trb_json_load(const char *folder, const char *name);

/** Write it under a temporary name, sync, rename. `json` is taken. */
TRB_NODISCARD trb_status trb_json_save(const char *folder, const char *name, json_t *json, trb_error *err);

/** OUTPUT/scans/SAMPLE. Yours. */
char *trb_batch_folder(const char *output, const char *sample);

/** The settings of a scan and the program, as they stand in keys. NULL: no memory. */
json_t *trb_batch_settings_json(const trb_settings *settings);
json_t *trb_batch_program_json(void);

/** Is there a state that says done (or, with its result complete, running), for this key? Fills state, reason, failure. */
void trb_batch_judge(const trb_batch_options *options, const char *folder, const json_t *key,
                     trb_batch_scan *scan);

/** Note what a scan is in now. key: borrowed. */
TRB_NODISCARD trb_status trb_batch_note(const char *folder, const trb_batch_scan *scan, const char *state,
                                        const json_t *key, const trb_batch_failure *failure, double seconds,
                                        trb_error *err);

/** Does the state say "done"? */
bool trb_batch_noted_done(const char *folder);

/** The failure in a state; kind stays empty when there is none. */
void trb_batch_failure_read(const json_t *state, trb_batch_failure *out);

/** Claim a folder for this process and its children: *fd, -1 when somebody else has it (and TRB_OK). */
TRB_NODISCARD trb_status trb_batch_claim(const char *folder, bool wait, int *fd, trb_error *err);

/** Does somebody have the folder right now? */
bool trb_batch_claimed(const char *folder);

/* ---- batch_study_file.c: OUTPUT/study.json, the manifest as it was planned */

/** Write it unless it is there with the same content. */
TRB_NODISCARD trb_status trb_batch_study_save(const trb_batch_plan *plan, trb_error *err);

/** Read it into a manifest (without settings), and as it is for trb_batch_stored(). Both yours. */
TRB_NODISCARD trb_status trb_batch_study_load(const char *output, trb_manifest **out, json_t **study,
                                              trb_error *err);

/**
 * What is stored of scan i of a study: done, failed or to do. A result that was made with other settings or by another
 * program than the study was last run with is to do: a table must not mix them.
 *
 * Output      *record: the result of a done scan, yours, else NULL (may be NULL). *failure: of a failed one.
 */
trb_batch_state trb_batch_stored(const char *folder, const json_t *study, size_t i, json_t **record,
                                 trb_batch_failure *failure);

/* ---- batch_plan.c */

/** Judge one scan anew: its state, and the key that a result made now would have (*key: yours). */
TRB_NODISCARD trb_status trb_batch_check(const trb_batch_plan *plan, trb_batch_scan *scan, json_t **key,
                                         trb_error *err);

/* ---- batch_look.c: one scan before it runs */

/** Fill what the headers tell, what it needs within `limit`, and its problems. Never fails: problems are text. */
void trb_batch_look(const trb_batch_options *options, const trb_settings *settings, trb_batch_scan *scan);

/** Seconds that one scan takes with so many threads, roughly and from above. */
double trb_batch_seconds(const trb_batch_scan *scan, int threads);

/* ---- batch_mixed.c: what does not fit together in one study; adds to plan->warnings */
void trb_batch_find_mixed(trb_batch_plan *plan);

/** Add a warning (printf); dropped without memory. */
void trb_batch_warn(trb_batch_plan *plan, const char *format, ...) TRB_PRINTF(2, 3);

/* ---- batch_memory.c */

/** Bytes that jobs may take together: free memory, less where the control group or Slurm allows less. */
uint64_t trb_batch_memory_available(void);

#endif
