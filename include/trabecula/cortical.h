/* cortical.h - the cortex of a long bone: areas, perimeters, moments slice by slice, thickness and pores of the slab. */
#ifndef TRABECULA_CORTICAL_H
#define TRABECULA_CORTICAL_H

#include "trabecula/thickness.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What was changed by trb_cortical_fill(). */
typedef struct trb_cortical_filled {
    uint64_t voxels; /* of holes that were filled */
    uint64_t largest; /* pixels of the largest of them in one slice */
} trb_cortical_filled;

/**
 * Make a mask of cortex a compartment: its pores belong to it. In place, slice by slice.
 *
 * Convention  A hole is a 4-connected part of the rest of the slice that does not reach the sides of the image. Of each
 *             8-connected outline (one bone in the slice) the largest hole is the medulla and stays; all others are filled.
 * Output      *out: may be NULL.
 * Errors      TRB_ERR_MEMORY, TRB_ERR_UNSUPPORTED for rows of 2^31 voxels.
 * Threads     Uses all; same bits for any number.
 */
TRB_API TRB_NODISCARD trb_status trb_cortical_fill(trb_mask *compartment, trb_cortical_filled *out, trb_error *err);

/** All inside the periosteal contour: the compartment with its holes filled, slice by slice. *out: yours. Errors as above. */
TRB_API TRB_NODISCARD trb_status trb_cortical_outline(const trb_mask *compartment, trb_mask **out, trb_error *err);

/**
 * One slice. Lengths in mm, areas in mm^2, moments in mm^4. NaN where there is none: all that needs the medulla in a slice
 * whose cortex is not closed, all of bone in a slice without bone.
 */
typedef struct trb_cortical_slice {
    size_t z; /* in the mask; in an analysis, of the whole scan (of the resampled image when it was resampled) */
    double z_mm;
    size_t outlines; /* bones in the slice: 8-connected, of at least 5 % of the area */
    bool closed;     /* the medulla is a hole, or there is none and the outline has no bay */
    bool at_side;    /* the compartment touches a side of the image */
    double tt_ar, ct_ar, ct_bar, ma_ar, ct_ratio; /* ct_ratio: Ct.Ar / Tt.Ar, 0..1 */
    double ps_pm, ec_pm;
    double ct_th;       /* mean local thickness (3D) over the slice's voxels */
    double ct_th_model; /* 2 Ct.Ar / (Ps.Pm + Ec.Pm) */
    double ct_po;       /* 1 - Ct.B.Ar / Ct.Ar, 0..1 */
    double centroid_mm[2];
    double i_max, i_min, j, angle_deg; /* angle of the long axis from +x towards +y, 0 <= angle < 180; NaN: round */
    double z_max, z_min, z_pol;
} trb_cortical_slice;

/** Pores of the compartment, 6-connected. Voxels, and lengths in voxels. */
typedef struct trb_cortical_pores {
    uint64_t voids;    /* all voxels of the compartment that are not bone */
    uint64_t enclosed; /* of them in pores that reach neither the medulla nor the outside within the slab */
    uint64_t count;    /* of enclosed pores */
    uint64_t cut;      /* of these, how many reach the first or last slice of the slab */
    uint64_t small;    /* of these, how many have at most 8 voxels */
    double dm_mean_vox, dm_sd_vox; /* local thickness over their voxels; NaN: none */
} trb_cortical_pores;

/** All of a slab. Start with trb_cortical_measure(); clear it. */
typedef struct trb_cortical {
    size_t n; /* slices that hold the compartment */
    trb_cortical_slice *slice;
    bool gaps;          /* there are empty slices between them */
    size_t open;        /* slices that are not closed */
    uint64_t tv, bv;    /* voxels of the compartment, and of bone in it */
    trb_thickness th;   /* of the compartment */
    char th_reason[160]; /* why there is none */
    trb_cortical_pores pores;
} trb_cortical;

TRB_API void trb_cortical_clear(trb_cortical *cortical);

/** What trb_cortical_measure() shall leave out, because it costs the most. */
typedef struct trb_cortical_use {
    trb_thickness_options thickness;
    bool want_thickness, want_pores, want_pore_size;
    const trb_map_sink *th_sink; /* gets the map of thickness in mm; NULL: none */
} trb_cortical_use;

/**
 * Measure a slab of cortex.
 *
 * Convention  The slab is cut across, and goes on beyond its first and last slice: distances never end there, so that
 *             it is as thick there as in the middle, and a pore that is cut there is enclosed nevertheless.
 *             Areas count voxels. Perimeters are Crofton's with 4 directions: without bias for a circle, 5 % low for a
 *             square along the axes; the side of the image is no perimeter.
 *             Moments are those of bone (pores, and bone outside the compartment, do not count) with each pixel as a
 *             square; i_max >= i_min. Moduli divide by the distance of the farthest pixel centre plus half a pixel:
 *             z_max is i_max / distance along the long axis, z_min i_min / distance across it, z_pol = J / distance.
 * Input       compartment: with its pores (trb_cortical_fill()). bone: of the same size; what lies outside the compartment
 *             is looked at only to find out which pores are enclosed. Voxels are cubes.
 * Output      *out: init by this function; clear it. n is 0 for an empty compartment.
 * Errors      TRB_ERR_ARGUMENT: sizes differ, spacing not known. TRB_ERR_MEMORY. No background at all is a th_reason.
 * Cost        Some ns a voxel besides two local thicknesses, of the compartment and of its pores. Up to four packed masks
 *             of the box around the compartment.
 * Threads     Uses all; same bits for any number.
 * Source      Bouxsein 2010, J Bone Miner Res 25:1468; Doube 2010, Bone 47:1076; Legland 2007, Image Anal Stereol 26:83.
 */
TRB_API TRB_NODISCARD trb_status trb_cortical_measure(const trb_mask *compartment, const trb_mask *bone,
                                                      const trb_cortical_use *use, trb_cortical *out, trb_error *err);

/** The table of slices: a row a slice, units in the header. *text: yours. */
TRB_API TRB_NODISCARD trb_status trb_cortical_csv(const trb_cortical *cortical, char **text, trb_error *err);

/** Its figure, along z. path: .svg, .pdf or .png; an existing file is replaced. Errors: TRB_ERR_DATA for less than 2 slices. */
TRB_API TRB_NODISCARD trb_status trb_cortical_plot_write(const trb_cortical *cortical, const char *title, const char *path,
                                                         trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
