/*
 * plot.h - figures of a cohort as papers print them: SVG, PDF and PNG from one drawing.
 *
 * Conventions of all figures: sizes are print sizes; a group has the same colour in every panel (Okabe and
 * Ito's palette, or greys, hatches and marker shapes in TRB_PLOT_MONO); groups stand in the order given; an
 * unknown number is NaN, and what cannot be drawn leaves its place with "n/a". Same input and same fonts
 * give the same bytes: no dates, no names of the machine, no locale.
 */
#ifndef TRABECULA_PLOT_H
#define TRABECULA_PLOT_H

#include "trabecula/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum trb_plot_style {
    TRB_PLOT_PAPER, /* two journal columns, 7 pt, colour */
    TRB_PLOT_SLIDE, /* 254 mm, 14 pt, heavier lines */
    TRB_PLOT_MONO   /* as paper, without colour */
} trb_plot_style;

typedef enum trb_plot_spread { TRB_PLOT_SD, TRB_PLOT_SEM, TRB_PLOT_CI } trb_plot_spread;

typedef enum trb_plot_kind {
    TRB_PLOT_BAR,    /* bar to the mean, whisker, every animal; the axis has zero */
    TRB_PLOT_POINTS, /* every animal, mean line, whisker; the axis need not have zero */
    TRB_PLOT_BOX     /* quartiles, median, whiskers to the least and greatest, every animal */
} trb_plot_kind;

/** How figures look. Start from trb_plot_options_default(). */
typedef struct trb_plot_options {
    trb_plot_style style;
    double width_mm;        /* 85 and 174 are one and two journal columns; 40 to 1000 */
    size_t columns;         /* panels in a row; 0: as many as stay legible */
    trb_plot_spread spread; /* what the whiskers of bars and points are, and the bands over time */
    double conf_level;      /* of the intervals that groups bring: the caption says it */
    trb_plot_kind kind;
    bool stars;        /* * < .05, ** < .01, *** < .001, **** < .0001; otherwise exact p */
    bool show_ns;      /* brackets also where p >= .05: "ns", or their p */
    bool letters;      /* panel letters A, B, C */
    double dpi;        /* of PNG; 30 to 1200 */
    const char *title; /* above the figure; may be NULL. Also what a screen reader says of an SVG */
    const char *font;  /* family; NULL: Liberation Sans, which has the widths of Arial and Helvetica */
} trb_plot_options;

/** Bars, SD, exact p, width and sizes of the style; 300 dpi (slide: 150). */
TRB_API trb_plot_options trb_plot_options_default(trb_plot_style style);

/** One group of one metric. All pointers are borrowed. */
typedef struct trb_plot_group {
    const char *name; /* any bytes; the colour goes with the name */
    size_t n;
    const double *value; /* one an animal; those that are not finite are not drawn and not counted */
    double mean, sd, sem, ci_lo, ci_hi, median, q1, q3; /* NaN: unknown, not drawn */
    const char *mark; /* above the column: "ab" of a letter display, "*"; may be NULL */
} trb_plot_group;

/** A comparison of groups a and b (indices into the panel's groups); a NaN p is not drawn. */
typedef struct trb_plot_bracket {
    size_t a, b;
    double p;
} trb_plot_bracket;

/** One metric. */
typedef struct trb_plot_panel {
    const char *title; /* "BV/TV" */
    const char *unit;  /* "%", "1/mm^3"; NULL or "": none */
    size_t n_groups;
    const trb_plot_group *group;
    size_t n_brackets;
    const trb_plot_bracket *bracket;
} trb_plot_panel;

/**
 * A grid of panels, one a metric: bars (or boxes, or points alone), every animal as a point, brackets with p.
 *
 * Convention  No point overlaps another of its panel: neighbours move aside, in an order that depends on
 *             the values alone; where they do not fit, the points of that panel get smaller, and below 0.2
 *             mm they are left out and the panel says so. Brackets never cross text or data. More than 24
 *             brackets in a panel are left out and the panel says how many, because no one could read them.
 * Input       1 or more panels. path ends in .svg, .pdf or .png.
 * Output      An existing file is replaced; the final name appears only complete.
 * Errors      TRB_ERR_ARGUMENT: no panel, an option out of range, a bracket of a group that is not there,
 *             another ending; TRB_ERR_IO; TRB_ERR_MEMORY.
 * Cost        Milliseconds a panel; PNG 4 bytes a pixel.
 * Threads     Reentrant. Uses the calling thread.
 */
TRB_API TRB_NODISCARD trb_status trb_plot_groups_write(const trb_plot_panel *panel, size_t n_panels,
                                                       const trb_plot_options *options, const char *path,
                                                       trb_error *err);

/** The same as SVG text to put into HTML: no XML declaration, no ids, so that one page may hold many. *text
 * is yours: free(). NULL unless TRB_OK is returned. */
TRB_API TRB_NODISCARD trb_status trb_plot_groups_svg(const trb_plot_panel *panel, size_t n_panels,
                                                     const trb_plot_options *options, char **text,
                                                     trb_error *err);

/**
 * What the figure's caption must say of the drawing: what bars, whiskers and points are, n of each group,
 * what stars mean, and that brackets were left out. The tests behind p are for the caller to add.
 *
 * Input       As trb_plot_groups_write().
 * Output      *text: sentences on one line, UTF-8. Yours: free(). NULL unless TRB_OK is returned.
 * Errors      TRB_ERR_ARGUMENT as there; TRB_ERR_MEMORY.
 */
