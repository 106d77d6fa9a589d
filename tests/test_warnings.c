/* test_warnings.c - where a metric misleads the record says so; where it does not, it is silent. */
#include "support/testing.h"

#include "trabecula/morphometry.h"

#define VOI(text) ((const char *const[2]){"voi", text})

typedef bool (*shape)(int x, int y, int z);

/* An image of n voxels a side of 10 um, bone 200 on 20; densities are grey values. */
static trb_record *analyze(int n, shape is_bone, const char *metrics, const char *const setting[2])
{
    const trb_grid grid = {(size_t)n, (size_t)n, (size_t)n, {1, 1, 1}, {0, 0, 0}};
    trb_settings settings = trb_settings_default();
    trb_volume *volume = NULL;
    trb_record *record = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_U8, &volume, err));
    for (int i = 0; i < n * n * n; i++)
        ((uint8_t *)volume->voxels)[i] = is_bone(i % n, i / n % n, i / (n * n)) ? 200 : 20;
    CHECK_OK(trb_settings_set(&settings, "voxel-size", "10um", err));
    CHECK_OK(trb_settings_set(&settings, "filter", "none", err));
    CHECK_OK(trb_settings_set(&settings, "threshold", "100grey", err));
    CHECK_OK(trb_settings_set(&settings, "calibration", "slope=1,intercept=0", err));
    CHECK_OK(trb_settings_set(&settings, "thickness", "exact", err)); /* these images are masks */
    CHECK_OK(trb_settings_set(&settings, "metrics", metrics, err));
    if (setting)
        CHECK_OK(trb_settings_set(&settings, setting[0], setting[1], err));
    CHECK_OK(trb_analyze(volume, NULL, &settings, false, NULL, &record, NULL, err));
    trb_volume_destroy(volume);
    return record;
}

static bool warns(int n, shape is_bone, const char *metrics, const char *const setting[2], const char *text)
{
    trb_record *record = analyze(n, is_bone, metrics, setting);
    bool found = false;
    for (size_t i = 0; i < record->n_warnings; i++)
        found = found || strstr(record->warnings[i], text);
    trb_record_destroy(record);
    return found;
}

static bool thin_plates(int x, int y, int z) { (void)x, (void)y; return z % 12 >= 5 && z % 12 < 8; }
static bool thick_plates(int x, int y, int z) { (void)x, (void)y; return z % 16 < 8; }
static bool ball(int x, int y, int z) { return (x - 20) * (x - 20) + (y - 20) * (y - 20) + (z - 20) * (z - 20) < 100; }
static bool hollow(int x, int y, int z) { return !ball(x, y, z); } /* all of its surface is concave */
static bool speck(int x, int y, int z) { return abs(x - 20) < 3 && abs(y - 20) < 3 && abs(z - 20) < 3; }
static bool two_balls(int x, int y, int z)
{
    return (x - 12) * (x - 12) + (y - 20) * (y - 20) + (z - 20) * (z - 20) < 49 ||
           (x - 29) * (x - 29) + (y - 20) * (y - 20) + (z - 20) * (z - 20) < 49;
}
static bool fine_lattice(int x, int y, int z) { return (x % 6 < 2) + (y % 6 < 2) + (z % 6 < 2) >= 2; }

static void a_concave_surface_warns_of_smi(void **state)
{
    (void)state;
    assert_true(warns(40, hollow, "SMI", NULL, "% of the surface is concave"));
    assert_false(warns(40, ball, "SMI", (const char *const[2]){"filter", "gaussian:0.8,1"}, "concave")); /* steps of a mask are */
    assert_true(warns(40, hollow, "Tb.Pf", NULL, "SMI.dil and Tb.Pf are negative"));
    assert_true(warns(40, hollow, "SMI.dil", NULL, "SMI.dil and Tb.Pf are negative"));
    assert_false(warns(40, hollow, "SMI,SMI.concave,Tb.Pf", NULL, "Tb.Pf are negative")); /* said already */
    assert_false(warns(40, ball, "Tb.Pf", NULL, "negative"));
}

static void parts_without_tunnels_warn_of_connectivity(void **state)
{
    (void)state;
    assert_true(warns(40, two_balls, "Conn.D", (const char *const[2]){"purify", "none"}, "Conn.D is negative"));
    assert_false(warns(40, two_balls, "Conn.D", NULL, "Conn.D is negative")); /* one part is taken */
    assert_false(warns(42, fine_lattice, "Conn.D", NULL, "Conn.D is negative"));
}

static void few_intercept_lengths_warn_of_anisotropy(void **state)
{
    (void)state;
    assert_true(warns(48, thick_plates, "DA", NULL, "DA: the VOI is "));
    assert_true(warns(48, fine_lattice, "DA", VOI("box:0:48,0:48,10:20"), "mean intercept lengths"));
    assert_false(warns(48, fine_lattice, "DA", NULL, "mean intercept lengths"));
}

static void little_bone_warns_of_separation(void **state)
{
    (void)state;
    assert_true(warns(40, speck, "Tb.Sp", NULL, "Tb.Sp and Tb.N are unstable with so little bone"));
    assert_true(warns(40, speck, "Tb.Sp", NULL, "Tb.Sp: the widest gap"));
    assert_false(warns(48, fine_lattice, "Tb.Sp", NULL, "Tb.Sp"));
    assert_true(warns(48, thick_plates, "Tb.Sp", VOI("box:0:48,0:48,9:15"), "is as wide as the VOI")); /* between two plates */
    assert_false(warns(48, thick_plates, "Tb.Th", NULL, "Tb.Sp"));
}

static void thin_trabeculae_warn_of_thickness_and_density(void **state)
{
    (void)state;
    assert_true(warns(48, thin_plates, "Tb.Th", NULL, "below 6 voxels the rules without grey values are off"));
    assert_true(warns(48, fine_lattice, "Tb.Th,TMD", NULL, "TMD: Tb.Th is "));
    assert_true(warns(48, fine_lattice, "TMD", NULL, "of the bone voxels lie at the surface")); /* without a thickness */
    assert_true(warns(48, thin_plates, "TMD", NULL, "TMD: 67 % of the bone voxels"));
    assert_false(warns(48, thick_plates, "Tb.Th,TMD", NULL, "TMD"));
    assert_false(warns(48, thick_plates, "TMD", NULL, "TMD"));
    assert_false(warns(48, fine_lattice, "Tb.Th", NULL, "TMD"));
}

static void no_bone_and_no_marrow_warn(void **state)
{
    (void)state;
    assert_true(warns(48, thick_plates, "BV/TV", VOI("box:0:48,0:48,9:15"), "no bone in the VOI"));
    assert_true(warns(48, thick_plates, "BV/TV", VOI("box:0:48,0:48,1:6"), "no marrow in the VOI"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_concave_surface_warns_of_smi),
        cmocka_unit_test(parts_without_tunnels_warn_of_connectivity),
        cmocka_unit_test(few_intercept_lengths_warn_of_anisotropy),
        cmocka_unit_test(little_bone_warns_of_separation),
        cmocka_unit_test(thin_trabeculae_warn_of_thickness_and_density),
        cmocka_unit_test(no_bone_and_no_marrow_warn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
