#!/usr/bin/env bash
# Receives a merchant's webhooks on a local machine.
#   scripts/listen.sh --gateway URL --key cp_test_… --to URL [--secret whsec_…] [--state FILE] [--once]
#     follows the events of a gateway and POSTs each to a local URL, signed like a real delivery. It resumes where it
#     stopped; the first time it starts with new events (--all: with every event).
#   scripts/listen.sh verify --secret whsec_… FILE
#     checks whether a captured delivery (headers, an empty line, the body; - for standard input) is genuine, and if not, why.
# COINPAY_KEY and COINPAY_WEBHOOK_SECRET replace --key and --secret, which others can see in the process list.
set -euo pipefail
here=$(dirname "$0")/dev
if [ "${1:-}" = verify ]; then exec node "$here/verify-delivery.mjs" "${@:2}"; fi
exec node "$here/listen.mjs" "$@"
