/*
 * test_thickness_bias.c - how far the sub-voxel rule is off where the thickness is known, and that it stays put when
 * the same object is seen less well. README "Thickness at three voxels" has the whole tables (scripts/thickness-bias).
 */
#include "support/testing.h"
#include "support/thickness_case.h"

/* ---- bias */

typedef struct bias {
    int n;
    double squares, largest;
} bias;

static void take(bias *to, double off)
{
    to->n++;
    to->squares += off * off;
    to->largest = fmax(to->largest, fabs(off));
}

static void check_bias(const char *what, const bias *b, double rms, double largest)
{
    const double got = sqrt(b->squares / b->n);
    printf("%s: RMS %.3f, largest %.3f voxel (%d)\n", what, got, b->largest, b->n);
    if (!(got <= rms && b->largest <= largest))
        fail_msg("%s: RMS %.3f (at most %.3f), largest %.3f (at most %.3f)", what, got, rms, b->largest, largest);
}

static void take_shape(bias *to, trb_phantom_kind kind, double thickness, unsigned placement)
{
    thickness_case c = thickness_case_make(kind, thickness, placement, &THICKNESS_VIEW_PLAIN);
    take(to, thickness_case_mean(&c, TRB_THICKNESS_SUBVOXEL, 1) - c.truth.thickness);
    if (kind == TRB_PHANTOM_PLATES)
        take(to, thickness_case_mean(&c, TRB_THICKNESS_SUBVOXEL, 0) - c.truth.separation);
    thickness_case_clear(&c);
}

static void thickness_from_2_5_voxels_on_is_right_to_0_15(void **state)
{
    static const double thin[] = {2.5, 3, 3.5, 4, 5}, thick[] = {6, 7, 8.5, 10};
    static const trb_phantom_kind kinds[] = {TRB_PHANTOM_PLATE, TRB_PHANTOM_ROD, TRB_PHANTOM_TORUS, TRB_PHANTOM_PLATES,
                                             TRB_PHANTOM_GYROID};
    (void)state;
    bias below = {0}, above = {0};
    for (unsigned k = 0; k < 5; k++) {
        const bool slow = kinds[k] == TRB_PHANTOM_GYROID; /* to make: some are enough */
        for (unsigned t = 0; t < 5; t += slow ? 2 : 1)
            take_shape(&below, kinds[k], thin[t], t % 3);
        for (unsigned t = 0; t < (slow ? 1 : 4); t++)
            take_shape(&above, kinds[k], thick[t], t % 3);
    }
    check_bias("2.5 to 5 voxels", &below, 0.15, 0.3);
    check_bias("6 to 10 voxels", &above, 0.10, 0.2);
}

/* Linear interpolation puts the surface of a ball of 2.5 voxels 0.11 voxel too far inside, one of 5 voxels 0.05. */
static void balls_are_right_to_what_linear_interpolation_loses(void **state)
{
    (void)state;
    bias below = {0}, above = {0};
    for (unsigned p = 0; p < 3; p++) {
        take_shape(&below, TRB_PHANTOM_BALL, 3, p);
        take_shape(&below, TRB_PHANTOM_BALL, 5, p);
        take_shape(&above, TRB_PHANTOM_BALL, 7, p);
        take_shape(&above, TRB_PHANTOM_BALL, 10, p);
    }
    check_bias("balls of 3 and 5 voxels", &below, 0.35, 0.5);
    check_bias("balls of 7 and 10 voxels", &above, 0.20, 0.25);
}

/* ---- the same object, seen less well */

enum { GREY = 3, RULES }; /* three rules of the mask, and the one of the grey values */
static const trb_thickness_rule RULE[RULES] = {TRB_THICKNESS_EXACT, TRB_THICKNESS_FIJI, TRB_THICKNESS_IPL,
                                               TRB_THICKNESS_SUBVOXEL};

