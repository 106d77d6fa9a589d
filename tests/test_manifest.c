/* test_manifest.c - which scans a study has: folders, tables, names, shards. */
#include "support/testing.h"

#include "study/batch_paths.h"
#include "study/batch_shard.h"
#include "trabecula/batch.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

static char place[4096];

static const char *at(const char *name)
{
    snprintf(place, sizeof place, "%s/%s", testing_scratch(), name);
    return place;
}

static void folder(const char *name)
{
    CHECK_OK(trb_folders_make(at(name), err));
}

static void text_file(const char *name, const char *text)
{
    FILE *file = fopen(at(name), "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(0, fclose(file));
}

static void image(const char *name, size_t nz)
{
    const trb_grid grid = {6, 5, nz, {0.01, 0.01, 0.01}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_U8, &volume, err));
    memset(volume->voxels, 7, trb_grid_voxels(&grid));
    CHECK_OK(trb_volume_write(at(name), volume, NULL, err));
    trb_volume_destroy(volume);
}

static int clean(void **state)
{
    (void)state;
    testing_scratch_remove();
    return 0;
}

static trb_manifest *read_study(const char *name, const char *output)
{
    trb_manifest *manifest = NULL;
    char out[4096] = "";
    if (output)
        snprintf(out, sizeof out, "%s", at(output));
    CHECK_OK(trb_manifest_create(at(name), output ? out : NULL, &manifest, err));
    return manifest;
}

/* The failure's text in a static buffer. */
static const char *refused(const char *name, trb_status expected)
{
    static trb_error err;
    trb_manifest *manifest = NULL;
    memset(&err, 0, sizeof err);
    assert_int_equal(expected, trb_manifest_create(at(name), NULL, &manifest, &err));
    assert_null(manifest);
    return err.text;
}

static void expect_scan(const trb_manifest *manifest, size_t i, const char *sample, const char *group,
                        const char *path_end)
{
    assert_true(i < manifest->n_scans);
    const trb_manifest_scan *scan = &manifest->scans[i];
    assert_string_equal(sample, scan->sample);
    if (group)
        assert_string_equal(group, scan->group);
    else
        assert_null(scan->group);
    const size_t n = strlen(path_end), length = strlen(scan->path);
    assert_true(length > n);
    assert_string_equal(path_end, scan->path + length - n);
}

/* ---- names */

static void names_are_ordered_as_people_count(void **state)
{
    (void)state;
    static const char *const ordered[] = {"a", "m1", "m2", "m2b", "m10", "m10a", "m011", "n", "\xc3\xa4"};
    for (size_t i = 0; i < sizeof ordered / sizeof *ordered; i++)
        for (size_t k = 0; k < sizeof ordered / sizeof *ordered; k++) {
            const int order = trb_natural_order(ordered[i], ordered[k]);
            const int expected = (i > k) - (i < k);
            if ((order > 0) - (order < 0) != expected)
                fail_msg("%s against %s gives %d", ordered[i], ordered[k], order);
        }
    /* equal values with other zeros: some order, the same both ways */
    assert_true(trb_natural_order("m1", "m01") * trb_natural_order("m01", "m1") < 0);
}

/* ---- folders */

static void a_tree_has_slices_volumes_groups_and_samples(void **state)
{
    (void)state;
    folder("s/Sham/m10");
    folder("s/Sham/m2");
    folder("s/OVX");
    folder("s/.hidden");
    for (int z = 1; z <= 3; z++) {
        char name[64];
        snprintf(name, sizeof name, "s/Sham/m10/z%d.tif", z);
        image(name, 1);
        snprintf(name, sizeof name, "s/Sham/m2/z%d.tif", z);
        image(name, 1);
    }
    image("s/OVX/a.tif", 4); /* two volumes with numbers look like slices until one is opened */
    image("s/OVX/b.mha", 4);
    image("s/OVX/c7.tif", 4);
    image("s/alone.nrrd", 4);
    image("s/.hidden/x.mha", 4);
    trb_manifest *manifest = read_study("s", NULL);
    assert_int_equal(6, manifest->n_scans);
    expect_scan(manifest, 0, "OVX_a", "OVX", "/s/OVX/a.tif");
    expect_scan(manifest, 1, "OVX_b", "OVX", "/s/OVX/b.mha");
    expect_scan(manifest, 2, "OVX_c7", "OVX", "/s/OVX/c7.tif");
    expect_scan(manifest, 3, "Sham_m2", "Sham", "/s/Sham/m2");
    expect_scan(manifest, 4, "Sham_m10", "Sham", "/s/Sham/m10");
    expect_scan(manifest, 5, "alone", NULL, "/s/alone.nrrd");
    assert_int_equal(0, manifest->n_columns);
    trb_manifest_destroy(manifest);
}

