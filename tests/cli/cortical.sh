# --region cortical: a synthetic bone from image to tables and figure; batch, protocol, slabs, maps.
. "$CLI_DIR/lib.bash"

near() { awk -v a="$1" -v b="$2" -v p="$3" 'BEGIN { exit !(a + 0 > 0 && a >= b * (1 - p / 100) && a <= b * (1 + p / 100)) }'; }
measured() { tr -d ' \n' <"$1/result.json" | grep -o "\"$2\":{\"value\":[^,}]*" | head -n 1 | sed 's/.*://'; }
strip() { sed -e '/"timings_s": {/,/}/d' -e '/"peak_memory_bytes"/d' -e '/"memory_mode"/d' -e '/"command_line"/d' -e '/"threads"/d' "$1"; }
# column NAME of row 2 of a table
cell() { awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) k = i } NR == 2 { print $k }' "$1"; }

expect_exit 0 "$TRABECULA" phantom bone --size 128 --cortex 0.2mm --thickness 4vox --bvtv 10% --marrow-grey 60 --bone-grey 170 \
    --blur 0.7vox --noise 8grey -o bone.tif
# semi-axes of the truth, in voxels of 20 um
rx=$(tr -d ' \n' <bone.truth.json | grep -o '"radius":\[[^]]*' | sed 's/.*\[//;s/,.*//')
ry=$(tr -d ' \n' <bone.truth.json | grep -o '"radius":\[[^]]*' | sed 's/.*,//')
total=$(awk -v a="$rx" -v b="$ry" 'BEGIN { print 3.14159265 * a * b * 0.0004 }')

expect_exit 0 "$TRABECULA" analyze bone.tif --region cortical --voi bone.cortical.tif -o known
expect_stdout '^  threshold .*otsu inside the periosteal contour'
expect_stdout '^  Ct\.Ar/Tt\.Ar +[0-9.]+  %  +mean of slices, voxels'
refuse_stdout 'Tb\.|BV/TV|SMI|Conn'
expect_stderr 'voxels of 20 um do not resolve the canals of mouse cortex'
check "Tt.Ar $(measured known Tt.Ar), truth $total" near "$(measured known Tt.Ar)" "$total" 0.2
check "Ct.Th $(measured known Ct.Th)" near "$(measured known Ct.Th)" 0.2 6
check "Ct.Th.model $(measured known Ct.Th.model)" near "$(measured known Ct.Th.model)" 0.2 1
# moments of an ellipse less its parallel curve, between those of the ellipses inside and outside of it
check "Imax $(measured known Imax)" near "$(measured known Imax)" \
    "$(awk -v a="$rx" -v b="$ry" 'BEGIN { h = 0.02; c = 10; print 3.14159265 / 4 * h^4 * (a^3 * b - (a - c)^3 * (b - c)) }')" 2
check "angle $(measured known Imax.angle)" awk -v a="$(measured known Imax.angle)" 'BEGIN { exit !(a < 1 || a > 179) }'
check "rows of cortical.csv" test "$(wc -l <known/cortical.csv)" = 129
check "first slice" test "$(cell known/cortical.csv slice)" = 0
check "figure" test -s known/cortical.png -a -s known/cortical.pdf -a -s known/cortical.svg
check "region in the record" grep -q '"cortical"' known/result.json
check "methods" grep -q 'The region was cortical: of 128 slices' known/result.json

refuse_stderr 'oblique'

# found in the image itself: near
expect_exit 0 "$TRABECULA" analyze bone.tif --region cortical --voi auto:cortical,preset=rat -o auto --quiet
for metric in Tt.Ar Ct.Ar Ma.Ar Ct.Th Imax Ps.Pm; do
    check "$metric $(measured auto $metric), known $(measured known $metric)" near "$(measured auto $metric)" "$(measured known $metric)" 6
done

# a bone that lies oblique to the slices is told
expect_exit 0 "$TRABECULA" phantom bone --size 96 --cortex 0.2mm --thickness 4vox --bvtv 10% --tilt 15 -o tilted.tif --quiet
expect_exit 0 "$TRABECULA" analyze tilted.tif --region cortical --voi tilted.cortical.tif --metrics Tt.Ar
expect_stderr 'the bone lies 1[45]\.?[0-9]* degrees oblique to the slices: areas are about 3\.[0-9] % and Imax up to 1[01] % too large'

