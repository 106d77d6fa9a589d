/*
 * phantom_study.c - animals of a synthetic study.
 *
 * What a study compares are numbers of images, so the truth that is given is that of the sharp image of each animal:
 * BV/TV of the covered volume, and Tb.Th by the rule subvoxel, which sees the covered parts of voxels.
 * The foam is therefore asked for a thickness that is corrected by what came out, until the image has the number drawn.
 */
#include "trabecula/phantom_study.h"

#include "core/random.h"
#include "trabecula/filter.h"
#include "trabecula/mask.h"
#include "trabecula/surface_points.h"
#include "trabecula/thickness.h"
#include "trabecula/threshold.h"

#include <math.h>
#include <stdio.h>

/* Least voxels in a thickness; below, what the rule finds is its own quantisation. */
#define LEAST_VOXELS 2.5
#define CLOSE_ENOUGH 0.01 /* of the thickness drawn */

enum { MOST_AT_ONCE = 64, CORRECTIONS = 3, MARROW_GREY = 50, BONE_GREY = 170, SHARP_GREY = 255 };

static const trb_phantom_group GROUPS[] = {
    {"Sham", 0.096, 0.006, 3.30, 0.30, 0.75},
    {"OVX", 0.088, 0.005, 1.90, 0.20, 0.50},
    {"OVX+vehicle", 0.088, 0.005, 1.95, 0.20, 0.50},
    {"OVX+EV", 0.093, 0.006, 2.60, 0.25, 0.65},
};
enum { N_GROUPS = sizeof GROUPS / sizeof *GROUPS };

const trb_phantom_group *trb_phantom_groups(size_t *count)
{
    *count = N_GROUPS;
    return GROUPS;
}

/* Of the product of two independent numbers. */
void trb_phantom_study_bv_tv(const trb_phantom_group *group, double *mean, double *sd)
{
    const double t = group->tb_th_mm, st = group->tb_th_sd_mm, n = group->tb_n_per_mm,
                 sn = group->tb_n_sd_per_mm;
    *mean = 100 * t * n;
    *sd = 100 * sqrt(t * t * sn * sn + n * n * st * st + st * st * sn * sn);
}

trb_phantom_study trb_phantom_study_default(void)
{
    return (trb_phantom_study){.animals = 8, .size_vox = 160, .voxel_mm = 0.02, .seed = 1};
}

void trb_phantom_study_density(double *slope, double *intercept, double *threshold)
{
    *slope = 7.5; /* marrow 50 mg HA/cm3, bone 950 */
    *intercept = -325;
    *threshold = *slope * (MARROW_GREY + BONE_GREY) / 2.0 + *intercept;
}

/* Standard normal, cut at 2, stretched to variance 1: the variance of the cut one is 1 - 4 phi(2) / (2 Phi(2) - 1). */
static double cut_normal(trb_random *random)
{
    static const double sd_of_cut = 0.87962566103423978;
    double z;
    do
        z = trb_random_normal(random);
    while (fabs(z) > 2);
    return z / sd_of_cut;
}

static trb_status check(const trb_phantom_study *study, size_t group, size_t index, trb_error *err)
{
    if (study->animals < 1 || study->animals > 9999)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%zu animals a group: it must be 1 to 9999",
                             study->animals);
    if (group >= N_GROUPS || index >= study->animals)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "there is no animal %zu in group %zu", index, group);
    if (!(study->voxel_mm > 0 && study->voxel_mm < 1))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "voxel size %g mm: it must be above 0 and below 1 mm",
                             study->voxel_mm);
    return TRB_OK;
}

