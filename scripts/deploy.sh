#!/usr/bin/env bash
# From this clone to a live gateway on Azure, or to its next version: builds the app, shows what would change and asks,
# deploys infra/, creates missing secrets, deploys the code, checks that the gateway responds, prints its URL.
# usage: scripts/deploy.sh dev|prod RESOURCE_GROUP [OPTION…]
#   --location REGION     where to create the resource group, if it does not exist
#   --subscription ID     which subscription; it becomes the default of `az`
#   --node NETWORK=URL    a node's JSON-RPC, such as bitcoin-signet=https://…, or =secret if it is in the vault; repeat for each network
#   --alert-email ADDRESS who is notified of alerts; repeat for each address
#   --public-url URL      where payers reach the gateway, if not at the app's default address
#   --yes                 do not ask
#   --dry-run             print the commands without running them
# Every deployment sets nodes, addresses and URL: pass them every time, or keep them in infra/main.<which>.bicepparam.
# Needs az (2.64 or later, logged in), the .NET SDK 10, openssl and curl.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
usage() { sed -n '2,14s/^# //p' "$0"; exit 2; }
fail() { printf 'deploy: %s\n' "$*" >&2; exit 1; }

which=${1:-} group=${2:-}
case $which in dev | prod) ;; *) usage ;; esac
case $group in '' | -*) usage ;; esac
shift 2
location='' subscription='' yes='' dry='' nodes='' emails=''
while [ $# != 0 ]; do
  case $1 in
    --yes) yes=1; shift; continue ;;
    --dry-run) dry=1; shift; continue ;;
  esac
  [ $# -ge 2 ] || usage
  case $1 in
    --location) location=$2 ;;
    --subscription) subscription=$2 ;;
    --node)
      [[ $2 =~ ^[a-z0-9-]+=(secret|https?://[^\"\\]+)$ ]] || fail "--node needs NETWORK=URL, such as bitcoin-signet=https://…, or NETWORK=secret"
      nodes+="${nodes:+,}\"${2%%=*}\":\"${2#*=}\"" ;;
    --alert-email)
      [[ $2 =~ ^[^\"\\[:space:]]+@[^\"\\[:space:]]+$ ]] || fail "--alert-email needs an address"
      emails+="${emails:+,}\"$2\"" ;;
    --public-url) export COINPAY_PUBLIC_URL=$2 ;;
    *) usage ;;
  esac
  shift 2
done
# The parameter files read these.
[ -z "$nodes" ] || export COINPAY_NODES="{$nodes}"
[ -z "$emails" ] || export COINPAY_ALERT_EMAILS="[$emails]"

run() { # COMMAND…: runs it, or only prints it
  if [ -z "$dry" ]; then "$@"; else printf '+'; printf ' %q' "$@"; echo; fi
}
output() { # NAME of an output of infra/main.bicep
  if [ -n "$dry" ]; then echo "<$1>"; return; fi
  az deployment group show --resource-group "$group" --name "$deployment" --query "properties.outputs.$1.value" --output tsv
}
# The role that lets the app's identity read its package is minutes old at first and takes time to propagate.
deploy_code() {
  local try tries=5 pause=${COINPAY_DEPLOY_PAUSE:-30}
  for ((try = 1; ; try++)); do
    run az functionapp deployment source config-zip --resource-group "$group" --name "$app" --src "$work/app.zip" --output none && return
    [ $try -lt $tries ] || fail "the code could not be deployed, but the infrastructure is in place: run this again"
    echo "The deployment failed; retrying in $pause s (attempt $try of $tries)" >&2
    sleep "$pause"
  done
}

if [ -z "$dry" ]; then
  for tool in az dotnet openssl curl; do command -v "$tool" >/dev/null || fail "$tool is missing"; done
  az account show --output none 2>/dev/null || fail "not logged in: az login"
fi
[ -z "$subscription" ] || run az account set --subscription "$subscription"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
deployment=coinpay-$which
parameters=$root/infra/main.$which.bicepparam

echo "== Build"
run "$root/scripts/tools/publish.sh" "$work/app"
run dotnet msbuild "$root/scripts/tools/zip.proj" -nologo -nodeReuse:false "-p:From=$work/app" "-p:To=$work/app.zip"

echo "== Infrastructure"
if [ -n "$dry" ] || [ "$(az group exists --name "$group" --output tsv)" != true ]; then
  [ -n "$location$dry" ] || fail "resource group $group does not exist: use --location to create it"
  [ -z "$location" ] || run az group create --name "$group" --location "$location" --output none
fi
run az deployment group what-if --resource-group "$group" --name "$deployment" --parameters "$parameters"
if [ -z "$yes$dry" ]; then
  read -rp "Deploy this to $group? [y/N] " answer || answer=''
  case $answer in y | Y | yes) ;; *) fail "nothing was deployed" ;; esac
fi
run az deployment group create --resource-group "$group" --name "$deployment" --parameters "$parameters" --output none
app=$(output appName) url=$(output gatewayUrl) vault=$(output vaultName) secrets=$(output requiredSecrets)

echo "== Secrets"
# shellcheck disable=SC2086  # names, separated by spaces
run "$root/scripts/tools/make-secrets.sh" "$group" "$vault" $secrets

echo "== Code"
deploy_code
run "$root/scripts/tools/smoke.sh" "$url"
printf '\nThe gateway is at %s\n' "$url"
