#!/usr/bin/env bash
# Sets up, builds and runs every test project of the solution in turn. The last line is `N passed, N failed`; the exit code is 0
# only if no test failed and every project ran at least one.
# Arguments are passed to each test program: scripts/test.sh -class '*ContractTests'
# Counts of random cases come from the environment; scripts/soak.sh sets the full ones.
# A test that runs for more than 3 minutes is named while it runs; a test program is killed after COINPAY_TEST_MINUTES.
# Failures are repeated at the end. A failed run keeps its results and full logs, those of Azurite, nodes and gateways too, under
# TestResults/.
set -euo pipefail
cd "$(dirname "$0")/.."
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

slow_after=180
minutes=${COINPAY_TEST_MINUTES:-30}
passed=0 failed=0 skipped=0

count() { # NAME FILE: the sum of an attribute of the result's assemblies; 0 if a program ended without a result
  { grep -oE '<assembly [^>]*' "$2" 2>/dev/null || true; } | { grep -oE " $1=\"[0-9]+\"" || true; } |
    { grep -oE '[0-9]+' || true; } | awk '{ sum += $1 } END { print sum + 0 }'
}

# The solution's projects that are test programs, in its order.
test_projects() {
  local file
  for file in $(dotnet sln CoinPay.Functions.sln list | tr '\\' / | grep '^tests/'); do
    if grep -q 'Include="xunit.v3"' "$file"; then basename "$file" .csproj; fi
  done
}

run_project() { # PROJECT [ARGUMENT…]
  local name=$1 program=tests/$1/bin/Debug/net10.0/$1 log=$results/$1.txt result=$results/$1.xml from=$SECONDS code=0 ran broken
  shift
  printf '\n%s\n' "$name"
  mkdir -p "$results/programs"
  COINPAY_TEST_LOGS=$results/programs timeout --foreground -k 10 "${minutes}m" "$program" \
    -noLogo -noColor -preEnumerateTheories -longRunning $slow_after -result-xml "$result" "$@" | tee "$log" || code=$?
  if [ "$code" = 124 ] || [ "$code" = 137 ]; then
    echo "    $name did not finish within $minutes minutes [FAIL]" | tee -a "$log"
    { grep 'Long Running Test' "$log" || true; } | tail -n 3 | sed 's/^ */      /' | tee -a "$log"
  fi
  ran=$(($(count passed "$result") + $(count failed "$result")))
  broken=$(($(count failed "$result") + $(count errors "$result")))
  if [ "$ran" = 0 ] && [ $# = 0 ]; then
    echo "    $name ran no test [FAIL]" | tee -a "$log"
    code=1
  fi
  # A program that ended badly without saying which test failed still failed.
  if [ "$code" != 0 ] && [ "$broken" = 0 ]; then broken=1; fi
  passed=$((passed + $(count passed "$result")))
  skipped=$((skipped + $(count skipped "$result")))
  failed=$((failed + broken))
  printf '%s: %d s\n' "$name" $((SECONDS - from))
}

# Repeats the failures at the end of a long log. xunit indents a failure's message, stack and output under
# `name [FAIL]`; a fixture that fails at its end is a `[… Cleanup Failure …]`. A line in between that is not indented
# comes from another test's console and does not end the failure.
repeat_failures() {
  awk '
    /^    [^ ].* \[FAIL\]$/ || /^    \[.*(Cleanup Failure|FATAL ERROR)/ { inside = 1; print; next }
    /^      /                                                          { if (inside) print; next }
    /^ /                                                               { inside = 0 }' "$results"/*.txt
}

scripts/setup.sh
echo "Building"
dotnet build CoinPay.Functions.sln -v quiet -nologo
for project in $(test_projects); do run_project "$project" "$@"; done
[ $((passed + failed)) != 0 ] || { echo "No test ran."; failed=1; }

echo
if [ "$failed" != 0 ]; then
  kept=TestResults/$(date +%Y-%m-%dT%H-%M-%S)
  mkdir -p "$kept"
  cp -R "$results"/* "$kept/"
  repeat_failures
  echo "The full logs and results are in $kept"
fi
if [ "$skipped" != 0 ]; then echo "$skipped skipped"; fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
