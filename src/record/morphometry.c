/*
 * morphometry.c - one scan, start to end: check, VOI, segment, measure, record.
 * The steps run in this order and each leaves its result in `struct run`; a step that cannot give a number
 * leaves a reason instead, so that one missing calibration or empty phase never costs the other metrics.
 */
#include "trabecula/morphometry.h"

#include "core/memory.h"
#include "prepare/grey_passes.h"
#include "record/memory_plan.h"
#include "record/run.h"
#include "trabecula/label.h"
#include "trabecula/resample.h"
#include "trabecula/version.h"
#include "trabecula/voi.h"
#include "trabecula/voi_auto.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define ISOTROPY 0.01 /* axes that differ by more are resampled or refused: local thickness needs cubes */

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* A stage begins: ask whether to go on, note the time of the one before. */
trb_status trb_run_stage(struct run *run, const char *name, double done)
{
    trb_grey_clear(run->source); /* a slab of one stage is of no use to the next */
    trb_memory_return();
    const double now = seconds();
    trb_record *record = run->record;
    if (run->stage_name && record->n_stages < sizeof record->stages / sizeof *record->stages) {
        trb_stage *entry = &record->stages[record->n_stages++];
        snprintf(entry->name, sizeof entry->name, "%s", run->stage_name);
        entry->seconds = now - run->stage_start;
    }
    run->stage_name = name;
    run->stage_start = now;
    if (name && run->progress && !run->progress->report(run->progress->user, name, run->progress_from + run->progress_share * done))
        return trb_error_set(run->err, TRB_ERR_CANCELLED, "stopped before '%s'", name);
    return TRB_OK;
}

/* ---- input */
static trb_status check_spacing(struct run *run)
{
    trb_grid *grid = &run->record->grid;
    for (int axis = 0; axis < 3; axis++)
        if (run->settings->voxel_size_mm[axis] > 0)
            grid->spacing_mm[axis] = run->settings->voxel_size_mm[axis];
    if (!trb_grid_has_spacing(grid))
        return trb_error_set(run->err, TRB_ERR_ARGUMENT,
                             "the voxel size is not known: the file does not say it. Give it as --voxel-size 19.5um, as "
                             "'voxel-size = 19.5um' in a protocol file, or save the stack with its calibration (ImageJ: "
                             "Image > Properties; SkyScan: keep the .log beside the slices)");
    for (int axis = 0; axis < 3; axis++)
        if (grid->spacing_mm[axis] < 0.0005 || grid->spacing_mm[axis] > 1)
            trb_record_warn(run->record, "voxel size %g mm on axis %c is unusual for micro-CT of bone: check the unit",
                            grid->spacing_mm[axis], "xyz"[axis]);
    return TRB_OK;
}

/* The mask of a VOI on a resampled grid: the nearest voxel of the original decides. */
static trb_status resample_mask(const trb_mask *from, const trb_grid *to, trb_mask **out, trb_error *err)
{
    trb_status status = trb_mask_create(to, out, err);
    if (status)
        return status;
    const trb_grid *grid = &from->grid;
    const size_t counts[3] = {grid->nx, grid->ny, grid->nz};
    for (size_t z = 0; z < to->nz; z++)
        for (size_t y = 0; y < to->ny; y++)
            for (size_t x = 0; x < to->nx; x++) {
                size_t at[3];
                const size_t index[3] = {x, y, z};
                for (int axis = 0; axis < 3; axis++) {
                    const double position = to->origin_mm[axis] + (double)index[axis] * to->spacing_mm[axis];
                    const double p = (position - grid->origin_mm[axis]) / grid->spacing_mm[axis] + 0.5;
                    const size_t i = p > 0 ? (size_t)p : 0;
                    at[axis] = i < counts[axis] ? i : counts[axis] - 1;
                }
                if (trb_mask_get(from, at[0], at[1], at[2]))
                    trb_mask_set(*out, x, y, z, 1);
            }
    return TRB_OK;
}

