/* fractal.h - fractal dimension of the bone surface by counting boxes. */
#ifndef TRABECULA_FRACTAL_H
#define TRABECULA_FRACTAL_H

#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Where the boxes lie. */
typedef enum trb_fd_rule {
    TRB_FD_WINDOWS, /* everywhere: each box of s^3 voxels that lies in the VOI whole, at every offset */
    TRB_FD_GRID     /* one grid from the corner of the VOI's box, boxes at the far walls are cut off: BoneJ's way */
} trb_fd_rule;

/** "windows", "grid". Static text. */
TRB_API const char *trb_fd_rule_name(trb_fd_rule rule);

enum { TRB_FD_SIZES_MOST = 48, TRB_FD_SHIFTS_MOST = 16, TRB_FD_BOX_MOST = 4096 };

typedef struct trb_fd_options {
    trb_fd_rule rule;
    size_t largest_vox, smallest_vox; /* edges of boxes: 1 <= smallest < largest <= TRB_FD_BOX_MOST */
    double factor;                    /* from one size to the next smaller one, rounded down: above 1, at most 4 */
    size_t shifts;                    /* grid: how often it is moved along each axis; the fewest boxes count */
} trb_fd_options;

/** windows, 48 to 6 voxels by 1.2, no shifts. */
TRB_API trb_fd_options trb_fd_options_default(void);

/** The sizes that the options ask for, descending, at most TRB_FD_SIZES_MOST; how many. */
TRB_API size_t trb_fd_sizes(const trb_fd_options *options, size_t size_vox[TRB_FD_SIZES_MOST]);

typedef struct trb_fd {
    double fd, r2;    /* slope of log boxes against -log size, and how straight the line is */
    size_t n;         /* sizes that were used */
    size_t size_vox[TRB_FD_SIZES_MOST];
    double boxes[TRB_FD_SIZES_MOST]; /* windows: as many as would fill the VOI; not a whole number */
    size_t dropped;       /* windows: sizes of which no box fits the VOI */
    double room;          /* windows: how many of the largest used boxes would fill what their corners reach */
} trb_fd;

/**
 * Count boxes that hold surface.
 *
 * Meaning     Surface: bone voxels in the VOI with marrow among their 26 neighbours (context outside the VOI is seen,
 *             the VOI wall and the image border are no surface). A smooth surface tends to 2 for small boxes, and to 3
 *             where boxes are larger than the spaces: it depends on the sizes and belongs to them.
 * Convention  windows: N(s) = V / s^3 * (boxes with surface) / (all boxes), over every box of s^3 voxels that lies in
 *             the VOI whole (V: voxels of the VOI). No grid, so no chance and the same for mirrored and turned images,
 *             and no boxes cut off by an irregular wall. grid: occupied boxes of a grid that covers the box of the VOI;
 *             boxes cut off at the far walls count as whole, which lowers the slope.
 * Input       voi may be NULL (the whole image); otherwise it has the size of bone.
 * Errors      TRB_ERR_ARGUMENT for bad options or a VOI of another size; TRB_ERR_DATA without surface, or with fewer
 *             than three sizes that fit; TRB_ERR_MEMORY.
 * Cost        windows: about 3 passes over a packed mask for each size, twice in a VOI; one mask more.
 * Threads     Uses all. Integer counts: the same bits for any number.
 * Source      Fazzalari & Parkinson 1996, J Bone Miner Res 11:632 (box counting of bone). The sizes are BoneJ2's.
 */
TRB_API TRB_NODISCARD trb_status trb_fd_measure(const trb_mask *bone, const trb_mask *voi, const trb_fd_options *options,
                                                trb_fd *out, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
