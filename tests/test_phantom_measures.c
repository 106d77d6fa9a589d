/*
 * test_phantom_measures.c - every listed phantom measured by every convention.
 *
 * The same rule gives the same number as the reference, to the digits that it lists; and the difference from
 * the closed form, which is the bias of a rule, is printed as the table that the README shows.
 */
#include "support/phantom_key.h"
#include "support/testing.h"

#include "trabecula/surface.h"
#include "trabecula/thickness.h"
#include "trabecula/threshold.h"
#include "trabecula/voi.h"

enum { RULES = 5, SIZES_MOST = 12, AREAS = 6, GREY = 5 };

static const struct {
    trb_thickness_rule rule;
    const char *key;
    double tolerance; /* relative; ten digits are listed, Fiji's map is float32 */
} rules[RULES] = {{TRB_THICKNESS_EXACT, "exact", 2e-9},
                  {TRB_THICKNESS_EXACT_CLOSED, "exact_closed", 2e-9},
                  {TRB_THICKNESS_FIJI, "fiji", 1e-5},
                  {TRB_THICKNESS_IPL, "ipl_v3", 2e-9},
                  {TRB_THICKNESS_IPL_V1, "ipl_v1", 2e-9}};

static const struct {
    const char *key;
    const char *name; /* as --surface takes it */
    double tolerance; /* the reference added up lewiner and lorensen areas of float32 precision */
    trb_surface_table table;
} areas_listed[AREAS] = {{"mc_lewiner", "mc", 1e-7, TRB_SURFACE_LEWINER},
                         {"mc_lorensen", "mc-lorensen", 1e-7, TRB_SURFACE_LORENSEN},
                         {"mc_bone_joined", "bone-joined", 2e-9, TRB_SURFACE_BONE_JOINED},
                         {"crofton13", "crofton13", 2e-9, TRB_SURFACE_TABLES}, /* no table */
                         {"crofton3", "crofton3", 2e-9, TRB_SURFACE_TABLES},
                         {"mc_grey", "grey", 1e-3, TRB_SURFACE_TABLES}}; /* it cut polygons into other triangles */

/* What the placements of one shape and size add up to. */
typedef struct {
    double size;
    int placements;
    double bias[RULES]; /* sum of measured - true, voxels */
    double area[AREAS]; /* sum of measured / true */
} row;

typedef struct {
    int n;
    row rows[SIZES_MOST];
} table;

static table tables[TRB_PHANTOM_KINDS];

static row *row_of(trb_phantom_kind kind, double size)
{
    table *t = &tables[kind];
    for (int i = 0; i < t->n; i++)
        if (t->rows[i].size == size)
            return &t->rows[i];
    assert_true(t->n < SIZES_MOST);
    t->rows[t->n].size = size;
    return &t->rows[t->n++];
}

/* Equal to the digits listed? */
static void check_listed(const char *key, const char *what, double listed, double actual, double slack)
{
    if (!(fabs(actual - listed) <= slack))
        fail_msg("%s %s: listed %.10g, got %.12g", key, what, listed, actual);
}

/* ---- measuring: one phantom a thread, because most are small. Nothing here may fail a test (a failure cannot
 *      leave a parallel region); what goes wrong is kept in the error. */

typedef struct {
    const char *key;
    const json_t *listed;
    trb_phantom_options options;
    trb_phantom_truth truth;
    size_t bone_voxels;
    trb_thickness bone[RULES], marrow[RULES], gap;
    bool has_marrow[RULES], has_gap;
    double areas[AREAS];
    trb_error err;
} specimen;

static trb_thickness_options options_of_rule(int i)
{
    trb_thickness_options options = trb_thickness_options_default();
    options.rule = rules[i].rule;
    if (options.rule == TRB_THICKNESS_IPL || options.rule == TRB_THICKNESS_IPL_V1)
        options.centres = TRB_CENTRES_VOI; /* IPL's definition */
    return options;
}

