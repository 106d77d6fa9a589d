/* cmd_compare.c - trabecula compare: a table of animals in, statistics, figures and a report out. */
#include "cli.h"
#include "cmd_compare.h"

#include "trabecula/cohort.h"
#include "trabecula/record.h"
#include "trabecula/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const IMPORTS[] = {"none", "ctan", "scanco", "bonej", NULL};
static const char *const UNITS[] = {"auto", "animal", "scan", NULL};
static const char *const TESTS[] = {"welch", "student", "rank", "dunn", "permutation", NULL};
/* After "auto" in the order of trb_multiple. */
static const char *const ADJUSTMENTS[] = {"auto", "holm", "dunnett", "tukey", "games-howell", "t3", "steel-dwass", "bonferroni",
                                          "sidak", "holm-sidak", "bh", "none", NULL};
static const char *const STYLES[] = {"paper", "slide", "mono", NULL};
static const char *const KINDS[] = {"bar", "points", "box", NULL};
static const char *const SPREADS[] = {"sd", "sem", "ci", NULL};
static const char *const MEASURES[] = {"smd", "md", "rom", NULL};
static const char *const MODELS[] = {"reml", "dl", "pm", "fe", NULL};
static const char *const FORMATS[] = {"svg", "pdf", "png", NULL};

