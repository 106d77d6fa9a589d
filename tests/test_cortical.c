/* test_cortical.c - tubes, ellipses, tilted shells and drilled pores against closed forms; random slices against an oracle. */
#include "oracle/cortical_oracle.h"
#include "support/itk_shape.h"
#include "support/testing.h"

#include <omp.h>

static const double PI = 3.14159265358979323846;

/* ---- shapes: what is inside is a function of place in voxels */
struct shape {
    double centre[2], outer[2], inner[2]; /* semi-axes */
    double inner_centre[2];
    double turn_deg;                      /* of both ellipses, from +x towards +y */
    double tilt_deg;                      /* of the axis, in the x-z plane, about the middle slice */
    double scale_mm;
};

static struct shape ring(double outer, double inner)
{
    return (struct shape){{100, 100}, {outer, outer}, {inner, inner}, {100, 100}, 0, 0, 0.01};
}

/* Middles off the lattice: shapes about a pixel's centre are among the worst to count. */
static void set_off(struct shape *shape)
{
    shape->centre[0] = shape->inner_centre[0] = 100.31;
    shape->centre[1] = shape->inner_centre[1] = 100.17;
}

static double level(const double centre[2], const double axes[2], double turn_deg, double x, double y)
{
    const double c = cos(turn_deg * PI / 180), s = sin(turn_deg * PI / 180);
    const double dx = x - centre[0], dy = y - centre[1];
    const double u = (c * dx + s * dy) / axes[0], v = (c * dy - s * dx) / axes[1];
    return u * u + v * v;
}

/* A tilted tube of round section: the distance to its axis decides. */
static trb_mask *make(const struct shape *shape, size_t n, size_t nz)
{
    const trb_grid grid = {n, n, nz, {shape->scale_mm, shape->scale_mm, shape->scale_mm}, {0, 0, 0}};
    trb_mask *mask = NULL;
    CHECK_OK(trb_mask_create(&grid, &mask, err));
    const double slope = tan(shape->tilt_deg * PI / 180), squeeze = cos(shape->tilt_deg * PI / 180);
    for (size_t z = 0; z < nz; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++) {
                const double shift = slope * ((double)z - (double)(nz - 1) / 2);
                const double px = shape->centre[0] + ((double)x - shape->centre[0] - shift) * squeeze, py = (double)y;
                if (level(shape->centre, shape->outer, shape->turn_deg, px, py) <= 1 &&
                    (shape->inner[0] == 0 || level(shape->inner_centre, shape->inner, shape->turn_deg, px, py) > 1))
                    trb_mask_set(mask, x, y, z, 1);
            }
    return mask;
}

static trb_cortical_use everything(void)
{
    return (trb_cortical_use){.thickness = trb_thickness_options_default(), .want_thickness = true, .want_pores = true, .want_pore_size = true};
}

static trb_cortical measure(const trb_mask *compartment, const trb_mask *bone)
{
    const trb_cortical_use use = everything();
    trb_cortical result;
    CHECK_OK(trb_cortical_measure(compartment, bone, &use, &result, err));
    return result;
}

static trb_mask *copy(const trb_mask *mask)
{
    trb_mask *out = NULL;
    CHECK_OK(trb_mask_copy(mask, &out, err));
    return out;
}

/* ---- closed forms */
static void a_tube_has_the_areas_moments_and_thickness_of_a_ring(void **state)
{
    (void)state;
    const struct shape shape = ring(80, 60);
    trb_mask *tube = make(&shape, 201, 24);
    trb_cortical c = measure(tube, tube);
    const double R = 0.8, r = 0.6;
    assert_int_equal(c.n, 24);
    assert_int_equal(c.open, 0);
    assert_false(c.gaps);
    for (size_t i = 0; i < c.n; i++) {
        const trb_cortical_slice *s = &c.slice[i];
        assert_true(s->closed && !s->at_side && s->outlines == 1 && s->z == i);
        CHECK_RELATIVE(20081 * 1e-4, s->tt_ar, 1e-12); /* points of the lattice in a circle of 80: Gauss */
        CHECK_RELATIVE(11289 * 1e-4, s->ma_ar, 1e-12);
        CHECK_RELATIVE(PI * (R * R - r * r), s->ct_ar, 1e-3);
        CHECK_RELATIVE(s->ct_ar, s->ct_bar, 1e-14);
        CHECK_CLOSE(0, s->ct_po, 1e-14);
        CHECK_RELATIVE(2 * PI * R, s->ps_pm, 5e-3);
        CHECK_RELATIVE(2 * PI * r, s->ec_pm, 5e-3);
        CHECK_RELATIVE(R - r, s->ct_th_model, 5e-3);
        CHECK_CLOSE(R - r, s->ct_th, 0.01);
        CHECK_RELATIVE(PI / 4 * (R * R * R * R - r * r * r * r), s->i_max, 3e-3);
        CHECK_RELATIVE(PI / 4 * (R * R * R * R - r * r * r * r), s->i_min, 3e-3);
        CHECK_RELATIVE(PI / 2 * (R * R * R * R - r * r * r * r), s->j, 3e-3);
        CHECK_RELATIVE(PI / 2 * (R * R * R * R - r * r * r * r) / R, s->z_pol, 0.01);
        CHECK_CLOSE(1, s->centroid_mm[0], 1e-12);
        CHECK_CLOSE(1, s->centroid_mm[1], 1e-12);
        assert_true(isnan(s->angle_deg)); /* mirrored in both diagonals: round to the last digit */
        /* the slab goes on: its ends are as thick as its middle */
        CHECK_RELATIVE(c.slice[12].ct_th, s->ct_th, 1e-12);
    }
    assert_int_equal(c.pores.count, 0);
    assert_int_equal(c.pores.voids, 0);
    trb_cortical_clear(&c);
    trb_mask_destroy(tube);
}

