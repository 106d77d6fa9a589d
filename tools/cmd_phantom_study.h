/* cmd_phantom_study.h - trabecula phantom study: many phantoms as a folder of groups and animals. */
#ifndef TOOLS_PHANTOM_STUDY_H
#define TOOLS_PHANTOM_STUDY_H

#include "cli.h"

#include "trabecula/phantom_study.h"

/** Make DIR/<group>/<animal>/ with slices, and truth.csv, truth.json, protocol.ini and README.txt in DIR. */
trb_status phantom_study_make(const cli_call *call, const trb_phantom_study *study, const char *folder,
                              trb_error *err);

/** What is told about it (phantom_study_text.c). Texts are yours; NULL: no memory. */
char *phantom_study_csv(const trb_phantom_animal *animals, size_t n);
char *phantom_study_json(const cli_call *call, const trb_phantom_study *study,
                         const trb_phantom_animal *animals, size_t n);
char *phantom_study_protocol(const trb_phantom_study *study);
char *phantom_study_readme(const trb_phantom_study *study);

#endif
