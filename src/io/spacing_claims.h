/* spacing_claims.h - several sources may state the voxel size; one of them is used, the others are compared. */
#ifndef TRB_SPACING_CLAIMS_H
#define TRB_SPACING_CLAIMS_H

#include "trabecula/volume_io.h"

#define TRB_MOST_CLAIMS 6

/** What one source says; 0 on an axis of which it says nothing. */
typedef struct trb_spacing_claim {
    double mm[3];
    char source[96];
} trb_spacing_claim;

/** In order of precedence. Zero-initialised means: none. */
typedef struct trb_spacing_claims {
    size_t n;
    trb_spacing_claim claim[TRB_MOST_CLAIMS];
} trb_spacing_claims;

/** Append a claim; one that says nothing at all is left out. */
void trb_spacing_claims_add(trb_spacing_claims *claims, const double mm[3], const char *source);

/**
 * Set grid->spacing_mm and info->spacing_source: option_mm where it is > 0, else the first claim that knows all
 * three axes; nothing is mixed from two files. Warns of claims that differ by more than 0.1 %, of claims that
 * are not complete when nothing else is known, and of sizes that no micro-CT has.
 */
void trb_spacing_decide(const trb_spacing_claims *claims, const double option_mm[3], trb_grid *grid,
                        trb_scan_info *info);

#endif