/* By every rule: RMS of the change from view a to view b, and of the error that the second view has. */
typedef struct seen {
    double change[RULES], error[RULES];
} seen;

enum { PLAIN, COARSE, BLURRED, FILTERED, NOISY, VIEWS };
static const thickness_view VIEW[VIEWS] = {{"plain", 0, 0, 0.5, false, false},
                                           {"twice the voxel", 0, 0, 0.5, false, true},
                                           {"blur 0.5", 0.5, 0, 0.5, false, false},
                                           {"filtered", 0, 0, 0.5, true, false},
                                           {"noise 5 filtered", 0, 5, 0.5, true, false}};
enum { OBJECTS = 5 };
static const struct {
    trb_phantom_kind kind;
    double size;
} OBJECT[OBJECTS] = {{TRB_PHANTOM_PLATE, 5},
                     {TRB_PHANTOM_PLATE, 6},
                     {TRB_PHANTOM_ROD, 5},
                     {TRB_PHANTOM_ROD, 6},
                     {TRB_PHANTOM_GYROID, 5}};

/* Every view of an object is measured once. */
static const double *means(int view, int object)
{
    static double mean[VIEWS][OBJECTS][RULES];
    double *m = mean[view][object];
    if (m[0] > 0)
        return m;
    thickness_case c = thickness_case_make(OBJECT[object].kind, OBJECT[object].size, 0, &VIEW[view]);
    assert_true(c.truth.thickness == OBJECT[object].size);
    for (int r = 0; r < RULES; r++)
        m[r] = thickness_case_mean(&c, RULE[r], 1);
    thickness_case_clear(&c);
    return m;
}

static seen look(int a, int b)
{
    seen s = {0};
    for (int k = 0; k < OBJECTS; k++)
        for (int r = 0; r < RULES; r++) {
            s.change[r] += pow(means(b, k)[r] - means(a, k)[r], 2) / OBJECTS;
            s.error[r] += pow(means(b, k)[r] - OBJECT[k].size, 2) / OBJECTS;
        }
    printf("%s to %s: exact, fiji, ipl, subvoxel", VIEW[a].name, VIEW[b].name);
    for (int r = 0; r < RULES; r++) {
        s.change[r] = sqrt(s.change[r]);
        s.error[r] = sqrt(s.error[r]);
        printf("; change %.3f, error %.3f", s.change[r], s.error[r]);
    }
    puts("");
    return s;
}

static void twice_the_voxel_changes_it_less_than_half_of_what_it_changes_others(void **state)
{
    (void)state;
    const seen s = look(PLAIN, COARSE);
    for (int r = 0; r < GREY; r++)
        assert_true(s.change[GREY] < 0.5 * s.change[r] && s.error[GREY] < 0.5 * s.error[r]);
    assert_true(s.change[GREY] < 0.25); /* an eighth of the large voxel */
}

/* Rules of the mask do not move at all where the mask does not, and stay as wrong as they were: hence the error. */
static void a_sharp_point_spread_leaves_it_where_it_is(void **state)
{
    (void)state;
    const seen s = look(PLAIN, BLURRED);
    assert_true(s.change[GREY] < 0.08);
    for (int r = 0; r < GREY; r++)
        assert_true(s.error[GREY] < 0.5 * s.error[r]);
}

static void noise_moves_it_little(void **state)
{
    (void)state;
    const seen s = look(FILTERED, NOISY);
    assert_true(s.change[GREY] < 0.15);
    for (int r = 0; r < GREY; r++)
        assert_true(s.error[GREY] < s.error[r]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thickness_from_2_5_voxels_on_is_right_to_0_15),
        cmocka_unit_test(balls_are_right_to_what_linear_interpolation_loses),
        cmocka_unit_test(twice_the_voxel_changes_it_less_than_half_of_what_it_changes_others),
        cmocka_unit_test(a_sharp_point_spread_leaves_it_where_it_is),
        cmocka_unit_test(noise_moves_it_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
