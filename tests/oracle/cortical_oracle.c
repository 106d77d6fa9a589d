/* cortical_oracle.c - flood fills and sums, one pixel at a time. */
#include "oracle/cortical_oracle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All pixels that hang together with (x, y) and have `from` become `to`; steps: 4 or 8 neighbours. Their number. */
static size_t flood(int *cell, long nx, long ny, long x, long y, int from, int to, int steps)
{
    static const long DX[8] = {1, -1, 0, 0, 1, 1, -1, -1}, DY[8] = {0, 0, 1, -1, 1, -1, 1, -1};
    long *stack = malloc((size_t)(nx * ny) * sizeof *stack), top = 0;
    size_t n = 0;
    cell[y * nx + x] = to;
    stack[top++] = y * nx + x;
    while (top > 0) {
        const long at = stack[--top];
        n++;
        for (int k = 0; k < steps; k++) {
            const long px = at % nx + DX[k], py = at / nx + DY[k];
            if (px < 0 || py < 0 || px >= nx || py >= ny || cell[py * nx + px] != from)
                continue;
            cell[py * nx + px] = to;
            stack[top++] = py * nx + px;
        }
    }
    free(stack);
    return n;
}

/* Cells while it works: 0 hole, 1 cortex, -1 outside; then holes 10, 11, ... */
void cortical_oracle_cells(const trb_mask *mask, size_t z, int *cell)
{
    const long nx = (long)mask->grid.nx, ny = (long)mask->grid.ny, n = nx * ny;
    size_t *size = calloc((size_t)n + 20, sizeof *size);
    int *outline = malloc((size_t)n * sizeof *outline), holes = 10;
    for (long i = 0; i < n; i++)
        cell[i] = trb_mask_get(mask, (size_t)(i % nx), (size_t)(i / nx), z);
    for (long i = 0; i < n; i++)
        if (cell[i] == 0 && (i % nx == 0 || i % nx == nx - 1 || i / nx == 0 || i / nx == ny - 1))
            flood(cell, nx, ny, i % nx, i / nx, 0, -1, 4);
    for (long i = 0; i < n; i++)
        if (cell[i] == 0) {
            size[holes] = flood(cell, nx, ny, i % nx, i / nx, 0, holes, 4);
            holes++;
        }
    for (long i = 0; i < n; i++)
        outline[i] = cell[i] == -1 ? -1 : 0;
    int outlines = 1;
    for (long i = 0; i < n; i++)
        if (outline[i] == 0)
            flood(outline, nx, ny, i % nx, i / nx, 0, outlines++, 8);
    for (int o = 1; o < outlines; o++) {
        int best = -1;
        for (long i = 0; i < n; i++)
            if (outline[i] == o && cell[i] >= 10 && (best < 0 || size[cell[i]] > size[best]))
                best = cell[i];
        for (long i = 0; i < n; i++)
            if (outline[i] == o)
                cell[i] = cell[i] == best ? 2 : cell[i] == 2 ? 2 : 1;
    }
    for (long i = 0; i < n; i++)
        cell[i] = cell[i] == -1 ? 0 : cell[i];
    free(size);
    free(outline);
}

/* Lines in four directions; a crossing is two neighbours that differ. */
static double perimeter(const int *in, long nx, long ny)
{
    static const long DX[4] = {1, 0, 1, -1}, DY[4] = {0, 1, 1, 1};
    double sum = 0;
    for (int k = 0; k < 4; k++)
        for (long y = 0; y < ny; y++)
            for (long x = 0; x < nx; x++) {
                const long px = x + DX[k], py = y + DY[k];
                if (px < 0 || px >= nx || py >= ny || in[y * nx + x] == in[py * nx + px])
                    continue;
                sum += k < 2 ? 1 : sqrt(0.5);
            }
    return acos(-1.0) / 2 * sum / 4;
}

