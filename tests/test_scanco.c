/* test_scanco.c - ISQ and AIM files, written from their layout; and files that lie. */
#include "support/scanco_samples.h"
#include "support/testing.h"
#include "support/tiff_samples.h"

#include "io/vax_float.h"

#include <string.h>
#include <unistd.h>

static const char *save(scanco_bytes bytes, const char *name)
{
    const char *path = tiff_path("%s", name);
    assert_true(scanco_save(&bytes, path));
    free(bytes.bytes);
    return path;
}

static trb_scan *open_scan(const char *path)
{
    trb_scan *scan = NULL;
    CHECK_OK(trb_scan_open(path, NULL, &scan, err));
    return scan;
}

static const char *fact(const trb_scan *scan, const char *key)
{
    const trb_scan_info *info = trb_scan_facts(scan);
    for (size_t i = 0; i < info->n_facts; i++)
        if (strcmp(info->facts[i].key, key) == 0)
            return info->facts[i].value;
    return "";
}

/* ---- VAX numbers */

static void vax_numbers_of_the_architecture_manual(void **state)
{
    (void)state;
    /* As they lie in memory: the word with sign and exponent first. */
    static const struct {
        unsigned char bytes[4];
        double value;
    } singles[] = {{{0x80, 0x40, 0, 0}, 1},          {{0x80, 0xc0, 0, 0}, -1},         {{0x60, 0x41, 0, 0}, 3.5},
                   {{0x60, 0xc1, 0, 0}, -3.5},       {{0x49, 0x41, 0xd0, 0x0f}, 3.14159}, {{0xf0, 0x7d, 0xc2, 0xbd}, 1e37},
                   {{0xf0, 0xfd, 0xc2, 0xbd}, -1e37}, {{0x08, 0x03, 0xea, 0x1c}, 1e-37}, {{0x9e, 0x40, 0x51, 0x06}, 1.23456789},
                   {{0, 0, 0, 0}, 0},                {{0, 0, 0x12, 0x34}, 0}};
    for (size_t i = 0; i < sizeof singles / sizeof *singles; i++)
        CHECK_RELATIVE((double)(float)singles[i].value, (double)trb_vax_f(singles[i].bytes), 1.2e-7);
    /* the largest: an exponent that IEEE keeps for infinity */
    CHECK_CLOSE(ldexp(1 - ldexp(1, -24), 127), (double)trb_vax_f((const unsigned char[4]){0xff, 0x7f, 0xff, 0xff}), 0);
    assert_true(isnan(trb_vax_f((const unsigned char[4]){0, 0x80, 0, 0}))); /* the reserved operand */
    CHECK_CLOSE(1, trb_vax_g((const unsigned char[8]){0x10, 0x40}), 0);
    CHECK_CLOSE(-3.5, trb_vax_g((const unsigned char[8]){0x2c, 0xc0}), 0);
    CHECK_CLOSE(3.141592653589793, trb_vax_g((const unsigned char[8]){0x29, 0x40, 0xfb, 0x21, 0x44, 0x54, 0x18, 0x2d}), 0);
    CHECK_CLOSE(0, trb_vax_g((const unsigned char[8]){0}), 0);
    assert_true(isnan(trb_vax_g((const unsigned char[8]){0, 0x80})));
}

/* ---- ISQ */

