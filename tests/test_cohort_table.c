/* test_cohort_table.c - text tables into cohorts: bytes, cells, headers, units, and what is refused. */
#include "support/cohorts.h"
#include "support/oracle_numbers.h"
#include "support/testing.h"

#include "trabecula/record.h"

#include "core/random.h"
#include "study/cohort_groups.h"
#include "study/cohort_header.h"

/* ---- bytes and cells ---- */

static void the_plainest_table_is_read(void **state)
{
    (void)state;
    trb_cohort *c = cohort_of("sample,group,BV/TV [%],Tb.Th [mm]\nm1,Sham,20.5,0.071\nm2,OVX,9,0.06\n", NULL);
    assert_int_equal(c->n_rows, 2);
    assert_int_equal(c->n_groups, 2);
    assert_int_equal(c->n_warnings, 0);
    assert_string_equal(c->group_name[0], "Sham");
    assert_string_equal(cohort_metric(c, "BV/TV")->unit, "%");
    CHECK_CLOSE(20.5, cohort_value(c, "BV/TV", "m1"), 0);
    CHECK_CLOSE(0.06, cohort_value(c, "Tb.Th", "m2"), 0);
    assert_int_equal(cohort_row(c, "m2")->line, 3);
    assert_string_equal(cohort_row(c, "m2")->file, "t.csv");
    trb_cohort_destroy(c);
}

/* One table in every dress: marks, separators, line ends, quotes, blanks, blank lines and empty columns at its end. */
static void the_dress_of_a_table_does_not_matter(void **state)
{
    (void)state;
    static const char *const dresses[] = {
        "sample,group,BV/TV [%]\nm1,Sham,20.5\nm2,OVX,9\n",
        "\xEF\xBB\xBFsample,group,BV/TV [%]\nm1,Sham,20.5\nm2,OVX,9\n",
        "sample;group;BV/TV [%]\nm1;Sham;20.5\nm2;OVX;9\n",
        "sample;group;BV/TV [%]\nm1;Sham;20,5\nm2;OVX;9\n",
        "sample,group,\"BV/TV\n[%]\"\nm1,Sham,20.5\nm2,OVX,9\n",
        "sep=;\r\nsample;group;BV/TV [%]\r\nm1;Sham;20,5\r\nm2;OVX;9\r\n",
        "sample\tgroup\tBV/TV [%]\nm1\tSham\t20.5\nm2\tOVX\t9\n",
        "sample\tgroup\tBV/TV [%]\nm1\tSham\t20,5\nm2\tOVX\t9,0\n",
        "sample,group,BV/TV [%]\r\nm1,Sham,20.5\r\nm2,OVX,9\r\n",
        "sample,group,BV/TV [%]\rm1,Sham,20.5\rm2,OVX,9",
        "sample,group,BV/TV [%]\nm1,Sham,20.5\nm2,OVX,9",
        "\"sample\",\"group\",\"BV/TV [%]\"\n\"m1\",\"Sham\",\"20.5\"\n\"m2\",\"OVX\",\"9\"\n",
        "\"sample\",\"group\",\"BV/TV [%]\"\n\"m1\",\"Sham\",\"20,5\"\n\"m2\",\"OVX\",\"9,00\"\n",
        " sample , group ,\tBV/TV [%] \n m1 , Sham , 20.5 \n m2 ,\xC2\xA0OVX\xC2\xA0, 9\n",
        "\n\nsample,group,BV/TV [%]\n\nm1,Sham,20.5\n,,\nm2,OVX,9\n\n\n",
        "sample,group,BV/TV [%],,\nm1,Sham,20.5,,\nm2,OVX,9,,\n",
        "sample,group,BV/TV [%]\nm1,Sham,+2.05e1\nm2,OVX,9.\n",
    };
    for (size_t i = 0; i < sizeof dresses / sizeof *dresses; i++) {
        trb_cohort *c = cohort_of(dresses[i], NULL);
        assert_int_equal(c->n_rows, 2);
        assert_int_equal(c->n_groups, 2);
        assert_int_equal(c->n_metrics, 1);
        assert_int_equal(c->n_attributes, 0);
        assert_string_equal(cohort_text(c, "group", "m2"), "OVX");
        CHECK_CLOSE(20.5, cohort_value(c, "BV/TV", "m1"), 0);
        CHECK_CLOSE(9, cohort_value(c, "BV/TV", "m2"), 0);
        trb_cohort_destroy(c);
    }
}