/* Pixels are squares, so that a frame of pixels is a frame: no tolerance but that of double. */
static void a_frame_of_pixels_has_exactly_the_moments_of_a_frame(void **state)
{
    (void)state;
    const trb_grid grid = {130, 90, 2, {0.02, 0.02, 0.02}, {5, -3, 1}};
    trb_mask *frame = NULL;
    CHECK_OK(trb_mask_create(&grid, &frame, err));
    for (size_t z = 0; z < 2; z++)
        for (size_t y = 20; y < 70; y++)
            for (size_t x = 15; x < 115; x++)
                if (!(y >= 30 && y < 60 && x >= 35 && x < 95))
                    trb_mask_set(frame, x, y, z, 1);
    trb_cortical c = measure(frame, frame);
    const double W = 2, H = 1, w = 1.2, h = 0.6;
    const double i_max = (W * W * W * H - w * w * w * h) / 12, i_min = (H * H * H * W - h * h * h * w) / 12;
    const trb_cortical_slice *s = &c.slice[1];
    CHECK_RELATIVE(i_max, s->i_max, 1e-12);
    CHECK_RELATIVE(i_min, s->i_min, 1e-12);
    CHECK_RELATIVE(i_max + i_min, s->j, 1e-12);
    CHECK_CLOSE(0, s->angle_deg, 1e-9);
    CHECK_RELATIVE(i_max / (W / 2), s->z_max, 1e-12);
    CHECK_RELATIVE(i_min / (H / 2), s->z_min, 1e-12);
    CHECK_CLOSE(5 + 64.5 * 0.02, s->centroid_mm[0], 1e-12);
    CHECK_CLOSE(-3 + 44.5 * 0.02, s->centroid_mm[1], 1e-12);
    CHECK_CLOSE(1.02, s->z_mm, 1e-12);
    CHECK_RELATIVE(W * H, s->tt_ar, 1e-12);
    CHECK_RELATIVE(w * h, s->ma_ar, 1e-12);
    /* Crofton with 4 directions is 5 % short for straight lines along the axes: as documented */
    CHECK_RELATIVE(2 * (W + H) * 0.948, s->ps_pm, 0.01);
    trb_cortical_clear(&c);
    trb_mask_destroy(frame);
}

static void a_turned_ellipse_has_its_moments_and_its_angle(void **state)
{
    (void)state;
    static const double TURNS[] = {0, 30, 90, 135, 179};
    for (size_t i = 0; i < sizeof TURNS / sizeof *TURNS; i++) {
        struct shape shape = ring(0, 0);
        shape.outer[0] = 90, shape.outer[1] = 60, shape.inner[0] = 70, shape.inner[1] = 40, shape.turn_deg = TURNS[i];
        set_off(&shape);
        trb_mask *tube = make(&shape, 201, 2);
        trb_cortical c = measure(tube, tube);
        const trb_cortical_slice *s = &c.slice[0];
        const double i_max = PI / 4 * (0.9 * 0.9 * 0.9 * 0.6 - 0.7 * 0.7 * 0.7 * 0.4), i_min = PI / 4 * (0.6 * 0.6 * 0.6 * 0.9 - 0.4 * 0.4 * 0.4 * 0.7);
        CHECK_RELATIVE(i_max, s->i_max, 3e-3);
        CHECK_RELATIVE(i_min, s->i_min, 3e-3);
        const double off = fmod(fabs(s->angle_deg - TURNS[i]), 180);
        assert_true(s->angle_deg >= 0 && s->angle_deg < 180 && fmin(off, 180 - off) < 0.2);
        CHECK_RELATIVE(i_max / 0.9, s->z_max, 0.012);
        CHECK_RELATIVE(i_min / 0.6, s->z_min, 0.015);
        CHECK_RELATIVE((i_max + i_min) / 0.9, s->z_pol, 0.012);
        trb_cortical_clear(&c);
        trb_mask_destroy(tube);
    }
}

