/* cmd_batch.c - trabecula batch: a study to a table, each scan in a process of its own. */
#include "cmd_batch.h"

#include "trabecula/trabecula.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const MAP_FORMATS[] = {"tif", "nrrd", "nii.gz", "mha", NULL};
static const char *const MESHES[] = {"none", "stl", "ply", "obj", NULL};

#define AT(field) .offset = offsetof(struct batch_options, field)

static const cli_option OWN_OPTIONS[] = {
    {.name = "output",
     .letter = 'o',
     .kind = CLI_STRING,
     AT(output),
     .group = "Output",
     .argument = "DIR",
     .help = "folder for results.csv, failures.csv, batch.json and scans/SAMPLE/"},
    {.name = "maps",
     .kind = CLI_FLAG,
     AT(maps),
     .group = "Output",
     .help = "also write bone masks and the Tb.Th and Tb.Sp maps (mm, float32)"},
    {.name = "map-format",
     .kind = CLI_CHOICE,
     .choices = MAP_FORMATS,
     .fallback = "tif",
     AT(map_format),
     .group = "Output",
     .help = "format of the maps"},
    {.name = "mesh",
     .kind = CLI_CHOICE,
     .choices = MESHES,
     .fallback = "none",
     AT(mesh),
     .group = "Output",
     .help = "also write the bone surface in mm as a closed mesh, scans/SAMPLE/bone.stl"},
    {.name = "mesh-decimate",
     .kind = CLI_CUSTOM,
     .parse = mesh_parse_decimation,
     AT(decimation),
     .group = "Output",
     .argument = "SHARE[,ERROR]",
     .without = "every triangle",
     .help = MESH_DECIMATION_HELP},
    {.name = "no-picture",
     .kind = CLI_FLAG,
     AT(no_picture),
     .group = "Output",
     .help = "do not write qc.png"},
    {.name = "jobs",
     .letter = 'j',
     .kind = CLI_INTEGER,
     .least = 1,
     .most = 64,
     AT(jobs),
     .group = "Running",
     .argument = "N",
     .without = "as many as cores and memory allow",
     .help = "scans at the same time; --threads is divided among them"},
    {.name = "memory-limit",
     .kind = CLI_SIZE,
     AT(memory_limit),
     .group = "Running",
     .without = "what the machine, the control group or Slurm leaves",
     .help = "what all jobs together may take, such as 24GiB; a scan that needs more is measured in slabs, "
             "or fails alone"},
    {.name = "timeout",
     .kind = CLI_CUSTOM,
     .parse = batch_parse_duration,
     AT(timeout_s),
     .group = "Running",
     .argument = "DURATION",
     .without = "none",
     .help = "stop a scan after this time, such as 2h; it costs that scan alone"},
    {.name = "force",
     .letter = 'f',
     .kind = CLI_FLAG,
     AT(force),
     .group = "Running",
     .help = "measure again what is done"},
    {.name = "dry-run",
     .letter = 'n',
     .kind = CLI_FLAG,
     AT(dry_run),
     .group = "Running",
     .help = "list scans, groups, sizes, memory and problems; measure nothing"},
    {.name = "json",
     .kind = CLI_FLAG,
     AT(json),
     .group = "Running",
     .help = "with --dry-run or status: as JSON"},
    {.name = "shard",
     .kind = CLI_CUSTOM,
     .parse = batch_parse_shard,
     AT(shard),
     .group = "Running",
     .argument = "I/N",
     .without = "from a Slurm array task, else everything",
     .help = "measure part I of N, balanced by size; 'batch collect DIR' makes the tables afterwards"},
    {.name = "watch",
     .kind = CLI_FLAG,
     AT(watch),
     .group = "Running",
     .help = "go on and measure scans as they arrive in STUDY, until interrupted"},
    {.name = "settle",
     .kind = CLI_CUSTOM,
     .parse = batch_parse_duration,
     .fallback = "60s",
     AT(settle_s),
     .group = "Running",
     .argument = "DURATION",
     .help = "with --watch: a scan is complete when its files have not changed for so long"},
};

static trb_status check(const cli_call *call, trb_error *err);
static int run(cli_call *call);

static cli_option options[SETTINGS_MOST + CLI_COUNT(OWN_OPTIONS)];

static const char *const EXAMPLES[] = {
    "trabecula batch study/ --protocol protocol.ini -o results",
    "every scan below study/, groups from its folders",
    "trabecula batch study.csv --voxel-size 10um -o results --jobs 2 --timeout 2h",
    "scans of a table; its columns named like options override them per scan",
    "trabecula batch status results",
    "how far it is, also while it runs",
    "trabecula batch collect results",
    "tables from the shards of a cluster",
    NULL};

