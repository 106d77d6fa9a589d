/* cmd_analyze.c - trabecula analyze: one scan to a result. */
#include "cli.h"
#include "cmd_analyze.h"
#include "mesh_option.h"
#include "scan_part.h"
#include "setting_rows.h"

#include "trabecula/trabecula.h"

#include <errno.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct analyze_options {
    struct setting_values settings; /* first: see setting_rows.h */
    const char *output, *sample, *group, *mesh;
    bool json, maps, force, no_picture;
    int map_format, mesh_walls, mesh_surface;
    uint64_t memory_limit;
    struct mesh_decimation decimation;
};

static const char *const MAP_FORMATS[] = {"tif", "nrrd", "nii.gz", "mha", NULL};

static const char *const MESH_WALLS[] = {"closed", "open", NULL};
static const char *const MESH_SURFACES[] = {"grey", "binary", NULL};

static const cli_option OWN_OPTIONS[] = {
    {.name = "output", .letter = 'o', .kind = CLI_STRING, .offset = offsetof(struct analyze_options, output), .group = "Output",
     .argument = "DIR", .help = "folder for result.json, result.csv, result.columns.csv and qc.png (sensitivity.csv, cortical.csv and its figure)"},
    {.name = "json", .kind = CLI_FLAG, .offset = offsetof(struct analyze_options, json), .group = "Output",
     .help = "print the record as JSON on standard output instead of a table"},
    {.name = "maps", .kind = CLI_FLAG, .offset = offsetof(struct analyze_options, maps), .group = "Output",
     .help = "also write the bone mask and the Tb.Th and Tb.Sp maps (mm, float32); with plates which bone is of rods (1) and plates (2)"},
    {.name = "map-format", .kind = CLI_CHOICE, .choices = MAP_FORMATS, .fallback = "tif",
     .offset = offsetof(struct analyze_options, map_format), .group = "Output", .help = "format of the maps"},
    {.name = "mesh", .kind = CLI_STRING, .offset = offsetof(struct analyze_options, mesh), .group = "Output",
     .argument = "FILE", .help = "write the bone surface in mm as a mesh: FILE.stl, FILE.ply or FILE.obj"},
    {.name = "mesh-walls", .kind = CLI_CHOICE, .choices = MESH_WALLS, .fallback = "closed",
     .offset = offsetof(struct analyze_options, mesh_walls), .group = "Output",
     .help = "the mesh where bone meets the VOI wall or image border: closed (watertight) or open"},
    {.name = "mesh-surface", .kind = CLI_CHOICE, .choices = MESH_SURFACES, .fallback = "grey",
     .offset = offsetof(struct analyze_options, mesh_surface), .group = "Output",
     .help = "grey: where grey values cross the threshold; binary: between voxels of the bone mask (also after despeckle, "
             "keep-largest or fill-holes)"},
    {.name = "mesh-decimate", .kind = CLI_CUSTOM, .parse = mesh_parse_decimation, .argument = "SHARE[,ERROR]",
     .without = "every triangle", .offset = offsetof(struct analyze_options, decimation), .group = "Output",
     .help = MESH_DECIMATION_HELP},
    {.name = "no-picture", .kind = CLI_FLAG, .offset = offsetof(struct analyze_options, no_picture), .group = "Output",
     .help = "do not write qc.png"},
    {.name = "force", .letter = 'f', .kind = CLI_FLAG, .offset = offsetof(struct analyze_options, force), .group = "Output",
     .help = "replace an existing result"},
    {.name = "sample", .kind = CLI_STRING, .offset = offsetof(struct analyze_options, sample), .group = "Output",
     .argument = "NAME", .without = "the scan's name", .help = "sample name in the record"},
    {.name = "group", .kind = CLI_STRING, .offset = offsetof(struct analyze_options, group), .group = "Output",
     .argument = "NAME", .help = "group name in the record"},
    {.name = "memory-limit", .kind = CLI_SIZE, .offset = offsetof(struct analyze_options, memory_limit), .group = "Output",
     .without = "the memory that is free",
     .help = "what the program may take, such as 3GiB: a scan that needs more is measured in slabs from its files, with "
             "the same numbers"},
};

/* The settings that decide numbers come from the library's table: one row there is one option here. */
static trb_status check(const cli_call *call, trb_error *err);
static int run(cli_call *call);

static cli_option options[SETTINGS_MOST + CLI_COUNT(OWN_OPTIONS)];

