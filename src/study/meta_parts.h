/* meta_parts.h - what reading and showing a meta-analysis share. */
#ifndef TRB_META_PARTS_H
#define TRB_META_PARTS_H

#include "trabecula/meta.h"

#include <jansson.h>

struct trb_meta {
    json_t *document; /* metrics > metric > SMD, MD, ROM; studies > metric > array */
    trb_meta_options options;
};

/** "SMD", "MD", "ROM"; "REML_hartung_knapp", "FE", ...: keys of the document. */
const char *trb_meta_measure_key(const trb_meta_options *options);
const char *trb_meta_model_key(const trb_meta_options *options);

#endif
