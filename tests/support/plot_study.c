/* plot_study.c - see plot_study.h. */
#include "support/plot_study.h"

#include "support/oracle_numbers.h"
#include "support/testing.h"

static const char *const NAME[PLOT_GROUPS] = {"Sham", "OVX", "OVX+vehicle", "OVX+EV"};
static const trb_plot_bracket VS_OVX[3] = {{1, 0, 0.00002}, {1, 2, 0.34}, {1, 3, 0.0021}};

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Mean and SD in the order of size, so that they do not depend on the order of rows. */
void plot_describe(trb_plot_group *group)
{
    double sorted[64], sum = 0, squares = 0;
    const size_t n = group->n;
    memcpy(sorted, group->value, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, ascending);
    for (size_t i = 0; i < n; i++)
        sum += sorted[i];
    group->mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (sorted[i] - group->mean) * (sorted[i] - group->mean);
    group->sd = n > 1 ? sqrt(squares / (double)(n - 1)) : NAN;
    group->sem = group->sd / sqrt((double)n);
    group->ci_lo = group->mean - 2.4 * group->sem;
    group->ci_hi = group->mean + 2.4 * group->sem;
    group->median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    group->q1 = sorted[n / 4];
    group->q3 = sorted[n - 1 - n / 4];
}

void plot_study_load(plot_study *s, bool backwards)
{
    static const char *const METRIC[PLOT_METRICS] = {"BMD", "BV/TV", "Tb.N", "Tb.Th", "Tb.Sp", "Conn.D"};
    static const char *const UNIT[PLOT_METRICS] = {"mgHA/cm3", "%", "1/mm", "um", "um", "1/mm3"};
    oracle_table table = oracle_table_load("s01_ovx_rat_balanced");
    assert_int_equal(PLOT_GROUPS * PLOT_ANIMALS, table.n_rows);
    for (size_t m = 0; m < PLOT_METRICS; m++) {
        size_t n[PLOT_GROUPS] = {0};
        for (size_t i = 0; i < table.n_rows; i++) {
            const size_t row = backwards ? table.n_rows - 1 - i : i;
            size_t g = 0;
            while (strcmp(NAME[g], table.cell[row * table.n_columns + 1]) != 0)
                g++;
            s->value[m][g][n[g]++] = oracle_value(&table, row, m + 2);
        }
        for (size_t g = 0; g < PLOT_GROUPS; g++) {
            s->group[m][g] = (trb_plot_group){.name = NAME[g], .n = PLOT_ANIMALS, .value = s->value[m][g]};
            plot_describe(&s->group[m][g]);
        }
        s->panel[m] = (trb_plot_panel){METRIC[m], UNIT[m], PLOT_GROUPS, s->group[m], 3, VS_OVX};
    }
    oracle_table_clear(&table);
}

char *plot_svg(const trb_plot_panel *panel, size_t n, const trb_plot_options *options)
{
    char *text = NULL;
    CHECK_OK(trb_plot_groups_svg(panel, n, options, &text, err));
    return text;
}

size_t plot_count(const char *text, const char *part)
{
    size_t n = 0;
    const size_t length = strlen(text), part_length = strlen(part);
    for (size_t i = 0; i + part_length <= length; i++)
        n += memcmp(text + i, part, part_length) == 0;
    return n;
}
