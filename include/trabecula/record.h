/* record.h - the result of one scan, with all that is needed to make it again. */
#ifndef TRABECULA_RECORD_H
#define TRABECULA_RECORD_H

#include "trabecula/ellipsoid.h"
#include "trabecula/settings.h"
#include "trabecula/star.h"
#include "trabecula/threshold.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One row of the table of metrics: the symbol follows ASBMR (Parfitt 1987, Dempster 2013, Bouxsein 2010). */
typedef struct trb_metric_info {
    const char *key;  /* "Tb.Th" */
    const char *unit; /* "mm" */
    const char *name; /* "trabecular thickness" */
    const char *definition;
    const char *methods; /* the method tags it can carry */
    const char *source;
    const char *caveat; /* "" when none */
} trb_metric_info;

/** The table, in the order of tables and records; *count rows. Static. */
TRB_API const trb_metric_info *trb_metric_table(size_t *count);

/** A measured metric. value is NaN exactly when reason is not empty. */
typedef struct trb_metric {
    const trb_metric_info *info;
    double value;
    char method[96];
    char reason[160];
} trb_metric;

/** Percentiles that the record of a thickness keeps: 5, 10, 25, 50, 75, 90, 95. */
#define TRB_PERCENTILES 7
TRB_API double trb_percentile_percent(size_t i); /* i < TRB_PERCENTILES */

/** Counts of voxels in bins of equal width: of a thickness map from 0 in mm, of grey values or densities from `start`. */
typedef struct trb_distribution {
    char key[16];
    char unit[12]; /* "mm", "grey", "mgHA_cm3": the JSON key is "edges_" and this */
    double start, width;
    size_t bins;
    uint64_t *counts;
    double percentile[TRB_PERCENTILES]; /* of a thickness, in the unit; unused when percentile_method is empty */
    char percentile_method[64];         /* where they come from: exact counts, or bins */
} trb_distribution;

/** A note with a key: settings, facts, timings. */
typedef struct trb_note {
    char key[64];
    char *text;   /* owned by the record */
    char origin[64];
} trb_note;

typedef struct trb_stage {
    char name[32];
    double seconds;
} trb_stage;

/** Where the threshold came from and what it means. */
typedef struct trb_threshold_result {
    char method[224]; /* "fixed: 300 mgHA/cm3", "otsu in the VOI" */
    double grey;      /* bone is from here on; NaN for a local threshold. Hysteresis: the low one */
    double calibrated; /* NaN without a density calibration */
    double seed_grey;  /* hysteresis: the high one, otherwise NaN */
    bool local;        /* a local threshold: */
    trb_adaptive adaptive;
} trb_threshold_result;

/** The metrics once more, with the threshold moved. */
typedef struct trb_sensitivity {
    double shift_percent;              /* of the grey value, or of the density where it is calibrated */
    double grey, calibrated, seed_grey; /* as in trb_threshold_result */
    double *values;                    /* n_metrics of the record, in its order; NaN where there is none */
} trb_sensitivity;

/** The record. Passive data; strings owned by it. */
typedef struct trb_record {
    char *sample, *group, *input_path, *command_line, *methods_text;
    char input_format[96], spacing_source[96];
    size_t input_files;
    trb_grid grid; /* as measured */
    trb_grid input_grid;
    trb_type type;
    uint32_t crc32; /* of the voxels that were measured, before resampling */
    trb_calibration calibration;
    trb_threshold_result threshold;
    size_t n_sensitivity; /* ascending shifts; none unless asked for */
    trb_sensitivity *sensitivity;
    size_t n_settings;
    trb_note *settings;
    size_t n_facts;
    trb_note *facts;
    size_t n_metrics;
    trb_metric *metrics;
    size_t n_distributions;
    trb_distribution *distributions;
    bool has_fabric;
    trb_fabric fabric; /* behind DA */
    bool has_ef;
    trb_ef ef;
    bool has_star;
    trb_star star; /* behind Tb.V*, Ma.V* and DA.SLD */
    size_t n_warnings;
    char **warnings;
    size_t n_stages;
    trb_stage stages[24];
    size_t peak_memory_bytes;
    char memory_mode[48]; /* "slabs of 40 planes"; empty: everything at once */
    int threads;
} trb_record;

/** Free a record; NULL is fine. */
TRB_API void trb_record_destroy(trb_record *record);

/** The metric with this key, or NULL. */
TRB_API const trb_metric *trb_record_metric(const trb_record *record, const char *key);

/** Replace one of the record's own strings (sample, group, input_path, command_line) by a copy of text. */
TRB_API TRB_NODISCARD trb_status trb_record_set_text(char **field, const char *text, trb_error *err);

/** Where a setting came from ("command line", "protocol.ini:12"); unknown keys are ignored. */
TRB_API void trb_record_set_origin(trb_record *record, const char *key, const char *origin);

/** Add a warning (printf). Silently dropped when memory is out: a warning must not cost the result. */
TRB_API void trb_record_warn(trb_record *record, const char *format, ...) TRB_PRINTF(2, 3);

/**
 * The record as JSON (schema trabecula.result/1), numbers with 17 significant digits.
 *
 * Output      *text: yours, free() it.
 */
TRB_API TRB_NODISCARD trb_status trb_record_to_json(const trb_record *record, char **text, trb_error *err);

/** A table with one row: headers "sample,group,TV [mm^3],...". UTF-8, comma, dot, LF. *text: yours. */
TRB_API TRB_NODISCARD trb_status trb_record_to_csv(const trb_record *record, char **text, trb_error *err);

/** The companion: column, key, unit, method, definition, source. *text: yours. */
TRB_API TRB_NODISCARD trb_status trb_record_columns_csv(const trb_record *record, char **text,
                                                        trb_error *err);

/**
 * The sensitivity as a long table: sample,group,metric,unit,shift [%],threshold [grey],threshold [mgHA/cm3],value,
 * change [%]; shift 0 is the result itself. *text: yours.
 */
TRB_API TRB_NODISCARD trb_status trb_record_sensitivity_csv(const trb_record *record, char **text, trb_error *err);

/** How far a metric moves under row k of the sensitivity, in % of its value; NaN when one of them has no value or it is 0. */
TRB_API double trb_record_change(const trb_record *record, size_t k, size_t metric);

/** Does the metric move at all under any row? (TV and BMD do not.) */
TRB_API bool trb_record_moves(const trb_record *record, size_t metric);

/** Write text to a file that appears only complete (temporary name, fsync, rename). */
TRB_API TRB_NODISCARD trb_status trb_text_write(const char *path, const char *text, bool force,
                                                trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
