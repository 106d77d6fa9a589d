#!/usr/bin/env bash
# A study with GNU parallel: a job for each scan, on this machine or, with parallel's --sshlogin, on several.
#   parallel.sh study.csv results [OPTIONS OF trabecula analyze]
# study.csv has the columns sample,path,group, without quotes; paths are relative to it. Started again, it measures what
# has no result yet. JOBS: scans at the same time [2].
set -euo pipefail
study=$1 output=$2
shift 2
scans() { tail -n +2 "$study" | tr -d '\r'; }
result() { echo "$output/scans/$1/result.$2"; }
mkdir -p "$output"

failed=0
scans | while IFS=, read -r sample path group; do
  [ -f "$(result "$sample" json)" ] || echo "$sample,$path,$group" # the record is written last
done | parallel --colsep , --jobs "${JOBS:-2}" --joblog "$output/jobs.tsv" -q \
  "${TRABECULA:-trabecula}" analyze "$(dirname "$study")/{2}" --sample '{1}' --group '{3}' -o "$output/scans/{1}" \
  --threads 1 --force --quiet "$@" >"$output/log.txt" || failed=$?

mapfile -t rows < <(scans | while IFS=, read -r sample _; do # in the order of the study
  [ ! -f "$(result "$sample" json)" ] || result "$sample" csv
done)
[ ${#rows[@]} -gt 0 ] || { echo "no scan was measured" >&2; exit 1; }
awk 'NR == 1 || FNR > 1' "${rows[@]}" >"$output/results.csv" # one header, then a row of each
[ "$failed" = 0 ] || { echo "$failed scans failed: see $output/jobs.tsv" >&2; exit 3; }
