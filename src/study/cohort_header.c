/* cohort_header.c - the names of metrics as people spell them, and how headers carry units. */
#include "study/cohort_header.h"

#include <stdint.h>
#include <string.h>

typedef struct known {
    const char *key;
    const char *spellings; /* more, as trb_name_plain() leaves them, separated by '|', with one at each end */
} known;

/* In the order in which papers print them. What describes the measurement stands at the end: see HOUSEKEEPING. */
static const known METRICS[] = {
    {"BMD", "|vbmd|bonemineraldensity|trvbmd|tbvbmd|"},
    {"BV/TV", "|bonevolumefraction|percentbonevolume|tbbvtv|"},
    {"Tb.N", "|trabecularnumber|"},
    {"Tb.Th", "|trabecularthickness|"},
    {"Tb.Sp", "|trabecularseparation|trabecularspacing|"},
    {"Conn.D", "|conndn|conndens|connectivitydensity|"},
    {"SMI", "|structuremodelindex|"},
    {"DA", "|degreeofanisotropy|"},
    {"TMD", "|tissuemineraldensity|vtmd|"},
    {"TMD.peel1", ""},
    {"BMC", "|bonemineralcontent|"},
    {"BS/BV", "|specificbonesurface|bonesurfacevolumeratio|"},
    {"BS/TV", "|bonesurfacedensity|"},
    {"BV", "|bonevolume|"},
    {"BS", "|bonesurface|"},
    {"Tb.Pf", "|trabecularpatternfactor|"},
    {"Conn", "|connectivity|"},
    {"EF", "|ellipsoidfactor|"},
    {"FD", "|fractaldimension|"},
    {"Po(tot)", "|totalporosity|"},
    {"Po(cl)", "|closedporosity|"},
    {"Po(op)", "|openporosity|"},
    {"Tt.Ar", "|totalarea|"},
    {"Ct.Ar", "|corticalarea|"},
    {"Ma.Ar", "|marrowarea|medullaryarea|"},
    {"Ct.Ar/Tt.Ar", "|corticalareafraction|"},
    {"Ct.Th", "|corticalthickness|"},
    {"Ct.Po", "|corticalporosity|"},
    {"Ct.TMD", "|ctvtmd|ctvbmd|"},
    {"Ps.Pm", ""},
    {"Ec.Pm", ""},
    {"Imin", ""},
    {"Imax", ""},
    {"J", "|polarmomentofinertia|"},
    {"Tb.Th.SD", "|tbthstd|tbthstddev|"},
    {"Tb.Sp.SD", "|tbspstd|tbspstddev|"},
    {"Tb.N.SD", ""},
    {"Tb.1/N.SD", ""},
    {"Tb.Th.max", ""},
    {"Tb.Sp.max", ""},
    {"Tb.N.direct", ""},
    {"Tb.N.ratio", ""},
    {"Tb.N.plate", ""},
    {"Tb.Th.plate", ""},
    {"Tb.Sp.plate", ""},
    {"TMD.peel2", ""},
    {"TMD.SD", ""},
    {"TMD.FWHM", ""},
    {"MaD", ""},
    {"Po.N(cl)", ""},
    {"SMI.concave", ""},
    {"SMI.dil", ""},
    {"Obj.N", ""},
    {"Euler.corr", ""},
    {"DA.ratio", ""},
    {"Sk.Br.N", ""},
    {"Sk.Junc.N", ""},
    {"Sk.End.N", ""},
    {"Br.Le", ""},
    {"ITA", ""},
};

static const known HOUSEKEEPING[] = {
    {"TV", "|totalvolume|tissuevolume|totalvoivolume|"},
    {"TS", ""},
    {"Grey.TV", ""},
    {"Grey.BV", ""},
    {"Grey.Ma", ""},
    {"Tb.Th.valued", ""},
    {"Tb.Sp.valued", ""},
    {"Tb.Th.weighted", ""},
    {"Tb.Sp.weighted", ""},
    {"threshold", "|thresholdgrey|lowerthreshold|"},
    {"voxel size", "|voxelsizemm|pixelsize|"},
    {"Euler", "|eulerch|eulernumber|eulercharacteristic|"},
};

