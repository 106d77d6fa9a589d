/*
 * tiff_meta.c - spacing, calibration and facts of a TIFF file.
 *
 * ImageJ (rules of its 1.54 series): XResolution counts pixels in the unit that the description names, whatever
 * ResolutionUnit says; only "cm" together with a unit of um means pixels per cm. 72 dpi is a default of writers.
 * The slice distance is "spacing"; left out it is 1 unit.
 */
#include "io/tiff_meta.h"

#include "io/length_unit.h"
#include "io/scan_info.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MM_PER_INCH 25.4
#define RESOLUTION_SOURCE "TIFF resolution"
#define IMAGEJ_SOURCE "ImageJ description"
#define OME_SOURCE "OME-XML"

/* The fraction is kept for its inverse: 2000/39 pixels per mm are exactly 39/2000 mm. */
static double units_per_pixel(const trb_tiff_file *file, uint64_t directory, uint16_t tag)
{
    uint32_t pixels, units;
    return trb_tiff_rational(file, directory, tag, &pixels, &units) ? (double)units / (double)pixels : 0;
}

void trb_tiff_meta_read(const trb_tiff_file *file, uint64_t directory, trb_tiff_meta *meta)
{
    memset(meta, 0, sizeof *meta);
    uint16_t unit = RESUNIT_INCH, orientation = 0;
    const char *description = NULL;
    TIFFGetFieldDefaulted(file->tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
    meta->resolution_unit = unit;
    meta->units_per_pixel[0] = units_per_pixel(file, directory, TIFFTAG_XRESOLUTION);
    meta->units_per_pixel[1] = units_per_pixel(file, directory, TIFFTAG_YRESOLUTION);
    meta->has_orientation = TIFFGetField(file->tiff, TIFFTAG_ORIENTATION, &orientation) == 1;
    if (TIFFGetField(file->tiff, TIFFTAG_IMAGEDESCRIPTION, &description) == 1 && description) {
        meta->is_imagej = trb_imagej_parse(description, &meta->imagej);
        meta->is_ome = !meta->is_imagej && trb_ome_parse(description, &meta->ome);
    }
}

trb_status trb_tiff_meta_check(const trb_tiff_meta *meta, trb_error *err)
{
    static const char advice[] = "one grey volume is needed: save the channel or time point to measure as its own file";
    size_t channels = 1, frames = 1;
    if (meta->is_imagej) {
        channels = meta->imagej.channels;
        frames = meta->imagej.frames;
    }
    if (meta->is_ome) {
        channels = meta->ome.size_c;
        frames = meta->ome.size_t_;
        if (meta->ome.images > 1)
            return trb_error_set(err, TRB_ERR_UNSUPPORTED, "its OME-XML describes %zu images; %s", meta->ome.images,
                                 advice);
        if (meta->ome.other_order)
            return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                                 "its OME-XML stores the slices in another order than that of the pages: save it again "
                                 "as a plain stack");
    }
    if (channels > 1 || frames > 1)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "holds %zu channel%s and %zu time point%s; %s", channels,
                             channels == 1 ? "" : "s", frames, frames == 1 ? "" : "s", advice);
    return TRB_OK;
}

/* ---- spacing */

/* Is this the 72 or 96 dpi that writers put in when they know nothing? */
static bool is_screen_resolution(double pixel_mm)
{
    return fabs(pixel_mm - MM_PER_INCH / 72) < 0.01 * pixel_mm || fabs(pixel_mm - MM_PER_INCH / 96) < 0.01 * pixel_mm;
}

/* mm in one unit of XResolution by the tags alone; 0 when they name none. */
static double tag_unit_mm(const trb_tiff_meta *meta)
{
    return meta->resolution_unit == RESUNIT_INCH         ? MM_PER_INCH
           : meta->resolution_unit == RESUNIT_CENTIMETER ? 10
                                                         : 0;
}

static void claim_resolution(const trb_tiff_meta *meta, trb_spacing_claims *claims)
{
    double mm[3] = {0, 0, 0};
    for (int axis = 0; axis < 2; axis++)
        if (!is_screen_resolution(meta->units_per_pixel[axis] * tag_unit_mm(meta)))
            mm[axis] = meta->units_per_pixel[axis] * tag_unit_mm(meta);
    trb_spacing_claims_add(claims, mm, RESOLUTION_SOURCE);
}

