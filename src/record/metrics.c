/* metrics.c - the one table of metrics. Records, tables, help and the methods text derive from it. */
#include "trabecula/record.h"

#define PARFITT "Parfitt 1987 J Bone Miner Res 2:595; Bouxsein 2010 J Bone Miner Res 25:1468"
#define HILDEBRAND "Hildebrand & Rueegsegger 1997 J Microsc 185:67"
#define THICKNESS_METHODS "exact, exact-closed, fiji, ipl, ipl-v1, subvoxel"
#define HARRIGAN "Whitehouse 1974 J Microsc 101:153; Harrigan & Mann 1984 J Mater Sci 19:761; Odgaard 1997 Bone 20:315"
#define DA_METHODS "mil (lines at every offset), mesh (normals of binary marching cubes)"
#define DA_CAVEAT "differs by 0.1 between methods and steps: never compare across them; wants 5 intercept lengths across the VOI"
#define SKELETON "Lee, Kashyap & Chu 1994 CVGIP Graph Models Image Process 56:462; Arganda-Carreras 2010 Microsc Res Tech 73:1019"
#define SKELETON_METHODS "thinning (lee), 26 neighbours, no pruning"
#define SKELETON_CAVEAT "rough surfaces give short side branches and plates collapse to lines: smooth and fill cavities first"
#define ODGAARD "Odgaard & Gundersen 1993 Bone 14:173"
#define SALMON "falls with BV/TV because concave surface counts negative (Salmon 2015 Front Endocrinol 6:162)"
#define FEW_VOXELS "quantised except by subvoxel: see the bias table for structures under 6 voxels"
#define LITTLE_BONE "unstable when BV/TV is under 1 %"

