/* vax_float.c - see vax_float.h. Source: VAX Architecture Reference Manual, F_floating and G_floating. */
#include "io/vax_float.h"

#include "io/byte_order.h"

#include <math.h>
#include <string.h>

float trb_vax_f(const unsigned char bytes[4])
{
    const uint32_t bits = (uint32_t)trb_le16(bytes) << 16 | trb_le16(bytes + 2);
    const int exponent = (int)(bits >> 23 & 0xff);
    const double sign = bits >> 31 ? -1 : 1;
    if (exponent == 0)
        return sign < 0 ? NAN : 0; /* "reserved operand" */
    return (float)(sign * ldexp((double)(bits & 0x7fffff) + 0x800000, exponent - 128 - 24));
}

double trb_vax_g(const unsigned char bytes[8])
{
    const uint64_t bits = (uint64_t)trb_le16(bytes) << 48 | (uint64_t)trb_le16(bytes + 2) << 32 |
                          (uint64_t)trb_le16(bytes + 4) << 16 | trb_le16(bytes + 6);
    const int exponent = (int)(bits >> 52 & 0x7ff);
    const double sign = bits >> 63 ? -1 : 1;
    if (exponent == 0)
        return sign < 0 ? NAN : 0;
    const uint64_t fraction = (bits & UINT64_C(0xfffffffffffff)) | UINT64_C(1) << 52;
    return sign * ldexp((double)fraction, exponent - 1024 - 53);
}

void trb_vax_f_row(void *numbers, size_t count)
{
    unsigned char *at = numbers;
    for (size_t i = 0; i < count; i++, at += 4) {
        const float value = trb_vax_f(at);
        memcpy(at, &value, sizeof value);
    }
}
