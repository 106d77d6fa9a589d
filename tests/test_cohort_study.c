/* test_cohort_study.c - several tables, designs, exclusions, animals, orders, and foreign tables. */
#include "support/cohorts.h"
#include "support/testing.h"

#include "study/cohort_groups.h"

static trb_cohort *read_two(const char *a, const char *b, const trb_cohort_options *options)
{
    const char *paths[2] = {cohort_file("a.csv", a), cohort_file("b.csv", b)};
    trb_cohort *c = NULL;
    CHECK_OK(trb_cohort_read(paths, 2, options, &c, err));
    return c;
}

static void two_refused(const char *a, const char *b, trb_status status, const char *const *words)
{
    const char *paths[2] = {cohort_file("a.csv", a), cohort_file("b.csv", b)};
    trb_cohort *c = NULL;
    trb_error err = {TRB_OK, ""};
    assert_int_equal(trb_cohort_read(paths, 2, NULL, &c, &err), status);
    assert_null(c);
    for (; *words; words++)
        if (!strstr(err.text, *words))
            fail_msg("the message lacks \"%s\": %s", *words, err.text);
}
#define TWO_REFUSED(a, b, status, ...) two_refused(a, b, status, (const char *const[]){__VA_ARGS__, NULL})

/* ---- two tables ---- */

static void other_animals_are_appended(void **state)
{
    (void)state;
    trb_cohort *c = read_two("sample,group,BV/TV [%],Tb.Th [mm]\nm1,Sham,20,0.07\nm2,OVX,10,0.06\n",
                             "sample;group;Tb.Th [\xC2\xB5m];BV/TV [ratio];sex\nm3;OVX;65,5;0,12;f\n", NULL);
    assert_int_equal(c->n_rows, 3);
    assert_int_equal(c->n_groups, 2);
    CHECK_CLOSE(0.0655, cohort_value(c, "Tb.Th", "m3"), 1e-17);
    CHECK_CLOSE(12, cohort_value(c, "BV/TV", "m3"), 0);
    assert_string_equal(cohort_text(c, "sex", "m3"), "f");
    assert_string_equal(cohort_text(c, "sex", "m1"), "");
    assert_true(cohort_notes(c, "the rows of 2 tables were put below each other: 3 rows"));
    assert_true(cohort_notes(c, "Tb.Th was converted from um to mm"));
    assert_int_equal(c->n_warnings, 0);
    trb_cohort_destroy(c);
}

static void the_same_animals_are_joined_by_columns(void **state)
{
    (void)state;
    trb_cohort *c = read_two("sample,group,BV/TV [%],TV [mm^3]\nm1,Sham,20,1\nm2,OVX,10,1\nm4,OVX,11,1\n",
                             "sample,load [N],TV [mm^3]\nm2,7,1.5\nm1,9,1\nm3,5,1\n", NULL);
    assert_int_equal(c->n_rows, 4);
    CHECK_CLOSE(9, cohort_value(c, "load", "m1"), 0);
    CHECK_CLOSE(7, cohort_value(c, "load", "m2"), 0);
    assert_true(isnan(cohort_value(c, "load", "m4")) && isnan(cohort_value(c, "BV/TV", "m3")));
    CHECK_CLOSE(1, cohort_value(c, "TV", "m2"), 0); /* the first is kept, and it is said */
    assert_true(cohort_warns(c, "TV differs"));
    assert_true(cohort_notes(c, "by 2 common samples"));
    assert_true(cohort_warns(c, "1 samples of") && cohort_warns(c, "1 rows have no group"));
    trb_cohort_destroy(c);
}

static void tables_that_contradict_are_refused(void **state)
{
    (void)state;
    TWO_REFUSED("sample,BV/TV\nm1,20\nm2,3\n", "sample,BV/TV\n\nm2,20\n", TRB_ERR_DATA, "\"m2\"",
                "a.csv row 3", "b.csv row 3", "BV/TV");
    TWO_REFUSED("sample,Tb.Th [mm]\nm1,20\n", "sample,Tb.Th\nm2,20\n", TRB_ERR_DATA, "Tb.Th", "a.csv",
                "mm (\"Tb.Th [mm]\")", "b.csv", "no unit (\"Tb.Th\")");
    TWO_REFUSED("sample,BMD [mgHA/cm3]\nm1,20\n", "sample,BMD [HU]\nm2,20\n", TRB_ERR_DATA, "mgHA/cm3", "HU",
                "do not convert");
    TWO_REFUSED("sample,BMD\nm1,20\n", "sample,SMI\nm2,20\n", TRB_ERR_DATA,
                "neither samples nor metrics in common");
    TWO_REFUSED("sample,group,BMD\nm1,A,20\n", "sample,group,SMI\nm1,B,20\n", TRB_ERR_DATA, "two groups");
    TWO_REFUSED("sample,animal,BMD\nm1,A,20\n", "sample,animal,SMI\nm1,B,20\n", TRB_ERR_DATA, "two animals");
}