enum {
    N_METRICS = sizeof METRICS / sizeof *METRICS,
    N_HOUSEKEEPING = sizeof HOUSEKEEPING / sizeof *HOUSEKEEPING
};

void trb_name_plain(const char *name, char *out, size_t bytes)
{
    size_t n = 0;
    for (; *name && n + 1 < bytes; name++) {
        if (*name >= 'A' && *name <= 'Z')
            out[n++] = (char)(*name + 32);
        else if ((*name >= 'a' && *name <= 'z') || (*name >= '0' && *name <= '9'))
            out[n++] = *name;
    }
    out[n] = 0;
}

static bool is_spelling(const known *metric, const char *plain)
{
    char own[64];
    trb_name_plain(metric->key, own, sizeof own);
    if (strcmp(own, plain) == 0)
        return true;
    const size_t length = strlen(plain);
    for (const char *at = strstr(metric->spellings, plain); at; at = strstr(at + 1, plain))
        if (at[-1] == '|' && at[length] == '|')
            return true;
    return false;
}

static const known *find_known(const known *table, size_t n, const char *name)
{
    char plain[64];
    trb_name_plain(name, plain, sizeof plain);
    for (size_t i = 0; i < n && *plain; i++)
        if (is_spelling(&table[i], plain))
            return &table[i];
    return NULL;
}

/* "Tb.Th_left" is not a spelling of anything, but names with letters beyond ASCII must not lose them: "BV/TV (Schädel)". */
static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

const char *trb_metric_symbol(const char *name)
{
    if (!is_ascii(name))
        return NULL;
    const known *metric = find_known(METRICS, N_METRICS, name);
    if (!metric)
        metric = find_known(HOUSEKEEPING, N_HOUSEKEEPING, name);
    return metric ? metric->key : NULL;
}

size_t trb_metric_rank(const char *key)
{
    for (size_t i = 0; i < N_METRICS; i++)
        if (strcmp(METRICS[i].key, key) == 0)
            return i;
    return SIZE_MAX;
}

const char *trb_metric_detail_of(const char *key)
{
    static const char *const pairs[][2] = {
        {"TMD.peel1", "TMD"},     {"BV", "BV/TV"},        {"BS", "BV/TV"},        {"Conn", "Conn.D"},
        {"Tb.N.direct", "Tb.N"},  {"Tb.N.ratio", "Tb.N"}, {"Tb.N.plate", "Tb.N"}, {"Tb.Th.plate", "Tb.Th"},
        {"Tb.Sp.plate", "Tb.Sp"}, {"Tb.Th.SD", ""},       {"Tb.Sp.SD", ""},       {"Tb.N.SD", ""},
        {"Tb.1/N.SD", ""},        {"Tb.Th.max", ""},      {"Tb.Sp.max", ""},
        {"Po(op)", "BV/TV"},      {"Po(tot)", "BV/TV"},   {"Po.N(cl)", "Po(cl)"},   {"Obj.N", ""},
        {"Euler.corr", "Conn.D"}, {"SMI.dil", "SMI"},       {"SMI.concave", "SMI"},
        {"TMD.peel2", "TMD"},     {"TMD.SD", "TMD"},      {"TMD.FWHM", "TMD"},
        {"Po(cl)", ""},           {"MaD", "BMD"},         {"Tb.Pf", "SMI"},
        {"DA.ratio", "DA"},       {"Sk.Br.N", ""},        {"Sk.Junc.N", ""},      {"Sk.End.N", ""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(key, pairs[i][0]) == 0)
            return pairs[i][1];
    return NULL;
}

bool trb_metric_is_housekeeping(const char *key)
{
    return find_known(HOUSEKEEPING, N_HOUSEKEEPING, key) != NULL;
}

bool trb_metric_is_covariate(const char *key)
{
    static const char *const names[] = {"bodyweight",      "bodymass",         "bw", "age", "dose",
                                        "finalbodyweight", "initialbodyweight"};
    char plain[64];
    trb_name_plain(key, plain, sizeof plain);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(plain, names[i]) == 0)
            return true;
    return false;
}

