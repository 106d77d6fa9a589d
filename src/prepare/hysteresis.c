/*
 * hysteresis.c - candidates that hang together with a seed.
 * Both masks are packed; the parts of the candidates are runs, and one look at the seeds under each run tells which
 * parts stay.
 */
#include "prepare/grey_passes.h"

#include "core/memory.h"
#include "prepare/label_runs.h"

#include <math.h>
#include <stdlib.h>

/* Bits start <= x < end of word w of a row. */
static uint64_t run_bits(trb_run run, size_t w)
{
    const size_t low = w * 64, from = run.start > low ? run.start - low : 0, to = run.end - low;
    const uint64_t below = to >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << to) - 1;
    return below & (~(uint64_t)0 << from);
}

static bool run_meets(const uint64_t *row, trb_run run)
{
    for (size_t w = run.start / 64; w <= ((size_t)run.end - 1) / 64; w++)
        if (row[w] & run_bits(run, w))
            return true;
    return false;
}

/* Clear the parts of the mask that no seed lies in. */
static trb_status keep_seeded(trb_mask *mask, const trb_mask *seeds, trb_error *err)
{
    trb_runs runs;
    trb_status status = trb_runs_create(mask, false, TRB_CONNECT_26, &runs, err);
    if (status)
        return status;
    uint8_t *seeded = trb_alloc_zero(runs.parts ? runs.parts : 1, 1, "hysteresis", err);
    status = seeded ? TRB_OK : TRB_ERR_MEMORY;
    if (!status) {
        const ptrdiff_t rows = (ptrdiff_t)runs.rows;
        for (ptrdiff_t r = 0; r < rows; r++)
            for (uint64_t i = runs.first[r]; i < runs.first[r + 1]; i++)
                if (!seeded[runs.part[i]] &&
                    run_meets(seeds->bits + (size_t)r * seeds->words_per_row, runs.run[i]))
                    seeded[runs.part[i]] = 1;
#pragma omp parallel for schedule(static)
        for (ptrdiff_t r = 0; r < rows; r++) {
            uint64_t *row = mask->bits + (size_t)r * mask->words_per_row;
            for (uint64_t i = runs.first[r]; i < runs.first[r + 1]; i++) {
                const trb_run run = runs.run[i];
                for (size_t w = run.start / 64; !seeded[runs.part[i]] && w <= ((size_t)run.end - 1) / 64; w++)
                    row[w] &= ~run_bits(run, w);
            }
        }
    }
    free(seeded);
    trb_runs_clear(&runs);
    return status;
}

trb_status trb_grey_hysteresis(trb_grey_source *source, const trb_filter *filter, double low, double high,
                               bool invert, trb_mask **out, trb_error *err)
{
    trb_mask *bone = NULL, *seeds = NULL;
    *out = NULL;
    if (!(low <= high))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "hysteresis: the low threshold %g is above the high one, %g", low, high);
    /* Dark bone: what is certain lies below low, and grows into what lies below high. */
    trb_status status = trb_grey_threshold(source, filter, invert ? high : low, invert, &bone, err);
    if (!status)
        status = trb_grey_threshold(source, filter, invert ? low : high, invert, &seeds, err);
    if (!status)
        status = keep_seeded(bone, seeds, err);
    trb_mask_destroy(seeds);
    if (status) {
        trb_mask_destroy(bone);
        return status;
    }
    *out = bone;
    return TRB_OK;
}

trb_status trb_hysteresis_apply(const trb_volume *volume, const trb_filter *filter, double low, double high,
                                bool invert, trb_mask **out, trb_error *err)
{
    trb_grey_source source = trb_grey_of_volume(volume);
    return trb_grey_hysteresis(&source, filter, low, high, invert, out, err);
}
