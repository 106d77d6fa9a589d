/* run_cortical.c - --region cortical: the VOI is a compartment of cortex, and other metrics are measured in it. */
#include "record/run.h"

#include "record/metrics_cortical.h"
#include "trabecula/voi_auto.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FILLED_MUCH 0.01    /* of the compartment: holes in its mask that a person should know of */
#define POROUS 0.25         /* voids of compact bone are fewer */
#define MOUSE_VOXEL 0.010   /* mm: wider ones do not resolve the canals of mice */
#define THIN 6              /* voxels: see the bias table */
#define OBLIQUE_DEG 10      /* areas are 1.5 % too large there, Imax 4.7 % */
#define SCATTERED 0.5       /* length of the mean of unit vectors */

static const trb_metric_info ROWS[] = {TRB_CORTICAL_ROWS};

static bool is_cortical(const char *key)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (strcmp(ROWS[i].key, key) == 0)
            return true;
    return false;
}

bool trb_run_in_region(const struct run *run, const char *key)
{
    if (run->settings->region == TRB_REGION_TRABECULAR)
        return !is_cortical(key);
    return is_cortical(key) || strcmp(key, "Grey.TV") == 0 || strcmp(key, "Grey.BV") == 0;
}

trb_status trb_run_check_region(const struct run *run)
{
    const trb_settings *settings = run->settings;
    trb_voi_auto how;
    if (settings->region == TRB_REGION_TRABECULAR)
        return TRB_OK;
    if (!trb_voi_wanted(settings->voi, &settings->voi_rules) || !settings->voi[0])
        return trb_error_set(run->err, TRB_ERR_ARGUMENT,
                             "region cortical needs the cortical compartment as VOI: --voi auto:cortical finds it, --voi FILE "
                             "takes a mask of it");
    if (trb_voi_is_auto(settings->voi) && !strchr(settings->voi, ';') && !trb_voi_auto_parse(settings->voi, &how, NULL) &&
        how.compartment != TRB_COMPARTMENT_CORTICAL)
        return trb_error_set(run->err, TRB_ERR_ARGUMENT, "region cortical needs the cortical compartment, and the VOI is the %s one: "
                                                         "--voi auto:cortical", trb_compartment_name(how.compartment));
    return TRB_OK;
}

trb_status trb_run_cortical_voi(struct run *run)
{
    if (run->settings->region == TRB_REGION_TRABECULAR || !run->products->voi)
        return TRB_OK;
    return trb_cortical_fill(run->products->voi, &run->filled, run->err);
}

/* Planes of the map into a volume. */
static trb_status keep_planes(void *user, size_t z0, size_t n, const float *values, trb_error *err)
{
    trb_volume *map = user;
    const size_t plane = map->grid.nx * map->grid.ny;
    (void)err;
    memcpy((float *)map->voxels + z0 * plane, values, n * plane * sizeof *values);
    return TRB_OK;
}

static bool wants_any(const struct run *run, const char *const *keys)
{
    for (; *keys; keys++)
        if (trb_run_wants(run, *keys))
            return true;
    return false;
}

trb_status trb_run_measure_cortical(struct run *run)
{
    static const char *const thickness[] = {"Ct.Th", "Ct.Th.SD", "Ct.Th.max", NULL};
    static const char *const pores[] = {"Ct.Po(cl)", "Ct.Po.N", "Ct.Po.Dn", "Ct.Po.V", "Ct.Po.Dm", "Ct.Po.Dm.SD", NULL};
    static const char *const pore_size[] = {"Ct.Po.Dm", "Ct.Po.Dm.SD", NULL};
    trb_cortical_use use = {.thickness = {run->settings->thickness, run->settings->ball_centres, TRB_BORDER_UNKNOWN, run->memory_bytes},
                            .want_thickness = wants_any(run, thickness) || run->want_maps || run->th_sink,
                            .want_pores = wants_any(run, pores), .want_pore_size = wants_any(run, pore_size),
                            .th_sink = run->th_sink};
    trb_products *products = run->products;
    trb_map_sink keep = {keep_planes, NULL};
    trb_status status = trb_run_stage(run, "cortex", 0.35);
    if (!status && run->want_maps) {
        status = trb_volume_create(&products->bone->grid, TRB_F32, &products->tb_th, run->err);
        keep.user = products->tb_th;
        use.th_sink = &keep;
    }
    if (!status)
        status = trb_cortical_measure(products->voi, products->bone, &use, &products->cortical, run->err);
    for (size_t i = 0; !status && run->frame && !products->grey && i < products->cortical.n; i++)
        products->cortical.slice[i].z += run->frame->part.lo[2]; /* slices count in the whole scan, as everywhere */
    return status;
}

