#!/usr/bin/env bash
# Moves a workload again and again while something goes wrong. `eng/faults.sh --help` tells more.
set -euo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

usage() {
    cat <<'HELP'
usage: eng/faults.sh [--runs N] [--seed N] [--table]

Moves a workload N times (default 100) between two hosts of a testbed. Each time something goes wrong that the seed decides: a sender, a receiver, both or their CRIU are killed, an agent is ended or
stopped for two seconds, or the link is cut, at one of seven messages of the protocol. What was killed is started again; then exactly one copy must run, with its memory right, reached by its client
over the same connection, and nothing may be left on either host. The seeds are SEED (default 0), SEED + 1 and so on; a run that fails names its own: `eng/faults.sh --runs 1 --seed N`.
The first 70 seeds are every fault at every message. --table runs these and writes the table in docs/failures.md.
Needs what eng/test.sh installs. A run takes some seven seconds.
HELP
}

runs=100 seed=0 table=
while [ $# -gt 0 ]; do
    case $1 in
        --runs) runs=${2:?--runs needs a number}; shift 2 ;;
        --seed) seed=${2:?--seed needs a number}; shift 2 ;;
        --table) table=yes runs=70 seed=0; shift ;;
        --help) usage; exit ;;
        *) usage >&2; exit 2 ;;
    esac
done
dll=$REPO/artifacts/bin/U2CMigration.EndToEndTests/release/U2CMigration.EndToEndTests.dll
[ -e "$dll" ] || { echo "Build first: eng/test.sh, or dotnet build -c Release" >&2; exit 2; }
export U2C_FAULT_RUNS=$runs U2C_FAULT_SEED=$seed
outcomes=$REPO/artifacts/faults/outcomes.tsv
rm -f "$outcomes"
code=0
dotnet exec "$dll" -noLogo -noColor -class '*.FaultSuiteTests' || code=$?
[ -n "$table" ] || exit "$code"

# write_table: each fault a row, each message a column: where the workload ran in the end.
write_table() {
    sed '/^<!-- table -->/q' "$REPO/docs/failures.md"
    printf '| |'
    for moment in Accept RoundEnd Frozen ImagesEnd Restored Commit Resumed; do printf ' `%s` |' "$moment"; done
    printf '\n|%s\n' "$(printf ' --- |%.0s' 1 2 3 4 5 6 7 8)"
    while IFS=$'\t' read -r fault name; do
        printf '| %s |' "$name"
        for moment in Accept RoundEnd Frozen ImagesEnd Restored Commit Resumed; do
            printf ' %s |' "$(awk -F'\t' -v f="$fault" -v m="$moment" '$1 == f && $2 == m { print $3; found = 1; exit } END { if (!found) print "failed" }' "$outcomes")"
        done
        printf '\n'
    done <<'NAMES'
SenderKilled	sender killed
ReceiverKilled	receiver killed
BothKilled	both killed
SenderTerminated	sender interrupted (Ctrl-C)
ReceiverTerminated	receiver interrupted
CriuOfSenderKilled	CRIU killed on the source
CriuOfReceiverKilled	CRIU killed on the destination
LinkCut	link cut
SenderStopped	sender stopped for 2 s
ReceiverStopped	receiver stopped for 2 s
NAMES
}
write_table >"$REPO/docs/failures.md.new"
mv "$REPO/docs/failures.md.new" "$REPO/docs/failures.md"
exit "$code"
