/* version.c - which program this is. */
#include "trabecula/version.h"


#include <omp.h>
#include <stdio.h>

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " TEXT(__GNUC__) "." TEXT(__GNUC_MINOR__) "." TEXT(__GNUC_PATCHLEVEL__)
#else
#define COMPILER "unknown"
#endif


const trb_build *trb_build_facts(void)
{
    static const trb_build facts = {
        .version = TRB_VERSION,
        .commit = TRB_COMMIT,
        .compiler = COMPILER,
        .openmp = TEXT(_OPENMP),
        .simd = "plain",
        .itk = TRB_ITK,
    };
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
