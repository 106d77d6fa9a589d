/*
 * cmd_info.c - trabecula info: what a scan says of itself, and what its grey values look like.
 *
 * The first thing to do with a new scan: are the voxels as large as I think, and where does that number come
 * from? Is there a calibration? Are bone and background apart in the histogram?
 */
#include "cli.h"

#include "trabecula/threshold.h"
#include "trabecula/volume_io.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct info_options {
    bool json, headers, allow_gaps;
    cli_lengths voxel_size;
    cli_range slices;
    uint64_t memory_limit;
};

/* clang-format off */
#define FIELD(name) .offset = offsetof(struct info_options, name)
static const cli_option OPTIONS[] = {
    {.name = "voxel-size", .kind = CLI_LENGTHS, .group = "Scan", FIELD(voxel_size), .without = "from the file",
     .help = "size of a voxel, such as 19.5um; overrides what the file says"},
    {.name = "slices", .kind = CLI_RANGE, .group = "Scan", FIELD(slices), .without = "all",
     .help = "look at the grey values of slices A <= z < B only, counted from 0"},
    {.name = "allow-gaps", .kind = CLI_FLAG, .group = "Scan", FIELD(allow_gaps),
     .help = "take a folder in which numbers are missing; the spacing stays as it is"},
    {.name = "memory-limit", .kind = CLI_SIZE, .group = "Scan", FIELD(memory_limit), .without = "none",
     .help = "refuse to read more than this at once, such as 8GiB"},
    {.name = "headers", .kind = CLI_FLAG, .group = "Output", FIELD(headers),
     .help = "read no voxels: leave out the grey values"},
    {.name = "json", .kind = CLI_FLAG, .group = "Output", FIELD(json),
     .help = "print a JSON object instead of text"},
};
static const char *const EXAMPLES[] = {
    "trabecula info scan/", "size, spacing and grey values of a folder of slices",
    "trabecula info --json scan.tif", "the same for a script",
    "trabecula info --headers study/mouse07", "at once, without reading the voxels", NULL,
};
/* clang-format on */

static const double PERCENTS[] = {1, 5, 25, 50, 75, 95, 99};
#define N_PERCENTS CLI_COUNT(PERCENTS)
#define BARS 20
#define MAX_WARNINGS 8

/* What is found, before it is printed in either form. */
struct findings {
    const char *path;
    const char *voxel_size_text; /* as given on the command line, or NULL */
    trb_grid grid;               /* of the whole scan */
    trb_type type;
    const trb_scan_info *info;
    size_t n_warnings;
    char warnings[MAX_WARNINGS][640];
    bool has_grey;
    cli_range slices; /* that the grey values come from */
    uint32_t crc32;
    double lowest, highest, mean, percentiles[N_PERCENTS];
    double bin_width; /* of the histogram that the percentiles come from */
    double bar_lowest, bar_width;
    uint64_t bars[BARS], total;
    double otsu; /* NaN: no two grey values */
};

static void add_warning(struct findings *found, const char *text)
{
    if (found->n_warnings < MAX_WARNINGS)
        snprintf(found->warnings[found->n_warnings++], sizeof found->warnings[0], "%s", text);
}

/* ---- grey values */

static double row_sum(const void *row, trb_type type, size_t n)
{
    double sum = 0;
#define SUM_AS(T)                                                                                            \
    for (size_t i = 0; i < n; i++)                                                                           \
        sum += (double)((const T *)row)[i];                                                                  \
    break
    switch (type) {
    case TRB_U8: SUM_AS(uint8_t);
    case TRB_I8: SUM_AS(int8_t);
    case TRB_U16: SUM_AS(uint16_t);
    case TRB_I16: SUM_AS(int16_t);
    case TRB_U32: SUM_AS(uint32_t);
    case TRB_I32: SUM_AS(int32_t);
    case TRB_F32: SUM_AS(float);
    case TRB_F64: SUM_AS(double);
    }
#undef SUM_AS
    return sum;
}

