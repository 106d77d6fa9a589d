/* report_distributions.c - from the distributions of the document to charts, tables and captions. */
#include "present/report_distributions.h"

#include "core/memory.h"
#include "present/report_files.h"
#include "present/report_words.h"
#include "record/csv_field.h"
#include "study/document_read.h"
#include "trabecula/record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PERCENTILES "distribution_percentiles.csv"
#define LEAST_SHOWN 0.01 /* percent: ends where every group has less are not drawn */

static double nth(const json_t *array, size_t i)
{
    const json_t *value = json_array_get(array, i);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* ---- charts */

static void shown_bins(const json_t *node, size_t *first, size_t *end)
{
    const json_t *series;
    size_t i;
    *first = json_array_size(json_object_get(node, "edges"));
    *end = 0;
    json_array_foreach (json_object_get(node, "series"), i, series) {
        const json_t *mean = json_object_get(series, "mean");
        for (size_t k = 0; k < json_array_size(mean); k++)
            if (nth(mean, k) >= LEAST_SHOWN) {
                *first = k < *first ? k : *first;
                *end = k + 1 > *end ? k + 1 : *end;
            }
    }
    if (*first > *end)
        *first = *end;
    *first -= *first > 0; /* lines come up from nothing and go back to it */
    *end += *end + 1 < json_array_size(json_object_get(node, "edges"));
}

static double spread_of(const json_t *series, size_t k, trb_plot_spread spread)
{
    const double sd = nth(json_object_get(series, "sd"), k);
    return spread == TRB_PLOT_CI ? nth(json_object_get(series, "ci_half"), k)
           : spread == TRB_PLOT_SEM ? sd / sqrt(trb_doc_number(series, "n"))
                                    : sd;
}

static trb_status make_caption(trb_report_distribution *d, trb_plot_spread spread, double conf_level, trb_error *err)
{
    const json_t *series;
    char width[32];
    size_t size, i;
    snprintf(width, sizeof width, "%.4g", trb_doc_number(d->node, "bin_width"));
    FILE *out = open_memstream(&d->caption, &size);
    if (!out)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a caption");
    fprintf(out, "Distribution of %s: percent of the %s volume in bins of %s %s. Lines are means over animals of each animal's own distribution (",
            trb_doc_text(d->node, "metric"), trb_doc_text(d->node, "phase"), width, trb_doc_text(d->node, "unit"));
    json_array_foreach (json_object_get(d->node, "series"), i, series)
        fprintf(out, "%s%s n = %lld", i ? ", " : "", trb_doc_text(series, "name"), (long long)json_integer_value(json_object_get(series, "n")));
    if (spread == TRB_PLOT_CI)
        fprintf(out, "), bands %g %% confidence intervals of each bin", 100 * conf_level);
    else
        fprintf(out, "), bands %s", spread == TRB_PLOT_SEM ? "SEM" : "SD");
    fputs(", cut at 0. Ends where every mean is below 0.01 % are not drawn.", out);
    if (json_is_true(json_object_get(d->node, "evened")))
        fputs(" Bins of the scans that reach over those of the figure were divided by their overlap.", out);
    fputs(" Bins are not tested: they depend on each other, and their number is arbitrary; percentiles show where groups differ.", out);
    if (fclose(out) == 0)
        return TRB_OK;
    return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a caption");
}

/* "Po(tot)/x" must be a name of a file. */
static void make_stem(char *stem, size_t size, const char *metric)
{
    snprintf(stem, size, "distribution_%.40s", metric);
    for (char *p = stem; *p; p++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", *p))
            *p = '_';
}

static trb_status make_chart(trb_report_distribution *d, const json_t *node, trb_plot_spread spread, trb_error *err)
{
    const json_t *all = json_object_get(node, "series"), *edges = json_object_get(node, "edges");
    const size_t n_series = json_array_size(all);
    size_t first, end;
    shown_bins(node, &first, &end);
    const size_t n = end - first;
    d->node = node;
    make_stem(d->stem, sizeof d->stem, trb_doc_text(node, "metric"));
    d->series = trb_alloc_zero(n_series + 1, sizeof *d->series, "a figure", err);
    d->numbers = trb_alloc_zero((1 + 3 * n_series) * n + 1, sizeof *d->numbers, "a figure", err);
    if (!d->series || !d->numbers)
        return TRB_ERR_MEMORY;
    double *x = d->numbers;
    for (size_t k = 0; k < n; k++)
        x[k] = (nth(edges, first + k) + nth(edges, first + k + 1)) / 2;
    for (size_t s = 0; s < n_series; s++) {
        const json_t *series = json_array_get(all, s);
        d->series[s].name = trb_doc_text(series, "name"); /* also without a line: the colours are those of the panels */
        if (json_integer_value(json_object_get(series, "n")) == 0)
            continue;
        double *mean = x + (1 + 3 * s) * n, *low = mean + n, *high = low + n;
        for (size_t k = 0; k < n; k++) {
            const double half = spread_of(series, first + k, spread);
            mean[k] = nth(json_object_get(series, "mean"), first + k);
            low[k] = fmax(mean[k] - half, 0);
            high[k] = mean[k] + half;
            if (isnan(half))
                low[k] = NAN; /* fmax(NaN, 0) is 0 */
        }
        d->series[s] = (trb_plot_series){.name = trb_doc_text(series, "name"), .n = n, .x = x, .mean = mean, .low = low, .high = high};
    }
    snprintf(d->title, sizeof d->title, "share of %.40s", trb_doc_text(node, "phase"));
    d->chart = (trb_plot_chart){.title = d->title, .unit = "%", .x_title = trb_doc_text(node, "metric"), .x_unit = trb_doc_text(node, "unit"),
                                .n_series = n_series, .series = d->series};
    return TRB_OK;
}

void trb_report_distributions_clear(trb_report_distributions *all)
{
    for (size_t i = 0; i < all->n; i++) {
        free(all->item[i].series);
        free(all->item[i].numbers);
        free(all->item[i].caption);
    }
    free(all->item);
    memset(all, 0, sizeof *all);
}

trb_status trb_report_distributions_init(trb_report_distributions *all, const json_t *document, const trb_report_options *options,
                                         trb_error *err)
{
    const json_t *nodes = json_object_get(document, "distributions"), *node;
    size_t i;
    memset(all, 0, sizeof *all);
    all->item = trb_alloc_zero(json_array_size(nodes) + 1, sizeof *all->item, "figures", err);
    trb_status status = all->item ? TRB_OK : TRB_ERR_MEMORY;
    json_array_foreach (nodes, i, node) {
        if (status)
            break;
        all->n = i + 1;
        status = make_chart(&all->item[i], node, options->plot.spread, err);
        if (!status)
            status = make_caption(&all->item[i], options->plot.spread, trb_doc_number(document, "conf_level"), err);
    }
    if (status)
        trb_report_distributions_clear(all);
    return status;
}

/* ---- files */

static void put_numbers(FILE *out, const double *value, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fputc(',', out);
        trb_csv_put_number(out, value[i]);
    }
}

static void put_bins(FILE *out, const trb_report_distribution *all, size_t n)
{
    const json_t *edges = json_object_get(all->node, "edges"), *series;
    size_t s;
    (void)n; /* one metric a table */
    fputs("metric,unit,group,time,bin_from,bin_to,mean_percent,sd,sem,ci_lo,ci_hi,n\n", out);
    json_array_foreach (json_object_get(all->node, "series"), s, series)
        for (size_t k = 0; k + 1 < json_array_size(edges); k++) {
            const double mean = nth(json_object_get(series, "mean"), k), count = trb_doc_number(series, "n");
            const double half = spread_of(series, k, TRB_PLOT_CI);
            const double value[] = {nth(edges, k), nth(edges, k + 1), mean, spread_of(series, k, TRB_PLOT_SD), spread_of(series, k, TRB_PLOT_SEM),
                                    mean - half, mean + half, count};
            trb_csv_put(out, trb_doc_text(all->node, "metric"));
            fputc(',', out);
            trb_csv_put(out, trb_doc_text(all->node, "unit"));
            fputc(',', out);
            trb_csv_put(out, trb_doc_text(series, "group"));
            fputc(',', out);
            trb_csv_put(out, trb_doc_text(series, "time"));
            put_numbers(out, value, sizeof value / sizeof *value);
            fputc('\n', out);
        }
}

static void put_percentiles(FILE *out, const trb_report_distribution *all, size_t n)
{
    fputs("metric,unit,group,time,percentile,mean,sd,ci_lo,ci_hi,n\n", out);
    for (size_t i = 0; i < n; i++) {
        const json_t *row;
        size_t r;
        json_array_foreach (json_object_get(all[i].node, "percentiles"), r, row) {
            const double mean = trb_doc_number(row, "mean"), half = trb_doc_number(row, "ci_half");
            const double value[] = {trb_doc_number(row, "percentile"), mean, trb_doc_number(row, "sd"), mean - half, mean + half,
                                    trb_doc_number(row, "n")};
            const char *const names[] = {trb_doc_text(all[i].node, "metric"), trb_doc_text(all[i].node, "unit"), trb_doc_text(row, "group"),
                                         trb_doc_text(row, "time")};
            for (size_t k = 0; k < 4; k++) {
                fputs(k ? "," : "", out);
                trb_csv_put(out, names[k]);
            }
            put_numbers(out, value, sizeof value / sizeof *value);
            fputc('\n', out);
        }
    }
}

static bool any_percentiles(const trb_report_distributions *all)
{
    for (size_t i = 0; i < all->n; i++)
        if (json_array_size(json_object_get(all->item[i].node, "percentiles")))
            return true;
    return false;
}

static trb_status write_table(const char *folder, const char *name, void (*put)(FILE *, const trb_report_distribution *, size_t),
                              const trb_report_distribution *items, size_t n, trb_error *err)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out)
        put(out, items, n);
    return trb_report_finish(out, &text, folder, name, err);
}

