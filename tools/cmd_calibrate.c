/*
 * cmd_calibrate.c - trabecula calibrate: from the scan of a density phantom to the line from grey to density.
 *
 * The calibration file and the picture are written together; the table on stdout is for a person who decides whether
 * to trust them.
 */
#include "cli.h"

#include "trabecula/record.h"
#include "trabecula/rods.h"
#include "trabecula/volume_io.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FROM_AUTO, FROM_GREY, FROM_PER_CM, FROM_HU };

struct calibrate_options {
    const char *rods, *densities, *output;
    double erode;
    bool follow, allow_gaps, no_picture, force;
    int from;
    cli_lengths voxel_size;
    cli_range slices;
    uint64_t memory_limit;
};

static const char *const FROMS[] = {"auto", "grey", "1/cm", "HU", NULL};

static trb_status parse_percent(const char *text, void *destination, trb_error *err)
{
    char number[32];
    double percent;
    const size_t n = strlen(text);
    if (n < 2 || n > sizeof number || text[n - 1] != '%')
        return trb_error_set(err, TRB_ERR_ARGUMENT, "expected per cent of the radius, such as 25%%");
    memcpy(number, text, n - 1);
    number[n - 1] = 0;
    trb_status status = cli_parse_real(number, &percent, err);
    if (!status && !(percent >= 0 && percent <= 90))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "expected 0%% to 90%% of the radius");
    if (!status)
        *(double *)destination = percent / 100;
    return status;
}

/* clang-format off */
#define FIELD(name) .offset = offsetof(struct calibrate_options, name)
static const cli_option OPTIONS[] = {
    {.name = "rods", .letter = 'r', .argument = "FILE", .kind = CLI_STRING, .group = "Rods", FIELD(rods),
     .without = "find the rods",
     .help = "table of the rods: name, x [vox], y [vox], radius [vox], density [mgHA/cm3], and z0, z1 when they end"},
    {.name = "densities", .argument = "LIST", .kind = CLI_STRING, .group = "Rods", FIELD(densities),
     .help = "find as many round, even parts as densities are given, such as 0.25gHA,0.75gHA; the darkest is the lowest"},
    {.name = "erode", .argument = "PERCENT", .kind = CLI_CUSTOM, .parse = parse_percent, .group = "Rods", FIELD(erode),
     .fallback = "25%", .help = "of the radius, left out at the wall, where the image is blurred"},
    {.name = "follow", .kind = CLI_FLAG, .group = "Rods", FIELD(follow),
     .help = "put the axes of the rods of a table where the image has them (found rods always are)"},
    {.name = "from", .argument = "auto|grey|1/cm|HU", .kind = CLI_CHOICE, .choices = FROMS, .group = "Rods", FIELD(from),
     .fallback = "auto",
     .help = "density as a line of this; auto: 1/cm where the scan knows its attenuation, which holds for bones that were "
             "reconstructed to other grey values; else grey"},
    {.name = "voxel-size", .kind = CLI_LENGTHS, .group = "Scan", FIELD(voxel_size), .without = "from the file",
     .help = "size of a voxel, such as 19.5um; for rods in mm"},
    {.name = "slices", .kind = CLI_RANGE, .group = "Scan", FIELD(slices), .without = "all",
     .help = "look at slices A <= z < B only, counted from 0"},
    {.name = "allow-gaps", .kind = CLI_FLAG, .group = "Scan", FIELD(allow_gaps),
     .help = "take a folder in which numbers are missing"},
    {.name = "memory-limit", .kind = CLI_SIZE, .group = "Scan", FIELD(memory_limit), .without = "none",
     .help = "refuse to read more than this at once, such as 8GiB; --slices takes less"},
    {.name = "output", .letter = 'o', .argument = "FILE", .kind = CLI_STRING, .flags = CLI_REQUIRED, .group = "Output",
     FIELD(output), .help = "the calibration, for --calibration of analyze and batch; the picture goes beside it, as .png"},
    {.name = "no-picture", .kind = CLI_FLAG, .group = "Output", FIELD(no_picture), .help = "write no picture"},
    {.name = "force", .letter = 'f', .kind = CLI_FLAG, .group = "Output", FIELD(force), .help = "replace existing files"},
};
static const char *const EXAMPLES[] = {
    "trabecula calibrate phantom/ --densities 0.25gHA,0.75gHA -o cal.json", "two rods, found in the image",
    "trabecula calibrate phantom.tif --rods rods.csv -o cal.json", "rods whose places are known",
    "trabecula analyze bone.tif --calibration cal.json --threshold 400mgHA -o out", "and their use", NULL,
};
/* clang-format on */

