/* test_plot_files.c - the bytes of figures, and what is refused. */
#include "support/plot_study.h"
#include "support/testing.h"

#include <locale.h>
#include <unistd.h>

/* ---- bytes */

static void svg_text_says_what_the_figure_shows(void **unused)
{
    (void)unused;
    static plot_study s;
    plot_study_load(&s, false);
    trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    options.title = "Femur <distal> & \"proximal\"\n\xff";
    char *text = plot_svg(s.panel, PLOT_METRICS, &options);
    assert_ptr_equal(text, strstr(text, "<svg "));
    assert_string_equal("</svg>\n", text + strlen(text) - 7);
    assert_non_null(strstr(text, ">BV/TV (%)</text>"));
    assert_non_null(strstr(text, ">BMD (mg HA/cm³)</text>"));
    assert_non_null(strstr(text, ">Tb.Th (µm)</text>"));
    assert_int_equal(PLOT_METRICS, plot_count(text, ">p &lt; 0.0001</text>"));
    assert_int_equal(PLOT_METRICS, plot_count(text, ">p = 0.002</text>"));
    assert_int_equal(0, plot_count(text, ">p = 0.34</text>")); /* not asked for */
    assert_int_equal(PLOT_METRICS * PLOT_GROUPS, plot_count(text, ">n = 8</text>"));
    assert_int_equal(PLOT_METRICS, plot_count(text, ">OVX+EV</text>"));
    assert_int_equal(PLOT_METRICS * PLOT_GROUPS * PLOT_ANIMALS, plot_count(text, "<circle"));
    assert_non_null(
        strstr(text, "<title>Femur &lt;distal&gt; &amp; &quot;proximal&quot; \xEF\xBF\xBD</title>"));
    assert_non_null(strstr(text, "width=\"174mm\""));
    assert_int_equal(0, plot_count(text, " id=")); /* so that one page may hold many */
    assert_int_equal(0, plot_count(text, "href"));
    free(text);
    options.stars = options.show_ns = true;
    text = plot_svg(s.panel, PLOT_METRICS, &options);
    assert_int_equal(PLOT_METRICS, plot_count(text, ">****</text>"));
    assert_int_equal(PLOT_METRICS, plot_count(text, ">**</text>"));
    assert_int_equal(PLOT_METRICS, plot_count(text, ">ns</text>"));
    free(text);
}

static char *bytes_of(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(0, fseek(file, 0, SEEK_END));
    *n = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*n + 1);
    assert_int_equal(*n, fread(bytes, 1, *n, file));
    bytes[*n] = 0;
    fclose(file);
    return bytes;
}

static void write_in_all_formats(const plot_study *s, const char *stem, char *bytes[3], size_t size[3])
{
    static const char *const ENDING[3] = {"svg", "pdf", "png"};
    trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    options.dpi = 150;
    for (int i = 0; i < 3; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s.%s", testing_scratch(), stem, ENDING[i]);
        CHECK_OK(trb_plot_groups_write(s->panel, PLOT_METRICS, &options, path, err));
        bytes[i] = bytes_of(path, &size[i]);
    }
}

static uint32_t word(const char *at)
{
    const unsigned char *p = (const unsigned char *)at;
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Also later, with rows in another order, and where the decimal point is a comma (if such a locale is
 * there). */
static void same_data_give_the_same_bytes(void **unused)
{
    (void)unused;
    static plot_study s, t;
    plot_study_load(&s, false);
    plot_study_load(&t, true);
    char *first[3], *second[3];
    size_t n[3], m[3];
    write_in_all_formats(&s, "one", first, n);
    sleep(1); /* a time of day in the file would differ */
    const bool comma = setlocale(LC_ALL, "de_DE.UTF-8") || setlocale(LC_ALL, "fr_FR.UTF-8");
    write_in_all_formats(&t, "two", second, m);
    setlocale(LC_ALL, "C");
    if (!comma)
        print_message(
            "no locale with a decimal comma here: only the order of rows and the time were tried\n");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(n[i], m[i]);
        assert_memory_equal(first[i], second[i], n[i]);
        free(second[i]);
    }
    assert_memory_equal("<?xml", first[0], 5);
    assert_memory_equal("%PDF-", first[1], 5);
    assert_memory_equal("\x89PNG", first[2], 4);
    assert_int_equal(1028, word(first[2] + 16)); /* 174 mm at 150 dpi */
    assert_memory_equal("pHYs", first[2] + 37, 4);
    assert_int_equal(5906, word(first[2] + 41)); /* pixels in a metre */
    for (int i = 0; i < 3; i++)
        free(first[i]);
    testing_scratch_remove();
}

/* ---- caption */

static void check_caption(const trb_plot_panel *panel, size_t n, const trb_plot_options *options,
                          const char *expected)
{
    char *text = NULL;
    CHECK_OK(trb_plot_groups_caption(panel, n, options, &text, err));
    assert_string_equal(expected, text);
    free(text);
}

