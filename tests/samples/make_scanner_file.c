/*
 * make_scanner_file.c - a stack as a scanner would have left it, for the tests of the command line:
 *   make_scanner_file KIND STACK.tif OUT
 * KIND: isq, aim020, aim030, aimfloat (grey values); aimbits, aimruns, aimtwo (a mask of values >= 64); raw16be (a raw file
 * behind 512 bytes); bmp, png, dicom, rle (folders). STACK: 8 bits. All with voxels of 19.5 um.
 */
#include "support/dicom_samples.h"

#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tiffio.h>

typedef struct stack {
    size_t nx, ny, nz;
    unsigned char *grey;
} stack;

static stack read_stack(const char *path)
{
    stack all = {0, 0, 0, NULL};
    TIFF *tiff = TIFFOpen(path, "r");
    uint32_t nx = 0, ny = 0;
    if (!tiff)
        exit(1);
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &nx);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &ny);
    all.nx = nx;
    all.ny = ny;
    all.nz = TIFFNumberOfDirectories(tiff);
    all.grey = malloc(all.nx * all.ny * all.nz);
    for (size_t z = 0; z < all.nz; z++) {
        unsigned char *to = all.grey + z * all.nx * all.ny;
        size_t left = all.nx * all.ny;
        if (!TIFFSetDirectory(tiff, (tdir_t)z))
            exit(1);
        for (uint32_t strip = 0; strip < TIFFNumberOfStrips(tiff); strip++) {
            const tmsize_t got = TIFFReadEncodedStrip(tiff, strip, to, (tmsize_t)left);
            if (got < 0)
                exit(1);
            to += got;
            left -= (size_t)got;
        }
    }
    TIFFClose(tiff);
    return all;
}

static void save(scanco_bytes bytes, const char *path)
{
    if (!scanco_save(&bytes, path))
        exit(1);
    free(bytes.bytes);
}

static void write_isq(const stack *all, const char *path)
{
    isq_sample sample = isq_sample_default();
    const size_t count = all->nx * all->ny * all->nz, sizes[3] = {all->nx, all->ny, all->nz};
    int16_t *voxels = malloc(count * sizeof *voxels);
    for (size_t i = 0; i < count; i++)
        voxels[i] = all->grey[i];
    for (int axis = 0; axis < 3; axis++) {
        sample.n[axis] = (int)sizes[axis];
        sample.um[axis] = (int)lround(19.5 * (double)sizes[axis]);
    }
    sample.mu_scaling = 64; /* grey values of a byte must reach bone */
    save(isq_sample_make(&sample, voxels), path);
    free(voxels);
}

static void write_aim(const stack *all, const char *kind, const char *path)
{
    static const struct {
        const char *kind;
        int type;
        bool version_030, mask;
    } kinds[] = {{"aim020", AIM_SHORT, false, false}, {"aim030", AIM_SHORT, true, false},
                 {"aimfloat", AIM_VAX_FLOAT, false, false}, {"aimbits", AIM_BITS, true, true},
                 {"aimruns", AIM_RUNS, false, true}, {"aimtwo", AIM_TWO_VALUES, true, true}};
    aim_sample sample = aim_sample_default();
    const size_t count = all->nx * all->ny * all->nz, sizes[3] = {all->nx, all->ny, all->nz};
    double *values = malloc(count * sizeof *values);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (strcmp(kinds[k].kind, kind) == 0) {
            sample.type = kinds[k].type;
            sample.version_030 = kinds[k].version_030;
            for (size_t i = 0; i < count; i++)
                values[i] = kinds[k].mask ? (all->grey[i] >= 64 ? 127 : 0) : all->grey[i];
        }
    for (int axis = 0; axis < 3; axis++) {
        sample.n[axis] = (int)sizes[axis];
        sample.position[axis] = 0;
        sample.mm[axis] = 0.0195;
    }
    save(aim_sample_make(&sample, values), path);
    free(values);
}