static void quotes_hold_separators_quotes_and_line_breaks(void **state)
{
    (void)state;
    trb_cohort *c = cohort_of(
        "sample,group,note,BMD\n\"m,1\",\"OVX + \"\"EV\"\"\",\"two\r\nlines\",3\nm2,5\" tall,x,4\n", NULL);
    assert_string_equal(cohort_text(c, "group", "m,1"), "OVX + \"EV\"");
    assert_string_equal(cohort_text(c, "note", "m,1"), "two\nlines");
    assert_string_equal(cohort_text(c, "group", "m2"), "5\" tall");
    assert_int_equal(cohort_row(c, "m2")->line, 3); /* a spreadsheet row, not a line of text */
    trb_cohort_destroy(c);
}

static void missing_values_have_many_names(void **state)
{
    (void)state;
    trb_cohort *c =
        cohort_of("sample,group,BV/TV "
                  "[%]\na,g,\nb,g,NA\nc,g,NaN\nd,g,null\ne,g,n/a\nf,g,-\ng,g,#N/A\nh,g,NULL\ni,g,-1\n"
                  "j,g,\xE2\x88\x92"
                  "2.5\n",
                  NULL);
    for (size_t r = 0; r < 8; r++)
        assert_true(isnan(c->metric[0].value[r]));
    CHECK_CLOSE(-1, c->metric[0].value[8], 0);
    CHECK_CLOSE(-2.5, c->metric[0].value[9], 0); /* the typesetters' minus */
    trb_cohort_values v;
    CHECK_OK(trb_cohort_groups(c, 0, &v, err));
    assert_int_equal(v.groups.group[0].n, 2);
    assert_int_equal(v.groups.group[0].n_missing, 8);
    assert_int_equal(v.row[0][1], 9);
    trb_cohort_values_clear(&v);
    trb_cohort_destroy(c);
}

static void western_text_that_is_not_utf8_is_read_and_said(void **state)
{
    (void)state;
    trb_cohort *c = cohort_of("sample;group;Tb.Th [\xB5m]\nM\xFCller;17\xDF;48,6\n", NULL);
    CHECK_CLOSE(48.6, cohort_value(c, "Tb.Th", "M\xC3\xBCller"), 0);
    assert_string_equal(cohort_metric(c, "Tb.Th")->unit, "um");
    assert_true(cohort_notes(c, "Windows-1252"));
    assert_true(cohort_notes(c, "decimal commas"));
    trb_cohort_destroy(c);
}

static void other_kinds_of_files_are_refused_with_a_remedy(void **state)
{
    (void)state;
    COHORT_REFUSED("\xFF\xFEs", NULL, TRB_ERR_FORMAT, "t.csv", "UTF-16", "CSV UTF-8");
    COHORT_REFUSED("\xFE\xFFs", NULL, TRB_ERR_FORMAT, "UTF-16");
    COHORT_REFUSED("PK\3\4rest", NULL, TRB_ERR_FORMAT, "spreadsheet");
    COHORT_REFUSED("", NULL, TRB_ERR_FORMAT, "empty");
    COHORT_REFUSED("\n,,\n", NULL, TRB_ERR_FORMAT, "empty");
    COHORT_REFUSED("sample,group,BMD\n", NULL, TRB_ERR_FORMAT, "header and no rows");
    trb_cohort *c = NULL;
    trb_error err;
    assert_int_equal(trb_cohort_parse("t.csv", "a\0b", 3, NULL, &c, &err), TRB_ERR_FORMAT);
    assert_non_null(strstr(err.text, "byte 2"));
    const char *nowhere = "/nonexistent/table.csv";
    assert_int_equal(trb_cohort_read(&nowhere, 1, NULL, &c, &err), TRB_ERR_IO);
    assert_non_null(strstr(err.text, nowhere));
    assert_null(c);
}

