/* cortical_section.h - one slice of a cortical compartment: outside, cortex, medulla, pores. */
#ifndef TRB_CORTICAL_SECTION_H
#define TRB_CORTICAL_SECTION_H

#include "trabecula/mask.h"

typedef enum trb_cell { TRB_CELL_OUTSIDE, TRB_CELL_CORTEX, TRB_CELL_MEDULLA, TRB_CELL_PORE } trb_cell;

/** Pixels start <= x < end of a row; hole and outline are links to other runs of the same hole and outline. */
typedef struct trb_section_run {
    uint32_t start, end, row, hole, outline;
    uint8_t cell;
} trb_section_run;

/** A slice as runs along x, every pixel in one of them. Scratch of one thread: init, read any number of slices, clear. */
typedef struct trb_section {
    size_t nx, ny, n, room;
    trb_section_run *run;
    size_t *first;  /* ny + 1: of each row */
    uint64_t *area; /* by run: of the hole or outline whose root it is */
    uint32_t *best; /* by run: root of the largest hole of the outline whose root it is */
    uint64_t cortex, medulla, pores, largest_pore;
    size_t outlines;
    bool closed, at_side;
} trb_section;

trb_status trb_section_init(trb_section *section, const trb_grid *grid, trb_error *err);
void trb_section_clear(trb_section *section);

/** Classify slice z of the mask. false: out of memory. */
bool trb_section_read(trb_section *section, const trb_mask *mask, size_t z);

/** The pixels of the cells in `which` (bits 1 << cell) as packed rows of mask_words words each, all written. */
void trb_section_paint(const trb_section *section, unsigned which, uint64_t *bits, size_t mask_words);

#endif
