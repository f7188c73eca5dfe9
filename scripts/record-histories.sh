#!/usr/bin/env bash
# Records the histories of invoice orchestrations that later builds are tested against: scripts/record-histories.sh VERSION
# VERSION is host.json's defaultVersion. Use only a new version; see docs/operations.md ("Upgrade with invoices in flight").
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -eq 1 ] || { sed -n '2,3s/^# //p' "$0"; exit 2; }
export COINPAY_ORCHESTRATION_VERSION=$1
dotnet build tests/CoinPay.Simulation -v quiet -nologo
exec tests/CoinPay.Simulation/bin/Debug/net10.0/CoinPay.Simulation \
  -class CoinPay.Simulation.Golden.RecordHistories -explicit only -noLogo -noColor
