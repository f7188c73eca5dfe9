#!/usr/bin/env bash
# The app on the published packages, as Azure runs it.
# usage: scripts/tools/publish.sh FOLDER
set -euo pipefail
to=$(realpath -m "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$root/.coinpay"
# From a copy: what the default build has restored and compiled names other packages. It stands below the root, whose props hold there.
copy=$(mktemp -d "$root/.coinpay/publish.XXXXXX")
trap 'rm -rf "$copy"' EXIT
(cd "$root" && tar -c --exclude=bin --exclude=obj src .editorconfig host.json local.settings.sample.json) | tar -x -C "$copy"
dotnet publish "$copy/src/CoinPay.Functions" --configuration Release --output "$to" --verbosity quiet -nologo \
  -p:FunctionsPackages=nuget -p:ChainPackages=nuget
