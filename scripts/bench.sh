#!/usr/bin/env bash
# Measures and prints figures, with machine, store, command and commit; nothing here passes or fails.
# usage: scripts/bench.sh durable   the durable engine: speed, storage operations, idle cost, memory
#        scripts/bench.sh invoice   the gateway: storage operations of a paid invoice, creations a second
#        scripts/bench.sh start     the gateway as one process: time to its first answer, memory
#        scripts/bench.sh webhooks  deliveries to a healthy endpoint while a hundred others hang
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1-} in durable | invoice | start | webhooks) ;; *) sed -n '2,6s/^# //p' "$0"; exit 2 ;; esac
scripts/setup.sh
dotnet build tests/CoinPay.Benchmarks -c Release -v quiet -nologo
COINPAY_COMMIT=$(git describe --always --dirty --exclude='*' 2>/dev/null || echo unknown)
export COINPAY_COMMIT
exec dotnet tests/CoinPay.Benchmarks/bin/Release/net10.0/CoinPay.Benchmarks.dll "$1"
