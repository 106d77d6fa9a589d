# Distributions of a study: collected by batch, as sensitivities are; the same bytes however it was run.
. "$CLI_DIR/lib.bash"
same_file() { check "$1 and $2 differ" cmp -s "$1" "$2"; }

mkdir -p study/Sham study/OVX
for seed in 1 2 3; do
    "$TRABECULA" phantom foam --size 40 --thickness 4vox --seed $seed --no-measure -q -o study/Sham/m$seed.tif
    "$TRABECULA" phantom foam --size 40 --thickness 3vox --bvtv 25% --seed 1$seed --no-measure -q -o study/OVX/m$seed.tif
done
expect_exit 0 "$TRABECULA" batch study --voxel-size 10um --sensitivity 5%,10% --metrics Tb.Th,Tb.Sp,Tb.Th.median -o out
for scan in OVX_m1 OVX_m2 OVX_m3 Sham_m1 Sham_m2 Sham_m3; do cat out/scans/$scan/sensitivity.csv; done | awk 'NR == 1 || !/^sample/' >each.csv
same_file each.csv out/sensitivity.csv
check "no distributions" test "$(head -n 1 out/distributions.csv)" = sample,group,metric,unit,bin_from,bin_to,count
check "the bone voxels do not add up" test \
    "$(awk -F, '$1 == "Sham_m1" && $3 == "Tb.Th" {n += $7} $1 == "Sham_m1" && $3 == "Tb.Sp" {n += $7} END {print n}' out/distributions.csv)" = 64000
check "percentiles of each scan" test "$(wc -l <out/percentiles.csv)" = 13
check "the median is another" test "$(sed -n 's/^Sham_m1,Sham,Tb.Th,mm,[^,]*,[^,]*,[^,]*,\([^,]*\),.*/\1/p' out/percentiles.csv)" = \
    "$(sed -n 's/^Sham_m1,Sham,[^,]*,[^,]*,\([^,]*\),.*/\1/p' out/results.csv)"

for i in 1 2; do "$TRABECULA" batch study --voxel-size 10um --sensitivity 5%,10% --metrics Tb.Th,Tb.Sp,Tb.Th.median -o sharded --shard $i/2 -q; done
expect_exit 0 "$TRABECULA" batch collect sharded
for table in distributions percentiles sensitivity; do same_file out/$table.csv sharded/$table.csv; done

# measured again without what they come from, the tables of the run before are gone
expect_exit 0 "$TRABECULA" batch study --voxel-size 10um --metrics BV/TV -o out
for table in distributions percentiles sensitivity; do check "$table.csv is left" test ! -e out/$table.csv; done