/* clang-format off */
#define FIELD(name) .offset = offsetof(struct compare_options, name)
static const cli_option OPTIONS[] = {
    {.name = "import", .kind = CLI_CHOICE, .choices = IMPORTS, .flags = CLI_SETTING, .group = "Table", FIELD(import), .fallback = "none",
     .help = "whose text form the table has"},
    {.name = "sample", .argument = "COLUMN", .kind = CLI_STRING, .flags = CLI_SETTING, .group = "Table", FIELD(sample), .without = "known by its name",
     .help = "column that names the scan"},
    {.name = "group", .argument = "COLUMN", .kind = CLI_STRING, .flags = CLI_SETTING, .group = "Table", FIELD(group), .without = "known by its name",
     .help = "column that names the group"},
    {.name = "animal", .argument = "COLUMN", .kind = CLI_STRING, .flags = CLI_SETTING, .group = "Table", FIELD(animal), .without = "known by its name",
     .help = "column that names the animal"},
    {.name = "side", .argument = "COLUMN", .kind = CLI_STRING, .flags = CLI_SETTING, .group = "Table", FIELD(side), .without = "known by its name",
     .help = "column of left and right"},
    {.name = "time", .argument = "COLUMN", .kind = CLI_STRING, .flags = CLI_SETTING, .group = "Table", FIELD(time), .without = "known by its name",
     .help = "column of time points"},
    {.name = "design", .argument = "FILE", .kind = CLI_STRING, .group = "Table", FIELD(design),
     .help = "table joined by sample: adds or overrides group, animal, factors, covariates"},
    {.name = "exclude", .argument = "SAMPLE=REASON", .kind = CLI_LIST, .flags = CLI_REPEATS, .group = "Table", FIELD(exclude),
     .help = "leave out an animal; the reason is kept in the report"},
    {.name = "exclude-file", .argument = "FILE", .kind = CLI_STRING, .group = "Table", FIELD(exclude_file), .help = "table with the columns sample and reason"},
    {.name = "distributions", .argument = "FILE", .kind = CLI_STRING, .group = "Table", FIELD(distributions),
     .without = "distributions.csv beside each table, if there is one",
     .help = "distributions of the scans as batch collects them: mean curves of each group (percentiles.csv is taken from its folder)"},
    {.name = "unit", .kind = CLI_CHOICE, .choices = UNITS, .flags = CLI_SETTING, .group = "Table", FIELD(unit), .fallback = "auto",
     .help = "what n counts: the animal (its scans are averaged first), or every scan; auto takes the animal when the table names animals"},
    {.name = "group-order", .argument = "LIST", .kind = CLI_STRING, .flags = CLI_SETTING, .group = "Groups", FIELD(group_order),
     .without = "reference, control, then as in the table", .help = "order of the groups in tables and figures, separated by commas"},
    {.name = "control", .argument = "GROUP", .kind = CLI_STRING, .flags = CLI_SETTING, .group = "Groups", FIELD(control), .without = "the first group",
     .help = "the group that all others are compared with (OVX)"},
    {.name = "reference", .argument = "GROUP", .kind = CLI_STRING, .flags = CLI_SETTING, .group = "Groups", FIELD(reference),
     .help = "the healthy group (Sham): gives percent rescue"},
    {.name = "rescue", .argument = "PAIR", .kind = CLI_LIST, .flags = CLI_SETTING | CLI_REPEATS, .group = "Groups", FIELD(rescue),
     .help = "a further rescue, \"treated | disease\", such as \"OVX+EV | OVX+vehicle\""},
    {.name = "metrics", .argument = "LIST", .kind = CLI_LIST, .flags = CLI_SETTING, .group = "Statistics", FIELD(metrics), .without = "all of the table",
     .help = "which metrics, in this order"},
    {.name = "primary", .argument = "METRIC", .kind = CLI_STRING, .flags = CLI_SETTING, .group = "Statistics", FIELD(primary),
     .help = "the metric that the study was planned for: tested at full alpha, without correction over metrics"},
    {.name = "test", .kind = CLI_CHOICE, .choices = TESTS, .flags = CLI_SETTING, .group = "Statistics", FIELD(test), .fallback = "welch",
     .help = "of two groups: Welch's t, t with pooled variance, exact Mann-Whitney, Dunn, permutation of means"},
    {.name = "pairs", .argument = "LIST", .kind = CLI_LIST, .flags = CLI_SETTING, .group = "Statistics", FIELD(pairs), .without = "control",
     .help = "control (each group against it), all, or pairs such as \"OVX+EV - OVX\", separated by commas"},
    {.name = "adjust", .kind = CLI_CHOICE, .choices = ADJUSTMENTS, .flags = CLI_SETTING, .group = "Statistics", FIELD(adjust), .fallback = "auto",
     .help = "for several comparisons in a metric; auto: holm, with --pairs all games-howell (welch) or tukey (student)"},
    {.name = "factors", .argument = "A,B", .kind = CLI_LIST, .flags = CLI_SETTING, .group = "Statistics", FIELD(factors),
     .help = "two columns of a two-way design, such as surgery,treatment"},
    {.name = "sums-of-squares", .argument = "TYPE", .kind = CLI_INTEGER, .flags = CLI_SETTING, .least = 2, .most = 3, .group = "Statistics",
     FIELD(sums_of_squares), .fallback = "3", .help = "of the two-way table: 2 or 3; both are in stats.json"},
    {.name = "covariate", .argument = "COLUMN", .kind = CLI_STRING, .flags = CLI_SETTING, .group = "Statistics", FIELD(covariate),
     .help = "analysis of covariance, such as body weight"},
    {.name = "paired", .kind = CLI_FLAG, .flags = CLI_SETTING, .group = "Statistics", FIELD(paired), .help = "the two groups are the same animals"},
    {.name = "paired-columns", .argument = "A,B", .kind = CLI_LIST, .flags = CLI_SETTING, .group = "Statistics", FIELD(paired_columns),
     .help = "two columns of the same animal, the first taken from the second (before and after)"},
    {.name = "longitudinal", .kind = CLI_FLAG, .flags = CLI_SETTING, .group = "Statistics", FIELD(longitudinal),
     .help = "animals were scanned at several times: mixed model, slopes, change"},
    {.name = "ordered", .kind = CLI_FLAG, .flags = CLI_SETTING, .group = "Statistics", FIELD(ordered),
     .help = "the groups are rising doses: linear trend and Jonckheere-Terpstra"},
    {.name = "alpha", .kind = CLI_REAL, .flags = CLI_SETTING, .least = 1e-6, .most = 0.5, .group = "Statistics", FIELD(alpha), .fallback = "0.05",
     .help = "for warnings and the count of differences"},
    {.name = "conf", .argument = "LEVEL", .kind = CLI_REAL, .flags = CLI_SETTING, .least = 0.5, .most = 0.9999, .group = "Statistics", FIELD(conf), .fallback = "0.95",
     .help = "level of confidence intervals"},
    {.name = "prism", .kind = CLI_FLAG, .flags = CLI_SETTING, .group = "Statistics", FIELD(prism),
     .help = "as GraphPad Prism's usual routine: pooled variance, Tukey (all pairs) or Dunnett (--pairs control), stars"},
    {.name = "full", .kind = CLI_FLAG, .flags = CLI_SETTING, .group = "Statistics", FIELD(full), .help = "every statistic into stats.json, bootstrap included"},
    {.name = "seed", .argument = "N", .kind = CLI_INTEGER, .flags = CLI_SETTING, .least = 0, .most = 9e15, .group = "Statistics", FIELD(seed), .fallback = "1",
     .help = "of the bootstrap"},
    {.name = "style", .kind = CLI_CHOICE, .choices = STYLES, .flags = CLI_SETTING, .group = "Figures", FIELD(style), .fallback = "paper",
     .help = "two journal columns, a slide, or paper without colour"},
    {.name = "kind", .kind = CLI_CHOICE, .choices = KINDS, .flags = CLI_SETTING, .group = "Figures", FIELD(kind), .fallback = "bar",
     .help = "bars, points alone, or boxes; every animal is shown in each"},
    {.name = "spread", .kind = CLI_CHOICE, .choices = SPREADS, .flags = CLI_SETTING, .group = "Figures", FIELD(spread), .fallback = "sd",
     .help = "what whiskers are"},
    {.name = "stars", .kind = CLI_FLAG, .flags = CLI_SETTING, .group = "Figures", FIELD(stars), .help = "stars on brackets instead of p values"},
    {.name = "ns", .kind = CLI_FLAG, .flags = CLI_SETTING, .group = "Figures", FIELD(ns), .help = "brackets also where there is no difference"},
    {.name = "letters", .kind = CLI_FLAG, .flags = CLI_SETTING, .group = "Figures", FIELD(letters),
     .help = "letters above the columns instead of brackets: groups that share one do not differ; needs --pairs all"},
    {.name = "width", .kind = CLI_LENGTH, .flags = CLI_SETTING, .group = "Figures", FIELD(width), .without = "of the style, 174 mm on paper",
     .help = "of the figures in print; 85mm is one journal column"},
    {.name = "dpi", .argument = "N", .kind = CLI_INTEGER, .flags = CLI_SETTING, .least = 30, .most = 1200, .group = "Figures", FIELD(dpi),
     .without = "300 (slide: 150)", .help = "of PNG"},
    {.name = "format", .argument = "LIST", .kind = CLI_LIST, .choices = FORMATS, .flags = CLI_SETTING, .group = "Figures", FIELD(format),
     .fallback = "svg,pdf,png", .help = "of the figures"},
    {.name = "specimen", .argument = "COLUMN", .kind = CLI_STRING, .flags = CLI_SETTING, .group = "Precision", FIELD(specimen),
     .without = "specimen or animal", .help = "column of what was scanned several times"},
    {.name = "repeat", .argument = "COLUMN", .kind = CLI_STRING, .flags = CLI_SETTING, .group = "Precision", FIELD(repeat), .without = "repeat or repeat_no",
     .help = "column that numbers the scans of one specimen"},
    {.name = "measure", .kind = CLI_CHOICE, .choices = MEASURES, .flags = CLI_SETTING, .group = "Meta-analysis", FIELD(measure), .fallback = "smd",
     .help = "standardised mean difference (Hedges' g), mean difference, log ratio of means"},
    {.name = "model", .kind = CLI_CHOICE, .choices = MODELS, .flags = CLI_SETTING, .group = "Meta-analysis", FIELD(model), .fallback = "reml",
     .help = "random effects by REML, DerSimonian-Laird, Paule-Mandel; or fixed effects"},
    {.name = "no-hartung-knapp", .kind = CLI_FLAG, .flags = CLI_SETTING, .group = "Meta-analysis", FIELD(no_hartung_knapp),
     .help = "plain normal intervals instead of Hartung and Knapp's"},
    {.name = "title", .argument = "TEXT", .kind = CLI_STRING, .group = "Output", FIELD(title), .help = "of the report"},
    {.name = "json", .kind = CLI_FLAG, .group = "Output", FIELD(json), .help = "print stats.json on standard output instead of the table"},
    {.name = "output", .letter = 'o', .argument = "DIR", .kind = CLI_STRING, .group = "Output", FIELD(output),
     .without = "nothing is written, the table is printed", .help = "folder of the report"},
    {.name = "force", .letter = 'f', .kind = CLI_FLAG, .group = "Output", FIELD(force), .help = "replace an existing report"},
};
static const char *const EXAMPLES[] = {
    "trabecula compare results/results.csv --control OVX --reference Sham --primary BV/TV -o report/", "a batch, with percent rescue",
    "trabecula compare prism.csv --prism --control Sham", "what GraphPad Prism would print, on the terminal alone",
    "trabecula compare scans.csv --design animals.csv --factors surgery,drug -o report/", "two factors from a table of animals",
    NULL,
};
/* clang-format on */