static const char *const EXAMPLES[] = {
    "trabecula analyze mouse7/ --voxel-size 10um -o results/mouse7",
    "Otsu threshold after a Gaussian, all metrics, picture",
    "trabecula analyze bone.tif --threshold 300mgHA --calibration slope=0.12,intercept=-310 --voi voi.tif -o out",
    "fixed density threshold inside a mask", NULL};

cli_command cmd_analyze = {
    .name = "analyze", .summary = "measure one scan", .usage = "[options] SCAN [-o DIR]",
    .description = "Reads a scan (folder of slices or DICOM files, TIFF stack, ISQ, AIM, MetaImage, NRRD, NIfTI), finds the bone and measures "
                   "it. The table goes to standard output; with -o the record, a table row and a picture go to DIR.",
    .examples = EXAMPLES, .options = options, .options_bytes = sizeof(struct analyze_options),
    .least_words = 1, .most_words = 1, .word_name = "SCAN", .check = check, .run = run};

void cmd_analyze_prepare(void)
{
    const size_t rows = setting_rows_fill(options);
    memcpy(options + rows, OWN_OPTIONS, sizeof OWN_OPTIONS);
    cmd_analyze.n_options = rows + CLI_COUNT(OWN_OPTIONS);
}

static trb_status check(const cli_call *call, trb_error *err)
{
    const struct analyze_options *given = call->options;
    trb_settings settings;
    if (given->maps && !given->output)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "--maps: say where they go with -o DIR");
    return setting_rows_apply(call, &settings, err);
}

/* "bone.tif" and "study/m07/" name the samples "bone" and "m07". */
static void sample_name(const char *path, char *name, size_t size)
{
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    const char *colon = strncmp(path, "raw:", 4) == 0 ? strrchr(path + start, ':') : NULL; /* raw:TYPE:SIZE:FILE */
    if (colon)
        start = (size_t)(colon + 1 - path);
    const char *version = strrchr(path + start, ';'); /* "M7.ISQ;1" */
    if (version && version[1] && strspn(version + 1, "0123456789") == strlen(version + 1))
        end = (size_t)(version - path);
    snprintf(name, size, "%.*s", (int)(end - start), path + start);
    static const char *const endings[] = {".tif", ".tiff", ".TIF", ".TIFF", ".mha", ".mhd", ".nrrd", ".nhdr", ".nii", ".nii.gz",
                                          ".isq", ".ISQ", ".rsq", ".RSQ", ".aim", ".AIM", ".raw"};
    for (size_t i = 0; i < CLI_COUNT(endings); i++) {
        const size_t length = strlen(name), n = strlen(endings[i]);
        if (length > n && strcmp(name + length - n, endings[i]) == 0)
            name[length - n] = 0;
    }
}

/* ---- memory */
static uint64_t free_memory(void)
{
    FILE *file = fopen("/proc/meminfo", "r");
    unsigned long long kib = 0;
    char line[128];
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1)
            break;
    if (file)
        fclose(file);
    return (uint64_t)kib * 1024;
}

/*
 * Under a limit, blocks from 64 KiB on are mappings of their own, which are gone when they are freed. In the heap they
 * would leave holes that count against a limit of the system until the program ends.
 */
static void return_memory_at_once(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, 64 << 10);
#endif
}

/* Maps in other formats than TIFF are whole in memory. */
static trb_status check_map_memory(const struct analyze_options *given, const trb_settings *settings, const trb_grid *grid,
                                   trb_type type, uint64_t limit, trb_error *err)
{
    const double need = (double)trb_grid_voxels(grid) * (double)trb_type_bytes(type) +
                        (double)trb_analyze_memory(grid, type, settings, true);
    if (!given->maps || given->map_format == 0 || limit == 0 || need <= (double)limit)
        return TRB_OK;
    return trb_error_set(err, TRB_ERR_MEMORY, "maps as .%s need all of it in memory, about %.2f GiB, and the limit is %.2f GiB: "
                         "write them as TIFF (--map-format tif) and convert them afterwards", MAP_FORMATS[given->map_format],
                         need / 1073741824.0, (double)limit / 1073741824.0);
}

/* ---- reading */
static trb_grid part_grid(const trb_scan *scan, const trb_box *box)
{
    trb_grid grid = *trb_scan_grid(scan);
    grid.nx = box->hi[0] - box->lo[0];
    grid.ny = box->hi[1] - box->lo[1];
    grid.nz = box->hi[2] - box->lo[2];
    for (int axis = 0; axis < 3; axis++)
        grid.origin_mm[axis] += (double)box->lo[axis] * grid.spacing_mm[axis];
    return grid;
}