static trb_status make_isotropic(struct run *run)
{
    trb_record *record = run->record;
    const double *s = record->grid.spacing_mm;
    if (trb_grid_is_isotropic(&record->grid, ISOTROPY)) {
        if (s[0] != s[1] || s[1] != s[2])
            trb_record_warn(record, "voxel size %g x %g x %g mm differs between axes by less than 1 %%: lengths use the "
                                    "cube root of the voxel volume", s[0], s[1], s[2]);
        return TRB_OK;
    }
    if (!run->settings->resample_isotropic)
        return trb_error_set(run->err, TRB_ERR_ARGUMENT,
                             "voxels of %g x %g x %g mm are not cubes, and local thickness needs cubes: pass --resample "
                             "isotropic (linear interpolation to the smallest spacing)", s[0], s[1], s[2]);
    if (!run->source->volume)
        return trb_error_set(run->err, TRB_ERR_UNSUPPORTED,
                             "the image has to be resampled, which needs all of it in memory: raise --memory-limit, or "
                             "convert it to cubes before");
    const trb_volume borrowed = {record->grid, run->source->type, run->source->volume->voxels};
    trb_status status = trb_resample_isotropic(&borrowed, fmin(s[0], fmin(s[1], s[2])), &run->products->grey, run->err);
    if (status)
        return status;
    *run->source = trb_grey_of_volume(run->products->grey);
    record->grid = run->source->grid;
    trb_record_warn(record, "resampled to cubes of %g mm by linear interpolation", record->grid.spacing_mm[0]);
    return TRB_OK;
}

static void voi_note(void *user, const char *text)
{
    trb_record_warn(user, "voi: %s", text);
}

static trb_status make_voi(struct run *run)
{
    const trb_settings *settings = run->settings;
    const trb_voi_notes notes = {voi_note, run->record};
    const trb_voi_special compartments = {trb_run_auto_voi, run};
    const bool automatic = trb_voi_is_auto(settings->voi);
    if (automatic && run->products->grey) /* found in the resampled image, where no other VOI is at home */
        return trb_run_auto_voi_resampled(run, &compartments, &notes);
    trb_mask *voi = NULL;
    trb_status status = trb_voi_build(settings->voi, &settings->voi_rules, &run->record->input_grid, run->frame, &compartments, &notes,
                                      &voi, run->err);
    if (status)
        trb_error_within(run->err, "voi");
    if (status || !voi)
        return status;
    if (run->products->grey) {
        status = resample_mask(voi, &run->record->grid, &run->products->voi, run->err);
        trb_mask_destroy(voi);
        return status;
    }
    run->products->voi = voi;
    return TRB_OK;
}

/* The planes that the picture shows, while the grey values are at hand. */
static trb_status cut_planes(struct run *run)
{
    const trb_grid *grid = &run->source->grid;
    trb_volume **cut = run->products->cut;
    size_t at[3];
    trb_mask_middle(&run->record->grid, run->products->voi, at);
    trb_status status = TRB_OK;
    for (int i = 0; i < 3 && !status; i++) { /* xy, xz, yz */
        trb_grid plane = *grid;
        *(i == 0 ? &plane.nz : i == 1 ? &plane.ny : &plane.nx) = 1;
        status = trb_volume_create(&plane, run->source->type, &cut[i], run->err);
    }
    const size_t voxel = trb_type_bytes(run->source->type), row = grid->nx * voxel;
    for (size_t z = 0; !status && z < grid->nz; z = trb_grey_slab_end(run->source, z)) {
        const size_t end = trb_grey_slab_end(run->source, z);
        trb_volume slab;
        status = trb_grey_view(run->source, z, end, &slab, run->err);
        for (size_t k = z; !status && k < end; k++) {
            if (k == at[2])
                memcpy(cut[0]->voxels, trb_volume_row(&slab, 0, k - z), row * grid->ny);
            memcpy((char *)cut[1]->voxels + k * row, trb_volume_row(&slab, at[1], k - z), row);
            for (size_t y = 0; y < grid->ny; y++)
                memcpy((char *)cut[2]->voxels + (k * grid->ny + y) * voxel,
                       (const char *)trb_volume_row(&slab, y, k - z) + at[0] * voxel, voxel);
        }
    }
    return status;
}

