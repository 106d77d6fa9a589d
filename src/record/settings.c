/*
 * settings.c - options between text and types. One table of keys serves the command line, protocol files and
 * records; what one writes the other reads.
 */
#include "record/segment_text.h"
#include "trabecula/settings.h"

#include "record/settings_voi.h"
#include "trabecula/voi_auto.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Which of a profile's choices were made by hand (trb_settings.chosen). */
enum { CHOSE_FILTER = 1, CHOSE_THICKNESS = 2, CHOSE_CENTRES = 4, CHOSE_TBN = 8, CHOSE_SURFACE = 16, CHOSE_DA = 32 };

static const trb_setting_info TABLE[] = {
    {"voxel-size", "LENGTH", "", "voxel size, 19.5um or x,y,z as 19.5um,19.5um,20um; overrides the file", "Input"},
    {"resample", "MODE", "none", "none, or isotropic: linear resampling when axes differ by more than 1 %", "Input"},
    {"allow-gaps", NULL, "false", "accept missing numbers in a slice series (spacing is unchanged)", "Input"},
    {"slices", "A:B", "", "measure slices A <= z < B, from 0; the VOI is counted in the whole scan", "Input"},
    {"crop", "BOX", "", "x0:x1,y0:y1,z0:z1, half-open, from 0; what lies outside is not read as context", "Input"},
    {"calibration", "TEXT", "", "slope=..,intercept=.. (with ,unit=mgHA/cm3 ,from=grey|1/cm|HU "
     ",mu-scaling=.. ,mu-water=.. when wanted), or point=0.25gHA@52grey,point=0.75gHA@143grey, or a file of calibrate", "Grey scale"},
    {"voi", "VOI", "", "mask file, ImageJ .roi or RoiSet.zip, box:x0:x1,y0:y1,z0:z1, cylinder:cx,cy,rx,ry,z0:z1, or auto[:trabecular|:cortical|:periosteal][,preset=mouse|rat|human][,KEY=VALUE...] (compartments by two thresholds); several as 'A;and:B;minus:C'; bone outside is context", "Volume of interest"},
    {"voi-label", "N", "", "of a label image as --voi, only voxels of value N", "Volume of interest"},
    {"voi-erode", "LENGTH", "", "shrink the VOI by a ball of this radius (0.1mm, 100um, 5vox)", "Volume of interest"},
    {"voi-dilate", "LENGTH", "", "grow the VOI by a ball of this radius, after voi-erode", "Volume of interest"},
    {"voi-landmark", "SLICE", "", "cut the VOI to a slab that is counted from this slice (from 0), such as the growth plate", "Volume of interest"},
    {"voi-offset", "LENGTH", "", "distance of the slab from the landmark: 0.5mm, 20vox, or 5% of bone-length; default 0", "Volume of interest"},
    {"voi-height", "LENGTH", "", "height of the slab: 1.5mm, 100vox, or 10% of bone-length", "Volume of interest"},
    {"voi-direction", "WHERE", "up", "the slab lies up (at higher slice numbers than the landmark) or down", "Volume of interest"},
    {"bone-length", "LENGTH", "", "length of the whole bone, such as 18mm, for voi-offset and voi-height in %", "Volume of interest"},
    {"filter", "FILTER", "gaussian:0.8,1", "none, gaussian:SIGMA,SUPPORT, gaussian-truncated:SIGMA,SUPPORT, median:R (voxels) or laplace-hamming:EPSILON,CUTOFF (cycles per voxel; all in memory)", "Segmentation"},
    {"threshold", "VALUE", "otsu", TRB_THRESHOLD_HELP, "Segmentation"},
    {"invert", NULL, "false", "bone is below the threshold", "Segmentation"},
    {"despeckle", "N", "0", "remove bone parts of fewer than N voxels (26-connected)", "Segmentation"},
    {"keep-largest", NULL, "false", "keep only the largest bone part (26-connected)", "Segmentation"},
    {"fill-holes", NULL, "false", "fill cavities in bone (6-connected marrow that touches no image border)", "Segmentation"},
    {"sensitivity", "LIST", "", "measure again with the threshold moved by these percentages down and up, as 5%,10%: of its grey value, or of the density where it is calibrated; each takes two more analyses", "Segmentation"},
    {"profile", "NAME", "trabecula", "convention: trabecula, bonej, scanco or ctan", "Convention"},
    {"thickness", "RULE", "subvoxel", "Tb.Th and Tb.Sp: subvoxel (exact where there are no grey values or many thresholds), exact, exact-closed, fiji, ipl or ipl-v1", "Convention"},
    {"ball-centres", "WHERE", "image", "image or voi: may balls centred outside the VOI cover voxels inside it", "Convention"},
    {"tbn", "RULE", "direct", "Tb.N: direct (mid-axes), ratio (BV/TV)/Tb.Th, or plate BS/(2 TV)", "Convention"},
    {"surface", "RULE", "crofton13", "BS: mc, mc-lorensen, crofton13, crofton3 or grey", "Convention"},
    {"da", "RULE", "mil", "DA and fabric: mil (mean intercept length along lines) or mesh (normals of the binary surface)", "Convention"},
    {"da-directions", "N", "1000", "directions of the fabric, 50 to 10000, each in its 24 turned and mirrored images", "Convention"},
    {"da-step", "VOXELS", "2.3", "between samples of a line for mil, 1 to 16; under 2 the voxel grid shows through", "Convention"},
    {"skeleton", NULL, "false", "thin the bone to lines: number of branches, junctions and ends, mean branch length", "Output"},
    {"purify", "WHERE", "image", "Euler number, Conn and Conn.D of one part without cavities: image, voi (bone cut there first) or none", "Convention"},
    {"metrics", "LIST", "", "only these metrics, comma-separated (see 'trabecula metrics'); default all", "Output"},
};
#define ROWS (sizeof TABLE / sizeof *TABLE)