/* ---- designs ---- */

static const char RESULTS[] = "sample,group,BV/TV [%]\ns1,x,20\ns2,x,10\ns3,x,11\ns4,y,12\n";

static trb_cohort *with_design(const char *results, const char *design)
{
    trb_cohort_options o = trb_cohort_options_default();
    o.design = cohort_file("design.csv", design);
    return cohort_of(results, &o);
}

static void a_design_gives_groups_animals_and_covariates(void **state)
{
    (void)state;
    trb_cohort *c =
        with_design(RESULTS, "Sample ID;Group;sex;body weight [g];genotype;animal\ns1;Sham;f;20,5;WT;a\n"
                             "s4;OVX;m;21;KO;b\ns2;OVX;f;22;WT;c\ns9;OVX;f;1;WT;d\n");
    assert_int_equal(c->n_groups, 3);
    assert_string_equal(c->group_name[0], "Sham"); /* the order of the design */
    assert_string_equal(c->group_name[1], "OVX");
    assert_string_equal(c->group_name[2], "x"); /* s3: the design says nothing */
    assert_string_equal(cohort_text(c, "group", "s4"), "OVX");
    CHECK_CLOSE(20.5, cohort_value(c, "body weight", "s1"), 0);
    assert_int_equal(cohort_metric(c, "body weight")->kind, TRB_COHORT_COVARIATE);
    assert_string_equal(cohort_text(c, "genotype", "s4"), "KO");
    assert_true(cohort_notes(c, "3 rows changed their group"));
    assert_true(cohort_warns(c, "1 rows speak of samples that are not in the results: \"s9\""));
    assert_true(cohort_warns(c, "says nothing of 1 samples: \"s3\""));
    trb_cohort_destroy(c);
}

static void a_design_of_animals_speaks_of_all_their_scans(void **state)
{
    (void)state;
    trb_cohort *c = with_design("sample,animal,BMD\nm1_L,m1,10\nm1_R,m1,12\nm2_L,m2,20\nm2_R,m2,NA\n",
                                "animal,group\nm2,Sham\nm1,OVX\n");
    assert_int_equal(c->n_rows, 2);
    assert_true(c->averaged && c->has_groups);
    assert_string_equal(c->group_name[0], "Sham");
    CHECK_CLOSE(11, cohort_value(c, "BMD", "m1"), 0);
    CHECK_CLOSE(20, cohort_value(c, "BMD", "m2"), 0);
    assert_int_equal(cohort_row(c, "m1")->n_scans, 2);
    trb_cohort_destroy(c);
}

static void a_design_of_animals_fits_results_without_any(void **state)
{
    (void)state;
    trb_cohort *c = with_design("sample,BMD\nm1,10\nm2,12\n", "animal,group\nm2,Sham\nm1,OVX\n");
    assert_string_equal(cohort_text(c, "group", "m2"), "Sham");
    assert_string_equal(cohort_row(c, "m2")->animal, "m2");
    trb_cohort_destroy(c);
}

static void a_design_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    trb_cohort_options o = trb_cohort_options_default();
    o.design = cohort_file("design.csv", "sample,group\nS-1,A\nS-2,B\n");
    COHORT_REFUSED(RESULTS, &o, TRB_ERR_DATA, "no sample in common", "\"S-1\", \"S-2\"", "\"s1\"");
    o.design = cohort_file("design.csv", "sample,group\ns1,A\ns2,A\ns1,B\n");
    COHORT_REFUSED(RESULTS, &o, TRB_ERR_DATA, "rows 2 and 4", "\"s1\"");
    o.design = cohort_file("design.csv", "who,group\ns1,A\n");
    COHORT_REFUSED(RESULTS, &o, TRB_ERR_FORMAT, "design.csv", "no column of samples or animals");
    o.design = cohort_file("design.csv", "sample,weight [g]\ns1,heavy\n");
    COHORT_REFUSED(RESULTS, &o, TRB_ERR_DATA, "row 2, column 2", "heavy");
    o.design = cohort_file("design.csv", "sample,bvtv\ns1,3\n");
    COHORT_REFUSED(RESULTS, &o, TRB_ERR_DATA, "\"bvtv\"", "outcome", "\"BV/TV [%]\"");
    o.design = "/nonexistent/d.csv";
    COHORT_REFUSED(RESULTS, &o, TRB_ERR_IO, "/nonexistent/d.csv");
    o.design = cohort_file("design.csv", "sample,group\ns1,A\nss2,B\n");
    trb_cohort *c = cohort_of(RESULTS, &o);
    assert_true(cohort_warns(c, "is \"ss2\" meant to be \"s2\"?"));
    trb_cohort_destroy(c);
}

/* ---- exclusions ---- */

