/*
 * subvoxel_sweep.h - the nearest crossing of every voxel, plane after plane; included for 32 and 64-bit lanes (LANE, NAME(x)).
 *
 * |p - c|^2 is a sum over the axes. A crossing on an x-edge has whole y and z: first the nearest of the same row (its real x), then
 * minima over y, then over z, which are exact because these offsets are whole voxels. The same for y-edges, which begin along
 * y, and z-edges, which begin along z. Within a plane the families of x and y meet before they go along z together:
 *     F = min(over y of (x-edges along x), over x of (y-edges along y)),
 *     d = min(over z of F, over y and x of (z-edges along z)).
 * F is kept for the planes around the ones at hand, as far as the largest distance reaches.
 */

/* Values and crossings of planes, rows `stride` apart. */
typedef struct NAME(planes) {
    LANE *value, *crossing;
} NAME(planes);

typedef struct NAME(sweep) {
    const trb_surface_points *points;
    const sv_kernels *use;
    size_t reach, stride, plane; /* stride from row to row, plane = stride * ny */
    size_t slots, next;          /* F: room for so many planes; the first that has not been made */
    NAME(planes) f, c, g;        /* F in slot z % slots; of the planes at hand: z-edges along z, and these with F along z */
    NAME(planes) up;             /* the last z-edge below each column: its place in near steps, and which */
    NAME(planes) *desk;          /* of each thread: two planes, the second with guards around its rows */
    const LANE **rows;           /* of each thread: pointers to values of planes or rows, then to crossings */
    size_t rows_each, guard;
    LANE *bounds, *boundless; /* of blocks of SV_ROW_UNIT: two planes of each thread; a row of FAR */
} NAME(sweep);

static void NAME(fill)(NAME(planes) p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        p.value[i] = NAME(SV_FAR);
        p.crossing[i] = SV_NONE;
    }
}

static LANE NAME(square)(int64_t steps, size_t reach)
{
    const int64_t most = (int64_t)reach * SV_NEAR_STEPS;
    return steps > most || steps < -most ? NAME(SV_FAR) : (LANE)(steps * steps);
}

/* Row y of plane z: the nearest x-edge of the row. */
static void NAME(x_edges)(const NAME(sweep) *s, size_t y, size_t z, LANE *value, LANE *crossing)
{
    const trb_grid *grid = &s->points->grid;
    const uint32_t *first = s->points->first + z * grid->ny + y;
    int64_t before = 0;
    int32_t before_at = SV_NONE;
    size_t x = 0;
    for (uint32_t i = first[0]; i <= first[1]; i++) { /* one beyond: the way to the end of the row */
        const bool end = i == first[1];
        const sv_crossing *c = &s->points->crossing[end ? 0 : i];
        if (!end && sv_axis(c) != 0)
            continue;
        const int64_t at = end ? 0 : (int64_t)c->x * SV_NEAR_STEPS + sv_near_steps(c);
        if (end && before_at == SV_NONE)
            break;
        const size_t to = end ? grid->nx : (size_t)(before_at == SV_NONE ? c->x : (before + at) / (2 * SV_NEAR_STEPS)) + 1;
        /* Up to half-way the one before is as near or nearer, and it comes first. */
        for (; x < to && x < grid->nx; x++) {
            const int64_t here = (int64_t)x * SV_NEAR_STEPS;
            const bool ahead = before_at == SV_NONE;
            value[x] = NAME(square)(ahead ? at - here : here - before, s->reach);
            crossing[x] = value[x] == NAME(SV_FAR) ? SV_NONE : ahead ? (LANE)i : (LANE)before_at;
        }
        if (before_at == SV_NONE || at > before) /* of two at one place the first counts */
            before_at = (int32_t)i;
        before = at;
    }
}

/*
 * The crossings of a row along one axis become the last ones of their columns. Of two at one place (the end of an edge and
 * the beginning of the next) the first counts: going up that is the one that was there.
 */
