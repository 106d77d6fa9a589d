/* meta.h - several studies pooled: random effects, forest plot. */
#ifndef TRABECULA_META_H
#define TRABECULA_META_H

#include "trabecula/report.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum trb_meta_measure {
    TRB_META_SMD, /* standardised mean difference: Hedges' g */
    TRB_META_MD,  /* mean difference, in the metric's unit */
    TRB_META_ROM  /* log ratio of means */
} trb_meta_measure;

typedef enum trb_meta_model { TRB_META_REML, TRB_META_DL, TRB_META_PM, TRB_META_FE } trb_meta_model;

/** What the summary shows; the document holds all measures and models. */
typedef struct trb_meta_options {
    trb_meta_measure measure;
    trb_meta_model model;
    bool hartung_knapp; /* t with k - 1 degrees of freedom and the rescaled standard error; not with fixed effects */
    const char *metric; /* name of the metric when the table has no column `metric`; NULL: "effect" */
} trb_meta_options;

/** SMD, REML, Hartung-Knapp. */
TRB_API trb_meta_options trb_meta_options_default(void);

/** A pooled table. Opaque. */
typedef struct trb_meta trb_meta;

/**
 * Read a table of studies and pool it, one metric at a time.
 *
 * Input       path: CSV or TSV; columns study, mean_treated, sd_treated, n_treated, mean_control, sd_control, n_control
 *             (or m_t, sd_t, n_t, m_c, sd_c, n_c), and metric when there are several. meta.csv of `compare` gives such
 *             numbers for each group.
 * Output      *out: yours, trb_meta_destroy().
 * Errors      TRB_ERR_IO, TRB_ERR_FORMAT, TRB_ERR_DATA (a missing column, an SD that is not positive, a study twice)
 *             with row and column; TRB_ERR_MEMORY.
 * Source      DerSimonian & Laird 1986; Viechtbauer 2005; Knapp & Hartung 2003; numbers as metafor: testdata/oracles.
 */
TRB_API TRB_NODISCARD trb_status trb_meta_read(const char *path, const trb_meta_options *options, trb_meta **out, trb_error *err);

TRB_API void trb_meta_destroy(trb_meta *meta);

/** All measures and models as JSON (schema trabecula.meta/1); as text for a terminal. *text: yours, free(). */
TRB_API TRB_NODISCARD trb_status trb_meta_json(const trb_meta *meta, char **text, trb_error *err);
TRB_API TRB_NODISCARD trb_status trb_meta_text(const trb_meta *meta, char **text, trb_error *err);

/** meta.json, meta.txt, studies.csv and figures/forest-<n>.svg|pdf|png into a folder. Errors as trb_report_write(). */
TRB_API TRB_NODISCARD trb_status trb_meta_write(const trb_meta *meta, const trb_report_options *options, const char *folder,
                                                trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
