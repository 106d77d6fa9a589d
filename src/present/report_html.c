/*
 * report_html.c - the page: plain words first, then figures, tables, pictures, doubts, settings, texts to paste.
 *
 * One file, no script, no network; readable on a phone and when printed.
 */
#include "present/report_parts.h"
#include "present/report_words.h"
#include "study/document_read.h"

#include <math.h>
#include <string.h>

static const char STYLE[] =
    ":root{--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--paper:#fff;--warn:#fff4d6;--accent:#0b5394}"
    "*{box-sizing:border-box}body{font:16px/1.5 'Liberation Sans',Arial,Helvetica,sans-serif;color:var(--ink);background:var(--paper);"
    "max-width:1000px;margin:0 auto;padding:1rem}h1{font-size:1.6rem;margin:.2em 0}h2{font-size:1.2rem;border-bottom:1px solid var(--line);"
    "margin-top:2em}h3{font-size:1rem;margin:1.4em 0 .3em}p.note,.soft{color:var(--soft);font-size:.9em}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem}th,td{padding:.25em .6em;border-bottom:1px solid var(--line);"
    "text-align:left;white-space:nowrap}th{white-space:normal;vertical-align:bottom}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}tr.primary td{font-weight:bold}"
    "ul.warn{background:var(--warn);padding:.6em 1em .6em 2em;border-left:4px solid #bf8700}figure{margin:1em 0}figure svg{width:100%;height:auto}"
    "figcaption{color:var(--soft);font-size:.9rem}.thumbs{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:.6em}"
    ".thumbs figure{margin:0}.thumbs img{width:100%}blockquote{margin:0;padding:.5em 1em;border-left:4px solid var(--line)}"
    "nav a{margin-right:1em;color:var(--accent)}details summary{cursor:pointer}code{font-size:.85rem;overflow-wrap:anywhere}"
    "@media print{body{max-width:none;padding:0;font-size:10pt}nav{display:none}h2,h3{break-after:avoid}figure,tr{break-inside:avoid}"
    ".wide{overflow:visible}table{font-size:7.5pt}th,td{white-space:normal;padding:.15em .35em}details{display:block}}";

static void put(FILE *out, const char *text)
{
    trb_put_html(out, text);
}

static void cell(FILE *out, const char *text)
{
    fputs("<td>", out);
    put(out, text);
    fputs("</td>", out);
}

static void number_cell(FILE *out, const char *text)
{
    fputs("<td class=\"n\">", out);
    put(out, text);
    fputs("</td>", out);
}

static void interval_cell(FILE *out, double value, double lo, double hi, int decimals, const char *unit)
{
    char a[40], b[40], c[40];
    fputs("<td class=\"n\">", out);
    put(out, trb_word_number(value, decimals, a));
    if (!isnan(value))
        put(out, unit);
    if (!isnan(lo) && !isnan(hi)) {
        fputs(" <span class=\"soft\">[", out);
        put(out, trb_word_number(lo, decimals, b));
        fputs(", ", out);
        put(out, trb_word_number(hi, decimals, c));
        fputs("]</span>", out);
    }
    fputs("</td>", out);
}

/* ---- in plain words */

static const json_t *sentence_metric(const json_t *document)
{
    const json_t *primary = trb_doc_at(document, "design", "primary", NULL);
    return json_is_string(primary) ? primary : NULL;
}

static void put_change(FILE *out, const json_t *row, double alpha, double level)
{
    char p[32], buffer[40];
    const double diff = trb_doc_number(row, "diff"), percent = trb_doc_number(row, "percent"), adjusted = trb_doc_number(row, "p_adjusted");
    put(out, trb_doc_text(row, "b"));
    if (isnan(adjusted)) {
        fputs(" and ", out);
        put(out, trb_doc_text(row, "a"));
        fputs(" could not be tested (", out);
        put(out, trb_doc_text(row, "note"));
        fputs(")", out);
        return;
    }
    if (adjusted < alpha) {
        fprintf(out, " had %s ", diff < 0 ? "lower" : "higher");
        put(out, trb_doc_text(row, "key"));
        fputs(" than ", out);
        put(out, trb_doc_text(row, "a"));
    } else {
        fputs(" did not differ detectably from ", out);
        put(out, trb_doc_text(row, "a"));
        fputs(" in ", out);
        put(out, trb_doc_text(row, "key"));
    }
    if (!isnan(percent)) {
        fprintf(out, " (%+.0f %%", percent);
        const double lo = trb_doc_number(row, "percent_lo"), hi = trb_doc_number(row, "percent_hi");
        if (!isnan(lo) && !isnan(hi))
            fprintf(out, ", %g %% CI %.0f to %.0f %%", level, lo, hi);
        fputs("; ", out);
    } else {
        fprintf(out, " (difference %s; ", trb_word_number(diff, 3, buffer));
    }
    put(out, trb_word_p_equals(adjusted, p));
    fputs(")", out);
}

