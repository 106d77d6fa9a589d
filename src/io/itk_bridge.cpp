/*
 * itk_bridge.cpp - MetaImage, NRRD and NIfTI through ITK's image IO classes.
 *
 * The IO objects are used without itk::Image and without factories: that is little code, and the voxels keep the
 * file's own type. ITK understands the headers, writes the files, and reads the rarer encodings; what it does not
 * tell of a header comes from header_peek.c, and plain or deflated voxels are read by payload_read.c, by planes
 * and with damage noticed. Every function catches everything.
 */
#include "io/itk_bridge.h"

#include "io/header_peek.h"
#include "io/itk_quiet.hpp"
#include "io/payload_check.h"
#include "io/payload_read.h"

#include <itkMetaImageIO.h>
#include <itkNiftiImageIO.h>
#include <itkNrrdImageIO.h>
#include <itkVersion.h>
#include <nifti1_io.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace
{

using Component = itk::IOComponentEnum;

struct Opened {
    trb_header_peek peek;
    itk::ImageIOBase::Pointer io;
    trb_grid grid;
    trb_type type;
};

const char *format_name(trb_file_format format)
{
    switch (format) {
    case TRB_FORMAT_META: return "MetaImage";
    case TRB_FORMAT_NRRD: return "NRRD";
    case TRB_FORMAT_NIFTI: return "NIfTI-1";
    case TRB_FORMAT_NONE: break;
    }
    return "unknown";
}

itk::ImageIOBase::Pointer make_io(trb_file_format format)
{
    if (format == TRB_FORMAT_META)
        return itk::MetaImageIO::New().GetPointer();
    if (format == TRB_FORMAT_NRRD)
        return itk::NrrdImageIO::New().GetPointer();
    return itk::NiftiImageIO::New().GetPointer();
}

bool type_of(Component component, size_t bytes, trb_type &type)
{
    switch (component) {
    case Component::UCHAR: type = TRB_U8; break;
    case Component::CHAR: type = TRB_I8; break;
    case Component::USHORT: type = TRB_U16; break;
    case Component::SHORT: type = TRB_I16; break;
    case Component::UINT: type = TRB_U32; break;
    case Component::INT: type = TRB_I32; break;
    case Component::FLOAT: type = TRB_F32; break;
    case Component::DOUBLE: type = TRB_F64; break;
    case Component::ULONG: type = TRB_U32; break; /* where long has 4 bytes; the size below decides */
    case Component::LONG: type = TRB_I32; break;
    default: return false;
    }
    return bytes == trb_type_bytes(type);
}

Component component_of(trb_type type)
{
    static const Component components[] = {Component::UCHAR, Component::CHAR, Component::USHORT, Component::SHORT,
                                           Component::UINT,  Component::INT,  Component::FLOAT,  Component::DOUBLE};
    return components[type];
}

trb_status check_voxel(const char *path, Opened &opened, trb_error *err)
{
    const itk::ImageIOBase &io = *opened.io;
    if (io.GetNumberOfComponents() != 1)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "%s: %u values a voxel (colour, vectors or complex numbers); one grey value a voxel is "
                             "needed: export the channel to measure on its own",
                             path, io.GetNumberOfComponents());
    const Component component = io.GetComponentType();
    if (type_of(component, io.GetComponentSize(), opened.type))
        return TRB_OK;
    return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                         "%s: voxels of type %s are not read; export as 8, 16 or 32-bit integers, float or double",
                         path, itk::ImageIOBase::GetComponentTypeAsString(component).c_str());
}

/* NIfTI stores float32; see trb_shortest_decimal(). ITK has multiplied by the unit in double, so going back to
 * float32 gives the neighbour of the number meant. */
double length_mm(const trb_header_peek &peek, double value)
{
    if (peek.format == TRB_FORMAT_NIFTI)
        return trb_shortest_decimal(static_cast<float>(value));
    return value * peek.unit_mm;
}

