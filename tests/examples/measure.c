/*
 * measure.c - the library from C: load a stack, measure it, print one metric.
 *
 *   cc measure.c -o measure $(pkg-config --cflags --libs trabecula)
 *   ./measure testdata/lhdl-3155.tif BV/TV voxel-size=19.5um filter=none threshold=64grey
 *
 * Settings have the names and the texts of the command line (`trabecula analyze --help`).
 */
#include <trabecula/trabecula.h>

#include <stdio.h>
#include <string.h>

/* "threshold=64grey" into the settings. */
static trb_status set_from_argument(trb_settings *settings, const char *argument, trb_error *err)
{
    char key[64];
    const char *equals = strchr(argument, '=');
    if (!equals || (size_t)(equals - argument) >= sizeof key)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is not KEY=TEXT", argument);
    memcpy(key, argument, (size_t)(equals - argument));
    key[equals - argument] = '\0';
    return trb_settings_set(settings, key, equals + 1, err);
}

/* A value that cannot be measured is NaN and has a reason instead. */
static void print_metric(const trb_metric *metric)
{
    if (metric->reason[0])
        printf("%s: %s\n", metric->info->key, metric->reason);
    else
        printf("%s %.6g %s (%s)\n", metric->info->key, metric->value, metric->info->unit, metric->method);
}

static trb_status measure(const char *path, const char *key, const trb_settings *settings, trb_error *err)
{
    trb_open_options options = trb_open_options_default();
    trb_scan_info info; /* what the reader found out; it goes into the record. Empty when reading fails */
    trb_volume *volume = NULL;
    trb_record *record = NULL;

    trb_status status = trb_volume_read(path, &options, NULL, NULL, &volume, &info, err);
    if (status)
        goto done;
    status = trb_analyze(volume, &info, settings, false, NULL, &record, NULL, err);
    if (status)
        goto done;
    print_metric(trb_record_metric(record, key)); /* there: it is the one that the settings ask for */
done:
    trb_record_destroy(record); /* NULL is fine */
    trb_scan_info_clear(&info);
    trb_volume_destroy(volume);
    return status;
}

int main(int argc, char **argv)
{
    trb_error err = {TRB_OK, ""};
    trb_settings settings = trb_settings_default();

    if (argc < 3) {
        fprintf(stderr, "usage: measure SCAN METRIC [KEY=TEXT...]\n");
        return 2;
    }
    trb_status status = trb_settings_set(&settings, "metrics", argv[2], &err); /* nothing else is computed */
    for (int i = 3; i < argc && !status; i++)
        status = set_from_argument(&settings, argv[i], &err);
    if (!status)
        status = measure(argv[1], argv[2], &settings, &err);
    if (status)
        fprintf(stderr, "measure: %s\n", err.text);
    return status ? 1 : 0;
}
