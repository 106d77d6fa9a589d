/*
 * thickness_lab.c - the experiments behind the sub-voxel rule, as rows for a table. Not a test: ctest does not run it.
 *
 *   thickness_lab bias [LARGEST]   phantoms with a known thickness (up to LARGEST voxels), every rule
 *   thickness_lab change           the same object blurred, noisy, with the threshold moved, at twice the voxel size
 *   thickness_lab tilt             plates and rods from along the grid to along its diagonals, rules of the library
 *   thickness_lab figure ROWS OUT  bias against thickness from the rows of the first, as .svg, .pdf or .png
 *   thickness_lab halve IN OUT     a scan at twice its voxel size: means of 2 x 2 x 2 voxels, float32
 *
 * Rows: experiment,shape,thickness,placement,condition,phase,rule,mean,truth,uncovered (voxels of the finer image).
 * scripts/thickness-bias makes the tables and the figure of the README from them.
 */
#include "oracle/subvoxel_oracle.h"
#include "support/thickness_case.h"

#include "trabecula/plot.h"
#include "trabecula/volume_io.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- rules */

typedef struct lab_rule {
    const char *name;
    bool changes; /* goes into the second experiment */
    bool library; /* otherwise by the oracle */
    trb_thickness_rule rule;
    subvoxel_options of_grey;
} lab_rule;

static const lab_rule RULES[] = {
    {"exact", true, true, TRB_THICKNESS_EXACT, {0}},
    {"exact-closed", false, true, TRB_THICKNESS_EXACT_CLOSED, {0}},
    {"fiji", true, true, TRB_THICKNESS_FIJI, {0}},
    {"ipl", true, true, TRB_THICKNESS_IPL, {0}},
    {"nearest", false, false, 0, {SUBVOXEL_NEAREST, false, 0, -1, 0.5}},
    {"pinned", true, false, 0, {SUBVOXEL_PINNED, false, 0, 0.9, 0.5}},
    {"pinned-middle", false, false, 0, {SUBVOXEL_PINNED_MIDDLE, true, 0.5, 0.5, 0.5}},
    {"grown-points", false, false, 0, {SUBVOXEL_GROWN, false, 0, 0.5, 0.25}},
    {"grown-discs", true, false, 0, {SUBVOXEL_GROWN, false, 0.5, 0.5, 0.25}},
    {"subvoxel", true, true, TRB_THICKNESS_SUBVOXEL, {0}},
    {"ridge-0.3", false, false, 0, {SUBVOXEL_GROWN, true, 0.5, 0.3, 0.25}},
    {"ridge-0.9", false, false, 0, {SUBVOXEL_GROWN, true, 0.5, 0.9, 0.25}},
    {"cover-0", false, false, 0, {SUBVOXEL_GROWN, true, 0.5, 0.5, 0}},
    {"cover-0.5", false, false, 0, {SUBVOXEL_GROWN, true, 0.5, 0.5, 0.5}},
};
enum { N_RULES = sizeof RULES / sizeof *RULES };

/* ---- specimens */

static const thickness_view CHANGES[] = {
    {"plain", 0, 0, 0.5, false, false},             {"filtered", 0, 0, 0.5, true, false},
    {"blur 0.5", 0.5, 0, 0.5, false, false},        {"blur 1", 1, 0, 0.5, false, false},
    {"blur 1.5", 1.5, 0, 0.5, false, false},        {"noise 20", 0, 20, 0.5, false, false},
    {"noise 10", 0, 10, 0.5, false, false},         {"noise 5", 0, 5, 0.5, false, false},
    {"noise 20 filtered", 0, 20, 0.5, true, false}, {"noise 10 filtered", 0, 10, 0.5, true, false},
    {"noise 5 filtered", 0, 5, 0.5, true, false},   {"noise 3 filtered", 0, 3, 0.5, true, false},
    {"level -10 %", 0, 0, 0.4, false, false},       {"level +10 %", 0, 0, 0.6, false, false},
    {"twice the voxel", 0, 0, 0.5, false, true},
};
enum { N_CHANGES = sizeof CHANGES / sizeof *CHANGES };

typedef struct lab_case {
    const char *experiment;
    trb_phantom_kind kind;
    double thickness;
    unsigned placement;
    const thickness_view *view;
} lab_case;

