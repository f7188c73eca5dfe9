#!/usr/bin/env bash
# A real bitcoind without installing it: Debian's `bitcoin-knots` (only in unstable) and stable's libraries, unpacked
# into one folder and started by their own loader, because an older Debian's libc is too old for them.
# The mirror is the one that this machine's apt already uses; packages are verified by Debian's own archive keys.
# usage: scripts/tools/bitcoind.sh FOLDER   → FOLDER/bin/{bitcoind,bitcoin-cli,…}
set -euo pipefail
folder=$(realpath -m "$1")
stable=trixie
libraries=(libc6 libgcc-s1 libstdc++6 libevent-core-2.1-7t64 libevent-extra-2.1-7t64 libevent-pthreads-2.1-7t64 libsqlite3-0
  libzmq5 libbsd0 libmd0 libsodium23 libpgm-5.3-0t64 libnorm1t64 libgssapi-krb5-2 libkrb5-3 libk5crypto3 libkrb5support0
  libcom-err2 libkeyutils1 libssl3t64)

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || { echo "needs apt-get and dpkg-deb (Debian)" >&2; exit 1; }
mirror=$({ cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true; } |
  grep -vE '^ *#' | grep -oE '(https?|file)://?[^ ]+/debian/?( |$)' | head -1 | tr -d ' ') || true
[ -n "$mirror" ] || { echo "no Debian mirror found in this machine's apt configuration" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists,archives}/partial "$work"/{bitcoin/root,bitcoin/bin}
signed="[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
printf 'deb %s %s %s main\n' "$signed" "$mirror" "$stable" "$signed" "$mirror" sid >"$work/sources.list"
apt=(apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o Dir::Etc::preferencesparts=/dev/null -o Dir::State::Lists="$work/lists" -o Dir::State::status=/dev/null
  -o Dir::Cache="$work" -o Dir::Cache::Archives="$work/archives" -o APT::Default-Release="$stable"
  -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
  -o APT::Update::Post-Invoke-Success::=true)
# apt's own unprivileged user could not write here.
[ "$(id -u)" = 0 ] && apt+=(-o APT::Sandbox::User=root)
"${apt[@]}" update
(cd "$work/archives" && "${apt[@]}" download "${libraries[@]}" bitcoin-knots/sid)
for package in "$work"/archives/*.deb; do dpkg-deb -x "$package" "$work/bitcoin/root"; done

loader=$(cd "$work/bitcoin/root" && find . -name 'ld-linux*.so.*' | head -1)
[ -n "$loader" ] || { echo "no loader in libc6" >&2; exit 1; }
for program in "$work"/bitcoin/root/usr/bin/bitcoin*; do
  name=$(basename "$program")
  cat >"$work/bitcoin/bin/$name" <<WRAPPER
#!/bin/sh
# Starts the unpacked program with its own C library.
root=\$(dirname "\$(readlink -f "\$0")")/../root
exec "\$root/$loader" --argv0 $name --library-path "\$root/$(dirname "$loader")" "\$root/usr/bin/$name" "\$@"
WRAPPER
  chmod +x "$work/bitcoin/bin/$name"
done
"$work/bitcoin/bin/bitcoind" --version >/dev/null
# Complete or not there: setup.sh looks for bin/bitcoind only.
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
mv "$work/bitcoin" "$folder"
"$folder/bin/bitcoind" --version | head -1