static const trb_metric_info TABLE[] = {
    {"TV", "mm^3", "total volume", "voxels of the VOI times the voxel volume", "voxel", PARFITT, ""},
    {"BV", "mm^3", "bone volume", "bone voxels in the VOI times the voxel volume", "voxel", PARFITT,
     "depends on threshold and filter"},
    {"BV/TV", "%", "bone volume fraction", "100 BV / TV", "voxel", PARFITT, "depends on threshold and filter"},
    {"BS", "mm^2", "bone surface",
     "area between bone and marrow inside the VOI; VOI wall and image border are no surface",
     "marching cubes (lewiner, lorensen), crofton 13 or 3, grey marching cubes",
     "Lorensen & Cline 1987; Lewiner 2003; Legland 2007 Image Anal Stereol 26:83",
     "binary marching cubes is 5 to 11 % high"},
    {"BS/BV", "1/mm", "specific bone surface", "BS / BV", "as BS", PARFITT, "as BS"},
    {"BS/TV", "1/mm", "bone surface density", "BS / TV", "as BS", PARFITT, "as BS"},
    {"Tb.Th", "mm", "trabecular thickness",
     "mean local thickness (diameter of the largest ball that holds the voxel and fits the bone) over bone voxels in the VOI",
     THICKNESS_METHODS, HILDEBRAND, FEW_VOXELS},
    {"Tb.Th.SD", "mm", "SD of trabecular thickness", "population SD of the local thickness over bone voxels in the VOI",
     THICKNESS_METHODS, HILDEBRAND, "within one scan; not the SD of a group"},
    {"Tb.Th.max", "mm", "largest trabecular thickness", "largest local thickness in the VOI", THICKNESS_METHODS, HILDEBRAND, ""},
    {"Tb.Sp", "mm", "trabecular separation", "mean local thickness of the marrow over marrow voxels in the VOI",
     THICKNESS_METHODS, HILDEBRAND, LITTLE_BONE},
    {"Tb.Sp.SD", "mm", "SD of trabecular separation", "population SD of the local thickness over marrow voxels in the VOI",
     THICKNESS_METHODS, HILDEBRAND, "within one scan; not the SD of a group"},
    {"Tb.Sp.max", "mm", "largest trabecular separation", "largest local thickness of the marrow in the VOI", THICKNESS_METHODS,
     HILDEBRAND, LITTLE_BONE},
    {"Tb.N", "1/mm", "trabecular number", "by the method named: direct, ratio or plate", "direct (ipl), ratio, plate",
     "Bouxsein 2010", "the three methods measure different things: never compare across methods"},
    {"Tb.N.direct", "1/mm", "trabecular number, direct",
     "1 / mean local thickness of everything but the bone's mid-axes (IPL rule, ridge epsilon 0.9)", "ipl",
     "Hildebrand 1999 J Bone Miner Res 14:1167", "about 1/(P-1) instead of 1/P for plates of period P voxels"},
    {"Tb.1/N.SD", "mm", "SD of the spacing of mid-axes", "population SD of the map behind the direct Tb.N", "ipl",
     "Hildebrand 1999 J Bone Miner Res 14:1167", ""},
    {"Tb.N.ratio", "1/mm", "trabecular number, ratio", "(BV/TV) / Tb.Th", "with the Tb.Th of this record", "CTAn's 3D definition", ""},
    {"Tb.N.plate", "1/mm", "trabecular number, plate model", "BS / (2 TV)", "with the BS of this record", "Parfitt 1983 J Clin Invest 72:1396",
     "assumes plates"},
    {"Tb.Th.plate", "mm", "trabecular thickness, plate model", "2 BV / BS", "with the BS of this record", "Parfitt 1983 J Clin Invest 72:1396", "assumes plates"},
    {"Tb.Sp.plate", "mm", "trabecular separation, plate model", "2 (TV - BV) / BS", "with the BS of this record", "Parfitt 1983 J Clin Invest 72:1396", "assumes plates"},
    {"DA", "1", "degree of anisotropy",
     "1 - smallest / largest eigenvalue of the ellipsoid through the mean intercept lengths; 0 isotropic, 1 plates or rods",
     DA_METHODS, HARRIGAN, DA_CAVEAT},
    {"DA.ratio", "1", "degree of anisotropy, ratio", "longest / shortest mean intercept length (radii of the same ellipsoid); 1 isotropic",
     DA_METHODS, HARRIGAN, DA_CAVEAT},
    {"Sk.Br.N", "1", "number of skeleton branches", "lines of the skeleton between junctions and ends, with their middle in the VOI",
     SKELETON_METHODS, SKELETON, SKELETON_CAVEAT},
    {"Sk.Junc.N", "1", "number of skeleton junctions", "groups of touching skeleton voxels with three and more neighbours, in the VOI",
     SKELETON_METHODS, SKELETON, SKELETON_CAVEAT},
    {"Sk.End.N", "1", "number of skeleton ends", "skeleton voxels with one neighbour in the VOI", SKELETON_METHODS, SKELETON,
     SKELETON_CAVEAT},
    {"Br.Le", "mm", "mean branch length", "mean length of the branches, along voxel centres up to the junction voxels", SKELETON_METHODS,
     SKELETON, "up to 8 % long off the axes; cut by the image border; see Sk.Br.N"},
    {"ITA", "deg", "mean inter-trabecular angle",
     "mean angle between the branches at junctions of three in the VOI; a branch points to its other end", SKELETON_METHODS,
     "Reznikov 2016 Acta Biomater 44:65", SKELETON_CAVEAT},
    {"BMD", "mgHA/cm3", "volumetric bone mineral density", "mean density over the VOI, bone and marrow, un-smoothed image", "linear calibration", "Bouxsein 2010",
     "needs a density calibration"},
    {"TMD", "mgHA/cm3", "tissue mineral density", "mean density over bone in the VOI, un-smoothed image, no peeling", "linear calibration", "Bouxsein 2010",
     "surface voxels pull it down: see TMD.peel1"},
    {"TMD.peel1", "mgHA/cm3", "tissue mineral density, peeled", "as TMD after the bone is eroded once by its 6 neighbours (context kept)", "linear calibration", "Bouxsein 2010",
     "undefined when thin trabeculae vanish"},
    {"BMC", "mg", "bone mineral content", "BMD * TV / 1000", "linear calibration", "Bouxsein 2010", "needs a density calibration"},
    {"Grey.TV", "grey", "mean grey of the VOI", "mean stored grey value over the VOI, un-smoothed", "voxel", "", ""},
    {"Grey.BV", "grey", "mean grey of bone", "mean stored grey value over bone in the VOI, un-smoothed", "voxel", "", ""},
    {"Grey.Ma", "grey", "mean grey of marrow", "mean stored grey value over marrow in the VOI, un-smoothed", "voxel", "", ""},
    {"Tb.Th.valued", "%", "share of bone with a thickness", "100 * bone voxels in the VOI that a ball covers / bone voxels in the VOI",
     THICKNESS_METHODS, HILDEBRAND, "below 100 only under the ipl rules, which leave the rest out of the mean"},
    {"Tb.Sp.valued", "%", "share of marrow with a separation", "as Tb.Th.valued, for marrow", THICKNESS_METHODS, HILDEBRAND,
     "below 100 only under the ipl rules"},
    {"Tb.Th.weighted", "mm", "trabecular thickness, partial volume",
     "as Tb.Th; a voxel beside marrow counts by the share of it that the surface point nearest to it leaves to bone", "subvoxel", HILDEBRAND,
     "surface voxels of thick parts weigh less than in Tb.Th"},
    {"Tb.Sp.weighted", "mm", "trabecular separation, partial volume", "as Tb.Th.weighted, for marrow", "subvoxel", HILDEBRAND, LITTLE_BONE},
    {"Conn.D", "1/mm^3", "connectivity density", "Conn / TV",
     "edge-corrected; of one part of the image, one part in the VOI, or as segmented", ODGAARD,
     "negative when there are more parts and cavities than tunnels; depends on filter and small parts"},
    {"Conn", "1", "connectivity", "1 - Euler.corr: the number of tunnels of one part without cavities", "as Conn.D", ODGAARD,
     "grows with the VOI: compare Conn.D"},
    {"Euler.corr", "1", "Euler number, corrected for the edges",
     "as Euler, each cell with the share of the voxels around it that lie in the VOI; bone outside is context", "as Conn.D", ODGAARD, ""},
    {"Euler", "1", "Euler number", "parts - tunnels + cavities of the bone cut at the VOI; bone 26-, marrow 6-connected",
     "raw; of one part of the image, one part in the VOI, or as segmented", "Toriwaki & Yonekura 2002 Forma 17:183", "depends on what the VOI cuts"},
    {"Obj.N", "1", "number of parts", "26-connected parts of the bone cut at the VOI, as segmented", "26-connected", PARFITT, ""},
    {"Po(tot)", "%", "total porosity", "100 (TV - BV) / TV", "voxel", PARFITT, ""},
    {"Po(op)", "%", "open porosity", "100 (volume of the marrow that is not in closed pores) / TV", "6-connected", "CTAn's 3D definition", "as Po(cl)"},
    {"Po(cl)", "%", "closed porosity",
     "100 (volume of closed pores) / (BV + volume of closed pores); closed: a 6-connected part of the marrow whole in the VOI", "6-connected",
     "CTAn's 3D definition", "a pore that reaches over the VOI wall or the image border counts as open"},
    {"Po.N(cl)", "1", "number of closed pores", "6-connected parts of the marrow that lie in the VOI whole", "6-connected", "CTAn's 3D definition", "as Po(cl)"},
    {"SMI", "1", "structure model index", "6 V (dS/dr) / S^2, every vertex of the mesh moved 0.01 voxel along its normal; plates 0, rods 3, balls 4",
     "mesh normals: grey, or binary with --surface mc and after cleaning", "Hildebrand & Rueegsegger 1997 Comput Methods Biomech Biomed Engin 1:15",
     SALMON "; the binary mesh gives 12 % less for rods and balls"},
    {"SMI.concave", "%", "concave surface", "area of the triangles of the mesh that shrink when it moves outwards / area of all", "as SMI",
     "Salmon 2015 Front Endocrinol 6:162", "steps of a binary mesh are half concave"},
    {"SMI.dil", "1", "structure model index by dilation", "6 V (S2 - S1) / S1^2 per voxel, S2 after dilation by the 6 neighbours",
     "marching cubes (lewiner)", "Hildebrand & Rueegsegger 1997", SALMON "; 2.3 for rods, 3.0 for balls"},
    {"Tb.Pf", "1/mm", "trabecular pattern factor", "(S1 - S2) / (V1 - V2) before and after dilation by the 6 neighbours",
     "marching cubes (lewiner)", "Hahn 1992 Bone 13:327", SALMON},
    {"TMD.peel2", "mgHA/cm3", "tissue mineral density, peeled twice", "as TMD after the bone is eroded twice by its 6 neighbours (context kept)",
     "linear calibration", "Bouxsein 2010", "undefined when thin trabeculae vanish"},
    {"TMD.SD", "mgHA/cm3", "SD of bone density", "population SD of the density of bone voxels in the VOI, un-smoothed image", "linear calibration",
     "Bouxsein 2010", "noise and partial volume are in it; within one scan"},
    {"TMD.FWHM", "mgHA/cm3", "width of the bone density distribution",
     "full width at half maximum of the histogram of the density of bone peeled once (up to 128 bins, smoothed by 1 2 1)", "linear calibration",
     "Roschger 2008 Bone 42:456", "noise is in it; compare scans of one protocol"},
    {"MaD", "mgHA/cm3", "marrow density", "mean density over marrow in the VOI, un-smoothed image", "linear calibration", "Bouxsein 2010",
     "partial volume at bone pulls it up"},
};

const trb_metric_info *trb_metric_table(size_t *count)
{
    *count = sizeof TABLE / sizeof *TABLE;
    return TABLE;
}
