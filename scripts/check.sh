#!/usr/bin/env bash
# What CI runs: build with warnings as errors, format, every test, the package for Azure, and the main job from a clone to two
# paid invoices. Stops at the first failure.
set -euo pipefail
cd "$(dirname "$0")/.."

check() { # TITLE COMMAND…
  local title=$1 from=$SECONDS; shift
  printf '\n== %s\n' "$title"
  "$@" || { printf '\n== %s: FAILED after %d s\n' "$title" $((SECONDS - from)); exit 1; }
  printf '== %s: %d s\n' "$title" $((SECONDS - from))
}

package() {
  local folder
  folder=$(mktemp -d) && scripts/tools/publish.sh "$folder" && rm -rf "$folder"
}

check setup scripts/setup.sh
check build dotnet build CoinPay.Functions.sln -v quiet -nologo
check format dotnet format CoinPay.Functions.sln --verify-no-changes --no-restore
check tests scripts/test.sh
check package package
check 'main job' timeout --foreground -k 10 15m scripts/run.sh --once
printf '\nAll checks passed after %d s.\n' $SECONDS
