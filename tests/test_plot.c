/* test_plot.c - whole figures: their geometry, their bytes, and what is refused. */
#include "support/oracle_numbers.h"
#include "support/testing.h"

#include "present/plot_groups.h"

#include <locale.h>
#include <unistd.h>

enum { GROUPS = 4, METRICS = 6, ANIMALS = 8 };
static const char *const NAME[GROUPS] = {"Sham", "OVX", "OVX+vehicle", "OVX+EV"};

/* The panels of one study. */
typedef struct study {
    double value[METRICS][GROUPS][ANIMALS];
    trb_plot_group group[METRICS][GROUPS];
    trb_plot_panel panel[METRICS];
} study;

static const trb_plot_bracket VS_OVX[3] = {{1, 0, 0.00002}, {1, 2, 0.34}, {1, 3, 0.0021}};

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Mean and SD in the order of size, so that they do not depend on the order of rows. */
static void describe(trb_plot_group *group)
{
    double sorted[64], sum = 0, squares = 0;
    const size_t n = group->n;
    memcpy(sorted, group->value, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, ascending);
    for (size_t i = 0; i < n; i++)
        sum += sorted[i];
    group->mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (sorted[i] - group->mean) * (sorted[i] - group->mean);
    group->sd = n > 1 ? sqrt(squares / (double)(n - 1)) : NAN;
    group->sem = group->sd / sqrt((double)n);
    group->ci_lo = group->mean - 2.4 * group->sem;
    group->ci_hi = group->mean + 2.4 * group->sem;
    group->median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    group->q1 = sorted[n / 4];
    group->q3 = sorted[n - 1 - n / 4];
}

/* s01 of the oracles; rows read from the end when backwards. */
static void load(study *s, bool backwards)
{
    static const char *const METRIC[METRICS] = {"BMD", "BV/TV", "Tb.N", "Tb.Th", "Tb.Sp", "Conn.D"};
    static const char *const UNIT[METRICS] = {"mgHA/cm3", "%", "1/mm", "um", "um", "1/mm3"};
    oracle_table table = oracle_table_load("s01_ovx_rat_balanced");
    assert_int_equal(GROUPS * ANIMALS, table.n_rows);
    for (size_t m = 0; m < METRICS; m++) {
        size_t n[GROUPS] = {0};
        for (size_t i = 0; i < table.n_rows; i++) {
            const size_t row = backwards ? table.n_rows - 1 - i : i;
            size_t g = 0;
            while (strcmp(NAME[g], table.cell[row * table.n_columns + 1]) != 0)
                g++;
            s->value[m][g][n[g]++] = oracle_value(&table, row, m + 2);
        }
        for (size_t g = 0; g < GROUPS; g++) {
            s->group[m][g] = (trb_plot_group){.name = NAME[g], .n = ANIMALS, .value = s->value[m][g]};
            describe(&s->group[m][g]);
        }
        s->panel[m] = (trb_plot_panel){METRIC[m], UNIT[m], GROUPS, s->group[m], 3, VS_OVX};
    }
    oracle_table_clear(&table);
}

static char *svg_of(const trb_plot_panel *panel, size_t n, const trb_plot_options *options)
{
    char *text = NULL;
    CHECK_OK(trb_plot_groups_svg(panel, n, options, &text, err));
    return text;
}

static size_t occurrences(const char *text, const char *part)
{
    size_t n = 0;
    const size_t length = strlen(text), part_length = strlen(part);
    for (size_t i = 0; i + part_length <= length; i++)
        n += memcmp(text + i, part, part_length) == 0;
    return n;
}

/* ---- geometry of the shapes themselves */

typedef struct box {
    double left, right, top, bottom;
} box;

