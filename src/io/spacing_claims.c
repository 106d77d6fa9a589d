/* spacing_claims.c - which voxel size is used, and who disagrees. */
#include "io/spacing_claims.h"

#include "io/scan_info.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CONFLICT 1e-3        /* relative */
#define SMALLEST_MM 0.0005   /* sizes outside are almost always a wrong unit */
#define LARGEST_MM 1.0
#define OPTION_NAME "--voxel-size"

static bool complete(const double mm[3])
{
    return mm[0] > 0 && mm[1] > 0 && mm[2] > 0;
}

void trb_spacing_claims_add(trb_spacing_claims *claims, const double mm[3], const char *source)
{
    trb_spacing_claim claim = {{0, 0, 0}, ""};
    bool any = false;
    for (int axis = 0; axis < 3; axis++)
        if (isfinite(mm[axis]) && mm[axis] > 0) {
            claim.mm[axis] = mm[axis];
            any = true;
        }
    if (!any || claims->n == TRB_MOST_CLAIMS)
        return;
    snprintf(claim.source, sizeof claim.source, "%s", source);
    claims->claim[claims->n++] = claim;
}

/* "0.0195 x 0.0195 x ? mm" */
static const char *describe(const double mm[3], char text[96])
{
    size_t used = 0;
    for (int axis = 0; axis < 3; axis++) {
        char number[24] = "?";
        if (mm[axis] > 0)
            snprintf(number, sizeof number, "%.7g", mm[axis]);
        used += (size_t)snprintf(text + used, 96 - used, "%s%s", axis ? " x " : "", number);
    }
    snprintf(text + used, 96 - used, " mm");
    return text;
}

static bool conflict(const double a[3], const double b[3])
{
    for (int axis = 0; axis < 3; axis++)
        if (a[axis] > 0 && b[axis] > 0 && fabs(a[axis] - b[axis]) > CONFLICT * fmin(a[axis], b[axis]))
            return true;
    return false;
}

static void warn_of_conflicts(const trb_spacing_claims *claims, const double mm[3], trb_scan_info *info)
{
    char used[96], other[96];
    for (size_t i = 0; i < claims->n; i++)
        if (conflict(mm, claims->claim[i].mm))
            trb_info_warn(info, "voxel size %s from %s is used, but %s says %s", describe(mm, used),
                          info->spacing_source, claims->claim[i].source, describe(claims->claim[i].mm, other));
}

static void warn_of_incomplete(const trb_spacing_claims *claims, trb_scan_info *info)
{
    char text[96];
    if (claims->n)
        trb_info_warn(info, "%s gives a voxel size of %s only; give all three with " OPTION_NAME,
                      claims->claim[0].source, describe(claims->claim[0].mm, text));
}

static void warn_of_strange_size(const double mm[3], trb_scan_info *info)
{
    char text[96];
    for (int axis = 0; axis < 3; axis++)
        if (mm[axis] < SMALLEST_MM || mm[axis] > LARGEST_MM) {
            trb_info_warn(info, "a voxel of %s (%s) is unusual for micro-CT: is the unit right?", describe(mm, text),
                          info->spacing_source);
            return;
        }
}

void trb_spacing_decide(const trb_spacing_claims *claims, const double option_mm[3], trb_grid *grid,
                        trb_scan_info *info)
{
    const trb_spacing_claim *chosen = NULL;
    for (size_t i = 0; i < claims->n && !chosen; i++)
        if (complete(claims->claim[i].mm))
            chosen = &claims->claim[i];
    bool any_option = false;
    double mm[3];
    for (int axis = 0; axis < 3; axis++) {
        const bool given = option_mm[axis] > 0;
        any_option = any_option || given;
        mm[axis] = given ? option_mm[axis] : chosen ? chosen->mm[axis] : 0;
    }
    memset(grid->spacing_mm, 0, sizeof grid->spacing_mm);
    info->spacing_source[0] = 0;
    if (!complete(mm)) {
        warn_of_incomplete(claims, info);
        return;
    }
    memcpy(grid->spacing_mm, mm, sizeof mm);
    const bool both = any_option && !complete(option_mm);
    snprintf(info->spacing_source, sizeof info->spacing_source, "%s%s%.60s", any_option ? OPTION_NAME : "",
             both ? " and " : "", any_option && !both ? "" : chosen->source);
    warn_of_conflicts(claims, mm, info);
    warn_of_strange_size(mm, info);
}