trb_cohort_options cmd_compare_cohort(const cli_call *call)
{
    const struct compare_options *given = call->options;
    trb_cohort_options o = trb_cohort_options_default();
    o.import = (trb_cohort_import)given->import;
    o.sample_column = given->sample;
    o.group_column = given->group;
    o.animal_column = given->animal;
    o.side_column = given->side;
    o.time_column = given->time;
    o.design = given->design;
    o.exclude = (const char *const *)given->exclude.items;
    o.n_exclude = given->exclude.n;
    o.exclude_file = given->exclude_file;
    /* Pairs and times need their rows apart; the library averages rows of one animal, group and time. */
    o.unit = (trb_cohort_unit)given->unit;
    o.group_order = given->group_order;
    o.control = given->control;
    o.reference = given->reference;
    return o;
}

/* Prism's routine, and the adjustment that goes with the test where none was named. */
static void choose_test(const struct compare_options *given, trb_compare_options *o)
{
    const bool named = given->pairs.n > 0;
    const char *first = named ? given->pairs.items[0] : "control";
    o->test = given->prism ? TRB_TEST_STUDENT : (trb_test)given->test;
    o->pairs = given->pairs.n == 1 && strcmp(first, "all") == 0      ? TRB_PAIRS_ALL
               : !named && given->prism                              ? TRB_PAIRS_ALL
               : given->pairs.n <= 1 && strcmp(first, "control") == 0 ? TRB_PAIRS_CONTROL
                                                                      : TRB_PAIRS_LIST;
    o->pair = (const char *const *)given->pairs.items;
    o->n_pairs = given->pairs.n;
    if (given->adjust > 0)
        o->adjust = (trb_multiple)(given->adjust - 1);
    else if (o->pairs == TRB_PAIRS_ALL && o->test == TRB_TEST_WELCH)
        o->adjust = TRB_MULTIPLE_GAMES_HOWELL;
    else if (o->pairs == TRB_PAIRS_ALL && o->test == TRB_TEST_STUDENT)
        o->adjust = TRB_MULTIPLE_TUKEY;
    else if (o->pairs == TRB_PAIRS_CONTROL && given->prism)
        o->adjust = TRB_MULTIPLE_DUNNETT;
    else
        o->adjust = TRB_MULTIPLE_HOLM;
}

