#!/usr/bin/env bash
# The app on the published packages, as Azure runs it.
# usage: scripts/tools/publish.sh FOLDER
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
# Intermediate files of its own: those of the default build name other packages.
artifacts=$(mktemp -d)
trap 'rm -rf "$artifacts"' EXIT
dotnet publish "$root/src/CoinPay.Functions" --configuration Release --output "$1" --artifacts-path "$artifacts" \
  -p:FunctionsPackages=nuget -p:ChainPackages=nuget --verbosity quiet -nologo
