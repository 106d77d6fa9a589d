/* test_plot.c - the geometry of whole figures, in any style, and with awkward data. */
#include "support/plot_study.h"
#include "support/testing.h"

#include "present/plot_groups.h"

/* ---- geometry of the shapes themselves */

typedef struct box {
    double left, right, top, bottom;
} box;

static box box_of(trb_scene *scene, const trb_shape *shape)
{
    if (shape->kind == TRB_SHAPE_TEXT) { /* level text only */
        const double width = trb_scene_text_width(scene, shape->size, shape->bold, shape->text);
        const double left = shape->anchor == TRB_LEFT
                                ? shape->x
                                : shape->x - (shape->anchor == TRB_CENTRE ? width / 2 : width);
        const double top = shape->text[0] == '*' ? 0.72 : TRB_CAPITAL,
                     down = shape->text[0] == '*' ? -0.4 : 0;
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

/* No two points nearer than a diameter; no text on another; brackets clear of data, of each other and of
 * other brackets' texts; all on the page. A bracket and its own text touch nowhere either. */
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
            else if (p->kind == TRB_SHAPE_TEXT && q->kind == TRB_SHAPE_TEXT)
                assert_true(p->angle_deg != 0 || q->angle_deg != 0 || !overlap(at, box_of(scene, q)));
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
    static plot_study s;
    plot_study_load(&s, false);
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
        CHECK_OK(trb_plot_groups_scene(s.panel, PLOT_METRICS, &options, &scene, err));
        check_geometry(&scene);
        assert_int_equal(PLOT_METRICS * PLOT_GROUPS * PLOT_ANIMALS, count_role(&scene, TRB_ROLE_POINT));
        assert_int_equal(PLOT_METRICS * 3, count_role(&scene, TRB_ROLE_BRACKET));
        assert_int_equal(PLOT_METRICS * 3, count_role(&scene, TRB_ROLE_BRACKET_TEXT));
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
    CHECK_CLOSE((zero + sixty) / 2, bar_top, 1e-9);                /* 30 of 60 */
    CHECK_CLOSE(zero + (sixty - zero) * 5 / 6, whisker_top, 1e-9); /* 30 + 20 */
    for (size_t i = 0; i < 3; i++)
        CHECK_CLOSE(zero + (sixty - zero) * value[i] / 60, point[i], 1e-9);
    trb_scene_clear(&scene);
}

/* Bars show lengths and must start from zero; points show places and need not. */
static void bars_start_from_zero_and_points_where_the_data_are(void **unused)
{
    (void)unused;
    const double value[3] = {90, 92, 97};
    trb_plot_group group = {.name = "a", .n = 3, .value = value};
    plot_describe(&group);
    const trb_plot_panel panel = {"X", "", 1, &group, 0, NULL};
    for (int kind = 0; kind < 3; kind++) {
        trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
        options.kind = (trb_plot_kind)kind;
        char *text = plot_svg(&panel, 1, &options);
        assert_int_equal(kind == TRB_PLOT_BAR ? 1 : 0, plot_count(text, ">0</text>"));
        assert_int_equal(kind == TRB_PLOT_BAR ? 0 : 1, plot_count(text, ">92</text>"));
        free(text);
    }
    const double low[3] = {2, 8, 10}; /* near enough to zero to show it */
    trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    options.kind = TRB_PLOT_POINTS;
    group.value = low;
    plot_describe(&group);
    char *text = plot_svg(&panel, 1, &options);
    assert_int_equal(1, plot_count(text, ">0</text>"));
    free(text);
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
    char *text = plot_svg(&panel, 1, &options);
    assert_int_equal(0, plot_count(text, "<circle"));
    assert_non_null(strstr(text, ">too many points to draw<"));
    assert_non_null(strstr(text, ">n = 2000<"));
    free(text);
}

/* Letters of a letter display take part in the stacking. */
static void marks_stand_above_the_data_and_below_the_brackets(void **unused)
{
    (void)unused;
    static plot_study s;
    plot_study_load(&s, false);
    for (size_t m = 0; m < PLOT_METRICS; m++)
        for (size_t g = 0; g < PLOT_GROUPS; g++)
            s.group[m][g].mark = g == 0 ? "a" : g == 3 ? "ab" : "*";
    for (int i = 0; i < 9; i++) {
        trb_plot_options options = trb_plot_options_default((trb_plot_style)(i % 3));
        options.kind = (trb_plot_kind)(i / 3);
        trb_scene scene;
        trb_scene_init(&scene, NULL);
        CHECK_OK(trb_plot_groups_scene(s.panel, PLOT_METRICS, &options, &scene, err));
        check_geometry(&scene);
        assert_int_equal(PLOT_METRICS * (2 + PLOT_GROUPS), count_role(&scene, TRB_ROLE_BRACKET_TEXT));
        trb_scene_clear(&scene);
    }
}

static void long_names_move_into_one_key(void **unused)
{
    (void)unused;
    static plot_study s;
    plot_study_load(&s, false);
    static const char *const LONG[PLOT_GROUPS] = {"Sham operated, given the vehicle only", "OVX",
                                                  "OVX with extracellular vesicles, 10⁹",
                                                  "骨 OVX, 10¹⁰ vesicles"};
    for (size_t m = 0; m < PLOT_METRICS; m++)
        for (size_t g = 0; g < PLOT_GROUPS; g++)
            s.group[m][g].name = LONG[g];
    for (int i = 0; i < 2; i++) {
        trb_plot_options options = trb_plot_options_default(TRB_PLOT_MONO);
        options.width_mm = i ? 85 : 174;
        trb_scene scene;
        trb_scene_init(&scene, NULL);
        CHECK_OK(trb_plot_groups_scene(s.panel, PLOT_METRICS, &options, &scene, err));
        check_geometry(&scene);
        trb_scene_clear(&scene);
        char *text = plot_svg(s.panel, PLOT_METRICS, &options);
        for (size_t g = 0; g < PLOT_GROUPS; g++) {
            char whole[128];
            snprintf(whole, sizeof whole, ">%s</text>", LONG[g]);
            assert_int_equal(1, plot_count(text, whole));
        }
        assert_int_equal(PLOT_METRICS * PLOT_GROUPS, plot_count(text, ">n = 8</text>"));
        free(text);
    }
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
        plot_describe(&group[g]);
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
    char *text = plot_svg(&panel, 1, &options);
    assert_non_null(strstr(text, ">780 comparisons: see table<"));
    free(text);
}

static void negative_zero_missing_and_single_values_have_their_place(void **unused)
{
    (void)unused;
    const double one[1] = {3.2}, negative[5] = {-4, -3, -5, -2, -1}, zero[3] = {0, 0, 0},
                 bad[3] = {NAN, INFINITY, NAN};
    trb_plot_group group[5] = {{.name = "one", .n = 1, .value = one},
                               {.name = "negative", .n = 5, .value = negative},
                               {.name = "zero", .n = 3, .value = zero},
                               {.name = "none"},
                               {.name = "unknown", .n = 3, .value = bad}};
    for (int i = 0; i < 3; i++)
        plot_describe(&group[i]);
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
        char *text = plot_svg(panel, 3, &options);
        assert_int_equal(2, plot_count(text, ">n/a<"));
        assert_int_equal(2, plot_count(text, " (0)<")); /* five names do not fit flat */
        assert_null(strstr(text, "nan"));
        assert_null(strstr(text, "inf"));
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_overlaps_in_any_style_kind_and_width),
        cmocka_unit_test(bars_and_points_stand_at_their_values),
        cmocka_unit_test(bars_start_from_zero_and_points_where_the_data_are),
        cmocka_unit_test(points_shrink_where_they_do_not_fit_and_are_left_out_with_a_word),
        cmocka_unit_test(marks_stand_above_the_data_and_below_the_brackets),
        cmocka_unit_test(long_names_move_into_one_key),
        cmocka_unit_test(forty_groups_are_drawn_and_too_many_brackets_are_counted),
        cmocka_unit_test(negative_zero_missing_and_single_values_have_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
