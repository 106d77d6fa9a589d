/* plot_axis.c - see plot_axis.h. */
#include "present/plot_axis.h"

#include "present/plot_number.h"

#include <math.h>

/* Ten to a whole power, exact where doubles are. */
static double ten_to(int power)
{
    return power < 0 ? 1 / pow(10, -power) : pow(10, power);
}

/* The least of 1, 2, 5 times a power of ten that is `least` or more. */
static void round_step(double least, int *digit, int *power)
{
    *power = (int)floor(log10(least));
    const double lead = least / ten_to(*power);
    const double tolerance = 1e-9; /* a range of exactly 5 steps has 5, whatever the division rounds to */
    *digit = lead <= 1 + tolerance ? 1 : lead <= 2 + tolerance ? 2 : lead <= 5 + tolerance ? 5 : 10;
    if (*digit == 10) {
        *digit = 1;
        *power += 1;
    }
}

/* A larger step: 1 -> 2 -> 5 -> 10. */
static void next_step(int *digit, int *power)
{
    if (*digit == 5)
        *power += 1;
    *digit = *digit == 1 ? 2 : *digit == 2 ? 5 : 1;
}

static void widen(double *low, double *high)
{
    if (!isfinite(*low) || !isfinite(*high)) {
        *low = 0;
        *high = 1;
    }
    const double size = fmax(fabs(*low), fabs(*high));
    if (*high - *low > 1e-9 * size)
        return;
    const double by = size == 0 ? 1 : 0.1 * size;
    *low -= size == 0 ? 0 : by;
    *high += by;
}

/* Numbers with many noughts get a power of ten in the axis title instead. */
static void choose_label(trb_plot_axis *axis, int power)
{
    const double greatest = fmax(fabs(axis->low), fabs(axis->high));
    axis->exponent = 0;
    if (greatest >= 1e5 || greatest < 0.01)
        axis->exponent = 3 * (int)floor(log10(greatest) / 3);
    const int decimals = axis->exponent - power;
    axis->decimals = decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
}

trb_plot_axis trb_plot_axis_cover(double low, double high, size_t most)
{
    widen(&low, &high);
    int digit, power;
    round_step((high - low) / (double)most, &digit, &power);
    for (;; next_step(&digit, &power)) {
        trb_plot_axis axis = {digit * ten_to(power), 0, 0, 0, 0, 0, 0};
        const double first = floor(low / axis.step + 1e-9), last = ceil(high / axis.step - 1e-9);
        if (last - first > (double)most)
            continue;
        axis.first = (long long)first;
        axis.n = (size_t)(last - first) + 1;
        axis.low = trb_plot_axis_tick(&axis, 0);
        axis.high = trb_plot_axis_tick(&axis, axis.n - 1);
        choose_label(&axis, power);
        return axis;
    }
}

static trb_plot_axis ticks_within(double low, double high, size_t most)
{
    int digit, power;
    round_step((high - low) / (double)most, &digit, &power);
    trb_plot_axis axis = {digit * ten_to(power), 0, 0, low, high, 0, 0};
    const double first = ceil(low / axis.step - 1e-9), last = floor(high / axis.step + 1e-9);
    axis.first = (long long)first;
    axis.n = last < first ? 0 : (size_t)(last - first) + 1;
    choose_label(&axis, power);
    return axis;
}

trb_plot_axis trb_plot_axis_within(double low, double high, size_t most)
{
    widen(&low, &high);
    trb_plot_axis axis = ticks_within(low, high, most);
    while (axis.n < 2) /* one tick is no scale: finer steps, until two fall inside */
        axis = ticks_within(low, high, ++most);
    return axis;
}

/* From whole numbers, so that the tick at zero is zero; by division below one, so that 3 * 0.1 is 0.3. */
double trb_plot_axis_tick(const trb_plot_axis *axis, size_t i)
{
    const double count = (double)(axis->first + (long long)i);
    const double inverse = nearbyint(1 / axis->step);
    return axis->step < 1 && fabs(inverse * axis->step - 1) < 1e-12 ? count / inverse : count * axis->step;
}

void trb_plot_axis_label(const trb_plot_axis *axis, size_t i, char *out, size_t bytes)
{
    trb_plot_fixed(trb_plot_axis_tick(axis, i) / ten_to(axis->exponent), axis->decimals, "−", out, bytes);
}

double trb_plot_axis_place(const trb_plot_axis *axis, double value)
{
    return (value - axis->low) / (axis->high - axis->low);
}
