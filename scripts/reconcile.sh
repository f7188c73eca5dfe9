#!/usr/bin/env bash
# Proves that every invoice's state, timeline, ledger, watch and index agree: scripts/reconcile.sh
# The account comes from AzureWebJobsStorage, as for backup.sh; the gateway can keep running. Prints one line per difference; exit
# code 0 only if there are none.
set -euo pipefail
program=$(dirname "$0")/../src/CoinPay.Cli
dotnet build "$program" -c Release -v quiet -nologo -consoleLoggerParameters:NoSummary >&2
exec dotnet "$program/bin/Release/net10.0/CoinPay.Cli.dll" reconcile "$@"
