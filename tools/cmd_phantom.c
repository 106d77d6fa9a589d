/* cmd_phantom.c - trabecula phantom: a synthetic volume, and beside it a file of what is true of it. */
#include "cli.h"
#include "phantom_bone_files.h"
#include "cmd_phantom_rods.h"
#include "cmd_phantom_study.h"
#include "phantom_truth_json.h"

#include "trabecula/phantom.h"
#include "trabecula/record.h"
#include "trabecula/volume_io.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct phantom_options {
    cli_length thickness, blur, voxel_size, cortex, gap;
    int64_t size, placement, seed, animals;
    double bv_tv, plate_share, elongation, noise_grey, marrow_grey, bone_grey, outside_grey, tilt;
    bool periodic, no_measure, force;
    int type;
    const char *output, *densities;
    double lean_deg;
};

static const char *const KINDS[] = {"ball", "plate", "rod", "torus", "plates", "lattice", "gyroid", "foam", "study", "rods", "bone", NULL};
enum { STUDY = TRB_PHANTOM_KINDS, RODS, BONE }; /* places among KINDS: no phantom, but many; a density phantom; foam in a cortex */
static const char *const BONE_ONLY[] = {"cortex", "tilt", "gap", "outside-grey"};
static const char *const TYPES[] = {"uint8", "uint16", NULL};

/* A number and what it must end with: "20%", "5grey". */
static trb_status parse_with_unit(const char *text, const char *unit, const char *expected, double *out,
                                  trb_error *err)
{
    char number[64];
    const size_t length = strlen(text), tail = strlen(unit);
    if (length <= tail || strcmp(text + length - tail, unit) != 0 || length - tail >= sizeof number)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "expected %s", expected);
    memcpy(number, text, length - tail);
    number[length - tail] = 0;
    return cli_parse_real(number, out, err);
}

static trb_status parse_percent(const char *text, void *destination, trb_error *err)
{
    double percent;
    trb_status status = parse_with_unit(text, "%", "per cent, such as 20%", &percent, err);
    if (!status)
        *(double *)destination = percent / 100;
    return status;
}

static trb_status parse_grey(const char *text, void *destination, trb_error *err)
{
    return parse_with_unit(text, "grey", "grey values, such as 5grey", destination, err);
}