static void a_folder_of_slices_is_one_scan(void **state)
{
    (void)state;
    folder("m7");
    image("m7/z1.tif", 1);
    image("m7/z2.tif", 1);
    trb_manifest *manifest = read_study("m7", NULL);
    assert_int_equal(1, manifest->n_scans);
    expect_scan(manifest, 0, "m7", NULL, "/m7");
    trb_manifest_destroy(manifest);
}

static void a_damaged_first_file_does_not_turn_volumes_into_slices(void **state)
{
    (void)state;
    folder("s");
    text_file("s/a1.tif", "");
    image("s/a2.tif", 4);
    image("s/a3.tif", 4);
    trb_manifest *manifest = read_study("s", NULL);
    assert_int_equal(3, manifest->n_scans);
    expect_scan(manifest, 0, "a1", NULL, "/s/a1.tif");
    trb_manifest_destroy(manifest);
}

static void results_are_no_scans(void **state)
{
    (void)state;
    folder("s/out/scans/m1");
    folder("s/old/scans/m1");
    folder("s/single");
    image("s/m1.tif", 4);
    image("s/out/scans/m1/bone.tif", 4);
    image("s/old/scans/m1/bone.tif", 4);
    text_file("s/old/study.json", "{}");
    image("s/single/bone.tif", 4);
    text_file("s/single/result.json", "{}");
    trb_manifest *manifest = read_study("s", "s/out");
    assert_int_equal(1, manifest->n_scans);
    assert_int_equal(3, manifest->n_notes);
    trb_manifest_destroy(manifest);
}

static void what_cannot_be_read_is_a_scan_that_fails_alone(void **state)
{
    (void)state;
    folder("s/copy_did_not_arrive");
    folder("s/notes");
    text_file("s/notes/animals.txt", "none");
    image("s/m1.tif", 4);
    assert_int_equal(0, symlink("nowhere.tif", at("s/m2.tif")));
    trb_manifest *manifest = read_study("s", NULL);
    assert_int_equal(3, manifest->n_scans);
    expect_scan(manifest, 0, "copy_did_not_arrive", NULL, "/s/copy_did_not_arrive");
    expect_scan(manifest, 2, "m2", NULL, "/s/m2.tif");
    assert_int_equal(1, manifest->n_notes);
    assert_non_null(strstr(manifest->notes[0], "notes holds no image"));
    trb_manifest_destroy(manifest);
}

static void one_name_for_two_scans_is_refused(void **state)
{
    (void)state;
    folder("s/a/b_c");
    folder("s/a_b/c");
    image("s/a/b_c/z1.tif", 1);
    image("s/a/b_c/z2.tif", 1);
    image("s/a_b/c/z1.tif", 1);
    image("s/a_b/c/z2.tif", 1);
    const char *text = refused("s", TRB_ERR_ARGUMENT);
    assert_non_null(strstr(text, "'a_b_c' is there twice"));
    assert_non_null(strstr(text, "/s/a/b_c"));
    assert_non_null(strstr(text, "/s/a_b/c"));
    folder("none");
    assert_non_null(strstr(refused("none", TRB_ERR_DATA), "has no scans"));
    refused("missing", TRB_ERR_IO);
}

static void scans_that_still_change_are_left_for_later(void **state)
{
    (void)state;
    folder("s");
    image("s/a.tif", 4);
    image("s/b.tif", 4);
    image("s/c.tif", 4);
    const time_t now = time(NULL);
    assert_int_equal(0, utime(at("s/a.tif"), &(struct utimbuf){now - 500, now - 500}));
    assert_int_equal(0, utime(at("s/c.tif"), &(struct utimbuf){now - 90, now - 90}));
    trb_manifest *manifest = read_study("s", NULL);
    assert_int_equal(1, trb_manifest_keep_settled(manifest, 60));
    assert_int_equal(2, manifest->n_scans);
    expect_scan(manifest, 0, "a", NULL, "/s/a.tif");
    expect_scan(manifest, 1, "c", NULL, "/s/c.tif");
    trb_manifest_destroy(manifest);
}