static box box_of(trb_scene *scene, const trb_shape *shape)
{
    if (shape->kind == TRB_SHAPE_TEXT) { /* level text only */
        const double width = trb_scene_text_width(scene, shape->size, shape->bold, shape->text);
        const double left = shape->anchor == TRB_LEFT ? shape->x
                                                      : shape->x - (shape->anchor == TRB_CENTRE ? width / 2 : width);
        const double top = shape->text[0] == '*' ? 0.72 : TRB_CAPITAL, down = shape->text[0] == '*' ? -0.4 : 0;
        return (box){left, left + width, shape->y - top * shape->size, shape->y + down * shape->size};
    }
    if (shape->kind == TRB_SHAPE_CIRCLE || shape->role == TRB_ROLE_POINT)
        return (box){shape->x - shape->radius, shape->x + shape->radius, shape->y - shape->radius,
                     shape->y + shape->radius};
    box out = {INFINITY, -INFINITY, INFINITY, -INFINITY};
    for (size_t i = 0; i < shape->n; i++) {
        const trb_corner at = scene->corner[shape->first + i];
        out = (box){fmin(out.left, at.x), fmax(out.right, at.x), fmin(out.top, at.y), fmax(out.bottom, at.y)};
    }
    return out;
}

static bool overlap(box p, box q)
{
    return p.left < q.right && q.left < p.right && p.top < q.bottom && q.top < p.bottom;
}

static bool is_data(trb_role role)
{
    return role == TRB_ROLE_BAR || role == TRB_ROLE_POINT || role == TRB_ROLE_WHISKER;
}

static bool is_bracket(trb_role role)
{
    return role == TRB_ROLE_BRACKET || role == TRB_ROLE_BRACKET_TEXT;
}

/* No two points nearer than a diameter; brackets clear of data, of each other and of other brackets' texts; all on the
 * page. A bracket and its own text touch nowhere either. */
static void check_geometry(trb_scene *scene)
{
    for (size_t i = 0; i < scene->n_shapes; i++) {
        const trb_shape *p = &scene->shape[i];
        const box at = box_of(scene, p);
        if (p->kind != TRB_SHAPE_TEXT || p->angle_deg == 0)
            assert_true(at.left >= -0.01 && at.right <= scene->width + 0.01 && at.top >= -0.01 &&
                        at.bottom <= scene->height + 0.01);
        for (size_t j = 0; j < i; j++) {
            const trb_shape *q = &scene->shape[j];
            if (p->role == TRB_ROLE_POINT && q->role == TRB_ROLE_POINT)
                assert_true(hypot(p->x - q->x, p->y - q->y) >= p->radius + q->radius);
            else if ((is_bracket(p->role) && (is_data(q->role) || is_bracket(q->role))) ||
                     (is_bracket(q->role) && is_data(p->role)))
                assert_false(overlap(at, box_of(scene, q)));
        }
    }
}

static size_t count_role(const trb_scene *scene, trb_role role)
{
    size_t n = 0;
    for (size_t i = 0; i < scene->n_shapes; i++)
        n += scene->shape[i].role == role;
    return n;
}

static void nothing_overlaps_in_any_style_kind_and_width(void **unused)
{
    (void)unused;
    static study s;
    load(&s, false);
    for (int i = 0; i < 3 * 3 * 3 * 2 * 2; i++) {
        trb_plot_options options = trb_plot_options_default((trb_plot_style)(i % 3));
        options.kind = (trb_plot_kind)(i / 3 % 3);
        options.spread = (trb_plot_spread)(i / 9 % 3);
        options.stars = i / 27 % 2;
        options.show_ns = true;
        if (i / 54 % 2 && options.style != TRB_PLOT_SLIDE)
            options.width_mm = 85;
        trb_scene scene;
        trb_scene_init(&scene, NULL);
        CHECK_OK(trb_plot_groups_scene(s.panel, METRICS, &options, &scene, err));
        check_geometry(&scene);
        assert_int_equal(METRICS * GROUPS * ANIMALS, count_role(&scene, TRB_ROLE_POINT));
        assert_int_equal(METRICS * 3, count_role(&scene, TRB_ROLE_BRACKET));
        assert_int_equal(METRICS * 3, count_role(&scene, TRB_ROLE_BRACKET_TEXT));
        CHECK_CLOSE(options.width_mm * 72 / 25.4, scene.width, 1e-9);
        trb_scene_clear(&scene);
    }
}

