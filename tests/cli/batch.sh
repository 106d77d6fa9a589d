# A study to one table: plan, failures that cost one scan alone, resuming, shards, and the same bytes every time.
. "$CLI_DIR/lib.bash"
unset SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_COUNT SLURM_ARRAY_TASK_MIN SLURM_MEM_PER_NODE 2>/dev/null

same_file() { check "$1 and $2 differ" cmp -s "$1" "$2"; }
lines() { check "$1 has not $2 lines" test "$(wc -l <"$1")" -eq "$2"; }
has() { check "$1 does not match '$2'" grep -Eq -- "$2" "$1"; }
hasnt() { check "$1 matches '$2'" eval '! grep -Eq -- "$2" "$1"'; }

# ---- a study of two groups, one scan of it a folder of slices
mkdir -p study/Sham study/OVX study/notes
for seed in 1 2 3; do
    "$TRABECULA" phantom foam --size 40 --thickness 4vox --seed $seed --no-measure -q -o study/Sham/m$seed.tif
    "$TRABECULA" phantom foam --size 40 --thickness 4vox --seed 1$seed --no-measure -q -o study/OVX/m$seed.tif
done
"$TRABECULA" phantom foam --size 44 --thickness 4vox --seed 7 --no-measure -q -o study/OVX/m10.mha
mkdir study/Sham/series
for z in 01 02 03 04 05 06 07 08 09 10 11 12; do "$MAKE_SAMPLE" grey8 study/Sham/series/s_$z.tif; done
echo "weighed on Monday" >study/notes/animals.txt

# ---- what will be done
expect_exit 0 "$TRABECULA" batch study --voxel-size 10um -o out --dry-run
expect_stdout '^OVX_m1 +OVX +[0-9]+ KiB +40x40x40 +10 um +[0-9]+ MiB +new$'
expect_stdout '^Sham_series +Sham .* 16x16x12 '
expect_stdout '^8 scans, .* 8 to do, 0 with problems'
check "m10 is not behind m3" test "$(grep -n '^OVX_m10 ' "$OUT" | cut -d: -f1)" -gt "$(grep -n '^OVX_m3 ' "$OUT" | cut -d: -f1)"
check "a dry run writes" test ! -e out
expect_exit 0 "$TRABECULA" batch study -o out --dry-run --json
expect_stdout '"schema": "trabecula.plan/1"'
expect_stdout '"memory_bytes": [0-9]+'
expect_stdout '"problem": "the voxel size is not known'
expect_stdout '"seconds": [0-9.]+'

# ---- one run; then there is nothing to do
expect_exit 0 "$TRABECULA" batch study --voxel-size 10um -o out
expect_stderr '^trabecula batch: study/notes holds no image that is read: left out$'
expect_stderr '8 of 8 scans'
expect_no_stdout
lines out/results.csv 9
lines out/failures.csv 1
has out/results.csv '^sample,group,TV \[mm\^3\],'
has out/results.csv '^Sham_m2,Sham,0\.064'
has out/results.columns.csv '^Tb.Th \[mm\],Tb.Th,mm,trabecular thickness,subvoxel,'
has out/batch.json '"done": 8'
check "no picture" test -s out/scans/OVX_m1/qc.png
"$TRABECULA" analyze study/OVX/m1.tif --voxel-size 10um -q -o single >/dev/null 2>&1
check "the row is not the one of analyze" test "$(sed -n '2s/^[^,]*,[^,]*,//p' single/result.csv)" = "$(sed -n 's/^OVX_m1,OVX,//p' out/results.csv)"
cp out/results.csv truth.csv
expect_exit 0 "$TRABECULA" batch study --voxel-size 10um -o out
expect_stderr ' 0 of 8 scans to do'
expect_stderr '8 done before'
same_file out/results.csv truth.csv
expect_exit 0 "$TRABECULA" batch status out
expect_stdout '^OVX_m10 +done'
expect_stdout '^8 scans: 8 done, 0 failed, 0 running, 0 to do$'
expect_exit 0 "$TRABECULA" batch status out --json
expect_stdout '"schema": "trabecula.status/1"'