static void claim_imagej(const trb_tiff_meta *meta, bool single, trb_spacing_claims *claims, trb_scan_info *info)
{
    const trb_imagej *imagej = &meta->imagej;
    const double unit_mm = trb_length_unit_mm(imagej->unit);
    if (unit_mm == 0) {
        if (imagej->unit[0] && strncmp(imagej->unit, "pixel", 5) != 0 && strcmp(imagej->unit, "voxel") != 0) {
            char name[64];
            trb_text_to_utf8(imagej->unit, strlen(imagej->unit), name, sizeof name);
            trb_info_warn(info, "the unit \"%s\" of the ImageJ description is not known", name);
        }
        return;
    }
    double mm[3] = {0, 0, 0};
    const char *const own_unit[3] = {"", imagej->yunit, imagej->zunit};
    for (int axis = 0; axis < 3; axis++) {
        double axis_mm = own_unit[axis][0] ? trb_length_unit_mm(own_unit[axis]) : unit_mm;
        if (axis == 2) {
            mm[2] = single && !imagej->has_spacing ? 0 : trb_length_in_mm(imagej->spacing, axis_mm);
            continue;
        }
        const double units = meta->units_per_pixel[axis];
        const bool per_cm = meta->resolution_unit == RESUNIT_CENTIMETER && axis_mm == 1e-3;
        const bool screen = meta->resolution_unit == RESUNIT_INCH && is_screen_resolution(units * MM_PER_INCH);
        if (!screen)
            mm[axis] = trb_length_in_mm(units, per_cm ? 10 : axis_mm);
    }
    trb_spacing_claims_add(claims, mm, IMAGEJ_SOURCE);
    if (!single && !imagej->has_spacing && mm[0] > 0 && fabs(mm[0] - mm[2]) > 1e-3 * mm[0])
        trb_info_warn(info,
                      "the ImageJ description does not state the slice distance, which then means 1 %s = %.7g mm, but "
                      "the pixels have %.7g mm: set it in Fiji (Image > Properties) or give --voxel-size",
                      unit_mm == 1e-3 ? "um" : imagej->unit, mm[2], mm[0]);
}

void trb_tiff_meta_claims(const trb_tiff_meta *meta, const trb_tiff_page *page, bool single,
                          trb_spacing_claims *claims, trb_scan_info *info)
{
    trb_spacing_claims own = {0};
    if (meta->is_ome)
        trb_spacing_claims_add(&own, meta->ome.spacing_mm, OME_SOURCE);
    if (meta->is_imagej)
        claim_imagej(meta, single, &own, info);
    else
        claim_resolution(meta, &own);
    for (size_t i = 0; i < own.n; i++) {
        double mm[3] = {own.claim[i].mm[0], own.claim[i].mm[1], own.claim[i].mm[2]};
        if (page->orientation >= ORIENTATION_LEFTTOP) { /* resolutions count along the stored rows */
            mm[0] = own.claim[i].mm[1];
            mm[1] = own.claim[i].mm[0];
        }
        trb_spacing_claims_add(claims, mm, own.claim[i].source);
    }
}

void trb_tiff_meta_origin(const trb_tiff_meta *meta, trb_grid *grid)
{
    for (int axis = 0; axis < 3 && meta->is_imagej; axis++) {
        const double mm = -meta->imagej.origin[axis] * grid->spacing_mm[axis];
        grid->origin_mm[axis] = isfinite(mm) && mm != 0 ? mm : 0;
    }
}

const char *trb_tiff_meta_unit(const trb_tiff_meta *meta)
{
    if (meta->is_imagej && trb_length_unit_mm(meta->imagej.unit) > 0)
        return trb_length_unit_mm(meta->imagej.unit) == 1e-3 ? "um" : meta->imagej.unit;
    return meta->resolution_unit == RESUNIT_INCH         ? "inch"
           : meta->resolution_unit == RESUNIT_CENTIMETER ? "cm"
                                                         : "without unit";
}

bool trb_tiff_meta_differs(const trb_tiff_meta *a, const trb_tiff_meta *b)
{
    for (int axis = 0; axis < 2; axis++) {
        const double p = a->units_per_pixel[axis], q = b->units_per_pixel[axis];
        if (p > 0 && q > 0 && fabs(p - q) > 1e-3 * p)
            return true;
        if (p > 0 && q > 0 && a->resolution_unit != b->resolution_unit)
            return true;
    }
    return a->is_imagej && b->is_imagej &&
           trb_length_unit_mm(a->imagej.unit) != trb_length_unit_mm(b->imagej.unit);
}

/* ---- grey scale and facts */