cli_command cmd_batch = {
    .name = "batch",
    .summary = "measure many scans, resumable",
    .usage = "[options] STUDY -o DIR | status DIR | collect DIR",
    .description = "Measures every scan of a study, each in a process of its own, and makes one table. STUDY "
                   "is a folder (each folder of "
                   "slices and each volume file below it is a scan, the first folder level its group) or a "
                   "CSV file with the columns "
                   "sample, path, group; further columns override settings of the row when they are named "
                   "like one, or travel into the "
                   "table.\n\n"
                   "What fails is in failures.csv and costs that scan alone; exit code 3 says that some did. "
                   "The same command again does "
                   "what is left, at any time and after any interruption; a scan is done only when its "
                   "input, the settings and the "
                   "program are those of its result. A Slurm array task measures its part by itself.\n\n"
                   "Where there is no terminal, lines are printed instead of a bar.",
    .examples = EXAMPLES,
    .options = options,
    .options_bytes = sizeof(struct batch_options),
    .least_words = 1,
    .most_words = 2,
    .word_name = "STUDY",
    .check = check,
    .run = run};

void cmd_batch_prepare(void)
{
    const size_t rows = setting_rows_fill(options);
    memcpy(options + rows, OWN_OPTIONS, sizeof OWN_OPTIONS);
    cmd_batch.n_options = rows + CLI_COUNT(OWN_OPTIONS);
}

static trb_status check(const cli_call *call, trb_error *err)
{
    trb_settings settings;
    return setting_rows_apply(call, &settings, err);
}

/* ---- options of the library */

/* Borrowed from the call. */
static size_t given_settings(const cli_call *call, trb_setting_text *list)
{
    size_t rows, n = 0;
    const trb_setting_info *table = trb_settings_table(&rows);
    for (size_t i = 0; i < rows; i++) {
        const char *text = setting_row_text(call, i);
        if (text && text[0])
            list[n++] = (trb_setting_text){(char *)(uintptr_t)table[i].key, (char *)(uintptr_t)text};
    }
    return n;
}

static trb_status fill_options(const cli_call *call, trb_setting_text *settings, trb_batch_options *out,
                               trb_error *err)
{
    const struct batch_options *given = call->options;
    struct shard_choice shard = given->shard;
    trb_status status = shard.shards ? TRB_OK : batch_slurm_shard(&shard, err);
    *out = trb_batch_options_default();
    out->program = "/proc/self/exe"; /* this very program, also when its file is replaced meanwhile */
    out->n_settings = given_settings(call, settings);
    out->settings = settings;
    out->maps = given->maps;
    out->map_format = MAP_FORMATS[given->map_format];
    out->mesh = given->mesh ? MESHES[given->mesh] : NULL;
    out->mesh_decimate = given->decimation.text[0] ? given->decimation.text : NULL;
    if (!status && out->mesh_decimate && !out->mesh)
        status = trb_error_set(err, TRB_ERR_ARGUMENT, "--mesh-decimate: there is no mesh without --mesh stl, ply or obj");
    out->no_picture = given->no_picture;
    out->force = given->force;
    out->jobs = (int)given->jobs;
    out->threads = (int)call->common.threads;
    out->memory_limit = given->memory_limit;
    out->timeout_s = given->timeout_s;
    out->shard = shard.shard;
    out->shards = shard.shards;
    return status;
}

/* A column that is nearly a setting would silently be none. */
static void warn_of_columns(const cli_call *call, const trb_manifest *manifest)
{
    size_t rows;
    const trb_setting_info *table = trb_settings_table(&rows);
    const char *keys[SETTINGS_MOST];
    for (size_t i = 0; i < rows; i++)
        keys[i] = table[i].key;
    for (size_t c = 0; c < manifest->n_columns; c++) {
        const char *near = trb_nearest_name(manifest->columns[c], keys, rows);
        if (near)
            cli_warn(call, "the column '%s' is no setting and travels into the table; did you mean '%s'?",
                     manifest->columns[c], near);
    }
}

/* ---- one pass over the study */

struct tried {
    size_t n;
    char **samples;
};

/* While watching, what has failed is not tried at every arrival of a new scan, but by the next command. */
static void leave_out_tried(trb_batch_plan *plan, const struct tried *tried)
{
    for (size_t i = 0; i < plan->n_scans; i++)
        for (size_t k = 0; k < tried->n && plan->scans[i].here; k++)
            if (plan->scans[i].state != TRB_BATCH_DONE &&
                strcmp(plan->scans[i].entry->sample, tried->samples[k]) == 0) {
                plan->scans[i].here = false;
                plan->n_here--;
                plan->n_todo--;
            }
}

