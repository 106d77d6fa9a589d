/* plot_caption.c - what a caption must say of a figure of groups. */
#include "present/plot_groups.h"

#include "present/plot_cell.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void say_marks(FILE *out, const trb_plot_options *options)
{
    char interval[60];
    snprintf(interval, sizeof interval, "the %g %% confidence interval", 100 * options->conf_level);
    const char *const spread[3] = {"SD", "SEM", interval};
    if (options->kind == TRB_PLOT_BOX)
        fputs("Boxes are quartiles with the median, whiskers reach to the least and the greatest value", out);
    else
        fprintf(out, "%s are means, whiskers %s", options->kind == TRB_PLOT_BAR ? "Bars" : "Thick lines",
                spread[options->spread]);
    fputs("; each point is one animal.", out);
}

/* Finite values of the group of this name, over all panels. */
static void range_of_n(const trb_plot_panel *panel, size_t n_panels, const char *name, size_t *least,
                       size_t *most)
{
    *least = SIZE_MAX;
    *most = 0;
    for (size_t i = 0; i < n_panels; i++)
        for (size_t g = 0; g < panel[i].n_groups; g++) {
            const trb_plot_group *group = &panel[i].group[g];
            if (strcmp(group->name, name) != 0)
                continue;
            size_t n = 0;
            for (size_t k = 0; k < group->n; k++)
                n += isfinite(group->value[k]) ? 1 : 0;
            *least = n < *least ? n : *least;
            *most = n > *most ? n : *most;
        }
}

static bool met_before(const trb_plot_panel *panel, size_t in_panel, size_t in_group)
{
    const char *name = panel[in_panel].group[in_group].name;
    for (size_t i = 0; i <= in_panel; i++)
        for (size_t g = 0; g < (i < in_panel ? panel[i].n_groups : in_group); g++)
            if (strcmp(panel[i].group[g].name, name) == 0)
                return true;
    return false;
}

static void say_groups(FILE *out, const trb_plot_panel *panel, size_t n_panels)
{
    const char *before = " ";
    for (size_t i = 0; i < n_panels; i++)
        for (size_t g = 0; g < panel[i].n_groups; g++) {
            if (met_before(panel, i, g))
                continue;
            size_t least, most;
            range_of_n(panel, n_panels, panel[i].group[g].name, &least, &most);
            fprintf(out, "%s%s: n = %zu", before, panel[i].group[g].name, least);
            if (most != least)
                fprintf(out, " to %zu, as the metric was known", most);
            before = "; ";
        }
    fputc('.', out);
}

/* What brackets stand for, and which do not stand there. */
static void say_brackets(FILE *out, const trb_plot_panel *panel, size_t n_panels,
                         const trb_plot_options *options)
{
    size_t drawn = 0, hidden = 0, crowded = 0;
    for (size_t i = 0; i < n_panels; i++) {
        size_t shown = 0;
        for (size_t k = 0; k < panel[i].n_brackets; k++) {
            shown += trb_plot_bracket_shown(&panel[i].bracket[k], options);
            hidden += panel[i].bracket[k].p >= 0.05 && !options->show_ns;
        }
        crowded += shown > TRB_PLOT_MOST_BRACKETS;
        drawn += shown > TRB_PLOT_MOST_BRACKETS ? 0 : shown;
    }
    if (drawn && options->stars)
        fprintf(out, " * p < 0.05, ** p < 0.01, *** p < 0.001, **** p < 0.0001%s.",
                options->show_ns ? ", ns p ≥ 0.05" : "");
    if (hidden)
        fputs(" Comparisons with p ≥ 0.05 are not shown.", out);
    if (crowded)
        fprintf(out, " Comparisons of %zu panel%s are in the table only.", crowded, crowded > 1 ? "s" : "");
}

trb_status trb_plot_groups_caption(const trb_plot_panel *panel, size_t n_panels,
                                   const trb_plot_options *options, char **text, trb_error *err)
{
    *text = NULL;
    const trb_status status = trb_plot_groups_check(panel, n_panels, options, err);
    if (status)
        return status;
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    if (!out)
        return trb_error_set(err, TRB_ERR_MEMORY, "caption: out of memory");
    say_marks(out, options);
    say_groups(out, panel, n_panels);
    say_brackets(out, panel, n_panels, options);
    const bool complete = !ferror(out);
    if (fclose(out) != 0 || !complete) {
        free(bytes);
        return trb_error_set(err, TRB_ERR_MEMORY, "caption: out of memory");
    }
    *text = bytes;
    return TRB_OK;
}
