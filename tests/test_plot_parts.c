/* test_plot_parts.c - axes, p texts, swarms and bracket stacks, each by itself. */
#include "support/testing.h"

#include "present/plot_axis.h"
#include "present/plot_brackets.h"
#include "present/plot_number.h"
#include "present/plot_swarm.h"

/* ---- a small generator of the test's own */
static uint64_t state = 1;

static double uniform(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) / 9007199254740992.0;
}

static void check_label(double low, double high, size_t most, size_t tick, const char *expected)
{
    const trb_plot_axis axis = trb_plot_axis_cover(low, high, most);
    char text[TRB_PLOT_TEXT];
    assert_true(tick < axis.n);
    trb_plot_axis_label(&axis, tick, text, sizeof text);
    assert_string_equal(expected, text);
}

static void ticks_are_those_a_person_would_draw(void **unused)
{
    (void)unused;
    trb_plot_axis axis = trb_plot_axis_cover(0, 36.2, 5);
    assert_int_equal(5, axis.n);
    CHECK_CLOSE(10, axis.step, 0);
    CHECK_CLOSE(0, axis.low, 0);
    CHECK_CLOSE(40, axis.high, 0);
    axis = trb_plot_axis_cover(-0.3, 0.3, 5);
    CHECK_CLOSE(-0.4, axis.low, 0);
    CHECK_CLOSE(0.4, axis.high, 0);
    CHECK_CLOSE(0, trb_plot_axis_tick(&axis, 2), 0);
    check_label(-0.3, 0.3, 5, 0, "−0.4");
    check_label(-0.3, 0.3, 5, 2, "0.0");
    check_label(0, 0.06, 5, 1, "0.02");
    check_label(0, 1.5e7, 5, 1, "5");   /* 10^6 stands in the title */
    check_label(0, 1.9e-5, 5, 4, "20"); /* 10^-6 */
    check_label(0, 0, 5, 5, "1.0");     /* all zero */
    check_label(7, 7, 5, 0, "6.0");     /* constant: a tenth to each side */
    check_label(NAN, NAN, 5, 0, "0.0"); /* nothing */
}

static void an_axis_covers_its_data_with_steps_of_one_two_or_five(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < 20000; i++) {
        const double size = pow(10, 24 * uniform() - 12), low = size * (uniform() - 0.5),
                     range = size * uniform();
        const size_t most = 3 + i % 6;
        const trb_plot_axis axis = trb_plot_axis_cover(low, low + range, most);
        assert_true(axis.low <= low + 1e-6 * axis.step && axis.high >= low + range - 1e-6 * axis.step);
        assert_true(axis.n >= 2 && axis.n <= most + 1);
        const double lead = axis.step / pow(10, floor(log10(axis.step) + 1e-9));
        assert_true(fabs(lead - 1) < 1e-9 || fabs(lead - 2) < 1e-9 || fabs(lead - 5) < 1e-9);
        for (size_t k = 1; k < axis.n; k++) { /* labels differ, so they have digits enough */
            char before[TRB_PLOT_TEXT], label[TRB_PLOT_TEXT];
            trb_plot_axis_label(&axis, k - 1, before, sizeof before);
            trb_plot_axis_label(&axis, k, label, sizeof label);
            assert_string_not_equal(before, label);
        }
    }
}

static void ticks_within_stay_within(void **unused)
{
    (void)unused;
    const trb_plot_axis axis = trb_plot_axis_within(-37.5, 112.5, 5);
    assert_int_equal(3, axis.n);
    CHECK_CLOSE(0, trb_plot_axis_tick(&axis, 0), 0);
    CHECK_CLOSE(100, trb_plot_axis_tick(&axis, 2), 0);
    CHECK_CLOSE(0.25, trb_plot_axis_place(&axis, 0), 1e-15);
    for (size_t i = 0; i < 5000; i++) {
        const double low = 200 * uniform() - 100, high = low + 50 * uniform() + 1e-3;
        const trb_plot_axis some = trb_plot_axis_within(low, high, 2 + i % 5);
        assert_true(some.n >= 2 && some.low == low && some.high == high);
        assert_true(trb_plot_axis_tick(&some, 0) >= low - 1e-8 * some.step);
        assert_true(trb_plot_axis_tick(&some, some.n - 1) <= high + 1e-8 * some.step);
    }
}

