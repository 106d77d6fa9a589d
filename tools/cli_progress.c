/*
 * cli_progress.c - what people see on standard error: messages, the bar, and the way out by Ctrl-C.
 *
 * There is one terminal and one Ctrl-C in a process, so the state of the bar and the flag of the signal
 * handler are the program's, not the call's.
 */
#include "cli_frame.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- interruption */

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

void cli_signals_catch(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    /* A second Ctrl-C ends the program at once; a read that the signal meets goes on. */
    action.sa_flags = (int)(SA_RESETHAND | SA_RESTART);
    sigemptyset(&action.sa_mask);
    static const int signals[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < CLI_COUNT(signals); i++) {
        struct sigaction before;
        /* Under nohup and in background jobs of a script the signal is ignored: keep it so. */
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

bool cli_interrupted(void)
{
    return interrupted != 0;
}

/* ---- progress */

#define BAR_WIDTH 30
#define STAGE_CHARS 64

static struct {
    bool drawn;  /* a bar stands on the line */
    int percent; /* shown last */
    char stage[STAGE_CHARS];
    struct timespec shown_at;
} bar;

static double seconds_since(const struct timespec *then)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - then->tv_sec) + 1e-9 * (double)(now.tv_nsec - then->tv_nsec);
}

void cli_progress_end(void)
{
    if (bar.drawn)
        fputs("\r\033[K", stderr);
    bar.drawn = false;
    bar.stage[0] = '\0';
}

static int percent_of(double done)
{
    if (!(done > 0))
        return 0;
    return done >= 1 ? 100 : (int)(done * 100);
}

/* Gives whether this is another stage than the last time. */
static bool stage_changes(const char *stage)
{
    if (strncmp(bar.stage, stage, STAGE_CHARS - 1) == 0)
        return false;
    snprintf(bar.stage, sizeof bar.stage, "%s", stage);
    return true;
}

static bool report_nothing(void *user, const char *stage, double done)
{
    (void)user;
    (void)stage;
    (void)done;
    return !interrupted;
}

/* A line for every new stage and every 10 %. */
static bool report_plain(void *user, const char *stage, double done)
{
    const cli_call *call = user;
    const int percent = percent_of(done);
    if (stage_changes(stage) || percent / 10 > bar.percent / 10) {
        fprintf(stderr, "trabecula %s: %s: %d %%\n", call->command->name, stage, percent);
        bar.percent = percent;
    }
    return !interrupted;
}

static bool report_bar(void *user, const char *stage, double done)
{
    const cli_call *call = user;
    const int percent = percent_of(done);
    const bool changes = stage_changes(stage);
    if (!changes && (percent == bar.percent || (percent < 100 && seconds_since(&bar.shown_at) < 0.1)))
        return !interrupted;
    char line[BAR_WIDTH + 1];
    const int filled = percent * BAR_WIDTH / 100;
    for (int i = 0; i < BAR_WIDTH; i++)
        line[i] = i < filled ? '#' : '.';
    line[BAR_WIDTH] = '\0';
    fprintf(stderr, "\r\033[K%s: %s [%s] %3d %%", call->command->name, bar.stage, line, percent);
    fflush(stderr);
    bar.drawn = true;
    bar.percent = percent;
    clock_gettime(CLOCK_MONOTONIC, &bar.shown_at);
    return !interrupted;
}

static bool terminal_can_draw(void)
{
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

const trb_progress *cli_progress(const cli_call *call)
{
    static trb_progress progress;
    progress.user = (void *)(uintptr_t)call; /* only read */
    if (call->common.quiet || call->common.progress == CLI_PROGRESS_NONE)
        progress.report = report_nothing;
    else if (call->common.progress == CLI_PROGRESS_PLAIN)
        progress.report = report_plain;
    else
        progress.report = terminal_can_draw() ? report_bar : report_nothing;
    return &progress;
}

/* ---- messages */

bool cli_color_wanted(int color, FILE *to)
{
    if (color != 0)
        return color == 1;
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fileno(to)) && !(no_color && no_color[0]) && term && strcmp(term, "dumb") != 0;
}

static void say(const cli_call *call, const char *color, const char *kind, const char *format, va_list args)
{
    const bool was_drawn = bar.drawn;
    if (was_drawn)
        cli_progress_end();
    fprintf(stderr, "%strabecula %s:%s %s", call->color ? color : "", call->command->name,
            call->color ? "\033[0m" : "", kind);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

int cli_fail(const cli_call *call, const trb_error *err)
{
    cli_progress_end();
    const bool stopped = err->status == TRB_ERR_CANCELLED;
    fprintf(stderr, "%strabecula %s:%s %s\n", call->color ? "\033[31m" : "", call->command->name,
            call->color ? "\033[0m" : "",
            stopped && interrupted ? "stopped on request; no half-written file is left" : err->text);
    if (stopped)
        return CLI_INTERRUPTED;
    return err->status == TRB_ERR_ARGUMENT ? CLI_USAGE : CLI_FAILED;
}

int cli_usage(const cli_call *call, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(call, "\033[31m", "", format, args);
    va_end(args);
    fprintf(stderr, "try 'trabecula %s --help'\n", call->command->name);
    return CLI_USAGE;
}

void cli_warn(const cli_call *call, const char *format, ...)
{
    if (call->common.log_level < CLI_LOG_WARNING)
        return;
    va_list args;
    va_start(args, format);
    say(call, "\033[33m", "warning: ", format, args);
    va_end(args);
}

void cli_info(const cli_call *call, const char *format, ...)
{
    if (call->common.quiet || call->common.log_level < CLI_LOG_INFO)
        return;
    va_list args;
    va_start(args, format);
    say(call, "", "", format, args);
    va_end(args);
}

void cli_debug(const cli_call *call, const char *format, ...)
{
    if (call->common.quiet || call->common.log_level < CLI_LOG_DEBUG)
        return;
    va_list args;
    va_start(args, format);
    say(call, "\033[2m", "", format, args);
    va_end(args);
}

/* A full disk shows at the flush or only at the close (network file systems): both are checked. */
int cli_close_stdout(const char *who, int code)
{
    const bool failed = ferror(stdout) != 0;
    const int flushed = fflush(stdout);
    int why = errno;
    const int closed = fclose(stdout);
    if (!flushed && closed)
        why = errno;
    if (!failed && !flushed && !closed)
        return code;
    fprintf(stderr, "%s: standard output could not be written completely: %s\n", who,
            flushed || closed ? strerror(why) : "an earlier write failed");
    return CLI_FAILED;
}
