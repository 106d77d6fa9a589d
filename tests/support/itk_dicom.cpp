/* itk_dicom.cpp - see itk_dicom.h. */
#include "support/itk_dicom.h"

#include <itkGDCMImageIO.h>
#include <itkMetaDataObject.h>

#include <cstdio>
#include <string>

extern "C" bool itk_write_dicom(const char *path, size_t nx, size_t ny, double z_mm, bool compressed, const int16_t *voxels)
{
    try {
        const itk::GDCMImageIO::Pointer io = itk::GDCMImageIO::New();
        const size_t size[3] = {nx, ny, 1};
        const double origin[3] = {1, 2, z_mm};
        itk::ImageIORegion region(3);
        io->SetNumberOfDimensions(3);
        for (unsigned axis = 0; axis < 3; axis++) {
            io->SetDimensions(axis, size[axis]);
            io->SetSpacing(axis, 0.02);
            io->SetOrigin(axis, origin[axis]);
            region.SetIndex(axis, 0);
            region.SetSize(axis, static_cast<itk::SizeValueType>(size[axis]));
        }
        io->SetPixelType(itk::IOPixelEnum::SCALAR);
        io->SetComponentType(itk::IOComponentEnum::SHORT);
        io->SetNumberOfComponents(1);
        io->SetIORegion(region);
        itk::MetaDataDictionary &dictionary = io->GetMetaDataDictionary();
        itk::EncapsulateMetaData<std::string>(dictionary, "0008|0060", "CT"); /* the origin is its position then */
        itk::EncapsulateMetaData<std::string>(dictionary, "0020|000e", "1.2.3.4");
        io->KeepOriginalUIDOn();
        io->SetUseCompression(compressed);
        io->SetCompressionType(itk::GDCMImageIO::CompressionEnum::JPEG2000);
        io->SetFileName(path);
        io->Write(voxels);
        return true;
    } catch (const std::exception &e) {
        std::fprintf(stderr, "%s\n", e.what());
        return false;
    }
}