const trb_setting_info *trb_settings_table(size_t *count)
{
    *count = ROWS;
    return TABLE;
}

/* ---- names of choices */
static const char *const PROFILES[] = {"trabecula", "bonej", "scanco", "ctan", NULL};
static const char *const RULES[] = {"exact", "exact-closed", "fiji", "ipl", "ipl-v1", "subvoxel", NULL};
static const char *const CENTRES[] = {"image", "voi", NULL};
static const char *const TBNS[] = {"direct", "ratio", "plate", NULL};
static const char *const SURFACES[] = {"mc", "mc-lorensen", "crofton13", "crofton3", "grey", NULL};
static const char *const DAS[] = {"mil", "mesh", NULL};
static const char *const PURIFIES[] = {"none", "image", "voi", NULL};
static const char *const RESAMPLES[] = {"none", "isotropic", NULL};
static const char *const SWITCH[] = {"false", "true", NULL};

const char *trb_profile_name(trb_profile profile)
{
    return PROFILES[profile];
}

const char *trb_tbn_rule_name(trb_tbn_rule rule)
{
    return TBNS[rule];
}

const char *trb_surface_rule_name(trb_surface_rule rule)
{
    return SURFACES[rule];
}

/* Index of text in a list of names, or -1 after an error that lists them. */
static int choice(const char *key, const char *text, const char *const *names, trb_error *err)
{
    char list[400] = "";
    for (int i = 0; names[i]; i++) {
        if (strcmp(text, names[i]) == 0)
            return i;
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", names[i]);
    }
    trb_error_set(err, TRB_ERR_ARGUMENT, "%s: '%s' is not one of %s", key, text, list);
    return -1;
}

/* ---- numbers, parsed to the end; strtod() follows the C locale because nobody here calls setlocale() */
static bool plain_number(const char *text, char **end, double *value)
{
    if (!isdigit((unsigned char)*text) && !strchr("+-.", *text))
        return false;
    if (text[strspn(text, "+-")] == '0' && strchr("xX", text[strspn(text, "+-") + 1]) &&
        text[strspn(text, "+-") + 1])
        return false; /* no hexadecimal */
    errno = 0;
    *value = strtod(text, end);
    return *end != text && errno == 0 && isfinite(*value);
}

