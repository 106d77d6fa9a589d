/* skyscan_log.h - the .log file that SkyScan/Bruker reconstruction writes beside its slices. */
#ifndef TRB_SKYSCAN_LOG_H
#define TRB_SKYSCAN_LOG_H

#include "trabecula/volume_io.h"

/** What the log says; 0 or "" where it says nothing. */
typedef struct trb_skyscan_log {
    char name[64];         /* of the file, without folder */
    double pixel_um;       /* [Reconstruction] Pixel Size (um) */
    double section_step;   /* slice distance in pixels (1 when not given) */
    bool has_cs;
    double cs_lowest, cs_highest; /* attenuation in 1/mm of the grey values 0 and 255 (65535) */
    size_t width, height;  /* Result Image Width, Height */
} trb_skyscan_log;

/**
 * Read a log and add its facts to info.
 *
 * Errors      TRB_ERR_IO; TRB_ERR_FORMAT when it is no log of a reconstruction (a projection log, another program's).
 */
trb_status trb_skyscan_log_read(const char *path, trb_skyscan_log *log, trb_scan_info *info, trb_error *err);

/**
 * Find and read the log of slices named prefix + number in a folder: prefix.log, else the only log of a
 * reconstruction in the folder. Warns when several logs could be meant. False when there is none.
 */
bool trb_skyscan_log_find(const char *folder, const char *prefix, trb_skyscan_log *log, trb_scan_info *info);

/** Attenuation in 1/cm from the log's conversion, for 8 and 16-bit unsigned slices as the reconstruction wrote them. */
void trb_skyscan_log_calibrate(const trb_skyscan_log *log, trb_type type, trb_calibration *calibration);

/** Say when the slices look like enlarged or reduced copies of what the log describes. */
void trb_skyscan_log_check_size(const trb_skyscan_log *log, size_t nx, size_t ny, trb_scan_info *info);

#endif