void cortical_oracle_slice(const trb_mask *compartment, const trb_mask *bone, size_t z, trb_cortical_slice *out)
{
    const trb_grid *grid = &compartment->grid;
    const long nx = (long)grid->nx, ny = (long)grid->ny, n = nx * ny;
    const double h = grid->spacing_mm[0], a = h * h;
    int *cell = malloc((size_t)n * sizeof *cell), *in = calloc((size_t)n, sizeof *in);
    cortical_oracle_cells(compartment, z, cell);
    memset(out, 0, sizeof *out);
    double bones = 0, sx = 0, sy = 0;
    for (long i = 0; i < n; i++) {
        out->ct_ar += a * (cell[i] == 1);
        out->ma_ar += a * (cell[i] == 2);
        in[i] = cell[i] > 0;
        if (trb_mask_get(compartment, (size_t)(i % nx), (size_t)(i / nx), z) && trb_mask_get(bone, (size_t)(i % nx), (size_t)(i / nx), z)) {
            bones++;
            sx += h * (double)(i % nx);
            sy += h * (double)(i / nx);
        }
    }
    out->ps_pm = h * perimeter(in, nx, ny);
    for (long i = 0; i < n; i++)
        in[i] = cell[i] == 2;
    out->ec_pm = h * perimeter(in, nx, ny);
    out->ct_bar = bones * a;
    out->centroid_mm[0] = sx / bones;
    out->centroid_mm[1] = sy / bones;
    double xx = 0, yy = 0, xy = 0, r = 0;
    for (long i = 0; i < n; i++) {
        if (!trb_mask_get(compartment, (size_t)(i % nx), (size_t)(i / nx), z) || !trb_mask_get(bone, (size_t)(i % nx), (size_t)(i / nx), z))
            continue;
        const double x = h * (double)(i % nx) - sx / bones, y = h * (double)(i / nx) - sy / bones;
        xx += x * x * a + a * a / 12;
        yy += y * y * a + a * a / 12;
        xy += x * y * a;
        r = fmax(r, hypot(x, y));
    }
    const double root = sqrt((xx - yy) * (xx - yy) / 4 + xy * xy);
    out->i_max = (xx + yy) / 2 + root;
    out->i_min = (xx + yy) / 2 - root;
    out->j = xx + yy;
    out->z_pol = out->j / (r + h / 2);
    free(cell);
    free(in);
}

struct walk {
    const trb_mask *compartment, *bone;
    uint8_t *seen;
    bool open;
};

static size_t part(struct walk *w, size_t start)
{
    const trb_grid *g = &w->bone->grid;
    size_t *stack = malloc(trb_grid_voxels(g) * sizeof *stack), top = 0, n = 0;
    stack[top++] = start;
    w->seen[start] = 1;
    while (top > 0) {
        const size_t at = stack[--top];
        const long p[3] = {(long)(at % g->nx), (long)(at / g->nx % g->ny), (long)(at / g->nx / g->ny)};
        n++;
        w->open = w->open || !trb_mask_get(w->compartment, (size_t)p[0], (size_t)p[1], (size_t)p[2]);
        for (int k = 0; k < 6; k++) {
            long q[3] = {p[0], p[1], p[2]};
            q[k / 2] += k % 2 ? 1 : -1;
            if (q[2] < 0 || q[2] >= (long)g->nz)
                continue;
            if (q[0] < 0 || q[1] < 0 || q[0] >= (long)g->nx || q[1] >= (long)g->ny) {
                w->open = true;
                continue;
            }
            const size_t to = (size_t)q[0] + g->nx * ((size_t)q[1] + g->ny * (size_t)q[2]);
            if (w->seen[to] || trb_mask_get(w->bone, (size_t)q[0], (size_t)q[1], (size_t)q[2]))
                continue;
            w->seen[to] = 1;
            stack[top++] = to;
        }
    }
    free(stack);
    return n;
}

void cortical_oracle_pores(const trb_mask *compartment, const trb_mask *bone, uint64_t *count, uint64_t *voxels)
{
    const trb_grid *g = &bone->grid;
    struct walk w = {compartment, bone, calloc(trb_grid_voxels(g), 1), false};
    *count = *voxels = 0;
    for (size_t i = 0; i < trb_grid_voxels(g); i++) {
        if (w.seen[i] || trb_mask_get(bone, i % g->nx, i / g->nx % g->ny, i / g->nx / g->ny))
            continue;
        w.open = false;
        const size_t n = part(&w, i);
        *count += !w.open;
        *voxels += w.open ? 0 : n;
    }
    free(w.seen);
}
