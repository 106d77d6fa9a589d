/* batch_paths.h - names of files and folders of a batch. */
#ifndef TRB_BATCH_PATHS_H
#define TRB_BATCH_PATHS_H

#include "trabecula/status.h"

#include <stddef.h>

/** a/b, with one slash between them. Yours; NULL: no memory. */
char *trb_path_join(const char *a, const char *b);

/** Text by printf. Yours; NULL: no memory. */
char *trb_text_format(const char *format, ...) TRB_PRINTF(1, 2);

/** Text of unknown encoding as UTF-8 (what is none is taken for Latin-1): names in JSON and in tables. Yours; NULL: no
 *  memory. */
char *trb_text_utf8(const char *text);

/** The name behind the last slash; trailing slashes do not count. Yours. */
char *trb_path_base(const char *path);

/** Length of `name` without an ending of a volume file (".tif", ".nii.gz", ...); 0: it has none. */
size_t trb_volume_stem(const char *name);
bool trb_is_tiff_name(const char *name);

/** Does it end like a slice that is no TIFF: .bmp, .png, .jp2, .dcm, ...? */
bool trb_is_slice_name(const char *name);

/** Order of names as people count: runs of digits by their value; ties by bytes. For qsort of char *. */
int trb_natural_order(const char *a, const char *b);

/** The names in a folder that do not begin with a dot, in natural order. *names: yours, trb_names_free(). */
TRB_NODISCARD trb_status trb_names_in(const char *folder, char ***names, size_t *n, trb_error *err);
void trb_names_free(char **names, size_t n);

/** Make a folder and those above it. */
TRB_NODISCARD trb_status trb_folders_make(const char *path, trb_error *err);

/** Are there temporary files of interrupted writers in a folder? */
bool trb_stale_any(const char *folder);

/** Remove the temporary files and folders that interrupted writers left in a folder. */
void trb_stale_remove(const char *folder);

#endif
