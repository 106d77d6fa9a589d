/*
 * fuzz_manifest.c - libFuzzer target: any bytes as the table of a study.
 * Not part of the normal build. By hand, with the options of scripts/fuzz:
 *   clang ... tests/fuzz/fuzz_manifest.c src/study/{manifest,manifest_csv,text_table,text_cells,text_bytes,cohort_pool,batch_paths}.c \
 *     src/record/{settings,settings_voi,threshold_text,segment_text}.c src/io/{raw_spec,raw_volume,scan_info,input_file,vax_float}.c \
 *     src/io/length_unit.c src/core/{memory,status,grid,volume,mask}.c src/prepare/{calibration,number_text}.c -ltrabecula -lz -lm
 */
#include "study/manifest_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Tables do not walk folders. */
trb_status trb_manifest_from_folder(trb_manifest *manifest, const char *output, trb_error *err)
{
    (void)manifest, (void)output;
    return trb_error_set(err, TRB_ERR_UNSUPPORTED, "not here");
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
    static char path[] = P_tmpdir "/fuzz-study-XXXXXX";
    static int fd = -1;
    if (fd < 0)
        fd = mkstemp(path);
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, bytes, count, 0) != (ssize_t)count)
        abort();
    trb_manifest *manifest = NULL;
    trb_error err = {TRB_OK, ""};
    const trb_status status = trb_manifest_create(path, NULL, &manifest, &err);
    if ((status == TRB_OK) != (manifest != NULL) || (status && !err.text[0]))
        abort(); /* the contract: a manifest or a reason */
    for (size_t i = 0; manifest && i < manifest->n_scans; i++) {
        const trb_manifest_scan *scan = &manifest->scans[i];
        if (!scan->sample[0] || strchr(scan->sample, '/') || scan->sample[0] == '.' || !scan->path)
            abort(); /* a sample names a folder */
        for (size_t c = 0; c < manifest->n_columns; c++)
            if (!scan->extra[c])
                abort();
    }
    trb_manifest_destroy(manifest);
    return 0;
}
