/*
 * dicom_bridge.cpp - compressed DICOM pixels through GDCM.
 *
 * GDCM is used without ITK's reader above it: that one applies the rescaling and changes the type, while voxels shall stay
 * as stored. Headers and plain pixels are read by dicom_header.c, which notices damage; GDCM does not always.
 */
#include "io/dicom_bridge.h"

#include "io/itk_quiet.hpp"

#include <gdcmImageReader.h>
#include <gdcmTrace.h>

namespace
{

trb_status decode(const char *path, const trb_dicom_slice *slice, void *stored, trb_error *err)
{
    gdcm::ImageReader reader;
    reader.SetFileName(path);
    if (!reader.Read())
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "%s: cannot be decoded: it is damaged or in a transfer syntax that is not read (%s)", path,
                             slice->transfer_syntax);
    const gdcm::Image &image = reader.GetImage();
    const size_t need = slice->nx * slice->ny * trb_type_bytes(slice->type);
    if (image.GetDimension(0) != slice->nx || image.GetDimension(1) != slice->ny || image.GetBufferLength() != need)
        return trb_error_set(err, TRB_ERR_FORMAT, "%s: holds other pixels than its header says", path);
    if (!image.GetBuffer(static_cast<char *>(stored)))
        return trb_error_set(err, TRB_ERR_FORMAT, "%s: cannot be decoded: it is damaged (%s)", path, slice->transfer_syntax);
    return TRB_OK;
}

} // namespace

extern "C" trb_status trb_dicom_decode(const char *path, const trb_dicom_slice *slice, void *stored, trb_error *err)
{
    try {
        const trabecula::QuietItk quiet;
        gdcm::Trace::WarningOff();
        gdcm::Trace::ErrorOff();
        gdcm::Trace::DebugOff();
        try {
            return decode(path, slice, stored, err);
        } catch (...) {
            return trabecula::error_from_exception(path, TRB_ERR_FORMAT, quiet.heard(), err);
        }
    } catch (...) {
        return trb_error_set(err, TRB_ERR_MEMORY, "%s: out of memory", path);
    }
}
