/* phantom_study.h - a synthetic OVX study: four groups of trabecular foams with known group means and SDs. */
#ifndef TRABECULA_PHANTOM_STUDY_H
#define TRABECULA_PHANTOM_STUDY_H

#include "trabecula/phantom.h"
#include "trabecula/thickness.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A group: the population that its animals are drawn from. Tb.N is (BV/TV) / Tb.Th. Tb.Th and Tb.N are independent, so
 * that mean and SD of their product BV/TV are known in closed form: see trb_phantom_study_bv_tv().
 */
typedef struct trb_phantom_group {
    const char *name;
    double tb_th_mm, tb_th_sd_mm;
    double tb_n_per_mm, tb_n_sd_per_mm;
    double plate_share; /* bone that is lost leaves rods */
} trb_phantom_group;

/**
 * Sham, OVX, OVX+vehicle, OVX+EV; *count is 4. Static.
 *
 * Source      The numbers are chosen, not taken from a study; they lie where published distal femora of rats lie: BV/TV
 *             25 to 40 % before and 10 to 20 % after ovariectomy, a loss of number more than of thickness.
 */
TRB_API const trb_phantom_group *trb_phantom_groups(size_t *count);

/** Mean and SD of BV/TV, in %, in the population of a group. */
TRB_API void trb_phantom_study_bv_tv(const trb_phantom_group *group, double *mean, double *sd);

typedef struct trb_phantom_study {
    size_t animals;  /* per group, 1 to 9999 */
    size_t size_vox; /* edge of each image */
    double voxel_mm;
    uint64_t seed;
} trb_phantom_study;

/** 8 animals a group, 160 voxels of 20 um, seed 1. */
TRB_API trb_phantom_study trb_phantom_study_default(void);

/** What an image has without blur and noise; bone is where half of a voxel is covered or more. Clear it. */
typedef struct trb_phantom_measured {
    double bv_tv;                /* of voxels, 0 to 1 */
    trb_thickness tb_th, tb_sp;  /* TRB_THICKNESS_SUBVOXEL: the covered shares of voxels count */
} trb_phantom_measured;

/**
 * Make the image again without blur and noise, and measure it.
 *
 * Output      *out: trb_phantom_measured_clear() frees it; nothing to free after an error.
 * Errors      Those of trb_phantom_create(), trb_surface_points_create() and trb_thickness_measure().
 * Cost        trb_phantom_create(), and about 150 ns a voxel.
 * Threads     Uses all; same bits for any number.
 */
TRB_API TRB_NODISCARD trb_status trb_phantom_measure_sharp(const trb_phantom_options *image, trb_phantom_measured *out,
                                                           trb_error *err);
TRB_API void trb_phantom_measured_clear(trb_phantom_measured *measured);

/** What is true of a sharp image: as trb_phantom_measure_sharp() finds it. */
typedef struct trb_phantom_sharp {
    double bv_tv_percent, tb_th_mm, tb_sp_mm, tb_n_per_mm; /* Tb.N = (BV/TV) / Tb.Th */
} trb_phantom_sharp;

typedef struct trb_phantom_animal {
    size_t group;
    char name[16];                               /* "m01": unique in the study */
    double bv_tv_percent, tb_th_mm, tb_n_per_mm; /* drawn for it */
    trb_phantom_sharp sharp;                     /* what its image has without blur and noise */
    trb_phantom_options image;                   /* makes it, as a scanner would see it */
} trb_phantom_animal;

/** Grey values of the images and the density that they stand for: mg HA/cm3 = slope grey + intercept. */
TRB_API void trb_phantom_study_density(double *slope, double *intercept, double *threshold);

/**
 * Draw an animal and find the foam that has its numbers.
 *
 * Convention  Targets are normal deviates cut at 2 SD and stretched so that the SD is as stated (largest deviation 2.27 SD).
 *             BV/TV is met to 0.01 points by the covered volume. The thickness asked of the foam is corrected until the
 *             sharp image has the target, by the rule subvoxel, to 1 %, at most three times, and the nearest is taken; what
 *             it has is in sharp.
 *             An animal depends on seed, group and its index, not on how many there are.
 * Input       group: below the count of groups; index: below animals.
 * Output      *animal; trb_phantom_create(&animal->image) makes its image.
 * Errors      TRB_ERR_ARGUMENT: voxels too large for the trabeculae (less than 2.5 a thickness), an image too small for
 *             its structure; TRB_ERR_MEMORY.
 * Cost        Three to four times trb_phantom_create() and as many times a thickness.
 * Threads     Uses all; same bits for any number.
 */
TRB_API TRB_NODISCARD trb_status trb_phantom_study_draw(const trb_phantom_study *study, size_t group,
                                                        size_t index, trb_phantom_animal *animal,
                                                        trb_error *err);

/**
 * Draw animals first .. first + n - 1 of the whole study (group by group) and make their images, one thread an animal:
 * small images do not keep many threads busy.
 *
 * Input       n <= 64; as many as there are threads is best.
 * Output      animal[i], volume[i]: the volumes are yours; all NULL unless TRB_OK.
 * Errors      Those of trb_phantom_study_draw() and trb_phantom_create(), of the first animal that fails.
 * Threads     Uses up to n; same bits for any number.
 */
TRB_API TRB_NODISCARD trb_status trb_phantom_study_make(const trb_phantom_study *study, size_t first,
                                                        size_t n, trb_phantom_animal *animal,
                                                        trb_volume **volume, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
