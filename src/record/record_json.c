/* record_json.c - a record as JSON, schema trabecula.result/1. */
#include "trabecula/record.h"
#include "trabecula/version.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A number, or null for what has no value: JSON knows no NaN. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* Text of unknown origin may not be UTF-8; Jansson refuses that, and a path must not cost the result. */
static json_t *text(const char *value)
{
    if (!value)
        return json_null();
    json_t *string = json_string(value);
    if (string)
        return string;
    char latin[4096];
    size_t used = 0;
    for (const unsigned char *p = (const unsigned char *)value; *p && used + 3 < sizeof latin; p++) {
        if (*p < 0x80) {
            latin[used++] = (char)*p;
        } else {
            latin[used++] = (char)(0xC0 | *p >> 6);
            latin[used++] = (char)(0x80 | (*p & 0x3F));
        }
    }
    latin[used] = 0;
    return json_string(latin);
}

static json_t *triple(const double v[3])
{
    return json_pack("[o,o,o]", number(v[0]), number(v[1]), number(v[2]));
}

static json_t *linear(const trb_linear *line)
{
    if (!line->known)
        return json_null();
    return json_pack("{s:f,s:f,s:o}", "slope", line->slope, "intercept", line->intercept, "source", text(line->source));
}

static json_t *input(const trb_record *record)
{
    char crc[16];
    snprintf(crc, sizeof crc, "%08x", record->crc32);
    json_t *facts = json_object();
    for (size_t i = 0; i < record->n_facts; i++)
        json_object_set_new(facts, record->facts[i].key,
                            json_pack("{s:o,s:o}", "value", text(record->facts[i].text), "source",
                                      text(record->facts[i].origin)));
    return json_pack("{s:o,s:o,s:I,s:[I,I,I],s:s,s:o,s:o,s:s,s:{s:o,s:o,s:o,s:o},s:o}", "path", text(record->input_path),
                     "format", text(record->input_format), "files", (json_int_t)record->input_files, "dimensions",
                     (json_int_t)record->input_grid.nx, (json_int_t)record->input_grid.ny, (json_int_t)record->input_grid.nz,
                     "type", trb_type_name(record->type), "spacing_mm", triple(record->input_grid.spacing_mm), "spacing_source",
                     text(record->spacing_source), "crc32", crc, "calibration", "density", linear(&record->calibration.density),
                     "attenuation", linear(&record->calibration.attenuation), "hounsfield", linear(&record->calibration.hounsfield),
                     "mu_water_per_cm", record->calibration.mu_water_per_cm > 0 ? json_real(record->calibration.mu_water_per_cm) : json_null(),
                     "facts", facts);
}

/* The threshold in every unit that the scan has. */
static json_t *resolved(const trb_record *record)
{
    static const trb_grey_unit units[] = {TRB_UNIT_GREY, TRB_UNIT_HU, TRB_UNIT_MGHA_CCM, TRB_UNIT_PER_CM, TRB_UNIT_PERMILLE};
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        json_object_set_new(object, trb_grey_unit_name(units[i]),
                            number(trb_calibration_of_grey(&record->calibration, record->type, record->threshold.grey, units[i])));
    return object;
}

static json_t *settings(const trb_record *record, bool origins)
{
    json_t *object = json_object();
    for (size_t i = 0; i < record->n_settings; i++) {
        const trb_note *note = &record->settings[i];
        json_object_set_new(object, note->key, origins ? text(note->origin) : note->text[0] ? text(note->text) : json_null());
    }
    return object;
}

static json_t *metrics(const trb_record *record)
{
    json_t *object = json_object();
    for (size_t i = 0; i < record->n_metrics; i++) {
        const trb_metric *metric = &record->metrics[i];
        json_t *row = json_pack("{s:o,s:s,s:o}", "value", number(metric->value), "unit", metric->info->unit, "method",
                                text(metric->method));
        if (metric->reason[0])
            json_object_set_new(row, "reason", text(metric->reason));
        json_object_set_new(object, metric->info->key, row);
    }
    return object;
}

static json_t *percentiles(const trb_distribution *d)
{
    json_t *object = json_pack("{s:s,s:s}", "unit", d->unit, "method", d->percentile_method);
    for (size_t i = 0; i < TRB_PERCENTILES; i++) {
        char key[16];
        snprintf(key, sizeof key, "p%g", trb_percentile_percent(i));
        json_object_set_new(object, key, number(d->percentile[i]));
    }
    return object;
}

