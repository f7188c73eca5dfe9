#!/usr/bin/env bash
# Makes programs from Debian packages available without installing them: unpacks the packages and their libraries into one
# folder, and starts each program with the C library it was built with. Does not need root.
# It uses the mirror of this machine's apt and verifies packages with Debian's archive keys.
# usage: scripts/tools/unpack-debian.sh FOLDER "SUITE …" "PROGRAM …" PACKAGE[/SUITE]…   → FOLDER/bin/<name of each program>
# Packages come from the first suite unless they name another; PROGRAM is a path inside its package.
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
# apt's unprivileged user could not write here.
[ "$(id -u)" = 0 ] && apt+=(-o APT::Sandbox::User=root)
"${apt[@]}" update
(cd "$work/archives" && "${apt[@]}" download "${packages[@]}")
for package in "$work"/archives/*.deb; do dpkg-deb -x "$package" "$work/unpacked/root"; done

# A link can point outside the folder, to the machine's own loader, so look for the file itself.
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
# Move it at the end, so that it is complete or absent: setup.sh checks for only one program.
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
mv "$work/unpacked" "$folder"
"$folder/bin/$(basename "${programs[0]}")" --version | head -1
