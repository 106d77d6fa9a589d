/* settings_shape.c - fractal dimension, star volume and ellipsoid factor between text and types. */
#include "record/settings_shape.h"

#include "prepare/number_text.h"

#include <stdio.h>
#include <string.h>

#define IS(name) (strcmp(key, name) == 0)

bool trb_settings_is_shape(const char *key)
{
    return IS("fd") || IS("fd-boxes") || IS("star") || IS("ef") || IS("ef-repeat") || IS("ef-seed") || IS("ef-cubes");
}

/* windows, grid or grid:3. */
static trb_status set_fd(trb_fd_options *fd, const char *text, trb_error *err)
{
    const char *end = text;
    size_t shifts = 0;
    if (strcmp(text, "windows") == 0 || strcmp(text, "grid") == 0) {
        fd->rule = text[0] == 'w' ? TRB_FD_WINDOWS : TRB_FD_GRID;
        fd->shifts = 0;
        return TRB_OK;
    }
    if (strncmp(text, "grid:", 5) != 0 || !(end = text + 5, trb_text_index(end, &end, &shifts)) || *end ||
        shifts > TRB_FD_SHIFTS_MOST)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "fd: '%.60s' is not one of windows, grid, grid:N (moved N times along each axis, up to %d)",
                             text, TRB_FD_SHIFTS_MOST);
    fd->rule = TRB_FD_GRID;
    fd->shifts = shifts;
    return TRB_OK;
}

static trb_status set_fd_boxes(trb_fd_options *fd, const char *text, trb_error *err)
{
    const char *end = text;
    size_t largest = 0, smallest = 0;
    double factor = 0;
    if (!trb_text_index(end, &end, &largest) || *end++ != ':' || !trb_text_index(end, &end, &smallest) || *end++ != ':' ||
        !trb_text_real(end, &end, &factor) || *end || smallest < 1 || largest <= smallest || largest > TRB_FD_BOX_MOST ||
        !(factor > 1 && factor <= 4))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "fd-boxes: '%.60s' is not LARGEST:SMALLEST:FACTOR in voxels, such as 48:6:1.2 (LARGEST to %d, "
                             "FACTOR above 1, at most 4)", text, TRB_FD_BOX_MOST);
    fd->largest_vox = largest;
    fd->smallest_vox = smallest;
    fd->factor = factor;
    return TRB_OK;
}

static trb_status set_switch(bool *field, const char *key, const char *text, trb_error *err)
{
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: '%.60s' is not one of false, true", key, text);
    *field = text[0] == 't';
    return TRB_OK;
}

static trb_status set_ef_number(trb_ef_options *ef, const char *key, const char *text, trb_error *err)
{
    const char *end = text;
    size_t n = 0;
    const bool is_seed = IS("ef-seed");
    if (!trb_text_index(text, &end, &n) || *end || (!is_seed && (n < TRB_EF_APART_LEAST || n > TRB_EF_APART_MOST)))
        return is_seed ? trb_error_set(err, TRB_ERR_ARGUMENT, "ef-seed: '%.60s' is not a whole number from 0", text)
                       : trb_error_set(err, TRB_ERR_ARGUMENT, "ef-cubes: '%.60s' is not a number of voxels from %d to %d", text,
                                       TRB_EF_APART_LEAST, TRB_EF_APART_MOST);
    if (is_seed)
        ef->seed = n;
    else
        ef->apart_vox = n;
    return TRB_OK;
}

trb_status trb_settings_set_shape(trb_settings *settings, const char *key, const char *text, trb_error *err)
{
    if (IS("star"))
        return set_switch(&settings->star, key, text, err);
    if (IS("ef") || IS("ef-repeat"))
        return set_switch(IS("ef") ? &settings->ef : &settings->ef_options.repeat, key, text, err);
    if (IS("ef-seed") || IS("ef-cubes"))
        return set_ef_number(&settings->ef_options, key, text, err);
    return IS("fd") ? set_fd(&settings->fd, text, err) : set_fd_boxes(&settings->fd, text, err);
}

void trb_settings_shape_text(const trb_settings *settings, const char *key, char *buffer, size_t size)
{
    const trb_fd_options *fd = &settings->fd;
    buffer[0] = 0;
    if (IS("fd") && fd->shifts)
        snprintf(buffer, size, "grid:%zu", fd->shifts);
    else if (IS("fd"))
        snprintf(buffer, size, "%s", trb_fd_rule_name(fd->rule));
    else if (IS("star") || IS("ef") || IS("ef-repeat"))
        snprintf(buffer, size, "%s",
                 (IS("star") ? settings->star : IS("ef") ? settings->ef : settings->ef_options.repeat) ? "true" : "false");
    else if (IS("ef-seed"))
        snprintf(buffer, size, "%llu", (unsigned long long)settings->ef_options.seed);
    else if (IS("ef-cubes"))
        snprintf(buffer, size, "%zu", settings->ef_options.apart_vox);
    else if (IS("fd-boxes"))
        snprintf(buffer, size, "%zu:%zu:%.17g", fd->largest_vox, fd->smallest_vox, fd->factor);
}