/* ---- tables */

static void a_table_has_settings_and_columns_that_travel(void **state)
{
    (void)state;
    folder("t");
    text_file("t/voi.tif", "x");
    text_file("t/study.csv", "\xef\xbb\xbf"
                             "Sample , path,group,threshold,Voxel_Size,voi,keep-largest,sex,\"weight, g\"\r\n"
                             "m1,a.tif,Sham,300mgHA,,voi.tif,yes,f,\"21\"\"5\"\r\n"
                             "\r\n"
                             "\"m\n2\" ,/abs/b.tif,,,12um,box:0:2,,m,\r\n");
    trb_manifest *manifest = NULL;
    trb_error why = {TRB_OK, ""};
    /* the second row has a line break in its name and a box without its end */
    assert_int_equal(TRB_ERR_ARGUMENT, trb_manifest_create(at("t/study.csv"), NULL, &manifest, &why));
    assert_non_null(strstr(why.text, "line 4"));
    assert_non_null(strstr(why.text, "control character"));
    text_file("t/study.csv", "sample,path,group,threshold,Voxel_Size,voi,keep-largest,sex,\"weight, g\"\r\n"
                             "m1,a.tif,Sham,300mgHA,,voi.tif,yes,f,\"21\"\"5\"\r\n"
                             "\r\n"
                             "m2 ,/abs/b.tif,,,12um,other.tif,,m,");
    manifest = read_study("t/study.csv", NULL);
    assert_int_equal(2, manifest->n_scans);
    assert_int_equal(2, manifest->n_columns);
    assert_string_equal("sex", manifest->columns[0]);
    assert_string_equal("weight, g", manifest->columns[1]);
    const trb_manifest_scan *first = &manifest->scans[0], *second = &manifest->scans[1];
    expect_scan(manifest, 0, "m1", "Sham", "/t/a.tif");
    assert_int_equal(2, first->line);
    assert_int_equal(4, second->line);
    assert_string_equal("21\"5", first->extra[1]);
    assert_string_equal("", second->extra[1]);
    assert_int_equal(3, first->n_settings);
    assert_string_equal("threshold", first->settings[0].key);
    assert_string_equal("300mgHA", first->settings[0].text);
    assert_string_equal(at("t/voi.tif"), first->settings[1].text); /* it lies beside the table */
    assert_string_equal("true", first->settings[2].text);
    assert_string_equal("/abs/b.tif", second->path);
    assert_string_equal("m2", second->sample);
    assert_null(second->group);
    assert_string_equal("voxel-size", second->settings[0].key);
    assert_string_equal("other.tif", second->settings[1].text); /* it does not: as it stands */
    trb_manifest_destroy(manifest);
}

static void other_separators_and_missing_samples(void **state)
{
    (void)state;
    text_file("semicolon.csv", "path;note\nx/m1.nii.gz;a,b\n\"y;z\";\n");
    trb_manifest *manifest = read_study("semicolon.csv", NULL);
    expect_scan(manifest, 0, "m1", NULL, "/x/m1.nii.gz");
    expect_scan(manifest, 1, "y;z", NULL, "/y;z");
    assert_string_equal("a,b", manifest->scans[0].extra[0]);
    trb_manifest_destroy(manifest);
    text_file("tab.csv", "path\tage\nm1.tif\t3\n");
    manifest = read_study("tab.csv", NULL);
    assert_string_equal("3", manifest->scans[0].extra[0]);
    trb_manifest_destroy(manifest);
}

static void names_in_another_encoding_become_utf8(void **state)
{
    (void)state;
    text_file("latin.csv", "path,gr\xf6\xdf" "e\nm\xe4us.tif,\xb5\n"); /* Latin-1; the path stays what the system knows */
    trb_manifest *manifest = read_study("latin.csv", NULL);
    expect_scan(manifest, 0, "m\xc3\xa4us", NULL, "/m\xe4us.tif");
    assert_string_equal("gr\xc3\xb6\xc3\x9f" "e", manifest->columns[0]);
    assert_string_equal("\xc2\xb5", manifest->scans[0].extra[0]);
    trb_manifest_destroy(manifest);
    folder("s/m\xe4us");
    image("s/m\xe4us/a.mha", 4);
    manifest = read_study("s", NULL);
    expect_scan(manifest, 0, "m\xc3\xa4us_a", "m\xc3\xa4us", "/s/m\xe4us/a.mha");
    trb_manifest_destroy(manifest);
}

