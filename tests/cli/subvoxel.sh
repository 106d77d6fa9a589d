# The subvoxel rule as the default: its values, what measures where it cannot, the same again from the record.
. "$CLI_DIR/lib.bash"
only="--metrics Tb.Th,Tb.Sp,Tb.N.ratio --no-picture"

# a rod of 7 voxels has its thickness within 0.1 voxel, a plate of 3.5 voxels as well
expect_exit 0 "$TRABECULA" phantom rod --thickness 7vox --voxel-size 10um -o rod.mha --quiet
expect_exit 0 "$TRABECULA" analyze rod.mha --voi box:8:40,8:40,8:40 --filter none --threshold 128grey $only --quiet -o rod
expect_stdout '^ *Tb\.Th +0\.0(69[0-9]*|70[0-9]*) +mm +subvoxel$'
expect_stdout '^ *Tb\.N\.ratio +[0-9.]+ +1/mm +subvoxel$'
expect_exit 0 "$TRABECULA" analyze rod.mha --voi box:8:40,8:40,8:40 --filter none --threshold 128grey --metrics Tb.Th.weighted --quiet
expect_stdout '^ *Tb\.Th\.weighted +0\.0(69|70)[0-9]* +mm +subvoxel$'

# the record says what was assumed, and gives the same again
check "setting" grep -q '"thickness": "subvoxel"' rod/result.json
expect_exit 0 "$TRABECULA" analyze rod.mha --protocol rod/result.json --no-picture --quiet -o again
check "the same again" cmp rod/result.csv again/result.csv
expect_exit 0 "$TRABECULA" analyze rod.mha --voi box:8:40,8:40,8:40 --threshold 128grey --no-picture --quiet -o whole
check "methods text" grep -q 'sub-voxel local thickness (largest balls between the points where the linearly interpolated grey values cross the threshold' whole/result.json

# two grey values: a mask; the exact rule measures, and says so
expect_exit 0 "$TRABECULA" analyze rod.mha --voi box:8:40,8:40,8:40 --filter none --threshold 128grey $only --maps --quiet -o maps
expect_exit 0 "$TRABECULA" analyze maps/bone.tif --voxel-size 10um --filter none --threshold 1grey $only -o mask
expect_stdout '^ *Tb\.Th +[0-9.]+ +mm +exact \(subvoxel needs grey values\)$'
expect_stderr 'warning: Tb\.Th and Tb\.Sp by the exact rule, because subvoxel needs grey values: .*bias table'
expect_exit 0 "$TRABECULA" analyze maps/bone.tif --protocol mask/result.json --no-picture --quiet -o mask2
check "the same mask again" cmp mask/result.csv mask2/result.csv

# many thresholds
expect_exit 0 "$TRABECULA" analyze rod.mha --filter none --threshold adaptive:mean,R=5vox,lo=100 $only
expect_stdout '^ *Tb\.Sp +[0-9.]+ +mm +exact \(subvoxel needs one threshold\)$'
expect_stderr 'because subvoxel needs one threshold'

# no marrow at all
expect_exit 0 "$TRABECULA" analyze rod.mha --filter none --threshold 0grey $only --quiet
expect_stdout '^ *Tb\.Th +- +mm +every voxel of the image is of one phase'
