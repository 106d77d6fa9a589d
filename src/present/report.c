/* report.c - all files of a report: made in memory first, so that a failure leaves no half of it. */
#include "core/memory.h"
#include "core/new_file.h"
#include "present/report_files.h"
#include "present/report_parts.h"
#include "study/compare_parts.h"
#include "study/document_read.h"
#include "trabecula/record.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

trb_report_options trb_report_options_default(void)
{
    trb_report_options options = {.plot = trb_plot_options_default(TRB_PLOT_PAPER), .svg = true, .pdf = true, .png = true};
    return options;
}

/* Text files that need nothing but the document. */
static const struct {
    const char *name;
    trb_report_writer write;
    const char *only_with; /* a table of the document that must not be empty; NULL: always */
} FILES[] = {
    {"summary.txt", trb_report_summary, NULL},
    {"descriptives.csv", trb_report_descriptives, NULL},
    {"comparisons.csv", trb_report_comparisons, NULL},
    {"omnibus.csv", trb_report_omnibus, NULL},
    {"rescue.csv", trb_report_rescue, "rescue"},
    {"diagnostics.csv", trb_report_diagnostics, NULL},
    {"designs.csv", trb_report_designs, "designs"},
    {"planning.csv", trb_report_planning, "comparisons"},
    {"animals.csv", trb_report_animals, NULL},
    {"meta.csv", trb_report_meta, NULL},
    {"prism.csv", trb_report_prism, NULL},
    {"table.csv", trb_report_table_csv, NULL},
    {"table.md", trb_report_table_markdown, NULL},
    {"table.tex", trb_report_table_latex, NULL},
    {"methods.txt", trb_report_methods, NULL},
};
#define N_FILES (sizeof FILES / sizeof *FILES)
static const char *const FIGURES[] = {"metrics", "forest", "rescue"};
static const char *const ENDINGS[] = {"svg", "pdf", "png"};

/* Every name that would be written must be free, before anything is written. */
static trb_status check_free(const char *folder, const trb_report_distributions *distributions, trb_error *err)
{
    char path[4096], name[64], other[128];
    const char *taken = NULL;
    for (size_t i = 0; i < N_FILES; i++)
        if (access(trb_report_join(folder, FILES[i].name, path), F_OK) == 0)
            taken = FILES[i].name;
    if (access(trb_report_join(folder, "report.html", path), F_OK) == 0)
        taken = "report.html";
    if (access(trb_report_join(folder, "captions.txt", path), F_OK) == 0)
        taken = "captions.txt";
    if (access(trb_report_join(folder, "stats.json", path), F_OK) == 0)
        taken = "stats.json";
    for (size_t f = 0; f < 3; f++)
        for (size_t e = 0; e < 3; e++) {
            snprintf(name, sizeof name, "figures/%s.%s", FIGURES[f], ENDINGS[e]);
            if (access(trb_report_join(folder, name, path), F_OK) == 0)
                taken = "figures";
        }
    if (!taken)
        taken = trb_report_distributions_taken(distributions, folder, other);
    if (taken)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s/%s exists: give --force to replace the report, or another folder", folder, taken);
    return TRB_OK;
}

static trb_status write_text(const char *folder, const char *name, trb_report_writer writer, const json_t *document, trb_error *err)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out)
        writer(out, document);
    return trb_report_finish(out, &text, folder, name, err);
}

/* ---- figures */

typedef struct figures {
    trb_report_panels panels;
    trb_report_forest forest, rescue;
    trb_report_distributions distributions;
} figures;

static trb_status write_figure(const figures *f, int which, const trb_report_options *o, const char *folder, trb_error *err)
{
    const bool wanted[3] = {o->svg, o->pdf, o->png};
    char path[4096], name[64];
    trb_status status = TRB_OK;
    for (int e = 0; !status && e < 3; e++) {
        if (!wanted[e])
            continue;
        snprintf(name, sizeof name, "figures/%s.%s", FIGURES[which], ENDINGS[e]);
        trb_report_join(folder, name, path);
        status = which == 0 ? trb_plot_groups_write(f->panels.panel, f->panels.n, &o->plot, path, err)
                 : trb_plot_forest_write(which == 1 ? &f->forest.forest : &f->rescue.forest, &o->plot, path, err);
    }
    return status;
}

static void figures_clear(figures *f)
{
    trb_report_panels_clear(&f->panels);
    trb_report_forest_clear(&f->forest);
    trb_report_forest_clear(&f->rescue);
    trb_report_distributions_clear(&f->distributions);
}

static trb_status figures_init(figures *f, const json_t *document, const trb_report_options *options, trb_error *err)
{
    memset(f, 0, sizeof *f);
    trb_status status = trb_report_panels_init(&f->panels, document, options, err);
    if (!status)
        status = trb_report_forest_init(&f->forest, document, err);
    if (!status)
        status = trb_report_rescues_init(&f->rescue, document, err);
    if (!status)
        status = trb_report_distributions_init(&f->distributions, document, options, err);
    if (status)
        figures_clear(f);
    return status;
}