/* Sections of a tilted round tube are ellipses: longer by 1 / cos. In 3D it is as thick as before. */
static void a_tilted_tube_is_wider_in_2d_and_as_thick_in_3d(void **state)
{
    (void)state;
    struct shape shape = ring(60, 44);
    shape.tilt_deg = 30;
    set_off(&shape);
    trb_mask *tube = make(&shape, 201, 61);
    trb_cortical c = measure(tube, tube);
    const double R = 0.6, r = 0.44, k = 1 / cos(PI / 6);
    for (size_t i = 0; i < c.n; i += 10) {
        const trb_cortical_slice *s = &c.slice[i];
        CHECK_RELATIVE(k * PI * R * R, s->tt_ar, 2e-3);
        CHECK_RELATIVE(k * PI * (R * R - r * r), s->ct_ar, 3e-3);
        CHECK_RELATIVE(k * k * k * PI / 4 * (R * R * R * R - r * r * r * r), s->i_max, 4e-3);
        CHECK_RELATIVE(k * PI / 4 * (R * R * R * R - r * r * r * r), s->i_min, 4e-3);
        CHECK_CLOSE(0, fmin(s->angle_deg, 180 - s->angle_deg), 0.3);
        CHECK_CLOSE(1.0031 + 0.01 * tan(PI / 6) * ((double)i - 30), s->centroid_mm[0], 0.002);
    }
    CHECK_CLOSE(R - r, c.slice[30].ct_th, 0.01); /* a voxel */
    assert_true(c.slice[30].ct_th_model > 1.05 * (R - r));
    trb_cortical_clear(&c);
    trb_mask_destroy(tube);
}

static void an_off_centre_medulla_moves_the_centroid(void **state)
{
    (void)state;
    struct shape shape = ring(80, 50);
    shape.inner_centre[0] = 115;
    trb_mask *tube = make(&shape, 201, 2);
    trb_cortical c = measure(tube, tube);
    const double R = 0.8, r = 0.5, d = 0.15, area = PI * (R * R - r * r);
    const double off = -d * PI * r * r / area;
    CHECK_CLOSE(1 + off, c.slice[0].centroid_mm[0], 0.002);
    CHECK_CLOSE(1, c.slice[0].centroid_mm[1], 1e-12);
    /* Steiner: about the common centroid */
    const double along = PI / 4 * R * R * R * R + PI * R * R * off * off - PI / 4 * r * r * r * r - PI * r * r * (d - off) * (d - off);
    const double across = PI / 4 * (R * R * R * R - r * r * r * r);
    CHECK_RELATIVE(fmax(along, across), c.slice[0].i_max, 4e-3);
    CHECK_RELATIVE(fmin(along, across), c.slice[0].i_min, 4e-3);
    CHECK_CLOSE(90, c.slice[0].angle_deg, 0.1);
    CHECK_RELATIVE(PI * r * r, c.slice[0].ma_ar, 2e-3);
    trb_cortical_clear(&c);
    trb_mask_destroy(tube);
}

/* ---- pores */

/* A canal along z (all slices) or a ball. */
static void drill(trb_mask *bone, double cx, double cy, double radius, double cz)
{
    const trb_grid *g = &bone->grid;
    for (size_t z = 0; z < g->nz; z++)
        for (size_t y = 0; y < g->ny; y++)
            for (size_t x = 0; x < g->nx; x++) {
                const double dx = (double)x - cx, dy = (double)y - cy, dz = cz < 0 ? 0 : (double)z - cz;
                if (dx * dx + dy * dy + dz * dz <= radius * radius)
                    trb_mask_set(bone, x, y, z, 0);
            }
}