static json_t *distributions(const trb_record *record)
{
    json_t *object = json_object();
    for (size_t i = 0; i < record->n_distributions; i++) {
        const trb_distribution *d = &record->distributions[i];
        json_t *edges = json_array(), *counts = json_array();
        for (size_t b = 0; b <= d->bins; b++)
            json_array_append_new(edges, json_real(d->start + (double)b * d->width));
        for (size_t b = 0; b < d->bins; b++)
            json_array_append_new(counts, json_integer((json_int_t)d->counts[b]));
        char key[32];
        snprintf(key, sizeof key, "edges_%s", d->unit);
        json_t *row = json_pack("{s:o,s:o}", key, edges, "counts", counts);
        if (d->percentile_method[0])
            json_object_set_new(row, "percentiles", percentiles(d));
        json_object_set_new(object, d->key, row);
    }
    return object;
}

/* What it took beside one grey value: the seeds of hysteresis, the ball of a local threshold. */
static json_t *threshold(const trb_record *record)
{
    const trb_threshold_result *t = &record->threshold;
    json_t *object = json_pack("{s:o,s:o,s:o}", "method", text(t->method), "grey", number(t->grey), "calibrated_mgHA_cm3",
                               number(t->calibrated));
    json_object_set_new(object, "resolved", resolved(record));
    if (!isnan(t->seed_grey))
        json_object_set_new(object, "seed_grey", number(t->seed_grey));
    if (t->local) {
        json_object_set_new(object, "radius_vox", number(t->adaptive.radius_vox));
        json_object_set_new(object, "offset_grey", number(t->adaptive.offset_grey));
        json_object_set_new(object, "lowest_grey", number(t->adaptive.low_grey));
        json_object_set_new(object, "highest_grey", number(t->adaptive.high_grey));
    }
    return object;
}

static json_t *sensitivity(const trb_record *record)
{
    json_t *rows = json_array();
    for (size_t k = 0; k < record->n_sensitivity; k++) {
        const trb_sensitivity *s = &record->sensitivity[k];
        json_t *values = json_object();
        for (size_t i = 0; i < record->n_metrics; i++)
            json_object_set_new(values, record->metrics[i].info->key,
                                json_pack("{s:o,s:o}", "value", number(s->values[i]), "change_percent",
                                          number(trb_record_change(record, k, i))));
        json_t *row = json_pack("{s:f,s:o,s:o,s:o}", "shift_percent", s->shift_percent, "grey", number(s->grey),
                                "calibrated_mgHA_cm3", number(s->calibrated), "metrics", values);
        if (!isnan(s->seed_grey))
            json_object_set_new(row, "seed_grey", number(s->seed_grey));
        json_array_append_new(rows, row);
    }
    return json_pack("{s:s,s:o}", "shift_of", record->calibration.density.known ? "density" : "grey value", "rows", rows);
}

static json_t *fabric(const trb_record *record)
{
    const trb_fabric *f = &record->fabric;
    if (!record->has_fabric)
        return json_null();
    json_t *root = json_pack("{s:s,s:I,s:I,s:o,s:o,s:o,s:o,s:o,s:[o,o,o],s:[o,o,o],s:{s:o,s:o,s:o}}", "method", trb_da_rule_name(f->options.rule),
                             "directions", (json_int_t)f->options.directions, "points", (json_int_t)f->used, "step_voxels",
                             number(f->options.rule == TRB_DA_MIL ? f->options.step_vox : NAN), "mean_intercept_length_mm",
                             number(f->mean_mil_mm), "radii_mm", triple(f->radius_mm), "eigenvalues_per_mm2", triple(f->eigenvalue_per_mm2),
                             "fabric_trace_1", triple(f->fabric), "axes_xyz", triple(f->axis[0]), triple(f->axis[1]), triple(f->axis[2]),
                             "tensor_trace_1", triple(f->tensor[0]), triple(f->tensor[1]), triple(f->tensor[2]), "convergence", "DA",
                             number(f->da), "DA_half_of_the_directions", number(f->da_half), "DA_quarter_of_the_directions",
                             number(f->da_quarter));
    return root ? root : json_null();
}

static json_t *ellipsoids(const trb_record *record)
{
    const trb_ef *ef = &record->ef;
    json_t *root = json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:o,s:o}", "cubes_voxels", (json_int_t)ef->options.apart_vox, "seed",
                             (json_int_t)ef->options.seed, "seeds", (json_int_t)ef->seeds, "ellipsoids", (json_int_t)ef->ellipsoids,
                             "bone_voxels", (json_int_t)ef->voxels, "filled_voxels", (json_int_t)ef->filled, "cut_voxels",
                             (json_int_t)ef->at_border, "mean_with_next_seed", number(ef->repeat_mean), "rms_to_next_seed",
                             number(ef->repeat_rms));
    return root ? root : json_null();
}