static void run(const lab_case *l)
{
    thickness_case c = thickness_case_make(l->kind, l->thickness, l->placement, l->view);
    subvoxel_surface surface = subvoxel_surface_make(c.grey->voxels, &c.grey->grid, c.level, false, c.bone);
    for (int phase = 1; phase >= (l->kind == TRB_PHANTOM_PLATES ? 0 : 1) && surface.count; phase--)
        for (int r = 0; r < N_RULES; r++) {
            if (!RULES[r].changes && l->view != &THICKNESS_VIEW_PLAIN)
                continue;
            subvoxel_sums sums = {.voxels = 1};
            if (RULES[r].library)
                sums.mean = thickness_case_mean(&c, RULES[r].rule, phase) / c.scale;
            else
                free(subvoxel_thickness(&surface, &RULES[r].of_grey, phase, &c.box, &sums));
#pragma omp critical(lab_print)
            printf("%s,%s,%g,%u,%s,%s,%s,%.6f,%.6f,%.6f\n", l->experiment, trb_phantom_kind_name(l->kind), l->thickness,
                   l->placement, l->view->name, phase ? "bone" : "marrow", RULES[r].name, c.scale * sums.mean,
                   phase ? c.truth.thickness : c.truth.separation, (double)sums.uncovered / (double)sums.voxels);
        }
    subvoxel_surface_free(&surface);
    thickness_case_clear(&c);
}

/* ---- experiments */

enum { CASES_MOST = 1000 };
static lab_case cases[CASES_MOST];
static int n_cases;

static void add(lab_case c)
{
    if (n_cases < CASES_MOST)
        cases[n_cases++] = c;
}

static void add_bias(double largest)
{
    static const trb_phantom_kind kinds[] = {TRB_PHANTOM_PLATE,  TRB_PHANTOM_ROD,    TRB_PHANTOM_TORUS,
                                             TRB_PHANTOM_PLATES, TRB_PHANTOM_GYROID, TRB_PHANTOM_BALL};
    static const double sizes[] = {20, 15, 14, 12, 10, 8.5, 7, 6, 5, 4, 3.5, 3, 2.5}; /* the slow ones first */
    for (size_t t = 0; t < sizeof sizes / sizeof *sizes; t++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
            const bool periodic = kinds[k] == TRB_PHANTOM_PLATES || kinds[k] == TRB_PHANTOM_GYROID;
            if (sizes[t] > largest || (kinds[k] == TRB_PHANTOM_GYROID ? sizes[t] > 14 : sizes[t] == 14))
                continue;
            for (unsigned p = 0; p < (periodic || sizes[t] > 10 ? 1 : 3); p++)
                add((lab_case){"bias", kinds[k], sizes[t], p, &THICKNESS_VIEW_PLAIN});
        }
}

static void add_change(void)
{
    static const trb_phantom_kind kinds[] = {TRB_PHANTOM_PLATE, TRB_PHANTOM_ROD, TRB_PHANTOM_GYROID, TRB_PHANTOM_BALL};
    static const double sizes[] = {10, 6, 4};
    for (size_t t = 0; t < 3; t++)
        for (size_t k = 0; k < 4; k++)
            for (int c = 0; c < N_CHANGES; c++)
                add((lab_case){"change", kinds[k], sizes[t], 0, &CHANGES[c]});
}

/* ---- tilt */

static void tilt(void)
{
    static const double ways[][3] = {{0, 0, 1}, {0, 1, 10}, {1, 2, 10}, {0, 1, 2},
                                     {0, 1, 1}, {1, 1, 2},  {1, 2, 3},  {1, 1, 1}};
    static const double sizes[] = {2.5, 3, 3.5, 4, 5, 7};
    for (int rod = 0; rod < 2; rod++)
        for (size_t w = 0; w < sizeof ways / sizeof *ways; w++)
            for (size_t t = 0; t < sizeof sizes / sizeof *sizes; t++) {
                thickness_case c = thickness_case_tilted(rod != 0, ways[w], sizes[t]);
                for (int r = 0; r < N_RULES; r++)
                    if (RULES[r].library)
                        printf("tilt,%s,%g,0,%g %g %g,bone,%s,%.6f,%.6f,0\n", rod ? "rod" : "plate", sizes[t],
                               ways[w][0], ways[w][1], ways[w][2], RULES[r].name,
                               thickness_case_mean(&c, RULES[r].rule, 1), sizes[t]);
                thickness_case_clear(&c);
            }
}

/* ---- figure */

enum { FIGURE_SHAPES = 6, FIGURE_RULES = 4, FIGURE_SIZES = 16 };
static const char *const FIGURE_SHAPE[FIGURE_SHAPES] = {"plate", "rod", "torus", "gyroid", "plates", "ball"};
static const char *const FIGURE_RULE[FIGURE_RULES] = {"exact", "fiji", "ipl", "subvoxel"};

typedef struct figure_line {
    size_t n;
    double x[FIGURE_SIZES], y[FIGURE_SIZES]; /* y: sum over the placements, then their mean */
    int placements[FIGURE_SIZES];
} figure_line;