/* ---- measures */
static trb_status measure_grey(struct run *run)
{
    const trb_mask *bone = run->products->bone, *voi = run->products->voi;
    trb_mask *peeled = NULL, *twice = NULL;
    trb_status status = trb_mask_erode(bone, 6, &peeled, run->err);
    if (!status)
        status = trb_mask_erode(peeled, 6, &twice, run->err);
    trb_mask_destroy(peeled); /* made again below: both masks and a slab would be too much under a memory limit */
    peeled = NULL;
    const trb_grey_region first[] = {{voi, false, NULL}, {bone, false, voi}, {bone, true, voi}, {twice, false, voi}};
    trb_grey_stats stats[4];
    if (!status)
        status = trb_grey_regions(run->source, 4, first, stats, run->err);
    trb_mask_destroy(twice);
    if (!status)
        status = trb_mask_erode(bone, 6, &peeled, run->err);
    const trb_grey_region second = {peeled, false, voi};
    if (!status)
        status = trb_grey_regions(run->source, 1, &second, &run->grey_peeled, run->err);
    if (!status && run->grey_peeled.voxels)
        status = trb_run_measure_spread(run, peeled);
    trb_mask_destroy(peeled);
    if (status)
        return status;
    run->grey_tv = stats[0];
    run->grey_bv = stats[1];
    run->grey_ma = stats[2];
    run->grey_peeled2 = stats[3];
    return TRB_OK;
}

/* Between whole numbers, bone >= 64 begins half-way between 63 and 64; between real numbers it begins at 64. */
static double surface_level(const struct run *run)
{
    const trb_filter_kind kind = run->filter.kind;
    const bool whole = kind == TRB_FILTER_GAUSSIAN_TRUNCATED ||
                       (kind != TRB_FILTER_GAUSSIAN && trb_type_is_integer(run->seen->type));
    const double threshold = run->record->threshold.grey;
    return whole ? ceil(threshold) - 0.5 : threshold;
}

static trb_status measure_surface(struct run *run)
{
    const double h = run->h_mm;
    const trb_mask *bone = run->products->bone, *voi = run->products->voi;
    trb_surface_counts counts;
    if (trb_run_is_flat(run)) {
        run->bs_reason = TRB_FLAT;
        return TRB_OK;
    }
    if (run->settings->surface == TRB_BS_GREY) {
        trb_status status = trb_run_measure_enclosed(run, surface_level(run));
        run->bs_mm2 = run->enclosed_known ? run->enclosed.area * h * h : NAN;
        run->bs_reason = run->record->threshold.local ? TRB_NO_SINGLE_LEVEL : "no cell of 2 x 2 x 2 voxels in the VOI";
        return status;
    }
    trb_status status = trb_surface_count(bone, voi, &counts, run->err);
    if (status)
        return status;
    switch (run->settings->surface) {
    case TRB_BS_MC: run->bs_mm2 = trb_surface_marching_cubes(&counts, TRB_SURFACE_LEWINER); break;
    case TRB_BS_LORENSEN: run->bs_mm2 = trb_surface_marching_cubes(&counts, TRB_SURFACE_LORENSEN); break;
    case TRB_BS_CROFTON13: run->bs_mm2 = trb_surface_crofton_density(&counts, 13, run->tv_voxels); break;
    default: run->bs_mm2 = trb_surface_crofton_density(&counts, 3, run->tv_voxels); break;
    }
    run->bs_mm2 *= h * h;
    return TRB_OK;
}

/* No other phase at all (TRB_ERR_DATA) becomes the reason of a phase's metrics. */
static trb_status reason_or_error(struct run *run, trb_status status, const trb_error *inner, char *reason, size_t size)
{
    if (status != TRB_ERR_DATA)
        return status ? trb_error_set(run->err, status, "%s", inner->text) : TRB_OK;
    snprintf(reason, size, "%.150s", inner->text);
    return TRB_OK;
}

/* The bone, or the marrow, which is its mask turned over, and back. */
static trb_status measure_thickness(struct run *run, bool marrow, trb_thickness *result, char *reason, size_t size,
                                    trb_volume **map, const trb_map_sink *sink)
{
    trb_mask *object = run->products->bone;
    trb_error inner = {TRB_OK, ""};
    trb_status status = trb_run_need_points(run, surface_level(run), &inner);
    if (status)
        return reason_or_error(run, status, &inner, reason, size);
    const trb_thickness_options options = {run->thickness, run->settings->ball_centres, TRB_BORDER_UNKNOWN,
                                           run->memory_bytes, trb_run_wants_weighted(run), run->points};
    if (marrow)
        trb_mask_invert(object);
    status = map ? trb_thickness_measure(object, run->products->voi, &options, result, map, &inner)
                 : trb_thickness_stream(object, run->products->voi, &options, sink, result, &inner);
    if (marrow)
        trb_mask_invert(object);
    return reason_or_error(run, status, &inner, reason, size);
}

