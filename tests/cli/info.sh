# trabecula info: what a scan says of itself, as text and as JSON.
. "$CLI_DIR/lib.bash"
bone=$TESTDATA/lhdl-3155.tif

# The known facts of the real bone (testdata/lhdl-3155.origin.md). mean = sum / 8e6; percentiles by counting;
# the Otsu bound is that of testdata/lhdl-3155.expected.json (otsu_raw).
expect_exit 0 "$TRABECULA" info "$bone" --voxel-size 19.5um
expect_stdout '200 x 200 x 200 voxels, uint8'
expect_stdout '0\.0195 mm \(--voxel-size\)'
expect_stdout 'Otsu +[0-9]+ \(whole image, not smoothed; bone is grey >= this\)'
expect_stdout '<- Otsu'
expect_stdout '%'
expect_stdout '^next: trabecula analyze .*lhdl-3155\.tif --voxel-size 19\.5um -o results$'
refuse_stdout 'nan|inf$'
expect_no_stderr

# JSON: valid, the same facts
expect_exit 0 "$TRABECULA" info --json "$bone" --voxel-size 0.0195mm
expect_no_stderr
field() { tr -d ' \n' <"$OUT" | grep -Eo "\"$1\":(\[[^]]*\]|\"[^\"]*\"|[^,}]*)" | head -n 1 | cut -d: -f2-; }
has() {
    CHECKS=$((CHECKS + 1))
    [ "$(field "$1")" = "$2" ] || failure "$1 is $(field "$1"), not $2"
}
has dimensions '[200,200,200]'
has type '"uint8"'
has spacing_mm '[0.0195,0.0195,0.0195]'
has spacing_source '"--voxel-size"'
has crc32 '"99bbf631"'
has min '0.0'
has max '255.0'
has otsu '85.0'
has files '1'
has mean '46.987237374999999'
has percentiles '{"1":0.0'
has 50 '26.0'
has 95 '171.0'

# no dependence on the number of threads
"$TRABECULA" info --json "$bone" --threads 1 >one.json 2>/dev/null
"$TRABECULA" info --json "$bone" --threads 5 >five.json 2>/dev/null
check "1 and 5 threads differ" cmp -s one.json five.json

# a part; headers alone
expect_exit 0 "$TRABECULA" info "$bone" --slices 10:20 --voxel-size 19.5um
expect_stdout '\(slices 10:20\)'
expect_exit 0 "$TRABECULA" info "$bone" --headers --voxel-size 19.5um
refuse_stdout 'Otsu'
expect_exit 2 "$TRABECULA" info "$bone" --slices 10:201
expect_stderr 'slices 10:201 do not fit: the scan has 0:200'
expect_exit 1 "$TRABECULA" info "$bone" --memory-limit 1MB
expect_stderr 'need 0\.01 GiB, more than --memory-limit; look at a part with --slices'

# what looks odd is said
expect_exit 0 "$TRABECULA" info "$bone" --voxel-size 19.5mm
expect_stdout 'warning: a voxel of 19\.5 mm along x is odd for micro-CT'
expect_exit 0 "$TRABECULA" info "$bone" --voxel-size 0.1um
expect_stdout 'warning: a voxel of 0\.0001 mm along x is odd'
expect_exit 0 "$TRABECULA" info "$bone" --voxel-size 10um,10um,20um
expect_stdout '0\.01 x 0\.01 x 0\.02 mm'
expect_stdout 'warning: the axes differ by more than 1 %'
expect_exit 0 "$TRABECULA" convert "$bone" nospacing.tif --slices 0:1 --quiet
expect_exit 0 "$TRABECULA" info nospacing.tif
expect_stdout 'warning: there is one slice only'

# files that are not there, or are no scans
expect_exit 1 "$TRABECULA" info missing.tif
expect_stderr '^trabecula info: .*missing\.tif'
expect_no_stdout
echo "this is text" >text.tif
expect_exit 1 "$TRABECULA" info text.tif
expect_stderr 'text\.tif'
mkdir empty
expect_exit 1 "$TRABECULA" info empty
expect_stderr 'empty'
head -c 4000000 "$bone" >cut.tif
expect_exit 1 "$TRABECULA" info cut.tif --voxel-size 19.5um
expect_stderr 'cut\.tif'
