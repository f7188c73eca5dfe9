#!/usr/bin/env bash
# Restores a backup into an account that no gateway uses: scripts/restore.sh FOLDER --skip-addresses N [--force]
# The account comes from AzureWebJobsStorage, as for backup.sh. It must be empty unless --force is given. See docs/operations.md for the
# steps before and after. Without --skip-addresses nothing is restored, and a number is proposed.
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: scripts/restore.sh FOLDER --skip-addresses N [--force]" >&2; exit 2; }
program=$(dirname "$0")/../src/CoinPay.Cli
dotnet build "$program" -c Release -v quiet -nologo -consoleLoggerParameters:NoSummary >&2
exec dotnet "$program/bin/Release/net10.0/CoinPay.Cli.dll" restore "$@"