static void an_isq_file_gives_voxels_spacing_and_calibration(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_I16, 7, 5, 4);
    for (int extended = 0; extended <= 2; extended++) {
        isq_sample sample = isq_sample_default();
        sample.extended = extended;
        const char *path = save(isq_sample_make(&sample, volume->voxels), "a.ISQ;1");
        tiff_check_reads(path, volume, "ISQ");
        trb_scan *scan = open_scan(path);
        const trb_grid *grid = trb_scan_grid(scan);
        CHECK_CLOSE(0.01, grid->spacing_mm[0], 1e-15);
        CHECK_CLOSE(0.012, grid->spacing_mm[1], 1e-15);
        CHECK_CLOSE(0.0125, grid->spacing_mm[2], 1e-15);
        const trb_scan_info *info = trb_scan_facts(scan);
        assert_string_equal("Scanco ISQ", info->format);
        assert_string_equal("ISQ header, extent / pixels", info->spacing_source);
        assert_string_equal("mouse 7", fact(scan, "name"));
        assert_string_equal("2020-01-01 01:02:03", fact(scan, "created"));
        assert_string_equal("4096", fact(scan, "mu scaling"));
        CHECK_CLOSE(1 / 4096.0, info->calibration.attenuation.slope, 0);
        assert_int_equal(extended > 0, info->calibration.density.known);
        if (extended) {
            CHECK_RELATIVE(1603.51904 / 4096, info->calibration.density.slope, 1e-15);
            CHECK_CLOSE(-391.209, info->calibration.density.intercept, 0);
            CHECK_CLOSE(0.2409, info->calibration.mu_water_per_cm, 0);
            double grey; /* 1000 HU are twice the attenuation of water */
            CHECK_OK(trb_calibration_to_grey(&info->calibration, TRB_I16, 1000, TRB_UNIT_HU, &grey, err));
            CHECK_RELATIVE(2 * 0.2409 * 4096, grey, 1e-12);
        }
        trb_scan_close(scan);
    }
    trb_volume_destroy(volume);
}

static void a_box_of_an_isq_file_is_the_crop(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_I16, 7, 5, 4), *expected = NULL, *part = NULL;
    const isq_sample sample = isq_sample_default();
    const trb_box box = {{2, 1, 1}, {6, 4, 3}};
    const char *path = save(isq_sample_make(&sample, volume->voxels), "box.isq");
    CHECK_OK(trb_volume_crop(volume, &box, &expected, err));
    CHECK_OK(trb_volume_read(path, NULL, &box, NULL, &part, NULL, err));
    assert_memory_equal(expected->voxels, part->voxels, 4 * 3 * 2 * 2);
    trb_volume_destroy(part);
    trb_volume_destroy(expected);
    trb_volume_destroy(volume);
}

static void a_density_in_an_unknown_unit_is_told_and_not_used(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_I16, 7, 5, 4);
    isq_sample sample = isq_sample_default();
    sample.unit = "1/furlong";
    trb_scan *scan = open_scan(save(isq_sample_make(&sample, volume->voxels), "unit.isq"));
    assert_false(trb_scan_facts(scan)->calibration.density.known);
    assert_non_null(strstr(trb_scan_facts(scan)->warning, "'1/furlong', not in mg HA/ccm"));
    trb_scan_close(scan);
    trb_volume_destroy(volume);
}

/* An ISQ file with one number of its header changed. */
static void check_isq_refused(size_t at, int64_t value, trb_status status, const char *fragment)
{
    static const int16_t voxels[7 * 5 * 4];
    const isq_sample sample = isq_sample_default();
    scanco_bytes bytes = isq_sample_make(&sample, voxels);
    scanco_set_number(&bytes, at, value, 4);
    tiff_check_refused(save(bytes, "hostile.isq"), status, fragment);
}

static void isq_headers_that_lie_are_refused(void **state)
{
    (void)state;
    check_isq_refused(0, 0, TRB_ERR_FORMAT, "hostile.isq: does not begin with CTDATA-HEADER_V1");
    check_isq_refused(16, 9, TRB_ERR_UNSUPPORTED, "is a RAD file");
    check_isq_refused(64, 0, TRB_ERR_UNSUPPORTED, "is a RAD file");
    check_isq_refused(44, 0, TRB_ERR_FORMAT, "claims 0 voxels along x");
    check_isq_refused(52, -1, TRB_ERR_FORMAT, "claims -1 voxels along z");
    check_isq_refused(52, 5, TRB_ERR_FORMAT, "350 bytes after byte 3072; 280 are there");
    check_isq_refused(48, 0x7fffffff, TRB_ERR_FORMAT, "it is truncated, or the sizes are wrong");
    check_isq_refused(508, -2, TRB_ERR_FORMAT, "behind block -2");
    check_isq_refused(508, 0x7fffffff, TRB_ERR_FORMAT, "beyond the end");
    const int16_t none[140] = {0};
    isq_sample sample = isq_sample_default();
    scanco_bytes bytes = isq_sample_make(&sample, none);
    for (int axis = 0; axis < 3; axis++)
        scanco_set_number(&bytes, 44 + 4 * (size_t)axis, 0x7fffffff, 4);
    tiff_check_refused(save(bytes, "huge.isq"), TRB_ERR_FORMAT, "which no volume has");
    bytes = isq_sample_make(&sample, none);
    bytes.used = 100;
    tiff_check_refused(save(bytes, "short.isq"), TRB_ERR_FORMAT, "ends too early");
    tiff_check_refused(tiff_path("absent.isq"), TRB_ERR_IO, "absent.isq: No such file");
    /* sizes of the directory that overflow, and a calibration that is cut: no calibration, no crash */
    for (int how = 0; how < 2; how++) {
        bytes = isq_sample_make(&sample, none);
        scanco_set_number(&bytes, 1024 + (how ? 128 : 0) + 24, how ? 1 : 0xffffffff, 4);
        trb_scan *scan = open_scan(save(bytes, "directory.isq"));
        assert_false(trb_scan_facts(scan)->calibration.density.known);
        assert_true(trb_scan_facts(scan)->calibration.attenuation.known);
        trb_scan_close(scan);
    }
}