static trb_compare_options compare_options(const struct compare_options *given)
{
    trb_compare_options o = trb_compare_options_default();
    choose_test(given, &o);
    o.control = given->control;
    o.reference = given->reference;
    o.rescue = (const char *const *)given->rescue.items;
    o.n_rescues = given->rescue.n;
    o.metric = (const char *const *)given->metrics.items;
    o.n_metrics = given->metrics.n;
    o.primary = given->primary;
    for (size_t i = 0; i < 2 && given->factors.n == 2; i++)
        o.factors[i] = given->factors.items[i];
    o.sums_of_squares = (int)given->sums_of_squares;
    o.covariate = given->covariate;
    for (size_t i = 0; i < 2 && given->paired_columns.n == 2; i++)
        o.paired_columns[i] = given->paired_columns.items[i];
    o.paired = given->paired;
    o.longitudinal = given->longitudinal;
    o.ordered = given->ordered;
    o.alpha = given->alpha;
    o.conf_level = given->conf;
    o.full = given->full;
    o.seed = (uint64_t)given->seed;
    return o;
}

static bool has(const cli_list *list, const char *word)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->items[i], word) == 0)
            return true;
    return false;
}

trb_report_options cmd_compare_report(const cli_call *call)
{
    const struct compare_options *given = call->options;
    trb_report_options o = trb_report_options_default();
    o.plot = trb_plot_options_default((trb_plot_style)given->style);
    o.plot.kind = (trb_plot_kind)given->kind;
    o.plot.spread = (trb_plot_spread)given->spread;
    o.plot.stars = given->stars || given->prism;
    o.plot.show_ns = given->ns;
    if (given->width.value > 0)
        o.plot.width_mm = given->width.value;
    if (cli_given(call, "dpi"))
        o.plot.dpi = (double)given->dpi;
    o.svg = has(&given->format, "svg");
    o.pdf = has(&given->format, "pdf");
    o.png = has(&given->format, "png");
    o.letters = given->letters;
    o.quartiles_type6 = given->prism;
    o.force = given->force;
    o.title = given->title;
    return o;
}