static void exclusions_need_a_name_and_a_reason_and_are_kept(void **state)
{
    (void)state;
    const char *words[] = {"s2=died = day 3", "s2=again"};
    trb_cohort_options o = trb_cohort_options_default();
    o.exclude = words;
    o.n_exclude = 2;
    o.exclude_file = cohort_file("out.csv", "sample,reason\ns4,\"moved, while scanned\"\n");
    trb_cohort *c = cohort_of(RESULTS, &o);
    assert_int_equal(c->n_rows, 2);
    assert_int_equal(c->n_groups, 1); /* y has lost its only row */
    assert_int_equal(c->n_exclusions, 2);
    assert_string_equal(c->exclusion[0].sample, "s2");
    assert_string_equal(c->exclusion[0].group, "x");
    assert_string_equal(c->exclusion[0].reason, "died = day 3");
    assert_int_equal(c->exclusion[0].line, 3);
    assert_string_equal(c->exclusion[1].group, "y");
    assert_string_equal(c->exclusion[1].reason, "moved, while scanned");
    CHECK_CLOSE(11, cohort_value(c, "BV/TV", "s3"), 0);
    trb_cohort_destroy(c);

    o = trb_cohort_options_default();
    o.exclude = words;
    o.n_exclude = 1;
    words[0] = "s22=x";
    COHORT_REFUSED(RESULTS, &o, TRB_ERR_ARGUMENT, "\"s22\"", "did you mean \"s2\"");
    words[0] = "s2=";
    COHORT_REFUSED(RESULTS, &o, TRB_ERR_ARGUMENT, "without a reason");
    words[0] = "s2";
    COHORT_REFUSED(RESULTS, &o, TRB_ERR_ARGUMENT, "expected sample=reason");
    o.n_exclude = 0;
    o.exclude_file = cohort_file("out.csv", "sample,why\ns4,x\n");
    COHORT_REFUSED(RESULTS, &o, TRB_ERR_FORMAT, "sample and reason");
    o.exclude_file = cohort_file("out.csv", "sample,reason\ns1,x\ns2,x\ns3,x\ns4,x\n");
    COHORT_REFUSED(RESULTS, &o, TRB_ERR_ARGUMENT, "all 4 rows");
    words[0] = "m1=infected";
    o.exclude_file = NULL;
    o.n_exclude = 1;
    c = cohort_of("sample,animal,BMD\na,m1,1\nb,m1,2\nc,m2,3\n",
                  &o); /* an animal takes all its scans along */
    assert_int_equal(c->n_exclusions, 2);
    assert_int_equal(c->n_rows, 1);
    trb_cohort_destroy(c);
}

/* ---- animals ---- */

static void limbs_of_an_animal_are_averaged(void **state)
{
    (void)state;
    static const char text[] =
        "sample,group,animal,side,BMD,SMI,operator\na,A,m1,L,0.1,1,x\nb,A,m1,R,0.2,NA,y\n"
        "c,A,m1,L,0.3,2,x\nd,B,m2,L,5,NA,x\n";
    trb_cohort *c = cohort_of(text, NULL);
    assert_int_equal(c->n_rows, 2);
    CHECK_CLOSE((0.1 + 0.2 + 0.3) / 3, cohort_value(c, "BMD", "m1"), 0);
    CHECK_CLOSE(1.5, cohort_value(c, "SMI", "m1"), 0);
    assert_true(isnan(cohort_value(c, "SMI", "m2")));
    assert_string_equal(cohort_row(c, "m1")->side, "L + R");
    assert_string_equal(cohort_text(c, "operator", "m1"), "x + y");
    assert_int_equal(cohort_row(c, "m1")->n_scans, 3);
    assert_true(cohort_notes(c, "4 scans were averaged to 2 animals, up to 3 scans each"));
    trb_cohort_destroy(c);
    trb_cohort_options o = trb_cohort_options_default();
    o.unit = TRB_COHORT_UNIT_SCAN;
    c = cohort_of(text, &o);
    assert_int_equal(c->n_rows, 4);
    assert_true(cohort_warns(c, "pseudo-replication") && cohort_warns(c, "4 scans come from 2 animals"));
    trb_cohort_destroy(c);
}

/* The order of rows must not show, not even in the last bit. */
static void averages_do_not_depend_on_the_order_of_rows(void **state)
{
    (void)state;
    trb_cohort *a = cohort_of("sample,animal,BMD\na,m,0.1\nb,m,0.7\nc,m,1e16\nd,m,3.3\n", NULL);
    trb_cohort *b = cohort_of("sample,animal,BMD\nc,m,1e16\nd,m,3.3\na,m,0.1\nb,m,0.7\n", NULL);
    assert_memory_equal(a->metric[0].value, b->metric[0].value, sizeof(double));
    trb_cohort_destroy(a);
    trb_cohort_destroy(b);
}

