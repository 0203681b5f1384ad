#!/usr/bin/env bash
# Measures the time from the commit to the first instruction on the destination. `eng/commit.sh --help` tells more.
set -euo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
LIB=$REPO/eng/lib
for part in output packages samples; do
    # shellcheck source=/dev/null
    . "$LIB/$part.sh"
done

usage() {
    cat <<'HELP'
usage: eng/commit.sh [--processes N[,N...]] [--repeat K]

Moves trees of N processes (default 1,100) K times (default 7) between two hosts of a testbed and prints, for each N, the median, the least and the longest time from `Commit` to the first instruction on
the destination in ms: the record on the disk of the destination, the thaw, and the message on its way. Beside it that part which the destination needs from the record to the first instruction, and the
whole downtime. Needs root.
HELP
}

counts=1,100 repeat=7
while [ $# -gt 0 ]; do
    case $1 in
        --processes) counts=${2:?--processes needs a list of numbers}; shift 2 ;;
        --repeat) repeat=${2:?--repeat needs a number}; shift 2 ;;
        -h | --help) usage; exit ;;
        *) usage >&2; exit 2 ;;
    esac
done
require_root "The measurement"
bash "$REPO/eng/testbed.sh" build
publish_samples
rig=commit-$$ agent=$SAMPLES/MigrationAgent/MigrationAgent results=$(mktemp -d)
trap 'bash "$REPO/eng/testbed.sh" down "$rig" >/dev/null 2>&1; rm -rf "$results"' EXIT
bash "$REPO/eng/testbed.sh" up "$rig" >/dev/null
host() { bash "$REPO/eng/testbed.sh" exec "$rig" "$@"; }

# Numbers of processes that the other host has not given to anything.
host b -- sh -c 'echo 20000 >/proc/sys/kernel/ns_last_pid'
host b -- "$agent" receive --listen 0.0.0.0:9410 --allow-unauthenticated --count 0 --json-lines >"$results/receiver" 2>&1 &
until grep -q '"ready"' "$results/receiver"; do sleep 0.1; done

# start_tree N: nothing of it leads outside. Prints the root.
start_tree() {
    host a -- bash -c '
        setsid bash -c "
            for descriptor in /proc/self/fd/*; do n=\${descriptor##*/}; [ \$n -le 2 ] || eval \"exec \$n>&-\"; done
            for ((i = 1; i < $1; i++)); do sleep 1d & done
            exec sleep 1d" </dev/null >/dev/null 2>&1 &
        until [ "$(pgrep -fxc "sleep 1d")" -eq "$1" ]; do sleep 0.05; done
        pgrep -fxo "sleep 1d"' tree "$1"
}

# The three times of a result, in ms.
times_of() {
    sed -nE '/"event":"result"/{s/.*"downtimeMs":([0-9.]+).*"commitMs":([0-9.]+).*"resumeMs":([0-9.]+).*/\2 \3 \1/p}' "$1"
}

summary() {
    sort -n | awk '{ v[NR] = $1 } END { printf "%.1f (%.1f to %.1f)", v[int((NR + 1) / 2)], v[1], v[NR] }'
}

printf '| processes | from Commit to the first instruction, ms | of these from the record on disk | downtime, ms |\n| ---: | --- | --- | --- |\n'
for count in ${counts//,/ }; do
    : >"$results/$count"
    for ((turn = 0; turn < repeat; turn++)); do
        root=$(start_tree "$count")
        host a -- "$agent" send --pid "$root" --to 10.77.0.2:9410 --allow-unauthenticated --json-lines >"$results/sender" 2>&1 || { cat "$results/sender" >&2; die "a tree of $count processes did not move."; }
        times_of "$results/sender" >>"$results/$count"
        host b -- pkill -fx 'sleep 1d'
    done
    printf '| %d | %s | %s | %s |\n' "$count" "$(cut -d' ' -f1 "$results/$count" | summary)" "$(cut -d' ' -f2 "$results/$count" | summary)" "$(cut -d' ' -f3 "$results/$count" | summary)"
done
