/*
 * qc_histogram.c - counts on a logarithmic axis, the threshold as a line.
 * Logarithmic, because air and marrow outnumber bone by ten or more; the bone hump would be flat otherwise.
 */
#include "present/qc_parts.h"

#include <math.h>
#include <stdio.h>

/* The occupied part of the histogram, in bars of `group` bins each. */
typedef struct bars {
    const trb_histogram *histogram;
    size_t first, count, group;
    double most; /* largest bar */
} bars;

static double bar_count(const bars *b, size_t bar)
{
    uint64_t sum = 0;
    const size_t from = b->first + bar * b->group;
    for (size_t k = from; k < from + b->group && k < b->histogram->bins; k++)
        sum += b->histogram->counts[k];
    return (double)sum;
}

static double bar_value(const bars *b, size_t bar)
{
    return b->histogram->lowest + (double)(b->first + bar * b->group) * b->histogram->width;
}

static bool make_bars(const trb_qc *qc, size_t most_bars, bars *b)
{
    const trb_histogram *h = qc->histogram;
    if (!h || !h->counts || h->bins == 0)
        return false;
    size_t first = 0, end = h->bins;
    while (first < end && h->counts[first] == 0)
        first++;
    while (end > first && h->counts[end - 1] == 0)
        end--;
    if (first == end)
        return false;
    /* The threshold may lie beside all voxels; show it all the same, and the bars around it. */
    const double at = (qc->threshold - h->lowest) / h->width;
    if (at >= 0 && at < (double)h->bins) {
        first = (size_t)at < first ? (size_t)at : first;
        end = (size_t)at + 1 > end ? (size_t)at + 1 : end;
    }
    *b = (bars){.histogram = h, .first = first};
    b->group = (end - first + most_bars - 1) / most_bars;
    b->count = (end - first + b->group - 1) / b->group;
    for (size_t i = 0; i < b->count; i++)
        b->most = fmax(b->most, bar_count(b, i));
    return true;
}

static double height_of(double count, double most, double pixels)
{
    return log10(1 + count) / log10(1 + most) * pixels;
}

static void name_power(char *text, size_t size, int power)
{
    static const char *const names[] = {"1", "10", "100", "1 k", "10 k", "100 k", "1 M", "10 M", "100 M", "1 G"};
    if (power < (int)(sizeof names / sizeof *names))
        snprintf(text, size, "%s", names[power]);
    else
        snprintf(text, size, "1e%d", power);
}

static void draw_axes(cairo_t *page, const bars *b, trb_area plot)
{
    char text[64];
    cairo_set_line_width(page, 1);
    for (int power = 0; pow(10, power) <= b->most; power++) {
        const double y = floor(plot.y + plot.height - height_of(pow(10, power), b->most, plot.height)) + 0.5;
        trb_canvas_colour(page, TRB_RULE, 1);
        cairo_move_to(page, plot.x, y);
        cairo_line_to(page, plot.x + plot.width, y);
        cairo_stroke(page);
        name_power(text, sizeof text, power);
        if (power % 2 == 0 || b->most < 1e5)
            trb_canvas_text(page, plot.x - 8, y - 10, TRB_RIGHT, 14, false, TRB_FAINT, 0, text);
    }
    const double low = bar_value(b, 0), high = bar_value(b, b->count);
    const double step = trb_round_length((high - low) / 4);
    for (double k = ceil(low / step); k * step <= high; k++) {
        const double x = floor(plot.x + (k * step - low) / (high - low) * plot.width) + 0.5;
        trb_canvas_colour(page, TRB_FAINT, 1);
        cairo_move_to(page, x, plot.y + plot.height);
        cairo_line_to(page, x, plot.y + plot.height + 5);
        cairo_stroke(page);
        snprintf(text, sizeof text, "%.6g", k * step + 0.0);
        trb_canvas_text(page, x, plot.y + plot.height + 6, TRB_CENTRE, 14, false, TRB_FAINT, 0, text);
    }
}

static void draw_bars(cairo_t *page, const trb_qc *qc, const bars *b, trb_area plot)
{
    const double width = plot.width / (double)b->count;
    for (size_t i = 0; i < b->count; i++) {
        const double height = height_of(bar_count(b, i), b->most, plot.height);
        const bool bone = !isnan(qc->threshold) && (bar_value(b, i) >= qc->threshold) != qc->invert;
        trb_canvas_colour(page, bone ? TRB_ORANGE : TRB_MARROW, 1);
        /* Whole pixels: no seams between bars. */
        const double from = floor(plot.x + (double)i * width), to = floor(plot.x + (double)(i + 1) * width);
        cairo_rectangle(page, from, plot.y + plot.height - height, to - from, height);
        cairo_fill(page);
    }
}

