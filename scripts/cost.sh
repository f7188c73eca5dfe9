#!/usr/bin/env bash
# What a month of CoinPay costs while idle, and what an invoice adds, on Azure Functions and as a self-hosted process:
#   scripts/cost.sh [--invoices N] [--networks N] [--poll SECONDS] [--always-ready N] [--private-endpoints N]
#                   [--prices FILE] [--usage FILE] [--json]
# Prices are in scripts/dev/cost/prices.json, usage in scripts/dev/cost/usage.json. docs/operations.md explains the output.
set -euo pipefail
exec node "$(dirname "$0")/dev/cost.mjs" "$@"
