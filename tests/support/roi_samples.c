/* roi_samples.c - ImageJ regions built byte by byte. */
#include "support/roi_samples.h"

#include "support/testing.h"

void roi_put(roi_bytes *roi, size_t at, size_t bytes, uint32_t value)
{
    assert_true(at + bytes <= sizeof roi->bytes);
    for (size_t i = 0; i < bytes; i++)
        roi->bytes[at + i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
    if (roi->count < at + bytes)
        roi->count = at + bytes;
}

void roi_put_float(roi_bytes *roi, size_t at, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    roi_put(roi, at, 4, bits);
}

roi_bytes roi_header(int type, int left, int top, int right, int bottom)
{
    roi_bytes roi = {0};
    roi_put(&roi, 60, 4, 0);
    memcpy(roi.bytes, "Iout", 4);
    roi_put(&roi, 4, 2, 227);
    roi_put(&roi, 6, 1, (uint32_t)type);
    roi_put(&roi, 8, 2, (uint32_t)top & 0xffff);
    roi_put(&roi, 10, 2, (uint32_t)left & 0xffff);
    roi_put(&roi, 12, 2, (uint32_t)bottom & 0xffff);
    roi_put(&roi, 14, 2, (uint32_t)right & 0xffff);
    return roi;
}

roi_bytes roi_polygon(int type, size_t n, const int *xy)
{
    int lo[2] = {xy[0], xy[1]}, hi[2] = {xy[0], xy[1]};
    for (size_t i = 0; i < 2 * n; i++) {
        lo[i & 1] = xy[i] < lo[i & 1] ? xy[i] : lo[i & 1];
        hi[i & 1] = xy[i] > hi[i & 1] ? xy[i] : hi[i & 1];
    }
    roi_bytes roi = roi_header(type, lo[0], lo[1], hi[0], hi[1]);
    roi_put(&roi, 16, 2, (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        roi_put(&roi, 64 + 2 * i, 2, (uint32_t)(xy[2 * i] - lo[0]));
        roi_put(&roi, 64 + 2 * (n + i), 2, (uint32_t)(xy[2 * i + 1] - lo[1]));
    }
    return roi;
}

roi_bytes roi_fine_polygon(int type, size_t n, const float *xy)
{
    roi_bytes roi = roi_header(type, 0, 0, 1, 1);
    roi_put(&roi, 16, 2, (uint32_t)n);
    roi_put(&roi, 50, 2, 128);
    for (size_t i = 0; i < n; i++) {
        roi_put(&roi, 64 + 2 * i, 2, 0);
        roi_put(&roi, 64 + 2 * (n + i), 2, 0);
        roi_put_float(&roi, 64 + 4 * n + 4 * i, xy[2 * i]);
        roi_put_float(&roi, 64 + 4 * n + 4 * (n + i), xy[2 * i + 1]);
    }
    return roi;
}

roi_bytes roi_composite(size_t n, const float *path)
{
    roi_bytes roi = roi_header(ROI_RECT, 0, 0, 1, 1);
    roi_put(&roi, 36, 4, (uint32_t)n);
    for (size_t i = 0; i < n; i++)
        roi_put_float(&roi, 64 + 4 * i, path[i]);
    return roi;
}

void roi_add_header2(roi_bytes *roi, int z, int t, const char *name)
{
    const size_t at = roi->count, length = strlen(name);
    roi_put(roi, 60, 4, (uint32_t)at);
    roi_put(roi, at + 63, 1, 0); /* all 64 bytes are there */
    roi_put(roi, at + 8, 4, (uint32_t)z);
    roi_put(roi, at + 12, 4, (uint32_t)t);
    roi_put(roi, at + 16, 4, (uint32_t)(at + 64));
    roi_put(roi, at + 20, 4, (uint32_t)length);
    for (size_t i = 0; i < length; i++)
        roi_put(roi, at + 64 + 2 * i, 2, (unsigned char)name[i]);
}

const char *roi_write(const roi_bytes *roi, const char *name)
{
    static char paths[8][5000];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", testing_scratch(), name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(roi->count, fwrite(roi->bytes, 1, roi->count, file));
    assert_int_equal(0, fclose(file));
    return path;
}
