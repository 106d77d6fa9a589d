/* cmd_batch_parse.c - durations, shards and sizes between text and values. */
#include "cmd_batch.h"

#include <stdlib.h>
#include <string.h>

trb_status batch_parse_duration(const char *text, void *seconds, trb_error *err)
{
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}};
    const size_t n = strspn(text, "0123456789.");
    char number[32];
    double value;
    if (n > 0 && n < sizeof number) {
        memcpy(number, text, n);
        number[n] = 0;
        for (size_t i = 0; i < CLI_COUNT(units); i++)
            if (strcmp(text + n, units[i].unit) == 0 && cli_parse_real(number, &value, NULL) == TRB_OK &&
                value > 0) {
                *(double *)seconds = value * units[i].seconds;
                return TRB_OK;
            }
    }
    return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is not a duration such as 90s, 30min, 2h or 1d", text);
}

trb_status batch_parse_shard(const char *text, void *choice, trb_error *err)
{
    struct shard_choice *out = choice;
    char *end = NULL, *last = NULL;
    const bool plain = text[0] >= '1' && text[0] <= '9' && !text[strspn(text, "0123456789/")];
    const long shard = plain ? strtol(text, &end, 10) : 0;
    const long shards = end && *end == '/' ? strtol(end + 1, &last, 10) : 0;
    if (shard < 1 || shards < 1 || shards > 100000 || *last)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is not a shard such as 1/8", text);
    if (shard > shards)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "shard %ld of %ld is none: the last is %ld/%ld", shard,
                             shards, shards, shards);
    *out = (struct shard_choice){(int)shard, (int)shards};
    return TRB_OK;
}

static bool slurm_number(const char *name, long *out)
{
    const char *text = getenv(name);
    char *end;
    if (!text || !text[0])
        return false;
    *out = strtol(text, &end, 10);
    return *end == 0;
}

/* An array 0-7, 1-8 or 0-14:2 has the tasks 0 to COUNT - 1 after MIN and STEP; a list such as 3,5 has not. */
trb_status batch_slurm_shard(struct shard_choice *out, trb_error *err)
{
    long id, count, least = 0, step = 1;
    *out = (struct shard_choice){0, 0};
    if (!slurm_number("SLURM_ARRAY_TASK_ID", &id) || !slurm_number("SLURM_ARRAY_TASK_COUNT", &count))
        return TRB_OK;
    slurm_number("SLURM_ARRAY_TASK_MIN", &least);
    if (!slurm_number("SLURM_ARRAY_TASK_STEP", &step) || step < 1)
        step = 1;
    const long at = (id - least) / step;
    if (count < 1 || count > 100000 || at < 0 || at >= count || (id - least) % step)
        return trb_error_set(
            err, TRB_ERR_ARGUMENT,
            "task %ld is not one of %ld tasks in a row (SLURM_ARRAY_TASK_ID, _COUNT, _MIN, _STEP): give "
            "--shard i/n",
            id, count);
    *out = (struct shard_choice){(int)at + 1, (int)count};
    return TRB_OK;
}

const char *batch_duration_text(double seconds, char *text)
{
    if (seconds < 60)
        snprintf(text, 32, "%.1f s", seconds);
    else if (seconds < 3600)
        snprintf(text, 32, "%d min %d s", (int)seconds / 60, (int)seconds % 60);
    else if (seconds < 360000)
        snprintf(text, 32, "%d h %d min", (int)seconds / 3600, (int)seconds / 60 % 60);
    else
        snprintf(text, 32, "%.1f days", seconds / 86400);
    return text;
}

const char *batch_size_text(double bytes, char *text)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    while (bytes >= 1000 && unit + 1 < CLI_COUNT(units)) {
        bytes /= 1024;
        unit++;
    }
    snprintf(text, 32, unit && bytes < 10 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
    return text;
}
