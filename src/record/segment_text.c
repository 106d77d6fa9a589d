/* segment_text.c - filters and sensitivity from text, and back. */
#include "record/segment_text.h"

#include "prepare/number_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void trb_number_text(char *buffer, size_t size, double value)
{
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(buffer, size, "%.*g", digits, value);
        if (strtod(buffer, NULL) == value)
            return;
    }
}

/* ---- filters */

/* "NAME:rest" -> rest, or NULL. */
static const char *behind(const char *text, const char *name)
{
    const size_t n = strlen(name);
    return strncmp(text, name, n) == 0 && text[n] == ':' ? text + n + 1 : NULL;
}

static bool support_number(const char *text, int *support)
{
    const char *end;
    size_t value;
    if (!trb_text_index(text, &end, &value) || *end || value < 1 || value > 32)
        return false;
    *support = (int)value;
    return true;
}

trb_status trb_filter_text_parse(const char *text, trb_filter *filter, trb_laplace_hamming *laplace,
                                 trb_error *err)
{
    trb_filter made = {TRB_FILTER_NONE, 0, 0};
    trb_laplace_hamming sharp = {0, 0};
    const char *rest, *end;
    bool good = false;
    if (strcmp(text, "none") == 0) {
        good = true;
    } else if ((rest = behind(text, "median"))) {
        made.kind = TRB_FILTER_MEDIAN;
        good = support_number(rest, &made.support_vox);
    } else if ((rest = behind(text, "laplace-hamming"))) {
        made.kind = TRB_FILTER_LAPLACE_HAMMING;
        good = trb_text_real(rest, &end, &sharp.epsilon) && *end == ',' &&
               trb_text_real(end + 1, &end, &sharp.cutoff) && !*end && sharp.epsilon >= 0 &&
               sharp.epsilon < 1 && sharp.cutoff > 0 && sharp.cutoff <= 1;
    } else if ((rest = behind(text, "gaussian")) || (rest = behind(text, "gaussian-truncated"))) {
        made.kind = behind(text, "gaussian") ? TRB_FILTER_GAUSSIAN : TRB_FILTER_GAUSSIAN_TRUNCATED;
        good = trb_text_real(rest, &end, &made.sigma_vox) && *end == ',' && made.sigma_vox > 0 &&
               support_number(end + 1, &made.support_vox);
    }
    if (!good)
        return trb_error_set(
            err, TRB_ERR_ARGUMENT,
            "filter: '%s' is not none, gaussian:SIGMA,SUPPORT, gaussian-truncated:SIGMA,SUPPORT, median:R or "
            "laplace-hamming:EPSILON,CUTOFF; for example gaussian:0.8,1 (voxels, support 1 to 32) or "
            "laplace-hamming:0.45,0.3 (0 <= epsilon < 1, cut-off up to 1 cycle per voxel)",
            text);
    *filter = made;
    *laplace = sharp;
    return TRB_OK;
}

void trb_filter_text(const trb_filter *filter, const trb_laplace_hamming *laplace, char *buffer, size_t size)
{
    char a[40], b[40];
    const char *name = trb_filter_name(filter->kind);
    switch (filter->kind) {
    case TRB_FILTER_NONE: snprintf(buffer, size, "none"); return;
    case TRB_FILTER_MEDIAN: snprintf(buffer, size, "median:%d", filter->support_vox); return;
    case TRB_FILTER_LAPLACE_HAMMING:
        trb_number_text(a, sizeof a, laplace->epsilon);
        trb_number_text(b, sizeof b, laplace->cutoff);
        snprintf(buffer, size, "%s:%s,%s", name, a, b);
        return;
    default:
        trb_number_text(a, sizeof a, filter->sigma_vox);
        snprintf(buffer, size, "%s:%s,%d", name, a, filter->support_vox);
    }
}

/* ---- sensitivity */

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

trb_status trb_sensitivity_parse(const char *text, double shifts[TRB_SENSITIVITY_MAX], trb_error *err)
{
    double made[TRB_SENSITIVITY_MAX] = {0};
    size_t n = 0;
    bool good = true;
    for (const char *p = text; good && *p; n++) {
        good = n < TRB_SENSITIVITY_MAX && trb_text_real(p, &p, &made[n]) && made[n] > 0 && made[n] < 100 &&
               *p == '%' && (p[1] == 0 || (p[1] == ',' && p[2]));
        for (size_t i = 0; good && i < n; i++)
            good = made[i] != made[n];
        p += good && p[1] ? 2 : 1;
    }
    if (!good)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "sensitivity: '%s' is not a list of at most %d different percentages between "
                             "0 and 100, such as 5%%,10%%",
                             text, TRB_SENSITIVITY_MAX);
    qsort(made, n, sizeof *made, by_size);
    memcpy(shifts, made, sizeof made);
    return TRB_OK;
}

void trb_sensitivity_text(const double shifts[TRB_SENSITIVITY_MAX], char *buffer, size_t size)
{
    buffer[0] = 0;
    for (size_t i = 0; i < TRB_SENSITIVITY_MAX && shifts[i] > 0; i++) {
        char number[40];
        trb_number_text(number, sizeof number, shifts[i]);
        const size_t used = strlen(buffer);
        snprintf(buffer + used, size - used, "%s%s%%", i ? "," : "", number);
    }
}