static void times_of_an_animal_stay_apart(void **state)
{
    (void)state;
    trb_cohort *c =
        cohort_of("sample,animal,side,week,BMD\na,m,L,0,1\nb,m,R,0,3\nc,m,L,4,5\nd,m,R,4,7\n", NULL);
    assert_int_equal(c->n_rows, 2);
    CHECK_CLOSE(2, cohort_value(c, "BMD", "m 0"), 0);
    CHECK_CLOSE(6, cohort_value(c, "BMD", "m 4"), 0);
    assert_true(cohort_notes(c, "2 animals and times"));
    trb_cohort_destroy(c);
    c = cohort_of("sample,animal,week,BMD\na,m,8,1\nb,m,8,3\n", NULL); /* one time is none */
    CHECK_CLOSE(2, cohort_value(c, "BMD", "m"), 0);
    trb_cohort_destroy(c);
}

static void animals_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    trb_cohort_options o = trb_cohort_options_default();
    COHORT_REFUSED("sample,animal,group,BMD\na,1,Sham,3\nb,2,OVX,4\nc,1,OVX,5\n", &o, TRB_ERR_DATA,
                   "animal \"1\"", "\"Sham\" (t.csv row 2)", "\"OVX\" (t.csv row 4)", "--unit scan");
    o.unit = TRB_COHORT_UNIT_ANIMAL;
    COHORT_REFUSED("sample,group,BMD\na,Sham,3\n", &o, TRB_ERR_ARGUMENT, "no column names animals",
                   "--animal");
    trb_cohort *c =
        cohort_of("sample,animal,BMD\na,m1,1\nb,m1,2\nm1,,5\n", NULL); /* m1 the scan is not m1 the animal */
    assert_int_equal(c->n_rows, 2);
    assert_true(cohort_warns(c, "1 of 3 rows name no animal"));
    trb_cohort_destroy(c);
}

static void names_that_look_like_limbs_are_warned_about(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"m07_L", "m07_R"},        {"m07-left", "m07-right"},
                                           {"L m07", "R m07"},        {"m07L", "m07R"},
                                           {"m07.Left", "m07.RIGHT"}, {"right_m07", "left_m07"}};
    char text[200];
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        snprintf(text, sizeof text, "sample,group,BMD\nx_L,A,1\n%s,A,1\n%s,A,2\ny_L,B,2\n", pairs[i][0],
                 pairs[i][1]);
        trb_cohort *c = cohort_of(text, NULL);
        assert_int_equal(c->n_rows, 4);
        assert_true(cohort_warns(c, "1 pairs of samples look like left and right"));
        assert_true(cohort_warns(c, pairs[i][0]) && cohort_warns(c, pairs[i][1]));
        trb_cohort_destroy(c);
    }
    static const char *const none[][2] = {{"m07_L", "m08_R"}, {"m07_A", "m07_B"}, {"ml", "mr"}, {"L", "R"}};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        snprintf(text, sizeof text, "sample,group,BMD\n%s,A,1\n%s,A,2\n", none[i][0], none[i][1]);
        trb_cohort *c = cohort_of(text, NULL);
        assert_int_equal(c->n_warnings, 0);
        trb_cohort_destroy(c);
    }
}

/* ---- settings ---- */

static size_t warnings_of(const char *text, const char *words)
{
    trb_cohort *c = cohort_of(text, NULL);
    if (words && !cohort_warns(c, words))
        fail_msg("no warning holds \"%s\"", words);
    const size_t n = c->n_warnings;
    trb_cohort_destroy(c);
    return n;
}

static void groups_that_were_not_measured_alike_are_warned_about(void **state)
{
    (void)state;
    assert_int_equal(warnings_of("sample,group,BMD,voxel size [mm],profile,threshold [grey],scanner\n"
                                 "a,A,1,.01,scanco,100,x\nb,A,2,.01,scanco,140,y\nc,B,3,.01,scanco,120,y\nd,"
                                 "B,4,.01,scanco,150,x\n",
                                 NULL),
                     0);
    assert_int_equal(
        warnings_of("sample,group,BMD,voxel size [mm]\na,A,1,.01\nb,A,2,.01\nc,B,3,.012\nd,B,4,.01\n",
                    "voxel size [mm] is 0.01 for \"a\" and 0.012 for \"c\""),
        1);
    assert_int_equal(
        warnings_of("sample,group,BMD,profile\na,A,1,scanco\nb,A,2,ctan\nc,B,3,ctan\nd,B,4,ctan\n",
                    "\"profile\" is scanco for \"a\" and ctan for \"b\""),
        1);
    assert_int_equal(
        warnings_of("sample,group,BMD,threshold [grey]\na,A,1,100\nb,A,2,110\nc,B,3,120\nd,B,4,130\n",
                    "100 to 110 in \"A\" and 120 to 130 in \"B\""),
        1);
    assert_int_equal(warnings_of("sample,group,BMD,scan date\na,A,1,Mon\nb,A,2,Mon\nc,B,3,Tue\nd,B,4,Tue\n",
                                 "\"scan date\" goes with the group (\"A\": Mon, \"B\": Tue)"),
                     1);
    assert_int_equal(warnings_of("sample,group,BMD,treatment\na,A,1,v\nb,A,2,v\nc,B,3,w\nd,B,4,w\n", NULL),
                     0);
}

