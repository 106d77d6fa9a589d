/*
 * test_laplace_hamming.c - the filter against a direct Fourier sum of the mirrored image, and what must hold for any
 * image: constants stay, waves are scaled by H, mirrored images give mirrored ones.
 */
#include "oracle/prepare.h"
#include "prepare/cosine_line.h"
#include "support/testing.h"

#include "trabecula/segment.h"
#include "trabecula/version.h"

#include <complex.h>

#define PI 3.14159265358979323846
#define EL 0.05

static trb_volume *float_volume(size_t nx, size_t ny, size_t nz)
{
    const trb_grid grid = {nx, ny, nz, {EL, EL, EL}, {0, 0, 0}};
    trb_volume *v = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_F32, &v, err));
    return v;
}

static float *at(const trb_volume *v, size_t x, size_t y, size_t z)
{
    return (float *)v->voxels + (z * v->grid.ny + y) * v->grid.nx + x;
}

/* definitions: (2 pi)^2 [(1 - eps) + eps |k|^2] * Hamming, k in cycles per mm; divided by its value at 0. */
static double definition(double eps, double cutoff, double kx, double ky, double kz)
{
    const double k2 = kx * kx + ky * ky + kz * kz, cut = cutoff / EL;
    const double hamming = sqrt(k2) > cut ? 0 : 0.54 + 0.46 * cos(PI * sqrt(k2) / cut);
    return 4 * PI * PI * ((1 - eps) + eps * k2) * hamming / (4 * PI * PI * (1 - eps));
}

static size_t mirrored(size_t i, size_t n)
{
    return i < n ? i : 2 * n - 1 - i;
}

/* The image and its mirror images, eight times the size, transformed term by term, scaled by the definition and transformed
 * back. */
static void direct(const trb_volume *v, double eps, double cutoff, double *out)
{
    const size_t nx = v->grid.nx, ny = v->grid.ny, nz = v->grid.nz, X = 2 * nx, Y = 2 * ny, Z = 2 * nz,
                 N = X * Y * Z;
    double complex *f = calloc(N, sizeof *f);
    for (size_t w = 0; w < Z; w++)
        for (size_t q = 0; q < Y; q++)
            for (size_t p = 0; p < X; p++) {
                double complex sum = 0;
                for (size_t z = 0; z < Z; z++)
                    for (size_t y = 0; y < Y; y++)
                        for (size_t x = 0; x < X; x++)
                            sum += *at(v, mirrored(x, nx), mirrored(y, ny), mirrored(z, nz)) *
                                   cexp(-2 * I * PI *
                                        ((double)(p * x) / (double)X + (double)(q * y) / (double)Y +
                                         (double)(w * z) / (double)Z));
                const double kx = (p <= nx ? (double)p : (double)p - (double)X) / (double)X / EL;
                const double ky = (q <= ny ? (double)q : (double)q - (double)Y) / (double)Y / EL;
                const double kz = (w <= nz ? (double)w : (double)w - (double)Z) / (double)Z / EL;
                f[(w * Y + q) * X + p] = sum * definition(eps, cutoff, kx, ky, kz);
            }
    for (size_t z = 0; z < nz; z++)
        for (size_t y = 0; y < ny; y++)
            for (size_t x = 0; x < nx; x++) {
                double complex sum = 0;
                for (size_t w = 0; w < Z; w++)
                    for (size_t q = 0; q < Y; q++)
                        for (size_t p = 0; p < X; p++)
                            sum += f[(w * Y + q) * X + p] *
                                   cexp(2 * I * PI *
                                        ((double)(p * x) / (double)X + (double)(q * y) / (double)Y +
                                         (double)(w * z) / (double)Z));
                out[(z * ny + y) * nx + x] = creal(sum) / (double)N;
            }
    free(f);
}

static void it_is_the_definition_on_the_mirrored_image(void **state)
{
    (void)state;
    static const double eps_cutoff[][2] = {{0.5, 0.4}, {0.45, 0.3}, {0, 1}, {0.9, 0.77}};
    const size_t nx = 7, ny = 5, nz = 6; /* primes and not */
    trb_volume *v = float_volume(nx, ny, nz);
    uint64_t seed = 5;
    double top = 0;
    for (size_t i = 0; i < nx * ny * nz; i++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        ((float *)v->voxels)[i] = (float)(seed >> 40) / 100000 - 40;
    }
    for (size_t c = 0; c < 4; c++) {
        const trb_laplace_hamming filter = {eps_cutoff[c][0], eps_cutoff[c][1]};
        double expected[7 * 5 * 6];
        trb_volume *sharp = NULL;
        direct(v, filter.epsilon, filter.cutoff, expected);
        CHECK_OK(trb_laplace_hamming_create(v, &filter, &sharp, err));
        for (size_t i = 0; i < nx * ny * nz; i++)
            top = fmax(top, fabs(expected[i]));
        for (size_t i = 0; i < nx * ny * nz; i++)
            CHECK_CLOSE(expected[i], (double)((float *)sharp->voxels)[i], 2e-6 * top);
        trb_volume_destroy(sharp);
    }
    trb_volume_destroy(v);
}

