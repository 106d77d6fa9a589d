/* colour.h - colours and where text hangs, for pages of any kind. */
#ifndef TRB_COLOUR_H
#define TRB_COLOUR_H

typedef struct trb_colour {
    double red, green, blue;
} trb_colour;

/* Okabe and Ito's palette: told apart with every common kind of colour vision, and in print. */
static const trb_colour TRB_INK = {0.13, 0.13, 0.15};
static const trb_colour TRB_FAINT = {0.45, 0.45, 0.48};
static const trb_colour TRB_RULE = {0.82, 0.82, 0.84};
static const trb_colour TRB_MARROW = {0.6, 0.6, 0.63};
static const trb_colour TRB_ORANGE = {0.902, 0.624, 0.0};
static const trb_colour TRB_SKY = {0.337, 0.706, 0.914};
static const trb_colour TRB_VERMILLION = {0.835, 0.369, 0.0};

typedef enum trb_anchor { TRB_LEFT, TRB_CENTRE, TRB_RIGHT } trb_anchor;

#endif