static void broken_tables_name_row_and_column(void **state)
{
    (void)state;
    COHORT_REFUSED("sample,group,BMD\nm1,Sham,3\nm2,OVX\n", NULL, TRB_ERR_FORMAT, "row 3", "column 3 (BMD)",
                   "2 cells", "header 3");
    COHORT_REFUSED("sample,group,BMD\n\nm1,Sham,3\nm2,OVX,4,9\n", NULL, TRB_ERR_FORMAT, "row 4", "column 4",
                   "4 cells");
    COHORT_REFUSED("sample,group,BMD\nm1,Sham,4,5\nm2,OVX,3,5\n", NULL, TRB_ERR_FORMAT, "row 2",
                   "decimal commas need quotes");
    COHORT_REFUSED("sample,group,BMD\nm1,\"Sham,3\nm2,OVX,4\n", NULL, TRB_ERR_FORMAT, "row 2", "column 2",
                   "never closed");
    COHORT_REFUSED("sample,group,BMD\nm1,\"Sham\"x,3\n", NULL, TRB_ERR_FORMAT, "row 2", "column 2",
                   "after a closing quote");
    COHORT_REFUSED("sample,group,BMD\nm1,Sham,3\n,OVX,4\n", NULL, TRB_ERR_DATA, "row 3", "no name");
    COHORT_REFUSED("code,BMD\nm1,3\n", NULL, TRB_ERR_FORMAT, "no column of samples", "code, BMD");
    COHORT_REFUSED("sample,group,BMD\nm1,a,3\nm2,a,4\nm1,b,5\n", NULL, TRB_ERR_DATA, "\"m1\"", "row 2",
                   "row 4");
    COHORT_REFUSED("sample,BMD,bmd [mg/cm3]\nm1,3,4\n", NULL, TRB_ERR_DATA, "\"BMD\"", "\"bmd [mg/cm3]\"",
                   "same metric BMD");
    COHORT_REFUSED("sample,sex,sex\nm1,f,f\n", NULL, TRB_ERR_DATA, "\"sex\"", "column 3");
}

static void a_word_among_numbers_is_refused_or_warned_about(void **state)
{
    (void)state;
    static const char *const words[] = {"12abc",   "inf",  "0x10",  "1e999", "1.2.3",
                                        "#DIV/0!", "<0.5", "1 234", "12 %"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char text[128];
        snprintf(text, sizeof text, "sample,group,BV/TV\nm1,g,1\nm2,g,%s\n", words[i]);
        COHORT_REFUSED(text, NULL, TRB_ERR_DATA, "t.csv: row 3, column 3 (BV/TV)", words[i], "no number");
    }
    COHORT_REFUSED("sample,x [mm]\nm1,1\nm2,low\n", NULL, TRB_ERR_DATA, "row 3, column 2 (x [mm])",
                   "\"low\"");
    trb_cohort *c = cohort_of("sample,grip\na,1\nb,2\nc,3\nd,weak\n",
                              NULL); /* no unit and no known name: it may be text */
    assert_int_equal(c->n_metrics, 0);
    assert_true(cohort_warns(c, "row 5, column 2 (grip): \"weak\""));
    trb_cohort_destroy(c);
}

static void commas_and_dots_do_not_mix(void **state)
{
    (void)state;
    COHORT_REFUSED("sample;BMD;SMI\nm1;3,5;1\nm2;4;1.5\n", NULL, TRB_ERR_FORMAT, "row 2, column 2 (BMD)",
                   "\"3,5\"", "row 3, column 3 (SMI)", "\"1.5\"");
    COHORT_REFUSED("sample,BMD\nm1,\"1,234\"\nm2,\"2,345\"\n", NULL, TRB_ERR_FORMAT, "row 2, column 2",
                   "thousands");
    COHORT_REFUSED("sample;BMD\nm1;1.234,5\n", NULL, TRB_ERR_DATA, "row 2, column 2", "1.234,5");
    trb_cohort *c = cohort_of("sample,BMD,note\nm1,\"1,234\",\"v 1.5\"\nm2,\"2,3\",x\n", NULL);
    CHECK_CLOSE(1.234, cohort_value(c, "BMD", "m1"), 0);
    trb_cohort_destroy(c);
}

/* ---- headers ---- */