/* ---- writing */
static trb_status make_folders(const char *path, trb_error *err)
{
    char part[4096];
    if (strlen(path) >= sizeof part - 32)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the name of the output folder is too long");
    for (size_t i = 1; i <= strlen(path); i++) {
        if (path[i] != '/' && path[i] != 0)
            continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return trb_error_set(err, TRB_ERR_IO, "folder %s cannot be made: %s", part, strerror(errno));
    }
    return TRB_OK;
}

static void in_folder(const char *folder, const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/", name);
}

/* A result that is there already must not be found only after hours of work. */
static trb_status refuse_existing(const struct analyze_options *given, trb_error *err)
{
    char path[4200];
    struct stat there;
    if (given->mesh && !trb_mesh_is_name(given->mesh))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "--mesh: a mesh is written as .stl, .ply or .obj, not as '%s'", given->mesh);
    if (given->decimation.keep > 0 && !given->mesh)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "--mesh-decimate: there is no mesh without --mesh FILE");
    if (given->mesh && !given->force && stat(given->mesh, &there) == 0)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s exists: choose another --mesh, or pass --force to replace it", given->mesh);
    if (!given->output || given->force)
        return TRB_OK;
    if (!given->output[0])
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the output folder has no name");
    in_folder(given->output, "result.json", path, sizeof path);
    if (stat(path, &there) == 0)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s exists: choose another -o, or pass --force to replace the result", path);
    return TRB_OK;
}

/* A map on its way to its file: plane by plane as TIFF, collected for other formats. Begun by its first plane. */
struct map_file {
    char path[4200];
    const trb_grid *grid;         /* of the part that is measured */
    const trb_products *products; /* when it was resampled, the map has that grid */
    bool collect;
    trb_write_options how;
    trb_volume_writer *writer;
    trb_volume *whole;
};

static trb_status begin_map(struct map_file *map, trb_error *err)
{
    if (map->products->grey)
        map->grid = &map->products->grey->grid;
    if (!map->collect)
        return trb_volume_writer_create(map->path, map->grid, TRB_F32, &map->how, &map->writer, err);
    return trb_volume_create(map->grid, TRB_F32, &map->whole, err);
}

static trb_status take_planes(void *user, size_t z0, size_t n, const float *values, trb_error *err)
{
    struct map_file *map = user;
    trb_status status = map->writer || map->whole ? TRB_OK : begin_map(map, err);
    const size_t plane = map->grid->nx * map->grid->ny;
    if (!status && map->writer)
        status = trb_volume_writer_planes(map->writer, n, values, err);
    else if (!status)
        memcpy((float *)map->whole->voxels + z0 * plane, values, n * plane * sizeof *values);
    return status;
}

static trb_status finish_map(struct map_file *map, trb_error *err)
{
    if (map->writer)
        return trb_volume_writer_finish(map->writer, err);
    return map->whole ? trb_volume_write(map->path, map->whole, &map->how, err) : TRB_OK;
}

static void map_file_clear(struct map_file *map)
{
    trb_volume_writer_destroy(map->writer);
    trb_volume_destroy(map->whole);
}

static trb_status write_bone(const struct analyze_options *given, const trb_products *products, trb_error *err)
{
    char path[4200], name[64];
    trb_write_options how = trb_write_options_default();
    how.force = true;
    how.compression = TRB_TIFF_DEFLATE;
    snprintf(name, sizeof name, "bone.%s", MAP_FORMATS[given->map_format]);
    in_folder(given->output, name, path, sizeof path);
    return trb_mask_write(path, products->bone, &how, err);
}

/* Rods 1, plates 2. */
static trb_status write_plates(const struct analyze_options *given, const trb_products *products, trb_error *err)
{
    char path[4200], name[64];
    trb_volume *classes = NULL;
    trb_write_options how = trb_write_options_default();
    how.force = true;
    how.compression = TRB_TIFF_DEFLATE;
    snprintf(name, sizeof name, "plates.%s", MAP_FORMATS[given->map_format]);
    in_folder(given->output, name, path, sizeof path);
    trb_status status = trb_plates_to_volume(products->bone, products->plates, &classes, err);
    if (!status)
        status = trb_volume_write(path, classes, &how, err);
    trb_volume_destroy(classes);
    return status;
}

static void picture_subtitle(const trb_record *record, char *text, size_t size)
{
    static const char *const keys[] = {"BV/TV", "Tb.Th", "Tb.Sp", "Tb.N", "Tt.Ar", "Ct.Ar", "Ct.Th", "Ct.Po"};
    text[0] = 0;
    for (size_t i = 0; i < CLI_COUNT(keys); i++) {
        const trb_metric *metric = trb_record_metric(record, keys[i]);
        const size_t used = strlen(text);
        if (metric && !isnan(metric->value))
            snprintf(text + used, size - used, "%s%s %.4g %s", used ? ", " : "", keys[i], metric->value, metric->info->unit);
    }
}

