/* voi.c - VOI shapes from their text on the command line. */
#include "prepare/voi_shapes.h"

#include "prepare/number_text.h"

#include <string.h>

#define BOX "box:x0:x1,y0:y1,z0:z1"
#define BOX_EXAMPLE "box:20:180,20:180,0:100"
#define CYLINDER "cylinder:cx,cy,rx,ry,z0:z1"
#define CYLINDER_EXAMPLE "cylinder:100,100,80,60,20:180"

static bool take(const char **at, char expected)
{
    if (**at != expected)
        return false;
    ++*at;
    return true;
}

/* "first:end" */
static bool take_range(const char **at, size_t *lo, size_t *hi)
{
    return trb_text_index(*at, at, lo) && take(at, ':') && trb_text_index(*at, at, hi);
}

static trb_status bad_shape(const char *text, const char *at, const char *form, const char *numbers,
                            const char *example, trb_error *err)
{
    const int column = (int)(at - text) + 1;
    return trb_error_set(err, TRB_ERR_ARGUMENT,
                         "VOI '%.200s' is not understood at character %d ('%.20s'): expected %s with %s, for "
                         "example %s",
                         text, column, *at ? at : "end of text", form, numbers, example);
}

static trb_status box_from_text(const char *text, const char *at, const trb_grid *grid, trb_mask **out,
                                trb_error *err)
{
    trb_box box;
    for (int axis = 0; axis < 3; axis++)
        if ((axis && !take(&at, ',')) || !take_range(&at, &box.lo[axis], &box.hi[axis]))
            return bad_shape(text, at, BOX, "whole voxel indices from 0, ends not included", BOX_EXAMPLE, err);
    if (*at)
        return bad_shape(text, at, BOX, "nothing behind it", BOX_EXAMPLE, err);
    return trb_voi_box(grid, &box, out, err);
}

static trb_status cylinder_from_text(const char *text, const char *at, const trb_grid *grid, trb_mask **out,
                                     trb_error *err)
{
    double number[4];
    size_t z0, z1;
    for (int i = 0; i < 4; i++)
        if (!trb_text_real(at, &at, &number[i]) || !take(&at, ','))
            return bad_shape(text, at, CYLINDER, "centre and radii in voxels (decimals allowed)",
                             CYLINDER_EXAMPLE, err);
    if (!take_range(&at, &z0, &z1))
        return bad_shape(text, at, CYLINDER, "a range of slices z0:z1 from 0, the end not included",
                         CYLINDER_EXAMPLE, err);
    if (*at)
        return bad_shape(text, at, CYLINDER, "nothing behind it", CYLINDER_EXAMPLE, err);
    return trb_voi_cylinder(grid, number[0], number[1], number[2], number[3], z0, z1, out, err);
}

/* What follows "name:" when text begins with it, else NULL. */
static const char *after(const char *text, const char *name)
{
    const size_t n = strlen(name);
    return strncmp(text, name, n) == 0 ? text + n : NULL;
}

bool trb_voi_is_shape(const char *text)
{
    return after(text, "box:") || after(text, "cylinder:");
}

trb_status trb_voi_shape(const char *text, const trb_grid *grid, trb_mask **out, trb_error *err)
{
    *out = NULL;
    const char *box = after(text, "box:"), *cylinder = after(text, "cylinder:");
    if (box)
        return box_from_text(text, box, grid, out, err);
    if (cylinder)
        return cylinder_from_text(text, cylinder, grid, out, err);
    return trb_error_set(err, TRB_ERR_ARGUMENT, "VOI '%.200s' is no shape: expected %s or %s", text, BOX,
                         CYLINDER);
}