/* ---- means over slices */

/* Of those that are known; NaN when none is. */
static double mean_of(const trb_cortical *c, size_t offset)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        const double value = *(const double *)(const void *)((const char *)&c->slice[i] + offset);
        sum += isnan(value) ? 0 : value;
        n += isnan(value) ? 0 : 1;
    }
    return n ? sum / (double)n : NAN;
}

/* Axes have no direction: the mean is that of doubled angles. NaN when they scatter. */
static double mean_angle(const trb_cortical *c)
{
    static const double RADIANS = 3.14159265358979323846 / 180;
    double x = 0, y = 0;
    for (size_t i = 0; i < c->n; i++)
        if (!isnan(c->slice[i].angle_deg)) {
            x += cos(2 * RADIANS * c->slice[i].angle_deg);
            y += sin(2 * RADIANS * c->slice[i].angle_deg);
        }
    if (c->n == 0 || hypot(x, y) < SCATTERED * (double)c->n)
        return NAN;
    const double angle = atan2(y, x) / 2 / RADIANS;
    return angle < 0 ? fmod(angle + 180, 180) : angle;
}

struct row {
    const char *key;
    double value;
    const char *method, *reason;
};

static trb_status add_rows(struct run *run, const struct row *rows, size_t n)
{
    trb_status status = TRB_OK;
    for (size_t i = 0; !status && i < n; i++)
        status = trb_run_add(run, rows[i].key, rows[i].value, rows[i].method, rows[i].reason);
    return status;
}

#define MEAN(field) mean_of(c, offsetof(trb_cortical_slice, field))
#define ADD(rows) add_rows(run, rows, sizeof rows / sizeof *rows)

static trb_status add_shape(struct run *run, const trb_cortical *c)
{
    const double h = run->h_mm;
    const char *th = trb_thickness_rule_name(run->settings->thickness), *slices = TRB_SLICES, *crofton = "mean of slices, crofton 4";
    const char *open = "the cortex is closed in no slice", *none = c->th_reason[0] ? c->th_reason : "no ball fits the compartment";
    const bool known = c->th.valued > 0;
    const struct row rows[] = {
        {"Tt.Ar", MEAN(tt_ar), slices, open},
        {"Ct.Ar", MEAN(ct_ar), slices, ""},
        {"Ct.B.Ar", MEAN(ct_bar), slices, ""},
        {"Ma.Ar", MEAN(ma_ar), slices, open},
        {"Ct.Ar/Tt.Ar", 100 * MEAN(ct_ratio), slices, open},
        {"Ct.Th", known ? c->th.mean_vox * h : NAN, th, none},
        {"Ct.Th.SD", known ? c->th.sd_vox * h : NAN, th, none},
        {"Ct.Th.max", known ? c->th.max_vox * h : NAN, th, none},
        {"Ct.Th.model", MEAN(ct_th_model), crofton, open},
        {"Ps.Pm", MEAN(ps_pm), crofton, open},
        {"Ec.Pm", MEAN(ec_pm), crofton, open},
    };
    return ADD(rows);
}

static trb_status add_pores(struct run *run, const trb_cortical *c)
{
    const double h = run->h_mm, voxel = trb_grid_voxel_mm3(&run->record->grid);
    const double tv = c->n ? (double)c->tv * voxel : NAN, bv = c->n ? (double)c->bv * voxel : NAN;
    const trb_cortical_pores *p = &c->pores;
    const double count = c->n ? (double)p->count : NAN, closed = c->n ? (double)p->enclosed * voxel : NAN;
    const char *how = "6-connected, slab ends do not open", *none = "no enclosed pore", *th = trb_thickness_rule_name(run->settings->thickness);
    const struct row rows[] = {
        {"Ct.TV", tv, "voxel", ""},
        {"Ct.BV", bv, "voxel", ""},
        {"Ct.Po", 100 * (1 - bv / tv), "voxel", ""},
        {"Ct.Po(cl)", 100 * closed / tv, how, ""},
        {"Ct.Po.N", count, how, ""},
        {"Ct.Po.Dn", count / tv, how, ""},
        {"Ct.Po.V", p->count ? closed / count : NAN, how, none},
        {"Ct.Po.Dm", p->count ? p->dm_mean_vox * h : NAN, th, none},
        {"Ct.Po.Dm.SD", p->count ? p->dm_sd_vox * h : NAN, th, none},
    };
    return ADD(rows);
}

