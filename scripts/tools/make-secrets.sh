#!/usr/bin/env bash
# Creates a random secret under each NAME that the vault does not have, and leaves the others alone. No value is printed, stored
# or passed as an argument: openssl pipes it to az, which sends it through Resource Manager. That also reaches a vault without
# public access, and requires the right to deploy rather than to read secrets.
# usage: scripts/tools/make-secrets.sh RESOURCE_GROUP VAULT NAME…
#        scripts/tools/make-secrets.sh RESOURCE_GROUP VAULT --set NAME   stores standard input, replacing an existing value
set -euo pipefail
[ $# -ge 3 ] || { sed -n '5,6s/^# //p' "$0"; exit 2; }
api=2023-07-01
vault=$(az keyvault list --resource-group "$1" --query "[?name=='$2'].id" --output tsv)
[ -n "$vault" ] || { echo "vault $2 does not exist in $1" >&2; exit 1; }
shift 2

put() { # NAME: the secret from standard input
  local value
  value=$(cat)
  [[ $value =~ ^[^[:cntrl:]\"\\]+$ ]] || { echo "$1: a secret must be one line without quotes or backslashes" >&2; return 1; }
  printf '{"properties":{"value":"%s"}}' "$value" |
    az rest --method put --url "$vault/secrets/$1?api-version=$api" --body @- --output none
}

if [ "$1" = --set ]; then
  put "$2"
  echo "$2: set"
  exit
fi
for name in "$@"; do
  # az exits with 3 if the resource does not exist. On any other error, do not overwrite a key that may be in use.
  code=0
  az resource show --ids "$vault/secrets/$name" --api-version $api --output none 2>/dev/null || code=$?
  case $code in
    0) echo "$name: kept" ;;
    3) openssl rand -base64 32 | put "$name" && echo "$name: made" ;;
    *) echo "$name: az could not tell whether it is there (exit code $code)" >&2; exit 1 ;;
  esac
done