static void drilled_pores_are_counted_and_sized(void **state)
{
    (void)state;
    const struct shape shape = ring(90, 60);
    trb_mask *tube = make(&shape, 201, 40), *bone = copy(tube);
    for (int i = 0; i < 8; i++) /* canals of 5 voxels radius */
        drill(bone, 100 + 75 * cos(i * PI / 4), 100 + 75 * sin(i * PI / 4), 5, -1);
    for (int i = 0; i < 4; i++) /* balls between them */
        drill(bone, 100 + 75 * cos(i * PI / 2 + PI / 8), 100 + 75 * sin(i * PI / 2 + PI / 8), 5, 20);
    const size_t drilled = trb_mask_count(tube) - trb_mask_count(bone);
    trb_cortical c = measure(tube, bone);
    assert_int_equal(c.pores.count, 12);
    assert_int_equal(c.pores.cut, 8);
    assert_int_equal(c.pores.small, 0);
    assert_int_equal(c.pores.enclosed, drilled);
    assert_int_equal(c.pores.voids, drilled);
    assert_int_equal(c.tv - c.bv, drilled);
    CHECK_CLOSE(10, c.pores.dm_mean_vox, 1);
    CHECK_RELATIVE(8 * PI * 25 / (PI * (90 * 90 - 60 * 60)), c.slice[0].ct_po, 0.05);
    trb_cortical_clear(&c);

    /* One canal opened to the outside along its length, one by a hole of one voxel far from it in the same slab, and a
     * notch in the wall of the medulla: voids, but not enclosed. */
    for (size_t z = 0; z < 40; z++)
        for (size_t x = 175; x < 195; x++)
            trb_mask_set(bone, x, 100, z, 0);
    for (size_t y = 0; y < 25; y++)
        trb_mask_set(bone, 100, y, 3, 0);
    drill(bone, 100 + 60 * cos(0.3), 100 + 60 * sin(0.3), 3, 10);
    c = measure(tube, bone);
    assert_int_equal(c.pores.count, 10);
    uint64_t count, voxels;
    cortical_oracle_pores(tube, bone, &count, &voxels);
    assert_int_equal(count, c.pores.count);
    assert_int_equal(voxels, c.pores.enclosed);
    assert_true(c.pores.voids > c.pores.enclosed && c.pores.voids == c.tv - c.bv);
    trb_cortical_clear(&c);
    trb_mask_destroy(tube);
    trb_mask_destroy(bone);
}

static void a_mask_of_bone_becomes_the_compartment_when_its_pores_are_filled(void **state)
{
    (void)state;
    const struct shape shape = ring(90, 60);
    trb_mask *tube = make(&shape, 201, 6), *bone = copy(tube), *outline = NULL;
    for (int i = 0; i < 8; i++)
        drill(bone, 100 + 75 * cos(i * PI / 4), 100 + 75 * sin(i * PI / 4), 5, -1);
    const size_t drilled = trb_mask_count(tube) - trb_mask_count(bone);
    trb_cortical_filled filled;
    CHECK_OK(trb_cortical_fill(bone, &filled, err));
    assert_int_equal(filled.voxels, drilled);
    assert_true(filled.largest >= 69 && filled.largest <= 89);
    assert_memory_equal(tube->bits, bone->bits, tube->words_per_row * 201 * 6 * sizeof *tube->bits);
    CHECK_OK(trb_cortical_fill(bone, &filled, err));
    assert_int_equal(filled.voxels, 0);
    CHECK_OK(trb_cortical_outline(tube, &outline, err));
    const struct shape full = ring(90, 0);
    trb_mask *disc = make(&full, 201, 6);
    assert_memory_equal(disc->bits, outline->bits, disc->words_per_row * 201 * 6 * sizeof *disc->bits);
    trb_mask_destroy(disc);
    trb_mask_destroy(outline);
    trb_mask_destroy(tube);
    trb_mask_destroy(bone);
}

/* ---- what is not closed */
static void an_open_cortex_is_told_and_its_medulla_not_guessed(void **state)
{
    (void)state;
    const struct shape shape = ring(80, 60);
    trb_mask *tube = make(&shape, 201, 20);
    for (size_t z = 5; z < 9; z++) /* a gap of 3 voxels, and a pore that must not be taken for the medulla */
        for (size_t y = 99; y < 102; y++)
            for (size_t x = 150; x < 201; x++)
                trb_mask_set(tube, x, y, z, 0);
    for (size_t z = 0; z < 20; z++)
        trb_mask_set(tube, 100, 30, z, 0);
    trb_cortical c = measure(tube, tube);
    assert_int_equal(c.open, 4);
    for (size_t i = 0; i < 20; i++) {
        const trb_cortical_slice *s = &c.slice[i];
        const bool open = i >= 5 && i < 9;
        assert_int_equal(s->closed, !open);
        assert_true(isnan(s->tt_ar) == open && isnan(s->ma_ar) == open && isnan(s->ps_pm) == open && isnan(s->ct_th_model) == open);
        assert_true(isfinite(s->i_max) && isfinite(s->ct_ar) && isfinite(s->ct_th));
    }
    trb_cortical_clear(&c);
    trb_mask_destroy(tube);

    /* half a tube */
    tube = make(&shape, 201, 2);
    for (size_t z = 0; z < 2; z++)
        for (size_t y = 0; y < 100; y++)
            for (size_t x = 0; x < 201; x++)
                trb_mask_set(tube, x, y, z, 0);
    c = measure(tube, tube);
    assert_int_equal(c.open, 2);
    trb_cortical_clear(&c);
    trb_mask_destroy(tube);
}

