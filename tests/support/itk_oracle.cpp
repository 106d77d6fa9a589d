/* itk_oracle.cpp - see itk_oracle.h. */
#include "support/itk_oracle.h"

#include <itkConnectedComponentImageFilter.h>
#include <itkImage.h>
#include <itkNeighborhoodOperatorImageFilter.h>
#include <itkSignedMaurerDistanceMapImageFilter.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace
{

template <typename T> using Image = itk::Image<T, 3>;

template <typename T> typename Image<T>::Pointer image_of(const T *voxels, size_t nx, size_t ny, size_t nz)
{
    auto image = Image<T>::New();
    const typename Image<T>::SizeType size = {{nx, ny, nz}};
    image->SetRegions(size);
    image->Allocate();
    std::memcpy(image->GetBufferPointer(), voxels, nx * ny * nz * sizeof(T));
    return image;
}

[[noreturn]] void give_up(const char *what, const std::exception &e)
{
    std::fprintf(stderr, "ITK oracle, %s: %s\n", what, e.what());
    std::abort();
}

/* The taps as they are, along one direction. */
class Taps : public itk::NeighborhoodOperator<float, 3>
{
public:
    Taps(const float *taps, int radius) : m_Taps(taps, taps + 2 * radius + 1)
    {
    }

protected:
    CoefficientVector GenerateCoefficients() override
    {
        return m_Taps;
    }
    void Fill(const CoefficientVector &coefficients) override
    {
        this->FillCenteredDirectional(coefficients);
    }

private:
    CoefficientVector m_Taps;
};

} // namespace

extern "C" void oracle_itk_distance_squared(const uint8_t *mask, size_t nx, size_t ny, size_t nz, float *out)
try {
    /* ITK's object is our background: outside of it the map is the distance to its nearest voxel centre. */
    auto image = image_of(mask, nx, ny, nz);
    uint8_t *voxels = image->GetBufferPointer();
    for (size_t i = 0; i < nx * ny * nz; i++)
        voxels[i] = !voxels[i];
    auto filter = itk::SignedMaurerDistanceMapImageFilter<Image<uint8_t>, Image<float>>::New();
    filter->SetInput(image);
    filter->SetBackgroundValue(0);
    filter->SquaredDistanceOn();
    filter->UseImageSpacingOff();
    filter->InsideIsPositiveOff();
    filter->Update();
    const float *signed_squares = filter->GetOutput()->GetBufferPointer();
    for (size_t i = 0; i < nx * ny * nz; i++)
        out[i] = voxels[i] ? 0 : signed_squares[i];
} catch (const std::exception &e) {
    give_up("distance", e);
}

extern "C" size_t oracle_itk_components(const uint8_t *mask, size_t nx, size_t ny, size_t nz, int connectivity,
                                        uint32_t *labels)
try {
    auto filter = itk::ConnectedComponentImageFilter<Image<uint8_t>, Image<uint32_t>>::New();
    filter->SetInput(image_of(mask, nx, ny, nz));
    filter->SetFullyConnected(connectivity == 26);
    filter->Update();
    if (labels)
        std::memcpy(labels, filter->GetOutput()->GetBufferPointer(), nx * ny * nz * sizeof *labels);
    return filter->GetObjectCount();
} catch (const std::exception &e) {
    give_up("components", e);
}

extern "C" void oracle_itk_convolve(const float *in, size_t nx, size_t ny, size_t nz, const float *taps, int radius,
                                    float *out)
try {
    auto image = image_of(in, nx, ny, nz);
    for (unsigned int axis = 0; axis < 3; axis++) {
        Taps kernel(taps, radius);
        kernel.SetDirection(axis);
        kernel.CreateDirectional();
        auto filter = itk::NeighborhoodOperatorImageFilter<Image<float>, Image<float>, float>::New();
        filter->SetInput(image);
        filter->SetOperator(kernel);
        filter->Update();
        image = filter->GetOutput();
        image->DisconnectPipeline();
    }
    std::memcpy(out, image->GetBufferPointer(), nx * ny * nz * sizeof *out);
} catch (const std::exception &e) {
    give_up("convolution", e);
}
