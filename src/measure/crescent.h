/* crescent.h - what a ball holds beyond the ball of a larger neighbour. */
#ifndef TRB_CRESCENT_H
#define TRB_CRESCENT_H

#include "trabecula/status.h"

#include <stddef.h>
#include <stdint.h>

/** "Too long for a list: paint the whole ball." */
#define TRB_CRESCENT_WHOLE UINT16_MAX

/** Longest list, and how many bytes may be read beyond a prefix. */
#define TRB_CRESCENT_MOST 512
#define TRB_CRESCENT_SLACK 32

/** Lists exist for open balls up to this squared radius: coordinates are signed bytes. */
#define TRB_CRESCENT_LARGEST (127 * 127)

/**
 * For the canonical neighbours v = (1,0,0), (1,1,0), (1,1,1) (t = 0, 1, 2) and each squared radius r2, the
 * points n of the open ball of r2 in descending order of |n - v|^2. The open ball of r2 + gain around v leaves
 * out exactly a prefix of them: the crescent. Lists are cut at a limit that shrinks with the radius.
 */
typedef struct trb_crescents {
    uint32_t largest;    /* lists for r2 <= largest */
    int8_t *point[3];    /* first, second, third canonical coordinate of all points of all lists */
    uint32_t *start[3];  /* start[t][r2]: where its list begins */
    uint32_t *lengths[3]; /* lengths[t][r2]: where length[] for gain 0 stands; one entry per gain */
    uint16_t *length;    /* prefix length, or TRB_CRESCENT_WHOLE */
    uint32_t *gain[3];   /* containment: at this gain nothing is left (see thickness_paint.h) */
} trb_crescents;

/**
 * Tables for open balls up to r2 = largest (cut to TRB_CRESCENT_LARGEST).
 * Cost: about 10 MB and 20 ms at radius 40, 60 MB at radius 127. Three threads at most.
 */
TRB_NODISCARD trb_status trb_crescents_create(uint32_t largest, trb_crescents *tables, trb_error *err);
void trb_crescents_clear(trb_crescents *tables);

/** Points that the ball of r2 + gain around a neighbour of type t leaves out of the open ball of r2. */
static inline uint16_t trb_crescent_length(const trb_crescents *tables, int t, uint32_t r2, uint32_t gain)
{
    if (r2 > tables->largest)
        return TRB_CRESCENT_WHOLE;
    if (gain >= tables->gain[t][r2])
        return 0;
    return tables->length[tables->lengths[t][r2] + gain];
}

#endif