static void draw(const trb_phantom_study *study, size_t index, trb_phantom_animal *animal)
{
    const trb_phantom_group *group = &GROUPS[animal->group];
    /* A stream for each animal, so that more animals change none that was there. */
    trb_random random =
        trb_random_start(study->seed * 0x9e3779b97f4a7c15U + 10000 * (animal->group + 1) + index);
    trb_random_next(&random);
    animal->tb_th_mm = group->tb_th_mm + group->tb_th_sd_mm * cut_normal(&random);
    animal->tb_n_per_mm = group->tb_n_per_mm + group->tb_n_sd_per_mm * cut_normal(&random);
    animal->bv_tv_percent = 100 * animal->tb_th_mm * animal->tb_n_per_mm;
    trb_phantom_options *image = &animal->image;
    *image = trb_phantom_options_default(TRB_PHANTOM_FOAM);
    image->size_vox = study->size_vox;
    image->spacing_mm = study->voxel_mm;
    image->bv_tv = animal->bv_tv_percent / 100;
    image->plate_share = group->plate_share;
    image->elongation = 1.2;                      /* the metaphysis carries load along its axis */
    image->seed = trb_random_next(&random) >> 11; /* a double can hold it, for files */
    image->marrow_grey = MARROW_GREY;
    image->bone_grey = BONE_GREY;
    image->blur_vox = 0.6;
    image->noise_grey = 8;
}

/* ---- what the sharp image has */

static trb_status measure_phase(const trb_mask *object, const trb_surface_points *points, trb_thickness *out, trb_error *err)
{
    trb_thickness_options options = trb_thickness_options_default();
    options.rule = TRB_THICKNESS_SUBVOXEL;
    options.points = points;
    return trb_thickness_measure(object, NULL, &options, out, NULL, err);
}

static trb_status measure_volume(const trb_volume *volume, trb_phantom_measured *out, trb_error *err)
{
    const trb_filter none = {TRB_FILTER_NONE, 0, 0};
    const double level = SHARP_GREY / 2.0;
    trb_mask *bone = NULL, *marrow = NULL;
    trb_surface_points *points = NULL;
    trb_status status = trb_threshold_apply(volume, &none, level, false, &bone, err);
    if (!status)
        status = trb_surface_points_create(volume, &none, level, false, bone, &points, err);
    if (!status)
        status = measure_phase(bone, points, &out->tb_th, err);
    if (!status)
        status = trb_mask_complement(bone, &marrow, err);
    if (!status)
        status = measure_phase(marrow, points, &out->tb_sp, err);
    if (!status)
        out->bv_tv = (double)trb_mask_count(bone) / (double)trb_grid_voxels(&volume->grid);
    trb_surface_points_destroy(points);
    trb_mask_destroy(marrow);
    trb_mask_destroy(bone);
    return status;
}

trb_status trb_phantom_measure_sharp(const trb_phantom_options *image, trb_phantom_measured *out, trb_error *err)
{
    trb_phantom_options sharp = *image;
    trb_volume *volume = NULL;
    *out = (trb_phantom_measured){0};
    sharp.type = TRB_U8;
    sharp.marrow_grey = 0;
    sharp.bone_grey = SHARP_GREY;
    sharp.blur_vox = sharp.noise_grey = 0;
    trb_status status = trb_phantom_create(&sharp, &volume, NULL, err);
    if (!status)
        status = measure_volume(volume, out, err);
    trb_volume_destroy(volume);
    if (status)
        trb_phantom_measured_clear(out);
    return status;
}

void trb_phantom_measured_clear(trb_phantom_measured *measured)
{
    trb_thickness_clear(&measured->tb_th);
    trb_thickness_clear(&measured->tb_sp);
}

/* One try: the foam of this thickness, and how far its image is from the thickness drawn. */
static trb_status try_foam(trb_phantom_animal *animal, double voxel_mm, double *off_mm, trb_error *err)
{
    trb_phantom_measured measured;
    const trb_status status = trb_phantom_measure_sharp(&animal->image, &measured, err);
    if (status)
        return status;
    animal->sharp = (trb_phantom_sharp){.bv_tv_percent = 100 * measured.bv_tv,
                                        .tb_th_mm = measured.tb_th.mean_vox * voxel_mm,
                                        .tb_sp_mm = measured.tb_sp.mean_vox * voxel_mm};
    animal->sharp.tb_n_per_mm = measured.bv_tv / animal->sharp.tb_th_mm;
    *off_mm = animal->tb_th_mm - animal->sharp.tb_th_mm;
    trb_phantom_measured_clear(&measured);
    return TRB_OK;
}

