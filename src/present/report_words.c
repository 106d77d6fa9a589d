/* report_words.c - how numbers read in reports. */
#include "present/report_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *trb_word_p(double p, char buffer[24])
{
    if (!isfinite(p))
        return "n/a";
    if (p < 1e-4)
        return "< 0.0001";
    /* Two significant digits at least, and never a number that reads as exactly 0.05. */
    const int decimals = p < 0.001 ? 5 : p < 0.01 ? 4 : 3;
    snprintf(buffer, 24, "%.*f", decimals, p);
    if (p < 0.05 && strtod(buffer, NULL) >= 0.05)
        snprintf(buffer, 24, "%.5f", p);
    return buffer;
}

const char *trb_word_p_equals(double p, char buffer[32])
{
    char number[24];
    const char *text = trb_word_p(p, number);
    snprintf(buffer, 32, "p %s%s", *text == '<' ? "" : "= ", text);
    return buffer;
}

const char *trb_word_stars(double p)
{
    return p < 1e-4 ? "****" : p < 1e-3 ? "***" : p < 1e-2 ? "**" : p < 0.05 ? "*" : "";
}

static const char *look_up(const char *key, const char *const (*table)[2])
{
    for (; (*table)[0]; table++)
        if (strcmp((*table)[0], key) == 0)
            return (*table)[1];
    return key;
}

const char *trb_word_test(const char *key)
{
    static const char *const WORD[][2] = {{"welch_t", "Welch's t test"}, {"pooled_t", "Student's t test, pooled variance"},
                                          {"mann_whitney", "exact Mann-Whitney test"}, {"dunn", "Dunn's test"},
                                          {"permutation_mean", "permutation test of the means"}, {"welch_anova", "Welch's ANOVA"},
                                          {"anova", "ANOVA"}, {"brown_forsythe_anova", "Brown-Forsythe ANOVA"},
                                          {"kruskal_wallis", "Kruskal-Wallis"}, {"linear_trend", "linear trend"},
                                          {"jonckheere_terpstra", "Jonckheere-Terpstra"}, {"shapiro_wilk", "Shapiro-Wilk"},
                                          {"levene_mean", "Levene"}, {"brown_forsythe_median", "Brown-Forsythe"}, {"bartlett", "Bartlett"},
                                          {"grubbs", "Grubbs"}, {"tukey_fence", "Tukey's fences"}, {NULL, NULL}};
    return look_up(key, WORD);
}

const char *trb_word_adjust(const char *key)
{
    static const char *const WORD[][2] = {{"holm", "Holm"}, {"dunnett", "Dunnett"}, {"tukey", "Tukey-Kramer"}, {"games-howell", "Games-Howell"},
                                          {"t3", "Dunnett's T3"}, {"steel-dwass", "Steel-Dwass"}, {"bonferroni", "Bonferroni"},
                                          {"sidak", "Sidak"}, {"holm-sidak", "Holm-Sidak"}, {"bh", "Benjamini-Hochberg"}, {NULL, NULL}};
    return look_up(key, WORD);
}

int trb_word_decimals(double spread)
{
    if (!isfinite(spread) || spread <= 0)
        return 3;
    const int decimals = 1 - (int)floor(log10(spread));
    return decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
}

const char *trb_word_number(double value, int decimals, char buffer[40])
{
    if (isnan(value))
        return "n/a";
    if (isinf(value))
        return value > 0 ? "inf" : "-inf";
    if (fabs(value) >= 1e15)
        snprintf(buffer, 40, "%.6g", value);
    else
        snprintf(buffer, 40, "%.*f", decimals, value);
    if (*buffer == '-' && !buffer[strspn(buffer, "-0.")]) /* "-0.00" */
        return buffer + 1;
    return buffer;
}

/* Replace single characters; `from` and `to` run in parallel. */
static void put_replaced(FILE *out, const char *text, const char *from, const char *const *to)
{
    for (; *text; text++) {
        const char *at = strchr(from, *text);
        if (at)
            fputs(to[at - from], out);
        else
            fputc(*text, out);
    }
}

void trb_put_html(FILE *out, const char *text)
{
    static const char *const TO[] = {"&amp;", "&lt;", "&gt;", "&quot;"};
    put_replaced(out, text, "&<>\"", TO);
}

void trb_put_latex(FILE *out, const char *text)
{
    static const char *const TO[] = {"\\%", "\\&", "\\_", "\\#", "\\$", "\\{", "\\}", "\\textasciicircum{}", "\\textasciitilde{}",
                                     "\\textbackslash{}"};
    put_replaced(out, text, "%&_#${}^~\\", TO);
}

void trb_put_markdown(FILE *out, const char *text)
{
    static const char *const TO[] = {"\\|", " "};
    put_replaced(out, text, "|\n", TO);
}
