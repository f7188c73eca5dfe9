#!/usr/bin/env bash
# Whole lives of simulated worlds: scripts/simulate.sh [seed] [count]. A seed replays exactly; a single seed prints everything it did.
# Fails if an invariant breaks or, over many seeds, if a combination of event and fault never occurs.
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ ! ${1:-1} =~ ^[0-9]{1,20}$ || ! ${2:-200} =~ ^[1-9][0-9]{0,8}$ || $# -gt 2 ]]; then
  echo "usage: scripts/simulate.sh [seed] [count]   (whole numbers)" >&2; exit 2
fi
export COINPAY_SEED=${1:-1} COINPAY_SEEDS=${2:-200}
# Objects here are short-lived: a few collections of a large generation 0 cost a fraction of many small ones.
export DOTNET_gcConcurrent=0 DOTNET_GCgen0size=0x10000000
# Dynamic PGO pays off only in a long run.
[ "$COINPAY_SEEDS" -ge 400 ] || export DOTNET_TieredPGO=0
dotnet build tests/CoinPay.Simulation -c Release -v quiet -nologo
exec tests/CoinPay.Simulation/bin/Release/net10.0/CoinPay.Simulation \
  -class CoinPay.Simulation.SimulationRun -explicit only -noLogo -noColor
