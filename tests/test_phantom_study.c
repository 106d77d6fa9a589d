/* test_phantom_study.c - animals of the synthetic study, and volumes as folders of slices. */
#include "support/testing.h"

#include "trabecula/phantom_study.h"
#include "trabecula/volume_io.h"

#include <omp.h>
#include <sys/stat.h>
#include <unistd.h>

static trb_phantom_study small(size_t animals)
{
    trb_phantom_study study = trb_phantom_study_default();
    study.animals = animals;
    study.size_vox = 64;
    return study;
}

static void populations_are_products(void **state)
{
    (void)state;
    size_t n;
    const trb_phantom_group *group = trb_phantom_groups(&n);
    assert_int_equal(n, 4);
    assert_string_equal(group[0].name, "Sham");
    assert_string_equal(group[1].name, "OVX");
    for (size_t g = 0; g < n; g++) {
        double mean, sd;
        trb_phantom_study_bv_tv(&group[g], &mean, &sd);
        CHECK_RELATIVE(100 * group[g].tb_th_mm * group[g].tb_n_per_mm, mean, 1e-14);
        const double a = group[g].tb_th_sd_mm / group[g].tb_th_mm,
                     b = group[g].tb_n_sd_per_mm / group[g].tb_n_per_mm;
        CHECK_RELATIVE(mean * sqrt(a * a + b * b + a * a * b * b), sd,
                       1e-12); /* by coefficients of variation */
    }
    double slope, intercept, threshold;
    trb_phantom_study_density(&slope, &intercept, &threshold);
    CHECK_CLOSE(500, threshold, 0); /* half-way between 50 and 950 */
}

static void an_animal_has_the_numbers_that_it_was_drawn_with(void **state)
{
    (void)state;
    size_t n;
    const trb_phantom_group *group = trb_phantom_groups(&n);
    const trb_phantom_study study = small(3);
    for (size_t g = 0; g < 2; g++) {
        trb_phantom_animal a;
        CHECK_OK(trb_phantom_study_draw(&study, g, 1, &a, err));
        assert_true(fabs(a.tb_th_mm - group[g].tb_th_mm) <= 2.28 * group[g].tb_th_sd_mm);
        assert_true(fabs(a.tb_n_per_mm - group[g].tb_n_per_mm) <= 2.28 * group[g].tb_n_sd_per_mm);
        CHECK_RELATIVE(100 * a.tb_th_mm * a.tb_n_per_mm, a.bv_tv_percent, 1e-14);
        CHECK_RELATIVE(a.bv_tv_percent, a.sharp.bv_tv_percent, 0.005); /* voxels count as whole */
        CHECK_RELATIVE(a.tb_th_mm, a.sharp.tb_th_mm, 0.02);
        CHECK_RELATIVE(a.sharp.bv_tv_percent / 100 / a.sharp.tb_th_mm, a.sharp.tb_n_per_mm, 1e-14);
        assert_true(a.sharp.tb_sp_mm > a.sharp.tb_th_mm);
    }
}

static bool same(const trb_phantom_animal *a, const trb_phantom_animal *b)
{
    return memcmp(&a->sharp, &b->sharp, sizeof a->sharp) == 0 && a->image.seed == b->image.seed &&
           a->tb_th_mm == b->tb_th_mm && a->image.thickness_vox == b->image.thickness_vox;
}

/* On one thread and on several; in a study of 2 and of 20; and never the same as its neighbours. */
static void an_animal_depends_on_seed_group_and_index_alone(void **state)
{
    (void)state;
    trb_phantom_study two = small(2), twenty = small(20), other = small(2);
    trb_phantom_animal a, b, c;
    const int threads = omp_get_max_threads();
    other.seed = 2;
    omp_set_num_threads(1);
    CHECK_OK(trb_phantom_study_draw(&two, 1, 1, &a, err));
    omp_set_num_threads(3);
    CHECK_OK(trb_phantom_study_draw(&twenty, 1, 1, &b, err));
    omp_set_num_threads(threads);
    assert_true(same(&a, &b));
    CHECK_OK(trb_phantom_study_draw(&two, 1, 0, &c, err));
    assert_false(same(&a, &c));
    CHECK_OK(trb_phantom_study_draw(&other, 1, 1, &c, err));
    assert_false(same(&a, &c));
}