/* What one call has in hand. */
struct work {
    cli_call *call;
    const struct calibrate_options *given;
    trb_scan_info info;
    trb_grid grid;  /* of the whole scan */
    cli_range z;    /* what was read of it */
    trb_volume *volume;
    trb_rods rods;  /* planes counted from z.lo */
    trb_rods_line line;
    char *picture;
};

/* "a/cal.json" -> "a/cal.png". */
static char *picture_path(const char *output)
{
    const size_t n = strlen(output);
    const size_t keep = n > 5 && strcmp(output + n - 5, ".json") == 0 ? n - 5 : n;
    char *path = malloc(keep + 5);
    if (path) {
        memcpy(path, output, keep);
        memcpy(path + keep, ".png", 5);
    }
    return path;
}

static trb_status refuse_existing(const char *path, bool force, trb_error *err)
{
    struct stat at;
    if (stat(path, &at))
        return TRB_OK;
    if (S_ISDIR(at.st_mode))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s is a folder; name a file such as %s/cal.json", path, path);
    return force ? TRB_OK : trb_error_set(err, TRB_ERR_ARGUMENT, "%s exists; --force replaces it", path);
}

static trb_status read_scan(struct work *w, trb_error *err)
{
    const struct calibrate_options *given = w->given;
    trb_open_options open = trb_open_options_default();
    trb_scan *scan = NULL;
    memcpy(open.spacing_mm, given->voxel_size.mm, sizeof open.spacing_mm);
    open.allow_gaps = given->allow_gaps;
    open.memory_limit_bytes = given->memory_limit;
    trb_status status = trb_scan_open(w->call->words[0], &open, &scan, err);
    if (status)
        return status;
    w->grid = *trb_scan_grid(scan);
    trb_scan_close(scan);
    w->z = (cli_range){0, w->grid.nz};
    if (given->slices.hi)
        status = cli_range_close(&given->slices, w->grid.nz, "slices", &w->z, err);
    trb_box box = trb_grid_box(&w->grid);
    box.lo[2] = w->z.lo;
    box.hi[2] = w->z.hi;
    if (!status)
        status = trb_volume_read(w->call->words[0], &open, &box, cli_progress(w->call), &w->volume, &w->info, err);
    cli_progress_end();
    if (!status && w->info.warning[0])
        cli_warn(w->call, "%s", w->info.warning);
    return status;
}

/* Rods of a table count planes of the whole scan; what was read begins at z.lo. */
static trb_status cut_to_slices(struct work *w, trb_error *err)
{
    for (size_t i = 0; i < w->rods.n; i++) {
        trb_rod *rod = &w->rods.rod[i];
        if (rod->z1 <= w->z.lo || rod->z0 >= w->z.hi)
            return trb_error_set(err, TRB_ERR_ARGUMENT, "rod %zu (%s) is outside the slices %zu:%zu", i + 1, rod->name, w->z.lo,
                                 w->z.hi);
        rod->z0 = rod->z0 > w->z.lo ? rod->z0 - w->z.lo : 0;
        rod->z1 = (rod->z1 < w->z.hi ? rod->z1 : w->z.hi) - w->z.lo;
        rod->middle = ((double)rod->z0 + (double)rod->z1 - 1) / 2;
    }
    return TRB_OK;
}