# ---- tables are made from the records alone
rm out/results.csv out/failures.csv out/batch.json out/results.columns.csv
expect_exit 0 "$TRABECULA" batch collect out
same_file out/results.csv truth.csv
expect_exit 2 "$TRABECULA" batch collect single
expect_stderr 'no batch has run there'

# ---- what is redone, and why
touch study/Sham/m1.tif
echo mine >out/scans/Sham_m1/notes.txt
: >out/scans/Sham_m1/Tb.Th.tif # a map of a former run
expect_exit 0 "$TRABECULA" batch study --voxel-size 10um -o out
expect_stderr '^trabecula batch: again: Sham_m1: the input changed$'
expect_stderr ' 1 of 8 scans to do'
check "an old map stands beside a new record" test ! -e out/scans/Sham_m1/Tb.Th.tif
check "a file of the user is gone" test -e out/scans/Sham_m1/notes.txt
expect_exit 0 "$TRABECULA" batch study --voxel-size 10um -o other --threshold 100grey
expect_exit 0 "$TRABECULA" batch study --voxel-size 10um -o other --threshold 120grey
expect_stderr 'again: .* and more: settings changed: threshold 100grey -> 120grey$'
rm out/scans/OVX_m2/result.json
expect_exit 0 "$TRABECULA" batch study --voxel-size 10um -o out
expect_stderr 'again: OVX_m2: its result is gone or damaged$'
expect_exit 0 "$TRABECULA" batch study --voxel-size 10um -o out --force
expect_stderr 'again: .*: --force$'
same_file out/results.csv truth.csv
: >out/scans/OVX_m2/.123.part.result.json
mkdir out/scans/OVX_m2/.trabecula-abcdef
: >out/scans/OVX_m2/.trabecula-abcdef/bone.tif
touch study/OVX/m2.tif
expect_exit 0 "$TRABECULA" batch study --voxel-size 10um -o out
check "stale temporaries are left" test -z "$(find out/scans/OVX_m2 -name '.*' ! -name .lock -print)"

# ---- settings from a protocol, and more output
expect_exit 0 "$TRABECULA" batch --voxel-size 10um --write-protocol protocol.ini
has protocol.ini '^voxel-size = 10um$'
expect_exit 0 "$TRABECULA" batch study --protocol protocol.ini -o out
expect_stderr ' 0 of 8 scans to do'
printf 'sample,path\nm,study/OVX/m1.tif\n' >one.csv
expect_exit 0 "$TRABECULA" batch one.csv --protocol out/scans/OVX_m1/result.json -o maps --no-picture
check "a picture all the same" test ! -e maps/scans/m/qc.png
expect_exit 0 "$TRABECULA" batch one.csv --protocol out/scans/OVX_m1/result.json -o maps --maps --map-format nrrd
expect_stderr 'again: m: maps are wanted now$'
check "no map" test -s maps/scans/m/Tb.Th.nrrd
expect_exit 0 "$TRABECULA" batch one.csv --protocol out/scans/OVX_m1/result.json -o maps
expect_stderr ' 0 of 1 scans to do'
check "the row is another" test "$(sed -n 's/^m,,//p' maps/results.csv)" = "$(sed -n 's/^OVX_m1,OVX,//p' out/results.csv)"

# ---- shards: several at once on one folder, then the tables of all
for i in 1 2 3; do "$TRABECULA" batch study --voxel-size 10um -o sharded --shard $i/3 -q & done
wait
check "a shard writes tables" test ! -e sharded/results.csv
expect_exit 0 "$TRABECULA" batch collect sharded
same_file sharded/results.csv truth.csv
for task in 4 6 8; do
    SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=4 SLURM_ARRAY_TASK_STEP=2 \
        expect_exit 0 "$TRABECULA" batch study --voxel-size 10um -o array
    expect_stderr "shard $((task / 2 - 1)) of 3 has [23] of 8 scans"
done
expect_exit 0 "$TRABECULA" batch collect array
same_file array/results.csv truth.csv
SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MIN=3 \
    expect_exit 2 "$TRABECULA" batch study --voxel-size 10um -o array