static trb_status measure_tbn(struct run *run)
{
    trb_error inner = {TRB_OK, ""};
    const trb_status status = trb_tbn_direct_measure(run->products->bone, run->products->voi, run->memory_bytes, &run->tbn,
                                                     NULL, &inner);
    return reason_or_error(run, status, &inner, run->tbn_reason, sizeof run->tbn_reason);
}

trb_status trb_run_measure(struct run *run)
{
    const bool bone = run->bv_voxels > 0, marrow = run->bv_voxels < run->tv_voxels;
    trb_map_sink plate_sink;
    trb_status status = trb_run_choose_thickness(run);
    if (!status && trb_run_wants_grey(run) && !(status = trb_run_stage(run, "grey", 0.25)))
        status = measure_grey(run);
    if (!status && trb_run_wants_surface(run) && !(status = trb_run_stage(run, "surface", 0.3)))
        status = measure_surface(run);
    if (!status && trb_run_wants_enclosed(run) && !(status = trb_run_stage(run, "grey surface", 0.31)))
        status = trb_run_measure_enclosed(run, surface_level(run));
    if (!status && trb_run_wants_network(run) && !(status = trb_run_stage(run, "topology", 0.32)))
        status = trb_run_measure_network(run);
    if (!status && bone && trb_run_wants_model(run) && !(status = trb_run_stage(run, "SMI", 0.33)))
        status = trb_run_measure_model(run, surface_level(run));
    if (!status && run->mesh && !(status = trb_run_stage(run, "mesh", 0.34)))
        status = trb_run_write_mesh(run, surface_level(run));
    if (!status && trb_run_wants_fabric(run) && !(status = trb_run_stage(run, "DA", 0.33)))
        status = trb_run_measure_fabric(run, surface_level(run));
    if (!status && bone && trb_run_wants_skeleton(run) && !(status = trb_run_stage(run, "skeleton", 0.34)))
        status = trb_run_measure_skeleton(run);
    if (!status && bone && trb_run_wants_fd(run) && !(status = trb_run_stage(run, "FD", 0.34)))
        status = trb_run_measure_fd(run);
    if (!status && trb_run_wants_star(run) && !(status = trb_run_stage(run, "star volume", 0.34)))
        status = trb_run_measure_star(run);
    if (!status && bone && trb_run_wants_ef(run) && !(status = trb_run_stage(run, "EF", 0.34)))
        status = trb_run_measure_ef(run);
    if (!status && bone && trb_run_wants_plates(run) && !(status = trb_run_stage(run, "plates", 0.345)))
        status = trb_run_measure_plates(run);
    if (!status && bone && trb_run_wants_thickness(run) && !(status = trb_run_stage(run, "Tb.Th", 0.35)))
        status = measure_thickness(run, false, &run->th, run->th_reason, sizeof run->th_reason,
                                   run->want_maps ? &run->products->tb_th : NULL, trb_run_plates_sink(run, &plate_sink));
    if (!status)
        trb_run_plates_from_map(run);
    if (!status && marrow && trb_run_wants_separation(run) && !(status = trb_run_stage(run, "Tb.Sp", 0.5)))
        status = measure_thickness(run, true, &run->sp, run->sp_reason, sizeof run->sp_reason,
                                   run->want_maps ? &run->products->tb_sp : NULL, run->sp_sink);
    trb_run_drop_points(run);
    if (!status && run->settings->region == TRB_REGION_CORTICAL)
        status = trb_run_measure_cortical(run);
    if (!status && bone && trb_run_wants_direct(run) && !(status = trb_run_stage(run, "Tb.N", 0.8)))
        status = measure_tbn(run);
    return status;
}

