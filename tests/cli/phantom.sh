# trabecula phantom: images with their truth beside them.
. "$CLI_DIR/lib.bash"

value_of() { tr -d ' \n' <"$1" | grep -o "\"$2\":[^,}]*" | head -n 1 | cut -d: -f2- | tr -d '"'; } # FILE KEY
crc_of() { "$TRABECULA" info --json "$1" 2>/dev/null | grep -o '"crc32": "[0-9a-f]*"' | cut -d'"' -f4; }

# every analytic shape, and the truth names the image
for kind in ball plate rod torus plates lattice gyroid; do
    expect_exit 0 "$TRABECULA" phantom $kind --thickness 3vox -o $kind.tif
    expect_no_stdout
    expect_stderr "^trabecula phantom: wrote $kind\.tif: .* uint8, and $kind\.truth\.json$"
    check "$kind: the truth names another image" test "$(value_of $kind.truth.json crc32)" = "$(crc_of $kind.tif)"
    check "$kind: no volume" grep -q '"volume"' $kind.truth.json
    check "$kind: no surface" grep -q '"surface"' $kind.truth.json
done

# the reference rod of 7 voxels, by a length in um; measured in its VOI it has the listed thickness (exact rule)
expect_exit 0 "$TRABECULA" phantom rod --thickness 70um --voxel-size 10um -o rod7.mha --quiet
expect_no_stderr
check "thickness $(value_of rod7.truth.json thickness)" test "$(value_of rod7.truth.json thickness)" = 7.0
check "Euler number" test "$(value_of rod7.truth.json euler)" = 1.0
voi=$(grep -o '"voi": "[^"]*' rod7.truth.json | cut -d'"' -f4)
check "VOI $voi" test "$voi" = box:8:40,8:40,8:40
expect_exit 0 "$TRABECULA" analyze rod7.mha --voi "$voi" --filter none --threshold 128grey --thickness exact --quiet
expect_stdout '^ *Tb\.Th +0\.068374'

# grey levels, type, blur and noise; same options, same image, on one thread and on many
look="--type uint16 --blur 8um --noise 200grey --seed 7"
expect_exit 0 "$TRABECULA" phantom torus $look -o one.tif --threads 1
expect_stderr 'uint16'
expect_exit 0 "$TRABECULA" phantom torus $look -o many.tif --threads 5
check "threads change the image" test "$(crc_of one.tif)" = "$(crc_of many.tif)"
check "bone grey" test "$(value_of one.truth.json bone)" = 12000.0
check "threshold" test "$(value_of one.truth.json threshold)" = 7500.0

# foam: asked for, achieved, measured
expect_exit 0 "$TRABECULA" phantom foam --size 64 --thickness 3vox --bvtv 25% -o foam.nii.gz
expect_stderr 'foam\.truth\.json$'
check "BV/TV $(value_of foam.truth.json bv_tv)" grep -Eq '"bv_tv": 0\.(25000|24999)' foam.truth.json
check "measured" grep -q "by the rule 'subvoxel'" foam.truth.json
check "Tb.Sp" grep -q '"Tb.Sp"' foam.truth.json
expect_exit 0 "$TRABECULA" phantom foam --size 64 --thickness 3vox --bvtv 25% --no-measure -o quick.tif
check "measured against --no-measure" eval '! grep -q measured quick.truth.json'
expect_exit 0 "$TRABECULA" phantom foam --size 64 --thickness 3vox --bvtv 25% --seed 2 --no-measure -o other.tif
check "the seed changes nothing" test "$(crc_of quick.tif)" != "$(crc_of other.tif)"

# nothing is replaced without being asked, neither image nor truth
expect_exit 2 "$TRABECULA" phantom rod -o rod.tif
expect_stderr 'rod\.tif exists; --force replaces it'
rm rod.tif
expect_exit 2 "$TRABECULA" phantom rod -o rod.tif
expect_stderr 'rod\.truth\.json exists'
check "the image of a refused phantom was written" test ! -e rod.tif
expect_exit 0 "$TRABECULA" phantom rod -o rod.tif --force

# wrong wishes
expect_exit 2 "$TRABECULA" phantom tors -o x.tif
expect_stderr "did you mean 'torus'"
expect_exit 2 "$TRABECULA" phantom rod
expect_stderr 'output'
expect_exit 2 "$TRABECULA" phantom rod --thickness 5 -o x.tif
expect_exit 2 "$TRABECULA" phantom rod --bvtv 20% -o x.tif
expect_stderr 'bvtv is for foam; a rod has none'
expect_exit 2 "$TRABECULA" phantom foam --bvtv 20 -o x.tif
expect_stderr 'per cent, such as 20%'
expect_exit 2 "$TRABECULA" phantom foam --placement 2 -o x.tif
expect_stderr 'another --seed'
expect_exit 2 "$TRABECULA" phantom foam --noise 5 -o x.tif
expect_stderr 'such as 5grey'
expect_exit 2 "$TRABECULA" phantom foam --bvtv 90% -o x.tif
expect_stderr 'foam can have 3 to 60 %'
expect_exit 2 "$TRABECULA" phantom lattice --size 50 -o x.tif
expect_stderr 'repeats every 19 voxels, so 38 or 57 would do'
expect_exit 2 "$TRABECULA" phantom ball -o x.jpg
check "a refused phantom left a file" test ! -e x.tif -a ! -e x.jpg -a ! -e x.truth.json
