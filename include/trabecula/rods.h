/* rods.h - a density phantom: where its rods lie, how grey they are, and the straight line from grey to density. */
#ifndef TRABECULA_RODS_H
#define TRABECULA_RODS_H

#include "trabecula/calibration.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { TRB_RODS_MOST = 32, TRB_RODS_WARNINGS = 24 };

/**
 * One rod, roughly along z. Positions are indices: the centre of the first voxel is 0.
 * The axis goes through (x, y) at the plane `middle` and moves by (lean_x, lean_y) from plane to plane.
 */
typedef struct trb_rod {
    char name[48];
    double density_mg_ccm; /* what its maker says */
    double x, y, middle, lean_x, lean_y;
    double radius_vox;
    size_t z0, z1; /* planes z0 <= z < z1 are measured */

    /* trb_rods_measure() fills the rest; trb_rods_fit() the last two. */
    double core_radius_vox;
    uint64_t voxels;      /* of the core, that count */
    uint64_t rejected;    /* of the core, far from its median: scratches, bubbles, dust */
    uint64_t clipped;     /* of the core, at the end of the data type's range */
    double grey, grey_sd; /* mean and SD of the voxels that count */
    double along_sd;      /* SD of the means of its planes */
    double drift; /* grey from its first plane to its last, by a straight line; NaN for a single plane */
    double noise_drift;     /* standard error of drift */
    double across, noise_across; /* mean of the outer fifth of the core minus mean of its inner half, and its error */
    double value;           /* grey in the unit of the fit */
    double residual_mg_ccm; /* density by the line, minus density_mg_ccm */
} trb_rod;

/** The rods of a phantom, in the order given, or from low to high density when found. Passive data. */
typedef struct trb_rods {
    size_t n;
    trb_rod rod[TRB_RODS_MOST];
} trb_rods;

/** density = slope * value + intercept by least squares, and how good it is. */
typedef struct trb_rods_line {
    trb_grey_unit unit; /* of value: TRB_UNIT_GREY, TRB_UNIT_PER_CM or TRB_UNIT_HU */
    size_t n, freedom;  /* rods, and n - 2 */
    double slope, intercept;
    double slope_se, intercept_se, residual_sd; /* NaN for two rods: nothing is left over to tell */
    double r2;
    double largest_residual; /* mgHA/cm3, without sign */
    size_t n_warnings;
    char warning[TRB_RODS_WARNINGS][224];
} trb_rods_line;

/**
 * Rods from a table: the centres, radii and densities that somebody has read off the image.
 *
 * Input       path: CSV with a header (comma, semicolon or tab). Columns in any order: x, y, radius (or diameter),
 *             density, and when wanted name, z0 and z1 (planes z0 <= z < z1, counted from 0). Units stand in the
 *             header: "x [vox]" or "x [mm]", "density [mgHA/cm3]" or "density [gHA/cm3]". Lines that begin with #
 *             are comments. grid: of the scan.
 * Convention  x = 0 is the centre of the first voxel; mm are index times voxel size.
 * Errors      TRB_ERR_IO; TRB_ERR_FORMAT with file and line: unknown or missing column or unit, not a number,
 *             radius under 2 voxels, a rod whose core leaves the image, fewer than two rods or the same density
 *             throughout, two rods that overlap.
 */
TRB_API TRB_NODISCARD trb_status trb_rods_read(const char *path, const trb_grid *grid, trb_rods *out,
                                               trb_error *err);

/**
 * Densities from the text of an option: "0.25gHA,0.75gHA", "0,100,400,800mgHA" (the last unit holds for those
 * without one). Units as in calibrations.
 *
 * Errors      TRB_ERR_ARGUMENT: no unit at all, not a number, negative, the same one twice, fewer than two, more
 *             than `most`.
 */
TRB_API TRB_NODISCARD trb_status trb_densities_parse(const char *text, double *mg_ccm, size_t most, size_t *n,
                                                     trb_error *err);