expect_stderr 'give --shard i/n'
usage_error "'4/3' is not|shard 4 of 3 is none" "$TRABECULA" batch study -o x --shard 4/3
# a part of the shards: the table says what it has, and exit 3 that something is missing
"$TRABECULA" batch study --voxel-size 10um -o part --shard 1/3 -q
expect_exit 3 "$TRABECULA" batch collect part
expect_stderr 'are to do$'

# ---- two runs at once share the work
"$TRABECULA" batch study --voxel-size 10um -o both -q &
other=$!
expect_exit 0 "$TRABECULA" batch study --voxel-size 10um -o both
wait $other
same_file both/results.csv truth.csv

# ---- nobody reads the lines any more
{ "$TRABECULA" batch study --voxel-size 10um -o unread 2>&1 1>&3 | head -n 1 >/dev/null; } 3>/dev/null
same_file unread/results.csv truth.csv

# ---- interruption: the same command goes on
stopped() { # SIGNAL: it goes to the run when its first scan is done
    "$TRABECULA" batch study --voxel-size 10um -o cut --jobs 1 --threads 1 >"$OUT" 2>"$ERR" </dev/null &
    local pid=$! waited=0
    until grep -q 'done' "$ERR" || [ $waited = 400 ]; do sleep 0.01; waited=$((waited + 1)); done
    kill "-$1" $pid
    wait $pid
}
expect_exit 130 stopped TERM
expect_stderr 'stopped; the same command goes on from here'
expect_exit 137 stopped KILL
expect_exit 0 "$TRABECULA" batch study --voxel-size 10um -o cut
same_file cut/results.csv truth.csv
same_file cut/batch.json both/batch.json

# ---- five ways to fail, each costs its scan alone
mkdir bad
cp study/OVX/m1.tif bad/good.tif
head -c 40000 study/OVX/m1.tif >bad/corrupt.tif
ln -s nowhere.tif bad/unreadable.tif
: >bad/empty.tif
"$MAKE_SAMPLE" wide bad/large.tif
mkfifo bad/slow.tif # a file server that does not answer
expect_exit 3 "$TRABECULA" batch bad --voxel-size 10um -o failing --threads 2 --memory-limit 64MiB --timeout 8s
expect_stderr 'warning: large will fail: needs [0-9.]+ GiB of memory'
expect_stderr '^trabecula batch:   failed: empty \(exit\): '
expect_stderr '1 measured in .* 5 failed, 0 to do, 0 done before$'
lines failing/results.csv 2
has failing/results.csv '^good,'
lines failing/failures.csv 6
has failing/failures.csv '^sample,path,kind,signal,message,log$'
has failing/failures.csv '^corrupt,bad/corrupt.tif,exit,,.*corrupt.*,scans/corrupt/log.txt$'
has failing/failures.csv '^unreadable,bad/unreadable.tif,exit,,.*No such file.*,scans/unreadable/log.txt$'
has failing/failures.csv '^empty,bad/empty.tif,exit,,.*empty.*,scans/empty/log.txt$'
has failing/failures.csv '^large,bad/large.tif,memory,,"?needs .*,scans/large/log.txt$'
has failing/failures.csv '^slow,bad/slow.tif,timeout,,.*,scans/slow/log.txt$'
has failing/scans/empty/log.txt 'trabecula analyze .*-- bad/empty.tif'
has failing/scans/large/log.txt '^not started: needs'
expect_exit 0 "$TRABECULA" batch status failing
expect_stdout '^slow +failed +timeout: '
cp failing/failures.csv failures.before
rm bad/slow.tif
cp study/OVX/m2.tif bad/slow.tif
expect_exit 3 "$TRABECULA" batch bad --voxel-size 10um -o failing --threads 2 --memory-limit 64MiB --timeout 8s
expect_stderr 'again: .*it failed before'
lines failing/results.csv 3
lines failing/failures.csv 5

