#!/usr/bin/env bash
# Mutation testing of src/CoinPay.Core: changes one operator, word or call at a time and counts which changes some test notices.
# Needs a quarter of an hour, so no other script runs it. The report is in tests/CoinPay.Core.Tests/StrykerOutput.
# What follows is given to Stryker: scripts/mutate.sh -m 'Money/**/*.cs'
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet tool restore >/dev/null
cd tests/CoinPay.Core.Tests
output=$PWD/StrykerOutput
rm -rf "$output"
# Few random cases: a mutant should die by a test that says what is wrong, and the same ones should die each time.
code=0
COINPAY_CASES=${COINPAY_CASES:-20} dotnet stryker --output "$output" "$@" || code=$?
report=$output/reports/mutation-report.json
[ -s "$report" ] || exit "${code/#0/1}"
node ../../scripts/dev/mutation-score.mjs "$report"
exit "$code"
