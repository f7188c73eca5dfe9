#!/usr/bin/env bash
# The same tests at full counts: more random cases, more kills. Hours rather than minutes; give other counts by environment.
set -euo pipefail
export COINPAY_CASES=${COINPAY_CASES:-10000}
export COINPAY_KILLS=${COINPAY_KILLS:-100}
export COINPAY_DELIVERY_KILLS=${COINPAY_DELIVERY_KILLS:-20}
export COINPAY_FUZZ=${COINPAY_FUZZ:-20000}
export COINPAY_TEST_MINUTES=${COINPAY_TEST_MINUTES:-240}
echo "COINPAY_CASES=$COINPAY_CASES COINPAY_KILLS=$COINPAY_KILLS COINPAY_DELIVERY_KILLS=$COINPAY_DELIVERY_KILLS COINPAY_FUZZ=$COINPAY_FUZZ"
"$(dirname "$0")/simulate.sh" "${COINPAY_SEED:-1}" "${COINPAY_SEEDS:-10000}"
exec "$(dirname "$0")/test.sh" "$@"
