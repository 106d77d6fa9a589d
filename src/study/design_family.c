/* design_family.c - differences with pooled error and their adjusted p-values. */
#include "study/design_family.h"

#include "core/memory.h"
#include "study/stat_adjust.h"

#include <Rmath.h>
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

trb_status trb_family_init(trb_family *family, size_t room, double conf_level, trb_error *err)
{
    memset(family, 0, sizeof *family);
    family->room = room;
    family->conf_level = conf_level;
    family->comparison = trb_alloc(room + 1, sizeof *family->comparison, "comparisons", err);
    return family->comparison ? TRB_OK : TRB_ERR_MEMORY;
}

void trb_family_clear(trb_family *family)
{
    free(family->comparison);
    memset(family, 0, sizeof *family);
}

void trb_family_add(trb_family *family, trb_node node, double diff, double se, double df)
{
    const double t = se > 0 ? diff / se : NAN, half = qt(0.5 + family->conf_level / 2, df, 1, 0) * se;
    trb_node_real(node, "diff", diff);
    trb_node_real(node, "se", se);
    trb_node_real(node, "t", t);
    trb_node_real(node, "df", df);
    trb_node_real(node, "ci_lo", diff - half);
    trb_node_real(node, "ci_hi", diff + half);
    assert(family->n < family->room);
    family->comparison[family->n++] = (trb_comparison){node, 2 * pt(-fabs(t), df, 1, 0)};
}

trb_status trb_family_finish(const trb_family *family, trb_error *err)
{
    static const struct {
        const char *key;
        trb_stat_adjustment method;
    } COLUMNS[] = {
        {"p_raw", TRB_ADJUST_NONE},  {"p_bonferroni", TRB_ADJUST_BONFERRONI}, {"p_sidak", TRB_ADJUST_SIDAK},
        {"p_holm", TRB_ADJUST_HOLM}, {"p_holm_sidak", TRB_ADJUST_HOLM_SIDAK}, {"p_BH", TRB_ADJUST_BH}};
    double *p = trb_alloc(family->n + 1, 2 * sizeof *p, "p-values", err),
           *adjusted = p ? p + family->n : NULL;
    trb_status status = p ? TRB_OK : TRB_ERR_MEMORY;
    for (size_t i = 0; i < family->n && p; i++)
        p[i] = family->comparison[i].p;
    for (size_t c = 0; c < sizeof COLUMNS / sizeof *COLUMNS && !status; c++) {
        status = trb_stat_adjust(p, family->n, COLUMNS[c].method, adjusted);
        if (status)
            trb_error_set(err, status, "no memory to adjust %zu p-values", family->n);
        for (size_t i = 0; i < family->n && !status; i++)
            trb_node_real(family->comparison[i].node, COLUMNS[c].key, adjusted[i]);
    }
    free(p);
    return status;
}
