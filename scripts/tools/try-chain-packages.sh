#!/usr/bin/env bash
# Exit 0 when the configured NuGet feed has NBitcoin, NBitcoin.Altcoins and Nethereum.Web3 in the versions that
# Directory.Packages.props pins. One quick restore of an empty project outside the solution.
# usage: scripts/tools/try-chain-packages.sh ROOT TOOLS
set -euo pipefail
root=$1
probe=$2/probe.$$
trap 'rm -rf "$probe"' EXIT
mkdir -p "$probe"
# Its own empty props: the repository's would bring analyzers and central versions.
echo '<Project />' | tee "$probe/Directory.Build.props" "$probe/Directory.Packages.props" "$probe/Directory.Build.targets" >/dev/null
version() { grep -oE "\"$1\" Version=\"[^\"]+\"" "$root/Directory.Packages.props" | cut -d'"' -f4; }
references=
for package in NBitcoin NBitcoin.Altcoins Nethereum.Web3; do
  references+="<PackageReference Include=\"$package\" Version=\"[$(version "$package")]\" />"
done
cat >"$probe/Probe.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup>$references</ItemGroup>
</Project>
PROJECT
config=()
for file in "$root"/nuget.config "$root"/NuGet.config "$root"/NuGet.Config; do
  [ -e "$file" ] && config=(--configfile "$file")
done
timeout 60 dotnet restore "$probe/Probe.csproj" --verbosity quiet --disable-parallel "${config[@]}"
