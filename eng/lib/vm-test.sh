#!/usr/bin/env bash
# Runs a part of a test project inside an emulated machine, whose files are gone afterwards: the report follows the log on standard output, behind a
# line of its own. Called by test.sh through `eng/vm.sh exec`.
# usage: vm-test.sh TEST.DLL MARKER [OPTION OF THE RUNNER...]
set -u
dll=$1 marker=$2
shift 2
report=$(mktemp)
dotnet exec "$dll" -noLogo -noColor -xml "$report" "$@" </dev/null
code=$?
printf '%s\n' "$marker"
cat "$report"
exit "$code"
