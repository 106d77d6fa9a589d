/* batch_worker.c - one measuring process: its start, what it says, its end. */
#include "study/batch_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

extern char **environ;

#define SAYS "trabecula analyze: " /* how the program begins its lines */

double trb_worker_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

const char *trb_signal_name(int number, char *text)
{
    static const struct {
        int number;
        const char *name;
    } known[] = {{SIGABRT, "ABRT"}, {SIGBUS, "BUS"},   {SIGFPE, "FPE"},   {SIGHUP, "HUP"},
                 {SIGILL, "ILL"},   {SIGINT, "INT"},   {SIGKILL, "KILL"}, {SIGPIPE, "PIPE"},
                 {SIGQUIT, "QUIT"}, {SIGSEGV, "SEGV"}, {SIGTERM, "TERM"}, {SIGXCPU, "XCPU"},
                 {SIGXFSZ, "XFSZ"}, {SIGTRAP, "TRAP"}, {SIGSYS, "SYS"}};
    snprintf(text, 16, "%d", number);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].number == number)
            snprintf(text, 16, "%s", known[i].name);
    return text;
}

/* ---- start */

/*
 * The environment without what binds threads to cores: every process would bind its own to the same first ones. NULL: no
 * memory. The texts are borrowed.
 */
static char **free_environment(void)
{
    static const char *const binding[] = {"OMP_PROC_BIND=", "OMP_PLACES=", "GOMP_CPU_AFFINITY="};
    size_t n = 0, kept = 0;
    while (environ && environ[n])
        n++;
    char **copy = malloc((n + 1) * sizeof *copy);
    for (size_t i = 0; copy && i < n; i++) {
        bool binds = false;
        for (size_t k = 0; k < sizeof binding / sizeof *binding; k++)
            binds = binds || strncmp(environ[i], binding[k], strlen(binding[k])) == 0;
        if (!binds)
            copy[kept++] = environ[i];
    }
    if (copy)
        copy[kept] = NULL;
    return copy;
}

/* In the child, between fork and exec: only what is safe there. */
static void become(const char *program, char *const *argv, int pipe_end, int claim, pid_t parent,
                   char **environment)
{
    static const int reset[] = {SIGINT, SIGTERM, SIGPIPE, SIGQUIT};
    setpgid(0, 0);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    const int score =
        open("/proc/self/oom_score_adj", O_WRONLY); /* out of memory: rather a scan than the supervisor */
    if (score >= 0 && write(score, "300", 3) >= 0)
        close(score);
    if (getppid() != parent) /* it ended before the line above */
        _exit(126);
    for (size_t i = 0; i < sizeof reset / sizeof *reset; i++)
        signal(reset[i], SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    const int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 || dup2(pipe_end, 2) < 0)
        _exit(126);
    fcntl(claim, F_SETFD, 0);
    environ = environment;
    execvp(program, argv);
    static const char text[] = SAYS "the program cannot be started\n";
    if (write(2, text, sizeof text - 1) < 0)
        _exit(126);
    _exit(127);
}

static void log_command(trb_worker *worker, char *const *argv)
{
    char line[8192];
    size_t used = 0;
    for (size_t i = 0; argv[i] && used < sizeof line - 1; i++) {
        const bool plain = argv[i][0] && !argv[i][strcspn(argv[i], " \t'\"\\$*?[]#~&;|<>(){}!`")];
        used += (size_t)snprintf(line + used, sizeof line - used, plain ? "%s%s" : "%s'%s'", i ? " " : "",
                                 argv[i]);
    }
    trb_worker_log(worker, "%s", line);
}

static trb_status open_ends(trb_worker *worker, const char *log, int ends[2], trb_error *err)
{
    if (pipe(ends) != 0)
        return trb_error_set(err, TRB_ERR_IO, "no pipe for a process: %s", strerror(errno));
    for (int i = 0; i < 2; i++)
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    worker->log = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
    if (worker->log >= 0)
        return TRB_OK;
    trb_error_set(err, TRB_ERR_IO, "%s cannot be written: %s", log, strerror(errno));
    close(ends[0]);
    close(ends[1]);
    return TRB_ERR_IO;
}

