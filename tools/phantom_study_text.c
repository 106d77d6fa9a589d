/* phantom_study_text.c - what is true of a synthetic study, as a table, as JSON and in words. */
#include "cmd_phantom_study.h"

#include "trabecula/version.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The metrics of the truth, in the order of the table. Values of a row: targets, then the sharp image. */
enum { BV_TV, TB_TH, TB_N, N_DRAWN, TB_SP = N_DRAWN, N_SHARP };
static const char *const KEYS[] = {"BV/TV", "Tb.Th", "Tb.N.ratio", "Tb.Sp"};
static const char *const UNITS[] = {"%", "mm", "1/mm", "mm"};

static double drawn(const trb_phantom_animal *animal, int metric)
{
    return metric == BV_TV ? animal->bv_tv_percent : metric == TB_TH ? animal->tb_th_mm : animal->tb_n_per_mm;
}

static double sharp(const trb_phantom_animal *animal, int metric)
{
    const trb_phantom_sharp *s = &animal->sharp;
    const double values[N_SHARP] = {s->bv_tv_percent, s->tb_th_mm, s->tb_n_per_mm, s->tb_sp_mm};
    return values[metric];
}

char *phantom_study_csv(const trb_phantom_animal *animals, size_t n)
{
    size_t n_groups, size;
    const trb_phantom_group *groups = trb_phantom_groups(&n_groups);
    char *text = NULL;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fputs("sample,group,animal", out);
    for (int m = 0; m < N_SHARP; m++)
        fprintf(out, ",%s [%s]", KEYS[m], UNITS[m]);
    for (int m = 0; m < N_DRAWN; m++)
        fprintf(out, ",target %s [%s]", KEYS[m], UNITS[m]);
    fputs(",seed\n", out);
    for (size_t i = 0; i < n; i++) {
        const trb_phantom_animal *a = &animals[i];
        const char *group = groups[a->group].name;
        fprintf(out, "%s_%s,%s,%s", group, a->name, group, a->name);
        for (int m = 0; m < N_SHARP; m++)
            fprintf(out, ",%.10g", sharp(a, m));
        for (int m = 0; m < N_DRAWN; m++)
            fprintf(out, ",%.10g", drawn(a, m));
        fprintf(out, ",%llu\n", (unsigned long long)a->image.seed);
    }
    return fclose(out) == 0 ? text : (free(text), NULL);
}

/* ---- JSON */

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null(); /* the SD of one animal */
}

static json_t *mean_and_sd(double mean, double sd, const char *unit)
{
    return json_pack("{s:o,s:o,s:s}", "mean", number(mean), "sd", number(sd), "unit", unit);
}

static json_t *of_sample(const trb_phantom_animal *animals, size_t n, int metric,
                         double (*value)(const trb_phantom_animal *, int))
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += value(&animals[i], metric);
    const double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (value(&animals[i], metric) - mean) * (value(&animals[i], metric) - mean);
    return mean_and_sd(mean, n > 1 ? sqrt(squares / (double)(n - 1)) : NAN, UNITS[metric]);
}

static json_t *population(const trb_phantom_group *group)
{
    double mean, sd;
    trb_phantom_study_bv_tv(group, &mean, &sd);
    return json_pack("{s:o,s:o,s:o}", KEYS[BV_TV], mean_and_sd(mean, sd, UNITS[BV_TV]), KEYS[TB_TH],
                     mean_and_sd(group->tb_th_mm, group->tb_th_sd_mm, UNITS[TB_TH]), KEYS[TB_N],
                     mean_and_sd(group->tb_n_per_mm, group->tb_n_sd_per_mm, UNITS[TB_N]));
}

static json_t *group_json(const trb_phantom_group *group, const trb_phantom_animal *animals, size_t n)
{
    json_t *targets = json_object(), *found = json_object();
    for (int m = 0; m < N_DRAWN; m++)
        json_object_set_new(targets, KEYS[m], of_sample(animals, n, m, drawn));
    for (int m = 0; m < N_SHARP; m++)
        json_object_set_new(found, KEYS[m], of_sample(animals, n, m, sharp));
    return json_pack("{s:s,s:I,s:f,s:o,s:o,s:o}", "name", group->name, "n", (json_int_t)n, "plate_share",
                     group->plate_share, "population", population(group), "targets", targets, "sharp", found);
}

/* Percent rescue in the population: what a very large study would find. */
static json_t *rescue_json(const trb_phantom_group *groups, size_t treated)
{
    double mean[3], sd;
    const size_t of[3] = {0, 1, treated};
    for (int i = 0; i < 3; i++)
        trb_phantom_study_bv_tv(&groups[of[i]], &mean[i], &sd);
    const trb_phantom_group *s = &groups[0], *o = &groups[1], *t = &groups[treated];
    return json_pack("{s:f,s:f,s:f}", KEYS[BV_TV], 100 * (mean[2] - mean[1]) / (mean[0] - mean[1]),
                     KEYS[TB_TH], 100 * (t->tb_th_mm - o->tb_th_mm) / (s->tb_th_mm - o->tb_th_mm), KEYS[TB_N],
                     100 * (t->tb_n_per_mm - o->tb_n_per_mm) / (s->tb_n_per_mm - o->tb_n_per_mm));
}