/* Rows are summed on their own first: errors of rounding stay small, and integers stay exact. */
static double mean_grey(const trb_volume *volume)
{
    double sum = 0;
    for (size_t z = 0; z < volume->grid.nz; z++)
        for (size_t y = 0; y < volume->grid.ny; y++)
            sum += row_sum(trb_volume_row(volume, y, z), volume->type, volume->grid.nx);
    return sum / (double)trb_grid_voxels(&volume->grid);
}

/* The smallest value v such that at least `percent` of the voxels are <= v: a grey value of the image when
 * the bins are one wide, the lower edge of its bin otherwise. */
static double percentile(const trb_histogram *histogram, double percent)
{
    const double wanted = percent / 100 * (double)histogram->total;
    double seen = 0;
    for (size_t k = 0; k < histogram->bins; k++) {
        seen += (double)histogram->counts[k];
        if (seen >= wanted && histogram->counts[k])
            return histogram->lowest + (double)k * histogram->width;
    }
    return NAN;
}

/* At most BARS bars of whole bins, so that no bar gets more grey values than its neighbour. */
static void fold_into_bars(const trb_histogram *histogram, struct findings *found)
{
    size_t first = 0, last = histogram->bins - 1;
    while (first < last && histogram->counts[first] == 0)
        first++;
    while (last > first && histogram->counts[last] == 0)
        last--;
    const size_t each = (last - first) / BARS + 1;
    for (size_t k = first; k <= last; k++)
        found->bars[(k - first) / each] += histogram->counts[k];
    found->bar_lowest = histogram->lowest + (double)first * histogram->width;
    found->bar_width = (double)each * histogram->width;
}

static trb_status measure_grey(const trb_volume *volume, struct findings *found, trb_error *err)
{
    const trb_filter none = {TRB_FILTER_NONE, 0, 0};
    trb_histogram histogram = {0};
    trb_status status = trb_histogram_measure(volume, &none, NULL, &histogram, err);
    if (status)
        return status;
    trb_volume_range(volume, &found->lowest, &found->highest);
    found->mean = mean_grey(volume);
    found->crc32 = trb_volume_crc32(volume);
    found->total = histogram.total;
    found->bin_width = histogram.width;
    for (size_t i = 0; i < N_PERCENTS; i++)
        found->percentiles[i] = percentile(&histogram, PERCENTS[i]);
    fold_into_bars(&histogram, found);
    /* A constant image has no threshold: that is said in a warning, it is no failure of this command. */
    trb_error no_threshold = {TRB_OK, ""};
    if (trb_otsu(&histogram, &found->otsu, &no_threshold)) {
        found->otsu = NAN;
        add_warning(found, no_threshold.text);
    }
    trb_histogram_clear(&histogram);
    found->has_grey = true;
    return TRB_OK;
}

static trb_status read_grey(cli_call *call, trb_scan *scan, struct findings *found, trb_error *err)
{
    const struct info_options *options = call->options;
    trb_grid part = found->grid;
    trb_volume *volume = NULL;
    trb_status status = cli_range_close(&options->slices, part.nz, "slices", &found->slices, err);
    if (status)
        return status;
    part.nz = found->slices.hi - found->slices.lo;
    const double bytes =
        (double)part.nx * (double)part.ny * (double)part.nz * (double)trb_type_bytes(found->type);
    if (options->memory_limit && bytes > (double)options->memory_limit)
        return trb_error_set(
            err, TRB_ERR_MEMORY,
            "the grey values need %.2f GiB, more than --memory-limit; look at a part with --slices "
            "A:B, or at the headers alone with --headers",
            bytes / 0x1p30);
    status = trb_volume_create(&part, found->type, &volume, err);
    if (!status)
        status =
            trb_scan_read(scan, found->slices.lo, found->slices.hi, volume->voxels, cli_progress(call), err);
    if (!status)
        status = measure_grey(volume, found, err);
    trb_volume_destroy(volume);
    return status;
}

/* ---- what to look at twice */

