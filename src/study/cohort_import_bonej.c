/*
 * cohort_import_bonej.c - results tables of BoneJ (and of Fiji: with a first column of row numbers).
 *
 * Headers, as BoneJ's sources and its users' programs have them: Label, "BV (mm³)", "TV (mm³)", "BV/TV",
 * "Tb.Th Mean (mm)", "Tb.Th Std Dev (mm)", "Tb.Th Max (mm)", the same for Tb.Sp, "Euler ch.", "Connectivity",
 * "Conn.D (mm^-3)" or "Conn.D (1/mm³)", DA, SMI, "SMI+", "SMI-", "Ellipsoid Factor". Lengths have the unit of the image
 * (µm, um, microns, mm). BV/TV is a ratio. Uncalibrated images have no unit or "pixel": then there is nothing to compare
 * with, and it is kept as it is.
 */
#include "study/cohort_header.h"
#include "study/cohort_import.h"

#include <string.h>

static const char *const KEYS[][2] = {
    {"tbthmean", "Tb.Th"},           {"tbthstddev", "Tb.Th.SD"}, {"tbthmax", "Tb.Th.max"},
    {"tbspmean", "Tb.Sp"},           {"tbspstddev", "Tb.Sp.SD"}, {"tbspmax", "Tb.Sp.max"},
    {"connectivity", "Conn"},        {"conn", "Conn"},           {"eulerch", "Euler"},
    {"bonevolumefraction", "BV/TV"},
};

/* Parts of other columns; their plain names would be taken for the whole. */
static bool is_part(const char *header)
{
    return strncmp(header, "SMI+", 4) == 0 || strncmp(header, "SMI-", 4) == 0 || strchr(header, '?') ||
           strstr(header, "\xCE\x94") || strstr(header, "\xCF\x87") ||
           strstr(header, "\xE2\x88\x86"); /* delta, chi */
}

static const char *header_for(const trb_text_table *t, const char *header, trb_error *err)
{
    const char *key, *unit;
    char plain[48];
    if (trb_header_split(header, t->pool, &key, &unit, err))
        return NULL;
    trb_name_plain(key, plain, sizeof plain);
    if (strcmp(plain, "label") == 0)
        return "sample";
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        if (strcmp(plain, KEYS[i][0]) == 0)
            key = KEYS[i][1];
    if (!*unit && (strcmp(key, "BV/TV") == 0 || strcmp(key, "DA") == 0 || strcmp(key, "SMI") == 0))
        unit = "1";
    return trb_import_header(t->pool, key, unit, err);
}

trb_status trb_import_bonej(trb_text_table *t, trb_cohort *cohort, trb_error *err)
{
    trb_status status = trb_text_table_square(t, err);
    if (status)
        return status;
    trb_new_table made;
    size_t n = 0, n_dropped = 0;
    size_t *column = trb_pool_array(t->pool, t->n_columns, sizeof *column, err);
    if (!column)
        return TRB_ERR_MEMORY;
    for (size_t c = 0; c < t->n_columns; c++) {
        const char *header = trb_text_cell(t, 0, c);
        if (!*header && c == 0) /* Fiji's row numbers */
            continue;
        if (is_part(header))
            n_dropped++;
        else
            column[n++] = c;
    }
    status = trb_new_table_init(&made, t->n_records, n, t->pool, err);
    bool has_label = false;
    for (size_t i = 0; i < n && !status; i++) {
        made.cell[i] = header_for(t, trb_text_cell(t, 0, column[i]), err);
        if (!made.cell[i])
            return TRB_ERR_MEMORY;
        has_label = has_label || strcmp(made.cell[i], "sample") == 0;
        for (size_t r = 1; r < t->n_records; r++)
            made.cell[r * n + i] = trb_text_cell(t, r, column[i]);
    }
    if (status)
        return status;
    if (!has_label)
        return trb_error_set(err, TRB_ERR_FORMAT, "%s is no BoneJ table: it has no column Label", t->file);
    for (size_t r = 0; r < t->n_records; r++)
        made.row[r] = t->record[r].row;
    if (n_dropped)
        trb_cohort_note(cohort, "%s: %zu columns of the BoneJ table that are parts of others are left out",
                        t->file, n_dropped);
    return trb_new_table_install(&made, t, err);
}
