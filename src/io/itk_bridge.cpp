/* itk_bridge.cpp - the one file of src/io that sees ITK. */
#include "io/itk_bridge.h"

#include <itkVersion.h>

extern "C" const char *trb_itk_version(void)
{
    return itk::Version::GetITKVersion();
}