static void check_spacing(struct findings *found)
{
    const double *mm = found->grid.spacing_mm;
    char text[640];
    if (!trb_grid_has_spacing(&found->grid)) {
        add_warning(found,
                    "the voxel size is not known: give it with --voxel-size 19.5um (or x,y,z), in a SkyScan "
                    ".log beside the slices, or in the TIFF's ImageJ calibration");
        return;
    }
    for (size_t axis = 0; axis < 3; axis++) {
        if (mm[axis] < 0.0005 || mm[axis] > 1) {
            snprintf(text, sizeof text,
                     "a voxel of %.6g mm along %c is odd for micro-CT: is the unit right? "
                     "Correct it with --voxel-size",
                     mm[axis], "xyz"[axis]);
            add_warning(found, text);
            break;
        }
    }
    if (!trb_grid_is_isotropic(&found->grid, 0.01))
        add_warning(found, "the axes differ by more than 1 %: thickness needs cubic voxels (resample)");
}

static void check_all(struct findings *found)
{
    if (found->info->warning[0])
        add_warning(found, found->info->warning);
    check_spacing(found);
    if (found->grid.nz == 1)
        add_warning(found, "there is one slice only: give the folder or the whole stack for 3D measurements");
    size_t levels = 0;
    for (size_t i = 0; i < BARS; i++)
        levels += found->bars[i] != 0;
    if (found->has_grey && levels == 2 && found->bars[0] + found->bars[BARS - 1] == found->total)
        add_warning(found, "this looks like a mask, not like grey values");
}

/* ---- as text */

static void print_size(const struct findings *found)
{
    const trb_grid *grid = &found->grid;
    const double *mm = grid->spacing_mm;
    const double mib = (double)trb_grid_voxels(grid) * (double)trb_type_bytes(found->type) / 0x1p20;
    printf("  size       %zu x %zu x %zu voxels, %s, %.3g %s in memory\n", grid->nx, grid->ny, grid->nz,
           trb_type_name(found->type), mib < 1024 ? mib : mib / 1024, mib < 1024 ? "MiB" : "GiB");
    if (!trb_grid_has_spacing(grid)) {
        printf("  voxel      not known\n");
        return;
    }
    if (mm[0] == mm[1] && mm[1] == mm[2])
        printf("  voxel      %.10g mm (%s)\n", mm[0], found->info->spacing_source);
    else
        printf("  voxel      %.10g x %.10g x %.10g mm (%s)\n", mm[0], mm[1], mm[2],
               found->info->spacing_source);
    printf("  extent     %.4g x %.4g x %.4g mm\n", (double)grid->nx * mm[0], (double)grid->ny * mm[1],
           (double)grid->nz * mm[2]);
}

static void print_linear(const trb_linear *linear, const char *unit)
{
    if (linear->known)
        printf("  %-10s %.10g * grey %+.10g (%s)\n", unit, linear->slope, linear->intercept, linear->source);
}

static void print_bars(const struct findings *found)
{
    uint64_t most = 1;
    for (size_t i = 0; i < BARS; i++)
        most = found->bars[i] > most ? found->bars[i] : most;
    printf("\n  %12s  %7s\n", "grey from", "voxels");
    for (size_t i = 0; i < BARS; i++) {
        const double from = found->bar_lowest + (double)i * found->bar_width;
        if (from > found->highest)
            break;
        const double share = 100 * (double)found->bars[i] / (double)found->total;
        int length = (int)(50 * (double)found->bars[i] / (double)most + 0.5);
        if (length == 0 && found->bars[i])
            length = 1; /* few is not none */
        const bool threshold = found->otsu >= from && found->otsu < from + found->bar_width;
        printf("  %12.6g  %6.3f%%  %.*s%s\n", from, share, length,
               "##################################################", threshold ? "  <- Otsu" : "");
    }
}

static void print_grey(const struct findings *found)
{
    printf("\n  grey       %.10g to %.10g, mean %.6g", found->lowest, found->highest, found->mean);
    if (found->slices.hi - found->slices.lo < found->grid.nz)
        printf(" (slices %zu:%zu)", found->slices.lo, found->slices.hi);
    printf("\n  percentile");
    for (size_t i = 0; i < N_PERCENTS; i++)
        printf(" %g%%: %.6g%s", PERCENTS[i], found->percentiles[i], i + 1 < N_PERCENTS ? "," : "\n");
    if (found->otsu == found->otsu)
        printf("  Otsu       %.10g (whole image, not smoothed; bone is grey >= this)\n", found->otsu);
    printf("  CRC-32     %08" PRIx32 "\n", found->crc32);
    print_bars(found);
}

