/* manifest_parts.h - what the readers of a study share. */
#ifndef TRB_MANIFEST_PARTS_H
#define TRB_MANIFEST_PARTS_H

#include "trabecula/batch.h"

/** Add an empty scan; NULL: no memory. Valid until the next one is added. */
trb_manifest_scan *trb_manifest_add(trb_manifest *manifest);

/** Drop the scan that was added last. */
void trb_manifest_drop_last(trb_manifest *manifest);

/** Add a note (printf); dropped without memory. */
void trb_manifest_note(trb_manifest *manifest, const char *format, ...) TRB_PRINTF(2, 3);

TRB_NODISCARD trb_status trb_manifest_from_folder(trb_manifest *manifest, const char *output, trb_error *err);
TRB_NODISCARD trb_status trb_manifest_from_csv(trb_manifest *manifest, trb_error *err);

#endif