static void an_isq_file_that_shrinks_while_it_is_open_is_an_error(void **state)
{
    (void)state;
    static const int16_t voxels[7 * 5 * 4];
    const isq_sample sample = isq_sample_default();
    const char *path = save(isq_sample_make(&sample, voxels), "shrinks.isq");
    trb_scan *scan = open_scan(path);
    int16_t back[7 * 5 * 4];
    trb_error error = {TRB_OK, ""};
    assert_int_equal(0, truncate(path, 3072 + 100));
    assert_int_equal(TRB_ERR_FORMAT, trb_scan_read(scan, 0, 4, back, NULL, &error));
    assert_non_null(strstr(error.text, "shrinks.isq: ends too early"));
    trb_scan_close(scan);
}

/* ---- AIM */

typedef struct aim_case {
    int code;
    trb_type type;
    const char *name;
} aim_case;

static const aim_case cases[] = {
    {AIM_CHAR, TRB_I8, "char"},           {AIM_BYTE, TRB_U8, "byte"},
    {AIM_UCHAR, TRB_U8, "unsigned char"}, {AIM_SHORT, TRB_I16, "short"},
    {AIM_USHORT, TRB_U16, "unsigned short"}, {AIM_INT, TRB_I32, "int"},
    {AIM_VAX_FLOAT, TRB_F32, "float (VAX)"}, {AIM_IEEE_FLOAT, TRB_F32, "float (IEEE)"},
    {AIM_BITS, TRB_I8, "packed bits"},    {AIM_RUNS, TRB_I8, "run-lengths of char"},
    {AIM_TWO_VALUES, TRB_I8, "run-lengths of two values"}};
enum { CASES = sizeof cases / sizeof *cases };

/* Values that such a file can hold, as a volume and as doubles (yours). */
static double *aim_values(const aim_sample *sample, trb_type type, trb_volume **volume)
{
    const int *n = sample->n, *border = sample->offset;
    *volume = tiff_sample_volume(type, (size_t)n[0], (size_t)n[1], (size_t)n[2]);
    double *values = malloc(trb_grid_voxels(&(*volume)->grid) * sizeof *values), *value = values;
    assert_non_null(values);
    for (int z = 0; z < n[2]; z++)
        for (int y = 0; y < n[1]; y++)
            for (int x = 0; x < n[0]; x++) {
                double here = trb_volume_get(*volume, (size_t)x, (size_t)y, (size_t)z);
                const bool bone = (x * 5 + y * 3 + z * 7) % 11 < 4 || z == 2;
                const bool inside = x >= border[0] && x < n[0] - border[0] && y >= border[1] && y < n[1] - border[1] &&
                                    z >= border[2] && z < n[2] - border[2];
                if (sample->type == AIM_BITS || sample->type == AIM_TWO_VALUES)
                    here = bone ? 127 : 0;
                if (sample->type == AIM_RUNS)
                    here = z == 1 ? -5 : bone ? 100 + x % 2 : 0;
                if (!inside && (sample->type == AIM_RUNS || sample->type == AIM_TWO_VALUES))
                    here = 0;
                if (type == TRB_F32)
                    ((float *)(*volume)->voxels)[value - values] = (float)here;
                else
                    trb_volume_set(*volume, (size_t)x, (size_t)y, (size_t)z, here);
                *value++ = here;
            }
    return values;
}

