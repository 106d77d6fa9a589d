/*
 * thickness_lab.c - the experiments behind the sub-voxel rule, as rows for a table. Not a test: ctest does not run it.
 *
 *   thickness_lab bias [LARGEST]   phantoms with a known thickness (up to LARGEST voxels), every rule
 *   thickness_lab change           the same object blurred, noisy, with the threshold moved, at twice the voxel size
 *
 * Rows: experiment,shape,thickness,placement,condition,phase,rule,mean,truth,uncovered (voxels of the finer image).
 * scripts/thickness-bias makes the tables and the figure of the README from them.
 */
#include "oracle/subvoxel_oracle.h"
#include "support/testing.h"

#include "trabecula/filter.h"
#include "trabecula/label.h"
#include "trabecula/phantom.h"
#include "trabecula/thickness.h"
#include "trabecula/voi.h"

#include <omp.h>

/* ---- rules */

typedef struct lab_rule {
    const char *name;
    bool integer; /* of the mask alone */
    trb_thickness_rule of_mask;
    subvoxel_options of_grey;
} lab_rule;

static const lab_rule RULES[] = {
    {"exact", true, TRB_THICKNESS_EXACT, {0}},
    {"exact-closed", true, TRB_THICKNESS_EXACT_CLOSED, {0}},
    {"fiji", true, TRB_THICKNESS_FIJI, {0}},
    {"ipl", true, TRB_THICKNESS_IPL, {0}},
    {"nearest", false, 0, {SUBVOXEL_NEAREST, false, 0, -1, 0.5}},
    {"pinned", false, 0, {SUBVOXEL_PINNED, false, 0, 0.9, 0.5}},
    {"pinned-middle", false, 0, {SUBVOXEL_PINNED_MIDDLE, true, 0.5, 0.5, 0.5}},
    {"grown-points", false, 0, {SUBVOXEL_GROWN, false, 0, 0.5, 0.25}},
    {"grown-discs", false, 0, {SUBVOXEL_GROWN, false, 0.5, 0.5, 0.25}},
    {"subvoxel", false, 0, {SUBVOXEL_GROWN, true, 0.5, 0.5, 0.25}},
    {"ridge-0.3", false, 0, {SUBVOXEL_GROWN, true, 0.5, 0.3, 0.25}},
    {"ridge-0.9", false, 0, {SUBVOXEL_GROWN, true, 0.5, 0.9, 0.25}},
    {"cover-0", false, 0, {SUBVOXEL_GROWN, true, 0.5, 0.5, 0}},
    {"cover-0.5", false, 0, {SUBVOXEL_GROWN, true, 0.5, 0.5, 0.5}},
};
enum { N_RULES = sizeof RULES / sizeof *RULES };

/* ---- specimens */

/* How the object is seen. The means of 2 x 2 x 2 voxels are taken before the filter. */
typedef struct lab_condition {
    const char *name;
    double blur, snr, level; /* level: share of the contrast */
    bool filtered, halved;
} lab_condition;

static const lab_condition PLAIN = {"plain", 0, 0, 0.5, false, false};

static const lab_condition CHANGES[] = {
    {"plain", 0, 0, 0.5, false, false},        {"filtered", 0, 0, 0.5, true, false},
    {"blur 0.5", 0.5, 0, 0.5, false, false},   {"blur 1", 1, 0, 0.5, false, false},
    {"blur 1.5", 1.5, 0, 0.5, false, false},   {"noise 20", 0, 20, 0.5, false, false},
    {"noise 10", 0, 10, 0.5, false, false},    {"noise 5", 0, 5, 0.5, false, false},
    {"noise 20 filtered", 0, 20, 0.5, true, false}, {"noise 10 filtered", 0, 10, 0.5, true, false},
    {"noise 5 filtered", 0, 5, 0.5, true, false},   {"noise 3 filtered", 0, 3, 0.5, true, false},
    {"level -10 %", 0, 0, 0.4, false, false},  {"level +10 %", 0, 0, 0.6, false, false},
    {"twice the voxel", 0, 0, 0.5, false, true},
};
enum { N_CHANGES = sizeof CHANGES / sizeof *CHANGES };

typedef struct lab_case {
    const char *experiment;
    trb_phantom_kind kind;
    double thickness;
    unsigned placement;
    const lab_condition *condition;
} lab_case;

static void stop(const trb_error *err)
{
    fprintf(stderr, "thickness_lab: %s\n", err->text);
    exit(1);
}

#define MUST(call)                                                                                                     \
    do {                                                                                                               \
        trb_error error_ = {TRB_OK, ""}, *err = &error_;                                                               \
        if (call)                                                                                                      \
            stop(err);                                                                                                 \
    } while (0)

enum { MARROW_GREY = 20000, CONTRAST = 20000 };

/* Means of 2 x 2 x 2 voxels; the box keeps only voxels that lie in it whole. */
static trb_volume *halved(const trb_volume *in, trb_box *box)
{
    trb_grid grid = in->grid;
    grid.nx /= 2;
    grid.ny /= 2;
    grid.nz /= 2;
    trb_volume *out = NULL;
    MUST(trb_volume_create(&grid, TRB_F32, &out, err));
    for (size_t z = 0; z < grid.nz; z++)
        for (size_t y = 0; y < grid.ny; y++)
            for (size_t x = 0; x < grid.nx; x++) {
                double sum = 0;
                for (size_t k = 0; k < 8; k++)
                    sum += trb_volume_get(in, 2 * x + (k & 1), 2 * y + (k >> 1 & 1), 2 * z + (k >> 2));
                trb_volume_set(out, x, y, z, sum / 8);
            }
    for (int axis = 0; axis < 3; axis++) {
        box->lo[axis] = (box->lo[axis] + 1) / 2;
        box->hi[axis] /= 2;
    }
    return out;
}

