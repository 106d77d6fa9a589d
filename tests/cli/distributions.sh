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

# compare finds the tables beside the results: a figure and a table for each, an excluded animal in none
expect_exit 0 "$TRABECULA" compare out/results.csv --control OVX --reference Sham --exclude Sham_m2=moved -o report
for file in figures/distribution_Tb.Th.{svg,pdf,png} figures/distribution_Tb.Sp.png distribution_Tb.Th.csv distribution_Tb.Sp.csv \
    distribution_percentiles.csv; do check "$file is missing" test -s "report/$file"; done
check "an excluded animal counts" test "$(awk -F, '$3 == "Sham" {print $12}' report/distribution_Tb.Th.csv | sort -u)" = 2
check "shares are not 100 %" awk -F, 'NR > 1 {s[$3] += $7} END {for (g in s) if (s[g] < 99.999999 || s[g] > 100.000001) exit 1}' report/distribution_Tb.Sp.csv
check "no caption" grep -q '^Figure [34] (figures/distribution_Tb.Th). Distribution of Tb.Th: percent of the bone volume in bins of 0.01 mm.' report/captions.txt
check "the page has none" grep -q 'id="distributions"' report/report.html
expect_exit 2 "$TRABECULA" compare out/results.csv --control OVX -o report
cp out/results.csv moved.csv
expect_exit 0 "$TRABECULA" compare moved.csv --control OVX --reference Sham -o without --format svg
check "there is none" test ! -e without/distribution_Tb.Th.csv
expect_exit 0 "$TRABECULA" compare moved.csv --control OVX --reference Sham -o with --format svg --distributions out/distributions.csv --threads 1 --exclude Sham_m2=moved
same_file with/distribution_Tb.Th.csv report/distribution_Tb.Th.csv
# the records of scans are found when animals have other names
awk -F, 'NR == 1 {print $0 ",animal"; next} {print $0 ",mouse" int((NR) / 2)}' out/results.csv | sed 's/,OVX,\(.*\)mouse2/,OVX,\1mouse9/' >out/named.csv
cp -r out renamed
sed -i 's/"filter": "[^"]*"/"filter": "none"/' renamed/scans/Sham_m1/result.json
expect_exit 0 "$TRABECULA" compare renamed/named.csv --control OVX -o named --format svg
expect_stderr "the setting 'filter' is not the same in all scans: .*none in Sham \(1\)"
check "scans without a picture" test "$(grep -c 'alt="QC picture of mouse[1239]: [A-Za-z]*_m[123]"' named/report.html)" -ge 1
check "a scan has no picture" grep -q 'QC picture of mouse3: Sham_m3"' named/report.html
# of metrics that were not asked for none is shown
expect_exit 0 "$TRABECULA" compare out/results.csv --control OVX --metrics Tb.Th -o some --format svg
check "that of Tb.Th is missing" test -s some/figures/distribution_Tb.Th.svg
check "that of Tb.Sp is shown" test ! -e some/figures/distribution_Tb.Sp.svg
expect_exit 0 "$TRABECULA" compare out/results.csv --control OVX --metrics threshold -o none --format svg
check "distributions are shown" test -z "$(find none -name 'distribution*')"
# one of another program costs no statistics, unless it was named
mkdir beside
cp out/results.csv beside/
printf 'thickness,volume\n1,2\n' >beside/distributions.csv
expect_exit 0 "$TRABECULA" compare beside/results.csv --control OVX
expect_stderr 'warning: no distributions are shown: beside/distributions.csv has no column sample'
expect_exit 1 "$TRABECULA" compare moved.csv --control OVX --distributions beside/distributions.csv
expect_stderr 'has no column sample'
expect_exit 1 "$TRABECULA" compare moved.csv --control OVX --distributions nowhere.csv

# measured again without what they come from, the tables of the run before are gone
expect_exit 0 "$TRABECULA" batch study --voxel-size 10um --metrics BV/TV -o out
for table in distributions percentiles sensitivity; do check "$table.csv is left" test ! -e out/$table.csv; done