static void draw_threshold(cairo_t *page, const trb_qc *qc, const bars *b, trb_area plot)
{
    const double low = bar_value(b, 0), high = bar_value(b, b->count);
    const char *more = qc->threshold_text ? qc->threshold_text : "", *dot = more[0] ? "  \xc2\xb7  " : "";
    char text[320];
    if (isnan(qc->threshold))
        snprintf(text, sizeof text, "local threshold%s%.250s", dot, more);
    else
        snprintf(text, sizeof text, "threshold %.6g%s%.250s", qc->threshold, dot, more);
    double width, height;
    trb_canvas_measure(page, 16, true, text, &width, &height);
    const double part = (qc->threshold - low) / (high - low);
    if (!(part >= 0 && part <= 1)) {
        trb_canvas_text(page, plot.x + plot.width, plot.y - 26, TRB_RIGHT, 16, true, TRB_VERMILLION, plot.width, text);
        return;
    }
    const double x = floor(plot.x + part * plot.width) + 0.5;
    trb_canvas_colour(page, TRB_VERMILLION, 1);
    cairo_set_line_width(page, 2);
    cairo_move_to(page, x, plot.y - 24);
    cairo_line_to(page, x, plot.y + plot.height);
    cairo_stroke(page);
    const bool right = x + 10 + width <= plot.x + plot.width;
    trb_canvas_text(page, right ? x + 8 : x - 8, plot.y - 27, right ? TRB_LEFT : TRB_RIGHT, 16, true, TRB_VERMILLION,
                    right ? 0 : fmax(x - plot.x, 40), text);
}

void trb_qc_draw_histogram(cairo_t *page, const trb_qc *qc, trb_area area)
{
    const trb_area plot = {area.x + 62, area.y + 34, area.width - 62, area.height - 34 - 50};
    bars b;
    if (!make_bars(qc, (size_t)plot.width, &b)) {
        trb_canvas_text(page, area.x, area.y + 34, TRB_LEFT, 16, false, TRB_FAINT, area.width, "no histogram");
        return;
    }
    draw_axes(page, &b, plot);
    draw_bars(page, qc, &b, plot);
    trb_canvas_colour(page, TRB_FAINT, 1);
    cairo_set_line_width(page, 1);
    cairo_move_to(page, plot.x, floor(plot.y + plot.height) + 0.5);
    cairo_line_to(page, plot.x + plot.width, floor(plot.y + plot.height) + 0.5);
    cairo_stroke(page);
    const bool thresholded = !isnan(qc->threshold);
    if (thresholded)
        draw_threshold(page, qc, &b, plot);
    char label[120];
    snprintf(label, sizeof label, "grey value%s%.80s, as thresholded", qc->histogram_of ? " " : "",
             qc->histogram_of ? qc->histogram_of : qc->voi ? " in the VOI" : "");
    trb_canvas_text(page, plot.x + plot.width / 2, plot.y + plot.height + 27, TRB_CENTRE, 15, false, TRB_INK, 0,
                    thresholded ? label : "grey value");
    trb_canvas_text(page, area.x, area.y + 4, TRB_LEFT, 15, false, TRB_INK, 0, "voxels, log");
}

/* The value below which `part` of the voxels lie. */
static double quantile(const trb_histogram *h, double part)
{
    double seen = 0;
    for (size_t k = 0; k < h->bins; k++) {
        seen += (double)h->counts[k];
        if (seen >= part * (double)h->total && seen > 0)
            return h->lowest + (double)k * h->width;
    }
    return h->lowest + (double)h->bins * h->width;
}

trb_window trb_qc_window(const trb_qc *qc)
{
    const trb_histogram *h = qc->histogram;
    trb_window window = {0, 1};
    if (h && h->counts && h->total > 0) {
        window = (trb_window){quantile(h, 0.005), quantile(h, 0.998)};
    } else {
        trb_volume_range(qc->volume, &window.black, &window.white);
    }
    if (!(window.white > window.black)) { /* one grey value, or NaN: draw it black */
        window.black = isfinite(window.black) ? window.black : 0;
        window.white = window.black + 1;
    }
    return window;
}