/* Each try has another wavelength, and so a structure of its own: nearer is not certain, and the nearest is taken. */
static trb_status fit_foam(trb_phantom_animal *animal, double voxel_mm, trb_error *err)
{
    double off_mm = 0, nearest_mm = INFINITY, nearest_vox = animal->tb_th_mm / voxel_mm, next_vox = nearest_vox;
    trb_status status = TRB_OK;
    for (int i = 0; i <= CORRECTIONS && !status && nearest_mm > CLOSE_ENOUGH * animal->tb_th_mm; i++) {
        animal->image.thickness_vox = next_vox;
        status = try_foam(animal, voxel_mm, &off_mm, err);
        if (!status && fabs(off_mm) < nearest_mm) {
            nearest_mm = fabs(off_mm);
            nearest_vox = next_vox;
        }
        next_vox = fmax(next_vox + off_mm / voxel_mm, 1);
    }
    if (!status && animal->image.thickness_vox != nearest_vox) {
        animal->image.thickness_vox = nearest_vox;
        status = try_foam(animal, voxel_mm, &off_mm, err);
    }
    return status;
}

trb_status trb_phantom_study_draw(const trb_phantom_study *study, size_t group, size_t index,
                                  trb_phantom_animal *animal, trb_error *err)
{
    trb_status status = check(study, group, index, err);
    if (status)
        return status;
    *animal = (trb_phantom_animal){.group = group};
    const size_t digits = study->animals * N_GROUPS < 100 ? 2 : 5;
    snprintf(animal->name, sizeof animal->name, "m%0*zu", (int)digits, group * study->animals + index + 1);
    draw(study, index, animal);
    if (animal->tb_th_mm / study->voxel_mm < LEAST_VOXELS)
        return trb_error_set(
            err, TRB_ERR_ARGUMENT,
            "voxels of %g mm are too large for trabeculae of %.3f mm (animal %s of %s); take %.3f mm or less",
            study->voxel_mm, animal->tb_th_mm, animal->name, GROUPS[group].name,
            animal->tb_th_mm / LEAST_VOXELS);
    status = fit_foam(animal, study->voxel_mm, err);
    if (status)
        trb_error_within(err, "animal %s of %s", animal->name, GROUPS[group].name);
    return status;
}

static trb_status make_one(const trb_phantom_study *study, size_t i, trb_phantom_animal *animal,
                           trb_volume **volume, trb_error *err)
{
    const trb_status status =
        trb_phantom_study_draw(study, i / study->animals, i % study->animals, animal, err);
    return status ? status : trb_phantom_create(&animal->image, volume, NULL, err);
}

trb_status trb_phantom_study_make(const trb_phantom_study *study, size_t first, size_t n,
                                  trb_phantom_animal *animal, trb_volume **volume, trb_error *err)
{
    trb_error errors[MOST_AT_ONCE];
    trb_status status = check(study, 0, 0, err);
    if (!status && n > MOST_AT_ONCE)
        status = trb_error_set(err, TRB_ERR_ARGUMENT, "%zu animals at once: it must be %d or fewer", n,
                               MOST_AT_ONCE);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++) {
        volume[i] = NULL;
        errors[i].status = TRB_OK;
    }
    /* Parallel regions within are of one thread: nesting is off unless somebody turns it on. */
#pragma omp parallel for schedule(dynamic, 1)
    for (ptrdiff_t i = 0; i < (ptrdiff_t)n; i++)
        errors[i].status = make_one(study, first + (size_t)i, &animal[i], &volume[i], &errors[i]);
    for (size_t i = 0; i < n && !status; i++)
        if (errors[i].status) {
            status = errors[i].status;
            if (err)
                *err = errors[i];
        }
    for (size_t i = 0; i < n && status; i++) {
        trb_volume_destroy(volume[i]);
        volume[i] = NULL;
    }
    return status;
}