# the same bits: threads, slabs, protocol; slices count in the whole scan
expect_exit 0 "$TRABECULA" analyze bone.tif --region cortical --voi bone.cortical.tif -o one --quiet --threads 1 --maps
expect_exit 0 "$TRABECULA" analyze bone.tif --region cortical --voi bone.cortical.tif -o slabs --quiet --threads 1 --maps --memory-limit 54MiB
check "it was not measured in slabs" grep -q '"memory_mode": "slabs of [0-9]* planes"' slabs/result.json
strip one/result.json >one.json
strip slabs/result.json >slabs.json
check "the records differ" cmp one.json slabs.json
for file in cortical.csv cortical.png Ct.Th.tif bone.tif result.csv; do check "$file differs" cmp one/$file slabs/$file; done
check "a trabecular map is there" test ! -e one/Tb.Th.tif -a ! -e one/Tb.Sp.tif
check "threads" cmp one/cortical.csv known/cortical.csv
expect_exit 0 "$TRABECULA" analyze bone.tif --protocol known/result.json -o again --quiet
check "again" cmp again/cortical.csv known/cortical.csv
expect_exit 0 "$TRABECULA" analyze bone.tif --region cortical --voi bone.cortical.tif --slices 40:60 -o part --quiet
check "slice 40 is 40" test "$(cell part/cortical.csv slice)" = 40
check "its z" near "$(cell part/cortical.csv 'z [mm]')" 0.8 0.01
expect_exit 0 "$TRABECULA" analyze bone.tif --region cortical --voi bone.cortical.tif --voi-landmark 20 --voi-height 0.6mm -o slab --quiet
check "slab" test "$(wc -l <slab/cortical.csv)" = 31
expect_exit 0 "$TRABECULA" analyze bone.tif --region cortical --voi bone.cortical.tif --sensitivity 5% --metrics Ct.Ar,Ct.B.Ar -o moved --quiet
check "sensitivity" grep -q '^bone,,Ct.B.Ar' moved/sensitivity.csv

# a result that is replaced leaves nothing of the old one
expect_exit 0 "$TRABECULA" analyze bone.tif --voi bone.trabecular.tif --metrics TV -o known --force --quiet
check "an old table or figure is left" test ! -e known/cortical.csv -a ! -e known/cortical.png -a ! -e known/cortical.pdf -a ! -e known/cortical.svg

# batch: columns, figure in the scan's folder
mkdir -p study/a study/b && cp bone.tif study/a/ && cp bone.tif study/b/
cat >protocol.ini <<END
region = cortical
voi = auto:cortical,preset=rat
metrics = Tt.Ar,Ct.Ar,Ct.Th,Ct.Po,Imax
END
expect_exit 0 "$TRABECULA" batch study -o results --protocol protocol.ini --quiet
check "columns" test "$(head -n 1 results/results.csv)" = \
    'sample,group,Tt.Ar [mm^2],Ct.Ar [mm^2],Ct.Th [mm],Ct.Po [%],Imax [mm^4],threshold [grey],voxel size [mm]'
check "two scans" test "$(grep -c '^[ab]' results/results.csv)" = 2
check "slices of a scan of the batch" test "$(find results/scans -name cortical.csv | wc -l)" = 2

# what cannot be
usage_error "region: 'cortex' is not one of trabecular, cortical" "$TRABECULA" analyze bone.tif --region cortex
expect_exit 2 "$TRABECULA" analyze bone.tif --region cortical -o no
expect_stderr 'needs the cortical compartment as VOI: --voi auto:cortical finds it'
expect_exit 2 "$TRABECULA" analyze bone.tif --region cortical --voi auto -o no
expect_stderr 'the VOI is the trabecular one: --voi auto:cortical'
expect_exit 2 "$TRABECULA" analyze bone.tif --metrics Ct.Th -o no
expect_stderr 'Ct\.Th is not measured with --region trabecular: pass --region cortical'
check "a refused analysis left a folder" test ! -e no
expect_exit 0 "$TRABECULA" metrics Ct.Po
expect_stdout 'every void of the compartment'
