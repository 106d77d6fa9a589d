/* version.h - which program this is, for records and bug reports. */
#ifndef TRABECULA_VERSION_H
#define TRABECULA_VERSION_H

#include "trabecula/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Facts about this build. All text is static. */
typedef struct trb_build {
    const char *version;  /* "0.1.0" */
    const char *commit;   /* short hash, with "+" when the tree had changes; "unknown" outside git */
    const char *compiler; /* "gcc 12.2.0" */
    const char *openmp;   /* "201511" or "none" */
    const char *simd;     /* path chosen at run time: "avx512", "avx2", "plain" */
    const char *tiff, *zlib, *libzip, *png, *openjpeg, *itk, *jansson, *cairo, *rmath, *gsl, *meshoptimizer; /* versions linked */
} trb_build;

TRB_API const trb_build *trb_build_facts(void);

/** Use this many threads from now on in this thread's parallel regions (1 or more). */
TRB_API void trb_threads_set(int threads);

/** How many threads the next parallel region will have at most. */
TRB_API int trb_threads(void);

#ifdef __cplusplus
}
#endif
#endif
