#include "study/stat_root.h"

#include <float.h>
#include <math.h>

/* The share of the way from b to a for the next trial: b is the latest point, a the other side of the
 * root, c the point before. The test tells whether the inverse parabola through the three is monotone in
 * between. */
static double next_share(double xa, double fa, double xb, double fb, double xc, double fc)
{
    const double xi = (xa - xb) / (xc - xb), phi = (fa - fb) / (fc - fb);
    if (!(phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi))
        return 0.5;
    return fa / (fb - fa) * fc / (fb - fc) + (xc - xa) / (xb - xa) * fa / (fc - fa) * fb / (fc - fb);
}

double trb_stat_root(trb_root_function f, void *context, double lo, double hi, double tolerance)
{
    double xa = hi, fa = f(context, hi), xb = lo, fb = f(context, lo);
    if (fa == 0)
        return xa;
    if (fb == 0)
        return xb;
    if (isnan(fa) || isnan(fb) || (fa < 0) == (fb < 0))
        return NAN;
    double share = 0.5;
    for (int i = 0; i < 200; i++) {
        const double x = xa + share * (xb - xa), fx = f(context, x);
        if (isnan(fx))
            return NAN;
        double xc, fc; /* xa becomes the newest point, xb stays across the root from it */
        if ((fx < 0) == (fa < 0))
            xc = xa, fc = fa;
        else
            xc = xb, fc = fb, xb = xa, fb = fa;
        xa = x, fa = fx;
        const double best = fabs(fa) < fabs(fb) ? xa : xb;
        const double enough = 2 * DBL_EPSILON * fabs(best) + 0.5 * tolerance;
        const double least = enough / fabs(xb - xa);
        if (fx == 0 || least > 0.5)
            return fx == 0 ? x : best;
        share = next_share(xa, fa, xb, fb, xc, fc);
        share = fmin(fmax(share, least), 1 - least);
    }
    return fabs(fa) < fabs(fb) ? xa : xb;
}
