/*
 * tiff_lzw.c - the LZW encoder of TIFF 6.0, section 13.
 * Written here because slices are compressed on all threads, each into its own buffer.
 */
#include "io/tiff_write.h"

#include <stdlib.h>
#include <string.h>

#define CLEAR 256
#define END 257
#define FIRST_FREE 258
#define LAST_FREE 4094 /* the table is thrown away before a reader would need 13 bits */
#define FEWEST_BITS 9
#define SLOTS 16384 /* four times the codes: short searches */
#define EMPTY UINT32_MAX

/* Strings seen: (code of the beginning, next byte) -> code. */
typedef struct table {
    uint32_t key[SLOTS];
    uint16_t code[SLOTS];
    unsigned next; /* free code */
    unsigned bits; /* of the codes now */
} table;

typedef struct writer {
    unsigned char *at;
    uint32_t window;
    unsigned held;
} writer;

static void put(writer *to, unsigned code, unsigned bits)
{
    to->window = to->window << bits | code;
    to->held += bits;
    while (to->held >= 8) {
        to->held -= 8;
        *to->at++ = (unsigned char)(to->window >> to->held);
    }
}

static void start_table(table *strings)
{
    memset(strings->key, 0xff, sizeof strings->key);
    strings->next = FIRST_FREE;
    strings->bits = FEWEST_BITS;
}

/* The slot of this string, or the empty slot where it belongs. */
static size_t find(const table *strings, uint32_t key)
{
    size_t slot = (key * 2654435761U) >> 18; /* multiplicative hash to 14 bits */
    while (strings->key[slot] != EMPTY && strings->key[slot] != key)
        slot = (slot + 1) % SLOTS;
    return slot;
}

/* A code was written and the reader now knows one string more: widths follow. */
static void grow(table *strings, writer *to)
{
    strings->next++;
    if (strings->next == LAST_FREE) {
        put(to, CLEAR, strings->bits);
        start_table(strings);
    } else if (strings->next == 1U << strings->bits) {
        strings->bits++;
    }
}

size_t trb_tiff_lzw_bound(size_t count)
{
    return count + count / 2 + count / 512 + 64;
}

size_t trb_tiff_lzw_encode(const void *bytes, size_t count, void *out)
{
    const unsigned char *in = bytes;
    table strings;
    writer to = {out, 0, 0};
    start_table(&strings);
    put(&to, CLEAR, strings.bits);
    unsigned prefix = count ? in[0] : END;
    for (size_t i = 1; i < count; i++) {
        const uint32_t key = (uint32_t)prefix << 8 | in[i];
        const size_t slot = find(&strings, key);
        if (strings.key[slot] == key) {
            prefix = strings.code[slot];
            continue;
        }
        put(&to, prefix, strings.bits);
        strings.key[slot] = key;
        strings.code[slot] = (uint16_t)strings.next;
        grow(&strings, &to);
        prefix = in[i];
    }
    if (count) {
        put(&to, prefix, strings.bits);
        grow(&strings, &to);
    }
    put(&to, END, strings.bits);
    if (to.held)
        *to.at++ = (unsigned char)(to.window << (8 - to.held));
    return (size_t)(to.at - (unsigned char *)out);
}