static void check_aim(const aim_sample *sample, const aim_case *one)
{
    trb_volume *volume = NULL;
    double *values = aim_values(sample, one->type, &volume);
    const char *path = save(aim_sample_make(sample, values), "a.aim;12");
    tiff_check_reads(path, volume, one->name);
    trb_scan *scan = open_scan(path);
    assert_string_equal(one->name, fact(scan, "type"));
    /* planes in any order, one at a time */
    const size_t plane = volume->grid.nx * volume->grid.ny * trb_type_bytes(one->type);
    unsigned char *back = malloc(plane);
    for (size_t i = 0; i < volume->grid.nz; i++) {
        const size_t z = i * 3 % volume->grid.nz;
        CHECK_OK(trb_scan_read(scan, z, z + 1, back, NULL, err));
        assert_memory_equal((char *)volume->voxels + z * plane, back, plane);
    }
    free(back);
    trb_scan_close(scan);
    trb_volume_destroy(volume);
    free(values);
}

static void every_type_of_aim_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++)
        for (int version_030 = 0; version_030 < 2; version_030++)
            for (int large = 0; large < 2; large++) {
                aim_sample sample = aim_sample_default();
                sample.type = cases[i].code;
                sample.version_030 = version_030;
                if (large) { /* more than one run of 254 a plane, even sizes, several marks */
                    sample.n[0] = 120;
                    sample.n[1] = 60;
                    sample.n[2] = 26;
                }
                check_aim(&sample, &cases[i]);
            }
}

static void the_border_of_run_length_files_is_restored(void **state)
{
    (void)state;
    for (size_t i = CASES - 2; i < CASES; i++)
        for (int version_030 = 0; version_030 < 2; version_030++) {
            aim_sample sample = aim_sample_default();
            sample.type = cases[i].code;
            sample.version_030 = version_030;
            const int n[3] = {13, 11, 10}, offset[3] = {3, 2, 4};
            memcpy(sample.n, n, sizeof n);
            memcpy(sample.offset, offset, sizeof offset);
            check_aim(&sample, &cases[i]);
        }
}

static void runs_with_the_length_first_are_told_apart(void **state)
{
    (void)state;
    aim_sample sample = aim_sample_default();
    sample.type = AIM_RUNS;
    sample.length_first = true;
    check_aim(&sample, &cases[CASES - 2]);
    trb_scan *scan = open_scan(tiff_path("a.aim;12"));
    assert_non_null(strstr(trb_scan_facts(scan)->warning, "stand as length and value"));
    trb_scan_close(scan);
}

static void an_aim_header_gives_place_spacing_and_calibration(void **state)
{
    (void)state;
    for (int version_030 = 0; version_030 < 2; version_030++) {
        aim_sample sample = aim_sample_default();
        sample.version_030 = version_030;
        const double values[7 * 5 * 4] = {0};
        trb_scan *scan = open_scan(save(aim_sample_make(&sample, values), "place.AIM"));
        const trb_grid *grid = trb_scan_grid(scan);
        const trb_scan_info *info = trb_scan_facts(scan);
        for (int axis = 0; axis < 3; axis++) {
            CHECK_CLOSE(sample.mm[axis], grid->spacing_mm[axis], 1e-18); /* not 0.01949999853968 */
            CHECK_CLOSE(sample.position[axis] * sample.mm[axis], grid->origin_mm[axis], 1e-15);
        }
        assert_string_equal(version_030 ? "Scanco AIM, version 030" : "Scanco AIM, version 020", info->format);
        assert_string_equal("10 -20 30", fact(scan, "position (voxels)"));
        assert_string_equal("59400", fact(scan, "Energy [V]"));
        assert_string_equal("8192", fact(scan, "Mu_Scaling")); /* the last one counts */
        CHECK_CLOSE(1 / 8192.0, info->calibration.attenuation.slope, 0);
        CHECK_RELATIVE(1603.51904 / 8192, info->calibration.density.slope, 1e-15);
        CHECK_CLOSE(-391.209015, info->calibration.density.intercept, 1e-12);
        CHECK_CLOSE(0.2409, info->calibration.mu_water_per_cm, 0);
        assert_string_equal("AIM processing log", info->calibration.density.source);
        trb_scan_close(scan);
        sample.type = AIM_CHAR; /* a mask: its values are no attenuation */
        scan = open_scan(save(aim_sample_make(&sample, values), "mask.AIM"));
        assert_false(trb_scan_facts(scan)->calibration.attenuation.known);
        assert_string_equal("8192", fact(scan, "Mu_Scaling"));
        trb_scan_close(scan);
    }
}

