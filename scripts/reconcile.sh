#!/usr/bin/env bash
# Proves that every invoice's state, timeline, ledger, watch and index agree: scripts/reconcile.sh
# The account is that of AzureWebJobsStorage, as for backup.sh; the gateway may run. Each difference is a line; exit code 0 only without any.
set -euo pipefail
program=$(dirname "$0")/../src/CoinPay.Cli
dotnet build "$program" -c Release -v quiet -nologo -consoleLoggerParameters:NoSummary >&2
exec dotnet "$program/bin/Release/net10.0/CoinPay.Cli.dll" reconcile "$@"
