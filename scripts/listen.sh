#!/usr/bin/env bash
# A merchant's ear on its own machine.
#   scripts/listen.sh --gateway URL --key cp_test_… --to URL [--secret whsec_…] [--state FILE] [--once]
#     follows the events of a gateway and POSTs each to a local URL, signed as a real delivery is. It goes on where it
#     stopped; the first time it begins with what happens from now on (--all: with everything there is).
#   scripts/listen.sh verify --secret whsec_… FILE
#     says whether a captured delivery (headers, an empty line, the body; - for standard input) is genuine, and if not, why.
# COINPAY_KEY and COINPAY_WEBHOOK_SECRET stand in for --key and --secret, which others can see in a list of processes.
set -euo pipefail
here=$(dirname "$0")/dev
if [ "${1:-}" = verify ]; then exec node "$here/verify-delivery.mjs" "${@:2}"; fi
exec node "$here/listen.mjs" "$@"