static void headers_give_metric_and_unit(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"BV/TV [%]", "BV/TV", "%"},
        {"BV/TV (%)", "BV/TV", "%"},
        {"BV/TV", "BV/TV", ""},
        {"bvtv", "BV/TV", ""},
        {"BV_TV_percent", "BV/TV", "%"},
        {"BV/TV (ratio)", "BV/TV", "1"},
        {"Tb.Th (mm)", "Tb.Th", "mm"},
        {"Tb.Th_mm", "Tb.Th", "mm"},
        {"Tb.Th, mm", "Tb.Th", "mm"},
        {"TbTh [\xC2\xB5m]", "Tb.Th", "um"},
        {"Tb.Th [\xCE\xBCm]", "Tb.Th", "um"},
        {"Tb.Th (microns)", "Tb.Th", "um"},
        {"Conn.D [1/mm3]", "Conn.D", "1/mm^3"},
        {"Conn.D (1/mm\xC2\xB3)", "Conn.D", "1/mm^3"},
        {"Conn.Dn (mm^-3)", "Conn.D", "1/mm^3"},
        {"Tb.N [mm-1]", "Tb.N", "1/mm"},
        {"Tb.N (mm\xE2\x81\xBB\xC2\xB9)", "Tb.N", "1/mm"},
        {"BMD [mg HA/ccm]", "BMD", "mgHA/cm3"},
        {"BMD (mgHA/cm^3)", "BMD", "mgHA/cm3"},
        {"TMD [g/cm3]", "TMD", "gHA/cm3"},
        {"TV [mm^3]", "TV", "mm^3"},
        {"Percent bone volume (BV/TV) [%]", "BV/TV", "%"},
        {"Trabecular thickness [mm]", "Tb.Th", "mm"},
        {"Tb.Th.SD [mm]", "Tb.Th.SD", "mm"},
        {"TMD.peel1 [mgHA/cm3]", "TMD.peel1", "mgHA/cm3"},
        {"Po(tot) [%]", "Po(tot)", "%"},
        {"Po(tot)", "Po(tot)", ""},
        {"voxel size [mm]", "voxel size", "mm"},
        {"threshold [grey]", "threshold", "grey"},
        {"body_weight [g]", "body_weight", "g"},
        {"dose_mg", "dose", "mg"},
        {"x [1]", "x", "1"},
        {"repeat_no", "repeat_no", ""},
        {"Conn_D", "Conn.D", ""},
        {"load (left)", "load (left)", ""},
        {"grip [N/kg]", "grip", "N/kg"},
        {"[mm]", "[mm]", ""},
        {"", "", ""},
    };
    trb_pool *pool = trb_pool_create(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *key, *unit;
        CHECK_OK(trb_header_split(cases[i][0], pool, &key, &unit, err));
        assert_string_equal(key, cases[i][1]);
        assert_string_equal(unit, cases[i][2]);
    }
    trb_pool_destroy(pool);
}

static void every_metric_of_our_own_is_known_with_its_unit(void **state)
{
    (void)state;
    size_t n;
    const trb_metric_info *info = trb_metric_table(&n);
    assert_true(n > 20);
    for (size_t i = 0; i < n; i++) {
        const char *symbol = trb_metric_symbol(info[i].key);
        if (!symbol)
            fail_msg("%s is not known", info[i].key);
        assert_string_equal(symbol, info[i].key);
        if (!trb_unit_spelling(info[i].unit))
            fail_msg("%s of %s is not known", info[i].unit, info[i].key);
        assert_string_equal(trb_unit_spelling(info[i].unit), info[i].unit);
        assert_true((trb_metric_rank(symbol) != SIZE_MAX) != trb_metric_is_housekeeping(symbol));
    }
}

static void units_of_one_kind_convert(void **state)
{
    (void)state;
    double f;
    assert_true(trb_unit_factor("um", "mm", &f));
    CHECK_CLOSE(0.001, f, 1e-18);
    assert_true(trb_unit_factor("mm", "um", &f));
    CHECK_CLOSE(1000, f, 1e-12);
    assert_true(trb_unit_factor("1", "%", &f));
    CHECK_CLOSE(100, f, 0);
    assert_true(trb_unit_factor("g/cm3", "mgHA/cm3", &f));
    CHECK_CLOSE(1000, f, 0);
    assert_true(trb_unit_factor("", "", &f));
    assert_true(trb_unit_factor("N/kg", "N/kg", &f));
    assert_false(trb_unit_factor("mm", "mm^2", &f));
    assert_false(trb_unit_factor("mm", "", &f));
    assert_false(trb_unit_factor("N/kg", "N", &f));
}

