/*
 * fuzz_rods.c - libFuzzer target: any bytes as a table of rods, a calibration file, or the texts of their options.
 * The first byte chooses. Built by scripts/fuzz, target rods.
 */
#include "trabecula/rods.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

static const trb_grid GRID = {100, 80, 50, {0.02, 0.02, 0.02}, {0}};

/* The contract: good rods, or a reason. */
static void read_table(const char *path)
{
    trb_rods rods;
    trb_error err = {TRB_OK, ""};
    const trb_status status = trb_rods_read(path, &GRID, &rods, &err);
    if (status ? !err.text[0] : rods.n < 2 || rods.n > TRB_RODS_MOST)
        abort();
    for (size_t i = 0; !status && i < rods.n; i++) {
        const trb_rod *rod = &rods.rod[i];
        if (!(rod->radius_vox >= 2) || !(rod->x >= 0 && rod->x <= 99) || !(rod->y >= 0 && rod->y <= 79) || rod->z0 >= rod->z1 ||
            rod->z1 > 50 || !(rod->density_mg_ccm >= 0))
            abort();
    }
}

static void use(const char *text)
{
    trb_calibration scan = {.attenuation = {true, 0.001, 0.5, "log"}}, before = scan;
    trb_error err = {TRB_OK, ""};
    const trb_status status = trb_calibration_apply(text, &scan, &err);
    if (status && (!err.text[0] || scan.density.known != before.density.known))
        abort();
    char difference[64];
    if (!status && !strchr(text, '='))
        if (trb_calibration_compare(text, TRB_U8, 0, NULL, NULL, difference, sizeof difference, &err) && !err.text[0])
            abort();
}

static void list(const char *text)
{
    double mg_ccm[8];
    size_t n = 0;
    trb_error err = {TRB_OK, ""};
    if (trb_densities_parse(text, mg_ccm, 8, &n, &err) ? !err.text[0] : n < 2 || n > 8)
        abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
    static char path[] = P_tmpdir "/fuzz-rods-XXXXXX";
    static int fd = -1;
    if (count == 0 || count > 65536)
        return 0;
    if (fd < 0)
        fd = mkstemp(path);
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, bytes + 1, count - 1, 0) != (ssize_t)(count - 1))
        abort();
    char *text = malloc(count);
    if (!text)
        abort();
    memcpy(text, bytes + 1, count - 1);
    text[count - 1] = 0;
    switch (bytes[0] & 3) {
    case 0: read_table(path); break;
    case 1: use(path); break;
    case 2: list(text); break;
    default:
        if (strchr(text, '=')) /* without it, the text is the name of a file */
            use(text);
    }
    free(text);
    return 0;
}
