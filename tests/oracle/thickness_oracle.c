/* thickness_oracle.c - slow and obviously right. */
#include "oracle/thickness_oracle.h"

#include "support/testing.h"

#include <limits.h>

typedef struct point {
    int x, y, z;
    uint32_t d2;
} point;

static int least(int a, int b)
{
    return a < b ? a : b;
}

static uint32_t apart2(point a, point b)
{
    return (uint32_t)((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) + (a.z - b.z) * (a.z - b.z));
}

/* All voxels of the mask whose bit is `value`, in x, y, z order. Yours. */
static point *points_of(const trb_mask *mask, int value, size_t *count)
{
    const trb_grid *grid = &mask->grid;
    point *points = malloc((trb_grid_voxels(grid) + 1) * sizeof *points);
    assert_non_null(points);
    *count = 0;
    for (size_t z = 0; z < grid->nz; z++)
        for (size_t y = 0; y < grid->ny; y++)
            for (size_t x = 0; x < grid->nx; x++)
                if (trb_mask_get(mask, x, y, z) == value)
                    points[(*count)++] = (point){(int)x, (int)y, (int)z, 0};
    return points;
}

static size_t index_of(const trb_grid *grid, point p)
{
    return ((size_t)p.z * grid->ny + (size_t)p.y) * grid->nx + (size_t)p.x;
}

uint32_t *oracle_distance(const trb_mask *object, trb_border border)
{
    const trb_grid *grid = &object->grid;
    size_t n_inside, n_outside;
    point *inside = points_of(object, 1, &n_inside), *outside = points_of(object, 0, &n_outside);
    uint32_t *d2 = calloc(trb_grid_voxels(grid), sizeof *d2);
    int *x = malloc((3 * n_outside + 1) * sizeof *x), *y = x + n_outside, *z = y + n_outside;
    assert_non_null(d2);
    assert_non_null(x);
    for (size_t j = 0; j < n_outside; j++) { /* apart, so that the compiler can make the search fast */
        x[j] = outside[j].x;
        y[j] = outside[j].y;
        z[j] = outside[j].z;
    }
    for (size_t i = 0; i < n_inside; i++) {
        const point p = inside[i];
        int nearest = INT_MAX;
        for (size_t j = 0; j < n_outside; j++) {
            const int dx = p.x - x[j], dy = p.y - y[j], dz = p.z - z[j], apart = dx * dx + dy * dy + dz * dz;
            nearest = apart < nearest ? apart : nearest;
        }
        uint32_t best = nearest == INT_MAX ? UINT32_MAX : (uint32_t)nearest;
        if (border == TRB_BORDER_BACKGROUND) { /* the nearest centre outside lies straight across a face */
            int steps = least(p.x + 1, (int)grid->nx - p.x);
            steps = least(steps, least(p.y + 1, (int)grid->ny - p.y));
            steps = least(steps, least(p.z + 1, (int)grid->nz - p.z));
            best = (uint32_t)(steps * steps) < best ? (uint32_t)(steps * steps) : best;
        }
        d2[index_of(grid, p)] = best;
    }
    free(inside);
    free(outside);
    free(x);
    return d2;
}

static int largest_first(const void *a, const void *b)
{
    const uint32_t da = ((const point *)a)->d2, db = ((const point *)b)->d2;
    return (da < db) - (da > db);
}

uint32_t *oracle_thickness(const trb_mask *object, const uint32_t *d2, bool closed, const trb_mask *centres_voi)
{
    const trb_grid *grid = &object->grid;
    size_t n, n_centres = 0;
    point *inside = points_of(object, 1, &n), *centres = malloc((n + 1) * sizeof *centres);
    uint32_t *codes = calloc(trb_grid_voxels(grid), sizeof *codes);
    assert_non_null(centres);
    assert_non_null(codes);
    for (size_t i = 0; i < n; i++) {
        point p = inside[i];
        p.d2 = d2[index_of(grid, p)];
        if (!centres_voi || trb_mask_get(centres_voi, (size_t)p.x, (size_t)p.y, (size_t)p.z))
            centres[n_centres++] = p;
    }
    qsort(centres, n_centres, sizeof *centres, largest_first);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n_centres; j++)
            if (apart2(inside[i], centres[j]) < centres[j].d2 + closed) {
                codes[index_of(grid, inside[i])] = centres[j].d2;
                break;
            }
    free(inside);
    free(centres);
    return codes;
}