static void metrics_stand_as_papers_print_them(void **state)
{
    (void)state;
    trb_cohort *c = cohort_of("sample,group,TV [mm^3],voxel size [mm],age,odd,Tb.Sp [mm],Tb.N "
                              "[1/mm],same,BV/TV [%],program,Tb.Th [mm],"
                              "BMD,cage\n"
                              "a,g,1,.01,8,1,1,1,7,1,0.1.0,1,1,1\nb,g,2,.01,9,2,2,2,7,2,0.1.0,2,2,2\n",
                              NULL);
    static const char *const order[] = {"BMD", "BV/TV", "Tb.N", "Tb.Th", "Tb.Sp",
                                        "odd", "same",  "age",  "TV",    "voxel size"};
    assert_int_equal(c->n_metrics, 10);
    for (size_t i = 0; i < 10; i++)
        assert_string_equal(c->metric[i].key, order[i]);
    assert_int_equal(c->metric[5].kind, TRB_COHORT_METRIC);
    assert_true(c->metric[6].constant && !c->metric[5].constant);
    assert_int_equal(c->metric[7].kind, TRB_COHORT_COVARIATE);
    assert_int_equal(c->metric[8].kind, TRB_COHORT_HOUSEKEEPING);
    assert_string_equal(cohort_text(c, "program", "b"), "0.1.0");
    assert_string_equal(cohort_text(c, "cage", "b"), "2"); /* a number that is a name */
    trb_cohort_destroy(c);
}

static void details_are_told_from_what_papers_print(void **state)
{
    (void)state;
    trb_cohort *c = cohort_of(
        "sample,BV/"
        "TV,BV,Tb.Th,Tb.Th.SD,Tb.N,Tb.N.ratio,odd,TMD.peel1\na,1,2,3,4,5,6,7,8\nb,2,3,4,5,6,7,8,9\n",
        NULL);
    assert_false(cohort_metric(c, "BV/TV")->detail || cohort_metric(c, "Tb.N")->detail ||
                 cohort_metric(c, "odd")->detail);
    assert_true(cohort_metric(c, "BV")->detail && cohort_metric(c, "Tb.Th.SD")->detail);
    assert_true(cohort_metric(c, "Tb.N.ratio")->detail); /* there is a Tb.N */
    assert_false(cohort_metric(c, "TMD.peel1")->detail); /* the only density */
    trb_cohort_destroy(c);
}

static void columns_are_known_by_name_or_named(void **state)
{
    (void)state;
    static const char text[] =
        "SampleID,Group,Animal_ID,limb,week,treatment,BMD\ns1,A,m1,L,4,x,1\ns2,B,m2,R,8,y,2\n";
    trb_cohort *c = cohort_of(text, NULL);
    const trb_cohort_row *row = cohort_row(c, "s2");
    assert_string_equal(cohort_text(c, "group", "s2"), "B");
    assert_string_equal(row->animal, "m2");
    assert_string_equal(row->side, "R");
    CHECK_CLOSE(8, row->time_value, 0);
    assert_string_equal(c->time_unit, "weeks");
    assert_string_equal(cohort_text(c, "treatment", "s2"), "y");
    trb_cohort_destroy(c);
    trb_cohort_options o = trb_cohort_options_default();
    o.group_column = "Treatment";
    c = cohort_of(text, &o);
    assert_string_equal(cohort_text(c, "group", "s2"), "y");
    assert_true(cohort_notes(c, "\"treatment\""));
    trb_cohort_destroy(c);
    o.group_column = "treatmnt";
    COHORT_REFUSED(text, &o, TRB_ERR_ARGUMENT, "no column \"treatmnt\"", "did you mean \"treatment\"");
}

