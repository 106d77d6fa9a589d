/* report_parts.h - the files of a report, each made as text from the document of a comparison. */
#ifndef TRB_REPORT_PARTS_H
#define TRB_REPORT_PARTS_H

#include "present/report_distributions.h"
#include "trabecula/report.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/** A writer puts its file into out; what fails shows when out is closed. */
typedef void (*trb_report_writer)(FILE *out, const json_t *document);

void trb_report_descriptives(FILE *out, const json_t *document);
void trb_report_comparisons(FILE *out, const json_t *document);
void trb_report_omnibus(FILE *out, const json_t *document);
void trb_report_rescue(FILE *out, const json_t *document);
void trb_report_diagnostics(FILE *out, const json_t *document);
void trb_report_designs(FILE *out, const json_t *document);
void trb_report_animals(FILE *out, const json_t *document);
void trb_report_meta(FILE *out, const json_t *document);  /* mean, SD, n and unit of each group: for meta-analyses */
void trb_report_prism(FILE *out, const json_t *document); /* a block for each metric, one column a group */
void trb_report_planning(FILE *out, const json_t *document);

/** The table of a paper: rows metrics, columns groups as mean +- SD (n), then adjusted p. */
void trb_report_table_csv(FILE *out, const json_t *document);
void trb_report_table_markdown(FILE *out, const json_t *document);
void trb_report_table_latex(FILE *out, const json_t *document);
void trb_report_table_html(FILE *out, const json_t *document);

void trb_report_summary(FILE *out, const json_t *document); /* for a terminal */
void trb_report_methods(FILE *out, const json_t *document);
/** figure: the sentences of trb_plot_groups_caption(). */
void trb_report_captions(FILE *out, const json_t *document, const char *figure, bool letters, const trb_report_distributions *distributions);

/** Figures in the report. NULL: there is none. All yours, free(). */
typedef struct trb_report_figures {
    char *metrics_svg, *forest_svg;
    char *rescue_svg;
    const char *caption; /* of the first; borrowed */
} trb_report_figures;

/** Pictures of one animal for the page. */
typedef struct trb_report_thumbnail {
    char *sample, *group;
    char *base64; /* of a PNG */
} trb_report_thumbnail;

typedef struct trb_report_page {
    const json_t *document;
    const trb_report_options *options;
    trb_report_figures figures;
    const char *distributions; /* their part of the page; "": none */
    size_t n_thumbnails;
    trb_report_thumbnail *thumbnail;
} trb_report_page;

void trb_report_html(FILE *out, const trb_report_page *page);

/** Panels of the metrics that are worth one (at most 24), brackets of the declared comparisons. Clear them.
 *  With options->letters every group has its letters instead of brackets. */
typedef struct trb_report_panels {
    size_t n;
    trb_plot_panel *panel;
    trb_plot_group *group;
    trb_plot_bracket *bracket;
    double *value;
    char (*mark)[32];
    size_t left_out; /* metrics beyond the first 24 */
} trb_report_panels;

trb_status trb_report_panels_init(trb_report_panels *panels, const json_t *document, const trb_report_options *options, trb_error *err);
void trb_report_panels_clear(trb_report_panels *panels);

/** Percent change of every metric and contrast. Clear it. n_rows is 0 when there is nothing to show. */
typedef struct trb_report_forest {
    trb_plot_forest forest;
    trb_plot_forest_row *row;
    trb_plot_interval *interval;
    const char **series;
    size_t *colour;
    char axis[256];
} trb_report_forest;

trb_status trb_report_forest_init(trb_report_forest *forest, const json_t *document, trb_error *err);
/** Percent rescue of every metric. */
trb_status trb_report_rescues_init(trb_report_forest *forest, const json_t *document, trb_error *err);
void trb_report_forest_clear(trb_report_forest *forest);

/** Thumbnails of <folder>/<sample>/qc.png for every animal that has one. Clear them. */
trb_status trb_report_thumbnails(const json_t *document, const char *folder, trb_report_thumbnail **thumbnail, size_t *n, trb_error *err);
void trb_report_thumbnails_clear(trb_report_thumbnail *thumbnail, size_t n);

/** "Sham", "OVX", ...: group g of the design; "" beyond. */
const char *trb_document_group(const json_t *document, size_t g);
size_t trb_document_groups(const json_t *document);

/** Number of comparisons a metric has (the same for all). */
size_t trb_document_contrasts(const json_t *document);

#endif
