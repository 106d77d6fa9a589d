# The examples of scripts/pipelines work as they are printed there, and their tables are those of `trabecula batch`.
# Each is run when what it needs is installed (scripts/packages --extras --snakemake).
case "$BUILD_DIR" in *asan | *tsan | *coverage) echo "skipped: the program itself is tested elsewhere"; exit 0 ;; esac
. "$CLI_DIR/lib.bash"
PIPELINES=$SOURCE_DIR/scripts/pipelines
export TRABECULA

installed() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; return 1; }
    done
}
same_table() { check "$1 is another table than that of batch" cmp results/results.csv "$1"; }

# A study of two groups; the rest of the settings as everybody would leave them.
mkdir scans
echo sample,path,group >study.csv
for i in 1 2 3 4 5 6; do
    group=$([ $i -le 3 ] && echo Sham || echo OVX)
    expect_exit 0 "$TRABECULA" phantom foam --size 60 --seed $i --bvtv $((18 + 3 * i))% --no-measure -q \
        -o "scans/m$i.tif"
    echo "m$i,scans/m$i.tif,$group" >>study.csv
done
expect_exit 0 "$TRABECULA" batch study.csv -o results --no-picture
check "batch has no table of 6 scans" test "$(wc -l <results/results.csv)" = 7

if installed parallel; then
    expect_exit 0 bash "$PIPELINES/parallel.sh" study.csv parallel --no-picture
    same_table parallel/results.csv

    # One scan fails, the others are in the table; the next start measures what is missing, and only that.
    mv scans/m2.tif away.tif
    rm -r parallel/scans/m2
    expect_exit 3 bash "$PIPELINES/parallel.sh" study.csv parallel --no-picture
    expect_stderr '^1 scans failed: see parallel/jobs.tsv$'
    check "the others are in the table" test "$(wc -l <parallel/results.csv)" = 6
    mv away.tif scans/m2.tif
    expect_exit 0 bash "$PIPELINES/parallel.sh" study.csv parallel --no-picture
    check "more than one scan was measured again" test "$(wc -l <parallel/jobs.tsv)" = 2
    same_table parallel/results.csv

    # Shards on one machine, as the README has it.
    expect_exit 0 parallel "$TRABECULA" batch study.csv -o shards --no-picture --threads 1 --shard '{}/3' ::: 1 2 3
    expect_exit 0 "$TRABECULA" batch collect shards
    same_table shards/results.csv
fi

if installed snakemake; then
    snake() {
        expect_exit "$1" snakemake --snakefile "$PIPELINES/Snakefile" --cores 2 --config study=study.csv \
            output=snake options=--no-picture
    }
    snake 0
    same_table snake/results.csv
    touch scans/m4.tif # a new scan: its row is made again, and the table
    snake 0
    expect_stderr '^measure +1 '
    same_table snake/results.csv
fi

if installed python3; then
    expect_exit 0 python3 "$PIPELINES/table.py" scans/*.tif -- --metrics BV/TV,Tb.Th
    cp "$OUT" table.csv
    # The same digits as in the columns of the batch: sample, BV/TV, Tb.Th.
    awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) column[$i] = i}
        {print $1 "," $column["BV/TV [%]"] "," $column["Tb.Th [mm]"]}' results/results.csv >wanted.csv
    check "the table of table.py is another: $(head -n 2 table.csv)" cmp wanted.csv table.csv
    expect_exit 3 python3 "$PIPELINES/table.py" scans/m1.tif nowhere.tif scans/m2.tif -- --metrics BV/TV
    expect_stdout_lines 3
    expect_stderr 'nowhere.tif'
fi

if installed Rscript; then
    expect_exit 0 Rscript "$PIPELINES/model.R" results/results.csv "BV/TV [%]"
    # Two groups: the coefficient is the difference of their means.
    wanted=$(awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == "BV/TV [%]") c = i; next}
        {sum[$2] += $c} END {printf "%.6f", (sum["OVX"] - sum["Sham"]) / 3}' results/results.csv)
    given=$(awk -F, '/^groupOVX,/ {printf "%.6f", $2}' "$OUT")
    check "difference $given instead of $wanted" \
        awk -v a="$wanted" -v b="$given" 'BEGIN {exit !(b != "" && (a - b)^2 < 1e-10)}'
    expect_exit 0 Rscript "$PIPELINES/model.R" results/results.csv "Tb.Th [mm]" "BV/TV [%]"
    expect_stdout '^groupOVX,'
    expect_exit 1 Rscript "$PIPELINES/model.R" results/results.csv "Tb.Th [mm]" weight
    expect_stderr 'no column weight in results/results.csv'
fi
