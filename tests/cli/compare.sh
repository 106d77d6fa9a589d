# trabecula compare: tables in, report out. The statistics have tests of their own.
. "$CLI_DIR/lib.bash"
table=$TESTDATA/oracles/s01_ovx_rat_balanced.csv

# the report of a study
expect_exit 0 "$TRABECULA" compare "$table" --control OVX --reference Sham --primary BV/TV -o report
expect_stdout '^BV/TV \[%\]   primary   Welch'"'"'s ANOVA F\(3, 15\.0\) = 58\.26, p < 0\.0001$'
expect_stdout '^  OVX - Sham +-19\.2 \[-23\.0, -15\.3\]  -67 % \[-74, -59\]  g -5\.18  p < 0\.0001 \*\*\*\*$'
expect_stdout '^  rescue OVX\+EV +76 % \[55, 102\] of the loss from Sham to OVX$'
refuse_stdout 'p = 0\.0000*$'
refuse_stdout 'nan|-0\.0+ '
for file in report.html summary.txt descriptives.csv comparisons.csv omnibus.csv rescue.csv diagnostics.csv animals.csv meta.csv \
    prism.csv planning.csv table.csv table.md table.tex stats.json methods.txt captions.txt \
    figures/{metrics,forest,rescue}.{svg,pdf,png}; do
    check "$file is missing" test -s "report/$file"
done
check "no temporary files" test -z "$(find report -name '.*' -type f)"
check "no designs without a design" test ! -e report/designs.csv
check "18 comparisons" test "$(wc -l <report/comparisons.csv)" -eq 19
check "columns of a row agree" test "$(awk -F, '{print NF}' report/comparisons.csv | sort -u | wc -l)" -eq 1
check "the page needs no network" eval '! grep -Eq "(src|href)=\"(https?:)?//|<script" report/report.html'
check "numbers in Prism's table" grep -q '^344.5,' report/prism.csv
check "methods name the tests" grep -q "each group was compared with OVX by Welch's t test, p values adjusted by Holm's method (3 comparisons per parameter)" report/methods.txt
check "the command line is kept" grep -q 'compare .*--primary BV/TV' report/stats.json

# the same table gives the same bytes, with any number of threads
"$TRABECULA" compare "$table" --control OVX --reference Sham --primary BV/TV -o again --threads 1 --quiet >/dev/null
for file in comparisons.csv diagnostics.csv table.tex summary.txt captions.txt methods.txt figures/metrics.svg figures/metrics.pdf figures/forest.png; do
    check "$file differs" cmp -s "report/$file" "again/$file"
done

# an existing report is kept
expect_exit 2 "$TRABECULA" compare "$table" -o report
expect_stderr 'exists.*--force'
expect_exit 0 "$TRABECULA" compare "$table" -o report --force --quiet

# named tests
expect_exit 0 "$TRABECULA" compare "$table" --prism
expect_stdout 'by Student'"'"'s t test, pooled variance \(adjusted: Tukey-Kramer\)'
expect_exit 0 "$TRABECULA" compare "$table" --test student --adjust dunnett --control OVX
expect_stdout 'adjusted: Dunnett'
expect_exit 0 "$TRABECULA" compare "$table" --test rank --pairs "OVX+EV - OVX,OVX - Sham" --metrics Tb.N,BV/TV
expect_stdout '^  OVX\+EV - OVX .* p = 0\.000[0-9]+ \*\*\*$'
expect_stdout 'by exact Mann-Whitney test \(adjusted: Holm\)'
expect_exit 0 "$TRABECULA" compare "$table" --pairs all --letters -o letters --format svg --quiet
check "letters in the figure" grep -q '>ab\?<' letters/figures/metrics.svg
check "one format" test ! -e letters/figures/metrics.png
expect_exit 2 "$TRABECULA" compare "$table" --adjust tukey
expect_stderr '--adjust tukey goes with --test student and --pairs all'
expect_exit 2 "$TRABECULA" compare "$table" --control OVY
expect_stderr 'OVY.*OVX'
usage_error '--conf has no part in compare precision' "$TRABECULA" compare precision "$TESTDATA/oracles/s18_repeat_scans.csv" --conf 0.8
usage_error '--control has no part in compare meta' "$TRABECULA" compare meta "$TESTDATA/oracles/s18_repeat_scans.csv" --control OVX
usage_error '--prism decides' "$TRABECULA" compare "$table" --prism --test rank
expect_exit 2 "$TRABECULA" compare "$table" --letters -o letters2
expect_stderr 'letters need all pairs'