static json_t *star_phase(const trb_star_phase *phase, double h)
{
    return json_pack("{s:o,s:o,s:o,s:o}", "star_volume_mm3", number(phase->volume_vox * h * h * h), "mean_star_length_mm",
                     number(phase->length_vox * h), "share_of_points_cut", number(phase->cut), "share_of_volume_cut",
                     number(phase->volume_cut));
}

static json_t *star(const trb_record *record)
{
    const trb_star *s = &record->star;
    const double h = cbrt(trb_grid_voxel_mm3(&record->grid));
    const double radius_mm[3] = {s->radius_vox[0] * h, s->radius_vox[1] * h, s->radius_vox[2] * h};
    json_t *root = json_pack("{s:I,s:o,s:o,s:o,s:o,s:[o,o,o]}", "directions", (json_int_t)(s->options.directions * TRB_STAR_IMAGES),
                             "lattice_voxels", number(s->options.apart_vox), "bone", star_phase(&s->bone, h), "marrow",
                             star_phase(&s->marrow, h), "star_length_radii_mm", triple(radius_mm), "axes_xyz", triple(s->axis[0]),
                             triple(s->axis[1]), triple(s->axis[2]));
    return root ? root : json_null();
}

static json_t *program(void)
{
    const trb_build *build = trb_build_facts();
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:{s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?}}", "name", "trabecula", "version", build->version,
                     "commit", build->commit, "compiler", build->compiler, "openmp", build->openmp, "simd", build->simd, "libraries",
                     "libtiff", build->tiff, "zlib", build->zlib, "libzip", build->libzip, "libpng", build->png, "OpenJPEG", build->openjpeg,
                     "ITK", build->itk, "jansson", build->jansson, "cairo", build->cairo);
}

/* Put every array of plain numbers on one line, in place: a histogram of 200 bins is one line, not 200. */
static void join_arrays(char *json)
{
    char *to = json;
    bool quoted = false;
    for (const char *from = json; *from; from++) {
        *to++ = *from;
        if (quoted && *from == '\\') {
            *to++ = *++from;
            continue;
        }
        if (*from == '"')
            quoted = !quoted;
        if (quoted || *from != '[')
            continue;
        const char *end = from + 1 + strspn(from + 1, " \n,.+-eE0123456789");
        if (*end != ']')
            continue;
        for (from++; from < end; from++) {
            if (*from != '\n' && *from != ' ')
                *to++ = *from;
            if (*from == ',')
                *to++ = ' ';
        }
        *to++ = ']';
    }
    *to = 0;
}

trb_status trb_record_to_json(const trb_record *record, char **out, trb_error *err)
{
    json_t *warnings = json_array(), *timings = json_object();
    for (size_t i = 0; i < record->n_warnings; i++)
        json_array_append_new(warnings, text(record->warnings[i]));
    for (size_t i = 0; i < record->n_stages; i++)
        json_object_set_new(timings, record->stages[i].name, json_real(record->stages[i].seconds));
    json_t *root = json_pack(
        "{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:{s:[I,I,I],s:o},s:o,s:o,s:o,s:o,s:o,s:I,s:o,s:i,s:o,s:o}", "schema", "trabecula.result/1",
        "sample", text(record->sample), "group", text(record->group), "command_line", text(record->command_line), "input", input(record),
        "settings", settings(record, false), "settings_origin", settings(record, true), "threshold", threshold(record), "grid", "dimensions",
        (json_int_t)record->grid.nx, (json_int_t)record->grid.ny, (json_int_t)record->grid.nz, "spacing_mm", triple(record->grid.spacing_mm),
        "metrics", metrics(record), "distributions", distributions(record), "fabric", fabric(record), "warnings", warnings, "timings_s", timings,
        "peak_memory_bytes", (json_int_t)record->peak_memory_bytes, "memory_mode", text(record->memory_mode[0] ? record->memory_mode : "at once"), "threads",
        record->threads, "program", program(), "methods_text", text(record->methods_text));
    if (root && record->has_ef)
        json_object_set_new(root, "ellipsoids", ellipsoids(record));
    if (root && record->has_star)
        json_object_set_new(root, "star", star(record));
    if (root && record->n_sensitivity)
        json_object_set_new(root, "sensitivity", sensitivity(record));
    *out = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(root);
    if (!*out)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the record's JSON");
    join_arrays(*out);
    return TRB_OK;
}
