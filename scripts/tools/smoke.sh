#!/usr/bin/env bash
# Checks that a gateway responds: liveness, its OpenAPI document, and problem+json for an unknown path. Waits for a gateway
# that has just been deployed to start.
# usage: scripts/tools/smoke.sh URL
set -euo pipefail
url=${1%/} tries=${COINPAY_SMOKE_TRIES:-40}
seen() { # PATH: prints the response, then its status and content type on a separate line
  curl --silent --max-time 30 --write-out '\n%{http_code} %{content_type}' "$url$1" || true
}
check() { # PATH STATUS TYPE TEXT
  local answer status
  answer=$(seen "$1")
  status=${answer##*$'\n'}
  if [[ $status == "$2 $3"* && $answer == *"$4"* ]]; then echo "  $1: $2"; return; fi
  printf 'smoke: %s%s answered "%s": %s\n' "$url" "$1" "$status" "${answer:0:200}" >&2
  exit 1
}
for ((try = 1; try < tries; try++)); do
  case $(seen /health/live) in *$'\n'200\ *) break ;; esac
  sleep 3
done
check /health/live 200 application/json '"live"'
check /openapi.json 200 application/json '"openapi":'
check /no-such-path 404 application/problem+json '"not_found"'