/* clang-format off */
#define FIELD(name) .offset = offsetof(struct phantom_options, name)
static const cli_option OPTIONS[] = {
    {.name = "thickness", .kind = CLI_LENGTH, .flags = CLI_SETTING | CLI_VOXELS, .group = "Shape", FIELD(thickness),
     .fallback = "5vox", .help = "of plates and sheets, or diameter of balls, rods, rings and struts"},
    {.name = "size", .argument = "VOXELS", .kind = CLI_INTEGER, .flags = CLI_SETTING, .group = "Shape", FIELD(size),
     .least = 1, .most = 16384, .without = "what the thickness needs; foam, bone and study: 160",
     .help = "edge of the VOI in voxels; plates, lattice and gyroid: whole periods"},
    {.name = "placement", .argument = "N", .kind = CLI_INTEGER, .flags = CLI_SETTING, .group = "Shape",
     FIELD(placement), .least = 0, .most = 1e9, .fallback = "0",
     .help = "another position within a voxel, so that several can be averaged"},
    {.name = "voxel-size", .kind = CLI_LENGTH, .flags = CLI_SETTING, .group = "Shape", FIELD(voxel_size),
     .without = "10um; bone and study: 20um", .help = "written into the image; lengths in mm are divided by it"},
    {.name = "bvtv", .argument = "PERCENT", .kind = CLI_CUSTOM, .parse = parse_percent, .flags = CLI_SETTING,
     .group = "Foam", FIELD(bv_tv), .fallback = "20%", .help = "BV/TV, 3% to 60%"},
    {.name = "plate-share", .argument = "PERCENT", .kind = CLI_CUSTOM, .parse = parse_percent, .flags = CLI_SETTING,
     .group = "Foam", FIELD(plate_share), .fallback = "65%",
     .help = "share of its sheets that is left, 30% (rods) to 100% (closed plates)"},
    {.name = "elongation", .argument = "RATIO", .kind = CLI_REAL, .flags = CLI_SETTING, .group = "Foam",
     FIELD(elongation), .least = 0.25, .most = 4, .fallback = "1",
     .help = "how much longer its structures are along z"},
    {.name = "periodic", .kind = CLI_FLAG, .flags = CLI_SETTING, .group = "Foam", FIELD(periodic),
     .help = "let opposite sides of the volume fit together"},
    {.name = "seed", .argument = "N", .kind = CLI_INTEGER, .flags = CLI_SETTING, .group = "Foam", FIELD(seed),
     .least = 0, .most = 9e15, .fallback = "1", .help = "of the structure and of the noise"},
    {.name = "no-measure", .kind = CLI_FLAG, .group = "Foam", FIELD(no_measure),
     .help = "do not measure Tb.Th and Tb.Sp of the sharp image for the truth file"},
    {.name = "cortex", .kind = CLI_LENGTH, .flags = CLI_SETTING | CLI_VOXELS, .group = "Bone", FIELD(cortex),
     .fallback = "12vox", .help = "thickness of the cortical shell"},
    {.name = "tilt", .argument = "DEGREES", .kind = CLI_REAL, .flags = CLI_SETTING, .group = "Bone", FIELD(tilt),
     .least = -30, .most = 30, .fallback = "0", .help = "of the bone's axis against z"},
    {.name = "gap", .kind = CLI_LENGTH, .flags = CLI_SETTING | CLI_VOXELS | CLI_ZERO, .group = "Bone", FIELD(gap),
     .fallback = "0vox", .help = "width of a slit through the cortex"},
    {.name = "outside-grey", .argument = "GREY", .kind = CLI_REAL, .flags = CLI_SETTING, .group = "Bone",
     FIELD(outside_grey), .least = 0, .most = 65535, .without = "as marrow", .help = "grey value around the bone"},
    {.name = "n", .argument = "ANIMALS", .kind = CLI_INTEGER, .flags = CLI_SETTING, .group = "Study", FIELD(animals),
     .least = 1, .most = 9999, .fallback = "8", .help = "animals in each group"},
    {.name = "densities", .argument = "LIST", .kind = CLI_STRING, .flags = CLI_SETTING, .group = "Rods", FIELD(densities),
     .without = "0,200,400,600,800mgHA", .help = "of the rods of a density phantom; their greys lie on the line through the "
     "two greys below, which stand for 0 and 1000 mgHA/cm3"},
    {.name = "lean", .argument = "DEGREES", .kind = CLI_REAL, .flags = CLI_SETTING, .group = "Rods", FIELD(lean_deg),
     .least = -20, .most = 20, .fallback = "0", .help = "by which its rods are off the z axis"},
    {.name = "type", .kind = CLI_CHOICE, .choices = TYPES, .flags = CLI_SETTING, .group = "Image", FIELD(type),
     .fallback = "uint8", .help = "voxel type (rods: uint16 when not given)"},
    {.name = "marrow-grey", .argument = "GREY", .kind = CLI_REAL, .flags = CLI_SETTING, .group = "Image",
     FIELD(marrow_grey), .least = 0, .most = 65535, .without = "0; uint16: 3000",
     .help = "grey value of a voxel without bone"},
    {.name = "bone-grey", .argument = "GREY", .kind = CLI_REAL, .flags = CLI_SETTING, .group = "Image",
     FIELD(bone_grey), .least = 0, .most = 65535, .without = "255; uint16: 12000",
     .help = "grey value of a voxel full of bone"},
    {.name = "blur", .kind = CLI_LENGTH, .flags = CLI_SETTING | CLI_VOXELS | CLI_ZERO, .group = "Image", FIELD(blur),
     .fallback = "0vox", .help = "sigma of a Gaussian point spread"},
    {.name = "noise", .argument = "SIGMA", .kind = CLI_CUSTOM, .parse = parse_grey, .flags = CLI_SETTING,
     .group = "Image", FIELD(noise_grey), .fallback = "0grey", .help = "sigma of Gaussian noise, such as 5grey"},
    {.name = "output", .letter = 'o', .argument = "PATH", .kind = CLI_STRING, .flags = CLI_REQUIRED,
     .group = "Output", FIELD(output),
     .help = "the image; its ending chooses the format; the truth goes beside it, as .truth.json; study: a new folder"},
    {.name = "force", .letter = 'f', .kind = CLI_FLAG, .group = "Output", FIELD(force),
     .help = "replace existing files"},
};
static const char *const EXAMPLES[] = {
    "trabecula phantom rod --thickness 7vox -o rod.tif", "a tilted rod, to see the bias of a thickness rule",
    "trabecula phantom foam --bvtv 12% --thickness 60um --blur 0.8vox --noise 600grey --type uint16 -o foam.tif",
    "trabeculae as a scanner would see them",
    "trabecula phantom bone --cortex 300um --tilt 10 --gap 5vox --noise 10grey -o bone.tif",
    "a long bone, with masks of its compartments, to try --voi auto",
    "trabecula phantom study --n 6 --size 96 -o study/",
    "Sham, OVX, OVX+vehicle and OVX+EV with known means, to try batch and compare", NULL,
};
/* clang-format on */

