/* cohort_units.c - units as people spell them. */
#include "study/cohort_header.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct unit {
    const char *name;      /* our spelling */
    const char *spellings; /* more, normalised, separated by '|', with one at each end */
    int dimension;         /* units of one dimension convert */
    double factor;         /* to the first of its dimension */
} unit;

/* Spellings are compared without blanks, '^' and dots in the middle, in lower case, with u for the micro sign and plain
 * digits for raised ones. */
static const unit UNITS[] = {
    {"%", "|%|percent|pct|", 0, 1},
    {"1", "|1|ratio|fraction|-|none|", 0, 100},
    {"mm", "|mm|millimeter|millimetre|millimeters|", 1, 1},
    {"um", "|um|micron|microns|micrometer|micrometre|micrometers|", 1, 1e-3},
    {"cm", "|cm|", 1, 10},
    {"nm", "|nm|", 1, 1e-6},
    {"mm^2", "|mm2|sqmm|", 2, 1},
    {"um^2", "|um2|micron2|microns2|", 2, 1e-6},
    {"cm^2", "|cm2|", 2, 100},
    {"mm^3", "|mm3|cumm|", 3, 1},
    {"um^3", "|um3|micron3|microns3|", 3, 1e-9},
    {"cm^3", "|cm3|ccm|cc|", 3, 1000},
    {"mm^4", "|mm4|", 4, 1},
    {"um^4", "|um4|", 4, 1e-12},
    {"1/mm", "|1/mm|mm-1|/mm|permm|", 5, 1},
    {"1/um", "|1/um|um-1|/um|", 5, 1000},
    {"1/cm", "|1/cm|cm-1|/cm|", 5, 0.1},
    {"1/mm^2", "|1/mm2|mm-2|/mm2|", 6, 1},
    {"1/mm^3", "|1/mm3|mm-3|/mm3|", 7, 1},
    {"1/um^3", "|1/um3|um-3|/um3|", 7, 1e9},
    {"mgHA/cm3", "|mgha/cm3|mgha/ccm|mgha/cc|mg/cm3|mg/ccm|mg/cc|mghacm-3|mgcm-3|mghap/cm3|mghap/ccm|", 8, 1},
    {"gHA/cm3", "|gha/cm3|gha/ccm|g/cm3|g/ccm|g/cc|gcm-3|ghacm-3|ghap/cm3|", 8, 1000},
    {"mg", "|mg|", 9, 1},
    {"g", "|g|gram|grams|", 9, 1000},
    {"kg", "|kg|", 9, 1e6},
    {"deg", "|deg|\xC2\xB0|degree|degrees|", 10, 1},
    {"hours", "|h|hour|hours|", 11, 1},
    {"days", "|d|day|days|", 11, 24},
    {"weeks", "|w|wk|wks|week|weeks|", 11, 168},
    {"months", "|month|months|mo|", 12, 1},
    {"years", "|y|year|years|", 12, 12},
    {"grey", "|grey|gray|greyvalue|grayvalue|", 13, 1},
    {"HU", "|hu|", 14, 1},
    {"mgHA", "|mgha|", 15, 1},
    {"vox", "|vox|voxel|voxels|pixel|pixels|px|", 16, 1},
};

static const struct {
    const char *from, *to;
} LETTERS[] = {
    {"\xC2\xB5", "u"},     {"\xCE\xBC", "u"},     /* micro sign, Greek mu */
    {"\xC2\xB2", "2"},     {"\xC2\xB3", "3"},     /* raised 2 and 3 */
    {"\xE2\x81\xB4", "4"}, {"\xC2\xB9", "1"},     /* raised 4 and 1 */
    {"\xE2\x81\xBB", "-"}, {"\xE2\x88\x92", "-"}, /* raised minus, minus */
    {"\xC2\xB7", ""},      {"\xC2\xA0", ""},      {"^", ""}, {" ", ""}, {"*", ""}, {"_", ""},
};

/* False when it does not fit: then it is no unit that we know. */
static bool normalise(const char *text, char *out, size_t bytes)
{
    size_t n = 0;
    while (*text) {
        const char *put = NULL;
        size_t taken = 1;
        for (size_t i = 0; i < sizeof LETTERS / sizeof *LETTERS && !put; i++)
            if (strncmp(text, LETTERS[i].from, strlen(LETTERS[i].from)) == 0) {
                put = LETTERS[i].to;
                taken = strlen(LETTERS[i].from);
            }
        const char one[2] = {*text >= 'A' && *text <= 'Z' ? (char)(*text + 32) : *text, 0};
        if (!put)
            put = one;
        const size_t length = strlen(put);
        if (n + length >= bytes)
            return false;
        memcpy(out + n, put, length);
        n += length;
        text += taken;
    }
    out[n] = 0;
    return n > 0;
}

static const unit *find(const char *text)
{
    char plain[32], wanted[40];
    if (!normalise(text, plain, sizeof plain) || strchr(plain, '|'))
        return NULL;
    snprintf(wanted, sizeof wanted, "|%s|", plain);
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
        if (strstr(UNITS[i].spellings, wanted))
            return &UNITS[i];
    return NULL;
}

const char *trb_unit_spelling(const char *text)
{
    const unit *u = find(text);
    return u ? u->name : NULL;
}

bool trb_unit_factor(const char *from, const char *to, double *factor)
{
    const unit *a = find(from), *b = find(to);
    if (strcmp(from, to) == 0) {
        *factor = 1;
        return true;
    }
    if (!a || !b || a->dimension != b->dimension)
        return false;
    *factor = a->factor / b->factor;
    return true;
}
