# trabecula analyze: what it prints and writes for the real bone.
. "$CLI_DIR/lib.bash"
bone=$TESTDATA/lhdl-3155.tif

# the acceptance line of the README
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --filter none --threshold 64grey --thickness exact -o out --maps --sample m07 --group OVX
expect_stdout '^ +TV +59\.319 +mm\^3'
expect_stdout '^ +BV/TV +22\.7804 +%'
expect_stdout '^ +Tb\.Th +0\.23607 +mm +exact'
expect_stdout '^ +Tb\.Sp +0\.702587 +mm +exact'
for file in result.json result.csv result.columns.csv qc.png bone.tif Tb.Th.tif Tb.Sp.tif; do
    check "$file is missing" test -s "out/$file"
done
check "no temporary files" test -z "$(find out -name '.*' -type f)"
expect_exit 0 grep -c . out/result.csv
expect_stdout '^2$'
check "CSV header" grep -q '^sample,group,TV \[mm^3\],BV \[mm^3\],BV/TV \[%\],BS' out/result.csv
check "CSV row" grep -q '^m07,OVX,59\.31[89]' out/result.csv
check "schema" grep -q '"schema": "trabecula.result/1"' out/result.json
check "the origin of a setting" grep -q '"threshold": "command line"' out/result.json
check "the default is named as such" grep -q '"surface": "default"' out/result.json
check "the command line is in the record" grep -q 'trabecula.* analyze .*--threshold 64grey' out/result.json
check "17 digits" grep -q '"value": 22.78043[0-9]\{9,\}' out/result.json

# maps read back: the mask is BV, the map's mean is Tb.Th
expect_exit 0 "$TRABECULA" info out/Tb.Th.tif
expect_stdout '19\.5 um|0\.0195 mm'
expect_stdout 'float32'
expect_exit 0 "$TRABECULA" analyze out/bone.tif --filter none --threshold 1grey --metrics BV/TV --quiet
expect_stdout '22\.7804'

# JSON on standard output alone
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --json --quiet --metrics BV/TV,Tb.Th
expect_no_stderr
expect_stdout '^\{$'

# the same measurement again from a record and from a protocol
expect_exit 0 "$TRABECULA" analyze "$bone" --protocol out/result.json --json --quiet -o again
check "same metrics" test "$(sed -n '/^  "metrics": {/,/^  "warnings"/p' out/result.json)" = "$(sed -n '/^  "metrics": {/,/^  "warnings"/p' again/result.json)"
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --profile scanco --threshold 475permille --metrics BV/TV --write-protocol p.ini --quiet
check "protocol written" grep -Eq '^profile *= *scanco' p.ini

# the same bits for any number of threads
strip() { sed -e '/"timings_s"/,/}/d' -e '/peak_memory/d' -e '/"threads"/d' -e '/"command_line"/d'; }
for threads in 1 2 5; do
    "$TRABECULA" analyze "$bone" --voxel-size 19.5um --threads $threads --json --quiet | strip >"t$threads.json"
done
OMP_THREAD_LIMIT=1 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --json --quiet | strip >limit.json
for other in t2 t5 limit; do check "t1 and $other differ" cmp -s t1.json $other.json; done
check "something was compared" test "$(wc -l <t1.json)" -gt 100

# metrics
expect_exit 0 "$TRABECULA" metrics
expect_stdout '^Tb\.Th \[mm\]'
expect_exit 2 "$TRABECULA" metrics Tb.Q
expect_exit 2 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --metrics Tb.Q
expect_stderr "Tb\.Q"

# one slice has no surface, and is told to be a section
"$TRABECULA" phantom foam --size 60 --bvtv 30% --thickness 4vox -q --no-measure -o foam.tif
for surface in mc crofton13 grey; do
    expect_exit 0 "$TRABECULA" analyze foam.tif --slices 30:31 --surface $surface
    expect_stdout '^  BS +- +mm\^2 +a surface needs two slices'
    expect_stdout '^  Tb\.Pf +- .*two slices'
    refuse_stdout 'not measured'
    expect_stderr 'warning: one slice only: .* plane section'
done

# a map comes of its metric
expect_exit 0 "$TRABECULA" analyze foam.tif --metrics BV/TV,Tb.Sp --maps -o one_map
expect_stderr '^trabecula analyze: no map of Tb\.Th: --metrics leaves it out$'
check "the other map" test -s one_map/Tb.Sp.tif
usage_error '--maps: say where they go with -o DIR' "$TRABECULA" analyze foam.tif --maps
