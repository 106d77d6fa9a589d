/* phantom_truth_json.c - see phantom_truth_json.h. */
#include "phantom_truth_json.h"

#include "trabecula/thickness.h"
#include "trabecula/threshold.h"
#include "trabecula/version.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void add_metric(json_t *metrics, const char *key, double value, const char *unit)
{
    if (!isnan(value))
        json_object_set_new(metrics, key, json_pack("{s:f,s:s}", "value", value, "unit", unit));
}

/* The closed forms under the names and units of a result record. */
static json_t *metrics_json(const trb_phantom_truth *truth, double h)
{
    json_t *metrics = json_object();
    double tv = h * h * h;
    for (int axis = 0; axis < 3; axis++)
        tv *= (double)(truth->voi.hi[axis] - truth->voi.lo[axis]);
    const double bv = truth->volume * h * h * h, bs = truth->surface * h * h;
    add_metric(metrics, "TV", tv, "mm^3");
    add_metric(metrics, "BV", bv, "mm^3");
    add_metric(metrics, "BV/TV", 100 * bv / tv, "%");
    add_metric(metrics, "BS", bs, "mm^2");
    add_metric(metrics, "BS/BV", bs / bv, "1/mm");
    add_metric(metrics, "BS/TV", bs / tv, "1/mm");
    add_metric(metrics, "Tb.Th", truth->thickness * h, "mm");
    add_metric(metrics, "Tb.Sp", truth->separation * h, "mm");
    add_metric(metrics, "Tb.N", truth->tb_n / h, "1/mm");
    add_metric(metrics, "SMI", truth->smi, "");
    add_metric(metrics, "DA", truth->da_0_1, "");
    return metrics;
}

static json_t *truth_json(const trb_phantom_truth *truth)
{
    trb_phantom_value values[TRB_PHANTOM_VALUES_MAX];
    const size_t n = trb_phantom_truth_values(truth, values);
    json_t *object = json_object();
    for (size_t i = 0; i < n; i++)
        json_object_set_new(object, values[i].name, json_real(values[i].value));
    return object;
}

static trb_status measure_phase(const trb_mask *object, double h, const char *key, json_t *metrics, trb_error *err)
{
    const trb_thickness_options exact = trb_thickness_options_default();
    trb_thickness found;
    trb_status status = trb_thickness_measure(object, NULL, &exact, &found, NULL, err);
    if (status)
        return status;
    char name[32];
    add_metric(metrics, key, found.mean_vox * h, "mm");
    snprintf(name, sizeof name, "%s.SD", key);
    add_metric(metrics, name, found.sd_vox * h, "mm");
    snprintf(name, sizeof name, "%s.max", key);
    add_metric(metrics, name, found.max_vox * h, "mm");
    trb_thickness_clear(&found);
    return TRB_OK;
}

/* Of the same structure without blur and noise, bone where half of a voxel is covered. */
static trb_status measured_json(const trb_phantom_options *options, json_t **out, trb_error *err)
{
    trb_phantom_options sharp = *options;
    sharp.type = TRB_U8;
    sharp.marrow_grey = 0;
    sharp.bone_grey = 255;
    sharp.blur_vox = sharp.noise_grey = 0;
    const trb_filter none = {TRB_FILTER_NONE, 0, 0};
    trb_volume *volume = NULL;
    trb_mask *bone = NULL, *marrow = NULL;
    json_t *metrics = json_object();
    trb_status status = trb_phantom_create(&sharp, &volume, NULL, err);
    if (!status)
        status = trb_threshold_apply(volume, &none, 128, false, &bone, err);
    if (!status)
        status = trb_mask_complement(bone, &marrow, err);
    if (!status) {
        const double all = (double)trb_grid_voxels(&volume->grid);
        add_metric(metrics, "BV/TV", 100 * (double)trb_mask_count(bone) / all, "%");
        status = measure_phase(bone, options->spacing_mm, "Tb.Th", metrics, err);
    }
    if (!status)
        status = measure_phase(marrow, options->spacing_mm, "Tb.Sp", metrics, err);
    if (!status)
        *out = json_pack("{s:s,s:O}", "how",
                         "the image without blur and noise, bone where at least half of a voxel is covered, "
                         "thickness by the rule 'exact' (which has a bias of its own of up to 0.6 voxel)",
                         "metrics", metrics);
    json_decref(metrics);
    trb_mask_destroy(bone);
    trb_mask_destroy(marrow);
    trb_volume_destroy(volume);
    return status;
}

static json_t *voi_json(const trb_box *voi)
{
    char text[160];
    snprintf(text, sizeof text, "box:%zu:%zu,%zu:%zu,%zu:%zu", voi->lo[0], voi->hi[0], voi->lo[1], voi->hi[1],
             voi->lo[2], voi->hi[2]);
    return json_string(text);
}

trb_status phantom_truth_json(const cli_call *call, const trb_phantom_options *options,
                              const trb_phantom_truth *truth, const trb_volume *volume, const char *image,
                              bool measure, char **text, trb_error *err)
{
    json_t *measured = NULL;
    trb_status status = measure ? measured_json(options, &measured, err) : TRB_OK;
    if (status)
        return status;
    const char *name = strrchr(image, '/');
    char crc[16];
    snprintf(crc, sizeof crc, "%08x", trb_volume_crc32(volume));
    const trb_grid *grid = &volume->grid;
    const trb_build *build = trb_build_facts();
    char *command = cli_command_line(call);
    json_t *root = json_pack(
        "{s:s,s:s,s:{s:s,s:[I,I,I],s:s,s:f,s:s},s:o,s:{s:f,s:f,s:f},s:o,s:o,s:o*,s:o,s:s*,s:{s:s,s:s}}", "schema",
        "trabecula.phantom/1", "kind", trb_phantom_kind_name(options->kind), "image", "file", name ? name + 1 : image,
        "size", (json_int_t)grid->nx, (json_int_t)grid->ny, (json_int_t)grid->nz, "type", trb_type_name(volume->type),
        "voxel_size_mm", options->spacing_mm, "crc32", crc, "voi", voi_json(&truth->voi), "grey", "marrow",
        options->marrow_grey, "bone", options->bone_grey, "threshold", (options->marrow_grey + options->bone_grey) / 2,
        "truth_in_voxels", truth_json(truth), "metrics", metrics_json(truth, options->spacing_mm), "measured", measured,
        "settings", cli_settings_json(call), "command", command, "program", "version", build->version, "commit",
        build->commit);
    free(command);
    *text = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(root);
    if (!*text)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the truth file");
    return TRB_OK;
}