trb_status read_grid(const char *path, Opened &opened, trb_error *err)
{
    const itk::ImageIOBase &io = *opened.io;
    const unsigned dims = io.GetNumberOfDimensions();
    size_t size[3] = {1, 1, 1};
    opened.grid = trb_grid{};
    if (dims < 1)
        return trb_error_set(err, TRB_ERR_FORMAT, "%s: the header gives no dimensions", path);
    for (unsigned axis = 0; axis < dims; axis++) {
        const size_t n = io.GetDimensions(axis);
        if (n == 0)
            return trb_error_set(err, TRB_ERR_FORMAT, "%s: axis %u has no voxels", path, axis + 1);
        if (axis < 3)
            size[axis] = n;
        else if (n > 1)
            return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                                 "%s: %u dimensions; a volume has three: export one time point or channel on its own",
                                 path, dims);
    }
    if (!opened.peek.unit_known)
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "%s: the spacing is given in '%s', which is no single length that we know (mm, um, nm, cm, "
                             "m): correct the header",
                             path, opened.peek.unit);
    /* ITK converts NIfTI's spacing to mm, but not its origin. */
    const double origin_unit = opened.peek.unit_scaled_by_itk ? opened.peek.unit_mm : 1;
    opened.grid.nx = size[0];
    opened.grid.ny = size[1];
    opened.grid.nz = size[2];
    for (unsigned axis = 0; axis < 3 && axis < dims; axis++) {
        opened.grid.spacing_mm[axis] = opened.peek.has_spacing ? std::fabs(length_mm(opened.peek, io.GetSpacing(axis))) : 0;
        opened.grid.origin_mm[axis] = length_mm(opened.peek, io.GetOrigin(axis) * origin_unit);
    }
    const trb_status status = trb_grid_check(&opened.grid, err);
    if (status)
        trb_error_within(err, "%s", path);
    return status ? TRB_ERR_FORMAT : TRB_OK;
}

trb_status check_size(const char *path, const Opened &opened, trb_error *err)
{
    const uint64_t each = opened.peek.disk_voxel_bytes ? opened.peek.disk_voxel_bytes : trb_type_bytes(opened.type);
    return trb_payload_check_promise(path, &opened.peek, trb_grid_voxels(&opened.grid) * each, err);
}

/* Header read and believed. Runs inside the caller's try block and QuietItk. */
trb_status open_file(const char *path, Opened &opened, trb_error *err)
{
    trb_status status = trb_header_peek_read(path, &opened.peek, err);
    if (status)
        return status;
    if (opened.peek.format == TRB_FORMAT_NIFTI)
        nifti_set_debug_level(0); /* or it writes to standard error */
    opened.io = make_io(opened.peek.format);
    opened.io->SetFileName(path);
    opened.io->ReadImageInformation();
    status = check_voxel(path, opened, err);
    if (!status)
        status = read_grid(path, opened, err);
    if (!status)
        status = check_size(path, opened, err);
    return status;
}

trb_status add_fact(trb_scan_info *info, const char *key, const char *value, const char *source, trb_error *err)
{
    auto *facts = static_cast<trb_fact *>(std::realloc(info->facts, (info->n_facts + 1) * sizeof *info->facts));
    if (!facts)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory");
    info->facts = facts;
    trb_fact *fact = &facts[info->n_facts++];
    std::snprintf(fact->key, sizeof fact->key, "%s", key);
    std::snprintf(fact->value, sizeof fact->value, "%s", value);
    std::snprintf(fact->source, sizeof fact->source, "%s", source);
    return TRB_OK;
}

/* "1 0 0; 0 1 0; 0 0 1": one axis after the other. Empty when it is that. */
std::string direction_text(const itk::ImageIOBase &io)
{
    std::string text;
    bool identity = true;
    for (unsigned axis = 0; axis < io.GetNumberOfDimensions() && axis < 3; axis++) {
        const std::vector<double> cosines = io.GetDirection(axis);
        for (size_t i = 0; i < cosines.size() && i < 3; i++) {
            char number[40];
            std::snprintf(number, sizeof number, "%s%.6g", i ? " " : axis ? "; " : "", cosines[i] + 0.0);
            text += number;
            identity = identity && std::fabs(cosines[i] - (i == axis)) < 1e-6;
        }
    }
    return identity ? std::string() : text;
}

