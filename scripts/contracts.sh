#!/usr/bin/env bash
# Compiles src/contracts into src/contracts/artifacts and prints the resulting addresses.
# usage: scripts/contracts.sh [--check]   with --check: writes nothing, fails if the artifacts do not match the sources
set -euo pipefail
cd "$(dirname "$0")"
./setup.sh --quiet
exec node dev/contracts.mjs "$@"
