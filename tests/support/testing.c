/* testing.c - see testing.h. */
#include "support/testing.h"

#include <sha2.h>
#include <sys/types.h>
#include <tiffio.h>
#include <unistd.h>

const trb_volume *testing_bone(void)
{
    static trb_volume *bone;
    if (bone)
        return bone;
    const trb_grid grid = {200, 200, 200, {0.0195, 0.0195, 0.0195}, {0, 0, 0}};
    CHECK_OK(trb_volume_create(&grid, TRB_U8, &bone, err));
    TIFF *tiff = TIFFOpen(TRB_TESTDATA "/lhdl-3155.tif", "r");
    assert_non_null(tiff);
    for (int z = 0; z < 200; z++) {
        assert_int_equal(TIFFSetDirectory(tiff, (tdir_t)z), 1);
        assert_int_equal(TIFFReadEncodedStrip(tiff, 0, (uint8_t *)bone->voxels + z * 40000, 40000), 40000);
    }
    TIFFClose(tiff);
    return bone;
}

static const json_t *load(const char *path)
{
    json_error_t error;
    const json_t *root = json_load_file(path, 0, &error);
    if (!root)
        fail_msg("%s: %s", path, error.text);
    return root;
}

const json_t *testing_expected(void)
{
    static const json_t *root;
    if (!root)
        root = load(TRB_TESTDATA "/lhdl-3155.expected.json");
    return root;
}

const json_t *testing_phantoms(void)
{
    static const json_t *root;
    if (!root)
        root = load(TRB_TESTDATA "/phantoms.json");
    return root;
}

const json_t *testing_at(const json_t *root, const char *path)
{
    char key[256];
    const json_t *at = root;
    for (const char *p = path; *p;) {
        const size_t n = strcspn(p, "|");
        assert_true(n < sizeof key);
        memcpy(key, p, n);
        key[n] = 0;
        at = json_object_get(at, key);
        if (!at)
            fail_msg("expected values: no '%s' in '%s'", key, path);
        p += n + (p[n] == '|');
    }
    return at;
}

double testing_number(const json_t *root, const char *path)
{
    const json_t *at = testing_at(root, path);
    if (!json_is_number(at))
        fail_msg("expected values: '%s' is not a number", path);
    return json_number_value(at);
}

trb_mask *testing_mask(const trb_volume *volume, double lower_bound)
{
    trb_mask *mask = NULL;
    CHECK_OK(trb_mask_create(&volume->grid, &mask, err));
    for (size_t z = 0; z < volume->grid.nz; z++)
        for (size_t y = 0; y < volume->grid.ny; y++)
            for (size_t x = 0; x < volume->grid.nx; x++)
                if (trb_volume_get(volume, x, y, z) >= lower_bound)
                    trb_mask_set(mask, x, y, z, 1);
    return mask;
}

trb_mask *testing_ellipse_voi(void)
{
    trb_mask *mask = NULL;
    const trb_grid grid = {200, 200, 200, {0.0195, 0.0195, 0.0195}, {0, 0, 0}};
    CHECK_OK(trb_mask_create(&grid, &mask, err));
    for (int z = 20; z < 180; z++)
        for (int y = 0; y < 200; y++)
            for (int x = 0; x < 200; x++)
                if (9 * (x - 100) * (x - 100) + 16 * (y - 100) * (y - 100) <= 57600)
                    trb_mask_set(mask, (size_t)x, (size_t)y, (size_t)z, 1);
    return mask;
}

/* splitmix64: small, good enough for masks, the same everywhere. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

trb_mask *testing_random_mask(size_t nx, size_t ny, size_t nz, double density, uint64_t seed)
{
    trb_mask *mask = NULL;
    const trb_grid grid = {nx, ny, nz, {1, 1, 1}, {0, 0, 0}};
    CHECK_OK(trb_mask_create(&grid, &mask, err));
    for (size_t z = 0; z < nz; z++)
        for (size_t y = 0; y < ny; y++)
            for (size_t x = 0; x < nx; x++)
                if ((double)(next_random(&seed) >> 11) * 0x1p-53 < density)
                    trb_mask_set(mask, x, y, z, 1);
    return mask;
}

const char *testing_sha256(const void *bytes, size_t count)
{
    static char hex[SHA256_DIGEST_STRING_LENGTH];
    SHA256Data(bytes, count, hex);
    return hex;
}

static char scratch[4096];

const char *testing_scratch(void)
{
    if (!scratch[0]) {
        const char *base = getenv("TMPDIR");
        snprintf(scratch, sizeof scratch, "%s/trabecula-test-XXXXXX", base ? base : "/tmp");
        assert_non_null(mkdtemp(scratch));
    }
    return scratch;
}

void testing_scratch_remove(void)
{
    if (!scratch[0])
        return;
    char command[5000];
    snprintf(command, sizeof command, "rm -rf '%s'", scratch);
    assert_int_equal(system(command), 0);
    scratch[0] = 0;
}
