/* report_words.h - how numbers read in reports: p values, rounding by the SD, quoting for each kind of file. */
#ifndef TRB_REPORT_WORDS_H
#define TRB_REPORT_WORDS_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

/** "0.012", "< 0.0001", "n/a". Never "0.000". Static size of the buffer: 24. */
const char *trb_word_p(double p, char buffer[24]);

/** With its sign of relation: "p = 0.012", "p < 0.0001". */
const char *trb_word_p_equals(double p, char buffer[32]);

/** "****" < 0.0001, "***" < 0.001, "**" < 0.01, "*" < 0.05, "" else: the legend of GraphPad Prism. */
const char *trb_word_stars(double p);

/** Names of tests and adjustments as they read in a sentence: "Welch's t test", "Holm". Unknown ones come back as they are. */
const char *trb_word_test(const char *key);
const char *trb_word_adjust(const char *key);

/** Decimals that show two significant digits of a spread; 3 when it is 0 or unknown. */
int trb_word_decimals(double spread);

/** A number with so many decimals and a true minus-free zero; "n/a" for NaN, "inf". */
const char *trb_word_number(double value, int decimals, char buffer[40]);

/** Text inside HTML, LaTeX or a Markdown table. */
void trb_put_html(FILE *out, const char *text);
void trb_put_latex(FILE *out, const char *text);
void trb_put_markdown(FILE *out, const char *text);

#endif