/* The command to try next, with what had to be given here and with a placeholder for what is missing. */
static void print_next(const struct findings *found)
{
    const char *quote = strpbrk(found->path, " \t\"'$&;()<>|*?`\\") ? "'" : "";
    printf("\nnext: trabecula analyze %s%s%s", quote, found->path, quote);
    if (found->voxel_size_text)
        printf(" --voxel-size %s", found->voxel_size_text);
    else if (!trb_grid_has_spacing(&found->grid))
        printf(" --voxel-size SIZE");
    printf(" -o results\n");
}

static void print_text(const struct findings *found)
{
    const trb_scan_info *info = found->info;
    printf("%s\n  format     %s, %zu file%s, %.1f MB on disk\n", found->path, info->format, info->files,
           info->files == 1 ? "" : "s", (double)info->bytes_on_disk / 1e6);
    print_size(found);
    print_linear(&info->calibration.density, "mgHA/cm3");
    print_linear(&info->calibration.attenuation, "1/cm");
    print_linear(&info->calibration.hounsfield, "HU");
    if (info->calibration.mu_water_per_cm > 0)
        printf("  mu water   %.10g 1/cm\n", info->calibration.mu_water_per_cm);
    if (info->n_facts)
        printf("\n  facts\n");
    for (size_t i = 0; i < info->n_facts; i++)
        printf("    %s: %s (%s)\n", info->facts[i].key, info->facts[i].value, info->facts[i].source);
    if (found->has_grey)
        print_grey(found);
    for (size_t i = 0; i < found->n_warnings; i++)
        printf("%swarning: %s\n", i ? "" : "\n", found->warnings[i]);
    print_next(found);
}

/* ---- as JSON */

static json_t *three(double x, double y, double z)
{
    return json_pack("[f, f, f]", x, y, z);
}

static json_t *linear_json(const trb_linear *linear)
{
    if (!linear->known)
        return json_null();
    return json_pack("{s:f, s:f, s:s}", "slope", linear->slope, "intercept", linear->intercept, "source",
                     linear->source);
}

/* A text from a file may not be UTF-8, which JSON has to be. */
static json_t *text_json(const char *text)
{
    json_t *json = json_string(text);
    return json ? json : json_string("(not UTF-8)");
}

static json_t *grey_json(const struct findings *found)
{
    char crc[16];
    snprintf(crc, sizeof crc, "%08" PRIx32, found->crc32);
    json_t *percentiles = json_object(), *counts = json_array();
    for (size_t i = 0; i < N_PERCENTS; i++) {
        char key[16];
        snprintf(key, sizeof key, "%g", PERCENTS[i]);
        json_object_set_new(percentiles, key, json_real(found->percentiles[i]));
    }
    for (size_t i = 0; i < BARS; i++)
        json_array_append_new(counts, json_integer((json_int_t)found->bars[i]));
    return json_pack("{s:[I, I], s:f, s:f, s:f, s:o, s:f, s:o, s:{s:f, s:f, s:o}, s:s}", "slices",
                     (json_int_t)found->slices.lo, (json_int_t)found->slices.hi, "min", found->lowest, "max",
                     found->highest, "mean", found->mean, "percentiles", percentiles, "percentile_resolution",
                     found->bin_width, "otsu",
                     found->otsu == found->otsu ? json_real(found->otsu) : json_null(), "histogram", "lowest",
                     found->bar_lowest, "width", found->bar_width, "counts", counts, "crc32", crc);
}

static json_t *facts_json(const trb_scan_info *info)
{
    json_t *facts = json_array();
    for (size_t i = 0; i < info->n_facts; i++) {
        json_t *fact = json_object();
        json_object_set_new(fact, "key", text_json(info->facts[i].key));
        json_object_set_new(fact, "value", text_json(info->facts[i].value));
        json_object_set_new(fact, "source", text_json(info->facts[i].source));
        json_array_append_new(facts, fact);
    }
    return facts;
}