static bool count_number(const char *text, const char *stop, char **end, size_t *value)
{
    if (!isdigit((unsigned char)*text))
        return false;
    errno = 0;
    const unsigned long long number = strtoull(text, end, 10);
    *value = (size_t)number;
    return errno == 0 && number <= INT64_MAX && (**end == '\0' || strchr(stop, **end));
}

trb_status trb_length_parse(const char *text, double *length_mm, trb_error *err)
{
    static const struct {
        const char *unit;
        double mm;
    } units[] = {{"mm", 1}, {"um", 1e-3}, {"\xc2\xb5m", 1e-3}, {"\xce\xbcm", 1e-3}, {"nm", 1e-6}, {"cm", 10}};
    char *end;
    double value;
    if (!plain_number(text, &end, &value))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is not a length; write 19.5um or 0.0195mm", text);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(end, units[i].unit) == 0) {
            *length_mm = value * units[i].mm;
            /* 19.5 um in mm is 0.0195 by correct rounding of the decimal, not 19.5 * 0.001. */
            char shifted[64];
            const int exponent = units[i].mm == 1 ? 0 : units[i].mm == 10 ? 1 : units[i].mm < 1e-5 ? -6 : -3;
            if ((size_t)(end - text) < 40 && !memchr(text, 'e', (size_t)(end - text)) &&
                !memchr(text, 'E', (size_t)(end - text))) {
                snprintf(shifted, sizeof shifted, "%.*se%d", (int)(end - text), text, exponent);
                *length_mm = strtod(shifted, NULL);
            }
            return TRB_OK;
        }
    return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' needs a unit: write %.*sum or %.*smm", text,
                         (int)(end - text), text, (int)(end - text), text);
}

/* ---- one parser a kind of setting */
static trb_status parse_voxel_size(trb_settings *settings, const char *text, trb_error *err)
{
    char part[3][64];
    int n = 0;
    for (const char *p = text; n < 3; n++) {
        const size_t length = strcspn(p, ",");
        if (length >= sizeof part[n])
            return trb_error_set(err, TRB_ERR_ARGUMENT, "voxel-size: '%s' is not a length", text);
        memcpy(part[n], p, length);
        part[n][length] = 0;
        p += length;
        if (*p == 0) {
            n++;
            break;
        }
        p++;
        if (n == 2)
            n = 99;
    }
    if (n != 1 && n != 3)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "voxel-size: '%s' has neither one nor three lengths (19.5um or 19.5um,19.5um,20um)", text);
    double size[3];
    for (int i = 0; i < 3; i++) {
        trb_status status = trb_length_parse(part[n == 1 ? 0 : i], &size[i], err);
        if (status) {
            trb_error_within(err, "voxel-size");
            return status;
        }
        if (!(size[i] > 0))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "voxel-size: '%s' is not above 0", text);
    }
    memcpy(settings->voxel_size_mm, size, sizeof size);
    return TRB_OK;
}

static bool parse_range(const char *text, const char *stop, char **end, size_t range[2])
{
    return count_number(text, ":", end, &range[0]) && **end == ':' && count_number(*end + 1, stop, end, &range[1]) &&
           range[0] < range[1];
}

static trb_status parse_slices(trb_settings *settings, const char *text, trb_error *err)
{
    char *end;
    size_t range[2];
    if (!parse_range(text, "", &end, range))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "slices: '%s' is not A:B with A < B, such as 20:180", text);
    memcpy(settings->slices, range, sizeof range);
    return TRB_OK;
}

static trb_status parse_crop(trb_settings *settings, const char *text, trb_error *err)
{
    trb_box box;
    const char *p = text;
    for (int axis = 0; axis < 3; axis++) {
        char *end;
        size_t range[2];
        if (!parse_range(p, axis < 2 ? "," : "", &end, range) || (axis < 2 && *end != ','))
            return trb_error_set(err, TRB_ERR_ARGUMENT,
                                 "crop: '%s' is not x0:x1,y0:y1,z0:z1 with each start below its end", text);
        box.lo[axis] = range[0];
        box.hi[axis] = range[1];
        p = end + 1;
    }
    settings->crop = box;
    return TRB_OK;
}

