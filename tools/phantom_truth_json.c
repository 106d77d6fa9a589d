/* phantom_truth_json.c - see phantom_truth_json.h. */
#include "phantom_truth_json.h"

#include "trabecula/phantom_study.h"
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

static void add_thickness(json_t *metrics, const char *key, const trb_thickness *found, double h)
{
    char name[32];
    add_metric(metrics, key, found->mean_vox * h, "mm");
    snprintf(name, sizeof name, "%s.SD", key);
    add_metric(metrics, name, found->sd_vox * h, "mm");
    snprintf(name, sizeof name, "%s.max", key);
    add_metric(metrics, name, found->max_vox * h, "mm");
}

static trb_status measured_json(const trb_phantom_options *options, json_t **out, trb_error *err)
{
    trb_phantom_measured measured;
    const trb_status status = trb_phantom_measure_sharp(options, &measured, err);
    if (status)
        return status;
    json_t *metrics = json_object();
    add_metric(metrics, "BV/TV", 100 * measured.bv_tv, "%");
    add_thickness(metrics, "Tb.Th", &measured.tb_th, options->spacing_mm);
    add_thickness(metrics, "Tb.Sp", &measured.tb_sp, options->spacing_mm);
    *out = json_pack("{s:s,s:o}", "how",
                     "the image without blur and noise, bone where at least half of a voxel is covered, thickness by the rule "
                     "'subvoxel' (README: how far off it is)",
                     "metrics", metrics);
    trb_phantom_measured_clear(&measured);
    return TRB_OK;
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