static void NAME(pass)(const NAME(sweep) *s, size_t y, size_t z, unsigned axis, bool up, LANE *at, LANE *from)
{
    const uint32_t *first = s->points->first + z * s->points->grid.ny + y;
    for (uint32_t i = first[0]; i < first[1]; i++) {
        const sv_crossing *c = &s->points->crossing[i];
        const LANE here = (LANE)((axis == 1 ? c->y : c->z) * SV_NEAR_STEPS + sv_near_steps(c));
        if (sv_axis(c) == axis && (!up || here > at[c->x])) {
            at[c->x] = here;
            from[c->x] = (LANE)i;
        }
    }
}

static void NAME(forget)(LANE *at, LANE *from, size_t n)
{
    for (size_t x = 0; x < n; x++) {
        at[x] = SV_NOWHERE;
        from[x] = SV_NONE;
    }
}

/* Plane z: the nearest y-edge of each column, up the rows and down again. */
static void NAME(y_edges)(const NAME(sweep) *s, size_t z, NAME(planes) out, LANE *at, LANE *from)
{
    const size_t ny = s->points->grid.ny;
    const LANE most = (LANE)s->reach * SV_NEAR_STEPS;
    NAME(forget)(at, from, s->stride);
    for (size_t y = 1; y < ny; y++) {
        NAME(pass)(s, y - 1, z, 1, true, at, from);
        s->use->NAME(offer)(at, from, s->stride, (LANE)(y * SV_NEAR_STEPS), most, out.value + y * s->stride,
                            out.crossing + y * s->stride);
    }
    NAME(forget)(at, from, s->stride);
    for (size_t y = ny; y-- > 0;) {
        NAME(pass)(s, y, z, 1, false, at, from);
        s->use->NAME(offer)(at, from, s->stride, (LANE)(y * SV_NEAR_STEPS), most, out.value + y * s->stride,
                            out.crossing + y * s->stride);
    }
}

/* F of plane z, in place. */
static void NAME(make_f)(const NAME(sweep) *s, size_t z, int thread)
{
    const trb_grid *grid = &s->points->grid;
    const NAME(planes) out = {s->f.value + z % s->slots * s->plane, s->f.crossing + z % s->slots * s->plane};
    const NAME(planes) own = s->desk[thread];
    const LANE **value = s->rows + (size_t)thread * 2 * s->rows_each, **crossing = value + s->rows_each;
    LANE *line = own.value + s->plane, *line_from = own.crossing + s->plane; /* their guards say FAR */
    LANE *at = line + s->stride + 2 * s->guard, *from = line_from + s->stride + 2 * s->guard;
    /* What lies in the own column bounds the search among x-edges, and both that along the row. */
    NAME(fill)(out, s->plane);
    NAME(y_edges)(s, z, out, at, from);
    NAME(fill)(own, s->plane);
    for (size_t y = 0; y < grid->ny; y++) {
        value[y] = own.value + y * s->stride;
        crossing[y] = own.crossing + y * s->stride;
        NAME(x_edges)(s, y, z, own.value + y * s->stride, own.crossing + y * s->stride);
    }
    /* A row of y-edges is copied before the search along it, which is for y-edges alone. */
    for (size_t y = 0; y < grid->ny; y++) {
        LANE *best = out.value + y * s->stride, *best_from = out.crossing + y * s->stride;
        memcpy(line + s->guard, best, s->stride * sizeof *line);
        memcpy(line_from + s->guard, best_from, s->stride * sizeof *line);
        s->use->NAME(along)(line + s->guard, line_from + s->guard, s->stride, s->reach, s->boundless, best, best_from);
    }
    s->use->NAME(across)(value, crossing, 0, s->stride, 0, grid->ny, grid->ny, s->reach, out.value, out.crossing, s->stride);
}

