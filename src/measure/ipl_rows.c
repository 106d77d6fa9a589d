/* ipl_rows.c - which row step runs. */
#include "measure/ipl_rows.h"

ipl_row_step *ipl_row_best(void)
{
    return ipl_row_plain;
}