static trb_status measure_thickness(specimen *s, const trb_mask *bone, const trb_mask *voi)
{
    for (int i = 0; i < RULES; i++) {
        const trb_thickness_options options = options_of_rule(i);
        trb_status status = trb_thickness_measure(bone, voi, &options, &s->bone[i], NULL, &s->err);
        if (status)
            return status;
    }
    return TRB_OK;
}

static trb_status measure_marrow(specimen *s, const trb_mask *bone, const trb_mask *voi)
{
    trb_mask *marrow = NULL;
    trb_status status = trb_mask_complement(bone, &marrow, &s->err);
    const json_t *listed = json_object_get(s->listed, "tb_sp");
    for (int i = 0; i < RULES && !status; i++) {
        s->has_marrow[i] = json_object_get(listed, rules[i].key) != NULL;
        const trb_thickness_options options = options_of_rule(i);
        if (s->has_marrow[i])
            status = trb_thickness_measure(marrow, voi, &options, &s->marrow[i], NULL, &s->err);
    }
    s->has_gap = json_object_get(s->listed, "tb_n_ipl") != NULL;
    if (!status && s->has_gap)
        status = trb_tbn_direct_measure(bone, voi, 0, &s->gap, NULL, &s->err);
    trb_mask_destroy(marrow);
    return status;
}

static trb_status measure_surface(specimen *s, const trb_volume *volume, const trb_mask *bone, const trb_mask *voi)
{
    trb_surface_counts counts;
    trb_status status = trb_surface_count(bone, voi, &counts, &s->err);
    if (status)
        return status;
    for (int i = 0; i < 3; i++)
        s->areas[i] = trb_surface_marching_cubes(&counts, areas_listed[i].table);
    s->areas[3] = trb_surface_crofton(&counts, 13);
    s->areas[4] = trb_surface_crofton(&counts, 3);
    return trb_surface_grey(volume, NULL, 127.5, voi, &s->areas[GREY], &s->err);
}

static trb_status measure(specimen *s)
{
    const trb_filter none = {TRB_FILTER_NONE, 0, 0};
    trb_volume *volume = NULL;
    trb_mask *bone = NULL, *voi = NULL;
    trb_status status = trb_phantom_create(&s->options, &volume, &s->truth, &s->err);
    if (!status)
        status = trb_threshold_apply(volume, &none, 128, false, &bone, &s->err);
    if (!status)
        status = trb_voi_box(&volume->grid, &s->truth.voi, &voi, &s->err);
    if (!status) {
        s->bone_voxels = trb_mask_count_and(bone, voi);
        status = measure_thickness(s, bone, voi);
    }
    if (!status)
        status = measure_marrow(s, bone, voi);
    if (!status)
        status = measure_surface(s, volume, bone, voi);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
    trb_volume_destroy(volume);
    return status;
}

/* ---- comparing */

static void check_thickness(const char *key, const char *what, const json_t *listed, const trb_thickness *got,
                            double tolerance)
{
    char name[64];
    const double mean = testing_number(listed, "mean"), most = testing_number(listed, "max");
    snprintf(name, sizeof name, "%s mean", what);
    check_listed(key, name, mean, got->mean_vox, tolerance * mean);
    snprintf(name, sizeof name, "%s sd", what); /* as good as the mean that it is taken around */
    check_listed(key, name, testing_number(listed, "sd"), got->sd_vox, tolerance * mean);
    snprintf(name, sizeof name, "%s max", what);
    check_listed(key, name, most, got->max_vox, tolerance * most);
    const json_t *covered = json_object_get(listed, "covered");
    if (covered) {
        snprintf(name, sizeof name, "%s covered", what);
        check_listed(key, name, json_number_value(covered), (double)got->valued / (double)got->voxels, 1e-9);
    }
}

