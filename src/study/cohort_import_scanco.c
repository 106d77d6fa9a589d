/*
 * cohort_import_scanco.c - evaluation tables of Scanco systems.
 *
 * One line a measurement, tabs (or commas after a spreadsheet), headers such as SampNo, MeasNo, VOX-TV, VOX-BV/TV,
 * Conn-Dens., TRI-SMI, DT-Tb.N, DT-Tb.Th, DT-Tb.Sp, DT-Tb.(1/N).SD, DT-Tb.Th.SD, Mean1 .. Mean5, Mean-Units, TRI-BS,
 * TRI-DA, El-Siz-X. The list of headers, that VOX-BV/TV is a ratio, and that evaluation files repeat header and values,
 * were checked against public programs that read such tables; that Mean1 is the density of the volume (BMD) and Mean2
 * that of the bone (TMD) against one of them. Lengths are mm, as the system prints them; a unit in the header or in a line
 * of units goes before that.
 *
 * A row is a measurement (MeasNo). SampNo is kept as text and not taken for the animal: femur and spine of one animal
 * share it, and must not be averaged.
 */
#include "study/cohort_header.h"
#include "study/cohort_import.h"

#include <stdio.h>
#include <string.h>

typedef struct mapping {
    const char *plain; /* header as trb_name_plain() leaves it */
    const char *key, *unit;
} mapping;

static const mapping MAP[] = {
    {"voxtv", "TV", "mm^3"},          {"voxbv", "BV", "mm^3"},        {"voxbvtv", "BV/TV", "1"},
    {"conndens", "Conn.D", "1/mm^3"}, {"connd", "Conn.D", "1/mm^3"},  {"trismi", "SMI", "1"},
    {"dttbn", "Tb.N", "1/mm"},        {"dttbth", "Tb.Th", "mm"},      {"dttbsp", "Tb.Sp", "mm"},
    {"dttb1nsd", "Tb.1/N.SD", "mm"},  {"dttbthsd", "Tb.Th.SD", "mm"}, {"dttbspsd", "Tb.Sp.SD", "mm"},
    {"mean1", "BMD", "density"},      {"mean2", "TMD", "density"},    {"tribs", "BS", "mm^2"},
    {"tribsbv", "BS/BV", "1/mm"},     {"trida", "DA", "1"},           {"threshold", "threshold", ""},
    {"elsizx", "voxel size", ""},
};

/* Columns of text (or of numbers that are names) that travel with the rows. */
static const char *const KEPT[] = {"sampname",  "sampno", "measno",      "measdate", "filename", "sremark",
                                   "measrmk",   "site",   "energyicode", "sigma",    "support",  "unit",
                                   "ctrlfname", "group",  "animal",      "side"};

static const mapping *map_of(const char *header)
{
    char plain[48];
    trb_name_plain(header, plain, sizeof plain);
    for (size_t i = 0; i < sizeof MAP / sizeof *MAP; i++)
        if (strcmp(plain, MAP[i].plain) == 0)
            return &MAP[i];
    return NULL;
}

/* "Trabecular Number (DT-Tb.N)" [1/mm]: the code in brackets counts. */
static const mapping *mapping_of(const trb_text_table *t, const char *header, const char **unit,
                                 trb_error *err)
{
    const char *name;
    *unit = "";
    if (trb_header_split(header, t->pool, &name, unit, err))
        return NULL;
    const mapping *map = map_of(name);
    const char *open = map ? NULL : strrchr(header, '(');
    return open ? map_of(open) : map;
}

static bool is_kept(const char *header)
{
    char plain[48];
    trb_name_plain(header, plain, sizeof plain);
    for (size_t i = 0; i < sizeof KEPT / sizeof *KEPT; i++)
        if (strcmp(plain, KEPT[i]) == 0)
            return true;
    return false;
}

static size_t column_of(const trb_text_table *t, const char *wanted)
{
    char plain[48];
    for (size_t c = 0; c < t->n_columns; c++) {
        trb_name_plain(trb_text_cell(t, 0, c), plain, sizeof plain);
        if (strcmp(plain, wanted) == 0)
            return c;
    }
    return TRB_NO_COLUMN;
}

static bool repeats_header(const trb_text_table *t, size_t record)
{
    for (size_t c = 0; c < t->n_columns; c++)
        if (strcmp(trb_text_cell(t, record, c), trb_text_cell(t, 0, c)) != 0)
            return false;
    return true;
}

static bool is_unit_line(const trb_text_table *t, size_t record)
{
    const size_t id = column_of(t, "measno");
    size_t units = 0;
    for (size_t c = 0; c < t->n_columns; c++) {
        const char *cell = trb_text_cell(t, record, c);
        const size_t n = strlen(cell);
        const char *inner = n > 2 && cell[0] == '[' && cell[n - 1] == ']'
                                ? trb_pool_text(t->pool, cell + 1, n - 2, NULL)
                                : cell;
        units += *cell && inner && mapping_of(t, trb_text_cell(t, 0, c), &(const char *){""}, NULL) &&
                 trb_unit_spelling(inner) && strcmp(inner, "1") != 0;
    }
    return units >= 2 && (id == TRB_NO_COLUMN || !*trb_text_cell(t, record, id) ||
                          trb_unit_spelling(trb_text_cell(t, record, id)));
}