static const char *const ENDINGS[] = {"svg", "pdf", "png"};

const char *trb_report_distributions_taken(const trb_report_distributions *all, const char *folder, char name[128])
{
    char path[4096];
    for (size_t i = 0; i < all->n; i++)
        for (size_t e = 0; e < 4; e++) {
            snprintf(name, 128, e < 3 ? "figures/%s.%s" : "%s.%s", all->item[i].stem, e < 3 ? ENDINGS[e] : "csv");
            if (access(trb_report_join(folder, name, path), F_OK) == 0)
                return name;
        }
    snprintf(name, 128, "%s", PERCENTILES);
    return all->n && access(trb_report_join(folder, name, path), F_OK) == 0 ? name : NULL;
}

trb_status trb_report_distributions_write(const trb_report_distributions *all, const trb_report_options *options, const char *folder,
                                          trb_error *err)
{
    const bool wanted[3] = {options->svg, options->pdf, options->png};
    char path[4096], name[128];
    trb_status status = TRB_OK;
    for (size_t i = 0; !status && i < all->n; i++) {
        const trb_report_distribution *d = &all->item[i];
        for (int e = 0; !status && e < 3; e++) {
            snprintf(name, sizeof name, "figures/%s.%s", d->stem, ENDINGS[e]);
            if (wanted[e])
                status = trb_plot_distribution_write(&d->chart, 1, &options->plot, trb_report_join(folder, name, path), err);
        }
        snprintf(name, sizeof name, "%s.csv", d->stem);
        if (!status)
            status = write_table(folder, name, put_bins, d, 1, err);
    }
    return status || !any_percentiles(all) ? status : write_table(folder, PERCENTILES, put_percentiles, all->item, all->n, err);
}