/* The VOI, what a picture of it shows, and nothing measured: works on any voxels, also of unknown size. */
static trb_status only_voi(struct run *run)
{
    const trb_filter none = {TRB_FILTER_NONE, 0, 0};
    for (int axis = 0; axis < 3; axis++)
        if (run->settings->voxel_size_mm[axis] > 0)
            run->record->grid.spacing_mm[axis] = run->settings->voxel_size_mm[axis];
    run->record->input_grid = run->record->grid;
    trb_status status = trb_run_stage(run, "VOI", 0);
    if (!status)
        status = trb_run_check_region(run);
    if (!status)
        status = trb_run_calibrate(run);
    if (!status)
        status = make_voi(run);
    if (!status)
        status = trb_run_cortical_voi(run);
    if (!status)
        status = cut_planes(run);
    if (!status)
        status = trb_grey_histogram(run->source, &none, NULL, &run->products->histogram, run->err);
    return status ? status : trb_run_stage(run, NULL, 1);
}

static trb_status analyze(struct run *run)
{
    if (run->voi_only)
        return only_voi(run);
    trb_status status = trb_run_stage(run, "check", 0);
    if (!status)
        status = trb_run_check_metrics(run);
    if (!status)
        status = trb_run_check_region(run);
    if (!status)
        status = check_spacing(run);
    if (status)
        return status;
    run->record->input_grid = run->record->grid;
    if (!(status = trb_grey_crc32(run->source, &run->record->crc32, run->err)) && !(status = make_isotropic(run)))
        status = trb_run_calibrate(run);
    if (!status)
        status = make_voi(run); /* may have thresholds of its own */
    if (!status)
        status = trb_run_cortical_voi(run);
    if (!status)
        status = cut_planes(run);
    if (status)
        return status;
    run->h_mm = cbrt(trb_grid_voxel_mm3(&run->record->grid));
    const double *s = run->record->grid.spacing_mm;
    if (s[0] == s[1] && s[1] == s[2])
        run->h_mm = s[0];
    if (run->products->voi && trb_mask_count(run->products->voi) == 0) {
        run->empty_voi = true;
        trb_record_warn(run->record, "the VOI holds no voxel: nothing was measured");
    } else {
        status = trb_run_stage(run, "segment", 0.05);
        if (!status)
            status = trb_run_find_threshold(run);
        if (!status)
            status = trb_run_segment(run);
        if (!status)
            status = trb_run_measure(run);
    }
    if (!status)
        status = trb_run_stage(run, run->settings->sensitivity[0] > 0 && !run->empty_voi ? "sensitivity" : NULL, 1);
    if (!status)
        status = trb_run_fill_record(run);
    if (!status && run->stage_name)
        status = trb_run_stage(run, NULL, 1);
    return status;
}

void trb_products_clear(trb_products *products)
{
    trb_volume_destroy(products->grey);
    trb_mask_destroy(products->bone);
    trb_mask_destroy(products->voi);
    trb_mask_destroy(products->plates);
    trb_histogram_clear(&products->histogram);
    trb_volume_destroy(products->tb_th);
    trb_volume_destroy(products->tb_sp);
    for (int i = 0; i < 3; i++)
        trb_volume_destroy(products->cut[i]);
    trb_cortical_clear(&products->cortical);
    memset(products, 0, sizeof *products);
}

static size_t peak_memory(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (size_t)usage.ru_maxrss * 1024 : 0;
}

/* The source is set; its volume or scan lives longer than this call. */
static trb_status run_all(struct run *run, const trb_scan_info *info, trb_record **record, trb_products *products)
{
    trb_products own;
    run->products = products ? products : &own;
    memset(run->products, 0, sizeof *run->products);
    *record = NULL;
    run->bs_mm2 = NAN;
    run->bs_reason = "";
    run->record = calloc(1, sizeof *run->record);
    if (!run->record)
        return trb_error_set(run->err, TRB_ERR_MEMORY, "out of memory for a record");
    run->record->grid = run->source->grid;
    run->record->type = run->source->type;
    run->record->threads = trb_threads();
    run->record->threshold.grey = run->record->threshold.calibrated = run->record->threshold.seed_grey = NAN;
    run->progress_share = 1 / (double)trb_run_repeats(run->settings);
    run->seen = run->source;
    run->filter = run->settings->filter;
    run->thickness = run->settings->thickness;
    run->instead = "";
    trb_status status = trb_run_copy_facts(run, info);
    if (!status)
        status = analyze(run);
    trb_thickness_clear(&run->th);
    trb_thickness_clear(&run->sp);
    trb_thickness_clear(&run->tbn);
    trb_volume_destroy(run->sharp);
    trb_histogram_clear(&run->spread);
    if (status || !products)
        trb_products_clear(run->products);
    if (status) {
        trb_record_destroy(run->record);
        return status;
    }
    run->record->peak_memory_bytes = peak_memory();
    *record = run->record;
    return TRB_OK;
}

