#!/usr/bin/env bash
# Whole lives of simulated worlds: scripts/simulate.sh [seed] [count]. A seed replays exactly; one alone tells all it did.
# Fails when an invariant breaks, or, over many seeds, when a cell of the table of events and faults stays empty.
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ ! ${1:-1} =~ ^[0-9]{1,20}$ || ! ${2:-200} =~ ^[1-9][0-9]{0,8}$ || $# -gt 2 ]]; then
  echo "usage: scripts/simulate.sh [seed] [count]   (whole numbers)" >&2; exit 2
fi
export COINPAY_SEED=${1:-1} COINPAY_SEEDS=${2:-200}
# What is made here dies young: rare collections of a large nursery cost a fraction of many small ones.
export DOTNET_gcConcurrent=0 DOTNET_GCgen0size=0x10000000
# Code that profiles itself pays off only in a long run.
[ "$COINPAY_SEEDS" -ge 400 ] || export DOTNET_TieredPGO=0
dotnet build tests/CoinPay.Simulation -c Release -v quiet -nologo
exec tests/CoinPay.Simulation/bin/Release/net10.0/CoinPay.Simulation \
  -class CoinPay.Simulation.SimulationRun -explicit only -noLogo -noColor
