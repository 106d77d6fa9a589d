# trabecula phantom study: groups of animals with known means, and what analyze makes of them.
. "$CLI_DIR/lib.bash"

expect_exit 0 "$TRABECULA" phantom study --n 2 --size 64 -o study
expect_no_stdout
expect_stderr '^trabecula phantom: wrote study: 4 groups of 2 animals, 64 x 64 x 64 voxels each, and truth\.csv$'
for file in truth.csv truth.json protocol.ini README.txt; do check "no $file" test -s study/$file; done
check "slices" test "$(find study -name 'm*_[0-9]*.tif' | wc -l)" = 512
check "folders" test "$(cd study && echo */m*)" = "OVX+EV/m07 OVX+EV/m08 OVX+vehicle/m05 OVX+vehicle/m06 OVX/m03 OVX/m04 Sham/m01 Sham/m02"
check "rows" test "$(wc -l <study/truth.csv)" = 9
check "header" test "$(head -n 1 study/truth.csv | cut -d, -f1-7)" = \
    "sample,group,animal,BV/TV [%],Tb.Th [mm],Tb.N.ratio [1/mm],Tb.Sp [mm]"
check "sample names" grep -q '^OVX+EV_m08,OVX+EV,m08,' study/truth.csv
check "hidden files are left" test -z "$(find study -name '.*' ! -name .)"

# same options, same bytes, on another number of threads; another seed, another study
expect_exit 0 "$TRABECULA" phantom study --n 1 --size 64 -o again --threads 1 --quiet
expect_no_stderr
check "the animals of a smaller study differ" cmp study/Sham/m01/m01_0031.tif again/Sham/m01/m01_0031.tif
check "the truth of a smaller study differs" test "$(sed -n 2p study/truth.csv)" = "$(sed -n 2p again/truth.csv)"
expect_exit 0 "$TRABECULA" phantom study --n 1 --size 64 --seed 2 -o other --quiet
check "the seed changes nothing" eval '! cmp -s other/Sham/m01/m01_0031.tif again/Sham/m01/m01_0031.tif'

# From the blurred and noisy slices, measured by the protocol: BV/TV within 4 %, Tb.Th within 6 %, Tb.N within 8 % of the
# truth. The smoothing before the threshold (0.8 voxels) makes trabeculae of 4 to 5 voxels 2 to 5 % thicker.
value_of() { tr -d ' \n' <"$1" | grep -o "\"$2\":{\"value\":[^,}]*" | head -n 1 | sed 's/.*://'; } # FILE KEY
within() { awk -v a="$1" -v b="$2" -v p="$3" 'BEGIN { d = 100 * (a / b - 1); exit !(d <= p && d >= -p) }'; }
for animal in Sham/m02 OVX/m03 OVX+EV/m08; do
    expect_exit 0 "$TRABECULA" analyze study/$animal --protocol study/protocol.ini --quiet -o out/${animal##*/} \
        --metrics BV/TV,Tb.Th,Tb.N.ratio,BMD
    truth=$(grep ",${animal##*/}," study/truth.csv)
    record=out/${animal##*/}/result.json
    check "$animal: BV/TV" within "$(value_of $record BV/TV)" "$(cut -d, -f4 <<<"$truth")" 4
    check "$animal: Tb.Th" within "$(value_of $record Tb.Th)" "$(cut -d, -f5 <<<"$truth")" 6
    check "$animal: Tb.N" within "$(value_of $record Tb.N.ratio)" "$(cut -d, -f6 <<<"$truth")" 8
    check "$animal: target BV/TV" within "$(cut -d, -f4 <<<"$truth")" "$(cut -d, -f8 <<<"$truth")" 0.5
    check "$animal: target Tb.Th" within "$(cut -d, -f5 <<<"$truth")" "$(cut -d, -f9 <<<"$truth")" 3
    check "$animal: BMD" within "$(value_of $record BMD)" \
        "$(awk -v b="$(cut -d, -f4 <<<"$truth")" 'BEGIN { print 50 + 9 * b }')" 2
done

# wrong wishes
expect_exit 2 "$TRABECULA" phantom study -o study
expect_stderr 'study is not empty; name a new folder'
expect_exit 2 "$TRABECULA" phantom study --bvtv 20% -o x
expect_stderr '--bvtv is not for a study'
expect_exit 2 "$TRABECULA" phantom rod --n 3 -o x.tif
expect_stderr '--n is for a study; a rod is one image'
expect_exit 2 "$TRABECULA" phantom study --n 0 -o x
expect_exit 2 "$TRABECULA" phantom study --size 24 -o x
expect_stderr 'animal m01 of Sham: trabeculae .* too few|animal m.. of .*: trabeculae .* too few'
expect_exit 2 "$TRABECULA" phantom study --voxel-size 60um -o y
expect_stderr 'voxels of 0\.06 mm are too large'
expect_exit 1 "$TRABECULA" phantom study -o none/such
expect_stderr 'none/such cannot be made'
