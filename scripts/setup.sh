#!/usr/bin/env bash
# Installs what development and tests need in addition to the .NET SDK and Node.js: Azurite, anvil, bitcoind, litecoind, the Bicep CLI
# and the npm libraries that tests compare results with. Everything goes into ${COINPAY_TOOLS:-.coinpay/tools}, which git ignores;
# nothing is installed on the machine itself except Chromium for the page tests, if it is missing and apt-get is allowed to
# (COINPAY_CHROMIUM names another browser, or `none`). Returns at once if everything is installed. A second run waits for the first.
# usage: scripts/setup.sh [--quiet]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
tools=${COINPAY_TOOLS:-$root/.coinpay/tools}
quiet=${1:-}

say() { [ "$quiet" = --quiet ] || printf '%s\n' "$*"; }
step() { printf '  %-34s' "$1"; started=$SECONDS; }
done_in() { printf '%s (%d s)\n' "${1:-done}" $((SECONDS - started)); }
fail() { printf '\nsetup: %s\n' "$*" >&2; exit 1; }

check_sdk() {
  command -v dotnet >/dev/null || fail "the .NET SDK 10 is missing: https://dotnet.microsoft.com/download"
  compgen -G "$(dirname "$(readlink -f "$(command -v dotnet)")")/sdk/10.*" >/dev/null || dotnet --list-sdks | grep -q '^10\.' ||
    fail "the .NET SDK 10 is missing; found: $(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' ')"
  command -v node >/dev/null && command -v npm >/dev/null || fail "Node.js 20 or later (with npm) is missing: https://nodejs.org"
  local version
  version=$(node --version)
  [ "${version#v}" != "$version" ] && [ "$(cut -d. -f1 <<<"${version#v}")" -ge 20 ] || fail "Node.js 20 or later is needed; found $version"
}

install_npm_packages() {
  local lock=$root/scripts/tools/package-lock.json
  cmp -s "$lock" "$tools/npm-installed.json" && return
  step "npm packages (azurite, anvil, …)"
  cp "$root/scripts/tools/package.json" "$lock" "$tools/"
  # No install scripts: nothing here needs one, and anvil's binary is called where its platform package put it.
  (cd "$tools" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$tools/npm.log" 2>&1 || {
    tail -20 "$tools/npm.log" >&2
    fail "npm could not install the packages of scripts/tools/package.json (full log: $tools/npm.log)"
  }
  cp "$lock" "$tools/npm-installed.json"
  done_in
}

# A node of the Bitcoin family, `bitcoin` or `litecoin`: from PATH, or unpacked from Debian's packages.
install_node() {
  local coin=$1
  local daemon=${coin}d cli=$coin-cli
  [ -x "$tools/$coin/bin/$daemon" ] && return
  step "$daemon"
  if command -v "$daemon" >/dev/null && command -v "$cli" >/dev/null; then
    mkdir -p "$tools/$coin/bin" && ln -sf "$(command -v "$daemon")" "$(command -v "$cli")" "$tools/$coin/bin/" &&
      done_in "taken from PATH"
    return
  fi
  if ! "$root/scripts/tools/$daemon.sh" "$tools/$coin" >"$tools/$daemon.log" 2>&1; then
    echo "not available"
    tail -5 "$tools/$daemon.log" >&2
    return 1
  fi
  done_in "$(tail -1 "$tools/$daemon.log" | grep -oE 'v[0-9][0-9a-z.]*' | head -1)"
}

# A browser needs many desktop libraries and restarts itself by its own path, so unpacking it does not work.
install_chromium() {
  [ -n "${COINPAY_CHROMIUM:-}" ] && return
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do command -v "$name" >/dev/null && return; done
  step "chromium"
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null &&
    { timeout 120 apt-get update && DEBIAN_FRONTEND=noninteractive timeout 480 apt-get install -y --no-install-recommends \
      chromium fonts-dejavu-core; } >"$tools/chromium.log" 2>&1 </dev/null 9>&-; then
    done_in
  else
    done_in "not available: page tests are skipped; install it yourself to run them"
  fi
}

# The compiler for infra/: from PATH, or from the NuGet feed, which has it for linux-x64.
install_bicep() {
  "$root/scripts/tools/bicep.sh" --is-there "$tools/bicep" && return
  step "bicep"
  # 9>&-: a build node that dotnet leaves behind must not keep the lock.
  if "$root/scripts/tools/bicep.sh" "$tools/bicep" >"$tools/bicep.log" 2>&1 9>&-; then
    done_in "$(tail -1 "$tools/bicep.log")"
  else
    done_in "not available: tests of infra/ are skipped; put bicep on PATH to run them"
  fi
}

check_sdk
mkdir -p "$tools"
exec 9>"$tools/setup.lock"
if command -v flock >/dev/null; then
  flock -n 9 || { say "  waiting for another setup.sh"; flock 9; }
fi
install_npm_packages
install_node bitcoin ||
  fail "bitcoind could not be installed from Debian's archive. Put bitcoind and bitcoin-cli on PATH and run this again."
# Everything else works without it on systems without Debian's packages; tests that need it are skipped and say so.
install_node litecoin ||
  printf "  litecoind could not be installed from Debian's archive: its tests will be skipped. Put litecoind and litecoin-cli on PATH and run this again.\n" >&2
install_bicep
install_chromium
say "  tools are ready in $tools"