/* An AIM file of 7 x 5 x 4 voxels with a number changed at a place; at == 0: cut to `value` bytes. */
static void check_aim_refused(bool version_030, int type, size_t at, int64_t value, size_t width, trb_status status,
                              const char *fragment)
{
    aim_sample sample = aim_sample_default();
    const double values[7 * 5 * 4] = {0, 0, 0, 127, 127};
    sample.version_030 = version_030;
    sample.type = type;
    scanco_bytes bytes = aim_sample_make(&sample, values);
    if (width)
        scanco_set_number(&bytes, at, value, width);
    else
        bytes.used = (size_t)value;
    tiff_check_refused(save(bytes, "hostile.aim"), status, fragment);
}

static void aim_headers_that_lie_are_refused(void **state)
{
    (void)state;
    const aim_sample sample = aim_sample_default();
    const int64_t data = (int64_t)aim_sample_data(&sample);
    check_aim_refused(false, AIM_SHORT, 0, 21, 4, TRB_ERR_FORMAT, "does not begin as an AIM file");
    check_aim_refused(true, AIM_SHORT, 10, '1', 1, TRB_ERR_UNSUPPORTED, "of which only 020 and 030 are read");
    check_aim_refused(true, AIM_SHORT, 24, 223, 8, TRB_ERR_FORMAT, "its header has 223 bytes");
    check_aim_refused(false, AIM_SHORT, 8, -1, 4, TRB_ERR_FORMAT, "claims a log of 4294967295 bytes");
    check_aim_refused(true, AIM_SHORT, 32, -1, 8, TRB_ERR_FORMAT, "beyond its end");
    check_aim_refused(false, AIM_SHORT, 12, 281, 4, TRB_ERR_FORMAT, "claims a block of voxels of 281 bytes");
    check_aim_refused(false, AIM_SHORT, 40, 0x00120003, 4, TRB_ERR_UNSUPPORTED, "AIM type 0x00120003");
    check_aim_refused(false, AIM_SHORT, 56, 0, 4, TRB_ERR_FORMAT, "claims 0 voxels along x");
    check_aim_refused(false, AIM_SHORT, 60, -5, 4, TRB_ERR_FORMAT, "claims -5 voxels along y");
    check_aim_refused(false, AIM_SHORT, 64, 5, 4, TRB_ERR_FORMAT, "350 bytes");
    check_aim_refused(true, AIM_SHORT, 112, INT64_MAX, 8, TRB_ERR_FORMAT, "which no volume has");
    check_aim_refused(false, AIM_SHORT, 0, data + 100, 0, TRB_ERR_FORMAT, "beyond its end");
    check_aim_refused(false, AIM_SHORT, 0, 15, 0, TRB_ERR_FORMAT, "ends too early");
    check_aim_refused(true, AIM_SHORT, 0, 40, 0, TRB_ERR_FORMAT, "ends too early");
    /* packed bits: 4 x 3 x 2 cells and the value */
    check_aim_refused(false, AIM_BITS, 64, 6, 4, TRB_ERR_FORMAT, "need 37 bytes; 25 are there");
    /* runs */
    for (int type = 0; type < 2; type++) {
        const int code = type ? AIM_TWO_VALUES : AIM_RUNS;
        check_aim_refused(false, code, (size_t)data, 4, 4, TRB_ERR_FORMAT, type ? "claim 4 bytes" : "before 7 x 5 x 4");
        check_aim_refused(false, code, (size_t)data, 0, 4, TRB_ERR_FORMAT, "claim 0 bytes");
        check_aim_refused(false, code, (size_t)data, -1, 4, TRB_ERR_FORMAT, "claim 4294967295 bytes in a block of");
        check_aim_refused(false, code, 64, 5, 4, TRB_ERR_FORMAT, "its runs end before 7 x 5 x 5 voxels");
        check_aim_refused(false, code, 64, 2000000, 4, TRB_ERR_FORMAT, "bytes of runs can ever hold");
        check_aim_refused(false, code, 68, -1, 4, TRB_ERR_FORMAT, "border of -1");
        check_aim_refused(false, code, 68, 4, 4, TRB_ERR_FORMAT, "a border of 4 voxels leaves nothing of 7 along x");
    }
}