static void a_long_table_is_named_by_animal_side_and_time(void **state)
{
    (void)state;
    trb_cohort *c =
        cohort_of("animal,group,time [weeks],BMD\nm1,A,0,1\nm1,A,4,2\nm2,B,0,3\nm2,B,4,4\n", NULL);
    assert_int_equal(c->n_rows, 4);
    CHECK_CLOSE(2, cohort_value(c, "BMD", "m1 4"), 0);
    assert_string_equal(c->time_unit, "weeks");
    assert_string_equal(cohort_row(c, "m2 0")->animal, "m2");
    trb_cohort_destroy(c);
    c = cohort_of("sample,side,BMD\nm1,L,1\nm1,R,3\n", NULL); /* the sample is the animal, then */
    assert_int_equal(c->n_rows, 1);
    CHECK_CLOSE(2, cohort_value(c, "BMD", "m1"), 0);
    trb_cohort_destroy(c);
    COHORT_REFUSED("sample,side,BMD\nm1,L,1\nm1,L,3\n", NULL, TRB_ERR_DATA, "row 2", "row 3");
}

static void without_groups_all_rows_are_one(void **state)
{
    (void)state;
    trb_cohort *c = cohort_of("sample,BMD\nm1,1\nm2,3\n", NULL);
    assert_int_equal(c->n_groups, 1);
    assert_string_equal(c->group_name[0], "all");
    assert_false(c->has_groups);
    trb_cohort_destroy(c);
    c = cohort_of("sample,group,BMD\nm1,A,1\nm2,,3\nm3,a ,4\n", NULL);
    assert_int_equal(c->n_groups, 2);
    assert_true(cohort_row(c, "m2")->group == TRB_COHORT_NO_GROUP);
    assert_true(cohort_warns(c, "1 rows have no group"));
    assert_true(cohort_warns(c, "\"A\" and \"a\""));
    trb_cohort_destroy(c);
}

/* ---- the oracle's hostile table ---- */

static void the_hostile_table_has_the_numbers_of_its_plain_twin(void **state)
{
    (void)state;
    const char *path = TRB_TESTDATA "/oracles/s22_hostile_csv.csv",
               *twin_path = TRB_TESTDATA "/oracles/s06_two_groups.csv";
    trb_cohort *c = NULL, *twin = NULL;
    CHECK_OK(trb_cohort_read(&path, 1, NULL, &c, err));
    CHECK_OK(trb_cohort_read(&twin_path, 1, NULL, &twin, err));
    assert_int_equal(c->n_rows, 11);
    assert_int_equal(c->n_metrics, 6);
    assert_string_equal(c->group_name[0], "Sham, \"vehicle\"");
    assert_string_equal(c->group_name[1], "OVX + 17\xCE\xB2-E2");
    for (size_t m = 0; m < 6; m++) {
        assert_string_equal(c->metric[m].key, twin->metric[m].key);
        assert_string_equal(c->metric[m].header, twin->metric[m].header);
        for (size_t r = 0; r < 11; r++)
            CHECK_CLOSE(twin->metric[m].value[r], c->metric[m].value[r], 0);
    }
    trb_cohort_destroy(c);
    trb_cohort_destroy(twin);
}

/* Means of R against the values as grouped, for both. */
static void group_means_are_those_of_the_oracle(void **state)
{
    (void)state;
    static const char *const names[] = {"s22_hostile_csv", "s06_two_groups", "s01_ovx_rat_balanced",
                                        "s07_edge_small_n"};
    for (size_t i = 0; i < 4; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/oracles/%s.csv", TRB_TESTDATA, names[i]);
        const char *file = path;
        trb_cohort *c = NULL;
        CHECK_OK(trb_cohort_read(&file, 1, NULL, &c, err));
        oracle_numbers numbers = oracle_numbers_load(names[i]);
        size_t compared = 0;
        for (size_t m = 0; m < c->n_metrics; m++) {
            trb_cohort_values v;
            CHECK_OK(trb_cohort_groups(c, m, &v, err));
            for (size_t g = 0; g < v.groups.n_groups; g++) {
                const trb_sample_group *group = &v.groups.group[g];
                char wanted[512], missing[512];
                snprintf(wanted, sizeof wanted, "metrics::%s::descriptive::%s::mean", c->metric[m].header,
                         group->name);
                snprintf(missing, sizeof missing, "metrics::%s::descriptive::%s::n_missing",
                         c->metric[m].header, group->name);
                double sum = 0;
                for (size_t k = 0; k < group->n; k++)
                    sum += group->value[k];
                for (size_t k = 0; k < numbers.n; k++) {
                    if (strcmp(numbers.row[k].path, wanted) == 0 && numbers.row[k].kind == ORACLE_NUMBER) {
                        CHECK_RELATIVE(numbers.row[k].value, sum / (double)group->n, 1e-12);
                        compared++;
                    }
                    if (strcmp(numbers.row[k].path, missing) == 0)
                        CHECK_CLOSE(numbers.row[k].value, (double)group->n_missing, 0);
                }
            }
            trb_cohort_values_clear(&v);
        }
        assert_true(compared >= 6);
        oracle_numbers_clear(&numbers);
        trb_cohort_destroy(c);
    }
}

