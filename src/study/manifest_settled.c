/* manifest_settled.c - scans that are still being written are left for later. */
#include "study/batch_parts.h"
#include "study/batch_paths.h"
#include "study/manifest_parts.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

static double newest_change(const char *path)
{
    char **paths;
    size_t n;
    struct stat facts;
    double newest = stat(path, &facts) == 0 ? (double)facts.st_mtim.tv_sec : 0;
    if (trb_batch_files(path, &paths, &n, NULL))
        return newest;
    for (size_t i = 0; i < n; i++)
        if (stat(paths[i], &facts) == 0 && (double)facts.st_mtim.tv_sec > newest)
            newest = (double)facts.st_mtim.tv_sec;
    trb_names_free(paths, n);
    return newest;
}

size_t trb_manifest_keep_settled(trb_manifest *manifest, double settle_s)
{
    const double now = (double)time(NULL);
    size_t kept = 0, n = manifest->n_scans;
    for (size_t i = 0; i < n; i++) {
        trb_manifest_scan scan = manifest->scans[i];
        const double newest = newest_change(scan.path);
        /* A file dated in the future, by a clock that is ahead, is as old as it can be. */
        if (newest <= now && now - newest < settle_s) {
            manifest->scans[i] = scan;
            continue;
        }
        manifest->scans[i] = manifest->scans[kept];
        manifest->scans[kept++] = scan;
    }
    while (manifest->n_scans > kept)
        trb_manifest_drop_last(manifest);
    return n - kept;
}