static void a_border_that_makes_a_bomb_is_refused(void **state)
{
    (void)state;
    aim_sample sample = aim_sample_default();
    const double values[7 * 5 * 4] = {0};
    sample.type = AIM_TWO_VALUES;
    scanco_bytes bytes = aim_sample_make(&sample, values);
    for (size_t axis = 0; axis < 3; axis++) { /* 3001^3 voxels, all border but one */
        scanco_set_number(&bytes, 56 + 4 * axis, 3001, 4);
        scanco_set_number(&bytes, 68 + 4 * axis, 1500, 4);
    }
    tiff_check_refused(save(bytes, "bomb.aim"), TRB_ERR_FORMAT, "bytes of runs can ever hold");
}

static void runs_beyond_the_volume_are_told(void **state)
{
    (void)state;
    aim_sample sample = aim_sample_default();
    const double values[7 * 5 * 4] = {0};
    sample.type = AIM_TWO_VALUES;
    scanco_bytes bytes = aim_sample_make(&sample, values);
    scanco_set_number(&bytes, bytes.used - 1, 150, 1); /* one run of 140 */
    trb_scan *scan = open_scan(save(bytes, "beyond.aim"));
    assert_non_null(strstr(trb_scan_facts(scan)->warning, "hold 10 voxels more than the volume"));
    trb_scan_close(scan);
}

/* ---- raw */

static void a_described_raw_file_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        trb_type type;
        bool big;
    } kinds[] = {{"uint8", TRB_U8, false},     {"int8", TRB_I8, false},      {"uint16le", TRB_U16, false},
                 {"uint16be", TRB_U16, true},  {"int16le", TRB_I16, false},  {"int16be", TRB_I16, true},
                 {"uint32", TRB_U32, false},   {"int32be", TRB_I32, true},   {"float32le", TRB_F32, false},
                 {"float32be", TRB_F32, true}, {"float64", TRB_F64, false},  {"float64be", TRB_F64, true}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        trb_volume *volume = tiff_sample_volume(kinds[i].type, 7, 5, 4);
        const size_t each = trb_type_bytes(kinds[i].type), count = 7 * 5 * 4 * each;
        unsigned char bytes[13 + 7 * 5 * 4 * 8] = "some header..";
        for (size_t k = 0; k < count; k++) { /* this machine's order is asked of the value, not of the library */
            const size_t in_voxel = k % each;
            const uint16_t probe = 1;
            const bool little = *(const unsigned char *)&probe == 1;
            bytes[13 + k] = ((unsigned char *)volume->voxels)[k - in_voxel + (little == kinds[i].big ? each - 1 - in_voxel : in_voxel)];
        }
        tiff_sample_bytes(tiff_path("a.raw"), bytes, 13 + count);
        char text[6000];
        snprintf(text, sizeof text, "raw:%s:7x5x4+13:%s", kinds[i].name, tiff_path("a.raw"));
        tiff_check_reads(text, volume, kinds[i].name);
        trb_scan *scan = open_scan(text);
        assert_string_equal("raw file", trb_scan_facts(scan)->format);
        assert_false(trb_grid_has_spacing(trb_scan_grid(scan)));
        assert_string_equal("", trb_scan_facts(scan)->warning);
        trb_scan_close(scan);
        trb_volume_destroy(volume);
    }
}

