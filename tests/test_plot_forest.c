/* test_plot_forest.c - forest plots: where things stand, and what is printed beside them. */
#include "support/testing.h"

#include "present/plot_forest.h"

static const char *const SERIES[2] = {"Sham", "OVX+EV"};

static char *svg_of(const trb_plot_forest *forest, const trb_plot_options *options)
{
    char *text = NULL;
    CHECK_OK(trb_plot_forest_svg(forest, options, &text, err));
    return text;
}

static void check_says(const char *text, const char *words)
{
    if (!strstr(text, words))
        fail_msg("no \"%s\" in the figure", words);
}

static void numbers_stand_beside_their_intervals(void **unused)
{
    (void)unused;
    const trb_plot_interval bv[2] = {{110.04, 98, 124, 0}, {-14, -27.26, 1.5, 0}};
    const trb_plot_interval smi[2] = {{NAN, NAN, NAN, 0}, {-16, -INFINITY, 45, 0}};
    const trb_plot_interval dend[2] = {{12, NAN, NAN, 0}, {13, 20, 5, 0}};
    const trb_plot_forest_row row[3] = {{"BV/TV", TRB_PLOT_ROW_PLAIN, bv},
                                        {"SMI <x>", TRB_PLOT_ROW_PLAIN, smi},
                                        {"Conn.D", TRB_PLOT_ROW_PLAIN, dend}};
    const trb_plot_forest forest = {.axis = "difference from OVX (% of OVX)",
                                    .value_unit = "%",
                                    .value_title = "difference [95 % CI]",
                                    .n_series = 2,
                                    .series = SERIES,
                                    .n_rows = 3,
                                    .row = row,
                                    .reference = 0};
    const trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    char *text = svg_of(&forest, &options);
    check_says(text, ">110.0 [98.0, 124.0] %</text>");
    check_says(text, ">−14.0 [−27.3, 1.5] %</text>");
    check_says(text, ">n/a</text>");
    check_says(text, ">−16.0 [−∞, 45.0] %</text>");
    check_says(text, ">12.0 [n/a] %</text>");
    check_says(text, ">13.0 [n/a] %</text>"); /* low > high is no interval */
    check_says(text, ">SMI &lt;x&gt;</text>");
    check_says(text, ">OVX+EV</text>");
    check_says(text, ">difference [95 % CI]</text>");
    check_says(text, ">difference from OVX (% of OVX)</text>");
    assert_null(strstr(text, "nan"));
    assert_null(strstr(text, "inf"));
    assert_null(strstr(text, " id="));
    free(text);
}

static double left_of(const trb_scene *scene, const trb_shape *shape)
{
    double left = INFINITY;
    for (size_t i = 0; i < shape->n; i++)
        left = fmin(left, scene->corner[shape->first + i].x);
    return left;
}

static double right_of(const trb_scene *scene, const trb_shape *shape)
{
    double right = -INFINITY;
    for (size_t i = 0; i < shape->n; i++)
        right = fmax(right, scene->corner[shape->first + i].x);
    return right;
}

/* Where a value stands, from two tick labels. */
static double place_of(const trb_scene *scene, double value, const char *low, double low_value,
                       const char *high, double high_value)
{
    double from = NAN, to = NAN;
    for (size_t i = 0; i < scene->n_shapes; i++) {
        const trb_shape *shape = &scene->shape[i];
        if (shape->role == TRB_ROLE_TICK_LABEL && strcmp(shape->text, low) == 0)
            from = shape->x;
        if (shape->role == TRB_ROLE_TICK_LABEL && strcmp(shape->text, high) == 0)
            to = shape->x;
    }
    return from + (to - from) * (value - low_value) / (high_value - low_value);
}

static void a_meta_analysis_has_squares_by_weight_and_a_diamond(void **unused)
{
    (void)unused;
    const trb_plot_interval value[4] = {
        {1, 0, 2, 16}, {2, 0.5, 3.5, 4}, {1.25, 0.5, 2, 0}, {NAN, -0.5, 3, 0}};
    const trb_plot_forest_row row[4] = {{"A 2019", TRB_PLOT_ROW_PLAIN, &value[0]},
                                        {"B 2020", TRB_PLOT_ROW_PLAIN, &value[1]},
                                        {"pooled", TRB_PLOT_ROW_SUMMARY, &value[2]},
                                        {"prediction", TRB_PLOT_ROW_PREDICTION, &value[3]}};
    const trb_plot_forest forest = {
        .n_series = 1, .n_rows = 4, .row = row, .reference = 0, .low_side = "OVX"};
    const trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    trb_scene scene;
    trb_scene_init(&scene, NULL);
    CHECK_OK(trb_plot_forest_scene(&forest, &options, &scene, err));
    double side[2], middle[2];
    size_t n_squares = 0, n_diamonds = 0;
    for (size_t i = 0; i < scene.n_shapes; i++) {
        const trb_shape *shape = &scene.shape[i];
        const double left = left_of(&scene, shape), right = right_of(&scene, shape);
        if (shape->role == TRB_ROLE_POINT) {
            assert_true(n_squares < 2);
            side[n_squares] = right - left;
            middle[n_squares++] = (left + right) / 2;
        }
        if (shape->role == TRB_ROLE_BAR) {
            n_diamonds++;
            CHECK_CLOSE(place_of(&scene, 0.5, "0", 0, "1", 1), left, 1e-9);
            CHECK_CLOSE(place_of(&scene, 2, "0", 0, "1", 1), right, 1e-9);
        }
    }
    assert_int_equal(2, n_squares);
    assert_int_equal(1, n_diamonds);
    CHECK_CLOSE(2, side[0] / side[1], 1e-9); /* area as 16 to 4 */
    CHECK_CLOSE(place_of(&scene, 1, "0", 0, "1", 1), middle[0], 1e-9);
    CHECK_CLOSE(place_of(&scene, 2, "0", 0, "1", 1), middle[1], 1e-9);
    trb_scene_clear(&scene);
    char *text = svg_of(&forest, &options);
    check_says(text, ">80.0 %</text>");
    check_says(text, ">20.0 %</text>");
    check_says(text, ">[−0.50, 3.00]</text>");
    check_says(text, ">← OVX</text>");
    free(text);
}

