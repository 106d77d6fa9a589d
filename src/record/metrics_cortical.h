/* metrics_cortical.h - the rows of the table of metrics that --region cortical measures (metrics.c, run_cortical.c). */
#ifndef TRB_METRICS_CORTICAL_H
#define TRB_METRICS_CORTICAL_H

#define TRB_BOUXSEIN "Bouxsein 2010 J Bone Miner Res 25:1468; Dempster 2013 J Bone Miner Res 28:2"
#define TRB_SLICES "mean of slices, voxels"
#define TRB_SLICES_CAVEAT "slices whose cortex is not closed are left out of the mean"
#define TRB_SECTION "Doube 2010 Bone 47:1076 (Slice Geometry); Bouxsein 2010"
#define TRB_SECTION_METHOD "mean of slices, pixels as squares"
#define TRB_SECTION_CAVEAT "of the mineralised bone of the compartment; BoneJ2 calls the smaller one Imax, CTAn and Scanco as here"
#define TRB_PORES_CAVEAT "wants voxels of 10 um or less in mice; single voxels of noise are pores: smooth first"
#define TRB_PORES_SOURCE "Burghardt 2010 J Bone Miner Res 25:983; Bouxsein 2010"
#define TRB_HILDEBRAND "Hildebrand & Rueegsegger 1997 J Microsc 185:67"