/* Which metrics a contrast moved, told for the whole family of metrics. */
static void put_moved(FILE *out, const json_t *document, size_t contrast)
{
    const size_t contrasts = trb_document_contrasts(document);
    const json_t *rows = json_object_get(document, "comparisons");
    const double alpha = trb_doc_number(document, "alpha");
    size_t moved = 0, all = 0;
    fputs("<li><b>", out);
    put(out, trb_doc_text(json_array_get(rows, contrast), "contrast"));
    fputs("</b>: ", out);
    for (size_t i = contrast; i < json_array_size(rows); i += contrasts) {
        const json_t *row = json_array_get(rows, i);
        const double p = trb_doc_number(row, "p_adjusted"), percent = trb_doc_number(row, "percent");
        all++;
        if (!(p < alpha))
            continue;
        fputs(moved++ ? ", " : "", out);
        put(out, trb_doc_text(row, "key"));
        fprintf(out, " %s", trb_doc_number(row, "diff") < 0 ? "down" : "up");
        if (!isnan(percent))
            fprintf(out, " %.0f %%", fabs(percent));
    }
    if (moved == 0)
        fprintf(out, "no difference at alpha %g in %zu parameters; that is no proof of equality, look at the intervals", alpha, all);
    else
        fprintf(out, " (%zu of %zu parameters at adjusted p &lt; %g)", moved, all, alpha);
    fputs(".</li>\n", out);
}

static void put_summary(FILE *out, const json_t *document)
{
    const size_t contrasts = trb_document_contrasts(document);
    const json_t *rows = json_object_get(document, "comparisons"), *primary = sentence_metric(document);
    fputs("<h2 id=\"summary\">In short</h2>\n", out);
    if (contrasts == 0) {
        fputs("<p>The groups are described; no comparison of independent groups was made", out);
        fputs(json_array_size(json_object_get(document, "designs")) ? " (the design's own tests stand below).</p>\n" : ".</p>\n", out);
        return;
    }
    fputs("<p>", out);
    size_t i;
    const json_t *row;
    bool any = false;
    json_array_foreach (rows, i, row) {
        if (primary ? strcmp(trb_doc_text(row, "metric"), json_string_value(primary)) != 0 : i >= contrasts)
            continue;
        if (any)
            fputs("; ", out);
        put_change(out, row, trb_doc_number(document, "alpha"), 100 * trb_doc_number(document, "conf_level"));
        any = true;
    }
    fputs(".", out);
    json_array_foreach (json_object_get(document, "rescue"), i, row) {
        const double percent = trb_doc_number(row, "percent"), lo = trb_doc_number(row, "lo");
        if (strcmp(trb_doc_text(row, "metric"), trb_doc_text(json_array_get(rows, 0), "metric")) != 0 && !json_is_true(json_object_get(row, "primary")))
            continue;
        if (primary && !json_is_true(json_object_get(row, "primary")))
            continue;
        fputs(" ", out);
        put(out, trb_doc_text(row, "treated"));
        if (isnan(lo))
            fprintf(out, ": percent rescue is not estimable (%s).", trb_doc_text(row, "note"));
        else
            fprintf(out, " regained %.0f %% of the loss (%g %% CI %.0f to %.0f %%).", percent, 100 * trb_doc_number(document, "conf_level"), lo,
                    trb_doc_number(row, "hi"));
    }
    fputs("</p>\n<ul>\n", out);
    for (size_t c = 0; c < contrasts && c < 12; c++)
        put_moved(out, document, c);
    fputs("</ul>\n", out);
    size_t disagree = 0;
    json_array_foreach (json_object_get(document, "sensitivity"), i, row)
        disagree += json_is_false(json_object_get(row, "agree"));
    if (disagree)
        fprintf(out, "<p class=\"note\">Welch, Student and rank tests disagree about alpha in %zu of %zu comparisons: see the table of "
                     "sensitivity.</p>\n", disagree, json_array_size(json_object_get(document, "sensitivity")));
}

