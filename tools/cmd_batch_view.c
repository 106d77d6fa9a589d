/*
 * cmd_batch_view.c - a batch while it runs. On a terminal one bar for the study and one line a running scan, drawn over
 * again; elsewhere a line for what begins and ends, and now and then one for how far it is.
 */
#include "cmd_batch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BAR_WIDTH 20  /* the line stays within 80 characters */
#define MOST_DRAWN 12 /* running scans shown; more would leave the screen */

static bool terminal_can_draw(void)
{
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

void batch_view_init(batch_view *view, const cli_call *call, const trb_batch_plan *plan)
{
    const int style = call->common.progress; /* 0 auto, 1 plain, 2 none */
    const bool silent = call->common.quiet || style == CLI_PROGRESS_NONE;
    *view = (batch_view){.call = call, .jobs = (size_t)plan->options.jobs, .next_line = 10};
    view->draws = !silent && style == CLI_PROGRESS_AUTO && terminal_can_draw();
    view->lines = !silent && !view->draws;
}

/* Take the bar away; what is printed then scrolls above the next one. */
void batch_view_end(batch_view *view)
{
    if (view->drawn == 0)
        return;
    fputs("\r\033[K", stderr);
    for (int i = 1; i < view->drawn; i++)
        fputs("\033[A\033[K", stderr);
    fflush(stderr);
    view->drawn = 0;
}

static const char *left_text(const trb_batch_progress *progress, char *text, size_t size)
{
    char time[32];
    text[0] = 0;
    if (isfinite(progress->seconds_left))
        snprintf(text, size, ", %s left", batch_duration_text(progress->seconds_left, time));
    return text;
}

static void draw(batch_view *view, const trb_batch_progress *progress)
{
    char bar[BAR_WIDTH + 1], left[64], time[32];
    const int percent = (int)(progress->done * 100), filled = percent * BAR_WIDTH / 100;
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < filled ? '#' : '.';
    bar[BAR_WIDTH] = 0;
    batch_view_end(view);
    fprintf(stderr, "batch [%s] %3d %%  %zu of %zu", bar, percent, progress->through, progress->total);
    if (progress->failed)
        fprintf(stderr, ", %zu failed", progress->failed);
    fprintf(stderr, "%s", left_text(progress, left, sizeof left));
    view->drawn = 1;
    for (size_t i = 0; i < progress->n_running && i < MOST_DRAWN; i++, view->drawn++) {
        const trb_batch_running *running = &progress->running[i];
        fprintf(stderr, "\n  %-24.24s %-28.28s %3d %%  %s", running->scan->entry->sample, running->stage,
                (int)(running->done * 100), batch_duration_text(running->seconds, time));
    }
    fflush(stderr);
}

static void say_lines(batch_view *view, const trb_batch_progress *progress)
{
    const bool plain = view->call->common.progress == CLI_PROGRESS_PLAIN;
    char left[64], time[32];
    if (progress->seconds < view->next_line)
        return;
    view->next_line = progress->seconds + (plain ? 10 : 60);
    cli_info(view->call, "%d %%, %zu of %zu scans, %zu failed%s", (int)(progress->done * 100),
             progress->through, progress->total, progress->failed, left_text(progress, left, sizeof left));
    for (size_t i = 0; plain && i < progress->n_running; i++) {
        const trb_batch_running *running = &progress->running[i];
        cli_info(view->call, "  %s: %s %d %%, %s", running->scan->entry->sample, running->stage,
                 (int)(running->done * 100), batch_duration_text(running->seconds, time));
    }
}

static bool on_tick(void *user, const trb_batch_progress *progress)
{
    batch_view *view = user;
    if (view->draws)
        draw(view, progress);
    else if (view->lines)
        say_lines(view, progress);
    return !cli_interrupted();
}

static void on_event(void *user, const trb_batch_event *event)
{
    batch_view *view = user;
    const trb_batch_failure *failure = &event->scan->failure;
    const char *sample = event->scan->entry->sample;
    char time[32];
    if (view->draws)
        batch_view_end(view);
    switch (event->kind) {
    case TRB_BATCH_STARTED:
        if (view->lines)
            cli_info(view->call, "%s: starts, %d thread%s", sample, event->threads,
                     event->threads == 1 ? "" : "s");
        break;
    case TRB_BATCH_FINISHED:
        if (view->lines)
            cli_info(view->call, "[%zu/%zu] %s: done, %s", event->n, event->of, sample,
                     batch_duration_text(event->seconds, time));
        break;
    case TRB_BATCH_HAS_FAILED:
        cli_warn(view->call, "[%zu/%zu] %s: failed (%s): %s", event->n, event->of, sample, failure->kind,
                 failure->message);
        break;
    case TRB_BATCH_WAITING:
        cli_info(view->call, "%s: another run measures it; asked again later", sample);
        break;
    case TRB_BATCH_FOUND_DONE:
        cli_info(view->call, "[%zu/%zu] %s: is done already", event->n, event->of, sample);
        break;
    case TRB_BATCH_STOPPED: cli_info(view->call, "%s: stopped, it is to do again", sample); break;
    }
}

trb_batch_watcher batch_view_watcher(batch_view *view)
{
    return (trb_batch_watcher){view, on_event, on_tick};
}