static void many_at_once_are_the_same_as_one_by_one(void **state)
{
    (void)state;
    const trb_phantom_study study = small(2);
    trb_phantom_animal some[3], one;
    trb_volume *volume[3], *alone = NULL;
    trb_error said;
    CHECK_OK(trb_phantom_study_make(&study, 1, 3, some, volume, err));
    CHECK_OK(trb_phantom_study_draw(&study, 1, 0, &one, err));
    CHECK_OK(trb_phantom_create(&one.image, &alone, NULL, err));
    assert_true(same(&one, &some[1]));
    assert_string_equal(some[1].name, "m03");
    assert_memory_equal(alone->voxels, volume[1]->voxels, trb_grid_voxels(&alone->grid));
    for (int i = 0; i < 3; i++)
        trb_volume_destroy(volume[i]);
    trb_volume_destroy(alone);
    assert_int_equal(trb_phantom_study_make(&study, 7, 2, some, volume, &said),
                     TRB_ERR_ARGUMENT); /* there are 8 */
    assert_null(volume[0]);
}

static void studies_that_cannot_be_are_refused(void **state)
{
    (void)state;
    trb_phantom_animal a;
    trb_error err;
    trb_phantom_study study = small(2);
    study.voxel_mm = 0.05;
    assert_int_equal(trb_phantom_study_draw(&study, 0, 0, &a, &err), TRB_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "too large for trabeculae"));
    study = small(2);
    study.size_vox = 24;
    assert_int_equal(trb_phantom_study_draw(&study, 1, 0, &a, &err), TRB_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "animal m03 of OVX"));
    assert_non_null(strstr(err.text, "too few"));
    study = small(0);
    assert_int_equal(trb_phantom_study_draw(&study, 0, 0, &a, &err), TRB_ERR_ARGUMENT);
    study = small(2);
    assert_int_equal(trb_phantom_study_draw(&study, 4, 0, &a, &err), TRB_ERR_ARGUMENT);
    assert_int_equal(trb_phantom_study_draw(&study, 0, 2, &a, &err), TRB_ERR_ARGUMENT);
}

/* ---- slices ---- */

static void slices_read_back_as_the_volume(void **state)
{
    (void)state;
    const trb_type types[] = {TRB_U8, TRB_U16, TRB_F32};
    for (size_t t = 0; t < 3; t++) {
        const trb_grid grid = {5, 4, 12, {0.02, 0.02, 0.035}, {0, 0, 0}};
        trb_volume *v = NULL, *back = NULL;
        char folder[4200];
        snprintf(folder, sizeof folder, "%s/slices%zu", testing_scratch(), t);
        CHECK_OK(trb_volume_create(&grid, types[t], &v, err));
        for (size_t i = 0; i < trb_grid_voxels(&grid); i++) {
            if (types[t] == TRB_U8)
                ((uint8_t *)v->voxels)[i] = (uint8_t)i;
            else if (types[t] == TRB_U16)
                ((uint16_t *)v->voxels)[i] = (uint16_t)(i * 257);
            else
                ((float *)v->voxels)[i] = (float)i / 3;
        }
        trb_write_options write = trb_write_options_default();
        write.unsynced = t > 0;
        CHECK_OK(trb_volume_write_slices(folder, "m1_", v, &write, err));
        CHECK_OK(trb_volume_read(folder, NULL, NULL, NULL, &back, NULL, err));
        assert_int_equal(back->grid.nz, 12);
        assert_int_equal(back->type, types[t]);
        CHECK_RELATIVE(0.035, back->grid.spacing_mm[2], 1e-9);
        assert_memory_equal(back->voxels, v->voxels, trb_grid_voxels(&grid) * trb_type_bytes(types[t]));
        trb_error said;
        assert_int_equal(trb_volume_write_slices(folder, "m1_", v, &write, &said), TRB_ERR_ARGUMENT);
        assert_non_null(strstr(said.text, "exists already"));
        snprintf(folder, sizeof folder, "%s/none/such", testing_scratch());
        assert_int_equal(trb_volume_write_slices(folder, "m1_", v, NULL, &said), TRB_ERR_IO);
        trb_volume_destroy(v);
        trb_volume_destroy(back);
    }
}

static int remove_scratch(void **state)
{
    (void)state;
    testing_scratch_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(populations_are_products),
        cmocka_unit_test(an_animal_has_the_numbers_that_it_was_drawn_with),
        cmocka_unit_test(an_animal_depends_on_seed_group_and_index_alone),
        cmocka_unit_test(many_at_once_are_the_same_as_one_by_one),
        cmocka_unit_test(studies_that_cannot_be_are_refused),
        cmocka_unit_test(slices_read_back_as_the_volume),
    };
    return cmocka_run_group_tests(tests, NULL, remove_scratch);
}
