/*
 * study.c - a whole study from C: the runner of `trabecula batch`, with callbacks for its progress.
 *
 *   cc study.c -o study $(pkg-config --cflags --libs trabecula)
 *   ./study study/ results/ threshold=128grey filter=none
 *
 * Each scan is measured by a process of its own: the command trabecula, from PATH. Killed at any time, the same call
 * goes on where it was.
 */
#include <trabecula/trabecula.h>

#include <stdio.h>
#include <string.h>

enum { MOST_SETTINGS = 64 };

static void on_event(void *user, const trb_batch_event *event)
{
    (void)user;
    const char *sample = event->scan->entry->sample;
    if (event->kind == TRB_BATCH_FINISHED)
        printf("%zu of %zu: %s, %.1f s\n", event->n, event->of, sample, event->seconds);
    else if (event->kind == TRB_BATCH_HAS_FAILED)
        printf("%zu of %zu: %s failed: %s\n", event->n, event->of, sample, event->scan->failure.message);
}

/* About five times a second; false would end the running scans and the run. */
static bool on_tick(void *user, const trb_batch_progress *progress)
{
    (void)user;
    fprintf(stderr, "%5.1f %%\r", 100 * progress->done);
    return true;
}

static trb_status measure(const char *study, const char *output, const trb_batch_options *options,
                          trb_batch_totals *totals, trb_error *err)
{
    trb_manifest *manifest = NULL;
    trb_batch_plan *plan = NULL;
    const trb_batch_watcher watcher = {NULL, on_event, on_tick};

    trb_status status = trb_manifest_create(study, output, &manifest, err); /* which scans there are */
    if (!status)
        status =
            trb_batch_plan_create(manifest, output, options, &plan, err); /* what is to do, what it needs */
    if (!status) {
        for (size_t i = 0; i < plan->n_warnings; i++)
            fprintf(stderr, "warning: %s\n", plan->warnings[i]);
        status = trb_batch_run(plan, &watcher, NULL, err);
    }
    if (!status)
        status = trb_batch_collect(output, totals, err); /* the tables, from the records of the scans */
    trb_batch_plan_destroy(plan);                        /* NULL is fine */
    trb_manifest_destroy(manifest);
    return status;
}

int main(int argc, char **argv)
{
    trb_error err = {TRB_OK, ""};
    trb_batch_totals totals;
    trb_setting_text settings[MOST_SETTINGS];
    trb_batch_options options = trb_batch_options_default();

    if (argc < 3 || argc - 3 > MOST_SETTINGS) {
        fprintf(stderr, "usage: study STUDY OUTPUT [KEY=TEXT...]\n");
        return 2;
    }
    for (int i = 3; i < argc; i++) { /* argv may be written to: "key=text" becomes two texts */
        char *equals = strchr(argv[i], '=');
        if (!equals) {
            fprintf(stderr, "study: '%s' is not KEY=TEXT\n", argv[i]);
            return 2;
        }
        *equals = '\0';
        settings[options.n_settings++] = (trb_setting_text){argv[i], equals + 1};
    }
    options.settings = settings;
    options.no_picture = true;
    if (measure(argv[1], argv[2], &options, &totals, &err)) {
        fprintf(stderr, "study: %s\n", err.text);
        return 1;
    }
    printf("%zu of %zu scans are measured: %s/results.csv\n", totals.done, totals.scans, argv[2]);
    return totals.failed ? 3 : 0;
}