static trb_status write_picture(const struct analyze_options *given, const trb_record *record,
                                const trb_products *products, trb_error *err)
{
    char path[4200], subtitle[300];
    if (given->no_picture || !products->bone)
        return TRB_OK;
    picture_subtitle(record, subtitle, sizeof subtitle);
    const trb_volume shown = {record->grid, record->type, NULL}; /* the planes are cut out already */
    const trb_qc qc = {.volume = &shown, .cut = {products->cut[0], products->cut[1], products->cut[2]}, .bone = products->bone, .voi = products->voi, .histogram = &products->histogram,
                       .histogram_of = products->cortical.n ? "inside the periosteal contour" : NULL,
                       .threshold = record->threshold.grey, .threshold_text = record->threshold.method, .title = record->sample,
                       .subtitle = subtitle};
    in_folder(given->output, "qc.png", path, sizeof path);
    return trb_qc_write_png(path, &qc, err);
}

/* The figure along z of a cortical slab, or none beside a result that has none. */
static trb_status write_profile(const struct analyze_options *given, const trb_record *record, const trb_cortical *cortical, trb_error *err)
{
    static const char *const names[] = {"cortical.png", "cortical.pdf", "cortical.svg"};
    char path[4200];
    trb_status status = TRB_OK;
    for (size_t i = 0; !status && i < CLI_COUNT(names); i++) {
        in_folder(given->output, names[i], path, sizeof path);
        if (given->no_picture || cortical->n < 2)
            (void)remove(path);
        else
            status = trb_cortical_plot_write(cortical, record->sample, path, err);
    }
    return status;
}

/* result.json last: where it stands, everything else does. */
static trb_status write_all(const struct analyze_options *given, const trb_record *record, const trb_products *products,
                            struct map_file maps[2], trb_error *err)
{
    char path[4200];
    char *json = NULL, *csv = NULL, *columns = NULL, *sensitivity = NULL, *slices = NULL;
    trb_status status = make_folders(given->output, err);
    if (!status && given->maps && products->bone)
        status = write_bone(given, products, err);
    if (!status && given->maps && products->plates)
        status = write_plates(given, products, err);
    for (int i = 0; i < 2 && !status; i++)
        status = finish_map(&maps[i], err);
    if (!status)
        status = write_picture(given, record, products, err);
    if (!status)
        status = trb_record_columns_csv(record, &columns, err);
    if (!status)
        status = trb_record_to_csv(record, &csv, err);
    if (!status)
        status = trb_record_to_json(record, &json, err);
    if (!status && record->n_sensitivity)
        status = trb_record_sensitivity_csv(record, &sensitivity, err);
    if (!status)
        status = write_profile(given, record, &products->cortical, err);
    if (!status && products->cortical.n)
        status = trb_cortical_csv(&products->cortical, &slices, err);
    const struct {
        const char *name, *text;
    } files[] = {{"sensitivity.csv", sensitivity}, {"cortical.csv", slices}, {"result.columns.csv", columns}, {"result.csv", csv}, {"result.json", json}};
    for (size_t i = 0; !status && i < CLI_COUNT(files); i++) {
        in_folder(given->output, files[i].name, path, sizeof path);
        if (!files[i].text) { /* not asked for; that of a result which is replaced must not stand beside this one */
            (void)remove(path);
            continue;
        }
        status = trb_text_write(path, files[i].text, true, err);
    }
    free(json);
    free(csv);
    free(columns);
    free(sensitivity);
    free(slices);
    return status;
}

static trb_status complete_record(const cli_call *call, trb_record *record, trb_error *err)
{
    const struct analyze_options *given = call->options;
    char name[512];
    sample_name(call->words[0], name, sizeof name);
    trb_status status = trb_record_set_text(&record->sample, given->sample ? given->sample : name, err);
    if (!status && given->group)
        status = trb_record_set_text(&record->group, given->group, err);
    if (!status)
        status = trb_record_set_text(&record->input_path, call->words[0], err);
    char *line = cli_command_line(call);
    if (!status && line)
        status = trb_record_set_text(&record->command_line, line, err);
    free(line);
    size_t rows;
    const trb_setting_info *table = trb_settings_table(&rows);
    for (size_t i = 0; i < rows; i++)
        if (cli_given(call, table[i].key))
            trb_record_set_origin(record, table[i].key, cli_setting_of(call, table[i].key)->place);
    return status;
}

