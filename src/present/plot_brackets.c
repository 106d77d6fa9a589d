/* plot_brackets.c - see plot_brackets.h. */
#include "present/plot_brackets.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static int by_span(const void *a, const void *b)
{
    const trb_bracket_place *p = a, *q = b;
    const size_t wide_p = p->b - p->a, wide_q = q->b - q->a;
    if (wide_p != wide_q)
        return wide_p < wide_q ? -1 : 1;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return p->b < q->b ? -1 : p->b > q->b;
}

static void set_ends(trb_bracket_place *place, const trb_bracket_column *column,
                     const trb_bracket_sizes *sizes)
{
    place->x1 = column[place->a].centre + sizes->inset;
    place->x2 = column[place->b].centre - sizes->inset;
    const double half = place->text_width / 2;
    double middle = (place->x1 + place->x2) / 2;
    if (middle + half > sizes->right)
        middle = sizes->right - half;
    if (middle - half < sizes->left) /* the left edge wins when the text is wider than the room */
        middle = sizes->left + half;
    place->text_x = middle;
}

static double from(const trb_bracket_place *place)
{
    return fmin(place->x1, place->text_x - place->text_width / 2);
}

static double to(const trb_bracket_place *place)
{
    return fmax(place->x2, place->text_x + place->text_width / 2);
}

/* Height that clears every column under the line, its ends and its text. */
static double above_data(const trb_bracket_place *place, const trb_bracket_column *column, size_t n,
                         const trb_bracket_sizes *sizes)
{
    double top = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        const bool under = column[i].centre + column[i].half_width > from(place) &&
                           column[i].centre - column[i].half_width < to(place);
        if ((under || (i >= place->a && i <= place->b)) && column[i].top > top)
            top = column[i].top;
    }
    return top + sizes->gap + sizes->tick;
}

static bool meets(const trb_bracket_place *p, const trb_bracket_place *q, const trb_bracket_sizes *sizes)
{
    const double apart = 1.5; /* points between texts side by side */
    if (from(p) >= to(q) + apart || from(q) >= to(p) + apart)
        return false;
    const double low_p = p->height - sizes->tick - sizes->gap, low_q = q->height - sizes->tick - sizes->gap;
    return low_p < q->height + sizes->text_height && low_q < p->height + sizes->text_height;
}

/* Rises over one bracket after the other until none is in the way. Each step ends higher, above one more:
 * it ends. */
static void rise(trb_bracket_place *place, size_t at, const trb_bracket_sizes *sizes)
{
    bool moved = true;
    while (moved) {
        moved = false;
        for (size_t i = 0; i < at; i++)
            if (meets(&place[at], &place[i], sizes)) {
                /* A hair more, so that rounding cannot find them meeting again. */
                place[at].height = place[i].height + sizes->text_height + sizes->gap + sizes->tick + 1e-6;
                moved = true;
            }
    }
}

void trb_plot_brackets_stack(trb_bracket_place *place, size_t n, const trb_bracket_column *column,
                             size_t n_columns, const trb_bracket_sizes *sizes)
{
    qsort(place, n, sizeof *place, by_span);
    for (size_t i = 0; i < n; i++) {
        set_ends(&place[i], column, sizes);
        place[i].height = above_data(&place[i], column, n_columns, sizes);
        rise(place, i, sizes);
    }
}

double trb_plot_brackets_top(const trb_bracket_place *place, size_t n, const trb_bracket_sizes *sizes,
                             double least)
{
    double top = least;
    for (size_t i = 0; i < n; i++)
        top = fmax(top, place[i].height + sizes->text_height);
    return top;
}
