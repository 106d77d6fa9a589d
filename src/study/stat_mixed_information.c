/*
 * stat_mixed_information.c - the uncertainty of the two variances, and what it does to the means.
 *
 * With V_e = I, V_a = J (ones within animals), Phi = (X'V^-1X)^-1, B_i = X'V^-1 V_i V^-1 X, Q_ij = X'V^-1 V_i
 * V^-1 V_j V^-1 X:
 *   dPhi/ds_i = Phi B_i Phi
 *   expected information    I_ij = [tr(V^-1 V_i V^-1 V_j) - 2 tr(Phi Q_ij) + tr(Phi B_i Phi B_j)] / 2
 *   observed information    y'P V_i P V_j P y - I_ij
 *   Kenward-Roger           Phi_A = Phi + 2 Phi [sum W_ij (Q_ij - B_i Phi B_j)] Phi,  W = I^-1
 * Each is a combination of W and T_n (stat_mixed.c) with powers of the two eigenvalues of V.
 */
#include "study/stat_mixed_parts.h"

#include "core/memory.h"
#include "study/stat_matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RESIDUAL, ANIMAL };    /* the variances */
enum { EE, EA, AA, N_PAIRS }; /* their pairs */
static const int FIRST[] = {RESIDUAL, RESIDUAL, ANIMAL}, SECOND[] = {RESIDUAL, ANIMAL, ANIMAL};

typedef struct information {
    size_t p;
    double *b[2], *q[N_PAIRS], *phi_b[2]; /* cells only; phi_b = Phi B */
    double *be[2];                        /* B e, cells: last column of B times the coefficients of e */
    double eqe[N_PAIRS], trace[N_PAIRS];
    double *wide, *scratch, *other, *store;
} information;

static trb_status reserve(information *it, size_t p, trb_error *err)
{
    const size_t square = p * p, wide = (p + 1) * (p + 1);
    it->p = p;
    it->store = trb_alloc_zero(wide + 9 * square + 2 * p + 1, sizeof *it->store, "mixed model", err);
    if (!it->store)
        return TRB_ERR_MEMORY;
    double *at = it->store;
    it->wide = at;
    at += wide;
    double **const part[] = {&it->b[0],     &it->b[1],     &it->q[EE],   &it->q[EA], &it->q[AA],
                             &it->phi_b[0], &it->phi_b[1], &it->scratch, &it->other};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++, at += square)
        *part[i] = at;
    it->be[0] = at;
    it->be[1] = at + p;
    return TRB_OK;
}

/* f(V) along and across the mean of an animal: (size * V_a)^power / eigenvalue^order. */
static void combine(const trb_mixed *m, const trb_mixed_sums *s, int of_animal, int order, double *out)
{
    for (size_t d = 0; d < s->n_sizes; d++)
        s->weight[d] = pow(s->size[d], of_animal) / pow(m->var_residual + s->size[d] * m->var_animal, order);
    trb_mixed_combine(s, of_animal ? 0 : 1 / pow(m->var_residual, order), s->weight, out);
}

static void take_cells(const double *wide, size_t p, double *cells)
{
    for (size_t i = 0; i < p; i++)
        memcpy(cells + i * p, wide + i * (p + 1), p * sizeof *cells);
}

static void products(information *it, const trb_mixed *m, const trb_mixed_sums *s)
{
    const size_t p = it->p;
    for (int i = RESIDUAL; i <= ANIMAL; i++) {
        combine(m, s, i == ANIMAL, 2, it->wide);
        take_cells(it->wide, p, it->b[i]);
        for (size_t c = 0; c < p; c++) {
            it->be[i][c] = 0;
            for (size_t k = 0; k <= p; k++)
                it->be[i][c] += it->wide[c * (p + 1) + k] * s->beta[k];
        }
        trb_multiply(m->covariance, it->b[i], it->phi_b[i], p);
    }
    for (int k = EE; k < N_PAIRS; k++) {
        combine(m, s, k, 3, it->wide);
        take_cells(it->wide, p, it->q[k]);
        it->eqe[k] = trb_form(it->wide, s->beta, s->beta, p + 1);
        it->trace[k] = 0;
        for (size_t d = 0; d < s->n_sizes; d++) {
            const double along = m->var_residual + s->size[d] * m->var_animal;
            it->trace[k] += s->animals[d] * pow(s->size[d], k) / (along * along);
            if (k == EE)
                it->trace[k] += s->animals[d] * (s->size[d] - 1) / (m->var_residual * m->var_residual);
        }
    }
}

/* 2 * inverse of a symmetric 2 x 2 matrix {ee, ea, aa}; of its first number when the animals have no
 * variance. */
static void invert_twice(const double *h, bool singular, double *out)
{
    const double det = h[EE] * h[AA] - h[EA] * h[EA];
    if (singular) {
        out[EE] = 2 / h[EE];
        out[EA] = out[AA] = 0;
        return;
    }
    out[EE] = det > 0 ? 2 * h[AA] / det : NAN;
    out[EA] = det > 0 ? -2 * h[EA] / det : NAN;
    out[AA] = det > 0 ? 2 * h[EE] / det : NAN;
}

static void variances(information *it, trb_mixed *m)
{
    double expected[N_PAIRS], observed[N_PAIRS];
    for (int k = EE; k < N_PAIRS; k++) {
        const int i = FIRST[k], j = SECOND[k];
        expected[k] = it->trace[k] - 2 * trb_trace2(m->covariance, it->q[k], it->p) +
                      trb_trace2(it->phi_b[i], it->phi_b[j], it->p);
        observed[k] = 2 * (it->eqe[k] - trb_form(m->covariance, it->be[i], it->be[j], it->p)) - expected[k];
    }
    invert_twice(expected, m->singular, m->expected);
    invert_twice(observed, m->singular, m->asymptotic);
}

/* out = Phi M Phi. */
static void sandwich(information *it, const trb_mixed *m, const double *matrix, double *out)
{
    trb_multiply(m->covariance, matrix, it->scratch, it->p);
    trb_multiply(it->scratch, m->covariance, out, it->p);
}

static void adjust(information *it, trb_mixed *m)
{
    const size_t p = it->p, square = p * p;
    double *sum = it->wide;
    memset(sum, 0, square * sizeof *sum);
    for (int k = EE; k < N_PAIRS; k++) {
        const double weight = m->expected[k] * (k == EA ? 2 : 1);
        trb_multiply(it->b[FIRST[k]], it->phi_b[SECOND[k]], it->scratch, p);
        for (size_t r = 0; r < p;
             r++) /* the pair of different variances counts both ways: its symmetric part twice */
            for (size_t c = 0; c < p; c++)
                sum[r * p + c] +=
                    weight * (it->q[k][r * p + c] - (it->scratch[r * p + c] + it->scratch[c * p + r]) / 2);
    }
    sandwich(it, m, sum, m->adjusted);
    for (size_t i = 0; i < square; i++)
        m->adjusted[i] = m->covariance[i] + 2 * m->adjusted[i];
}

trb_status trb_mixed_information(trb_mixed *m, const trb_mixed_sums *s, trb_error *err)
{
    information it = {0};
    trb_status status = reserve(&it, s->p, err);
    if (!status) {
        products(&it, m, s);
        variances(&it, m);
        sandwich(&it, m, it.b[RESIDUAL], m->by_residual);
        sandwich(&it, m, it.b[ANIMAL], m->by_animal);
        adjust(&it, m);
    }
    free(it.store);
    return status;
}