/* Row y of the z-edges along z, for planes z0 <= z < z1 into C. */
static void NAME(z_edges)(const NAME(sweep) *s, size_t y, size_t z0, size_t z1, LANE *at, LANE *from)
{
    const size_t last = z1 - 1 + s->reach < s->points->grid.nz ? z1 - 1 + s->reach : s->points->grid.nz - 1;
    const LANE most = (LANE)s->reach * SV_NEAR_STEPS;
    const size_t row = y * s->stride;
    LANE *up_at = s->up.value + row, *up_from = s->up.crossing + row;
    NAME(forget)(at, from, s->stride);
    for (size_t z = z0; z < z1; z++)
        NAME(fill)((NAME(planes)){s->c.value + (z - z0) * s->plane + row, s->c.crossing + (z - z0) * s->plane + row}, s->stride);
    for (size_t z = last + 1; z-- > z0;) { /* downwards: the edges above */
        NAME(pass)(s, y, z, 2, false, at, from);
        if (z < z1)
            s->use->NAME(offer)(at, from, s->stride, (LANE)(z * SV_NEAR_STEPS), most, s->c.value + (z - z0) * s->plane + row,
                                s->c.crossing + (z - z0) * s->plane + row);
    }
    for (size_t z = z0; z < z1; z++) { /* upwards: those below */
        if (z > 0)
            NAME(pass)(s, y, z - 1, 2, true, up_at, up_from);
        s->use->NAME(offer)(up_at, up_from, s->stride, (LANE)(z * SV_NEAR_STEPS), most,
                            s->c.value + (z - z0) * s->plane + row, s->c.crossing + (z - z0) * s->plane + row);
    }
}

/* Row y of F along z, for planes z0 <= z < z1: rows together, so that what one plane reads the next finds in cache. */
static void NAME(along_z)(const NAME(sweep) *s, size_t y, size_t z0, size_t z1, int thread)
{
    const size_t nz = s->points->grid.nz, row = y * s->stride;
    const size_t lo = z0 > s->reach ? z0 - s->reach : 0, hi = z1 - 1 + s->reach < nz ? z1 - 1 + s->reach : nz - 1;
    const LANE **planes = s->rows + (size_t)thread * 2 * s->rows_each, **planes_from = planes + s->rows_each;
    for (size_t k = lo; k <= hi; k++) {
        planes[k - lo] = s->f.value + k % s->slots * s->plane;
        planes_from[k - lo] = s->f.crossing + k % s->slots * s->plane;
    }
    for (size_t z = z0; z < z1; z++) {
        const size_t at = (z - z0) * s->plane + row;
        memcpy(s->g.value + at, s->c.value + at, s->stride * sizeof(LANE)); /* of the own column: bounds the search */
        memcpy(s->g.crossing + at, s->c.crossing + at, s->stride * sizeof(LANE));
    }
    s->use->NAME(across)(planes, planes_from, row, s->stride, z0 - lo, z1 - lo, hi - lo + 1, s->reach, s->g.value + row,
                         s->g.crossing + row, s->plane);
}

/*
 * What z-edges along a row may be of use: best, n values to a row, holds what F and the z-edges of the own columns gave. The
 * z-edges of row y' come to (x, y) as value + (y - y')^2, so beyond the largest best - (y - y')^2 they change nothing. Blocks of
 * SV_ROW_UNIT along x; bound and most: ny rows of so many.
 */
static void NAME(bound_rows)(const LANE *best, size_t ny, size_t n, size_t reach, LANE *most, LANE *bound)
{
    const size_t blocks = n / SV_ROW_UNIT;
    for (size_t i = 0; i < ny * blocks; i++) {
        most[i] = 0;
        for (size_t x = 0; x < SV_ROW_UNIT; x++)
            most[i] = best[i * SV_ROW_UNIT + x] > most[i] ? best[i * SV_ROW_UNIT + x] : most[i];
        bound[i] = most[i];
    }
    for (size_t y = 0; y < ny; y++) {
        LANE row_most = 0;
        for (size_t i = 0; i < blocks; i++)
            row_most = most[y * blocks + i] > row_most ? most[y * blocks + i] : row_most;
        for (size_t k = 1; k <= reach && (LANE)(k * k) << 16 <= row_most; k++) {
            const LANE step = (LANE)(k * k) << 16;
            for (int side = -1; side <= 1; side += 2) {
                const size_t to = y + (size_t)side * k; /* wraps below 0 */
                if (to >= ny)
                    continue;
                for (size_t i = 0; i < blocks; i++) {
                    const LANE left = most[y * blocks + i] - step;
                    bound[to * blocks + i] = left > bound[to * blocks + i] ? left : bound[to * blocks + i];
                }
            }
        }
    }
}

