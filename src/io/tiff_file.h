/* tiff_file.h - one TIFF file: its bytes, its chain of directories, a libtiff handle with its own messages. */
#ifndef TRB_TIFF_FILE_H
#define TRB_TIFF_FILE_H

#include "trabecula/status.h"

#include <stddef.h>
#include <stdint.h>
#include <tiffio.h>

/** What libtiff said, first message of each kind; nothing of it goes to stderr. */
typedef struct trb_tiff_messages {
    char error[240];
    char warning[240];
} trb_tiff_messages;

/** An open file. Must not move in memory while open (libtiff keeps a pointer to the messages). */
typedef struct trb_tiff_file {
    int fd;     /* for pread(); closed together with the handle */
    TIFF *tiff; /* NULL when closed */
    trb_tiff_messages messages;
    uint64_t bytes; /* size of the file when it was opened */
    bool big;       /* BigTIFF: 64-bit offsets */
    bool swapped;   /* the byte order is not the one of this machine */
} trb_tiff_file;

/** Does the file start like a TIFF (either byte order, classic or BigTIFF)? False also when unreadable. */
bool trb_tiff_recognise(const char *path);

/**
 * Open for reading. No directory is current yet.
 *
 * Errors      TRB_ERR_IO (does not open), TRB_ERR_FORMAT (empty, no TIFF). The text does not name the file.
 */
trb_status trb_tiff_file_open(const char *path, trb_tiff_file *file, trb_error *err);

/** Close; a zeroed or closed file is fine. */
void trb_tiff_file_close(trb_tiff_file *file);

/** Read exactly `count` bytes at `offset`; false when the file ends before or the system refuses. */
bool trb_tiff_read_at(const trb_tiff_file *file, uint64_t offset, void *bytes, size_t count);

/**
 * Offsets of all directories of the chain, in order.
 *
 * Output      *offsets: yours, free(); at least one.
 * Errors      TRB_ERR_FORMAT: no directory, a loop, a directory beyond the end of the file, more than a million.
 */
trb_status trb_tiff_directories(const trb_tiff_file *file, uint64_t **offsets, size_t *count, trb_error *err);

/** Make the directory at this offset current in file->tiff. Errors: TRB_ERR_FORMAT with libtiff's words. */
trb_status trb_tiff_directory_set(trb_tiff_file *file, uint64_t offset, trb_error *err);

/**
 * A RATIONAL tag of a directory. libtiff would hand it out as float, which costs nine digits.
 * False when the tag is missing, of another kind, or one of the numbers is 0.
 */
bool trb_tiff_rational(const trb_tiff_file *file, uint64_t directory, uint16_t tag, uint32_t *numerator,
                       uint32_t *denominator);

#endif
