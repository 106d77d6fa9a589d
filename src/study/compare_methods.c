/*
 * compare_methods.c - the paragraph for a paper: only what was run, with gaps in square brackets for what no file
 * knows (ARRIVE 2.0; Bouxsein 2010).
 */
#include "study/compare_parts.h"
#include "study/document_read.h"
#include "trabecula/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void say_groups(FILE *out, const trb_compare_plan *plan)
{
    const trb_cohort *cohort = plan->cohort;
    fputs("Groups were ", out);
    for (size_t g = 0; g < cohort->n_groups; g++) {
        size_t n = 0;
        for (size_t r = 0; r < cohort->n_rows; r++)
            n += cohort->row[r].group == g;
        fprintf(out, "%s%s (n = %zu)", g == 0 ? "" : g + 1 == cohort->n_groups ? " and " : ", ", cohort->group_name[g], n);
    }
    fputs(" [species, strain, sex, age; how n was chosen; randomisation; blinding]. ", out);
    fputs(cohort->averaged ? "The animal was the experimental unit; several scans of one animal were averaged first. "
                           : "The animal was the experimental unit [confirm: one row of the table was one animal]. ", out);
}

static void say_exclusions(FILE *out, const trb_cohort *cohort)
{
    if (cohort->n_exclusions == 0) {
        fputs("No animal was excluded. ", out);
        return;
    }
    fputs("Excluded were ", out);
    for (size_t i = 0; i < cohort->n_exclusions; i++)
        fprintf(out, "%s%s (%s: %s)", i == 0 ? "" : ", ", cohort->exclusion[i].sample, cohort->exclusion[i].group, cohort->exclusion[i].reason);
    fputs(". ", out);
}

static const char *omnibus_words(trb_test test)
{
    switch (test) {
    case TRB_TEST_WELCH: return "Welch's ANOVA";
    case TRB_TEST_STUDENT: return "one-way ANOVA";
    case TRB_TEST_RANK:
    case TRB_TEST_DUNN: return "the Kruskal-Wallis test";
    case TRB_TEST_PERMUTATION: return "";
    }
    return "";
}

static const char *test_words(const trb_compare_options *o)
{
    switch (o->test) {
    case TRB_TEST_WELCH: return "Welch's t test";
    case TRB_TEST_STUDENT: return "Student's t test with the pooled variance of all groups";
    case TRB_TEST_RANK: return "the exact Mann-Whitney test (conditional on ties)";
    case TRB_TEST_DUNN: return "Dunn's test";
    case TRB_TEST_PERMUTATION: return "a permutation test of the means";
    }
    return "";
}

static void say_adjustment(FILE *out, const trb_compare_plan *plan)
{
    const size_t n = plan->n_contrasts;
    switch (plan->o->adjust) {
    case TRB_MULTIPLE_HOLM: fprintf(out, "p values adjusted by Holm's method (%zu comparisons per parameter)", n); return;
    case TRB_MULTIPLE_DUNNETT: fputs("Dunnett's adjustment (exact multivariate t)", out); return;
    case TRB_MULTIPLE_TUKEY: fputs("the Tukey-Kramer adjustment", out); return;
    case TRB_MULTIPLE_GAMES_HOWELL: fputs("the Games-Howell adjustment", out); return;
    case TRB_MULTIPLE_T3: fputs("Dunnett's T3 adjustment", out); return;
    case TRB_MULTIPLE_STEEL_DWASS: fputs("the Steel-Dwass adjustment", out); return;
    case TRB_MULTIPLE_BONFERRONI: fprintf(out, "Bonferroni adjustment (%zu comparisons per parameter)", n); return;
    case TRB_MULTIPLE_SIDAK: fprintf(out, "Sidak adjustment (%zu comparisons per parameter)", n); return;
    case TRB_MULTIPLE_HOLM_SIDAK: fprintf(out, "Holm-Sidak adjustment (%zu comparisons per parameter)", n); return;
    case TRB_MULTIPLE_BH: fprintf(out, "control of the false discovery rate by Benjamini and Hochberg (%zu comparisons per parameter)", n); return;
    case TRB_MULTIPLE_NONE: fputs("no adjustment for the number of comparisons", out); return;
    }
}

