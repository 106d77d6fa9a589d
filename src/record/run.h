/* run.h - one analysis in flight: what the steps of morphometry.c leave for the record. */
#ifndef TRB_RUN_H
#define TRB_RUN_H

#include "measure/grey_measures.h"
#include "trabecula/connectivity.h"
#include "trabecula/fractal.h"
#include "trabecula/model_index.h"
#include "trabecula/morphometry.h"
#include "trabecula/plates.h"
#include "trabecula/skeleton.h"

#include <stdio.h>

/* What the bone is like as a network (run_network.c). */
struct run_network {
    bool known;
    uint64_t parts; /* 26-connected, of the bone in the VOI */
    trb_euler euler;
    trb_pores pores;
};

/* Plates or rods (run_model.c). */
struct run_model {
    bool smi_known, dilation_known;
    bool grey; /* which mesh */
    trb_smi smi;
    trb_dilation dilation;
};

/* What shape it has (run_shape.c). */
struct run_shape {
    bool fd_known;
    trb_fd fd;
    char fd_reason[160];
    bool star_known, ef_known;
    char ef_reason[160];
};

/* Plates and rods (run_plates.c); rods are 0, plates 1. */
struct run_plates {
    bool known;
    trb_plates counts;
    double thickness_sum[2]; /* mm */
    uint64_t valued[2];
    char reason[160];
};

struct run {
    trb_grey_source *source; /* grey planes: of the caller's volume, of products->grey, or of a scan */
    const trb_settings *settings;
    bool want_maps;                    /* whole, in the products */
    const trb_map_sink *th_sink, *sp_sink; /* or plane by plane; NULL: no map */
    const trb_mesh_use *mesh;          /* NULL: none is written */
    size_t memory_bytes;               /* for the thickness methods; 0: enough for speed */
    size_t mesh_bytes;                 /* for the decimation of the mesh; 0: what it wants */
    const trb_progress *progress;
    double progress_from, progress_share; /* of what is reported: this run is one of several */
    const trb_voi_frame *frame; /* the scan, of which the source may be a part; NULL: all there is */
    bool voi_only; /* stop when the VOI is made */
    trb_products *products;
    trb_record *record;
    trb_error *err;

    const char *stage_name;
    double stage_start;

    trb_grey_source *seen; /* what is thresholded: the source, or the Laplace-Hamming image */
    trb_filter filter;     /* through this */
    trb_grey_source sharp_source;
    trb_volume *sharp; /* the Laplace-Hamming image; NULL: none */

    trb_thickness_rule thickness; /* the rule that measures, and why when it is not that of the settings; "" otherwise */
    const char *instead;
    trb_surface_points *points;   /* of the bone, under the subvoxel rule; NULL otherwise */

    double h_mm; /* edge of a voxel */
    bool empty_voi;
    uint64_t tv_voxels, bv_voxels;
    trb_grey_stats grey_tv, grey_bv, grey_ma, grey_peeled, grey_peeled2;
    trb_histogram spread; /* of the bone peeled once, up to 128 bins */
    double bs_mm2;         /* NaN until measured */
    const char *bs_reason; /* why it is not */
    bool enclosed_known;
    trb_grey_enclosed enclosed; /* under the grey surface */
    trb_skeleton skeleton;
    trb_thickness th, sp, tbn;
    char da_reason[160]; /* why there is no fabric in the record */
    struct run_network network;
    struct run_model model;
    trb_cortical_filled filled; /* --region cortical: holes of the VOI */
    struct run_shape shape;
    struct run_plates plates;
    char th_reason[160], sp_reason[160], tbn_reason[160]; /* why a phase has no thickness at all */
};

/** The stage of that name begins (NULL: the last one ends); `done` of 1. TRB_ERR_CANCELLED when it shall stop. */
trb_status trb_run_stage(struct run *run, const char *name, double done);

/** From grey to record->threshold; histogram into the products. */
trb_status trb_run_find_threshold(struct run *run);

/** The bone mask of record->threshold into the products, cleaned, and its counts. */
trb_status trb_run_segment(struct run *run);

