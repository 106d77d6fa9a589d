/*
 * png_slice.c - PNG slices through libpng.
 * libpng reports errors by longjmp(): each step runs inside guarded(), and what it allocates lives in a struct that is
 * cleared outside.
 */
#include "core/memory.h"
#include "io/slice_image.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>

#define LARGEST_SIDE (1 << 24)
#define DEFLATE_MOST 1032 /* bytes that one compressed byte can stand for */

typedef struct png_job {
    png_structp png;
    png_infop info;
    const trb_input_file *file;
    uint64_t at;
    char message[200];
    unsigned char *buffer; /* of all rows, when they are not delivered as they are */
    png_bytep *rows;
} png_job;

static void keep_message(png_structp png, png_const_charp message)
{
    png_job *job = png_get_error_ptr(png);
    snprintf(job->message, sizeof job->message, "%s", message);
    png_longjmp(png, 1);
}

static void no_warning(png_structp png, png_const_charp message)
{
    (void)png, (void)message;
}

static void read_bytes(png_structp png, png_bytep to, size_t bytes)
{
    png_job *job = png_get_io_ptr(png);
    if (trb_input_read(job->file, job->at, to, bytes, NULL))
        png_error(png, "the file ends too early");
    job->at += bytes;
}

static bool guarded(png_job *job, void (*step)(png_job *))
{
    if (setjmp(png_jmpbuf(job->png)))
        return false;
    step(job);
    return true;
}

static trb_status damaged(const png_job *job, trb_error *err)
{
    return trb_error_set(err, TRB_ERR_FORMAT, "is a damaged PNG (%s): copy or export it again", job->message);
}

static void clear(png_job *job)
{
    png_destroy_read_struct(&job->png, &job->info, NULL);
    free(job->buffer);
    free(job->rows);
}

static trb_status start(png_job *job, const trb_input_file *file, trb_error *err)
{
    png_byte signature[8];
    job->file = file;
    const trb_status status = trb_input_read(file, 0, signature, sizeof signature, err);
    if (status)
        return status;
    if (png_sig_cmp(signature, 0, sizeof signature))
        return trb_error_set(err, TRB_ERR_FORMAT, "does not begin as a PNG file");
    job->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, job, keep_message, no_warning);
    job->info = job->png ? png_create_info_struct(job->png) : NULL;
    if (!job->info)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a PNG reader");
    png_set_read_fn(job->png, job, read_bytes);
    png_set_user_limits(job->png, LARGEST_SIDE, LARGEST_SIDE);
    png_set_chunk_malloc_max(job->png, 1 << 24);
    return TRB_OK;
}

static void read_info(png_job *job)
{
    png_read_info(job->png, job->info);
}

static bool table_is_mapped(const png_job *job)
{
    png_colorp colours = NULL;
    int count = 0;
    png_get_PLTE(job->png, job->info, &colours, &count);
    for (int i = 0; i < count; i++)
        if (colours[i].red != i || colours[i].green != i || colours[i].blue != i)
            return true;
    return false;
}

static trb_status take_header(const png_job *job, trb_slice_image *image, trb_error *err)
{
    const unsigned bits = png_get_bit_depth(job->png, job->info);
    const int colour = png_get_color_type(job->png, job->info);
    *image = (trb_slice_image){.nx = png_get_image_width(job->png, job->info),
                               .ny = png_get_image_height(job->png, job->info),
                               .type = bits == 16 ? TRB_U16 : TRB_U8,
                               .bits = bits};
    const bool table = colour == PNG_COLOR_TYPE_PALETTE;
    image->mapped = table && bits == 8 && table_is_mapped(job);
    image->stored = table && image->mapped            ? "8-bit with a colour table"
                    : colour & PNG_COLOR_MASK_ALPHA   ? "with transparency"
                    : !table && colour                ? "RGB"
                    : bits == 16                      ? "16-bit grey"
                    : bits == 8                       ? "8-bit grey"
                                                      : "1, 2 or 4-bit grey";
    const double stored = (double)image->nx * (double)image->ny * bits / 8;
    if (stored / DEFLATE_MOST > (double)job->file->bytes)
        return trb_error_set(err, TRB_ERR_FORMAT, "claims %zu x %zu pixels, more than its bytes can ever hold", image->nx,
                             image->ny);
    return TRB_OK;
}

static trb_status open_png(png_job *job, const trb_input_file *file, trb_slice_image *image, trb_error *err)
{
    trb_status status = start(job, file, err);
    if (!status && !guarded(job, read_info))
        status = damaged(job, err);
    return status ? status : take_header(job, image, err);
}

trb_status trb_png_header(const trb_input_file *file, trb_slice_image *image, trb_error *err)
{
    png_job job = {0};
    const trb_status status = open_png(&job, file, image, err);
    clear(&job);
    return status;
}

/* Everything as 8 or 16 bits in this machine's order; gamma is left alone. */
static void prepare(png_job *job)
{
    const int colour = png_get_color_type(job->png, job->info);
    const int bits = png_get_bit_depth(job->png, job->info);
    if (colour == PNG_COLOR_TYPE_PALETTE)
        png_set_palette_to_rgb(job->png);
    else if (bits < 8)
        png_set_expand_gray_1_2_4_to_8(job->png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (bits == 16)
        png_set_swap(job->png);
#endif
    png_set_interlace_handling(job->png);
    png_read_update_info(job->png, job->info);
}

static void read_rows(png_job *job)
{
    png_read_image(job->png, job->rows);
    png_read_end(job->png, NULL); /* checksums, and that the end is there */
}

static trb_status make_rows(png_job *job, const trb_slice_image *image, unsigned channels, void *pixels, trb_error *err)
{
    const size_t row = image->nx * trb_type_bytes(image->type) * channels;
    if (png_get_rowbytes(job->png, job->info) != row)
        return trb_error_set(err, TRB_ERR_FORMAT, "was changed while it was read");
    job->rows = trb_alloc(image->ny, sizeof *job->rows, "a list of rows", err);
    if (job->rows && channels > 1)
        job->buffer = trb_alloc(image->ny, row, "a slice", err);
    if (!job->rows || (channels > 1 && !job->buffer))
        return TRB_ERR_MEMORY;
    for (size_t y = 0; y < image->ny; y++)
        job->rows[y] = (channels > 1 ? job->buffer : (unsigned char *)pixels) + y * row;
    return TRB_OK;
}

trb_status trb_png_pixels(const trb_input_file *file, const trb_slice_image *image, void *pixels, trb_error *err)
{
    png_job job = {0};
    trb_slice_image now;
    unsigned channels = 1;
    trb_status status = open_png(&job, file, &now, err);
    if (!status)
        status = trb_slice_check_unchanged(&now, image, err);
    if (!status && !guarded(&job, prepare))
        status = damaged(&job, err);
    if (!status) {
        channels = png_get_channels(job.png, job.info);
        status = make_rows(&job, image, channels, pixels, err);
    }
    if (!status && !guarded(&job, read_rows))
        status = damaged(&job, err);
    for (size_t y = 0; !status && channels > 1 && y < image->ny; y++)
        status = trb_slice_row_to_grey(job.rows[y], image->nx, channels, image->type,
                                       (char *)pixels + y * image->nx * trb_type_bytes(image->type), err);
    clear(&job);
    return status;
}