static float *filtered(const trb_volume *volume, bool filter)
{
    const trb_filter kernel = {filter ? TRB_FILTER_GAUSSIAN : TRB_FILTER_NONE, 0.8, 1};
    float *grey = malloc(trb_grid_voxels(&volume->grid) * sizeof *grey);
    trb_smoother *smoother = NULL;
    MUST(trb_smoother_create(volume, &kernel, &smoother, err));
    MUST(trb_smoother_planes(smoother, 0, volume->grid.nz, grey, err));
    trb_smoother_destroy(smoother);
    return grey;
}

/* Noise makes specks; what every user removes is removed. */
static trb_mask *mask_of(const float *grey, const trb_grid *grid, double level, bool clean)
{
    trb_mask *bone = NULL;
    MUST(trb_mask_create(grid, &bone, err));
    for (size_t z = 0, i = 0; z < grid->nz; z++)
        for (size_t y = 0; y < grid->ny; y++)
            for (size_t x = 0; x < grid->nx; x++, i++)
                trb_mask_set(bone, x, y, z, (double)grey[i] >= level);
    if (clean) {
        MUST(trb_despeckle(bone, TRB_CONNECT_26, 50, NULL, err));
        trb_mask_invert(bone);
        MUST(trb_despeckle(bone, TRB_CONNECT_6, 50, NULL, err));
        trb_mask_invert(bone);
    }
    return bone;
}

static double measure(const lab_rule *rule, subvoxel_surface *surface, const trb_mask *bone, const trb_mask *voi,
                      const trb_box *box, int phase, double *uncovered)
{
    *uncovered = 0;
    if (!rule->integer) {
        subvoxel_sums sums;
        free(subvoxel_thickness(surface, &rule->of_grey, phase, box, &sums));
        *uncovered = (double)sums.uncovered / (double)sums.voxels;
        return sums.mean;
    }
    trb_thickness_options options = trb_thickness_options_default();
    options.rule = rule->of_mask;
    options.centres = rule->of_mask == TRB_THICKNESS_IPL ? TRB_CENTRES_VOI : TRB_CENTRES_IMAGE;
    trb_mask *object = NULL;
    trb_thickness result;
    if (phase)
        MUST(trb_mask_copy(bone, &object, err));
    else
        MUST(trb_mask_complement(bone, &object, err));
    MUST(trb_thickness_measure(object, voi, &options, &result, NULL, err));
    const double mean = result.mean_vox;
    trb_thickness_clear(&result);
    trb_mask_destroy(object);
    return mean;
}

static void run(const lab_case *c)
{
    trb_phantom_options options = trb_phantom_options_default(c->kind);
    options.thickness_vox = c->thickness;
    options.placement = c->placement;
    options.type = TRB_U16;
    options.marrow_grey = MARROW_GREY;
    options.bone_grey = MARROW_GREY + CONTRAST;
    options.blur_vox = c->condition->blur;
    options.noise_grey = c->condition->snr > 0 ? CONTRAST / c->condition->snr : 0;
    trb_volume *volume = NULL;
    trb_phantom_truth truth;
    MUST(trb_phantom_create(&options, &volume, &truth, err));
    trb_box box = truth.voi;
    if (c->condition->halved) {
        trb_volume *coarse = halved(volume, &box);
        trb_volume_destroy(volume);
        volume = coarse;
    }
    const double scale = c->condition->halved ? 2 : 1, level = MARROW_GREY + CONTRAST * c->condition->level;
    float *grey = filtered(volume, c->condition->filtered);
    trb_mask *bone = mask_of(grey, &volume->grid, level, c->condition->snr > 0), *voi = NULL;
    MUST(trb_voi_box(&volume->grid, &box, &voi, err));
    subvoxel_surface surface = subvoxel_surface_make(grey, &volume->grid, level, false, bone);
    for (int phase = 1; phase >= (c->kind == TRB_PHANTOM_PLATES ? 0 : 1) && surface.count; phase--)
        for (int r = 0; r < N_RULES; r++) {
            double uncovered;
            const double mean = scale * measure(&RULES[r], &surface, bone, voi, &box, phase, &uncovered);
#pragma omp critical(lab_print)
            printf("%s,%s,%g,%u,%s,%s,%s,%.6f,%.6f,%.6f\n", c->experiment, trb_phantom_kind_name(c->kind), c->thickness,
                   c->placement, c->condition->name, phase ? "bone" : "marrow", RULES[r].name, mean,
                   phase ? truth.thickness : truth.separation, uncovered);
        }
    subvoxel_surface_free(&surface);
    free(grey);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
    trb_volume_destroy(volume);
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
                add((lab_case){"bias", kinds[k], sizes[t], p, &PLAIN});
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

int main(int argc, char **argv)
{
    if (argc >= 2 && !strcmp(argv[1], "bias"))
        add_bias(argc > 2 ? atof(argv[2]) : 20);
    else if (argc == 2 && !strcmp(argv[1], "change"))
        add_change();
    else {
        fputs("usage: thickness_lab bias [LARGEST] | change\n", stderr);
        return 2;
    }
    puts("experiment,shape,thickness,placement,condition,phase,rule,mean,truth,uncovered");
    omp_set_max_active_levels(1);
#pragma omp parallel for schedule(dynamic, 1)
    for (int i = 0; i < n_cases; i++)
        run(&cases[i]);
    return 0;
}