trb_status tell(const Opened &opened, trb_scan_info *info, trb_error *err)
{
    const trb_header_peek &peek = opened.peek;
    const char *name = format_name(peek.format);
    static const char *const payloads[] = {"none", "deflate", "other"};
    std::snprintf(info->format, sizeof info->format, "%s", name);
    if (peek.has_spacing)
        std::snprintf(info->spacing_source, sizeof info->spacing_source, "%.40s%s%.20s", peek.spacing_source,
                      peek.unit[0] ? ", unit " : ", no unit given, taken as mm", peek.unit);
    info->files = peek.files;
    info->bytes_on_disk = peek.bytes_on_disk;
    trb_status status = add_fact(info, "compression", payloads[peek.payload], name, err);
    const std::string direction = direction_text(*opened.io);
    if (!status && !direction.empty())
        status = add_fact(info, "direction cosines (not applied)", direction.c_str(), name, err);
    if (!status && peek.scaled)
        status = add_fact(info, "stored values", "scaled by scl_slope and scl_inter on reading", name, err);
    return status;
}

itk::ImageIORegion whole_of(const itk::ImageIOBase &io)
{
    itk::ImageIORegion region(io.GetNumberOfDimensions());
    for (unsigned axis = 0; axis < io.GetNumberOfDimensions(); axis++) {
        region.SetIndex(axis, 0);
        region.SetSize(axis, io.GetDimensions(axis));
    }
    return region;
}

/* Text, bzip2, lists of files, scaled NIfTI: ITK reads all of it. */
trb_status read_through_itk(Opened &opened, size_t plane, size_t z0, size_t z1, void *dst, trb_error *err)
{
    const bool whole = z0 == 0 && z1 == opened.grid.nz;
    void *all = whole ? dst : std::malloc(plane * opened.grid.nz);
    if (!all)
        return trb_error_set(err, TRB_ERR_MEMORY, "reading needs %.3f GiB",
                             static_cast<double>(plane) * static_cast<double>(opened.grid.nz) / 1073741824.0);
    try {
        opened.io->SetIORegion(whole_of(*opened.io));
        opened.io->Read(all);
    } catch (...) {
        if (!whole)
            std::free(all);
        throw;
    }
    if (!whole) {
        std::memcpy(dst, static_cast<char *>(all) + plane * z0, plane * (z1 - z0));
        std::free(all);
    }
    return TRB_OK;
}

trb_status read_planes(Opened &opened, size_t z0, size_t z1, void *dst, trb_error *err)
{
    const size_t each = trb_type_bytes(opened.type), plane = opened.grid.nx * opened.grid.ny * each;
    const bool as_stored = opened.peek.disk_voxel_bytes == 0 || opened.peek.disk_voxel_bytes == each;
    if (opened.peek.direct && as_stored)
        return trb_payload_read(&opened.peek, plane * z0, dst, plane * (z1 - z0), each, z1 == opened.grid.nz, err);
    if (opened.peek.payload == TRB_PAYLOAD_DEFLATE) {
        const uint64_t disk = opened.peek.disk_voxel_bytes ? opened.peek.disk_voxel_bytes : each;
        const trb_status status =
            trb_payload_check_sound(opened.io->GetFileName(), &opened.peek, trb_grid_voxels(&opened.grid) * disk, err);
        if (status)
            return status;
    }
    return read_through_itk(opened, plane, z0, z1, dst, err);
}

bool ends_with(const char *path, const char *ending)
{
    const size_t n = std::strlen(path), m = std::strlen(ending);
    return n > m && std::strcmp(path + n - m, ending) == 0;
}

trb_status check_writable(const char *path, const trb_grid &grid, trb_error *err)
{
    const trb_file_format format = trb_format_of_name(path);
    if (ends_with(path, ".mhd") || ends_with(path, ".nhdr"))
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "%s: a header and a data file cannot appear at once; write .mha or .nrrd, which hold the "
                             "same in one file",
                             path);
    /* Upper-case endings are read, but ITK's writers take ".MHA" for a header without voxels. */
    if (!ends_with(path, ".mha") && !ends_with(path, ".nrrd") && !ends_with(path, ".nii") && !ends_with(path, ".nii.gz"))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "%s: the name does not end in .mha, .nrrd, .nii or .nii.gz (lower case)", path);
    if (!trb_grid_has_spacing(&grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "%s: the voxel size is not known, and %s files cannot say so; give it (--voxel-size)", path,
                             format_name(format));
    if (format == TRB_FORMAT_NIFTI && (grid.nx > 32767 || grid.ny > 32767 || grid.nz > 32767))
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "%s: %zu x %zu x %zu voxels; NIfTI-1 holds at most 32767 along an axis: write .nrrd or .mha",
                             path, grid.nx, grid.ny, grid.nz);
    return trb_grid_check(&grid, err);
}

