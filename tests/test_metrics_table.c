/* test_metrics_table.c - every metric that a record can hold has its row, and every row occurs in a record. */
#include "support/testing.h"

#include "study/cohort_header.h"
#include "trabecula/morphometry.h"

#include <ctype.h>

static void every_row_is_complete_and_occurs_once(void **state)
{
    (void)state;
    size_t rows;
    const trb_metric_info *table = trb_metric_table(&rows);
    for (size_t i = 0; i < rows; i++) {
        const trb_metric_info *m = &table[i];
        const char *const text[] = {m->key, m->unit, m->name, m->definition, m->methods, m->source, m->caveat};
        for (size_t k = 0; k < 7; k++) {
            if (!text[k])
                fail_msg("%s: column %zu is missing", m->key, k);
            if (k < 6 && !text[k][0])
                fail_msg("%s: column %zu is empty", m->key, k);
        }
        for (size_t k = 0; k < i; k++)
            if (strcmp(table[k].key, m->key) == 0)
                fail_msg("%s has two rows", m->key);
        /* compare must know what batch writes: else a metric would have no place in its tables */
        const char *symbol = trb_metric_symbol(m->key);
        if (!symbol || strcmp(symbol, m->key) != 0)
            fail_msg("%s is unknown to tables of cohorts", m->key);
        if (strcmp(m->unit, "1") != 0 && strcmp(m->unit, "grey") != 0 && !trb_unit_spelling(m->unit))
            fail_msg("%s: the unit %s is unknown to tables of cohorts", m->key, m->unit);
    }
}

/* The text of a method tag up to a comma, a blank or a bracket stands in the row, which may point to another row. */
static bool method_is_listed(const trb_metric_info *info, const char *tag)
{
    char word[64];
    const size_t n = strcspn(tag, ", (:");
    snprintf(word, sizeof word, "%.*s", (int)n, tag);
    return strstr(info->methods, word) || strncmp(info->methods, "as ", 3) == 0 || strncmp(info->methods, "with the ", 9) == 0;
}

/* A plate with a ball and a bridge: all metrics are asked for by name, some have a reason instead of a value. */
static void every_row_occurs_in_a_record_with_a_method_that_it_lists(void **state)
{
    (void)state;
    const trb_grid grid = {40, 40, 40, {1, 1, 1}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_U8, &volume, err));
    for (int i = 0; i < 64000; i++) {
        const int x = i % 40, y = i / 40 % 40, z = i / 1600;
        const bool plate = abs(z - 12) <= 3, ball = (x - 20) * (x - 20) + (y - 20) * (y - 20) + (z - 28) * (z - 28) < 49;
        const bool rod = (x - 20) * (x - 20) + (y - 20) * (y - 20) < 9 && z > 12 && z < 28;
        ((uint8_t *)volume->voxels)[i] = plate || ball || rod ? (uint8_t)(180 + (x * 7 + y * 3 + z * 5) % 40) : 20;
    }
    size_t rows;
    const trb_metric_info *table = trb_metric_table(&rows);
    static char all[4096];
    all[0] = 0;
    for (size_t i = 0; i < rows; i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? "," : "", table[i].key);
    static const char *const RULES[] = {"exact", "fiji", "ipl"};
    for (int r = 0; r < 3; r++) {
        trb_settings settings = trb_settings_default();
        trb_record *record = NULL;
        CHECK_OK(trb_settings_set(&settings, "voxel-size", "10um", err));
        CHECK_OK(trb_settings_set(&settings, "threshold", "100grey", err));
        CHECK_OK(trb_settings_set(&settings, "calibration", "slope=4,intercept=0", err));
        CHECK_OK(trb_settings_set(&settings, "thickness", RULES[r], err));
        CHECK_OK(trb_settings_set(&settings, "metrics", all, err));
        CHECK_OK(trb_analyze(volume, NULL, &settings, false, NULL, &record, NULL, err));
        for (size_t i = 0; i < rows; i++) {
            const trb_metric *metric = trb_record_metric(record, table[i].key);
            if (!metric)
                fail_msg("%s has a row and is in no record", table[i].key);
            if (isnan(metric->value) != (metric->reason[0] != 0))
                fail_msg("%s: a value and a reason, or neither: %g '%s'", table[i].key, metric->value, metric->reason);
            if (!method_is_listed(&table[i], metric->method))
                fail_msg("%s: the method '%s' is not among '%s'", table[i].key, metric->method, table[i].methods);
        }
        assert_int_equal(record->n_metrics, rows);
        trb_record_destroy(record);
    }
    trb_volume_destroy(volume);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete_and_occurs_once),
        cmocka_unit_test(every_row_occurs_in_a_record_with_a_method_that_it_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
