/* bench_kernels.c - what is measured. */
#include "bench.h"

static trb_status thickness(const trb_mask *object, trb_thickness_rule rule, bool with_map, trb_error *err)
{
    trb_thickness_options options = trb_thickness_options_default();
    trb_thickness result;
    trb_volume *map = NULL;
    options.rule = rule;
    if (rule == TRB_THICKNESS_IPL)
        options.centres = TRB_CENTRES_VOI;
    const trb_status status = trb_thickness_measure(object, NULL, &options, &result, with_map ? &map : NULL, err);
    trb_thickness_clear(&result);
    trb_volume_destroy(map);
    return status;
}

static trb_status distance(const trb_mask *object, trb_error *err)
{
    trb_volume *d2 = NULL;
    const trb_status status = trb_distance_squared(object, TRB_BORDER_UNKNOWN, &d2, err);
    trb_volume_destroy(d2);
    return status;
}

static trb_status run_distance_bone(const bench_input *in, trb_error *err)
{
    return distance(in->bone, err);
}

static trb_status run_distance_marrow(const bench_input *in, trb_error *err)
{
    return distance(in->marrow, err);
}

static trb_status run_exact_bone(const bench_input *in, trb_error *err)
{
    return thickness(in->bone, TRB_THICKNESS_EXACT, false, err);
}

static trb_status run_exact_marrow(const bench_input *in, trb_error *err)
{
    return thickness(in->marrow, TRB_THICKNESS_EXACT, false, err);
}

static trb_status run_exact_marrow_map(const bench_input *in, trb_error *err)
{
    return thickness(in->marrow, TRB_THICKNESS_EXACT, true, err);
}

static trb_status run_closed_marrow(const bench_input *in, trb_error *err)
{
    return thickness(in->marrow, TRB_THICKNESS_EXACT_CLOSED, false, err);
}

static trb_status run_fiji_bone(const bench_input *in, trb_error *err)
{
    return thickness(in->bone, TRB_THICKNESS_FIJI, false, err);
}

static trb_status run_fiji_marrow(const bench_input *in, trb_error *err)
{
    return thickness(in->marrow, TRB_THICKNESS_FIJI, false, err);
}

static trb_status run_ipl_bone(const bench_input *in, trb_error *err)
{
    return thickness(in->bone, TRB_THICKNESS_IPL, false, err);
}

static trb_status run_ipl_marrow(const bench_input *in, trb_error *err)
{
    return thickness(in->marrow, TRB_THICKNESS_IPL, false, err);
}

/* Surface points, then one phase or both. */
static trb_status subvoxel(const bench_input *in, bool bone, bool marrow, trb_error *err)
{
    trb_thickness_options options = trb_thickness_options_default();
    trb_surface_points *points = NULL;
    trb_thickness result;
    trb_status status = trb_surface_points_create(in->grey, NULL, in->threshold, false, in->bone, &points, err);
    options.rule = TRB_THICKNESS_SUBVOXEL;
    options.points = points;
    for (int phase = 0; !status && phase < 2; phase++)
        if (phase ? marrow : bone) {
            status = trb_thickness_measure(phase ? in->marrow : in->bone, NULL, &options, &result, NULL, err);
            trb_thickness_clear(&result);
        }
    trb_surface_points_destroy(points);
    return status;
}

static trb_status run_surface_points(const bench_input *in, trb_error *err)
{
    return subvoxel(in, false, false, err);
}

static trb_status run_subvoxel_bone(const bench_input *in, trb_error *err)
{
    return subvoxel(in, true, false, err);
}

static trb_status run_subvoxel_marrow(const bench_input *in, trb_error *err)
{
    return subvoxel(in, false, true, err);
}

static trb_status run_subvoxel(const bench_input *in, trb_error *err)
{
    return subvoxel(in, true, true, err);
}

static trb_status run_surface(const bench_input *in, trb_error *err)
{
    trb_surface_counts counts;
    return trb_surface_count(in->bone, NULL, &counts, err);
}

static trb_status run_mil(const bench_input *in, trb_error *err)
{
    const trb_da_options options = trb_da_options_default();
    trb_fabric fabric;
    return trb_anisotropy_measure(in->bone, NULL, 0.0195, &options, &fabric, err);
}

static trb_status run_skeleton(const bench_input *in, trb_error *err)
{
    trb_mask *skeleton = NULL;
    trb_skeleton counts;
    trb_status status = trb_skeleton_create(in->bone, &skeleton, err);
    if (!status)
        status = trb_skeleton_measure(skeleton, NULL, &counts, err);
    trb_mask_destroy(skeleton);
    return status;
}

static trb_status run_parts(const bench_input *in, trb_error *err)
{
    trb_parts parts;
    const trb_status status = trb_parts_measure(in->bone, TRB_CONNECT_26, &parts, err);
    trb_parts_clear(&parts);
    return status;
}

