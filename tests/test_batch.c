/*
 * test_batch.c - the runner, with a shell script in the place of the measuring program: every way to end can be had at
 * will, and takes no time. tests/cli/batch.sh runs the real program.
 */
#include "support/testing.h"

#include "study/batch_parts.h"
#include "study/batch_paths.h"
#include "study/batch_queue.h"
#include "trabecula/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What it does hangs on the name of the sample. */
static const char SCRIPT[] =
    "#!/bin/sh\n"
    "for word; do case $word in --output=*) out=${word#--output=};; --sample=*) sample=${word#--sample=};;\n"
    "  --thickness=*) method=${word#--thickness=};; esac; done\n"
    "case $sample in\n"
    "segv*) echo 'trabecula analyze: Tb.Th: 40 %' >&2; kill -SEGV $$;;\n"
    "abrt*) echo 'trabecula analyze: Tb.Th: 40 %' >&2; echo 'free(): invalid pointer' >&2; kill -ABRT $$;;\n"
    "kill*) kill -KILL $$;;\n"
    "exit*) echo 'trabecula analyze: warning: odd' >&2; echo 'trabecula analyze: page 3 is torn' >&2;\n"
    "       echo 'some library: closing' >&2; exit 1;;\n"
    "usage*) echo 'trabecula analyze: no such VOI' >&2; echo \"try 'trabecula analyze --help'\" >&2; exit "
    "2;;\n"
    "mute*) exit 5;;\n"
    "memory*) echo 'trabecula analyze: out of memory for a map' >&2; exit 1;;\n"
    "empty*) exit 0;;\n"
    "full*) echo 'trabecula analyze: x cannot be written: No space left on device' >&2; exit 1;;\n"
    "hang*) echo $$ >\"$out/pid\"; echo 'trabecula analyze: reading: 0 %' >&2; exec sleep 1000;;\n"
    "shut*) exec 2>&-; exec sleep 1000;;\n"
    "slow*) sleep 0.15;;\n"
    "term*) : >\"$out/flag\"; kill -TERM $$;;\n"
    "esac\n"
    ": \"${method:=exact}\"\n"
    "printf "
    "'{\"schema\":\"trabecula.result/"
    "1\",\"metrics\":{\"TV\":{\"value\":0.1,\"method\":\"voxel\"},\"Tb.Th\":{\"value\":'"
    " >\"$out/.1.part\"\n"
    "case $sample in none*) printf null;; *) printf 0.25;; esac >>\"$out/.1.part\"\n"
    "printf "
    "',\"method\":\"%s\"}},\"threshold\":{\"grey\":64},\"grid\":{\"spacing_mm\":[0.01,0.01,0.01]},"
    "\"warnings\":[\"w\"]}'"
    " $method >>\"$out/.1.part\"\n"
    "mv \"$out/.1.part\" \"$out/result.json\"\n";

static char script[4096], output[4096], table[4096];

static int set_up(void **state)
{
    (void)state;
    snprintf(script, sizeof script, "%s/measure", testing_scratch());
    snprintf(output, sizeof output, "%s/out", testing_scratch());
    snprintf(table, sizeof table, "%s/study.csv", testing_scratch());
    FILE *file = fopen(script, "w");
    fputs(SCRIPT, file);
    fclose(file);
    return chmod(script, 0755);
}

static int clean(void **state)
{
    (void)state;
    testing_scratch_remove();
    return 0;
}

/* A study of samples that are small images of nz planes each. */
static trb_manifest *study_of(const char *const *samples, size_t n, const char *header,
                              const char *const *more)
{
    FILE *file = fopen(table, "w");
    fprintf(file, "sample,path%s\n", header);
    for (size_t i = 0; i < n; i++) {
        char path[5000];
        const trb_grid grid = {16, 16, 4 + i % 3, {0.01, 0.01, 0.01}, {0, 0, 0}};
        trb_volume *volume = NULL;
        const trb_write_options how = {.compression = TRB_TIFF_NONE, .force = true};
        snprintf(path, sizeof path, "%s/%s.tif", testing_scratch(), samples[i]);
        if (access(path, F_OK) != 0) {
            CHECK_OK(trb_volume_create(&grid, TRB_U8, &volume, err));
            memset(volume->voxels, 7, trb_grid_voxels(&grid));
            CHECK_OK(trb_volume_write(path, volume, &how, err));
            trb_volume_destroy(volume);
        }
        fprintf(file, "%s,%s.tif%s\n", samples[i], samples[i], more ? more[i] : "");
    }
    fclose(file);
    trb_manifest *manifest = NULL;
    CHECK_OK(trb_manifest_create(table, NULL, &manifest, err));
    return manifest;
}

