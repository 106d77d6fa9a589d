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

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a == 0 ? b : b == 0 ? a : a < b ? a : b;
}

/* The two versions of control groups: where they are, and the names of what is asked for. */
static const struct hierarchy {
    const char *mark; /* in /proc/self/cgroup, between the number and the group's name */
    const char *root, *limit, *used, *cache[2];
} HIERARCHIES[] = {
    {"::", "/sys/fs/cgroup", "memory.max", "memory.current", {"inactive_file ", "active_file "}},
    {":memory:",
     "/sys/fs/cgroup/memory",
     "memory.limit_in_bytes",
     "memory.usage_in_bytes",
     {"total_inactive_file ", "total_active_file "}},
};

/* Free within one group; 0: it has no limit. Files in the page cache give way. */
static uint64_t group_free(const struct hierarchy *kind, const char *group)
{
    char path[800];
    snprintf(path, sizeof path, "%s%s/%s", kind->root, group, kind->limit);
    const uint64_t limit = number_in(path);
    if (limit == 0 || limit > (uint64_t)1 << 60) /* version 1 has a huge number for "none" */
        return 0;
    snprintf(path, sizeof path, "%s%s/%s", kind->root, group, kind->used);
    uint64_t used = number_in(path);
    snprintf(path, sizeof path, "%s%s/memory.stat", kind->root, group);
    const uint64_t cache = number_at(path, kind->cache[0]) + number_at(path, kind->cache[1]);
    used = used > cache ? used - cache : 0;
    return limit > used ? limit - used : 1;
}

/* From our own group up to the root of what we see; in a container the root is our own. */
static uint64_t hierarchy_free(const struct hierarchy *kind)
{
    char line[512], group[512] = "";
    FILE *file = fopen("/proc/self/cgroup", "r");
    while (file && fgets(line, sizeof line, file)) {
        const char *mark = strstr(line, kind->mark);
        if (!mark || mark != line + strspn(line, "0123456789"))
            continue;
        line[strcspn(line, "\n")] = 0;
        snprintf(group, sizeof group, "%s", mark + strlen(kind->mark));
    }
    if (file)
        fclose(file);
    uint64_t least = 0;
    for (;;) {
        least = smaller(least, group_free(kind, strcmp(group, "/") == 0 ? "" : group));
        char *slash = strrchr(group, '/');
        if (!slash)
            return least;
        *slash = 0;
    }
}

static uint64_t groups_free(void)
{
    uint64_t least = 0;
    for (size_t i = 0; i < sizeof HIERARCHIES / sizeof *HIERARCHIES; i++)
        least = smaller(least, hierarchy_free(&HIERARCHIES[i]));
    return least;
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