/* Beside a batch's results.csv lies the folder of its scans, with their pictures and records. */
static const char *pictures_of(const char *table, char *folder, size_t size)
{
    const char *slash = strrchr(table, '/');
    const int n = slash ? snprintf(folder, size, "%.*s/scans", (int)(slash - table), table) : snprintf(folder, size, "scans");
    return n > 0 && (size_t)n < size && access(folder, R_OK | X_OK) == 0 ? folder : NULL;
}

static int print_result(const cli_call *call, const trb_comparison *comparison)
{
    const struct compare_options *given = call->options;
    trb_error err;
    char *text;
    const trb_status status = given->json ? trb_comparison_json(comparison, &text, &err) : trb_report_text(comparison, &text, &err);
    if (status)
        return cli_fail(call, &err);
    fputs(text, stdout);
    if (given->json)
        fputc('\n', stdout);
    free(text);
    return CLI_DONE;
}

static trb_status write_report(const cli_call *call, trb_comparison *comparison, const char *pictures, trb_error *err)
{
    const struct compare_options *given = call->options;
    trb_report_options report = cmd_compare_report(call);
    report.pictures = pictures;
    char *line = cli_command_line(call);
    trb_status status = trb_comparison_note(comparison, "command_line", line ? line : "", err);
    free(line);
    if (!status)
        status = trb_report_write(comparison, &report, given->output, err);
    return status;
}

/* Rows of one animal at different times cannot be taken for animals: such a table is a study over time. */
static bool over_time(const trb_cohort *cohort)
{
    for (size_t r = 0; r < cohort->n_rows; r++)
        for (size_t other = r + 1; cohort->row[r].animal[0] && cohort->row[r].time[0] && other < cohort->n_rows; other++)
            if (strcmp(cohort->row[r].animal, cohort->row[other].animal) == 0 && strcmp(cohort->row[r].time, cohort->row[other].time) != 0)
                return true;
    return false;
}

/* Of the file that was named, or of those that lie beside the tables. One that lies there by chance, or of another program, costs no
   statistics. */
static trb_status add_distributions(const cli_call *call, trb_comparison *comparison, const trb_cohort *scans, bool by_animal, trb_error *err)
{
    const struct compare_options *given = call->options;
    if (given->distributions) {
        const char *path = given->distributions;
        return trb_comparison_distributions(comparison, scans, by_animal, given->metrics.n > 0, &path, 1, err);
    }
    const char **found = calloc((size_t)call->n_words, sizeof *found);
    size_t n = 0;
    for (int i = 0; found && i < call->n_words; i++) {
        const char *slash = strrchr(call->words[i], '/');
        const size_t folder = slash ? (size_t)(slash + 1 - call->words[i]) : 0;
        char *path = malloc(folder + sizeof "distributions.csv");
        if (!path)
            break;
        memcpy(path, call->words[i], folder);
        strcpy(path + folder, "distributions.csv");
        bool wanted = access(path, R_OK) == 0;
        for (size_t k = 0; k < n; k++)
            wanted = wanted && strcmp(found[k], path) != 0;
        if (wanted)
            found[n++] = path;
        else
            free(path);
    }
    trb_status status = n ? trb_comparison_distributions(comparison, scans, by_animal, given->metrics.n > 0, found, n, err) : TRB_OK;
    if (status == TRB_ERR_FORMAT || status == TRB_ERR_DATA) {
        cli_warn(call, "no distributions are shown: %s", err->text);
        status = TRB_OK;
    }
    for (size_t i = 0; i < n; i++)
        free((char *)found[i]);
    free(found);
    return status;
}

/* What is asked of groups means nothing to studies or repeats: better refused than passed over. NULL: nothing of it was given. */
static const char *meant_for_groups(const cli_call *call)
{
    static const char *const NAMES[] = {"control", "reference", "rescue", "primary", "test", "pairs", "adjust", "factors", "sums-of-squares",
                                        "covariate", "paired", "paired-columns", "longitudinal", "ordered", "alpha", "conf", "prism", "full",
                                        "seed", "distributions", NULL};
    for (size_t i = 0; NAMES[i]; i++)
        if (cli_given(call, NAMES[i]))
            return NAMES[i];
    return NULL;
}

