#!/usr/bin/env bash
# The whole of CoinPay on this machine: Azurite, anvil, bitcoind and the gateway on free ports of 127.0.0.1, a demo shop,
# and two invoices that are paid on real nodes while you watch.
# usage: scripts/run.sh             demo, then stays up until Ctrl-C
#        scripts/run.sh --once      demo, then exits: exit code 0 only if both invoices were paid and their webhooks verified
#        scripts/run.sh --detach    demo, then stays up in the background; --stop stops it
#        --no-demo with the first or the third: the stack and the demo shop, without invoices
#        --out-of-process with any: the gateway as in Azure: in a separate process, with the deployed host.json
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
mode='' demo='' process=
for option in "$@"; do
  case $option in
    --once | --detach) mode=$option ;;
    --no-demo) demo=$option ;;
    --out-of-process) process=$option ;;
    --stop) exec node "$root/scripts/dev/stop.mjs" ;;
    *) sed -n '2,9s/^# //p' "$0"; exit 2 ;;
  esac
done

timed() { # NAME COMMAND…: shows its output only if it fails
  local name=$1 from=$SECONDS log; shift
  log=$(mktemp)
  printf '%10s  %-12s ' '' "$name"
  "$@" >"$log" 2>&1 || { echo failed; cat "$log" >&2; rm -f "$log"; exit 1; }
  rm -f "$log"
  printf 'ready in %d s\n' $((SECONDS - from))
}

# One build at a time in a clone, and the gateway runs from a copy: a later build must not change it while it runs.
build() {
  # Joined by &&, because set -e is off inside a command that is followed by ||.
  flock 8 &&
    dotnet build "$root/src/CoinPay.Host" -c Release -v quiet -nologo 8>&- &&
    cp -R "$root/src/CoinPay.Host/bin/Release/net10.0" "$folder/app"
}

"$root/scripts/setup.sh"
mkdir -p "$root/.coinpay"
if [ "$mode" = --once ]; then
  folder=$(mktemp -d "${TMPDIR:-/tmp}/coinpay-once.XXXXXX")
else
  node "$root/scripts/dev/stop.mjs" --before-start $$
  folder=$root/.coinpay/run
  rm -rf "$folder"
  mkdir -p "$folder"
fi
timed build build 8>"$root/.coinpay/build.lock"

if [ "$mode" != --detach ]; then
  exec node "$root/scripts/dev/run.mjs" "$folder" $mode $demo $process
fi
: >"$folder/stack.log"
setsid node "$root/scripts/dev/run.mjs" "$folder" $demo $process >>"$folder/stack.log" 2>&1 </dev/null &
stack=$!
tail -n +1 -f --pid="$stack" "$folder/stack.log" &
tail=$!
until [ -e "$folder/ready" ]; do
  kill -0 "$stack" 2>/dev/null || { wait "$tail"; exit 1; }
  sleep 0.2
done
sleep 0.2
kill "$tail" 2>/dev/null || true
