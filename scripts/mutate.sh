#!/usr/bin/env bash
# Mutation testing of src/CoinPay.Core: changes one operator, word or call at a time and prints, file by file, how many of the
# changes some test notices, and which none does. Takes some ten minutes, so no other script runs it; exit code 0 from 85 % on.
# The report is tests/CoinPay.Core.Tests/StrykerOutput. What follows is given to Stryker: scripts/mutate.sh -m 'Money/**/*.cs'
#
# A mutant can be looked at without Stryker, for as long as its build of Core is in place (with -L it is named in the log):
#   STRYKER_MUTANT_ID_CONTROL_VAR=MUTANT MUTANT=751 tests/CoinPay.Core.Tests/bin/Debug/net10.0/CoinPay.Core.Tests
# Mutants that do not compile are left out, and that takes in conditions with a pattern's variable (`x is { } y && …`).
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet tool restore >/dev/null
cd tests/CoinPay.Core.Tests
output=$PWD/StrykerOutput
core=$PWD/bin/Debug/net10.0/CoinPay.Core.dll
# Stopped half-way, Stryker leaves its mutated build where the tests find it, and a later build takes it for the real one.
trap 'if [ -f "$core.stryker-unchanged" ]; then mv -f "$core.stryker-unchanged" "$core"; fi' EXIT
rm -rf "$output"
# Few random cases: a mutant should die by a test that says what is wrong, and the same ones should die each time.
code=0
COINPAY_CASES=${COINPAY_CASES:-20} dotnet stryker --output "$output" "$@" || code=$?
report=$output/reports/mutation-report.json
[ -s "$report" ] || exit "${code/#0/1}"
node ../../scripts/dev/mutation-score.mjs "$report"
exit "$code"
