# Every way to segment, on the real bone: what is printed and written, in slabs as at once, and bad options.
. "$CLI_DIR/lib.bash"
bone=$TESTDATA/lhdl-3155.tif
measure() { "$TRABECULA" analyze "$bone" --voxel-size 19.5um --metrics BV/TV,BS --quiet "$@"; }
part() { measure --crop 50:150,50:150,50:150 "$@"; }

expect_exit 0 part --threshold multi-otsu:3
expect_stdout '^  threshold  [0-9]+ grey \(multi-otsu of the image: border 2 of 3 classes, borders [0-9]+, [0-9]+\)$'
expect_exit 0 part --threshold max-entropy
expect_stdout '^  threshold  [0-9]+ grey \(maxentropy of the image\)$'
expect_exit 0 part --threshold hysteresis:50,90 --voi cylinder:50,50,40,30,10:90
expect_stdout '^  threshold  50 grey \(hysteresis: low 50 grey, seeds from 90 grey, 26-connected\)$'
expect_exit 0 part --threshold hysteresis:0,450mgHA --calibration slope=10,intercept=-300
expect_stdout '^  threshold  30 grey = 0 mgHA/cm3 \(hysteresis: low 0 mgHA/cm3, seeds from 450 mgHA/cm3 = 75 grey'
expect_exit 0 part --threshold adaptive:mean,R=0.117mm,lo=40,hi=120 -o local
expect_stdout '^  threshold  local \(adaptive: mean of a ball of radius 6 voxels, not below 40 grey, not above 120 grey\)$'
check "a local threshold has no grey value" grep -q '"grey": null' local/result.json
check "a picture of a local threshold" test -s local/qc.png
expect_exit 0 part --filter laplace-hamming:0.01,0.4
expect_stdout '^  filter     laplace-hamming:0\.01,0\.4 \(command line\)$'
expect_exit 0 measure --protocol local/result.json --json
check "the same again from the record" grep -q '"threshold": "adaptive:mean,R=0.117mm,lo=40grey,hi=120grey"' "$OUT"

# in slabs, with other threads: the same numbers
for how in hysteresis:50,90 adaptive:mean,R=3vox,lo=40; do
    for way in "whole --threads 1" "slabs --threads 2 --memory-limit 72MiB"; do
        set -- $way
        name=$1
        shift
        expect_exit 0 measure --threshold "$how" --no-picture -o "$name" --force --sensitivity 10% "$@"
    done
    check "$how: it was not measured in slabs" grep -q '"memory_mode": "slabs of [0-9]* planes"' slabs/result.json
    for file in result.csv sensitivity.csv; do
        check "$how: $file differs in slabs" cmp "whole/$file" "slabs/$file"
    done
done
expect_exit 1 measure --filter laplace-hamming:0.01,0.4 --memory-limit 60MiB
expect_stderr 'the filter laplace-hamming needs all of the image in memory, [0-9.]+ GiB .*raise --memory-limit'

# sensitivity: table, file, record, warning
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --slices 60:120 --metrics TV,BV/TV,Tb.Th --threshold 80grey --sensitivity 20%,5% --no-picture -o moved
expect_stderr 'warning: sensitivity: a threshold 20 % lower moves BV/TV \+[0-9.]+ %'
expect_stdout '^  sensitivity: change when the threshold moves by a share of its grey value$'
expect_stdout '^  metric +-20 % +-5 % +\+5 % +\+20 %$'
expect_stdout '^  grey +64 +76 +84 +96$'
expect_stdout '^  BV/TV( +[+-][0-9.]+ %){4}$'
refuse_stdout '^  TV +[+-]'
check "rows of sensitivity.csv" test "$(wc -l <moved/sensitivity.csv)" = 16
check "the record has it" grep -q '"shift_of": "grey value"' moved/result.json
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --slices 60:120 --metrics BV/TV --threshold 80grey --no-picture -o moved --force --quiet
check "a table of the result before is left" test ! -e moved/sensitivity.csv

# bad options say what there is
usage_error "threshold: 'nonsense' is neither a value such as 300mgHA nor one of otsu, multi-otsu:CLASSES" measure --threshold nonsense
usage_error 'hysteresis: the low threshold 9 is above the high one, 6' measure --threshold hysteresis:9,6
usage_error "adaptive: 'median,R=3vox' does not begin with mean or minmax" measure --threshold adaptive:median,R=3vox
usage_error 'adaptive needs a radius: R=6vox or R=0.1mm' measure --threshold adaptive:mean,lo=3
usage_error "filter: 'laplace-hamming:2,0.3' is not none, gaussian" measure --filter laplace-hamming:2,0.3
usage_error "sensitivity: '5' is not a list of at most 8 different percentages" measure --sensitivity 5
expect_exit 2 measure --threshold hysteresis:300,450mgHA
expect_stderr 'give --calibration slope=..,intercept=..'
expect_exit 2 measure --threshold adaptive:mean,R=9mm
expect_stderr 'a radius of 461\.5 voxels is not in 1 to 64'