static trb_status add_moments(struct run *run, const trb_cortical *c)
{
    const char *how = TRB_SECTION_METHOD, *none = "no bone in the compartment";
    const struct row rows[] = {
        {"Imax", MEAN(i_max), how, none},
        {"Imin", MEAN(i_min), how, none},
        {"J", MEAN(j), how, none},
        {"Imax.angle", mean_angle(c), "axial mean of slices", c->bv ? "the long axes of the slices scatter: the sections are round" : none},
        {"Zmax", MEAN(z_max), how, none},
        {"Zmin", MEAN(z_min), how, none},
        {"Zpol", MEAN(z_pol), how, none},
        {"Ct.Cen.x", MEAN(centroid_mm[0]), how, none},
        {"Ct.Cen.y", MEAN(centroid_mm[1]), how, none},
    };
    return ADD(rows);
}

static trb_status add_density(struct run *run, const trb_cortical *c, const char *tag)
{
    const trb_linear *density = &run->record->calibration.density;
    const double slope = density->known ? density->slope : NAN, offset = density->intercept;
    const char *reason = density->known ? "no bone in the compartment" : "no density calibration: give --calibration slope=..,intercept=..";
    const char *peeled = density->known ? "no bone left after peeling" : reason;
    const double all = run->grey_tv.voxels ? slope * run->grey_tv.mean + offset : NAN;
    const struct row rows[] = {
        {"Ct.vBMD", all, tag, reason},
        {"Ct.TMD", run->grey_bv.voxels ? slope * run->grey_bv.mean + offset : NAN, tag, reason},
        {"Ct.TMD.peel1", run->grey_peeled.voxels ? slope * run->grey_peeled.mean + offset : NAN, tag, peeled},
        {"Ct.BMC", all * (double)c->tv * trb_grid_voxel_mm3(&run->record->grid) / 1000, tag, reason},
        {"Ct.Sl.N", c->n ? (double)c->n : NAN, "voxel", ""},
    };
    return ADD(rows);
}

trb_status trb_run_add_cortical(struct run *run, const char *density_tag)
{
    const trb_cortical *c = &run->products->cortical;
    if (run->settings->region == TRB_REGION_TRABECULAR)
        return TRB_OK;
    trb_status status = add_shape(run, c);
    if (!status)
        status = add_pores(run, c);
    if (!status)
        status = add_moments(run, c);
    return status ? status : add_density(run, c, density_tag);
}

trb_status trb_run_add_cortical_distribution(struct run *run)
{
    const trb_thickness *th = &run->products->cortical.th;
    return trb_run_add_distribution(run, "Ct.Th", "mm", 0, 0.5 * run->h_mm, th->valued ? th->n_bins : 0, th->bin_count);
}

/* ---- what the user should know */
static void warn_of_slices(struct run *run, const trb_cortical *c)
{
    size_t at_side = 0, several = 0, first_open = 0;
    for (size_t i = c->n; i-- > 0;) {
        at_side += c->slice[i].at_side;
        several += c->slice[i].outlines > 1;
        first_open = c->slice[i].closed ? first_open : c->slice[i].z;
    }
    if (c->open)
        trb_record_warn(run->record, "the cortex is not closed in %zu of %zu slices (slice %zu the first): its medulla leaks, so Tt.Ar, Ma.Ar, "
                                     "perimeters and Ct.Th.model are means of the others", c->open, c->n, first_open);
    if (at_side)
        trb_record_warn(run->record, "the compartment touches the side of the image in %zu of %zu slices: the section is cut, and areas and "
                                     "moments are of what is seen", at_side, c->n);
    if (several)
        trb_record_warn(run->record, "%zu of %zu slices hold more than one bone: areas are sums and moments are about their common centroid; "
                                     "choose one with --voi", several, c->n);
    if (c->gaps)
        trb_record_warn(run->record, "the compartment has empty slices between its first and last: Ct.Th ends at them");
    if ((double)run->filled.voxels > FILLED_MUCH * (double)c->tv)
        trb_record_warn(run->record, "holes of the VOI's mask were filled as pores of the cortex: %.3g %% of the compartment, the largest of %llu "
                                     "pixels; is a part of the medulla among them?",
                        100 * (double)run->filled.voxels / (double)c->tv, (unsigned long long)run->filled.largest);
}

