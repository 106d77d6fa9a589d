# Completion scripts and manual pages come from the same tables as the parser.
. "$CLI_DIR/lib.bash"

expect_exit 0 "$TRABECULA" completion bash
check "bash does not read its completion" bash -n "$OUT"
cp "$OUT" completion.bash

# complete WORDS...: what bash would offer for the last word
complete_words() {
    bash -c '. ./completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _trabecula; echo "${COMPREPLY[*]}"' - "$@"
}
offers() {
    local wanted=$1
    shift
    CHECKS=$((CHECKS + 1))
    [ "$(complete_words "$@")" = "$wanted" ] || failure "offers '$(complete_words "$@")' for '$*', not '$wanted'"
}
offers 'info' trabecula inf
offers '--voxel-size' trabecula info --vox
offers 'deflate' trabecula convert --compress d
offers 'deflate' trabecula convert --compress = d
offers 'auto plain none' trabecula info --progress ''
offers 'bash zsh fish' trabecula completion ''
offers 'convert' trabecula help conv
touch scan_a.tif
offers 'scan_a.tif' trabecula info scan

expect_exit 0 "$TRABECULA" completion zsh
expect_stdout '^#compdef trabecula'
expect_stdout "'--compress=\[compression of a TIFF"
expect_exit 0 "$TRABECULA" completion fish
expect_stdout "from info' -l voxel-size -r"
command -v zsh >/dev/null && { "$TRABECULA" completion zsh >completion.zsh; check "zsh does not read its completion" zsh -n completion.zsh; }
command -v fish >/dev/null && { "$TRABECULA" completion fish >completion.fish; check "fish does not read its completion" fish -n completion.fish; }
usage_error "unknown 'bsh', did you mean 'bash'" "$TRABECULA" completion bsh
usage_error 'SHELL is missing' "$TRABECULA" completion

# every option of every command stands in the manual page, in the help and in the completion
for command in $("$TRABECULA" | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    expect_exit 0 "$TRABECULA" man "$command"
    expect_stdout "^trabecula\\\\-$command \\\\- "
    "$TRABECULA" help "$command" | grep -Eo -- '^  (   |-.,) --[a-z-]+' | grep -Eo -- '--[a-z-]+' | sort >in_help
    sed -n 's/^\\fB\(\\-.\\fR, \\fB\)\{0,1\}\\-\\-\([a-z\\-]*\)\\fR.*/--\2/p' "$OUT" | tr -d '\\' | sort >in_man
    check "options of $command in help and man differ" cmp -s in_help in_man
    check "$command has no options" test -s in_help
    if command -v groff >/dev/null; then
        groff -man -Tascii -ww -W break "$OUT" >page 2>complaints
        check "groff complains about the page of $command: $(head -n 1 complaints)" test ! -s complaints
        check "the page of $command is empty" grep -q 'Trabecula' page
    fi
done
expect_exit 0 "$TRABECULA" man
expect_stdout 'trabecula\\-info'
