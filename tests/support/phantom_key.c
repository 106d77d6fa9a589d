/* phantom_key.c - see phantom_key.h. */
#include "support/phantom_key.h"

#include "support/testing.h"

trb_phantom_options phantom_key_options(const char *key)
{
    char name[16];
    double thickness;
    unsigned placement;
    assert_int_equal(3, sscanf(key, "%15[a-z]/%lf/%u", name, &thickness, &placement));
    trb_phantom_kind kind;
    assert_true(trb_phantom_kind_find(name, &kind));
    trb_phantom_options options = trb_phantom_options_default(kind);
    options.thickness_vox = thickness;
    options.placement = placement;
    return options;
}

size_t phantom_key_edge_limit(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return 50;
#else
    return 1000;
#endif
}
