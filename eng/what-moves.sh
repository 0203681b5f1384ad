#!/usr/bin/env bash
# Writes docs/what-moves.md from the attributes of the tests (tests/U2CMigration.Testing/Showing). `eng/what-moves.sh --help` tells more.
set -euo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
LOGS=$REPO/artifacts/test-logs
PROJECT=U2CMigration.Documentation.Tests

usage() {
    cat <<'HELP'
usage: eng/what-moves.sh [--ran]

Builds the tests, reads what each is said to show ([Shows(...)], [ShowsFinding(...)]) and writes docs/what-moves.md.
  --ran   look instead whether each test that the document names has passed in one of the reports that eng/test.sh and other runs have left in
          artifacts/test-logs; ends with 1 and the names of those that were skipped in all of them, failed, or are in none
HELP
}

# The tests that the document names: the last column of its tables.
named() {
    sed -nE 's/^\|.*\|([^|]+)\|$/\1/p' "$REPO/docs/what-moves.md" | grep -oE '[A-Za-z0-9]+Tests\.[A-Za-z0-9_]+' | sort -u
}

# Class and method of what has passed in some report.
passed() {
    local reports=("$LOGS"/*.xml)
    [ -e "${reports[0]}" ] || { echo "There are no reports in $LOGS: run eng/test.sh first." >&2; exit 1; }
    grep -ohE '<test [^>]*>' "${reports[@]}" | grep -F 'result="Pass"' | sed -nE 's/.* type="([^"]*\.)?([A-Za-z0-9]+)" method="([^"]+)".*/\2.\3/p' | sort -u
}

case ${1:-} in
    '')
        dotnet build "$REPO/tests/$PROJECT" -c Release --nologo -v quiet -p:UseSharedCompilation=false -nodeReuse:false
        # Written by one test; what the others find of the rows is worth knowing at once.
        U2C_WRITE_DOCS=1 dotnet exec "$REPO/artifacts/bin/$PROJECT/release/$PROJECT.dll" -noLogo -noColor
        ;;
    --ran)
        ran=$(passed)
        missing=$(comm -23 <(named) - <<<"$ran")
        [ -z "$missing" ] || { printf 'has passed in no run:\n%s\n' "$missing" >&2; exit 1; }
        echo "every test that docs/what-moves.md names has passed: $(named | wc -l)"
        ;;
    --help | -h) usage ;;
    *) usage >&2; exit 2 ;;
esac