static void check(specimen *s)
{
    char name[64];
    row *to = row_of(s->options.kind, s->options.thickness_vox);
    if (s->err.status)
        fail_msg("%s: %s", s->key, s->err.text);
    assert_int_equal((size_t)testing_number(s->listed, "bv_voxels"), s->bone_voxels);
    for (int i = 0; i < RULES; i++) {
        snprintf(name, sizeof name, "tb_th|%s", rules[i].key);
        check_thickness(s->key, name, testing_at(s->listed, name), &s->bone[i], rules[i].tolerance);
        to->bias[i] += s->bone[i].mean_vox - s->truth.thickness;
        trb_thickness_clear(&s->bone[i]);
        if (!s->has_marrow[i])
            continue;
        snprintf(name, sizeof name, "tb_sp|%s", rules[i].key);
        check_thickness(s->key, name, testing_at(s->listed, name), &s->marrow[i], rules[i].tolerance);
        trb_thickness_clear(&s->marrow[i]);
    }
    if (s->has_gap) {
        const double mean = testing_number(s->listed, "tb_n_ipl|mean_vox");
        check_listed(s->key, "tb_n_ipl mean", mean, s->gap.mean_vox, 2e-9 * mean);
        check_listed(s->key, "tb_n_ipl sd", testing_number(s->listed, "tb_n_ipl|sd_vox"), s->gap.sd_vox, 2e-9 * mean);
        trb_thickness_clear(&s->gap);
    }
    for (int i = 0; i < AREAS; i++) {
        snprintf(name, sizeof name, "bs|%s", areas_listed[i].key);
        if (i != GREY || s->options.thickness_vox >= 4)
            check_listed(s->key, name, testing_number(s->listed, name), s->areas[i],
                         areas_listed[i].tolerance * s->areas[i]);
        to->area[i] += s->areas[i] / s->truth.surface;
    }
    to->placements++;
}

static void every_convention_gives_the_listed_value_on_every_phantom(void **state)
{
    (void)state;
    json_t *all = (json_t *)(uintptr_t)testing_at(testing_phantoms(), "phantoms");
    specimen *specimens = calloc(json_object_size(all), sizeof *specimens);
    assert_non_null(specimens);
    int n = 0;
    const char *key;
    json_t *listed;
    json_object_foreach(all, key, listed)
    {
        if ((size_t)testing_number(listed, "grid_edge") > phantom_key_edge_limit())
            continue;
        specimens[n].key = key;
        specimens[n].listed = listed;
        specimens[n++].options = phantom_key_options(key);
    }
#pragma omp parallel for schedule(dynamic, 1)
    for (int i = n - 1; i >= 0; i--) /* the large ones are last in the list: start with them */
        specimens[i].err.status = measure(&specimens[i]);
    for (int i = 0; i < n; i++)
        check(&specimens[i]);
    free(specimens);
    print_message("%d phantoms measured\n", n);
}

/* ---- the tables. The lattice has no closed form for its mean thickness, and is left out of the first. */

static void print_by_shape_and_range(void)
{
    static const struct {
        const char *name;
        double from, to;
    } ranges[] = {{"2.5 to 5", 2.5, 5}, {"6 to 10", 6, 10}, {"12 to 20", 12, 20}};
    printf("\nTb.Th: measured minus true in voxels, mean over sizes and placements (largest)\n\n"
           "| shape | true Tb.Th | exact | exact-closed | fiji | ipl | ipl-v1 |\n|---|---|---|---|---|---|---|\n");
    for (int k = 0; k < TRB_PHANTOM_KINDS; k++)
        for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++) {
            double sum[RULES] = {0}, largest[RULES] = {0};
            int n = 0;
            for (int i = 0; i < tables[k].n; i++) {
                const row *at = &tables[k].rows[i];
                if (k == TRB_PHANTOM_LATTICE || at->placements == 0 || at->size < ranges[r].from ||
                    at->size > ranges[r].to)
                    continue;
                n++;
                for (int rule = 0; rule < RULES; rule++) {
                    const double bias = at->bias[rule] / at->placements;
                    sum[rule] += bias;
                    if (fabs(bias) > fabs(largest[rule]))
                        largest[rule] = bias;
                }
            }
            if (n == 0)
                continue;
            printf("| %s | %s |", trb_phantom_kind_name((trb_phantom_kind)k), ranges[r].name);
            for (int rule = 0; rule < RULES; rule++)
                printf(" %+.2f (%+.2f) |", sum[rule] / n, largest[rule]);
            printf("\n");
        }
}

