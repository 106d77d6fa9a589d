#include "support/cohort_case.h"

#include "support/testing.h"

enum { MOST_GROUPS = 8, MOST_ROWS = 256 };

static const cohort_case cases[] = {
    {.name = "s01_ovx_rat_balanced",
     .group = {"Sham", "OVX", "OVX+vehicle", "OVX+EV"},
     .control = "OVX+vehicle",
     .ovx_rescue = true,
     .bootstrap = true},
    {.name = "s02_ovx_mouse_unequal",
     .group = {"Sham", "OVX", "OVX+vehicle", "OVX+EV"},
     .control = "OVX+vehicle",
     .ovx_rescue = true,
     .bootstrap = true},
    {.name = "s03_ovx_heteroscedastic",
     .group = {"Sham", "OVX", "OVX+vehicle", "OVX+EV"},
     .control = "OVX+vehicle",
     .ovx_rescue = true,
     .bootstrap = true},
    {.name = "s04_ovx_ties",
     .group = {"Sham", "OVX", "OVX+vehicle", "OVX+EV"},
     .control = "OVX+vehicle",
     .ovx_rescue = true},
    {.name = "s05_ovx_lognormal",
     .group = {"Sham", "OVX", "OVX+vehicle", "OVX+EV"},
     .control = "OVX+vehicle",
     .ovx_rescue = true},
    {.name = "s06_two_groups", .group = {"Sham", "OVX"}, .control = "Sham"},
    {.name = "s07_edge_small_n",
     .group = {"Sham", "OVX", "OVX+vehicle", "OVX+EV"},
     .control = "OVX+vehicle",
     .ovx_rescue = true},
    {.name = "s08_edge_closed_form", .group = {"A", "B", "C"}, .control = "A", .ordered = true},
    {.name = "s09_plantgrowth", .group = {"ctrl", "trt1", "trt2"}, .control = "ctrl"},
    {.name = "s11_insectsprays", .group = {"A", "B", "C", "D", "E", "F"}, .control = "C"},
    {.name = "s17_limbs_left_right", .group = {"Sham", "OVX"}, .animal = "animal"},
    {.name = "s19_dose_response",
     .group = {"OVX+vehicle", "Low", "Mid", "High"},
     .control = "OVX+vehicle",
     .ordered = true},
    {.name = "s22_hostile_csv",
     .table = "s06_two_groups",
     .group = {"Sham", "OVX"},
     .renamed = {"Sham, \"vehicle\"", "OVX + 17\xce\xb2-E2"},
     .control = "Sham"},
};

const cohort_case *cohort_cases(size_t *n)
{
    *n = sizeof cases / sizeof *cases;
    return cases;
}

static size_t group_index(const cohort_case *data, const char *name)
{
    for (size_t i = 0; i < MOST_GROUPS && data->group[i]; i++)
        if (strcmp(data->group[i], name) == 0)
            return i;
    fail_msg("%s: no group '%s'", data->name, name);
    return 0;
}

static bool is_metric(const char *header)
{
    const char *other[] = {"body_weight [g]", "age [months]", "time [weeks]"};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (strcmp(header, other[i]) == 0)
            return false;
    return header[strlen(header) - 1] == ']';
}

/* The values of one column by group; rows of one animal become their mean. */
typedef struct column {
    trb_sample_group group[MOST_GROUPS];
    double value[MOST_GROUPS][MOST_ROWS];
} column;

static double row_value(const cohort_case *data, const oracle_table *table, size_t row, size_t metric)
{
    if (!data->animal)
        return oracle_value(table, row, metric);
    const size_t id = oracle_column(table, data->animal);
    const char *animal = table->cell[row * table->n_columns + id];
    double sum = 0;
    int n = 0;
    for (size_t r = 0; r < table->n_rows; r++)
        if (strcmp(table->cell[r * table->n_columns + id], animal) == 0)
            sum += oracle_value(table, r, metric), n++;
    return sum / n;
}

static void read_column(const cohort_case *data, const oracle_table *table, size_t metric, column *out)
{
    const size_t by = oracle_column(table, "group");
    const char *last = "";
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < MOST_GROUPS; i++) {
        out->group[i].name = data->renamed[i] ? data->renamed[i] : data->group[i];
        out->group[i].value = out->value[i];
    }
    for (size_t r = 0; r < table->n_rows; r++) {
        if (data->animal) { /* the rows of an animal follow each other */
            const char *animal = table->cell[r * table->n_columns + oracle_column(table, data->animal)];
            if (strcmp(animal, last) == 0)
                continue;
            last = animal;
        }
        const size_t g = group_index(data, table->cell[r * table->n_columns + by]);
        const double v = row_value(data, table, r, metric);
        assert_true(out->group[g].n < MOST_ROWS);
        if (isnan(v))
            out->group[g].n_missing++;
        else
            out->value[g][out->group[g].n++] = v;
    }
}

static json_t *run_metric(const cohort_case *data, const column *values)
{
    trb_sample_groups groups = {0, values->group};
    while (groups.n_groups < MOST_GROUPS && data->group[groups.n_groups])
        groups.n_groups++;
    trb_stat_options o = trb_stat_options_default();
    o.full = true;
    o.ordered = data->ordered;
    o.bootstrap = data->bootstrap;
    o.has_control = data->control != NULL;
    if (data->control)
        o.control = group_index(data, data->control);
    const trb_rescue_choice rescue[2] = {{0, 1, 3}, {0, 2, 3}};
    if (data->ovx_rescue) {
        o.rescue = rescue;
        o.n_rescues = 2;
    }
    json_t *tree;
    CHECK_OK(trb_stat_tree_oneway(&groups, &o, &tree, err));
    return tree;
}

json_t *cohort_case_run(const cohort_case *data)
{
    oracle_table table = oracle_table_load(data->table ? data->table : data->name);
    json_t *metrics = json_object(), *across;
    column *values = malloc(sizeof *values);
    assert_non_null(values);
    for (size_t c = 0; c < table.n_columns; c++)
        if (is_metric(table.header[c])) {
            read_column(data, &table, c, values);
            json_object_set_new(metrics, table.header[c], run_metric(data, values));
        }
    free(values);
    CHECK_OK(trb_stat_tree_across(metrics, &across, err));
    oracle_table_clear(&table);
    json_t *root = json_object();
    if (data->animal) { /* the oracle has the tree one level deeper, among results of other designs */
        const char *name;
        json_t *tree;
        json_t *deeper = json_object();
        json_object_foreach(metrics, name, tree)
        {
            json_t *level = json_object();
            json_object_set(level, "animal_level", tree);
            json_object_set_new(deeper, name, level);
        }
        json_decref(metrics);
        metrics = deeper;
    }
    json_object_set_new(root, "metrics", metrics);
    json_object_set_new(root, "across_metrics", across);
    return root;
}
