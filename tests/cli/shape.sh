# Fractal dimension, star volumes and ellipsoid factor from the command line: rules, the VOI, in slabs, warnings, refusals.
. "$CLI_DIR/lib.bash"

bone=$TESTDATA/lhdl-3155.tif
base="--voxel-size 19.5um --quiet"
voi="--voi cylinder:100,100,80,60,20:180"
stars="Tb.V*,Tb.V*.cut,Ma.V*,Ma.V*.cut,DA.SLD"
factors="EF,EF.SD,EF.median,EF.filled,EF.cut"
set -f # the star is part of a name

# value FILE KEY: of a metric in a record
value() { grep -F -A 1 "\"$2\": {" "$1" | sed -n 's/.*"value": \([0-9.e+-]*\),*/\1/p'; }
# between NUMBER LOW HIGH
between() { awk -v a="$1" -v b="$2" -v c="$3" 'BEGIN { exit !(a != "" && a >= b && a <= c) }'; }

# Fractal dimension: in every table; both rules and other sizes.
expect_exit 0 "$TRABECULA" analyze "$bone" $base --metrics FD,FD.R2 -o fd
expect_stdout '^ *FD +2\.5[0-9]+ +1 +boxes, windows, 48 to 6 voxels by 1\.2'
check "R2" between "$(value fd/result.json FD.R2)" 0.99 1
expect_exit 0 "$TRABECULA" analyze "$bone" $base --metrics FD --fd grid:1 --fd-boxes 32:4:2 -o grid
expect_stdout '^ *FD +2\.[0-9]+ +1 +boxes, grid, fewest of 2\^3 shifts, 32 to 4 voxels by 2$'
check "the rule in the record" grep -q '"fd": "grid:1"' grid/result.json
expect_exit 0 "$TRABECULA" analyze "$bone" $base --metrics FD --profile bonej -o bonej
expect_stdout '^ *FD +2\.3[0-9]+ +1 +boxes, grid, 48 to 6 voxels by 1\.2$'
expect_exit 0 "$TRABECULA" analyze "$bone" $base --metrics FD --profile bonej --fd windows -o byhand
check "by hand beats the profile" cmp <(value byhand/result.json FD) <(value fd/result.json FD)
expect_exit 0 "$TRABECULA" analyze "$bone" $base --metrics FD --slices 100:120 -o thin
check "no warning for boxes that do not fit" grep -q 'FD: boxes above 18 voxels do not fit the VOI' thin/result.json
expect_exit 0 "$TRABECULA" analyze "$bone" $base --metrics FD --crop 60:100,60:100,60:100 -o few
check "no warning for few boxes" grep -q 'FD: the VOI holds 1.* of the largest boxes (40 voxels)' few/result.json

# Star volumes and the ellipsoid factor: when they are asked for; the same from any number of threads and in slabs.
expect_exit 0 "$TRABECULA" analyze "$bone" $base $voi --metrics BV/TV,$stars,$factors,FD --ef-cubes 12 --threads 1 -o one
expect_exit 0 "$TRABECULA" analyze "$bone" $base $voi --metrics BV/TV,$stars,$factors,FD --ef-cubes 12 --threads 3 -o three
expect_exit 0 "$TRABECULA" analyze "$bone" $base $voi --metrics BV/TV,$stars,$factors,FD --ef-cubes 12 --threads 2 --memory-limit 80MiB -o slabs
check "not in slabs" grep -q '"memory_mode": "slabs' slabs/result.json
check "threads change a number" cmp one/result.csv three/result.csv
check "slabs change a number" cmp one/result.csv slabs/result.csv
check "Tb.V*" between "$(value one/result.json 'Tb.V*')" 0.2 0.6
check "Ma.V*" between "$(value one/result.json 'Ma.V*')" 1.5 3
check "Ma.V*.cut" between "$(value one/result.json 'Ma.V*.cut')" 50 95
check "DA.SLD" between "$(value one/result.json DA.SLD)" 0.4 0.7
check "EF" between "$(value one/result.json EF)" -0.1 0.1
check "EF.SD" between "$(value one/result.json EF.SD)" 0.25 0.4
check "EF.filled" between "$(value one/result.json EF.filled)" 50 90
check "no warning for what the wall cuts" grep -q 'Ma.V\*: the VOI wall or the image border cuts the view from' one/result.json
check "no star lengths" grep -q '"star_length_radii_mm"' one/result.json
check "no count of seeds" grep -q '"seeds": [0-9]' one/result.json
check "no distribution" grep -q '"edges_1"' one/result.json
check "the methods text" grep -q 'Star volumes (Vesterby 1990).*The ellipsoid factor (Doube 2015)' one/result.json

expect_exit 0 "$TRABECULA" analyze "$bone" $base --crop 60:140,60:140,60:140 --ef-repeat --ef-cubes 9 --ef-seed 5 --metrics EF,EF.rep,EF.rep.RMS -o repeat
expect_stdout '^ *EF +-?[0-9.e-]+ +1 +largest ellipsoid, a seed a cube of 9 voxels, seed 5'
check "EF.rep" between "$(value repeat/result.json EF.rep)" -0.1 0.1
check "EF.rep.RMS" between "$(value repeat/result.json EF.rep.RMS)" 0.05 0.5
expect_exit 0 "$TRABECULA" analyze "$bone" $base --crop 60:140,60:140,60:140 --star --ef --metrics EF.rep,BV -o asked
check "no reason" grep -q 'not asked for: --ef-repeat measures it' asked/result.json
expect_exit 0 "$TRABECULA" analyze "$bone" $base --crop 60:120,60:120,60:120 -o default
check "what nobody asked for" eval '! grep -Eq "EF|V\*" default/result.csv'
check "FD is in every table" grep -q 'FD \[1\],FD.R2 \[1\]' default/result.csv
expect_exit 0 "$TRABECULA" analyze "$bone" $base --crop 60:120,60:120,60:120 --star --ef -o both
check "the switches" grep -Eq 'Tb\.V\* \[mm\^3\].*EF \[1\]' both/result.csv

# Without bone there are reasons.
expect_exit 0 "$TRABECULA" analyze "$bone" $base --threshold 256grey --metrics FD,EF,$stars -o none
check "reasons" test "$(grep -c 'no bone in the VOI"' none/result.json)" -ge 5

usage_error "fd: 'boxes' is not one of windows, grid, grid:N" "$TRABECULA" analyze "$bone" --fd boxes -o no
usage_error "fd: 'grid:17' is not one of" "$TRABECULA" analyze "$bone" --fd grid:17 -o no
usage_error "fd-boxes: '6:48:1.2' is not LARGEST:SMALLEST:FACTOR" "$TRABECULA" analyze "$bone" --fd-boxes 6:48:1.2 -o no
usage_error "fd-boxes: '48:6:1' is not LARGEST:SMALLEST:FACTOR" "$TRABECULA" analyze "$bone" --fd-boxes 48:6:1 -o no
usage_error "ef-cubes: '0' is not a number of voxels from 1 to 64" "$TRABECULA" analyze "$bone" --ef-cubes 0 -o no
usage_error "ef-seed: '-1' is not a whole number" "$TRABECULA" analyze "$bone" --ef-seed -1 -o no