/**
 * Find the rods of a phantom: as many round, even, distinct parts of the mean plane as there are densities. They must lie wholly in the image.
 *
 * Convention  The mean of the planes around the middle is cut at many levels. A rod is a part that is round (area
 *             at least 98.5 % of what a disc of the same second moments has), stays the same over several levels,
 *             is even inside and is constant along z. Parts brighter than their surroundings are taken first;
 *             darker ones when those are too few. Of more parts than densities, the ones of like radius are taken
 *             when the others differ by more than 15 %. Their axes are followed through the planes
 *             (trb_rods_follow()), and the planes where a rod is absent are left out. The darkest rod gets the
 *             lowest density.
 * Errors      TRB_ERR_DATA: too few or too many candidates; the text lists what was found, to make a table from.
 * Cost        Some 200 labellings of one plane; a byte a voxel.
 * Threads     Reentrant. Same result for any thread count.
 */
TRB_API TRB_NODISCARD trb_status trb_rods_find(const trb_volume *volume, const double *mg_ccm, size_t n,
                                               trb_rods *out, trb_error *err);

/**
 * Put the axes of rods where the image has them: a straight line through the centres of gravity of blocks of
 * planes. Sets x, y, middle, lean_x, lean_y, z0, z1; the radius stays.
 *
 * Errors      TRB_ERR_DATA when a rod cannot be told from what surrounds it, or lies elsewhere (by more than half
 *             its radius).
 */
TRB_API TRB_NODISCARD trb_status trb_rods_follow(const trb_volume *volume, trb_rods *rods, trb_error *err);

/**
 * Measure the grey value of every rod.
 *
 * Convention  The core has the radius (1 - erode) * radius around the axis. Voxels further from the core's median
 *             than 4 robust SDs (1.4826 times the median distance from the median, at least one grey value for
 *             integers) do not count; the rest is averaged. Erosion of 20 to 30 % is usual.
 * Input       erode: 0 <= erode < 1.
 * Errors      TRB_ERR_ARGUMENT; TRB_ERR_DATA when a core has fewer than 20 voxels or leaves the image.
 * Cost        Memory for the core of one rod.
 */
TRB_API TRB_NODISCARD trb_status trb_rods_measure(const trb_volume *volume, double erode, trb_rods *rods,
                                                  trb_error *err);

/**
 * The straight line through the measured rods, and warnings: two rods only; a line that falls; a residual above 5 %
 * of the range of densities; drift along z, or a difference between outside and middle of a core, above 2 % of the
 * range of grey; rejected or clipped voxels; rods that
 * cannot be told apart.
 *
 * Input       unit: TRB_UNIT_GREY, or a unit that `scan` knows. scan: may be NULL for grey.
 * Errors      TRB_ERR_ARGUMENT for another unit; TRB_ERR_DATA for fewer than two rods or when all are equally
 *             grey.
 * Source      Ordinary least squares of density on value, as the scanners' software does.
 */
TRB_API TRB_NODISCARD trb_status trb_rods_fit(trb_rods *rods, const trb_calibration *scan, trb_grey_unit unit,
                                              trb_rods_line *out, trb_error *err);

/** What a calibration file says besides the line. Pointers are borrowed; NULL: not known. */
typedef struct trb_rods_origin {
    const char *scan, *command_line;
    uint32_t crc32; /* of the voxels that were read */
    trb_type type;
    trb_grid grid;
    double erode;
    bool found;          /* not from a table */
    size_t n_conditions; /* facts of the scan that must be the same in the scans of bone */
    const char *const *condition_key, *const *condition_value;
} trb_rods_origin;

/**
 * The calibration file (schema trabecula.calibration/1), which --calibration reads.
 *
 * Output      *text: yours, free() it.
 */
TRB_API TRB_NODISCARD trb_status trb_rods_to_json(const trb_rods *rods, const trb_rods_line *line,
                                                  const trb_rods_origin *origin, char **text, trb_error *err);

/**
 * A PNG to judge the calibration by: the middle plane with the rods and their cores outlined and numbered, and the
 * line with the rods on it and the residuals.
 *
 * Input       title, subtitle: any bytes; may be NULL.
 * Errors      TRB_ERR_IO; TRB_ERR_MEMORY. An existing file is replaced; the name appears only complete.
 */
TRB_API TRB_NODISCARD trb_status trb_rods_write_png(const char *path, const trb_volume *volume,
                                                    const trb_rods *rods, const trb_rods_line *line,
                                                    const char *title, const char *subtitle, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