/* ---- orders and names ---- */

static void groups_are_ordered_as_asked(void **state)
{
    (void)state;
    static const char text[] = "sample,group,BMD\na,OVX,1\nb,\"OVX+EV, high\",2\nc,OVX+vehicle,3\nd,Sham,4\n";
    trb_cohort_options o = trb_cohort_options_default();
    o.reference = "sham"; /* the only one that is alike */
    o.control = "OVX";
    trb_cohort *c = cohort_of(text, &o);
    assert_string_equal(c->group_name[0], "Sham");
    assert_string_equal(c->group_name[1], "OVX");
    assert_string_equal(c->group_name[2], "OVX+EV, high");
    assert_string_equal(cohort_text(c, "group", "c"), "OVX+vehicle");
    size_t g;
    CHECK_OK(trb_cohort_find_group(c, "ovx+VEHICLE", &g, err));
    assert_int_equal(g, 3);
    trb_error err;
    assert_int_equal(trb_cohort_find_group(c, "OVX+vehcle", &g, &err), TRB_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "did you mean \"OVX+vehicle\""));
    assert_non_null(strstr(err.text, "Sham, OVX, OVX+EV, high, OVX+vehicle"));
    trb_cohort_destroy(c);
    o.group_order = "Sham, OVX+EV, high ,OVX";
    c = cohort_of(text, &o);
    assert_string_equal(c->group_name[1], "OVX+EV, high");
    assert_string_equal(c->group_name[2], "OVX");
    assert_string_equal(c->group_name[3], "OVX+vehicle");
    assert_true(cohort_notes(c, "names 3 of 4"));
    trb_cohort_destroy(c);
    o.group_order = "Sham,OVC";
    COHORT_REFUSED(text, &o, TRB_ERR_ARGUMENT, "\"OVC\"", "did you mean \"OVX\"");
    o.group_order = "Sham,OVX,Sham";
    COHORT_REFUSED(text, &o, TRB_ERR_ARGUMENT, "\"Sham\" twice");
    o.group_order = NULL;
    o.control = "placebo";
    COHORT_REFUSED(text, &o, TRB_ERR_ARGUMENT, "no group \"placebo\"", "there is: OVX");
}

static void columns_are_found_as_people_write_them(void **state)
{
    (void)state;
    trb_cohort *c = cohort_of("sample,group,dose_mg,BV/TV [%],sex\na,A,10,1,f\nb,A,2,2,m\nc,B,10,3,\n", NULL);
    size_t m, n, *level;
    const char **name;
    CHECK_OK(trb_cohort_find_metric(c, "bvtv", &m, err));
    assert_string_equal(c->metric[m].key, "BV/TV");
    CHECK_OK(trb_cohort_find_metric(c, "BV/TV [%]", &m, err));
    CHECK_OK(trb_cohort_find_metric(c, "dose_mg", &m, err));
    assert_string_equal(c->metric[m].key, "dose");
    trb_error said;
    assert_int_equal(trb_cohort_find_metric(c, "BV/TB", &m, &said), TRB_ERR_ARGUMENT);
    assert_non_null(strstr(said.text, "did you mean \"BV/TV\""));
    CHECK_OK(trb_cohort_find_attribute(c, "Sex", &m, err));
    CHECK_OK(trb_cohort_levels(c, "dose_mg", &n, &name, &level, err)); /* numbers ascend */
    assert_int_equal(n, 2);
    assert_string_equal(name[0], "2");
    assert_int_equal(level[0], 1);
    CHECK_OK(trb_cohort_levels(c, "sex", &n, &name, &level, err));
    assert_int_equal(n, 2);
    assert_string_equal(name[0], "f");
    assert_true(level[2] == TRB_COHORT_NO_GROUP);
    CHECK_OK(trb_cohort_levels(c, "group", &n, &name, &level, err));
    assert_int_equal(level[2], 1);
    assert_int_equal(trb_cohort_levels(c, "sexx", &n, &name, &level, &said), TRB_ERR_ARGUMENT);
    assert_non_null(strstr(said.text, "\"sex\""));
    trb_cohort_destroy(c);
}

/* ---- foreign tables ---- */

static trb_cohort *imported(const char *text, trb_cohort_import import)
{
    trb_cohort_options o = trb_cohort_options_default();
    o.import = import;
    return cohort_of(text, &o);
}

