/* scan_formats.c - see scan_formats.h. */
#include "io/scan_formats.h"

#include "io/raw_volume.h"
#include "io/scanco_aim.h"
#include "io/scanco_isq.h"

#include <string.h>
#include <strings.h>

/* Does the name end like this, also with VMS's version behind it (".ISQ;1")? */
static bool named_like(const char *path, const char *ending)
{
    size_t length = strlen(path);
    const char *version = strrchr(path, ';');
    if (version && version[1] && strspn(version + 1, "0123456789") == strlen(version + 1))
        length = (size_t)(version - path);
    const size_t n = strlen(ending);
    return length > n && strncasecmp(path + length - n, ending, n) == 0;
}

trb_status trb_format_open(const char *path, const trb_open_options *options, bool *known, trb_opened *opened,
                           trb_error *err)
{
    (void)options;
    memset(opened, 0, sizeof *opened);
    *known = true;
    if (trb_raw_spec_recognise(path))
        return trb_raw_spec_open(path, opened, err);
    if (trb_isq_recognise(path) || named_like(path, ".isq") || named_like(path, ".rsq") || named_like(path, ".rad"))
        return trb_isq_open(path, opened, err); /* by name alone: says what is wrong with it */
    if (trb_aim_recognise(path) || named_like(path, ".aim"))
        return trb_aim_open(path, opened, err);
    *known = false;
    return TRB_OK;
}