/* The unit of Mean1 and Mean2 stands in a column of its own. "" when rows differ or say none. */
static const char *density_unit(const trb_text_table *t, const bool *take)
{
    const size_t column = column_of(t, "meanunits");
    const char *unit = "";
    for (size_t r = 1; r < t->n_records && column != TRB_NO_COLUMN; r++) {
        if (!take[r])
            continue;
        const char *said = trb_unit_spelling(trb_text_cell(t, r, column));
        if (!said || (*unit && strcmp(unit, said) != 0))
            return "";
        unit = said;
    }
    return unit;
}

static const char *header_for(const trb_text_table *t, size_t column, size_t unit_line, const char *density,
                              trb_error *err)
{
    const char *header = trb_text_cell(t, 0, column), *unit;
    const mapping *map = mapping_of(t, header, &unit, err);
    if (!map)
        return header;
    if (!*unit && unit_line) {
        const char *cell = trb_text_cell(t, unit_line, column);
        const size_t n = strlen(cell);
        unit = n > 2 && cell[0] == '[' ? trb_pool_text(t->pool, cell + 1, n - 2, err) : cell;
    }
    if (unit && !*unit)
        unit = strcmp(map->unit, "density") == 0 ? density : map->unit;
    return unit ? trb_import_header(t->pool, map->key, unit, err) : NULL;
}

static trb_status choose_columns(const trb_text_table *t, size_t names, size_t *column, size_t *n,
                                 size_t *n_dropped, trb_error *err)
{
    size_t n_metrics = 0;
    *n = *n_dropped = 0;
    for (size_t c = 0; c < t->n_columns; c++) {
        const char *unit, *header = trb_text_cell(t, 0, c);
        const mapping *map = mapping_of(t, header, &unit, err);
        n_metrics += map != NULL;
        if (map || c == names || is_kept(header))
            column[(*n)++] = c;
        else
            (*n_dropped)++;
    }
    if (n_metrics < 2 || names == TRB_NO_COLUMN)
        return trb_error_set(
            err, TRB_ERR_FORMAT,
            "%s is no Scanco table: it has no columns such as MeasNo, VOX-BV/TV and DT-Tb.Th", t->file);
    return TRB_OK;
}

static trb_status rewrite(trb_text_table *t, size_t names, const size_t *column, size_t n, const bool *take,
                          size_t unit_line, trb_error *err)
{
    size_t n_records = 1;
    for (size_t r = 1; r < t->n_records; r++)
        n_records += take[r];
    trb_new_table made;
    const char *density = density_unit(t, take);
    trb_status status = trb_new_table_init(&made, n_records, n, t->pool, err);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++) {
        made.cell[i] = column[i] == names ? "sample" : header_for(t, column[i], unit_line, density, err);
        if (!made.cell[i])
            return TRB_ERR_MEMORY;
        for (size_t r = 1, to = 1; r < t->n_records; r++)
            if (take[r])
                made.cell[to++ * n + i] = trb_text_cell(t, r, column[i]);
    }
    for (size_t r = 1, to = 1; r < t->n_records; r++)
        if (take[r])
            made.row[to++] = t->record[r].row;
    return trb_new_table_install(&made, t, err);
}

trb_status trb_import_scanco(trb_text_table *t, trb_cohort *cohort, trb_error *err)
{
    trb_status status = trb_text_table_square(t, err);
    if (status)
        return status;
    size_t names = column_of(t, "measno"), n, n_dropped, unit_line = 0;
    for (size_t i = 0; names == TRB_NO_COLUMN && i < 2; i++)
        names = column_of(t, i == 0 ? "sampname" : "filename");
    size_t *column = trb_pool_array(t->pool, t->n_columns, sizeof *column, err);
    bool *take = trb_pool_array(t->pool, t->n_records, sizeof *take, err);
    status = column && take ? choose_columns(t, names, column, &n, &n_dropped, err) : TRB_ERR_MEMORY;
    if (status)
        return status;
    if (t->n_records > 1 && is_unit_line(t, 1))
        unit_line = 1;
    for (size_t r = 1; r < t->n_records; r++)
        take[r] = r != unit_line && !repeats_header(t, r);
    status = rewrite(t, names, column, n, take, unit_line, err);
    if (!status && n_dropped)
        trb_cohort_note(cohort, "%s: %zu columns of the Scanco table that have no counterpart are left out",
                        t->file, n_dropped);
    if (!status)
        trb_cohort_note(cohort, "rows are Scanco measurements (MeasNo); Tb.N, Tb.Th and Tb.Sp are the DT- "
                                "columns, Mean1 is BMD, Mean2 TMD");
    return status;
}