/* Headings, settings, histograms; only lines with a symbol and a number count. Written after public descriptions. */
static void a_ctan_report_is_one_row(void **state)
{
    (void)state;
    static const char report[] =
        "3D analysis\nDate and time,01.02.2020 12:00\nOperator identity,x\nDataset,m07_rec\nPixel "
        "size,9.0,um\n\nMORPHOMETRY "
        "RESULTS\nDescription,Abbreviation,Value,Unit\nTotal VOI volume,TV,3.5,mm^3\nPercent bone "
        "volume,BV/TV,12.34,%\n"
        "Bone surface / volume ratio,BS/BV,45.6,1/mm\nTrabecular thickness,Tb.Th,0.0612,mm\nTrabecular "
        "number,Tb.N,2.01,1/mm\n"
        "Connectivity density,Conn.Dn,88.1,1/mm^3\nDegree of anisotropy,DA,1.49 (0.33),\n"
        "Trabecular thickness distribution,Tb.Th\nMid-range,Volume,Percent\n0.009,0.1,4.5\n0.027,0.2,9.5\n"
        "Standard deviation of trabecular thickness,SD(Tb.Th),0.02,mm\n";
    trb_cohort *c = imported(report, TRB_IMPORT_CTAN);
    assert_int_equal(c->n_rows, 1);
    CHECK_CLOSE(12.34, cohort_value(c, "BV/TV", "m07_rec"), 0);
    CHECK_CLOSE(0.0612, cohort_value(c, "Tb.Th", "m07_rec"), 0);
    CHECK_CLOSE(0.02, cohort_value(c, "Tb.Th.SD", "m07_rec"), 0);
    CHECK_CLOSE(88.1, cohort_value(c, "Conn.D", "m07_rec"), 0);
    CHECK_CLOSE(1.49, cohort_value(c, "DA", "m07_rec"), 0);
    assert_string_equal(cohort_metric(c, "Conn.D")->unit, "1/mm^3");
    trb_cohort_destroy(c);
}

static void ctan_reports_with_commas_and_general_names_are_read(void **state)
{
    (void)state;
    static const char *const dresses[] = {
        "Percent object volume;Obj.V/TV;12,34;%\nStructure thickness;St.Th;61,2;\xB5m\n",
        "Percent object volume,Obj.V/TV,12,34,%\nStructure thickness,St.Th,61,2,um\n",
        "Percent object volume\tObj.V/TV\t12.34\t%\r\nStructure thickness\tSt.Th\t61.2\tum\r\n"};
    for (size_t i = 0; i < 3; i++) {
        trb_cohort *c = imported(dresses[i], TRB_IMPORT_CTAN);
        CHECK_CLOSE(12.34, cohort_value(c, "BV/TV", "t"), 0); /* named by the file, then */
        CHECK_CLOSE(61.2, cohort_value(c, "Tb.Th", "t"), 0);
        assert_string_equal(cohort_metric(c, "Tb.Th")->unit, "um");
        assert_true(cohort_notes(c, "are read as BV, Tb.Th"));
        trb_cohort_destroy(c);
    }
    trb_cohort_options o = trb_cohort_options_default();
    o.import = TRB_IMPORT_CTAN;
    COHORT_REFUSED("a,BV/TV,1,%\nb,BV/TV,2,%\n", &o, TRB_ERR_DATA, "rows 1 and 2", "BV/TV", "1 and 2");
    COHORT_REFUSED("sample,x\na,1\n", &o, TRB_ERR_FORMAT, "neither a CTAn report");
}

static void several_ctan_reports_are_several_rows(void **state)
{
    (void)state;
    trb_cohort_options o = trb_cohort_options_default();
    o.import = TRB_IMPORT_CTAN;
    trb_cohort *c =
        read_two("Dataset,m1\nPercent bone volume,BV/TV,12.34,%\nTrabecular thickness,Tb.Th,0.061,mm\n",
                 "Dataset,m2\nPercent bone volume,BV/TV,20,%\nTrabecular thickness,Tb.Th,70,um\n", &o);
    assert_int_equal(c->n_rows, 2);
    CHECK_CLOSE(0.07, cohort_value(c, "Tb.Th", "m2"), 1e-17);
    trb_cohort_destroy(c);
}

