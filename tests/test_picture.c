/* test_picture.c - the quality-control picture, read back by a PNG reader of the test's own. */
#include "support/testing.h"

#include "trabecula/picture.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

typedef struct png {
    size_t width, height;
    unsigned char *rgb;
} png;

static uint32_t word(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int paeth(int a, int b, int c)
{
    const int pa = abs(b - c), pb = abs(a - c), pc = abs(a + b - 2 * c);
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/* Eight-bit RGB without interlace, as the PNG specification has it. */
static png read_png(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    struct stat facts;
    assert_int_equal(0, fstat(fileno(file), &facts));
    const size_t size = (size_t)facts.st_size;
    unsigned char *bytes = malloc(size), *packed = malloc(size);
    assert_int_equal(size, fread(bytes, 1, size, file));
    fclose(file);
    assert_memory_equal("\x89PNG\r\n\x1a\n", bytes, 8);
    png image = {word(bytes + 16), word(bytes + 20), NULL};
    assert_memory_equal("\x08\x02\x00\x00\x00", bytes + 24, 5); /* 8 bits, RGB, deflate, adaptive, not interlaced */
    size_t n = 0;
    bool ended = false;
    for (size_t at = 8; at + 12 <= size; at += 12 + word(bytes + at)) {
        assert_int_equal(word(bytes + at + 8 + word(bytes + at)),
                         (uint32_t)crc32(0, bytes + at + 4, word(bytes + at) + 4));
        if (memcmp(bytes + at + 4, "IDAT", 4) == 0) {
            memcpy(packed + n, bytes + at + 8, word(bytes + at));
            n += word(bytes + at);
        }
        ended = memcmp(bytes + at + 4, "IEND", 4) == 0;
    }
    assert_true(ended);
    const size_t row = 3 * image.width;
    uLongf length = (uLongf)((row + 1) * image.height);
    unsigned char *lines = malloc(length);
    assert_int_equal(Z_OK, uncompress(lines, &length, packed, (uLong)n));
    image.rgb = calloc(row, image.height);
    for (size_t y = 0; y < image.height; y++)
        for (size_t i = 0; i < row; i++) {
            const unsigned char *line = lines + y * (row + 1);
            unsigned char *to = image.rgb + y * row + i;
            const int a = i >= 3 ? to[-3] : 0, b = y ? *(to - row) : 0, c = i >= 3 && y ? *(to - row - 3) : 0;
            const int guess[5] = {0, a, b, (a + b) / 2, paeth(a, b, c)};
            assert_true(line[0] < 5);
            *to = (unsigned char)(line[1 + i] + guess[line[0]]);
        }
    free(bytes);
    free(packed);
    free(lines);
    return image;
}

static bool is(const png *image, size_t x, size_t y, int red, int green, int blue)
{
    const unsigned char *p = image->rgb + 3 * (y * image->width + x);
    return p[0] == red && p[1] == green && p[2] == blue;
}

static size_t count(const png *image, int red, int green, int blue)
{
    size_t n = 0;
    for (size_t y = 0; y < image->height; y++)
        for (size_t x = 0; x < image->width; x++)
            n += is(image, x, y, red, green, blue);
    return n;
}

static const char *path_of(const char *name)
{
    static char path[4200];
    snprintf(path, sizeof path, "%s/%s", testing_scratch(), name);
    return path;
}

static png draw(const trb_qc *qc)
{
    CHECK_OK(trb_qc_write_png(path_of("qc.png"), qc, err));
    const png image = read_png(path_of("qc.png"));
    assert_int_equal(1600, image.width);
    return image;
}

/* Colours that the picture must use: the tint of bone with grey white in and out of the VOI (0.6 and 0.2 of orange
 * 230,159,0), the outline, the threshold. */
#define TINT 240, 197, 102
#define FAINT_TINT 250, 236, 204
#define BLACK 0, 0, 0
#define OUTLINE 86, 180, 233
#define THRESHOLD 213, 94, 0

/* A volume that is 100 from half of nx on, else 0, and its bone. (The scale bar covers the lower left.) */
static trb_volume *half(size_t nx, size_t ny, size_t nz, trb_mask **bone)
{
    const trb_grid grid = {nx, ny, nz, {0.02, 0.02, 0.02}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_U16, &volume, err));
    CHECK_OK(trb_mask_create(&grid, bone, err));
    for (size_t z = 0; z < nz; z++)
        for (size_t y = 0; y < ny; y++)
            for (size_t x = 0; x < nx; x++) {
                trb_volume_set(volume, x, y, z, x >= nx / 2 ? 100 : 0);
                trb_mask_set(*bone, x, y, z, x >= nx / 2);
            }
    return volume;
}

static void bone_is_tinted_where_it_is_and_nowhere_else(void **state)
{
    (void)state;
    trb_mask *bone = NULL;
    trb_volume *volume = half(40, 40, 40, &bone);
    const trb_qc qc = {.volume = volume, .bone = bone, .title = "half"};
    png image = draw(&qc);
    /* Bone fills the right half of xy and xz and all of yz (x = 20); all twice, tinted in the second set. */
    const double tinted = (double)count(&image, TINT), black = (double)count(&image, BLACK);
    assert_true(tinted > 100000);
    CHECK_RELATIVE(1, black / tinted, 0.02); /* the scale bar and its text hide some */
    size_t edges = 0;
    for (size_t y = 0; y < image.height; y++)
        for (size_t x = 1; x + 1 < image.width; x++)
            edges += is(&image, x, y, BLACK) && is(&image, x + 1, y, TINT);
    CHECK_RELATIVE(2 * sqrt(tinted / 2), (double)edges, 0.01); /* one a row in two square panels */
    assert_int_equal(0, count(&image, OUTLINE));
    free(image.rgb);
    trb_mask_destroy(bone);
    trb_volume_destroy(volume);
}

static void the_voi_has_an_outline_and_bone_outside_is_fainter(void **state)
{
    (void)state;
    trb_mask *bone = NULL, *voi = NULL;
    trb_volume *volume = half(40, 40, 40, &bone);
    CHECK_OK(trb_mask_create(&volume->grid, &voi, err));
    for (size_t z = 10; z < 30; z++)
        for (size_t y = 10; y < 30; y++)
            for (size_t x = 10; x < 30; x++)
                trb_mask_set(voi, x, y, z, 1);
    const trb_qc qc = {.volume = volume, .bone = bone, .voi = voi};
    png image = draw(&qc);
    /* xy and xz: half the plane is bone, a quarter of that inside the VOI; yz: all of it, a quarter inside. */
    const double inside = (double)count(&image, TINT), outside = (double)count(&image, FAINT_TINT);
    CHECK_RELATIVE(3, outside / inside, 0.08);
    /* Six squares of half a panel's width, drawn two pixels wide, and the line in the key. */
    const double panel = sqrt((inside + outside) / 2), square = panel / 2;
    CHECK_RELATIVE(6 * (8 * square - 16), (double)count(&image, OUTLINE) - 66, 0.03);
    free(image.rgb);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
    trb_volume_destroy(volume);
}

/* Column of the threshold line: the leftmost column with many pixels of its colour. */
static size_t threshold_column(const png *image)
{
    for (size_t x = 0; x < image->width; x++) {
        size_t n = 0;
        for (size_t y = 0; y < image->height; y++)
            n += is(image, x, y, THRESHOLD);
        if (n > 150)
            return x;
    }
    fail_msg("no threshold line");
    return 0;
}

static void the_threshold_stands_where_it_belongs(void **state)
{
    (void)state;
    trb_mask *bone = NULL;
    trb_volume *volume = half(8, 8, 8, &bone);
    uint64_t counts[256];
    for (int k = 0; k < 256; k++)
        counts[k] = (uint64_t)(1000 + k);
    const trb_histogram histogram = {-1000, 10, 256, counts, 256 * 1000 + 255 * 128};
    trb_qc qc = {.volume = volume, .bone = bone, .histogram = &histogram, .threshold_text = "fixed"};
    size_t columns[3];
    for (int i = 0; i < 3; i++) {
        qc.threshold = -1000 + 10 * 64 * (i + 1);
        png image = draw(&qc);
        columns[i] = threshold_column(&image);
        free(image.rgb);
    }
    assert_true(columns[0] > 200);
    CHECK_CLOSE((double)(columns[1] - columns[0]), (double)(columns[2] - columns[1]), 1);
    CHECK_CLOSE(974 / 4.0, (double)(columns[1] - columns[0]), 40); /* a quarter of the plot */
    qc.threshold = 1e6; /* beyond all bins: told in words, no line */
    png image = draw(&qc);
    free(image.rgb);
    trb_mask_destroy(bone);
    trb_volume_destroy(volume);
}

static void real_bone_gives_the_same_bytes_twice(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 64), *voi = testing_ellipse_voi();
    const trb_qc qc = {.volume = testing_bone(), .bone = bone, .voi = voi, .threshold = 64, .title = "real bone"};
    png first = draw(&qc), second = draw(&qc);
    assert_int_equal(first.height, second.height);
    assert_memory_equal(first.rgb, second.rgb, 3 * first.width * first.height);
    assert_true(count(&first, OUTLINE) > 3000);
    free(first.rgb);
    free(second.rgb);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

static void any_shape_text_and_spacing_can_be_drawn(void **state)
{
    (void)state;
    static const size_t sizes[][3] = {{1, 1, 1}, {1, 1, 700}, {900, 1, 1}, {3, 800, 2}, {2100, 1700, 2}, {40, 30, 500}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        trb_mask *bone = NULL, *voi = NULL;
        trb_volume *volume = half(sizes[i][0], sizes[i][1], sizes[i][2], &bone);
        CHECK_OK(trb_mask_create(&volume->grid, &voi, err)); /* empty */
        if (i % 2)
            volume->grid.spacing_mm[2] = 0;
        const trb_qc qc = {.volume = volume,
                           .bone = bone,
                           .voi = i % 3 ? voi : NULL,
                           .threshold = NAN,
                           .threshold_text = "<b>&</b>",
                           .title = "a name \xff with broken bytes, <markup> and\na second line that goes on, and on, and on, "
                                    "and on, and on, until nobody reads it any more",
                           .subtitle = ""};
        png image = draw(&qc);
        assert_in_range(image.height, 500, 2000);
        free(image.rgb);
        trb_mask_destroy(bone);
        trb_mask_destroy(voi);
        trb_volume_destroy(volume);
    }
}

static void thin_bone_in_a_large_plane_does_not_vanish(void **state)
{
    (void)state;
    const trb_grid grid = {4000, 4000, 1, {0, 0, 0}, {0, 0, 0}};
    trb_volume *volume = NULL;
    trb_mask *bone = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_U8, &volume, err));
    CHECK_OK(trb_mask_create(&grid, &bone, err));
    memset(volume->voxels, 0, 16000000);
    for (size_t y = 0; y < 4000; y++) { /* a line one voxel wide; a pixel is several voxels */
        trb_volume_set(volume, 1000, y, 0, 200);
        trb_mask_set(bone, 1000, y, 0, 1);
    }
    const trb_qc qc = {.volume = volume, .bone = bone, .threshold = 64};
    png image = draw(&qc);
    size_t tinted = 0;
    for (size_t i = 0; i < image.width * image.height; i++) {
        const unsigned char *p = image.rgb + 3 * i;
        tinted += p[0] > p[2] + 8 && p[1] > p[2] + 4 && p[0] < 128;
    }
    assert_in_range(tinted, 400, 3000);
    free(image.rgb);
    trb_mask_destroy(bone);
    trb_volume_destroy(volume);
}

