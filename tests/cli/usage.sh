# The frame of the command line: overview, help, strict options, exit codes.
. "$CLI_DIR/lib.bash"

# alone: an overview of the commands
expect_exit 0 "$TRABECULA"
expect_stdout '^usage: trabecula COMMAND'
expect_stdout '^  info +show '
expect_stdout '^  analyze +'
expect_no_stderr
expect_exit 0 "$TRABECULA" --help
expect_stdout '^Commands:'
expect_exit 0 "$TRABECULA" help
expect_stdout '^Commands:'

# help of every command that the overview names: groups, an example, common options
for command in $("$TRABECULA" | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    expect_exit 0 "$TRABECULA" help "$command"
    expect_stdout "^usage: trabecula $command "
    expect_stdout '^Common options:'
    expect_stdout '^Examples:'
    expect_stdout "^  trabecula $command|^  trabecula .*$command"
    expect_stdout '--threads N'
    expect_no_stderr
    cp "$OUT" by_help
    expect_exit 0 "$TRABECULA" "$command" --help
    check "help $command and $command --help differ" cmp -s by_help "$OUT"
    expect_exit 0 "$TRABECULA" "$command" -h
    check "lines of $command --help are longer than 110" test -z "$(awk 'length > 110' "$OUT")"
    expect_exit 0 "$TRABECULA" "$command" --version
    expect_stdout '^trabecula [0-9]'
done

# who asks for help gets it, even behind other options
expect_exit 0 "$TRABECULA" convert --slices 1:2 --help
expect_stdout '^usage: trabecula convert'

# defaults and units are shown
expect_exit 0 "$TRABECULA" info --help
expect_stdout '--voxel-size'
expect_stdout '19\.5um'
expect_exit 0 "$TRABECULA" convert --help
expect_stdout '\[none\]'

# unknown commands and options suggest the nearest
usage_error "^trabecula: unknown command 'inof', did you mean 'info'\?$" "$TRABECULA" inof
usage_error "^trabecula: unknown command 'qqqqqq'$" "$TRABECULA" qqqqqq
usage_error "unknown command 'inof', did you mean 'info'" "$TRABECULA" help inof
usage_error '^trabecula: the command comes first' "$TRABECULA" --threads 2 info x
usage_error "^trabecula info: unknown option '--jsno', did you mean --json\?$" "$TRABECULA" info --jsno scan.tif
usage_error "unknown option '--voxel_size=1um', did you mean --voxel-size" "$TRABECULA" info --voxel_size=1um scan.tif
usage_error "unknown option '-json', did you mean --json" "$TRABECULA" info -json scan.tif
usage_error "unknown option '--zzzzzzzz'$" "$TRABECULA" info --zzzzzzzz scan.tif
usage_error "unknown option '--'?" "$TRABECULA" info --=x scan.tif

# strict values
usage_error "^trabecula info: --voxel-size: '19.5' has no unit; write a length such as 19.5um or 0.0195mm$" \
    "$TRABECULA" info --voxel-size 19.5 scan.tif
usage_error "unknown unit 'abc'" "$TRABECULA" info --voxel-size 12abc scan.tif
usage_error "'nanum' is not a length" "$TRABECULA" info --voxel-size nanum scan.tif
usage_error "must be larger than 0" "$TRABECULA" info --voxel-size 0um scan.tif
usage_error "'12abc' is not a whole number" "$TRABECULA" info --threads 12abc scan.tif
usage_error "'0x4' is not a whole number" "$TRABECULA" info --threads=0x4 scan.tif
usage_error "'0' is outside 1 to 4096" "$TRABECULA" info --threads 0 scan.tif
usage_error "'-3' is outside 1 to 4096" "$TRABECULA" info --threads -3 scan.tif
usage_error "'8' has no unit; write a size such as 8GiB" "$TRABECULA" info --memory-limit 8 scan.tif
usage_error "'5' is not a range" "$TRABECULA" info --slices 5 scan.tif
usage_error "'9:9' is empty" "$TRABECULA" info --slices 9:9 scan.tif
usage_error "unknown 'lwz', did you mean 'lzw'\? One of: none, deflate, lzw" "$TRABECULA" convert --compress lwz a.tif b.tif
usage_error "unknown 'zip'; one of: none, deflate, lzw" "$TRABECULA" convert --compress=zip a.tif b.tif
usage_error "the value is empty|not a length" "$TRABECULA" info --voxel-size= scan.tif
usage_error "--json: 'maybe' is neither yes nor no" "$TRABECULA" info --json=maybe scan.tif

# values that are missing, options that repeat, arguments that are too few or too many
usage_error '^trabecula info: --voxel-size needs a value: --voxel-size LENGTH' "$TRABECULA" info scan.tif --voxel-size
usage_error "--voxel-size needs a value, found '--json'" "$TRABECULA" info --voxel-size --json scan.tif
usage_error "--output needs a value, found '-f'" "$TRABECULA" analyze scan.tif -o -f
usage_error '^trabecula info: --json is given twice$' "$TRABECULA" info --json --json scan.tif
usage_error '^trabecula info: --threads is given twice$' "$TRABECULA" info --threads 1 --threads=2 scan.tif
usage_error '^trabecula info: SCAN is missing: trabecula info ' "$TRABECULA" info
usage_error "^trabecula info: 'b.tif' is one argument too many$" "$TRABECULA" info a.tif b.tif

# -- ends options: a file may begin with a dash
expect_exit 1 "$TRABECULA" info -- --json
expect_stderr '^trabecula info: .*--json'

# messages carry colour only when asked for
expect_exit 1 "$TRABECULA" info --color=always missing.tif
expect_stderr "$(printf '\033')\\[31m"
expect_exit 1 "$TRABECULA" info --color=auto missing.tif
refuse_stderr "$(printf '\033')"
expect_no_stdout
