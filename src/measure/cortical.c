/*
 * cortical.c - a slab of cortex, measured: slices, thickness of the compartment, pores.
 * All work is on the box around the compartment: exactly its slices, so that the slab's ends are ends of the image, which
 * are no surface to any distance; across it has a margin of outside, unless the compartment touches the image's side.
 */
#include "measure/cortical_parts.h"

#include "core/memory.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct slab {
    trb_box box; /* its x begins at a whole word of the mask */
    trb_mask *compartment, *bone;
};

static trb_status crop(const trb_mask *mask, const trb_box *box, trb_mask **out, trb_error *err)
{
    trb_grid grid = mask->grid;
    grid.nx = box->hi[0] - box->lo[0];
    grid.ny = box->hi[1] - box->lo[1];
    grid.nz = box->hi[2] - box->lo[2];
    for (int axis = 0; axis < 3; axis++)
        grid.origin_mm[axis] += (double)box->lo[axis] * grid.spacing_mm[axis];
    trb_status status = trb_mask_create(&grid, out, err);
    if (status)
        return status;
    for (size_t z = 0; z < grid.nz; z++)
        for (size_t y = 0; y < grid.ny; y++) {
            uint64_t *row = trb_mask_row(*out, y, z);
            memcpy(row, trb_mask_row(mask, box->lo[1] + y, box->lo[2] + z) + box->lo[0] / 64, (*out)->words_per_row * sizeof *row);
            row[(*out)->words_per_row - 1] &= trb_mask_tail(*out);
        }
    return TRB_OK;
}

static trb_box around(const trb_mask *mask, const trb_box *bounds)
{
    trb_box box = *bounds;
    const size_t counts[2] = {mask->grid.nx, mask->grid.ny};
    for (int axis = 0; axis < 2; axis++) {
        box.lo[axis] -= box.lo[axis] > 0;
        box.hi[axis] += box.hi[axis] < counts[axis];
    }
    box.lo[0] &= ~(size_t)63;
    return box;
}

/* ---- slices */
struct slice_scratch {
    trb_section section;
    uint64_t *bits;
};

static bool measure_slice(struct slice_scratch *scratch, const struct slab *slab, size_t z, trb_cortical_slice *out)
{
    const trb_mask *compartment = slab->compartment;
    const trb_grid *grid = &compartment->grid;
    trb_section *section = &scratch->section;
    const size_t words = compartment->words_per_row;
    const double pixel = grid->spacing_mm[0] * grid->spacing_mm[1], h = sqrt(pixel);
    if (!trb_section_read(section, compartment, z))
        return false;
    /* Holes that are not the medulla are there only when the caller did not fill them: they count as cortex. */
    const unsigned cortex = 1U << TRB_CELL_CORTEX | 1U << TRB_CELL_PORE, medulla = 1U << TRB_CELL_MEDULLA;
    out->z = slab->box.lo[2] + z;
    out->z_mm = grid->origin_mm[2] + (double)z * grid->spacing_mm[2];
    out->outlines = section->outlines;
    out->closed = section->closed;
    out->at_side = section->at_side;
    out->ct_ar = (double)(section->cortex + section->pores) * pixel;
    out->ma_ar = out->tt_ar = out->ct_ratio = out->ps_pm = out->ec_pm = out->ct_th_model = NAN;
    if (section->closed) {
        out->ma_ar = (double)section->medulla * pixel;
        out->tt_ar = out->ct_ar + out->ma_ar;
        out->ct_ratio = out->ct_ar / out->tt_ar;
        trb_section_paint(section, cortex | medulla, scratch->bits, words);
        out->ps_pm = h * trb_crofton_perimeter(scratch->bits, words, grid->nx, grid->ny);
        trb_section_paint(section, medulla, scratch->bits, words);
        out->ec_pm = h * trb_crofton_perimeter(scratch->bits, words, grid->nx, grid->ny);
        out->ct_th_model = 2 * out->ct_ar / (out->ps_pm + out->ec_pm);
    }
    out->ct_th = NAN;
    trb_cortical_moments(compartment, slab->bone, z, out);
    out->ct_po = 1 - out->ct_bar / out->ct_ar;
    return true;
}

static bool slice_is_empty(const trb_mask *mask, size_t z)
{
    const uint64_t *bits = trb_mask_row(mask, 0, z);
    for (size_t i = 0; i < mask->words_per_row * mask->grid.ny; i++)
        if (bits[i])
            return false;
    return true;
}

/* One entry a slice of the slab, also of empty ones: those have ct_ar 0. */
static trb_status measure_slices(const struct slab *slab, trb_cortical_slice *slices, trb_error *err)
{
    const trb_grid *grid = &slab->compartment->grid;
    const ptrdiff_t nz = (ptrdiff_t)grid->nz;
    atomic_bool failed = false;
#pragma omp parallel
    {
        struct slice_scratch scratch = {.bits = malloc(slab->compartment->words_per_row * grid->ny * sizeof *scratch.bits)};
        trb_error own = {TRB_OK, ""};
        const bool ready = trb_section_init(&scratch.section, grid, &own) == TRB_OK && scratch.bits;
        if (!ready)
            atomic_store(&failed, true);
#pragma omp for schedule(dynamic)
        for (ptrdiff_t z = 0; z < nz; z++)
            if (!atomic_load(&failed) && !slice_is_empty(slab->compartment, (size_t)z) &&
                !measure_slice(&scratch, slab, (size_t)z, &slices[z]))
                atomic_store(&failed, true);
        trb_section_clear(&scratch.section);
        free(scratch.bits);
    }
    return atomic_load(&failed) ? trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the slices of the cortex") : TRB_OK;
}

