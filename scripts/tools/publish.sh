#!/usr/bin/env bash
# Publishes the app as Azure runs it, and checks that the folder contains everything that a function app needs to start.
# usage: scripts/tools/publish.sh FOLDER   (new or empty)
set -euo pipefail
[ $# = 1 ] || { sed -n '3s/^# //p' "$0"; exit 2; }
fail() { printf 'publish: %s\n' "$*" >&2; exit 1; }
to=$(realpath -m "$1")
cd "$(dirname "$0")/../.."
# A file left by an older build would be deployed too.
[ -z "$(ls -A "$to" 2>/dev/null)" ] || fail "$to is not empty"

# One build at a time in a clone: scripts/run.sh takes the same lock.
mkdir -p .coinpay
exec 8>.coinpay/build.lock
! command -v flock >/dev/null || flock 8
# 8>&-: a build node that dotnet leaves behind must not keep the lock.
dotnet publish src/CoinPay.Functions --configuration Release --output "$to" --verbosity quiet -nologo 8>&-

# The host reads host.json, the worker's description, the functions' metadata and the list of extensions, loads the
# extensions from their hidden folder, and starts the worker.
for file in host.json worker.config.json functions.metadata extensions.json .azurefunctions/function.deps.json \
  .azurefunctions/Microsoft.Azure.WebJobs.Extensions.DurableTask.dll CoinPay.Functions CoinPay.Functions.dll networks.json; do
  [ -s "$to/$file" ] || fail "the published folder has no $file"
done
[ -z "$(ls "$to"/local.settings* 2>/dev/null)" ] || fail "the published folder has local settings, which may hold secrets"