/* Which density scale a value unit names, NULL when none that we know. */
static trb_linear *scale_of(const char *vunit, trb_calibration *calibration)
{
    char plain[32];
    size_t n = 0;
    for (const char *c = vunit; *c && n + 1 < sizeof plain; c++)
        if (*c != ' ' && *c != '^')
            plain[n++] = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    plain[n] = 0;
    if (strcmp(plain, "hu") == 0 || strncmp(plain, "hounsfield", 10) == 0)
        return &calibration->hounsfield;
    if (strcmp(plain, "1/cm") == 0 || strcmp(plain, "cm-1") == 0)
        return &calibration->attenuation;
    if (strcmp(plain, "mgha/cm3") == 0 || strcmp(plain, "mgha/ccm") == 0 || strcmp(plain, "mg/cm3") == 0 ||
        strcmp(plain, "mg/ccm") == 0 || strcmp(plain, "mgha/cc") == 0)
        return &calibration->density;
    return NULL;
}

static void imagej_calibration(const trb_imagej *imagej, const trb_tiff_page *page, trb_scan_info *info)
{
    if (!imagej->calibrated)
        return;
    if (!imagej->linear) {
        trb_info_warn(info, "the ImageJ description holds a calibration that is no straight line: it is not used");
        return;
    }
    trb_info_fact(info, IMAGEJ_SOURCE, "calibration", "%s = %.10g + %.10g * stored value",
                  imagej->vunit[0] ? imagej->vunit : "value", imagej->c0, imagej->c1);
    trb_linear *line = scale_of(imagej->vunit, &info->calibration);
    if (!line || imagej->c1 == 0 || page->invert)
        return;
    line->known = true;
    line->slope = imagej->c1;
    line->intercept = page->add_half ? imagej->c0 + 32768 : imagej->c0; /* of the voxels as delivered */
    snprintf(line->source, sizeof line->source, "%s", IMAGEJ_SOURCE);
}

static void text_tag(const trb_tiff_file *file, uint32_t tag, const char *source, const char *key, trb_scan_info *info)
{
    const char *text = NULL;
    if (TIFFGetField(file->tiff, tag, &text) == 1 && text && *text)
        trb_info_fact(info, source, key, "%.200s", text);
}

void trb_tiff_meta_facts(const trb_tiff_file *file, const trb_tiff_meta *meta, const trb_tiff_page *page,
                         trb_scan_info *info)
{
    char buffer[32];
    trb_info_fact(info, "TIFF header", "layout", "%s, %s byte order", file->big ? "BigTIFF" : "classic TIFF",
                  TIFFIsBigEndian(file->tiff) ? "big-endian" : "little-endian");
    trb_info_fact(info, "TIFF tag 258", "bits", "%u", page->bits);
    trb_info_fact(info, "TIFF tag 259", "compression", "%s%s",
                  trb_tiff_compression_name(page->compression, buffer), page->predictor > 1 ? " with predictor" : "");
    if (page->invert)
        trb_info_fact(info, "TIFF tag 262", "photometric", "white is zero: grey values are inverted");
    if (page->orientation != ORIENTATION_TOPLEFT)
        trb_info_fact(info, "TIFF tag 274", "orientation", "%u: slices are turned upright", page->orientation);
    if (meta->units_per_pixel[0] > 0)
        trb_info_fact(info, "TIFF tags 282, 283", "pixel size", "%.10g x %.10g %s", meta->units_per_pixel[0],
                      meta->units_per_pixel[1], trb_tiff_meta_unit(meta));
    text_tag(file, TIFFTAG_SOFTWARE, "TIFF tag 305", "software", info);
    text_tag(file, TIFFTAG_DATETIME, "TIFF tag 306", "date", info);
    if (meta->is_imagej) {
        if (meta->imagej.unit[0])
            trb_info_fact(info, IMAGEJ_SOURCE, "unit", "%s", meta->imagej.unit);
        if (meta->imagej.has_spacing)
            trb_info_fact(info, IMAGEJ_SOURCE, "spacing", "%.10g", meta->imagej.spacing);
        if (page->add_half)
            trb_info_fact(info, IMAGEJ_SOURCE, "signed", "stored with 32768 added, delivered as int16");
        imagej_calibration(&meta->imagej, page, info);
    }
    if (meta->is_ome)
        trb_info_fact(info, OME_SOURCE, "physical size", "%.10g x %.10g x %.10g mm", meta->ome.spacing_mm[0],
                      meta->ome.spacing_mm[1], meta->ome.spacing_mm[2]);
}