/* 70um of 10um voxels are 7, not the 7.000000000000001 of the quotient, which would need one voxel more. */
static double in_voxels(cli_length length, double voxel_mm)
{
    return length.unit == CLI_VOX ? length.value : nearbyint(length.value / voxel_mm * 1e9) / 1e9;
}

static trb_phantom_options phantom_of(const cli_call *call, trb_phantom_kind kind)
{
    const struct phantom_options *given = call->options;
    trb_phantom_options phantom = trb_phantom_options_default(kind);
    if (cli_given(call, "voxel-size"))
        phantom.spacing_mm = given->voxel_size.value;
    phantom.thickness_vox = in_voxels(given->thickness, phantom.spacing_mm);
    phantom.size_vox = (size_t)given->size;
    phantom.placement = (unsigned)given->placement;
    phantom.bv_tv = given->bv_tv;
    phantom.plate_share = given->plate_share;
    phantom.elongation = given->elongation;
    phantom.periodic = given->periodic;
    phantom.seed = (uint64_t)given->seed;
    phantom.type = given->type == 0 ? TRB_U8 : TRB_U16;
    phantom.marrow_grey = phantom.type == TRB_U8 ? 0 : 3000;
    phantom.bone_grey = phantom.type == TRB_U8 ? 255 : 12000;
    if (cli_given(call, "marrow-grey"))
        phantom.marrow_grey = given->marrow_grey;
    if (cli_given(call, "bone-grey"))
        phantom.bone_grey = given->bone_grey;
    phantom.blur_vox = in_voxels(given->blur, phantom.spacing_mm);
    phantom.noise_grey = given->noise_grey;
    return phantom;
}

/* Options that this kind does not know would be ignored in silence. */
static trb_status refuse_unused(const cli_call *call, trb_phantom_kind kind, trb_error *err)
{
    static const char *const foam_only[] = {"bvtv", "plate-share", "elongation", "periodic", "no-measure"};
    if (cli_given(call, "n"))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "--n is for a study; a %s is one image", trb_phantom_kind_name(kind));
    if (cli_given(call, "densities") || cli_given(call, "lean"))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "--densities and --lean are for rods; a %s has none", trb_phantom_kind_name(kind));
    if (kind == TRB_PHANTOM_FOAM && cli_given(call, "placement"))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "--placement moves a shape; another foam has another --seed");
    for (size_t i = 0; i < CLI_COUNT(BONE_ONLY); i++)
        if (cli_given(call, BONE_ONLY[i]))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "--%s is for a bone; a %s has none", BONE_ONLY[i],
                                 trb_phantom_kind_name(kind));
    for (size_t i = 0; i < CLI_COUNT(foam_only) && kind != TRB_PHANTOM_FOAM; i++)
        if (cli_given(call, foam_only[i]))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "--%s is for foam; a %s has none", foam_only[i],
                                 trb_phantom_kind_name(kind));
    return TRB_OK;
}

static trb_status refuse_existing(const char *path, bool force, trb_error *err)
{
    struct stat at;
    if (stat(path, &at))
        return TRB_OK;
    if (S_ISDIR(at.st_mode))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s is a folder; name a file such as %s/phantom.tif", path,
                             path);
    return force ? TRB_OK : trb_error_set(err, TRB_ERR_ARGUMENT, "%s exists; --force replaces it", path);
}

/* "a/b.nii.gz" -> "a/b.truth.json". Yours; NULL: no memory. */
static char *path_beside(const char *image, const char *ending)
{
    const char *name = strrchr(image, '/');
    name = name ? name + 1 : image;
    size_t keep = strlen(image);
    if (keep > 3 && strcmp(image + keep - 3, ".gz") == 0)
        keep -= 3;
    for (size_t i = keep; image + i > name + 1; i--)
        if (image[i - 1] == '.') {
            keep = i - 1;
            break;
        }
    char *path = malloc(keep + strlen(ending) + 1);
    if (path) {
        memcpy(path, image, keep);
        memcpy(path + keep, ending, strlen(ending) + 1);
    }
    return path;
}