static void a_solid_rod_has_no_medulla_and_two_bones_are_two(void **state)
{
    (void)state;
    const struct shape rod = ring(30, 0), thin = ring(8, 0);
    trb_mask *mask = make(&rod, 201, 3);
    trb_cortical c = measure(mask, mask);
    assert_true(c.slice[1].closed && c.slice[1].outlines == 1);
    CHECK_CLOSE(0, c.slice[1].ma_ar, 0);
    CHECK_CLOSE(0, c.slice[1].ec_pm, 0);
    CHECK_RELATIVE(PI * 0.09, c.slice[1].tt_ar, 3e-3);
    trb_cortical_clear(&c);
    trb_mask_destroy(mask);
    mask = make(&thin, 201, 3);
    c = measure(mask, mask);
    assert_true(c.slice[1].closed); /* the steps of a coarse disc are no bay */
    trb_cortical_clear(&c);
    trb_mask_destroy(mask);

    struct shape left = ring(40, 30), right = ring(30, 15);
    left.centre[0] = left.inner_centre[0] = 50;
    right.centre[0] = right.inner_centre[0] = 150;
    trb_mask *both = make(&left, 201, 3), *other = make(&right, 201, 3);
    for (size_t i = 0; i < both->words_per_row * 201 * 3; i++)
        both->bits[i] |= other->bits[i];
    c = measure(both, both);
    assert_true(c.slice[0].closed && c.slice[0].outlines == 2);
    CHECK_RELATIVE(PI * (0.09 + 0.0225), c.slice[0].ma_ar, 5e-3);
    trb_cortical_clear(&c);
    trb_mask_destroy(both);
    trb_mask_destroy(other);
}

/* Closed bones have bays, too: a kidney keeps its medulla. */
static void a_bay_smaller_than_the_medulla_opens_nothing(void **state)
{
    (void)state;
    const struct shape shape = ring(80, 65), disc = ring(80, 0), rim = ring(43, 0), dent = ring(36, 0);
    struct shape moved[2] = {rim, dent};
    trb_mask *tube = make(&shape, 201, 2), *all = make(&disc, 201, 2);
    for (int i = 0; i < 2; i++) { /* a piece of wall inwards, then the dent */
        moved[i].centre[0] = 162;
        trb_mask *piece = make(&moved[i], 201, 2);
        for (size_t k = 0; k < tube->words_per_row * 201 * 2; k++)
            tube->bits[k] = i == 0 ? tube->bits[k] | (piece->bits[k] & all->bits[k]) : tube->bits[k] & ~piece->bits[k];
        trb_mask_destroy(piece);
    }
    trb_cortical c = measure(tube, tube);
    assert_true(c.slice[0].closed);
    assert_true(c.slice[0].ma_ar > 0.6); /* 14 % of the hull are bay */
    trb_cortical_clear(&c);
    trb_mask_destroy(all);
    trb_mask_destroy(tube);
}

static void what_touches_the_side_or_is_interrupted_is_told(void **state)
{
    (void)state;
    struct shape shape = ring(60, 40);
    shape.centre[0] = shape.inner_centre[0] = 30;
    trb_mask *tube = make(&shape, 201, 9);
    for (size_t y = 0; y < 201; y++)
        memset(trb_mask_row(tube, y, 4), 0, tube->words_per_row * sizeof *tube->bits);
    trb_cortical c = measure(tube, tube);
    assert_int_equal(c.n, 8);
    assert_true(c.gaps && c.slice[0].at_side && !c.slice[0].closed);
    assert_int_equal(c.slice[4].z, 5);
    trb_cortical_clear(&c);
    trb_mask_destroy(tube);
}

