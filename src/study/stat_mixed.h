/*
 * stat_mixed.h - the model y = cell mean + animal + residual, fitted by REML.
 *
 * A cell is a combination of levels (group, or group and time); every fixed effect is a contrast of cell
 * means, so the model has one mean a cell and nothing to alias.
 */
#ifndef TRB_STAT_MIXED_H
#define TRB_STAT_MIXED_H

#include "study/design_tree.h"
#include "trabecula/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct trb_mixed_row {
    size_t animal, cell;
    double y;
} trb_mixed_row;

typedef struct trb_mixed {
    size_t n, n_animals, n_cells;
    double var_animal, var_residual, log_lik; /* log_lik: restricted */
    bool singular;                            /* var_animal is 0, or less than 1e-8 of var_residual */
    double *mean;                             /* n_cells generalised least-squares means */
    double *covariance;                       /* n_cells^2: of the means, Phi */
    double *by_residual, *by_animal;          /* n_cells^2: dPhi / dvariance */
    double *adjusted;                         /* n_cells^2: Kenward and Roger's Phi_A */
    double asymptotic[3]; /* of the variances (residual, both, animal) by the observed information */
    double expected[3];   /* the same by the expected information */
} trb_mixed;

/**
 * Fits.
 *
 * Input       rows sorted by animal; each cell < n_cells holds a row. y not all the same within cells.
 * Output      *why is NULL, or the reason why there is no such model (few animals, nothing repeated); then
 *             nothing else is set. Clear the model, also then.
 * Errors      TRB_ERR_MEMORY.
 * Cost        O(n + 200 n_cells^3).
 * Source      Profile of one variance ratio; Patterson & Thompson 1971, doi:10.1093/biomet/58.3.545.
 */
trb_status trb_mixed_fit(trb_mixed *model, const trb_mixed_row *rows, size_t n, size_t n_cells,
                         const char **why, trb_error *err);
void trb_mixed_clear(trb_mixed *model);

typedef struct trb_mixed_t {
    double estimate, se, df, t, p;
} trb_mixed_t;

/**
 * A contrast of the cell means, with Satterthwaite's degrees of freedom.
 *
 * Source      Satterthwaite 1946; Giesbrecht & Burns 1985; as Kuznetsova et al. 2017,
 *             doi:10.18637/jss.v082.i13.
 */
trb_mixed_t trb_mixed_contrast(const trb_mixed *model, const double *contrast);

typedef struct trb_mixed_f {
    double f, df1, df2, p;
} trb_mixed_f;

/**
 * q contrasts (rows of n_cells) together.
 *
 * Output      satterthwaite: Fai & Cornelius 1996, doi:10.1080/00949659608811740. kenward_roger: Kenward &
 *             Roger 1997, doi:10.2307/2533558; may be NULL.
 * Errors      TRB_ERR_MEMORY.
 */
trb_status trb_mixed_test(const trb_mixed *model, const double *contrasts, size_t q,
                          trb_mixed_f *satterthwaite, trb_mixed_f *kenward_roger, trb_error *err);

/** {F, df1, df2, p}. */
void trb_mixed_write_f(trb_node out, const trb_mixed_f *f);

#endif