static void p_values_read_as_papers_print_them(void **unused)
{
    (void)unused;
    static const struct {
        double p;
        const char *exact, *stars;
    } CASE[] = {{0, "p < 0.0001", "****"},     {0.0000999, "p < 0.0001", "****"},
                {0.0001, "p = 0.0001", "***"}, {0.00094, "p = 0.0009", "***"},
                {0.001, "p = 0.001", "**"},    {0.0096, "p = 0.010", "**"},
                {0.012, "p = 0.012", "*"},     {0.0496, "p = 0.0496", "*"},
                {0.04999, "p < 0.05", "*"},    {0.05, "p = 0.050", "ns"},
                {0.0994, "p = 0.099", "ns"},   {0.34, "p = 0.34", "ns"},
                {0.125, "p = 0.13", "ns"},     {1, "p = 1.00", "ns"}};
    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        char text[TRB_PLOT_TEXT];
        trb_plot_p_text(CASE[i].p, false, text, sizeof text);
        assert_string_equal(CASE[i].exact, text);
        trb_plot_p_text(CASE[i].p, true, text, sizeof text);
        assert_string_equal(CASE[i].stars, text);
    }
}

static void check_fixed(double value, int decimals, const char *expected)
{
    char text[TRB_PLOT_TEXT];
    trb_plot_fixed(value, decimals, "-", text, sizeof text);
    assert_string_equal(expected, text);
}

