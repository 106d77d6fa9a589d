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

/* The text of a method tag up to a comma, a semicolon, a blank or a bracket stands in the row, which may point to another row. */
static bool method_is_listed(const trb_metric_info *info, const char *tag)
{
    char word[64];
    const size_t n = strcspn(tag, ", (:;");
    snprintf(word, sizeof word, "%.*s", (int)n, tag);
    return strstr(info->methods, word) || strncmp(info->methods, "as ", 3) == 0 || strncmp(info->methods, "with the ", 9) == 0;
}

/* A plate with a ball and a bridge, grey 180 to 219 in 20. */
static bool is_structure(int x, int y, int z)
{
    const int r2 = (x - 20) * (x - 20) + (y - 20) * (y - 20);
    return abs(z - 12) <= 3 || r2 + (z - 28) * (z - 28) < 49 || (r2 < 9 && z > 12 && z < 28);
}

static bool is_tube(int x, int y, int z)
{
    const int r2 = (x - 20) * (x - 20) + (y - 20) * (y - 20);
    return r2 < 256 && r2 >= 81 && !(x == 8 && y == 20 && z % 8 == 4); /* with pores */
}

static trb_volume *image(bool (*is_bone)(int, int, int))
{
    const trb_grid grid = {40, 40, 40, {1, 1, 1}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_U8, &volume, err));
    for (int i = 0; i < 64000; i++) {
        const int x = i % 40, y = i / 40 % 40, z = i / 1600;
        ((uint8_t *)volume->voxels)[i] = is_bone(x, y, z) ? (uint8_t)(180 + (x * 7 + y * 3 + z * 5) % 40) : 20;
    }
    return volume;
}

static trb_status measure(const trb_volume *volume, const char *key, const char *const (*set)[2], trb_record **record, trb_error *err)
{
    trb_settings settings = trb_settings_default();
    static const char *const common[][2] = {{"voxel-size", "10um"}, {"threshold", "100grey"}, {"calibration", "slope=4,intercept=0"}, {NULL, NULL}};
    trb_status status = trb_settings_set(&settings, "metrics", key, err);
    for (size_t i = 0; !status && common[i][0]; i++)
        status = trb_settings_set(&settings, common[i][0], common[i][1], err);
    for (; !status && (*set)[0]; set++)
        status = trb_settings_set(&settings, (*set)[0], (*set)[1], err);
    return status ? status : trb_analyze(volume, NULL, &settings, false, NULL, record, NULL, err);
}

/* Asked for alone; what the trabecular region refuses, in the cortex of a tube. */
static trb_record *measure_alone(const char *key, const char *rule)
{
    const char *const there[][2] = {{"thickness", rule}, {NULL, NULL}};
    const char *const cortex[][2] = {{"thickness", rule}, {"region", "cortical"}, {"voi", "cylinder:20,20,16,16,0:40;minus:cylinder:20,20,8,8,0:40"}, {NULL, NULL}};
    trb_volume *structure = image(is_structure), *tube = image(is_tube);
    trb_record *record = NULL;
    trb_error err = {TRB_OK, ""}, other = {TRB_OK, ""};
    if (measure(structure, key, there, &record, &err) && measure(tube, key, cortex, &record, &other))
        fail_msg("%s cannot be asked for: %s; %s", key, err.text, other.text);
    trb_volume_destroy(structure);
    trb_volume_destroy(tube);
    return record;
}

static void every_row_is_measured_when_asked_for_alone_by_a_method_that_it_lists(void **state)
{
    (void)state;
    static const char *const RULES[] = {"exact", "fiji", "ipl"};
    size_t rows;
    const trb_metric_info *table = trb_metric_table(&rows);
    for (size_t i = 0; i < rows; i++)
        for (size_t r = 0; r < (strchr("TC", table[i].key[0]) ? 3 : 1); r++) { /* the thicknesses by other rules as well */
            trb_record *record = measure_alone(table[i].key, RULES[r]);
            const trb_metric *metric = trb_record_metric(record, table[i].key);
            if (!metric)
                fail_msg("%s has a row and is in no record", table[i].key);
            if (isnan(metric->value) != (metric->reason[0] != 0))
                fail_msg("%s: a value and a reason, or neither: %g '%s'", table[i].key, metric->value, metric->reason);
            if (strcmp(metric->reason, "not measured") == 0)
                fail_msg("%s was asked for and not measured", table[i].key);
            if (!method_is_listed(&table[i], metric->method))
                fail_msg("%s: the method '%s' is not among '%s'", table[i].key, metric->method, table[i].methods);
            assert_int_equal(record->n_metrics, 1);
            trb_record_destroy(record);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete_and_occurs_once),
        cmocka_unit_test(every_row_is_measured_when_asked_for_alone_by_a_method_that_it_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