static trb_status make(cli_call *call, trb_phantom_kind kind, const char *truth_file, trb_error *err)
{
    const struct phantom_options *given = call->options;
    const trb_phantom_options phantom = phantom_of(call, kind);
    trb_write_options write = trb_write_options_default();
    write.force = given->force;
    trb_phantom_truth truth;
    trb_volume *volume = NULL;
    char *text = NULL;
    trb_status status = refuse_unused(call, kind, err);
    if (!status)
        status = refuse_existing(given->output, given->force, err);
    if (!status)
        status = refuse_existing(truth_file, given->force, err);
    if (!status)
        status = trb_phantom_create(&phantom, &volume, &truth, err);
    if (!status)
        status = phantom_truth_json(call, &phantom, &truth, volume, given->output,
                                    kind == TRB_PHANTOM_FOAM && !given->no_measure, &text, err);
    if (!status && cli_interrupted())
        status = trb_error_set(err, TRB_ERR_CANCELLED, "stopped");
    if (!status)
        status = trb_volume_write(given->output, volume, &write, err);
    if (!status)
        status = trb_text_write(truth_file, text, given->force, err);
    if (!status)
        cli_info(call, "wrote %s: %zu x %zu x %zu %s, and %s", given->output, volume->grid.nx, volume->grid.ny,
                 volume->grid.nz, trb_type_name(volume->type), truth_file);
    free(text);
    trb_volume_destroy(volume);
    return status;
}

/* Foam, its look, and what only a bone has. */
static trb_status bone_of(const cli_call *call, trb_phantom_bone *bone, trb_error *err)
{
    static const char *const unused[] = {"n", "placement", "periodic"};
    const struct phantom_options *given = call->options;
    *bone = trb_phantom_bone_default();
    for (size_t i = 0; i < CLI_COUNT(unused); i++)
        if (cli_given(call, unused[i]))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "--%s is not for a bone", unused[i]);
    const double spacing_mm = cli_given(call, "voxel-size") ? given->voxel_size.value : bone->image.spacing_mm;
    const size_t edge = given->size ? (size_t)given->size : bone->image.size_vox;
    bone->image = phantom_of(call, TRB_PHANTOM_FOAM);
    bone->image.spacing_mm = spacing_mm; /* it is not the default of the other kinds */
    bone->image.thickness_vox = in_voxels(given->thickness, spacing_mm);
    bone->image.blur_vox = in_voxels(given->blur, spacing_mm);
    bone->image.size_vox = edge;
    bone->cortex_vox = in_voxels(given->cortex, spacing_mm);
    bone->gap_vox = in_voxels(given->gap, spacing_mm);
    bone->tilt_deg = given->tilt;
    bone->outside_grey = cli_given(call, "outside-grey") ? given->outside_grey : bone->image.marrow_grey;
    return TRB_OK;
}

static trb_status make_bone(const cli_call *call, trb_error *err)
{
    const struct phantom_options *given = call->options;
    trb_phantom_bone bone;
    char *paths[BONE_FILES] = {NULL};
    trb_status status = bone_of(call, &bone, err);
    for (int i = 0; !status && i < BONE_FILES; i++) {
        const char *ending = phantom_bone_ending(i);
        paths[i] = ending ? path_beside(given->output, ending) : strdup(given->output);
        status = paths[i] ? refuse_existing(paths[i], given->force, err)
                          : trb_error_set(err, TRB_ERR_MEMORY, "out of memory");
    }
    if (!status)
        status = phantom_bone_make(call, &bone, paths, !given->no_measure, given->force, err);
    for (int i = 0; i < BONE_FILES; i++)
        free(paths[i]);
    return status;
}

static trb_status make_study(const cli_call *call, trb_error *err)
{
    static const char *const fixed[] = {"thickness", "placement",   "bvtv",      "plate-share", "elongation", "periodic",
                                        "no-measure", "type",       "marrow-grey", "bone-grey", "blur",       "noise",
                                        "force",     "densities",  "lean"};
    const struct phantom_options *given = call->options;
    trb_phantom_study study = trb_phantom_study_default();
    for (size_t i = 0; i < CLI_COUNT(fixed); i++)
        if (cli_given(call, fixed[i]))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "--%s is not for a study, which has --n, --size, --voxel-size and --seed",
                                 fixed[i]);
    for (size_t i = 0; i < CLI_COUNT(BONE_ONLY); i++)
        if (cli_given(call, BONE_ONLY[i]))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "--%s is for a bone", BONE_ONLY[i]);
    study.animals = (size_t)given->animals;
    study.seed = (uint64_t)given->seed;
    if (cli_given(call, "size"))
        study.size_vox = (size_t)given->size;
    if (cli_given(call, "voxel-size"))
        study.voxel_mm = given->voxel_size.value;
    return phantom_study_make(call, &study, given->output, err);
}