/* ---- invariants */
static void expect_same(const trb_cortical *a, const trb_cortical *b, double length, double relative)
{
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        const trb_cortical_slice *p = &a->slice[i], *q = &b->slice[i];
        const double l2 = length * length, l3 = l2 * length, l4 = l3 * length;
        CHECK_RELATIVE(l2 * p->tt_ar, q->tt_ar, relative);
        CHECK_RELATIVE(l2 * p->ct_ar, q->ct_ar, relative);
        CHECK_RELATIVE(l2 * p->ma_ar, q->ma_ar, relative);
        CHECK_RELATIVE(length * p->ps_pm, q->ps_pm, relative);
        CHECK_RELATIVE(length * p->ec_pm, q->ec_pm, relative);
        CHECK_RELATIVE(length * p->ct_th, q->ct_th, fmax(relative, 1e-7)); /* the map is float32 */
        CHECK_RELATIVE(l4 * p->i_max, q->i_max, relative);
        CHECK_RELATIVE(l4 * p->i_min, q->i_min, relative);
        CHECK_RELATIVE(l3 * p->z_pol, q->z_pol, relative);
        CHECK_RELATIVE(l3 * p->z_max, q->z_max, relative);
        CHECK_RELATIVE(l3 * p->z_min, q->z_min, relative);
    }
    assert_int_equal(a->pores.count, b->pores.count);
    assert_int_equal(a->pores.enclosed, b->pores.enclosed);
}

static void mirrors_turns_shifts_and_scale_change_nothing_else(void **state)
{
    (void)state;
    struct shape shape = ring(0, 0);
    shape.outer[0] = 80, shape.outer[1] = 55, shape.inner[0] = 60, shape.inner[1] = 38, shape.turn_deg = 25;
    shape.inner_centre[0] = 104;
    trb_mask *tube = make(&shape, 201, 4), *bone = copy(tube);
    drill(bone, 100 + 70 * cos(25 * PI / 180), 100 + 70 * sin(25 * PI / 180), 4, -1);
    trb_cortical base = measure(tube, bone);
    for (int way = 0; way < 5; way++) { /* mirror x, mirror y, turn, shift by 37, scale by 3 */
        trb_grid grid = tube->grid;
        if (way == 3)
            grid.nx = 250, grid.ny = 230;
        trb_mask *other[2] = {NULL, NULL};
        const trb_mask *from[2] = {tube, bone};
        for (int m = 0; m < 2; m++) {
            CHECK_OK(trb_mask_create(&grid, &other[m], err));
            for (size_t z = 0; z < 4; z++)
                for (size_t y = 0; y < 201; y++)
                    for (size_t x = 0; x < 201; x++) {
                        const size_t px = way == 0 ? 200 - x : way == 2 ? y : way == 3 ? x + 37 : x;
                        const size_t py = way == 1 ? 200 - y : way == 2 ? x : way == 3 ? y + 21 : y;
                        trb_mask_set(other[m], px, py, z, trb_mask_get(from[m], x, y, z));
                    }
            if (way == 4)
                for (int axis = 0; axis < 3; axis++)
                    other[m]->grid.spacing_mm[axis] *= 3;
        }
        trb_cortical c = measure(other[0], other[1]);
        expect_same(&base, &c, way == 4 ? 3 : 1, 1e-11);
        const double wanted[] = {180 - base.slice[0].angle_deg, 180 - base.slice[0].angle_deg, 90 - base.slice[0].angle_deg,
                                 base.slice[0].angle_deg, base.slice[0].angle_deg};
        CHECK_CLOSE(wanted[way], c.slice[0].angle_deg, 1e-8);
        trb_cortical_clear(&c);
        trb_mask_destroy(other[0]);
        trb_mask_destroy(other[1]);
    }
    trb_cortical_clear(&base);
    trb_mask_destroy(tube);
    trb_mask_destroy(bone);
}

static void the_number_of_threads_changes_no_bit(void **state)
{
    (void)state;
    const int was = omp_get_max_threads();
    struct shape shape = ring(70, 50);
    shape.tilt_deg = 10;
    trb_mask *tube = make(&shape, 201, 30), *noise = testing_random_mask(201, 201, 30, 0.9, 7);
    trb_mask_and(noise, tube);
    trb_cortical one = {0};
    for (int threads = 1; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        trb_mask *filled = copy(noise);
        CHECK_OK(trb_cortical_fill(filled, NULL, err));
        trb_cortical c = measure(filled, noise);
        if (threads > 1) {
            assert_int_equal(one.n, c.n);
            assert_memory_equal(one.slice, c.slice, c.n * sizeof *c.slice);
            assert_memory_equal(&one.pores, &c.pores, sizeof c.pores);
            assert_memory_equal(&one.th.mean_vox, &c.th.mean_vox, sizeof c.th.mean_vox);
            trb_cortical_clear(&c);
        } else {
            one = c;
        }
        trb_mask_destroy(filled);
    }
    omp_set_num_threads(was);
    trb_cortical_clear(&one);
    trb_mask_destroy(tube);
    trb_mask_destroy(noise);
}

