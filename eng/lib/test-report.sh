# shellcheck shell=bash
# Reads the XML reports that xunit writes. Sourced by test.sh.

# report_counts FILE: "PASSED FAILED SKIPPED"; errors outside any test count as failed. Fails when the report is not whole.
report_counts() {
    awk 'BEGIN { RS = "<" }
        function attribute(name) {
            if (!match($0, " " name "=\"[0-9]+\"")) return 0
            return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
        }
        /^assembly / { seen = 1; passed += attribute("passed"); failed += attribute("failed") + attribute("errors"); skipped += attribute("skipped") }
        /^\/assemblies/ { whole = 1 }
        END { if (!seen || !whole) exit 1; print passed, failed, skipped }' "$1"
}

# report_skips FILE: one line per skipped test, with its reason.
report_skips() {
    awk 'BEGIN { RS = "<" }
        /^test / { name = ""; if ($0 ~ / result="Skip"/ && match($0, / name="[^"]*"/)) name = substr($0, RSTART + 7, RLENGTH - 8) }
        /^!\[CDATA\[/ && name != "" { reason = $0; sub(/^!\[CDATA\[/, "", reason); sub(/\]\]>.*/, "", reason); gsub(/\n/, " ", reason); print "  skipped: " name ": " reason; name = "" }' "$1"
}