static trb_status parse_text(char *field, size_t size, const char *key, const char *text, trb_error *err)
{
    if (strlen(text) >= size)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: more than %zu characters", key, size - 1);
    memcpy(field, text, strlen(text) + 1);
    return TRB_OK;
}

static trb_status parse_da_number(trb_da_options *da, const char *key, const char *text, trb_error *err)
{
    char *end;
    if (strcmp(key, "da-step") == 0) {
        double step;
        if (!plain_number(text, &end, &step) || *end || !(step >= TRB_DA_STEP_LEAST && step <= TRB_DA_STEP_MOST))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "da-step: '%s' is not a number of voxels from %g to %g", text,
                                 TRB_DA_STEP_LEAST, TRB_DA_STEP_MOST);
        da->step_vox = step;
    } else {
        size_t n;
        if (!count_number(text, "", &end, &n) || n < TRB_DA_DIRECTIONS_LEAST || n > TRB_DA_DIRECTIONS_MOST)
            return trb_error_set(err, TRB_ERR_ARGUMENT, "da-directions: '%s' is not a number from %d to %d", text,
                                 TRB_DA_DIRECTIONS_LEAST, TRB_DA_DIRECTIONS_MOST);
        da->directions = n;
    }
    return TRB_OK;
}

/* ---- profiles */
static void apply_profile(trb_settings *settings)
{
    static const struct {
        trb_filter_kind filter;
        trb_thickness_rule thickness;
        trb_ball_centres centres;
        trb_tbn_rule tbn;
        trb_surface_rule surface;
        trb_da_rule da;
    } of[] = {
        [TRB_PROFILE_TRABECULA] = {TRB_FILTER_GAUSSIAN, TRB_THICKNESS_SUBVOXEL, TRB_CENTRES_IMAGE, TRB_TBN_DIRECT, TRB_BS_CROFTON13, TRB_DA_MIL},
        [TRB_PROFILE_BONEJ] = {TRB_FILTER_GAUSSIAN, TRB_THICKNESS_FIJI, TRB_CENTRES_IMAGE, TRB_TBN_RATIO, TRB_BS_LORENSEN, TRB_DA_MIL},
        [TRB_PROFILE_SCANCO] = {TRB_FILTER_GAUSSIAN_TRUNCATED, TRB_THICKNESS_IPL, TRB_CENTRES_VOI, TRB_TBN_DIRECT, TRB_BS_MC, TRB_DA_MESH},
        [TRB_PROFILE_CTAN] = {TRB_FILTER_GAUSSIAN, TRB_THICKNESS_EXACT, TRB_CENTRES_IMAGE, TRB_TBN_RATIO, TRB_BS_LORENSEN, TRB_DA_MIL},
    };
    const uint32_t chosen = settings->chosen;
    if (!(chosen & CHOSE_FILTER))
        settings->filter = (trb_filter){of[settings->profile].filter, 0.8, 1};
    if (!(chosen & CHOSE_THICKNESS))
        settings->thickness = of[settings->profile].thickness;
    if (!(chosen & CHOSE_CENTRES)) {
        /* The ipl rules are defined with centres in the VOI, whatever profile they are used in. */
        const bool ipl = settings->thickness == TRB_THICKNESS_IPL || settings->thickness == TRB_THICKNESS_IPL_V1;
        settings->ball_centres = ipl ? TRB_CENTRES_VOI : TRB_CENTRES_IMAGE;
    }
    if (!(chosen & CHOSE_TBN))
        settings->tbn = of[settings->profile].tbn;
    if (!(chosen & CHOSE_SURFACE))
        settings->surface = of[settings->profile].surface;
    if (!(chosen & CHOSE_DA))
        settings->da.rule = of[settings->profile].da;
}