/* ---- thickness, and what of it lies in each slice */
struct sorting {
    const struct slab *slab;
    const trb_grid *image;
    trb_cortical_slice *slices;
    const trb_map_sink *sink;
    float *plane; /* of the whole image, for the sink */
};

static trb_status pass_plane(const struct sorting *s, size_t z, const float *values, trb_error *err)
{
    const trb_grid *box = &s->slab->compartment->grid;
    memset(s->plane, 0, s->image->nx * s->image->ny * sizeof *s->plane);
    for (size_t y = 0; values && y < box->ny; y++)
        memcpy(s->plane + (s->slab->box.lo[1] + y) * s->image->nx + s->slab->box.lo[0], values + y * box->nx, box->nx * sizeof *values);
    return s->sink->planes(s->sink->user, z, 1, s->plane, err);
}

static trb_status sort_planes(void *user, size_t z0, size_t n, const float *values, trb_error *err)
{
    const struct sorting *s = user;
    const trb_grid *box = &s->slab->compartment->grid;
    const size_t pixels = box->nx * box->ny;
    trb_status status = TRB_OK;
    for (size_t z = z0; !status && z < z0 + n; z++, values += pixels) {
        double sum = 0;
        size_t valued = 0;
        for (size_t i = 0; i < pixels; i++) {
            sum += (double)values[i];
            valued += values[i] > 0;
        }
        s->slices[z].ct_th = valued ? sum / (double)valued : NAN;
        if (s->sink)
            status = pass_plane(s, s->slab->box.lo[2] + z, values, err);
    }
    return status;
}

static trb_status measure_thickness(const struct slab *slab, const trb_grid *image, const trb_cortical_use *use,
                                    trb_cortical_slice *slices, trb_cortical *out, trb_error *err)
{
    struct sorting sorting = {slab, image, slices, use->th_sink, NULL};
    const trb_map_sink sink = {sort_planes, &sorting};
    trb_error inner = {TRB_OK, ""};
    trb_status status = TRB_OK;
    if (use->th_sink) {
        sorting.plane = trb_alloc(image->nx * image->ny, sizeof *sorting.plane, "a plane of the map", err);
        status = sorting.plane ? TRB_OK : TRB_ERR_MEMORY;
        for (size_t z = 0; !status && z < slab->box.lo[2]; z++)
            status = pass_plane(&sorting, z, NULL, err);
    }
    if (!status)
        status = trb_thickness_stream(slab->compartment, NULL, &use->thickness, &sink, &out->th, &inner);
    if (status == TRB_ERR_DATA && inner.status) {
        snprintf(out->th_reason, sizeof out->th_reason, "%.150s", inner.text);
        free(sorting.plane);
        return TRB_OK;
    }
    if (inner.status)
        trb_error_set(err, status, "%s", inner.text);
    for (size_t z = slab->box.hi[2]; !status && use->th_sink && z < image->nz; z++)
        status = pass_plane(&sorting, z, NULL, err);
    free(sorting.plane);
    return status;
}

/* ---- the door */
static trb_status check(const trb_mask *compartment, const trb_mask *bone, trb_error *err)
{
    if (!trb_grid_same_size(&compartment->grid, &bone->grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the compartment and the bone are masks of different size");
    if (!trb_grid_has_spacing(&compartment->grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the voxel size of the cortical compartment is not known");
    return TRB_OK;
}

/* Those that hold the compartment move to the front. */
static void keep_slices(trb_cortical *out, size_t all)
{
    size_t last = 0;
    for (size_t z = 0; z < all; z++) {
        if (!(out->slice[z].ct_ar > 0))
            continue;
        out->gaps = out->gaps || (out->n > 0 && z != last + 1);
        last = z;
        out->open += !out->slice[z].closed;
        out->slice[out->n++] = out->slice[z];
    }
}

trb_status trb_cortical_measure(const trb_mask *compartment, const trb_mask *bone, const trb_cortical_use *use,
                                trb_cortical *out, trb_error *err)
{
    memset(out, 0, sizeof *out);
    out->pores = (trb_cortical_pores){.dm_mean_vox = NAN, .dm_sd_vox = NAN};
    struct slab slab = {.compartment = NULL};
    trb_box bounds;
    trb_status status = check(compartment, bone, err);
    if (status || !trb_mask_bounds(compartment, &bounds))
        return status;
    slab.box = around(compartment, &bounds);
    status = crop(compartment, &slab.box, &slab.compartment, err);
    if (!status)
        status = crop(bone, &slab.box, &slab.bone, err);
    const size_t nz = slab.box.hi[2] - slab.box.lo[2];
    if (!status)
        out->slice = trb_alloc_zero(nz, sizeof *out->slice, "the table of slices", err);
    if (!status && !out->slice)
        status = TRB_ERR_MEMORY;
    if (!status) {
        out->tv = trb_mask_count(slab.compartment);
        out->bv = trb_mask_count_and(slab.bone, slab.compartment);
        status = measure_slices(&slab, out->slice, err);
    }
    if (!status && use->want_thickness)
        status = measure_thickness(&slab, &compartment->grid, use, out->slice, out, err);
    if (!status && use->want_pores)
        status = trb_cortical_pores_measure(slab.compartment, slab.bone, &use->thickness, use->want_pore_size, &out->pores, err);
    if (!status)
        keep_slices(out, nz);
    trb_mask_destroy(slab.compartment);
    trb_mask_destroy(slab.bone);
    if (status)
        trb_cortical_clear(out);
    return status;
}

void trb_cortical_clear(trb_cortical *cortical)
{
    free(cortical->slice);
    trb_thickness_clear(&cortical->th);
    memset(cortical, 0, sizeof *cortical);
}
