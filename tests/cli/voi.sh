# trabecula voi: every way to the same VOI gives the same numbers; what cannot be says why.
. "$CLI_DIR/lib.bash"
bone=$TESTDATA/lhdl-3155.tif
ellipse=cylinder:100,100,80,60,20:180
how=(--voxel-size 19.5um --threshold 64grey --filter none --metrics TV,BV,BV/TV,BS --quiet)
table() { "$TRABECULA" analyze "$bone" "${how[@]}" "$@" 2>/dev/null | sed -n '/metric  /,$p'; }

# 2408480 voxels: the ellipse of the reference
expect_exit 0 "$TRABECULA" voi "$bone" --voxel-size 19.5um --voi "$ellipse" -o voi.tif
expect_no_stdout
expect_stderr 'wrote voi\.tif: 2408480 voxels, 30\.1 % of the image, 17\.8586 mm3, x 20:181, y 40:161, z 20:180$'
check "there is no picture" test "$(head -c 4 voi.png | tail -c 3)" = PNG
expect_exit 2 "$TRABECULA" voi "$bone" --voi "$ellipse" -o voi.tif
expect_stderr 'voi\.tif exists.*--force'
expect_exit 0 "$TRABECULA" voi "$bone" --voi "$ellipse" -o voi.tif --force --quiet
expect_no_stderr

# the same numbers through a mask of each format, a label, a slab and a combination
expected=$(table --voi "$ellipse")
check "the table has no BV/TV" grep -q 'BV/TV' <<<"$expected"
for ending in mha nrrd nii.gz; do
    expect_exit 0 "$TRABECULA" voi "$bone" --voxel-size 19.5um --voi "$ellipse" -o "voi.$ending" --no-picture --quiet
    check "$ending gives other numbers" test "$(table --voi "voi.$ending")" = "$expected"
done
check "a picture was written" test ! -e voi.nii.png
check "a label gives other numbers" test "$(table --voi voi.tif --voi-label 255)" = "$expected"
check "a slab gives other numbers" \
    test "$(table --voi cylinder:100,100,80,60,0:200 --voi-landmark 10 --voi-offset 0.195mm --voi-height 3.12mm)" = "$expected"
check "a combination gives other numbers" \
    test "$(table --voi 'cylinder:100,100,80,60,0:200;and:box:0:200,0:200,20:200;minus:box:0:200,0:200,180:200')" = "$expected"
check "BV/TV is not that of the reference: $expected" grep -Eq 'BV/TV +24\.7541' <<<"$expected"

# a mask of a part, placed by its origin; and a part of the scan with a mask of all of it
expect_exit 0 "$TRABECULA" voi "$bone" --voxel-size 19.5um --slices 15:190 --voi "$ellipse" -o part.mha --no-picture --quiet
check "a placed part gives other numbers" test "$(table --voi part.mha)" = "$expected"
check "a shape on a part of the scan gives another TV" \
    grep -Eq 'TV +17\.8586' <<<"$(table --voi "$ellipse" --crop 10:190,10:190,15:190)"
check "a mask of the whole on a part of the scan gives another TV" \
    grep -Eq 'TV +17\.8586' <<<"$(table --voi voi.mha --slices 15:190)"

# ImageJ: a rectangle of 31 x 44 pixels on slice 21, then one without a slice
roi() { printf 'Iout\0\343\001\0\0\011\0\007\0\065\0\046'; head -c 40 /dev/zero; printf "\\0\\0\\0\\$1"; head -c 4 /dev/zero; }
roi 025 >one.roi
{ printf 'Iout\0\343\001\0\0\0\0\0\0\310\0\310'; head -c 40 /dev/zero; printf '\0\0\0\025'; head -c 4 /dev/zero; } >slice.roi
roi 000 >all.roi
expect_exit 0 "$TRABECULA" voi "$bone" --voi one.roi -o one.tif --no-picture
expect_stderr 'wrote one\.tif: 1364 voxels, .* x 7:38, y 9:53, z 20:21$'
expect_exit 0 "$TRABECULA" voi "$bone" --voi all.roi -o all.tif --no-picture
expect_stderr 'warning: voi: 1 of 1 regions have no slice and were taken for all 200 slices'
expect_stderr 'wrote all\.tif: 272800 voxels'

# margins and slabs
expect_exit 0 "$TRABECULA" voi "$bone" --voi box:10:60,10:60,10:60 --voi-erode 3vox -o eroded.tif --no-picture
expect_stderr "wrote eroded\.tif: $((44 * 44 * 44)) voxels"
expect_exit 0 "$TRABECULA" voi "$bone" --voxel-size 20um --voi-landmark 150 --voi-offset 5% --voi-height 10% --bone-length 10mm \
    --voi-direction down -o slab.tif --no-picture
expect_stderr 'slices 76:126 .*, 1 mm high'

# batch takes them from a study table, files beside it
mkdir study
cp voi.mha slice.roi study/ # a region that takes one slice of 15053 voxels away
printf 'sample,path,voi,voi-landmark,voi-height\na,%s,voi.mha;minus:slice.roi,,\nb,%s,,20,5vox\n' "$bone" "$bone" >study/study.csv
expect_exit 0 "$TRABECULA" batch study/study.csv -o results "${how[@]:0:6}" --metrics TV --no-picture --quiet
check "batch has other TVs: $(cat results/results.csv)" \
    test "$(tail -n +2 results/results.csv | cut -d, -f3 | cut -c1-6 | tr '\n' ' ')" = '17.746 1.4829 '

# what cannot be
usage_error 'no VOI is asked for' "$TRABECULA" voi "$bone" -o x.tif
usage_error '--output' "$TRABECULA" voi "$bone" --voi "$ellipse"
expect_exit 2 "$TRABECULA" voi "$bone" --voi voi.tif --voi-label 7 -o x.tif
expect_stderr 'no voxel has the label 7; there is 255'
expect_exit 2 "$TRABECULA" voi "$bone" --voi-landmark 190 --voi-height 20vox -o x.tif
expect_stderr '10 of its 20 slices are missing'
expect_exit 2 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --voi-offset 1mm
expect_stderr 'give voi-landmark'
head -c 50 one.roi >short.roi
expect_exit 1 "$TRABECULA" voi "$bone" --voi short.roi -o x.tif
expect_stderr 'short\.roi: it is cut short'
printf 'PK\003\004 and nothing else' >broken.zip
expect_exit 1 "$TRABECULA" voi "$bone" --voi broken.zip -o x.tif
expect_stderr 'broken\.zip: as a zip it cannot be opened'
printf 'Iout\0\343\001\0\0\011\7\007\0\065\7\046' >outside.roi
head -c 48 /dev/zero >>outside.roi
expect_exit 2 "$TRABECULA" voi "$bone" --voi outside.roi -o x.tif
expect_stderr "region 'outside' lies outside the image: x 1799 to 1830"
check "a refused VOI leaves a file" test ! -e x.tif -a ! -e x.png