void trb_report_distributions_captions(FILE *out, const trb_report_distributions *all, size_t first)
{
    for (size_t i = 0; i < all->n; i++)
        fprintf(out, "\nFigure %zu (figures/%s). %s\n", first + i, all->item[i].stem, all->item[i].caption);
}

/* ---- the page */

/* Rows of the page: a metric and percentile; columns: groups. */
static void put_page_row(FILE *out, const json_t *node, double percent)
{
    const json_t *series, *row, *rows = json_object_get(node, "percentiles");
    size_t s, r;
    char text[96], mean[40], sd[40];
    double least = INFINITY; /* the row's smallest SD decides its decimals */
    json_array_foreach (rows, r, row) {
        const double spread = trb_doc_number(row, "sd");
        least = trb_doc_number(row, "percentile") == percent && spread > 0 ? fmin(least, spread) : least;
    }
    const int decimals = isinf(least) ? 4 : trb_word_decimals(least);
    fputs("<tr><td>", out);
    trb_put_html(out, trb_doc_text(node, "metric"));
    fprintf(out, " [");
    trb_put_html(out, trb_doc_text(node, "unit"));
    fprintf(out, "]</td><td class=\"n\">%g</td>", percent);
    json_array_foreach (json_object_get(node, "series"), s, series) {
        text[0] = 0;
        json_array_foreach (rows, r, row)
            if (trb_doc_number(row, "percentile") == percent && strcmp(trb_doc_text(row, "name"), trb_doc_text(series, "name")) == 0) {
                snprintf(text, sizeof text, "%s \u00b1 %s (%g)", trb_word_number(trb_doc_number(row, "mean"), decimals, mean),
                         trb_word_number(trb_doc_number(row, "sd"), decimals, sd), trb_doc_number(row, "n"));
            }
        fprintf(out, "<td class=\"n\">%s</td>", text);
    }
    fputs("</tr>\n", out);
}