/* A bar's corners must be at the values of the axis: read off tick labels and their heights. */
static void bars_and_points_stand_at_their_values(void **unused)
{
    (void)unused;
    const double value[3] = {10, 20, 60};
    trb_plot_group group = {.name = "a", .n = 3, .value = value, .mean = 30, .sd = 20, .q1 = NAN};
    const trb_plot_panel panel = {"X", "", 1, &group, 0, NULL};
    trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    trb_scene scene;
    trb_scene_init(&scene, NULL);
    CHECK_OK(trb_plot_groups_scene(&panel, 1, &options, &scene, err));
    double zero = NAN, sixty = NAN, bar_top = NAN, bar_bottom = NAN, whisker_top = INFINITY;
    double point[3], label_shift = TRB_CAPITAL * 7 / 2;
    size_t n = 0;
    for (size_t i = 0; i < scene.n_shapes; i++) {
        const trb_shape *shape = &scene.shape[i];
        if (shape->role == TRB_ROLE_TICK_LABEL && strcmp(shape->text, "0") == 0)
            zero = shape->y - label_shift;
        if (shape->role == TRB_ROLE_TICK_LABEL && strcmp(shape->text, "60") == 0)
            sixty = shape->y - label_shift;
        if (shape->role == TRB_ROLE_BAR) {
            bar_top = box_of(&scene, shape).top;
            bar_bottom = box_of(&scene, shape).bottom;
        }
        if (shape->role == TRB_ROLE_WHISKER)
            whisker_top = fmin(whisker_top, box_of(&scene, shape).top);
        if (shape->role == TRB_ROLE_POINT)
            point[n++] = shape->y;
    }
    assert_int_equal(3, n);
    CHECK_CLOSE(zero, bar_bottom, 1e-9);
    CHECK_CLOSE((zero + sixty) / 2, bar_top, 1e-9);             /* 30 of 60 */
    CHECK_CLOSE(zero + (sixty - zero) * 5 / 6, whisker_top, 1e-9); /* 30 + 20 */
    for (size_t i = 0; i < 3; i++)
        CHECK_CLOSE(zero + (sixty - zero) * value[i] / 60, point[i], 1e-9);
    trb_scene_clear(&scene);
}

/* ---- awkward data */

static void points_shrink_where_they_do_not_fit_and_are_left_out_with_a_word(void **unused)
{
    (void)unused;
    static double tie[2000];
    for (size_t i = 0; i < 2000; i++)
        tie[i] = 5;
    trb_plot_group group = {.name = "tied", .n = 90, .value = tie, .mean = 5, .sd = 0};
    const trb_plot_panel panel = {"X", "", 1, &group, 0, NULL};
    trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    options.width_mm = 85;
    trb_scene scene;
    trb_scene_init(&scene, NULL);
    CHECK_OK(trb_plot_groups_scene(&panel, 1, &options, &scene, err));
    check_geometry(&scene);
    assert_int_equal(90, count_role(&scene, TRB_ROLE_POINT));
    for (size_t i = 0; i < scene.n_shapes; i++)
        assert_true(scene.shape[i].role != TRB_ROLE_POINT || scene.shape[i].radius < 1.4);
    trb_scene_clear(&scene);
    group.n = 2000; /* 2000 ties in 70 mm: 0.035 mm each */
    char *text = svg_of(&panel, 1, &options);
    assert_int_equal(0, occurrences(text, "<circle"));
    assert_non_null(strstr(text, ">too many points to draw<"));
    assert_non_null(strstr(text, ">n = 2000<"));
    free(text);
}

