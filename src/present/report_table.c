/*
 * report_table.c - the table of a paper in four notations.
 *
 * Rounding: the SD shows two significant digits, the mean as many decimals. A cell is "mean +- SD (n)".
 */
#include "present/report_parts.h"
#include "present/report_words.h"
#include "record/csv_field.h"
#include "study/document_read.h"

#include <math.h>
#include <string.h>

/* How a notation writes a table. */
typedef struct notation {
    const char *row_begin, *cell_between, *row_end, *plus_minus;
    void (*put)(FILE *out, const char *text);
} notation;

static const notation CSV = {"", ",", "\n", "+-", trb_csv_put};
static const notation MARKDOWN = {"| ", " | ", " |\n", "\u00b1", trb_put_markdown};
static const notation LATEX = {"", " & ", " \\\\\n", "$\\pm$", trb_put_latex};
static const notation HTML = {"<tr><td>", "</td><td>", "</td></tr>\n", "\u00b1", trb_put_html};

static void put_group(FILE *out, const notation *as, const json_t *d)
{
    char mean[40], sd[40];
    const double spread = trb_doc_number(d, "sd");
    const long long n = json_integer_value(json_object_get(d, "n"));
    if (n == 0) {
        fputs("n/a (0)", out);
        return;
    }
    const int decimals = trb_word_decimals(spread);
    const char *text = trb_word_number(trb_doc_number(d, "mean"), decimals, mean);
    if (isnan(spread))
        fprintf(out, "%s (%lld)", text, n);
    else
        fprintf(out, "%s %s %s (%lld)", text, as->plus_minus, trb_word_number(spread, decimals, sd), n);
}

/* Comparisons of one metric stand together and in the same order for all. */
static void put_metric(FILE *out, const notation *as, const json_t *document, size_t metric, const char *name, const json_t *tree)
{
    const size_t contrasts = trb_document_contrasts(document);
    fputs(as->row_begin, out);
    as->put(out, name);
    for (size_t g = 0; g < trb_document_groups(document); g++) {
        fputs(as->cell_between, out);
        put_group(out, as, trb_doc_at(tree, "descriptive", trb_document_group(document, g), NULL));
    }
    for (size_t c = 0; c < contrasts; c++) {
        char buffer[24];
        const json_t *row = json_array_get(json_object_get(document, "comparisons"), metric * contrasts + c);
        const char *text = trb_word_p(trb_doc_number(row, "p_adjusted"), buffer);
        fputs(as->cell_between, out);
        if (as == &LATEX && *text == '<')
            fprintf(out, "$<$%s", text + 1);
        else
            as->put(out, text);
    }
    fputs(as->row_end, out);
}

static void put_header(FILE *out, const notation *as, const json_t *document)
{
    const size_t contrasts = trb_document_contrasts(document);
    fputs(as->row_begin, out);
    fputs("Parameter", out);
    for (size_t g = 0; g < trb_document_groups(document); g++) {
        fputs(as->cell_between, out);
        as->put(out, trb_document_group(document, g));
    }
    for (size_t c = 0; c < contrasts; c++) {
        const json_t *row = json_array_get(json_object_get(document, "comparisons"), c);
        fputs(as->cell_between, out);
        fputs(as == &CSV ? "p adjusted: " : "p, ", out);
        as->put(out, trb_doc_text(row, "contrast"));
    }
    fputs(as->row_end, out);
}

static void put_body(FILE *out, const notation *as, const json_t *document)
{
    const char *name;
    json_t *tree;
    size_t metric = 0;
    json_object_foreach (json_object_get(document, "metrics"), name, tree)
        if (json_object_get(tree, "descriptive"))
            put_metric(out, as, document, metric++, name, tree);
}

static void put_footnote(FILE *out, const json_t *document)
{
    const json_t *row = json_array_get(json_object_get(document, "comparisons"), 0);
    fputs("Mean \u00b1 SD (n).", out);
    if (row)
        fprintf(out, " p: %s, adjusted by %s within each parameter.", trb_word_test(trb_doc_text(row, "test")), trb_word_adjust(trb_doc_text(row, "adjust")));
}

void trb_report_table_csv(FILE *out, const json_t *document)
{
    put_header(out, &CSV, document);
    put_body(out, &CSV, document);
}

void trb_report_table_markdown(FILE *out, const json_t *document)
{
    put_header(out, &MARKDOWN, document);
    fputs("|---|", out);
    for (size_t c = 0; c < trb_document_groups(document) + trb_document_contrasts(document); c++)
        fputs("---|", out);
    fputc('\n', out);
    put_body(out, &MARKDOWN, document);
    fputc('\n', out);
    put_footnote(out, document);
    fputc('\n', out);
}

void trb_report_table_latex(FILE *out, const json_t *document)
{
    fputs("% needs \\usepackage{booktabs}\n\\begin{tabular}{l", out);
    for (size_t c = 0; c < trb_document_groups(document); c++)
        fputc('c', out);
    for (size_t c = 0; c < trb_document_contrasts(document); c++)
        fputc('r', out);
    fputs("}\n\\toprule\n", out);
    put_header(out, &LATEX, document);
    fputs("\\midrule\n", out);
    put_body(out, &LATEX, document);
    fputs("\\bottomrule\n\\end{tabular}\n% ", out);
    put_footnote(out, document);
    fputc('\n', out);
}

void trb_report_table_html(FILE *out, const json_t *document)
{
    static const notation HEAD = {"<tr><th>", "</th><th>", "</th></tr>\n", "\u00b1", trb_put_html};
    fputs("<table><thead>", out);
    put_header(out, &HEAD, document);
    fputs("</thead><tbody>\n", out);
    put_body(out, &HTML, document);
    fputs("</tbody></table>\n<p class=\"note\">", out);
    put_footnote(out, document);
    fputs("</p>\n", out);
}