/* ---- oracle */
static void random_slices_are_what_a_pixel_by_pixel_oracle_says(void **state)
{
    (void)state;
    static const size_t SIZES[][2] = {{9, 7}, {64, 11}, {65, 20}, {130, 33}};
    for (size_t k = 0; k < 4; k++)
        for (int dense = 5; dense <= 9; dense += 2) {
            const size_t nx = SIZES[k][0], ny = SIZES[k][1];
            trb_mask *mask = testing_random_mask(nx, ny, 5, dense / 10.0, 11 * k + (uint64_t)dense);
            trb_mask *bone = testing_random_mask(nx, ny, 5, 0.9, 3 + k);
            for (int axis = 0; axis < 3; axis++)
                mask->grid.spacing_mm[axis] = bone->grid.spacing_mm[axis] = 0.5;
            memset(mask->grid.origin_mm, 0, sizeof mask->grid.origin_mm);
            trb_mask *filled = copy(mask);
            int *cell = malloc(nx * ny * sizeof *cell);
            CHECK_OK(trb_cortical_fill(filled, NULL, err));
            for (size_t z = 0; z < 5; z++) {
                cortical_oracle_cells(mask, z, cell);
                for (size_t i = 0; i < nx * ny; i++)
                    if ((cell[i] == 1) != trb_mask_get(filled, i % nx, i / nx, z))
                        fail_msg("size %zu, density %d, slice %zu, pixel %zu, %zu: cell %d", k, dense, z, i % nx, i / nx, cell[i]);
            }
            trb_cortical c = measure(filled, bone);
            for (size_t z = 0; z < 5; z++) {
                trb_cortical_slice wanted, *s = &c.slice[z];
                cortical_oracle_slice(filled, bone, z, &wanted);
                CHECK_RELATIVE(wanted.ct_ar, s->ct_ar, 1e-12);
                CHECK_RELATIVE(wanted.ct_bar, s->ct_bar, 1e-12);
                CHECK_RELATIVE(wanted.i_max, s->i_max, 1e-9);
                CHECK_RELATIVE(wanted.i_min, s->i_min, 1e-9);
                CHECK_RELATIVE(wanted.z_pol, s->z_pol, 1e-9);
                CHECK_CLOSE(wanted.centroid_mm[0], s->centroid_mm[0], 1e-9);
                CHECK_CLOSE(wanted.centroid_mm[1], s->centroid_mm[1], 1e-9);
                if (!s->closed)
                    continue;
                CHECK_RELATIVE(wanted.ma_ar, s->ma_ar, 1e-12);
                CHECK_RELATIVE(wanted.ps_pm, s->ps_pm, 1e-9);
                CHECK_RELATIVE(wanted.ec_pm, s->ec_pm, 1e-9);
            }
            uint64_t count, voxels;
            cortical_oracle_pores(filled, bone, &count, &voxels);
            assert_int_equal(count, c.pores.count);
            assert_int_equal(voxels, c.pores.enclosed);
            trb_cortical_clear(&c);
            free(cell);
            trb_mask_destroy(mask);
            trb_mask_destroy(filled);
            trb_mask_destroy(bone);
        }
}

/* ---- ITK */
static oracle_itk_shape itk_shape(const trb_mask *mask)
{
    const size_t n = mask->grid.nx;
    uint8_t *bytes = malloc(n * n);
    for (size_t i = 0; i < n * n; i++)
        bytes[i] = (uint8_t)trb_mask_get(mask, i % n, i / n, 0);
    const oracle_itk_shape shape = oracle_itk_shape_of(bytes, n, n);
    free(bytes);
    return shape;
}

/* Its moments are of points, without those of the pixels themselves. */
static void itk_has_the_same_areas_perimeters_and_moments(void **state)
{
    (void)state;
    static const double TURNS[] = {0, 17, 71};
    for (size_t i = 0; i < sizeof TURNS / sizeof *TURNS; i++) {
        struct shape shape = ring(0, 0), outline;
        shape.outer[0] = 77, shape.outer[1] = 52, shape.inner[0] = 55, shape.inner[1] = 38, shape.turn_deg = TURNS[i];
        shape.inner_centre[1] = 104;
        outline = shape;
        outline.inner[0] = 0;
        trb_mask *tube = make(&shape, 201, 1), *full = make(&outline, 201, 1);
        const oracle_itk_shape bone = itk_shape(tube), all = itk_shape(full);
        trb_cortical c = measure(tube, tube);
        const trb_cortical_slice *s = &c.slice[0];
        const double h = 0.01, area = bone.pixels * h * h;
        CHECK_RELATIVE(area, s->ct_bar, 1e-12);
        CHECK_RELATIVE(all.pixels * h * h, s->tt_ar, 1e-12);
        CHECK_RELATIVE(all.perimeter * h, s->ps_pm, 1e-9);
        CHECK_RELATIVE((bone.perimeter - all.perimeter) * h, s->ec_pm, 1e-9);
        CHECK_RELATIVE(bone.centroid[0] * h, s->centroid_mm[0], 1e-9);
        CHECK_RELATIVE(bone.centroid[1] * h, s->centroid_mm[1], 1e-9);
        CHECK_RELATIVE((bone.principal[1] + 1.0 / 12) * h * h * area, s->i_max, 1e-9);
        CHECK_RELATIVE((bone.principal[0] + 1.0 / 12) * h * h * area, s->i_min, 1e-9);
        trb_cortical_clear(&c);
        trb_mask_destroy(tube);
        trb_mask_destroy(full);
    }
}

