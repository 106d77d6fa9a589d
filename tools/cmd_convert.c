/* cmd_convert.c - trabecula convert: from one volume format to another, by the ending of the output. */
#include "cli.h"

#include "trabecula/volume_io.h"

#include <string.h>
#include <sys/stat.h>

struct convert_options {
    cli_lengths voxel_size;
    cli_range slices;
    trb_box crop;
    bool allow_gaps, force;
    int compress; /* trb_tiff_compression */
    uint64_t memory_limit;
};

static const char *const COMPRESSIONS[] = {"none", "deflate", "lzw", NULL};
static const trb_tiff_compression COMPRESSION_OF[] = {TRB_TIFF_NONE, TRB_TIFF_DEFLATE, TRB_TIFF_LZW};

/* clang-format off */
#define FIELD(name) .offset = offsetof(struct convert_options, name)
static const cli_option OPTIONS[] = {
    {.name = "voxel-size", .kind = CLI_LENGTHS, .group = "Input", FIELD(voxel_size), .without = "from the file",
     .help = "size of a voxel, such as 19.5um; overrides what the file says"},
    {.name = "slices", .kind = CLI_RANGE, .group = "Input", FIELD(slices), .without = "all",
     .help = "take slices A <= z < B only, counted from 0"},
    {.name = "crop", .kind = CLI_BOX, .group = "Input", FIELD(crop), .without = "all",
     .help = "take this box of voxels only, counted from 0, the ends not included; ':' is all of an axis"},
    {.name = "allow-gaps", .kind = CLI_FLAG, .group = "Input", FIELD(allow_gaps),
     .help = "take a folder in which numbers are missing; the spacing stays as it is"},
    {.name = "memory-limit", .kind = CLI_SIZE, .group = "Input", FIELD(memory_limit), .without = "none",
     .help = "refuse to read more than this at once, such as 8GiB"},
    {.name = "compress", .argument = "none|deflate|lzw", .kind = CLI_CHOICE, .group = "Output", FIELD(compress),
     .choices = COMPRESSIONS, .fallback = "none", .help = "compression of a TIFF; always without loss"},
    {.name = "force", .letter = 'f', .kind = CLI_FLAG, .group = "Output", FIELD(force),
     .help = "replace an existing file"},
};
static const char *const EXAMPLES[] = {
    "trabecula convert scan/ scan.tif --voxel-size 10um", "a folder of slices as one calibrated TIFF",
    "trabecula convert scan.nii.gz part.mha --crop 100:300,100:300,:", "a part of a NIfTI file as MetaImage",
    NULL,
};
/* clang-format on */

/* The two ways to choose slices must not contradict each other. */
static trb_status wanted_box(const struct convert_options *options, const trb_grid *grid, trb_box *box,
                             trb_error *err)
{
    const bool crop_z =
        options->crop.lo[2] != 0 || (options->crop.hi[2] != 0 && options->crop.hi[2] != SIZE_MAX);
    const bool slices = options->slices.hi != 0;
    if (crop_z && slices)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "--slices and the third range of --crop both choose slices; write ':' there");
    trb_status status = cli_box_close(&options->crop, grid, box, err);
    cli_range z = {box->lo[2], box->hi[2]};
    if (!status && slices)
        status = cli_range_close(&options->slices, grid->nz, "slices", &z, err);
    box->lo[2] = z.lo;
    box->hi[2] = z.hi;
    return status;
}

/* Before the long reading, not after it. */
static trb_status refuse_existing(const char *path, bool force, trb_error *err)
{
    struct stat at;
    if (stat(path, &at))
        return TRB_OK;
    if (S_ISDIR(at.st_mode))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s is a folder; name a file such as %s/scan.tif", path,
                             path);
    if (!force)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s exists; --force replaces it", path);
    return TRB_OK;
}

/* So is what the format cannot hold. */
static trb_status check_target(const char *path, const trb_grid *whole, const trb_box *box, trb_error *err)
{
    trb_grid part = *whole;
    part.nx = box->hi[0] - box->lo[0];
    part.ny = box->hi[1] - box->lo[1];
    part.nz = box->hi[2] - box->lo[2];
    return trb_volume_write_check(path, &part, err);
}

static trb_status convert(cli_call *call, trb_error *err)
{
    const struct convert_options *options = call->options;
    const char *in = call->words[0], *out = call->words[1];
    trb_open_options open = trb_open_options_default();
    memcpy(open.spacing_mm, options->voxel_size.mm, sizeof open.spacing_mm);
    open.allow_gaps = options->allow_gaps;
    open.memory_limit_bytes = options->memory_limit;
    trb_write_options write = trb_write_options_default();
    write.compression = COMPRESSION_OF[options->compress];
    write.force = options->force;

    trb_scan *scan = NULL;
    trb_volume *volume = NULL;
    trb_box box = {{0}, {0}};
    trb_status status = refuse_existing(out, options->force, err);
    if (!status)
        status = trb_scan_open(in, &open, &scan, err);
    if (!status) {
        status = wanted_box(options, trb_scan_grid(scan), &box, err);
        if (trb_scan_facts(scan)->warning[0])
            cli_warn(call, "%s", trb_scan_facts(scan)->warning);
        if (!status)
            status = check_target(out, trb_scan_grid(scan), &box, err);
    }
    trb_scan_close(scan);
    if (!status)
        status = trb_volume_read(in, &open, &box, cli_progress(call), &volume, NULL, err);
    if (!status && cli_interrupted())
        status = trb_error_set(err, TRB_ERR_CANCELLED, "stopped");
    if (!status)
        status = trb_volume_write(out, volume, &write, err);
    if (!status && !trb_grid_has_spacing(&volume->grid))
        cli_warn(call, "%s has no voxel size, so %s has none; give it with --voxel-size", in, out);
    if (!status)
        cli_info(call, "wrote %s: %zu x %zu x %zu %s", out, volume->grid.nx, volume->grid.ny, volume->grid.nz,
                 trb_type_name(volume->type));
    trb_volume_destroy(volume);
    return status;
}

static int run(cli_call *call)
{
    trb_error err = {TRB_OK, ""};
    return convert(call, &err) ? cli_fail(call, &err) : CLI_DONE;
}

const cli_command cmd_convert = {
    .name = "convert",
    .summary = "convert a scan to another format, or cut a part out of it",
    .usage = "[options] IN OUT",
    .description =
        "IN is any scan that the program reads, also raw:TYPE:NXxNYxNZ+OFFSET:FILE. The ending of OUT chooses the format: .tif or .tiff "
        "(ImageJ-calibrated, BigTIFF when large), .mha, .nrrd, .nii, .nii.gz. Grey values keep "
        "their type and their bits.",
    .examples = EXAMPLES,
    .options = OPTIONS,
    .n_options = CLI_COUNT(OPTIONS),
    .options_bytes = sizeof(struct convert_options),
    .least_words = 2,
    .most_words = 2,
    .word_name = "IN or OUT",
    .run = run,
};
