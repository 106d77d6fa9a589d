/* report_distributions.h - mean distributions of groups: figures, tables, captions. */
#ifndef TRB_REPORT_DISTRIBUTIONS_H
#define TRB_REPORT_DISTRIBUTIONS_H

#include "trabecula/report.h"

#include <jansson.h>
#include <stdio.h>

/** One figure. All of it belongs to the trb_report_distributions. */
typedef struct trb_report_distribution {
    const json_t *node;  /* of the document; borrowed */
    char stem[64];       /* "distribution_Tb.Th", of its files */
    trb_plot_chart chart;
    trb_plot_series *series;
    double *numbers;     /* x, then mean, low and high of each series */
    char *caption;
    char title[64];      /* of the y axis */
} trb_report_distribution;

typedef struct trb_report_distributions {
    size_t n;
    trb_report_distribution *item;
} trb_report_distributions;

/** Charts of all distributions of the document; n is 0 when it has none. Clear it. Errors: TRB_ERR_MEMORY. */
trb_status trb_report_distributions_init(trb_report_distributions *all, const json_t *document, const trb_report_options *options,
                                         trb_error *err);
void trb_report_distributions_clear(trb_report_distributions *all);

/** A file that distributions would write and that exists, or NULL. name: a buffer for it. */
const char *trb_report_distributions_taken(const trb_report_distributions *all, const char *folder, char name[128]);

/** figures/distribution_*.svg, .pdf, .png; distribution_*.csv; distribution_percentiles.csv. */
trb_status trb_report_distributions_write(const trb_report_distributions *all, const trb_report_options *options, const char *folder,
                                          trb_error *err);

/** The figures and the table of percentiles on the page. */
trb_status trb_report_distributions_html(FILE *out, const trb_report_distributions *all, const trb_plot_options *plot, trb_error *err);

/** "Figure 4 (figures/distribution_Tb.Th). ...", from number `first` on. */
void trb_report_distributions_captions(FILE *out, const trb_report_distributions *all, size_t first);

#endif
