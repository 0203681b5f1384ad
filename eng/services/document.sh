#!/usr/bin/env bash
# document.sh RESULTS: puts the table of RESULTS (see table.sh) in the place of the one in docs/services.md.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
bash "$HERE/table.sh" "$1" >"$1.md"
python3 - "$1.md" "$HERE/../../docs/services.md" <<'PYTHON'
import re, sys
table, page = open(sys.argv[1]).read(), open(sys.argv[2]).read()
open(sys.argv[2], "w").write(re.sub(r"(TABLE\n|\| service \| settings \|.*?\n\n)", lambda _: table + "\n", page, count=1, flags=re.S))
PYTHON
