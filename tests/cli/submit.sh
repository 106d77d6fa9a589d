# scripts/slurm/submit asks Slurm for what the plan of the study needs: exact numbers, from a plan and an sbatch that are
# both played here. tests/slurm/run is the same with a real Slurm.
command -v python3 >/dev/null || { echo "skipped: python3 is not installed"; exit 0; }
. "$CLI_DIR/lib.bash"
SUBMIT=$SOURCE_DIR/scripts/slurm/submit
GIB=$((1024 * 1024 * 1024))

mkdir bin
cat >bin/trabecula <<'E'
#!/bin/sh
echo "$*" >asked
cat plan.json
E
cat >bin/sbatch <<'E'
#!/bin/sh
echo "$* [$TRABECULA $TRABECULA_SHARDS]" >>sent
wc -l <sent
E
chmod +x bin/*
PATH=$PWD/bin:$PATH
unset TRABECULA

scan() { echo "{\"sample\": \"$1\", \"state\": \"$2\", \"memory_bytes\": $3, \"seconds\": $4, \"problem\": ${5-null}}"; }
plan() {
    local IFS=,
    echo "{\"scans\": [$*]}" >plan.json
    rm -f sent
}
sent() { check "not sent: $1; but: $(cat sent 2>/dev/null)" grep -Fq -- "$1" sent; }

# Three hours of work for three tasks; the largest scan of 3 GiB, a tenth and 256 MiB more; at worst two scans a task.
plan "$(scan a 'to do' $GIB 3600)" "$(scan b 'to do' $((3 * GIB)) 3600)" "$(scan c 'to do' $((2 * GIB)) 3600)"
expect_exit 0 "$SUBMIT" -- study -o out --protocol p.ini
expect_stdout '^3 scans in 3 tasks of 4 cores, 3636 MiB, 250 min; about 3 h of work in all$'
expect_stdout '^job 1: measures; job 2: collects into out; logs in out/slurm$'
check "two jobs" test "$(wc -l <sent)" = 2
sent "--parsable --array=1-3 --cpus-per-task=4 --mem=3636M --time=250 --output=out/slurm/%A_%a.log $SOURCE_DIR/scripts/slurm/array.sbatch study -o out --protocol p.ini [$PWD/bin/trabecula 3]"
sent "--dependency=afterany:1 --parsable --job-name=trabecula-collect"
sent "$SOURCE_DIR/scripts/slurm/collect.sbatch out ["
check "the plan was asked for with limits: $(cat asked)" grep -Fqx -- \
    "batch study -o out --protocol p.ini --dry-run --json --jobs 1 --threads 4 --memory-limit 1000TiB" asked
check "there is a folder for logs, or the jobs fail without a word" test -d out/slurm

# What is asked for by hand.
rm sent
expect_exit 0 "$SUBMIT" --tasks 2 --cpus 8 --at-once 1 --mem-max 2000 --time 1-0 --sbatch=--partition=long -- study -oout
sent "--array=1-2%1 --cpus-per-task=8 --mem=2000M --time=1-0 --output=out/slurm/%A_%a.log --partition=long $SOURCE_DIR"
check "the plan has another limit: $(cat asked)" grep -q -- "--threads 8 --memory-limit 1900MiB$" asked
rm sent
expect_exit 0 "$SUBMIT" --print --tasks 50 -- study --output=out
expect_stdout '--array=1-3 ' # no more tasks than scans
check "--print sends nothing" test ! -e sent

# One scan of four is left: its shard may hold all that is left, and no more.
plan "$(scan a 'done' 0 0)" "$(scan b 'to do' $GIB 600)" "$(scan c 'done' 0 0)" "$(scan d 'done' 0 0)"
expect_exit 0 "$SUBMIT" -- study -o out
expect_stdout '^1 scans in 1 tasks of 4 cores, 1383 MiB, 30 min;'

# A scan that cannot be read needs nothing, but somebody has to say so.
plan '{"sample": "a", "state": "failed", "seconds": 0, "problem": "no such file"}'
expect_exit 0 "$SUBMIT" -- study -o out
expect_stderr '^warning: a will fail: no such file$'
expect_stdout '^1 scans in 1 tasks of 4 cores, 256 MiB, 10 min;'

plan "$(scan a 'done' 0 0)"
expect_exit 0 "$SUBMIT" -- study -o out
expect_stdout '^nothing is left to do; .*/bin/trabecula batch collect out'
check "nothing is sent" test ! -e sent

# Mistakes.
expect_exit 1 "$SUBMIT" -- study
expect_stderr '^submit: trabecula batch needs -o DIR$'
expect_exit 2 "$SUBMIT" study -o out
expect_exit 2 "$SUBMIT" -- study -o out --threads 3
expect_stderr '--threads: the array job says that itself'
expect_exit 2 "$SUBMIT" -- study -o out --force
expect_stderr '--force is not for a task that may start again'
expect_exit 2 "$SUBMIT" --cpus 0 -- study -o out
printf '#!/bin/sh\necho "trabecula: no such study" >&2\nexit 1\n' >bin/trabecula
expect_exit 1 "$SUBMIT" -- study -o out
expect_stderr '^trabecula: no such study$'
expect_stderr '^submit: exit code 1 of: .*/bin/trabecula batch study'
