# --voi auto: compartments of a synthetic long bone, from the image alone, against its truth files.
. "$CLI_DIR/lib.bash"

# near A B PERCENT: A within PERCENT of B
near() { awk -v a="$1" -v b="$2" -v p="$3" 'BEGIN { exit !(a + 0 > 0 && a >= b * (1 - p / 100) && a <= b * (1 + p / 100)) }'; }
truth() { tr -d ' \n' <bone.truth.json | grep -o "\"$1\":{\"file.*" | grep -o "\"$2\":{\"value\":[^,}]*" | head -n 1 | sed 's/.*://'; }
measured() { tr -d ' \n' <"$1/result.json" | grep -o "\"$2\":{\"value\":[^,}]*" | head -n 1 | sed 's/.*://'; }

look="--marrow-grey 60 --bone-grey 170 --blur 0.7vox --noise 8grey"
expect_exit 0 "$TRABECULA" phantom bone --size 128 --cortex 0.2mm --thickness 4vox --bvtv 12% --tilt 12 --gap 6vox \
    $look -o bone.tif
expect_stderr 'wrote bone\.tif: 128 x 128 x 128 uint8, its compartments bone\.trabecular\.tif'
check "cortex in voxels" grep -q '"cortex": 10.0' bone.truth.json
for part in trabecular cortical periosteal; do
    check "no mask of the $part compartment" test -s bone.$part.tif
done

# the same numbers as with the true mask, and near the truth of the sharp image; a trabecula that lies flat on the
# cortex is cortex to any rule that sees the image alone, hence per cents and not digits
expect_exit 0 "$TRABECULA" analyze bone.tif --voi auto,preset=rat -o auto --quiet
refuse_stderr 'voi auto|chosen by'
expect_exit 0 "$TRABECULA" analyze bone.tif --voi bone.trabecular.tif -o known --quiet
for metric in TV BV/TV Tb.Th Tb.Sp; do
    check "$metric $(measured auto $metric) by auto, $(measured known $metric) in the true VOI" \
        near "$(measured auto $metric)" "$(measured known $metric)" 5
done
check "TV $(measured auto TV), truth $(truth trabecular TV)" near "$(measured auto TV)" "$(truth trabecular TV)" 4
check "Tb.Sp $(measured auto Tb.Sp), truth $(truth trabecular Tb.Sp)" \
    near "$(measured auto Tb.Sp)" "$(truth trabecular Tb.Sp)" 4
check "no resolved lengths" grep -q 'endo-close=0.3mm' auto/result.json
check "no resolved thresholds" grep -Eq 'periosteal 11[0-9.]+ grey, endosteal 11[0-9.]+ grey' auto/result.json
check "no methods" grep -q 'trabecular compartment, found by a dual-threshold method' auto/result.json
check "no picture" test -s auto/qc.png

# the other compartments; the cortex has its thickness
expect_exit 0 "$TRABECULA" analyze bone.tif --voi auto:cortical,preset=rat --metrics TV,Tb.Th -o cortical --quiet
check "cortex $(measured cortical TV), truth $(truth cortical Ct.V)" \
    near "$(measured cortical TV)" "$(truth cortical Ct.V)" 4
expect_exit 0 "$TRABECULA" analyze bone.tif --voi auto:periosteal,preset=rat --metrics TV -o periosteal --quiet
check "periosteal $(measured periosteal TV), truth $(truth periosteal Tt.V)" \
    near "$(measured periosteal TV)" "$(truth periosteal Tt.V)" 1

# what was recorded makes it again; thresholds in mgHA; threads change nothing
expect_exit 0 "$TRABECULA" analyze bone.tif --protocol auto/result.json --metrics TV,BV -o again --quiet
check "again" test "$(measured again TV)" = "$(measured auto TV)"
expect_exit 0 "$TRABECULA" analyze bone.tif --voi auto,preset=rat --metrics TV,BV --threads 1 -o single --quiet
check "one thread: TV $(measured single TV)" test "$(measured single TV)" = "$(measured auto TV)"
check "one thread: BV" test "$(measured single BV)" = "$(measured auto BV)"
expect_exit 1 "$TRABECULA" analyze bone.tif --voi auto,preset=rat --memory-limit 55MiB --threads 1 -o x
expect_stderr 'the limit is 0\.05 GiB'
expect_exit 0 "$TRABECULA" analyze bone.tif --calibration slope=8,intercept=-480 --metrics TV -o mg --quiet \
    --voi auto,preset=rat,peri-threshold=440mgHA,endo-threshold=440mgHA
check "thresholds in mgHA" grep -q 'periosteal 115 grey, endosteal 115 grey (440 and 440 mgHA/cm3)' mg/result.json

# without a preset the voxel size chooses, and that is told
expect_exit 0 "$TRABECULA" analyze bone.tif --voi auto --metrics TV -o guessed
expect_stderr 'lengths for a rat bone, chosen by the voxel size'
check "guessed" test "$(measured guessed TV)" = "$(measured auto TV)"

# batch
mkdir -p study/a study/b && cp bone.tif study/a/ && cp bone.tif study/b/
expect_exit 0 "$TRABECULA" batch study -o results --voi auto,preset=rat --metrics TV,BV --quiet
check "two scans" test "$(grep -c "^[ab]" results/results.csv)" = 2

# what cannot be
expect_exit 2 "$TRABECULA" analyze bone.tif --voi auto:cortex -o x
expect_stderr "compartment 'cortex' is not one of trabecular, cortical, periosteal"
expect_exit 2 "$TRABECULA" analyze bone.tif --voi auto,endo-close=3 -o x
expect_stderr 'write 0.15mm or 150um'
expect_exit 1 "$TRABECULA" analyze bone.tif --voi auto,peri-threshold=254grey -o x
expect_stderr 'lower it with peri-threshold=VALUE'
expect_exit 2 "$TRABECULA" analyze bone.tif --voi auto,peri-threshold=450mgHA -o x
expect_stderr 'needs a calibration'
check "a refused analysis left a folder" test ! -e x

# the phantom: nothing is replaced, nothing is ignored
expect_exit 2 "$TRABECULA" phantom bone -o bone.tif
expect_stderr 'bone\.tif exists'
rm bone.tif
expect_exit 2 "$TRABECULA" phantom bone -o bone.tif
expect_stderr 'bone\.trabecular\.tif exists; --force replaces it'
expect_exit 2 "$TRABECULA" phantom bone --placement 2 -o new.tif
expect_stderr 'placement is not for a bone'
expect_exit 2 "$TRABECULA" phantom foam --cortex 5vox -o new.tif
expect_stderr 'cortex is for a bone; a foam has none'
expect_exit 2 "$TRABECULA" phantom bone --size 64 --cortex 60vox -o new.tif
expect_stderr 'it can be 1 to'
check "a refused phantom left a file" test ! -e new.tif
