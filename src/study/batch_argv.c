/* batch_argv.c - the command line that measures one scan; it can be repeated by hand from the log. */
#include "study/batch_argv.h"

#include "study/batch_parts.h"
#include "study/batch_paths.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct list {
    char **items;
    size_t n, room;
    bool failed;
};

/* Takes text, which may be NULL after a failed allocation. */
static void add(struct list *list, char *text)
{
    if (list->n + 1 >= list->room) {
        char **more = realloc(list->items, (2 * list->room + 16) * sizeof *more);
        if (more) {
            list->items = more;
            list->room = 2 * list->room + 16;
        }
    }
    if (!text || list->n + 1 >= list->room) {
        free(text);
        list->failed = true;
        return;
    }
    list->items[list->n++] = text;
    list->items[list->n] = NULL;
}

void trb_batch_argv_free(char **argv)
{
    for (size_t i = 0; argv && argv[i]; i++)
        free(argv[i]);
    free(argv);
}

char **trb_batch_argv(const trb_batch_options *options, const trb_batch_scan *scan, const char *folder,
                      int threads)
{
    struct list list = {NULL, 0, 0, false};
    size_t rows;
    const trb_setting_info *table = trb_settings_table(&rows);
    add(&list, strdup("trabecula"));
    add(&list, strdup("analyze"));
    for (size_t i = 0; i < rows; i++) {
        const char *text = trb_batch_setting(options, scan->entry, table[i].key);
        if (text)
            add(&list, trb_text_format("--%s=%s", table[i].key, text));
    }
    add(&list, trb_text_format("--sample=%s", scan->entry->sample));
    if (scan->entry->group)
        add(&list, trb_text_format("--group=%s", scan->entry->group));
    if (options->maps) {
        add(&list, strdup("--maps"));
        add(&list, trb_text_format("--map-format=%s", options->map_format));
    }
    if (options->mesh)
        add(&list, trb_text_format("--mesh=%s/bone.%s", folder, options->mesh));
    if (options->mesh && options->mesh_decimate)
        add(&list, trb_text_format("--mesh-decimate=%s", options->mesh_decimate));
    if (options->no_picture)
        add(&list, strdup("--no-picture"));
    if (scan->memory_bytes)
        add(&list, trb_text_format("--memory-limit=%" PRIu64 "B", scan->memory_bytes));
    add(&list, trb_text_format("--threads=%d", threads));
    add(&list, strdup("--progress=plain"));
    add(&list, strdup("--color=never"));
    add(&list, strdup("--force"));
    add(&list, trb_text_format("--output=%s", folder));
    add(&list, strdup("--"));
    add(&list, strdup(scan->entry->path));
    if (!list.failed)
        return list.items;
    trb_batch_argv_free(list.items);
    return NULL;
}
