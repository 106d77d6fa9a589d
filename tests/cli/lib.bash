# lib.bash - what the command-line tests share. Source it first:
#   . "$CLI_DIR/lib.bash"
# It gives $TRABECULA and $TESTDATA (from ctest), a fresh $SCRATCH as working directory that is removed at the
# end, and the checks below. Every check speaks for itself; the script fails when one did.
set -u
export LC_ALL=C
unset OMP_NUM_THREADS NO_COLOR 2>/dev/null
: "${TRABECULA:?the program under test}" "${TESTDATA:?the folder testdata}"

SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/trabecula-cli.XXXXXX") || exit 1
OUT=$SCRATCH/.stdout ERR=$SCRATCH/.stderr LAST= CHECKS=0 FAILURES=0
finish() {
    local code=$?
    rm -rf "$SCRATCH"
    [ "$code" = 0 ] || exit "$code"
    if [ "$CHECKS" = 0 ]; then echo "no check was made"; exit 1; fi
    [ "$FAILURES" = 0 ] || { echo "$FAILURES of $CHECKS checks failed"; exit 1; }
    echo "$CHECKS checks passed"
}
trap finish EXIT
trap 'exit 1' HUP INT PIPE TERM # the scratch goes in these cases as well
cd "$SCRATCH" || exit 1

failure() {
    FAILURES=$((FAILURES + 1))
    echo "FAILED: $1"
    echo "  after: $LAST"
    [ -s "$OUT" ] && sed 's/^/  stdout: /' "$OUT" | head -n 12
    [ -s "$ERR" ] && sed 's/^/  stderr: /' "$ERR" | head -n 12
}

# check TEXT COMMAND...: the command must succeed.
check() {
    local text=$1
    shift
    CHECKS=$((CHECKS + 1))
    "$@" || failure "$text"
}

# expect_exit CODE COMMAND...: run it, keep its streams, compare its exit code.
expect_exit() {
    local wanted=$1 code
    shift
    LAST="$*"
    "$@" >"$OUT" 2>"$ERR" </dev/null
    code=$?
    CHECKS=$((CHECKS + 1))
    [ "$code" = "$wanted" ] || failure "exit code $code instead of $wanted"
}

# Of the last expect_exit: a line that matches the extended regular expression.
expect_stdout() { check "stdout does not match '$1'" grep -Eq -- "$1" "$OUT"; }
expect_stderr() { check "stderr does not match '$1'" grep -Eq -- "$1" "$ERR"; }
refuse_stdout() { check "stdout matches '$1'" eval '! grep -Eq -- "$1" "$OUT"'; }
refuse_stderr() { check "stderr matches '$1'" eval '! grep -Eq -- "$1" "$ERR"'; }
expect_no_stdout() { check "stdout is not empty" test ! -s "$OUT"; }
expect_no_stderr() { check "stderr is not empty" test ! -s "$ERR"; }

# The number of lines on a stream.
expect_stdout_lines() { check "stdout has not $1 lines" test "$(wc -l <"$OUT")" -eq "$1"; }
expect_stderr_lines() { check "stderr has not $1 lines" test "$(wc -l <"$ERR")" -eq "$1"; }

# usage_error REGEX COMMAND...: exit 2, nothing on stdout, one line and the hint.
usage_error() {
    local regex=$1
    shift
    expect_exit 2 "$@"
    expect_no_stdout
    expect_stderr "$regex"
    expect_stderr_lines 2
    expect_stderr "^try 'trabecula .*--help'$"
}
