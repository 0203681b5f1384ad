#!/usr/bin/env bash
# testbed-hub.sh STATE: keeps the network namespace with the bridge of a rig. Run by `testbed.sh up` in that namespace.
# Prints "ready"; when nobody reads that any more, the `up` is gone and so is this.
set -euo pipefail

printf '%s %s\n' $$ "$(stat -Lc %i /proc/self/ns/net)" >"$1/init"
printf 'ready\n'
exec sleep infinity >/dev/null 2>&1