static trb_status find_rods(struct work *w, trb_error *err)
{
    const struct calibrate_options *given = w->given;
    if (!given->rods) {
        double mg_ccm[TRB_RODS_MOST];
        size_t n;
        trb_status status = trb_densities_parse(given->densities, mg_ccm, TRB_RODS_MOST, &n, err);
        return status ? status : trb_rods_find(w->volume, mg_ccm, n, &w->rods, err);
    }
    trb_status status = trb_rods_read(given->rods, &w->grid, &w->rods, err);
    if (!status)
        status = cut_to_slices(w, err);
    return status || !given->follow ? status : trb_rods_follow(w->volume, &w->rods, err);
}

static trb_grey_unit unit_of(const struct work *w)
{
    switch (w->given->from) {
    case FROM_PER_CM: return TRB_UNIT_PER_CM;
    case FROM_HU: return TRB_UNIT_HU;
    case FROM_AUTO: return w->info.calibration.attenuation.known ? TRB_UNIT_PER_CM : TRB_UNIT_GREY;
    default: return TRB_UNIT_GREY;
    }
}

static void print_table(const struct work *w)
{
    const trb_rods_line *line = &w->line;
    const char *unit = line->unit == TRB_UNIT_GREY ? "grey" : trb_grey_unit_name(line->unit);
    printf("  %-2s %-16s %10s %10s %9s %9s %12s %9s\n", "", "rod", "mgHA/cm3", "grey", "SD", "voxels", line->unit == TRB_UNIT_GREY ? "" : unit,
           "off line");
    for (size_t i = 0; i < w->rods.n; i++) {
        const trb_rod *rod = &w->rods.rod[i];
        char value[32] = "";
        if (line->unit != TRB_UNIT_GREY)
            snprintf(value, sizeof value, "%.6g", rod->value);
        printf("  %-2zu %-16.16s %10.6g %10.6g %9.4g %9llu %12s %+9.4g\n", i + 1, rod->name, rod->density_mg_ccm, rod->grey, rod->grey_sd,
               (unsigned long long)rod->voxels, value, fabs(rod->residual_mg_ccm) < 5e-10 ? 0.0 : rod->residual_mg_ccm);
    }
    printf("\n  density = %.10g * %s %c %.10g mgHA/cm3\n", line->slope, unit, line->intercept < 0 ? '-' : '+', fabs(line->intercept));
    printf("  R2 %.8f, %zu rods, %zu degrees of freedom\n", line->r2, line->n, line->freedom);
    if (line->freedom)
        printf("  standard errors: slope %.4g, intercept %.4g; residual SD %.4g mgHA/cm3\n", line->slope_se, line->intercept_se,
               line->residual_sd);
}

static trb_status write_json(struct work *w, trb_error *err)
{
    const char *keys[128], *values[128];
    trb_rods_origin origin = {.scan = w->call->words[0], .crc32 = trb_volume_crc32(w->volume), .type = w->volume->type,
                              .grid = w->grid, .erode = w->given->erode, .found = !w->given->rods,
                              .condition_key = keys, .condition_value = values};
    for (size_t i = 0; i < w->info.n_facts && origin.n_conditions < CLI_COUNT(keys); i++)
        if (trb_calibration_is_condition(w->info.facts[i].key, w->line.unit)) {
            keys[origin.n_conditions] = w->info.facts[i].key;
            values[origin.n_conditions++] = w->info.facts[i].value;
        }
    trb_rods rods = w->rods; /* planes of the whole scan */
    for (size_t i = 0; i < rods.n; i++) {
        rods.rod[i].z0 += w->z.lo;
        rods.rod[i].z1 += w->z.lo;
        rods.rod[i].middle += (double)w->z.lo;
    }
    char *command_line = cli_command_line(w->call), *text = NULL;
    origin.command_line = command_line;
    trb_status status = trb_rods_to_json(&rods, &w->line, &origin, &text, err);
    if (!status)
        status = trb_text_write(w->given->output, text, w->given->force, err);
    free(text);
    free(command_line);
    return status;
}

