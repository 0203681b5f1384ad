#!/usr/bin/env bash
# The testbed: hosts made of namespaces in which CRIU can dump and restore. `eng/testbed.sh --help` lists the commands.
set -euo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
LIB=$REPO/eng/lib
TESTBED=${U2C_TESTBED:-$REPO/artifacts/testbed}
# shellcheck source-path=SCRIPTDIR/lib
. "$LIB/output.sh"
. "$LIB/packages.sh"
. "$LIB/testbed-root.sh"

case ${1:-} in
    build) cmd_build ;;
    *) die "only build yet" ;;
esac
