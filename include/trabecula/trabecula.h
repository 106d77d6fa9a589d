/*
 * trabecula.h - the whole public interface, in the order in which data flows:
 *
 *   scan -> volume (grey, spacing) -> calibration -> VOI mask -> filter -> threshold -> clean -> bone mask
 *        -> {volume, density, distance, thickness, surface} -> result record -> {JSON, CSV, maps, picture}
 *
 * and for many scans: study -> manifest -> plan -> run (a process a scan) -> tables (batch.h).
 *
 * Conventions that hold everywhere: x runs fastest, then y, then z; lengths in mm unless the name ends in
 * _vox; outside the image is unknown, not background; bone outside the VOI is context; the VOI wall is never
 * a surface; results have the same bits for any number of threads.
 */
#ifndef TRABECULA_H
#define TRABECULA_H

#include "trabecula/status.h"
#include "trabecula/version.h"
#include "trabecula/grid.h"
#include "trabecula/volume.h"
#include "trabecula/mask.h"
#include "trabecula/calibration.h"
#include "trabecula/rods.h"
#include "trabecula/volume_io.h"
#include "trabecula/voi.h"
#include "trabecula/voi_auto.h"
#include "trabecula/filter.h"
#include "trabecula/threshold.h"
#include "trabecula/segment.h"
#include "trabecula/label.h"
#include "trabecula/density.h"
#include "trabecula/distance.h"
#include "trabecula/surface_points.h"
#include "trabecula/thickness.h"
#include "trabecula/surface.h"
#include "trabecula/anisotropy.h"
#include "trabecula/skeleton.h"
#include "trabecula/topology.h"
#include "trabecula/connectivity.h"
#include "trabecula/model_index.h"
#include "trabecula/mesh.h"
#include "trabecula/resample.h"
#include "trabecula/settings.h"
#include "trabecula/record.h"
#include "trabecula/morphometry.h"
#include "trabecula/picture.h"
#include "trabecula/plot.h"
#include "trabecula/phantom.h"
#include "trabecula/phantom_rods.h"
#include "trabecula/phantom_bone.h"
#include "trabecula/cohort.h"
#include "trabecula/compare.h"
#include "trabecula/report.h"
#include "trabecula/meta.h"
#include "trabecula/precision.h"
#include "trabecula/batch.h"
#include "trabecula/phantom_study.h"

#endif