trb_status trb_worker_start(trb_worker *worker, const char *program, char *const *argv, const char *log,
                            int claim, trb_error *err)
{
    int ends[2];
    memset(worker, 0, sizeof *worker);
    worker->pipe = worker->log = -1;
    trb_status status = open_ends(worker, log, ends, err);
    if (status)
        return status;
    worker->started = trb_worker_now();
    log_command(worker, argv);
    const pid_t parent = getpid();
    char **environment = free_environment();
    worker->pid = environment ? fork() : -1;
    if (worker->pid == 0)
        become(program, argv, ends[1], claim, parent, environment);
    free(environment);
    close(ends[1]);
    worker->pipe = ends[0];
    if (worker->pid > 0)
        setpgid(worker->pid, worker->pid); /* the child does it as well: whoever is first */
    if (worker->pid > 0)
        return TRB_OK;
    status = trb_error_set(err, TRB_ERR_IO, "a process cannot be started: %s", strerror(errno));
    close(worker->pipe);
    close(worker->log);
    return status;
}

/* ---- what it says */

void trb_worker_log(trb_worker *worker, const char *format, ...)
{
    char text[8300];
    const int n = snprintf(text, sizeof text, "%9.2f s  ", trb_worker_now() - worker->started);
    va_list args;
    va_start(args, format);
    vsnprintf(text + n, sizeof text - (size_t)n - 1, format, args);
    va_end(args);
    strcat(text, "\n");
    /* A log that cannot be written must not cost the result. */
    if (worker->log >= 0 && write(worker->log, text, strlen(text)) < 0) {
        close(worker->log);
        worker->log = -1;
    }
}

/* "trabecula analyze: Tb.Th: 30 %" */
static bool is_progress(trb_worker *worker, char *line)
{
    char *end = strrchr(line, ' '), *colon;
    if (strncmp(line, SAYS, strlen(SAYS)) != 0 || !end || strcmp(end, " %") != 0)
        return false;
    *end = 0;
    colon = strrchr(line, ':');
    char *stop = NULL;
    const long percent = colon && colon[1] == ' ' ? strtol(colon + 2, &stop, 10) : -1;
    if (percent < 0 || percent > 100 || *stop || colon < line + strlen(SAYS)) {
        *end = ' ';
        return false;
    }
    *colon = 0;
    const char *stage = line + strlen(SAYS);
    if (strncmp(worker->stage, stage, sizeof worker->stage - 1) != 0) {
        snprintf(worker->stage, sizeof worker->stage, "%s", stage);
        trb_worker_log(worker, "%s", worker->stage);
    }
    worker->done = (double)percent / 100;
    return true;
}

/* The program's own last words count more than those of a library. */
static void take_line(trb_worker *worker)
{
    char *line = worker->line;
    line[worker->used] = 0;
    worker->used = 0;
    if (!line[strspn(line, " \t\r")] || is_progress(worker, line))
        return;
    trb_worker_log(worker, "%s", line);
    const bool own = strncmp(line, SAYS, strlen(SAYS)) == 0;
    const char *text = own ? line + strlen(SAYS) : line;
    if ((own && strncmp(text, "warning:", 8) == 0) || (!own && worker->from_program) ||
        strncmp(text, "try '", 5) == 0)
        return;
    worker->from_program = own;
    snprintf(worker->message, sizeof worker->message, "%.1000s", text);
}

void trb_worker_listen(trb_worker *worker)
{
    char block[4096];
    ssize_t got = -1;
    while (worker->pipe >= 0 &&
           ((got = read(worker->pipe, block, sizeof block)) > 0 || (got < 0 && errno == EINTR)))
        for (ssize_t i = 0; i < got; i++) {
            if (block[i] == '\n' || worker->used == sizeof worker->line - 1)
                take_line(worker);
            if (block[i] != '\n')
                worker->line[worker->used++] = block[i] ? block[i] : ' ';
        }
    if (worker->pipe >= 0 && got == 0) {
        if (worker->used)
            take_line(worker);
        close(worker->pipe);
        worker->pipe = -1;
    }
}

