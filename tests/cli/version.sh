# --version names everything that a bug report needs.
. "$CLI_DIR/lib.bash"

expect_exit 0 "$TRABECULA" --version
expect_stdout '^trabecula [0-9]+\.[0-9]+\.[0-9]+ \(([0-9a-f]{7,}\+?|unknown)\)$'
for library in compiler OpenMP SIMD libtiff zlib libzip libpng OpenJPEG ITK jansson cairo libRmath GSL; do
    expect_stdout "^  $library +[^ ]"
done
expect_stdout '^  libtiff +[0-9]+\.[0-9]+\.[0-9]+$'
expect_stdout '^  OpenMP +20[0-9]{4}$'
expect_stdout '^  SIMD +(plain|avx2|avx512)$'
refuse_stdout 'unknown$'
expect_no_stderr
expect_exit 0 env TRABECULA_SIMD=plain "$TRABECULA" --version
expect_stdout '^  SIMD +plain$'
