/* voi.h - volumes of interest. */
#ifndef TRABECULA_VOI_H
#define TRABECULA_VOI_H

#include "trabecula/volume_io.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Where what a person should know about a VOI goes: "2 outlines have no slice ...". The text is borrowed. */
typedef struct trb_voi_notes {
    void (*add)(void *user, const char *text);
    void *user;
} trb_voi_notes;

/** A length in mm, in voxels, or in percent of the bone's length. */
typedef enum trb_voi_unit { TRB_VOI_MM, TRB_VOI_VOXELS, TRB_VOI_PERCENT } trb_voi_unit;
typedef struct trb_voi_length {
    double value; /* 0: not given, or none */
    trb_voi_unit unit;
} trb_voi_length;

/** What is done with a VOI beyond its text. All 0 does nothing; start from trb_voi_rules_default(). */
typedef struct trb_voi_rules {
    bool by_label; /* of a mask file only voxels of this value are inside */
    double label;
    trb_voi_length erode, dilate; /* by a ball; eroded first */
    bool by_landmark;             /* then a slab of slices, which cuts everything else */
    size_t landmark;              /* slice, from 0 */
    trb_voi_length offset, height;
    bool downward; /* the slab lies at lower slice numbers than the landmark */
    double bone_length_mm; /* for lengths in percent; 0: not given */
} trb_voi_rules;

TRB_API trb_voi_rules trb_voi_rules_default(void);

/**
 * The VOI of an analysis: several parts, eroded, dilated, cut to a slab.
 *
 * Meaning     text is one VOI as in trb_voi_create(), or several: "A;and:B;minus:C" is (A and B) without C, from left to
 *             right. Empty text is the whole image. Then erosion, then dilation, then the slab.
 * Convention  Erosion takes away voxels whose centres are not farther than the length from a centre outside the VOI, dilation
 *             adds those that are not farther from a centre inside. A VOI ends at the sides of the image. The slab begins
 *             round(offset / spacing) slices beyond the landmark slice and has round(height / spacing) slices, so that
 *             its number of slices does not depend on the offset; upward is towards higher slice numbers.
 * Input       grid: of the image, or of the part of it that is measured. frame: NULL when that is all of it; else the scan
 *             and the part, and pixels, slices and the landmark are counted in the scan, as it is looked at and drawn on. A
 *             mask file may have the size of the scan or of the part.
 *             notes: may be NULL. special: makes VOIs whose text begins with "auto", on `grid`; NULL: there are none.
 * Output      *out: yours, on `grid`; NULL when there is neither text nor rule.
 * Errors      Those of trb_voi_create() for each part; TRB_ERR_ARGUMENT for rules that contradict each other or miss a number,
 *             or a slab outside the image.
 * Cost        Two masks; erosion and dilation 4 bytes a voxel for some planes at a time.
 * Threads     Reentrant; same bits for any number.
 */
typedef struct trb_voi_frame {
    trb_grid scan;
    trb_box part;
} trb_voi_frame;
typedef struct trb_voi_special {
    trb_status (*make)(void *user, const char *text, const trb_grid *grid, trb_mask **out, trb_error *err);
    void *user;
} trb_voi_special;
TRB_API TRB_NODISCARD trb_status trb_voi_build(const char *text, const trb_voi_rules *rules, const trb_grid *grid,
                                               const trb_voi_frame *frame, const trb_voi_special *special,
                                               const trb_voi_notes *notes, trb_mask **out, trb_error *err);

/** Do text and rules ask for any VOI at all? */
TRB_API bool trb_voi_wanted(const char *text, const trb_voi_rules *rules);

/** Are the rules complete? Errors: TRB_ERR_ARGUMENT: what is missing, by the names of the options. */
TRB_API TRB_NODISCARD trb_status trb_voi_rules_check(const trb_voi_rules *rules, trb_error *err);

/**
 * Part i of a text of several VOIs, without its "and:" or "minus:", as trb_voi_build() takes it apart.
 *
 * Output      buffer: the text; *minus: is it taken away. false when there is no part i or it does not fit.
 */
TRB_API bool trb_voi_part(const char *text, size_t i, char *buffer, size_t size, bool *minus);

/** Does the text of one part name a file (and not a shape or "auto")? */
TRB_API bool trb_voi_part_is_file(const char *part);

/** "0.5mm", "500um", "2vox", "5%". Errors: TRB_ERR_ARGUMENT with what was expected. */
TRB_API TRB_NODISCARD trb_status trb_voi_length_parse(const char *text, trb_voi_length *length, trb_error *err);
/** Its text, which reads back as the same; "" for 0. */
TRB_API const char *trb_voi_length_text(const trb_voi_length *length, char *buffer, size_t size);

/** Grow (by > 0) or shrink a mask by a ball, as described above; by: in mm or voxels. Errors: TRB_ERR_MEMORY, or
 *  TRB_ERR_ARGUMENT for mm without a voxel size and for more than 4094 voxels. */