static void put_list(FILE *out, const char *title, const char *class, const json_t *texts)
{
    if (json_array_size(texts) == 0)
        return;
    fprintf(out, "<h3>%s</h3>\n<ul class=\"%s\">\n", title, class);
    size_t i;
    const json_t *text;
    json_array_foreach (texts, i, text) {
        fputs("<li>", out);
        put(out, json_string_value(text));
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
}

/* ---- figures */

static void put_figure(FILE *out, const char *svg, const char *caption)
{
    if (!svg)
        return;
    fputs("<figure>\n", out);
    fputs(svg, out);
    fputs("\n<figcaption>", out);
    put(out, caption);
    fputs("</figcaption></figure>\n", out);
}

static void put_figures(FILE *out, const trb_report_page *page)
{
    fputs("<h2 id=\"figures\">Figures</h2>\n", out);
    put_figure(out, page->figures.metrics_svg, page->figures.caption);
    if (page->options->letters)
        fputs("<p class=\"note\">Groups that share a letter do not differ.</p>\n", out);
    put_figure(out, page->figures.forest_svg, "Change of every parameter in per cent, with confidence intervals (Fieller's theorem).");
    put_figure(out, page->figures.rescue_svg, "Percent rescue: 0 % is the diseased, 100 % the healthy group; confidence intervals by Fieller's theorem.");
}

/* ---- tables */

static void put_comparisons(FILE *out, const json_t *document)
{
    const json_t *rows = json_object_get(document, "comparisons");
    if (json_array_size(rows) == 0)
        return;
    fputs("<h2 id=\"comparisons\">Comparisons</h2>\n<div class=\"wide\"><table><thead><tr><th>Parameter</th><th>Comparison</th><th class=\"n\">Difference "
          "[CI]</th><th class=\"n\">Change [CI]</th><th class=\"n\">Hedges' g [CI]</th><th class=\"n\">p</th><th class=\"n\">p adjusted</th><th "
          "class=\"n\">q metrics</th><th></th></tr></thead><tbody>\n", out);
    size_t i;
    const json_t *row;
    json_array_foreach (rows, i, row) {
        char p[24], adjusted[24], q[24];
        const json_t *tree = trb_doc_at(document, "metrics", trb_doc_text(row, "metric"), "descriptive", NULL);
        const double sd = trb_doc_number(json_object_get(tree, trb_doc_text(row, "a")), "sd");
        const double value = trb_doc_number(row, "p_adjusted"), qm = trb_doc_number(row, "q_metrics");
        fputs(json_is_true(json_object_get(row, "primary")) ? "<tr class=\"primary\">" : "<tr>", out);
        cell(out, trb_doc_text(row, "metric"));
        cell(out, trb_doc_text(row, "contrast"));
        interval_cell(out, trb_doc_number(row, "diff"), trb_doc_number(row, "ci_lo"), trb_doc_number(row, "ci_hi"), trb_word_decimals(sd), "");
        interval_cell(out, trb_doc_number(row, "percent"), trb_doc_number(row, "percent_lo"), trb_doc_number(row, "percent_hi"), 0, " %");
        interval_cell(out, trb_doc_number(row, "hedges_g"), trb_doc_number(row, "g_lo"), trb_doc_number(row, "g_hi"), 2, "");
        number_cell(out, trb_word_p(trb_doc_number(row, "p"), p));
        number_cell(out, trb_word_p(value, adjusted));
        number_cell(out, isnan(qm) ? "" : trb_word_p(qm, q));
        cell(out, isnan(value) ? trb_doc_text(row, "note") : trb_word_stars(value));
        fputs("</tr>\n", out);
    }
    fprintf(out, "</tbody></table></div>\n<p class=\"note\">Difference: second group taken from the first. p: %s; adjusted: %s within a parameter",
            trb_word_test(trb_doc_text(json_array_get(rows, 0), "test")),
            trb_word_adjust(trb_doc_text(json_array_get(rows, 0), "adjust")));
    fputs("; q: Benjamini-Hochberg over the parameters of one comparison, from unadjusted p, the primary parameter left out.</p>\n", out);
}

static void put_plain_rows(FILE *out, const char *title, const json_t *rows, const char *const *keys, const char *note)
{
    if (json_array_size(rows) == 0)
        return;
    fprintf(out, "<h3>%s</h3>\n<div class=\"wide\"><table><thead><tr>", title);
    for (size_t k = 0; keys[k]; k++) {
        fputs("<th>", out);
        put(out, keys[k]);
        fputs("</th>", out);
    }
    fputs("</tr></thead><tbody>\n", out);
    size_t i;
    const json_t *row;
    json_array_foreach (rows, i, row) {
        fputs("<tr>", out);
        for (size_t k = 0; keys[k]; k++) {
            const json_t *value = json_object_get(row, keys[k]);
            char text[40];
            if (json_is_boolean(value))
                cell(out, json_is_true(value) ? "yes" : "no");
            else if (json_is_number(value)) {
                const double x = json_number_value(value);
                if ((keys[k][0] == 'p' && (!keys[k][1] || keys[k][1] == '_')) || strstr(keys[k], "_t") || strstr(keys[k], "whitney"))
                    number_cell(out, trb_word_p(x, text));
                else {
                    snprintf(text, sizeof text, "%.4g", x);
                    number_cell(out, text);
                }
            } else
                cell(out, !json_is_string(value) ? "" : strcmp(keys[k], "test") == 0 ? trb_word_test(json_string_value(value)) : json_string_value(value));
        }
        fputs("</tr>\n", out);
    }
    fprintf(out, "</tbody></table></div>\n<p class=\"note\">%s</p>\n", note);
}

static void put_rescues(FILE *out, const json_t *document)
{
    const json_t *rows = json_object_get(document, "rescue");
    if (json_array_size(rows) == 0)
        return;
    fputs("<h3>Rescue</h3>\n<div class=\"wide\"><table><thead><tr><th>Parameter</th><th>Treated</th><th>Loss from, to</th><th "
          "class=\"n\">Regained [CI]</th><th></th></tr></thead><tbody>\n", out);
    size_t i;
    const json_t *row;
    json_array_foreach (rows, i, row) {
        char loss[512];
        snprintf(loss, sizeof loss, "%s, %s", trb_doc_text(row, "sham"), trb_doc_text(row, "disease"));
        fputs(json_is_true(json_object_get(row, "primary")) ? "<tr class=\"primary\">" : "<tr>", out);
        cell(out, trb_doc_text(row, "metric"));
        cell(out, trb_doc_text(row, "treated"));
        cell(out, loss);
        interval_cell(out, trb_doc_number(row, "percent"), trb_doc_number(row, "lo"), trb_doc_number(row, "hi"), 0, " %");
        cell(out, trb_doc_text(row, "note"));
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table></div>\n<p class=\"note\">(treated - diseased) / (healthy - diseased) in per cent; confidence intervals by Fieller's "
          "theorem.</p>\n", out);
}

static void put_tables(FILE *out, const json_t *document)
{
    static const char *const OMNIBUS[] = {"metric", "test", "chosen", "statistic", "df1", "df2", "p", "note", NULL};
    static const char *const DESIGNS[] = {"metric", "design", "part", "term", "estimate", "statistic", "df1", "df2", "p", "p_adjusted", "note", NULL};
    static const char *const SENSITIVITY[] = {"metric", "contrast", "welch_t", "student_t", "mann_whitney", "agree", NULL};
    static const char *const DIAGNOSTICS[] = {"metric", "test", "group", "sample", "statistic", "p", "note", NULL};
    put_rescues(out, document);
    put_plain_rows(out, "Tests of the design", json_object_get(document, "designs"), DESIGNS, "Adjusted p: Holm.");
    fputs("<details><summary>Tests over all groups, sensitivity, diagnostics</summary>\n", out);
    put_plain_rows(out, "All groups together", json_object_get(document, "omnibus"), OMNIBUS, "Reported; no gate for the planned comparisons.");
    put_plain_rows(out, "Sensitivity to the choice of test", json_object_get(document, "sensitivity"), SENSITIVITY,
                   "p values of the same comparisons by three tests, each adjusted by Holm.");
    put_plain_rows(out, "Diagnostics", json_object_get(document, "diagnostics"), DIAGNOSTICS,
                   "Reported, not obeyed: no value was dropped, no test was exchanged.");
    fputs("</details>\n", out);
}

static void put_thumbnails(FILE *out, const trb_report_page *page)
{
    if (page->n_thumbnails == 0)
        return;
    fputs("<h2 id=\"pictures\">The scans</h2>\n<p class=\"note\">Segmentation of each scan: look for cut-off bone, wrong VOI, wrong threshold.</p>\n"
          "<div class=\"thumbs\">\n", out);
    for (size_t i = 0; i < page->n_thumbnails; i++) {
        const trb_report_thumbnail *t = &page->thumbnail[i];
        fputs("<figure><img alt=\"QC picture of ", out);
        put(out, t->sample);
        fprintf(out, "\" src=\"data:image/png;base64,%s\"><figcaption>", t->base64);
        put(out, t->sample);
        fputs(" (", out);
        put(out, t->group);
        fputs(")</figcaption></figure>\n", out);
    }
    fputs("</div>\n", out);
}

static void put_facts(FILE *out, const json_t *document)
{
    const char *group;
    json_t *value;
    fputs("<h2 id=\"settings\">How it was done</h2>\n", out);
    put_list(out, "Steps and their reasons", "steps", json_object_get(document, "steps"));
    if (json_array_size(json_object_get(document, "exclusions"))) {
        static const char *const KEYS[] = {"sample", "animal", "group", "reason", NULL};
        put_plain_rows(out, "Exclusions", json_object_get(document, "exclusions"), KEYS, "On request; no animal was dropped by a test.");
    }
    fputs("<h3>Representative animals</h3>\n<p>Nearest to the mean of their group over all parameters, for the 3D picture: ", out);
    bool first = true;
    json_object_foreach (json_object_get(document, "representative"), group, value) {
        fputs(first ? "" : ", ", out);
        first = false;
        put(out, group);
        fputs(": ", out);
        put(out, trb_doc_text(value, "sample"));
    }
    fputs(".</p>\n<h3>Settings</h3>\n<p>", out);
    const char *key;
    json_object_foreach (json_object_get(document, "choices"), key, value) {
        put(out, key);
        if (json_is_string(value)) {
            fputs(" ", out);
            put(out, json_string_value(value));
        } else if (json_is_boolean(value))
            fputs(json_is_true(value) ? " yes" : " no", out);
        else
            fprintf(out, " %g", json_number_value(value));
        fputs("; ", out);
    }
    const json_t *program = json_object_get(document, "program");
    fprintf(out, "Trabecula %s (%s).</p>\n", trb_doc_text(program, "version"), trb_doc_text(program, "commit"));
    if (trb_doc_text(document, "command_line")[0]) {
        fputs("<p><code>", out);
        put(out, trb_doc_text(document, "command_line"));
        fputs("</code></p>\n", out);
    }
}

static void put_methods(FILE *out, const trb_report_page *page)
{
    fputs("<h2 id=\"methods\">Methods text</h2>\n<p class=\"note\">Square brackets mark what no file knows.</p>\n<blockquote>", out);
    if (trb_doc_text(page->document, "measurement_text")[0]) {
        fputs("<p>", out);
        put(out, trb_doc_text(page->document, "measurement_text"));
        fputs("</p>", out);
    }
    fputs("<p>", out);
    put(out, trb_doc_text(page->document, "methods_text"));
    fputs("</p></blockquote>\n", out);
}

void trb_report_html(FILE *out, const trb_report_page *page)
{
    const json_t *document = page->document;
    const char *title = page->options->title ? page->options->title : "Cohort report";
    fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
          "initial-scale=1\">\n<title>", out);
    put(out, title);
    fprintf(out, "</title>\n<style>%s</style></head><body>\n<h1>", STYLE);
    put(out, title);
    fputs("</h1>\n<p class=\"soft\">", out);
    for (size_t g = 0; g < trb_document_groups(document); g++) {
        size_t i, n = 0;
        const json_t *animal;
        json_array_foreach (json_object_get(document, "animals"), i, animal)
            n += strcmp(trb_doc_text(animal, "group"), trb_document_group(document, g)) == 0;
        fputs(g ? ", " : "", out);
        put(out, trb_document_group(document, g));
        fprintf(out, " (n = %zu)", n);
    }
    fputs("</p>\n<nav><a href=\"#summary\">In short</a><a href=\"#figures\">Figures</a>", out);
    if (page->distributions[0])
        fputs("<a href=\"#distributions\">Distributions</a>", out);
    fputs("<a href=\"#table\">Table</a><a "
          "href=\"#comparisons\">Comparisons</a><a href=\"#settings\">How it was done</a><a href=\"#methods\">Methods</a></nav>\n", out);
    put_summary(out, document);
    put_list(out, "Warnings", "warn", json_object_get(document, "warnings"));
    put_figures(out, page);
    fputs(page->distributions, out);
    fputs("<h2 id=\"table\">Table</h2>\n<div class=\"wide\">", out);
    trb_report_table_html(out, document);
    fputs("</div>\n", out);
    put_comparisons(out, document);
    put_tables(out, document);
    put_thumbnails(out, page);
    put_facts(out, document);
    put_methods(out, page);
    fputs("</body></html>\n", out);
}
