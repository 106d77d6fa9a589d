/* make_sample.c - writes the broken and odd files that the command-line tests feed to the program. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>

/* One page of zeros or ones in the layout asked for. */
static void page(TIFF *tiff, uint32_t width, uint32_t height, int bits, int format, int samples, int photometric)
{
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, samples);
    TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, format);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, photometric);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, height);
    if (photometric == PHOTOMETRIC_PALETTE) {
        static uint16_t colours[256];
        TIFFSetField(tiff, TIFFTAG_COLORMAP, colours, colours, colours);
    }
    const tmsize_t bytes = (tmsize_t)width * height * bits / 8 * samples;
    char *data = calloc(1, (size_t)bytes);
    for (tmsize_t i = 0; format == SAMPLEFORMAT_UINT && i < bytes; i++)
        data[i] = (char)(i % 251);
    TIFFWriteEncodedStrip(tiff, 0, data, bytes);
    free(data);
    TIFFWriteDirectory(tiff);
}

static void with_values(TIFF *tiff, float special)
{
    float row[64] = {0};
    for (int z = 0; z < 3; z++) {
        TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 8);
        TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 8);
        TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 32);
        TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP);
        TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
        row[2 * 8 + 5] = z == 1 ? special : 0; /* x=5 y=2 z=1 */
        TIFFWriteEncodedStrip(tiff, 0, row, sizeof row);
        TIFFWriteDirectory(tiff);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: make_sample nan|infinity|rgb|palette|complex|grey8|grey8wide|grey16|stack|wide PATH\n", stderr);
        return 2;
    }
    TIFF *tiff = TIFFOpen(argv[2], "w");
    if (!tiff)
        return 1;
    const char *kind = argv[1];
    if (strcmp(kind, "nan") == 0)
        with_values(tiff, NAN);
    else if (strcmp(kind, "infinity") == 0)
        with_values(tiff, INFINITY);
    else if (strcmp(kind, "rgb") == 0)
        page(tiff, 16, 16, 8, SAMPLEFORMAT_UINT, 3, PHOTOMETRIC_RGB);
    else if (strcmp(kind, "palette") == 0)
        page(tiff, 16, 16, 8, SAMPLEFORMAT_UINT, 1, PHOTOMETRIC_PALETTE);
    else if (strcmp(kind, "complex") == 0)
        page(tiff, 16, 16, 64, SAMPLEFORMAT_COMPLEXIEEEFP, 1, PHOTOMETRIC_MINISBLACK);
    else if (strcmp(kind, "grey8") == 0)
        page(tiff, 16, 16, 8, SAMPLEFORMAT_UINT, 1, PHOTOMETRIC_MINISBLACK);
    else if (strcmp(kind, "grey8wide") == 0)
        page(tiff, 17, 16, 8, SAMPLEFORMAT_UINT, 1, PHOTOMETRIC_MINISBLACK);
    else if (strcmp(kind, "grey16") == 0)
        page(tiff, 16, 16, 16, SAMPLEFORMAT_UINT, 1, PHOTOMETRIC_MINISBLACK);
    else if (strcmp(kind, "stack") == 0)
        for (int z = 0; z < 12; z++)
            page(tiff, 64, 64, 8, SAMPLEFORMAT_UINT, 1, PHOTOMETRIC_MINISBLACK);
    else if (strcmp(kind, "wide") == 0) /* few planes, each of them large */
        for (int z = 0; z < 4; z++)
            page(tiff, 1200, 1200, 8, SAMPLEFORMAT_UINT, 1, PHOTOMETRIC_MINISBLACK);
    else
        return 2;
    TIFFClose(tiff);
    return 0;
}
