/* testing.h - what every test file needs: cmocka, real bone, small volumes, expected values. */
#ifndef TESTING_H
#define TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trabecula/mask.h"

/** Fail with the text of the error when a call did not return TRB_OK. */
#define CHECK_OK(call)                                                                                  \
    do {                                                                                                \
        trb_error check_err_ = {TRB_OK, ""};                                                            \
        trb_error *err = &check_err_;                                                                   \
        const trb_status check_status_ = (call);                                                        \
        if (check_status_ != TRB_OK)                                                                    \
            fail_msg("%s: %s: %s", #call, trb_status_name(check_status_), check_err_.text);             \
        (void)err;                                                                                      \
    } while (0)

/** |actual - expected| <= tolerance; NaN never passes. */
#define CHECK_CLOSE(expected, actual, tolerance)                                                        \
    do {                                                                                                \
        const double e_ = (expected), a_ = (actual), t_ = (tolerance);                                  \
        if (!(fabs(a_ - e_) <= t_))                                                                     \
            fail_msg("%s: expected %.17g, got %.17g (difference %g, allowed %g)", #actual, e_, a_,      \
                     a_ - e_, t_);                                                                      \
    } while (0)

/** Relative to the expected value. */
#define CHECK_RELATIVE(expected, actual, relative) CHECK_CLOSE(expected, actual, fabs((double)(expected)) * (relative))

/** The real bone, 200^3 uint8, read by a reader of the tests' own (libtiff, page by page). Do not free. */
const trb_volume *testing_bone(void);

/** testdata/lhdl-3155.expected.json and testdata/phantoms.json, parsed once. */
const json_t *testing_expected(void);
const json_t *testing_phantoms(void);

/** Follow keys separated by '|' ("cases|case1_raw_gt63|tb_th|exact|mean_mm"); fails the test when missing. */
const json_t *testing_at(const json_t *root, const char *path);
double testing_number(const json_t *root, const char *path);

/** A mask of bone = grey >= lower_bound, made without the code under test. Yours. */
trb_mask *testing_mask(const trb_volume *volume, double lower_bound);

/** The elliptic VOI of expected.json (9 (x-100)^2 + 16 (y-100)^2 <= 57600, 20 <= z < 180). Yours. */
trb_mask *testing_ellipse_voi(void);

/** A mask where each voxel is set with the given probability; same seed, same mask. Yours. */
trb_mask *testing_random_mask(size_t nx, size_t ny, size_t nz, double density, uint64_t seed);

/** SHA-256 of the bytes as lower-case hex, in a static buffer. */
const char *testing_sha256(const void *bytes, size_t count);

/** A fresh directory for files of this test, removed by testing_scratch_remove(). Static buffer. */
const char *testing_scratch(void);
void testing_scratch_remove(void);

#endif
