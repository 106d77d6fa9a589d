/* simd.h - which vector instructions the kernels use. */
#ifndef TRB_SIMD_H
#define TRB_SIMD_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define TRB_SIMD_X86 1 /* kernels for AVX2 and AVX-512 are compiled in */
#endif

typedef enum trb_simd { TRB_SIMD_PLAIN, TRB_SIMD_AVX2, TRB_SIMD_AVX512 } trb_simd;

/**
 * The path for this call. All paths give the same bits; they differ in speed.
 *
 * Convention  The environment variable TRABECULA_SIMD (plain, avx2, avx512) asks for a path; one that this
 *             processor or build lacks, or an unknown word, is not taken. Without it the choice is AVX-512 where
 *             it runs at full clock (Ice Lake, Zen 4 and later), else AVX2, else plain.
 * Threads     Reads the environment (getenv): not while another thread changes it. Nothing is remembered.
 */
trb_simd trb_simd_choose(void);

/** The name of that path: "plain", "avx2" or "avx512". */
const char *trb_simd_path(void);

#endif
