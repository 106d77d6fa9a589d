/* test_memory_plan.c - what finding a VOI and moving its wall take is in the plan. */
#include "support/testing.h"

#include "record/memory_plan.h"

static const trb_grid SCAN = {1000, 1000, 1500, {0.01, 0.01, 0.01}, {0, 0, 0}};

/* The least that measures a scan of bytes. */
static double least(const trb_grid *grid, const char *const (*set)[2])
{
    trb_settings settings = trb_settings_default();
    double at_once, in_slabs;
    CHECK_OK(trb_settings_set(&settings, "thickness", "exact", err)); /* the default rule holds more than all of these */
    for (; (*set)[0]; set++)
        CHECK_OK(trb_settings_set(&settings, (*set)[0], (*set)[1], err));
    trb_memory_needs(grid, TRB_U8, &settings, false, 2, &at_once, &in_slabs);
    assert_true(at_once >= in_slabs);
    return in_slabs;
}

#define LEAST(...) least(&SCAN, (const char *const[][2]){__VA_ARGS__, {NULL, NULL}})

static void a_compartment_counts_wherever_it_stands(void **state)
{
    (void)state;
    const double box = LEAST({"voi", "box:0:900,0:900,0:1400"}), compartment = LEAST({"voi", "auto,preset=mouse"});
    assert_true(compartment > 1.2 * box);
    CHECK_CLOSE(compartment, LEAST({"voi", "box:0:900,0:900,0:1400;and:auto,preset=mouse"}), 0);
    CHECK_CLOSE(compartment, LEAST({"voi", "auto,preset=mouse;minus:box:0:90,0:90,0:140"}), 0);
    CHECK_CLOSE(box, LEAST({"voi", "box:0:900,0:900,0:1400;minus:box:0:90,0:90,0:140"}), 0);
}

static void margins_count(void **state)
{
    (void)state;
    const double box = LEAST({"voi", "box:0:900,0:900,0:1400"});
    const double mask = 1000 * 1000 * 1500 / 8.;
    const double eroded = LEAST({"voi", "box:0:900,0:900,0:1400"}, {"voi-erode", "20vox"});
    assert_true(eroded > box + mask); /* the complement, its copy and the result, less what the box needs anyway */
    CHECK_CLOSE(eroded, LEAST({"voi", "box:0:900,0:900,0:1400"}, {"voi-erode", "0.2mm"}), 0);
    CHECK_CLOSE(eroded, LEAST({"voi", "box:0:900,0:900,0:1400"}, {"voi-dilate", "20vox"}), 0);
    assert_true(LEAST({"voi-erode", "20vox"}) >= eroded); /* of the whole image as well */
    trb_grid flat = SCAN;
    flat.spacing_mm[2] = 0.02;
    const char *const set[][2] = {{"voi", "box:0:900,0:900,0:1400"}, {"voi-erode", "0.2mm"}, {"resample", "isotropic"}, {NULL, NULL}};
    assert_true(least(&flat, set) > box + 4. * 32 * 1000 * 1000); /* distances in mm of 32 planes at least */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_compartment_counts_wherever_it_stands),
        cmocka_unit_test(margins_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