static trb_status make_rods(const cli_call *call, trb_error *err)
{
    static const char *const other[] = {"placement", "bvtv", "plate-share", "elongation", "periodic", "no-measure", "n"};
    const struct phantom_options *given = call->options;
    trb_phantom_rods rods = trb_phantom_rods_default();
    for (size_t i = 0; i < CLI_COUNT(other); i++)
        if (cli_given(call, other[i]))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "--%s is not for a density phantom", other[i]);
    if (cli_given(call, "type") && given->type == 0) {
        rods.type = TRB_U8;
        rods.grey_at_0 = 30;
        rods.grey_at_1000 = 230;
    }
    rods.grey_at_0 = cli_given(call, "marrow-grey") ? given->marrow_grey : rods.grey_at_0;
    rods.grey_at_1000 = cli_given(call, "bone-grey") ? given->bone_grey : rods.grey_at_1000;
    rods.background_grey = rods.grey_at_0 / 2;
    if (cli_given(call, "voxel-size"))
        rods.spacing_mm = given->voxel_size.value;
    if (cli_given(call, "size"))
        rods.size_vox = (size_t)given->size;
    if (cli_given(call, "thickness"))
        rods.radius_vox = in_voxels(given->thickness, rods.spacing_mm) / 2;
    rods.lean_deg = given->lean_deg;
    rods.blur_vox = in_voxels(given->blur, rods.spacing_mm);
    rods.noise_grey = given->noise_grey;
    rods.seed = (uint64_t)given->seed;
    trb_status status = TRB_OK;
    if (given->densities)
        status = trb_densities_parse(given->densities, rods.density_mg_ccm, TRB_RODS_MOST, &rods.n, err);
    if (!status && !(rods.grey_at_1000 > rods.grey_at_0))
        status = trb_error_set(err, TRB_ERR_ARGUMENT, "--bone-grey %g is not above --marrow-grey %g", rods.grey_at_1000, rods.grey_at_0);
    return status ? status : phantom_rods_make(call, &rods, given->output, given->force, err);
}

static int run(cli_call *call)
{
    const struct phantom_options *given = call->options;
    trb_error err = {TRB_OK, ""};
    int kind;
    if (cli_parse_choice(call->words[0], KINDS, &kind, &err))
        return cli_usage(call, "kind of phantom: %s", err.text);
    if (kind == STUDY)
        return make_study(call, &err) ? cli_fail(call, &err) : CLI_DONE;
    if (kind == RODS)
        return make_rods(call, &err) ? cli_fail(call, &err) : CLI_DONE;
    if (kind == BONE)
        return make_bone(call, &err) ? cli_fail(call, &err) : CLI_DONE;
    char *truth_file = path_beside(given->output, ".truth.json");
    trb_status status = truth_file ? make(call, (trb_phantom_kind)kind, truth_file, &err)
                                   : trb_error_set(&err, TRB_ERR_MEMORY, "out of memory");
    free(truth_file);
    return status ? cli_fail(call, &err) : CLI_DONE;
}

const cli_command cmd_phantom = {
    .name = "phantom",
    .summary = "make a synthetic volume with known answers",
    .usage = "[options] KIND -o PATH",
    .description =
        "KIND is ball, plate, rod, torus, plates, lattice, gyroid (analytic shapes with closed-form volume, surface "
        "and thickness) or foam (trabeculae from Gaussian random fields with a given BV/TV and mean thickness). Grey "
        "values say how much of a voxel is bone.\n\n"
        "bone makes a long bone: a cortical shell of known thickness around such a foam, oblique or with a gap on wish, "
        "and beside it masks of its trabecular, cortical and periosteal compartment.\n\n"
        "study makes a synthetic OVX study of such foams: four groups with known means and SDs, one folder of slices an "
        "animal, and truth.csv, truth.json and protocol.ini.\n\n"
        "rods makes the scan of a density phantom, to try calibrate, and NAME.rods.csv with its rods and the true line.\n\n"
        "Shapes that reach the wall of the VOI go on outside it, so measure them in the VOI that the truth file "
        "names. Same options, same image, on any number of threads.",
    .examples = EXAMPLES,
    .options = OPTIONS,
    .n_options = CLI_COUNT(OPTIONS),
    .options_bytes = sizeof(struct phantom_options),
    .least_words = 1,
    .most_words = 1,
    .word_name = "KIND",
    .words = KINDS,
    .run = run,
};