/* The nearest of plane z; its distances, as signed[], are below 0 outside bone. False when one has not been found. */
static bool NAME(finish_plane)(const NAME(sweep) *s, const trb_mask *bone, size_t z, size_t z0, int thread, int32_t *near,
                               float *signed_s)
{
    const trb_grid *grid = &s->points->grid;
    const NAME(planes) own = s->desk[thread], c = {s->c.value + (z - z0) * s->plane, s->c.crossing + (z - z0) * s->plane};
    const LANE **rows = s->rows + (size_t)thread * 2 * s->rows_each, **rows_from = rows + s->rows_each;
    LANE *line = own.value + s->plane, *line_from = own.crossing + s->plane;
    LANE *best = s->g.value + (z - z0) * s->plane, *from = s->g.crossing + (z - z0) * s->plane;
    const size_t blocks = s->stride / SV_ROW_UNIT;
    LANE *most = s->bounds + (size_t)thread * 2 * grid->ny * blocks, *bound = most + grid->ny * blocks;
    bool proven = true;
    NAME(bound_rows)(best, grid->ny, s->stride, s->reach, most, bound);
    NAME(fill)(own, s->plane);
    for (size_t y = 0; y < grid->ny; y++) {
        rows[y] = own.value + y * s->stride;
        rows_from[y] = own.crossing + y * s->stride;
        memcpy(line + s->guard, c.value + y * s->stride, s->stride * sizeof *line);
        memcpy(line_from + s->guard, c.crossing + y * s->stride, s->stride * sizeof *line);
        s->use->NAME(along)(line + s->guard, line_from + s->guard, s->stride, s->reach, bound + y * blocks,
                            own.value + y * s->stride, own.crossing + y * s->stride);
    }
    s->use->NAME(across)(rows, rows_from, 0, s->stride, 0, grid->ny, grid->ny, s->reach, best, from, s->stride);
    for (size_t y = 0; y < grid->ny; y++, best += s->stride, from += s->stride) {
        proven = s->use->NAME(finish)(best, from, grid->nx, trb_mask_row(bone, y, z), near + y * grid->nx,
                                      signed_s + y * ridge_row(grid)) && proven;
    }
    return proven;
}

static void NAME(sweep_clear)(NAME(sweep) *s)
{
    for (int i = 0; s->desk && i < omp_get_max_threads(); i++) {
        free(s->desk[i].value);
        free(s->desk[i].crossing);
    }
    free(s->desk);
    free(s->f.value);
    free(s->f.crossing);
    free(s->c.value);
    free(s->c.crossing);
    free(s->g.value);
    free(s->g.crossing);
    free(s->up.value);
    free(s->up.crossing);
    free(s->rows);
    free(s->bounds);
    free(s->boundless);
}

static bool NAME(planes_init)(NAME(planes) *p, size_t n, bool filled, trb_error *err)
{
    p->value = trb_alloc(n, sizeof(LANE), "planes of distances", err);
    p->crossing = trb_alloc(n, sizeof(LANE), "planes of nearest points", err);
    if (p->value && p->crossing && filled)
        NAME(fill)(*p, n);
    return p->value && p->crossing;
}

