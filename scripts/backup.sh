#!/usr/bin/env bash
# Copies every table of the gateway into a folder: scripts/backup.sh FOLDER. The gateway can keep running.
# The account comes from AzureWebJobsStorage in the environment (or AzureWebJobsStorage__accountName, with the signed-in identity).
# The copy contains merchants' data: keep it as safe as the account. See docs/operations.md.
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: scripts/backup.sh FOLDER" >&2; exit 2; }
program=$(dirname "$0")/../src/CoinPay.Cli
dotnet build "$program" -c Release -v quiet -nologo -consoleLoggerParameters:NoSummary >&2
exec dotnet "$program/bin/Release/net10.0/CoinPay.Cli.dll" backup "$@"