trb_settings trb_settings_default(void)
{
    trb_settings settings;
    memset(&settings, 0, sizeof settings);
    snprintf(settings.threshold.method, sizeof settings.threshold.method, "otsu");
    settings.da = trb_da_options_default();
    settings.purify = TRB_PURIFY_IMAGE;
    apply_profile(&settings);
    return settings;
}

/* A choice from a list: its index goes to *to. */
static trb_status set_choice(int *to, const char *key, const char *text, const char *const *names, trb_error *err)
{
    const int index = choice(key, text, names, err);
    if (index < 0)
        return TRB_ERR_ARGUMENT;
    *to = index;
    return TRB_OK;
}

trb_status trb_settings_set(trb_settings *settings, const char *key, const char *text, trb_error *err)
{
    trb_status status = TRB_OK;
    int index = 0;
#define IS(name) (strcmp(key, name) == 0)
    if (IS("profile")) {
        status = set_choice(&index, key, text, PROFILES, err);
        if (!status)
            settings->profile = (trb_profile)index;
    } else if (IS("voxel-size")) {
        status = parse_voxel_size(settings, text, err);
    } else if (IS("resample")) {
        status = set_choice(&index, key, text, RESAMPLES, err);
        if (!status)
            settings->resample_isotropic = index != 0;
    } else if (IS("allow-gaps") || IS("invert") || IS("keep-largest") || IS("fill-holes") ||
               IS("skeleton")) {
        status = set_choice(&index, key, text, SWITCH, err);
        bool *field = IS("allow-gaps")     ? &settings->allow_gaps
                      : IS("invert")       ? &settings->invert
                      : IS("keep-largest") ? &settings->keep_largest
                      : IS("skeleton")     ? &settings->skeleton
                                           : &settings->fill_holes;
        if (!status)
            *field = index != 0;
    } else if (IS("purify")) {
        status = set_choice(&index, key, text, PURIFIES, err);
        if (!status)
            settings->purify = (trb_purify_rule)index;
    } else if (IS("slices")) {
        status = parse_slices(settings, text, err);
    } else if (IS("crop")) {
        status = parse_crop(settings, text, err);
    } else if (IS("calibration")) {
        status = parse_text(settings->calibration, sizeof settings->calibration, key, text, err);
    } else if (IS("voi")) {
        trb_voi_auto compartments; /* its text is checked before the image is read */
        if (trb_voi_is_auto(text) && !strchr(text, ';'))
            status = trb_voi_auto_parse(text, &compartments, err);
        if (!status)
            status = parse_text(settings->voi, sizeof settings->voi, key, text, err);
    } else if (trb_settings_is_voi_rule(key)) {
        status = trb_settings_set_voi_rule(settings, key, text, err);
    } else if (IS("metrics")) {
        status = parse_text(settings->metrics, sizeof settings->metrics, key, text, err);
    } else if (IS("filter")) {
        status = trb_filter_text_parse(text, &settings->filter, &settings->laplace, err);
        settings->chosen |= CHOSE_FILTER;
    } else if (IS("threshold")) {
        status = trb_threshold_text_parse(text, &settings->threshold, err);
    } else if (IS("sensitivity")) {
        status = trb_sensitivity_parse(text, settings->sensitivity, err);
    } else if (IS("despeckle")) {
        char *end;
        size_t voxels;
        if (!count_number(text, "", &end, &voxels))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "despeckle: '%s' is not a number of voxels", text);
        settings->despeckle_voxels = voxels;
    } else if (IS("thickness")) {
        status = set_choice(&index, key, text, RULES, err);
        if (!status)
            settings->thickness = (trb_thickness_rule)index;
        settings->chosen |= CHOSE_THICKNESS;
    } else if (IS("ball-centres")) {
        status = set_choice(&index, key, text, CENTRES, err);
        if (!status)
            settings->ball_centres = (trb_ball_centres)index;
        settings->chosen |= CHOSE_CENTRES;
    } else if (IS("tbn")) {
        status = set_choice(&index, key, text, TBNS, err);
        if (!status)
            settings->tbn = (trb_tbn_rule)index;
        settings->chosen |= CHOSE_TBN;
    } else if (IS("surface")) {
        status = set_choice(&index, key, text, SURFACES, err);
        if (!status)
            settings->surface = (trb_surface_rule)index;
        settings->chosen |= CHOSE_SURFACE;
    } else if (IS("da")) {
        status = set_choice(&index, key, text, DAS, err);
        if (!status)
            settings->da.rule = (trb_da_rule)index;
        settings->chosen |= CHOSE_DA;
    } else if (IS("da-directions") || IS("da-step")) {
        status = parse_da_number(&settings->da, key, text, err);
    } else {
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is not a setting", key);
    }