static void forty_groups_are_drawn_and_too_many_brackets_are_counted(void **unused)
{
    (void)unused;
    static double value[40][12];
    static char name[40][24];
    static trb_plot_group group[40];
    static trb_plot_bracket bracket[780];
    size_t n = 0;
    for (size_t g = 0; g < 40; g++) {
        snprintf(name[g], sizeof name[g], "Stamm %zu µ", g + 1);
        for (size_t i = 0; i < 12; i++)
            value[g][i] = 20 + (double)(g % 7) + (double)(i * i % 11);
        group[g] = (trb_plot_group){.name = name[g], .n = 12, .value = value[g]};
        describe(&group[g]);
        for (size_t j = 0; j < g; j++)
            bracket[n++] = (trb_plot_bracket){j, g, 0.001};
    }
    trb_plot_panel panel = {"BV/TV", "%", 40, group, n, bracket};
    trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    for (int i = 0; i < 2; i++) {
        options.width_mm = i ? 85 : 174;
        trb_scene scene;
        trb_scene_init(&scene, NULL);
        CHECK_OK(trb_plot_groups_scene(&panel, 1, &options, &scene, err));
        check_geometry(&scene);
        assert_int_equal(40, count_role(&scene, TRB_ROLE_GROUP_LABEL));
        assert_int_equal(40 * 12, count_role(&scene, TRB_ROLE_POINT));
        assert_int_equal(0, count_role(&scene, TRB_ROLE_BRACKET));
        trb_scene_clear(&scene);
    }
    char *text = svg_of(&panel, 1, &options);
    assert_non_null(strstr(text, ">780 comparisons: see table<"));
    free(text);
}

static void negative_zero_missing_and_single_values_have_their_place(void **unused)
{
    (void)unused;
    const double one[1] = {3.2}, negative[5] = {-4, -3, -5, -2, -1}, zero[3] = {0, 0, 0}, bad[3] = {NAN, INFINITY, NAN};
    trb_plot_group group[5] = {{.name = "one", .n = 1, .value = one},
                               {.name = "negative", .n = 5, .value = negative},
                               {.name = "zero", .n = 3, .value = zero},
                               {.name = "none"},
                               {.name = "unknown", .n = 3, .value = bad}};
    for (int i = 0; i < 3; i++)
        describe(&group[i]);
    for (int i = 3; i < 5; i++)
        group[i].mean = group[i].sd = group[i].sem = group[i].median = group[i].q1 = group[i].q3 = NAN;
    const trb_plot_bracket bracket[3] = {{0, 1, 0.01}, {1, 2, 0.03}, {3, 4, NAN}};
    const trb_plot_panel panel[3] = {{"SMI", "", 5, group, 3, bracket},
                                     {"only negative", NULL, 1, &group[1], 0, NULL},
                                     {"only zero", "%", 1, &group[2], 0, NULL}};
    for (int kind = 0; kind < 3; kind++) {
        trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
        options.kind = (trb_plot_kind)kind;
        trb_scene scene;
        trb_scene_init(&scene, NULL);
        CHECK_OK(trb_plot_groups_scene(panel, 3, &options, &scene, err));
        check_geometry(&scene);
        assert_int_equal(9 + 5 + 3, count_role(&scene, TRB_ROLE_POINT));
        assert_int_equal(2, count_role(&scene, TRB_ROLE_BRACKET));
        trb_scene_clear(&scene);
        char *text = svg_of(panel, 3, &options);
        assert_int_equal(2, occurrences(text, ">n/a<"));
        assert_int_equal(2, occurrences(text, " (0)<")); /* five names do not fit flat */
        assert_null(strstr(text, "nan"));
        assert_null(strstr(text, "inf"));
        free(text);
    }
}

/* ---- bytes */