/* Every length, also primes that GSL has no fast code for. */
static void lines_of_any_length_are_cosine_sums_and_come_back(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 2, 3, 4, 5, 8, 12, 17, 34, 60, 97, 101, 128, 211};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const size_t n = lengths[i];
        double line[256], given[256];
        trb_cosine *cosine = NULL;
        CHECK_OK(trb_cosine_create(n, &cosine, err));
        for (size_t j = 0; j < n; j++)
            line[j] = given[j] = sin((double)(j * j) + 1) * 100;
        trb_cosine_forward(cosine, line);
        for (size_t k = 0; k < n; k++) {
            double sum = 0;
            for (size_t j = 0; j < n; j++)
                sum += 2 * given[j] * cos(PI * (double)k * (2 * (double)j + 1) / (2 * (double)n));
            CHECK_CLOSE(sum, line[k], 1e-9 * (double)n);
        }
        trb_cosine_backward(cosine, line);
        for (size_t j = 0; j < n; j++)
            CHECK_CLOSE(given[j], line[j], 1e-10);
        trb_cosine_destroy(cosine);
    }
}

static void even_grey_keeps_its_value_and_a_wave_is_scaled(void **state)
{
    (void)state;
    const size_t nx = 37, ny = 24, nz = 30;
    const trb_laplace_hamming filter = {0.3, 0.4};
    trb_volume *v = float_volume(nx, ny, nz), *sharp = NULL;
    const double kx = 6 / (2 * (double)nx), ky = 4 / (2 * (double)ny), kz = 5 / (2 * (double)nz);
    for (size_t z = 0; z < nz; z++)
        for (size_t y = 0; y < ny; y++)
            for (size_t x = 0; x < nx; x++)
                *at(v, x, y, z) = (float)(1000 + 100 * cos(2 * PI * kx * ((double)x + 0.5)) *
                                                     cos(2 * PI * ky * ((double)y + 0.5)) *
                                                     cos(2 * PI * kz * ((double)z + 0.5)));
    CHECK_OK(trb_laplace_hamming_create(v, &filter, &sharp, err));
    const double gain = definition(0.3, 0.4, kx / EL, ky / EL, kz / EL);
    assert_true(gain > 1.5);
    CHECK_RELATIVE(gain, trb_laplace_hamming_gain(&filter, EL, kx, ky, kz), 1e-12);
    CHECK_CLOSE(0, trb_laplace_hamming_gain(&filter, EL, 0.3, 0.3, 0), 0); /* beyond the cut-off */
    for (size_t i = 0; i < nx * ny * nz; i++)
        CHECK_CLOSE(1000 + gain * (((float *)v->voxels)[i] - 1000.0), (double)((float *)sharp->voxels)[i],
                    2e-3);
    trb_volume_destroy(sharp);
    trb_volume_destroy(v);
}

static void mirrored_bone_is_mirrored_and_threads_change_no_bit(void **state)
{
    (void)state;
    const trb_laplace_hamming filter = {0.1, 0.4};
    const trb_box box = {{60, 70, 80}, {60 + 53, 70 + 40, 80 + 22}};
    const int threads = trb_threads();
    trb_volume *v = NULL, *back = NULL, *a = NULL, *b = NULL, *c = NULL;
    CHECK_OK(trb_volume_crop(testing_bone(), &box, &v, err));
    CHECK_OK(trb_volume_crop(testing_bone(), &box, &back, err));
    v->grid.spacing_mm[0] = back->grid.spacing_mm[0] = 0.0195;
    const size_t n = trb_grid_voxels(&v->grid);
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)back->voxels)[i] = ((const uint8_t *)v->voxels)[n - 1 - i]; /* all three axes */
    trb_threads_set(1);
    CHECK_OK(trb_laplace_hamming_create(v, &filter, &a, err));
    trb_threads_set(3);
    CHECK_OK(trb_laplace_hamming_create(v, &filter, &b, err));
    CHECK_OK(trb_laplace_hamming_create(back, &filter, &c, err));
    trb_threads_set(threads);
    assert_memory_equal(a->voxels, b->voxels, n * sizeof(float));
    for (size_t i = 0; i < n; i++)
        CHECK_CLOSE((double)((float *)a->voxels)[i], (double)((float *)c->voxels)[n - 1 - i], 2e-3);
    trb_volume_destroy(v);
    trb_volume_destroy(back);
    trb_volume_destroy(a);
    trb_volume_destroy(b);
    trb_volume_destroy(c);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    trb_volume *v = float_volume(4, 4, 4), *sharp = NULL;
    memset(v->voxels, 0, 64 * sizeof(float));
    static const trb_laplace_hamming bad[] = {{1, 0.3}, {-0.1, 0.3}, {0.5, 0}, {0.5, 1.1}, {NAN, 0.3}};
    for (size_t i = 0; i < 5; i++) {
        trb_error error = {TRB_OK, ""};
        assert_int_equal(TRB_ERR_ARGUMENT, trb_laplace_hamming_create(v, &bad[i], &sharp, &error));
        assert_non_null(strstr(error.text, "0.45,0.3 is customary"));
        assert_null(sharp);
    }
    const trb_laplace_hamming good = {0.5, 0.3};
    v->grid.spacing_mm[0] = 0;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_laplace_hamming_create(v, &good, &sharp, NULL));
    v->grid.spacing_mm[0] = EL;
    ((float *)v->voxels)[9] = INFINITY;
    assert_int_equal(TRB_ERR_DATA, trb_laplace_hamming_create(v, &good, &sharp, NULL));
    ((float *)v->voxels)[9] = 1e31f;
    assert_int_equal(TRB_ERR_DATA, trb_laplace_hamming_create(v, &good, &sharp, NULL));
    trb_volume_destroy(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_definition_on_the_mirrored_image),
        cmocka_unit_test(lines_of_any_length_are_cosine_sums_and_come_back),
        cmocka_unit_test(even_grey_keeps_its_value_and_a_wave_is_scaled),
        cmocka_unit_test(mirrored_bone_is_mirrored_and_threads_change_no_bit),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