void write_file(const char *path, const trb_volume *volume, bool compress)
{
    const trb_grid &grid = volume->grid;
    const size_t size[3] = {grid.nx, grid.ny, grid.nz};
    const itk::ImageIOBase::Pointer io = make_io(trb_format_of_name(path));
    nifti_set_debug_level(0); /* or it writes to standard error */
    io->SetFileName(path);
    io->SetNumberOfDimensions(3);
    io->SetPixelType(itk::IOPixelEnum::SCALAR);
    io->SetComponentType(component_of(volume->type));
    io->SetNumberOfComponents(1);
    for (unsigned axis = 0; axis < 3; axis++) {
        io->SetDimensions(axis, size[axis]);
        io->SetSpacing(axis, grid.spacing_mm[axis]);
        io->SetOrigin(axis, grid.origin_mm[axis]);
        std::vector<double> cosines(3, 0.0);
        cosines[axis] = 1;
        io->SetDirection(axis, cosines);
    }
    io->SetIORegion(whole_of(*io));
    io->SetUseCompression(compress);
    io->Write(volume->voxels);
}

} // namespace

extern "C" const char *trb_itk_version(void)
{
    return itk::Version::GetITKVersion();
}

extern "C" bool trb_itk_knows(const char *path)
{
    return trb_format_of_name(path) != TRB_FORMAT_NONE;
}

extern "C" trb_status trb_itk_probe(const char *path, trb_grid *grid, trb_type *type, trb_scan_info *info, trb_error *err)
{
    *info = trb_scan_info{};
    try {
        const trabecula::QuietItk quiet;
        try {
            Opened opened{};
            const trb_status status = open_file(path, opened, err);
            if (status)
                return status;
            *grid = opened.grid;
            *type = opened.type;
            return tell(opened, info, err);
        } catch (...) {
            return trabecula::error_from_exception(path, TRB_ERR_FORMAT, quiet.heard(), err);
        }
    } catch (...) {
        return trb_error_set(err, TRB_ERR_MEMORY, "%s: out of memory", path);
    }
}

extern "C" trb_status trb_itk_read(const char *path, size_t z0, size_t z1, void *dst, trb_error *err)
{
    try {
        const trabecula::QuietItk quiet;
        try {
            Opened opened{};
            const trb_status status = open_file(path, opened, err);
            if (status)
                return status;
            if (z0 >= z1 || z1 > opened.grid.nz)
                return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: planes %zu to %zu are not among its %zu", path, z0, z1,
                                     opened.grid.nz);
            return read_planes(opened, z0, z1, dst, err);
        } catch (...) {
            return trabecula::error_from_exception(path, TRB_ERR_FORMAT, quiet.heard(), err);
        }
    } catch (...) {
        return trb_error_set(err, TRB_ERR_MEMORY, "%s: out of memory", path);
    }
}

extern "C" trb_status trb_itk_check_writable(const char *path, const trb_grid *grid, trb_error *err)
{
    return check_writable(path, *grid, err);
}

extern "C" trb_status trb_itk_write(const char *path, const trb_volume *volume, bool compress, trb_error *err)
{
    try {
        trb_status status = check_writable(path, volume->grid, err);
        if (status)
            return status;
        const trabecula::QuietItk quiet;
        try {
            write_file(path, volume, compress);
        } catch (...) {
            return trabecula::error_from_exception(path, TRB_ERR_IO, quiet.heard(), err);
        }
        const uint64_t need = trb_grid_voxels(&volume->grid) * trb_type_bytes(volume->type);
        return trb_payload_check_written(path, need, err);
    } catch (...) {
        return trb_error_set(err, TRB_ERR_MEMORY, "%s: out of memory", path);
    }
}