static void say_tests(FILE *out, const trb_compare_plan *plan)
{
    const trb_compare_options *o = plan->o;
    const trb_cohort *cohort = plan->cohort;
    if (cohort->n_groups < 2 || o->paired || o->longitudinal)
        return;
    if (cohort->n_groups > 2 && *omnibus_words(o->test))
        fprintf(out, "Groups were compared by %s; ", omnibus_words(o->test));
    if (cohort->n_groups == 2)
        fprintf(out, "%s and %s were compared by %s. ", cohort->group_name[0], cohort->group_name[1], test_words(o));
    else {
        if (o->pairs == TRB_PAIRS_CONTROL)
            fprintf(out, "each group was compared with %s by %s, ", cohort->group_name[plan->control], test_words(o));
        else
            fprintf(out, "%s were compared by %s, ", o->pairs == TRB_PAIRS_ALL ? "all pairs of groups" : "the planned pairs of groups",
                    test_words(o));
        say_adjustment(out, plan);
        fputs(". ", out);
    }
    fprintf(out, "Effects are differences with %g %% confidence intervals, Hedges' g (exact correction, noncentral t interval) and percent change "
                 "(Fieller's theorem). ", 100 * o->conf_level);
    if (plan->n_rescues)
        fprintf(out, "Rescue was (treated - %s)/(%s - %s), with its interval by Fieller's theorem. ", cohort->group_name[plan->control],
                cohort->group_name[plan->reference], cohort->group_name[plan->control]);
}

static void say_designs(FILE *out, const trb_compare_plan *plan)
{
    const trb_compare_options *o = plan->o;
    if (o->factors[0])
        fprintf(out, "Effects of %s and %s and their interaction were tested by two-way ANOVA with type %s sums of squares, followed by simple effects "
                     "with the pooled variance and Holm's adjustment. ", o->factors[0], o->factors[1], o->sums_of_squares == 2 ? "II" : "III");
    if (o->covariate)
        fprintf(out, "Groups were also compared by analysis of covariance with %s as covariate (adjusted means at its average; Holm). ", o->covariate);
    if (o->paired)
        fputs("The two groups were the same animals and were compared by the paired t test, with Wilcoxon's signed rank test (exact) beside it. ", out);
    if (o->longitudinal)
        fputs("Repeated scans were analysed by a mixed model (REML) with a random intercept per animal and group, time and their interaction as fixed "
              "effects (Satterthwaite degrees of freedom); slopes and changes from the first scan were compared by Welch's t test. ", out);
}

static void say_primary(FILE *out, const trb_compare_plan *plan)
{
    char label[256];
    if (plan->primary != TRB_NO_INDEX && plan->n_metrics > 1)
        fprintf(out, "%s was the primary outcome; for the other %zu parameters Benjamini-Hochberg q values are also given. ",
                trb_metric_label(&plan->cohort->metric[plan->primary], label), plan->n_metrics - 1);
    else if (plan->n_metrics > 1)
        fprintf(out, "[Primary outcome.] Benjamini-Hochberg q values over the %zu parameters are also given. ", plan->n_metrics);
}

static trb_status methods(const trb_compare_plan *plan, char **text, trb_error *err)
{
    size_t size;
    *text = NULL;
    FILE *out = open_memstream(text, &size);
    if (!out)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the methods text");
    say_groups(out, plan);
    say_exclusions(out, plan->cohort);
    fputs("Data are means \u00b1 SD with every animal shown. ", out);
    say_tests(out, plan);
    say_designs(out, plan);
    say_primary(out, plan);
    const trb_build *build = trb_build_facts();
    fprintf(out, "Tests were two-sided, alpha was %g. Normality (Shapiro-Wilk) and equality of variances (Levene, Brown-Forsythe) were examined and are "
                 "reported; they did not decide the choice of test. Statistics were computed with Trabecula %s (%s; libRmath %s, GSL %s).",
            plan->o->alpha, build->version, build->commit, build->rmath, build->gsl);
    if (fclose(out) == 0)
        return TRB_OK;
    free(*text);
    *text = NULL;
    return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the methods text");
}

trb_status trb_compare_methods(trb_compare_plan *plan, trb_error *err)
{
    char *text;
    trb_status status = methods(plan, &text, err);
    if (status)
        return status;
    json_t *string = json_string(text);
    json_object_set_new(plan->document, "methods_text", string ? string : json_string(""));
    free(text);
    return TRB_OK;
}
