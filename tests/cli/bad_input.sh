# trabecula analyze: every row of the table of bad input, its exit code, and a message that says what to do.
. "$CLI_DIR/lib.bash"
bone=$TESTDATA/lhdl-3155.tif
fast="--metrics BV/TV --no-picture --quiet"

make_series() { # FOLDER COUNT KIND
    mkdir -p "$1"
    for ((i = 0; i < $2; i++)); do "$MAKE_SAMPLE" "$3" "$1/slice_$(printf %04d $i).tif" || exit 1; done
}

# no voxel size anywhere: the three ways to give it
expect_exit 2 "$TRABECULA" analyze "$bone" $fast
expect_no_stdout
expect_stderr 'voxel size is not known'
expect_stderr '--voxel-size 19\.5um'
expect_stderr 'protocol'
expect_stderr 'ImageJ|\.log'

# slices that do not belong together
make_series mixed 4 grey8
"$MAKE_SAMPLE" grey8wide mixed/slice_0002.tif
expect_exit 1 "$TRABECULA" analyze mixed --voxel-size 10um $fast
expect_stderr 'slice_0002\.tif.*17 ?x ?16'
make_series types 4 grey8
"$MAKE_SAMPLE" grey16 types/slice_0003.tif
expect_exit 1 "$TRABECULA" analyze types --voxel-size 10um $fast
expect_stderr 'slice_0003\.tif.*uint16'

# a missing number: refused, or left out with a warning when asked
make_series gap 6 grey8
rm gap/slice_0003.tif
expect_exit 1 "$TRABECULA" analyze gap --voxel-size 10um $fast
expect_stderr '\b0*3\b'
expect_stderr '--allow-gaps|missing'
expect_exit 0 "$TRABECULA" analyze gap --voxel-size 10um --metrics TV --no-picture --allow-gaps --json
check "the warning about the gap is in the record" grep -q '"warnings": \[$' "$OUT"
check "the spacing is unchanged" grep -q '"value": 0.00128' "$OUT" # 5 * 256 voxels of 1e-6 mm^3

# truncated and corrupt pages
"$MAKE_SAMPLE" stack stack.tif
head -c $(($(stat -c %s stack.tif) * 2 / 3)) stack.tif >short.tif
expect_exit 1 "$TRABECULA" analyze short.tif --voxel-size 10um $fast
expect_stderr 'short\.tif'
cp "$bone" hurt.tif
printf 'garbage' | dd of=hurt.tif bs=1 seek=3000000 conv=notrunc 2>/dev/null
expect_exit 1 "$TRABECULA" analyze hurt.tif --voxel-size 10um $fast
expect_stderr 'hurt\.tif.*page [0-9]+|page [0-9]+.*hurt\.tif'
echo "not an image" >text.tif
expect_exit 1 "$TRABECULA" analyze text.tif --voxel-size 10um $fast
expect_stderr 'text\.tif'
: >empty.tif
expect_exit 1 "$TRABECULA" analyze empty.tif --voxel-size 10um $fast
expect_stderr 'empty\.tif'
expect_exit 1 "$TRABECULA" analyze nowhere.tif --voxel-size 10um $fast
expect_stderr 'nowhere\.tif.*No such file'
mkdir nothing
expect_exit 1 "$TRABECULA" analyze nothing --voxel-size 10um $fast
expect_stderr 'nothing'

# NaN and infinity: count and first position
for kind in nan infinity; do
    "$MAKE_SAMPLE" $kind $kind.tif
    expect_exit 1 "$TRABECULA" analyze $kind.tif --voxel-size 10um $fast
    expect_stderr '1 voxel.*x=5 y=2 z=1'
done

# images that are not grey
for kind in rgb palette complex; do
    "$MAKE_SAMPLE" $kind $kind.tif
    expect_exit 1 "$TRABECULA" analyze $kind.tif --voxel-size 10um $fast
    expect_stderr "$kind\.tif"
    expect_stderr 'grey'
done

# nothing to measure: null with the reason, exit 0, never 0 or NaN
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --voi cylinder:100.5,100.5,0.2,0.2,20:180 --json --no-picture
expect_stdout '"reason": "the VOI is empty"'
expect_stderr 'VOI holds no voxel'
refuse_stdout 'NaN|nan|[^a-z]inf'
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --filter none --threshold 255.5grey --json --no-picture
expect_stdout '"reason": "no bone in the VOI"'
expect_stderr 'no bone in the VOI'
refuse_stdout 'NaN|nan|[^a-z]inf'
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --filter none --threshold 0grey --json --no-picture --slices 90:100
expect_stdout '"reason": "no marrow in the VOI"'
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --filter none --threshold 240grey --metrics BV/TV,Tb.Sp --no-picture --slices 90:140
expect_stderr 'BV/TV is 0\.[0-9]* %.*unstable'

# more memory than allowed: refused before anything is read, with the need and what would help
expect_exit 1 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --memory-limit 10MiB $fast
expect_stderr '200 x 200 x 200 voxels need [0-9.]+ GiB even when they are measured in slabs.*limit is 0.01 GiB: raise --memory-limit'
expect_stderr '--slices or --crop'

# an existing result is kept
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um $fast -o out
before=$(cksum out/result.json)
expect_exit 2 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --threshold 99grey $fast -o out
expect_stderr 'out/result\.json exists.*--force'
check "the result was kept" test "$before" = "$(cksum out/result.json)"
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --threshold 99grey $fast -o out --force
check "the result was replaced" test "$before" != "$(cksum out/result.json)"

# a full disk (here: the largest file the process may write): no half-written result under a final name
rm -rf full
expect_exit 1 bash -c 'trap "" XFSZ; ulimit -f 1; exec "$0" "$@"' "$TRABECULA" analyze "$bone" --voxel-size 19.5um $fast --maps -o full
expect_stderr 'full/.*cannot be written|full/'
check "nothing stands under a final name" test -z "$(find full -type f ! -name '.*' 2>/dev/null)"
check "no temporary file was left" test -z "$(find full -type f 2>/dev/null)"

# kill -9 at any moment: result.json is there complete or not at all
for delay in 0.05 0.2 0.4 0.7; do
    rm -rf killed
    "$TRABECULA" analyze "$bone" --voxel-size 19.5um --quiet -o killed >/dev/null 2>&1 &
    pid=$!
    sleep $delay
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    CHECKS=$((CHECKS + 1))
    [ ! -e killed/result.json ] || tail -n 1 killed/result.json | grep -q '^}$' || failure "half a record after $delay s"
done

# voxels that are not cubes
expect_exit 2 "$TRABECULA" analyze "$bone" --voxel-size 19.5um,19.5um,25um $fast
expect_stderr '--resample isotropic'

# VOIs that cannot be
expect_exit 2 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --voi box:0:9,0:9 $fast
expect_stderr 'voi.*box:'
expect_exit 2 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --voi box:0:300,0:9,0:9 $fast
expect_stderr '300'
"$TRABECULA" convert "$bone" half.tif --slices 0:100 --quiet
expect_exit 2 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --voi half.tif $fast
expect_stderr '200 x 200 x 100'
expect_stderr '200 x 200 x 200'

# thresholds that cannot be
expect_exit 2 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --threshold 300mgHA $fast
expect_stderr 'calibration'
expect_exit 2 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --threshold ostu $fast
expect_stderr 'otsu'
expect_exit 2 "$TRABECULA" analyze "$bone" --voxel-size 19.5 $fast
expect_stderr '19\.5.*unit'
