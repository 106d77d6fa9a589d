# Within a memory limit a scan is measured in slabs from its files: the same record and the same maps to the byte.
. "$CLI_DIR/lib.bash"

bone=$TESTDATA/lhdl-3155.tif
# What may differ: time, memory, the way taken, the command line.
strip() { sed -e '/"timings_s": {/,/}/d' -e '/"peak_memory_bytes"/d' -e '/"memory_mode"/d' -e '/"command_line"/d' "$1"; }

# both NAME OPTION...: at once and in slabs.
both() {
    local name=$1
    shift
    expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --quiet --threads 2 --maps -o "$name.whole" "$@"
    expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --quiet --threads 2 --maps -o "$name.slabs" --memory-limit "${limit:-62MiB}" "$@"
    check "$name: it was not measured in slabs" grep -q '"memory_mode": "slabs of [0-9]* planes"' "$name.slabs/result.json"
    check "$name: at once was not the default" grep -q '"memory_mode": "at once"' "$name.whole/result.json"
    strip "$name.whole/result.json" >whole.json
    strip "$name.slabs/result.json" >slabs.json
    check "$name: the records differ" cmp whole.json slabs.json
    for file in result.csv result.columns.csv bone.tif Tb.Th.tif Tb.Sp.tif qc.png; do
        check "$name: $file differs" cmp "$name.whole/$file" "$name.slabs/$file"
    done
}

both trabecula --thickness exact
case "$BUILD_DIR" in *asan | *tsan | *coverage) exit 0 ;; esac # one is enough for the slow, instrumented program
# The first had every metric; of these what is particular to each.
both bonej --profile bonej --voi cylinder:100,100,80,60,20:180 --metrics BV/TV,BS,Tb.Th,Tb.Th.SD,Tb.Sp,Tb.N,DA,Conn.D,FD
both scanco --profile scanco --keep-largest --despeckle 20 --fill-holes --metrics BV/TV,BS,Tb.Th,Tb.Sp,Tb.N,SMI,TMD
both ctan --profile ctan --crop 10:190,5:200,30:170 --threshold li --metrics BV/TV,BS,Tb.Th,Tb.Sp,Tb.Pf,SMI.dil,Euler,Obj.N
both grey --surface grey --filter median:1 --calibration slope=2,intercept=-50 --threshold 120mgHA --thickness exact --metrics BV/TV,BS,BV.grey,Tb.Th,Tb.Sp,BMD,TMD,TMD.peel2,TMD.FWHM
both closed --thickness exact-closed --ball-centres voi --voi box:40:160,40:160,40:160 --filter none --threshold 64grey --metrics Tb.Th,Tb.Sp,Tb.Th.median
limit=200MiB both subvoxel --thickness subvoxel --metrics Tb.Th,Tb.Sp,Tb.Th.weighted # the nearest surface points of all voxels stay in memory

# What the default rule cannot do within a limit it says, with a way out.
expect_exit 1 "$TRABECULA" analyze "$bone" --voxel-size 19.5um -o no --memory-limit 62MiB --quiet
expect_stderr 'voxels need 0\.[0-9]+ GiB even when they are measured in slabs .*--thickness exact needs far less'

# A mask file as VOI is read some planes at a time as well.
expect_exit 0 "$TRABECULA" convert "$bone" voi.nii.gz --voxel-size 19.5um --quiet
both mask --voi voi.nii.gz --thickness exact --metrics BV/TV,BS,Tb.Th,Tb.Sp,DA

# Maps in formats that are written whole need the memory for it, and say so.
expect_exit 1 "$TRABECULA" analyze "$bone" --voxel-size 19.5um --thickness exact --maps --map-format mha -o no --memory-limit 62MiB --quiet
expect_stderr 'maps as \.mha need all of it in memory, about [0-9.]+ GiB, and the limit is 0\.06 GiB: write them as TIFF'
check "a refused map left a result" test ! -e no/result.json
