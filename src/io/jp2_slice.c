/* jp2_slice.c - JPEG 2000 slices (files and bare code streams) through OpenJPEG. */
#include "io/slice_image.h"

#include <openjpeg.h>
#include <stdio.h>
#include <string.h>

#define LARGEST_SIDE (1 << 20)
#define MOST_PER_BYTE 1048576 /* pixels of an empty image that one byte may stand for */
#define FEED_BYTES 65536

typedef struct jp2_job {
    const trb_input_file *file;
    uint64_t at;
    opj_stream_t *stream;
    opj_codec_t *codec;
    opj_image_t *image;
    char message[200];
} jp2_job;

/* ---- what OpenJPEG calls */

static OPJ_SIZE_T feed(void *to, OPJ_SIZE_T bytes, void *user)
{
    jp2_job *job = user;
    const uint64_t left = job->at < job->file->bytes ? job->file->bytes - job->at : 0;
    const size_t n = left < bytes ? (size_t)left : bytes;
    if (n == 0 || trb_input_read(job->file, job->at, to, n, NULL))
        return (OPJ_SIZE_T)-1;
    job->at += n;
    return n;
}

static OPJ_OFF_T skip(OPJ_OFF_T bytes, void *user)
{
    jp2_job *job = user;
    if (bytes < 0 || (uint64_t)bytes > job->file->bytes - job->at)
        return -1;
    job->at += (uint64_t)bytes;
    return bytes;
}

static OPJ_BOOL seek(OPJ_OFF_T to, void *user)
{
    jp2_job *job = user;
    if (to < 0 || (uint64_t)to > job->file->bytes)
        return OPJ_FALSE;
    job->at = (uint64_t)to;
    return OPJ_TRUE;
}

static void keep_message(const char *text, void *user)
{
    jp2_job *job = user;
    if (!job->message[0])
        snprintf(job->message, sizeof job->message, "%.*s", (int)(strcspn(text, "\r\n") & 0xff), text);
}

static void no_message(const char *text, void *user)
{
    (void)text, (void)user;
}

/* ---- steps */

static void clear(jp2_job *job)
{
    opj_stream_destroy(job->stream);
    opj_destroy_codec(job->codec);
    opj_image_destroy(job->image);
}

static trb_status damaged(const jp2_job *job, trb_error *err)
{
    return trb_error_set(err, TRB_ERR_FORMAT, "is a damaged or truncated JPEG 2000 file (%s): copy or export it again",
                         job->message[0] ? job->message : "it cannot be decoded");
}

static trb_status start(jp2_job *job, const trb_input_file *file, trb_error *err)
{
    static const unsigned char box[8] = {0, 0, 0, 12, 'j', 'P', ' ', ' '}, code[4] = {0xff, 0x4f, 0xff, 0x51};
    unsigned char head[8];
    opj_dparameters_t parameters;
    job->file = file;
    const trb_status status = trb_input_read(file, 0, head, sizeof head, err);
    if (status)
        return status;
    const bool bare = memcmp(head, code, sizeof code) == 0;
    if (!bare && memcmp(head, box, sizeof box) != 0)
        return trb_error_set(err, TRB_ERR_FORMAT, "does not begin as a JPEG 2000 file");
    job->codec = opj_create_decompress(bare ? OPJ_CODEC_J2K : OPJ_CODEC_JP2);
    job->stream = opj_stream_create(FEED_BYTES, OPJ_TRUE);
    if (!job->codec || !job->stream)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a JPEG 2000 reader");
    opj_set_error_handler(job->codec, keep_message, job);
    opj_set_warning_handler(job->codec, no_message, NULL);
    opj_set_info_handler(job->codec, no_message, NULL);
    opj_stream_set_user_data(job->stream, job, NULL);
    opj_stream_set_user_data_length(job->stream, file->bytes);
    opj_stream_set_read_function(job->stream, feed);
    opj_stream_set_skip_function(job->stream, skip);
    opj_stream_set_seek_function(job->stream, seek);
    opj_set_default_decoder_parameters(&parameters);
    const bool ready = opj_setup_decoder(job->codec, &parameters) && opj_read_header(job->stream, job->codec, &job->image);
    return ready ? TRB_OK : damaged(job, err);
}

