/* report_text.c - the comparison for a terminal, and the texts for a manuscript. */
#include "present/report_parts.h"
#include "present/report_words.h"
#include "study/compare_parts.h"
#include "study/document_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Characters, not bytes, so that columns stand below each other. */
static size_t width_of(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static void pad(FILE *out, const char *text, size_t width)
{
    fputs(text, out);
    for (size_t n = width_of(text); n < width; n++)
        fputc(' ', out);
}

/* Decimals for a metric: those of its smallest group SD, so that all its lines agree. */
static int decimals_of(const json_t *tree)
{
    double least = INFINITY;
    const char *group;
    json_t *d;
    json_object_foreach (json_object_get(tree, "descriptive"), group, d) {
        const double sd = trb_doc_number(d, "sd");
        if (sd > 0 && sd < least)
            least = sd;
    }
    return isinf(least) ? 3 : trb_word_decimals(least);
}

static size_t label_width(const json_t *document)
{
    size_t width = 12, i;
    const json_t *row;
    json_array_foreach (json_object_get(document, "comparisons"), i, row) {
        const size_t n = width_of(trb_doc_text(row, "contrast"));
        width = n > width ? n : width;
    }
    for (size_t g = 0; g < trb_document_groups(document); g++) {
        const size_t n = width_of(trb_document_group(document, g));
        width = n > width ? n : width;
    }
    return width > 34 ? 34 : width;
}

static void put_omnibus(FILE *out, const json_t *document, const char *metric)
{
    size_t i;
    const json_t *row;
    char p[32], statistic[40];
    json_array_foreach (json_object_get(document, "omnibus"), i, row) {
        if (!json_is_true(json_object_get(row, "chosen")) || strcmp(trb_doc_text(row, "metric"), metric) != 0)
            continue;
        const double value = trb_doc_number(row, "p");
        if (isnan(value)) {
            fprintf(out, "   %s: n/a (%s)", trb_word_test(trb_doc_text(row, "test")), trb_doc_text(row, "note"));
            return;
        }
        fprintf(out, "   %s %s(%g", trb_word_test(trb_doc_text(row, "test")), trb_doc_text(row, "statistic_name"), trb_doc_number(row, "df1"));
        if (!isnan(trb_doc_number(row, "df2")))
            fprintf(out, ", %.1f", trb_doc_number(row, "df2"));
        fprintf(out, ") = %s, %s", trb_word_number(trb_doc_number(row, "statistic"), 2, statistic), trb_word_p_equals(value, p));
        return;
    }
}

static void put_groups(FILE *out, const json_t *document, const json_t *tree, int decimals, size_t width)
{
    char mean[40], sd[40];
    for (size_t g = 0; g < trb_document_groups(document); g++) {
        const json_t *d = trb_doc_at(tree, "descriptive", trb_document_group(document, g), NULL);
        const long long n = json_integer_value(json_object_get(d, "n")), missing = json_integer_value(json_object_get(d, "n_missing"));
        fputs("  ", out);
        pad(out, trb_document_group(document, g), width);
        fprintf(out, " %10s +- %-8s (%lld)", trb_word_number(trb_doc_number(d, "mean"), decimals, mean),
                trb_word_number(trb_doc_number(d, "sd"), decimals, sd), n);
        if (missing)
            fprintf(out, "  %lld missing", missing);
        fputc('\n', out);
    }
}

static void put_interval(FILE *out, double lo, double hi, int decimals)
{
    char a[40], b[40];
    if (!isnan(lo) && !isnan(hi))
        fprintf(out, " [%s, %s]", trb_word_number(lo, decimals, a), trb_word_number(hi, decimals, b));
}

static void put_contrast(FILE *out, const json_t *row, int decimals, size_t width)
{
    char number[40], p[32];
    fputs("  ", out);
    pad(out, trb_doc_text(row, "contrast"), width);
    const double adjusted = trb_doc_number(row, "p_adjusted"), percent = trb_doc_number(row, "percent"), g = trb_doc_number(row, "hedges_g");
    fprintf(out, " %10s", trb_word_number(trb_doc_number(row, "diff"), decimals, number));
    put_interval(out, trb_doc_number(row, "ci_lo"), trb_doc_number(row, "ci_hi"), decimals);
    if (!isnan(percent)) {
        const int digits = fabs(percent) < 10; /* no "-0 %" */
        fprintf(out, "  %+.*f %%", digits, percent);
        put_interval(out, trb_doc_number(row, "percent_lo"), trb_doc_number(row, "percent_hi"), digits);
    }
    if (!isnan(g))
        fprintf(out, "  g %.2f", g);
    if (isnan(adjusted))
        fprintf(out, "  p n/a (%s)", trb_doc_text(row, "note"));
    else
        fprintf(out, "  %s %s", trb_word_p_equals(adjusted, p), trb_word_stars(adjusted));
    fputc('\n', out);
}

static void put_rescues(FILE *out, const json_t *document, const char *metric, size_t width)
{
    size_t i;
    const json_t *row;
    char label[512], number[40];
    json_array_foreach (json_object_get(document, "rescue"), i, row) {
        if (strcmp(trb_doc_text(row, "metric"), metric) != 0)
            continue;
        snprintf(label, sizeof label, "rescue %s", trb_doc_text(row, "treated"));
        fputs("  ", out);
        pad(out, label, width);
        fprintf(out, " %8s %%", trb_word_number(trb_doc_number(row, "percent"), 0, number));
        put_interval(out, trb_doc_number(row, "lo"), trb_doc_number(row, "hi"), 0);
        fprintf(out, " of the loss from %s to %s", trb_doc_text(row, "sham"), trb_doc_text(row, "disease"));
        if (trb_doc_text(row, "note")[0])
            fprintf(out, " (%s)", trb_doc_text(row, "note"));
        fputc('\n', out);
    }
}

static void put_designs(FILE *out, const json_t *document, const char *metric)
{
    size_t i;
    const json_t *row;
    char number[40], p[32];
    json_array_foreach (json_object_get(document, "designs"), i, row) {
        if (strcmp(trb_doc_text(row, "metric"), metric) != 0)
            continue;
        const double adjusted = trb_doc_number(row, "p_adjusted");
        const double value = isnan(adjusted) ? trb_doc_number(row, "p") : adjusted;
        char label[1024];
        snprintf(label, sizeof label, "%s: %s", trb_doc_text(row, "part"), trb_doc_text(row, "term"));
        fputs("  ", out);
        pad(out, label, 56);
        const double estimate = trb_doc_number(row, "estimate");
        fprintf(out, " %10s", isnan(estimate) ? "" : trb_word_number(estimate, 3, number));
        if (!isnan(value))
            fprintf(out, "  %s %s%s", trb_word_p_equals(value, p), trb_word_stars(value), isnan(adjusted) ? "" : " (Holm)");
        fputc('\n', out);
    }
}

void trb_report_summary(FILE *out, const json_t *document)
{
    const size_t contrasts = trb_document_contrasts(document), width = label_width(document);
    const char *primary = trb_doc_text(json_object_get(document, "design"), "primary");
    const char *metric;
    json_t *tree;
    size_t m = 0, i;
    json_object_foreach (json_object_get(document, "metrics"), metric, tree) {
        fputs(metric, out);
        if (strcmp(metric, primary) == 0)
            fputs("   primary", out);
        put_omnibus(out, document, metric);
        fputc('\n', out);
        const int decimals = decimals_of(tree);
        if (json_object_get(tree, "descriptive"))
            put_groups(out, document, tree, decimals, width);
        for (size_t c = 0; c < contrasts; c++)
            put_contrast(out, json_array_get(json_object_get(document, "comparisons"), m * contrasts + c), decimals, width);
        put_rescues(out, document, metric, width);
        put_designs(out, document, metric);
        fputc('\n', out);
        m++;
    }
    if (contrasts) {
        const json_t *row = json_array_get(json_object_get(document, "comparisons"), 0);
        fprintf(out, "Mean +- SD (n); difference [%g %% CI], percent change [CI], Hedges' g, p by %s (adjusted: %s).\n",
                100 * trb_doc_number(document, "conf_level"), trb_word_test(trb_doc_text(row, "test")), trb_word_adjust(trb_doc_text(row, "adjust")));
        fputs("* p < 0.05, ** p < 0.01, *** p < 0.001, **** p < 0.0001\n", out);
    }
    const json_t *text;
    json_array_foreach (json_object_get(document, "exclusions"), i, text)
        fprintf(out, "excluded: %s (%s): %s\n", trb_doc_text(text, "sample"), trb_doc_text(text, "group"), trb_doc_text(text, "reason"));
}

trb_status trb_report_text(const trb_comparison *comparison, char **text, trb_error *err)
{
    size_t size;
    *text = NULL;
    FILE *out = open_memstream(text, &size);
    if (out) {
        trb_report_summary(out, comparison->document);
        if (fclose(out) == 0)
            return TRB_OK;
    }
    free(*text);
    *text = NULL;
    return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the summary");
}

void trb_report_methods(FILE *out, const json_t *document)
{
    const char *measurement = trb_doc_text(document, "measurement_text");
    if (*measurement)
        fprintf(out, "%s\n\n", measurement);
    fprintf(out, "%s\n", trb_doc_text(document, "methods_text"));
}

void trb_report_captions(FILE *out, const json_t *document, const char *figure, bool letters, const trb_report_distributions *distributions)
{
    const json_t *row = json_array_get(json_object_get(document, "comparisons"), 0);
    fprintf(out, "Figure 1 (figures/metrics). %s", figure);
    if (row)
        fprintf(out, " p values: %s, adjusted by %s within each parameter.", trb_word_test(trb_doc_text(row, "test")), trb_word_adjust(trb_doc_text(row, "adjust")));
    if (letters)
        fputs(" Groups that share a letter do not differ.", out);
    fputs("\n\nFigure 2 (figures/forest). Percent change of every parameter in each comparison with its confidence interval (Fieller's theorem); "
          "an arrow is an interval that goes on.\n", out);
    if (json_array_size(json_object_get(document, "rescue")))
        fputs("\nFigure 3 (figures/rescue). Percent rescue of every parameter with its confidence interval (Fieller's theorem): 0 % is the "
              "diseased, 100 % the healthy group.\n", out);
    trb_report_distributions_captions(out, distributions, json_array_size(json_object_get(document, "rescue")) ? 4 : 3);
    fputs("\nTable 1 (table.csv, table.md, table.tex). Mean \u00b1 SD (n) of every parameter by group, with adjusted p values.\n", out);
}
