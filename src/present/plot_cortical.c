/* plot_cortical.c - how a cortex changes along the bone: areas, thickness, porosity, moments. */
#include "trabecula/cortical.h"
#include "trabecula/plot.h"

#include "core/memory.h"

#include <stddef.h>
#include <stdlib.h>

#define MOST_LINES 3

struct line {
    const char *name;
    size_t offset; /* of a double in trb_cortical_slice */
    double factor;
};

struct panel {
    const char *title, *unit;
    struct line line[MOST_LINES];
};

#define FIELD(field) offsetof(trb_cortical_slice, field)
/* Names and colours: total, cortex, medulla in every panel that has them. */
static const struct panel PANELS[] = {
    {"area", "mm^2", {{"Tt", FIELD(tt_ar), 1}, {"Ct", FIELD(ct_ar), 1}, {"Ma", FIELD(ma_ar), 1}}},
    {"thickness", "mm", {{"Ct", FIELD(ct_th), 1}, {"Ct, model", FIELD(ct_th_model), 1}}},
    {"Ct.Po", "%", {{"Ct", FIELD(ct_po), 100}}},
    {"second moment of area", "mm^4", {{"J", FIELD(j), 1}, {"Imax", FIELD(i_max), 1}, {"Imin", FIELD(i_min), 1}}},
};
#define CHARTS (sizeof PANELS / sizeof *PANELS)

trb_status trb_cortical_plot_write(const trb_cortical *cortical, const char *title, const char *path, trb_error *err)
{
    const size_t n = cortical->n;
    if (n < 2)
        return trb_error_set(err, TRB_ERR_DATA, "a figure along z needs two slices");
    trb_plot_series series[CHARTS][MOST_LINES] = {{{0}}};
    trb_plot_chart charts[CHARTS] = {{0}};
    double *values = trb_alloc((CHARTS * MOST_LINES + 1) * n, sizeof *values, "a figure of the cortex", err);
    if (!values)
        return TRB_ERR_MEMORY;
    double *next = values + n;
    for (size_t i = 0; i < n; i++)
        values[i] = cortical->slice[i].z_mm;
    for (size_t c = 0; c < CHARTS; c++) {
        charts[c] = (trb_plot_chart){.title = PANELS[c].title, .unit = PANELS[c].unit, .x_title = "z", .x_unit = "mm", .series = series[c]};
        for (size_t s = 0; s < MOST_LINES && PANELS[c].line[s].name; s++, next += n) {
            const struct line *line = &PANELS[c].line[s];
            for (size_t i = 0; i < n; i++)
                next[i] = line->factor * *(const double *)(const void *)((const char *)&cortical->slice[i] + line->offset);
            series[c][s] = (trb_plot_series){.name = line->name, .n = n, .x = values, .mean = next};
            charts[c].n_series = s + 1;
        }
    }
    trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    options.columns = 2;
    options.title = title;
    const trb_status status = trb_plot_distribution_write(charts, CHARTS, &options, path, err);
    free(values);
    return status;
}