/* The same must hold before and after decoding: a colour table may make one component three. */
static trb_status check_components(const jp2_job *job, trb_error *err)
{
    const opj_image_t *image = job->image;
    const opj_image_comp_t *first = image->comps;
    if (image->numcomps != 1 && image->numcomps != 3)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "has %u values a pixel; one grey value is needed: export it as grey",
                             image->numcomps);
    for (unsigned c = 0; c < image->numcomps; c++)
        if (first[c].dx != 1 || first[c].dy != 1 || first[c].prec != first->prec || first[c].sgnd != first->sgnd)
            return trb_error_set(err, TRB_ERR_UNSUPPORTED, "has components that differ; one grey value a pixel is needed");
    if (first->sgnd || first->prec < 1 || first->prec > 16)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "holds %s %u-bit values; unsigned ones of up to 16 bits are read",
                             first->sgnd ? "signed" : "unsigned", first->prec);
    return TRB_OK;
}

static trb_status take_header(const jp2_job *job, trb_slice_image *slice, trb_error *err)
{
    const opj_image_t *image = job->image;
    trb_status status = check_components(job, err);
    if (status)
        return status;
    const uint64_t nx = (uint64_t)image->x1 - image->x0, ny = (uint64_t)image->y1 - image->y0;
    if (image->x1 <= image->x0 || image->y1 <= image->y0 || nx > LARGEST_SIDE || ny > LARGEST_SIDE ||
        nx * ny / MOST_PER_BYTE > job->file->bytes)
        return trb_error_set(err, TRB_ERR_FORMAT, "claims %llu x %llu pixels, more than its bytes can ever hold",
                             (unsigned long long)nx, (unsigned long long)ny);
    const unsigned bits = image->comps->prec;
    *slice = (trb_slice_image){.nx = (size_t)nx, .ny = (size_t)ny, .type = bits > 8 ? TRB_U16 : TRB_U8, .bits = bits};
    slice->stored = image->numcomps == 3 ? "RGB" : bits > 8 ? "9 to 16-bit grey" : bits == 8 ? "8-bit grey" : "1 to 7-bit grey";
    return TRB_OK;
}

trb_status trb_jp2_header(const trb_input_file *file, trb_slice_image *image, trb_error *err)
{
    jp2_job job = {0};
    trb_status status = start(&job, file, err);
    if (!status)
        status = take_header(&job, image, err);
    clear(&job);
    return status;
}

/* Decoded values may leave the range of the type where the coding is lossy. */
static unsigned within(OPJ_INT32 value, unsigned top)
{
    return value < 0 ? 0 : (unsigned)value > top ? top : (unsigned)value;
}

static trb_status copy_pixels(const jp2_job *job, const trb_slice_image *slice, void *pixels, trb_error *err)
{
    const opj_image_comp_t *comps = job->image->comps;
    const size_t count = slice->nx * slice->ny;
    const unsigned top = (1U << slice->bits) - 1;
    for (unsigned c = 0; c < job->image->numcomps; c++)
        if (!comps[c].data || comps[c].w != slice->nx || comps[c].h != slice->ny)
            return trb_error_set(err, TRB_ERR_FORMAT, "holds other pixels than its header says");
    for (size_t i = 0; i < count; i++) {
        const unsigned grey = within(comps[0].data[i], top);
        if (job->image->numcomps == 3 && (comps[1].data[i] != comps[0].data[i] || comps[2].data[i] != comps[0].data[i]))
            return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                                 "holds colours; one grey value a pixel is needed: export it as grey");
        if (slice->type == TRB_U16)
            ((uint16_t *)pixels)[i] = (uint16_t)grey;
        else
            ((uint8_t *)pixels)[i] = (uint8_t)(slice->bits < 8 ? grey * 255 / top : grey);
    }
    return TRB_OK;
}

trb_status trb_jp2_pixels(const trb_input_file *file, const trb_slice_image *image, void *pixels, trb_error *err)
{
    jp2_job job = {0};
    trb_slice_image now;
    trb_status status = start(&job, file, err);
    if (!status)
        status = take_header(&job, &now, err);
    if (!status)
        status = trb_slice_check_unchanged(&now, image, err);
    if (!status && !(opj_decode(job.codec, job.stream, job.image) && opj_end_decompress(job.codec, job.stream)))
        status = damaged(&job, err);
    if (!status)
        status = check_components(&job, err);
    if (!status)
        status = copy_pixels(&job, image, pixels, err);
    clear(&job);
    return status;
}
