/* dicom_facts.c - see dicom_facts.h. */
#include "io/dicom_facts.h"

#include "io/scan_info.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Scanco's signed values are written with this added where the file says that they are unsigned. */
#define SCANCO_HALF 32768

static void set_line(trb_linear *line, double slope, double intercept, const char *source)
{
    line->known = true;
    line->slope = slope;
    line->intercept = intercept;
    snprintf(line->source, sizeof line->source, "%s", source);
}

static void text_fact(trb_scan_info *info, const char *tag, const char *key, const char *value)
{
    char source[64];
    snprintf(source, sizeof source, "DICOM %s", tag);
    if (value[0])
        trb_info_fact(info, source, key, "%s", value);
}

/* What rescaled values are. CT without a type means HU, but a rescaling of 1 and 0 there says nothing. */
static trb_linear *scale_of(const trb_dicom_slice *slice, trb_calibration *calibration)
{
    const bool trivial = slice->slope == 1 && slice->intercept == 0;
    if (strcmp(slice->rescale_type, "HU") == 0)
        return &calibration->hounsfield;
    if (strcmp(slice->rescale_type, "MGML") == 0) /* the standard's word for mg/ml */
        return &calibration->density;
    if (!slice->rescale_type[0] && strcmp(slice->modality, "CT") == 0 && !trivial)
        return &calibration->hounsfield;
    return NULL;
}

static void take_rescaling(const trb_dicom_slice *slice, bool rescaled, trb_scan_info *info)
{
    if (!slice->has_rescale)
        return;
    if (rescaled)
        trb_info_fact(info, "DICOM (0028,1053)", "rescaling", "differs from slice to slice, applied");
    else
        trb_info_fact(info, "DICOM (0028,1053)", "rescaling", "%.10g * grey + %.10g", slice->slope, slice->intercept);
    text_fact(info, "(0028,1054)", "rescale type", slice->rescale_type);
    trb_linear *line = scale_of(slice, &info->calibration);
    if (line)
        set_line(line, rescaled ? 1 : slice->slope, rescaled ? 0 : slice->intercept, "DICOM rescale slope and intercept");
}

static void take_scanco(const trb_dicom_slice *slice, bool rescaled, trb_scan_info *info)
{
    if (!(slice->mu_scaling > 0))
        return;
    const char *source = "DICOM (0029,1000) (0029,1004) (0029,1005)";
    trb_info_fact(info, "DICOM (0029,1000)", "mu scaling", "%.10g", slice->mu_scaling);
    trb_info_fact(info, "DICOM (0029,1004)", "density slope", "%.10g", slice->density_slope);
    trb_info_fact(info, "DICOM (0029,1005)", "density intercept", "%.10g", slice->density_intercept);
    if (rescaled || (slice->type != TRB_I16 && slice->type != TRB_U16))
        return;
    const double half = slice->type == TRB_U16 ? SCANCO_HALF : 0, per_grey = 1 / slice->mu_scaling;
    set_line(&info->calibration.attenuation, per_grey, -half * per_grey, source);
    if (slice->density_slope > 0)
        set_line(&info->calibration.density, slice->density_slope * per_grey,
                 slice->density_intercept - half * slice->density_slope * per_grey, source);
}

static void take_directions(const trb_dicom_slice *slice, trb_scan_info *info)
{
    const double *r = slice->row, *c = slice->column;
    if (!slice->has_orientation || (fabs(r[0] - 1) < 1e-6 && fabs(c[1] - 1) < 1e-6))
        return;
    trb_info_fact(info, "DICOM (0020,0037)", "direction cosines (not applied)", "%.6g %.6g %.6g; %.6g %.6g %.6g", r[0], r[1],
                  r[2], c[0], c[1], c[2]);
}

void trb_dicom_describe(const trb_dicom_slice *first, bool rescaled, trb_scan_info *info)
{
    text_fact(info, "(0008,0060)", "modality", first->modality);
    text_fact(info, "(0008,0070)", "manufacturer", first->manufacturer);
    text_fact(info, "(0008,1090)", "model", first->model);
    text_fact(info, "(0008,103e)", "series", first->description);
    text_fact(info, "(0008,0020)", "study date", first->date);
    text_fact(info, "(0018,0060)", "kVp", first->kvp);
    text_fact(info, "(0018,0050)", "slice thickness (not used)", first->slice_thickness);
    text_fact(info, "(0002,0010)", "transfer syntax", first->transfer_syntax);
    take_directions(first, info);
    take_rescaling(first, rescaled, info);
    take_scanco(first, rescaled, info);
    if (!first->white_is_lowest)
        return;
    memset(&info->calibration, 0, sizeof info->calibration);
    trb_info_warn(info, "the files show low values white (MONOCHROME1): values were turned round, and the calibration of "
                        "the files does not hold for them");
}