# designs
expect_exit 0 "$TRABECULA" compare "$TESTDATA/oracles/s13_genotype_treatment.csv" --factors genotype,treatment -o two --format svg
expect_stdout 'type III: genotype:treatment +p = 0\.574'
check "rows of the design" grep -q '^BV/TV \[%\],twoway,type III,genotype:treatment,' two/designs.csv
# their limits have the level that was asked for: 4.3586 -+ qt(0.9, 24) * 1.1259
expect_exit 0 "$TRABECULA" compare "$TESTDATA/oracles/s13_genotype_treatment.csv" --factors genotype,treatment --conf 0.8 -o two80 --format svg
check "the header says so" grep -q ',sem,ci80_lo,ci80_hi,median,' two80/descriptives.csv
expect_exit 0 "$TRABECULA" compare "$table" --spread ci --conf 0.9 -o ci90 --format svg --quiet
check "the caption says so" grep -q 'whiskers the 90 % confidence interval' ci90/captions.txt
check "limits at 80 %" grep -q '^BV/TV \[%\],twoway,genotype within treatment,KO - WT | Sham,4\.35[0-9]*,1\.1259[0-9]*,2\.874[0-9]*,5\.842[0-9]*,' two80/designs.csv
expect_exit 0 "$TRABECULA" compare "$TESTDATA/oracles/s16_ancova_body_weight.csv" --covariate body_weight
expect_stdout 'covariate: body_weight .* p = 0\.0065'
expect_exit 0 "$TRABECULA" compare "$TESTDATA/oracles/s14_longitudinal_complete.csv"
expect_stdout 'mixed model, type III, Satterthwaite: group:time'
refuse_stdout '^  OVX - Sham ' # scans of one animal are no animals
expect_exit 0 "$TRABECULA" compare "$TESTDATA/oracles/s17_limbs_left_right.csv" -o limbs --format svg
expect_stdout '\(6\)$' # animals, not their 12 limbs
check "the ICC is told" grep -q 'ICC within groups' limbs/stats.json
expect_exit 0 "$TRABECULA" compare "$TESTDATA/oracles/s17_limbs_left_right.csv" --unit scan
expect_stderr 'pseudo-replication'
expect_exit 0 "$TRABECULA" compare "$TESTDATA/oracles/s12_sleep_paired.csv" --paired-columns drug1,drug2
expect_stdout 'paired t: drug2 minus drug1 +p = 0\.0028'
expect_exit 0 "$TRABECULA" compare "$TESTDATA/oracles/s19_dose_response.csv" --ordered -o dose --format svg --quiet
check "trend" grep -q 'jonckheere_terpstra' dose/omnibus.csv

# a spreadsheet of another country, exclusions, a design
expect_exit 0 "$TRABECULA" compare "$TESTDATA/oracles/s22_hostile_csv.csv"
expect_stdout 'OVX \+ 17β-E2 - Sham, "vehicle" +-55 '
expect_exit 0 "$TRABECULA" compare "$table" --exclude "R01=scan moved" --metrics BV/TV -o less --format svg
expect_stdout '^excluded: R01 \(Sham\): scan moved$'
expect_stdout '^  Sham .*\(7\)$'
check "the reason is in the methods" grep -q 'R01 (Sham: scan moved)' less/methods.txt
printf 'sample,BV/TV [%%]\na,10\nb,11\nc,20\nd,22\n' >plain.csv
printf 'sample,group\na,OVX\nb,OVX\nc,Sham\nd,Sham\n' >design.csv
expect_exit 0 "$TRABECULA" compare plain.csv --design design.csv --reference Sham --control OVX
expect_stdout '^  OVX - Sham +-10\.50 '
printf 'sample,group,BV/TV [%%]\na,A,1\nb,A,x2\n' >bad.csv
expect_exit 1 "$TRABECULA" compare bad.csv
expect_stderr 'bad\.csv.*row 3.*BV/TV'
expect_exit 1 "$TRABECULA" compare missing.csv
expect_stderr 'missing\.csv'

# several studies
expect_exit 0 "$TRABECULA" compare meta "$TESTDATA/oracles/s20_meta.csv" --metrics "BV/TV [%]" -o meta --format svg
expect_stdout '^  pooled +2\.20 \[1\.21, 3\.20\]  p = 0\.0012$'
for file in meta.json meta.txt studies.csv figures/forest-1.svg; do check "$file is missing" test -s "meta/$file"; done
expect_exit 1 "$TRABECULA" compare meta plain.csv
expect_stderr 'has no column study'

# repeated scans
expect_exit 0 "$TRABECULA" compare precision "$TESTDATA/oracles/s18_repeat_scans.csv" -o precision
expect_stdout '^BV/TV \[%\] +[0-9]+ '
check "precision.csv" grep -q '^BV/TV \[%\],[0-9]' precision/precision.csv
expect_exit 2 "$TRABECULA" compare precision plain.csv
expect_stderr 'specimen'

# from scans to the report
expect_exit 0 "$TRABECULA" phantom study -o study --n 2 --size 64 --quiet
expect_exit 0 "$TRABECULA" batch study --protocol study/protocol.ini -o results --quiet
expect_exit 0 "$TRABECULA" compare results/results.csv --control OVX --reference Sham --primary BV/TV -o cohort --format svg
check "pictures of the scans" test "$(grep -o 'data:image/png;base64' cohort/report.html | wc -l)" -eq 8
check "methods of the scans" grep -q 'Bone was segmented after a Gaussian filter' cohort/methods.txt
refuse_stderr 'not the same in all scans'
sed -i 's/"filter": "gaussian:0.8,1"/"filter": "none"/' results/scans/Sham_m01/result.json
expect_exit 0 "$TRABECULA" compare results/results.csv --control OVX
expect_stderr "the setting 'filter' is not the same in all scans: .*none in Sham \(1\)"