static size_t files_in(const char *folder)
{
    size_t n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir));)
        n += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(dir);
    return n;
}

static void a_failure_leaves_nothing_behind(void **state)
{
    (void)state;
    trb_mask *bone = NULL, *other = NULL;
    trb_volume *volume = half(8, 8, 8, &bone), *small = half(4, 8, 8, &other);
    trb_error error = {TRB_OK, ""};
    trb_qc qc = {.volume = volume, .bone = bone};
    assert_int_equal(TRB_ERR_IO, trb_qc_write_png(path_of("no/such/folder/qc.png"), &qc, &error));
    assert_non_null(strstr(error.text, "qc.png"));
    qc.bone = other;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_qc_write_png(path_of("other.png"), &qc, &error));
    qc.bone = bone;
    CHECK_OK(trb_qc_write_png(path_of("qc.png"), &qc, err));
    assert_int_equal(1, files_in(testing_scratch())); /* qc.png alone */
    trb_mask_destroy(bone);
    trb_mask_destroy(other);
    trb_volume_destroy(volume);
    trb_volume_destroy(small);
}

static int clean_up(void **state)
{
    (void)state;
    testing_scratch_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bone_is_tinted_where_it_is_and_nowhere_else),
        cmocka_unit_test(the_voi_has_an_outline_and_bone_outside_is_fainter),
        cmocka_unit_test(the_threshold_stands_where_it_belongs),
        cmocka_unit_test(real_bone_gives_the_same_bytes_twice),
        cmocka_unit_test(any_shape_text_and_spacing_can_be_drawn),
        cmocka_unit_test(thin_bone_in_a_large_plane_does_not_vanish),
        cmocka_unit_test(a_failure_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, clean_up);
}
