/* itk_shape.cpp - see itk_shape.h. */
#include "support/itk_shape.h"

#include <itkImage.h>
#include <itkLabelImageToShapeLabelMapFilter.h>

#include <cstdio>
#include <cstdlib>

extern "C" oracle_itk_shape oracle_itk_shape_of(const uint8_t *mask, size_t nx, size_t ny)
{
    using Image = itk::Image<uint8_t, 2>;
    using Filter = itk::LabelImageToShapeLabelMapFilter<Image>;
    oracle_itk_shape shape = {0, 0, {0, 0}, {0, 0}};
    try {
        auto image = Image::New();
        const Image::SizeType size = {{nx, ny}};
        image->SetRegions(size);
        image->Allocate();
        for (size_t i = 0; i < nx * ny; i++)
            image->GetBufferPointer()[i] = mask[i] ? 1 : 0;
        auto filter = Filter::New();
        filter->SetInput(image);
        filter->SetComputePerimeter(true);
        filter->Update();
        const auto *object = filter->GetOutput()->GetLabelObject(1);
        shape.pixels = static_cast<double>(object->GetNumberOfPixels());
        shape.perimeter = object->GetPerimeter();
        for (unsigned axis = 0; axis < 2; axis++) {
            shape.centroid[axis] = object->GetCentroid()[axis];
            shape.principal[axis] = object->GetPrincipalMoments()[axis];
        }
    } catch (const std::exception &e) {
        std::fprintf(stderr, "ITK oracle, shape: %s\n", e.what());
        std::abort();
    }
    return shape;
}
