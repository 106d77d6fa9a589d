/* version.c - which program this is. */
#include "trabecula/version.h"

#include "core/simd.h"
#include "trb_commit.h" /* made at every build: TRB_COMMIT */

#include <Rmath.h>
#include <cairo.h>
#include <gsl/gsl_version.h>
#include <meshoptimizer.h>
#include <jansson.h>
#include <omp.h>
#include <openjpeg.h>
#include <png.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <tiffio.h>
#include <zip.h>
#include <zlib.h>

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " TEXT(__GNUC__) "." TEXT(__GNUC_MINOR__) "." TEXT(__GNUC_PATCHLEVEL__)
#else
#define COMPILER "unknown"
#endif

/* The libraries are asked at run time: what is loaded may be newer than the headers that we were built with.
 * Filled once, constant from then on. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static char tiff_version[32] = "unknown";
static trb_build facts = {
    .version = TRB_VERSION,
    .commit = TRB_COMMIT,
    .compiler = COMPILER,
    .openmp = TEXT(_OPENMP),
    .tiff = tiff_version,
    .itk = TRB_ITK,
};

static void fill(void)
{
    /* "LIBTIFF, Version 4.5.0", then lines of copyright */
    const char *number = strstr(TIFFGetVersion(), "Version ");
    if (number) {
        number += strlen("Version ");
        snprintf(tiff_version, sizeof tiff_version, "%.*s", (int)strcspn(number, "\n ,"), number);
    }
    facts.simd = trb_simd_path();
    facts.zlib = zlibVersion();
    facts.libzip = zip_libzip_version();
    facts.openjpeg = opj_version();
    facts.png = png_get_libpng_ver(NULL);
    facts.jansson = jansson_version_str();
    facts.cairo = cairo_version_string();
    facts.rmath = R_VERSION_STRING; /* the library itself does not tell */
    facts.gsl = gsl_version;
    static char meshoptimizer[16]; /* 180 is 0.18; from the header, the library itself does not tell */
    snprintf(meshoptimizer, sizeof meshoptimizer, "%d.%d", MESHOPTIMIZER_VERSION / 1000, MESHOPTIMIZER_VERSION % 1000 / 10);
    facts.meshoptimizer = meshoptimizer;
}

const trb_build *trb_build_facts(void)
{
    pthread_once(&once, fill);
    return &facts;
}

void trb_threads_set(int threads)
{
    omp_set_num_threads(threads < 1 ? 1 : threads);
}

int trb_threads(void)
{
    return omp_get_max_threads();
}