static void raw_descriptions_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const unsigned char bytes[100];
    tiff_sample_bytes(tiff_path("b.raw"), bytes, sizeof bytes);
    static const struct {
        const char *spec;
        trb_status status;
        const char *fragment;
    } bad[] = {{"raw:uint8", TRB_ERR_ARGUMENT, "expected raw:TYPE:NXxNYxNZ"},
               {"raw:uint8:1x1x1:", TRB_ERR_ARGUMENT, "expected raw:TYPE:NXxNYxNZ"},
               {"raw:uint9:1x1x1:%s", TRB_ERR_ARGUMENT, "'uint9' is no type of voxels"},
               {"raw:uint8le:1x1x1:%s", TRB_ERR_ARGUMENT, "'uint8le' is no type"},
               {"raw:uint16xe:1x1x1:%s", TRB_ERR_ARGUMENT, "'uint16xe' is no type"},
               {"raw:uint8:0x1x1:%s", TRB_ERR_ARGUMENT, "'0x1x1' is no size"},
               {"raw:uint8:1x1:%s", TRB_ERR_ARGUMENT, "'1x1' is no size"},
               {"raw:uint8:1x1x1x1:%s", TRB_ERR_ARGUMENT, "'1x1x1x1' is no size"},
               {"raw:uint8:1x1x-1:%s", TRB_ERR_ARGUMENT, "'1x1x-1' is no size"},
               {"raw:uint8:1x1x1+:%s", TRB_ERR_ARGUMENT, "'1x1x1+' is no size"},
               {"raw:uint8:99999999999999999999x1x1:%s", TRB_ERR_ARGUMENT, "is no size"},
               {"raw:uint8:5x5x5:%s", TRB_ERR_FORMAT, "need 125 bytes after byte 0; 100 are there"},
               {"raw:uint8:5x5x4+1:%s", TRB_ERR_FORMAT, "need 100 bytes after byte 1; 99 are there"},
               {"raw:uint8:5x5x4+9000000000000000000:%s", TRB_ERR_FORMAT, "0 are there"},
               {"raw:float64:2000000000x2000000000x2000000000:%s", TRB_ERR_FORMAT, "which no volume has"},
               {"raw:uint8:5x5x4:%s.absent", TRB_ERR_IO, "b.raw.absent: No such file"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char spec[6000];
        const char *place = strstr(bad[i].spec, "%s");
        snprintf(spec, sizeof spec, "%.*s%s%s", place ? (int)(place - bad[i].spec) : (int)strlen(bad[i].spec), bad[i].spec,
                 place ? tiff_path("b.raw") : "", place ? place + 2 : "");
        tiff_check_refused(spec, bad[i].status, bad[i].fragment);
    }
    char spec[6000];
    snprintf(spec, sizeof spec, "raw:uint8:5x5x3:%s", tiff_path("b.raw"));
    trb_scan *scan = open_scan(spec);
    assert_non_null(strstr(trb_scan_facts(scan)->warning, "leaves 25 bytes of the file unread"));
    trb_scan_close(scan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vax_numbers_of_the_architecture_manual),
        cmocka_unit_test(an_isq_file_gives_voxels_spacing_and_calibration),
        cmocka_unit_test(a_box_of_an_isq_file_is_the_crop),
        cmocka_unit_test(a_density_in_an_unknown_unit_is_told_and_not_used),
        cmocka_unit_test(isq_headers_that_lie_are_refused),
        cmocka_unit_test(an_isq_file_that_shrinks_while_it_is_open_is_an_error),
        cmocka_unit_test(every_type_of_aim_is_read),
        cmocka_unit_test(the_border_of_run_length_files_is_restored),
        cmocka_unit_test(runs_with_the_length_first_are_told_apart),
        cmocka_unit_test(an_aim_header_gives_place_spacing_and_calibration),
        cmocka_unit_test(aim_headers_that_lie_are_refused),
        cmocka_unit_test(a_border_that_makes_a_bomb_is_refused),
        cmocka_unit_test(runs_beyond_the_volume_are_told),
        cmocka_unit_test(a_described_raw_file_is_read),
        cmocka_unit_test(raw_descriptions_that_cannot_be_are_refused),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    testing_scratch_remove();
    return failed;
}
