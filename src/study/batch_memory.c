/* batch_memory.c - what jobs may take together: free memory, and what a container or a batch system grants. */
#include "study/batch_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_FREE 0.95 /* of what is free: the supervisor and the system need some */

static uint64_t number_in(const char *path)
{
    FILE *file = fopen(path, "r");
    unsigned long long number = 0;
    if (file && fscanf(file, "%llu", &number) != 1)
        number = 0; /* "max" */
    if (file)
        fclose(file);
    return number;
}

/* A line such as "MemAvailable:  1234 kB" or "inactive_file 5678". */
static uint64_t number_at(const char *path, const char *key)
{
    FILE *file = fopen(path, "r");
    char line[256];
    unsigned long long number = 0;
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, key, strlen(key)) == 0 && sscanf(line + strlen(key), " %llu", &number) == 1)
            break;
    if (file)
        fclose(file);
    return number;
}

/* Free within one control group (version 2); 0: it has no limit. Files in the page cache give way. */
static uint64_t group_free(const char *folder)
{
    char path[700];
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.max", folder);
    const uint64_t limit = number_in(path);
    if (limit == 0)
        return 0;
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.current", folder);
    uint64_t used = number_in(path);
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.stat", folder);
    const uint64_t cache = number_at(path, "inactive_file ") + number_at(path, "active_file ");
    used = used > cache ? used - cache : 0;
    return limit > used ? limit - used : 1;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a == 0 ? b : b == 0 ? a : a < b ? a : b;
}

/* From our own group up to the root of what we see. */
static uint64_t groups_free(void)
{
    char line[512], folder[512] = "";
    FILE *file = fopen("/proc/self/cgroup", "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "0::", 3) == 0) {
            line[strcspn(line, "\n")] = 0;
            snprintf(folder, sizeof folder, "%s", line + 3);
        }
    if (file)
        fclose(file);
    uint64_t least = number_in("/sys/fs/cgroup/memory/memory.limit_in_bytes"); /* version 1 */
    for (;;) {
        least = smaller(least, group_free(strcmp(folder, "/") == 0 ? "" : folder));
        char *slash = strrchr(folder, '/');
        if (!slash)
            return least;
        *slash = 0;
    }
}

/* Slurm without enforcement still expects it. */
static uint64_t slurm_grants(void)
{
    const char *node = getenv("SLURM_MEM_PER_NODE"), *cpu = getenv("SLURM_MEM_PER_CPU"),
               *cpus = getenv("SLURM_CPUS_ON_NODE");
    if (node)
        return strtoull(node, NULL, 10) << 20;
    return cpu && cpus ? (strtoull(cpu, NULL, 10) * strtoull(cpus, NULL, 10)) << 20 : 0;
}

uint64_t trb_batch_memory_available(void)
{
    uint64_t bytes = number_at("/proc/meminfo", "MemAvailable:") * 1024;
    bytes = smaller(bytes, groups_free());
    bytes = smaller(bytes, slurm_grants());
    return (uint64_t)((double)bytes * KEPT_FREE);
}
