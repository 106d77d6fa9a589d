/* byte_order.h - numbers in files: little-endian and big-endian, whatever this machine is. */
#ifndef TRB_BYTE_ORDER_H
#define TRB_BYTE_ORDER_H

#include <stdint.h>

static inline uint16_t trb_le16(const unsigned char *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static inline uint32_t trb_le32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static inline uint64_t trb_le64(const unsigned char *bytes)
{
    return (uint64_t)trb_le32(bytes) | (uint64_t)trb_le32(bytes + 4) << 32;
}

static inline uint32_t trb_be32(const unsigned char *bytes)
{
    return (uint32_t)bytes[3] | (uint32_t)bytes[2] << 8 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[0] << 24;
}

/** Two's complement, without the conversion that C leaves to the compiler. */
static inline int64_t trb_signed32(uint32_t value)
{
    return value < UINT32_C(0x80000000) ? (int64_t)value : (int64_t)value - INT64_C(0x100000000);
}

static inline int64_t trb_signed64(uint64_t value)
{
    return value <= INT64_MAX ? (int64_t)value : -1 - (int64_t)(UINT64_MAX - value);
}

static inline int64_t trb_le32s(const unsigned char *bytes)
{
    return trb_signed32(trb_le32(bytes));
}

static inline int64_t trb_le64s(const unsigned char *bytes)
{
    return trb_signed64(trb_le64(bytes));
}

#endif
