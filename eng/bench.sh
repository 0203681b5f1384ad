#!/usr/bin/env bash
# Runs the benchmarks whose name matches a filter (default: all), for example: eng/bench.sh '*PageStore*'
# Reports are left in artifacts/benchmarks. Further options are those of BenchmarkDotNet: eng/bench.sh '*' --list flat
set -euo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
if [[ ${1:-} == -h || ${1:-} == --help ]]; then
    sed -n '2,3s/^# //p' "$0"
    exit 0
fi
filter=${1:-*}
shift || true
dotnet build -c Release --nologo -v quiet "$REPO/benchmarks/U2CMigration.Benchmarks"
exec dotnet exec "$REPO/artifacts/bin/U2CMigration.Benchmarks/release/U2CMigration.Benchmarks.dll" \
    --filter "$filter" --artifacts "$REPO/artifacts/benchmarks" "$@"