/** What settings->metrics ask for, from the bone mask. */
trb_status trb_run_measure(struct run *run);

/** The metrics of what was measured into the record. */
trb_status trb_run_add_metrics(struct run *run);

/** Segment and measure again for each shift of settings->sensitivity. The metrics are in the record. */
trb_status trb_run_sensitivity(struct run *run);

/** How many analyses the settings ask for: 1 + 2 for each shift. */
size_t trb_run_repeats(const trb_settings *settings);

/** A warning for each shift under which a metric moves by more than 10 %. */
void trb_run_warn_of_sensitivity(trb_record *record);

/** Is every key of settings->metrics in the table? */
trb_status trb_run_check_metrics(const struct run *run);

/** What has to be measured for the metrics that were asked for. */
bool trb_run_wants_grey(const struct run *run);
bool trb_run_wants_surface(const struct run *run);
bool trb_run_wants_enclosed(const struct run *run);
bool trb_run_wants_thickness(const struct run *run);
bool trb_run_wants_separation(const struct run *run);
bool trb_run_wants_direct(const struct run *run);
bool trb_run_wants_fabric(const struct run *run);
bool trb_run_wants_skeleton(const struct run *run);

/** Why a grey surface is not measured. */
#define TRB_NO_SINGLE_LEVEL "a local threshold leaves no single grey level for the surface"

/** An image of one slice, row or column has no cell of 2 x 2 x 2 voxels: an area of 0 would be told. */
static inline bool trb_run_is_flat(const struct run *run)
{
    const trb_grid *grid = &run->record->grid;
    return grid->nx < 2 || grid->ny < 2 || grid->nz < 2;
}
#define TRB_FLAT "a surface needs two slices, rows and columns at least"

/** Volume and area of the grey surface (run_enclosed.c). */
trb_status trb_run_measure_enclosed(struct run *run, double level);
trb_status trb_run_add_enclosed(struct run *run);

/** DA and fabric into the record (run_fabric.c); level: of the grey surface. */
trb_status trb_run_measure_fabric(struct run *run, double level);

/** The skeleton of the bone, its branches and junctions (run_fabric.c). */
trb_status trb_run_measure_skeleton(struct run *run);

/** "mil, 1000 directions, step 2.3 voxels". */
void trb_run_fabric_tag(const struct run *run, char *tag, size_t size);

/** A sentence of the methods text. */
void trb_run_say_fabric(const struct run *run, FILE *out);

/** What the user should know before trusting DA. */
void trb_run_warn_of_fabric(struct run *run);

/** Where trabeculae are thin for the voxels, or gaps wide for the VOI (run_doubts.c). */
void trb_run_warn_of_sizes(struct run *run);

/** The shortest side of the box of the VOI, mm; 0: it is empty. */
double trb_run_shortest_side(const struct run *run);

/** The rule that this image can have, into run->thickness (run_thickness.c). */
trb_status trb_run_choose_thickness(struct run *run);

/** The surface points where the rule needs them; err may say TRB_ERR_DATA. level: of the grey surface. */
trb_status trb_run_need_points(struct run *run, double level, trb_error *err);
bool trb_run_wants_weighted(const struct run *run); /* asked for by name: not in every table */
void trb_run_drop_points(struct run *run);
void trb_run_thickness_tag(const struct run *run, char *tag, size_t size);
trb_status trb_run_add_weighted(struct run *run, const char *tag, const char *th_reason, const char *sp_reason);
void trb_run_warn_of_thickness(struct run *run);

/** Is this metric asked for? */
bool trb_run_wants(const struct run *run, const char *key);

/** Add a metric when it is asked for; a value that is not finite needs the reason. */
trb_status trb_run_add(struct run *run, const char *key, double value, const char *method, const char *reason);

/** Euler numbers, parts and pores: what is asked for of them, the values, the warnings. */
bool trb_run_wants_network(const struct run *run);
trb_status trb_run_measure_network(struct run *run);
trb_status trb_run_add_network(struct run *run);

