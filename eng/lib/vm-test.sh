#!/usr/bin/env bash
# Runs classes of a test project inside an emulated machine, whose files are gone afterwards: the report follows the log on standard output, behind a
# line of its own. Called by test.sh through `eng/vm.sh exec`.
# usage: vm-test.sh TEST.DLL MARKER CLASS...
set -u
dll=$1 marker=$2
shift 2
classes=()
for class in "$@"; do classes+=(-class "$class"); done
report=$(mktemp)
dotnet exec "$dll" -noLogo -noColor -xml "$report" "${classes[@]}" </dev/null
code=$?
printf '%s\n' "$marker"
cat "$report"
exit "$code"
