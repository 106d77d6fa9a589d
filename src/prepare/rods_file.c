/* rods_file.c - the table of rods, and a list of densities. */
#include "prepare/rods_parts.h"

#include "prepare/number_text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { NAME, X, Y, RADIUS, DIAMETER, DENSITY, Z0, Z1, N_COLUMNS, MOST_CELLS = 64, LINE_BYTES = 4096 };

static const struct column_name {
    const char *name;
    int column;
} COLUMN_NAMES[] = {
    {"name", NAME},         {"rod", NAME},        {"x", X},   {"y", Y},  {"radius", RADIUS}, {"r", RADIUS},
    {"diameter", DIAMETER}, {"density", DENSITY}, {"z0", Z0}, {"z1", Z1}};

/* Where the columns stand, and what one unit of each is in voxels or mgHA/cm3. */
typedef struct header {
    bool has[N_COLUMNS];
    size_t at[N_COLUMNS];
    double factor[N_COLUMNS];
    char separator;
} header;

/* ---- cells */

static void trim(char *text)
{
    const size_t lead = strspn(text, " \t");
    memmove(text, text + lead, strlen(text + lead) + 1);
    size_t n = strlen(text);
    while (n && (text[n - 1] == ' ' || text[n - 1] == '\t' || text[n - 1] == '\r' || text[n - 1] == '\n'))
        text[--n] = 0;
    if (n >= 2 && text[0] == '"' && text[n - 1] == '"') {
        text[n - 1] = 0;
        memmove(text, text + 1, n - 1);
    }
}

/* Cut the line at the separators outside quotes. */
static size_t split(char *line, char separator, char *cells[MOST_CELLS])
{
    size_t n = 0;
    bool quoted = false;
    char *begin = line;
    for (char *p = line;; p++) {
        quoted ^= *p == '"';
        if (*p && (*p != separator || quoted))
            continue;
        const bool end = !*p;
        *p = 0;
        if (n < MOST_CELLS) {
            trim(begin);
            cells[n++] = begin;
        }
        if (end)
            return n;
        begin = p + 1;
    }
}

static char separator_of(const char *line)
{
    return strchr(line, '\t') ? '\t' : strchr(line, ';') ? ';' : ',';
}

/* ---- header */

/* "x [mm]", "x (mm)", "x_mm" -> "x" and "mm". */
static void name_and_unit(char *cell, char **unit)
{
    const size_t n = strcspn(cell, " [(_");
    *unit = cell + n;
    if (!**unit)
        return;
    *(*unit)++ = 0;
    *unit += strspn(*unit, " [(");
    (*unit)[strcspn(*unit, "])")] = 0;
}

static trb_status column_factor(int column, const char *unit, const trb_grid *grid, double *factor,
                                trb_error *err)
{
    const double in_plane = grid->spacing_mm[0],
                 spacing = column == Z0 || column == Z1 ? grid->spacing_mm[2] : in_plane;
    *factor = 1;
    if (column == NAME)
        return TRB_OK;
    if (column == DENSITY)
        return trb_density_unit(unit, factor)
                   ? TRB_OK
                   : trb_error_set(err, TRB_ERR_FORMAT,
                                   "the density has %s: write 'density [mgHA/cm3]' or 'density [gHA/cm3]'",
                                   *unit ? "an unknown unit" : "no unit");
    if (strcasecmp(unit, "vox") == 0 || strcasecmp(unit, "voxel") == 0 || strcasecmp(unit, "voxels") == 0 ||
        ((column == Z0 || column == Z1) && (!*unit || strcasecmp(unit, "slice") == 0)))
        return TRB_OK;
    const double to_mm = strcasecmp(unit, "mm") == 0 ? 1 : strcasecmp(unit, "um") == 0 ? 0.001 : 0;
    if (to_mm == 0 || column == Z0 || column == Z1)
        return trb_error_set(err, TRB_ERR_FORMAT, "'%.20s' is no unit here: write it in the header, vox%s",
                             unit, column == Z0 || column == Z1 ? " (planes)" : " or mm, as in 'x [mm]'");
    if (!(spacing > 0))
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "lengths in %s need the voxel size of the scan: give it with --voxel-size",
                             unit);
    if (fabs(grid->spacing_mm[0] - grid->spacing_mm[1]) > 0.01 * in_plane)
        return trb_error_set(err, TRB_ERR_FORMAT, "pixels of %g x %g mm are not square, so a rod in mm is no circle: write voxels",
                             grid->spacing_mm[0], grid->spacing_mm[1]);
    *factor = to_mm / spacing;
    return TRB_OK;
}