/* ---- BS: measured less true, in per cent of true. Thin shapes lose what lies between the voxels; from 6 voxels on what
 *      is left is the rule's own: marching cubes add the steps, Crofton depends on the direction (plates along the grid
 *      are the worst of all), and the grey surface has chords for arcs. */
static const struct {
    const char *name;
    double from, to;
    double least[AREAS], most[AREAS]; /* of one shape and size */
} bars[] = {
    {"2.5 to 5", 2.5, 5, {-25, -25, -26, -25, -33.4, -34}, {11.2, 11.2, 10, 1.1, 5, 1.1}},
    {"6 to 20", 6, 20, {-0.01, -0.01, -0.01, -7.4, -33.4, -5}, {11.2, 11.2, 10, 1.1, 5, 0.6}},
};

static double area_bias(const row *at, int rule)
{
    return 100 * (at->area[rule] / at->placements - 1);
}

static void print_surfaces_of(int kind, size_t bar)
{
    double sum[AREAS] = {0}, largest[AREAS] = {0};
    int n = 0;
    for (int i = 0; i < tables[kind].n; i++) {
        const row *at = &tables[kind].rows[i];
        if (at->placements == 0 || at->size < bars[bar].from || at->size > bars[bar].to)
            continue;
        n++;
        for (int a = 0; a < AREAS; a++) {
            const double bias = area_bias(at, a);
            sum[a] += bias;
            largest[a] = fabs(bias) > fabs(largest[a]) ? bias : largest[a];
            if (bias < bars[bar].least[a] || bias > bars[bar].most[a])
                fail_msg("%s of %g voxels: BS by %s is %+.2f %% off", trb_phantom_kind_name((trb_phantom_kind)kind), at->size,
                         areas_listed[a].name, bias);
        }
    }
    if (n == 0)
        return;
    printf("| %s | %s |", trb_phantom_kind_name((trb_phantom_kind)kind), bars[bar].name);
    for (int a = 0; a < AREAS; a++)
        printf(" %+.1f (%+.1f) |", sum[a] / n, largest[a]);
    printf("\n");
}

static void the_bias_of_every_surface_is_printed_and_small(void **state)
{
    (void)state;
    printf("\nBS: measured minus true in %%, mean over sizes and placements (largest of one size)\n\n| shape | true Tb.Th |");
    for (int a = 0; a < AREAS; a++)
        printf(" %s |", areas_listed[a].name);
    printf("\n|---|---|---|---|---|---|---|---|\n");
    for (int k = 0; k < TRB_PHANTOM_KINDS; k++)
        for (size_t bar = 0; bar < sizeof bars / sizeof *bars; bar++)
            print_surfaces_of(k, bar);
}

static void print_every_size(void)
{
    printf("\n| shape | t | n | exact | exact-closed | fiji | ipl | ipl-v1 | mc lewiner | mc lorensen | mc bone-joined |"
           " crofton13 | crofton3 | grey |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (int k = 0; k < TRB_PHANTOM_KINDS; k++)
        for (int i = 0; i < tables[k].n; i++) {
            const row *at = &tables[k].rows[i];
            if (at->placements == 0)
                continue;
            printf("| %s | %g | %d |", trb_phantom_kind_name((trb_phantom_kind)k), at->size, at->placements);
            for (int rule = 0; rule < RULES; rule++)
                if (k == TRB_PHANTOM_LATTICE)
                    printf(" - |");
                else
                    printf(" %+.2f |", at->bias[rule] / at->placements);
            for (int a = 0; a < AREAS; a++)
                printf(" %.3f |", at->area[a] / at->placements);
            printf("\n");
        }
    printf("\nTb.Th columns: measured minus true, voxels; surface columns: measured / true. Means over n placements.\n");
}

static void the_bias_table_is_printed(void **state)
{
    (void)state;
    print_by_shape_and_range();
    print_every_size();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_convention_gives_the_listed_value_on_every_phantom),
        cmocka_unit_test(the_bias_table_is_printed),
        cmocka_unit_test(the_bias_of_every_surface_is_printed_and_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