void trb_worker_measure(trb_worker *worker)
{
    char path[64], line[128];
    unsigned long long kib = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)worker->pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %llu kB", &kib) == 1)
            break;
    if (file)
        fclose(file);
    if ((uint64_t)kib * 1024 > worker->peak_bytes)
        worker->peak_bytes = (uint64_t)kib * 1024;
}

/* ---- its end */

void trb_worker_kill(trb_worker *worker)
{
    if (worker->pid > 0 && kill(-worker->pid, SIGKILL) != 0)
        kill(worker->pid, SIGKILL); /* it had no group of its own yet */
}

/* What a person needs to know who was not there. */
static void explain_signal(const trb_worker *worker, int number, trb_batch_failure *failure)
{
    char when[160] = "", peak[64] = "";
    trb_signal_name(number, failure->signal);
    snprintf(failure->kind, sizeof failure->kind, "signal");
    if (worker->stage[0])
        snprintf(when, sizeof when, " during '%s'", worker->stage);
    if (worker->peak_bytes)
        snprintf(peak, sizeof peak, "; it was last seen with %.0f MiB", (double)worker->peak_bytes / 1048576.0);
    if (number == SIGKILL)
        snprintf(failure->message, sizeof failure->message,
                 "killed from outside%s; the system does that when memory runs out", when);
    else
        snprintf(failure->message, sizeof failure->message, "ended by signal %s%s%s%.800s", failure->signal,
                 when, worker->message[0] ? ": " : "", worker->message);
    if (number == SIGKILL)
        strncat(failure->message, peak, sizeof failure->message - strlen(failure->message) - 1);
}

static bool about_memory(const char *message)
{
    static const char *const words[] = {"out of memory", "no memory", "even when they are measured in slabs",
                                        "need all of it in memory", "bad_alloc"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(message, words[i]))
            return true;
    return false;
}

static void explain(const trb_worker *worker, int status, trb_batch_failure *failure)
{
    memset(failure, 0, sizeof *failure);
    failure->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (worker->timed_out_s > 0) {
        snprintf(failure->kind, sizeof failure->kind, "timeout");
        snprintf(failure->message, sizeof failure->message, "stopped after the time limit of %.6g s%s%s%s",
                 worker->timed_out_s, worker->stage[0] ? " during '" : "", worker->stage,
                 worker->stage[0] ? "'" : "");
    } else if (WIFSIGNALED(status)) {
        explain_signal(worker, WTERMSIG(status), failure);
    } else if (failure->exit_code != 0) {
        snprintf(failure->kind, sizeof failure->kind, "%s",
                 about_memory(worker->message) ? "memory" : "exit");
        snprintf(failure->message, sizeof failure->message, "%s",
                 worker->message[0] ? worker->message : "it failed without a message");
    }
}

bool trb_worker_ended(trb_worker *worker, trb_batch_failure *failure)
{
    int status;
    const pid_t ended = waitpid(worker->pid, &status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno == EINTR))
        return false;
    trb_worker_listen(worker); /* the last words */
    if (worker->used)
        take_line(worker);
    if (ended < 0) { /* somebody else waited for it */
        memset(failure, 0, sizeof *failure);
        snprintf(failure->kind, sizeof failure->kind, "exit");
        snprintf(failure->message, sizeof failure->message, "how it ended was not seen: %s", strerror(errno));
    } else {
        explain(worker, status, failure);
    }
    if (failure->kind[0])
        trb_worker_log(worker, "failed (%s): %s", failure->kind, failure->message);
    if (worker->pipe >= 0)
        close(worker->pipe);
    if (worker->log >= 0)
        close(worker->log);
    worker->pipe = worker->log = -1;
    return true;
}
