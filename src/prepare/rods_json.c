/* rods_json.c - the calibration file: the line first, then all that it was made from. */
#include "trabecula/rods.h"

#include "trabecula/version.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* NaN has no number in JSON. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* Paths may hold any bytes; JSON wants UTF-8. */
static json_t *text(const char *bytes)
{
    if (!bytes)
        return json_null();
    json_t *string = json_string(bytes);
    if (string)
        return string;
    char plain[512];
    size_t n = 0;
    for (; bytes[n] && n < sizeof plain - 1; n++)
        plain[n] = bytes[n];
    plain[n] = 0;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)plain[i] >= 128)
            plain[i] = '?';
    return json_string(plain);
}

static json_t *rod_json(const trb_rod *rod)
{
    return json_pack("{s:o,s:f,s:[f,f,f],s:[f,f],s:f,s:f,s:[I,I],s:I,s:I,s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
                     "name", text(rod->name), "density_mg_ccm", rod->density_mg_ccm, "centre_vox", rod->x,
                     rod->y, rod->middle, "lean_vox_per_plane", rod->lean_x, rod->lean_y, "radius_vox",
                     rod->radius_vox, "core_radius_vox", rod->core_radius_vox, "planes", (json_int_t)rod->z0,
                     (json_int_t)rod->z1, "voxels", (json_int_t)rod->voxels, "rejected",
                     (json_int_t)rod->rejected, "clipped", (json_int_t)rod->clipped, "grey",
                     number(rod->grey), "grey_sd", number(rod->grey_sd), "along_sd", number(rod->along_sd),
                     "drift", number(rod->drift), "across", number(rod->across), "value", number(rod->value), "residual_mg_ccm",
                     number(rod->residual_mg_ccm));
}

static json_t *phantom_json(const trb_rods_origin *origin)
{
    char crc[16];
    snprintf(crc, sizeof crc, "%08x", origin->crc32);
    const trb_grid *g = &origin->grid;
    json_t *conditions = json_object();
    for (size_t i = 0; i < origin->n_conditions; i++)
        json_object_set_new(conditions, origin->condition_key[i], text(origin->condition_value[i]));
    return json_pack("{s:o,s:s,s:s,s:[I,I,I],s:[f,f,f],s:o}", "path", text(origin->scan), "crc32", crc,
                     "type", trb_type_name(origin->type), "dimensions", (json_int_t)g->nx, (json_int_t)g->ny,
                     (json_int_t)g->nz, "spacing_mm", g->spacing_mm[0], g->spacing_mm[1], g->spacing_mm[2],
                     "conditions", conditions);
}

static json_t *document(const trb_rods *rods, const trb_rods_line *line, const trb_rods_origin *origin)
{
    json_t *list = json_array(), *warnings = json_array();
    for (size_t i = 0; i < rods->n; i++)
        json_array_append_new(list, rod_json(&rods->rod[i]));
    for (size_t i = 0; i < line->n_warnings; i++)
        json_array_append_new(warnings, text(line->warning[i]));
    const trb_build *build = trb_build_facts();
    return json_pack("{s:s,s:f,s:f,s:s,s:s,s:f,s:I,s:I,s:o,s:o,s:o,s:f,s:o,s:s,s:f,s:o,s:o,s:o,s:{s:s,s:s}}",
                     "schema", "trabecula.calibration/1", "slope", line->slope, "intercept", line->intercept,
                     "unit", "mgHA/cm3", "from", trb_grey_unit_name(line->unit), "r2", line->r2, "n",
                     (json_int_t)line->n, "degrees_of_freedom", (json_int_t)line->freedom, "slope_se",
                     number(line->slope_se), "intercept_se", number(line->intercept_se), "residual_sd_mg_ccm",
                     number(line->residual_sd), "largest_residual_mg_ccm", line->largest_residual, "rods",
                     list, "rods_from", origin->found ? "found" : "table", "erode", origin->erode, "scan",
                     phantom_json(origin), "warnings", warnings, "command_line", text(origin->command_line),
                     "program", "version", build->version, "commit", build->commit);
}

trb_status trb_rods_to_json(const trb_rods *rods, const trb_rods_line *line, const trb_rods_origin *origin,
                            char **out, trb_error *err)
{
    json_t *root = document(rods, line, origin);
    *out = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(root);
    return *out ? TRB_OK : trb_error_set(err, TRB_ERR_MEMORY, "the calibration file: out of memory");
}