TRB_API TRB_NODISCARD trb_status trb_voi_dilate(trb_mask *mask, const trb_voi_length *by, trb_error *err);
TRB_API TRB_NODISCARD trb_status trb_voi_erode(trb_mask *mask, const trb_voi_length *by, trb_error *err);

/** Bytes that either takes besides the mask, from above; 0 when it does nothing or cannot. */
TRB_API double trb_voi_margin_bytes(const trb_voi_length *by, const trb_grid *grid);

/**
 * The first slice and the one behind the last of the slab of the rules, which have a landmark.
 *
 * Errors      TRB_ERR_ARGUMENT: no voxel size, no height, or it leaves the image (says by how much).
 */
TRB_API TRB_NODISCARD trb_status trb_voi_slab(const trb_voi_rules *rules, const trb_grid *grid, size_t *first, size_t *end,
                                              trb_error *err);

/**
 * A mask file: an image, stack or label image.
 *
 * Convention  Of the same size as the image it is taken voxel on voxel, unless both know an origin other than 0 and these
 *             differ. Otherwise it is placed by its origin: it has to lie on the image's raster (to 0.05 voxels) and to
 *             meet the image; voxels beyond it are outside the VOI, and voxels beyond the image are cut with a note.
 * Errors      As trb_voi_create(); with by_label, TRB_ERR_ARGUMENT when no voxel has the label (lists those there are).
 */
TRB_API TRB_NODISCARD trb_status trb_voi_from_file(const char *path, const trb_voi_rules *rules, const trb_grid *grid,
                                                   const trb_voi_notes *notes, trb_mask **out, trb_error *err);

/**
 * The regions of an ImageJ .roi or RoiSet.zip.
 *
 * Convention  Pixels as ImageJ counts them: the centre is inside the outline (even-odd), ovals by their exact equation.
 *             Regions of one slice add up. Slices between drawn ones are interpolated by their signed distances; the first
 *             and the last drawn slice end the VOI. Regions of no slice are in all slices (a note says so).
 * Errors      TRB_ERR_IO, TRB_ERR_FORMAT (damaged), TRB_ERR_UNSUPPORTED (no area, too large); TRB_ERR_ARGUMENT for a region
 *             that lies wholly outside the image or on a slice that it does not have. One that reaches over the side is
 *             cut, with a note.
 */
TRB_API TRB_NODISCARD trb_status trb_voi_from_rois(const char *path, const trb_grid *grid, const trb_voi_notes *notes,
                                                   trb_mask **out, trb_error *err);

/**
 * A VOI from its text on the command line:
 *   box:x0:x1,y0:y1,z0:z1          half-open, voxel indices from 0
 *   cylinder:cx,cy,rx,ry,z0:z1     ((x-cx)/rx)^2 + ((y-cy)/ry)^2 <= 1, z0 <= z < z1
 *   a .roi or RoiSet.zip           as trb_voi_from_rois(), told by its content
 *   anything else                  a mask image or stack of the same grid; not 0 is inside
 *
 * Input       grid: of the image that will be measured. Numbers have a decimal point in every locale.
 * Output      *out: yours, on `grid`.
 * Errors      TRB_ERR_ARGUMENT for text that does not parse (says where and what was expected), a shape outside
 *             the image (see below), a mask file of another size, or one whose voxel size is known and differs
 *             by more than 0.1 % (shows both grids); those of trb_volume_read(). An empty mask file is no error.
 */
TRB_API TRB_NODISCARD trb_status trb_voi_create(const char *text, const trb_grid *grid, trb_mask **out,
                                                trb_error *err);

/** A box. Errors: TRB_ERR_ARGUMENT when it is empty or leaves the image. */
TRB_API TRB_NODISCARD trb_status trb_voi_box(const trb_grid *grid, const trb_box *box, trb_mask **out,
                                             trb_error *err);

/**
 * An elliptic cylinder along z: voxels whose centre satisfies ((x-cx)/rx)^2 + ((y-cy)/ry)^2 <= 1.
 *
 * Convention  A centre on the rim is inside. When the four numbers have at most 6 decimals and are below
 *             2^30 / 10^decimals (the image's size too) this is decided in whole numbers; otherwise in long
 *             double with <= 1 + 1e-12, so that a rim that was meant is not lost to rounding.
 * Errors      TRB_ERR_ARGUMENT for radii that are not above 0, an empty range of slices or one that leaves the
 *             image, an ellipse wholly outside it. An ellipse that reaches over the side is cut there; one that
 *             lies between voxel centres gives an empty mask.
 */
TRB_API TRB_NODISCARD trb_status trb_voi_cylinder(const trb_grid *grid, double cx, double cy, double rx,
                                                  double ry, size_t z0, size_t z1, trb_mask **out,
                                                  trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
