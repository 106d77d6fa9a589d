/* test_phantom.c - the analytic shapes: reference voxels, closed forms, symmetry, look. */
#include "support/phantom_key.h"
#include "support/testing.h"

static void every_reference_phantom_is_made_voxel_by_voxel(void **state)
{
    (void)state;
    const char *key;
    json_t *one;
    int made = 0, wrong = 0;
    json_object_foreach((json_t *)(uintptr_t)testing_at(testing_phantoms(), "phantoms"), key, one)
    {
        const trb_phantom_options options = phantom_key_options(key);
        const double edge = testing_number(one, "grid_edge");
        if ((size_t)edge > phantom_key_edge_limit())
            continue;
        trb_volume *volume = NULL;
        trb_phantom_truth truth;
        CHECK_OK(trb_phantom_create(&options, &volume, &truth, err));
        CHECK_CLOSE(edge, (double)volume->grid.nx, 0);
        CHECK_CLOSE(testing_number(one, "voi_from"), (double)truth.voi.lo[1], 0);
        CHECK_CLOSE(testing_number(one, "voi_edge"), (double)(truth.voi.hi[2] - truth.voi.lo[2]), 0);
        made++;
        if (strcmp(json_string_value(testing_at(one, "sha256_voxels")),
                   testing_sha256(volume->voxels, trb_grid_voxels(&volume->grid))) != 0) {
            wrong++;
            print_message("%s differs\n", key);
        }
        trb_volume_destroy(volume);
    }
    print_message("%d phantoms made, %d differ\n", made, wrong);
    assert_int_equal(0, wrong);
    if (phantom_key_edge_limit() == 1000)
        assert_int_equal(165, made);
}

static void every_listed_truth_is_met_and_no_other_is_claimed(void **state)
{
    (void)state;
    const char *key, *name;
    json_t *one, *listed;
    json_object_foreach((json_t *)(uintptr_t)testing_at(testing_phantoms(), "phantoms"), key, one)
    {
        const trb_phantom_options options = phantom_key_options(key);
        trb_phantom_truth truth;
        CHECK_OK(trb_phantom_describe(&options, NULL, &truth, err));
        trb_phantom_value values[TRB_PHANTOM_VALUES_MAX];
        const size_t known = trb_phantom_truth_values(&truth, values);
        json_t *all = json_object_get(one, "truth");
        assert_int_equal(json_object_size(all), known);
        json_object_foreach(all, name, listed)
        {
            bool found = false;
            for (size_t i = 0; i < known; i++)
                if (strcmp(name, values[i].name) == 0) {
                    CHECK_RELATIVE(json_number_value(listed), values[i].value, 1e-9); /* listed to 10 digits */
                    found = true;
                }
            if (!found)
                fail_msg("%s: no %s", key, name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reference_phantom_is_made_voxel_by_voxel),
        cmocka_unit_test(every_listed_truth_is_met_and_no_other_is_claimed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