#undef IS
    if (!status)
        apply_profile(settings);
    return status;
}

static void voxel_size_text(const trb_settings *settings, char *buffer, size_t size)
{
    const double *s = settings->voxel_size_mm;
    buffer[0] = 0;
    if (!(s[0] > 0))
        return;
    const int parts = s[0] == s[1] && s[1] == s[2] ? 1 : 3;
    for (int i = 0; i < parts; i++) {
        char number[40];
        trb_number_text(number, sizeof number, s[i]);
        const size_t used = strlen(buffer);
        snprintf(buffer + used, size - used, "%s%smm", i ? "," : "", number);
    }
}

const char *trb_settings_text(const trb_settings *settings, const char *key, char *buffer, size_t size)
{
    const char *fixed = NULL;
    buffer[0] = 0;
#define IS(name) (strcmp(key, name) == 0)
    if (IS("profile"))
        fixed = PROFILES[settings->profile];
    else if (IS("voxel-size"))
        voxel_size_text(settings, buffer, size);
    else if (IS("resample"))
        fixed = RESAMPLES[settings->resample_isotropic];
    else if (IS("allow-gaps"))
        fixed = SWITCH[settings->allow_gaps];
    else if (IS("invert"))
        fixed = SWITCH[settings->invert];
    else if (IS("keep-largest"))
        fixed = SWITCH[settings->keep_largest];
    else if (IS("purify"))
        fixed = PURIFIES[settings->purify];
    else if (IS("fill-holes"))
        fixed = SWITCH[settings->fill_holes];
    else if (IS("skeleton"))
        fixed = SWITCH[settings->skeleton];
    else if (IS("slices") && settings->slices[1])
        snprintf(buffer, size, "%zu:%zu", settings->slices[0], settings->slices[1]);
    else if (IS("crop") && settings->crop.hi[0])
        snprintf(buffer, size, "%zu:%zu,%zu:%zu,%zu:%zu", settings->crop.lo[0], settings->crop.hi[0],
                 settings->crop.lo[1], settings->crop.hi[1], settings->crop.lo[2], settings->crop.hi[2]);
    else if (IS("calibration"))
        fixed = settings->calibration;
    else if (IS("voi"))
        fixed = settings->voi;
    else if (trb_settings_is_voi_rule(key))
        trb_settings_voi_rule_text(settings, key, buffer, size);
    else if (IS("metrics"))
        fixed = settings->metrics;
    else if (IS("filter"))
        trb_filter_text(&settings->filter, &settings->laplace, buffer, size);
    else if (IS("threshold"))
        trb_threshold_text(&settings->threshold, buffer, size);
    else if (IS("sensitivity"))
        trb_sensitivity_text(settings->sensitivity, buffer, size);
    else if (IS("despeckle"))
        snprintf(buffer, size, "%" PRIu64, settings->despeckle_voxels);
    else if (IS("thickness"))
        fixed = RULES[settings->thickness];
    else if (IS("ball-centres"))
        fixed = CENTRES[settings->ball_centres];
    else if (IS("tbn"))
        fixed = TBNS[settings->tbn];
    else if (IS("surface"))
        fixed = SURFACES[settings->surface];
    else if (IS("da"))
        fixed = DAS[settings->da.rule];
    else if (IS("da-directions"))
        snprintf(buffer, size, "%zu", settings->da.directions);
    else if (IS("da-step"))
        trb_number_text(buffer, size, settings->da.step_vox);
#undef IS
    if (fixed)
        snprintf(buffer, size, "%s", fixed);
    return buffer;
}
