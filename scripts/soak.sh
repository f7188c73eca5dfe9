#!/usr/bin/env bash
# The same tests at full counts: more random cases, and kills in several worlds at once. Takes hours; set other counts in the
# environment.
set -euo pipefail
export COINPAY_CASES=${COINPAY_CASES:-10000}
export COINPAY_KILLS=${COINPAY_KILLS:-60} COINPAY_KILL_WORLDS=${COINPAY_KILL_WORLDS:-3}
export COINPAY_DELIVERY_KILLS=${COINPAY_DELIVERY_KILLS:-10}
export COINPAY_CREATION_KILLS=${COINPAY_CREATION_KILLS:-21}
export COINPAY_FUZZ=${COINPAY_FUZZ:-20000}
export COINPAY_TEST_MINUTES=${COINPAY_TEST_MINUTES:-240}
env | grep ^COINPAY_ | sort
"$(dirname "$0")/simulate.sh" "${COINPAY_SEED:-1}" "${COINPAY_SEEDS:-10000}"
exec "$(dirname "$0")/test.sh" "$@"
