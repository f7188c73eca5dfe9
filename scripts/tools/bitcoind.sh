#!/usr/bin/env bash
# A real bitcoind without installing it: Debian's `bitcoin-knots`, which is only in unstable, with stable's libraries.
# usage: scripts/tools/bitcoind.sh FOLDER   → FOLDER/bin/{bitcoind,bitcoin-cli}
set -euo pipefail
exec "$(dirname "$0")/unpack-debian.sh" "$1" "trixie sid" "/usr/bin/bitcoind /usr/bin/bitcoin-cli" \
  bitcoin-knots/sid libc6 libgcc-s1 libstdc++6 libevent-core-2.1-7t64 libevent-extra-2.1-7t64 libevent-pthreads-2.1-7t64 \
  libsqlite3-0 libzmq5 libbsd0 libmd0 libsodium23 libpgm-5.3-0t64 libnorm1t64 libgssapi-krb5-2 libkrb5-3 libk5crypto3 \
  libkrb5support0 libcom-err2 libkeyutils1 libssl3t64
