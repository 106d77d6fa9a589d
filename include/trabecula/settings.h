/* settings.h - every option that decides a number, as types and as text. */
#ifndef TRABECULA_SETTINGS_H
#define TRABECULA_SETTINGS_H

#include "trabecula/anisotropy.h"
#include "trabecula/ellipsoid.h"
#include "trabecula/filter.h"
#include "trabecula/fractal.h"
#include "trabecula/segment.h"
#include "trabecula/surface.h"
#include "trabecula/thickness.h"
#include "trabecula/voi.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A named set of choices. Each can be overridden one by one. */
typedef enum trb_profile {
    TRB_PROFILE_TRABECULA, /* least bias that we can show */
    TRB_PROFILE_BONEJ,     /* Fiji LocalThickness with clean-up and mask, ratio Tb.N */
    TRB_PROFILE_SCANCO,    /* IPL rules version 3, truncated Gaussian, direct Tb.N */
    TRB_PROFILE_CTAN       /* exact thickness, ratio Tb.N */
} trb_profile;

/** A grey level as it was given. */
typedef struct trb_level {
    bool given;
    double value; /* in `unit` */
    trb_grey_unit unit;
} trb_level;

/** Where the grey threshold comes from. */
typedef struct trb_threshold_choice {
    bool by_value;
    double value; /* by value: in `unit` */
    trb_grey_unit unit;
    char method[24];     /* otherwise: "otsu", "li", ..., "multi-otsu", "hysteresis", "adaptive" */
    int classes, border; /* multi-otsu: which of the classes - 1 thresholds, from 1 */
    trb_level low, high; /* hysteresis: both; adaptive: the window, where given */
    trb_level offset;    /* adaptive */
    trb_adaptive_rule rule;
    double radius; /* adaptive: in voxels, or in mm */
    bool radius_in_mm;
} trb_threshold_choice;

/** The most shifts of trb_settings.sensitivity. */
#define TRB_SENSITIVITY_MAX 8

typedef enum trb_tbn_rule { TRB_TBN_DIRECT, TRB_TBN_RATIO, TRB_TBN_PLATE } trb_tbn_rule;

/** Which area BS (and the plate model) uses. */
typedef enum trb_surface_rule {
    TRB_BS_MC,        /* binary marching cubes, Lewiner's table */
    TRB_BS_LORENSEN,  /* binary marching cubes, Lorensen's table */
    TRB_BS_CROFTON13, /* line counts, 13 directions, density times TV */
    TRB_BS_CROFTON3,
    TRB_BS_GREY /* marching cubes on the filtered grey values at the threshold */
} trb_surface_rule;

/** Which bone connectivity is counted on (trb_purify(), connectivity.h). */
typedef enum trb_purify_rule {
    TRB_PURIFY_NONE,  /* the bone as it was segmented */
    TRB_PURIFY_IMAGE, /* one part of the image without cavities; bone outside the VOI is context */
    TRB_PURIFY_VOI    /* the bone is cut at the VOI first */
} trb_purify_rule;

/** What is measured in the VOI: trabecular bone and marrow, or a compartment of cortex (cortical.h). */
typedef enum trb_region { TRB_REGION_TRABECULAR, TRB_REGION_CORTICAL } trb_region;

/** All settings of one analysis. Open struct; start from trb_settings_default(). Text fields are UTF-8. */
typedef struct trb_settings {
    trb_profile profile;
    double voxel_size_mm[3]; /* 0: from the file */
    bool resample_isotropic;
    bool allow_gaps;
    size_t slices[2];   /* half-open, 0:0 for all */
    trb_box crop;       /* hi 0: all */
    char calibration[512]; /* as given, empty: what the file says */
    char voi[1024];        /* as given, empty: the whole image */
    trb_voi_rules voi_rules;
    trb_region region;
    trb_filter filter;
    trb_laplace_hamming laplace; /* when filter.kind is TRB_FILTER_LAPLACE_HAMMING */
    trb_threshold_choice threshold;
    double sensitivity[TRB_SENSITIVITY_MAX]; /* percent above 0, ascending; 0 ends the list */
    bool invert;
    uint64_t despeckle_voxels; /* remove bone parts below this size; 0: none */
    bool keep_largest;
    bool fill_holes;
    trb_thickness_rule thickness;
    trb_ball_centres ball_centres;
    trb_tbn_rule tbn;
    trb_surface_rule surface;
    trb_da_options da;
    bool skeleton; /* measure branches and junctions */
    bool plates;   /* measure plates and rods */
    double plate_aspect;
    trb_purify_rule purify;
    trb_fd_options fd;
    bool star; /* measure star volumes */
    bool ef;   /* measure the ellipsoid factor */
    trb_ef_options ef_options;
    char metrics[1024]; /* comma-separated keys, empty: all */
    uint32_t chosen;   /* private: which of the profile's choices were made by hand */
} trb_settings;

TRB_API trb_settings trb_settings_default(void);

/** One row of the table of settings; the keys are the option names and the keys of protocol files. */
typedef struct trb_setting_info {
    const char *key;      /* "voxel-size" */
    const char *argument; /* "LENGTH"; NULL for an on/off switch, whose text is "true" or "false" */
    const char *initial;  /* "gaussian:0.8,1"; "" when there is none */
    const char *help;     /* one line */
    const char *group;    /* heading in the help */
} trb_setting_info;

/** The table, in the order of the data flow; *count rows. Static. */
TRB_API const trb_setting_info *trb_settings_table(size_t *count);

/**
 * Set one setting from text, strictly: "12abc" is an error, an unknown choice lists the choices.
 * Choosing a profile changes what the profile decides, except where that was set by hand before or after.
 *
 * Errors      TRB_ERR_ARGUMENT: unknown key, or text that does not parse (the message names the key).
 */
TRB_API TRB_NODISCARD trb_status trb_settings_set(trb_settings *settings, const char *key, const char *text,
                                                  trb_error *err);

/** The resolved text of one setting, such that trb_settings_set() gives the same again. buffer: 1100 bytes. */
TRB_API const char *trb_settings_text(const trb_settings *settings, const char *key, char *buffer,
                                      size_t size);

/** "trabecula", "bonej", "scanco", "ctan"; "direct", ...; "crofton13", ... Static text. */
TRB_API const char *trb_profile_name(trb_profile profile);
TRB_API const char *trb_tbn_rule_name(trb_tbn_rule rule);
TRB_API const char *trb_surface_rule_name(trb_surface_rule rule);

/** A length such as "19.5um" or "0.0195mm" in mm. Bare numbers are refused. */
TRB_API TRB_NODISCARD trb_status trb_length_parse(const char *text, double *length_mm, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
