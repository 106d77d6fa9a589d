/*
 * skeleton.c - 3D thinning in six directions.
 *
 * Each of the six steps of a round takes the border voxels that face one direction. First all that may go are marked
 * on the image as it is, then each is looked at again and removed if it still may: what goes is simple at that
 * moment, so the topology stays whatever the order. For the second look rows are taken in four classes by the
 * parities of y and z: rows of one class do not touch, so they can be thinned at the same time, and the result does
 * not depend on which thread takes which.
 *
 * A row needs no look when neither it nor a row beside it has changed since this direction had its last turn.
 */
#include "trabecula/skeleton.h"

#include "core/memory.h"
#include "measure/margin.h"
#include "measure/neighbours.h"

#include <stdlib.h>
#include <string.h>

enum { DIRECTIONS = 6 };

/* What all threads share. Masks have a margin of one voxel on all sides. */
typedef struct job {
    trb_mask *bone, *marks;
    trb_simple_tables tables;
    uint32_t *changed; /* for each row the number of the step that last removed a voxel of it */
    uint8_t *marked;   /* for each row: does it hold marks? */
    uint32_t step;     /* from 1 */
} job;

static size_t row_number(const job *j, size_t y, size_t z)
{
    return z * j->bone->grid.ny + y;
}

static bool may_have_changed(const job *j, size_t y, size_t z)
{
    for (size_t oz = z - 1; oz <= z + 1; oz++)
        for (size_t oy = y - 1; oy <= y + 1; oy++)
            if (j->changed[row_number(j, oy, oz)] + DIRECTIONS >= j->step)
                return true;
    return false;
}

/* The voxels of word w that face the direction of this step: up and down, front and back, right and left. */
static uint64_t facing(const job *j, size_t y, size_t z, size_t w)
{
    const uint64_t *row = trb_mask_row(j->bone, y, z);
    uint64_t beside;
    switch ((j->step - 1) % DIRECTIONS) {
    case 0: beside = trb_mask_row(j->bone, y, z - 1)[w]; break;
    case 1: beside = trb_mask_row(j->bone, y, z + 1)[w]; break;
    case 2: beside = trb_mask_row(j->bone, y - 1, z)[w]; break;
    case 3: beside = trb_mask_row(j->bone, y + 1, z)[w]; break;
    case 4: beside = row[w] >> 1 | (w + 1 < j->bone->words_per_row ? row[w + 1] << 63 : 0); break;
    default: beside = row[w] << 1 | (w ? row[w - 1] >> 63 : 0); break;
    }
    return row[w] & ~beside;
}

static uint32_t others(const trb_mask *mask, size_t x, size_t y, size_t z)
{
    return trb_neighbours(mask, x, y, z) & ~((uint32_t)1 << TRB_NEIGHBOURS_SELF);
}

/* Two neighbours at least (no end of a line, no last voxel), and simple. */
static bool may_go(const job *j, size_t x, size_t y, size_t z)
{
    const uint32_t bits = others(j->bone, x, y, z);
    return (bits & (bits - 1)) && trb_is_simple(&j->tables, bits);
}

static void mark_row(job *j, size_t y, size_t z)
{
    const size_t words = j->bone->words_per_row;
    uint64_t *marks = trb_mask_row(j->marks, y, z), any = 0;
    if (!may_have_changed(j, y, z)) {
        j->marked[row_number(j, y, z)] = 0;
        return;
    }
    for (size_t w = 0; w < words; w++) {
        uint64_t found = 0;
        for (uint64_t left = facing(j, y, z, w); left; left &= left - 1) {
            const size_t bit = (size_t)__builtin_ctzll(left);
            found |= (uint64_t)may_go(j, 64 * w + bit, y, z) << bit;
        }
        marks[w] = found;
        any |= found;
    }
    j->marked[row_number(j, y, z)] = any != 0;
}

/* The second look; true when a voxel went. The first look has seen to it that ends of lines are not marked. */
static bool thin_row(job *j, size_t y, size_t z)
{
    uint64_t *row = trb_mask_row(j->bone, y, z), *marks = trb_mask_row(j->marks, y, z);
    bool changed = false;
    for (size_t w = 0; w < j->bone->words_per_row; w++)
        for (uint64_t left = marks[w]; left; left &= left - 1) {
            const size_t bit = (size_t)__builtin_ctzll(left);
            if (!trb_is_simple(&j->tables, others(j->bone, 64 * w + bit, y, z)))
                continue;
            row[w] &= ~((uint64_t)1 << bit);
            changed = true;
        }
    if (changed)
        j->changed[row_number(j, y, z)] = j->step;
    return changed;
}

static bool thin_step(job *j)
{
    const ptrdiff_t ny = (ptrdiff_t)j->bone->grid.ny, nz = (ptrdiff_t)j->bone->grid.nz;
    int changed = 0;
#pragma omp parallel for schedule(dynamic)
    for (ptrdiff_t z = 1; z < nz - 1; z++)
        for (ptrdiff_t y = 1; y < ny - 1; y++)
            mark_row(j, (size_t)y, (size_t)z);
    for (int class = 0; class < 4; class ++)
#pragma omp parallel for schedule(dynamic) reduction(| : changed)
        for (ptrdiff_t z = 1 + (class >> 1); z < nz - 1; z += 2)
            for (ptrdiff_t y = 1 + (class & 1); y < ny - 1; y += 2)
                if (j->marked[row_number(j, (size_t)y, (size_t)z)])
                    changed |= thin_row(j, (size_t)y, (size_t)z);
    return changed != 0;
}

static void thin(job *j)
{
    int idle = 0;
    for (j->step = 1; idle < DIRECTIONS; j->step++)
        idle = thin_step(j) ? 0 : idle + 1;
}

trb_status trb_skeleton_create(const trb_mask *bone, trb_mask **skeleton, trb_error *err)
{
    *skeleton = NULL;
    job *j = trb_alloc_zero(1, sizeof *j, "thinning", err);
    if (!j)
        return TRB_ERR_MEMORY;
    trb_status status = trb_mask_with_margin(bone, &j->bone, err);
    if (!status)
        status = trb_mask_create(&j->bone->grid, &j->marks, err);
    if (!status) {
        const size_t rows = j->bone->grid.ny * j->bone->grid.nz;
        j->changed = trb_alloc_zero(rows, sizeof *j->changed, "rows of the skeleton", err);
        j->marked = trb_alloc_zero(rows, sizeof *j->marked, "rows of the skeleton", err);
        status = j->changed && j->marked ? TRB_OK : TRB_ERR_MEMORY;
    }
    if (!status) {
        trb_simple_tables_fill(&j->tables);
        thin(j);
        trb_mask_destroy(j->marks); /* makes room for the result */
        j->marks = NULL;
        status = trb_mask_without_margin(j->bone, &bone->grid, skeleton, err);
    }
    trb_mask_destroy(j->bone);
    trb_mask_destroy(j->marks);
    free(j->changed);
    free(j->marked);
    free(j);
    return status;
}
