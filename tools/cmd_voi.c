/* cmd_voi.c - trabecula voi: the VOI of a scan as a mask, with a picture to judge it by. */
#include "cmd_voi.h"
#include "scan_part.h"
#include "setting_rows.h"

#include "trabecula/trabecula.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

struct voi_options {
    struct setting_values settings; /* first: see setting_rows.h */
    const char *output;
    bool no_picture, force;
    uint64_t memory_limit;
};

static const cli_option OWN_OPTIONS[] = {
    {.name = "output", .letter = 'o', .kind = CLI_STRING, .offset = offsetof(struct voi_options, output), .group = "Output",
     .argument = "MASK", .flags = CLI_REQUIRED,
     .help = "mask file: .tif, .mha, .nrrd, .nii or .nii.gz; the picture beside it ends in .png"},
    {.name = "no-picture", .kind = CLI_FLAG, .offset = offsetof(struct voi_options, no_picture), .group = "Output",
     .help = "do not write the picture"},
    {.name = "force", .letter = 'f', .kind = CLI_FLAG, .offset = offsetof(struct voi_options, force), .group = "Output",
     .help = "replace existing files"},
    {.name = "memory-limit", .kind = CLI_SIZE, .offset = offsetof(struct voi_options, memory_limit), .group = "Output",
     .without = "none", .help = "what the program may take, such as 3GiB"},
};

static cli_option options[SETTINGS_MOST + CLI_COUNT(OWN_OPTIONS)];

static const char *const EXAMPLES[] = {
    "trabecula voi scan.tif --voi RoiSet.zip -o voi.tif", "outlines drawn in ImageJ, with the slices between them",
    "trabecula voi scan/ --voi RoiSet.zip --voi-landmark 212 --voi-height 1.5mm -o voi.tif",
    "the same within a slab of 1.5 mm above the growth plate", NULL};

static int run(cli_call *call);
static trb_status check(const cli_call *call, trb_error *err);

cli_command cmd_voi = {
    .name = "voi", .summary = "write the volume of interest as a mask, with a picture", .usage = "[options] SCAN -o MASK",
    .description = "Makes the VOI as 'analyze' does with the same options, and nothing else: look at it before a night of "
                   "measuring. MASK can be given to 'analyze' as --voi. Voxels inside are 255.",
    .examples = EXAMPLES, .options = options, .options_bytes = sizeof(struct voi_options),
    .least_words = 1, .most_words = 1, .word_name = "SCAN", .check = check, .run = run};

/* Measuring has settings of its own; what makes a VOI stays. */
static bool decides_voi(const cli_option *row)
{
    static const char *const groups[] = {"Input", "Grey scale", "Volume of interest"};
    for (size_t i = 0; i < CLI_COUNT(groups); i++)
        if (strcmp(row->group, groups[i]) == 0)
            return strcmp(row->name, "resample") != 0;
    return false;
}

void cmd_voi_prepare(void)
{
    static cli_option rows[SETTINGS_MOST];
    const size_t n = setting_rows_fill(rows);
    size_t used = 0;
    for (size_t i = 0; i < n; i++)
        if (decides_voi(&rows[i]))
            options[used++] = rows[i];
    memcpy(options + used, OWN_OPTIONS, sizeof OWN_OPTIONS);
    cmd_voi.n_options = used + CLI_COUNT(OWN_OPTIONS);
}

static trb_status check(const cli_call *call, trb_error *err)
{
    trb_settings settings;
    trb_status status = setting_rows_apply(call, &settings, err);
    if (!status && !trb_voi_wanted(settings.voi, &settings.voi_rules))
        status = trb_error_set(err, TRB_ERR_ARGUMENT, "no VOI is asked for: give --voi or --voi-landmark");
    return status;
}

/* mask.tif and mask.nii.gz have the picture mask.png. */
static trb_status picture_name(const char *mask, char *path, size_t size, trb_error *err)
{
    static const char *const endings[] = {".nii.gz", ".tif", ".tiff", ".mha", ".nrrd", ".nii"};
    size_t n = strlen(mask);
    for (size_t i = 0; i < CLI_COUNT(endings); i++) {
        const size_t length = strlen(endings[i]);
        if (n > length && strcmp(mask + n - length, endings[i]) == 0) {
            n -= length;
            break;
        }
    }
    if (n + sizeof ".png" > size)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the name of the mask is too long");
    snprintf(path, size, "%.*s.png", (int)n, mask);
    return TRB_OK;
}