static void svg_text_says_what_the_figure_shows(void **unused)
{
    (void)unused;
    static study s;
    load(&s, false);
    trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    options.title = "Femur <distal> & \"proximal\"\n\xff";
    char *text = svg_of(s.panel, METRICS, &options);
    assert_ptr_equal(text, strstr(text, "<svg "));
    assert_string_equal("</svg>\n", text + strlen(text) - 7);
    assert_non_null(strstr(text, ">BV/TV (%)</text>"));
    assert_non_null(strstr(text, ">BMD (mg HA/cm³)</text>"));
    assert_non_null(strstr(text, ">Tb.Th (µm)</text>"));
    assert_int_equal(METRICS, occurrences(text, ">p &lt; 0.0001</text>"));
    assert_int_equal(METRICS, occurrences(text, ">p = 0.002</text>"));
    assert_int_equal(0, occurrences(text, ">p = 0.34</text>")); /* not asked for */
    assert_int_equal(METRICS * GROUPS, occurrences(text, ">n = 8</text>"));
    assert_int_equal(METRICS, occurrences(text, ">OVX+EV</text>"));
    assert_int_equal(METRICS * GROUPS * ANIMALS, occurrences(text, "<circle"));
    assert_non_null(strstr(text, "<title>Femur &lt;distal&gt; &amp; &quot;proximal&quot; \xEF\xBF\xBD</title>"));
    assert_non_null(strstr(text, "width=\"174mm\""));
    assert_int_equal(0, occurrences(text, " id=")); /* so that one page may hold many */
    assert_int_equal(0, occurrences(text, "href"));
    free(text);
    options.stars = options.show_ns = true;
    text = svg_of(s.panel, METRICS, &options);
    assert_int_equal(METRICS, occurrences(text, ">****</text>"));
    assert_int_equal(METRICS, occurrences(text, ">**</text>"));
    assert_int_equal(METRICS, occurrences(text, ">ns</text>"));
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

static void write_in_all_formats(const study *s, const char *stem, char *bytes[3], size_t size[3])
{
    static const char *const ENDING[3] = {"svg", "pdf", "png"};
    trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    options.dpi = 150;
    for (int i = 0; i < 3; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s.%s", testing_scratch(), stem, ENDING[i]);
        CHECK_OK(trb_plot_groups_write(s->panel, METRICS, &options, path, err));
        bytes[i] = bytes_of(path, &size[i]);
    }
}

static uint32_t word(const char *at)
{
    const unsigned char *p = (const unsigned char *)at;
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Also later, with rows in another order, and where the decimal point is a comma (if such a locale is there). */
static void same_data_give_the_same_bytes(void **unused)
{
    (void)unused;
    static study s, t;
    load(&s, false);
    load(&t, true);
    char *first[3], *second[3];
    size_t n[3], m[3];
    write_in_all_formats(&s, "one", first, n);
    sleep(1); /* a time of day in the file would differ */
    const bool comma = setlocale(LC_ALL, "de_DE.UTF-8") || setlocale(LC_ALL, "fr_FR.UTF-8");
    write_in_all_formats(&t, "two", second, m);
    setlocale(LC_ALL, "C");
    if (!comma)
        print_message("no locale with a decimal comma here: only the order of rows and the time were tried\n");
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
    static study s;
    load(&s, false);
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
        cmocka_unit_test(nothing_overlaps_in_any_style_kind_and_width),
        cmocka_unit_test(bars_and_points_stand_at_their_values),
        cmocka_unit_test(points_shrink_where_they_do_not_fit_and_are_left_out_with_a_word),
        cmocka_unit_test(forty_groups_are_drawn_and_too_many_brackets_are_counted),
        cmocka_unit_test(negative_zero_missing_and_single_values_have_their_place),
        cmocka_unit_test(svg_text_says_what_the_figure_shows),
        cmocka_unit_test(same_data_give_the_same_bytes),
        cmocka_unit_test(what_cannot_be_drawn_is_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
