/* types.h - one place knows how to walk the voxel types. */
#ifndef TRB_TYPES_H
#define TRB_TYPES_H

#include "trabecula/volume.h"

/* Run the statements with `T` as the voxel type and `T *v` as `pointer` in that type. */
#define TRB_TYPE_CASE(tag, c_type, pointer, ...)                                                        \
    case tag: {                                                                                         \
        typedef c_type T;                                                                               \
        T *v = (T *)(pointer);                                                                          \
        __VA_ARGS__                                                                                     \
    } break;
#define TRB_WITH_TYPE(type, pointer, ...)                                                               \
    switch (type) {                                                                                     \
        TRB_TYPE_CASE(TRB_U8, uint8_t, pointer, __VA_ARGS__)                                            \
        TRB_TYPE_CASE(TRB_I8, int8_t, pointer, __VA_ARGS__)                                             \
        TRB_TYPE_CASE(TRB_U16, uint16_t, pointer, __VA_ARGS__)                                          \
        TRB_TYPE_CASE(TRB_I16, int16_t, pointer, __VA_ARGS__)                                           \
        TRB_TYPE_CASE(TRB_U32, uint32_t, pointer, __VA_ARGS__)                                          \
        TRB_TYPE_CASE(TRB_I32, int32_t, pointer, __VA_ARGS__)                                           \
        TRB_TYPE_CASE(TRB_F32, float, pointer, __VA_ARGS__)                                             \
        TRB_TYPE_CASE(TRB_F64, double, pointer, __VA_ARGS__)                                            \
    }

#endif
