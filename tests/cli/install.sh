#!/usr/bin/env bash
# The installed library serves a C program (pkg-config), a C++ program and a CMake project.
set -euo pipefail
case "$BUILD_DIR" in *asan | *tsan | *coverage) echo "skipped: the instrumented library is not installed"; exit 0 ;; esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cmake --install "$BUILD_DIR" --prefix "$scratch/usr" >/dev/null
pc=$(find "$scratch/usr" -name trabecula.pc)
lib=$(dirname "$(dirname "$pc")")

cat > "$scratch/use.c" <<'C'
#include <trabecula/trabecula.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    trb_error err = {TRB_OK, ""};
    trb_open_options options = trb_open_options_default();
    trb_settings settings = trb_settings_default();
    trb_volume *volume = NULL;
    trb_record *record = NULL;
    if (argc != 2 || trb_volume_read(argv[1], &options, NULL, NULL, &volume, NULL, &err) ||
        trb_settings_set(&settings, "voxel-size", "19.5um", &err) ||
        trb_settings_set(&settings, "filter", "none", &err) || trb_settings_set(&settings, "threshold", "64grey", &err) ||
        trb_settings_set(&settings, "metrics", "BV/TV", &err) ||
        trb_analyze(volume, NULL, &settings, false, NULL, &record, NULL, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    printf("%.4f\n", trb_record_metric(record, "BV/TV")->value);
    trb_record_destroy(record);
    trb_volume_destroy(volume);
    return 0;
}
C
cp "$scratch/use.c" "$scratch/use.cpp"
flags=$(PKG_CONFIG_PATH=$(dirname "$pc") pkg-config --define-variable=prefix="$scratch/usr" --cflags --libs trabecula)
# shellcheck disable=SC2086
gcc -std=c11 -Wall -Wextra -Wpedantic -Werror "$scratch/use.c" -o "$scratch/use_c" $flags
# shellcheck disable=SC2086
g++ -std=c++17 -Wall -Wextra -Werror "$scratch/use.cpp" -o "$scratch/use_cpp" $flags

mkdir "$scratch/project"
cp "$scratch/use.c" "$scratch/project/"
cat > "$scratch/project/CMakeLists.txt" <<'C'
cmake_minimum_required(VERSION 3.25)
project(use C CXX)
find_package(trabecula 0.1 REQUIRED COMPONENTS static)
add_executable(use_shared use.c)
target_link_libraries(use_shared PRIVATE trabecula::trabecula_shared)
add_executable(use_static use.c)
target_link_libraries(use_static PRIVATE trabecula::trabecula_static)
C
cmake -S "$scratch/project" -B "$scratch/project/build" -G Ninja -DCMAKE_PREFIX_PATH="$scratch/usr" >/dev/null
cmake --build "$scratch/project/build" >/dev/null

export LD_LIBRARY_PATH=$lib
for program in "$scratch/use_c" "$scratch/use_cpp" "$scratch/project/build/use_shared" "$scratch/project/build/use_static" ; do
  answer=$("$program" "$TESTDATA/lhdl-3155.tif")
  [ "$answer" = 22.7804 ] || { echo "$program: expected 22.7804, got $answer"; exit 1; }
done
echo "C, C++, CMake shared and static: 22.7804"