TRB_API TRB_NODISCARD trb_status trb_plot_groups_caption(const trb_plot_panel *panel, size_t n_panels,
                                                         const trb_plot_options *options, char **text,
                                                         trb_error *err);

/** An estimate with its interval. */
typedef struct trb_plot_interval {
    double estimate;  /* NaN: "n/a" */
    double low, high; /* -INFINITY, INFINITY: unbounded, drawn as an arrow; NaN, or low > high: unknown */
    double weight; /* of a study, in any unit: area of its square, and printed in percent; 0: a round point */
} trb_plot_interval;

typedef enum trb_plot_row {
    TRB_PLOT_ROW_PLAIN,
    TRB_PLOT_ROW_SUMMARY,   /* pooled: a diamond from low to high, bold */
    TRB_PLOT_ROW_PREDICTION /* prediction interval: a line without point */
} trb_plot_row;

typedef struct trb_plot_forest_row {
    const char *label; /* metric, or study */
    trb_plot_row kind;
    const trb_plot_interval *interval; /* one a series */
} trb_plot_forest_row;

/** Estimates with intervals on one axis: percent of control of all metrics, or the studies of a
 * meta-analysis. */
typedef struct trb_plot_forest {
    const char *axis;          /* "difference from OVX (% of OVX)" */
    const char *value_unit;    /* behind the printed numbers, "%"; NULL or "": none */
    const char *value_title;   /* above them, "g [95 % CI]"; may be NULL */
    size_t n_series;           /* contrasts, one colour each; 1 for a meta-analysis */
    const char *const *series; /* their names; may be NULL when there is one */
    const size_t
        *colour; /* their colour numbers: give the position of the group in the panels, so that it keeps
                                  its colour; NULL: 0, 1, 2 */
    size_t n_rows;
    const trb_plot_forest_row *row;
    double reference;                 /* a vertical line: 0, or 100 %; NaN: none */
    const char *low_side, *high_side; /* "favours OVX", "favours EV" below the axis; may be NULL */
} trb_plot_forest;

/**
 * The figure of a trb_plot_forest, with the numbers printed at the right.
 *
 * Convention  Intervals that are unbounded, or so wide that they would squeeze all others, end in an arrow
 *             at the edge; the printed numbers say what they are.
 * The rest as trb_plot_groups_write().
 */
TRB_API TRB_NODISCARD trb_status trb_plot_forest_write(const trb_plot_forest *forest,
                                                       const trb_plot_options *options, const char *path,
                                                       trb_error *err);

/** As trb_plot_groups_svg(). */
TRB_API TRB_NODISCARD trb_status trb_plot_forest_svg(const trb_plot_forest *forest,
                                                     const trb_plot_options *options, char **text,
                                                     trb_error *err);

/** Values of one animal over x, in the order of x. */
typedef struct trb_plot_trace {
    size_t n;
    const double *x, *y; /* a y that is not finite breaks the line */
} trb_plot_trace;

/** One group over x: its mean with what is around it, and its animals. Borrowed. */
typedef struct trb_plot_series {
    const char *name; /* the colour goes with the name, as in panels */
    size_t n;
    const double *x, *mean;   /* x ascending */
    const double *low, *high; /* whiskers or band: the caller chooses SD, SEM or CI; may be NULL */
    size_t n_traces;
    const trb_plot_trace *trace;
} trb_plot_series;

/** One metric over time, or one distribution. */
typedef struct trb_plot_chart {
    const char *title, *unit;     /* of the y axis: "BV/TV", "%" */
    const char *x_title, *x_unit; /* "time after surgery", "weeks" */
    size_t n_series;
    const trb_plot_series *series;
} trb_plot_chart;

/**
 * Means over time: a line and whiskers a group, moved aside a little so that whiskers stay apart; animals
 * as thin lines.
 *
 * Convention  One key, with every name that is met, stands above the charts.
 * Input       options: stars, show_ns, spread and kind are not used.
 * The rest as trb_plot_groups_write().
 */
TRB_API TRB_NODISCARD trb_status trb_plot_time_write(const trb_plot_chart *chart, size_t n_charts,
                                                     const trb_plot_options *options, const char *path,
                                                     trb_error *err);

/** As trb_plot_groups_svg(). */
TRB_API TRB_NODISCARD trb_status trb_plot_time_svg(const trb_plot_chart *chart, size_t n_charts,
                                                   const trb_plot_options *options, char **text,
                                                   trb_error *err);

/**
 * Distributions, such as thickness over the bone: a line a group with a translucent band. The y axis starts
 * from zero. Otherwise as trb_plot_time_write().
 */
TRB_API TRB_NODISCARD trb_status trb_plot_distribution_write(const trb_plot_chart *chart, size_t n_charts,
                                                             const trb_plot_options *options,
                                                             const char *path, trb_error *err);

/** As trb_plot_groups_svg(). */
TRB_API TRB_NODISCARD trb_status trb_plot_distribution_svg(const trb_plot_chart *chart, size_t n_charts,
                                                           const trb_plot_options *options, char **text,
                                                           trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