static void one_wild_interval_does_not_squeeze_the_others(void **unused)
{
    (void)unused;
    const trb_plot_interval value[4] = {
        {10, 5, 15, 0}, {-8, -12, -4, 0}, {4, -1e6, 1e6, 0}, {2, -INFINITY, INFINITY, 0}};
    trb_plot_forest_row row[4];
    for (size_t i = 0; i < 4; i++)
        row[i] = (trb_plot_forest_row){"m", TRB_PLOT_ROW_PLAIN, &value[i]};
    const trb_plot_forest forest = {.n_series = 1, .n_rows = 4, .row = row, .reference = 0};
    for (int i = 0; i < 3; i++) {
        trb_plot_options options = trb_plot_options_default((trb_plot_style)i);
        trb_scene scene;
        trb_scene_init(&scene, NULL);
        CHECK_OK(trb_plot_forest_scene(&forest, &options, &scene, err));
        size_t arrows = 0;
        double axis_left = NAN, axis_right = NAN;
        for (size_t k = 0; k < scene.n_shapes; k++)
            if (scene.shape[k].role == TRB_ROLE_AXIS &&
                right_of(&scene, &scene.shape[k]) - left_of(&scene, &scene.shape[k]) > 1) {
                axis_left = left_of(&scene, &scene.shape[k]);
                axis_right = right_of(&scene, &scene.shape[k]);
            }
        for (size_t k = 0; k < scene.n_shapes; k++) {
            const trb_shape *shape = &scene.shape[k];
            arrows += shape->role == TRB_ROLE_WHISKER && shape->kind == TRB_SHAPE_POLYGON;
            if (shape->role == TRB_ROLE_WHISKER)
                assert_true(left_of(&scene, shape) >= axis_left - 1e-9 &&
                            right_of(&scene, shape) <= axis_right + 1e-9);
        }
        assert_int_equal(4, arrows);
        const double ten = place_of(&scene, 15, "0", 0, "10", 10) - place_of(&scene, 5, "0", 0, "10", 10);
        assert_true(ten > 0.15 * (axis_right - axis_left));
        trb_scene_clear(&scene);
    }
}

static void awkward_forests_are_drawn_or_refused(void **unused)
{
    (void)unused;
    const trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    const trb_plot_interval nothing = {NAN, NAN, NAN, 0}, zero = {0, 0, 0, 0},
                            all = {5, -INFINITY, INFINITY, 0};
    const trb_plot_interval *const one[3] = {&nothing, &zero, &all};
    for (int i = 0; i < 3; i++) {
        const trb_plot_forest_row row = {"m", TRB_PLOT_ROW_PLAIN, one[i]};
        const trb_plot_forest forest = {.n_series = 1, .n_rows = 1, .row = &row, .reference = NAN};
        free(svg_of(&forest, &options));
    }
    static char name[300];
    memset(name, 'x', sizeof name - 1);
    const trb_plot_forest_row row = {name, TRB_PLOT_ROW_PLAIN, &zero};
    trb_plot_forest forest = {.n_series = 1, .n_rows = 1, .row = &row, .reference = 0};
    char *text = svg_of(&forest, &options);
    check_says(text, "x…x");
    free(text);
    trb_error err;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_plot_forest_write(&forest, &options, "figure.gif", &err));
    forest.n_series = 2;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_plot_forest_svg(&forest, &options, &text, &err));
    check_says(err.text, "need names");
    assert_null(text);
    forest.n_series = 1;
    forest.n_rows = 0;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_plot_forest_svg(&forest, &options, &text, &err));
}

static void series_keep_the_colour_of_their_group(void **unused)
{
    (void)unused;
    const trb_plot_interval value[2] = {{1, 0, 2, 0}, {2, 1, 3, 0}};
    const trb_plot_forest_row row = {"m", TRB_PLOT_ROW_PLAIN, value};
    const size_t colour[2] = {0, 3};
    trb_plot_forest forest = {.n_series = 2, .series = SERIES, .n_rows = 1, .row = &row, .reference = 0};
    const trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    char *text = svg_of(&forest, &options);
    assert_null(strstr(text, "#009e73")); /* the palette's green */
    free(text);
    forest.colour = colour;
    text = svg_of(&forest, &options);
    check_says(text, "#009e73");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_stand_beside_their_intervals),
        cmocka_unit_test(a_meta_analysis_has_squares_by_weight_and_a_diamond),
        cmocka_unit_test(one_wild_interval_does_not_squeeze_the_others),
        cmocka_unit_test(awkward_forests_are_drawn_or_refused),
        cmocka_unit_test(series_keep_the_colour_of_their_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