static int run(cli_call *call)
{
    const struct compare_options *given = call->options;
    const bool meta = strcmp(call->words[0], "meta") == 0, precision = strcmp(call->words[0], "precision") == 0;
    const char *other = meta || precision ? meant_for_groups(call) : NULL;
    if (other)
        return cli_usage(call, "--%s has no part in compare %s, whose intervals are of 95 %%", other, call->words[0]);
    if (meta)
        return cmd_compare_meta(call);
    if (precision)
        return cmd_compare_precision(call);
    trb_error err = {TRB_OK, ""};
    trb_cohort_options read = cmd_compare_cohort(call);
    trb_compare_options how = compare_options(given);
    trb_cohort *cohort = NULL, *scans = NULL;
    trb_comparison *comparison = NULL;
    trb_status status = trb_cohort_read(call->words, (size_t)call->n_words, &read, &cohort, &err);
    how.longitudinal = how.longitudinal || (!status && !how.paired && over_time(cohort));
    if (!status && cohort->averaged) { /* once more, for what the scans of one animal have in common */
        read.unit = TRB_COHORT_UNIT_SCAN;
        status = trb_cohort_read(call->words, (size_t)call->n_words, &read, &scans, &err);
        how.scans = how.longitudinal ? NULL : scans;
    }
    if (!status)
        status = trb_compare(cohort, &how, &comparison, &err);
    char folder[4096];
    const char *scans_of_batch = pictures_of(call->words[0], folder, sizeof folder);
    if (!status && scans_of_batch)
        status = trb_comparison_records(comparison, scans ? scans : cohort, scans_of_batch, &err);
    if (!status)
        status = add_distributions(call, comparison, scans ? scans : cohort, cohort->averaged, &err);
    for (size_t i = 0; !status && i < cohort->n_notes; i++)
        cli_info(call, "%s", cohort->note[i]);
    for (size_t i = 0; !status && i < trb_comparison_warnings(comparison); i++)
        cli_warn(call, "%s", trb_comparison_warning(comparison, i));
    if (!status && given->output)
        status = write_report(call, comparison, scans_of_batch, &err);
    int code = status ? cli_fail(call, &err) : print_result(call, comparison);
    if (code == CLI_DONE && given->output)
        cli_info(call, "%s/report.html", given->output);
    trb_comparison_destroy(comparison);
    trb_cohort_destroy(cohort);
    trb_cohort_destroy(scans);
    return code;
}

static trb_status check(const cli_call *call, trb_error *err)
{
    const struct compare_options *given = call->options;
    if (given->factors.n != 0 && given->factors.n != 2)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "--factors takes two columns, such as surgery,treatment");
    if (given->paired_columns.n != 0 && given->paired_columns.n != 2)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "--paired-columns takes two columns, such as \"before [%%],after [%%]\"");
    if (given->paired && given->longitudinal)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "--paired and --longitudinal exclude each other");
    if (given->prism && (cli_given(call, "test") || cli_given(call, "adjust")))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "--prism decides --test and --adjust: leave out one or the other");
    if ((strcmp(call->words[0], "meta") == 0 || strcmp(call->words[0], "precision") == 0) && call->n_words < 2)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "compare %s needs a table", call->words[0]);
    return TRB_OK;
}

const cli_command cmd_compare = {
    .name = "compare",
    .summary = "cohort statistics, figures and report from a table",
    .usage = "[options] TABLE... [-o DIR]",
    .description = "TABLE is results.csv of a batch, or any CSV or TSV with a column of samples, one of groups, and columns of numbers. Every group is "
                   "compared with the control by Welch's t test with Holm's adjustment unless other options say otherwise.\n\n"
                   "compare meta TABLE -o DIR pools studies (columns study, mean_treated, sd_treated, n_treated, mean_control, sd_control, n_control) by a "
                   "random-effects model and draws the forest plot.\n\n"
                   "compare precision TABLE -o DIR gives precision error, least significant change and ICC of repeated scans (columns specimen, "
                   "repeat).",
    .examples = EXAMPLES,
    .options = OPTIONS,
    .n_options = CLI_COUNT(OPTIONS),
    .options_bytes = sizeof(struct compare_options),
    .least_words = 1,
    .most_words = -1,
    .word_name = "TABLE",
    .check = check,
    .run = run,
};
