/* test_plot_lines.c - means over time and distributions. */
#include "support/plot_study.h"
#include "support/testing.h"

#include "present/plot_lines.h"

static const double WEEK[3] = {0, 4, 12}, MEAN[3] = {30, 24, NAN}, LOW[3] = {27, 20, 1},
                    HIGH[3] = {33, 28, 2};
static const double ANIMAL[3] = {31, NAN, 22};

static trb_plot_series series_of(const char *name, const trb_plot_trace *trace)
{
    return (trb_plot_series){name, 3, WEEK, MEAN, LOW, HIGH, trace ? 1 : 0, trace};
}

static size_t count_points(const trb_scene *scene)
{
    size_t n = 0;
    for (size_t i = 0; i < scene->n_shapes; i++)
        n += scene->shape[i].role == TRB_ROLE_POINT;
    return n;
}

/* Everything must be on the page, and what is drawn must be inside the axes. */
static void check_page(const trb_scene *scene)
{
    for (size_t i = 0; i < scene->n_shapes; i++) {
        const trb_shape *shape = &scene->shape[i];
        for (size_t k = 0; k < shape->n; k++) {
            const trb_corner at = scene->corner[shape->first + k];
            assert_true(at.x >= 0 && at.x <= scene->width && at.y >= 0 && at.y <= scene->height);
        }
    }
}

static void known_means_are_markers_and_unknown_ones_break_the_line(void **unused)
{
    (void)unused;
    const trb_plot_trace trace = {3, WEEK, ANIMAL};
    const trb_plot_series series[2] = {series_of("OVX", &trace), series_of("EV & more", NULL)};
    const trb_plot_chart chart = {"BV/TV", "%", "time", "weeks", 2, series};
    const trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    trb_scene scene;
    trb_scene_init(&scene, NULL);
    CHECK_OK(trb_plot_lines_scene(&chart, 1, &options, TRB_LINES_TIME, &scene, err));
    check_page(&scene);
    assert_int_equal(2 * 2 + 2, count_points(&scene)); /* two means a series, and the key */
    size_t dots = 0;
    for (size_t i = 0; i < scene.n_shapes; i++)
        dots += scene.shape[i].kind == TRB_SHAPE_CIRCLE && scene.shape[i].role == TRB_ROLE_PLAIN;
    assert_int_equal(2, dots); /* the animal's lone values at 0 and 12 weeks */
    trb_scene_clear(&scene);
    char *text = NULL;
    CHECK_OK(trb_plot_time_svg(&chart, 1, &options, &text, err));
    assert_non_null(strstr(text, ">BV/TV (%)</text>"));
    assert_non_null(strstr(text, ">time (weeks)</text>"));
    assert_int_equal(1, plot_count(text, ">EV &amp; more</text>"));
    assert_int_equal(0, plot_count(text, "nan"));
    free(text);
}

/* The first marker of a series alone stands at week 0, mean 30. */
static void markers_stand_at_their_values(void **unused)
{
    (void)unused;
    const trb_plot_series series = series_of("OVX", NULL);
    const trb_plot_chart chart = {"BV/TV", "%", "time", "weeks", 1, &series};
    const trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    trb_scene scene;
    trb_scene_init(&scene, NULL);
    CHECK_OK(trb_plot_lines_scene(&chart, 1, &options, TRB_LINES_TIME, &scene, err));
    double y20 = NAN, y30 = NAN, x0 = NAN, x4 = NAN;
    const trb_shape *marker[2] = {NULL, NULL};
    size_t n = 0;
    for (size_t i = 0; i < scene.n_shapes; i++) {
        const trb_shape *shape = &scene.shape[i];
        if (shape->role == TRB_ROLE_POINT && n < 2)
            marker[n++] = shape;
        if (shape->role != TRB_ROLE_TICK_LABEL)
            continue;
        if (shape->anchor == TRB_RIGHT && strcmp(shape->text, "20") == 0)
            y20 = shape->y - TRB_CAPITAL * shape->size / 2;
        if (shape->anchor == TRB_RIGHT && strcmp(shape->text, "30") == 0)
            y30 = shape->y - TRB_CAPITAL * shape->size / 2;
        if (shape->anchor == TRB_CENTRE && strcmp(shape->text, "0") == 0)
            x0 = shape->x;
        if (shape->anchor == TRB_CENTRE && strcmp(shape->text, "4") == 0)
            x4 = shape->x;
    }
    assert_int_equal(2, n);
    CHECK_CLOSE(x0, marker[0]->x, 1e-9);
    CHECK_CLOSE(y30, marker[0]->y, 1e-9);
    CHECK_CLOSE(x4, marker[1]->x, 1e-9);
    CHECK_CLOSE(y30 + (y20 - y30) * 0.6, marker[1]->y, 1e-9); /* 24 */
    trb_scene_clear(&scene);
}