static void write_raw(const stack *all, const char *path)
{
    scanco_bytes bytes = {NULL, 0, 0};
    scanco_put(&bytes, NULL, 512);
    for (size_t i = 0; i < all->nx * all->ny * all->nz; i++)
        scanco_put(&bytes, (const unsigned char[2]){0, all->grey[i]}, 2);
    save(bytes, path);
}

/* 8 bits with a table of greys, rows from bottom to top: as SkyScan writes them. */
static void write_bmp(const stack *all, size_t z, const char *path)
{
    scanco_bytes bytes = {NULL, 0, 0};
    scanco_put(&bytes, "BM", 2);
    scanco_put(&bytes, NULL, 8);
    scanco_put_number(&bytes, 14 + 40 + 1024, 4);
    scanco_put_number(&bytes, 40, 4);
    scanco_put_number(&bytes, (int64_t)all->nx, 4);
    scanco_put_number(&bytes, (int64_t)all->ny, 4);
    scanco_put_number(&bytes, 1 | 8 << 16, 4);
    scanco_put(&bytes, NULL, 24);
    for (int i = 0; i < 256; i++)
        scanco_put_number(&bytes, i * 0x010101, 4);
    for (size_t y = all->ny; y-- > 0;) {
        scanco_put(&bytes, all->grey + (z * all->ny + y) * all->nx, all->nx);
        scanco_put(&bytes, NULL, (4 - all->nx % 4) % 4);
    }
    save(bytes, path);
}

static void write_png(const stack *all, size_t z, const char *path)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)all->nx,
                       .height = (png_uint_32)all->ny,
                       .format = PNG_FORMAT_GRAY};
    if (!png_image_write_to_file(&image, path, 0, all->grey + z * all->nx * all->ny, 0, NULL))
        exit(1);
}

static void write_dicom(const stack *all, size_t z, bool rle, const char *path)
{
    dicom_sample sample = dicom_sample_default();
    char position[80];
    double *values = malloc(all->nx * all->ny * sizeof *values);
    for (size_t i = 0; i < all->nx * all->ny; i++)
        values[i] = all->grey[z * all->nx * all->ny + i];
    snprintf(position, sizeof position, "0\\0\\%.4f", 0.0195 * (double)z);
    sample.nx = (int)all->nx;
    sample.ny = (int)all->ny;
    sample.position = position;
    sample.pixel_spacing = "0.0195\\0.0195";
    sample.rle = rle && all->nx <= 128; /* a literal run has up to 128 bytes */
    if (rle)
        sample.allocated = sample.stored = 8, sample.is_signed = 0;
    save(dicom_sample_make(&sample, values), path);
    free(values);
}

static void write_folder(const stack *all, const char *kind, const char *folder)
{
    if (mkdir(folder, 0777) != 0)
        exit(1);
    for (size_t z = 0; z < all->nz; z++) {
        char path[4096];
        const bool dicom = strcmp(kind, "dicom") == 0 || strcmp(kind, "rle") == 0;
        snprintf(path, sizeof path, "%s/m7__rec%08zu.%s", folder, dicom ? all->nz - z : z + 20, dicom ? "dcm" : kind);
        if (dicom)
            write_dicom(all, z, strcmp(kind, "rle") == 0, path);
        else if (strcmp(kind, "bmp") == 0)
            write_bmp(all, z, path);
        else
            write_png(all, z, path);
    }
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    const char *kind = argv[1], *out = argv[3];
    stack all = read_stack(argv[2]);
    if (strcmp(kind, "isq") == 0)
        write_isq(&all, out);
    else if (strncmp(kind, "aim", 3) == 0)
        write_aim(&all, kind, out);
    else if (strcmp(kind, "raw16be") == 0)
        write_raw(&all, out);
    else
        write_folder(&all, kind, out);
    free(all.grey);
    return 0;
}
