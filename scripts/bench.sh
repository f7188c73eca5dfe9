#!/usr/bin/env bash
# Measures and prints figures with the machine, store, command and commit. Nothing here passes or fails.
# usage: scripts/bench.sh durable   empty orchestrations: speed, storage requests, idle cost, memory
#        scripts/bench.sh invoice   storage requests of a paid invoice and of an idle gateway
#        scripts/bench.sh lives     invoices created, and taken from creation to paid, per second
#        scripts/bench.sh latency   from a payment in a block to the first webhook about it
#        scripts/bench.sh start     the gateway as one process: time to its first response, memory
#        scripts/bench.sh webhooks  deliveries to a healthy endpoint while a hundred others hang
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1-} in durable | invoice | lives | latency | start | webhooks) ;; *) sed -n '2,8s/^# //p' "$0"; exit 2 ;; esac
scripts/setup.sh
dotnet build tests/CoinPay.Benchmarks -c Release -v quiet -nologo
COINPAY_COMMIT=$(git describe --always --dirty --exclude='*' 2>/dev/null || echo unknown)
export COINPAY_COMMIT
exec dotnet tests/CoinPay.Benchmarks/bin/Release/net10.0/CoinPay.Benchmarks.dll "$1"