/* ---- name and unit */

typedef struct parts {
    const char *name_end; /* the name is [header, name_end) */
    const char *unit, *unit_end;
} parts;

static const char *back_over_blanks(const char *start, const char *p)
{
    while (p > start && (p[-1] == ' ' || p[-1] == '_' || p[-1] == ','))
        p--;
    return p;
}

static bool known_unit(const char *start, const char *end, trb_pool *pool, trb_error *err)
{
    const char *text = trb_pool_text(pool, start, (size_t)(end - start), err);
    return text && trb_unit_spelling(text);
}

/* "[...]" is always a unit, "(...)" only when we know it: "Tb.N (direct)" is a name. */
static bool unit_in_brackets(const char *header, size_t length, parts *out, trb_pool *pool, trb_error *err)
{
    const char *end = header + length;
    const char close = length ? end[-1] : 0, open = close == ']' ? '[' : '(';
    if (close != ']' && close != ')')
        return false;
    const char *at = end - 1;
    while (at > header && *at != open)
        at--;
    if (*at != open || at == header)
        return false;
    *out = (parts){back_over_blanks(header, at), at + 1, end - 1};
    return out->name_end > header && (close == ']' || known_unit(at + 1, end - 1, pool, err));
}

/* "Tb.Th, mm" and "Tb.Th_mm". The 1 of "metric_1" and the d of "Conn_D" are no units. */
static bool unit_behind_a_mark(const char *header, size_t length, parts *out, trb_pool *pool, trb_error *err)
{
    const char *end = header + length, *at = end;
    while (at > header && *at != ',' && *at != '_')
        at--;
    if (at == header || end - at < 2)
        return false;
    *out = (parts){back_over_blanks(header, at), at + 1, end};
    const bool one_letter = end - at == 2 && at[1] != 'g' && at[1] != '%';
    return out->name_end > header && !one_letter && known_unit(at + 1, end, pool, err);
}

/* "Percent bone volume (BV/TV)": the symbol is what we want. */
static const char *symbol_in_brackets(const char *name, trb_pool *pool, trb_error *err)
{
    const size_t length = strlen(name);
    const char *open = strrchr(name, '(');
    if (length < 3 || name[length - 1] != ')' || !open || open == name)
        return NULL;
    const char *inner = trb_pool_text(pool, open + 1, (size_t)(name + length - 1 - open - 1), err);
    return inner ? trb_metric_symbol(inner) : NULL;
}

trb_status trb_header_split(const char *header, trb_pool *pool, const char **key, const char **unit,
                            trb_error *err)
{
    const size_t length = strlen(header);
    parts p = {header + length, NULL, NULL};
    if (!unit_in_brackets(header, length, &p, pool, err) &&
        !unit_behind_a_mark(header, length, &p, pool, err))
        p = (parts){header + length, "", NULL};
    const char *name = trb_pool_text(pool, header, (size_t)(p.name_end - header), err);
    const char *text = p.unit_end ? trb_pool_text(pool, p.unit, (size_t)(p.unit_end - p.unit), err) : "";
    if (!name || !text)
        return TRB_ERR_MEMORY;
    const char *spelling = trb_unit_spelling(text), *symbol = trb_metric_symbol(name);
    if (!symbol)
        symbol = symbol_in_brackets(name, pool, err);
    *unit = spelling ? spelling : text;
    *key = symbol ? symbol : name;
    return TRB_OK;
}
