# DA, fabric and skeleton from the command line: both methods, the VOI, in slabs, warnings and refusals.
. "$CLI_DIR/lib.bash"

bone=$TESTDATA/lhdl-3155.tif
few="--metrics BV/TV,DA,DA.ratio --quiet"
lines="Sk.Br.N,Sk.Junc.N,Sk.End.N,Br.Le,ITA"
raw="--filter none --threshold 64grey --voxel-size 19.5um"

# close NUMBER WANTED TOLERANCE
close() { awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { d = a - b; exit !(a != "" && d <= t && d >= -t) }'; }
# value FILE KEY: of a metric in a record
value() { sed -n "/\"$2\": {/,/}/s/.*\"value\": \([0-9.e+-]*\),*/\1/p" "$1"; }

expect_exit 0 "$TRABECULA" analyze "$bone" $raw $few -o mil
expect_stdout '^ *DA +0\.41[0-9]+ +1 +mil, 1000 directions, step 2\.3 voxels'
check "DA by lines" close "$(value mil/result.json DA)" 0.4107 0.01
check "DA.ratio by lines" close "$(value mil/result.json DA.ratio)" 1.3027 0.01
for key in radii_mm eigenvalues_per_mm2 fabric_trace_1 axes_xyz tensor_trace_1 convergence mean_intercept_length_mm; do
    check "no $key in the fabric" grep -q "\"$key\"" mil/result.json
done
check "the header" grep -Eq 'DA \[1\],DA.ratio \[1\]' mil/result.csv
check "there is a warning for a large VOI" eval '! grep -q "DA: the VOI" mil/result.json'

expect_exit 0 "$TRABECULA" analyze "$bone" $raw $few --da mesh -o mesh
check "DA by the mesh" close "$(value mesh/result.json DA)" 0.3178 0.01
expect_exit 0 "$TRABECULA" analyze "$bone" $raw $few --da-step 1 --da-directions 500 -o fine
check "DA by fine lines" close "$(value fine/result.json DA)" 0.2675 0.01
check "the directions" grep -q '"directions": 500' fine/result.json
expect_exit 0 "$TRABECULA" analyze "$bone" $raw $few --profile scanco -o scanco
check "scanco takes the mesh" cmp <(value scanco/result.json DA) <(value mesh/result.json DA)

# In a VOI, with a warning when it is small; at once and in slabs the same.
voi="--voi cylinder:100,100,80,60,20:180"
expect_exit 0 "$TRABECULA" analyze "$bone" $raw $few $voi -o voi
check "DA in the VOI" close "$(value voi/result.json DA)" 0.4743 0.01
check "no warning for a small VOI" grep -Eq 'DA: the VOI is [0-9.]+ mean intercept lengths \(0\.6[0-9]+ mm\) across' voi/result.json
expect_exit 0 "$TRABECULA" analyze "$bone" $raw --quiet $voi --skeleton --memory-limit 62MiB -o slabs --metrics DA,$lines
check "not in slabs" grep -q '"memory_mode": "slabs' slabs/result.json
check "slabs change DA" cmp <(value voi/result.json DA) <(value slabs/result.json DA)

# The skeleton is measured when it is asked for.
check "a skeleton that nobody asked for" eval '! grep -q "Sk\." voi/result.csv'
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --quiet $voi --metrics $lines -o lines --threads 1
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --quiet $voi --metrics $lines -o lines2 --threads 3
check "threads change the skeleton" cmp lines/result.csv lines2/result.csv
check "branches are few or none" awk -v n="$(value lines/result.json Sk.Br.N)" 'BEGIN { exit !(n > 100 && n < 2000) }'
check "branches have no length" awk -v l="$(value lines/result.json Br.Le)" 'BEGIN { exit !(l > 0.1 && l < 1) }'
check "no angle" awk -v a="$(value lines/result.json ITA)" 'BEGIN { exit !(a > 80 && a < 125) }'
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --quiet --skeleton -o switch --metrics BV/TV,Br.Le
check "the switch in the record" grep -q '"skeleton": "true"' switch/result.json

# Without bone there are reasons.
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --quiet --threshold 256grey --skeleton -o none --metrics DA,DA.ratio,Sk.Br.N,Br.Le
check "no reason for DA" grep -q 'bone and marrow meet along 0 of 24000 directions' none/result.json
check "no reason for the skeleton" grep -q 'no bone in the VOI' none/result.json

usage_error "da: 'lines' is not one of mil, mesh" "$TRABECULA" analyze "$bone" --da lines -o no
usage_error "da-step: '0.5' is not a number of voxels from 1 to 16" "$TRABECULA" analyze "$bone" --da-step 0.5 -o no
usage_error "da-directions: '10' is not a number from 50 to 10000" "$TRABECULA" analyze "$bone" --da-directions 10 -o no