static trb_status read_column(header *h, size_t at, char *cell, const trb_grid *grid, trb_error *err)
{
    char *unit;
    name_and_unit(cell, &unit);
    for (size_t i = 0; i < sizeof COLUMN_NAMES / sizeof *COLUMN_NAMES; i++) {
        const int column = COLUMN_NAMES[i].column;
        if (strcasecmp(cell, COLUMN_NAMES[i].name) != 0)
            continue;
        if (h->has[column])
            return trb_error_set(err, TRB_ERR_FORMAT, "column %s is there twice", cell);
        h->has[column] = true;
        h->at[column] = at;
        trb_status status = column_factor(column, unit, grid, &h->factor[column], err);
        if (status)
            trb_error_within(err, "column '%s'", cell);
        return status;
    }
    return trb_error_set(err, TRB_ERR_FORMAT,
                         "'%.40s' is no column of rods; the columns are name, x, y, radius (or diameter), "
                         "density, z0, z1, with "
                         "units as in 'x [vox]'",
                         cell);
}

static trb_status read_header(char *line, const trb_grid *grid, header *h, trb_error *err)
{
    char *cells[MOST_CELLS];
    *h = (header){.separator = separator_of(line)};
    const size_t n = split(line, h->separator, cells);
    trb_status status = TRB_OK;
    for (size_t i = 0; i < n && !status; i++)
        status = read_column(h, i, cells[i], grid, err);
    if (status)
        return status;
    static const int needed[] = {X, Y, DENSITY};
    static const char *const needed_name[] = {"x", "y", "density"};
    for (size_t i = 0; i < 3; i++)
        if (!h->has[needed[i]])
            return trb_error_set(err, TRB_ERR_FORMAT, "column %s is missing", needed_name[i]);
    if (h->has[RADIUS] == h->has[DIAMETER])
        return trb_error_set(err, TRB_ERR_FORMAT, "one column of radius and diameter is needed");
    return h->has[Z0] == h->has[Z1] ? TRB_OK
                                    : trb_error_set(err, TRB_ERR_FORMAT, "columns z0 and z1 come together");
}

/* ---- rows */

static trb_status number(const header *h, int column, char *const *cells, size_t n, double *out,
                         trb_error *err)
{
    const char *end, *text = h->at[column] < n ? cells[h->at[column]] : "";
    if (!trb_text_real(text, &end, out) || *end)
        return trb_error_set(err, TRB_ERR_FORMAT, "'%.40s' is not a number", text);
    *out *= h->factor[column];
    return TRB_OK;
}

static trb_status planes(const header *h, char *const *cells, size_t n, size_t nz, trb_rod *rod,
                         trb_error *err)
{
    double z0, z1;
    trb_status status = number(h, Z0, cells, n, &z0, err);
    if (!status)
        status = number(h, Z1, cells, n, &z1, err);
    if (status)
        return status;
    if (!(z0 >= 0 && z0 < z1 && z1 <= (double)nz) || z0 != floor(z0) || z1 != floor(z1))
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "planes %g to %g are not in the scan, which has planes 0 to %zu (the last not "
                             "included)",
                             z0, z1, nz);
    rod->z0 = (size_t)z0;
    rod->z1 = (size_t)z1;
    return TRB_OK;
}

static trb_status read_rod(const header *h, char *line, const trb_grid *grid, size_t number_of, trb_rod *rod,
                           trb_error *err)
{
    char *cells[MOST_CELLS];
    const size_t n = split(line, h->separator, cells);
    *rod = (trb_rod){.z1 = grid->nz};
    trb_status status = number(h, X, cells, n, &rod->x, err);
    if (!status)
        status = number(h, Y, cells, n, &rod->y, err);
    if (!status)
        status = number(h, h->has[RADIUS] ? RADIUS : DIAMETER, cells, n, &rod->radius_vox, err);
    if (!status)
        status = number(h, DENSITY, cells, n, &rod->density_mg_ccm, err);
    if (!status && h->has[Z0])
        status = planes(h, cells, n, grid->nz, rod, err);
    if (status)
        return status;
    if (h->has[DIAMETER])
        rod->radius_vox /= 2;
    rod->middle = ((double)rod->z0 + (double)rod->z1 - 1) / 2;
    if (h->has[NAME] && h->at[NAME] < n && cells[h->at[NAME]][0])
        snprintf(rod->name, sizeof rod->name, "%.47s", cells[h->at[NAME]]);
    else
        snprintf(rod->name, sizeof rod->name, "rod %zu", number_of);
    if (!(rod->radius_vox >= 2) || rod->radius_vox > (double)(grid->nx + grid->ny))
        return trb_error_set(err, TRB_ERR_FORMAT, "a radius of %g voxels cannot be measured",
                             rod->radius_vox);
    if (!(rod->density_mg_ccm >= 0))
        return trb_error_set(err, TRB_ERR_FORMAT, "a density of %g is negative", rod->density_mg_ccm);
    if (!(rod->x >= 0 && rod->y >= 0 && rod->x <= (double)grid->nx - 1 && rod->y <= (double)grid->ny - 1))
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "the centre %g, %g (voxels) is outside the image of %zu x %zu", rod->x, rod->y,
                             grid->nx, grid->ny);
    return TRB_OK;
}

