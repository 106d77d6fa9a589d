# Scanner files: the same part of the real bone in every format gives the same voxels, the same spacing and the same numbers.
. "$CLI_DIR/lib.bash"
part=part.tif
"$TRABECULA" convert "$TESTDATA/lhdl-3155.tif" $part --crop 40:96,50:98,60:96 --voxel-size 19.5um --quiet || exit 1

for kind in isq aim020 aim030 aimfloat aimbits aimruns aimtwo raw16be bmp png dicom rle; do
    "$MAKE_SCANNER_FILE" $kind $part $kind.${kind:0:3} || exit 1
done
mv isq.isq 'M7.ISQ;1'
raw=raw:uint16be:56x48x36+512:raw16be.raw
log='[System]\nScanner=Skyscan1172\n[Reconstruction]\nPixel Size (um)=19.5\nResult Image Width (pixels)=56\nResult Image Height (pixels)=48\nMinimum for CS to Image Conversion=0\nMaximum for CS to Image Conversion=0.1275\n'
printf "$log" >bmp.bmp/m7__rec.log
printf "$log" >png.png/m7__rec.log

metrics="--filter none --thickness exact --metrics BV/TV,Tb.Th,BS --no-picture --quiet --json"
numbers() { # SCAN THRESHOLD [OPTIONS]: the values of the record, without its provenance
    "$TRABECULA" analyze "$1" $metrics --threshold "$2" "${@:3}" 2>err.txt | grep -E -A1 '^    "(BV/TV|Tb\.Th|BS)": \{$' ||
        cat err.txt
}
wanted=$(numbers $part 64grey)
check "the reference has no numbers: $wanted" grep -q '"value": [0-9]' <<<"$wanted"
same_numbers() { # NAME SCAN [OPTIONS]
    CHECKS=$((CHECKS + 1))
    local found
    found=$(numbers "$2" "${@:3}")
    [ "$found" = "$wanted" ] || failure "$1 gives other numbers: $found instead of $wanted"
}
same_numbers ISQ 'M7.ISQ;1' 64grey
same_numbers "AIM 020" aim020.aim 64grey
same_numbers "AIM 030" aim030.aim 64grey
same_numbers "AIM of floats" aimfloat.aim 64grey
same_numbers "AIM packed bits" aimbits.aim 100grey
same_numbers "AIM run-lengths" aimruns.aim 100grey
same_numbers "AIM two values" aimtwo.aim 100grey
same_numbers raw $raw 64grey --voxel-size 19.5um
same_numbers BMP bmp.bmp 64grey
same_numbers PNG png.png 64grey
same_numbers DICOM dicom.dic 64grey
same_numbers "DICOM, compressed" rle.rle 64grey
# thresholds through the calibrations that the files bring: 64 grey = 1 1/cm in the ISQ; 0.32 1/cm, less a little for rounding, in the log
same_numbers "ISQ by 1/cm" 'M7.ISQ;1' '1 1/cm'
same_numbers "ISQ by density" 'M7.ISQ;1' 1212.31mgHA
same_numbers "BMP by 1/cm" bmp.bmp '0.3199 1/cm'

# info: what was found, and where each number came from
expect_exit 0 "$TRABECULA" info 'M7.ISQ;1'
expect_stdout 'Scanco ISQ'
expect_stdout '0\.0195 mm \(ISQ header, extent / pixels\)'
expect_stdout 'mgHA/cm3'
expect_stdout 'mu scaling: 64 \(ISQ header\)'
expect_stdout 'mu water.* 0\.2409'
expect_exit 0 "$TRABECULA" info aimruns.aim
expect_stdout 'Scanco AIM, version 020'
expect_stdout 'run-lengths of char'
expect_stdout '0\.0195 mm \(AIM header, element size\)'
expect_stdout 'Energy \[V\]: 59400 \(AIM processing log\)'
expect_exit 0 "$TRABECULA" info $raw
expect_stdout 'raw file'
expect_stdout 'voxel size is not known|not known'
expect_exit 0 "$TRABECULA" info bmp.bmp
expect_stdout 'BMP folder, 36 files'
expect_stdout 'm7__rec\.log'
expect_exit 0 "$TRABECULA" info png.png
expect_stdout 'PNG folder, 36 files'
expect_exit 0 "$TRABECULA" info dicom.dic
expect_stdout 'DICOM series, 36 files'
expect_stdout 'DICOM pixel spacing and positions'

# the sample is named after the file, whatever is around it
for scan in 'M7.ISQ;1' $raw; do
    expect_exit 0 "$TRABECULA" analyze "$scan" --voxel-size 19.5um --metrics BV/TV --no-picture
    expect_stdout '^(M7|raw16be)$'
done

# convert reads them all; --crop and --slices read only what is wanted
for scan in 'M7.ISQ;1' aim030.aim aimtwo.aim $raw bmp.bmp png.png dicom.dic; do
    expect_exit 0 "$TRABECULA" convert "$scan" back.nrrd --crop 10:20,5:9,: --slices 3:9 --force --voxel-size 19.5um
    expect_stderr 'wrote back\.nrrd: 10 x 4 x 6'
done

# batch finds them
mkdir -p study/g
cp 'M7.ISQ;1' aim030.aim study/g/
cp -r png.png study/g/m8
cp -r dicom.dic study/g/m9
expect_exit 0 "$TRABECULA" batch study -o results --threshold 64grey --filter none --metrics BV/TV --no-picture --quiet
check "four scans are in the table" test "$(wc -l <results/results.csv)" = 5
check "they are named" eval 'grep -q "^g_M7," results/results.csv && grep -q "^g_m8," results/results.csv'

# bad files: exit 1 and a message with the name
head -c 300 'M7.ISQ;1' >short.isq
expect_exit 1 "$TRABECULA" info short.isq
expect_stderr 'short\.isq.*truncated'
head -c 100000 'M7.ISQ;1' >cut.isq
expect_exit 1 "$TRABECULA" analyze cut.isq
expect_stderr 'cut\.isq.*truncated'
head -c 2000 aimruns.aim >cut.aim
expect_exit 1 "$TRABECULA" info cut.aim
expect_stderr 'cut\.aim.*truncated'
echo text >text.aim
expect_exit 1 "$TRABECULA" info text.aim
expect_stderr 'text\.aim.*(AIM|truncated)'
expect_exit 1 "$TRABECULA" info raw:uint16le:56x48x360+512:raw16be.raw
expect_stderr 'raw16be\.raw.*truncated'
expect_exit 2 "$TRABECULA" info raw:uint12:56x48x36:raw16be.raw
expect_stderr "'uint12' is no type of voxels"
rm png.png/m7__rec00000040.png
expect_exit 1 "$TRABECULA" info png.png
expect_stderr '40 is missing'
head -c 900 bmp.bmp/m7__rec00000040.bmp >b && mv b bmp.bmp/m7__rec00000040.bmp
expect_exit 1 "$TRABECULA" info bmp.bmp
expect_stderr 'm7__rec00000040\.bmp'
cp "$part" dicom.dic/x.dcm
expect_exit 1 "$TRABECULA" info dicom.dic
expect_stderr 'x\.dcm.*no DICOM'
