/* report.h - a comparison as files: tables, figures, one page to read. */
#ifndef TRABECULA_REPORT_H
#define TRABECULA_REPORT_H

#include "trabecula/compare.h"
#include "trabecula/plot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What is written and how it looks. Start from trb_report_options_default(). */
typedef struct trb_report_options {
    trb_plot_options plot;
    bool svg, pdf, png;        /* formats of the figures */
    bool letters;              /* groups that share a letter do not differ, instead of brackets; needs all pairs */
    bool quartiles_type6;      /* boxes as GraphPad Prism draws them; otherwise type 7, as R and spreadsheets */
    bool force;                /* replace existing files */
    const char *title;         /* NULL: "Cohort report" */
    const char *pictures;      /* folder with <sample>/qc.png of a batch, for thumbnails; NULL: none */
} trb_report_options;

TRB_API trb_report_options trb_report_options_default(void);

/**
 * The comparison as text for a terminal: each metric with its groups, contrasts, rescue and stars.
 *
 * Output      *text: yours, free(). Lines of at most about 100 columns, UTF-8.
 */
TRB_API TRB_NODISCARD trb_status trb_report_text(const trb_comparison *comparison, char **text, trb_error *err);

/**
 * Write all files of a report into a folder, which is made when it does not exist.
 *
 * Output      report.html (self-contained: no network, no script), summary.txt, descriptives.csv, comparisons.csv,
 *             omnibus.csv, rescue.csv, diagnostics.csv, designs.csv (when there are any), animals.csv, meta.csv,
 *             prism.csv, table.csv, table.md, table.tex, stats.json, methods.txt, captions.txt, and
 *             figures/metrics.*, figures/forest.*; with distributions distribution_METRIC.csv, figures/distribution_METRIC.*
 *             and distribution_percentiles.csv. Same comparison, same bytes. Every file appears only complete.
 * Errors      TRB_ERR_ARGUMENT: a file exists and force is false (nothing is written then); TRB_ERR_IO; TRB_ERR_MEMORY.
 * Cost        Seconds, for the PNG at 300 dpi; the rest milliseconds.
 * Threads     Reentrant.
 */
TRB_API TRB_NODISCARD trb_status trb_report_write(const trb_comparison *comparison, const trb_report_options *options,
                                                  const char *folder, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