static trb_status refuse_existing(const struct voi_options *given, const char *picture, trb_error *err)
{
    struct stat there;
    const char *const files[] = {given->output, given->no_picture ? NULL : picture};
    for (size_t i = 0; i < CLI_COUNT(files); i++) {
        if (!files[i] || stat(files[i], &there) != 0)
            continue;
        if (S_ISDIR(there.st_mode))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "%s is a folder", files[i]);
        if (!given->force)
            return trb_error_set(err, TRB_ERR_ARGUMENT, "%s exists: choose another -o, or pass --force to replace it", files[i]);
    }
    return TRB_OK;
}

static void describe(const trb_products *products, const trb_grid *grid, char *text, size_t size)
{
    const size_t voxels = trb_mask_count(products->voi), all = trb_grid_voxels(grid);
    trb_box bounds;
    snprintf(text, size, "%zu voxels, %.3g %% of the image", voxels, 100 * (double)voxels / (double)all);
    size_t used = strlen(text);
    if (trb_grid_has_spacing(grid))
        snprintf(text + used, size - used, ", %.6g mm3", (double)voxels * trb_grid_voxel_mm3(grid));
    used = strlen(text);
    if (trb_mask_bounds(products->voi, &bounds))
        snprintf(text + used, size - used, ", x %zu:%zu, y %zu:%zu, z %zu:%zu", bounds.lo[0], bounds.hi[0], bounds.lo[1],
                 bounds.hi[1], bounds.lo[2], bounds.hi[2]);
}

/* The scan without its folders. */
static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static trb_status write_files(const cli_call *call, const char *picture, const trb_record *record,
                              const trb_products *products, trb_error *err)
{
    const struct voi_options *given = call->options;
    trb_write_options how = trb_write_options_default();
    char facts[300];
    how.force = given->force;
    how.compression = TRB_TIFF_DEFLATE;
    describe(products, &record->grid, facts, sizeof facts);
    trb_status status = trb_mask_write(given->output, products->voi, &how, err);
    if (!status && !given->no_picture) {
        const trb_volume shown = {record->grid, record->type, NULL}; /* the planes are cut out already */
        const trb_qc qc = {.volume = &shown, .cut = {products->cut[0], products->cut[1], products->cut[2]},
                           .voi = products->voi, .histogram = &products->histogram, .threshold = NAN,
                           .title = last_name(call->words[0]), .subtitle = facts};
        status = trb_qc_write_png(picture, &qc, err);
    }
    if (!status)
        cli_info(call, "wrote %s: %s", given->output, facts);
    return status;
}

static int run(cli_call *call)
{
    const struct voi_options *given = call->options;
    const trb_scan_use use = {.memory_limit_bytes = given->memory_limit};
    char picture[4200] = "";
    trb_error err = {TRB_OK, ""};
    trb_settings settings;
    trb_scan *scan = NULL;
    trb_box box;
    trb_record *record = NULL;
    trb_products products = {0};
    trb_status status = setting_rows_apply(call, &settings, &err);
    if (!status)
        status = picture_name(given->output, picture, sizeof picture, &err);
    if (!status)
        status = refuse_existing(given, picture, &err);
    if (!status)
        status = scan_part_open(call->words[0], &settings, &scan, &box, &err);
    if (!status && (status = trb_analyze_voi(scan, &box, &settings, &use, cli_progress(call), &record, &products, &err)))
        trb_error_within(&err, "%s", call->words[0]);
    cli_progress_end();
    for (size_t i = 0; !status && i < record->n_warnings; i++)
        cli_warn(call, "%s", record->warnings[i]);
    if (!status && trb_mask_count(products.voi) == 0)
        cli_warn(call, "the VOI holds no voxel");
    if (!status)
        status = write_files(call, picture, record, &products, &err);
    trb_products_clear(&products);
    trb_record_destroy(record);
    trb_scan_close(scan);
    return status ? cli_fail(call, &err) : CLI_DONE;
}
