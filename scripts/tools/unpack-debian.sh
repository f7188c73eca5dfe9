#!/usr/bin/env bash
# Programs of Debian packages without installing them: the packages and their libraries are unpacked into one folder,
# and each program is started by the C library that it was built with. Needs no root.
# The mirror is the one that this machine's apt already uses; packages are verified by Debian's own archive keys.
# usage: scripts/tools/unpack-debian.sh FOLDER "SUITE …" "PROGRAM …" PACKAGE[/SUITE]…   → FOLDER/bin/<name of each program>
# The first suite is the one that packages are taken from unless they name another; a PROGRAM is its path in its package.
set -euo pipefail
folder=$(realpath -m "$1")
read -ra suites <<<"$2"
read -ra programs <<<"$3"
packages=("${@:4}")

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || { echo "needs apt-get and dpkg-deb (Debian)" >&2; exit 1; }
mirror=$({ cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true; } |
  grep -vE '^ *#' | grep -oE '(https?|file)://?[^ ]+/debian/?( |$)' | head -1 | tr -d ' ') || true
[ -n "$mirror" ] || { echo "no Debian mirror found in this machine's apt configuration" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists,archives}/partial "$work"/unpacked/{root,bin}
for suite in "${suites[@]}"; do
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
done >"$work/sources.list"
apt=(apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o Dir::Etc::preferencesparts=/dev/null -o Dir::State::Lists="$work/lists" -o Dir::State::status=/dev/null
  -o Dir::Cache="$work" -o Dir::Cache::Archives="$work/archives" -o APT::Default-Release="${suites[0]}"
  -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
  -o APT::Update::Post-Invoke-Success::=true)
# apt's own unprivileged user could not write here.
[ "$(id -u)" = 0 ] && apt+=(-o APT::Sandbox::User=root)
"${apt[@]}" update
(cd "$work/archives" && "${apt[@]}" download "${packages[@]}")
for package in "$work"/archives/*.deb; do dpkg-deb -x "$package" "$work/unpacked/root"; done

# A link may lead out of the folder, to the machine's own loader: the file itself is wanted.
loader=$(cd "$work/unpacked/root" && find . -name 'ld-linux*.so.*' -type f | head -1)
[ -n "$loader" ] || { echo "no loader in libc6" >&2; exit 1; }
triplet=$(basename "$(dirname "$loader")")
for program in "${programs[@]}"; do
  name=$(basename "$program")
  cat >"$work/unpacked/bin/$name" <<WRAPPER
#!/bin/sh
# Starts the unpacked program with its own C library.
root=\$(dirname "\$(readlink -f "\$0")")/../root
exec "\$root/$loader" --argv0 $name --library-path "\$root/usr/lib/$triplet:\$root/lib/$triplet" "\$root$program" "\$@"
WRAPPER
  chmod +x "$work/unpacked/bin/$name"
  "$work/unpacked/bin/$name" --version >/dev/null
done
# Complete or not there: setup.sh looks for one program only.
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
mv "$work/unpacked" "$folder"
"$folder/bin/$(basename "${programs[0]}")" --version | head -1