static void tables_that_cannot_be(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
        trb_status status;
    } cases[] = {
        {"sample,group\na,b\n", "no column 'path'", TRB_ERR_ARGUMENT},
        {"sample,path\na,x\na,y\n", "'a' is there twice: line 2", TRB_ERR_ARGUMENT},
        {"sample,path\n.a,x\n", "begins with a dot", TRB_ERR_ARGUMENT},
        {"sample,path\na/b,x\n", "has a slash", TRB_ERR_ARGUMENT},
        {"sample,path\na,\n", ":2: no path", TRB_ERR_ARGUMENT},
        {"sample,path\na,x,y\n", "row 2, column 3: the row has 3 cells and the header 2", TRB_ERR_FORMAT},
        {"sample,path\na,\"x\n", "row 2, column 2: a quote is opened and never closed", TRB_ERR_FORMAT},
        {"sample,path\na,\"x\"y\n", "row 2, column 2: text after a closing quote", TRB_ERR_FORMAT},
        {"sample,path,threshold,Threshold\na,x,1,2\n", "'Threshold' is there twice", TRB_ERR_ARGUMENT},
        {"sample,path,sex,sex\na,x,1,2\n", "'sex' is there twice", TRB_ERR_ARGUMENT},
        {"sample,path,\na,x,1\n", "column 3 has no name", TRB_ERR_ARGUMENT},
        {"path,tbn\nx,direct\ny,nearly\n", ":3: tbn: 'nearly' is not one of", TRB_ERR_ARGUMENT},
        {"path,invert\nx,perhaps\n", ":2: invert: 'perhaps' is not one of", TRB_ERR_ARGUMENT},
        {"sample,path\n", "has no scans", TRB_ERR_DATA},
        {"path,,sex\nx,1,f\n", "column 2 has no name", TRB_ERR_ARGUMENT},
        {"", "is empty", TRB_ERR_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        text_file("c.csv", cases[i].text);
        const char *text = refused("c.csv", cases[i].status);
        if (!strstr(text, cases[i].message))
            fail_msg("'%s' is not in '%s'", cases[i].message, text);
    }
}

/* ---- shards */

static void shards_are_a_balanced_partition(void **state)
{
    (void)state;
    uint64_t bytes[101];
    int part[101], again[101];
    uint64_t seed = 7;
    for (size_t i = 0; i < 101; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = i < 5 ? 0 : (seed >> 33) % 1000;
    }
    for (int shards = 1; shards <= 120; shards += 7) {
        uint64_t load[128] = {0}, largest = 0, most = 0, least = UINT64_MAX;
        CHECK_OK(trb_shard_balance(bytes, 101, shards, part, err));
        CHECK_OK(trb_shard_balance(bytes, 101, shards, again, err));
        assert_memory_equal(part, again, sizeof part);
        for (size_t i = 0; i < 101; i++) {
            assert_in_range(part[i], 1, shards);
            load[part[i]] += bytes[i] + 1;
            largest = bytes[i] + 1 > largest ? bytes[i] + 1 : largest;
        }
        for (int s = 1; s <= shards; s++) {
            most = load[s] > most ? load[s] : most;
            least = load[s] < least ? load[s] : least;
        }
        assert_true(most - least <=
                    largest); /* holds for any order; the last scan put there made the difference */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_ordered_as_people_count),
        cmocka_unit_test_teardown(a_tree_has_slices_volumes_groups_and_samples, clean),
        cmocka_unit_test_teardown(a_folder_of_slices_is_one_scan, clean),
        cmocka_unit_test_teardown(a_damaged_first_file_does_not_turn_volumes_into_slices, clean),
        cmocka_unit_test_teardown(results_are_no_scans, clean),
        cmocka_unit_test_teardown(what_cannot_be_read_is_a_scan_that_fails_alone, clean),
        cmocka_unit_test_teardown(one_name_for_two_scans_is_refused, clean),
        cmocka_unit_test_teardown(scans_that_still_change_are_left_for_later, clean),
        cmocka_unit_test_teardown(a_table_has_settings_and_columns_that_travel, clean),
        cmocka_unit_test_teardown(other_separators_and_missing_samples, clean),
        cmocka_unit_test_teardown(names_in_another_encoding_become_utf8, clean),
        cmocka_unit_test_teardown(tables_that_cannot_be, clean),
        cmocka_unit_test(shards_are_a_balanced_partition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
