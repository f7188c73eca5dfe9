#!/usr/bin/env bash
# Checks an invoice's timeline offline: scripts/verify-timeline.sh FILE, where FILE is what GET /v1/invoices/{id}/timeline
# answered. Every event's hash is SHA-256 of the hash before it, its version and its text, so that nothing can have been
# changed, left out or put in. Exit code 0 only if the whole chain holds.
set -euo pipefail
if [ $# != 1 ]; then echo "Usage: scripts/verify-timeline.sh FILE   (- for standard input)" >&2; exit 2; fi
exec node "$(dirname "$0")/dev/verify-timeline.mjs" "$1"
