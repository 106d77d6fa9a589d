/* scan_formats.c - see scan_formats.h. */
#include "io/scan_formats.h"

#include "io/dicom_header.h"
#include "io/dicom_series.h"
#include "io/image_stack.h"
#include "io/raw_volume.h"
#include "io/scanco_aim.h"
#include "io/scanco_isq.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* Does the name end like this, also with VMS's version behind it (".ISQ;1")? */
static bool named_like(const char *path, const char *ending)
{
    size_t length = strlen(path);
    const char *version = strrchr(path, ';');
    if (version && version[1] && strspn(version + 1, "0123456789") == strlen(version + 1))
        length = (size_t)(version - path);
    const size_t n = strlen(ending);
    return length > n && strncasecmp(path + length - n, ending, n) == 0;
}

static bool is_folder(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

/* A folder belongs to the TIFF reader when there is one TIFF slice or nothing that is known. */
static trb_status open_folder(const char *path, bool allow_gaps, bool *known, trb_opened *opened, trb_error *err)
{
    size_t counts[TRB_SLICE_KINDS] = {0}, kinds = 0;
    trb_slice_kind one = TRB_SLICES_TIFF, other = TRB_SLICES_TIFF;
    const trb_status status = trb_slice_kinds_count(path, counts, err);
    *known = true;
    if (status)
        return status;
    for (trb_slice_kind kind = 0; kind < TRB_SLICE_KINDS; kind++)
        if (counts[kind]) {
            other = one;
            one = kind;
            kinds++;
        }
    if (kinds > 1 && !counts[TRB_SLICES_TIFF])
        return trb_error_set(err, TRB_ERR_DATA, "%s holds %zu %s files and %zu %s files: put each scan in a folder of its own",
                             path, counts[other], trb_slice_kind_name(other), counts[one], trb_slice_kind_name(one));
    if (kinds == 0 && trb_dicom_folder_recognise(path))
        return trb_dicom_folder_open(path, allow_gaps, opened, err);
    *known = kinds == 1 && one != TRB_SLICES_TIFF;
    return *known ? trb_image_folder_open(path, one, allow_gaps, opened, err) : TRB_OK;
}

trb_status trb_format_open(const char *path, const trb_open_options *options, bool *known, trb_opened *opened,
                           trb_error *err)
{
    trb_slice_kind kind;
    memset(opened, 0, sizeof *opened);
    *known = true;
    if (trb_raw_spec_recognise(path))
        return trb_raw_spec_open(path, opened, err);
    if (trb_isq_recognise(path) || named_like(path, ".isq") || named_like(path, ".rsq") || named_like(path, ".rad"))
        return trb_isq_open(path, opened, err); /* by name alone: says what is wrong with it */
    if (trb_aim_recognise(path) || named_like(path, ".aim"))
        return trb_aim_open(path, opened, err);
    if (is_folder(path))
        return open_folder(path, options->allow_gaps, known, opened, err);
    if (trb_image_recognise(path, &kind))
        return trb_image_file_open(path, kind, opened, err);
    if (trb_dicom_recognise(path) || named_like(path, ".dcm"))
        return trb_dicom_file_open(path, opened, err);
    *known = false;
    return TRB_OK;
}