static trb_status write_picture(const struct work *w, trb_error *err)
{
    char subtitle[200];
    const char *name = strrchr(w->call->words[0], '/');
    name = name && name[1] ? name + 1 : w->call->words[0];
    snprintf(subtitle, sizeof subtitle, "%zu rods %s, core: %.3g %% of the radius, %zu slices from %zu", w->rods.n,
             w->given->rods ? "from a table" : "found", 100 * (1 - w->given->erode), w->z.hi - w->z.lo, w->z.lo);
    return trb_rods_write_png(w->picture, w->volume, &w->rods, &w->line, name, subtitle, err);
}

static trb_status calibrate(struct work *w, trb_error *err)
{
    const struct calibrate_options *given = w->given;
    trb_status status = refuse_existing(given->output, given->force, err);
    if (!status && !given->no_picture)
        status = refuse_existing(w->picture, given->force, err);
    if (!status)
        status = read_scan(w, err);
    if (!status)
        status = find_rods(w, err);
    if (!status)
        status = trb_rods_measure(w->volume, given->erode, &w->rods, err);
    if (!status)
        status = trb_rods_fit(&w->rods, &w->info.calibration, unit_of(w), &w->line, err);
    if (!status && cli_interrupted())
        status = trb_error_set(err, TRB_ERR_CANCELLED, "stopped");
    if (!status && !given->no_picture)
        status = write_picture(w, err);
    if (!status)
        status = write_json(w, err);
    if (status)
        return status;
    print_table(w);
    for (size_t i = 0; i < w->line.n_warnings; i++)
        cli_warn(w->call, "%s", w->line.warning[i]);
    cli_info(w->call, "wrote %s%s%s", given->output, given->no_picture ? "" : " and ", given->no_picture ? "" : w->picture);
    return TRB_OK;
}

static trb_status check(const cli_call *call, trb_error *err)
{
    const struct calibrate_options *given = call->options;
    double mg_ccm[TRB_RODS_MOST];
    size_t n;
    if (!given->rods == !given->densities)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             given->rods ? "--rods has the densities in its table, so --densities has no place"
                                         : "--rods FILE says where the rods are, or --densities LIST has them found: give one");
    return given->densities ? trb_densities_parse(given->densities, mg_ccm, TRB_RODS_MOST, &n, err) : TRB_OK;
}

static int run(cli_call *call)
{
    trb_error err = {TRB_OK, ""};
    struct work *w = calloc(1, sizeof *w);
    if (!w) {
        (void)trb_error_set(&err, TRB_ERR_MEMORY, "out of memory");
        return cli_fail(call, &err);
    }
    w->call = call;
    w->given = call->options;
    w->picture = picture_path(w->given->output);
    trb_status status = w->picture ? calibrate(w, &err) : trb_error_set(&err, TRB_ERR_MEMORY, "out of memory");
    trb_volume_destroy(w->volume);
    trb_scan_info_clear(&w->info);
    free(w->picture);
    free(w);
    return status ? cli_fail(call, &err) : CLI_DONE;
}

const cli_command cmd_calibrate = {
    .name = "calibrate",
    .summary = "fit the line from grey to density to a scan of a phantom",
    .usage = "[options] SCAN (--rods FILE | --densities LIST) -o cal.json",
    .description =
        "SCAN is a phantom with rods of known density along z. Its rods are taken from a table or found; the mean grey "
        "of the core of each, without what lies far from the median, gives a straight line by least squares. The picture "
        "shows the rods, the line and what it leaves over: look at it.\n\n"
        "Two rods fit any line, so nothing tells how good theirs is; four or five are better. Phantom and bone must be "
        "scanned alike: the calibration keeps voltage, filter and reconstruction, and analyze warns when they differ.",
    .examples = EXAMPLES,
    .options = OPTIONS,
    .n_options = CLI_COUNT(OPTIONS),
    .options_bytes = sizeof(struct calibrate_options),
    .least_words = 1,
    .most_words = 1,
    .word_name = "SCAN",
    .check = check,
    .run = run,
};
