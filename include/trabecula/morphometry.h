/* morphometry.h - one scan from grey values to a record: the measuring itself. */
#ifndef TRABECULA_MORPHOMETRY_H
#define TRABECULA_MORPHOMETRY_H

#include "trabecula/cortical.h"
#include "trabecula/mesh.h"
#include "trabecula/record.h"
#include "trabecula/thickness.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What an analysis leaves besides the record, for maps and pictures. All owned; clear it. */
typedef struct trb_products {
    trb_volume *grey; /* set only when the image was resampled; otherwise the caller's volume was measured */
    trb_mask *bone;
    trb_mask *voi;             /* NULL: the whole image */
    trb_mask *plates;          /* bone that is of plates; only when it was asked for */
    trb_histogram histogram;   /* of the filtered grey values in the VOI */
    trb_volume *tb_th, *tb_sp; /* maps in mm; only when asked for. With region cortical tb_th is Ct.Th, and there is no tb_sp */
    trb_cortical cortical;     /* with region cortical: its table of slices, and what the metrics come from */
    trb_volume *cut[3];        /* the planes xy, xz and yz that the picture shows (trb_mask_middle() of the VOI) */
} trb_products;

TRB_API void trb_products_clear(trb_products *products);

/**
 * Measure one volume.
 *
 * Input       volume: grey; spacing known, or settings give it. info: what the reader found (NULL: nothing).
 *             want_maps: keep Tb.Th and Tb.Sp maps in the products. progress may be NULL.
 * Output      *record: yours, trb_record_destroy() frees it; NULL unless TRB_OK. *products (may be NULL):
 *             init by this function; clear it.
 * Errors      TRB_ERR_ARGUMENT: no spacing, anisotropic without resampling, a VOI or threshold that cannot
 *             be. TRB_ERR_DATA, TRB_ERR_MEMORY, TRB_ERR_CANCELLED. An empty VOI, no bone or no marrow are no
 *             errors: those metrics have a reason instead of a value.
 * Cost        See README; both thickness maps dominate.
 * Threads     Uses all; the record has the same numbers for any number of threads.
 */
TRB_API TRB_NODISCARD trb_status trb_analyze(const trb_volume *volume, const trb_scan_info *info,
                                             const trb_settings *settings, bool want_maps,
                                             const trb_progress *progress, trb_record **record,
                                             trb_products *products, trb_error *err);

/** A mesh of the bone, written while the grey values are at hand. */
typedef struct trb_mesh_use {
    const char *path;
    trb_mesh_options options;
    bool binary; /* of the bone mask; otherwise of the grey surface, unless the mask was cleaned */
} trb_mesh_use;

/** How trb_analyze_scan() may use memory, and where maps go. */
typedef struct trb_scan_use {
    size_t memory_limit_bytes;         /* about what the whole program may take; 0: as much as speed asks for */
    const trb_map_sink *tb_th, *tb_sp; /* get the maps in mm plane by plane; NULL: no map. A sink is not called when
                                          its phase is not measured */
    const trb_mesh_use *mesh;          /* NULL: none */
} trb_scan_use;

/**
 * Measure an opened scan, or a box of it, within a memory limit.
 *
 * Convention  When the limit does not hold everything, only packed masks stay in memory: grey planes are read from
 *             the files again for each pass, a slab at a time, and thickness is measured in layers. Every number and
 *             every map value has the same bits either way.
 * Input       box: NULL for all. use->memory_limit_bytes: see above. settings->crop and slices are not looked at.
 * Output      as trb_analyze(); products without whole maps and, in slabs, without grey. record->memory_mode says
 *             which way was taken.
 * Errors      Those of trb_analyze() and trb_scan_read(); TRB_ERR_MEMORY before anything is allocated when not even
 *             slabs fit; TRB_ERR_UNSUPPORTED when resampling would need all of the image.
 * Cost        In slabs the files are read seven times (eight for types wider than 16 bit), once more for a grey BS or a mesh.
 * Threads     As trb_analyze().
 */
TRB_API TRB_NODISCARD trb_status trb_analyze_scan(trb_scan *scan, const trb_box *box, const trb_settings *settings,
                                                  const trb_scan_use *use, const trb_progress *progress,
                                                  trb_record **record, trb_products *products, trb_error *err);

/**
 * The VOI of a scan alone, as trb_analyze_scan() would make it, without measuring anything.
 *
 * Convention  The voxel size need not be known unless the VOI's rules need it, and need not be cubic: the mask is on the
 *             grid of the scan (or of the box), also where an analysis would resample.
 * Output      *record: grid, calibration and warnings (what was found on the way, "voi: ..."), no metrics; yours.
 *             *products: voi (NULL when the settings ask for none), cut and the histogram of the grey values; clear it.
 * Errors      Those of trb_analyze_scan() that have to do with reading and with the VOI.
 */
TRB_API TRB_NODISCARD trb_status trb_analyze_voi(trb_scan *scan, const trb_box *box, const trb_settings *settings,
                                                 const trb_scan_use *use, const trb_progress *progress,
                                                 trb_record **record, trb_products *products, trb_error *err);


/** Bytes that trb_analyze() will need beside the grey volume, from above, for a volume of this size. */
TRB_API size_t trb_analyze_memory(const trb_grid *grid, trb_type type, const trb_settings *settings,
                                  bool want_maps);

#ifdef __cplusplus
}
#endif
#endif