static void put_page_table(FILE *out, const trb_report_distributions *all)
{
    const json_t *series;
    size_t s;
    fputs("<h3>Percentiles</h3>\n<div class=\"wide\"><table><thead><tr><th>Parameter</th><th class=\"n\">Percentile</th>", out);
    json_array_foreach (json_object_get(all->item[0].node, "series"), s, series) {
        fputs("<th class=\"n\">", out);
        trb_put_html(out, trb_doc_text(series, "name"));
        fputs("</th>", out);
    }
    fputs("</tr></thead><tbody>\n", out);
    for (size_t i = 0; i < all->n; i++)
        for (size_t p = 0; p < TRB_PERCENTILES && json_array_size(json_object_get(all->item[i].node, "percentiles")); p++)
            put_page_row(out, all->item[i].node, trb_percentile_percent(p));
    fputs("</tbody></table></div>\n<p class=\"note\">Mean \u00b1 SD (n animals) of each scan's own percentiles. Their tests: --metrics with "
          "Tb.Th.median, Tb.Th.p10, Tb.Sp.p90 and so on.</p>\n", out);
}

trb_status trb_report_distributions_html(FILE *out, const trb_report_distributions *all, const trb_plot_options *plot, trb_error *err)
{
    if (all->n == 0)
        return TRB_OK;
    fputs("<h2 id=\"distributions\">Distributions</h2>\n", out);
    for (size_t i = 0; i < all->n; i++) {
        char *svg = NULL;
        const trb_status status = trb_plot_distribution_svg(&all->item[i].chart, 1, plot, &svg, err);
        if (status)
            return status;
        fprintf(out, "<figure>\n%s\n<figcaption>", svg);
        trb_put_html(out, all->item[i].caption);
        fputs("</figcaption></figure>\n", out);
        free(svg);
    }
    if (any_percentiles(all))
        put_page_table(out, all);
    return TRB_OK;
}