/** Plates and rods; asked for by the switch or by name. The mask goes to products->plates. */
bool trb_run_wants_plates(const struct run *run);
trb_status trb_run_measure_plates(struct run *run);
trb_status trb_run_add_plates(struct run *run);
void trb_run_say_plates(const struct run *run, FILE *out);

/** Their thickness comes from the map of Tb.Th: through this sink, which hands it on, or from the whole map. */
bool trb_run_wants_plate_thickness(const struct run *run);
const trb_map_sink *trb_run_plates_sink(struct run *run, trb_map_sink *own);
void trb_run_plates_from_map(struct run *run);

/** SMI and Tb.Pf; level: of the grey surface. */
bool trb_run_wants_model(const struct run *run);
trb_status trb_run_measure_model(struct run *run, double level);
trb_status trb_run_add_model(struct run *run);

/** --region cortical (run_cortical.c): does a metric belong to the region; is the VOI one of cortex; its pores into it. */
bool trb_run_in_region(const struct run *run, const char *key);
trb_status trb_run_check_region(const struct run *run);
trb_status trb_run_cortical_voi(struct run *run);
trb_status trb_run_measure_cortical(struct run *run);
trb_status trb_run_add_cortical(struct run *run, const char *density_tag);
trb_status trb_run_add_cortical_distribution(struct run *run);
void trb_run_warn_of_cortical(struct run *run);
void trb_run_say_cortical(const struct run *run, FILE *out);

/** Fractal dimension, star volumes, ellipsoid factor, their metrics (run_shape.c, run_ellipsoid.c). */
bool trb_run_wants_fd(const struct run *run);
bool trb_run_wants_star(const struct run *run);
trb_status trb_run_measure_fd(struct run *run);
trb_status trb_run_measure_star(struct run *run);
bool trb_run_wants_ef(const struct run *run);
trb_status trb_run_measure_ef(struct run *run);
trb_status trb_run_add_ef(struct run *run);
void trb_run_say_shape(const struct run *run, FILE *out);
trb_status trb_run_add_shape(struct run *run);

/** Write the mesh; level: of the grey surface. */
trb_status trb_run_write_mesh(struct run *run, double level);

/** How the density of bone varies. `peeled` is bone eroded once; it is cut at the VOI here. */
trb_status trb_run_measure_spread(struct run *run, trb_mask *peeled);
trb_status trb_run_add_spread(struct run *run, const char *density_tag);
trb_status trb_run_add_distribution(struct run *run, const char *key, const char *unit, double start, double width, size_t bins,
                                    const uint64_t *bin_count);

/** Percentiles of a thickness map (run_percentiles.c), in voxels: exact from code_count, else from bin_count. NaN: no voxel. */
double trb_run_percentile_vox(const trb_thickness *t, double percent);

/** phase "Tb.Th": the metrics Tb.Th.p10, .median and .p90; the distribution with all percentiles. */
trb_status trb_run_add_percentiles(struct run *run, const char *phase, const trb_thickness *t, bool known, const char *rule_tag,
                                   const char *reason);
trb_status trb_run_add_thickness_distribution(struct run *run, const char *key, const trb_thickness *t);

/** Copy what the reader found into the record. */
trb_status trb_run_copy_facts(struct run *run, const trb_scan_info *info);

/** The scan's grey scale, and --calibration over it; a warning when the phantom was scanned otherwise. */
trb_status trb_run_calibrate(struct run *run);
/** The VOI "auto...": a compartment of the bone, for trb_voi_build(); user: the run, whose calibration and grid are known. */
trb_status trb_run_auto_voi(void *user, const char *text, const trb_grid *grid, trb_mask **out, trb_error *err);

/** The same in an image that was resampled, into products->voi. run_voi.c */
trb_status trb_run_auto_voi_resampled(struct run *run, const trb_voi_special *special, const trb_voi_notes *notes);

/** A fact beside those of the file. */
trb_status trb_run_add_fact(struct run *run, const char *key, const char *text, const char *origin);

/** Metrics, distributions, settings, warnings and methods text from the measured run. */
trb_status trb_run_fill_record(struct run *run);

/** The methods paragraph. Output *text: yours. */
trb_status trb_run_methods_text(const struct run *run, char **text);

#endif