/* What each table of the oracles is, as rows (after averaging), groups and metrics that are outcomes. */
static void every_table_of_the_oracles_is_understood(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t rows, groups, outcomes, covariates;
        bool averaged;
    } tables[] = {
        {"s01_ovx_rat_balanced", 32, 4, 6, 0, false},   {"s09_plantgrowth", 30, 3, 1, 0, false},
        {"s10_toothgrowth_twoway", 60, 6, 1, 1, false}, {"s12_sleep_paired", 10, 1, 2, 0, false},
        {"s13_genotype_treatment", 28, 4, 3, 0, false}, {"s14_longitudinal_complete", 88, 3, 2, 0, true},
        {"s16_ancova_body_weight", 31, 4, 2, 1, false}, {"s17_limbs_left_right", 12, 2, 2, 0, true},
        {"s18_repeat_scans", 8, 1, 3, 0, true},         {"s20_meta", 8, 1, 6, 0, false},
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/oracles/%s.csv", TRB_TESTDATA, tables[i].name);
        const char *file = path;
        trb_cohort *c = NULL;
        CHECK_OK(trb_cohort_read(&file, 1, NULL, &c, err));
        size_t outcomes = 0, covariates = 0;
        for (size_t m = 0; m < c->n_metrics; m++) {
            outcomes += c->metric[m].kind == TRB_COHORT_METRIC;
            covariates += c->metric[m].kind == TRB_COHORT_COVARIATE;
        }
        assert_int_equal(c->n_rows, tables[i].rows);
        assert_int_equal(c->n_groups, tables[i].groups);
        assert_int_equal(outcomes, tables[i].outcomes);
        assert_int_equal(covariates, tables[i].covariates);
        assert_int_equal(c->averaged, tables[i].averaged);
        assert_int_equal(c->n_warnings, 0);
        trb_cohort_destroy(c);
    }
}

/* ---- size, and noise ---- */

static void ten_thousand_rows_in_forty_groups_are_read(void **state)
{
    (void)state;
    const size_t n = 10000, room = n * 64 + 64;
    char *text = malloc(room);
    assert_non_null(text);
    size_t used = (size_t)snprintf(text, room, "sample,group,BV/TV [%%],Tb.Th [um]\n");
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, room - used, "s%zu,group %zu,%zu.5,%zu\n", i, i % 40, i % 100,
                                 40 + i % 7);
    trb_cohort *c = cohort_of(text, NULL);
    assert_int_equal(c->n_rows, n);
    assert_int_equal(c->n_groups, 40);
    CHECK_CLOSE(99.5, cohort_value(c, "BV/TV", "s9999"), 0);
    trb_cohort_destroy(c);
    free(text);
}

/* What spreadsheets leave below a table costs no memory: 16 cells, and then a million empty ones. */
static void empty_rows_without_end_are_skipped(void **state)
{
    (void)state;
    static const char head[] = "sample,group,BMD,SMI\nm1,A,1,2\nm2,A,3,4\nm3,B,5,6\n";
    const size_t n = 250000;
    char *text = malloc(sizeof head + 4 * n);
    assert_non_null(text);
    memcpy(text, head, sizeof head - 1);
    for (size_t i = 0; i < n; i++)
        memcpy(text + sizeof head - 1 + 4 * i, ",,,\n", 4);
    text[sizeof head - 1 + 4 * n] = 0;
    trb_cohort *c = cohort_of(text, NULL);
    assert_int_equal(c->n_rows, 3);
    CHECK_CLOSE(6, cohort_value(c, "SMI", "m3"), 0);
    trb_cohort_destroy(c);
    free(text);
}