static void a_ctan_table_has_a_row_a_data_set(void **state)
{
    (void)state;
    static const char *const tables[] = {"Batch "
                                         "results\n\nDataset\tBV/TV\tTb.Th\tConn.Dn\tremark\n\t%\tmm\t1/"
                                         "mm^3\t\nm1\t12,5\t0,061\t80\tok\nm2\t20\t0,07\t\tok\n",
                                         "Filename,Percent bone volume (BV/TV) [%],Trabecular thickness "
                                         "(Tb.Th) [mm],Connectivity density (Conn.Dn) [1/mm\xC2\xB3],"
                                         "remark\nm1,12.5,0.061,80,ok\nm2,20,0.07,,ok\n"};
    for (size_t i = 0; i < 2; i++) {
        trb_cohort *c = imported(tables[i], TRB_IMPORT_CTAN);
        assert_int_equal(c->n_rows, 2);
        CHECK_CLOSE(12.5, cohort_value(c, "BV/TV", "m1"), 0);
        CHECK_CLOSE(0.07, cohort_value(c, "Tb.Th", "m2"), 0);
        assert_true(isnan(cohort_value(c, "Conn.D", "m2")));
        assert_string_equal(cohort_metric(c, "Tb.Th")->unit, "mm");
        assert_string_equal(cohort_metric(c, "Conn.D")->unit, "1/mm^3");
        assert_int_equal(cohort_row(c, "m2")->line, i == 0 ? 6 : 3);
        trb_cohort_destroy(c);
    }
}

static void a_scanco_table_is_mapped(void **state)
{
    (void)state;
    static const char *const tables[] = {
        "SampName\tSampNo\tMeasNo\tSite\tVOX-TV\tVOX-BV\tVOX-BV/"
        "TV\tConn-Dens.\tTRI-SMI\tDT-Tb.N\tDT-Tb.Th\tDT-Tb.Sp\tDT-Tb.(1/"
        "N).SD\tMean1\tMean2\tMean-Units\tTRI-BV/TV\tTRI-|H1|\n"
        "f1\t1365\t31711\tSpine\t2\t0.5\t0.25\t120\t1.2\t4.1\t0.05\t0.2\t0.03\t210.5\t950\tmg "
        "HA/ccm\t0.24\t1\n"
        "SampName\tSampNo\tMeasNo\tSite\tVOX-TV\tVOX-BV\tVOX-BV/"
        "TV\tConn-Dens.\tTRI-SMI\tDT-Tb.N\tDT-Tb.Th\tDT-Tb.Sp\tDT-Tb.(1/"
        "N).SD\tMean1\tMean2\tMean-Units\tTRI-BV/TV\tTRI-|H1|\n"
        "f1\t1365\t31710\tMet\t2\t0.1\t0.05\t20\t3\t2.5\t0.06\t0.4\t0.1\t90\t900\tmg HA/ccm\t0.05\t1\n",
        "SampNo,MeasNo,VOX-TV,VOX-BV,VOX-BV/TV,Conn-Dens.,TRI-SMI,DT-Tb.N,DT-Tb.Th,DT-Tb.Sp,DT-Tb.(1/"
        "N).SD,Mean1,Mean2\n"
        ",,[mm3],[mm3],[1],[1/mm3],[1],[1/mm],[mm],[mm],[mm],[mg HA/ccm],[mg HA/ccm]\n"
        "1365,31711,2,0.5,0.25,120,1.2,4.1,0.05,0.2,0.03,210.5,950\n1365,31710,2,0.1,0.05,20,3,2.5,0.06,0.4,"
        "0.1,90,900\n"};
    for (size_t i = 0; i < 2; i++) {
        trb_cohort *c = imported(tables[i], TRB_IMPORT_SCANCO);
        assert_int_equal(c->n_rows, 2); /* one animal number, two sites: not averaged */
        CHECK_CLOSE(25, cohort_value(c, "BV/TV", "31711"), 0);
        assert_string_equal(cohort_metric(c, "BV/TV")->unit, "%");
        assert_true(cohort_notes(c, "from a ratio to %"));
        CHECK_CLOSE(4.1, cohort_value(c, "Tb.N", "31711"), 0);
        CHECK_CLOSE(0.06, cohort_value(c, "Tb.Th", "31710"), 0);
        CHECK_CLOSE(0.1, cohort_value(c, "Tb.1/N.SD", "31710"), 0);
        CHECK_CLOSE(20, cohort_value(c, "Conn.D", "31710"), 0);
        CHECK_CLOSE(210.5, cohort_value(c, "BMD", "31711"), 0);
        assert_string_equal(cohort_metric(c, "BMD")->unit, "mgHA/cm3");
        assert_string_equal(cohort_metric(c, "Tb.N")->unit, "1/mm");
        assert_string_equal(cohort_text(c, "SampNo", "31710"), "1365");
        assert_int_equal(cohort_row(c, "31710")->line, 4);
        trb_cohort_destroy(c);
    }
    trb_cohort_options o = trb_cohort_options_default();
    o.import = TRB_IMPORT_SCANCO;
    COHORT_REFUSED("sample,BV/TV\na,1\n", &o, TRB_ERR_FORMAT, "no Scanco table");
    COHORT_REFUSED("MeasNo,VOX-BV/TV,DT-Tb.Th\n1,.1,1\n1,.2,1\n", &o, TRB_ERR_DATA, "\"1\"", "row 2",
                   "row 3");
}

