# Ctrl-C or a batch system's TERM ends a run cleanly: exit code 130, a message, no half-written result.
. "$CLI_DIR/lib.bash"

# Background jobs of a script ignore INT, so TERM is sent; both are caught in the same way. The signal goes out
# when the first line of progress is there: the run is in the middle of its work.
interrupted() {
    "$TRABECULA" "$@" --progress=plain >"$OUT" 2>"$ERR" </dev/null &
    local pid=$! waited=0
    until [ -s "$ERR" ] || [ $waited = 600 ]; do
        sleep 0.05
        waited=$((waited + 1))
    done
    kill -TERM $pid 2>/dev/null
    wait $pid
}
expect_exit 130 interrupted analyze "$TESTDATA/lhdl-3155.tif" --voxel-size 19.5um -o result
expect_stderr '^trabecula analyze: stopped on request; no half-written file is left$'
check "a result is left: $(find result 2>/dev/null)" test ! -e result/result.json
expect_no_stdout
