#!/usr/bin/env bash
# Moves a workload again and again while something goes wrong. `eng/faults.sh --help` tells more.
set -euo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

usage() {
    cat <<'HELP'
usage: eng/faults.sh [--runs N] [--seed N]

Moves a workload N times (default 100) between two hosts of a testbed. Each time something goes wrong that the seed decides: a sender, a receiver, both or their CRIU are killed, an agent is ended or
stopped for two seconds, or the link is cut, at one of seven messages of the protocol. What was killed is started again; then exactly one copy must run, with its memory right, reached by its client
over the same connection, and nothing may be left on either host. The seeds are SEED (default 1), SEED + 1 and so on; a run that fails names its own: `eng/faults.sh --runs 1 --seed N`.
Needs what eng/test.sh installs. A run takes some seven seconds.
HELP
}

runs=100 seed=1
while [ $# -gt 0 ]; do
    case $1 in
        --runs) runs=${2:?--runs needs a number}; shift 2 ;;
        --seed) seed=${2:?--seed needs a number}; shift 2 ;;
        --help) usage; exit ;;
        *) usage >&2; exit 2 ;;
    esac
done
dll=$REPO/artifacts/bin/U2CMigration.EndToEndTests/release/U2CMigration.EndToEndTests.dll
[ -e "$dll" ] || { echo "Build first: eng/test.sh, or dotnet build -c Release" >&2; exit 2; }
export U2C_FAULT_RUNS=$runs U2C_FAULT_SEED=$seed
exec dotnet exec "$dll" -noLogo -noColor -class '*.FaultSuiteTests'