static void a_bonej_table_is_mapped(void **state)
{
    (void)state;
    trb_cohort *c = imported(" ,Label,BV (mm\xC2\xB3),TV (mm\xC2\xB3),BV/TV,Tb.Th Mean (\xC2\xB5m),Tb.Th Std "
                             "Dev (\xC2\xB5m),Tb.Th Max "
                             "(\xC2\xB5m),Tb.Sp Mean (\xC2\xB5m),Euler "
                             "ch.,\xCE\x94(\xCF\x87),Connectivity,Conn.D (mm^-3),DA,SMI+,SMI-,SMI\n"
                             "1,m1.tif,1,4,0.25,61.5,10,120,300,-50,1,51,12.5,0.6,2,-1,1\n2,m2.tif,1,5,0.2,"
                             "60,9,110,310,-40,1,41,8,0.5,2,-1,"
                             "1.5\n",
                             TRB_IMPORT_BONEJ);
    assert_int_equal(c->n_rows, 2);
    CHECK_CLOSE(25, cohort_value(c, "BV/TV", "m1.tif"), 0);
    CHECK_CLOSE(61.5, cohort_value(c, "Tb.Th", "m1.tif"), 0);
    assert_string_equal(cohort_metric(c, "Tb.Th")->unit, "um");
    CHECK_CLOSE(9, cohort_value(c, "Tb.Th.SD", "m2.tif"), 0);
    CHECK_CLOSE(110, cohort_value(c, "Tb.Th.max", "m2.tif"), 0);
    CHECK_CLOSE(310, cohort_value(c, "Tb.Sp", "m2.tif"), 0);
    CHECK_CLOSE(8, cohort_value(c, "Conn.D", "m2.tif"), 0);
    CHECK_CLOSE(41, cohort_value(c, "Conn", "m2.tif"), 0);
    CHECK_CLOSE(1.5, cohort_value(c, "SMI", "m2.tif"), 0);
    assert_true(cohort_notes(c, "3 columns"));
    assert_int_equal(cohort_metric(c, "Euler")->kind, TRB_COHORT_HOUSEKEEPING);
    trb_cohort_destroy(c);
    c = imported("Label\tBV/TV (ratio)\tTb.Sp Mean\nm1\t0,5\t4,25\n", TRB_IMPORT_BONEJ);
    CHECK_CLOSE(50, cohort_value(c, "BV/TV", "m1"), 0);
    assert_string_equal(cohort_metric(c, "Tb.Sp")->unit, "");
    trb_cohort_destroy(c);
    trb_cohort_options o = trb_cohort_options_default();
    o.import = TRB_IMPORT_BONEJ;
    COHORT_REFUSED("BV/TV\n1\n", &o, TRB_ERR_FORMAT, "no BoneJ table");
}

static void imports_have_names(void **state)
{
    (void)state;
    trb_cohort_import import;
    assert_true(trb_cohort_import_find("scanco", &import));
    assert_int_equal(import, TRB_IMPORT_SCANCO);
    assert_false(trb_cohort_import_find("excel", &import));
}

static int remove_scratch(void **state)
{
    (void)state;
    testing_scratch_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_animals_are_appended),
        cmocka_unit_test(the_same_animals_are_joined_by_columns),
        cmocka_unit_test(tables_that_contradict_are_refused),
        cmocka_unit_test(a_design_gives_groups_animals_and_covariates),
        cmocka_unit_test(a_design_of_animals_speaks_of_all_their_scans),
        cmocka_unit_test(a_design_of_animals_fits_results_without_any),
        cmocka_unit_test(a_design_that_does_not_fit_is_refused),
        cmocka_unit_test(exclusions_need_a_name_and_a_reason_and_are_kept),
        cmocka_unit_test(limbs_of_an_animal_are_averaged),
        cmocka_unit_test(averages_do_not_depend_on_the_order_of_rows),
        cmocka_unit_test(times_of_an_animal_stay_apart),
        cmocka_unit_test(animals_that_make_no_sense_are_refused),
        cmocka_unit_test(names_that_look_like_limbs_are_warned_about),
        cmocka_unit_test(groups_that_were_not_measured_alike_are_warned_about),
        cmocka_unit_test(groups_are_ordered_as_asked),
        cmocka_unit_test(columns_are_found_as_people_write_them),
        cmocka_unit_test(a_ctan_report_is_one_row),
        cmocka_unit_test(ctan_reports_with_commas_and_general_names_are_read),
        cmocka_unit_test(several_ctan_reports_are_several_rows),
        cmocka_unit_test(a_ctan_table_has_a_row_a_data_set),
        cmocka_unit_test(a_scanco_table_is_mapped),
        cmocka_unit_test(a_bonej_table_is_mapped),
        cmocka_unit_test(imports_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, remove_scratch);
}
