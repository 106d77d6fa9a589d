/* voi_notes.h - words about a VOI for whoever listens. */
#ifndef TRB_VOI_NOTES_H
#define TRB_VOI_NOTES_H

#include "trabecula/voi.h"

/** notes may be NULL; format as printf. */
void trb_voi_note(const trb_voi_notes *notes, const char *format, ...) TRB_PRINTF(2, 3);

#endif
