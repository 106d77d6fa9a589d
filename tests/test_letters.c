/* test_letters.c - two groups share a letter if and only if they do not differ: looked up for every relation. */
#include "support/testing.h"
#include "study/stat_letters.h"

static bool share(const char *a, const char *b)
{
    return strpbrk(a, b) != NULL && *a && *b;
}

static void check_relation(size_t n, const bool *differ)
{
    char text[TRB_LETTERS_GROUPS][TRB_LETTERS_GROUPS + 1];
    CHECK_OK(trb_stat_letters(n, differ, text, err));
    for (size_t i = 0; i < n; i++) {
        assert_true(text[i][0] >= 'a');
        for (size_t j = 0; j < n; j++)
            if (i != j && share(text[i], text[j]) == differ[i * n + j])
                fail_msg("%zu groups: %zu (%s) and %zu (%s) %s", n, i, text[i], j, text[j], differ[i * n + j] ? "differ" : "do not differ");
    }
}

static void every_relation_of_up_to_five_groups(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 5; n++) {
        const size_t pairs = n * (n - 1) / 2;
        for (uint32_t bits = 0; bits < (uint32_t)1 << pairs; bits++) {
            bool differ[25] = {false};
            size_t pair = 0;
            for (size_t i = 0; i < n; i++)
                for (size_t j = i + 1; j < n; j++, pair++)
                    differ[i * n + j] = differ[j * n + i] = bits >> pair & 1;
            check_relation(n, differ);
        }
    }
}

static void twelve_groups_in_steps(void **state)
{
    (void)state;
    bool differ[144];
    for (int i = 0; i < 12; i++)
        for (int j = 0; j < 12; j++)
            differ[i * 12 + j] = abs(i - j) > 3;
    check_relation(12, differ);
}

static void the_usual_study(void **state)
{
    (void)state;
    /* Sham, OVX, vehicle, EV: OVX and vehicle alike, all others differ. */
    const bool differ[16] = {0, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0};
    char text[TRB_LETTERS_GROUPS][TRB_LETTERS_GROUPS + 1];
    CHECK_OK(trb_stat_letters(4, differ, text, err));
    assert_string_equal(text[0], "a");
    assert_string_equal(text[1], "b");
    assert_string_equal(text[2], "b");
    assert_string_equal(text[3], "c");
}

static void too_many_groups_are_refused(void **state)
{
    (void)state;
    bool differ[27 * 27] = {false};
    char text[TRB_LETTERS_GROUPS + 1][TRB_LETTERS_GROUPS + 1];
    trb_error failure;
    assert_int_equal(trb_stat_letters(27, differ, text, &failure), TRB_ERR_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_relation_of_up_to_five_groups),
        cmocka_unit_test(twelve_groups_in_steps),
        cmocka_unit_test(the_usual_study),
        cmocka_unit_test(too_many_groups_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
