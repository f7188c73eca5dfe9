#!/usr/bin/env bash
# A real litecoind without installing it: Debian 12's package with that Debian's libraries.
# Its /usr/bin/litecoind is a script that makes a configuration in the home folder; the program itself needs none.
# usage: scripts/tools/litecoind.sh FOLDER   → FOLDER/bin/{litecoind,litecoin-cli}
set -euo pipefail
exec "$(dirname "$0")/unpack-debian.sh" "$1" bookworm "/usr/lib/litecoin/litecoind /usr/bin/litecoin-cli" \
  litecoind libc6 libgcc-s1 libstdc++6 libboost-filesystem1.74.0 libboost-thread1.74.0 libdb5.3++ libdb5.3 \
  libevent-2.1-7 libevent-core-2.1-7 libevent-pthreads-2.1-7 libfmt9 libleveldb1d libsnappy1v5 libminiupnpc17 libssl3