static trb_batch_options options_for_tests(void)
{
    trb_batch_options options = trb_batch_options_default();
    options.program = script;
    options.jobs = 2;
    options.threads = 4;
    options.memory_limit = (uint64_t)1 << 30;
    return options;
}

static trb_batch_totals run(const trb_manifest *manifest, const trb_batch_options *options,
                            const trb_batch_watcher *watcher, trb_status expected)
{
    trb_batch_plan *plan = NULL;
    trb_batch_totals totals;
    trb_error why = {TRB_OK, ""};
    CHECK_OK(trb_batch_plan_create(manifest, output, options, &plan, err));
    const trb_status status = trb_batch_run(plan, watcher, &totals, &why);
    if (status != expected)
        fail_msg("%s: %s", trb_status_name(status), why.text);
    trb_batch_plan_destroy(plan);
    return totals;
}

static char *text_of(const char *name)
{
    static char text[65536];
    char path[5000];
    snprintf(path, sizeof path, "%s/%s", output, name);
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s: %s", path, strerror(errno));
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

static void expect_failure(const trb_batch_plan *plan, const char *sample, const char *kind, const char *name,
                           const char *message)
{
    for (size_t i = 0; i < plan->n_scans; i++) {
        const trb_batch_failure *failure = &plan->scans[i].failure;
        if (strcmp(plan->scans[i].entry->sample, sample) != 0)
            continue;
        assert_int_equal(TRB_BATCH_FAILED, plan->scans[i].state);
        assert_string_equal(kind, failure->kind);
        assert_string_equal(name, failure->signal);
        if (!strstr(failure->message, message))
            fail_msg("%s: '%s' is not in '%s'", sample, message, failure->message);
        return;
    }
    fail_msg("no scan %s", sample);
}

static void every_way_to_end_is_told_apart(void **state)
{
    (void)state;
    static const char *const samples[] = {"good", "segv",   "abrt",  "kill", "exit", "usage",
                                          "mute", "memory", "empty", "hang", "shut"};
    const size_t n = sizeof samples / sizeof *samples;
    trb_manifest *manifest = study_of(samples, n, "", NULL);
    trb_batch_options options = options_for_tests();
    options.timeout_s = 1.5;
    options.jobs = 4;
    trb_batch_plan *plan = NULL;
    trb_batch_totals totals;
    CHECK_OK(trb_batch_plan_create(manifest, output, &options, &plan, err));
    CHECK_OK(trb_batch_run(plan, NULL, &totals, err));
    assert_int_equal(1, totals.done);
    assert_int_equal(n - 1, totals.failed);
    assert_int_equal(0, totals.todo);
    expect_failure(plan, "segv", "signal", "SEGV", "ended by signal SEGV during 'Tb.Th'");
    expect_failure(plan, "abrt", "signal", "ABRT", "during 'Tb.Th': free(): invalid pointer");
    expect_failure(plan, "kill", "signal", "KILL",
                   "killed from outside; the system does that when memory runs out");
    expect_failure(plan, "exit", "exit", "", "page 3 is torn");
    expect_failure(plan, "usage", "exit", "", "no such VOI");
    expect_failure(plan, "mute", "exit", "", "it failed without a message");
    expect_failure(plan, "memory", "memory", "", "out of memory for a map");
    expect_failure(plan, "empty", "exit", "", "left no result");
    expect_failure(plan, "hang", "timeout", "", "during 'reading'");
    expect_failure(
        plan, "shut", "timeout", "",
        "stopped after the time limit of 1.5 s"); /* it had closed the pipe: the clock still holds */
    trb_batch_plan_destroy(plan);
    /* they are tried again, the good one is not */
    CHECK_OK(trb_batch_plan_create(manifest, output, &options, &plan, err));
    assert_int_equal(n - 1, plan->n_todo);
    assert_string_equal("it failed before (signal)", plan->scans[1].reason);
    trb_batch_plan_destroy(plan);
    trb_manifest_destroy(manifest);
}

/* ---- memory and threads */

struct account {
    uint64_t memory, most_memory, limit;
    int threads, most_threads, running, most_running;
    const trb_batch_scan *scan[64];
    int used[64];
};

static void keep_account(void *user, const trb_batch_event *event)
{
    struct account *account = user;
    const size_t at = event->scan->order;
    const int sign = event->kind == TRB_BATCH_STARTED ? 1 : -1;
    if (event->kind == TRB_BATCH_HAS_FAILED && account->used[at] == 0)
        return; /* it was never started */
    if (sign > 0)
        account->used[at] = event->threads;
    account->memory += (uint64_t)((int64_t)event->scan->memory_bytes * sign);
    account->threads += account->used[at] * sign;
    account->running += sign;
    account->most_memory = account->memory > account->most_memory ? account->memory : account->most_memory;
    account->most_threads =
        account->threads > account->most_threads ? account->threads : account->most_threads;
    account->most_running =
        account->running > account->most_running ? account->running : account->most_running;
}

static void jobs_never_take_more_than_there_is(void **state)
{
    (void)state;
    static const char *const samples[] = {"slow1", "slow2", "slow3", "slow4",
                                          "slow5", "slow6", "slow7", "slow8"};
    trb_manifest *manifest = study_of(samples, 8, "", NULL);
    trb_batch_options options = options_for_tests();
    trb_batch_plan *plan = NULL;
    CHECK_OK(trb_batch_plan_create(manifest, output, &options, &plan, err));
    uint64_t largest = 0;
    for (size_t i = 0; i < 8; i++)
        largest = plan->scans[i].memory_bytes > largest ? plan->scans[i].memory_bytes : largest;
    trb_batch_plan_destroy(plan);
    for (int fits = 1; fits <= 3; fits++) {
        struct account account = {.limit = 0};
        const trb_batch_watcher watcher = {&account, keep_account, NULL};
        options.jobs = 8;
        options.threads = 5;
        options.force = true;
        options.memory_limit = largest * (uint64_t)fits + largest / 2;
        const trb_batch_totals totals = run(manifest, &options, &watcher, TRB_OK);
        assert_int_equal(8, totals.done);
        assert_int_equal(fits, account.most_running);
        assert_true(account.most_memory <= options.memory_limit);
        assert_in_range(account.most_threads, 1, 5);
        assert_int_equal(0, account.running);
    }
    /* left to itself it starts as many as fit */
    options.jobs = 0;
    CHECK_OK(trb_batch_plan_create(manifest, output, &options, &plan, err));
    assert_int_equal(3, plan->options.jobs);
    trb_batch_plan_destroy(plan);
    trb_manifest_destroy(manifest);
}

static void a_large_scan_waits_but_not_for_ever(void **state)
{
    (void)state;
    trb_batch_scan scans[21];
    trb_queued items[21];
    memset(scans, 0, sizeof scans);
    memset(items, 0, sizeof items);
    for (size_t i = 0; i < 21; i++) {
        scans[i].memory_bytes = i == 0 ? 100 : 10;
        items[i].scan = &scans[i];
    }
    trb_queue queue = {21, items};
    for (int passed = 0; passed < 8; passed++) { /* beside others there is room for small ones only */
        assert_int_equal(1, trb_queue_next(&queue, 50, 0));
        trb_queue_take(&queue, 1);
    }
    assert_int_equal(queue.n, trb_queue_next(&queue, 50, 0)); /* now they wait until it has room */
    assert_int_equal(queue.n, trb_queue_next(&queue, 99, 0));
    assert_int_equal(0, trb_queue_next(&queue, 100, 0));
    /* what another run has is not asked for before its time */
    items[0].not_before = 5;
    assert_int_equal(1, trb_queue_next(&queue, 100, 4));
    assert_int_equal(0, trb_queue_next(&queue, 100, 5));
}

static void what_needs_more_than_there_is_fails_alone(void **state)
{
    (void)state;
    static const char *const samples[] = {"a", "b"};
    trb_manifest *manifest = study_of(samples, 2, "", NULL);
    trb_batch_options options = options_for_tests();
    trb_batch_plan *plan = NULL;
    CHECK_OK(trb_batch_plan_create(manifest, output, &options, &plan, err));
    options.memory_limit = plan->scans[0].memory_least; /* b has one plane more */
    assert_true(plan->scans[1].memory_least > options.memory_limit);
    trb_batch_plan_destroy(plan);
    CHECK_OK(trb_batch_plan_create(manifest, output, &options, &plan, err));
    trb_batch_totals totals;
    CHECK_OK(trb_batch_run(plan, NULL, &totals, err));
    assert_int_equal(1, totals.done);
    expect_failure(plan, "b", "memory", "", "GiB of memory");
    assert_non_null(strstr(text_of("scans/b/log.txt"), "not started: needs"));
    trb_batch_plan_destroy(plan);
    trb_manifest_destroy(manifest);
}

/* ---- stopping and going on */

struct stopper {
    size_t after;
};

static bool stop_after(void *user, const trb_batch_progress *progress)
{
    const struct stopper *stopper = user;
    return progress->through < stopper->after;
}

static void a_stopped_run_goes_on(void **state)
{
    (void)state;
    static const char *const samples[] = {"slow1", "slow2", "slow3", "slow4", "slow5", "slow6"};
    trb_manifest *manifest = study_of(samples, 6, "", NULL);
    const trb_batch_options options = options_for_tests();
    struct stopper stopper = {2};
    const trb_batch_watcher watcher = {&stopper, NULL, stop_after};
    trb_batch_totals totals = run(manifest, &options, &watcher, TRB_ERR_CANCELLED);
    assert_in_range(totals.done, 2, 5);
    assert_int_equal(6 - totals.done, totals.todo);
    const size_t before = totals.done;
    totals = run(manifest, &options, NULL, TRB_OK);
    assert_int_equal(6, totals.done);
    assert_int_equal(6 - before, totals.measured);
    trb_manifest_destroy(manifest);
}

static bool stop_at_flag(void *user, const trb_batch_progress *progress)
{
    (void)progress;
    return access(user, F_OK) != 0;
}

/* A batch system sends TERM to all processes, and the measuring one is the first to go. */
static void to_be_stopped_together_is_no_failure(void **state)
{
    (void)state;
    static const char *const samples[] = {"term"};
    trb_manifest *manifest = study_of(samples, 1, "", NULL);
    const trb_batch_options options = options_for_tests();
    char flag[4200];
    snprintf(flag, sizeof flag, "%s/scans/term/flag", output);
    const trb_batch_watcher watcher = {flag, NULL, stop_at_flag};
    trb_batch_totals totals = run(manifest, &options, &watcher, TRB_ERR_CANCELLED);
    assert_int_equal(0, totals.failed);
    assert_int_equal(1, totals.todo);
    totals = run(manifest, &options, NULL, TRB_OK); /* nobody asks to stop: then it is one */
    assert_int_equal(1, totals.failed);
    trb_manifest_destroy(manifest);
}

static void a_full_disk_stops_the_run_and_blames_no_scan(void **state)
{
    (void)state;
    static const char *const samples[] = {"full", "b", "c", "d"};
    trb_manifest *manifest = study_of(samples, 4, "", NULL);
    trb_batch_options options = options_for_tests();
    options.jobs = 1;
    const trb_batch_totals totals = run(manifest, &options, NULL, TRB_ERR_IO);
    assert_int_equal(0, totals.failed);
    assert_int_equal(4, totals.todo);
    trb_manifest_destroy(manifest);
}

static bool process_lives(long pid)
{
    char path[64], line[256] = "";
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    const bool read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    const char *name_end = strrchr(line, ')');
    return read && name_end && name_end[2] != 'Z';
}

static void rest(void)
{
    nanosleep(&(struct timespec){0, 20000000}, NULL);
}

static void processes_end_with_their_supervisor(void **state)
{
    (void)state;
    static const char *const samples[] = {"hang"};
    trb_manifest *manifest = study_of(samples, 1, "", NULL);
    const trb_batch_options options = options_for_tests();
    char path[5000];
    snprintf(path, sizeof path, "%s/scans/hang/pid", output);
    trb_batch_plan *plan = NULL; /* made before the fork: threads do not survive one */
    CHECK_OK(trb_batch_plan_create(manifest, output, &options, &plan, err));
    const pid_t supervisor = fork();
    if (supervisor == 0)
        _exit(trb_batch_run(plan, NULL, NULL, NULL) != TRB_OK);
    long pid = 0;
    for (int i = 0; i < 500 && pid == 0; i++) {
        FILE *file = fopen(path, "r");
        if (!file || fscanf(file, "%ld", &pid) != 1)
            rest();
        if (file)
            fclose(file);
    }
    assert_true(pid > 0);
    assert_true(process_lives(pid));
    char folder[4200];
    snprintf(folder, sizeof folder, "%s/scans/hang", output);
    assert_true(trb_batch_claimed(folder));
    kill(supervisor, SIGKILL);
    waitpid(supervisor, NULL, 0);
    for (int i = 0; i < 500 && process_lives(pid); i++)
        rest();
    assert_false(process_lives(pid));
    assert_false(trb_batch_claimed(folder));
    trb_batch_plan_destroy(plan);
    trb_manifest_destroy(manifest);
}

static void a_result_beside_running_is_done(void **state)
{
    (void)state;
    static const char *const samples[] = {"a", "b"};
    trb_manifest *manifest = study_of(samples, 2, "", NULL);
    const trb_batch_options options = options_for_tests();
    run(manifest, &options, NULL, TRB_OK);
    char folder[4200], why[4500];
    snprintf(folder, sizeof folder, "%s/scans/a", output);
    /* as if the supervisor had ended between the result and the note */
    json_t *noted = trb_json_load(folder, "state.json");
    json_object_set_new(noted, "state", json_string("running"));
    CHECK_OK(trb_json_save(folder, "state.json", noted, err));
    snprintf(why, sizeof why, "%s/.77.part.state.json", folder);
    FILE *torn = fopen(why, "w");
    fclose(torn);
    trb_batch_totals totals = run(manifest, &options, NULL, TRB_OK);
    assert_int_equal(2, totals.done);
    assert_int_equal(0, totals.measured);
    assert_int_equal(-1, access(why, F_OK));
    assert_true(trb_batch_noted_done(folder));
    /* a torn result is none */
    snprintf(why, sizeof why, "%s/result.json", folder);
    FILE *file = fopen(why, "w");
    fputs("{\"schema\":\"trabecula.result/1\",\"metr", file);
    fclose(file);
    totals = run(manifest, &options, NULL, TRB_OK);
    assert_int_equal(1, totals.measured);
    trb_manifest_destroy(manifest);
}

/* ---- tables */

static void tables_hold_what_the_records_hold(void **state)
{
    (void)state;
    static const char *const samples[] = {"a", "none", "exit", "d"};
    static const char *const more[] = {",Sham,f,", ",\"O,VX\",,", ",Sham,f,", ",,m,ipl"};
    trb_manifest *manifest = study_of(samples, 4, ",group,sex,thickness", more);
    const trb_batch_options options = options_for_tests();
    run(manifest, &options, NULL, TRB_OK);
    trb_batch_totals totals;
    CHECK_OK(trb_batch_collect(output, &totals, err));
    assert_int_equal(3, totals.done);
    assert_int_equal(1, totals.failed);
    assert_int_equal(3, totals.warnings);
    assert_string_equal("sample,group,sex,TV [mm^3],Tb.Th [mm],threshold [grey],voxel size [mm]\n"
                        "a,Sham,f,0.1,0.25,64,0.01\n"
                        "none,\"O,VX\",,0.1,,64,0.01\n"
                        "d,,m,0.1,0.25,64,0.01\n",
                        text_of("results.csv"));
    char *columns = text_of("results.columns.csv");
    assert_non_null(strstr(columns, "\nTb.Th [mm],Tb.Th,mm,trabecular thickness,exact; ipl,"));
    char expected[9000];
    snprintf(
        expected, sizeof expected,
        "sample,path,kind,signal,message,log\nexit,%s/exit.tif,exit,,page 3 is torn,scans/exit/log.txt\n",
        testing_scratch());
    assert_string_equal(expected, text_of("failures.csv"));
    json_t *batch = trb_json_load(output, "batch.json");
    assert_int_equal(3, json_integer_value(json_object_get(json_object_get(batch, "counts"), "done")));
    assert_int_equal(4, json_array_size(json_object_get(batch, "scans")));
    json_decref(batch);
    trb_manifest_destroy(manifest);
}

static void a_table_does_not_mix_settings(void **state)
{
    (void)state;
    static const char *const samples[] = {"slow1", "slow2", "slow3", "slow4"};
    trb_manifest *manifest = study_of(samples, 4, "", NULL);
    trb_batch_options options = options_for_tests();
    run(manifest, &options, NULL, TRB_OK);
    static char key[] = "thickness", text[] = "ipl";
    const trb_setting_text setting = {key, text};
    options.settings = &setting;
    options.n_settings = 1;
    options.jobs = 1;
    struct stopper stopper = {1};
    const trb_batch_watcher watcher = {&stopper, NULL, stop_after};
    const trb_batch_totals cut = run(manifest, &options, &watcher, TRB_ERR_CANCELLED);
    trb_batch_totals totals;
    CHECK_OK(trb_batch_collect(output, &totals, err));
    assert_int_equal(cut.done, totals.done); /* those of before are to do, and not in the table */
    assert_in_range(totals.done, 1, 3);
    assert_non_null(strstr(text_of("results.columns.csv"), "trabecular thickness,ipl,"));
    trb_manifest_destroy(manifest);
}

static void the_key_names_the_first_difference(void **state)
{
    (void)state;
    static const char *const samples[] = {"a"};
    trb_manifest *manifest = study_of(samples, 1, "", NULL);
    trb_batch_options options = options_for_tests();
    trb_settings settings = trb_settings_default();
    char why[256] = "", path[5000];
    snprintf(path, sizeof path, "%s/cal.json", testing_scratch());
    FILE *file = fopen(path, "w");
    fputs("{}", file);
    fclose(file);
    CHECK_OK(trb_settings_set(&settings, "calibration", path, err));
    json_t *before = trb_batch_key(&options, manifest->scans, &settings);
    json_t *now = trb_batch_key(&options, manifest->scans, &settings);
    assert_true(trb_batch_key_serves(before, now, why, sizeof why));
    json_decref(now);
    file = fopen(path, "w");
    fputs("{\"slope\":1}", file);
    fclose(file);
    now = trb_batch_key(&options, manifest->scans, &settings);
    assert_false(trb_batch_key_serves(before, now, why, sizeof why));
    assert_string_equal("the file of --voi or --calibration changed", why);
    json_decref(before);
    options.maps = true;
    before = trb_batch_key(&options, manifest->scans, &settings);
    assert_true(trb_batch_key_serves(before, now, why, sizeof why)); /* more than is wanted */
    assert_false(trb_batch_key_serves(now, before, why, sizeof why));
    assert_string_equal("maps are wanted now", why);
    json_object_set_new(json_object_get(now, "program"), "commit", json_string("abc"));
    assert_false(trb_batch_key_serves(now, before, why, sizeof why));
    assert_non_null(strstr(why, "the program changed: "));
    json_decref(now);
    CHECK_OK(trb_settings_set(&settings, "despeckle", "27", err));
    now = trb_batch_key(&options, manifest->scans, &settings);
    assert_false(trb_batch_key_serves(before, now, why, sizeof why));
    assert_string_equal("settings changed: despeckle 0 -> 27", why);
    /* one byte in the middle of the last block, same size, same time */
    json_decref(before);
    before = trb_batch_key(&options, manifest->scans, &settings);
    struct stat facts;
    assert_int_equal(0, stat(manifest->scans[0].path, &facts));
    file = fopen(manifest->scans[0].path, "r+b");
    fseek(file, (long)facts.st_size / 2, SEEK_SET);
    fputc(99, file);
    fclose(file);
    const struct timespec times[2] = {facts.st_mtim, facts.st_mtim};
    assert_int_equal(0, utimensat(AT_FDCWD, manifest->scans[0].path, times, 0));
    json_decref(now);
    now = trb_batch_key(&options, manifest->scans, &settings);
    assert_false(trb_batch_key_serves(before, now, why, sizeof why));
    assert_string_equal("the input changed", why);
    json_decref(before);
    json_decref(now);
    trb_manifest_destroy(manifest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_way_to_end_is_told_apart, set_up, clean),
        cmocka_unit_test_setup_teardown(jobs_never_take_more_than_there_is, set_up, clean),
        cmocka_unit_test(a_large_scan_waits_but_not_for_ever),
        cmocka_unit_test_setup_teardown(what_needs_more_than_there_is_fails_alone, set_up, clean),
        cmocka_unit_test_setup_teardown(a_stopped_run_goes_on, set_up, clean),
        cmocka_unit_test_setup_teardown(to_be_stopped_together_is_no_failure, set_up, clean),
        cmocka_unit_test_setup_teardown(a_full_disk_stops_the_run_and_blames_no_scan, set_up, clean),
        cmocka_unit_test_setup_teardown(processes_end_with_their_supervisor, set_up, clean),
        cmocka_unit_test_setup_teardown(a_result_beside_running_is_done, set_up, clean),
        cmocka_unit_test_setup_teardown(tables_hold_what_the_records_hold, set_up, clean),
        cmocka_unit_test_setup_teardown(a_table_does_not_mix_settings, set_up, clean),
        cmocka_unit_test_setup_teardown(the_key_names_the_first_difference, set_up, clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