static void remember_tried(const trb_batch_plan *plan, struct tried *tried)
{
    for (size_t i = 0; i < plan->n_scans; i++) {
        char **more = plan->scans[i].here ? realloc(tried->samples, (tried->n + 1) * sizeof *more) : NULL;
        if (!more)
            continue;
        tried->samples = more;
        more[tried->n] = strdup(plan->scans[i].entry->sample);
        tried->n += more[tried->n] != NULL;
    }
}

static trb_status measure(const cli_call *call, trb_batch_plan *plan, trb_batch_totals *all, trb_error *err)
{
    batch_view view;
    trb_batch_totals totals = {0};
    trb_error ignored;
    batch_tell_plan(call, plan);
    batch_view_init(&view, call, plan);
    const trb_batch_watcher watcher = batch_view_watcher(&view);
    trb_status status = trb_batch_run(plan, &watcher, &totals, err);
    batch_view_end(&view);
    *all = totals;
    const bool shard = plan->options.shards != 0;
    /* After an interruption, too: the tables then hold what there is. */
    if (!shard && trb_batch_collect(plan->output, all, status ? &ignored : err) && !status)
        status = err->status;
    if (!status)
        batch_tell_end(call, plan, &totals, shard ? NULL : all);
    return status;
}

static trb_status one_pass(cli_call *call, const trb_batch_options *how, struct tried *tried,
                           trb_batch_totals *all, trb_error *err)
{
    const struct batch_options *given = call->options;
    trb_manifest *manifest = NULL;
    trb_batch_plan *plan = NULL;
    trb_status status = trb_manifest_create(call->words[0], given->output, &manifest, err);
    if (!status && given->watch)
        trb_manifest_keep_settled(manifest, given->settle_s);
    if (status == TRB_ERR_DATA && given->watch) {
        status = TRB_OK; /* no scan yet */
    } else if (!status && manifest->n_scans) {
        if (tried->n == 0)
            warn_of_columns(call, manifest);
        status = trb_batch_plan_create(manifest, given->output, how, &plan, err);
    }
    if (plan) {
        leave_out_tried(plan, tried);
        if (given->dry_run && given->json)
            status = batch_print_plan_json(plan, err);
        else if (given->dry_run)
            batch_print_plan(plan);
        else if (tried->n == 0 || plan->n_todo)
            status = measure(call, plan, all, err);
        if (given->dry_run && !given->json)
            for (size_t i = 0; i < plan->n_warnings; i++)
                cli_warn(call, "%s", plan->warnings[i]);
        remember_tried(plan, tried);
    }
    trb_batch_plan_destroy(plan);
    trb_manifest_destroy(manifest);
    return status;
}

/* ---- the command */

static void rest(double seconds)
{
    for (double slept = 0; slept < seconds && !cli_interrupted(); slept += 0.2)
        nanosleep(&(struct timespec){0, 200000000}, NULL);
}

static int run_study(cli_call *call)
{
    const struct batch_options *given = call->options;
    trb_setting_text settings[SETTINGS_MOST];
    trb_batch_options how;
    trb_batch_totals all = {0};
    struct tried tried = {0, NULL};
    trb_error err = {TRB_OK, ""};
    signal(SIGPIPE, SIG_IGN); /* a night of work does not end because nobody reads the lines any more */
    trb_status status = fill_options(call, settings, &how, &err);
    if (!status)
        status = one_pass(call, &how, &tried, &all, &err);
    how.force = false; /* once */
    if (!status && given->watch && !given->dry_run)
        cli_info(call, "watching %s; Ctrl-C ends it", call->words[0]);
    while (!status && given->watch && !given->dry_run && !cli_interrupted()) {
        rest(given->settle_s / 4 < 15 ? given->settle_s / 4 : 15);
        if (!cli_interrupted())
            status = one_pass(call, &how, &tried, &all, &err);
    }
    for (size_t i = 0; i < tried.n; i++)
        free(tried.samples[i]);
    free(tried.samples);
    if (status == TRB_ERR_CANCELLED) {
        cli_info(call, "stopped; the same command goes on from here");
        return CLI_INTERRUPTED;
    }
    return status ? cli_fail(call, &err) : all.failed ? CLI_SOME_FAILED : CLI_DONE;
}

static int run(cli_call *call)
{
    const struct batch_options *given = call->options;
    if (call->n_words == 2 && strcmp(call->words[0], "status") == 0)
        return batch_run_status(call, call->words[1]);
    if (call->n_words == 2 && strcmp(call->words[0], "collect") == 0)
        return batch_run_collect(call, call->words[1]);
    if (call->n_words == 2)
        return cli_usage(call, "'%s' is one argument too many (only status DIR and collect DIR have two)",
                         call->words[1]);
    if (!given->output)
        return cli_usage(call, "-o DIR is missing: trabecula batch STUDY -o DIR");
    if (given->json && !given->dry_run)
        return cli_usage(call, "--json goes with --dry-run, or with 'batch status DIR'");
    return run_study(call);
}
