#!/usr/bin/env bash
# Mutation testing of src/CoinPay.Core: changes one operator, word or call at a time and prints, file by file, how many of the
# changes the tests notice, and which they miss. Takes about ten minutes, so no other script runs it; exit code 0 from 85 %.
# The report is tests/CoinPay.Core.Tests/StrykerOutput. Arguments are passed to Stryker: scripts/mutate.sh -m 'Money/**/*.cs'
#
# To debug a mutant without Stryker while its build of Core is in place (with -L the log names it):
#   STRYKER_MUTANT_ID_CONTROL_VAR=MUTANT MUTANT=751 tests/CoinPay.Core.Tests/bin/Debug/net10.0/CoinPay.Core.Tests
# Mutants that do not compile are left out, including conditions that declare a pattern variable (`x is { } y && …`).
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet tool restore >/dev/null
cd tests/CoinPay.Core.Tests
output=$PWD/StrykerOutput
core=$PWD/bin/Debug/net10.0/CoinPay.Core.dll
# If Stryker is interrupted, it leaves its mutated build in the tests' folder, and a later build would use it as the real one.
trap 'if [ -f "$core.stryker-unchanged" ]; then mv -f "$core.stryker-unchanged" "$core"; fi' EXIT
rm -rf "$output"
# Few random cases: a test that says what is wrong should kill a mutant, and each run should kill the same ones.
code=0
COINPAY_CASES=${COINPAY_CASES:-20} dotnet stryker --output "$output" "$@" || code=$?
report=$output/reports/mutation-report.json
[ -s "$report" ] || exit "${code/#0/1}"
node ../../scripts/dev/mutation-score.mjs "$report"
exit "$code"