static void a_distribution_has_a_band_and_starts_from_zero(void **unused)
{
    (void)unused;
    const double x[4] = {0.1, 0.2, 0.3, 0.4}, mean[4] = {4, 9, 6, 5}, low[4] = {3, 8, NAN, 4},
                 high[4] = {5, 10, 7, 6};
    const trb_plot_series series[2] = {{"Sham", 4, x, mean, low, high, 0, NULL},
                                       {"OVX", 4, x, mean, NULL, NULL, 0, NULL}};
    const trb_plot_chart chart[2] = {{"share", "%", "Tb.Th", "mm", 2, series},
                                     {"share", "%", "Tb.Sp", "um", 1, series}};
    for (int i = 0; i < 3; i++) {
        const trb_plot_options options = trb_plot_options_default((trb_plot_style)i);
        trb_scene scene;
        trb_scene_init(&scene, NULL);
        CHECK_OK(trb_plot_lines_scene(chart, 2, &options, TRB_LINES_DISTRIBUTION, &scene, err));
        check_page(&scene);
        assert_int_equal(0, count_points(&scene));
        size_t bands = 0, zeros = 0;
        for (size_t k = 0; k < scene.n_shapes; k++) {
            bands += scene.shape[k].role == TRB_ROLE_BAR;
            zeros += scene.shape[k].role == TRB_ROLE_TICK_LABEL && scene.shape[k].anchor == TRB_RIGHT &&
                     strcmp(scene.shape[k].text, "0") == 0;
        }
        assert_int_equal(2, bands); /* one a chart: the unknown bound leaves a single point without a band */
        assert_int_equal(2, zeros);
        trb_scene_clear(&scene);
    }
}

static void nothing_to_draw_is_an_empty_chart_and_nonsense_is_refused(void **unused)
{
    (void)unused;
    const trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    const double unknown[2] = {NAN, NAN};
    const trb_plot_series none[2] = {{"empty", 0, NULL, NULL, NULL, NULL, 0, NULL},
                                     {"unknown", 2, unknown, unknown, unknown, unknown, 0, NULL}};
    trb_plot_chart chart = {"SMI", NULL, "time", NULL, 2, none};
    char *text = NULL;
    CHECK_OK(trb_plot_time_svg(&chart, 1, &options, &text, err));
    assert_non_null(strstr(text, ">SMI</text>"));
    assert_int_equal(0, plot_count(text, "nan"));
    free(text);
    CHECK_OK(trb_plot_distribution_svg(&chart, 1, &options, &text, err));
    free(text);
    const trb_plot_series bad = {"no values", 2, NULL, NULL, NULL, NULL, 0, NULL};
    chart = (trb_plot_chart){"SMI", NULL, "time", NULL, 1, &bad};
    trb_error err;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_plot_time_svg(&chart, 1, &options, &text, &err));
    assert_null(text);
    assert_int_equal(TRB_ERR_ARGUMENT, trb_plot_time_write(&chart, 0, &options, "x.svg", &err));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_plot_distribution_write(&chart, 1, &options, "x.eps", &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_means_are_markers_and_unknown_ones_break_the_line),
        cmocka_unit_test(markers_stand_at_their_values),
        cmocka_unit_test(a_distribution_has_a_band_and_starts_from_zero),
        cmocka_unit_test(nothing_to_draw_is_an_empty_chart_and_nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
