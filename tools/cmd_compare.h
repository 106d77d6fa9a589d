/* cmd_compare.h - the options of trabecula compare, shared by its parts. */
#ifndef CMD_COMPARE_H
#define CMD_COMPARE_H

#include "cli.h"

#include "trabecula/report.h"

struct compare_options {
    int import, unit, test, adjust, style, kind, spread, measure, model;
    const char *sample, *group, *animal, *side, *time, *design, *exclude_file, *group_order, *control, *reference, *primary, *covariate, *specimen, *repeat, *distributions;
    const char *title, *output;
    cli_list exclude, rescue, paired_columns, metrics, pairs, factors, format;
    bool paired, longitudinal, ordered, prism, full, stars, ns, letters, json, force, no_hartung_knapp;
    int64_t sums_of_squares, seed, dpi;
    double alpha, conf;
    cli_length width;
};

/** How figures and report are to look. */
trb_report_options cmd_compare_report(const cli_call *call);

/** How tables are to be read. */
trb_cohort_options cmd_compare_cohort(const cli_call *call);

/** compare precision TABLE: repeated scans of the same specimens. */
int cmd_compare_precision(cli_call *call);

/** compare meta TABLE: several studies pooled. */
int cmd_compare_meta(cli_call *call);

#endif
