#!/usr/bin/env bash
# What CI runs: format, build with warnings as errors, every test, and the main job from a clone to two paid invoices.
# Ends at the first thing that is wrong.
set -euo pipefail
cd "$(dirname "$0")/.."

check() { # TITLE COMMAND…
  local title=$1 from=$SECONDS; shift
  printf '\n== %s\n' "$title"
  "$@" || { printf '\n== %s: FAILED after %d s\n' "$title" $((SECONDS - from)); exit 1; }
  printf '== %s: %d s\n' "$title" $((SECONDS - from))
}

check setup scripts/setup.sh
check build dotnet build CoinPay.Functions.sln -v quiet -nologo
check format dotnet format CoinPay.Functions.sln --verify-no-changes --no-restore
check tests scripts/test.sh
check 'main job' timeout --foreground -k 10 15m scripts/run.sh --once
printf '\nAll is well after %d s.\n' $SECONDS
