#!/usr/bin/env bash
# The Bicep CLI in the version that the tests of infra/ are written for: from PATH, or from its NuGet package.
# usage: scripts/tools/bicep.sh FOLDER             → FOLDER/bicep
#        scripts/tools/bicep.sh --is-there FOLDER  exit code 0 if that version is there
set -euo pipefail
version=0.49.2
if [ "$1" = --is-there ]; then [ -x "$2/bicep" ] && [ "$(cat "$2/version" 2>/dev/null)" = $version ]; exit; fi
folder=$(realpath -m "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
found=$(command -v bicep || true)
if [ -z "$found" ] || [[ $("$found" --version) != *" $version "* ]]; then
  [ "$(uname -sm)" = "Linux x86_64" ] || { echo "the feed has bicep $version for linux-x64 only" >&2; exit 1; }
  # Its own empty props: the repository's would bring analyzers and central versions.
  echo '<Project />' | tee "$work/Directory.Build.props" "$work/Directory.Packages.props" "$work/Directory.Build.targets" >/dev/null
  cat >"$work/Bicep.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageDownload Include="Azure.Bicep.CommandLine.linux-x64" Version="[$version]" /></ItemGroup>
</Project>
PROJECT
  timeout 300 dotnet restore "$work/Bicep.csproj" --packages "$work/packages" --verbosity quiet
  found=$work/packages/azure.bicep.commandline.linux-x64/$version/tools/bicep
fi
mkdir -p "$folder"
install -m 755 "$found" "$folder/bicep.$$"
mv "$folder/bicep.$$" "$folder/bicep"
echo $version >"$folder/version"
echo "v$version"
