/* plot_number.h - numbers, p values and units as figures print them; no locale. */
#ifndef TRB_PLOT_NUMBER_H
#define TRB_PLOT_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/** Room for any text of this module. */
#define TRB_PLOT_TEXT 192

/**
 * value with this many decimals (0 to 9), rounded half away from zero, never "-0". `minus` is the sign: "-"
 * in files, U+2212 where people read. Values beyond 9e15 / 10^decimals are written with %.0e.
 */
void trb_plot_fixed(double value, int decimals, const char *minus, char *out, size_t bytes);

/** "p = 0.012", "p < 0.0001"; as stars "****" to "*", or "ns". */
void trb_plot_p_text(double p, bool stars, char *out, size_t bytes);

/** Decimals that give `value` three significant digits, 0 to 4: for estimates beside their intervals. */
int trb_plot_decimals(double value);

/** "BV/TV (%)", "Conn.D (1/mm³)", "Tb.Th (10⁻³ mm)": title, unit in print form, power of ten that the ticks
 * left out. */
void trb_plot_axis_title(const char *title, const char *unit, int exponent, char *out, size_t bytes);

#endif
