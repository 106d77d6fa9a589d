# protocol.ini: written from the option table, read back strictly; a record is a protocol as well.
. "$CLI_DIR/lib.bash"

analyze() { "$TRABECULA" analyze "$@"; }
wrong_protocol() { # REGEX, file on stdin
    cat >wrong.ini
    usage_error "$1" analyze --protocol wrong.ini scan.tif
}

# a commented file with every setting, which reads back to the same file
expect_exit 0 analyze --write-protocol - --threshold 64grey --filter none --voxel-size 19.5um --invert
expect_no_stderr
expect_stdout '^threshold = 64grey$'
expect_stdout '^filter = none$'
expect_stdout '^voxel-size = 19\.5um$'
expect_stdout '^invert = yes$'
expect_stdout '^# '
expect_stdout '^\['
cp "$OUT" first.ini
expect_exit 0 analyze --protocol first.ini --write-protocol second.ini
check "a protocol changes when it is read and written" cmp -s first.ini second.ini

# an existing file is not replaced
expect_exit 2 analyze --write-protocol second.ini
expect_stderr 'second.ini cannot be written: File exists'
expect_exit 1 analyze --write-protocol no/such/folder.ini
expect_stderr 'no/such/folder.ini cannot be written'

# the command line is stronger than the protocol
expect_exit 0 analyze --protocol first.ini --threshold otsu --invert=no --write-protocol -
expect_stdout '^threshold = otsu$'
expect_stdout '^invert = no$'
expect_stdout '^filter = none$'

# comments, sections, both signs, spaces around values, a byte-order mark, line ends of Windows
printf '\357\273\277# lab protocol\r\n; more\r\n[anything]\r\nthreshold: 70grey ; as in 2024\r\n  \r\nfilter=none\r\n' >loose.ini
expect_exit 0 analyze --protocol loose.ini --write-protocol -
expect_stdout '^threshold = 70grey$'
expect_stdout '^filter = none$'


# an indented key is a key, not more of the line above
printf '[Segmentation]\n  filter = none\n\tthreshold = 70grey\n' >indented.ini
expect_exit 0 analyze --protocol indented.ini --write-protocol -
expect_stdout '^threshold = 70grey$'
expect_stdout '^filter = none$'

# errors name file, line and key
wrong_protocol "^trabecula analyze: wrong.ini:3: 'treshold' is not a setting of 'trabecula analyze', did you mean 'threshold'\?$" <<'END'
# first
[Segmentation]
treshold = otsu
END
wrong_protocol "wrong.ini:3: 'filter' is given twice, first in line 1" <<'END'
filter = none

filter = none
END
wrong_protocol "wrong.ini:2: expected 'key = value'" <<'END'
filter = none
just words
END
wrong_protocol "wrong.ini:1: filter: the value is empty" <<'END'
filter =
END
wrong_protocol "wrong.ini:1: 'output' is not a setting" <<'END'
output = here
END
wrong_protocol "wrong.ini:1: 'threads' is not a setting" <<'END'
threads = 3
END
wrong_protocol "wrong.ini:2: invert: 'perhaps' is neither yes nor no" <<'END'
[a]
invert = perhaps
END
printf 'filter = none\n# %0300d\n' 0 | wrong_protocol "wrong.ini:2: the line is longer than"
expect_exit 1 analyze --protocol missing.ini scan.tif
expect_stderr 'the protocol missing.ini cannot be read: No such file or directory'
mkdir folder
expect_exit 1 analyze --protocol folder scan.tif
expect_stderr 'folder'

# a record: its "settings" object; what was not given is null or empty
cat >result.json <<'END'
{"schema": "trabecula.result/1", "settings": {"threshold": "64grey", "filter": "none", "invert": true,
 "despeckle": 12, "voi": null, "metrics": "", "voxel-size": "19.5um"}, "metrics": {}}
END
expect_exit 0 analyze --protocol result.json --write-protocol -
expect_stdout '^threshold = 64grey$'
expect_stdout '^invert = yes$'
expect_stdout '^despeckle = 12$'
expect_stdout '^#voi ='
wrong_protocol 'holds no "settings"' <<'END'
{"metrics": {}}
END
wrong_protocol "'treshold' is not a setting of 'trabecula analyze', did you mean 'threshold'" <<'END'
{"settings": {"treshold": "otsu"}}
END
wrong_protocol "wrong.ini:2: " <<'END'
{"settings": {
  threshold
END
wrong_protocol "'filter' has a value of a kind that no setting has" <<'END'
{"settings": {"filter": {"sigma": 1}}}
END

# the record of a real run, as protocol of another, gives the same numbers and says where settings came from
expect_exit 0 analyze "$TESTDATA/lhdl-3155.tif" --voxel-size 19.5um --threshold 64grey --filter none \
    --slices 20:40 --metrics TV,BV/TV -o first --quiet
expect_exit 0 analyze "$TESTDATA/lhdl-3155.tif" --protocol first/result.json -o second --quiet
check "a run by the protocol of the first differs" cmp -s first/result.csv second/result.csv
check "there is no table to compare" test -s first/result.csv
check "the record does not name its protocol" grep -q '"threshold": "first/result.json"' second/result.json
expect_exit 0 analyze "$TESTDATA/lhdl-3155.tif" --protocol first/result.json --threshold 100grey -o third --quiet
check "the command line is not stronger than the record" test "$(cat first/result.csv)" != "$(cat third/result.csv)"
