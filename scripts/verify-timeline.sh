#!/usr/bin/env bash
# Checks an invoice's timeline offline: scripts/verify-timeline.sh FILE, where FILE is the response of
# GET /v1/invoices/{id}/timeline. Each event's hash is the SHA-256 of the previous hash, its version and its text, so the check
# detects any change, omission or insertion. Exit code 0 only if the whole chain is valid.
set -euo pipefail
if [ $# != 1 ]; then echo "Usage: scripts/verify-timeline.sh FILE   (- for standard input)" >&2; exit 2; fi
exec node "$(dirname "$0")/dev/verify-timeline.mjs" "$1"