/* The angle between z and the straight line through the centroids of the slices, by least squares. */
static double tilt_deg(const trb_cortical *c)
{
    double n = 0, z = 0, zz = 0, p[2] = {0, 0}, zp[2] = {0, 0};
    for (size_t i = 0; i < c->n; i++) {
        const trb_cortical_slice *s = &c->slice[i];
        const double at = s->z_mm - c->slice[0].z_mm;
        if (isnan(s->centroid_mm[0]) || !s->closed)
            continue;
        n++;
        z += at;
        zz += at * at;
        for (int axis = 0; axis < 2; axis++) {
            p[axis] += s->centroid_mm[axis];
            zp[axis] += at * s->centroid_mm[axis];
        }
    }
    const double spread = zz - z * z / n;
    if (n < 8 || !(spread > 0)) /* the noise of a few slices is no direction */
        return 0;
    return atan(hypot((zp[0] - z * p[0] / n) / spread, (zp[1] - z * p[1] / n) / spread)) * 180 / 3.14159265358979323846;
}

static void warn_of_tilt(struct run *run, const trb_cortical *c)
{
    const double tilt = tilt_deg(c), k = 1 / cos(tilt * 3.14159265358979323846 / 180);
    if (tilt > OBLIQUE_DEG)
        trb_record_warn(run->record, "the bone lies %.3g degrees oblique to the slices: areas are about %.2g %% and Imax up to %.2g %% too large, "
                                     "Ct.Th.model is too thick; align the scan with the bone. Ct.Th is in 3D and right but for the ends of the slab",
                        tilt, 100 * (k - 1), 100 * (k * k * k - 1));
}

static void warn_of_pores(struct run *run, const trb_cortical *c)
{
    trb_record *record = run->record;
    const double porosity = 1 - (double)c->bv / (double)c->tv;
    if (porosity > POROUS)
        trb_record_warn(record, "Ct.Po is %.3g %%: that is not compact bone. Is the threshold right, and is the compartment free of trabeculae and "
                                "of marrow? Look at the picture", 100 * porosity);
    if (trb_run_wants(run, "Ct.Po") && run->h_mm > MOUSE_VOXEL * (1 + 1e-9))
        trb_record_warn(record, "voxels of %.4g um do not resolve the canals of mouse cortex (10 um or less): Ct.Po and pore sizes see the large "
                                "pores only", run->h_mm * 1000);
    if (2 * c->pores.small > c->pores.count)
        trb_record_warn(record, "%llu of %llu pores have 8 voxels or less: Ct.Po.N may count noise",
                        (unsigned long long)c->pores.small, (unsigned long long)c->pores.count);
}

void trb_run_warn_of_cortical(struct run *run)
{
    const trb_cortical *c = &run->products->cortical;
    trb_record *record = run->record;
    const trb_threshold_choice *choice = &run->settings->threshold;
    const bool by_histogram = !choice->by_value && strcmp(choice->method, "hysteresis") != 0 && strcmp(choice->method, "adaptive") != 0;
    if (c->n == 0)
        return;
    if (c->bv == 0)
        trb_record_warn(record, "no bone in the compartment: is the threshold right?");
    warn_of_slices(run, c);
    warn_of_tilt(run, c);
    if (by_histogram && 2 * c->open > c->n)
        trb_record_warn(record, "most slices show no marrow inside the periosteal contour, so the rule %s has only the cortex to split: give "
                                "--threshold VALUE", choice->method);
    if (c->bv > 0)
        warn_of_pores(run, c);
    if (c->th.valued && c->th.mean_vox < THIN)
        trb_record_warn(record, "Ct.Th is %.2g voxels: below 6 voxels every rule is off by up to half a voxel (README, bias table)",
                        c->th.mean_vox);
}

/* ---- methods text */
void trb_run_say_cortical(const struct run *run, FILE *out)
{
    fprintf(out, " The region was cortical: of %zu slices, Tt.Ar was the area inside the periosteal contour, Ct.Ar that of the compartment with its "
                 "pores, Ma.Ar that of its largest hole; perimeters were measured by Crofton's formula with 4 directions; Imax, Imin, J = Imax + "
                 "Imin and the section moduli (moment / distance of the farthest pixel) were those of bone pixels about the centroid. All of these "
                 "are means of slices; Ct.Th.model was 2 Ct.Ar/(Ps.Pm + Ec.Pm). Ct.Th was the mean local thickness in 3D of the compartment by the "
                 "rule %s. Ct.Po was 100 (1 - Ct.BV/Ct.TV); enclosed pores were 6-connected and reached neither medulla nor outside.",
            run->products->cortical.n, trb_thickness_rule_name(run->settings->thickness));
}
