# trabecula convert: grey values keep their bits through every format.
. "$CLI_DIR/lib.bash"
bone=$TESTDATA/lhdl-3155.tif

crc() { "$TRABECULA" info --json "$1" 2>/dev/null | grep -o '"crc32": "[0-9a-f]*"'; }
same_voxels() {
    CHECKS=$((CHECKS + 1))
    [ -n "$(crc "$1")" ] && [ "$(crc "$1")" = "$(crc "$2")" ] || failure "$1 and $2 differ: $(crc "$1") $(crc "$2")"
}
spacing_of() { "$TRABECULA" info --json --headers "$1" 2>/dev/null | tr -d ' \n' | grep -o '"spacing_mm":[^]]*]'; }

# there and back through every format
expect_exit 0 "$TRABECULA" convert "$bone" bone.tif --voxel-size 19.5um,19.5um,20um
expect_no_stdout
expect_stderr '^trabecula convert: wrote bone\.tif: 200 x 200 x 200 uint8$'
same_voxels "$bone" bone.tif
for ending in tiff mha nrrd nii nii.gz; do
    expect_exit 0 "$TRABECULA" convert bone.tif "copy.$ending" --quiet
    expect_no_stderr
    same_voxels bone.tif "copy.$ending"
    expect_exit 0 "$TRABECULA" convert "copy.$ending" "back.$ending.tif" --quiet
    same_voxels bone.tif "back.$ending.tif"
done
for file in bone.tif copy.tiff copy.mha copy.nrrd copy.nii.gz; do
    # NIfTI keeps its spacing in single precision
    check "spacing of $file is $(spacing_of $file)" \
        grep -Eq '^"spacing_mm":\[0\.0(195|1949999[0-9]*|195000[0-9]*),0\.0(195|1949999[0-9]*|195000[0-9]*),0\.0(2|2000000[0-9]*|1999999[0-9]*)\]$' \
        <<<"$(spacing_of $file)"
done

# two files cannot appear at once: refused with what to take instead
expect_exit 2 "$TRABECULA" convert bone.tif copy.mhd
expect_stderr 'copy\.mhd: .*\.mha or \.nrrd'
check "a refused conversion leaves a file" test ! -e copy.mhd

# compression is without loss
for how in deflate lzw; do
    expect_exit 0 "$TRABECULA" convert bone.tif "$how.tif" --compress "$how" --quiet
    same_voxels bone.tif "$how.tif"
    check "$how does not compress" test "$(stat -c %s "$how.tif")" -lt "$(stat -c %s bone.tif)"
done

# parts: the same part by two ways; one slice at a time makes a folder that reads as the whole again
expect_exit 0 "$TRABECULA" convert bone.tif a.tif --slices 20:60 --quiet
expect_exit 0 "$TRABECULA" convert bone.tif b.tif --crop :,:,20:60 --quiet
same_voxels a.tif b.tif
expect_exit 0 "$TRABECULA" convert bone.tif c.mha --crop 10:75,20:27,: --slices 30:33
expect_stderr 'wrote c\.mha: 65 x 7 x 3 uint8'
mkdir slices
for z in 8 9 10 11; do
    "$TRABECULA" convert bone.tif "slices/bone_$z.tif" --slices $z:$((z + 1)) --quiet || exit 1
done
expect_exit 0 "$TRABECULA" convert slices folder.tif --voxel-size 19.5um --quiet
expect_exit 0 "$TRABECULA" convert bone.tif stack.tif --slices 8:12 --quiet
same_voxels folder.tif stack.tif

# a gap in the numbers is refused, or allowed with a warning
rm slices/bone_10.tif
expect_exit 1 "$TRABECULA" convert slices gap.tif --voxel-size 19.5um
expect_stderr '10'
check "a refused conversion leaves a file" test ! -e gap.tif
expect_exit 0 "$TRABECULA" convert slices gap.tif --voxel-size 19.5um --allow-gaps
expect_stderr 'warning: '

# refusals, before anything is read
expect_exit 2 "$TRABECULA" convert bone.tif a.tif
expect_stderr 'a\.tif exists; --force replaces it'
expect_exit 0 "$TRABECULA" convert bone.tif a.tif --force --quiet
same_voxels bone.tif a.tif
expect_exit 2 "$TRABECULA" convert bone.tif slices
expect_stderr 'slices is a folder'
expect_exit 2 "$TRABECULA" convert bone.tif bone.docx
expect_stderr 'bone\.docx'
expect_stderr '\.tif'
expect_exit 2 "$TRABECULA" convert bone.tif x.tif --crop 0:201,:,:
expect_stderr 'columns \(x\) 0:201 do not fit: the scan has 0:200'
expect_exit 2 "$TRABECULA" convert bone.tif x.tif --crop :,:,1:2 --slices 1:2
expect_stderr 'both choose slices'
expect_exit 1 "$TRABECULA" convert bone.tif x.tif --memory-limit 1MB
check "a refused conversion leaves a file" test ! -e x.tif
expect_exit 1 "$TRABECULA" convert missing.tif x.tif
expect_stderr 'missing\.tif'
expect_exit 1 "$TRABECULA" convert bone.tif no/such/folder/x.tif
expect_stderr 'no/such/folder'

# no voxel size: allowed, with a warning
expect_exit 0 "$TRABECULA" convert "$bone" none.tif --slices 0:2
if ! spacing_of "$bone" | grep -q '\['; then
    expect_stderr 'warning: .* has no voxel size'
fi

# a format that cannot say so: refused in the name that was given, before the long reading, and without contradicting itself
for out in none.mha none.nrrd none.nii.gz; do
    expect_exit 2 "$TRABECULA" convert "$bone" $out --progress=plain
    expect_stderr "^trabecula convert: $out: the voxel size is not known, and .* cannot say so; give it \\(--voxel-size\\)\$"
    refuse_stderr '%|\.trabecula-|will have none'
done

# nothing temporary is left
check "files are left: $(ls -A | grep -Ei 'tmp|part')" test -z "$(ls -A | grep -Ei 'tmp|part')"

# plain progress is lines, quiet is silent
expect_exit 0 "$TRABECULA" convert bone.tif p.tif --progress=plain
expect_stderr '^trabecula convert: .*: [0-9]+ %$'
refuse_stderr "$(printf '\r')"
expect_exit 0 "$TRABECULA" convert bone.tif q.tif --quiet --progress=plain
expect_no_stderr
