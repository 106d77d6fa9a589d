# trabecula analyze: connectivity, SMI and meshes from the command line.
. "$CLI_DIR/lib.bash"
bone=$TESTDATA/lhdl-3155.tif
ellipse="--voi cylinder:100,100,80,60,20:180"
raw="--voxel-size 19.5um --filter none --threshold 64grey"
some="--metrics TV,Conn.D,Conn,Euler,Obj.N,Po(cl),Po.N(cl),SMI,SMI.concave,SMI.dil,Tb.Pf"

# the values of testdata/lhdl-3155.expected.json
expect_exit 0 "$TRABECULA" analyze "$bone" $raw $some
expect_stdout '^ +Conn\.D +6\.43344 +1/mm\^3 +edge-corrected, one part of the image$'
expect_stdout '^ +Euler +-347 '
expect_stdout '^ +Obj\.N +403 '
expect_stdout '^ +SMI\.dil +0\.425488 '
expect_stderr 'SMI: 46 % of the surface is concave'
refuse_stderr 'Conn\.D is negative'
expect_exit 0 "$TRABECULA" analyze "$bone" $raw $some $ellipse --purify none
expect_stdout '^ +Conn\.D +-1\.42089 +1/mm\^3 +edge-corrected, as segmented$'
expect_stderr 'Conn\.D is negative.*--purify image'
expect_exit 0 "$TRABECULA" analyze "$bone" $raw $some $ellipse --purify voi --quiet
expect_stdout '^ +Conn\.D +7\.19542 +1/mm\^3 +edge-corrected, one part in the VOI$'
usage_error "purify: 'most' is not one of none, image, voi" "$TRABECULA" analyze "$bone" $raw --purify most

# slabs give the same
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um $ellipse $some --quiet --mesh whole.stl
cp "$OUT" whole.txt
expect_exit 0 "$TRABECULA" analyze "$bone" --voxel-size 19.5um $ellipse $some --quiet --mesh slabs.stl --memory-limit 62MiB
check "slabs give another table" cmp whole.txt "$OUT"
check "slabs give another mesh" cmp whole.stl slabs.stl
check "an STL file has its size" test "$(wc -c <whole.stl)" = $((84 + 50 * $(od -A n -t u4 -j 80 -N 4 whole.stl)))

# meshes
small="--voxel-size 19.5um --crop 60:120,60:120,60:120 --metrics TV --quiet"
expect_exit 0 "$TRABECULA" analyze "$bone" $small --mesh a.ply --mesh-surface binary
check "PLY" grep -aq '^format binary_little_endian 1.0$' a.ply
expect_exit 0 "$TRABECULA" analyze "$bone" $small --mesh a.obj --mesh-walls open
check "OBJ" grep -q '^f [0-9]* [0-9]* [0-9]*$' a.obj
expect_exit 2 "$TRABECULA" analyze "$bone" $small --mesh a.obj
expect_stderr 'a\.obj exists: choose another --mesh, or pass --force'
expect_exit 0 "$TRABECULA" analyze "$bone" $small --mesh a.obj --force
expect_exit 2 "$TRABECULA" analyze "$bone" $small --mesh a.vtk
expect_stderr 'a mesh is written as \.stl, \.ply or \.obj'
expect_exit 0 "$TRABECULA" analyze "$bone" $small --mesh few.stl --mesh-decimate 10%,20um -o few
expect_stdout '^  mesh       grey surface, closed at walls: [0-9]+ of [0-9]+ triangles, volume [-+].* %, area .* %, quadric error up to .* um$'
check "an STL file of a tenth has its size" test "$(wc -c <few.stl)" = $((84 + 50 * $(od -A n -t u4 -j 80 -N 4 few.stl)))
expect_exit 0 "$TRABECULA" analyze "$bone" $small --mesh again.stl --mesh-decimate 10%,20um --threads 1
check "one thread gives another mesh" cmp few.stl again.stl
check "the record tells of the mesh" grep -q 'triangles, volume' few/result.json
usage_error "mesh-decimate: '120%' is not a share of the triangles" "$TRABECULA" analyze "$bone" $small --mesh no.stl --mesh-decimate 120%
usage_error "mesh-decimate: '5' has no unit" "$TRABECULA" analyze "$bone" $small --mesh no.stl --mesh-decimate 10%,5
expect_exit 2 "$TRABECULA" analyze "$bone" $small --mesh-decimate 10%
expect_stderr 'mesh-decimate: there is no mesh without --mesh FILE'
check "no temporary files" test -z "$(find . -name '.*' -type f ! -name .stdout ! -name .stderr)"
