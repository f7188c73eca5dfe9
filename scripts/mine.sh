#!/usr/bin/env bash
# Mines blocks on a network of the running stack.
# usage: scripts/mine.sh NETWORK [N]
set -euo pipefail
exec node "$(dirname "$0")/dev/mine.mjs" "$@"