static trb_status run_tb_n(const bench_input *in, trb_error *err)
{
    trb_thickness result;
    const trb_status status = trb_tbn_direct_measure(in->bone, NULL, 0, &result, NULL, err);
    trb_thickness_clear(&result);
    return status;
}

static trb_status threshold(const bench_input *in, trb_filter filter, trb_error *err)
{
    trb_mask *bone = NULL;
    const trb_status status = trb_threshold_apply(in->grey, &filter, in->threshold, false, &bone, err);
    trb_mask_destroy(bone);
    return status;
}

static trb_status run_pack(const bench_input *in, trb_error *err)
{
    return threshold(in, (trb_filter){TRB_FILTER_NONE, 0, 0}, err);
}

static trb_status run_gaussian(const bench_input *in, trb_error *err)
{
    return threshold(in, (trb_filter){TRB_FILTER_GAUSSIAN, 0.8, 1}, err);
}

/* All metrics of the default profile, from grey values to a record. */
static trb_status run_analyze(const bench_input *in, trb_error *err)
{
    trb_settings settings = trb_settings_default();
    trb_record *record = NULL;
    trb_status status = trb_settings_set(&settings, "voxel-size", "19.5um", err);
    if (!status)
        status = trb_analyze(in->grey, NULL, &settings, false, NULL, &record, NULL, err);
    trb_record_destroy(record);
    return status;
}

/* Everything about connectivity: purified copy, corrected Euler number, pores. */
static trb_status run_connectivity(const bench_input *in, trb_error *err)
{
    trb_mask *pure = NULL;
    trb_purified done;
    trb_euler euler;
    trb_pores pores;
    trb_status status = trb_mask_copy(in->bone, &pure, err);
    if (!status)
        status = trb_purify(pure, NULL, &done, err);
    if (!status)
        status = trb_euler_measure(pure, NULL, &euler, err);
    if (!status)
        status = trb_pores_measure(in->bone, NULL, &pores, err);
    trb_mask_destroy(pure);
    return status;
}

static trb_status run_smi(const bench_input *in, trb_error *err)
{
    trb_smi smi;
    return trb_smi_mask(in->bone, NULL, &smi, err);
}

static trb_status run_smi_grey(const bench_input *in, trb_error *err)
{
    trb_smi smi;
    const trb_filter gauss = {TRB_FILTER_GAUSSIAN, 0.8, 1};
    return trb_smi_grey(in->grey, &gauss, in->threshold, false, NULL, 1, &smi, err);
}

static trb_status run_dilation(const bench_input *in, trb_error *err)
{
    trb_dilation d;
    return trb_dilation_measure(in->bone, NULL, 6, &d, err);
}

const bench_kernel BENCH_KERNELS[] = {
    {"pack", "threshold to packed bits", run_pack},
    {"gaussian-pack", "Gaussian 0.8/1 in float32, threshold, packed bits", run_gaussian},
    {"distance-bone", "squared distance map, uint32", run_distance_bone},
    {"distance-marrow", "squared distance map, uint32", run_distance_marrow},
    {"exact-bone", "local thickness, exact, statistics only", run_exact_bone},
    {"exact-marrow", "local thickness, exact, statistics only", run_exact_marrow},
    {"exact-marrow-map", "local thickness, exact, with float32 map", run_exact_marrow_map},
    {"closed-marrow", "local thickness, exact-closed", run_closed_marrow},
    {"fiji-bone", "local thickness, fiji", run_fiji_bone},
    {"fiji-marrow", "local thickness, fiji", run_fiji_marrow},
    {"ipl-bone", "local thickness, ipl", run_ipl_bone},
    {"ipl-marrow", "local thickness, ipl", run_ipl_marrow},
    {"surface-points", "grey crossings, normals, lifts, the nearest of every voxel", run_surface_points},
    {"subvoxel-bone", "surface points and local thickness, subvoxel", run_subvoxel_bone},
    {"subvoxel-marrow", "surface points and local thickness, subvoxel", run_subvoxel_marrow},
    {"subvoxel", "surface points once, local thickness of both phases", run_subvoxel},
    {"tb-n", "direct Tb.N: two sweeps, ridges, ipl thickness", run_tb_n},
    {"analyze", "all metrics of the default profile, grey values to record", run_analyze},
    {"surface", "octants: marching cubes and Crofton counts", run_surface},
    {"mil", "mean intercept lengths, 1000 directions, and fabric", run_mil},
    {"skeleton", "thinning, branches and junctions", run_skeleton},
    {"connectivity", "purified copy, corrected Euler number, closed pores", run_connectivity},
    {"smi", "SMI by mesh normals of the mask", run_smi},
    {"smi-grey", "SMI by mesh normals of the filtered grey values", run_smi_grey},
    {"dilation", "surface before and after dilation: SMI.dil, Tb.Pf", run_dilation},
    {"parts", "connected parts, 26 neighbours", run_parts},
    {NULL, NULL, NULL},
};