trb_status trb_analyze(const trb_volume *volume, const trb_scan_info *info, const trb_settings *settings,
                       bool want_maps, const trb_progress *progress, trb_record **record, trb_products *products,
                       trb_error *err)
{
    trb_grey_source source = trb_grey_of_volume(volume);
    struct run run = {.source = &source, .settings = settings, .want_maps = want_maps, .progress = progress, .err = err};
    return run_all(&run, info, record, products);
}

/* All of the part in memory, when it fits. */
static trb_status read_part(trb_grey_source *planes, const trb_progress *progress, trb_volume **out, trb_error *err)
{
    const trb_grid *all = trb_scan_grid(planes->scan), *part = &planes->grid;
    trb_status status = trb_volume_create(part, planes->type, out, err);
    if (status)
        return status;
    if (part->nx == all->nx && part->ny == all->ny)
        status = trb_scan_read(planes->scan, planes->box.lo[2], planes->box.hi[2], (*out)->voxels, progress, err);
    for (size_t z = 0; !status && !(part->nx == all->nx && part->ny == all->ny) && z < part->nz;
         z = trb_grey_slab_end(planes, z)) {
        trb_volume slab;
        const size_t end = trb_grey_slab_end(planes, z), plane = part->nx * part->ny * trb_type_bytes(planes->type);
        status = trb_grey_view(planes, z, end, &slab, err);
        if (!status)
            memcpy((char *)(*out)->voxels + z * plane, slab.voxels, (end - z) * plane);
    }
    return status;
}

static trb_status run_scan(trb_scan *scan, const trb_box *box, const trb_settings *settings, const trb_scan_use *use,
                           bool voi_only, const trb_progress *progress, trb_record **record, trb_products *products,
                           trb_error *err)
{
    const trb_box all = trb_grid_box(trb_scan_grid(scan));
    const trb_voi_frame frame = {*trb_scan_grid(scan), box ? *box : all};
    trb_memory_plan plan;
    trb_volume *volume = NULL;
    *record = NULL;
    if (products)
        memset(products, 0, sizeof *products);
    trb_grey_source source = trb_grey_of_scan(scan, box ? box : &all, 16);
    trb_status status = trb_memory_plan_make(&source.grid, source.type, settings, use->tb_th || use->tb_sp,
                                             use->memory_limit_bytes, &plan, err);
    if (!status && plan.in_slabs) {
        source.slab = plan.slab;
    } else if (!status) {
        status = read_part(&source, progress, &volume, err);
        trb_grey_clear(&source);
        if (!status)
            source = trb_grey_of_volume(volume);
    }
    struct run run = {.source = &source, .settings = settings, .progress = progress, .err = err,
                      .th_sink = use->tb_th, .sp_sink = use->tb_sp, .memory_bytes = plan.memory_bytes,
                      .mesh_bytes = plan.mesh_bytes, .frame = &frame, .voi_only = voi_only, .mesh = use->mesh};
    if (!status)
        status = run_all(&run, trb_scan_facts(scan), record, products);
    trb_grey_clear(&source);
    trb_volume_destroy(volume);
    if (!status && plan.in_slabs)
        snprintf((*record)->memory_mode, sizeof (*record)->memory_mode, "slabs of %zu planes", plan.slab);
    return status;
}

trb_status trb_analyze_scan(trb_scan *scan, const trb_box *box, const trb_settings *settings, const trb_scan_use *use,
                            const trb_progress *progress, trb_record **record, trb_products *products, trb_error *err)
{
    return run_scan(scan, box, settings, use, false, progress, record, products, err);
}

trb_status trb_analyze_voi(trb_scan *scan, const trb_box *box, const trb_settings *settings, const trb_scan_use *use,
                           const trb_progress *progress, trb_record **record, trb_products *products, trb_error *err)
{
    return run_scan(scan, box, settings, use, true, progress, record, products, err);
}
