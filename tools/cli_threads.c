/*
 * cli_threads.c - how many cores this process may use.
 *
 * The OpenMP runtime knows the affinity mask and OMP_NUM_THREADS, but not the CPU quota of a container
 * (docker --cpus, Slurm, Kubernetes): there, more threads than quota only wait for each other.
 */
#include "cli_frame.h"

#include "trabecula/version.h"

#include <stdlib.h>
#include <string.h>

/* "max 100000" or "150000 100000": quota and period in microseconds. 0: no quota here. */
static double quota_v2(const char *folder)
{
    char path[600], text[64] = "";
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", folder);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    double quota = 0, period = 0;
    if (fgets(text, sizeof text, file) && sscanf(text, "%lf %lf", &quota, &period) != 2)
        quota = 0;
    fclose(file);
    return quota > 0 && period > 0 ? quota / period : 0;
}

static double number_in(const char *path)
{
    FILE *file = fopen(path, "r");
    double number = 0;
    if (!file)
        return 0;
    if (fscanf(file, "%lf", &number) != 1)
        number = 0;
    fclose(file);
    return number;
}

/* The smallest quota from our own group up to the root of what we can see. 0: none. */
static double smallest_quota(void)
{
    char line[512], folder[512] = "";
    FILE *file = fopen("/proc/self/cgroup", "r");
    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, "0::", 3) == 0) {
            line[strcspn(line, "\n")] = '\0';
            snprintf(folder, sizeof folder, "%s", line + 3);
        }
    }
    if (file)
        fclose(file);
    double smallest = 0;
    for (;;) {
        const double quota = quota_v2(strcmp(folder, "/") == 0 ? "" : folder);
        if (quota > 0 && (smallest <= 0 || quota < smallest))
            smallest = quota;
        char *slash = strrchr(folder, '/');
        if (!slash)
            break;
        *slash = '\0';
    }
    if (smallest <= 0) { /* version 1 of the interface */
        const double quota = number_in("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
        const double period = number_in("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
        smallest = quota > 0 && period > 0 ? quota / period : 0;
    }
    return smallest;
}

int cli_usable_threads(void)
{
    int threads = trb_threads();
    const char *asked = getenv("OMP_NUM_THREADS");
    if (!asked || !asked[0]) {
        const double quota = smallest_quota();
        /* Rounded up: half a core more is better used than left. */
        const int cores = quota < 1 ? 1 : quota > 4096 ? 4096 : (int)quota + (quota > (int)quota);
        if (quota > 0 && cores < threads)
            threads = cores;
    }
    return threads < 1 ? 1 : threads;
}
