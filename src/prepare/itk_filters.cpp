/* itk_filters.cpp - see itk_filters.h. The thresholds are in itk_threshold.cpp. */
#include "prepare/itk_filters.h"

#include "io/itk_quiet.hpp"

#include <itkImage.h>
#include <itkMedianImageFilter.h>
#include <itkObjectFactoryBase.h>
#include <itkPlatformMultiThreader.h>

#include <cstring>
#include <mutex>

namespace
{

/* ITK's default threader starts a pool of idle threads at the first filter. The callers of this library are
 * OpenMP threads already, and a pool does not survive fork() well, so filters made here get none. */
void no_thread_pool()
{
    static std::once_flag once;
    std::call_once(once, [] {
        itk::MultiThreaderBase::SetGlobalDefaultThreader(itk::MultiThreaderBaseEnums::Threader::Platform);
        (void)itk::ObjectFactoryBase::GetRegisteredFactories(); /* two threads that made the list at once would race */
    });
}

template <typename T>
void median_planes(const trb_volume *volume, int radius, size_t z0, size_t z1, void *out)
{
    using Image = itk::Image<T, 3>;
    using Filter = itk::MedianImageFilter<Image, Image>;
    const trb_grid &grid = volume->grid;
    const typename Image::SizeType size = {{grid.nx, grid.ny, grid.nz}};
    const typename Image::RegionType whole(size);

    /* The voxels are only read; ITK has no image of const voxels. */
    auto *voxels = static_cast<T *>(volume->voxels);
    auto image = Image::New();
    image->SetRegions(whole);
    image->GetPixelContainer()->SetImportPointer(voxels, whole.GetNumberOfPixels(), false);

    typename Image::RegionType planes = whole;
    planes.SetIndex(2, static_cast<itk::IndexValueType>(z0));
    planes.SetSize(2, z1 - z0);
    auto filter = Filter::New();
    filter->SetInput(image);
    filter->SetRadius(static_cast<itk::SizeValueType>(radius));
    filter->SetNumberOfWorkUnits(1);
    filter->GetOutput()->SetRequestedRegion(planes);
    filter->Update();
    std::memcpy(out, filter->GetOutput()->GetBufferPointer(), planes.GetNumberOfPixels() * sizeof(T));
}

} // namespace

extern "C" trb_status trb_itk_median_planes(const trb_volume *volume, int radius, size_t z0, size_t z1, void *out,
                                            trb_error *err)
{
    if (radius < 1 || radius > 32)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a median of radius %d voxels is not between 1 and 32", radius);
    if (z0 >= z1 || z1 > volume->grid.nz)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "median: planes %zu to %zu are not in a volume of %zu planes", z0,
                             z1, volume->grid.nz);
    try {
        no_thread_pool();
        switch (volume->type) {
        case TRB_U8: median_planes<uint8_t>(volume, radius, z0, z1, out); break;
        case TRB_I8: median_planes<int8_t>(volume, radius, z0, z1, out); break;
        case TRB_U16: median_planes<uint16_t>(volume, radius, z0, z1, out); break;
        case TRB_I16: median_planes<int16_t>(volume, radius, z0, z1, out); break;
        case TRB_U32: median_planes<uint32_t>(volume, radius, z0, z1, out); break;
        case TRB_I32: median_planes<int32_t>(volume, radius, z0, z1, out); break;
        case TRB_F32: median_planes<float>(volume, radius, z0, z1, out); break;
        case TRB_F64: median_planes<double>(volume, radius, z0, z1, out); break;
        }
    } catch (...) {
        return trabecula::error_from_exception("median filter", TRB_ERR_DATA, "", err);
    }
    return TRB_OK;
}
