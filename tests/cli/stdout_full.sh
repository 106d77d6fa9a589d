# A result that cannot be written must not look like success.
. "$CLI_DIR/lib.bash"

to_full() { "$@" >/dev/full; }
to_closed() { "$@" >&-; }
for arguments in "--version" "help" "help info" "completion bash" "man info"; do
    # shellcheck disable=SC2086
    expect_exit 1 to_full "$TRABECULA" $arguments
    expect_stderr 'standard output could not be written completely: No space left on device'
    # shellcheck disable=SC2086
    expect_exit 1 to_closed "$TRABECULA" $arguments
    expect_stderr 'standard output could not be written completely'
done

# With standard streams closed, files that are opened must not take their place.
expect_exit 1 to_closed "$TRABECULA" info "$TESTDATA/lhdl-3155.tif" --voxel-size 19.5um
expect_stderr 'standard output could not be written completely'
no_streams() { "$@" <&- >&- 2>&-; }
expect_exit 0 no_streams "$TRABECULA" convert "$TESTDATA/lhdl-3155.tif" copy.mha --voxel-size 19.5um --quiet
check "the copy was not written" test -s copy.mha