#define TRB_CORTICAL_ROWS \
    {"Tt.Ar", "mm^2", "total cross-sectional area", "area inside the periosteal contour: Ct.Ar + Ma.Ar, a slice", TRB_SLICES, TRB_BOUXSEIN, \
     TRB_SLICES_CAVEAT}, \
    {"Ct.Ar", "mm^2", "cortical area", "area of the compartment, pores count, a slice", TRB_SLICES, TRB_BOUXSEIN, \
     "CTAn and BoneJ print bone pixels: see Ct.B.Ar"}, \
    {"Ct.B.Ar", "mm^2", "mineralised cortical area", "area of bone in the compartment, pores do not count, a slice", TRB_SLICES, TRB_BOUXSEIN, \
     "depends on threshold and filter"}, \
    {"Ma.Ar", "mm^2", "medullary area", \
     "area of the largest hole of the compartment in the slice (4-connected); other holes are pores of the cortex", TRB_SLICES, TRB_BOUXSEIN, \
     TRB_SLICES_CAVEAT}, \
    {"Ct.Ar/Tt.Ar", "%", "cortical area fraction", "100 Ct.Ar / Tt.Ar of each slice", TRB_SLICES, TRB_BOUXSEIN, TRB_SLICES_CAVEAT}, \
    {"Ct.Th", "mm", "cortical thickness", \
     "mean local thickness (3D) of the compartment, pores filled, over its voxels; the slab goes on beyond its ends", \
     "exact, exact-closed, fiji, ipl, ipl-v1", TRB_HILDEBRAND, \
     "quantised: see the bias table for structures under 6 voxels; the ends of a slab that is cut obliquely are up to 1 / cos too thick"}, \
    {"Ct.Th.SD", "mm", "SD of cortical thickness", "population SD of the local thickness over the compartment", "as Ct.Th", TRB_HILDEBRAND, \
     "within one scan; not the SD of a group"}, \
    {"Ct.Th.max", "mm", "largest cortical thickness", "largest local thickness of the compartment", "as Ct.Th", TRB_HILDEBRAND, ""}, \
    {"Ct.Th.model", "mm", "cortical thickness, model", \
     "2 Ct.Ar / (Ps.Pm + Ec.Pm) of each slice: exact for a ring, and for any cortex of one thickness", "mean of slices, crofton 4", TRB_BOUXSEIN, \
     "in 2D: too thick by 1 / cos where the surface is oblique to the slice"}, \
    {"Ps.Pm", "mm", "periosteal perimeter", "length of the outer contour of the compartment, a slice", "mean of slices, crofton 4", \
     "Legland 2007 Image Anal Stereol 26:83", "unbiased for round contours, up to 5 % low for straight ones along the axes"}, \
    {"Ec.Pm", "mm", "endocortical perimeter", "length of the contour of the medulla, a slice", "mean of slices, crofton 4", \
     "Legland 2007 Image Anal Stereol 26:83", "as Ps.Pm"}, \
    {"Ct.TV", "mm^3", "cortical total volume", "voxels of the compartment, pores count, times the voxel volume", "voxel", TRB_BOUXSEIN, ""}, \
    {"Ct.BV", "mm^3", "cortical bone volume", "bone voxels in the compartment times the voxel volume", "voxel", TRB_BOUXSEIN, \
     "depends on threshold and filter"}, \
    {"Ct.Po", "%", "cortical porosity", "100 (1 - Ct.BV / Ct.TV): every void of the compartment", "voxel", TRB_BOUXSEIN, \
     "a compartment drawn wider than the bone adds voids: see Ct.Po(cl); " TRB_PORES_CAVEAT}, \
    {"Ct.Po(cl)", "%", "enclosed cortical porosity", \
     "100 (volume of enclosed pores) / Ct.TV; enclosed: reaches neither medulla nor outside within the slab", "6-connected, slab ends do not open", \
     TRB_PORES_SOURCE, TRB_PORES_CAVEAT}, \
    {"Ct.Po.N", "1", "number of cortical pores", "enclosed pores", "6-connected, slab ends do not open", TRB_PORES_SOURCE, \
     TRB_PORES_CAVEAT}, \
    {"Ct.Po.Dn", "1/mm^3", "cortical pore density", "Ct.Po.N / Ct.TV", "6-connected, slab ends do not open", TRB_PORES_SOURCE, TRB_PORES_CAVEAT}, \
    {"Ct.Po.V", "mm^3", "mean pore volume", "volume of enclosed pores / Ct.Po.N", "6-connected, slab ends do not open", TRB_PORES_SOURCE, \
     TRB_PORES_CAVEAT}, \
    {"Ct.Po.Dm", "mm", "mean pore diameter", "mean local thickness of enclosed pores over their voxels", "as Ct.Th", TRB_PORES_SOURCE, \
     "up to a voxel too wide, as every local thickness; " TRB_PORES_CAVEAT}, \
    {"Ct.Po.Dm.SD", "mm", "SD of pore diameter", "population SD of the local thickness over voxels of enclosed pores", "as Ct.Th", TRB_PORES_SOURCE, \
     "within one scan; not the SD of a group"}, \
    {"Imax", "mm^4", "largest second moment of area", "integral of squared distance along the long axis of the section, from the centroid", \
     TRB_SECTION_METHOD, TRB_SECTION, TRB_SECTION_CAVEAT}, \
    {"Imin", "mm^4", "smallest second moment of area", "as Imax, across the long axis", TRB_SECTION_METHOD, TRB_SECTION, TRB_SECTION_CAVEAT}, \
    {"J", "mm^4", "polar moment of area", "Imax + Imin", TRB_SECTION_METHOD, TRB_SECTION, "says how stiff in torsion only a round section is"}, \
    {"Imax.angle", "deg", "angle of the long axis", "from +x towards +y, 0 to 180: the direction along which distances of Imax are taken", \
     "axial mean of slices", TRB_SECTION, "depends on how the bone lies in the scanner"}, \
    {"Zmax", "mm^3", "section modulus of Imax", "Imax / largest distance along the long axis (pixel centre + half a pixel)", TRB_SECTION_METHOD, \
     TRB_SECTION, "one bump of the surface decides the distance"}, \
    {"Zmin", "mm^3", "section modulus of Imin", "Imin / largest distance across the long axis (pixel centre + half a pixel)", TRB_SECTION_METHOD, \
     TRB_SECTION, "as Zmax"}, \
    {"Zpol", "mm^3", "polar section modulus", "J / largest distance from the centroid (pixel centre + half a pixel)", TRB_SECTION_METHOD, TRB_SECTION, \
     "as Zmax"}, \
    {"Ct.Cen.x", "mm", "centroid, x", "of the bone of the compartment, in the coordinates of the image", TRB_SECTION_METHOD, TRB_SECTION, \
     "where it is, not what it is like"}, \
    {"Ct.Cen.y", "mm", "centroid, y", "as Ct.Cen.x", TRB_SECTION_METHOD, TRB_SECTION, "as Ct.Cen.x"}, \
    {"Ct.vBMD", "mgHA/cm3", "cortical volumetric bone mineral density", "mean density over the compartment, bone and pores, un-smoothed image", \
     "linear calibration", "Bouxsein 2010", "needs a density calibration; partial volume at both surfaces pulls it down"}, \
    {"Ct.TMD", "mgHA/cm3", "cortical tissue mineral density", "mean density over bone in the compartment, un-smoothed image, no peeling", \
     "linear calibration", "Bouxsein 2010", "surface voxels pull it down: see Ct.TMD.peel1"}, \
    {"Ct.TMD.peel1", "mgHA/cm3", "cortical tissue mineral density, peeled", "as Ct.TMD after the bone is eroded once by its 6 neighbours (context kept)", \
     "linear calibration", "Bouxsein 2010", ""}, \
    {"Ct.BMC", "mg", "cortical bone mineral content", "Ct.vBMD * Ct.TV / 1000", "linear calibration", "Bouxsein 2010", "needs a density calibration"}, \
    {"Ct.Grey.TV", "grey", "mean grey of the cortical compartment", "mean stored grey value over the compartment, un-smoothed", "voxel", "definition", ""}, \
    {"Ct.Grey.BV", "grey", "mean grey of cortical bone", "mean stored grey value over bone in the compartment, un-smoothed", "voxel", "definition", ""}, \
    {"Ct.Sl.N", "1", "number of slices", "slices that hold the compartment", "voxel", "definition", ""}

#endif
