/* cortical_csv.c - the slices of a cortical slab as a table. UTF-8, comma, dot, LF; an unknown number is an empty field. */
#include "record/csv_field.h"
#include "trabecula/cortical.h"

#include <stdio.h>
#include <stdlib.h>

trb_status trb_cortical_csv(const trb_cortical *cortical, char **text, trb_error *err)
{
    size_t size;
    *text = NULL;
    FILE *out = open_memstream(text, &size);
    if (!out)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the table of slices");
    fputs("slice,z [mm],closed,Tt.Ar [mm^2],Ct.Ar [mm^2],Ct.B.Ar [mm^2],Ma.Ar [mm^2],Ct.Ar/Tt.Ar [%],Ps.Pm [mm],Ec.Pm [mm],Ct.Th [mm],"
          "Ct.Th.model [mm],Ct.Po [%],Ct.Cen.x [mm],Ct.Cen.y [mm],Imax [mm^4],Imin [mm^4],J [mm^4],Imax.angle [deg],Zmax [mm^3],Zmin [mm^3],"
          "Zpol [mm^3]\n", out);
    for (size_t i = 0; i < cortical->n; i++) {
        const trb_cortical_slice *s = &cortical->slice[i];
        const double values[] = {s->tt_ar, s->ct_ar, s->ct_bar, s->ma_ar, 100 * s->ct_ratio, s->ps_pm, s->ec_pm, s->ct_th, s->ct_th_model,
                                 100 * s->ct_po, s->centroid_mm[0], s->centroid_mm[1], s->i_max, s->i_min, s->j, s->angle_deg, s->z_max,
                                 s->z_min, s->z_pol};
        fprintf(out, "%zu,", s->z);
        trb_csv_put_number(out, s->z_mm);
        fputs(s->closed ? ",yes" : ",no", out);
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
            fputc(',', out);
            trb_csv_put_number(out, values[k]);
        }
        fputc('\n', out);
    }
    const int failed = ferror(out);
    if (fclose(out) == 0 && !failed)
        return TRB_OK;
    free(*text);
    *text = NULL;
    return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the table of slices");
}
