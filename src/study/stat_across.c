/* stat_across.c - one test over several metrics. */
#include "study/stat_tree.h"

#include "core/memory.h"
#include "study/stat_adjust.h"
#include "study/stat_node.h"

#include <math.h>
#include <stdlib.h>

/* The p-value at tree > first > second > third > p; NaN where any of it is not there. */
static double p_of(const json_t *tree, const char *first, const char *second, const char *third)
{
    const json_t *node = json_object_get(json_object_get(tree, first), second);
    return trb_node_number(third ? json_object_get(node, third) : node, "p");
}

/* raw, BH, BY, holm > metric for one test. */
static void put_test(trb_node out, const json_t *metrics, const char *first, const char *second,
                     const char *third)
{
    static const struct {
        const char *key;
        trb_stat_adjustment method;
    } column[] = {
        {"raw", TRB_ADJUST_NONE}, {"BH", TRB_ADJUST_BH}, {"BY", TRB_ADJUST_BY}, {"holm", TRB_ADJUST_HOLM}};
    const size_t n = json_object_size(metrics);
    double *p = trb_alloc(2 * n + 1, sizeof *p, "p-values", NULL), *adjusted = p ? p + n : NULL;
    if (!p) {
        *out.failed = true;
        return;
    }
    json_t *all = (json_t *)(uintptr_t)metrics; /* the loop's macro wants it, and changes nothing */
    const char *name;
    json_t *tree;
    size_t i = 0;
    json_object_foreach(all, name, tree)
    {
        p[i++] = p_of(tree, first, second, third);
    }
    for (size_t c = 0; c < sizeof column / sizeof *column; c++) {
        trb_node node = trb_node_child(out, column[c].key);
        if (trb_stat_adjust(p, n, column[c].method, adjusted))
            *out.failed = true;
        i = 0;
        json_object_foreach(all, name, tree)
        {
            trb_node_real(node, name, *out.failed ? NAN : adjusted[i++]);
        }
    }
    free(p);
}

/* Every pair that some metric has, in the order of its first appearance. */
static void put_pairs(trb_node out, const json_t *metrics)
{
    const char *name, *pair;
    json_t *tree, *block;
    json_object_foreach((json_t *)(uintptr_t)metrics, name, tree)
    {
        json_object_foreach(json_object_get(tree, "pairs"), pair, block)
        {
            if (!json_object_get(out.json, pair))
                put_test(trb_node_child(out, pair), metrics, "pairs", pair, "welch");
        }
    }
}

trb_status trb_stat_tree_across(const json_t *metrics, json_t **across, trb_error *err)
{
    *across = NULL;
    if (!json_is_object(metrics))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the metrics are not an object of trees");
    bool failed = false;
    trb_node root = trb_node_root(&failed);
    put_test(trb_node_child(root, "omnibus_anova"), metrics, "omnibus", "anova", NULL);
    put_test(trb_node_child(root, "omnibus_welch"), metrics, "omnibus", "welch", NULL);
    put_test(trb_node_child(root, "omnibus_kruskal"), metrics, "omnibus", "kruskal", NULL);
    put_pairs(trb_node_child(root, "pairs_welch_t"), metrics);
    if (failed) {
        json_decref(root.json);
        return trb_error_set(err, TRB_ERR_MEMORY, "no memory for the tests over all metrics");
    }
    *across = root.json;
    return TRB_OK;
}
