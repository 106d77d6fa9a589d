/* phantom_bone_files.h - trabecula phantom bone: an image, the masks of its compartments, and what is true of it. */
#ifndef PHANTOM_BONE_FILES_H
#define PHANTOM_BONE_FILES_H

#include "cli.h"

#include "trabecula/phantom_bone.h"

/** Paths of all files, in the order written. Owned by the caller. */
enum { BONE_IMAGE, BONE_TRABECULAR, BONE_CORTICAL, BONE_PERIOSTEAL, BONE_TRUTH, BONE_FILES };

/** What is put behind the image's name: NULL for the image itself. Static. */
const char *phantom_bone_ending(int file);

/** Make the bone and write everything. measure: also Tb.Th and Tb.Sp of the sharp image, for the truth file. */
trb_status phantom_bone_make(const cli_call *call, const trb_phantom_bone *bone,
                             char *const paths[BONE_FILES], bool measure, bool force, trb_error *err);

#endif