# ---- a measuring process that is killed
children_of() { cat /proc/[0-9]*/stat 2>/dev/null | sed -n "s/^\([0-9]*\) (.*) [A-Z] $1 .*/\1/p"; }
killed() {
    rm -f slow/pipe.tif
    mkdir -p slow
    mkfifo slow/pipe.tif
    "$TRABECULA" batch slow --voxel-size 10um -o killed >"$OUT" 2>"$ERR" </dev/null &
    local pid=$! worker= waited=0
    until worker=$(children_of $pid); [ -n "$worker" ] || [ $waited = 400 ]; do sleep 0.01; waited=$((waited + 1)); done
    sleep 0.1
    "$TRABECULA" batch status killed >status.txt
    kill -ABRT "$worker"
    wait $pid
}
expect_exit 3 killed
has status.txt '^pipe +running'
has status.txt '^1 scans: 0 done, 0 failed, 1 running, 0 to do$'
has killed/failures.csv '^pipe,slow/pipe.tif,signal,ABRT,ended by signal ABRT'

# ---- a study as a table
cat >study.csv <<'END'
sample;path;group;Threshold;voxel_size;sex;weight
a;study/OVX/m1.tif;OVX;;;f;21.5
"b;1";study/Sham/m1.tif;Sham;90grey;;m;"2,5"
c;study/Sham/series;;;20um;;

END
expect_exit 0 "$TRABECULA" batch study.csv --voxel-size 10um -o table
expect_stderr 'warning: mixed voxel sizes: 2 of 3 scans have 10 um, but c has 20 um'
has table/results.csv '^sample,group,sex,weight,TV \[mm\^3\]'
has table/results.csv '^a,OVX,f,21.5,'
has table/results.csv '^b;1,Sham,m,"2,5",.*,90,0.01$'
has table/results.csv '^c,,,,.*,0.02$'
has table/scans/c/result.json '"voxel-size": "0.02mm"'
sed -i 's/21.5/22/' study.csv
expect_exit 0 "$TRABECULA" batch study.csv --voxel-size 10um -o table
expect_stderr ' 0 of 3 scans to do'
has table/results.csv '^a,OVX,f,22,'
printf 'sample,path,treshold\na,study/OVX/m1.tif,3\n' >near.csv
expect_exit 0 "$TRABECULA" batch near.csv --voxel-size 10um -o near --dry-run
expect_stderr "the column 'treshold' is no setting .* did you mean 'threshold'"
printf 'sample,path\na,study/OVX/m1.tif\na,study/OVX/m2.tif\n' >twice.csv
expect_exit 2 "$TRABECULA" batch twice.csv --voxel-size 10um -o twice
expect_stderr "the sample name 'a' is there twice: line 2 .* and line 3"
check "it began all the same" test ! -e twice
printf 'sample,path,threshold\na,study/OVX/m1.tif,12abc\n' >wrong.csv
expect_exit 2 "$TRABECULA" batch wrong.csv --voxel-size 10um -o wrong
expect_stderr 'wrong.csv:2: threshold'
printf 'sample,path\na,study/OVX/m1.tif\nb,gone.tif\n' >gone.csv
expect_exit 3 "$TRABECULA" batch gone.csv --voxel-size 10um -o gone
expect_stderr 'b will fail: gone.tif: No such file'
lines gone/results.csv 2

# ---- watching a folder that grows
watched() {
    mkdir -p incoming
    cp study/OVX/m1.tif incoming/m1.tif
    "$TRABECULA" batch incoming --voxel-size 10um -o seen --watch --settle 1s >"$OUT" 2>"$ERR" </dev/null &
    local pid=$! waited=0
    until grep -qs '^m1,' seen/results.csv || [ $waited = 600 ]; do sleep 0.05; waited=$((waited + 1)); done
    cp study/OVX/m2.tif incoming/m2.tif
    until grep -qs '^m2,' seen/results.csv || [ $waited = 1200 ]; do sleep 0.05; waited=$((waited + 1)); done
    kill -TERM $pid
    wait $pid
}
expect_exit 0 watched
lines seen/results.csv 3
expect_stderr ' 1 of 2 scans to do'
expect_stderr '^trabecula batch: watching incoming'

# ---- usage
usage_error '-o DIR is missing' "$TRABECULA" batch study
usage_error "'2x' is not a duration" "$TRABECULA" batch study -o x --timeout 2x
usage_error 'threshold' "$TRABECULA" batch study -o x --threshold nothing
mkdir nothing
expect_exit 1 "$TRABECULA" batch nothing -o x
expect_stderr 'nothing has no scans'
