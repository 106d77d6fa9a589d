/* segment_text.h - the settings of segmentation between text and types. */
#ifndef TRB_SEGMENT_TEXT_H
#define TRB_SEGMENT_TEXT_H

#include "trabecula/settings.h"

#define TRB_THRESHOLD_HELP                                                                                   \
    "VALUE[grey|HU|mgHA|1/cm|permille], inclusive; or otsu, multi-otsu:CLASSES[,BORDER], li, triangle, "     \
    "isodata, "                                                                                              \
    "maxentropy, huang, moments, yen, kittler, renyi, shanbhag, intermodes inside the VOI; or "              \
    "hysteresis:LOW,HIGH[unit]; "                                                                            \
    "or adaptive:mean|minmax,R=6vox|0.1mm[,offset=V][,lo=V][,hi=V], V as VALUE"

/** "gaussian:0.8,1", ... Errors: TRB_ERR_ARGUMENT, the text lists the filters. */
trb_status trb_filter_text_parse(const char *text, trb_filter *filter, trb_laplace_hamming *laplace,
                                 trb_error *err);
void trb_filter_text(const trb_filter *filter, const trb_laplace_hamming *laplace, char *buffer, size_t size);

/** All that --threshold takes. Errors: TRB_ERR_ARGUMENT, the text lists the choices. */
trb_status trb_threshold_text_parse(const char *text, trb_threshold_choice *out, trb_error *err);
void trb_threshold_text(const trb_threshold_choice *choice, char *buffer, size_t size);

/** "5%,10%" in any order. Errors: TRB_ERR_ARGUMENT. */
trb_status trb_sensitivity_parse(const char *text, double shifts[TRB_SENSITIVITY_MAX], trb_error *err);
void trb_sensitivity_text(const double shifts[TRB_SENSITIVITY_MAX], char *buffer, size_t size);

/** Shortest text that reads back as the same double. */
void trb_number_text(char *buffer, size_t size, double value);

#endif