/* ---- smallest inputs and errors */
static void the_smallest_and_the_wrong_inputs(void **state)
{
    (void)state;
    const trb_grid grid = {5, 4, 3, {0.1, 0.1, 0.1}, {0, 0, 0}}, unknown = {5, 4, 3, {0, 0, 0}, {0, 0, 0}}, other = {6, 4, 3, {0.1, 0.1, 0.1}, {0, 0, 0}};
    trb_mask *empty = NULL, *blind = NULL, *wide = NULL, *full = NULL;
    CHECK_OK(trb_mask_create(&grid, &empty, err));
    CHECK_OK(trb_mask_create(&unknown, &blind, err));
    CHECK_OK(trb_mask_create(&other, &wide, err));
    CHECK_OK(trb_mask_complement(empty, &full, err));
    const trb_cortical_use use = everything();
    trb_cortical c = measure(empty, empty);
    assert_int_equal(c.n, 0);
    trb_cortical_clear(&c);
    assert_int_equal(trb_cortical_measure(blind, blind, &use, &c, NULL), TRB_ERR_ARGUMENT);
    assert_int_equal(trb_cortical_measure(empty, wide, &use, &c, NULL), TRB_ERR_ARGUMENT);
    c = measure(full, full); /* no background at all */
    assert_int_equal(c.n, 3);
    assert_true(c.th_reason[0] && isnan(c.slice[0].ct_th) && c.slice[0].at_side);
    trb_cortical_clear(&c);
    c = measure(full, empty);
    assert_true(isnan(c.slice[0].i_max) && isnan(c.slice[0].centroid_mm[0]) && c.slice[0].ct_bar == 0);
    trb_cortical_clear(&c);
    trb_mask_set(empty, 2, 1, 1, 1); /* one voxel */
    c = measure(empty, empty);
    assert_int_equal(c.n, 1);
    CHECK_RELATIVE(1e-4 / 12, c.slice[0].i_max, 1e-12); /* a square */
    CHECK_RELATIVE(0.01, c.slice[0].tt_ar, 1e-12);
    trb_cortical_clear(&c);
    trb_mask_destroy(empty);
    trb_mask_destroy(blind);
    trb_mask_destroy(wide);
    trb_mask_destroy(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tube_has_the_areas_moments_and_thickness_of_a_ring),
        cmocka_unit_test(a_frame_of_pixels_has_exactly_the_moments_of_a_frame),
        cmocka_unit_test(a_turned_ellipse_has_its_moments_and_its_angle),
        cmocka_unit_test(a_tilted_tube_is_wider_in_2d_and_as_thick_in_3d),
        cmocka_unit_test(an_off_centre_medulla_moves_the_centroid),
        cmocka_unit_test(drilled_pores_are_counted_and_sized),
        cmocka_unit_test(a_mask_of_bone_becomes_the_compartment_when_its_pores_are_filled),
        cmocka_unit_test(an_open_cortex_is_told_and_its_medulla_not_guessed),
        cmocka_unit_test(a_solid_rod_has_no_medulla_and_two_bones_are_two),
        cmocka_unit_test(a_bay_smaller_than_the_medulla_opens_nothing),
        cmocka_unit_test(what_touches_the_side_or_is_interrupted_is_told),
        cmocka_unit_test(mirrors_turns_shifts_and_scale_change_nothing_else),
        cmocka_unit_test(the_number_of_threads_changes_no_bit),
        cmocka_unit_test(random_slices_are_what_a_pixel_by_pixel_oracle_says),
        cmocka_unit_test(itk_has_the_same_areas_perimeters_and_moments),
        cmocka_unit_test(the_smallest_and_the_wrong_inputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