/* Whatever the bytes are: an answer or a message, no crash, nothing that a sanitizer dislikes. */
static void noise_and_cut_tables_are_answered(void **state)
{
    (void)state;
    static const char whole[] =
        "\xEF\xBB\xBFsample;group;animal;time;\"BV/TV [%]\";Tb.Th (\xC2\xB5m);n\r\n"
        "\"m,1\";\"Sham \"\"x\"\"\";a1;4;12,5;NA;x\r\nm2;OVX;a1;8;-;45,1;y\r\n\r\nm3;OVX;;;9;;\r\n";
    static const char alphabet[] = ";,\t\"\n\r .-+0123456789eENaA[]()%/_\xC2\xB5\xEF\xBB\xBFsamplegroup";
    trb_random random = trb_random_start(20260101);
    size_t good = 0, refused = 0;
    for (size_t i = 0; i < 6000; i++) {
        char text[400];
        size_t n = sizeof whole - 1;
        memcpy(text, whole, n);
        if (i % 3 == 0) {
            n = (size_t)(trb_random_uniform(&random) * (double)n);
        } else if (i % 3 == 1) {
            for (size_t k = 0; k < 1 + i % 9; k++)
                text[(size_t)(trb_random_uniform(&random) * (double)n)] =
                    alphabet[(size_t)(trb_random_uniform(&random) * (double)(sizeof alphabet - 1))];
        } else {
            n = (size_t)(trb_random_uniform(&random) * (double)sizeof text);
            for (size_t k = 0; k < n; k++)
                text[k] = alphabet[(size_t)(trb_random_uniform(&random) * (double)(sizeof alphabet - 1))];
        }
        char *exact = malloc(n ? n : 1); /* a read behind its end is seen */
        assert_non_null(exact);
        memcpy(exact, text, n);
        trb_cohort_options o = trb_cohort_options_default();
        o.import = (trb_cohort_import)(i / 3 % 4);
        trb_cohort *c = NULL;
        trb_error err = {TRB_OK, ""};
        if (trb_cohort_parse("noise", exact, n, &o, &c, &err)) {
            assert_null(c);
            assert_true(err.text[0]);
            refused++;
        } else {
            assert_true(c->n_rows > 0);
            good++;
        }
        trb_cohort_destroy(c);
        free(exact);
    }
    assert_true(good > 50 && refused > 1000);
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
        cmocka_unit_test(the_plainest_table_is_read),
        cmocka_unit_test(the_dress_of_a_table_does_not_matter),
        cmocka_unit_test(quotes_hold_separators_quotes_and_line_breaks),
        cmocka_unit_test(missing_values_have_many_names),
        cmocka_unit_test(western_text_that_is_not_utf8_is_read_and_said),
        cmocka_unit_test(other_kinds_of_files_are_refused_with_a_remedy),
        cmocka_unit_test(broken_tables_name_row_and_column),
        cmocka_unit_test(a_word_among_numbers_is_refused_or_warned_about),
        cmocka_unit_test(commas_and_dots_do_not_mix),
        cmocka_unit_test(headers_give_metric_and_unit),
        cmocka_unit_test(every_metric_of_our_own_is_known_with_its_unit),
        cmocka_unit_test(units_of_one_kind_convert),
        cmocka_unit_test(metrics_stand_as_papers_print_them),
        cmocka_unit_test(details_are_told_from_what_papers_print),
        cmocka_unit_test(columns_are_known_by_name_or_named),
        cmocka_unit_test(a_long_table_is_named_by_animal_side_and_time),
        cmocka_unit_test(without_groups_all_rows_are_one),
        cmocka_unit_test(the_hostile_table_has_the_numbers_of_its_plain_twin),
        cmocka_unit_test(group_means_are_those_of_the_oracle),
        cmocka_unit_test(every_table_of_the_oracles_is_understood),
        cmocka_unit_test(ten_thousand_rows_in_forty_groups_are_read),
        cmocka_unit_test(empty_rows_without_end_are_skipped),
        cmocka_unit_test(noise_and_cut_tables_are_answered),
    };
    return cmocka_run_group_tests(tests, NULL, remove_scratch);
}