static void the_caption_says_what_is_drawn_and_what_is_not(void **unused)
{
    (void)unused;
    static plot_study s;
    plot_study_load(&s, false);
    s.group[2][1].n = 7;
    s.panel[1].n_brackets = 0;
    trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    check_caption(
        s.panel, PLOT_METRICS, &options,
        "Bars are means, whiskers SD; each point is one animal. Sham: n = 8; OVX: n = 7 to 8, as the metric "
        "was known; OVX+vehicle: n = 8; OVX+EV: n = 8. Comparisons with p ≥ 0.05 are not shown.");
    options.kind = TRB_PLOT_POINTS;
    options.spread = TRB_PLOT_CI;
    options.stars = options.show_ns = true;
    check_caption(s.panel, 1, &options,
                  "Thick lines are means, whiskers the 95 % confidence interval; each point is one animal. "
                  "Sham: n = 8; "
                  "OVX: n = 8; OVX+vehicle: n = 8; OVX+EV: n = 8. * p < 0.05, ** p < 0.01, *** p < 0.001, "
                  "**** p < 0.0001, ns p ≥ 0.05.");
    options.kind = TRB_PLOT_BOX;
    check_caption(
        &s.panel[1], 1, &options,
        "Boxes are quartiles with the median, whiskers reach to the least and the greatest value; each point "
        "is one animal. Sham: n = 8; OVX: n = 8; OVX+vehicle: n = 8; OVX+EV: n = 8.");
    static trb_plot_bracket many[25];
    for (size_t i = 0; i < 25; i++)
        many[i] = (trb_plot_bracket){0, 1, 0.01};
    s.panel[1].bracket = many;
    s.panel[1].n_brackets = 25;
    char *text = NULL;
    CHECK_OK(trb_plot_groups_caption(&s.panel[1], 1, &options, &text, err));
    assert_non_null(strstr(text, " Comparisons of 1 panel are in the table only."));
    free(text);
}

/* ---- refusals */

static void refused(const trb_plot_panel *panel, size_t n, const trb_plot_options *options, const char *path,
                    trb_status expected, const char *words)
{
    trb_error err = {TRB_OK, ""};
    assert_int_equal(expected, trb_plot_groups_write(panel, n, options, path, &err));
    if (!strstr(err.text, words))
        fail_msg("\"%s\" does not say \"%s\"", err.text, words);
}

static void what_cannot_be_drawn_is_refused_in_words(void **unused)
{
    (void)unused;
    static plot_study s;
    plot_study_load(&s, false);
    const trb_plot_options good = trb_plot_options_default(TRB_PLOT_PAPER);
    refused(s.panel, 1, &good, "figure.jpg", TRB_ERR_ARGUMENT, ".svg, .pdf or .png");
    refused(s.panel, 1, &good, ".svg", TRB_ERR_ARGUMENT, ".svg, .pdf or .png");
    refused(s.panel, 1, &good, "/no/such/folder/figure.pdf", TRB_ERR_IO, "/no/such/folder/figure.pdf");
    refused(s.panel, 1, &good, "/no/such/folder/figure.svg", TRB_ERR_IO, "/no/such/folder/figure.svg");
    refused(s.panel, 0, &good, "figure.svg", TRB_ERR_ARGUMENT, "needs panels");
    trb_plot_options bad = good;
    bad.width_mm = 10;
    refused(s.panel, 1, &bad, "figure.svg", TRB_ERR_ARGUMENT, "40 to 1000 mm");
    bad = good;
    bad.dpi = NAN;
    refused(s.panel, 1, &bad, "figure.png", TRB_ERR_ARGUMENT, "30 to 1200 dpi");
    bad = good;
    bad.columns = 60;
    refused(s.panel, 1, &bad, "figure.png", TRB_ERR_ARGUMENT, "do not fit");
    const trb_plot_bracket far = {0, 4, 0.01};
    trb_plot_panel panel = s.panel[0];
    panel.bracket = &far;
    panel.n_brackets = 1;
    refused(&panel, 1, &good, "figure.svg", TRB_ERR_ARGUMENT, "not there");
    panel = s.panel[0];
    panel.n_groups = 0;
    refused(&panel, 1, &good, "figure.svg", TRB_ERR_ARGUMENT, "no group");
    assert_int_not_equal(0, access("figure.svg", F_OK));
    assert_int_not_equal(0, access("figure.png", F_OK));
    char *text = (char *)&panel;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_plot_groups_svg(&panel, 1, &good, &text, NULL));
    assert_null(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(svg_text_says_what_the_figure_shows),
        cmocka_unit_test(same_data_give_the_same_bytes),
        cmocka_unit_test(the_caption_says_what_is_drawn_and_what_is_not),
        cmocka_unit_test(what_cannot_be_drawn_is_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
