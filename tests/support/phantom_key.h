/* phantom_key.h - the keys of phantoms.json. */
#ifndef PHANTOM_KEY_H
#define PHANTOM_KEY_H

#include "trabecula/phantom.h"

/** "rod/2.5/1": kind, thickness in voxels, placement. Fails the test when it is not such a key. */
trb_phantom_options phantom_key_options(const char *key);

/** Sanitizers are ten times slower: there, phantoms of a larger grid edge than this are left out. */
size_t phantom_key_edge_limit(void);

#endif
