/* run_ellipsoid.c - ellipsoid factor of a run: asked for by the switch or by name, not in every table. */
#include "record/run.h"

#include <math.h>
#include <stdio.h>

#define LITTLE_FILLED 0.7 /* of the bone */
#define MUCH_CUT 0.2      /* of the filled, by the image border */

bool trb_run_wants_ef(const struct run *run)
{
    static const char *const keys[] = {"EF", "EF.SD", "EF.median", "EF.filled", "EF.cut", "EF.rep", "EF.rep.RMS"};
    bool wanted = false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        wanted = wanted || trb_run_wants(run, keys[i]);
    return wanted && (run->settings->ef || run->settings->metrics[0]);
}

trb_status trb_run_measure_ef(struct run *run)
{
    trb_error inner = {TRB_OK, ""};
    const trb_status status =
        trb_ef_measure(run->products->bone, run->products->voi, &run->settings->ef_options, &run->record->ef, &inner);
    run->shape.ef_known = run->record->has_ef = !status;
    if (status == TRB_ERR_DATA) {
        snprintf(run->shape.ef_reason, sizeof run->shape.ef_reason, "%.150s", inner.text);
        return TRB_OK;
    }
    return status ? trb_error_set(run->err, status, "%s", inner.text) : TRB_OK;
}

static void warn(struct run *run, double filled, double cut)
{
    if (filled < LITTLE_FILLED)
        trb_record_warn(run->record, "EF: ellipsoids fill %.0f %% of the bone, the rest is not in the mean: give smaller --ef-cubes",
                        100 * filled);
    if (cut > MUCH_CUT)
        trb_record_warn(run->record, "EF: %.0f %% of the filled bone lies in ellipsoids that the image border stops: they are shorter than "
                                     "their trabeculae; a VOI inside the image leaves them out", 100 * cut);
}

trb_status trb_run_add_ef(struct run *run)
{
    const trb_ef *ef = &run->record->ef;
    const trb_ef_options *o = &run->settings->ef_options;
    const bool known = run->shape.ef_known;
    const double filled = (double)ef->filled / (double)ef->voxels, cut = (double)ef->at_border / (double)ef->filled;
    const char *none = run->bv_voxels == 0          ? "no bone in the VOI"
                       : run->shape.ef_reason[0] ? run->shape.ef_reason
                                                 : "no ellipsoid fills bone in the VOI";
    const char *once = o->repeat ? none : "not asked for: --ef-repeat measures it";
    char tag[96];
    snprintf(tag, sizeof tag, "largest ellipsoid, a seed a cube of %zu voxels, seed %llu", o->apart_vox, (unsigned long long)o->seed);
    const struct {
        const char *key;
        double value;
        const char *reason;
    } rows[] = {
        {"EF", ef->mean, none},
        {"EF.SD", ef->sd, none},
        {"EF.median", ef->median, none},
        {"EF.filled", 100 * filled, none},
        {"EF.cut", 100 * cut, none},
        {"EF.rep", ef->repeat_mean - ef->mean, once},
        {"EF.rep.RMS", ef->repeat_rms, once},
    };
    trb_status status = TRB_OK;
    for (size_t i = 0; !status && i < sizeof rows / sizeof *rows; i++)
        status = trb_run_add(run, rows[i].key, known ? rows[i].value : NAN, tag, rows[i].reason);
    if (status || !known)
        return status;
    warn(run, filled, cut);
    return ef->filled ? trb_run_add_distribution(run, "EF", "1", -1, 2.0 / TRB_EF_BINS, TRB_EF_BINS, ef->bins) : TRB_OK;
}
