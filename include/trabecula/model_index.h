/* model_index.h - plates or rods? How the surface grows when it moves outwards: SMI and Tb.Pf. */
#ifndef TRABECULA_MODEL_INDEX_H
#define TRABECULA_MODEL_INDEX_H

#include "trabecula/filter.h"
#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The structure model index by mesh normals, 6 V (dS/dr) / S^2: 0 for plates, 3 for rods, 4 for balls. Pure numbers,
 * areas in voxel faces. All NaN when there is no surface.
 *
 * Concave surface shrinks when it moves outwards and counts negative, so SMI falls with BV/TV whatever the shape of the
 * trabeculae (Salmon et al. 2015, doi:10.3389/fendo.2015.00162): it is an old number, kept to compare with old papers.
 */
typedef struct trb_smi {
    double smi, convex, concave;  /* smi is the sum of the parts from surface that grows and from surface that shrinks */
    double concave_area_fraction; /* 0 to 1: of the area that shrinks */
    double area_vox2, growth_vox; /* S and dS/dr */
} trb_smi;

/**
 * SMI of a mask.
 *
 * Convention  Marching cubes between voxel centres, ambiguous faces join the bone; every vertex moves 0.01 voxel along
 *             the area-weighted mean normal of its triangles; cells count with their corners in the VOI (bone outside is
 *             context, the wall no surface). V counts voxels. The steps of a binary surface make SMI of balls and
 *             rods about 12 % low: trb_smi_grey() does not.
 * Input       voi may be NULL (the whole image); otherwise it has the size of bone. Isotropic voxels.
 * Errors      TRB_ERR_ARGUMENT for a VOI of another size; TRB_ERR_MEMORY.
 * Cost        About 15 ns a voxel of real bone and thread; some planes of 24 bytes a voxel for each thread.
 * Threads     Uses all. Same bits for any number: one sum per plane of cells, added in order.
 * Source      Hildebrand & Rueegsegger 1997, Comput Methods Biomech Biomed Engin 1:15-23.
 */
TRB_API TRB_NODISCARD trb_status trb_smi_mask(const trb_mask *bone, const trb_mask *voi, trb_smi *out, trb_error *err);

/**
 * The same on the surface where the (filtered) grey value crosses `level`, with V = `bone_voxels`.
 *
 * Input       inverted: bone is below the level. filter may be NULL (none).
 * Errors      As trb_smi_mask(); TRB_ERR_ARGUMENT for a level that is not finite or a bad filter.
 */
TRB_API TRB_NODISCARD trb_status trb_smi_grey(const trb_volume *volume, const trb_filter *filter, double level,
                                              bool inverted, const trb_mask *voi, uint64_t bone_voxels, trb_smi *out,
                                              trb_error *err);

/** What one step of dilation changes. Voxel units; NaN without bone, tb_pf also when the volume stays. */
typedef struct trb_dilation {
    double smi;   /* 6 V (S2 - S1) / S1^2 */
    double tb_pf; /* (S1 - S2) / (V1 - V2), 1/voxel */
    double area_vox2[2];
    uint64_t voxels[2]; /* in the VOI, before and after */
} trb_dilation;

/**
 * Surface and volume before and after dilation by the 6- or 26-neighbourhood.
 *
 * Meaning     SMI by dilation, as it was first computed, and the trabecular pattern factor. A step of dilation is not
 *             one voxel in all directions, so neither is 3 for rods or 4 for balls (about 2.3 and 3.0 with 6 neighbours).
 * Convention  S by marching cubes (lewiner), cells weighted by their corners in the VOI; bone outside grows into it.
 * Input       As trb_smi_mask(); neighbours: 6 or 26.
 * Errors      As trb_smi_mask(); TRB_ERR_ARGUMENT for other neighbours.
 * Cost        Two passes over the octants, one mask more.
 * Threads     Uses all; the same bits for any number.
 * Source      Hahn et al. 1992, Bone 13:327-330 (Tb.Pf).
 */
TRB_API TRB_NODISCARD trb_status trb_dilation_measure(const trb_mask *bone, const trb_mask *voi, int neighbours,
                                                      trb_dilation *out, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
