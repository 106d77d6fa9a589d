/* run_cortical.c - --region cortical: the VOI is a compartment of cortex, and other metrics are measured in it. */
#include "record/run.h"

#include "record/metrics_cortical.h"
#include "trabecula/voi_auto.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SCATTERED 0.5       /* length of the mean of unit vectors */

static const trb_metric_info ROWS[] = {TRB_CORTICAL_ROWS};

/* A compartment is a filled mask: no grey value says where it ends. */
static trb_thickness_rule rule_of(const struct run *run)
{
    const trb_thickness_rule rule = run->settings->thickness;
    return rule == TRB_THICKNESS_SUBVOXEL ? TRB_THICKNESS_EXACT : rule;
}

static bool is_cortical(const char *key)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (strcmp(ROWS[i].key, key) == 0)
            return true;
    return false;
}

bool trb_run_in_region(const struct run *run, const char *key)
{
    return is_cortical(key) == (run->settings->region == TRB_REGION_CORTICAL);
}

trb_status trb_run_check_region(const struct run *run)
{
    const trb_settings *settings = run->settings;
    trb_voi_auto how;
    if (settings->region == TRB_REGION_TRABECULAR)
        return TRB_OK;
    if (!settings->voi[0]) /* a slab alone holds the marrow, too */
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
    trb_cortical_use use = {.thickness = {rule_of(run), run->settings->ball_centres, TRB_BORDER_UNKNOWN, run->memory_bytes},
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
    const char *th = trb_thickness_rule_name(rule_of(run)), *slices = TRB_SLICES, *crofton = "mean of slices, crofton 4";
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
    const char *how = "6-connected, slab ends do not open", *none = "no enclosed pore", *th = trb_thickness_rule_name(rule_of(run));
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
        {"Ct.Grey.TV", run->grey_tv.voxels ? run->grey_tv.mean : NAN, "voxel", ""},
        {"Ct.Grey.BV", run->grey_bv.voxels ? run->grey_bv.mean : NAN, "voxel", "no bone in the compartment"},
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

/* ---- methods text */
void trb_run_say_cortical(const struct run *run, FILE *out)
{
    fprintf(out, " The region was cortical: of %zu slices, Tt.Ar was the area inside the periosteal contour, Ct.Ar that of the compartment with its "
                 "pores, Ma.Ar that of its largest hole; perimeters were measured by Crofton's formula with 4 directions; Imax, Imin, J = Imax + "
                 "Imin and the section moduli (moment / distance of the farthest pixel) were those of bone pixels about the centroid. All of these "
                 "are means of slices; Ct.Th.model was 2 Ct.Ar/(Ps.Pm + Ec.Pm). Ct.Th was the mean local thickness in 3D of the compartment by the "
                 "rule %s. Ct.Po was 100 (1 - Ct.BV/Ct.TV); enclosed pores were 6-connected and reached neither medulla nor outside.",
            run->products->cortical.n, trb_thickness_rule_name(rule_of(run)));
}
