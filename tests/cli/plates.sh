# Plates and rods from the command line: the switch, names, maps, VOI, slabs, threads, reasons and refusals.
. "$CLI_DIR/lib.bash"

bone=$TESTDATA/lhdl-3155.tif
base="--voxel-size 19.5um --thickness exact --quiet"
voi="--voi cylinder:100,100,80,60,20:180"
keys="pBV/TV,rBV/TV,pBV/BV,rBV/BV,P-R,pTb.Th,rTb.Th,pTb.N,rTb.N,rTb.Le,R-R.Junc.D,P-R.Junc.D,P-P.Junc.D"

# close NUMBER WANTED TOLERANCE
close() { awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { d = a - b; exit !(a != "" && d <= t && d >= -t) }'; }
# value FILE KEY: of a metric in a record
value() { sed -n "/\"${2//\//\\/}\": {/,/}/s/.*\"value\": \([0-9.e+-]*\),*/\1/p" "$1"; }

expect_exit 0 "$TRABECULA" analyze "$bone" $base --plates --maps --metrics BV/TV,Tb.Th,$keys -o all --threads 1
expect_stdout '^ *pBV/BV +6[0-9.]+ +% +surface skeleton, aspect 2'
expect_stdout '^ *pTb\.Th +0\.2[0-9]+ +mm +exact; surface skeleton, aspect 2'
record=all/result.json
check "shares of BV" close "$(value $record pBV/BV)" "$(awk -v r="$(value $record rBV/BV)" 'BEGIN { printf "%.12g", 100 - r }')" 1e-9
check "shares of TV" close "$(value $record BV/TV)" "$(awk -v p="$(value $record pBV/TV)" -v r="$(value $record rBV/TV)" 'BEGIN { printf "%.12g", p + r }')" 1e-9
# Every bone voxel is of one class: the mean thickness is between the two in proportion.
check "thickness" close "$(value $record Tb.Th)" "$(awk -v s="$(value $record pBV/BV)" -v p="$(value $record pTb.Th)" -v r="$(value $record rTb.Th)" \
    'BEGIN { printf "%.12g", (s * p + (100 - s) * r) / 100 }')" 1e-6
check "the map" test -s all/plates.tif
check "the switch in the record" grep -q '"plates": "true"' $record
check "the methods text" grep -q 'Plates and rods were told apart by a surface skeleton' $record

# Nobody asked; by name; any number of threads; in a VOI, at once and in slabs.
expect_exit 0 "$TRABECULA" analyze "$bone" $base $voi --no-picture -o none
check "plates that nobody asked for" eval '! grep -q "pBV" none/result.csv'
expect_exit 0 "$TRABECULA" analyze "$bone" $base $voi --metrics $keys -o voi1 --threads 1
expect_exit 0 "$TRABECULA" analyze "$bone" $base $voi --metrics $keys -o voi3 --threads 3
check "threads change plates" cmp voi1/result.csv voi3/result.csv
expect_exit 0 "$TRABECULA" analyze "$bone" $base $voi --metrics $keys -o slabs --threads 1 --memory-limit 103MiB
check "not in slabs" grep -q '"memory_mode": "slabs' slabs/result.json
check "slabs change plates" cmp voi1/result.csv slabs/result.csv
# The sanitizers hold memory of their own.
if ! ldd "$TRABECULA" | grep -q 'lib[at]san'; then
    check "memory" awk -v m="$(sed -n 's/.*"peak_memory_bytes": \([0-9]*\).*/\1/p' slabs/result.json)" 'BEGIN { exit !(m <= 103 * 1048576) }'
fi
expect_exit 1 "$TRABECULA" analyze "$bone" $base --metrics pBV/BV -o little --memory-limit 62MiB
expect_stderr 'raise --memory-limit'

# A wider aspect makes fewer plates.
expect_exit 0 "$TRABECULA" analyze "$bone" $base --plate-aspect 3 --metrics pBV/BV -o wide
check "aspect" awk -v a="$(value $record pBV/BV)" -v b="$(value wide/result.json pBV/BV)" 'BEGIN { exit !(b > 20 && b < a - 5) }'
check "the aspect in the tag" grep -q 'surface skeleton, aspect 3' wide/result.json
expect_exit 0 "$TRABECULA" analyze "$bone" $base --threshold 256grey --plates -o empty --metrics $keys
check "no reason" grep -q 'no bone in the VOI' empty/result.json
usage_error "plate-aspect: '1' is not a number from 1.5 to 5" "$TRABECULA" analyze "$bone" --plate-aspect 1 -o no
