#!/usr/bin/env bash
# Lists the blocks from which a network can be read again, or reads it again from one of them, after a reorg too deep to follow:
# scripts/reread.sh NETWORK [HEIGHT]
# The account comes from AzureWebJobsStorage, as for backup.sh; the gateway can keep running. docs/operations.md says when to do this.
set -euo pipefail
program=$(dirname "$0")/../src/CoinPay.Cli
dotnet build "$program" -c Release -v quiet -nologo -consoleLoggerParameters:NoSummary >&2
exec dotnet "$program/bin/Release/net10.0/CoinPay.Cli.dll" reread "$@"
