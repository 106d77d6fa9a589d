#!/usr/bin/env bash
# The installed library serves other programs: tests/examples built through pkg-config (C, C++) and as a CMake project
# of its own, shared and static; every public header stands alone in C11, C++11 and C++17.
set -euo pipefail
case "$BUILD_DIR" in *asan | *tsan | *coverage) echo "skipped: the instrumented library is not installed"; exit 0 ;; esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
examples=$SOURCE_DIR/tests/examples

cmake --install "$BUILD_DIR" --prefix "$scratch/usr" >/dev/null
pc=$(find "$scratch/usr" -name trabecula.pc)
lib=$(dirname "$(dirname "$pc")")
flags() { PKG_CONFIG_PATH=$(dirname "$pc") pkg-config --define-variable=prefix="$scratch/usr" "$@" trabecula; }
read -ra compile <<<"$(flags --cflags)"
read -ra link <<<"$(flags --libs)"

# ---- each header by itself
strict=(-Wall -Wextra -Wpedantic -Werror)
headers=0
for header in "$scratch"/usr/include/trabecula/*.h; do
  name=trabecula/$(basename "$header")
  printf '#include <%s>\n#include <%s>\nextern int nothing;\n' "$name" "$name" >"$scratch/alone.c"
  gcc -std=c11 "${strict[@]}" "${compile[@]}" -fsyntax-only "$scratch/alone.c"
  g++ -std=c++11 "${strict[@]}" "${compile[@]}" -fsyntax-only -x c++ "$scratch/alone.c"
  grep -q "\"$name\"" "$scratch/usr/include/trabecula/trabecula.h" || [ "$name" = trabecula/trabecula.h ] ||
    { echo "trabecula.h leaves out $name"; exit 1; }
  headers=$((headers + 1))
done
[ "$headers" = "$(find "$SOURCE_DIR/include/trabecula" -name '*.h' | wc -l)" ] || { echo "headers are missing"; exit 1; }

# ---- the examples
gcc -std=c11 "${strict[@]}" "$examples/measure.c" -o "$scratch/measure_c" "${compile[@]}" "${link[@]}"
g++ -std=c++17 "${strict[@]}" "$examples/measure.cpp" -o "$scratch/measure_cpp" "${compile[@]}" "${link[@]}"
cmake -S "$examples" -B "$scratch/build" -G Ninja -DCMAKE_PREFIX_PATH="$scratch/usr" >/dev/null
cmake --build "$scratch/build" >/dev/null

gcc -std=c11 "${strict[@]}" "$examples/study.c" -o "$scratch/study_c" "${compile[@]}" "${link[@]}"

export LD_LIBRARY_PATH=$lib
bone=("$TESTDATA/lhdl-3155.tif" BV/TV voxel-size=19.5um filter=none threshold=64grey)
for program in "$scratch"/measure_c "$scratch"/measure_cpp "$scratch"/build/{measure,measure_cpp,measure_static}; do
  answer=$("$program" "${bone[@]}")
  [ "$answer" = "BV/TV 22.7804 % (voxel)" ] || { echo "$program: expected 22.7804, got $answer"; exit 1; }
  # A metric without a value has its reason; a mistake costs exit code 1 and says what is wrong.
  answer=$("$program" "$TESTDATA/lhdl-3155.tif" BMD voxel-size=19.5um)
  case "$answer" in "BMD: no density calibration"*) ;; *) echo "$program: BMD: $answer"; exit 1 ;; esac
  if answer=$("$program" "${bone[@]}" threshold=64oz 2>&1); then echo "$program takes 64oz"; exit 1; fi
  case "$answer" in "measure: "*64oz*) ;; *) echo "$program: $answer"; exit 1 ;; esac
done

# ---- a study: the runner of the library makes the table that the command makes
export PATH=$scratch/usr/bin:$PATH
for i in 1 2 3; do
  trabecula phantom foam --size 60 --bvtv $((20 + i))% --no-measure -q -o "$scratch/m$i.tif"
  mkdir -p "$scratch/study/m$i"
  mv "$scratch/m$i.tif" "$scratch/study/m$i"
done
trabecula batch "$scratch/study" -o "$scratch/by_command" --threshold 128grey --no-picture -q
for program in "$scratch/study_c" "$scratch/build/study"; do
  rm -rf "$scratch/by_library"
  "$program" "$scratch/study" "$scratch/by_library" threshold=128grey >"$scratch/said" 2>"$scratch/progress"
  grep -q '^3 of 3: m[123].*, [0-9.]* s$' "$scratch/said" || { echo "$program: no events"; cat "$scratch/said"; exit 1; }
  grep -q '^3 of 3 scans are measured: ' "$scratch/said" || { echo "$program: no totals"; cat "$scratch/said"; exit 1; }
  cmp "$scratch/by_command/results.csv" "$scratch/by_library/results.csv"
done
echo broken >"$scratch/study/m2/m2.tif" # costs that scan alone
code=0
"$scratch/study_c" "$scratch/study" "$scratch/by_library" threshold=128grey >"$scratch/said" 2>/dev/null || code=$?
rows=$(wc -l <"$scratch/by_library/results.csv")
if [ "$code" != 3 ] || [ "$rows" != 3 ] || ! grep -q 'm2.* failed: ' "$scratch/said"; then
  echo "a broken scan: exit code $code, $rows rows"
  cat "$scratch/said"
  exit 1
fi
echo "$headers headers alone; C, C++, CMake shared and static: 22.7804; a study from C: the table of the command"