static trb_status check_all(const trb_rods *rods, trb_error *err)
{
    bool differ = false;
    if (rods->n < 2)
        return trb_error_set(err, TRB_ERR_FORMAT, "two rods at least are needed, and there %s %zu",
                             rods->n == 1 ? "is" : "are", rods->n);
    for (size_t i = 1; i < rods->n; i++)
        for (size_t j = 0; j < i; j++) {
            const trb_rod *a = &rods->rod[j], *b = &rods->rod[i];
            differ = differ || a->density_mg_ccm != b->density_mg_ccm;
            if (hypot(a->x - b->x, a->y - b->y) < fmax(a->radius_vox, b->radius_vox) && a->z0 < b->z1 &&
                b->z0 < a->z1)
                return trb_error_set(err, TRB_ERR_FORMAT, "rods %zu and %zu (%s, %s) lie over one another",
                                     j + 1, i + 1, a->name, b->name);
        }
    return differ ? TRB_OK : trb_error_set(err, TRB_ERR_FORMAT, "all rods have the same density");
}

static trb_status read_lines(FILE *file, const trb_grid *grid, trb_rods *out, trb_error *err)
{
    static const char mark[] = "\xef\xbb\xbf";
    char line[LINE_BYTES];
    header h;
    bool has_header = false;
    for (size_t at = 1; fgets(line, sizeof line, file); at++) {
        if (strlen(line) == sizeof line - 1 && line[sizeof line - 2] != '\n')
            return trb_error_set(err, TRB_ERR_FORMAT, "line %zu is too long for a table of rods", at);
        if (at == 1 && strncmp(line, mark, 3) == 0)
            memmove(line, line + 3, strlen(line + 3) + 1);
        if (line[0] == '#' || line[strspn(line, " \t\r\n,;")] == 0)
            continue;
        if (has_header && out->n == TRB_RODS_MOST)
            return trb_error_set(err, TRB_ERR_FORMAT, "line %zu: more than %d rods", at, TRB_RODS_MOST);
        trb_status status = has_header ? read_rod(&h, line, grid, out->n + 1, &out->rod[out->n], err)
                                       : read_header(line, grid, &h, err);
        if (status) {
            trb_error_within(err, "line %zu", at);
            return status;
        }
        out->n += has_header;
        has_header = true;
    }
    if (ferror(file))
        return trb_error_set(err, TRB_ERR_IO, "%s", strerror(errno));
    return has_header ? check_all(out, err) : trb_error_set(err, TRB_ERR_FORMAT, "the table is empty");
}

trb_status trb_rods_read(const char *path, const trb_grid *grid, trb_rods *out, trb_error *err)
{
    *out = (trb_rods){0};
    FILE *file = fopen(path, "rb");
    trb_status status =
        file ? read_lines(file, grid, out, err) : trb_error_set(err, TRB_ERR_IO, "%s", strerror(errno));
    if (file)
        (void)fclose(file); /* only read */
    if (status)
        trb_error_within(err, "%s", path);
    return status;
}

/* ---- densities */

trb_status trb_densities_parse(const char *text, double *mg_ccm, size_t most, size_t *n, trb_error *err)
{
    double factor[TRB_RODS_MOST] = {0}, unit = 0;
    *n = 0;
    for (const char *at = text;; at++) {
        const char *end;
        char name[32];
        at += strspn(at, " ");
        if (*n >= most || *n >= TRB_RODS_MOST)
            return trb_error_set(err, TRB_ERR_ARGUMENT, "more than %zu densities", *n);
        if (!trb_text_real(at, &end, &mg_ccm[*n]))
            return trb_error_set(err, TRB_ERR_ARGUMENT,
                                 "'%.40s' does not begin with a number: expected densities such as "
                                 "0.25gHA,0.75gHA",
                                 at);
        end += strspn(end, " ");
        const size_t length = strcspn(end, ",");
        snprintf(name, sizeof name, "%.*s", (int)(length < 31 ? length : 31), end);
        if (length && !trb_density_unit(name, &factor[*n]))
            return trb_error_set(err, TRB_ERR_ARGUMENT,
                                 "'%s' is no density unit: expected mgHA/cm3 or gHA/cm3", name);
        ++*n;
        at = end + length;
        if (!*at)
            break;
    }
    for (size_t i = *n; i-- > 0;) {
        unit = factor[i] > 0 ? factor[i] : unit;
        if (!(unit > 0))
            return trb_error_set(err, TRB_ERR_ARGUMENT,
                                 "'%.60s' has no unit: expected densities such as 0.25gHA,0.75gHA", text);
        mg_ccm[i] *= unit;
    }
    for (size_t i = 0; i < *n; i++) {
        if (!(mg_ccm[i] >= 0))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "a density of %g is negative", mg_ccm[i]);
        for (size_t j = 0; j < i; j++)
            if (mg_ccm[i] == mg_ccm[j])
                return trb_error_set(err, TRB_ERR_ARGUMENT,
                                     "the density %g mgHA/cm3 is there twice: which rod is which cannot be "
                                     "found, so give --rods",
                                     mg_ccm[i]);
    }
    return *n >= 2 ? TRB_OK : trb_error_set(err, TRB_ERR_ARGUMENT, "two densities at least are needed");
}