static json_t *findings_json(const struct findings *found)
{
    const trb_grid *grid = &found->grid;
    const trb_scan_info *info = found->info;
    const double *mm = grid->spacing_mm, *origin = grid->origin_mm;
    json_t *root = json_object(), *warnings = json_array();
    for (size_t i = 0; i < found->n_warnings; i++)
        json_array_append_new(warnings, text_json(found->warnings[i]));
    json_object_set_new(root, "schema", json_string("trabecula.info/1"));
    json_object_set_new(root, "path", text_json(found->path));
    json_object_set_new(root, "format", text_json(info->format));
    json_object_set_new(root, "files", json_integer((json_int_t)info->files));
    json_object_set_new(root, "bytes_on_disk", json_integer((json_int_t)info->bytes_on_disk));
    json_object_set_new(
        root, "dimensions",
        json_pack("[I, I, I]", (json_int_t)grid->nx, (json_int_t)grid->ny, (json_int_t)grid->nz));
    json_object_set_new(root, "type", json_string(trb_type_name(found->type)));
    const bool known = trb_grid_has_spacing(grid);
    json_object_set_new(root, "spacing_mm", known ? three(mm[0], mm[1], mm[2]) : json_null());
    json_object_set_new(root, "spacing_source", known ? text_json(info->spacing_source) : json_null());
    json_object_set_new(root, "origin_mm", three(origin[0], origin[1], origin[2]));
    json_object_set_new(root, "calibration",
                        json_pack("{s:o, s:o, s:o}", "density_mgHA_cm3",
                                  linear_json(&info->calibration.density), "attenuation_per_cm",
                                  linear_json(&info->calibration.attenuation), "hounsfield",
                                  linear_json(&info->calibration.hounsfield)));
    json_object_set_new(root, "facts", facts_json(info));
    json_object_set_new(root, "grey", found->has_grey ? grey_json(found) : json_null());
    json_object_set_new(root, "warnings", warnings);
    return root;
}

static trb_status print_json(const struct findings *found, trb_error *err)
{
    json_t *root = findings_json(found);
    const int failed = !root || json_dumpf(root, stdout, JSON_INDENT(2));
    json_decref(root);
    if (failed)
        return trb_error_set(err, TRB_ERR_IO, "the JSON object could not be written");
    putchar('\n');
    return TRB_OK;
}

static int run(cli_call *call)
{
    const struct info_options *options = call->options;
    struct findings found = {.path = call->words[0], .otsu = NAN};
    found.voxel_size_text = cli_setting_of(call, "voxel-size")->text;
    trb_open_options open = trb_open_options_default();
    memcpy(open.spacing_mm, options->voxel_size.mm, sizeof open.spacing_mm);
    open.allow_gaps = options->allow_gaps;
    trb_scan *scan = NULL;
    trb_error err = {TRB_OK, ""};
    trb_status status = trb_scan_open(found.path, &open, &scan, &err);
    if (status)
        return cli_fail(call, &err);
    found.grid = *trb_scan_grid(scan);
    found.type = trb_scan_type(scan);
    found.info = trb_scan_facts(scan);
    if (!options->headers)
        status = read_grey(call, scan, &found, &err);
    if (!status) {
        check_all(&found);
        cli_progress_end();
        if (options->json)
            status = print_json(&found, &err);
        else
            print_text(&found);
    }
    trb_scan_close(scan);
    return status ? cli_fail(call, &err) : CLI_DONE;
}

const cli_command cmd_info = {
    .name = "info",
    .summary = "show what a scan file says: size, voxel size, grey values",
    .usage = "[options] SCAN",
    .description =
        "SCAN is a folder of numbered slices (TIFF, BMP, PNG, JPEG 2000) or DICOM files, a TIFF stack, an "
        "ISQ, RSQ, AIM, MetaImage, NRRD or NIfTI file, or raw:TYPE:NXxNYxNZ+OFFSET:FILE. "
        "The output names the format, the voxel size and where it was read, the type and range of the "
        "grey values with a histogram, the threshold that Otsu's rule would take, and what looks odd.",
    .examples = EXAMPLES,
    .options = OPTIONS,
    .n_options = CLI_COUNT(OPTIONS),
    .options_bytes = sizeof(struct info_options),
    .least_words = 1,
    .most_words = 1,
    .word_name = "SCAN",
    .run = run,
};
