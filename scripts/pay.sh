#!/usr/bin/env bash
# Pays an invoice of the running stack through the right node: the amount due, or AMOUNT of its asset.
# usage: scripts/pay.sh INVOICE [AMOUNT]
set -euo pipefail
exec node "$(dirname "$0")/dev/pay.mjs" "$@"
