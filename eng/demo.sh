#!/usr/bin/env bash
# Live-migrates a real workload between two isolated hosts on this machine and reports what its client noticed.
# Sets up everything it needs on a Debian machine. Options: eng/demo.sh --help.
set -euo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
LIB=$REPO/eng/lib
for part in output packages native samples; do
    # shellcheck source=/dev/null
    . "$LIB/$part.sh"
done

require_root "The demo"
for argument in "$@"; do
    case $argument in
        -h | --help | -\? | --version)
            publish_samples
            exec "$SAMPLES/LiveMigration/LiveMigration" "$@"
            ;;
    esac
done
"$REPO/eng/testbed.sh" build
install_missing gcc libc6-dev
build_native
publish_samples
case " $* " in *aspnet*) publish_web_service ;; esac
exec "$SAMPLES/LiveMigration/LiveMigration" "$@"