/* What the page shows is as wide as two journal columns, whatever the files are. */
static trb_status page_figures(const figures *f, const trb_report_options *o, trb_report_figures *page, trb_error *err)
{
    trb_plot_options plot = o->plot;
    trb_status status = trb_plot_groups_svg(f->panels.panel, f->panels.n, &plot, &page->metrics_svg, err);
    if (!status && f->forest.forest.n_rows)
        status = trb_plot_forest_svg(&f->forest.forest, &plot, &page->forest_svg, err);
    if (!status && f->rescue.forest.n_rows)
        status = trb_plot_forest_svg(&f->rescue.forest, &plot, &page->rescue_svg, err);
    return status;
}

static trb_status page_distributions(const figures *f, const trb_report_options *o, char **text, trb_error *err)
{
    size_t size;
    FILE *out = open_memstream(text, &size);
    trb_status status = out ? trb_report_distributions_html(out, &f->distributions, &o->plot, err) : TRB_OK;
    if (!out || (fclose(out) != 0 && !status))
        status = trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the report");
    return status;
}

static trb_status write_captions(const json_t *document, const figures *f, const char *figure, bool letters, const char *folder, trb_error *err)
{
    char *text = NULL, path[4096];
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out)
        trb_report_captions(out, document, figure, letters, &f->distributions);
    trb_status status = TRB_OK;
    if (!out || fclose(out) != 0)
        status = trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the captions");
    if (!status)
        status = trb_text_write(trb_report_join(folder, "captions.txt", path), text, true, err);
    free(text);
    return status;
}

static trb_status write_page(const json_t *document, const figures *f, const char *caption, const trb_report_options *o, const char *folder,
                             trb_error *err)
{
    trb_report_page page = {.document = document, .options = o, .figures = {.caption = caption}};
    char *text = NULL, *distributions = NULL, path[4096];
    size_t size;
    trb_status status = page_figures(f, o, &page.figures, err);
    if (!status)
        status = page_distributions(f, o, &distributions, err);
    page.distributions = distributions;
    if (!status && o->pictures)
        status = trb_report_thumbnails(document, o->pictures, &page.thumbnail, &page.n_thumbnails, err);
    if (!status) {
        FILE *out = open_memstream(&text, &size);
        if (out)
            trb_report_html(out, &page);
        if (!out || fclose(out) != 0)
            status = trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the report");
    }
    if (!status)
        status = trb_text_write(trb_report_join(folder, "report.html", path), text, true, err);
    free(text);
    free(distributions);
    free(page.figures.metrics_svg);
    free(page.figures.forest_svg);
    free(page.figures.rescue_svg);
    trb_report_thumbnails_clear(page.thumbnail, page.n_thumbnails);
    return status;
}

static trb_status write_json(const trb_comparison *comparison, const char *folder, trb_error *err)
{
    char *text, path[4096];
    trb_status status = trb_comparison_json(comparison, &text, err);
    if (!status)
        status = trb_text_write(trb_report_join(folder, "stats.json", path), text, true, err);
    free(text);
    return status;
}

trb_status trb_report_write(const trb_comparison *comparison, const trb_report_options *options, const char *folder, trb_error *err)
{
    const json_t *document = comparison->document;
    char path[4096];
    figures f;
    trb_status status = figures_init(&f, document, options, err);
    if (status)
        return status;
    if (!options->force)
        status = check_free(folder, &f.distributions, err);
    if (!status)
        status = trb_report_folder(folder, err);
    if (!status && (options->svg || options->pdf || options->png))
        status = trb_report_folder(trb_report_join(folder, "figures", path), err);
    for (size_t i = 0; !status && i < N_FILES; i++)
        if (!FILES[i].only_with || json_array_size(json_object_get(document, FILES[i].only_with)))
            status = write_text(folder, FILES[i].name, FILES[i].write, document, err);
    if (!status)
        status = write_json(comparison, folder, err);
    if (!status)
        status = write_figure(&f, 0, options, folder, err);
    if (!status && f.forest.forest.n_rows)
        status = write_figure(&f, 1, options, folder, err);
    if (!status && f.rescue.forest.n_rows)
        status = write_figure(&f, 2, options, folder, err);
    if (!status)
        status = trb_report_distributions_write(&f.distributions, options, folder, err);
    char *caption = NULL;
    trb_plot_options plot = options->plot;
    plot.conf_level = trb_doc_number(document, "conf_level");
    if (!status)
        status = trb_plot_groups_caption(f.panels.panel, f.panels.n, &plot, &caption, err);
    if (!status)
        status = write_captions(document, &f, caption, options->letters, folder, err);
    if (!status) /* last: who finds it finds all that it speaks of */
        status = write_page(document, &f, caption, options, folder, err);
    free(caption);
    figures_clear(&f);
    return status;
}
