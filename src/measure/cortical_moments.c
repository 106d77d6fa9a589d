/*
 * cortical_moments.c - second moments of the bone of one slice, each pixel a square.
 * Sums over pixels are whole numbers, from the ends of runs. A square of area a adds a * edge^2 / 12 about its own middle.
 * The farthest pixel from a line or from a point is an end of a run, as distances are convex along a row.
 */
#include "measure/cortical_parts.h"

#include <math.h>
#include <string.h>

struct sums {
    double n, x, y, xx, xy, yy; /* whole numbers below 2^53 for slices of 20000 pixels an edge */
};

typedef void run_use(void *user, size_t start, size_t end, size_t y);

/* Every run of pixels that are set in both rows. */
static void each_run(const trb_mask *a, const trb_mask *b, size_t z, run_use *use, void *user)
{
    for (size_t y = 0; y < a->grid.ny; y++) {
        const uint64_t *p = trb_mask_row(a, y, z), *q = trb_mask_row(b, y, z);
        size_t start = 0, end = 0; /* of a run that may go on in the next word */
        for (size_t w = 0; w < a->words_per_row; w++) {
            uint64_t word = p[w] & q[w];
            while (word) {
                const size_t skip = (size_t)__builtin_ctzll(word);
                const uint64_t rest = ~(word >> skip);
                const size_t length = rest ? (size_t)__builtin_ctzll(rest) : 64;
                const size_t from = w * 64 + skip;
                if (end > start && from != end) {
                    use(user, start, end, y);
                    start = end;
                }
                start = end > start ? start : from;
                end = from + length;
                word = skip + length >= 64 ? 0 : word & (~(uint64_t)0 << (skip + length));
            }
        }
        if (end > start)
            use(user, start, end, y);
    }
}

/* 0^2 + 1^2 + ... + (m - 1)^2 */
static double squares_below(double m)
{
    return m < 1 ? 0 : (m - 1) * m * (2 * m - 1) / 6;
}

static void add_run(void *user, size_t start, size_t end, size_t row)
{
    struct sums *s = user;
    const double a = (double)start, b = (double)end, y = (double)row, n = b - a, x = n * (a + b - 1) / 2;
    s->n += n;
    s->x += x;
    s->xx += squares_below(b) - squares_below(a);
    s->y += n * y;
    s->yy += n * y * y;
    s->xy += x * y;
}

/* How far bone reaches from its centroid, in mm, to the centres of pixels. */
struct reach {
    double centre[2], spacing[2], along[2]; /* along: unit vector of the long axis */
    double radius2, u, v;                   /* u along it, v across */
};

static void extend(struct reach *r, size_t column, size_t row)
{
    const double x = ((double)column - r->centre[0]) * r->spacing[0], y = ((double)row - r->centre[1]) * r->spacing[1];
    r->radius2 = fmax(r->radius2, x * x + y * y);
    r->u = fmax(r->u, fabs(x * r->along[0] + y * r->along[1]));
    r->v = fmax(r->v, fabs(y * r->along[0] - x * r->along[1]));
}

static void reach_run(void *user, size_t start, size_t end, size_t row)
{
    extend(user, start, row);
    extend(user, end - 1, row);
}

static void no_bone(trb_cortical_slice *out)
{
    out->centroid_mm[0] = out->centroid_mm[1] = NAN;
    out->i_max = out->i_min = out->j = out->angle_deg = out->z_max = out->z_min = out->z_pol = NAN;
}

void trb_cortical_moments(const trb_mask *compartment, const trb_mask *bone, size_t z, trb_cortical_slice *out)
{
    static const double PI = 3.14159265358979323846;
    const trb_grid *grid = &compartment->grid;
    const double sx = grid->spacing_mm[0], sy = grid->spacing_mm[1], pixel = sx * sy;
    struct sums s = {0, 0, 0, 0, 0, 0};
    each_run(compartment, bone, z, add_run, &s);
    out->ct_bar = s.n * pixel;
    if (s.n == 0) {
        no_bone(out);
        return;
    }
    const double cx = s.x / s.n, cy = s.y / s.n;
    const double xx = (s.xx - s.x * cx + s.n / 12) * sx * sx * pixel, yy = (s.yy - s.y * cy + s.n / 12) * sy * sy * pixel;
    const double xy = (s.xy - s.x * cy) * sx * sy * pixel;
    const double mean = (xx + yy) / 2, half = hypot((xx - yy) / 2, xy);
    const bool round = half <= 1e-12 * mean;
    double angle = round ? 0 : atan2(xy, (xx - yy) / 2) / 2;
    struct reach r = {{cx, cy}, {sx, sy}, {cos(angle), sin(angle)}, 0, 0, 0};
    each_run(compartment, bone, z, reach_run, &r);
    const double own = sqrt(pixel) / 2;
    angle *= 180 / PI;
    out->centroid_mm[0] = grid->origin_mm[0] + cx * sx;
    out->centroid_mm[1] = grid->origin_mm[1] + cy * sy;
    out->i_max = mean + half;
    out->i_min = mean - half;
    out->j = 2 * mean;
    out->angle_deg = round ? NAN : angle < 0 ? fmod(angle + 180, 180) : angle;
    out->z_max = out->i_max / (r.u + own);
    out->z_min = out->i_min / (r.v + own);
    out->z_pol = out->j / (sqrt(r.radius2) + own);
}