char *phantom_study_json(const cli_call *call, const trb_phantom_study *study,
                         const trb_phantom_animal *animals, size_t n)
{
    size_t n_groups;
    const trb_phantom_group *groups = trb_phantom_groups(&n_groups);
    const trb_build *build = trb_build_facts();
    json_t *list = json_array(), *rescue = json_object();
    for (size_t g = 0; g < n_groups; g++)
        json_array_append_new(list, group_json(&groups[g], animals + g * study->animals, n / n_groups));
    for (size_t g = 2; g < n_groups; g++)
        json_object_set_new(rescue, groups[g].name, rescue_json(groups, g));
    char *command = cli_command_line(call);
    json_t *root = json_pack(
        "{s:s,s:s,s:s,s:s,s:o,s:o,s:{s:I,s:I,s:f,s:I},s:s*,s:{s:s,s:s}}", "schema",
        "trabecula.phantom-study/1", "population_note",
        "Tb.Th and Tb.N.ratio are independent normal deviates cut at 2 SD and stretched to the SD given; "
        "BV/TV is their product",
        "sharp_note",
        "the images without blur and noise, bone where at least half of a voxel is covered, thickness by the "
        "rule 'subvoxel'",
        "numbers_note",
        "group means and SDs are chosen to look like published rat distal femora; they are from no one study",
        "groups", list, "rescue_percent", rescue, "study", "n_per_group", (json_int_t)study->animals,
        "size_vox", (json_int_t)study->size_vox, "voxel_size_mm", study->voxel_mm, "seed",
        (json_int_t)study->seed, "command", command, "program", "version", build->version, "commit",
        build->commit);
    free(command);
    char *text = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) : NULL;
    json_decref(root);
    return text;
}

/* ---- words */

char *phantom_study_protocol(const trb_phantom_study *study)
{
    char *text = NULL;
    size_t size;
    double slope, intercept, threshold;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    trb_phantom_study_density(&slope, &intercept, &threshold);
    fprintf(
        out,
        "# How the synthetic study is measured: trabecula analyze --protocol, trabecula batch --protocol\n"
        "[Input]\nvoxel-size = %.15gum\n\n"
        "[Grey scale]\n# the grey values of the images stand for densities\ncalibration = "
        "slope=%g,intercept=%g\n\n"
        "[Segmentation]\n# half-way between marrow and bone, the same for all animals\nthreshold = %gmgHA\n",
        study->voxel_mm * 1000, slope, intercept, threshold);
    return fclose(out) == 0 ? text : (free(text), NULL);
}

char *phantom_study_readme(const trb_phantom_study *study)
{
    size_t n_groups, size;
    const trb_phantom_group *group = trb_phantom_groups(&n_groups);
    char *text = NULL;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fprintf(out,
            "A synthetic OVX study, made by: trabecula phantom study\n\n"
            "%zu animals in each of %zu groups; one folder an animal, one TIFF file a slice, %zu x %zu x %zu "
            "voxels of %g um.\n"
            "The images are foams from random fields, blurred and noisy as a scanner would show them. No "
            "animal was\n"
            "scanned. The group means are chosen to look like published rat distal femora; they are from no "
            "one study.\n\n"
            "                 BV/TV [%%]      Tb.Th [mm]       Tb.N [1/mm]   (mean and SD of the population; "
            "Tb.N = BV/TV / Tb.Th)\n",
            study->animals, n_groups, study->size_vox, study->size_vox, study->size_vox,
            study->voxel_mm * 1000);
    for (size_t g = 0; g < n_groups; g++) {
        double mean, sd;
        trb_phantom_study_bv_tv(&group[g], &mean, &sd);
        fprintf(out, "%-15s %5.1f  %4.1f    %.3f  %.3f    %4.2f  %4.2f\n", group[g].name, mean, sd,
                group[g].tb_th_mm, group[g].tb_th_sd_mm, group[g].tb_n_per_mm, group[g].tb_n_sd_per_mm);
    }
    fputs("\ntruth.csv     what each image has without blur and noise, and the numbers that it was to have "
          "(target)\n"
          "truth.json    the same by group, and the populations\n"
          "protocol.ini  how to measure it\n\n"
          "trabecula batch . --protocol protocol.ini -o ../results\n"
          "trabecula compare ../results/results.csv --reference Sham --control OVX -o ../report\n",
          out);
    return fclose(out) == 0 ? text : (free(text), NULL);
}
