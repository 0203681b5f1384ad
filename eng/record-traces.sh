#!/usr/bin/env bash
# Records the traces of data/traces. `eng/record-traces.sh --help` tells more.
set -euo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
LIB=$REPO/eng/lib
for part in output packages native; do
    # shellcheck source=/dev/null
    . "$LIB/$part.sh"
done

usage() {
    cat <<'HELP'
usage: eng/record-traces.sh [--only PATTERN] [--out DIR]

Builds the workloads, the testbed and samples/TraceLab, then records one trace after the other (half a minute to five minutes each) in a host of
the testbed. As root, kernel 6.7 or newer.

  --only PATTERN  those whose name matches the regular expression
  --out DIR       where to (default data/traces)
HELP
}

# Programs that repeat themselves are recorded for 100 s: 25 s hold one or two of their cycles. Two of cg hold more samples: in them one vector of pages, all
# written at once, decides everything, so that a sample is hardly more than one observation.
# name                      workload           load        MiB  ms  samples
traces() {
    cat <<'LIST'
redis-a-light               redis-ycsb-a       light       100  250  101
redis-a-medium              redis-ycsb-a       medium      100  250  101
redis-a-saturating          redis-ycsb-a       saturating  100  250  101
redis-a-medium-100ms        redis-ycsb-a       medium      100  100  121
redis-a-medium-1s           redis-ycsb-a       medium      100  1000  81
redis-a-saturating-1s       redis-ycsb-a       saturating  100  1000  81
redis-b-medium              redis-ycsb-b       medium      160  250  101
redis-b-saturating          redis-ycsb-b       saturating  160  250  101
redis-d-medium              redis-ycsb-d       medium       64  250  101
redis-d-light               redis-ycsb-d       light        64  250  101
redis-uniform-light         redis-uniform      light       100  250  101
redis-uniform-medium        redis-uniform      medium      100  250  101
redis-uniform-saturating    redis-uniform      saturating  100  250  101
memcached-a-light           memcached-ycsb-a   light        96  250  101
memcached-a-medium          memcached-ycsb-a   medium       96  250  101
memcached-a-saturating      memcached-ycsb-a   saturating   96  250  101
memcached-a-saturating-1s   memcached-ycsb-a   saturating   96  1000  81
memcached-b-medium          memcached-ycsb-b   medium       96  250  101
memcached-uniform-medium    memcached-uniform  medium       96  250  101
memcached-uniform-saturating memcached-uniform saturating   96  250  101
cg-light                    cg                 light       128  250  401
cg-medium                   cg                 medium      128  250  401
cg-saturating               cg                 saturating  128  250  1201
cg-medium-100ms             cg                 medium      128  100  1201
cg-saturating-1s            cg                 saturating  128  1000  81
train-light                 train              light       128  250  401
train-medium                train              medium      128  250  401
train-saturating            train              saturating  128  250  401
train-medium-1s             train              medium      128  1000  81
train-saturating-1s         train              saturating  128  1000  81
sort-light                  sort               light       160  250  401
sort-medium                 sort               medium      160  250  401
sort-saturating             sort               saturating  160  250  401
sort-medium-100ms           sort               medium      160  100  401
idle-light                  idle               light        64  250  401
idle-medium                 idle               medium       64  250  401
LIST
}

only=. out=$REPO/data/traces
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help) usage; exit 0 ;;
        --only) only=${2:-}; shift 2 || die "--only needs a pattern." ;;
        --out) out=${2:-}; shift 2 || die "--out needs a directory." ;;
        *) die "does not know '$1'; see --help." ;;
    esac
done

require_root "eng/record-traces.sh"
command -v dotnet >/dev/null || die ".NET is not installed: install the .NET 10 SDK so that 'dotnet' is on PATH."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
install_missing gcc libc6-dev debootstrap debian-archive-keyring util-linux iproute2
build_native
bash "$REPO/eng/testbed.sh" build
dotnet build "$REPO/samples/TraceLab" -c Release -nologo -v q -nodeReuse:false -p:UseSharedCompilation=false >/dev/null || die "samples/TraceLab does not build."
mkdir -p "$out"
# Hosts of the testbed keep only what is written below the checkout.
scratch=$(mktemp -d "$REPO/artifacts/record.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

traces | awk -v only="$only" '$1 ~ only' | while read -r name workload load memory interval samples; do
    printf '== %s\n' "$name"
    bash "$REPO/eng/testbed.sh" run -- dotnet exec "$REPO/artifacts/bin/TraceLab/release/TraceLab.dll" record --workload "$workload" --load "$load" \
        --memory-mib "$memory" --interval-ms "$interval" --samples "$samples" --out "$scratch/$name.u2ctrace" </dev/null
    mv "$scratch/$name.u2ctrace" "$out/"
done