static trb_status NAME(sweep_init)(NAME(sweep) *s, const trb_surface_points *points, size_t reach, trb_error *err)
{
    const trb_grid *grid = &points->grid;
    const size_t threads = (size_t)omp_get_max_threads(), slots = 2 * reach + planes_at_once();
    *s = (NAME(sweep)){.points = points, .use = sv_kernels_choose(), .reach = reach,
                       .stride = (grid->nx + SV_ROW_UNIT - 1) / SV_ROW_UNIT * SV_ROW_UNIT + SV_ROW_UNIT,
                       .slots = slots < grid->nz ? slots : grid->nz,
                       .guard = (reach + 2 * SV_ROW_UNIT) / SV_ROW_UNIT * SV_ROW_UNIT};
    s->plane = s->stride * grid->ny;
    s->rows_each = s->slots > grid->ny ? s->slots : grid->ny;
    s->rows = trb_alloc(threads * 2 * s->rows_each, sizeof *s->rows, "rows", err);
    s->desk = trb_alloc_zero(threads, sizeof *s->desk, "desks", err);
    const size_t blocks = s->stride / SV_ROW_UNIT;
    s->bounds = trb_alloc(threads * 2 * grid->ny * blocks, sizeof(LANE), "bounds of distances", err);
    s->boundless = trb_alloc(blocks, sizeof(LANE), "bounds of distances", err);
    for (size_t i = 0; s->boundless && i < blocks; i++)
        s->boundless[i] = NAME(SV_FAR);
    bool ready = s->rows && s->desk && s->bounds && s->boundless && NAME(planes_init)(&s->up, s->plane, false, err);
    for (size_t i = 0; ready && i < threads; i++)
        ready = NAME(planes_init)(&s->desk[i], s->plane + 2 * s->stride + 2 * s->guard, true, err);
    ready = ready && NAME(planes_init)(&s->f, s->slots * s->plane, false, err) && NAME(planes_init)(&s->c, planes_at_once() * s->plane, false, err) &&
            NAME(planes_init)(&s->g, planes_at_once() * s->plane, false, err);
    if (ready)
        NAME(forget)(s->up.value, s->up.crossing, s->plane);
    return ready ? TRB_OK : TRB_ERR_MEMORY;
}

/* Planes z0 <= z < z1, in ascending calls. */
static void NAME(sweep_planes)(NAME(sweep) *s, const trb_mask *bone, size_t z0, size_t z1, int32_t *near, ridge *r,
                               bool *proven)
{
    const trb_grid *grid = &s->points->grid;
    const size_t until = z1 - 1 + s->reach < grid->nz ? z1 + s->reach : grid->nz;
    bool all = true;
#pragma omp parallel for schedule(dynamic, 1)
    for (ptrdiff_t z = (ptrdiff_t)s->next; z < (ptrdiff_t)until; z++)
        NAME(make_f)(s, (size_t)z, omp_get_thread_num());
    s->next = until > s->next ? until : s->next;
#pragma omp parallel for schedule(dynamic, 4)
    for (ptrdiff_t y = 0; y < (ptrdiff_t)grid->ny; y++) {
        const NAME(planes) own = s->desk[omp_get_thread_num()];
        NAME(z_edges)(s, (size_t)y, z0, z1, own.value, own.crossing);
        NAME(along_z)(s, (size_t)y, z0, z1, omp_get_thread_num());
    }
#pragma omp parallel for schedule(dynamic, 1) reduction(&& : all)
    for (ptrdiff_t z = (ptrdiff_t)z0; z < (ptrdiff_t)z1; z++)
        all = NAME(finish_plane)(s, bone, (size_t)z, z0, omp_get_thread_num(), near + (size_t)z * grid->nx * grid->ny,
                                 ridge_plane(r, (size_t)z)) && all;
    *proven = *proven && all;
}

static trb_status NAME(find_nearest)(const trb_mask *bone, trb_surface_points *points, size_t reach, bool *proven,
                                     trb_error *err)
{
    const trb_grid *grid = &points->grid;
    const size_t batch = planes_at_once();
    NAME(sweep) s;
    ridge r = {0};
    trb_status status = NAME(sweep_init)(&s, points, reach, err);
    if (!status)
        status = ridge_init(&r, points, err);
    *proven = true;
    for (size_t z = 0; !status && z < grid->nz; z += batch) {
        const size_t end = z + batch < grid->nz ? z + batch : grid->nz;
        NAME(sweep_planes)(&s, bone, z, end, points->near, &r, proven);
        ridge_advance(&r, bone, end);
    }
    ridge_clear(&r);
    NAME(sweep_clear)(&s);
    return status;
}
