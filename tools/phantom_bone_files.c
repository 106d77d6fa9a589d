/* phantom_bone_files.c - see phantom_bone_files.h. */
#include "phantom_bone_files.h"

#include "trabecula/record.h"
#include "trabecula/thickness.h"
#include "trabecula/version.h"
#include "trabecula/volume_io.h"

#include <stdlib.h>
#include <string.h>

const char *phantom_bone_ending(int file)
{
    static const char *const endings[BONE_FILES] = {NULL, ".trabecular.tif", ".cortical.tif",
                                                    ".periosteal.tif", ".truth.json"};
    return endings[file];
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static json_t *value_json(double value, const char *unit)
{
    return json_pack("{s:f,s:s}", "value", value, "unit", unit);
}

/* Of the sharp image in the trabecular compartment; the cortex is context, as for every VOI. */
static trb_status measure_phase(const trb_mask *object, const trb_mask *voi, double h, const char *key,
                                json_t *metrics, trb_error *err)
{
    const trb_thickness_options exact = trb_thickness_options_default();
    trb_thickness found;
    trb_status status = trb_thickness_measure(object, voi, &exact, &found, NULL, err);
    if (status)
        return status;
    json_object_set_new(metrics, key, value_json(found.mean_vox * h, "mm"));
    trb_thickness_clear(&found);
    return TRB_OK;
}

static trb_status trabecular_json(const trb_phantom_bone *bone, const trb_phantom_bone_truth *truth,
                                  bool measure, json_t **out, trb_error *err)
{
    const double h = bone->image.spacing_mm;
    const double tv = (double)trb_mask_count(truth->trabecular),
                 bv = (double)trb_mask_count_and(truth->bone, truth->trabecular);
    json_t *metrics = json_object();
    json_object_set_new(metrics, "TV", value_json(tv * h * h * h, "mm^3"));
    json_object_set_new(metrics, "BV", value_json(bv * h * h * h, "mm^3"));
    json_object_set_new(metrics, "BV/TV", value_json(100 * bv / tv, "%"));
    trb_mask *marrow = NULL;
    trb_status status = TRB_OK;
    if (measure)
        status = trb_mask_complement(truth->bone, &marrow, err);
    if (measure && !status)
        status = measure_phase(truth->bone, truth->trabecular, h, "Tb.Th", metrics, err);
    if (measure && !status)
        status = measure_phase(marrow, truth->trabecular, h, "Tb.Sp", metrics, err);
    trb_mask_destroy(marrow);
    *out = metrics;
    return status;
}

static json_t *compartments_json(const trb_phantom_bone *bone, const trb_phantom_bone_truth *truth,
                                 char *const paths[BONE_FILES], json_t *trabecular)
{
    const double h = bone->image.spacing_mm;
    const size_t inner = trb_mask_count(truth->trabecular), outer = trb_mask_count(truth->periosteal);
    return json_pack("{s:{s:s,s:I,s:o},s:{s:s,s:I,s:{s:o,s:o}},s:{s:s,s:I,s:{s:o}}}", "trabecular", "file",
                     name_of(paths[BONE_TRABECULAR]), "voxels", (json_int_t)inner, "metrics", trabecular,
                     "cortical", "file", name_of(paths[BONE_CORTICAL]), "voxels", (json_int_t)(outer - inner),
                     "metrics", "Ct.V", value_json((double)(outer - inner) * h * h * h, "mm^3"), "Ct.Th",
                     value_json(bone->cortex_vox * h, "mm"), "periosteal", "file",
                     name_of(paths[BONE_PERIOSTEAL]), "voxels", (json_int_t)outer, "metrics", "Tt.V",
                     value_json((double)outer * h * h * h, "mm^3"));
}

static trb_status truth_text(const cli_call *call, const trb_phantom_bone *bone, const trb_volume *volume,
                             const trb_phantom_bone_truth *truth, char *const paths[BONE_FILES], bool measure,
                             char **text, trb_error *err)
{
    json_t *trabecular = NULL;
    trb_status status = trabecular_json(bone, truth, measure, &trabecular, err);
    if (status) {
        json_decref(trabecular);
        return status;
    }
    char crc[16];
    snprintf(crc, sizeof crc, "%08x", trb_volume_crc32(volume));
    const trb_grid *grid = &volume->grid;
    const trb_phantom_options *look = &bone->image;
    const trb_build *build = trb_build_facts();
    char *command = cli_command_line(call);
    json_t *root = json_pack(
        "{s:s,s:s,s:{s:s,s:[I,I,I],s:s,s:f,s:s},s:{s:f,s:f,s:f,s:f},s:{s:[f,f],s:f,s:f,s:f},s:o,s:s,s:o,s:s*,"
        "s:{s:s,s:s}}",
        "schema", "trabecula.phantom/1", "kind", "bone", "image", "file", name_of(paths[BONE_IMAGE]), "size",
        (json_int_t)grid->nx, (json_int_t)grid->ny, (json_int_t)grid->nz, "type", trb_type_name(volume->type),
        "voxel_size_mm", look->spacing_mm, "crc32", crc, "grey", "marrow", look->marrow_grey, "bone",
        look->bone_grey, "outside", bone->outside_grey, "threshold",
        (look->marrow_grey + look->bone_grey) / 2, "truth_in_voxels", "radius", truth->radius_vox[0],
        truth->radius_vox[1], "cortex", bone->cortex_vox, "gap", bone->gap_vox, "tilt_deg", bone->tilt_deg,
        "compartments", compartments_json(bone, truth, paths, trabecular), "how",
        "masks: voxel centres inside the surfaces; bone: half of a voxel covered, no blur, no noise; Tb.Th "
        "and Tb.Sp by "
        "the rule 'exact' (bias up to 0.6 voxel), the cortex as context",
        "settings", cli_settings_json(call), "command", command, "program", "version", build->version,
        "commit", build->commit);
    free(command);
    *text = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(root);
    return *text ? TRB_OK : trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the truth file");
}

static trb_status write_mask(const char *path, const trb_mask *mask, const trb_write_options *write,
                             trb_error *err)
{
    trb_volume *volume = NULL;
    trb_status status = trb_mask_to_volume(mask, 255, &volume, err);
    if (!status)
        status = trb_volume_write(path, volume, write, err);
    trb_volume_destroy(volume);
    return status;
}

static trb_status write_files(const trb_volume *volume, const trb_phantom_bone_truth *truth,
                              char *const paths[BONE_FILES], const trb_write_options *write, trb_error *err)
{
    trb_mask *cortex = NULL;
    trb_status status = trb_mask_complement(truth->trabecular, &cortex, err);
    if (!status) {
        trb_mask_and(cortex, truth->periosteal);
        status = trb_volume_write(paths[BONE_IMAGE], volume, write, err);
    }
    if (!status)
        status = write_mask(paths[BONE_TRABECULAR], truth->trabecular, write, err);
    if (!status)
        status = write_mask(paths[BONE_CORTICAL], cortex, write, err);
    if (!status)
        status = write_mask(paths[BONE_PERIOSTEAL], truth->periosteal, write, err);
    trb_mask_destroy(cortex);
    return status;
}

trb_status phantom_bone_make(const cli_call *call, const trb_phantom_bone *bone,
                             char *const paths[BONE_FILES], bool measure, bool force, trb_error *err)
{
    trb_write_options write = trb_write_options_default();
    write.force = force;
    trb_phantom_bone_truth truth;
    trb_volume *volume = NULL;
    char *text = NULL;
    trb_status status = trb_phantom_bone_create(bone, &volume, &truth, err);
    if (!status)
        status = truth_text(call, bone, volume, &truth, paths, measure, &text, err);
    if (!status && cli_interrupted())
        status = trb_error_set(err, TRB_ERR_CANCELLED, "stopped");
    if (!status)
        status = write_files(volume, &truth, paths, &write, err);
    if (!status)
        status = trb_text_write(paths[BONE_TRUTH], text, force, err);
    if (!status)
        cli_info(call, "wrote %s: %zu x %zu x %zu %s, its compartments %s, %s and %s, and %s",
                 paths[BONE_IMAGE], volume->grid.nx, volume->grid.ny, volume->grid.nz,
                 trb_type_name(volume->type), paths[BONE_TRABECULAR], paths[BONE_CORTICAL],
                 paths[BONE_PERIOSTEAL], paths[BONE_TRUTH]);
    free(text);
    trb_phantom_bone_truth_clear(&truth);
    trb_volume_destroy(volume);
    return status;
}
