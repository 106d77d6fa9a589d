/* compare_names.c - defaults and names of the choices. */
#include "trabecula/compare.h"

trb_compare_options trb_compare_options_default(void)
{
    return (trb_compare_options){.sums_of_squares = 3, .alpha = 0.05, .conf_level = 0.95, .seed = 1};
}

const char *trb_test_name(trb_test test)
{
    switch (test) {
    case TRB_TEST_WELCH: return "welch";
    case TRB_TEST_STUDENT: return "student";
    case TRB_TEST_RANK: return "rank";
    case TRB_TEST_DUNN: return "dunn";
    case TRB_TEST_PERMUTATION: return "permutation";
    }
    return "";
}

const char *trb_pairs_name(trb_pairs pairs)
{
    return pairs == TRB_PAIRS_CONTROL ? "control" : pairs == TRB_PAIRS_ALL ? "all" : "list";
}

const char *trb_multiple_name(trb_multiple adjust)
{
    switch (adjust) {
    case TRB_MULTIPLE_HOLM: return "holm";
    case TRB_MULTIPLE_DUNNETT: return "dunnett";
    case TRB_MULTIPLE_TUKEY: return "tukey";
    case TRB_MULTIPLE_GAMES_HOWELL: return "games-howell";
    case TRB_MULTIPLE_T3: return "t3";
    case TRB_MULTIPLE_STEEL_DWASS: return "steel-dwass";
    case TRB_MULTIPLE_BONFERRONI: return "bonferroni";
    case TRB_MULTIPLE_SIDAK: return "sidak";
    case TRB_MULTIPLE_HOLM_SIDAK: return "holm-sidak";
    case TRB_MULTIPLE_BH: return "bh";
    case TRB_MULTIPLE_NONE: return "none";
    }
    return "";
}
