# trabecula calibrate: from the scan of a phantom to BMD, by every way to a calibration.
. "$CLI_DIR/lib.bash"

number_of() { tr -d ' \n' <"$1" | grep -o "\"$2\":[^,}]*" | head -n 1 | cut -d: -f2; }            # FILE KEY
metric_of() { tr -d ' \n' <"$1" | grep -o "\"$2\":{\"value\":[^,}]*" | head -n 1 | cut -d: -f3; } # FILE METRIC
close_to() { awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { exit !(a != "" && a != "null" && (a - b)^2 <= t^2) }'; }

# the truth: density = 0.1 grey - 300; plates of 900 mgHA/cm3 in 0, BV/TV 5/17
expect_exit 0 "$TRABECULA" phantom rods -o clean.tif
check "the true line" grep -q '^# the truth: slope=0.1[0]*[1]*,intercept=-300' clean.rods.csv
expect_exit 0 "$TRABECULA" phantom plates --type uint16 --marrow-grey 3000 --bone-grey 12000 --voxel-size 20um -o bone.tif
voi=box:10:61,10:61,10:61

# found: noise-free, the exact line; the table on stdout, the rest on stderr
expect_exit 0 "$TRABECULA" calibrate clean.tif --densities 0,200,400,600,800mgHA -o cal.json
expect_stdout '^  1  0 mgHA/cm3 +0 +3000 +0 '
expect_stdout 'density = 0\.1 \* grey - 300 mgHA/cm3'
expect_stdout 'R2 1\.0+, 5 rods, 3 degrees of freedom'
expect_stdout '^  standard errors: slope '
expect_stderr '^trabecula calibrate: wrote cal\.json and cal\.png$'
expect_stderr_lines 1
check "schema" grep -q '"schema": "trabecula.calibration/1"' cal.json
check "slope $(number_of cal.json slope)" close_to "$(number_of cal.json slope)" 0.1 1e-14
check "a PNG" test "$(head -c 4 cal.png | tail -c 3)" = PNG
check "the phantom is named" test "$(number_of cal.json crc32)" = "\"$("$TRABECULA" info --json clean.tif | tr -d ' \n' | grep -o '"crc32":"[0-9a-f]*' | cut -d'"' -f4)\""

# BMD and TMD are the truth; the threshold is told in every unit
expect_exit 0 "$TRABECULA" analyze bone.tif --voi $voi --filter none --calibration cal.json --threshold 450mgHA -o out --quiet
# of its 5 layers 4 are full of bone and one to 5/8 (the other 3/8 are below the threshold); the peeled plate is all full
check "TMD $(metric_of out/result.json TMD)" close_to "$(metric_of out/result.json TMD)" 832.5 1e-9
check "TMD.peel1" close_to "$(metric_of out/result.json TMD.peel1)" 900 1e-9
check "BMD $(metric_of out/result.json BMD)" close_to "$(metric_of out/result.json BMD)" 264.70588235294116 1e-9
check "BMC" close_to "$(metric_of out/result.json BMC)" 0.280908 1e-9 # 0.31212 mm^3 of 900 mg/cm3
check "grey of 450 mgHA" close_to "$(number_of out/result.json grey)" 7500 1e-9
check "no warning of the phantom" eval '! grep -q "scanned otherwise" out/result.json'
check "methods" grep -q 'Density was 0.1 \* grey -300 mgHA/cm3 by least squares through 5 rods of 0 to 800 mgHA/cm3 (R2 1.000000) \[phantom\]' out/result.json
check "source" grep -q '"source": "--calibration cal.json"' out/result.json

# from a table, in mm and by planes; with noise, blur and rods that lean
expect_exit 0 "$TRABECULA" phantom rods --lean 2 --noise 400grey --blur 1vox --densities 100,350,600mgHA -o noisy.tif
expect_exit 0 "$TRABECULA" calibrate noisy.tif --rods noisy.rods.csv --follow -o noisy.json --no-picture
check "no picture was asked for" test ! -e noisy.png
check "slope $(number_of noisy.json slope)" close_to "$(number_of noisy.json slope)" 0.1 3e-4
check "intercept" close_to "$(number_of noisy.json intercept)" -300 2
expect_exit 0 "$TRABECULA" calibrate noisy.tif --densities 0.1,0.35,0.6gHA --slices 10:50 --erode 40% -o part.json
check "slope of a part $(number_of part.json slope)" close_to "$(number_of part.json slope)" 0.1 4e-4
check "planes of the whole scan" eval 'tr -d " \n" <part.json | grep -q "\"planes\":\[10,50\]"'
printf '# read off the image\nname;x [mm];y [mm];diameter [mm];density [gHA/cm3];z0;z1\nlow;3.19;1.99;0.9;0;0;30\nhigh;2.36082;0.848732;0.9;0.8;30;60\n' >two.csv
expect_exit 0 "$TRABECULA" calibrate clean.tif --rods two.csv -o two.json
expect_stderr 'two rods: the line goes through both'
expect_stdout '2 rods, 0 degrees of freedom'
refuse_stdout 'standard errors'
check "slope of two" close_to "$(number_of two.json slope)" 0.1 1e-14
check "no error of two" test "$(number_of two.json slope_se)" = null

# same bits for any number of threads
strip() { grep -v -e '"command_line"' "$1"; }
expect_exit 0 "$TRABECULA" calibrate noisy.tif --densities 0.1,0.35,0.6gHA -o t1.json --threads 1
expect_exit 0 "$TRABECULA" calibrate noisy.tif --densities 0.1,0.35,0.6gHA -o t5.json --threads 5
check "threads change the result" eval 'strip t1.json >t1; strip t5.json >t5; cmp -s t1 t5'

# SkyScan: four slices with a log; mu = grey * 0.13107 / 65535 per mm = grey * 2e-5 1/cm. Bone reconstructed to half the grey
make_slices() { # IMAGE FOLDER HIGHEST VOLTAGE
    mkdir "$2"
    for z in 0 1 2 3; do
        "$TRABECULA" convert "$1" "$2/a_rec000$z.tif" --slices $((z + 20)):$((z + 21)) --quiet || return 1
    done
    printf '[Acquisition]\nSource Voltage (kV)=%s\nFilter=Al 0.5 mm\n[Reconstruction]\nPixel Size (um)=20.0\nMinimum for CS to Image Conversion=0.0\nMaximum for CS to Image Conversion=%s\n' "$4" "$3" >"$2/a_rec.log"
}
expect_exit 0 make_slices clean.tif sky 0.13107 59
expect_exit 0 "$TRABECULA" calibrate sky --densities 0,200,400,600,800mgHA -o sky.json
expect_stdout 'density = 5000 \* 1/cm - 300 mgHA/cm3' # 0.1 / 2e-5
check "from attenuation" grep -q '"from": "1/cm"' sky.json
check "conditions" grep -q '"Source Voltage (kV)": "59"' sky.json
expect_exit 0 "$TRABECULA" phantom plates --type uint16 --marrow-grey 1500 --bone-grey 6000 --voxel-size 20um -o half.tif
expect_exit 0 make_slices half.tif half 0.26214 59
expect_exit 0 "$TRABECULA" analyze half --filter none --calibration sky.json --threshold 450mgHA --metrics BMD,TMD --json --quiet
cp "$OUT" half.json
check "TMD by attenuation $(metric_of half.json TMD)" close_to "$(metric_of half.json TMD)" 900 1e-6
check "no warning for another grey range" eval '! grep -q "scanned otherwise" half.json'
expect_exit 0 make_slices half.tif other 0.26214 70
expect_exit 0 "$TRABECULA" analyze other --filter none --calibration sky.json --threshold 450mgHA --metrics TMD --json --quiet
expect_stdout "scanned otherwise.*Source Voltage \(kV\) is '59' for the phantom and '70' here"
# the densities of two rods and their attenuation, read elsewhere: 0 at 0.06 1/cm, 800 at 0.22 1/cm
expect_exit 0 "$TRABECULA" analyze half --filter none --calibration 'point=0mgHA@0.006 1/mm,point=0.8gHA@0.22 1/cm' --threshold 0.15\ 1/cm --metrics TMD --json --quiet
cp "$OUT" points.json
check "TMD by points $(metric_of points.json TMD)" close_to "$(metric_of points.json TMD)" 900 1e-6
check "grey of 0.15 1/cm" close_to "$(number_of points.json grey)" 3750 1e-6

# every unit of a threshold resolves to grey 7500, and the record says so in all units
scales='slope=5000,intercept=-300,mu-scaling=50000,mu-water=0.1' # mu = grey / 50000; HU = grey / 5 - 1000
for threshold in 7500 7500grey 450mgHA '0.45 gHA/cm3' '0.15 1/cm' '0.015 1/mm' 500HU 114.45permille; do
    expect_exit 0 "$TRABECULA" analyze bone.tif --voi $voi --filter none --calibration "$scales" --threshold "$threshold" --metrics BV/TV --json --quiet
    cp "$OUT" unit.json
    check "$threshold is grey $(number_of unit.json grey)" close_to "$(number_of unit.json grey)" 7500 1e-6
    check "$threshold in HU" close_to "$(number_of unit.json HU)" 500 1e-6
    check "$threshold in mgHA/cm3" close_to "$(number_of unit.json mgHA/cm3)" 450 1e-6
    check "$threshold in 1/cm" close_to "$(number_of unit.json 1/cm)" 0.15 1e-9
    check "$threshold in permille" close_to "$(number_of unit.json permille)" 114.44266 1e-5
done
expect_exit 0 "$TRABECULA" analyze bone.tif --voi $voi --threshold otsu --metrics BV/TV --json --quiet
expect_stdout '"HU": null'

# a grey calibration of another voxel type is told
expect_exit 0 "$TRABECULA" phantom plates -o eight.tif
expect_exit 0 "$TRABECULA" analyze eight.tif --calibration cal.json --threshold 128grey --metrics TMD --json --quiet
expect_stdout "voxel type is 'uint16' for the phantom and 'uint8' here"

# refusals
expect_exit 2 "$TRABECULA" calibrate clean.tif --densities 0,200,400,600,800mgHA -o cal.json
expect_stderr 'cal\.json exists; --force replaces it'
expect_exit 0 "$TRABECULA" calibrate clean.tif --densities 0,200,400,600,800mgHA -o cal.json --force
expect_exit 2 "$TRABECULA" calibrate clean.tif -o x.json
expect_stderr '\-\-rods FILE says where the rods are'
expect_exit 2 "$TRABECULA" calibrate clean.tif --rods two.csv --densities 0,1gHA -o x.json
expect_exit 2 "$TRABECULA" calibrate clean.tif --densities 0.25,0.75 -o x.json
expect_stderr 'no unit'
expect_exit 2 "$TRABECULA" calibrate clean.tif --densities 0,1gHA --erode 25 -o x.json
expect_stderr 'such as 25%'
expect_exit 1 "$TRABECULA" calibrate clean.tif --densities 0,0.4,0.8gHA -o x.json
expect_stderr '5 round, even parts were found for 3 densities: .*x 159\.5 y 99\.5 radius 2[34]'
expect_exit 1 "$TRABECULA" calibrate bone.tif --densities 0,0.8gHA -o x.json
expect_stderr 'round, even parts were found for 2 densities'
expect_exit 1 "$TRABECULA" calibrate clean.tif --rods none.csv -o x.json
expect_stderr 'none\.csv: No such file'
printf 'x,y,radius,density [mgHA/cm3]\n1,2,3,4\n' >bare.csv
expect_exit 1 "$TRABECULA" calibrate clean.tif --rods bare.csv -o x.json
expect_stderr "bare\.csv: line 1: column 'x'"
expect_exit 2 "$TRABECULA" calibrate clean.tif --densities 0,200,400,600,800mgHA --from HU -o x.json
expect_stderr 'does not say how its grey values become HU'
expect_exit 2 "$TRABECULA" calibrate clean.tif --rods two.csv --slices 0:10 -o x.json
expect_stderr 'rod 2 \(high\) is outside the slices 0:10'
expect_exit 2 "$TRABECULA" analyze bone.tif --calibration sky.json --threshold 450mgHA --quiet
expect_stderr 'from 1/cm to density, and this scan does not say'
head -c 100 cal.json >cut.json
expect_exit 1 "$TRABECULA" analyze bone.tif --calibration cut.json --threshold 450mgHA --quiet
expect_stderr 'cut\.json'
check "a refused calibration left a file" test ! -e x.json -a ! -e x.png
expect_exit 2 "$TRABECULA" phantom rods --densities 0,1kg -o y.tif
expect_exit 2 "$TRABECULA" phantom rods --thickness 120vox -o y.tif
expect_stderr 'do not fit'
expect_exit 2 "$TRABECULA" phantom rod --lean 2 -o y.tif
expect_stderr 'are for rods; a rod has none'
check "a refused phantom left a file" test ! -e y.tif
