/* cmd_phantom_rods.c - see phantom_rods.h. */
#include "cmd_phantom_rods.h"

#include "trabecula/record.h"
#include "trabecula/volume_io.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TABLE_BYTES = 8192 };

static char *table_path(const char *image)
{
    static const char ending[] = ".rods.csv";
    const char *name = strrchr(image, '/'), *dot = strchr(name ? name : image, '.');
    const size_t keep = dot && dot != image && dot[-1] != '/' ? (size_t)(dot - image) : strlen(image);
    char *path = malloc(keep + sizeof ending);
    if (path) {
        memcpy(path, image, keep);
        memcpy(path + keep, ending, sizeof ending);
    }
    return path;
}

static void table_text(const trb_phantom_rods *options, const trb_rods *rods, char *text)
{
    const double slope = 1000 / (options->grey_at_1000 - options->grey_at_0);
    int n = snprintf(text, TABLE_BYTES, "# the truth: slope=%.17g,intercept=%.17g\nname,x [vox],y [vox],radius [vox],density [mgHA/cm3]\n",
                     slope, -slope * options->grey_at_0);
    for (size_t i = 0; i < rods->n; i++) {
        const trb_rod *rod = &rods->rod[i];
        n += snprintf(text + n, TABLE_BYTES - (size_t)n, "rod %zu,%.6f,%.6f,%.6f,%.17g\n", i + 1, rod->x, rod->y, rod->radius_vox,
                      rod->density_mg_ccm);
    }
}

static trb_status refuse_existing(const char *path, bool force, trb_error *err)
{
    struct stat at;
    if (stat(path, &at) || force)
        return TRB_OK;
    return trb_error_set(err, TRB_ERR_ARGUMENT, "%s exists; --force replaces it", path);
}

trb_status phantom_rods_make(const cli_call *call, const trb_phantom_rods *options, const char *image, bool force, trb_error *err)
{
    trb_write_options write = trb_write_options_default();
    trb_volume *volume = NULL;
    trb_rods rods;
    char text[TABLE_BYTES], *table = table_path(image);
    write.force = force;
    if (!table)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory");
    trb_status status = refuse_existing(image, force, err);
    if (!status)
        status = refuse_existing(table, force, err);
    if (!status)
        status = trb_phantom_rods_create(options, &volume, &rods, err);
    if (!status)
        status = trb_volume_write(image, volume, &write, err);
    if (!status) {
        table_text(options, &rods, text);
        status = trb_text_write(table, text, force, err);
    }
    if (!status)
        cli_info(call, "wrote %s: %zu x %zu x %zu %s, and %s", image, volume->grid.nx, volume->grid.ny, volume->grid.nz,
                 trb_type_name(volume->type), table);
    trb_volume_destroy(volume);
    free(table);
    return status;
}