static int find_name(const char *const *names, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(names[i], name))
            return i;
    return -1;
}

static void take_point(figure_line *line, double x, double y)
{
    size_t i = 0;
    while (i < line->n && line->x[i] != x)
        i++;
    if (i == FIGURE_SIZES)
        return;
    if (i == line->n) {
        for (line->n++; i > 0 && line->x[i - 1] > x; i--) {
            line->x[i] = line->x[i - 1];
            line->y[i] = line->y[i - 1];
            line->placements[i] = line->placements[i - 1];
        }
        line->x[i] = x;
        line->y[i] = 0;
        line->placements[i] = 0;
    }
    line->y[i] += y;
    line->placements[i]++;
}

static int figure(const char *rows, const char *out)
{
    static figure_line lines[FIGURE_SHAPES][FIGURE_RULES];
    static char text[500];
    FILE *in = fopen(rows, "r");
    if (!in) {
        fprintf(stderr, "thickness_lab: cannot read %s\n", rows);
        return 1;
    }
    while (fgets(text, sizeof text, in)) {
        char shape[20], rule[40];
        double size, mean, truth;
        if (sscanf(text, "bias,%19[a-z],%lf,%*u,plain,bone,%39[^,],%lf,%lf", shape, &size, rule, &mean, &truth) != 5)
            continue;
        const int s = find_name(FIGURE_SHAPE, FIGURE_SHAPES, shape), r = find_name(FIGURE_RULE, FIGURE_RULES, rule);
        if (s >= 0 && r >= 0 && size < 15)
            take_point(&lines[s][r], size, mean - truth);
    }
    fclose(in);
    trb_plot_series series[FIGURE_SHAPES][FIGURE_RULES] = {{{0}}};
    trb_plot_chart chart[FIGURE_SHAPES] = {{0}};
    for (int s = 0; s < FIGURE_SHAPES; s++) {
        for (int r = 0; r < FIGURE_RULES; r++) {
            figure_line *line = &lines[s][r];
            for (size_t i = 0; i < line->n; i++)
                line->y[i] /= line->placements[i];
            series[s][r] = (trb_plot_series){.name = FIGURE_RULE[r], .n = line->n, .x = line->x, .mean = line->y};
        }
        chart[s] = (trb_plot_chart){FIGURE_SHAPE[s], "voxels too thick", "true thickness",
                                    "voxels",        FIGURE_RULES,       series[s]};
    }
    trb_plot_options options = trb_plot_options_default(TRB_PLOT_PAPER);
    options.columns = 3;
    options.dpi = 150;
    trb_error err = {TRB_OK, ""};
    if (trb_plot_time_write(chart, FIGURE_SHAPES, &options, out, &err)) {
        fprintf(stderr, "thickness_lab: %s\n", err.text);
        return 1;
    }
    return 0;
}

/* ---- a real scan at half its resolution */

static int halve(const char *from, const char *to)
{
    trb_volume *fine = NULL, *coarse = NULL;
    trb_error err = {TRB_OK, ""};
    trb_box box = {{0, 0, 0}, {0, 0, 0}};
    trb_status status = trb_volume_read(from, NULL, NULL, NULL, &fine, NULL, &err);
    if (!status) {
        coarse = thickness_halved(fine, &box);
        status = trb_volume_write(to, coarse, NULL, &err);
    }
    if (status)
        fprintf(stderr, "thickness_lab: %s\n", err.text);
    trb_volume_destroy(fine);
    trb_volume_destroy(coarse);
    return status != TRB_OK;
}

int main(int argc, char **argv)
{
    if (argc >= 2 && !strcmp(argv[1], "bias"))
        add_bias(argc > 2 ? atof(argv[2]) : 20);
    else if (argc == 2 && !strcmp(argv[1], "change"))
        add_change();
    else if (argc == 2 && !strcmp(argv[1], "tilt"))
        ;
    else if (argc == 4 && !strcmp(argv[1], "figure"))
        return figure(argv[2], argv[3]);
    else if (argc == 4 && !strcmp(argv[1], "halve"))
        return halve(argv[2], argv[3]);
    else {
        fputs("usage: thickness_lab bias [LARGEST] | change | tilt | figure ROWS OUT | halve IN OUT\n", stderr);
        return 2;
    }
    puts("experiment,shape,thickness,placement,condition,phase,rule,mean,truth,uncovered");
    if (!strcmp(argv[1], "tilt"))
        tilt();
    omp_set_max_active_levels(1);
#pragma omp parallel for schedule(dynamic, 1)
    for (int i = 0; i < n_cases; i++)
        run(&cases[i]);
    return 0;
}
