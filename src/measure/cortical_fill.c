/* cortical_fill.c - a mask of cortex as a compartment, and the periosteal contour around it. */
#include "measure/cortical_section.h"
#include "trabecula/cortical.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Every slice becomes the cells in `which`. pores and largest (of each slice) may be NULL. */
static trb_status repaint(trb_mask *mask, unsigned which, uint64_t *pores, uint64_t *largest, trb_error *err)
{
    atomic_int worst = TRB_OK;
    const ptrdiff_t nz = (ptrdiff_t)mask->grid.nz;
#pragma omp parallel
    {
        trb_section section;
        trb_error own = {TRB_OK, ""};
        const trb_status status = trb_section_init(&section, &mask->grid, &own);
        if (status)
            atomic_store(&worst, (int)status);
#pragma omp for schedule(dynamic)
        for (ptrdiff_t z = 0; z < nz; z++) {
            if (atomic_load(&worst) != TRB_OK)
                continue;
            if (!trb_section_read(&section, mask, (size_t)z)) {
                atomic_store(&worst, (int)TRB_ERR_MEMORY);
                continue;
            }
            trb_section_paint(&section, which, trb_mask_row(mask, 0, (size_t)z), mask->words_per_row);
            if (pores) {
                pores[z] = section.pores;
                largest[z] = section.largest_pore;
            }
        }
        trb_section_clear(&section);
    }
    const trb_status status = (trb_status)atomic_load(&worst);
    if (status == TRB_ERR_MEMORY)
        return trb_error_set(err, status, "out of memory for the slices of the cortex");
    return status ? trb_error_set(err, status, "slices of 2^31 pixels along an edge are too large") : TRB_OK;
}

trb_status trb_cortical_fill(trb_mask *compartment, trb_cortical_filled *out, trb_error *err)
{
    const size_t nz = compartment->grid.nz;
    const unsigned which = 1U << TRB_CELL_CORTEX | 1U << TRB_CELL_PORE;
    uint64_t *counts = calloc(2 * nz, sizeof *counts);
    if (!counts)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the slices of the cortex");
    const trb_status status = repaint(compartment, which, counts, counts + nz, err);
    for (size_t z = 0; !status && out && z < nz; z++) {
        if (z == 0)
            *out = (trb_cortical_filled){0, 0};
        out->voxels += counts[z];
        out->largest = counts[nz + z] > out->largest ? counts[nz + z] : out->largest;
    }
    free(counts);
    return status;
}

trb_status trb_cortical_outline(const trb_mask *compartment, trb_mask **out, trb_error *err)
{
    const unsigned which = 1U << TRB_CELL_CORTEX | 1U << TRB_CELL_PORE | 1U << TRB_CELL_MEDULLA;
    trb_status status = trb_mask_copy(compartment, out, err);
    if (!status)
        status = repaint(*out, which, NULL, NULL, err);
    if (status) {
        trb_mask_destroy(*out);
        *out = NULL;
    }
    return status;
}
