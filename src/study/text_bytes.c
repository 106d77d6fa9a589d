/* text_bytes.c - what the bytes of a table are, before anything looks for cells. */
#include "study/text_bytes.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST ((size_t)64 << 20)

trb_status trb_bytes_read(const char *path, trb_pool *pool, char **bytes, size_t *size, trb_error *err)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be read: %s", path, strerror(errno));
    char *all = NULL;
    size_t used = 0, room = 0;
    trb_status status = TRB_OK;
    for (;;) {
        if (used == room) {
            room = room ? 2 * room : 65536;
            char *more = room > 2 * LARGEST ? NULL : realloc(all, room);
            if (!more) {
                status = trb_error_set(err, TRB_ERR_FORMAT, "%s is too large for a table", path);
                break;
            }
            all = more;
        }
        const size_t got = fread(all + used, 1, room - used, in);
        used += got;
        if (got == 0)
            break;
    }
    if (!status && ferror(in))
        status = trb_error_set(err, TRB_ERR_IO, "%s cannot be read: %s", path, strerror(errno));
    if (!status && used > LARGEST)
        status = trb_error_set(err, TRB_ERR_FORMAT, "%s is too large for a table", path);
    fclose(in);
    if (!status) {
        *bytes = trb_pool_text(pool, all ? all : "", used, err);
        *size = used;
        status = *bytes ? TRB_OK : TRB_ERR_MEMORY;
    }
    free(all);
    return status;
}

/* Bytes of the UTF-8 character at p, or 0: overlong forms, surrogates and cut characters are none. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    const size_t n = p[0] >= 0xC2 && p[0] <= 0xDF   ? 2
                     : (p[0] & 0xF0) == 0xE0        ? 3
                     : p[0] >= 0xF0 && p[0] <= 0xF4 ? 4
                                                    : 0;
    if (n == 0 || n > left)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) || (p[0] == 0xF0 && p[1] < 0x90) ||
        (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return n;
}

static bool is_utf8(const unsigned char *p, size_t size)
{
    for (size_t i = 0; i < size;) {
        const size_t n = utf8_length(p + i, size - i);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

/* Windows-1252 differs from Latin-1 in 0x80..0x9F only; of those, tables hold quotes, dashes and the euro sign. */
static unsigned code_point_1252(unsigned char c)
{
    static const uint16_t high[32] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                      0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                      0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                      0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
    return c >= 0x80 && c <= 0x9F ? high[c - 0x80] : c;
}

static char *from_1252(const unsigned char *p, size_t size, trb_pool *pool, size_t *length, trb_error *err)
{
    char *text = trb_pool_array(pool, 3 * size + 1, 1, err);
    if (!text)
        return NULL;
    size_t n = 0;
    for (size_t i = 0; i < size; i++) {
        const unsigned code = code_point_1252(p[i]);
        if (code < 0x80) {
            text[n++] = (char)code;
        } else if (code < 0x800) {
            text[n++] = (char)(0xC0 | code >> 6);
            text[n++] = (char)(0x80 | (code & 0x3F));
        } else {
            text[n++] = (char)(0xE0 | code >> 12);
            text[n++] = (char)(0x80 | (code >> 6 & 0x3F));
            text[n++] = (char)(0x80 | (code & 0x3F));
        }
    }
    *length = n;
    return text;
}

static trb_status refuse_other_kinds(const char *name, const unsigned char *p, size_t size, trb_error *err)
{
    if (size >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF)))
        return trb_error_set(
            err, TRB_ERR_FORMAT,
            "%s is UTF-16 text (a spreadsheet's \"Unicode text\"); save it again as \"CSV UTF-8\"", name);
    if (size >= 4 && memcmp(p, "PK\3\4", 4) == 0)
        return trb_error_set(err, TRB_ERR_FORMAT, "%s is a spreadsheet or zip file; save its table as CSV",
                             name);
    const unsigned char *nul = size ? memchr(p, 0, size) : NULL;
    if (nul)
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "%s is no text table: byte %zu is 0 (a binary file, or UTF-16 text); save the "
                             "table as \"CSV UTF-8\"",
                             name, (size_t)(nul - p) + 1);
    return TRB_OK;
}

trb_status trb_bytes_as_text(const char *name, const char *bytes, size_t size, const char **text, size_t *length,
                             trb_error *err)
{
    const trb_status status = refuse_other_kinds(name, (const unsigned char *)bytes, size, err);
    const bool marked = size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0;
    *text = bytes + (marked ? 3 : 0);
    *length = size - (marked ? 3 : 0);
    return status;
}

trb_status trb_bytes_as_utf8(const char *name, const char *bytes, size_t size, trb_pool *pool,
                             const char **text, size_t *length, bool *latin1, trb_error *err)
{
    const trb_status status = trb_bytes_as_text(name, bytes, size, text, &size, err);
    if (status)
        return status;
    const unsigned char *p = (const unsigned char *)*text;
    *latin1 = !is_utf8(p, size);
    *length = size;
    *text = *latin1 ? from_1252(p, size, pool, length, err) : trb_pool_text(pool, (const char *)p, size, err);
    return *text ? TRB_OK : TRB_ERR_MEMORY;
}