static void numbers_and_units_have_their_print_form(void **unused)
{
    (void)unused;
    check_fixed(-0.0004, 3, "0.000");
    check_fixed(-0.0005, 3, "-0.001");
    check_fixed(2.675, 2, "2.68");
    check_fixed(1234.5, 0, "1235");
    check_fixed(NAN, 2, "n/a");
    check_fixed(-INFINITY, 2, "-∞");
    check_fixed(-1e300, 2, "-1e+300");
    char text[TRB_PLOT_TEXT];
    trb_plot_axis_title("Conn.D", "1/mm^3", 0, text, sizeof text);
    assert_string_equal("Conn.D (1/mm³)", text);
    trb_plot_axis_title("BMD", "mgHA/cm3", 0, text, sizeof text);
    assert_string_equal("BMD (mg HA/cm³)", text);
    trb_plot_axis_title("Tb.Th", "um", -3, text, sizeof text);
    assert_string_equal("Tb.Th (10⁻³ µm)", text);
    trb_plot_axis_title("SMI", "", 0, text, sizeof text);
    assert_string_equal("SMI", text);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void points_never_overlap(void **unused)
{
    (void)unused;
    enum { MOST = 300 };
    static double y[MOST], x[MOST];
    for (size_t round = 0; round < 200; round++) {
        const size_t n = 1 + round % MOST;
        const double half_width = 30 + 400 * uniform();
        for (size_t i = 0; i < n; i++) /* every third round has ties */
            y[i] = round % 3 ? 60 * uniform() : floor(8 * uniform());
        qsort(y, n, sizeof *y, ascending);
        bool fits;
        CHECK_OK(trb_plot_swarm(y, n, 3, half_width, x, &fits, err));
        for (size_t i = 0; fits && i < n; i++) {
            assert_true(fabs(x[i]) <= half_width - 1.5);
            for (size_t j = 0; j < i; j++)
                assert_true(hypot(x[i] - x[j], y[i] - y[j]) >= 3 * (1 - 1e-12));
        }
    }
}

static void lone_points_stand_in_the_middle_and_ties_fan_out(void **unused)
{
    (void)unused;
    const double far[3] = {0, 10, 20}, tie[5] = {4, 4, 4, 4, 4};
    double x[5];
    bool fits;
    CHECK_OK(trb_plot_swarm(far, 3, 3, 10, x, &fits, err));
    assert_true(fits && x[0] == 0 && x[1] == 0 && x[2] == 0);
    CHECK_OK(trb_plot_swarm(tie, 5, 3, 8, x, &fits, err));
    assert_true(fits);
    qsort(x, 5, sizeof *x, ascending);
    for (int i = 0; i < 5; i++)
        CHECK_CLOSE(3 * (i - 2), x[i], 1e-12);
    CHECK_OK(trb_plot_swarm(tie, 5, 3, 7.4, x, &fits, err)); /* the outer points would end at 7.5 */
    assert_false(fits);
    CHECK_OK(trb_plot_swarm(tie, 0, 3, 1, x, &fits, err));
    assert_true(fits);
}

typedef struct box {
    double left, right, low, high;
} box;

static bool overlap(box p, box q)
{
    return p.left < q.right && q.left < p.right && p.low < q.high && q.low < p.high;
}

static box line_of(const trb_bracket_place *place, const trb_bracket_sizes *sizes)
{
    return (box){place->x1, place->x2, place->height - sizes->tick, place->height};
}

static box text_of(const trb_bracket_place *place, const trb_bracket_sizes *sizes)
{
    return (box){place->text_x - place->text_width / 2, place->text_x + place->text_width / 2, place->height,
                 place->height + sizes->text_height};
}

/* Lines and texts of all pairs of up to 7 groups, over columns of any height. */
static void brackets_cross_neither_each_other_nor_the_data(void **unused)
{
    (void)unused;
    const trb_bracket_sizes sizes = {2, 1.5, 7, 1.5, 0, 140};
    for (size_t round = 0; round < 300; round++) {
        const size_t n = 2 + round % 6;
        trb_bracket_column column[7];
        trb_bracket_place place[21];
        size_t m = 0;
        for (size_t i = 0; i < n; i++) {
            const double pitch = 140.0 / (double)n;
            column[i] = (trb_bracket_column){((double)i + 0.5) * pitch, pitch / 2, 100 * uniform()};
            for (size_t j = 0; j < i; j++)
                if (uniform() < 0.7)
                    place[m++] = (trb_bracket_place){.a = j, .b = i, .text_width = 10 + 30 * uniform()};
        }
        trb_plot_brackets_stack(place, m, column, n, &sizes);
        for (size_t i = 0; i < m; i++) {
            const box line = line_of(&place[i], &sizes), text = text_of(&place[i], &sizes);
            assert_true(text.left >= -1e-9 && text.right <= 140 + 1e-9);
            for (size_t k = 0; k < n; k++) {
                const box data = {column[k].centre - column[k].half_width,
                                  column[k].centre + column[k].half_width, -1, column[k].top};
                assert_false(overlap(line, data) || overlap(text, data));
            }
            for (size_t j = 0; j < i; j++) {
                const box other_line = line_of(&place[j], &sizes), other_text = text_of(&place[j], &sizes);
                assert_false(overlap(line, other_line) || overlap(text, other_text) ||
                             overlap(line, other_text) || overlap(text, other_line));
            }
            assert_true(trb_plot_brackets_top(place, m, &sizes, 0) >= text.high);
        }
    }
}

static void neighbours_share_a_level_and_a_wide_bracket_stands_above(void **unused)
{
    (void)unused;
    const trb_bracket_sizes sizes = {2, 1.5, 7, 1.5, 0, 90};
    const trb_bracket_column column[3] = {{15, 15, 50}, {45, 15, 50}, {75, 15, 50}};
    trb_bracket_place place[3] = {{.a = 0, .b = 2, .text_width = 9},
                                  {.a = 1, .b = 2, .text_width = 9},
                                  {.a = 0, .b = 1, .text_width = 9}};
    trb_plot_brackets_stack(place, 3, column, 3, &sizes);
    assert_true(place[0].a == 0 && place[0].b == 1 && place[2].b - place[2].a == 2);
    CHECK_CLOSE(53.5, place[0].height, 1e-9); /* top + gap + tick */
    CHECK_CLOSE(53.5, place[1].height, 1e-9);
    CHECK_CLOSE(53.5 + 7 + 2 + 1.5, place[2].height, 1e-5);
    CHECK_CLOSE(16.5, place[0].x1, 1e-12);
    CHECK_CLOSE(43.5, place[0].x2, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_are_those_a_person_would_draw),
        cmocka_unit_test(an_axis_covers_its_data_with_steps_of_one_two_or_five),
        cmocka_unit_test(ticks_within_stay_within),
        cmocka_unit_test(p_values_read_as_papers_print_them),
        cmocka_unit_test(numbers_and_units_have_their_print_form),
        cmocka_unit_test(points_never_overlap),
        cmocka_unit_test(lone_points_stand_in_the_middle_and_ties_fan_out),
        cmocka_unit_test(brackets_cross_neither_each_other_nor_the_data),
        cmocka_unit_test(neighbours_share_a_level_and_a_wide_bracket_stands_above),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