/* Where the maps go, when they are asked for. */
static trb_status prepare_maps(const struct analyze_options *given, const trb_settings *settings, const trb_grid *grid,
                               const trb_products *products, struct map_file maps[2], trb_error *err)
{
    const char *const keys[] = {settings->region == TRB_REGION_CORTICAL ? "Ct.Th" : "Tb.Th", "Tb.Sp"};
    trb_status status = make_folders(given->output, err);
    for (int i = 0; i < 2; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s.%s", keys[i], MAP_FORMATS[given->map_format]);
        in_folder(given->output, name, maps[i].path, sizeof maps[i].path);
        maps[i].grid = grid;
        maps[i].products = products;
        maps[i].collect = given->map_format != 0;
        maps[i].how = trb_write_options_default();
        maps[i].how.force = true;
        maps[i].how.compression = TRB_TIFF_DEFLATE;
    }
    return status;
}

static trb_status measure(const cli_call *call, const trb_settings *settings, trb_scan *scan, const trb_box *box,
                          struct map_file maps[2], trb_record **record, trb_products *products, trb_error *err)
{
    const struct analyze_options *given = call->options;
    const uint64_t limit = given->memory_limit ? given->memory_limit : free_memory();
    const trb_map_sink th = {take_planes, &maps[0]}, sp = {take_planes, &maps[1]};
    const bool wanted = given->maps && given->output;
    const trb_mesh_use mesh = {given->mesh,
                               {.open_walls = given->mesh_walls != 0, .force = given->force, .keep = given->decimation.keep,
                                .error_mm = given->decimation.error_mm},
                               given->mesh_surface != 0};
    const trb_scan_use use = {.memory_limit_bytes = (size_t)limit, .tb_th = wanted ? &th : NULL, .tb_sp = wanted ? &sp : NULL,
                              .mesh = given->mesh ? &mesh : NULL};
    const trb_grid grid = part_grid(scan, box);
    if (given->memory_limit)
        return_memory_at_once();
    trb_status status = check_map_memory(given, settings, &grid, trb_scan_type(scan), limit, err);
    if (!status)
        status = trb_analyze_scan(scan, box, settings, &use, cli_progress(call), record, products, err);
    return status;
}

/* A map comes of measuring its metric. */
static void tell_missing_maps(const cli_call *call, const trb_settings *settings, const trb_record *record)
{
    const bool cortical = settings->region == TRB_REGION_CORTICAL;
    const char *const keys[] = {cortical ? "Ct.Th" : "Tb.Th", "Tb.Sp"};
    for (int i = 0; i < (cortical ? 1 : 2); i++)
        if (!trb_record_metric(record, keys[i]))
            cli_info(call, "no map of %s: --metrics leaves it out", keys[i]);
}

static int run(cli_call *call)
{
    const struct analyze_options *given = call->options;
    trb_error err = {TRB_OK, ""};
    trb_settings settings;
    trb_scan *scan = NULL;
    trb_box box;
    trb_grid grid = {0};
    trb_record *record = NULL;
    trb_products products = {0};
    struct map_file maps[2] = {{.grid = NULL}, {.grid = NULL}};
    trb_status status = setting_rows_apply(call, &settings, &err);
    if (!status)
        status = refuse_existing(given, &err);
    if (!status)
        status = scan_part_open(call->words[0], &settings, &scan, &box, &err);
    if (!status && given->maps && given->output) {
        grid = part_grid(scan, &box);
        status = prepare_maps(given, &settings, &grid, &products, maps, &err);
    }
    if (!status) {
        status = measure(call, &settings, scan, &box, maps, &record, &products, &err);
        if (status)
            trb_error_within(&err, "%s", call->words[0]);
    }
    if (!status)
        status = complete_record(call, record, &err);
    if (!status && given->output)
        status = write_all(given, record, &products, maps, &err);
    cli_progress_end();
    if (!status) {
        for (size_t i = 0; i < record->n_warnings; i++)
            cli_warn(call, "%s", record->warnings[i]);
        if (given->maps && given->output)
            tell_missing_maps(call, &settings, record);
        char *json = NULL;
        if (!given->json)
            analyze_print_table(record);
        else if (!(status = trb_record_to_json(record, &json, &err)))
            puts(json);
        free(json);
    }
    for (int i = 0; i < 2; i++)
        map_file_clear(&maps[i]);
    trb_products_clear(&products);
    trb_record_destroy(record);
    trb_scan_close(scan);
    return status ? cli_fail(call, &err) : CLI_DONE;
}
