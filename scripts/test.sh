#!/usr/bin/env bash
# Sets up, builds and runs every test project in turn. The last line is `N passed, N failed`; exit code 0 only if none failed.
# What follows is given to each test program: scripts/test.sh -class '*ContractTests'
# Counts of random cases come from the environment; scripts/soak.sh sets the full ones.
# A test that runs for more than 3 minutes is named while it runs; a test program that is not done after COINPAY_TEST_MINUTES is ended.
set -euo pipefail
cd "$(dirname "$0")/.."
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

slow_after=180
minutes=${COINPAY_TEST_MINUTES:-20}

scripts/setup.sh
echo "Building"
dotnet build CoinPay.Functions.sln -v quiet -nologo

passed=0 failed=0 skipped=0
count() { grep -oE "<assembly [^>]*" "$2" | grep -oE " $1=\"[0-9]+\"" | grep -oE '[0-9]+' | paste -sd+ | { IFS= read -r sum && echo $((sum)) || echo 0; }; }
for project in tests/*.Tests; do
  name=$(basename "$project")
  from=$SECONDS
  printf '\n%s\n' "$name"
  code=0
  timeout --foreground -k 10 "${minutes}m" "$project/bin/Debug/net10.0/$name" \
    -noLogo -noColor -preEnumerateTheories -longRunning $slow_after -result-xml "$results/$name.xml" "$@" |
    tee "$results/$name.txt" || code=$?
  if [ "$code" = 124 ] || [ "$code" = 137 ]; then
    echo "$name was not done after $minutes minutes and has been ended. It last said of long-running tests:" |
      tee -a "$results/$name.txt"
    grep 'Long Running Test' "$results/$name.txt" | tail -n 3 || true
  fi
  if [ -s "$results/$name.xml" ]; then
    passed=$((passed + $(count passed "$results/$name.xml")))
    failed=$((failed + $(count failed "$results/$name.xml") + $(count errors "$results/$name.xml")))
    skipped=$((skipped + $(count skipped "$results/$name.xml")))
  fi
  # A program that ended badly without saying which test failed still failed.
  if [ "$code" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
  printf '%s: %d s\n' "$name" $((SECONDS - from))
done
echo
# What failed, once more, where the end of a long log shows it: xunit indents a failure's lines under `name [FAIL]`.
awk '/^    [^ ].* \[FAIL\]$/ { inside = 1; print; next } inside && /^      / { print; next } { inside = 0 }' "$results"/*.txt
if [ "$skipped" != 0 ]; then echo "$skipped skipped"; fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
